"""Whatever the endpoints that configure the pool are sent: it is done or refused, and no fault of the app."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastapi_cognito_auth.cognito.api_shapes import is_document, snake
from fastapi_cognito_auth.cognito.service_model import service_model
from fastapi_cognito_auth.routers.pool_routes import PoolRoute
from tests.routers.pool_kit import ROUTES, PoolApp

WRITING = [route for route in ROUTES if route.method in {"POST", "PUT", "PATCH"}]
SAYS_NOTHING = {"A parameter is not valid.", "The user pool refused the request."}

texts = st.sampled_from(
    [
        "",
        " ",
        "a",
        "☃",
        "a" * 300,
        "..",
        "%2F",
        "'\"<>",
        "\0",
        "\ud800",
        "\n",
        "arn:aws:iam::123456789012:role/x",
        "ALL",
        "https://x.example/",
        "{####}",
        "-1",
        "us-east-1_nowhere",
        "Google",
        "custom:x",
        "user@example.com",
    ]
)
moments = st.sampled_from(
    [
        "2026-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "1969-12-31T00:00:00Z",
        0,
        1e18,
    ]
)
numbers = st.sampled_from([-1, 0, 1, 60, 61, 365, 2**31 - 1, 2**31, 2**63])
wrong: st.SearchStrategy[Any] = st.sampled_from([None, [], {}, "x", 5, True, 2**70, 1.5, 1e308])


def values(shape: Any) -> st.SearchStrategy[Any]:
    """Make what a shape allows by its types, and now and then something else."""
    return st.one_of(*[_fitting(shape)] * 12, wrong)


def _fitting(shape: Any) -> st.SearchStrategy[Any]:
    match shape.type_name:
        case "structure" if is_document(shape):
            return st.sampled_from([{}, {"a": [1, None, 1e308]}, {"a": {"b": {"c": {}}}}, {"x": "☃"}])
        case "structure":
            return structure(shape, shape.members)
        case "list":
            return st.lists(values(shape.member), max_size=2)
        case "map":
            return st.dictionaries(texts, values(shape.value), max_size=2)
        case "boolean":
            return st.booleans()
        case "integer" | "long":
            return numbers
        case "timestamp":
            return moments
        case "blob":
            return st.sampled_from(["", "aW1hZ2U=", "x"])
        case _:
            return texts | st.sampled_from(shape.metadata.get("enum", ["000000"]))


def structure(shape: Any, names: Any) -> st.SearchStrategy[dict[str, Any]]:
    made = {snake(name): values(shape.members[name]) for name in names}
    required = {snake(name) for name in shape.required_members} & made.keys()
    return st.fixed_dictionaries(
        {name: made[name] for name in required},
        optional={name: made[name] for name in made.keys() - required},
    )


@st.composite
def requests(draw: st.DrawFn) -> tuple[PoolRoute, Any]:
    route = draw(st.sampled_from(WRITING))
    shape = service_model().operation_model(route.operation).input_shape
    names = [name for name in shape.members if f"{{{snake(name)}}}" not in route.path]
    return route, draw(
        structure(shape, [name for name in names if name not in {"UserPoolId", "ResourceArn"}])
    )


@pytest.fixture(scope="module")
def app() -> PoolApp:
    return PoolApp()


@pytest.fixture(scope="module")
def owner(app: PoolApp) -> Iterator[str]:
    with app.http:
        yield app.token("owner")


@given(requests(), st.sampled_from(["own", "nobody", "0" * 36, "☃"]))
@settings(max_examples=100)
def test_no_request_is_a_fault_of_the_app_or_of_the_pool(
    app: PoolApp, owner: str, request: tuple[PoolRoute, Any], named: str
) -> None:
    route, body = request
    path, _ = app.request(route, in_path=app.pool.client_id if named == "own" else named)
    headers = {"Authorization": f"Bearer {owner}", "Content-Type": "application/json"}
    # Written by hand: the client would not let half a character out.
    sent = json.dumps(body)
    answer = app.http.request(route.method, f"/configuration{path}", headers=headers, content=sent)
    assert answer.status_code < 500, answer.text
    if answer.is_error:
        detail = answer.json()["detail"]
        assert detail["code"]
        assert detail["message"] not in SAYS_NOTHING
