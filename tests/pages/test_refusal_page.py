"""What browsers are shown where a route of the app refuses them, and that programs are told as before."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from fastapi.testclient import TestClient

from fastapi_cognito_auth import CognitoAuth, ConfigurationError
from fastapi_cognito_auth.exceptions import (
    CognitoAuthError,
    CrossSiteRequestError,
    SessionsUnavailableError,
    TokenTooLargeError,
)
from fastapi_cognito_auth.local import LocalUser
from fastapi_cognito_auth.pages import Look
from tests.pages.kit import HOME, App, Page
from tests.routers.kit import ADA, PASSWORD

ROOT = LocalUser("root", password=PASSWORD, attributes={"email": "root@example.com"}, groups=["staff"])
PROGRAMS: list[dict[str, str]] = [
    {"Accept": "application/json"},
    {"Accept": "*/*"},
    {"Accept": "text/html", "Sec-Fetch-Dest": "empty"},
    {"Accept": "text/html", "Sec-Fetch-Dest": "iframe"},
]


def shop(handler: Callable[[CognitoAuth], Any] | None = None, *, who: str = "ada", **options: Any) -> App:
    """Return an app with routes of its own, in which somebody is signed in.

    Args:
        handler: what answers errors of ours; the page unless given.
        who: is signed in.
        options: of the app.
    """
    app = App(options.pop("users", [ADA, ROOT]), explicit_auth_flows=["ALLOW_USER_SRP_AUTH"], **options)
    auth = app.auth
    app.app.add_exception_handler(CognitoAuthError, handler(auth) if handler else auth.refusal_page())

    @app.app.get("/office", dependencies=[Depends(auth.require_groups("staff"))])
    @app.app.post("/office", dependencies=[Depends(auth.require_groups("staff"))])
    @app.app.get("//{path:path}", dependencies=[Depends(auth.require_groups("staff"))])
    async def office() -> str:
        return "the office"

    @app.app.get("/safe", dependencies=[Depends(auth.require_fresh(max_age=60))])
    async def safe() -> str:
        return "the safe"

    @app.app.get("/raised/{code}")
    async def raised(code: str) -> None:
        kinds: dict[str, Exception] = {
            "sessions": SessionsUnavailableError(),
            "cross": CrossSiteRequestError(),
            "large": TokenTooLargeError(),
            "own": HTTPException(403, "mine"),
        }
        raise kinds[code]

    if who:
        app.open("/account/sign-in")
        app.send(username=who, password=PASSWORD)
    return app


def test_who_lacks_a_group_is_told_so_by_a_page_that_says_who_they_are() -> None:
    page = shop().open("/office")
    assert (page.status, page.heading) == (403, "You have no access to this page")
    assert "You are signed in as ada." in page.text
    assert page.links["My account"] == "/account/me"
    assert page.response.headers["www-authenticate"].startswith('Bearer error="insufficient_scope"')
    assert page.response.headers["cache-control"] == "no-store"


def test_who_signs_in_by_an_address_is_told_it_without_asking_the_pool(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    eve = LocalUser("eve@example.com", password=PASSWORD)
    app = shop(who="eve@example.com", users=[eve], username_attributes=("email",))
    monkeypatch.setattr(app.pool, "call", lambda operation, _: pytest.fail(operation))
    assert "You are signed in as eve@example.com." in app.open("/office").text


def test_a_token_that_is_too_large_leads_to_no_sign_in() -> None:
    page = shop().open("/raised/large?a=1")
    assert (page.status, page.heading) == (401, "That did not work")
    assert (page.links["Try again"], page.links["My account"]) == ("/raised/large?a=1", "/account/me")
    assert "You are not signed in" not in page.text


def test_another_language_keeps_the_whole_query() -> None:
    page = shop().open("/office?flag&empty=&a=1")
    [asked] = [form.filled_in() for form in page.forms if "flag" in form.fields]
    assert {name: asked[name] for name in ("flag", "empty", "a")} == {"flag": "", "empty": "", "a": "1"}


def test_another_account_comes_back_to_the_page() -> None:
    app = shop()
    app.open("/office?shelf=1")
    app.click("Sign out and use another account")
    assert app.page.heading == "Sign in"
    app.send(username="root", password=PASSWORD)
    assert (app.answer.url.path, app.answer.url.query, app.answer.json()) == (
        "/office",
        b"shelf=1",
        "the office",
    )


@pytest.mark.parametrize("headers", PROGRAMS)
def test_a_program_is_told_as_before(headers: Mapping[str, str]) -> None:
    answer = shop().http.get("/office", headers=dict(headers))
    assert (answer.status_code, answer.json()["detail"]["code"]) == (403, "permission_denied")
    assert answer.headers["www-authenticate"].startswith('Bearer error="insufficient_scope"')


def test_a_form_that_is_posted_is_told_as_before() -> None:
    answer = shop().http.post("/office", headers={"Accept": "text/html", "Origin": HOME})
    assert (answer.status_code, answer.json()["detail"]["code"]) == (403, "permission_denied")


def test_programs_are_answered_by_the_handler_of_the_app() -> None:
    def problem(request: Request, error: Any) -> JSONResponse:
        return JSONResponse({"title": error.code}, error.status_code, error.headers)

    app = shop(lambda auth: auth.refusal_page(otherwise=problem))
    assert app.http.get("/office").json() == {"title": "permission_denied"}
    assert app.open("/office").heading == "You have no access to this page"


def test_it_answers_whom_a_redirect_to_sign_in_leaves_to_others() -> None:
    app = shop(lambda auth: auth.sign_in_redirect("/account/sign-in", otherwise=auth.refusal_page()))
    assert app.open("/office").heading == "You have no access to this page"
    app.http.cookies.clear()
    assert app.open("/office").heading == "Sign in"


def test_errors_of_the_app_itself_are_its_own() -> None:
    app = shop()
    assert app.http.get("/raised/own", headers={"Accept": "text/html"}).json() == {"detail": "mine"}


def test_the_page_has_the_look_and_the_language_of_all_pages() -> None:
    app = shop(look=Look(name="Corner bakery", home_url="/shelves"))
    page = app.open("/office", **{"accept-language": "de"})
    assert (page.html["lang"], page.links["Corner bakery"]) == ("de", "/shelves")
    assert page.heading == "Sie haben keinen Zugang zu dieser Seite"
    assert app.open("/office?ui_locales=fr").html["lang"] == "fr"


def test_an_app_without_the_pages_answers_as_before() -> None:
    auth = CognitoAuth.local()
    app = FastAPI()
    app.add_exception_handler(403, auth.refusal_page())

    @app.get("/")
    async def page() -> None:
        raise CrossSiteRequestError

    answer = TestClient(app).get("/", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.json()["detail"]["code"]) == (403, "cross_site_request")


def test_a_sign_in_that_is_not_enough_leads_to_a_better_one_and_back() -> None:
    app = shop()
    app.clock.now += 120
    page = app.open("/safe?box=1")
    assert (page.status, page.heading) == (401, "That did not work")
    address = urlsplit(page.links["Go to the sign-in"])
    assert (address.path, parse_qs(address.query)) == (
        "/account/sign-in",
        {"next": ["/safe?box=1"], "max_age": ["60"]},
    )


def test_who_is_not_signed_in_is_led_to_the_sign_in_and_back() -> None:
    page = shop(who="").open("/office")
    assert (page.status, page.problem) == (401, "")
    assert "You are not signed in, or not any more." in page.text
    assert page.links["Go to the sign-in"] == "/account/sign-in?next=%2Foffice"


def test_what_may_go_another_time_can_be_tried_again() -> None:
    page = shop().open("/raised/sessions?a=1")
    assert (page.status, page.links["Try again"]) == (503, "/raised/sessions?a=1")
    assert page.response.headers["retry-after"]
    assert "You cannot be signed in at the moment." in page.text


@pytest.mark.parametrize("path", ["//evil.example/x", "/office?next=https://evil.example"])
def test_nobody_is_led_elsewhere_by_what_was_asked(path: str) -> None:
    app = shop()
    answer = app.http.get(f"{HOME}{path}", headers={"Accept": "text/html", "Host": "evil.example"})
    page = Page(answer)
    assert page.heading == "You have no access to this page"
    led = [form.attributes["action"] for form in page.forms] + list(page.links.values())
    led += [page.forms[0].filled_in()["next"]]
    assert not [each for each in led if each.startswith(("//", "http"))]


def test_one_that_was_not_called_is_told_when_the_app_starts() -> None:
    auth = CognitoAuth.local()
    app = FastAPI(lifespan=auth.lifespan)
    app.add_exception_handler(403, auth.refusal_page)  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match=r"auth\.refusal_page\(\)"), TestClient(app):
        pass
