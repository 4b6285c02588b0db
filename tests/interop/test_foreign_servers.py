"""Servers of other people under an app that knows of them by environment variables alone."""

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Annotated

import pytest
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient

from fastapi_cognito_auth import CognitoAuth, User
from tests.interop.drivers import judge
from tests.interop.journey import App, journey
from tests.interop.servers import Server, cognito_local, moto_server

STEPS = 41
SIGNED_IN = 10
"""The steps up to the first sign-in."""
BY_PASSWORD = {"COGNITO_AUTH_FLOW": "USER_PASSWORD_AUTH"}
Differences = dict[str, tuple[str, str]]


def differs(got: object, reason: str) -> tuple[str, str]:
    return re.escape(repr(got)), reason


MOTO: Differences = {
    "resend the code": differs((503, "internal_server"), "has no ResendConfirmationCode"),
    "confirm by a wrong code": differs(200, "takes any code"),
    "reset by a wrong code": differs(200, "takes any code"),
    "get a secret for an authenticator app": differs(
        (503, "user_pool_unavailable"), "its secret has 12 letters, the service's at least 16"
    ),
    "answer by a wrong code": differs("signed_in", "takes any code"),
    "answer by the code": differs((404, "resource_not_found"), "the session was used by the wrong code"),
    "sign out": differs(None, "has no RevokeToken"),
    "refresh after signing out": differs("signed_in", "has no RevokeToken"),
    "delete the account": differs((503, "internal_server"), "has no DeleteUser"),
    "sign in after that": differs("signed_in", "has no DeleteUser"),
}
WANTS_A_NAME = "has only REFRESH_TOKEN_AUTH, whose secret hash takes a name that a refresh has not"
MOTO_WITH_SECRET: Differences = MOTO | {
    "refresh": differs((503, "internal_server"), WANTS_A_NAME),
    "refresh after signing out": differs((503, "internal_server"), WANTS_A_NAME),
}
NO_NUMBERS = "the numbers of its SRP are none"
MOTO_BY_SRP: Differences = {
    "resend the code": MOTO["resend the code"],
    "confirm by a wrong code": MOTO["confirm by a wrong code"],
    "sign in with a wrong password": differs((503, "user_pool_unavailable"), NO_NUMBERS),
    "sign in": differs((503, "user_pool_unavailable"), NO_NUMBERS),
}
TELLS_WHO_EXISTS = "answers InvalidPasswordException to a wrong password, by which it tells who exists"
COGNITO_LOCAL: Differences = {
    "sign up with a weak password": differs(201, "knows no password policy"),
    "resend the code": differs((501, "unknown_operation"), "has no ResendConfirmationCode"),
    "sign in with a wrong password": differs((400, "invalid_password"), TELLS_WHO_EXISTS),
    "change the password by a wrong one": differs((400, "invalid_password"), TELLS_WHO_EXISTS),
    "sign in with the old password": differs((400, "invalid_password"), TELLS_WHO_EXISTS),
    "sign out everywhere": differs((501, "unknown_operation"), "has no GlobalSignOut"),
}


@pytest.fixture(scope="module")
def moto(binaries: Path) -> Iterator[Server]:
    with moto_server(binaries) as server:
        yield server


@pytest.fixture(scope="module")
def local(node: str) -> Iterator[Server]:
    with cognito_local(node) as server:
        yield server


def app_from_environment() -> FastAPI:
    """Build an app of whose pool the code says nothing."""
    auth = CognitoAuth()
    app = FastAPI(lifespan=auth.lifespan)
    app.include_router(auth.router, prefix="/auth")
    app.include_router(auth.account_router, prefix="/account")

    @app.get("/me")
    async def me(user: Annotated[User, Depends(auth.current_user)]) -> User:
        return user

    @app.get("/reports", dependencies=[Depends(auth.require_groups("analysts"))])
    async def reports() -> list[str]:
        return []

    return app


def travel(
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
    environment: Mapping[str, str],
    *,
    secret: bool,
    until: int = STEPS,
) -> dict[str, str]:
    """Return the outcome of each step."""
    pool_id, client = server.new_pool(secret=secret)
    variables = {
        "COGNITO_USER_POOL_ID": pool_id,
        "COGNITO_CLIENT_ID": client["ClientId"],
        "COGNITO_CLIENT_SECRET": client.get("ClientSecret", ""),
        "COGNITO_SECRET_KEY": "a key for this run that is long enough to seal with",
        "COGNITO_ENDPOINT_URL": server.url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    for name, value in {**variables, **environment}.items():
        monkeypatch.setenv(name, value.format(url=server.url, pool=pool_id))
    with TestClient(app_from_environment()) as client_of_app:
        steps = list(islice(journey(App(client_of_app), server, pool_id), until))
    assert len(steps) == until
    return {name: "ok" if got == wanted else repr(got) for name, got, wanted in steps}


@pytest.mark.parametrize("secret", [False, True], ids=["public", "secret"])
def test_moto_serves_an_app(
    moto: Server, secret: bool, monkeypatch: pytest.MonkeyPatch, subtests: pytest.Subtests
) -> None:
    outcomes = travel(moto, monkeypatch, BY_PASSWORD, secret=secret)
    judge(outcomes, outcomes, subtests, MOTO_WITH_SECRET if secret else MOTO)


def test_moto_knows_no_srp(moto: Server, monkeypatch: pytest.MonkeyPatch, subtests: pytest.Subtests) -> None:
    outcomes = travel(moto, monkeypatch, {}, secret=False, until=SIGNED_IN)
    judge(outcomes, outcomes, subtests, MOTO_BY_SRP)


@pytest.mark.parametrize("secret", [False, True], ids=["public", "secret"])
def test_cognito_local_serves_an_app(
    local: Server, secret: bool, monkeypatch: pytest.MonkeyPatch, subtests: pytest.Subtests
) -> None:
    issuer = {"COGNITO_ISSUER": "{url}/{pool}"}
    outcomes = travel(local, monkeypatch, BY_PASSWORD | issuer, secret=secret)
    judge(outcomes, outcomes, subtests, COGNITO_LOCAL)
