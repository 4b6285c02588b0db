"""Routers that hide each other: the app does not start, since another endpoint would answer."""

from collections.abc import Callable

import pytest
from fastapi import APIRouter, Depends, FastAPI
from fastapi.testclient import TestClient
from starlette.routing import Host

from fastapi_cognito_auth import CognitoAuth, ConfigurationError
from fastapi_cognito_auth.local import LocalUser

ADA = LocalUser("ada", password="Correct-horse-1!")
auth = CognitoAuth.local(users=[ADA])
staff = CognitoAuth.local(users=[ADA])


def app_of(*routers: tuple[APIRouter, str], lifespan: bool = True) -> FastAPI:
    app = FastAPI(lifespan=auth.lifespan if lifespan else None)
    app.add_middleware(auth.session_middleware)
    app.add_middleware(staff.session_middleware)
    for router, prefix in routers:
        app.include_router(router, prefix=prefix)
    return app


def fault_of(app: FastAPI) -> str:
    with pytest.raises(ConfigurationError) as refused, TestClient(app):
        pass
    return str(refused.value)


def test_two_routers_under_one_prefix_are_refused_with_what_to_write() -> None:
    fault = fault_of(app_of((auth.router, "/auth"), (auth.session_router, "/auth")))
    assert "of auth.session_router can never be reached: auth.router was included there before" in fault
    assert fault.startswith("POST /auth/sign-in, ")
    assert 'include_router(auth.session_router, prefix="/session")' in fault


def test_what_an_app_has_before_hides_nothing_from_sight() -> None:
    app = app_of()
    app.get("/own")(lambda: None)
    for router in (auth.router, auth.session_router):
        app.include_router(router, prefix="/auth")
    assert "can never be reached" in fault_of(app)


def test_the_order_does_not_matter() -> None:
    fault = fault_of(app_of((auth.session_router, "/auth"), (auth.router, "/auth")))
    assert "of auth.router can never be reached: auth.session_router was included there before" in fault
    assert 'include_router(auth.router, prefix="/auth")' in fault


def test_two_pools_under_one_prefix_are_refused() -> None:
    fault = fault_of(app_of((auth.router, "/auth"), (staff.router, "/auth")))
    assert "POST /auth/sign-in" in fault
    assert "of auth.router can never be reached: that of another CognitoAuth was before" in fault
    assert fault.endswith("each router needs a prefix of its own")


@pytest.mark.parametrize(
    ("first", "second", "hidden"),
    [
        (auth.session_router, auth.managed_login_router, "GET /x of auth.managed_login_router"),
        (auth.account_router, auth.session_router, "GET /x of auth.session_router"),
        (auth.managed_login_router, auth.account_router, "GET /x of auth.account_router"),
        (auth.routers.sign_up, auth.session_router, "POST /x/sign-up, POST /x/sign-up/confirm"),
    ],
)
def test_any_two_that_hide_each_other_are_refused(first: APIRouter, second: APIRouter, hidden: str) -> None:
    assert hidden in fault_of(app_of((first, "/x"), (second, "/x")))


def test_one_within_a_router_of_the_app_is_seen() -> None:
    inner, app = APIRouter(), app_of((auth.router, "/api/auth"))
    inner.include_router(auth.session_router, prefix="/auth")
    app.include_router(inner, prefix="/api")
    assert fault_of(app).startswith("POST /api/auth/sign-in, ")


def test_one_in_an_app_that_is_mounted_is_seen() -> None:
    app = app_of((auth.router, "/inner/auth"))
    app.mount("/inner", app_of((auth.session_router, "/auth")))
    assert fault_of(app).startswith("POST /inner/auth/sign-in, ")


def test_no_endpoint_of_ours_answers_in_such_an_app_without_the_lifespan() -> None:
    app = app_of((auth.router, "/auth"), (auth.session_router, "/auth"), lifespan=False)
    with pytest.raises(ConfigurationError, match="can never be reached"):
        TestClient(app).post("/auth/sign-in", json={"username": "ada", "password": ADA.password})


def two_prefixes() -> FastAPI:
    return app_of(
        (auth.router, "/auth"),
        (auth.session_router, "/session"),
        (auth.managed_login_router, "/login"),
        (auth.account_router, "/account"),
    )


def several_pools() -> FastAPI:
    return app_of(
        (auth.router, "/auth"),
        (auth.session_router, "/session"),
        (staff.router, "/staff/auth"),
        (staff.session_router, "/staff/session"),
    )


def account_and_sign_in_together() -> FastAPI:
    return app_of((auth.router, "/auth"), (auth.account_router, "/auth"))


def the_same_router_twice() -> FastAPI:
    return app_of((auth.router, "/auth"), (auth.router, "/auth"), (auth.router, ""))


def the_keys_of_a_local_pool_twice() -> FastAPI:
    return app_of((auth.wire_router, ""), (auth.local_router, ""))


def a_part_beside_the_session() -> FastAPI:
    return app_of((auth.session_router, "/session"), (auth.routers.token_form, "/session"))


def an_endpoint_of_the_apps_own_instead() -> FastAPI:
    app = app_of()
    app.post("/auth/sign-in")(lambda: None)
    app.include_router(auth.router, prefix="/auth")
    return app


def two_hosts() -> FastAPI:
    app = app_of()
    for host, router in (("app.example", auth.session_router), ("api.example", auth.router)):
        app.router.routes.append(Host(host, app_of((router, "/auth"))))
    return app


def two_mounted_apps() -> FastAPI:
    app = app_of()
    app.mount("/a", app_of((auth.session_router, "/auth")))
    app.mount("/b", app_of((auth.router, "/auth")))
    return app


def a_guarded_router_beside() -> FastAPI:
    guarded = APIRouter(dependencies=[Depends(auth.current_user)])
    guarded.get("/sign-in")(lambda: None)
    app = app_of((auth.router, "/auth"))
    app.include_router(guarded, prefix="/auth")
    return app


@pytest.mark.parametrize(
    "right",
    [
        two_prefixes,
        several_pools,
        account_and_sign_in_together,
        the_same_router_twice,
        the_keys_of_a_local_pool_twice,
        a_part_beside_the_session,
        an_endpoint_of_the_apps_own_instead,
        two_hosts,
        two_mounted_apps,
        a_guarded_router_beside,
    ],
)
def test_an_app_in_which_nothing_is_hidden_starts(right: Callable[[], FastAPI]) -> None:
    with TestClient(right()):
        pass
