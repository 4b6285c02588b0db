"""The facade: what it builds, what it refuses to build, and what it shows."""

import ast
import asyncio
import logging
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

import fastapi_cognito_auth
from fastapi_cognito_auth import CognitoAuth, CognitoSettings, ConfigurationError
from fastapi_cognito_auth.cognito.models import Tokens
from fastapi_cognito_auth.exceptions import TokenExpiredError
from fastapi_cognito_auth.local import LocalUser, LocalUserPool
from tests.support import CLIENT_ID, POOL_ID, SECRET_KEY, SIGNER, KeyServer

ADA = LocalUser("ada", password="Correct-horse-1!")


def real(**settings: Any) -> CognitoSettings:
    return CognitoSettings(user_pool_id=POOL_ID, client_id=CLIENT_ID, **settings)


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COGNITO_USER_POOL_ID", POOL_ID)
    monkeypatch.setenv("COGNITO_CLIENT_ID", CLIENT_ID)
    assert CognitoAuth().settings.user_pool_id == POOL_ID


def test_a_forgotten_variable_is_an_error_and_not_a_local_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COGNITO_USER_POOL_ID", raising=False)
    with pytest.raises(ConfigurationError, match="COGNITO_USER_POOL_ID is missing"):
        CognitoAuth()


def test_the_router_needs_a_secret_key_and_says_how_to_make_one() -> None:
    auth = CognitoAuth(real())
    with pytest.raises(ConfigurationError, match=r"COGNITO_SECRET_KEY is missing.*token_urlsafe"):
        _ = auth.router


def test_the_router_is_built_once() -> None:
    auth = CognitoAuth(real(secret_key=SECRET_KEY))
    assert auth.router is auth.router


def test_a_real_pool_has_no_outbox() -> None:
    auth = CognitoAuth(real(secret_key=SECRET_KEY))
    assert not hasattr(auth, "local_router")
    assert not hasattr(auth, "local_pool")


def test_a_local_pool_ignores_the_variables_that_name_another(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "USER_POOL_ID": POOL_ID,
        "CLIENT_ID": CLIENT_ID,
        "CLIENT_SECRET": "secret-of-the-real-pool",
        "ENDPOINT_URL": "http://127.0.0.1:1",
        "JWKS_URI": "http://127.0.0.1:1/jwks.json",
        "ISSUER": "https://elsewhere.example",
        "AUTH_FLOW": "USER_PASSWORD_AUTH",
    }.items():
        monkeypatch.setenv(f"COGNITO_{name}", value)
    auth = CognitoAuth.local(users=[ADA])
    tokens = asyncio.run(auth.pool.sign_in.with_password("ada", "Correct-horse-1!"))
    assert isinstance(tokens, Tokens)
    assert asyncio.run(auth.verifier.access_token(tokens.access_token)).username == "ada"


def test_a_local_pool_takes_users_groups_secret_mfa_and_group_scopes() -> None:
    user = LocalUser("ada", password="Correct-horse-1!", groups=("analysts",))
    scopes = {"analysts": ["reports/read"]}
    auth = CognitoAuth.local(
        users=[user], groups=["empty"], client_secret=True, mfa="OFF", group_scopes=scopes
    )
    assert auth.local_pool.client_secret
    groups = asyncio.run(auth.pool.call("ListGroups"))["Groups"]
    assert {group["GroupName"] for group in groups} == {"empty", "analysts"}
    assert auth.settings.group_scopes == {"analysts": frozenset({"reports/read"})}


def test_a_local_pool_of_ones_own_is_used_as_it_is() -> None:
    pool = LocalUserPool(users=[ADA], client_secret="a" * 51)
    assert CognitoAuth.local(pool).local_pool is pool


def test_two_local_pools_know_nothing_of_each_other() -> None:
    first, second = CognitoAuth.local(users=[ADA]), CognitoAuth.local()
    assert len(asyncio.run(first.pool.call("ListUsers"))["Users"]) == 1
    assert asyncio.run(second.pool.call("ListUsers"))["Users"] == []


def test_without_the_extra_a_local_pool_says_what_to_install() -> None:
    script = """
import sys
sys.modules["webauthn"] = None
from fastapi_cognito_auth import CognitoAuth
try:
    CognitoAuth.local()
except Exception as exc:
    print(type(exc).__name__, exc)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("ConfigurationError CognitoAuth.local() needs the extra: pip install")


def test_the_lifespan_fetches_the_keys() -> None:
    server = KeyServer(SIGNER.jwk())
    auth = CognitoAuth(real(), fetch_keys=server)
    with TestClient(FastAPI(lifespan=auth.lifespan)):
        assert server.fetches == 1


def test_the_app_starts_while_the_keys_are_unreachable(caplog: pytest.LogCaptureFixture) -> None:
    server = KeyServer()
    server.down = True
    auth = CognitoAuth(real(), fetch_keys=server)
    with caplog.at_level(logging.WARNING), TestClient(FastAPI(lifespan=auth.lifespan)):
        assert "starting without the keys" in caplog.text


def test_the_app_starts_while_the_keys_are_slow_and_fetches_them_beside() -> None:
    server, arrived = KeyServer(SIGNER.jwk()), asyncio.Event()

    async def fetch() -> bytes:
        answer = await server()
        await asyncio.wait_for(arrived.wait(), 5)
        return answer

    auth = CognitoAuth(real(), fetch_keys=fetch)
    app = FastAPI(lifespan=auth.lifespan)

    @app.get("/keys")
    async def keys() -> int:
        arrived.set()
        return len(await auth.keys.all())

    with TestClient(app) as http:
        assert auth.keys.status().kids == ()
        assert http.get("/keys").json() == 1
    assert server.fetches == 1


def test_an_app_that_stops_waits_for_no_keys() -> None:
    fetched = []

    async def fetch() -> bytes:
        await asyncio.sleep(5)
        fetched.append(True)
        return b"{}"

    with TestClient(FastAPI(lifespan=CognitoAuth(real(), fetch_keys=fetch).lifespan)):
        pass
    assert fetched == []


def test_any_operation_is_within_reach_by_its_name() -> None:
    auth = CognitoAuth.local(users=[ADA])
    answer = asyncio.run(auth.pool.call("AdminGetUser", Username="ada"))
    assert (answer["Username"], answer["UserStatus"]) == ("ada", "CONFIRMED")


def test_all_names_are_sorted_and_documented() -> None:
    names = fastapi_cognito_auth.__all__
    assert names == sorted(names)
    assert all(getattr(fastapi_cognito_auth, name).__doc__ for name in names)


@pytest.fixture(scope="module")
def openapi() -> dict[str, Any]:
    app = FastAPI()
    app.include_router(CognitoAuth(real(secret_key=SECRET_KEY)).router, prefix="/auth")
    return app.openapi()


def test_openapi_lists_every_endpoint(openapi: dict[str, Any]) -> None:
    assert set(openapi["paths"]) == {
        f"/auth{path}"
        for path in (
            "/sign-up",
            "/sign-up/confirm",
            "/sign-up/resend-code",
            "/sign-in",
            "/token",
            "/challenge",
            "/challenge/totp",
            "/initiate-auth",
            "/respond-to-auth-challenge",
            "/password/forgot",
            "/password/reset",
            "/refresh",
            "/sign-out",
            "/auth-events/feedback",
            "/config",
        )
    }


def schema_of(openapi: dict[str, Any], path: str, where: str) -> dict[str, Any]:
    route = openapi["paths"][path]["post"]
    part = route["requestBody"] if where == "body" else route["responses"]["200"]
    schema: dict[str, Any] = part["content"]["application/json"]["schema"]
    return schema


def test_openapi_tells_the_answers_to_challenges_apart(openapi: dict[str, Any]) -> None:
    body = schema_of(openapi, "/auth/challenge", "body")
    assert body["discriminator"]["propertyName"] == "challenge"
    assert set(body["discriminator"]["mapping"]) == {
        "NEW_PASSWORD_REQUIRED",
        "MFA_SETUP",
        "SOFTWARE_TOKEN_MFA",
        "SMS_MFA",
        "EMAIL_OTP",
        "SMS_OTP",
        "SELECT_MFA_TYPE",
        "SELECT_CHALLENGE",
        "PASSWORD",
        "PASSWORD_SRP",
        "WEB_AUTHN",
        "CUSTOM_CHALLENGE",
    }


def mappings(node: Any) -> list[Any]:
    """Find every `discriminator.mapping` of a document."""
    if isinstance(node, list):
        return [found for item in node for found in mappings(item)]
    if not isinstance(node, dict):
        return []
    own = [node["discriminator"].get("mapping", {})] if "discriminator" in node else []
    return own + [found for item in node.values() for found in mappings(item)]


def test_openapi_tells_tokens_and_challenges_apart(openapi: dict[str, Any]) -> None:
    answer = schema_of(openapi, "/auth/sign-in", "answer")
    tokens, challenges = answer["anyOf"]
    assert tokens == {"$ref": "#/components/schemas/Tokens"}
    assert challenges["discriminator"]["propertyName"] == "challenge"


def test_openapi_discriminators_map_names_to_schemas(openapi: dict[str, Any]) -> None:
    """OpenAPI 3.1 section 4.8.25: the values of a mapping are strings."""
    found = mappings(openapi)
    assert found
    assert all(isinstance(target, str) for mapping in found for target in mapping.values())


def test_openapi_names_the_error_codes_of_an_endpoint(openapi: dict[str, Any]) -> None:
    answers = openapi["paths"]["/auth/sign-in"]["post"]["responses"]
    assert {"401", "403", "422", "429", "503"} <= answers.keys()
    assert re.findall("`(.*?)`: ", answers["403"]["description"]) == [
        "user_not_confirmed",
        "password_reset_required",
    ]


def test_openapi_describes_our_answer_to_a_malformed_body(openapi: dict[str, Any]) -> None:
    answers = openapi["paths"]["/auth/sign-in"]["post"]["responses"]
    assert "invalid_request" in str(answers["422"])
    assert "HTTPValidationError" not in str(answers)


def test_what_stands_in_for_the_time_counts_where_no_clock_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tools that freeze time replace `time.time` after everything is imported and built."""
    auth = CognitoAuth.local(users=[LocalUser("ada", password="Correct-horse-1!")])
    tokens = asyncio.run(
        auth.pool.sign_in.with_password("ada", "Correct-horse-1!", auth_flow="USER_PASSWORD_AUTH")
    )
    assert isinstance(tokens, Tokens)
    for _ in range(3):  # remembered by then
        asyncio.run(auth.verifier.access_token(tokens.access_token))
    later = time.time() + tokens.expires_in + auth.settings.clock_skew
    monkeypatch.setattr(time, "time", lambda: later)
    with pytest.raises(TokenExpiredError):
        asyncio.run(auth.verifier.access_token(tokens.access_token))


def test_no_default_is_bound_to_the_time_of_an_import() -> None:
    defaults = {
        ast.unparse(default)
        for path in Path(fastapi_cognito_auth.__file__).parent.rglob("*.py")
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for default in [*function.args.defaults, *filter(None, function.args.kw_defaults)]
    }
    assert "wall_clock" in defaults
    assert "time.time" not in defaults


def test_the_secret_keys_of_a_local_pool_are_written_as_elsewhere() -> None:
    old, new = "o" * 40, "n" * 40
    assert len(CognitoAuth.local(secret_key=f"{new},{old}").settings.secret_key) == 2
