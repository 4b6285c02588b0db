"""Signing in at the pool's own pages, there and back, and all that may come back instead."""

import html
import re
from typing import Annotated, Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from fastapi import Depends, FastAPI
from fastapi.responses import PlainTextResponse
from fastapi.testclient import TestClient

from fastapi_cognito_auth import CognitoAuth, CognitoSettings, ConfigurationError, User
from fastapi_cognito_auth.cognito.managed_login import ManagedLogin
from fastapi_cognito_auth.dependencies.own_paths import own_path
from fastapi_cognito_auth.exceptions import StepUpRequiredError
from fastapi_cognito_auth.local import LocalUser, LocalUserPool
from fastapi_cognito_auth.settings.keywords import LocalSettings
from tests.support import (
    CLIENT_ID,
    ISSUER,
    POOL_ID,
    SECRET_KEY,
    SIGNER,
    Clock,
    KeyServer,
    access_claims,
    id_claims,
)

PASSWORD = "Correct-horse-1!"
HOME = "http://localhost:8000"


class App:
    """An app whose users sign in at the pages of its local pool."""

    def __init__(self, *, settings: LocalSettings | None = None, **pool: Any) -> None:
        self.clock = Clock()
        users = [
            LocalUser(name, password=PASSWORD, attributes={"email": f"{name}@example.com"})
            for name in ("ada", "eve")
        ]
        self.pool = LocalUserPool(users=users, clock=self.clock, **pool)
        self.auth = CognitoAuth.local(self.pool, settings=settings, clock=self.clock)
        self.app = app_of(self.auth)

    def browser(self) -> TestClient:
        return TestClient(self.app, base_url=HOME, headers={"Origin": HOME}, follow_redirects=False)


def app_of(auth: CognitoAuth) -> FastAPI:
    app = FastAPI()
    app.add_middleware(auth.session_middleware)
    app.include_router(auth.session_router, prefix="/session")
    app.include_router(auth.managed_login_router, prefix="/login")

    app.add_exception_handler(401, auth.sign_in_redirect("/login"))

    @app.get("/me")
    async def me(user: Annotated[User, Depends(auth.current_user)]) -> str:
        return user.username

    @app.get("/fresh")
    async def fresh(user: Annotated[User, Depends(auth.require_fresh(max_age=300))]) -> str:
        return user.username

    return app


def to_the_page(browser: TestClient, start: str = "/login") -> httpx2.Response:
    """Go on to the page on which one signs in."""
    answer = browser.get(start)
    while answer.status_code in {302, 303}:
        answer = browser.get(str(answer.url.join(answer.headers["location"])))
    assert answer.status_code == 200, answer.text
    return answer


def submit(browser: TestClient, page: httpx2.Response, **fields: str) -> str:
    """Fill in the form of a page, and return where the browser is sent."""
    action = html.unescape(re.findall(r'<form method="post" action="([^"]+)"', page.text)[0])
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
    answer = browser.post(str(page.url.join(action)), data={**hidden, **fields})
    assert answer.status_code == 302, answer.text
    return str(answer.url.join(answer.headers["location"]))


def callback(browser: TestClient, start: str = "/login", username: str = "ada") -> str:
    return submit(browser, to_the_page(browser, start), username=username, password=PASSWORD)


@pytest.fixture(scope="module")
def shared() -> App:
    return App()


def code_of(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["detail"]["code"]


def test_a_browser_comes_back_signed_in(shared: App) -> None:
    browser = shared.browser()
    answer = browser.get(callback(browser, "/login?next=/me?a=1"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/me?a=1")
    assert browser.get("/me").json() == "ada"
    assert browser.get("/session").json()["user"]["username"] == "ada"


PAGE = {"Accept": "text/html", "Sec-Fetch-Dest": "document"}


def test_a_guard_sends_a_browser_there_and_back(shared: App) -> None:
    browser = shared.browser()
    refused = browser.get("/me?a=1", headers=PAGE)
    answer = browser.get(callback(browser, refused.headers["location"]))
    assert answer.headers["location"] == "/me?a=1"
    assert browser.get("/me", headers=PAGE).json() == "ada"


def test_a_guard_that_wants_a_recent_sign_in_has_the_pages_ask_again() -> None:
    app = App()
    browser = app.browser()
    browser.get(callback(browser))
    assert browser.get("/fresh", headers=PAGE).json() == "ada"
    app.clock.advance(301)
    assert browser.get("/fresh").status_code == 401
    start = browser.get("/fresh", headers=PAGE).headers["location"]
    assert start == "/login?next=%2Ffresh&max_age=300"
    # Without `max_age` the pages would know the browser, and send it back with the old `auth_time`.
    assert browser.get(callback(browser, start)).headers["location"] == "/fresh"
    assert browser.get("/fresh", headers=PAGE).json() == "ada"


def test_without_a_path_it_comes_back_to_the_root(shared: App) -> None:
    browser = shared.browser()
    assert browser.get(callback(browser)).headers["location"] == "/"


def test_the_root_is_that_of_the_app_behind_a_proxy_that_takes_a_path_away(shared: App) -> None:
    browser = TestClient(
        shared.app, base_url=HOME, headers={"Origin": HOME}, follow_redirects=False, root_path="/app"
    )
    assert browser.get(callback(browser, "/app/login")).headers["location"] == "/app/"
    assert browser.get("/app/login/callback").headers["location"] == "/app/"


def test_the_way_there_is_a_code_flow_with_pkce(shared: App) -> None:
    answer = shared.browser().get("/login?provider=COGNITO&login_hint=ada&lang=de&prompt=login&max_age=60")
    asked = {name: value for name, [value] in parse_qs(urlsplit(answer.headers["location"]).query).items()}
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert [len(asked[name]) for name in ("state", "nonce", "code_challenge")] == [43, 43, 43]
    assert asked["redirect_uri"] == f"{HOME}/login/callback"
    assert (asked["identity_provider"], asked["login_hint"], asked["lang"]) == ("COGNITO", "ada", "de")
    assert (asked["prompt"], asked["max_age"]) == ("login", "60")
    assert answer.headers["cache-control"] == "no-store"


def test_no_address_holds_what_must_stay_in_the_browser(shared: App) -> None:
    browser = shared.browser()
    location = browser.get("/login").headers["location"]
    [cookie] = [value for name, value in browser.cookies.items() if name.startswith("cognito-session-login-")]
    assert cookie not in location
    assert parse_qs(urlsplit(location).query)["state"][0] not in cookie


def test_two_tabs_do_not_disturb_each_other(shared: App) -> None:
    browser = shared.browser()
    first = to_the_page(browser, "/login?next=/first")
    second = to_the_page(browser, "/login?next=/second")
    # Two users, since a browser that is signed in at the pages is not asked again.
    back = submit(browser, second, username="eve", password=PASSWORD)
    assert browser.get(back).headers["location"] == "/second"
    back = submit(browser, first, username="ada", password=PASSWORD)
    assert browser.get(back).headers["location"] == "/first"
    assert browser.get("/me").json() == "ada"


@pytest.mark.parametrize(
    "tricky",
    [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https:evil.example",
        "https://evil.example",
        "https://app.example@evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/\n/evil.example",
        "/\x00",
        " /me",
        "me",
        "",
        "///evil.example",
        "/me#x",
        "/me\u202e",
        "/" + "a" * 2000,
        "http:///evil.example",
        "/a\\..\\b",
    ],
)
def test_nobody_is_sent_to_another_site(tricky: str) -> None:
    assert own_path(tricky, "/") == "/"


@pytest.mark.parametrize("path", ["/", "/me", "/a/b?c=d&e=%2F%2Fevil", "/a//b", "/%2F%2Fevil.example", "/@x"])
def test_a_path_of_this_app_is_kept(path: str) -> None:
    assert own_path(path, "/") == path


def test_an_answer_that_another_browser_was_sent_to_signs_nobody_in(shared: App) -> None:
    """Else a page could sign its visitor in as somebody else (login CSRF)."""
    back = callback(shared.browser(), username="eve")
    victim = shared.browser()
    answer = victim.get(back)
    assert code_of(answer) == (400, "login_attempt")
    assert victim.get("/session").json() is None


@pytest.mark.parametrize(
    ("address", "headers", "warned"),
    [
        ("http://intranet.example", {}, True),
        # What ends the TLS before the app, and says nothing of it.
        ("http://intranet.example", {"Sec-Fetch-Site": "cross-site"}, False),
        (HOME, {}, False),
    ],
    ids=["plain", "behind TLS", "TLS"],
)
def test_a_browser_that_lost_the_cookie_of_its_attempt_over_plain_http_is_in_the_log(
    shared: App, caplog: pytest.LogCaptureFixture, address: str, headers: dict[str, str], warned: bool
) -> None:
    caplog.set_level("INFO", logger="fastapi_cognito_auth")
    browser = TestClient(shared.app, base_url=address, headers={"Accept": "text/html", **headers})
    answer = browser.get("/login/callback?state=x&code=y")
    assert answer.status_code == 400
    assert ["over plain HTTP" in message for message in caplog.messages] == [False, True][: 1 + warned]
    assert "login_attempt" in caplog.messages[0]


def test_who_asks_for_the_head_of_the_start_is_sent_on_as_well(shared: App) -> None:
    answer = shared.browser().head("/login")
    assert (answer.status_code, answer.headers["location"].partition("?")[0][-17:]) == (
        303,
        "/oauth2/authorize",
    )


def test_an_answer_is_taken_once(shared: App) -> None:
    browser = shared.browser()
    back = callback(browser)
    assert browser.get(back).status_code == 303
    assert code_of(browser.get(back)) == (400, "login_attempt")
    assert browser.get("/me").json() == "ada"


@pytest.mark.parametrize("change", [{"state": "x" * 43}, {"state": ""}, {"state": None}, {"state": "é"}])
def test_a_state_that_is_not_this_browsers_signs_nobody_in(shared: App, change: dict[str, Any]) -> None:
    browser = shared.browser()
    query = {name: value for name, [value] in parse_qs(urlsplit(callback(browser)).query).items()} | change
    params = {name: value for name, value in query.items() if value is not None}
    assert code_of(browser.get("/login/callback", params=params)) == (400, "login_attempt")
    assert browser.get("/session").json() is None


def test_who_comes_back_without_an_answer_goes_on_as_whoever_they_were(shared: App) -> None:
    browser = shared.browser()
    for username in (None, "ada"):
        answer = browser.get("/login/callback")
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        session = browser.get("/session").json()
        assert (session and session["user"]["username"]) == username
        if session is None:
            browser.get(callback(browser))


@pytest.mark.parametrize("code", ["none", "af9e6c90-5959-46eb-8214-31ccbbf2de18", "x" * 2000])
def test_a_code_that_was_made_up_signs_nobody_in(shared: App, code: str) -> None:
    browser = shared.browser()
    state = parse_qs(urlsplit(callback(browser)).query)["state"][0]
    answer = browser.get("/login/callback", params={"state": state, "code": code})
    assert code_of(answer) == (400, "managed_login")
    assert browser.get("/session").json() is None


def test_the_code_of_another_attempt_signs_nobody_in(shared: App) -> None:
    browser = shared.browser()
    state = parse_qs(urlsplit(browser.get("/login").headers["location"]).query)["state"][0]
    code = parse_qs(urlsplit(callback(shared.browser(), username="eve")).query)["code"][0]
    answer = browser.get("/login/callback", params={"state": state, "code": code})
    assert code_of(answer) == (400, "managed_login")


def test_an_attempt_ends_after_ten_minutes() -> None:
    app = App()
    browser = app.browser()
    back = callback(browser)
    app.clock.advance(600)
    assert code_of(browser.get(back)) == (400, "login_attempt")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ("access_denied", (403, "login_denied")),
        ("invalid_request", (400, "managed_login")),
        ("server_error", (400, "managed_login")),
        ("<script>", (400, "managed_login")),
    ],
)
def test_an_error_of_the_pages_has_a_code_and_ends_the_attempt(
    shared: App, error: str, expected: tuple[int, str]
) -> None:
    browser = shared.browser()
    state = parse_qs(urlsplit(browser.get("/login").headers["location"]).query)["state"][0]
    answer = browser.get("/login/callback", params={"state": state, "error": error})
    assert code_of(answer) == expected
    again = browser.get("/login/callback", params={"state": state, "error": error})
    assert code_of(again) == (400, "login_attempt")


def test_people_get_a_page_that_shows_nothing_of_what_came(shared: App) -> None:
    browser = shared.browser()
    state = parse_qs(urlsplit(browser.get("/login").headers["location"]).query)["state"][0]
    answer = browser.get(
        "/login/callback",
        params={"state": state, "error": "access_denied", "error_description": "<script>alert(1)</script>"},
        headers={"Accept": "text/html"},
    )
    assert answer.headers["content-type"].startswith("text/html")
    assert "script" not in answer.text
    assert '<a href="/login">' in answer.text
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("description", "logged"),
    [
        ("user.email: Attribute cannot be updated.", ": user.email: Attribute cannot be updated."),
        ("email: The attribute is required\n ", ": email: The attribute is required"),
        ("one\nmanaged login came back with two", ": one managed login came back with two"),
        ("\x1b[31m", ""),
        ("x" * 1000, f": {'x' * 200}"),
        ("", ""),
    ],
)
def test_why_the_pages_refused_is_logged_and_shown_to_nobody(
    shared: App, description: str, logged: str, caplog: pytest.LogCaptureFixture
) -> None:
    browser = shared.browser()
    state = parse_qs(urlsplit(browser.get("/login").headers["location"]).query)["state"][0]
    told = {"error": "invalid_request", "error_description": description}
    with caplog.at_level("INFO", "fastapi_cognito_auth"):
        # Who does not come back to a sign-in of this browser writes nothing into the log.
        browser.get("/login/callback", params={"state": "x" * 43, **told})
        answer = browser.get("/login/callback", params={"state": state, **told})
    lines = [text for text in caplog.messages if text.startswith("managed login came back")]
    assert lines == [f"managed login came back with invalid_request{logged}"]
    assert answer.json()["detail"] == {
        "code": "managed_login",
        "message": "Signing in did not work. Please try again.",
    }


def warnings_of(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]


def test_a_provider_that_there_is_not_is_warned_of_by_its_name(caplog: pytest.LogCaptureFixture) -> None:
    app = App(identity_providers=["Google"])
    browser = app.browser()
    answer = browser.get("/login?provider=Gogle", follow_redirects=True)
    assert code_of(answer) == (400, "managed_login")
    assert "Google" not in answer.text
    assert warnings_of(caplog) == [
        (
            "managed login came back with invalid_request: The app client has no such identity provider;"
            " it has: COGNITO, Google; the provider that was asked for is Gogle"
        )
    ]


def test_a_scope_that_the_app_client_lacks_is_warned_of_with_its_variable(
    caplog: pytest.LogCaptureFixture,
) -> None:
    browser = App(settings={"login_scopes": ["openid", "nonsense"]}).browser()
    assert code_of(browser.get("/login", follow_redirects=True)) == (400, "managed_login")
    assert warnings_of(caplog) == [
        (
            "managed login came back with invalid_request: invalid_scope;"
            " COGNITO_LOGIN_SCOPES asks for a scope that the app client does not have"
        )
    ]


def test_who_says_no_is_nothing_to_be_warned_of(shared: App, caplog: pytest.LogCaptureFixture) -> None:
    browser = shared.browser()
    state = parse_qs(urlsplit(browser.get("/login").headers["location"]).query)["state"][0]
    browser.get("/login/callback", params={"state": state, "error": "access_denied"})
    assert warnings_of(caplog) == []


@pytest.mark.parametrize("query", ["max_age=soon", "prompt=perhaps", "provider=a%20b", "acr_values=%22"])
def test_a_person_with_a_mistake_in_the_address_gets_a_page(shared: App, query: str) -> None:
    answer = shared.browser().get(f"/login?{query}", headers={"Accept": "text/html"})
    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("text/html")
    assert '<a href="/login">Try again</a>' in answer.text
    program = shared.browser().get(f"/login?{query}")
    assert code_of(program) == (422, "invalid_request")


def test_what_others_put_into_links_keeps_nobody_from_signing_in(shared: App) -> None:
    browser = shared.browser()
    answer = browser.get(f"{callback(browser, '/login?utm_source=mail&next=/me&fbclid=1')}&fbclid=2")
    assert (answer.status_code, answer.headers["location"]) == (303, "/me")


def test_who_sends_a_page_of_the_way_here_once_more_can_go_on(shared: App) -> None:
    browser = shared.browser()
    back = callback(browser)
    assert browser.get(back).status_code == 303
    page = browser.get(back, headers={"Accept": "text/html"})
    assert page.status_code == 400
    assert page.text.index('<a href="/">You are signed in: go on</a>') < page.text.index("Try again")
    nobody = shared.browser().get(back, headers={"Accept": "text/html"})
    assert "go on" not in nobody.text


def ways(
    browser: TestClient, start: str, *, after: float = 0, clock: Clock | None = None
) -> list[tuple[str, str]]:
    """Come back with an error, and return where the links of the page lead."""
    state = parse_qs(urlsplit(browser.get(start).headers["location"]).query)["state"][0]
    if clock is not None:
        clock.advance(after)
    params = {"state": state, "error": "access_denied"}
    answer = browser.get("/login/callback", params=params, headers={"Accept": "text/html"})
    links = re.findall('<a href="([^"]*)">([^<]*)</a>', answer.text)
    return [(text, html.unescape(address)) for address, text in links]


def again(browser: TestClient, start: str, **more: Any) -> str:
    """Come back with an error, and return where "Try again" leads."""
    return dict(ways(browser, start, **more))["Try again"]


@pytest.mark.parametrize(
    "start",
    [
        "/login?next=%2Fme%3Fa%3D1",
        "/login?provider=Google",
        "/login?next=%2Fme&provider=Google&login_hint=a%40b&lang=de&prompt=login&max_age=60&acr_values=x",
        "/login/sign-up?next=%2Fme&lang=de",
        "/login/forgot-password?next=%2Fme",
        "/login/add-passkey",
    ],
)
def test_another_try_begins_with_what_was_asked_for(shared: App, start: str) -> None:
    assert again(shared.browser(), start) == start


def test_who_came_from_a_provider_can_sign_in_another_way(shared: App) -> None:
    assert ways(shared.browser(), "/login?next=%2Fme&provider=Google") == [
        ("Try again", "/login?next=%2Fme&provider=Google"),
        ("Sign in another way", "/login?next=%2Fme"),
    ]
    assert ways(shared.browser(), "/login?next=%2Fme") == [("Try again", "/login?next=%2Fme")]


def test_another_try_leads_to_paths_of_this_app_only(shared: App) -> None:
    assert again(shared.browser(), "/login?next=%2F%2Fevil.example&lang=de") == "/login?lang=de"


def test_another_try_shows_a_page_where_the_first_must_not(shared: App) -> None:
    assert again(shared.browser(), "/login?next=%2Fme&prompt=none") == "/login?next=%2Fme"


@pytest.mark.parametrize(("after", "expected"), [(600, "/login?next=%2Fme"), (3600, "/login")])
def test_who_comes_back_too_late_starts_again_on_the_way_to_where_they_were_going(
    after: int, expected: str
) -> None:
    app = App()
    assert again(app.browser(), "/login?next=%2Fme", after=after, clock=app.clock) == expected


def test_another_browser_is_not_told_where_somebody_was_going(shared: App) -> None:
    state = parse_qs(urlsplit(shared.browser().get("/login?next=/me").headers["location"]).query)["state"][0]
    answer = shared.browser().get(f"/login/callback?state={state}&code=x", headers={"Accept": "text/html"})
    assert '<a href="/login">' in answer.text


def test_an_answer_of_another_issuer_is_refused(shared: App) -> None:
    browser = shared.browser()
    answer = browser.get(f"{callback(browser)}&iss=https://evil.example")
    assert code_of(answer) == (400, "managed_login")
    assert browser.get("/session").json() is None


def test_an_answer_that_names_the_pool_is_taken(shared: App) -> None:
    browser = shared.browser()
    assert browser.get(f"{callback(browser)}&iss={shared.pool.issuer}").status_code == 303


def test_few_attempts_are_under_way_at_once(shared: App) -> None:
    browser = shared.browser()
    states = []
    for _ in range(8):
        states.append(parse_qs(urlsplit(browser.get("/login").headers["location"]).query)["state"][0])
        shared.clock.advance(1)
    kept = [name for name in browser.cookies if name.startswith("cognito-session-login-")]
    assert len(kept) == 5
    first = browser.get("/login/callback", params={"state": states[0], "error": "access_denied"})
    assert code_of(first) == (400, "login_attempt")
    last = browser.get("/login/callback", params={"state": states[-1], "error": "access_denied"})
    assert code_of(last) == (403, "login_denied")


def test_signing_out_ends_the_session_here_and_at_the_pages() -> None:
    app = App()
    browser = app.browser()
    browser.get(callback(browser))
    answer = browser.get("/login/logout")
    assert answer.status_code == 303
    assert browser.get("/me").status_code == 401
    back = browser.get(answer.headers["location"])
    assert (back.status_code, back.headers["location"]) == (302, f"{HOME}/")
    assert "password" in to_the_page(browser).text


def test_a_browser_that_signs_out_is_asked_to_forget_what_was_chosen() -> None:
    app = App(settings={"session_clear_site_data": ["storage"]})
    browser = app.browser()
    browser.get(callback(browser))
    linked = browser.get("/login/logout", headers={"Sec-Fetch-Site": "cross-site"})
    assert "clear-site-data" not in linked.headers
    assert browser.get("/login/logout").headers["clear-site-data"] == '"storage"'


@pytest.mark.parametrize(
    "said",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        # Browsers of before 2023 say nothing of a link.
        {},
        {"Origin": "null"},
        {"Origin": "https://evil.example"},
        {"Origin": HOME, "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_a_link_of_another_site_signs_nobody_out(shared: App, said: dict[str, str]) -> None:
    browser = shared.browser()
    browser.get(callback(browser))
    del browser.headers["Origin"]
    asked = browser.get("/login/logout", headers=said)
    assert (asked.status_code, asked.headers.get_list("set-cookie")) == (200, [])
    assert "frame-ancestors 'none'" in asked.headers["content-security-policy"]
    assert browser.post("/login/logout", headers=said).status_code == 403
    assert browser.get("/me").json() == "ada"


def test_who_came_by_such_a_link_is_asked_and_can_sign_out(shared: App) -> None:
    browser = shared.browser()
    browser.get(callback(browser))
    del browser.headers["Origin"]
    asked = browser.get("/login/logout")
    # A form of a page that tells nobody where it is would say `Origin: null`.
    assert asked.headers["referrer-policy"] == "same-origin"
    assert re.findall("<form[^>]*>", asked.text) == ["<form method=post>"]
    assert browser.post("/login/logout", headers={"Origin": HOME}).status_code == 303
    assert browser.get("/me").status_code == 401


@pytest.mark.parametrize("said", [{"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}])
def test_a_link_of_the_app_or_a_bookmark_signs_out_at_once(shared: App, said: dict[str, str]) -> None:
    browser = shared.browser()
    browser.get(callback(browser))
    del browser.headers["Origin"]
    assert browser.get("/login/logout", headers=said).status_code == 303
    assert browser.get("/me").status_code == 401


def test_a_page_of_a_trusted_origin_signs_out() -> None:
    front = "https://front.example"
    app = App(settings={"trusted_origins": [front]})
    browser = app.browser()
    browser.get(callback(browser))
    said = {"Origin": front, "Sec-Fetch-Site": "cross-site"}
    assert browser.post("/login/logout", headers=said).status_code == 303
    assert browser.get("/me").status_code == 401


def test_a_browser_that_has_got_its_page_is_sent_to_sign_in_as_ever(shared: App) -> None:
    browser = shared.browser()
    assert browser.get(callback(browser, "/login?next=/me")).headers["location"] == "/me"
    assert browser.get("/me", headers=PAGE).json() == "ada"
    browser.post("/session/sign-out")
    assert browser.get("/me", headers=PAGE).status_code == 303


class Insatiable(App):
    """An app with a page that no sign-in is enough for, as where a pool passes over `acr_values`."""

    def __init__(self, **options: Any) -> None:
        super().__init__()
        self.app.add_exception_handler(401, self.auth.sign_in_redirect("/login", **options))

        @self.app.get("/strong")
        async def strong() -> None:
            raise StepUpRequiredError(acr_values=["urn:cognito:loa:1"])

    def go_round(self, browser: TestClient) -> tuple[int, httpx2.Response]:
        """Follow redirects, as a browser does; return how many there were, and where they ended."""
        answer, count = browser.get("/strong?a=1", headers=PAGE), 0
        while answer.is_redirect:
            count += 1
            assert count < 20
            answer = browser.get(str(answer.url.join(answer.headers["location"])), headers=PAGE)
        return count, answer


def test_a_sign_in_that_was_not_enough_ends_in_a_page_and_does_not_go_round_in_circles() -> None:
    app = Insatiable()
    browser = app.browser()
    browser.get(callback(browser))
    count, answer = app.go_round(browser)
    # To the start, to the pool, to the callback and back.
    assert (count, answer.status_code) == (4, 401)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["www-authenticate"].startswith("Bearer error=")
    assert answer.text == (
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content=width=device-width>"
        "<title>Signing in was not enough</title><h1>Signing in was not enough</h1>"
        f"<p>{html.escape(StepUpRequiredError.message)}</p>"
        "<p>You have just signed in, and this page wants more than that.</p>"
        '<p><a href="/login?next=%2Fstrong%3Fa%3D1&amp;acr_values=urn%3Acognito%3Aloa%3A1">'
        "Sign in once more</a></p></html>"
    )
    # Whoever loads the page again is sent once more.
    assert app.go_round(browser)[0] == 4


def test_an_app_with_a_page_of_its_own_shows_that() -> None:
    app = Insatiable(otherwise=lambda request, error: PlainTextResponse(f"{request.url.path} {error.code}"))
    browser = app.browser()
    browser.get(callback(browser))
    assert app.go_round(browser)[1].text == "/strong step_up_required"


def test_a_browser_that_keeps_no_session_does_not_go_round_in_circles() -> None:
    """Cookies that are too large are dropped, and nobody is told."""
    app = App()
    browser = app.browser()
    browser.get(callback(browser))
    asked = ["/me"]
    while len(asked) < 20:
        for name in {"cognito-session", "cognito-session.1"} & {*browser.cookies}:
            browser.cookies.delete(name)
        answer = browser.get(asked[-1], headers=PAGE)
        if not answer.is_redirect:
            break
        asked.append(str(answer.url.join(answer.headers["location"])).removeprefix(HOME))
    assert (asked.count("/me"), answer.status_code) == (2, 401)


def test_a_sign_in_that_was_not_enough_for_one_page_is_not_held_against_another() -> None:
    app = Insatiable()
    browser = app.browser()
    browser.get(callback(browser, "/login?next=/strong"))
    assert browser.get("/strong?b=2", headers=PAGE).status_code == 303
    # A script is told as ever.
    assert code_of(browser.get("/strong")) == (401, "step_up_required")
    assert browser.get("/strong", headers=PAGE).status_code == 401


def two_pools(cookies: tuple[str, str]) -> tuple[list[CognitoAuth], FastAPI]:
    app, auths = FastAPI(), []
    for name, cookie in zip(("one", "two"), cookies, strict=True):
        pool = LocalUserPool(users=[LocalUser("ada", password=PASSWORD)])
        auth = CognitoAuth.local(pool, secret_key=SECRET_KEY, settings={"session_cookie": cookie})
        app.add_middleware(auth.session_middleware)
        app.include_router(auth.managed_login_router, prefix=f"/{name}")
        app.include_router(auth.session_router, prefix=f"/{name}/session")
        auths.append(auth)
    return auths, app


def test_two_pools_in_one_app_each_take_their_own_browsers_back() -> None:
    _, app = two_pools(("a", "b"))
    browser = TestClient(app, base_url=HOME, headers={"Origin": HOME}, follow_redirects=False)
    for name in ("two", "one"):
        back = callback(browser, f"/{name}")
        assert back.startswith(f"{HOME}/{name}/callback?")
        assert browser.get(back).status_code == 303
        assert browser.get(f"/{name}/session").json()["user"]["username"] == "ada"


def test_what_one_pool_was_asked_is_not_answered_by_another() -> None:
    """The code and its verifier would go to the wrong one (mix-up)."""
    _, app = two_pools(("session", "session"))
    browser = TestClient(app, base_url=HOME, headers={"Origin": HOME}, follow_redirects=False)
    back = callback(browser, "/one").replace("/one/", "/two/")
    assert code_of(browser.get(back)) == (400, "login_attempt")


@pytest.mark.parametrize(("entry", "title"), [("sign-up", "Sign up"), ("forgot-password", "password")])
def test_other_pages_can_be_entered_directly(shared: App, entry: str, title: str) -> None:
    assert title in to_the_page(shared.browser(), f"/login/{entry}").text


def test_hosts_that_were_made_up_fill_no_list_and_keep_nobody_out() -> None:
    app = App()
    for number in range(40):
        TestClient(app.app, base_url=f"http://host{number}.example", follow_redirects=False).get("/login")
    browser = app.browser()
    assert browser.get(callback(browser)).status_code == 303
    client = app.pool.call(
        "DescribeUserPoolClient", {"UserPoolId": app.pool.user_pool_id, "ClientId": app.pool.client_id}
    )["UserPoolClient"]
    assert len(client["CallbackURLs"]) == len(client["LogoutURLs"]) == 20


def test_a_host_that_was_made_up_gets_no_code_of_another(shared: App) -> None:
    """Whoever reaches the app of a laptop can name a host of their own, and lead its browser there."""
    evil = TestClient(shared.app, base_url="http://evil.example", follow_redirects=False)
    asked = urlsplit(evil.get("/login").headers["location"])
    browser = shared.browser()
    browser.get(callback(browser))
    refused = browser.get(f"{HOME}{asked.path}?{asked.query}")
    assert refused.status_code == 400
    assert "registered" in refused.text
    out = f"/login/domain/logout?client_id={shared.pool.client_id}&logout_uri=http://evil.example/"
    assert browser.get(out).status_code == 400


def test_callbacks_that_were_given_are_the_only_ones() -> None:
    app = App(callback_urls=["https://app.example/login/callback"])
    answer = app.browser().get("/login")
    assert app.browser().get(answer.headers["location"]).status_code == 400


def test_somebody_comes_back_from_a_provider_and_is_a_user_as_any_other() -> None:
    app = App(identity_providers=["Google"])
    browser = app.browser()
    page = to_the_page(browser, "/login?provider=Google&next=/me")
    back = submit(browser, page, sub="1234567890", email="grace@example.com", name="Grace")
    assert browser.get(back).headers["location"] == "/me"
    user = browser.get("/session").json()["user"]
    assert user["username"] == "Google_1234567890"
    assert user["groups"] == [f"{app.pool.user_pool_id}_Google"]


# A domain that lies.


def lying(tokens: dict[str, Any], status: int = 200, **more: Any) -> tuple[TestClient, str]:
    """Return a browser on its way back from a domain that answers with these tokens."""

    def answer(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(status, json=tokens)

    settings = CognitoSettings(
        user_pool_id=POOL_ID,
        client_id=CLIENT_ID,
        domain="https://auth.example",
        secret_key=SECRET_KEY,
        **more,
    )
    auth = CognitoAuth(settings, fetch_keys=KeyServer(SIGNER.jwk()), clock=Clock())
    auth.__dict__["managed_login"] = ManagedLogin(
        "https://auth.example", client_id=CLIENT_ID, transport=httpx2.MockTransport(answer)
    )
    browser = TestClient(app_of(auth), base_url=HOME, follow_redirects=False)
    query = parse_qs(urlsplit(browser.get("/login").headers["location"]).query)
    tokens["nonce"] = query["nonce"][0]
    return browser, f"/login/callback?code=x&state={query['state'][0]}"


def access(**claims: Any) -> dict[str, Any]:
    token = SIGNER.sign(access_claims(**claims))
    return {"access_token": token, "expires_in": 3600, "token_type": "Bearer"}


ACCESS = access()


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        ({**ACCESS, "id_token": SIGNER.sign(id_claims(nonce="another"))}, (401, "invalid_token")),
        ({**ACCESS, "id_token": SIGNER.sign(id_claims())}, (401, "invalid_token")),
        ({**ACCESS, "id_token": SIGNER.sign(id_claims(aud="another"))}, (401, "invalid_client")),
        (access(scope="openid email"), (401, "invalid_token")),
        ({"access_token": "nonsense", "expires_in": 1}, (401, "invalid_token")),
        (
            {"access_token": SIGNER.sign(access_claims(client_id="other")), "expires_in": 1},
            (401, "invalid_client"),
        ),
        (
            {"access_token": SIGNER.sign(access_claims(iss="https://evil.example")), "expires_in": 1},
            (401, "invalid_issuer"),
        ),
        ({"error": 7}, (503, "user_pool_unavailable")),
        ({"access_token": 7}, (503, "user_pool_unavailable")),
        ({"access_token": "nonsense"}, (503, "user_pool_unavailable")),
        ({**ACCESS, "access_token": "a.b.c", "expires_in": None}, (503, "user_pool_unavailable")),
        ({"access_token": SIGNER.sign(access_claims(exp=None))}, (503, "user_pool_unavailable")),
        ({"access_token": "nonsense", "expires_in": -(10**30)}, (401, "invalid_token")),
    ],
)
def test_tokens_that_are_not_of_this_sign_in_sign_nobody_in(
    tokens: dict[str, Any], expected: tuple[int, str]
) -> None:
    browser, back = lying(dict(tokens))
    assert code_of(browser.get(back)) == expected
    assert browser.get("/session").json() is None


@pytest.mark.parametrize("status", [500, 429, 302])
def test_a_domain_that_fails_is_no_fault_of_the_user(status: int) -> None:
    browser, back = lying({}, status)
    assert code_of(browser.get(back)) == (503, "user_pool_unavailable")


@pytest.mark.parametrize(
    ("domain", "url"),
    [
        ("my-app", "https://my-app.auth.eu-central-1.amazoncognito.com"),
        ("auth.example.com", "https://auth.example.com"),
        ("https://auth.example.com/", "https://auth.example.com"),
        ("http://localhost:9229/domain", "http://localhost:9229/domain"),
    ],
)
def test_a_domain_is_a_prefix_a_host_or_an_address(domain: str, url: str) -> None:
    assert CognitoSettings(user_pool_id=POOL_ID, client_id=CLIENT_ID, domain=domain).domain_url == url


@pytest.mark.parametrize(
    "domain",
    [
        "My App",
        "https://ada:x@a.example",
        "https://a.example?x",
        "a.example/x",
        "https://a.example/login",
        "https://a.example/login/",
        "https://a.example/oauth2/token",
        "https://a.example/oauth2",
        "http://localhost:9229/domain/logout",
    ],
)
def test_a_domain_that_is_none_is_refused(domain: str) -> None:
    with pytest.raises(ConfigurationError, match="COGNITO_DOMAIN is wrong"):
        CognitoSettings(user_pool_id=POOL_ID, client_id=CLIENT_ID, domain=domain)


@pytest.mark.parametrize("scheme", ["", "https://"])
def test_the_issuer_is_no_domain_and_is_told_so(scheme: str) -> None:
    domain = f"{scheme}cognito-idp.eu-central-1.amazonaws.com"
    with pytest.raises(ConfigurationError, match=r"COGNITO_DOMAIN is wrong: that is the issuer of tokens"):
        CognitoSettings(user_pool_id=POOL_ID, client_id=CLIENT_ID, domain=domain)


def test_an_endpoint_is_no_domain_and_is_told_so() -> None:
    with pytest.raises(ConfigurationError, match=r"COGNITO_DOMAIN is wrong: .*without /login or /oauth2"):
        CognitoSettings(user_pool_id=POOL_ID, client_id=CLIENT_ID, domain="https://auth.example.com/login")


def test_without_a_domain_there_is_no_managed_login() -> None:
    auth = CognitoAuth(CognitoSettings(user_pool_id=POOL_ID, client_id=CLIENT_ID, secret_key=SECRET_KEY))
    with pytest.raises(ConfigurationError, match="COGNITO_DOMAIN is missing"):
        _ = auth.managed_login_router


def test_the_tokens_of_a_lying_domain_would_do_if_it_told_the_truth() -> None:
    tokens = dict(ACCESS)
    browser, back = lying(tokens)
    tokens["id_token"] = SIGNER.sign(id_claims(nonce=tokens["nonce"], iss=ISSUER))
    assert browser.get(back).status_code == 303
    assert browser.get("/me").json() == "ada"


@pytest.mark.parametrize(("asked", "status"), [(["openid"], 401), (["orders/read"], 303), ([], 303)])
def test_without_an_id_token_nobody_is_signed_in_where_one_was_asked_for(
    asked: list[str], status: int
) -> None:
    """Its nonce is what shows that the tokens are of this sign-in."""
    browser, back = lying(access(scope="orders/read"), login_scopes=asked)
    assert browser.get(back).status_code == status


def test_the_id_token_of_another_user_signs_nobody_in() -> None:
    tokens = dict(ACCESS)
    browser, back = lying(tokens)
    tokens["id_token"] = SIGNER.sign(id_claims(nonce=tokens["nonce"], sub="another"))
    assert code_of(browser.get(back)) == (401, "invalid_token")
    assert browser.get("/session").json() is None
