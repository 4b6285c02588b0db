"""At the lowest level of every logger, no flow writes anything secret."""

import asyncio
import logging
import socket
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config

from fastapi_cognito_auth import CognitoAuth, CognitoSettings
from fastapi_cognito_auth.cognito.models import Tokens
from fastapi_cognito_auth.local import LocalUser, LocalUserPool
from fastapi_cognito_auth.local.emulator import emulator
from tests.interop.kit import running
from tests.local.kit import signing_keys
from tests.support import SECRET_KEY

PASSWORD = "Correct-horse-1!"
CHANGED = "Changed-horse-2!"
RESET = "Another-horse-3!"
KEYS = {
    "AWS_ACCESS_KEY_ID": "ASIAEXAMPLEEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "a-secret-access-key-of-forty-characters!",
    "AWS_SESSION_TOKEN": "a-session-token-that-is-good-for-an-hour",
}


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[LocalUserPool, str]]:
    pool = LocalUserPool(
        users=[LocalUser("ada", password=PASSWORD, attributes={"email": "ada@example.com"})],
        client_secret=True,
        explicit_auth_flows=(
            "ALLOW_USER_SRP_AUTH",
            "ALLOW_USER_PASSWORD_AUTH",
            "ALLOW_ADMIN_USER_PASSWORD_AUTH",
            "ALLOW_REFRESH_TOKEN_AUTH",
        ),
    )
    pool._plane.tokens.keys = signing_keys()
    with socket.create_server(("127.0.0.1", 0)) as listening, running(emulator(pool), listening):
        yield pool, f"http://127.0.0.1:{listening.getsockname()[1]}/"


class Everything(logging.Handler):
    """Keeps every record, with all that is in it."""

    def __init__(self) -> None:
        super().__init__(1)
        self.records: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(f"{record.name} {record.getMessage()} {record.__dict__}")


@pytest.fixture
def log() -> Iterator[Everything]:
    everything, root = Everything(), logging.getLogger()
    before = root.level
    root.setLevel(1)
    root.addHandler(everything)
    yield everything
    root.removeHandler(everything)
    root.setLevel(before)


def test_no_flow_writes_anything_secret_at_the_lowest_level(
    served: tuple[LocalUserPool, str], log: Everything, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    local, url = served
    auth = CognitoAuth(
        CognitoSettings(
            user_pool_id=local.user_pool_id,
            client_id=local.client_id,
            client_secret=local.client_secret,
            secret_key=(SECRET_KEY,),
            endpoint_url=url,
        )
    )
    pool, secrets = (
        auth.pool,
        [PASSWORD, CHANGED, RESET, SECRET_KEY, *KEYS.values(), str(local.client_secret)],
    )

    def keep(tokens: Any) -> Tokens:
        assert isinstance(tokens, Tokens)
        assert tokens.id_token
        secrets.extend(filter(None, (tokens.access_token, tokens.id_token, tokens.refresh_token)))
        return tokens

    async def flows() -> None:
        await pool.sign_up.start("bea", PASSWORD, {"email": "bea@example.com"})
        secrets.append(local.outbox.latest("bea").code)
        await pool.sign_up.confirm("bea", secrets[-1])
        keep(await pool.sign_in.with_password("ada", PASSWORD))
        keep(await pool.sign_in.with_password("ada", PASSWORD, auth_flow="ADMIN_USER_PASSWORD_AUTH"))
        tokens = keep(await pool.sign_in.with_password("ada", PASSWORD, auth_flow="USER_PASSWORD_AUTH"))
        keep(await pool.refresh_tokens.refresh(str(tokens.refresh_token)))
        await pool.password.change(tokens.access_token, CHANGED, previous_password=PASSWORD)
        with pytest.raises(Exception, match="not_authorized"):
            await pool.sign_in.with_password("ada", PASSWORD, auth_flow="USER_PASSWORD_AUTH")
        await pool.password.forgot("ada")
        secrets.append(local.outbox.latest("ada").code)
        await pool.password.reset("ada", secrets[-1], RESET)
        await pool.call("AdminSetUserPassword", Username="bea", Password=CHANGED, Permanent=True)
        await pool.call("AdminGetUser", Username="bea")
        totp = await pool.mfa.start_totp(tokens.access_token, account="ada")
        secrets.append(totp.secret_code)
        await pool.refresh_tokens.revoke(str(tokens.refresh_token))

    asyncio.run(flows())
    said = "\n".join(log.records)
    assert "botocore" in said  # it was listening
    assert [secret for secret in secrets if secret in said] == []


def test_calls_of_others_are_logged_as_they_were(served: tuple[LocalUserPool, str], log: Everything) -> None:
    """Whoever debugs boto3 in another place of the app still can."""
    _, url = served
    boto = boto3.client(
        "cognito-idp", endpoint_url=url, region_name="us-east-1", config=Config(signature_version=UNSIGNED)
    )
    boto.list_user_pools(MaxResults=1)
    assert any(record.startswith("botocore.endpoint ") for record in log.records)
