"""What the emulator can be told: ids and a secret that stay, its issuer, devices, case."""

import inspect
import re
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest
import uvicorn
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from fastapi_cognito_auth import CognitoAuth, CognitoSettings
from fastapi_cognito_auth.cli.app import cli
from fastapi_cognito_auth.cli.local import VARIABLE, local
from fastapi_cognito_auth.local import LocalUserPool
from fastapi_cognito_auth.local.keys import SigningKeys
from tests.local.kit import signing_keys

PASSWORD = "Correct:horse-1!"
SECRET = "s3cretOfTheAppClient1234567"
Start = Callable[..., "Started"]


class Started:
    """An emulator that would be listening, and what it told to export."""

    def __init__(self, app: Any, output: str) -> None:
        self.exports = dict(re.findall(r"(\w+)=(\S+)", output))
        self.output = output
        self.http = TestClient(app, base_url=self.exports["COGNITO_ENDPOINT_URL"])

    def call(self, operation: str, **params: Any) -> Any:
        target = {"X-Amz-Target": f"AWSCognitoIdentityProviderService.{operation}"}
        answer = self.http.post("/", json=params, headers=target)
        return answer.json()

    def sign_in(self, username: str = "ada", **more: str) -> Any:
        return self.call(
            "InitiateAuth",
            ClientId=self.exports["COGNITO_CLIENT_ID"],
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": username, "PASSWORD": PASSWORD, **more},
        )["AuthenticationResult"]


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Start:
    served: list[Any] = []

    def run(server: uvicorn.Server, sockets: list[socket.socket]) -> None:
        served.append(server.config.app)
        raise KeyboardInterrupt

    def run_command(*options: str, host: str = "127.0.0.1") -> Started:
        arguments = ["local", "--host", host, "--port", "0", "--user", f"ada:{PASSWORD}", *options]
        result = CliRunner().invoke(cli, arguments)
        assert result.exit_code == 0, result.output
        return Started(served[-1], result.output)

    monkeypatch.setattr(uvicorn.Server, "run", run)
    for kind in ("access", "id"):
        # Making RSA keys takes longer than all the rest of a test.
        monkeypatch.setattr(SigningKeys, kind, getattr(signing_keys(), kind))
    return run_command


def refused(*options: str) -> str:
    result = CliRunner().invoke(cli, ["local", "--port", "0", *options])
    assert result.exit_code == 2
    return " ".join(result.output.replace("│", " ").split())


def test_a_pool_and_its_client_keep_the_ids_that_they_are_given(start: Start) -> None:
    for _ in range(2):
        started = start("--pool-id", "eu-central-1_Local", "--client-id", "web")
        assert started.exports["COGNITO_USER_POOL_ID"] == "eu-central-1_Local"
        assert started.exports["COGNITO_CLIENT_ID"] == "web"
        assert started.exports["AWS_DEFAULT_REGION"] == "eu-central-1"
        assert started.sign_in()["AccessToken"]


def test_a_pool_that_is_kept_is_the_same_at_the_next_start(start: Start, tmp_path: Path) -> None:
    options = ("--state", str(tmp_path / "pool.db"), "--client-secret", "--issuer", "endpoint")
    first, second = start(*options), start(*options)
    for name in ("COGNITO_USER_POOL_ID", "COGNITO_CLIENT_ID", "COGNITO_CLIENT_SECRET", "COGNITO_SECRET_KEY"):
        assert first.exports[name] == second.exports[name]
    pool = second.exports["COGNITO_USER_POOL_ID"]
    assert second.exports["COGNITO_ISSUER"] == f"{second.exports['COGNITO_ENDPOINT_URL']}/{pool}"


def test_who_is_in_the_state_file_is_left_as_is_and_named(start: Start, tmp_path: Path) -> None:
    options = ("--state", str(tmp_path / "pool.db"))
    told = "left as they are, passwords too: ada"
    assert told not in start(*options).output
    assert told in start(*options).output


def test_a_state_file_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello" * 200)
    assert "is damaged, or none of a local user pool" in refused("--state", str(tmp_path / "notes.txt"))


def test_a_pool_can_be_told_all_that_a_local_pool_takes(start: Start) -> None:
    """Every option of `LocalUserPool` that can be written in a line has one here."""
    started = start(
        "--group", "staff", "--auth-flow", "ALLOW_USER_PASSWORD_AUTH", "--first-factor", "PASSWORD",
        "--first-factor", "EMAIL_OTP", "--mfa-method", "SOFTWARE_TOKEN_MFA", "--alias-attribute", "email",
        "--required-attribute", "email", "--show-unknown-users", "--auth-session-validity", "5",
        "--access-token-validity", "300", "--refresh-token-validity", "7200", "--refresh-token-rotation",
        "10", "--challenge-on-new-device", "--device-tracking", "OPT_IN", "--max-sessions", "3",
        "--relying-party-id", "localhost", "--user-verification", "required", "--region", "eu-west-1",
        "--allowed-scope", "openid", "--callback-url", "http://localhost:8000/",
    )  # fmt: skip
    pool_id = started.exports["COGNITO_USER_POOL_ID"]
    named = {"UserPoolId": pool_id}
    pool = started.call("DescribeUserPool", **named)["UserPool"]
    client = started.call("DescribeUserPoolClient", **named, ClientId=started.exports["COGNITO_CLIENT_ID"])[
        "UserPoolClient"
    ]
    mfa = started.call("GetUserPoolMfaConfig", **named)
    assert pool_id.startswith("eu-west-1_")
    assert started.call("GetGroup", **named, GroupName="staff")["Group"]["GroupName"] == "staff"
    assert pool["AliasAttributes"] == ["email"]
    assert pool["Policies"]["SignInPolicy"]["AllowedFirstAuthFactors"] == [
        "PASSWORD",
        "EMAIL_OTP",
        "WEB_AUTHN",
    ]
    assert pool["DeviceConfiguration"]["ChallengeRequiredOnNewDevice"] is True
    assert mfa["WebAuthnConfiguration"] == {"RelyingPartyId": "localhost", "UserVerification": "required"}
    assert "SmsMfaConfiguration" not in mfa
    assert client["RefreshTokenRotation"] == {"Feature": "ENABLED", "RetryGracePeriodSeconds": 10}
    assert client["PreventUserExistenceErrors"] == "LEGACY"
    assert client["AllowedOAuthScopes"] == ["openid"]
    assert (client["AuthSessionValidity"], client["RefreshTokenValidity"]) == (5, 7200)
    assert started.sign_in()["ExpiresIn"] == 300


WITHOUT = {"triggers", "functions", "clock", "on_message"}
"""What is Python."""
UNDER_ANOTHER_NAME = {
    "users": "user", "groups": "group", "user_pool_id": "pool_id",
    "username_case_sensitive": "case_insensitive",
    "explicit_auth_flows": "auth_flow", "allowed_first_factors": "first_factor", "mfa_methods": "mfa_method",
    "username_attributes": "username_attribute", "alias_attributes": "alias_attribute",
    "required_attributes": "required_attribute", "custom_attributes": "custom_attribute",
    "prevent_user_existence_errors": "show_unknown_users", "max_sessions_per_user": "max_sessions",
    "challenge_required_on_new_device": "challenge_on_new_device", "callback_urls": "callback_url",
    "logout_urls": "logout_url", "allowed_scopes": "allowed_scope", "resource_servers": "resource_server",
    "machine_clients": "machine", "identity_providers": "identity_provider",
}  # fmt: skip


def test_the_command_has_an_option_for_all_that_a_local_pool_takes() -> None:
    taken = {*inspect.signature(LocalUserPool).parameters} - WITHOUT
    assert {UNDER_ANOTHER_NAME.get(name, name) for name in taken} <= {*inspect.signature(local).parameters}


def test_ids_that_the_service_does_not_have_are_refused() -> None:
    assert "--pool-id is a Region, an underscore" in refused("--pool-id", "demo")
    assert "--client-id is 1 to 128" in refused("--client-id", "a b")


@pytest.mark.parametrize("option", [("--region", "mars"), ("--pool-id", "mars_Local"), ("--region", "")])
def test_what_is_no_region_is_refused(option: tuple[str, str]) -> None:
    assert f"for {option[0]}: '{option[1].partition('_')[0]}' is no Region" in refused(*option)


def test_a_region_that_nobody_knows_is_taken_with_a_warning(start: Start) -> None:
    started = start("--region", "eu-centrl-1")
    assert started.exports["AWS_DEFAULT_REGION"] == "eu-centrl-1"
    assert "the nearest is eu-central-1" in started.output


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--mfa-method", "TOTP"), "--mfa-method are some of"),
        (("--first-factor", "TOTP"), "--first-factor are some of"),
        (("--auth-flow", "USER_SRP"), "--auth-flow: no such flow"),
        (("--username-attribute", "nickname"), "--username-attribute are some of email, phone_number"),
        (("--alias-attribute", "nickname"), "--alias-attribute are some of email, phone_number"),
        (
            ("--username-attribute", "email", "--alias-attribute", "email"),
            "--username-attribute and --alias-attribute exclude each other",
        ),
        (("--required-attribute", "shoe_size"), "--required-attribute: no such attribute"),
        (("--allowed-scope", "x"), "--allowed-scope: no resource server"),
        (("--relying-party-id", "http://x"), "--relying-party-id is a domain"),
        (("--group", "a b"), "--group: 1 validation error"),
        (("--custom-attribute", "=String"), "for --custom-attribute: write NAME"),
        (("--custom-attribute", "x" * 40), "for --custom-attribute: 1 validation error"),
        (("--user", f"ada:{PASSWORD}", "--user", f"ada:{PASSWORD}"), "for --user: two have one name"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value)[:40],
)
def test_what_is_refused_is_called_as_it_is_typed(options: tuple[str, ...], told: str) -> None:
    said = refused(*options)
    assert told in said
    assert not re.search(r"\b[a-z]+_(attributes|methods|factors|flows|scopes|id)\b", said)


def test_an_attribute_of_another_type_than_the_kept_pool_has_is_refused(start: Start, tmp_path: Path) -> None:
    state = ("--state", str(tmp_path / "pool.db"))
    start(*state, "--custom-attribute", "level=Number")
    told = "not as String (mutable), which no pool can change"
    assert told in refused(*state, "--custom-attribute", "level")


@pytest.mark.parametrize("pool", [(), ("--pool-id", "us-east-1_Local")], ids=["drawn", "given"])
def test_an_issuer_without_the_pools_id_is_refused(pool: tuple[str, ...]) -> None:
    """Its keys would be nowhere."""
    for issuer in ("http://cognito:9229", "http://cognito:9229/", "http://cognito:9229/us-east-1_Other"):
        assert "for --issuer: it ends with the pool's id" in refused(*pool, "--issuer", issuer)


def test_an_issuer_may_have_a_place_for_the_pools_id(start: Start) -> None:
    started = start("--issuer", "http://cognito:9229/{pool_id}")
    pool = started.exports["COGNITO_USER_POOL_ID"]
    assert started.exports["COGNITO_ISSUER"] == f"http://cognito:9229/{pool}"


def test_a_refresh_needs_no_device_unless_devices_are_tracked(start: Start) -> None:
    for options, member in (((), "AuthenticationResult"), (("--device-tracking", "ALWAYS"), "message")):
        started = start(*options)
        tokens = started.sign_in()
        client = started.exports["COGNITO_CLIENT_ID"]
        answer = started.call(
            "GetTokensFromRefreshToken", ClientId=client, RefreshToken=tokens["RefreshToken"]
        )
        assert member in answer
        assert ("NewDeviceMetadata" in tokens) is bool(options)


def test_case_can_be_ignored(start: Start) -> None:
    assert start("--case-insensitive").sign_in("ADA")["AccessToken"]


def test_the_issuer_is_the_services_own_unless_something_else_is_said(start: Start) -> None:
    started = start("--pool-id", "eu-central-1_Local")
    document = started.http.get("/eu-central-1_Local/.well-known/openid-configuration").json()
    assert document["issuer"] == "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Local"
    assert "COGNITO_ISSUER" not in started.exports


def test_the_issuer_can_be_the_endpoint(start: Start) -> None:
    """So that clients which go by the issuer find the document and the keys there."""
    started = start("--issuer", "endpoint")
    pool = started.exports["COGNITO_USER_POOL_ID"]
    issuer = f"{started.exports['COGNITO_ENDPOINT_URL']}/{pool}"
    token = started.sign_in()["AccessToken"]
    assert jwt.decode(token, options={"verify_signature": False})["iss"] == issuer
    document = started.http.get(f"{issuer}/.well-known/openid-configuration").json()
    assert document["issuer"] == issuer == started.exports["COGNITO_ISSUER"]
    assert document["jwks_uri"] == f"{issuer}/.well-known/jwks.json"
    key = jwt.PyJWKSet.from_dict(started.http.get(document["jwks_uri"]).json())[
        jwt.get_unverified_header(token)["kid"]
    ]
    assert jwt.decode(token, key, issuer=issuer)["username"] == "ada"


def test_an_app_that_takes_what_is_exported_accepts_the_tokens(start: Start) -> None:
    started = start("--issuer", "endpoint")
    exports = started.exports
    settings = CognitoSettings(
        user_pool_id=exports["COGNITO_USER_POOL_ID"],
        client_id=exports["COGNITO_CLIENT_ID"],
        endpoint_url=exports["COGNITO_ENDPOINT_URL"],
        issuer=(exports["COGNITO_ISSUER"],),
    )
    assert CognitoAuth(settings).settings.issuers == {exports["COGNITO_ISSUER"]}
    assert settings.key_set_uri == f"{exports['COGNITO_ISSUER']}/.well-known/jwks.json"


def test_the_issuer_can_be_an_address_that_clients_use(start: Start) -> None:
    issuer = "http://cognito:9229/us-east-1_Local"
    started = start("--pool-id", "us-east-1_Local", "--issuer", issuer)
    assert started.exports["COGNITO_ISSUER"] == issuer


def test_an_issuer_that_no_client_could_use_is_refused() -> None:
    assert "issuer is an address" in refused("--issuer", "somewhere")
    everywhere = refused("--host", "0.0.0.0", "--allow-remote", "--issuer", "endpoint")
    assert "give the one that they use" in everywhere


def test_a_secret_comes_from_a_file_and_is_not_repeated(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(f"{SECRET}\n")
    started = start("--client-secret-file", str(file))
    assert SECRET not in started.output
    described = started.call(
        "DescribeUserPoolClient",
        UserPoolId=started.exports["COGNITO_USER_POOL_ID"],
        ClientId=started.exports["COGNITO_CLIENT_ID"],
    )
    assert described["UserPoolClient"]["ClientSecret"] == SECRET


def test_or_from_the_environment(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, SECRET)
    assert "COGNITO_CLIENT_SECRET" not in start().output
    started = start("--client-secret")
    assert SECRET not in started.output
    assert "COGNITO_CLIENT_SECRET is the one that was given" in started.output


def test_a_drawn_secret_is_told(start: Start) -> None:
    assert len(start("--client-secret").exports["COGNITO_CLIENT_SECRET"]) > 24


@pytest.mark.parametrize("secret", ["short", f"{SECRET} {SECRET}", f"{SECRET}/", "s" * 65])
def test_a_secret_of_another_form_than_the_services_is_refused_and_not_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    file = tmp_path / "file"
    file.write_text(secret)
    monkeypatch.setenv(VARIABLE, secret)
    for option in (("--client-secret-file", str(file)), ("--client-secret",)):
        said = refused(*option)
        assert "--client-secret is 24 to 64" in said
        assert secret not in said


@pytest.mark.parametrize(
    "issuer", ["https://a\nb", "https://user@a", "https://a?b", "https://a#b", "a.example"]
)
def test_an_issuer_of_another_form_is_refused(issuer: str) -> None:
    assert "issuer is an address" in refused("--issuer", issuer)


@pytest.mark.parametrize("host", ["", "a b", "a..b", "a\nb", "*", "\u2028", "a" * 300, "é" * 70])
def test_a_host_that_is_no_name_of_a_machine_is_refused(host: str) -> None:
    said = refused("--host", host, "--allow-remote")
    assert "write a name or an address of this machine" in said


def test_a_secret_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    assert "FileNotFoundError" in refused("--client-secret-file", str(tmp_path / "none"))
    (tmp_path / "empty").write_text("\n")
    assert "is empty" in refused("--client-secret-file", str(tmp_path / "empty"))


def test_the_domain_has_the_clients_that_it_is_told(start: Start) -> None:
    started = start(
        *("--callback-url", "http://localhost:3000/callback", "--logout-url", "http://localhost:3000/"),
        *("--identity-provider", "Google", "--identity-provider", "Corporate", "--issuer", "endpoint"),
        *("--resource-server", "https://orders.example=read, write", "--resource-server", "mail=send"),
        *("--machine", "nightly=https://orders.example/read,mail/send"),
    )
    exports, http = started.exports, started.http
    assert exports["COGNITO_DOMAIN"] == exports["COGNITO_ENDPOINT_URL"]
    asked = {
        "client_id": exports["COGNITO_CLIENT_ID"],
        "response_type": "code",
        "redirect_uri": "http://localhost:3000/callback",
    }
    page = http.get(f"{exports['COGNITO_DOMAIN']}/oauth2/authorize", params=asked)
    assert page.status_code == 200
    assert "Continue with Google" in page.text
    assert "Continue with Corporate" in page.text
    (secret,) = re.findall(r"machine nightly, secret (\w+)", started.output)
    own = exports["COGNITO_MACHINE_CLIENT_ID"], exports["COGNITO_MACHINE_CLIENT_SECRET"]
    assert own == ("nightly", secret)
    assert exports["COGNITO_ACCEPTED_CLIENT_IDS"] == "nightly", "an app may call itself"
    data = {"grant_type": "client_credentials", "client_id": "nightly", "client_secret": secret}
    document = http.get(f"{exports['COGNITO_ISSUER']}/.well-known/openid-configuration").json()
    token = http.post(document["token_endpoint"], data=data).json()["access_token"]
    scope = jwt.decode(token, options={"verify_signature": False})["scope"]
    assert {*scope.split()} == {"https://orders.example/read", "mail/send"}


def test_a_pool_whose_domain_nobody_can_use_prints_none(start: Start) -> None:
    assert "COGNITO_DOMAIN" not in start().output


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--callback-url", "http://app.example/"), "--callback-url are addresses of https"),
        (("--resource-server", "orders"), "write NAME=SCOPE,SCOPE"),
        (("--resource-server", "orders="), "write NAME=SCOPE,SCOPE"),
        (("--machine", "nightly=orders/read"), "no resource server has orders/read"),
        (("--machine", "=orders/read"), "write NAME=SCOPE,SCOPE"),
        (("--identity-provider", "a b"), "--identity-provider are 3 to 32"),
    ],
)
def test_what_the_domain_cannot_have_is_refused(options: tuple[str, ...], told: str) -> None:
    assert told in refused(*options)


def test_custom_attributes_are_named_with_their_types(start: Start) -> None:
    options = ("--custom-attribute", "tenant", "--custom-attribute", "custom:level=Number")
    started = start(*options)
    attributes = [{"Name": "custom:tenant", "Value": "acme"}, {"Name": "custom:level", "Value": "3"}]
    created = started.call(
        "AdminCreateUser",
        UserPoolId=started.exports["COGNITO_USER_POOL_ID"],
        Username="bob",
        UserAttributes=attributes,
    )
    assert [each for each in created["User"]["Attributes"] if each in attributes] == attributes


def test_an_unknown_type_of_a_custom_attribute_is_refused() -> None:
    assert "tenant is one of String, Number" in refused("--custom-attribute", "tenant=Text")
