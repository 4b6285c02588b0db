"""A query parameter that an endpoint does not have is refused: left out, it would mean everybody."""

from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI, Query
from fastapi.security import APIKeyQuery
from fastapi.testclient import TestClient

from tests.routers.admin_kit import EVERYTHING, name_of
from tests.routers.pool_kit import ROUTES, PoolApp
from tests.routers.pool_kit import name_of as name_of_operation


@pytest.fixture(scope="module")
def app() -> PoolApp:
    return PoolApp()


@pytest.fixture(scope="module")
def token(app: PoolApp) -> str:
    return app.token()


def fault_of(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 422, answer.text
    (fault,) = answer.json()["detail"]["errors"]
    found: dict[str, Any] = fault
    return found


def with_another(path: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}filer=x"


@pytest.mark.parametrize("endpoint", EVERYTHING, ids=name_of)
def test_administration_takes_no_parameter_that_it_does_not_know(
    app: PoolApp, token: str, endpoint: tuple[str, str, Any]
) -> None:
    method, path, body = endpoint
    with app.calls() as calls:
        fault = fault_of(app.ask(token, method, with_another(path), body))
    assert (fault["loc"], fault["type"]) == (["query", "filer"], "unknown_parameter")
    assert calls == []


@pytest.mark.parametrize("route", ROUTES, ids=name_of_operation)
def test_the_configuration_takes_no_parameter_that_it_does_not_know(
    app: PoolApp, token: str, route: Any
) -> None:
    path, body = app.request(route)
    fault = fault_of(app.configure(token, route.method, with_another(path), body))
    assert fault["loc"] == ["query", "filer"]


def test_the_fault_says_which_parameters_there_are(app: PoolApp, token: str) -> None:
    fault = fault_of(app.ask(token, "GET", "/users?starts=a"))
    assert (
        fault["message"] == "There is no such parameter here, but by, equals, group, limit, next, starts_with"
    )
    assert fault_of(app.ask(token, "GET", "/users/ada?x=1"))["message"] == "There are no parameters here"


def test_a_parameter_that_is_given_twice_is_refused(app: PoolApp, token: str) -> None:
    fault = fault_of(app.ask(token, "DELETE", "/users/ada?confirm=ada&confirm=bob"))
    assert (fault["loc"], fault["type"]) == (["query", "confirm"], "repeated_parameter")


def test_a_parameter_that_is_missing_is_named(app: PoolApp, token: str) -> None:
    fault = fault_of(app.ask(token, "DELETE", "/users/ada"))
    assert (fault["loc"], fault["message"]) == (["query", "confirm"], "The parameter is missing")


def test_a_parameter_of_many_values_may_come_again(app: PoolApp, token: str) -> None:
    answer = app.ask(token, "GET", "/user-export?format=csv&attribute=email&attribute=name")
    assert answer.status_code == 200


def test_a_long_name_of_a_parameter_is_cut(app: PoolApp, token: str) -> None:
    assert fault_of(app.ask(token, "GET", f"/users?{'x' * 999}=1"))["loc"] == ["query", "x" * 64]


def test_many_unknown_parameters_are_counted(app: PoolApp, token: str) -> None:
    query = "&".join(f"x{number}=1" for number in range(30))
    detail = app.ask(token, "GET", f"/users?{query}").json()["detail"]
    assert (len(detail["errors"]), detail["more_errors"]) == (10, 20)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/account/devices?nxt_token=x"),
        ("GET", "/account/sessions?nxt_token=x"),
        ("DELETE", "/account/sessions/tkn0123456789abcdefghijklmno?revoke=LINKED"),
    ],
)
def test_an_account_takes_no_parameter_beside_those_of_the_endpoint(
    app: PoolApp, token: str, method: str, path: str
) -> None:
    answer = app.http.request(method, path, headers={"Authorization": f"Bearer {token}"})
    assert fault_of(answer)["type"] == "unknown_parameter"


def test_an_endpoint_without_parameters_is_left_alone_by_what_is_put_into_addresses(
    app: PoolApp, token: str
) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    assert app.http.get("/account?_=1796000000&utm_source=mail", headers=headers).status_code == 200
    assert app.http.get("/auth/config?_=1796000000").status_code == 200


def test_a_parameter_of_the_apps_own_dependency_is_known(app: PoolApp, token: str) -> None:
    def tenant(
        tenant: Annotated[str, Query()], key: Annotated[str | None, Depends(APIKeyQuery(name="api_key"))]
    ) -> None: ...

    own = FastAPI()
    own.include_router(app.auth.admin_router, prefix="/admin", dependencies=[Depends(tenant)])
    http, headers = TestClient(own), {"Authorization": f"Bearer {token}"}
    assert http.get("/admin/users?tenant=a&api_key=b", headers=headers).status_code == 200
    assert fault_of(http.get("/admin/users?tenant=a&api_key=b&x=1", headers=headers))["loc"] == ["query", "x"]
