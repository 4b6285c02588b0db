"""What all our routes do alike, whatever stands before them."""

from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI, HTTPException
from fastapi.testclient import TestClient

from tests.routers.kit import PASSWORD, App, code_of


@pytest.fixture(scope="module")
def app() -> App:
    return App()


def test_tokens_are_not_for_caches(app: App) -> None:
    """RFC 6749 section 5.1."""
    assert app.sign_in().headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("status", [400, 403, 413, 429])
def test_the_apps_own_refusals_go_through_as_they_are(app: App, status: int) -> None:
    def refuse() -> None:
        raise HTTPException(status, "the app's own", headers={"Retry-After": "7"})

    own = FastAPI()
    own.include_router(app.auth.router, dependencies=[Depends(refuse)])
    answer = TestClient(own).post("/sign-in", json={"username": "ada", "password": PASSWORD})
    assert (answer.status_code, answer.json(), answer.headers["Retry-After"]) == (
        status,
        {"detail": "the app's own"},
        "7",
    )


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        # Some versions of FastAPI read this as JSON, and others not.
        (b'"ada"', None),
        (b'{"username": "ada"}', "text/plain"),
        (b'{"username": "ada"}', "application/x-www-form-urlencoded"),
        (b'"ada"', "application/json"),
    ],
)
def test_a_body_that_is_no_json_object_is_told_how_to_be_sent(
    app: App, body: bytes, kind: str | None
) -> None:
    headers = {} if kind is None else {"Content-Type": kind}
    answer = app.http.post("/auth/sign-in", content=body, headers=headers)
    [fault] = answer.json()["detail"]["errors"]
    assert fault["loc"] == ["body"]
    assert "Content-Type: application/json" in fault["message"]


def test_other_json_than_an_object_is_not_told_to_be_sent_as_json(app: App) -> None:
    answer = app.http.post("/auth/sign-in", json=["ada"])
    [fault] = answer.json()["detail"]["errors"]
    assert fault["message"] == "The body has to be a JSON object, and it is other JSON"


def test_a_fault_is_told_in_words_of_ours(app: App) -> None:
    body = {"username": "a b", "code": "1", "pasword": "x"}
    answer = app.http.post("/auth/password/reset", json=body)
    faults = {fault["loc"][-1]: fault["message"] for fault in answer.json()["detail"]["errors"]}
    assert faults == {
        "username": "A username has no blanks and no invisible characters",
        "password": "The member is missing",
        "pasword": "There is no such member here",
    }


@pytest.mark.parametrize("host", ["[::1", "a b", "a/b", "a@b", "a?b", "é", "a:b", "[x]", "a:999999", "\\"])
def test_a_host_that_is_none_is_a_bad_request(app: App, host: str) -> None:
    answer = app.http.get("/auth/config", headers=[(b"host", host.encode())])
    assert answer.status_code == 422
    assert answer.json()["detail"]["errors"][0]["loc"] == ["host"]


@pytest.mark.parametrize(
    "host", ["localhost", "a.example:8000", "[::1]:8000", "10.0.0.1", "my_service", "a:"]
)
def test_every_name_of_a_host_will_do(app: App, host: str) -> None:
    assert app.http.get("/auth/config", headers={"Host": host}).status_code == 200


def test_a_form_that_cannot_be_read_is_400(app: App) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = app.http.post("/auth/token", content=b"nonsense", headers=headers)
    assert code_of(answer) == (400, "invalid_request")


@pytest.mark.parametrize("metadata", [{"a": "x" * 131_072}, {"x" * 131_073: ""}, {"a": 1}, ["a"]])
def test_metadata_has_its_limits(metadata: Any) -> None:
    answer = App(max_body_size=1_048_576).post(
        "/sign-in", username="ada", password=PASSWORD, client_metadata=metadata
    )
    assert code_of(answer) == (422, "invalid_request")


def test_a_users_guard_before_our_router_is_asked_first(app: App) -> None:
    guarded = FastAPI()
    guard = app.auth.require_groups("admins")

    @guarded.get("/")
    async def route(_: Annotated[Any, Depends(guard)]) -> None: ...

    guarded.include_router(app.auth.router, prefix="/auth", dependencies=[Depends(guard)])
    answer = TestClient(guarded).post("/auth/sign-in", json={})
    assert code_of(answer) == (401, "not_authenticated")
