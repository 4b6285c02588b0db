"""Runs the example app against ministack, an emulator of Amazon Cognito that this project did not write.

    .venv/bin/python tests/interop/ministack/run.py

Needs the network once, to install ministack into an environment of its own. Everything else stays
on loopback. Prints a line for each step; the exit status is 1 if one failed.
"""

import asyncio
import base64
import os
import socket
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import boto3
import httpx2
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from fastapi_cognito_auth import CognitoAuth, CognitoAuthError, CognitoSettings

ROOT: Final = Path(__file__).parents[3]
ENVIRONMENT: Final = ROOT / ".venv-ministack"
# Without cryptography ministack signs no tokens.
REQUIREMENTS: Final = ("ministack==1.5.33", "cryptography")

REGION: Final = "us-east-1"
SIGN_UP_CODE: Final = "123456"
RESET_CODE: Final = "654321"
PASSWORD: Final = "Correct-horse-1!"
NEW_PASSWORD: Final = "Battery-staple-2!"
TEMPORARY_PASSWORD: Final = "Temporary-3!"
FLOWS: Final = ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - what a script is for


class Report:
    """The steps so far."""

    def __init__(self) -> None:
        self.counts = {"ok": 0, "differs": 0, "FAIL": 0}

    def step(
        self, name: str, got: object, expected: object, *, differs: tuple[object, str] | None = None
    ) -> None:
        """Compare an outcome with what Cognito would lead to.

        Args:
            name: what was done.
            got: the outcome.
            expected: the outcome with Cognito.
            differs: another outcome that ministack is known to lead to, and why.
        """
        if got == expected:
            self._say("ok", name, "")
        elif differs is not None and got == differs[0]:
            self._say("differs", name, f": {differs[1]}")
        else:
            self._say("FAIL", name, f": {got!r} instead of {expected!r}")

    def _say(self, verdict: str, name: str, more: str) -> None:
        self.counts[verdict] += 1
        say(f"  {verdict:8}{name}{more}")


@dataclass(frozen=True)
class Answer:
    """What an endpoint answered."""

    status: int
    body: Any

    @property
    def code(self) -> tuple[int, str | None]:
        """The status, and the code of an error."""
        detail = self.body.get("detail") if isinstance(self.body, dict) else None
        return self.status, detail["code"] if isinstance(detail, dict) else None

    @property
    def outcome(self) -> str | tuple[int, str | None]:
        """`signed_in`, the name of a challenge, or what an error is."""
        if self.status != 200:
            return self.code
        return str(self.body.get("challenge") or self.body["status"])

    def __getitem__(self, member: str) -> Any:
        """Return a member of the body, `None` if the answer is another than was hoped for."""
        return self.body.get(member)


class App:
    """The example app, over HTTP."""

    def __init__(self, url: str) -> None:
        self._http = httpx2.Client(base_url=url, timeout=30, trust_env=False)

    def post(self, path: str, **body: Any) -> Answer:
        answer = self._http.post(f"/auth{path}", json=body)
        return Answer(answer.status_code, answer.json())

    def get(self, path: str, token: str | None = None) -> Answer:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        answer = self._http.get(path, headers=headers)
        return Answer(answer.status_code, answer.json())

    def sign_in(self, username: str, password: str, **more: str) -> Answer:
        return self.post("/sign-in", username=username, password=password, **more)


# Processes


def install() -> Path:
    """Return the Python of ministack's own environment, made if need be."""
    python = ENVIRONMENT / "bin" / "python"
    if not python.exists():
        say(f"installing {' and '.join(REQUIREMENTS)} into {ENVIRONMENT.name}")
        venv.create(ENVIRONMENT, with_pip=True)
        (ENVIRONMENT / ".gitignore").write_text("*\n")
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "-qq"]
    subprocess.run([*pip, *REQUIREMENTS], check=True)
    return python


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def server(command: list[str], port: int, environment: Mapping[str, str], log: Path) -> Iterator[str]:
    """Run a server on loopback until the block ends."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**inherited, **environment}, stdout=out, stderr=subprocess.STDOUT
        )
    try:
        wait_for(process, port, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def wait_for(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    message = f"a server did not start:\n{log.read_text(errors='replace')}"
    raise SystemExit(message)


def run_ministack(python: Path, folder: Path) -> Any:
    port = free_port()
    environment = {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "AUTH": "true",  # codes, secret hashes and access tokens are checked
        "TMPDIR": str(folder),
        "STATE_DIR": str(folder / "state"),
    }
    return server([str(python), "-m", "ministack"], port, environment, folder / "ministack.log")


def run_example(pool_id: str, client: Mapping[str, str], endpoint_url: str, folder: Path) -> Any:
    """Serve the example app, configured by environment variables alone."""
    port = free_port()
    environment = {
        "COGNITO_USER_POOL_ID": pool_id,
        "COGNITO_CLIENT_ID": client["ClientId"],
        "COGNITO_CLIENT_SECRET": client.get("ClientSecret", ""),
        "COGNITO_SECRET_KEY": "a key for this run that is long enough to seal with",
        "COGNITO_ENDPOINT_URL": endpoint_url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    command = [sys.executable, "-m", "uvicorn", "example_app.main:app", "--port", str(port)]
    return server(command, port, environment, folder / "example.log")


# What is gone through


def totp(secret: str, at: float) -> str:
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    # Cognito's own secrets are long enough; shorter ones are the emulator's to answer for.
    return TOTP(key, 6, SHA1(), 30, enforce_key_length=False).generate(int(at)).decode()


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def secret_hash(aws: Any, client: Mapping[str, str], report: Report) -> None:
    """Show that what follows would not succeed without the secret."""
    given = {"USERNAME": "ada", "PASSWORD": PASSWORD}
    try:
        aws.initiate_auth(ClientId=client["ClientId"], AuthFlow="USER_PASSWORD_AUTH", AuthParameters=given)
    except ClientError as exc:
        refusal = exc.response["Error"]["Message"]
    else:
        refusal = ""
    report.step("the emulator demands SECRET_HASH", "SECRET_HASH" in refusal, True)


def new_user(app: App, report: Report) -> None:
    email = {"email": "ada@example.com"}
    signed_up = app.post("/sign-up", username="ada", password=PASSWORD, attributes=email)
    report.step("sign up", (signed_up.status, signed_up.body.get("confirmed")), (201, False))
    report.step("… sends a code by e-mail", (signed_up.body.get("delivery") or {}).get("medium"), "EMAIL")
    again = app.post("/sign-up", username="ada", password=PASSWORD, attributes=email)
    report.step("sign up under a name that is taken", again.code, (409, "username_exists"))
    weak = app.post("/sign-up", username="bob", password="weakling", attributes=email)
    report.step("sign up with a weak password", weak.code, (400, "invalid_password"))
    early = app.sign_in("ada", PASSWORD)
    report.step("sign in before confirming", early.code, (403, "user_not_confirmed"))
    resent = app.post("/sign-up/resend-code", username="ada")
    report.step("resend the code", resent.status, 200)
    unknown = app.post("/sign-up/resend-code", username="nobody")
    report.step("resend the code of an unknown user", unknown.status, 200)
    mistyped = app.post("/sign-up/confirm", username="ada", code=wrong(SIGN_UP_CODE))
    report.step("confirm by a wrong code", mistyped.code, (400, "code_mismatch"))
    unknown = app.post("/sign-up/confirm", username="nobody", code=wrong(SIGN_UP_CODE))
    report.step("confirm an unknown user, in the same words", unknown, mistyped)
    report.step("confirm", app.post("/sign-up/confirm", username="ada", code=SIGN_UP_CODE).status, 200)


def passwords(app: App, report: Report) -> Answer:
    wrong_password = app.sign_in("ada", NEW_PASSWORD)
    report.step("sign in with a wrong password (SRP)", wrong_password.code, (401, "not_authorized"))
    in_clear = app.sign_in("ada", NEW_PASSWORD, auth_flow="USER_PASSWORD_AUTH")
    report.step("sign in with a wrong password (in clear)", in_clear.code, (401, "not_authorized"))
    report.step("sign in as nobody, in the same words", app.sign_in("nobody", PASSWORD), wrong_password)
    in_clear = app.sign_in("ada", PASSWORD, auth_flow="USER_PASSWORD_AUTH")
    report.step("sign in (in clear)", in_clear.outcome, "signed_in")
    tokens = app.sign_in("ada", PASSWORD)
    report.step("sign in (SRP)", tokens.outcome, "signed_in")
    return tokens


def guards(app: App, aws: Any, pool_id: str, tokens: Answer, report: Report) -> None:
    me = app.get("/me", tokens["access_token"])
    report.step("/me", (me.status, me.body.get("username")), (200, "ada"))
    report.step("/me without a token", app.get("/me").code, (401, "not_authenticated"))
    id_token = app.get("/me", tokens["id_token"])
    report.step("/me with the ID token", id_token.code, (401, "invalid_token_use"))
    before = app.get("/reports", tokens["access_token"])
    report.step("/reports", before.code, (403, "permission_denied"))
    aws.admin_add_user_to_group(UserPoolId=pool_id, Username="ada", GroupName="analysts")
    fresh = app.post("/refresh", refresh_token=tokens["refresh_token"])
    report.step("refresh as an analyst", fresh.outcome, "signed_in")
    after = app.get("/reports", fresh["access_token"])
    report.step("/reports as an analyst", after.status, 200)


def forgotten(app: App, report: Report) -> None:
    report.step("forget the password", app.post("/password/forgot", username="ada").status, 200)
    report.step("forget as nobody", app.post("/password/forgot", username="nobody").status, 200)
    reset = {"username": "ada", "password": NEW_PASSWORD}
    mistyped = app.post("/password/reset", **reset, code=wrong(RESET_CODE))
    report.step("reset by a wrong code", mistyped.code, (400, "code_mismatch"))
    report.step("reset", app.post("/password/reset", **reset, code=RESET_CODE).status, 200)
    again = app.post("/password/reset", **reset, code=RESET_CODE)
    report.step("reset by a used code", again.code, (400, "code_mismatch"))
    report.step("sign in with the old password", app.sign_in("ada", PASSWORD).code, (401, "not_authorized"))


def signing_out(app: App, report: Report) -> None:
    tokens = app.sign_in("ada", NEW_PASSWORD)
    report.step("sign in with the new password", tokens.outcome, "signed_in")
    signed_out = app.post("/sign-out", refresh_token=tokens["refresh_token"])
    report.step("sign out", signed_out.body.get("refresh_token_revoked"), True)
    refused = app.post("/refresh", refresh_token=tokens["refresh_token"])
    report.step("refresh after signing out", refused.code, (401, "not_authorized"))
    refused = app.post("/refresh", refresh_token="not.a.token")
    report.step("refresh with an invented token", refused.code, (401, "not_authorized"))
    refused = app.post("/sign-out", refresh_token=tokens["access_token"])
    report.step(
        "sign out with an access token",
        refused.code,
        (400, "unsupported_token_type"),
        differs=((200, None), "revokes anything"),
    )


def temporary_password(app: App, aws: Any, pool_id: str, report: Report) -> None:
    create_user(aws, pool_id, "newcomer")
    asked = app.sign_in("newcomer", TEMPORARY_PASSWORD)
    report.step("sign in with a temporary password", asked.outcome, "NEW_PASSWORD_REQUIRED")
    attributes = asked["parameters"]["attributes"]
    report.step("… shows the attributes", attributes.get("email"), "newcomer@example.com")
    answer = {"challenge": "NEW_PASSWORD_REQUIRED", "session": asked["session"]}
    forged = app.post("/challenge", **answer | {"session": asked["session"][::-1]}, new_password=NEW_PASSWORD)
    report.step("answer with a forged session", forged.code, (400, "invalid_session"))
    weak = app.post("/challenge", **answer, new_password="weakling")
    report.step(
        "choose a weak password",
        weak.outcome,
        (400, "invalid_password"),
        differs=("signed_in", "applies no policy to the password of a challenge"),
    )
    tokens = app.post("/challenge", **answer, new_password=NEW_PASSWORD)
    report.step("choose a password", tokens.outcome, "signed_in")
    report.step("/me as the newcomer", app.get("/me", tokens["access_token"]).status, 200)
    again = app.post("/challenge", **answer, new_password=PASSWORD)
    report.step(
        "answer the challenge again",
        again.outcome,
        (401, "not_authorized"),
        differs=("signed_in", "takes any session, used or invented, and sets the password again"),
    )
    if again.outcome == "signed_in":
        app.post("/challenge", **answer, new_password=NEW_PASSWORD)
    report.step(
        "sign in with the chosen password", app.sign_in("newcomer", NEW_PASSWORD).outcome, "signed_in"
    )


def authenticator_app(app: App, aws: Any, pool_id: str, report: Report) -> None:
    """Go through SOFTWARE_TOKEN_MFA, in a pool that demands a second factor."""
    create_user(aws, pool_id, "grace")
    aws.admin_set_user_password(UserPoolId=pool_id, Username="grace", Password=PASSWORD, Permanent=True)
    first = app.sign_in("grace", PASSWORD)
    report.step(
        "sign in without a second factor yet",
        first.outcome,
        "MFA_SETUP",
        differs=("signed_in", "lets users in who have no second factor, so MFA_SETUP never comes"),
    )
    token = first["access_token"]
    secret: str = aws.associate_software_token(AccessToken=token)["SecretCode"]
    now = time.time()
    aws.verify_software_token(AccessToken=token, UserCode=totp(secret, now))

    asked = app.sign_in("grace", PASSWORD)
    report.step("sign in with a second factor", asked.outcome, "SOFTWARE_TOKEN_MFA")
    report.step("… names no tokens", asked["access_token"], None)
    wrong_password = app.sign_in("grace", NEW_PASSWORD)
    report.step("sign in with a wrong password", wrong_password.code, (401, "not_authorized"))
    answer = {"challenge": "SOFTWARE_TOKEN_MFA", "session": asked["session"]}
    # The next code: one that was used is refused, and a code is good a little early.
    code = totp(secret, now + 30)
    mistyped = app.post("/challenge", **answer, code=wrong(code))
    report.step("answer with a wrong code", mistyped.code, (400, "code_mismatch"))
    other = app.post("/challenge", **answer | {"challenge": "SMS_MFA"}, code=code)
    report.step("answer another challenge", other.code, (400, "invalid_session"))
    tokens = app.post("/challenge", **answer, code=code)
    report.step("answer with the right code", tokens.outcome, "signed_in")
    report.step("/me with a second factor", app.get("/me", tokens["access_token"]).status, 200)
    asked = app.sign_in("grace", PASSWORD)
    replayed = app.post("/challenge", **answer | {"session": asked["session"]}, code=code)
    report.step(
        "answer with a used code",
        replayed.outcome,
        (400, "expired_code"),
        differs=("signed_in", "takes a code twice"),
    )


def machines(aws: Any, endpoint_url: str, report: Report) -> None:
    """Get tokens by client credentials at the domain."""
    pool_id = create_pool(aws, mfa="OFF")
    scopes = [{"ScopeName": name, "ScopeDescription": name} for name in ("read", "write")]
    aws.create_resource_server(UserPoolId=pool_id, Identifier="orders", Name="orders", Scopes=scopes)
    machine = aws.create_user_pool_client(
        UserPoolId=pool_id,
        ClientName="machine",
        GenerateSecret=True,
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthFlows=["client_credentials"],
        AllowedOAuthScopes=["orders/read"],
    )["UserPoolClient"]
    aws.create_user_pool_domain(UserPoolId=pool_id, Domain="interop")

    def outcome(secret: str = machine["ClientSecret"], **asked: Any) -> str:
        settings = CognitoSettings(
            user_pool_id=pool_id,
            client_id="users",
            machine_client_id=machine["ClientId"],
            machine_client_secret=secret,
            endpoint_url=endpoint_url,
            domain=endpoint_url,
        )
        auth = CognitoAuth(settings)

        async def twice() -> str:
            tokens = [await auth.machine_tokens.get(**asked) for _ in range(2)]
            return f"one token of {len({*tokens})}"

        try:
            return asyncio.run(twice())
        except CognitoAuthError as exc:
            return exc.code

    report.step("a token for a scope", outcome(scopes=["orders/read"]), "one token of 1")
    report.step("a token for all scopes", outcome(), "one token of 1")
    report.step("a scope of another", outcome(scopes=["orders/write"]), "machine_token")
    report.step("a scope that nobody has", outcome(scopes=["orders/delete"]), "machine_scope")
    both = outcome(scopes=["orders/read", "orders/delete"])
    report.step("a scope that nobody has beside one", both, "machine_scope")
    report.step("a wrong secret", outcome("w" * 51), "machine_client")


def create_user(aws: Any, pool_id: str, name: str) -> None:
    aws.admin_create_user(
        UserPoolId=pool_id,
        Username=name,
        TemporaryPassword=TEMPORARY_PASSWORD,
        MessageAction="SUPPRESS",
        UserAttributes=[
            {"Name": "email", "Value": f"{name}@example.com"},
            {"Name": "email_verified", "Value": "true"},
        ],
    )


def create_pool(aws: Any, *, mfa: str) -> str:
    policy = dict.fromkeys(("RequireUppercase", "RequireLowercase", "RequireNumbers", "RequireSymbols"), True)
    pool_id: str = aws.create_user_pool(
        PoolName="interop",
        AutoVerifiedAttributes=["email"],
        Policies={"PasswordPolicy": {"MinimumLength": 8, **policy}},
    )["UserPool"]["Id"]
    aws.create_group(UserPoolId=pool_id, GroupName="analysts")
    aws.set_user_pool_mfa_config(
        UserPoolId=pool_id, SoftwareTokenMfaConfiguration={"Enabled": True}, MfaConfiguration=mfa
    )
    return pool_id


def create_client(aws: Any, pool_id: str, *, secret: bool) -> dict[str, str]:
    client: dict[str, str] = aws.create_user_pool_client(
        UserPoolId=pool_id, ClientName="app", GenerateSecret=secret, ExplicitAuthFlows=FLOWS
    )["UserPoolClient"]
    return client


def connect(endpoint_url: str) -> Any:
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=REGION)
    return session.client("cognito-idp", endpoint_url=endpoint_url)


def main() -> int:
    """Go through everything, for an app client without a secret and for one with."""
    report = Report()
    python = install()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        endpoint_url = stack.enter_context(run_ministack(python, folder))
        aws = connect(endpoint_url)
        for secret in (False, True):
            kind = "an app client with a secret" if secret else "a public app client"
            say(f"{kind}:")
            pool_id = create_pool(aws, mfa="OFF")
            client = create_client(aws, pool_id, secret=secret)
            with run_example(pool_id, client, endpoint_url, folder) as url:
                app = App(url)
                if secret:
                    secret_hash(aws, client, report)
                new_user(app, report)
                guards(app, aws, pool_id, passwords(app, report), report)
                forgotten(app, report)
                signing_out(app, report)
                temporary_password(app, aws, pool_id, report)
            say(f"{kind}, in a pool that demands a second factor:")
            pool_id = create_pool(aws, mfa="ON")
            client = create_client(aws, pool_id, secret=secret)
            with run_example(pool_id, client, endpoint_url, folder) as url:
                authenticator_app(App(url), aws, pool_id, report)
        say("a machine:")
        machines(aws, endpoint_url, report)
    say(", ".join(f"{count} {verdict}" for verdict, count in report.counts.items()))
    return 1 if report.counts["FAIL"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
