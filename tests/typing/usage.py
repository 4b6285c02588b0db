"""An app as people write it. It is checked and never run: no line of it may be an error."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, assert_type

import httpx2
from fastapi import APIRouter, Depends, FastAPI, Security
from pydantic import SecretStr

from fastapi_cognito_auth import (
    CognitoAuth,
    CognitoSettings,
    IdUser,
    Machine,
    TrustedPool,
    User,
)
from fastapi_cognito_auth.cognito.configuration_methods import CreateUserPoolClientResponse, UserPoolType
from fastapi_cognito_auth.cognito.models import Tokens
from fastapi_cognito_auth.cognito.records import PoolUser
from fastapi_cognito_auth.local import LocalUser, LocalUserPool
from fastapi_cognito_auth.settings import LocalSettings, SettingsKeywords

CognitoSettings()
CognitoSettings(token_url=None)
CognitoSettings(group_scopes={"analysts": {"reports/read"}})
CognitoSettings(
    group_scopes={"analysts": ["reports/read"]}, trusted_pools=[{"user_pool_id": "a", "client_ids": ["b"]}]
)
CognitoSettings(resource=["https://api.example.com"], issuer="https://one.example.com")
CognitoSettings(
    accepted_client_ids={"a"}, trusted_origins=("https://a.example",), alb_arns=frozenset({"arn"})
)
CognitoSettings(client_secret="secret", secret_key=["key"], redis_url="redis://localhost")
CognitoSettings(client_secret=SecretStr("secret"), secret_key=SecretStr("key"))
CognitoSettings(key_set_file=Path("keys.json"), revocation="redis", fresh_sign_in_max_age="off")

staff = TrustedPool(user_pool_id="eu-west-1_Staff", client_ids={"a"}, scopes=["reports/read"])
settings = CognitoSettings(user_pool_id="eu-central-1_AbCdEfGhI", client_id="a", trusted_pools=[staff])
assert_type(settings.client_secret, SecretStr | None)
assert_type(settings.group_scopes, dict[str, frozenset[str]])
assert_type(settings.trusted_pools, tuple[TrustedPool, ...])

keywords: SettingsKeywords = {"user_pool_id": "eu-central-1_AbCdEfGhI", "clock_skew": 0}
CognitoSettings(**keywords)
local_settings: LocalSettings = {"clock_skew": 0, "resource": ["https://api.example.com"]}

auth = CognitoAuth(settings)
CognitoAuth()
CognitoAuth.local(
    users=[LocalUser("ada", password="Correct-horse-1!", groups=["analysts"])],
    group_scopes={"analysts": {"reports/read"}},
    settings={"clock_skew": 0, "access_token_cookie": "token", "trusted_pools": [staff]},
)
assert_type(CognitoAuth.local(LocalUserPool(), settings=local_settings), CognitoAuth)
assert_type(auth.router, APIRouter)
assert_type(auth.local_pool, LocalUserPool)
assert_type(auth.local_pool.machine_clients[0].client_id, str)
assert_type(auth.local_pool.machine_clients[0].client_secret, str)
assert_type(auth.derived_tokens.httpx_auth("token", scopes=["orders/read"]), httpx2.Auth)
assert_type(auth.machine_tokens.httpx_auth(scopes={"orders/read"}), httpx2.Auth)

CurrentUser = Annotated[User, Depends(auth.current_user)]
app = FastAPI(lifespan=auth.lifespan)
app.include_router(auth.router, prefix="/auth")
app.include_router(auth.account_router, prefix="/account")


@app.get("/me")
async def me(user: CurrentUser) -> User:
    assert_type(user.groups, frozenset[str])
    assert_type(user.expires_at, datetime)
    assert_type(user.auth_time, datetime | None)
    assert_type((await user.profile()).email, str | None)
    return user


@app.get("/who")
async def who(
    principal: Annotated[User | Machine, Security(auth.current_principal, scopes=["a"])],
    id_user: Annotated[IdUser, Depends(auth.id_user)],
    optional: Annotated[User | None, Depends(auth.optional_user)],
    token: Annotated[str, Depends(auth.access_token)],
) -> str:
    if isinstance(principal, Machine):
        return principal.client_id
    return optional.username if optional else id_user.email or token


@app.get("/reports", dependencies=[Depends(auth.require_groups("analysts"))])
async def reports() -> list[str]:
    return []


async def sign_in() -> str:
    result = await auth.pool.sign_in.with_password("ada", "Correct-horse-1!")
    if isinstance(result, Tokens):
        return result.access_token
    if result.challenge == "NEW_PASSWORD_REQUIRED":
        assert_type(result.parameters.required_attributes, list[str])
    return result.session


guard: Callable[..., Awaitable[User]] = auth.require_any_group("a", "b")
ada = User(
    sub="1", username="ada", client_id="a", expires_at=datetime.now(UTC), groups={"a"}, scopes=["b"], amr=()
)
assert_type(replace(ada, groups=frozenset("b")), User)
assert_type(ada.with_claims({"tenant": "acme"}), User)
Machine(sub="a", client_id="a", expires_at=0, scopes={"a"})
IdUser(sub="1", username="ada", client_id="a", expires_at=0, email="ada@example.com")
answer: dict[str, Any] = dict(ada)


async def administer() -> None:
    users, groups = auth.pool.users, auth.pool.groups
    assert_type(await users.create("ada", email="ada@example.com", groups=["editors"]), PoolUser)
    async for user in users.search(email__startswith="ada"):
        assert_type(user.attributes, dict[str, str])
    assert_type([group.name async for group in groups.of("ada")], list[str])
    async for report in users.import_([{"username": "ada"}], invite=False):
        assert_type(report.number, int)


async def configure() -> None:
    configuration = CognitoAuth().pool.configuration
    pool = (await configuration.describe_user_pool())["user_pool"]
    assert_type(pool, UserPoolType)
    created = await configuration.create_user_pool_client(
        client_name="web", callback_urls=["https://a.example"]
    )
    assert_type(created, CreateUserPoolClientResponse)
    await configuration.set_user_pool_mfa_config(mfa_configuration="ON")
    for change in await configuration.change_user_pool(deletion_protection="ACTIVE"):
        assert_type(change.path, str)
