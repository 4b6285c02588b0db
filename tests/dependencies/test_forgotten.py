"""A forgotten `Depends`: no request makes up a principal, and the app does not start."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Annotated, Any, Generic, NamedTuple, NewType, TypeVar

import pytest
from fastapi import APIRouter, Body, Cookie, Depends, FastAPI, Form, Header, Query, Security, WebSocket
from fastapi.middleware.cors import CORSMiddleware
from fastapi.testclient import TestClient
from pydantic import BaseModel, ConfigDict
from starlette.responses import PlainTextResponse
from starlette.routing import Host, Mount, Route
from starlette.websockets import WebSocketDisconnect
from typing_extensions import TypeAliasType, TypedDict

from fastapi_cognito_auth import CognitoAuth, CognitoSettings, ConfigurationError, IdUser, Machine, User
from fastapi_cognito_auth.dependencies import forgotten
from fastapi_cognito_auth.dependencies.forgotten import refuse_forgotten
from fastapi_cognito_auth.profile import Profile
from fastapi_cognito_auth.tokens.claims import AccessTokenClaims, IdTokenClaims
from tests.support import CLIENT_ID, POOL_ID, SIGNER, Clock, KeyServer, access_claims

auth = CognitoAuth(
    CognitoSettings(user_pool_id=POOL_ID, client_id=CLIENT_ID),
    fetch_keys=KeyServer(SIGNER.jwk()),
    clock=Clock(),
)
FORGED = {
    "sub": "x",
    "username": "root",
    "client_id": CLIENT_ID,
    "expires_at": "2999-01-01T00:00:00Z",
    "groups": ["admins"],
    "scopes": ["admin/all"],
}
"""What an anonymous client says of itself."""


class Order(BaseModel):
    item: str = "book"
    user: User


class Basket(BaseModel):
    orders: list[Order] = []


class Parcel(TypedDict):
    sender: User


@dataclass
class Letter:
    sender: User | None = None


class Stamp(NamedTuple):
    sender: User


class Sheet(BaseModel):
    stamps: list[Stamp]


class Crate(BaseModel):
    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, User]


class Sack(BaseModel):
    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: "dict[str, User]"


class Drawer(Crate):
    label: str = "drawer"


T = TypeVar("T")
Me = NewType("Me", User)
Myself = NewType("Myself", Me)
Many = TypeAliasType("Many", list[T], type_params=(T,))
Somebody = TypeAliasType("Somebody", User | None)


class Visit(BaseModel):
    """A type by another name stays one within a model."""

    visitor: Somebody


class Visits(BaseModel):
    visitors: Many[User]


class Box(BaseModel, Generic[T]):
    content: T


class Chain(BaseModel):
    """A model of itself ends."""

    next: "Chain | None" = None
    others: "list[Chain]" = []
    owner: User | None = None


SHAPES: dict[str, Any] = {
    "User": User,
    "IdUser": IdUser,
    "Machine": Machine,
    "optional": User | None,
    "union": User | Machine,
    "list": list[User],
    "mapping": dict[str, User],
    "body": Annotated[User, Body()],
    "embedded": Annotated[User, Body(embed=True)],
    "form": Annotated[User, Form()],
    "model": Order,
    "model with an alias": Visit,
    "model with an alias of a list": Visits,
    "model with more members, as text": Sack,
    "models in a model": Basket,
    "typed dictionary": Parcel,
    "dataclass": Letter,
    "named tuple": Sheet,
    "new type": Me,
    "new type of a new type": list[Myself],
    "alias": Somebody,
    "generic alias": Many[User],
    "generic alias of a new type": Many[Me] | None,
    "further members": Crate,
    "further members of a parent": Drawer,
}
BODIES = [
    FORGED,
    {"user": FORGED, "who": FORGED, "sender": FORGED},
    [FORGED],
    {"orders": [{"user": FORGED}]},
    {"orders": [FORGED], "stamps": [FORGED, {"sender": FORGED}]},
    {"stamps": [[FORGED]]},
]


def app_of(annotation: Any, *, lifespan: bool = False, method: str = "post") -> tuple[FastAPI, list[Any]]:
    """Return an app with one route whose `Depends` was forgotten, and whom it was reached by."""
    app = FastAPI(lifespan=auth.lifespan if lifespan else None)
    reached: list[Any] = []

    async def route(who: Any) -> None:
        reached.append(who)

    route.__annotations__["who"] = annotation
    getattr(app, method)("/orders")(route)
    return app, reached


def holds_a_principal(value: Any) -> bool:
    if isinstance(value, User | IdUser | Machine):
        return True
    if isinstance(value, BaseModel | Letter):
        value = vars(value)
    if isinstance(value, dict):
        value = list(value.values())
    return isinstance(value, list | tuple) and any(map(holds_a_principal, value))


@pytest.mark.parametrize("annotation", SHAPES.values(), ids=SHAPES.keys())
def test_no_body_makes_up_a_principal(annotation: Any) -> None:
    app, reached = app_of(annotation)
    client = TestClient(app)
    answers = [client.post("/orders", json=body, params=FORGED) for body in BODIES]
    answers.append(client.post("/orders", data={"who": "root", **FORGED}))
    # A model with nothing but defaults is read of any body.
    assert {answer.status_code for answer in answers} <= ({200, 422} if reached else {422})
    assert not holds_a_principal(reached)


@pytest.mark.parametrize("annotation", SHAPES.values(), ids=SHAPES.keys())
def test_an_app_that_forgot_depends_does_not_start(annotation: Any) -> None:
    app, _ = app_of(annotation, lifespan=True)
    with pytest.raises(ConfigurationError, match=r"^POST /orders would take `who` of .*route from the"):
        start(app)


def fault_of(app: FastAPI) -> str:
    with pytest.raises(ConfigurationError) as refused:
        refuse_forgotten(app)
    return str(refused.value)


@pytest.mark.parametrize(
    ("annotation", "instead"),
    [
        (User, "write Annotated[User, Depends(auth.current_user)]"),
        (list[dict[str, User]], "write Annotated[User, Depends(auth.current_user)]"),
        (Order, "`who.user` is a User, which no request may hold"),
        (Basket, "`who.orders.user` is a User, which no request may hold"),
        (Sheet, "`who.stamps.sender` is a User, which no request may hold"),
        (Crate, "`who.*` is a User, which no request may hold"),
        (Box[User], "`who.content` is a User, which no request may hold"),
        (Many[Order], "`who.user` is a User, which no request may hold"),
        (Chain, "`who.owner` is a User, which no request may hold"),
    ],
)
def test_a_fault_names_the_route_the_function_and_the_member(annotation: Any, instead: str) -> None:
    app, _ = app_of(annotation)
    function = "tests.dependencies.test_forgotten.app_of.<locals>.route"
    assert fault_of(app) == f"POST /orders would take `who` of {function} from the request: {instead}"


def test_a_fault_of_a_route_of_several_methods_names_them_all() -> None:
    app = FastAPI()
    app.api_route("/orders", methods=["PUT", "PATCH"])(unguarded)
    assert fault_of(app).startswith("PATCH PUT /orders would take `user` of ")


def test_a_fault_of_a_web_socket_says_that_it_is_one() -> None:
    app = FastAPI()

    @app.websocket("/socket")
    async def socket(user: User) -> None: ...

    assert fault_of(app).startswith("WebSocket /socket would take `user` of tests.dependencies.")


def test_a_fault_of_an_object_names_its_class() -> None:
    class Endpoint:
        def __call__(self, user: User) -> None: ...

    app = FastAPI()
    app.post("/orders")(Endpoint())
    assert " `user` of tests.dependencies.test_forgotten.Endpoint from the request: " in fault_of(app)


def test_a_fault_of_what_a_route_depends_on_names_that() -> None:
    def helper(user: User) -> None: ...

    app = FastAPI()
    app.post("/orders", dependencies=[Depends(helper)])(lambda: None)
    assert fault_of(app).startswith(
        "POST /orders would take `user` of tests.dependencies.test_forgotten.test_"
    )


def start(app: FastAPI) -> None:
    with TestClient(app):
        pass


@pytest.mark.parametrize(
    ("annotation", "sent"),
    [
        (Annotated[User, Header()], {"headers": {"who": "root"}}),
        (Annotated[User, Cookie()], {"cookies": {"who": "root"}}),
        (Annotated[Order, Header()], {"headers": {"user": "root"}}),
        (Annotated[Order, Cookie()], {"cookies": {"user": "root"}}),
        (Annotated[Order, Query()], {"params": {"user": "root"}}),
        (Annotated[Basket, Query()], {"params": {"orders": "root"}}),
        (User, {"params": FORGED}),
        (User | None, {"params": FORGED}),
    ],
)
def test_nothing_else_of_a_request_makes_up_a_principal(annotation: Any, sent: dict[str, Any]) -> None:
    app, reached = app_of(annotation, method="get")
    client = TestClient(app, cookies=sent.pop("cookies", None))
    assert client.get("/orders", **sent).status_code == 422
    assert not reached


def test_a_path_makes_up_no_principal() -> None:
    app = FastAPI()

    with pytest.raises(AssertionError):

        @app.get("/orders/{user}")
        async def route(user: User) -> None: ...


def test_the_refusal_says_where_a_principal_comes_from() -> None:
    app, _ = app_of(IdUser)
    error = TestClient(app).post("/orders", json=FORGED).json()["detail"][0]
    assert (error["type"], error["msg"]) == (
        "never_from_input",
        "A IdUser comes from Depends(auth.id_user), and never from input",
    )


def app_with_a_wrong_default(default: Any) -> FastAPI:
    """An app without `auth.lifespan`, in which one route is as it should be."""
    app = FastAPI()

    @app.get("/admin")
    async def admin(user=default) -> str:  # type: ignore[no-untyped-def] # noqa: ANN001
        return str(user)

    @app.get("/me")
    async def me(user: Annotated[User, Depends(auth.current_user)]) -> str:
        return user.username

    @app.get("/who")
    async def who(user: Annotated[IdUser, Depends(auth.id_user)]) -> str:
        return user.username

    return app


@pytest.mark.parametrize(
    "default", [auth.require_groups("admins"), auth.current_user, auth.access_token, auth.optional_user]
)
@pytest.mark.parametrize("path", ["/me", "/who"])
def test_a_dependency_as_a_default_stops_an_app_that_does_not_run_the_lifespan(
    default: Any, path: str
) -> None:
    client = TestClient(app_with_a_wrong_default(default))
    for _ in range(2):
        with pytest.raises(ConfigurationError, match=r"GET /admin would take `user` of"):
            client.get(path)


def test_an_endpoint_of_ours_stops_such_an_app_too() -> None:
    own = CognitoAuth.local()
    app = app_with_a_wrong_default(own.require_groups("admins"))
    app.include_router(own.router, prefix="/auth")
    with pytest.raises(ConfigurationError, match=r"GET /admin would take `user` of"):
        TestClient(app).get("/auth/config")


def test_an_app_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[Any] = []
    refuse = forgotten.refuse_forgotten

    def looking(app: Any) -> None:
        looked.append(app)
        refuse(app)

    monkeypatch.setattr(forgotten, "refuse_forgotten", looking)
    app = FastAPI()

    @app.get("/me")
    async def me(user: Annotated[User, Depends(auth.current_user)]) -> str:
        return user.username

    client = TestClient(app)
    for _ in range(3):
        client.get("/me")
    assert looked == [app]


@pytest.mark.parametrize("kind", [User, IdUser, Machine])
@pytest.mark.parametrize("depends", [lambda _: Depends(), Depends])
def test_a_principal_as_its_own_dependency_builds_no_route(
    kind: type, depends: Callable[[type], Any]
) -> None:
    """FastAPI would make one of query parameters."""
    with pytest.raises(ConfigurationError, match="is no dependency: write Depends"):
        app_of(Annotated[kind, depends(kind)])


@dataclass(frozen=True, kw_only=True)
class Staff(IdUser):
    """With a constructor that `dataclass` makes, of all members."""

    department: str = ""


class Colleague(User):
    """With a constructor of its own."""

    def __init__(self, username: str, groups: list[str]) -> None:
        super().__init__(sub="x", username=username, client_id="c", expires_at=2_000_000_000, groups=groups)


@pytest.mark.parametrize("kind", [Staff, Colleague])
@pytest.mark.parametrize("depends", [lambda _: Depends(), Depends])
def test_a_subclass_as_its_own_dependency_builds_no_route(kind: type, depends: Callable[[type], Any]) -> None:
    with pytest.raises(ConfigurationError, match="is no dependency: write Depends"):
        app_of(Annotated[kind, depends(kind)])


@pytest.mark.parametrize("kind", [User, IdUser, Machine])
def test_what_builds_a_principal_of_claims_builds_no_route(kind: Any) -> None:
    with pytest.raises(ConfigurationError, match="claims are no dependency: write Depends"):
        app_of(Annotated[kind, Depends(kind.from_claims)])


DEPENDENCIES = {
    "current_user": auth.current_user,
    "optional_user": auth.optional_user,
    "current_principal": auth.current_principal,
    "id_user": auth.id_user,
    "access_token": auth.access_token,
    "guard": auth.require_groups("admins"),
}


@pytest.mark.parametrize("dependency", DEPENDENCIES.values(), ids=DEPENDENCIES.keys())
@pytest.mark.parametrize("kind", [User, str, Any])
def test_a_dependency_without_depends_builds_no_route(dependency: Any, kind: Any) -> None:
    with pytest.raises(ConfigurationError, match="Depends is missing"):
        app_of(Annotated[kind, dependency])


@pytest.mark.parametrize("dependency", DEPENDENCIES.values(), ids=DEPENDENCIES.keys())
@pytest.mark.parametrize("kind", [User, str, Any])
def test_a_dependency_as_a_default_lets_nobody_in(dependency: Any, kind: Any) -> None:
    """FastAPI hands a copy of the default to the route, which would take it for a user."""
    app = FastAPI(lifespan=auth.lifespan)
    reached = []

    async def route(who: Any = dependency) -> None:
        reached.append(who)

    route.__annotations__["who"] = kind
    app.get("/orders")(route)
    assert TestClient(app).get("/orders").status_code == 401
    assert not reached
    with pytest.raises(ConfigurationError, match="Depends"):
        start(app)


@pytest.mark.parametrize("kind", [Profile, AccessTokenClaims, IdTokenClaims])
def test_no_route_reads_what_an_app_may_believe(kind: type) -> None:
    app, _ = app_of(kind, lifespan=True)
    with pytest.raises(ConfigurationError, match=r"`(await user\.profile\(\)|user\.claims)`"):
        start(app)


def test_a_websocket_reads_no_principal() -> None:
    app = FastAPI(lifespan=auth.lifespan)
    reached = []

    @app.websocket("/socket")
    async def socket(websocket: WebSocket, user: User) -> None:
        reached.append(user)

    client = TestClient(app)
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/socket?user=root"):
        pass
    assert not reached
    with pytest.raises(ConfigurationError, match=r"^WebSocket /socket would take `user`"):
        start(app)


def unguarded(user: User) -> None: ...


class Unguarded:
    def __init__(self, user: User) -> None: ...


def in_an_app(app: FastAPI) -> None:
    app.get("/")(unguarded)


def in_a_dependency(app: FastAPI) -> None:
    app.get("/", dependencies=[Depends(unguarded)])(lambda: None)


def in_a_dependency_of_a_dependency(app: FastAPI) -> None:
    def outer(_: Annotated[None, Depends(unguarded)]) -> None: ...

    app.get("/", dependencies=[Security(outer, scopes=["a"])])(lambda: None)


def in_a_class(app: FastAPI) -> None:
    app.get("/", dependencies=[Depends(Unguarded)])(lambda: None)


def in_a_router(app: FastAPI) -> None:
    inner, outer = APIRouter(), APIRouter()
    inner.get("/")(unguarded)
    outer.include_router(inner, prefix="/inner")
    app.include_router(outer, prefix="/outer")


def in_the_dependencies_of_a_router(app: FastAPI) -> None:
    router = APIRouter(dependencies=[Depends(unguarded)])
    router.get("/")(lambda: None)
    app.include_router(router)


def in_what_including_adds(app: FastAPI) -> None:
    router = APIRouter()
    router.get("/")(lambda: None)
    app.include_router(router, dependencies=[Depends(unguarded)])


def in_a_mounted_app(app: FastAPI) -> None:
    sub = FastAPI()
    sub.get("/")(unguarded)
    app.mount("/sub", sub)


def behind_middleware(app: FastAPI) -> None:
    sub = FastAPI()
    sub.get("/")(unguarded)
    app.mount("/sub", CORSMiddleware(sub))


def in_an_app_of_a_host(app: FastAPI) -> None:
    sub = FastAPI()
    sub.get("/")(unguarded)
    app.router.routes.append(Host("api.example.com", sub))


PLACES: dict[Callable[[FastAPI], None], str] = {
    in_an_app: "GET /",
    in_a_dependency: "GET /",
    in_a_dependency_of_a_dependency: "GET /",
    in_a_class: "GET /",
    in_a_router: "GET /outer/inner/",
    in_the_dependencies_of_a_router: "GET /",
    in_what_including_adds: "GET /",
    in_a_mounted_app: "GET /sub/",
    behind_middleware: "GET /sub/",
    in_an_app_of_a_host: "GET /",
}


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
def test_every_route_is_looked_at(place: Callable[[FastAPI], None]) -> None:
    app = FastAPI(lifespan=auth.lifespan)
    place(app)
    with pytest.raises(ConfigurationError) as refused:
        start(app)
    assert str(refused.value).startswith(f"{PLACES[place]} would take `user` of {__name__}.")


def test_all_faults_are_named_at_once() -> None:
    app = FastAPI(lifespan=auth.lifespan)
    app.post("/one")(unguarded)
    app.put("/two")(unguarded)
    with pytest.raises(ConfigurationError, match=r"^POST /one .*; PUT /two "):
        start(app)


def test_an_app_that_is_mounted_in_a_router_is_looked_at_if_it_is_served() -> None:
    """FastAPI has not always included what is mounted."""
    sub = FastAPI()
    sub.get("/")(unguarded)
    router = APIRouter()
    router.routes.append(Mount("/sub", sub))
    app = FastAPI(lifespan=auth.lifespan)
    app.include_router(router, prefix="/outer")
    if TestClient(app).get("/outer/sub/").status_code == 404:
        start(app)
        return
    with pytest.raises(ConfigurationError, match=r"^GET /outer/sub/ would take `user`"):
        start(app)


def test_a_dependency_that_is_a_local_variable_is_found_where_annotations_are_text() -> None:
    """FastAPI takes it for a query parameter, or fails to; anybody would get an error of the server."""
    said = r"remove `from __future__ import annotations`|is not defined"
    with pytest.raises((ConfigurationError, NameError), match=said):
        start(app_of("Annotated[User, Depends(nowhere.current_user)]", lifespan=True)[0])


def test_a_local_alias_is_found_where_annotations_are_text() -> None:
    def add_and_start() -> None:
        app.get("/x")(route)
        start(app)

    found = r"GET /x would take `user` of .*: nothing called Signed is found .* remove `from __future__"
    app = FastAPI(lifespan=auth.lifespan)

    def route(user: "Signed") -> None: ...  # type: ignore[name-defined] # noqa: F821

    with pytest.raises((ConfigurationError, NameError), match=rf"{found}|is not defined"):
        add_and_start()


def test_a_parameter_that_can_be_left_out_may_have_a_type_that_nobody_finds() -> None:
    app = FastAPI(lifespan=auth.lifespan)

    def route(page: "Nowhere" = 1) -> None: ...  # type: ignore[name-defined] # noqa: F821

    with suppress(NameError):
        app.get("/x")(route)
        start(app)


def test_foreign_routes_are_passed_over() -> None:
    class Foreign:
        routes = 5

        @property
        def app(self) -> "Foreign":
            return Foreign()

    app = FastAPI(lifespan=auth.lifespan)
    app.mount("/self", app)
    app.mount("/foreign", Foreign())  # type: ignore[arg-type]
    app.router.routes.append(Foreign())  # type: ignore[arg-type]
    app.router.routes.append(Route("/plain", lambda _: PlainTextResponse("plain")))
    start(app)


def test_routes_that_forgot_nothing_start() -> None:
    app = FastAPI(lifespan=auth.lifespan)

    @app.post("/orders")
    async def order(
        item: Annotated[str, Body(embed=True)],
        user: Annotated[User, Depends(auth.current_user)],
        _: Annotated[User, Depends(auth.require_scopes("aws.cognito.signin.user.admin"))],
    ) -> Order:
        return Order(item=item, user=user)

    headers = {"Authorization": f"Bearer {SIGNER.sign(access_claims())}"}
    with TestClient(app) as client:
        answer = client.post("/orders", json={"item": "book"}, headers=headers)
    assert answer.json()["user"]["username"] == "ada"


def test_several_pools_look_at_the_same_app() -> None:
    other = CognitoAuth(
        CognitoSettings(user_pool_id=POOL_ID, client_id="other"), fetch_keys=KeyServer(), clock=Clock()
    )

    @asynccontextmanager
    async def both(app: FastAPI) -> AsyncIterator[None]:
        async with auth.lifespan(app), other.lifespan(app):
            yield

    app = FastAPI(lifespan=both)
    app.get("/")(lambda: None)
    start(app)
    app.post("/")(unguarded)
    with pytest.raises(ConfigurationError, match=r"^POST /"):
        start(app)
