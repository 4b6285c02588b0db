"""What OpenAPI shows of credentials, and where Swagger's Authorize button sends the password form."""

from typing import Annotated, Any
from urllib.parse import urljoin

import fastapi.routing
import pytest
from fastapi import APIRouter, Depends, FastAPI, Security
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse
from fastapi.security import HTTPBearer

from fastapi_cognito_auth import CognitoAuth, CognitoSettings, IdUser, User
from fastapi_cognito_auth.dependencies import documented
from tests.support import CLIENT_ID, POOL_ID, SECRET_KEY


def make_auth(**settings: Any) -> CognitoAuth:
    return CognitoAuth(
        CognitoSettings(user_pool_id=POOL_ID, client_id=CLIENT_ID, secret_key=(SECRET_KEY,), **settings)
    )


def protect(app: FastAPI | APIRouter, path: str, auth: CognitoAuth) -> None:
    @app.get(path)
    async def route(user: Annotated[User, Depends(auth.current_user)]) -> None: ...


def app_of(auth: CognitoAuth, prefix: str = "/auth", **arguments: Any) -> FastAPI:
    app = FastAPI(**arguments)
    protect(app, "/me", auth)
    app.include_router(auth.routers.token_form, prefix=prefix)
    return app


def schemes_of(app: FastAPI) -> dict[str, Any]:
    found: dict[str, Any] = app.openapi()["components"]["securitySchemes"]
    return found


def token_url(app: FastAPI) -> str:
    url: str = schemes_of(app)["CognitoAuth"]["flows"]["password"]["tokenUrl"]
    return url


def security(app: FastAPI, path: str) -> list[Any]:
    found: list[Any] = app.openapi()["paths"][path]["get"]["security"]
    # Older FastAPI lists a name as often as dependencies have it.
    return sorted(
        (way for number, way in enumerate(found) if way not in found[:number]),
        key=lambda way: "AccessToken" in str(way),
    )


@pytest.fixture
def auth() -> CognitoAuth:
    return make_auth()


def test_a_token_is_described_by_its_kind_and_by_where_it_goes() -> None:
    auth = make_auth(access_token_cookie="token", access_token_header="x-token")
    app = app_of(auth)

    @app.get("/who")
    async def who(user: Annotated[IdUser, Depends(auth.id_user)]) -> None: ...

    kind = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    places = "the Authorization header or in the cookie `token` or in the header `x-token`"
    assert schemes_of(app)["CognitoAccessToken"] == {
        **kind,
        "description": f"An access token of the user pool, in {places}.",
    }
    assert schemes_of(app)["CognitoIdToken"] == {**kind, "description": "An ID token of the user pool."}
    assert schemes_of(app_of(make_auth()))["CognitoAccessToken"] == {
        **kind,
        "description": "An access token of the user pool.",
    }


@pytest.mark.parametrize("documents", [{"docs_url": None}, {"docs_url": None, "redoc_url": "/redoc"}, {}])
def test_an_app_without_swagger_may_have_mounts_without_a_name(documents: dict[str, Any]) -> None:
    app = app_of(make_auth(), **documents)
    app.mount("/metrics", FastAPI())
    assert token_url(app) == "auth/token"


def test_without_a_form_nothing_else_can_be_pasted() -> None:
    app = FastAPI()
    protect(app, "/me", make_auth(token_url=None))
    assert list(schemes_of(app)) == ["CognitoAuth"]
    assert security(app, "/me") == [{"CognitoAuth": []}]


def test_a_user_signs_in_by_the_form_or_pastes_a_token(auth: CognitoAuth) -> None:
    app = app_of(auth)
    assert security(app, "/me") == [{"CognitoAuth": []}, {"CognitoAccessToken": []}]
    form = schemes_of(app)["CognitoAuth"]
    assert (form["type"], form["flows"]) == ("oauth2", {"password": {"tokenUrl": "auth/token", "scopes": {}}})
    assert form["description"].startswith("Signs in with a username and a password;")
    assert schemes_of(app)["CognitoAccessToken"]["scheme"] == "bearer"


@pytest.mark.parametrize("prefix", ["", "/auth", "/api/v1/auth", "/a b"])
@pytest.mark.parametrize("page", ["/docs", "/api/docs", "/help/me/docs", "/auth/docs", "/api/v1/auth/docs"])
@pytest.mark.parametrize("proxy", ["", "/behind/a-proxy"])
def test_swagger_finds_the_form_wherever_it_is(auth: CognitoAuth, prefix: str, page: str, proxy: str) -> None:
    """Swagger takes the address relative to its page, and a proxy puts its own path before both."""
    seen = urljoin(f"https://example.com{proxy}{page}", token_url(app_of(auth, prefix, docs_url=page)))
    assert seen == f"https://example.com{proxy}{prefix}/token"


def test_an_own_page_for_swagger_counts(auth: CognitoAuth) -> None:
    app = app_of(auth, docs_url=None)

    @app.get("/manual/api", include_in_schema=False)
    async def custom_swagger_ui_html() -> HTMLResponse:
        return HTMLResponse()

    assert token_url(app) == "../auth/token"


@pytest.mark.parametrize(
    ("server", "expected"),
    [
        ("https://api.example.com", "https://api.example.com/auth/token"),
        ("https://api.example.com/v1", "https://api.example.com/v1/auth/token"),
        ("https://api.example.com/v1/", "https://api.example.com/v1/auth/token"),
    ],
)
def test_with_a_server_of_its_own_the_form_is_sent_there(
    auth: CognitoAuth, server: str, expected: str
) -> None:
    app = app_of(auth, servers=[{"url": server}], docs_url="/help/docs")
    assert urljoin(server, token_url(app)) == expected


def test_a_server_without_a_host_is_where_the_page_is(auth: CognitoAuth) -> None:
    assert token_url(app_of(auth, servers=[{"url": "/api"}])) == "auth/token"


def test_in_a_sub_app_the_form_is_where_the_sub_app_has_it(auth: CognitoAuth) -> None:
    app = app_of(auth, "/auth")
    app.mount("/v2", app_of(auth, "/users/auth"))
    assert token_url(app) == "auth/token"
    assert token_url(app.routes[-1].app) == "users/auth/token"  # type: ignore[attr-defined]


def test_routers_in_between_are_part_of_the_way(auth: CognitoAuth) -> None:
    between = APIRouter(prefix="/v1")
    protect(between, "/me", auth)
    between.include_router(auth.router, prefix="/auth")
    app = FastAPI()
    app.include_router(between, prefix="/api")
    assert token_url(app) == "api/v1/auth/token"


def test_of_two_places_the_first_is_taken(auth: CognitoAuth) -> None:
    app = app_of(auth, "/{tenant}/auth")
    app.include_router(auth.routers.token_form, prefix="/v1")
    app.include_router(auth.routers.token_form, prefix="/v2")
    assert token_url(app) == "v1/token"


def test_an_app_without_the_form_shows_that_a_token_is_pasted(auth: CognitoAuth) -> None:
    app = FastAPI()
    protect(app, "/me", auth)
    assert security(app, "/me") == [{"CognitoAuth": []}]
    assert schemes_of(app) == {
        "CognitoAuth": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "An access token of the user pool.",
        }
    }


def test_the_form_can_be_left_out(auth: CognitoAuth) -> None:
    app = FastAPI()
    protect(app, "/me", auth)
    app.include_router(auth.routers.sign_in, prefix="/auth")
    assert schemes_of(app)["CognitoAuth"]["type"] == "http"


def test_the_form_can_be_switched_off() -> None:
    app = app_of(make_auth(token_url=None))
    assert security(app, "/me") == [{"CognitoAuth": []}]
    assert schemes_of(app)["CognitoAuth"]["type"] == "http"


def test_the_form_is_switched_off_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COGNITO_TOKEN_URL", "off")
    assert schemes_of(app_of(make_auth()))["CognitoAuth"]["type"] == "http"


def test_a_given_address_is_shown_as_it_is() -> None:
    app = FastAPI()
    protect(app, "/me", make_auth(token_url="https://sign-in.example.com/token"))
    assert token_url(app) == "https://sign-in.example.com/token"


# The pool's own pages.


def test_with_a_domain_people_sign_in_at_its_pages_too() -> None:
    app = app_of(make_auth(domain="auth.example.com"))
    assert security(app, "/me") == [{"CognitoAuth": []}, {"CognitoAccessToken": []}]
    ways = schemes_of(app)["CognitoAuth"]
    assert ways["flows"] == {
        "password": {"tokenUrl": "auth/token", "scopes": {}},
        "authorizationCode": {
            "authorizationUrl": "https://auth.example.com/oauth2/authorize",
            "tokenUrl": "https://auth.example.com/oauth2/token",
            "scopes": {},
        },
    }
    assert ways["description"].startswith("Signs in with a username and a password;")
    assert "an app client that is public" in ways["description"]


def test_without_the_form_there_are_the_pages_and_a_token_to_paste() -> None:
    app = app_of(make_auth(domain="my-app", token_url=None))
    assert security(app, "/me") == [{"CognitoAuth": []}, {"CognitoAccessToken": []}]
    ways = schemes_of(app)["CognitoAuth"]
    assert list(ways["flows"]) == ["authorizationCode"]
    assert ways["description"].startswith("Signs in at the user pool's own pages")


def test_the_scopes_of_the_app_are_there_to_choose_from() -> None:
    app = app_of(make_auth(domain="my-app", login_scopes=["openid", "email"]))
    flow = schemes_of(app)["CognitoAuth"]["flows"]["authorizationCode"]
    assert list(flow["scopes"]) == ["openid", "email"]


def test_no_page_needs_the_secret_of_the_app() -> None:
    """Swagger could only sign in with an app client that has none."""
    auth = make_auth(domain="my-app", client_secret="a" * 51)
    assert list(schemes_of(app_of(auth))["CognitoAuth"]["flows"]) == ["password"]
    auth = make_auth(domain="my-app", client_secret="a" * 51, accepted_client_ids=["a" * 26])
    found = schemes_of(app_of(auth))
    assert "authorizationCode" in found["CognitoAuth"]["flows"]
    assert "aaa" not in str(found)


def test_each_of_two_pools_has_its_own_pages() -> None:
    app = app_of(make_auth(domain="customers"))
    protect(app, "/staff", make_auth(domain="staff"))
    addresses = [
        schemes_of(app)[name]["flows"]["authorizationCode"]["tokenUrl"]
        for name in ("CognitoAuth", "CognitoAuth2")
    ]
    assert addresses == [
        f"https://{name}.auth.eu-central-1.amazoncognito.com/oauth2/token" for name in ("customers", "staff")
    ]


def test_two_pools_in_one_app_have_schemes_of_their_own(auth: CognitoAuth) -> None:
    staff = make_auth()
    app = app_of(auth)
    protect(app, "/staff", staff)
    app.include_router(staff.router, prefix="/staff/auth")

    @app.get("/who")
    async def who(user: Annotated[IdUser, Depends(staff.id_user)]) -> None: ...

    assert security(app, "/me") == [{"CognitoAuth": []}, {"CognitoAccessToken": []}]
    assert security(app, "/staff") == [{"CognitoAuth2": []}, {"CognitoAccessToken2": []}]
    assert security(app, "/who") == [{"CognitoIdToken2": []}]
    flows = [schemes_of(app)[name]["flows"]["password"] for name in ("CognitoAuth", "CognitoAuth2")]
    assert [flow["tokenUrl"] for flow in flows] == ["auth/token", "staff/auth/token"]


def test_a_pool_counts_once_however_many_routes_it_guards(auth: CognitoAuth) -> None:
    app = app_of(auth)
    protect(app, "/mine", auth)
    protect(app, "/staff", make_auth())
    assert security(app, "/staff") == [{"CognitoAuth2": []}]


def test_the_names_do_not_depend_on_what_other_apps_have(auth: CognitoAuth) -> None:
    app_of(make_auth()).openapi()
    assert set(schemes_of(app_of(auth))) == {"CognitoAuth", "CognitoAccessToken"}


def test_a_pool_may_have_a_name() -> None:
    app = app_of(make_auth(scheme_name="Staff"))
    protect(app, "/other", make_auth())
    assert set(schemes_of(app)) == {"StaffAuth", "StaffAccessToken", "CognitoAuth"}


@pytest.mark.skipif(
    not hasattr(fastapi.routing, "iter_route_contexts"), reason="shown of FastAPI's own schemes alone"
)
def test_scopes_are_shown_with_the_form(auth: CognitoAuth) -> None:
    app = app_of(auth)

    @app.get("/orders")
    async def orders(user: Annotated[User, Security(auth.current_user, scopes=["orders/read"])]) -> None: ...

    assert security(app, "/orders") == [
        {"CognitoAuth": ["orders/read"]},
        {"CognitoAccessToken": []},
    ]


def test_a_guard_shows_what_its_user_does(auth: CognitoAuth) -> None:
    app = app_of(auth)

    @app.get("/reports", dependencies=[Depends(auth.require_groups("analysts"))])
    async def reports() -> None: ...

    assert security(app, "/reports") == security(app, "/me")


def test_outside_of_any_document_a_scheme_has_its_plain_name(auth: CognitoAuth) -> None:
    assert (auth.current_user.scheme_name, auth.current_user.model.type_.value) == ("CognitoAuth", "http")


def test_an_apps_own_openapi_function_shows_the_same(auth: CognitoAuth) -> None:
    app = app_of(auth, "/v1/auth", docs_url="/help/docs")
    own = get_openapi(title="Own", version="1", routes=app.routes)
    assert own["components"]["securitySchemes"] == schemes_of(app)
    assert token_url(app) == "../v1/auth/token"


def test_what_is_shown_is_nothing_to_solve_at_a_request(auth: CognitoAuth) -> None:
    app = FastAPI()
    protect(app, "/me", auth)
    route: Any = app.routes[-1]
    (user,) = route.dependant.dependencies
    assert (user.call, user.dependencies) == (auth.current_user, [])


@pytest.mark.parametrize("known", ["operation", "security_schemes"])
def test_a_fastapi_that_describes_operations_otherwise_shows_less(
    known: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is not known by its name is left as it is."""

    def get_openapi_path() -> dict[str, Any]:
        operation: dict[str, Any] | None = {} if known == "operation" else None
        security_schemes: dict[str, Any] | None = {} if known == "security_schemes" else None
        documented.show_in_operation("Bearer", HTTPBearer().model)
        return {**(operation or {}), **(security_schemes or {})}

    monkeypatch.setattr(documented, "get_openapi_path", get_openapi_path)
    assert get_openapi_path() == {}
