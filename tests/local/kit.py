"""What the tests of the local pool share: a clock to turn, a real boto3 client, an SRP client."""

import base64
import hmac
from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3
import jwt
from botocore.config import Config
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from fastapi_cognito_auth.local import LocalUser, LocalUserPool
from fastapi_cognito_auth.local.keys import SigningKeys
from fastapi_cognito_auth.local.state.shelf import Shelf
from fastapi_cognito_auth.srp import handshake as srp

PASSWORD = "Correct-horse-7"
OTHER_PASSWORD = "Battery-staple-8"
ALICE = LocalUser("alice", password=PASSWORD, attributes={"email": "alice@example.com"})
BOB = LocalUser("bob", password=OTHER_PASSWORD, attributes={"email": "bob@example.com"})


class Clock:
    """A clock that only a test moves."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


@cache
def session() -> Any:
    return boto3.Session(aws_access_key_id="local", aws_secret_access_key="local", region_name="us-east-1")


@cache
def signing_keys() -> SigningKeys:
    return SigningKeys(Shelf(Clock()))


def boto(pool: LocalUserPool) -> Any:
    """Return a real boto3 client that is bound to the pool."""
    # botocore retries a LimitExceededException, with a pause.
    client = session().client("cognito-idp", config=Config(retries={"total_max_attempts": 1}))
    client.meta.events.register_first("before-send.cognito-identity-provider.*", pool.before_send)
    return client


class Kit:
    """A pool, its clock and its boto3 client."""

    def __init__(self, *, fresh_keys: bool = False, **options: Any) -> None:
        self.clock = Clock()
        self.pool = LocalUserPool(**({"users": (ALICE, BOB)} | options), clock=self.clock)
        if not fresh_keys:
            # Making RSA keys takes longer than all the rest of a test.
            self.pool._plane.tokens.keys = signing_keys()
        self.aws = boto(self.pool)
        self.id = self.pool.client_id
        self.pool_id = self.pool.user_pool_id

    def hash_of(self, username: str) -> str:
        message = (username + self.id).encode()
        return base64.b64encode(
            hmac.digest((self.pool.client_secret or "").encode(), message, "sha256")
        ).decode()

    def with_hash(self, username: str) -> dict[str, str]:
        return {} if self.pool.client_secret is None else {"SECRET_HASH": self.hash_of(username)}

    def password(self, username: str = "alice", password: str = PASSWORD, **extra: str) -> Any:
        parameters = {"USERNAME": username, "PASSWORD": password} | self.with_hash(username) | extra
        return self.aws.initiate_auth(
            ClientId=self.id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters
        )

    def tokens(self, username: str = "alice", password: str = PASSWORD) -> dict[str, Any]:
        result: dict[str, Any] = self.password(username, password)["AuthenticationResult"]
        return result

    def start_srp(self, username: str = "alice") -> tuple[srp.SRPClient, dict[str, str]]:
        client = srp.SRPClient(srp.pool_name(self.pool_id))
        answer = self.aws.initiate_auth(
            ClientId=self.id,
            AuthFlow="USER_SRP_AUTH",
            AuthParameters={"USERNAME": username, "SRP_A": client.srp_a} | self.with_hash(username),
        )
        assert answer["ChallengeName"] == "PASSWORD_VERIFIER"
        assert "Session" not in answer
        return client, answer["ChallengeParameters"]

    def proof(
        self,
        client: srp.SRPClient,
        challenge: dict[str, str],
        password: str = PASSWORD,
        stamp: str | None = None,
    ) -> dict[str, str]:
        stamp = stamp or srp.format_timestamp(datetime.fromtimestamp(self.clock.now, UTC))
        values = srp.Challenge(challenge["SALT"], challenge["SRP_B"], challenge["SECRET_BLOCK"])
        identity = challenge["USER_ID_FOR_SRP"]
        return {
            "USERNAME": identity,
            "PASSWORD_CLAIM_SIGNATURE": client.claim(identity, password, values, stamp),
            "PASSWORD_CLAIM_SECRET_BLOCK": challenge["SECRET_BLOCK"],
            "TIMESTAMP": stamp,
        } | self.with_hash(identity)

    def srp(self, username: str = "alice", password: str = PASSWORD) -> Any:
        client, challenge = self.start_srp(username)
        return self.answer("PASSWORD_VERIFIER", None, **self.proof(client, challenge, password))

    def answer(self, challenge: str, session: str | None, **responses: str) -> Any:
        more = {} if session is None else {"Session": session}
        return self.aws.respond_to_auth_challenge(
            ClientId=self.id, ChallengeName=challenge, ChallengeResponses=responses, **more
        )

    def totp(self, secret: str, *, ahead: int = 0) -> str:
        return totp_code(secret, self.clock.now + ahead)

    def enroll_totp(self, username: str = "alice", password: str = PASSWORD) -> str:
        """Set up a software token with an access token, switch it on, and move past its first code."""
        access = self.tokens(username, password)["AccessToken"]
        secret: str = self.aws.associate_software_token(AccessToken=access)["SecretCode"]
        self.aws.verify_software_token(AccessToken=access, UserCode=self.totp(secret))
        self.aws.set_user_mfa_preference(
            AccessToken=access, SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True}
        )
        self.clock.advance(60)
        return secret

    def code(self, username: str, purpose: str) -> str:
        return self.pool.outbox.latest(username, purpose).code

    def admin(self, operation: str, username: str = "alice", **more: Any) -> dict[str, Any]:
        return self.pool.call(operation, {"UserPoolId": self.pool_id, "Username": username, **more})


class refused:  # noqa: N801
    """Expect the service's error of this name, and of this message where one is given."""

    def __init__(self, name: str, message: str | None = None) -> None:
        self._name, self._message = name, message

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, exc: BaseException | None, trace: object) -> bool:
        assert exc is not None, f"not refused: {self._name} was expected"
        if not isinstance(exc, ClientError):
            return False
        error = exc.response["Error"]
        assert error["Code"] == self._name, error
        if self._message is not None:
            assert error["Message"] == self._message
        assert exc.response["ResponseMetadata"]["HTTPStatusCode"] == 400
        return True


def claims(
    pool: LocalUserPool, token: str, *, audience: str | None = None, clock: Clock | None = None
) -> Any:
    """Verify a token against the pool's JWKS, as any outsider would."""
    header = jwt.get_unverified_header(token)
    key = next(jwt.PyJWK(key) for key in pool.jwks()["keys"] if key["kid"] == header["kid"])
    assert set(header) == {"kid", "alg"}
    options: Any = {"verify_exp": clock is None, "verify_iat": False}
    return jwt.decode(
        token, key, algorithms=["RS256"], audience=audience, issuer=pool.issuer, options=options
    )


def totp_code(secret: str, now: float) -> str:
    """Return what an authenticator app shows."""
    return TOTP(base64.b32decode(secret + "===="), 6, SHA1(), 30).generate(int(now)).decode()


def wrong(code: str) -> str:
    """Return another code of the same form."""
    return f"{(int(code) + 1) % 10 ** len(code):0{len(code)}}"
