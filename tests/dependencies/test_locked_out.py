"""A guard before the sign-in itself: the app does not start, since nobody could ever sign in."""

from typing import Any

import pytest
from fastapi import APIRouter, Depends, FastAPI
from fastapi.testclient import TestClient

from fastapi_cognito_auth import CognitoAuth, ConfigurationError, User

auth = CognitoAuth.local()
staff = CognitoAuth.local()


def app_of(
    *routers: tuple[APIRouter, str], of_app: Any = None, of_each: Any = None, of: CognitoAuth = auth
) -> FastAPI:
    app = FastAPI(lifespan=of.lifespan, dependencies=[] if of_app is None else [Depends(of_app)])
    app.add_middleware(of.session_middleware)
    for router, prefix in routers:
        dependencies = [] if of_each is None else [Depends(of_each)]
        app.include_router(router, prefix=prefix, dependencies=dependencies)
    return app


def start(app: FastAPI) -> None:
    with TestClient(app):
        pass


def of_ones_own(user: User = Depends(auth.current_user)) -> User:
    return user


GUARDS = [
    auth.current_user,
    auth.access_token,
    auth.id_user,
    auth.require_groups("admins"),
    of_ones_own,
]


@pytest.mark.parametrize("guard", [*GUARDS, auth.current_principal])
def test_an_app_whose_browser_sign_in_is_guarded_is_refused(guard: Any) -> None:
    app = app_of((auth.session_router, "/session"), (auth.managed_login_router, "/login"), of_app=guard)
    with pytest.raises(
        ConfigurationError, match=r"^POST /session/sign-in, GET HEAD /login: only who is signed in"
    ):
        start(app)


@pytest.mark.parametrize("guard", GUARDS)
def test_an_app_whose_sign_in_for_programs_is_guarded_is_refused(guard: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"POST /auth/sign-in, .*APIRouter\(dependencies=\["):
        start(app_of((auth.router, "/auth"), of_app=guard))


def test_a_guarded_router_around_the_sign_in_is_refused() -> None:
    outer, app = APIRouter(dependencies=[Depends(auth.current_user)]), app_of()
    outer.include_router(auth.session_router, prefix="/session")
    app.include_router(outer, prefix="/api")
    with pytest.raises(ConfigurationError, match=r"^POST /api/session/sign-in: only"):
        start(app)


@pytest.mark.parametrize(
    "app",
    [
        app_of((auth.session_router, "/session"), (auth.router, "/auth"), of_app=auth.optional_user),
        app_of((auth.account_router, "/account"), of_app=auth.current_user),
        app_of((auth.routers.sign_up, "/auth"), of_each=auth.require_groups("admins")),
        app_of((auth.router, "/auth"), of_each=auth.current_principal),
        app_of((auth.session_router, "/session"), of_app=staff.current_user),
        app_of((auth.session_router, "/session"), of_app=auth.same_origin),
    ],
    ids=["optional", "account alone", "sign-up by administrators", "machines", "another pool", "pages"],
)
def test_an_app_in_which_somebody_can_sign_in_starts(app: FastAPI) -> None:
    start(app)


def test_one_open_way_to_sign_in_is_enough() -> None:
    app = app_of((auth.managed_login_router, "/login"))
    app.include_router(auth.session_router, prefix="/session", dependencies=[Depends(auth.current_user)])
    start(app)


def test_routers_of_the_apps_own_are_guarded_beside() -> None:
    own, app = APIRouter(dependencies=[Depends(auth.current_user)]), app_of((auth.session_router, "/session"))
    own.get("/me")(lambda: None)
    app.include_router(own)
    start(app)


def test_an_app_whose_pages_are_guarded_is_refused() -> None:
    app = app_of((auth.pages(), "/account"), of_app=auth.current_user)
    with pytest.raises(ConfigurationError, match="/account/sign-in"):
        start(app)
