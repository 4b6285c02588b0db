"""Redirects to sign in that lead nowhere: the app does not start with one that nobody has made."""

from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends, FastAPI
from fastapi.testclient import TestClient
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Host, Mount, Route, Router

from fastapi_cognito_auth import CognitoAuth, ConfigurationError, User
from fastapi_cognito_auth.dependencies.dead_ends import refuse_dead_ends
from tests.dependencies.test_locked_out import start

auth = CognitoAuth.local()


def app_of(handler: Any, *routes: BaseRoute) -> FastAPI:
    app = FastAPI(lifespan=auth.lifespan, routes=[*routes])
    app.add_exception_handler(401, handler)
    return app


async def page(_request: Any) -> PlainTextResponse:
    return PlainTextResponse("sign in")


class RouteOfMethods(Route):
    def matches(self, scope: Any) -> Any:
        return scope["extensions"]["methods"]


@pytest.mark.parametrize("handler", [auth.sign_in_redirect, CognitoAuth.local().sign_in_redirect])
def test_a_redirect_that_nobody_has_made_is_refused(handler: Any) -> None:
    with pytest.raises(
        ConfigurationError, match=r"app\.add_exception_handler\(401, auth\.sign_in_redirect\("
    ):
        start(app_of(handler))


def test_where_nobody_looks_at_the_start_the_first_refusal_says_so() -> None:
    app = FastAPI()
    app.add_exception_handler(401, auth.sign_in_redirect)  # type: ignore[arg-type]

    @app.get("/me")
    async def me(user: Annotated[User, Depends(auth.current_user)]) -> str:
        return user.username

    with pytest.raises(
        ConfigurationError, match=r"app\.add_exception_handler\(401, auth\.sign_in_redirect\("
    ):
        TestClient(app).get("/me")


@pytest.mark.parametrize(
    "routes",
    [
        [],
        [Route("/sign-in", page)],
        [Route("/login", page, methods=["POST"])],
        [Mount("/pages", Router([Route("/login", page)]))],
    ],
    ids=["none", "another", "of another method", "elsewhere"],
)
def test_a_page_that_no_route_answers_is_in_the_log(
    routes: list[BaseRoute], caplog: pytest.LogCaptureFixture
) -> None:
    start(app_of(auth.sign_in_redirect("/login?lang=de"), *routes))
    (said,) = caplog.messages
    assert said == (
        "sign_in_redirect sends browsers to /login, and no route of the app answers there:"
        ' write app.include_router(auth.managed_login_router, prefix="/login"), or have a page there'
    )


@pytest.mark.parametrize(
    ("path", "prefix", "instead"),
    [
        ("/account", "/account", 'write sign_in_redirect("/account/sign-in")'),
        ("/account/", "/account", 'write sign_in_redirect("/account/sign-in")'),
        ("/acount/sign-in", "/account", 'write sign_in_redirect("/account/sign-in")'),
        ("/account/signin", "/account", 'write sign_in_redirect("/account/sign-in")'),
        ("/account/sign-in", None, 'write app.include_router(auth.pages_router, prefix="/account"), or'),
        ("/sign-in", None, "write app.include_router(auth.pages_router), or have a page there"),
    ],
)
def test_the_log_says_what_to_write_where_the_pages_are_elsewhere_or_forgotten(
    path: str, prefix: str | None, instead: str, caplog: pytest.LogCaptureFixture
) -> None:
    app = app_of(auth.sign_in_redirect(path))
    app.add_middleware(auth.session_middleware)
    if prefix is not None:
        app.include_router(auth.pages(), prefix=prefix)
    start(app)
    (said,) = caplog.messages
    assert f"no route of the app answers there: {instead}" in said


@pytest.mark.parametrize(
    "routes",
    [
        [Route("/other", page), Route("/login", page)],
        [Route("/login/", page)],
        [Mount("/login", Router())],
        [Mount("", Router([Route("/login", page)]))],
        [Host("app.example", Router([Route("/login", page)]))],
        [RouteOfMethods("/other", page)],
    ],
    ids=["route", "with a slash", "mounted", "mounted below", "of a host", "of another kind"],
)
def test_a_page_that_a_route_may_answer_is_no_matter_for_the_log(
    routes: list[BaseRoute], caplog: pytest.LogCaptureFixture
) -> None:
    start(app_of(auth.sign_in_redirect("/login/"), *routes))
    assert not caplog.records


def test_the_pages_of_an_included_router_count(caplog: pytest.LogCaptureFixture) -> None:
    app, router = app_of(auth.sign_in_redirect("/pages/login")), APIRouter()
    router.get("/login")(lambda: None)
    app.include_router(router, prefix="/pages")
    start(app)
    assert not caplog.records


def test_other_exception_handlers_are_no_concern(caplog: pytest.LogCaptureFixture) -> None:
    start(app_of(page))
    assert not caplog.records


def test_the_redirects_of_a_mounted_app_go_by_the_paths_of_the_outer_one(
    caplog: pytest.LogCaptureFixture,
) -> None:
    for path in ("/login", "/shop/login"):
        outer, shop = FastAPI(lifespan=auth.lifespan), FastAPI(routes=[Route("/login", page)])
        shop.add_exception_handler(401, auth.sign_in_redirect(path))
        outer.mount("/shop", shop)
        start(outer)
    (said,) = caplog.messages
    assert said.startswith("sign_in_redirect sends browsers to /login, and no route of the app answers there")


def test_the_first_page_is_named(caplog: pytest.LogCaptureFixture) -> None:
    start(app_of(auth.sign_in_redirect("/")))
    assert "sign_in_redirect sends browsers to /, and no route" in caplog.text


def test_an_app_that_is_mounted_in_itself_is_looked_through(caplog: pytest.LogCaptureFixture) -> None:
    app, shop = FastAPI(lifespan=auth.lifespan), app_of(auth.sign_in_redirect("/login"))
    app.mount("/again", app)
    app.mount("/shop", shop)
    start(app)
    assert "no route of the app answers there" in caplog.text


class Proxy:
    """Something that stands for what is not there yet."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(name)


def test_what_cannot_be_looked_at_stops_no_app() -> None:
    for handler in (Proxy(), auth.sign_in_redirect("/login")):
        app = app_of(handler)
        app.router.routes.append(Proxy())  # type: ignore[arg-type]
        refuse_dead_ends(app, [auth.sign_in_redirect])


class Wrapped:
    """What stands around an app, and has no routes of its own."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app


def test_what_stands_around_an_app_is_looked_through(caplog: pytest.LogCaptureFixture) -> None:
    refuse_dead_ends(Wrapped(app_of(auth.sign_in_redirect("/login"))), [auth.sign_in_redirect])
    assert "no route of the app answers there" in caplog.text
