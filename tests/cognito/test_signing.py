"""Which calls carry AWS credentials: those that need them, and no other."""

import asyncio
import logging
from typing import Any

import botocore.session
import pytest

from fastapi_cognito_auth import CognitoAuth
from fastapi_cognito_auth.cognito.client import CognitoClient
from fastapi_cognito_auth.cognito.models import Tokens
from fastapi_cognito_auth.local import LocalUser, LocalUserPool


def client_of(pool: LocalUserPool, seen: list[Any]) -> CognitoClient:
    def before_send(request: Any, **more: Any) -> Any:
        seen.append(request.headers.get("Authorization"))
        return pool.before_send(request, **more)

    return CognitoClient(
        user_pool_id=pool.user_pool_id, client_id=pool.client_id, region=pool.region, before_send=before_send
    )


def test_a_call_of_a_client_is_not_signed_and_looks_for_no_credentials(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Outside AWS, botocore's search for credentials asks addresses that do not answer."""

    def search(_: Any) -> Any:
        raise AssertionError("credentials were looked for")

    monkeypatch.setattr(botocore.session.Session, "get_credentials", search)
    seen: list[Any] = []
    client = client_of(LocalUserPool(), seen)
    asyncio.run(client.call("ForgotPassword", Username="nobody"))
    assert seen == [None]


def test_a_call_of_an_administrator_is_signed() -> None:
    seen: list[Any] = []
    client = client_of(LocalUserPool(users=[LocalUser("ada", password="Correct-horse-1!")]), seen)
    asyncio.run(client.call("AdminGetUser", Username="ada"))
    assert seen[0].startswith(b"AWS4-HMAC-SHA256 Credential=local/")


def test_a_local_pool_does_not_mind_a_profile_that_does_not_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nope")
    pool = LocalUserPool(users=[LocalUser("ada", password="Correct-horse-1!")])
    answer = asyncio.run(client_of(pool, []).call("AdminGetUser", Username="ada"))
    assert answer["Username"] == "ada"


def test_not_even_the_debug_log_of_botocore_holds_a_password(caplog: pytest.LogCaptureFixture) -> None:
    pool = LocalUserPool(users=[LocalUser("ada", password="Correct-horse-1!")], client_secret=True)
    auth = CognitoAuth.local(pool)
    with caplog.at_level(logging.DEBUG):
        flow: Any = "USER_PASSWORD_AUTH"
        tokens = asyncio.run(auth.pool.sign_in.with_password("ada", "Correct-horse-1!", auth_flow=flow))
    assert isinstance(tokens, Tokens)
    secrets = ("Correct-horse-1!", tokens.access_token, tokens.refresh_token, pool.client_secret)
    assert [secret for secret in secrets if str(secret) in caplog.text] == []
