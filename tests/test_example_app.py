"""The example app, from the first sign-up to the sign-out, as a newcomer goes through it."""

import asyncio
import importlib
import re
import sys
import time
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.routers.kit import totp
from tests.support import CLIENT_ID, POOL_ID, SECRET_KEY

PASSWORD = "Correct-horse-1!"


class Example:
    def __init__(self, module: Any) -> None:
        self.auth = module.auth
        self.http = TestClient(module.app, base_url="http://localhost:8000")

    def post(self, path: str, **body: Any) -> Any:
        return self.http.post(path, json=body)

    def sign_in(self, username: str, password: str) -> Any:
        return self.post("/auth/sign-in", username=username, password=password)

    def begin_session(self, username: str) -> None:
        body = {"username": username, "password": "Local-pool-1!"}
        answer = self.http.post("/session/sign-in", json=body, headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.json()["status"] == "signed_in"

    def get(self, path: str, tokens: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {tokens['access_token']}"} if tokens else {}
        return self.http.get(path, headers=headers)

    def newest_code(self) -> str:
        code: str = self.http.get("/local/outbox").json()[0]["code"]
        return code


def start(monkeypatch: pytest.MonkeyPatch, **environment: str) -> Any:
    for name in ("COGNITO_USER_POOL_ID", "COGNITO_DOMAIN", "EXAMPLE_MFA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delitem(sys.modules, "example_app.main", raising=False)
    return importlib.import_module("example_app.main")


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch) -> Example:
    return Example(start(monkeypatch))


def test_a_newcomer_signs_up_confirms_and_signs_in(example: Example) -> None:
    example.post("/auth/sign-up", username="ada", password=PASSWORD, attributes={"email": "ada@example.com"})
    example.post("/auth/sign-up/confirm", username="ada", code=example.newest_code())
    tokens = example.sign_in("ada", PASSWORD).json()
    assert example.get("/me", tokens).json()["username"] == "ada"
    assert example.sign_in("ada", "Wrong-password-1!").status_code == 401


def test_the_outbox_shows_newest_first_what_was_sent(example: Example) -> None:
    for name in ("ada", "bob"):
        address = {"email": f"{name}@example.com"}
        example.post("/auth/sign-up", username=name, password=PASSWORD, attributes=address)
    messages = example.http.get("/local/outbox").json()
    assert [message["username"] for message in messages] == ["bob", "ada"]
    assert set(messages[0]) == {
        "user_pool_id",
        "username",
        "destination",
        "medium",
        "purpose",
        "code",
        "sent_at",
    }


def test_the_outbox_is_on_the_console_too(example: Example, capsys: pytest.CaptureFixture[str]) -> None:
    example.post("/auth/password/forgot", username="analyst")
    assert example.newest_code() in capsys.readouterr().out


def test_reports_are_for_analysts(example: Example) -> None:
    analyst = example.sign_in("analyst", "Local-pool-1!").json()
    admin = example.sign_in("admin", "Local-pool-1!").json()
    for path in ("/reports", "/reports/export"):
        assert example.get(path).status_code == 401
        assert example.get(path, admin).status_code == 403
        assert example.get(path, analyst).status_code == 200


def test_administration_is_for_admins(example: Example) -> None:
    analyst = example.sign_in("analyst", "Local-pool-1!").json()
    admin = example.sign_in("admin", "Local-pool-1!").json()
    assert example.get("/admin/users").status_code == 401
    assert example.get("/admin/users", analyst).status_code == 403
    assert {user["username"] for user in example.get("/admin/users", admin).json()["items"]} >= {
        "admin",
        "grace",
    }


def test_a_group_granted_later_counts_after_a_refresh(example: Example) -> None:
    old = example.sign_in("admin", "Local-pool-1!").json()
    asyncio.run(example.auth.pool.call("AdminAddUserToGroup", Username="admin", GroupName="analysts"))
    assert example.get("/reports", old).status_code == 403
    new = example.post("/auth/refresh", refresh_token=old["refresh_token"]).json()
    assert example.get("/reports/export", new).status_code == 200


def test_forgot_and_reset(example: Example) -> None:
    example.post("/auth/password/forgot", username="analyst")
    answer = {"username": "analyst", "code": example.newest_code(), "password": PASSWORD}
    assert example.post("/auth/password/reset", **answer).status_code == 200
    assert example.sign_in("analyst", PASSWORD).status_code == 200


def test_sign_out_ends_the_refresh_token(example: Example) -> None:
    tokens = example.sign_in("analyst", "Local-pool-1!").json()
    example.post("/auth/sign-out", refresh_token=tokens["refresh_token"])
    assert example.post("/auth/refresh", refresh_token=tokens["refresh_token"]).status_code == 401


def test_with_mfa_on_the_newcomer_sets_up_an_authenticator_app(monkeypatch: pytest.MonkeyPatch) -> None:
    example = Example(start(monkeypatch, EXAMPLE_MFA="ON"))
    first = example.sign_in("newcomer", "Temporary-1!").json()
    second = example.post(
        "/auth/challenge", challenge="NEW_PASSWORD_REQUIRED", session=first["session"], new_password=PASSWORD
    ).json()
    assert second["challenge"] == "MFA_SETUP"
    setup = example.post("/auth/challenge/totp", session=second["session"]).json()
    answer = {"challenge": "MFA_SETUP", "session": setup["session"]}
    code = totp(setup["secret_code"], time.time())
    tokens = example.post("/auth/challenge", **answer, code=code).json()
    assert example.get("/me", tokens).status_code == 200
    assert example.sign_in("newcomer", PASSWORD).json()["challenge"] == "SOFTWARE_TOKEN_MFA"


def test_a_browser_and_a_program_are_served_alike(example: Example) -> None:
    tokens = example.sign_in("admin", "Local-pool-1!").json()
    by_token = example.get("/me", tokens).json()
    example.begin_session("admin")
    by_session = example.get("/me").json()
    assert (by_session["sub"], by_session["groups"]) == (by_token["sub"], by_token["groups"])


def test_public_greets_strangers_and_users(example: Example) -> None:
    tokens = example.sign_in("admin", "Local-pool-1!").json()
    assert example.get("/public").json() == {"message": "Hello stranger"}
    assert example.get("/public", tokens).json() == {"message": "Hello admin"}


def test_the_first_page_leads_everywhere_without_a_script(example: Example) -> None:
    page = example.get("/")
    assert page.headers["content-type"].startswith("text/html")
    links = re.findall(r'href="([^"]+)"', page.text)
    assert {"pages/sign-in?next=/", "pages/sign-up?next=/", "outbox", "scripts", "docs"} <= set(links)
    asked = [link for link in links if not link.startswith("login")]
    assert [link for link in asked if example.get(f"/{link}").status_code != 200] == []
    assert "<script" not in page.text


def test_whoever_is_offered_can_sign_in(example: Example) -> None:
    offered = re.findall(
        r'login_hint=(\w+)&amp;next=/">\1</a>\s*<span>password <code>([^<]+)</code>', example.get("/").text
    )
    assert [name for name, _ in offered] == ["admin", "analyst", "grace", "newcomer"]
    statuses = [example.sign_in(name, password).json()["status"] for name, password in offered]
    assert statuses == ["signed_in"] * 3 + ["challenge"]


def test_the_code_of_a_sign_up_is_found_where_it_is_asked_for(example: Example) -> None:
    own_page = {"Origin": "http://localhost:8000"}
    fields = {"username": "<i>tess", "attribute.email": "tess@example.com", "password": PASSWORD}
    asked = example.http.post("/pages/sign-up", data=fields, headers=own_page)
    assert 'href="/outbox"' in asked.text
    for path in ("/", "/outbox"):
        page = example.get(path).text
        assert example.newest_code() in page
        assert "&lt;i&gt;tess" in page


def test_who_is_signed_in_finds_what_to_add(example: Example) -> None:
    example.begin_session("analyst")
    page = example.get("/").text
    assert "<h1>Hello analyst</h1>" in page
    assert 'href="pages/me/passkeys/add"' in page
    assert example.get("/pages/me/passkeys/add").status_code == 200
    own_page = {"Origin": "http://localhost:8000"}
    assert 'action="pages/me/authenticator"' in page
    assert "<svg" in example.http.post("/pages/me/authenticator", headers=own_page).text
    assert 'action="pages/sign-out"' in page
    assert "You are signed out." in example.http.post("/pages/sign-out", headers=own_page).text


def test_administration_is_shown_to_admins_alone(example: Example) -> None:
    link = 'href="pages/admin/users"'
    example.begin_session("analyst")
    assert link not in example.get("/").text
    example.begin_session("admin")
    assert link in example.get("/").text
    assert "analyst@example.com" in example.get("/pages/admin/users").text


def test_without_second_factors_no_authenticator_is_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    example = Example(start(monkeypatch, EXAMPLE_MFA="OFF"))
    example.begin_session("analyst")
    assert "authenticator" not in example.get("/").text


@pytest.mark.parametrize("path", ["/scripts", "/dashboard"])
def test_the_pages_run_no_script_but_the_files_of_the_app_and_nobody_frames_them(
    example: Example, path: str
) -> None:
    example.begin_session("analyst")
    page = example.get(path)
    policy = page.headers["content-security-policy"].split("; ")
    assert policy[:2] == ["default-src 'none'", "script-src 'self'"]
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in page.headers["content-security-policy"]
    scripts = re.findall(r'<script type="module" src="(static/\w+\.js)"></script>', page.text)
    assert [example.get(f"/{script}").status_code for script in scripts] == [200]
    assert page.text.count("<script") == 1


def test_a_browser_that_lacks_a_sign_in_is_sent_to_the_page_for_it(example: Example) -> None:
    answer = example.http.get("/dashboard", headers={"Accept": "text/html"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/pages/sign-in?next=%2Fdashboard")
    assert example.get("/dashboard").status_code == 401


@pytest.mark.parametrize("file", ["dashboard.html", "../dashboard.html", "%2e%2e/dashboard.html"])
def test_no_page_is_had_as_a_file(example: Example, file: str) -> None:
    assert example.get(f"/static/{file}").status_code in {401, 404}


def test_the_outbox_is_not_read_under_a_foreign_name(example: Example) -> None:
    assert example.http.get("/local/outbox", headers={"Host": "evil.example"}).status_code == 400


def test_whom_the_api_documentation_fills_in_can_sign_in(example: Example) -> None:
    document = example.get("/openapi.json").json()
    body = document["components"]["schemas"]["SignInRequest"]["examples"][0]
    assert example.post("/auth/sign-in", **body).json()["status"] == "signed_in"


def test_swagger_signs_in_where_the_router_is(example: Example) -> None:
    document = example.get("/openapi.json").json()
    address = document["components"]["securitySchemes"]["CognitoAuth"]["flows"]["password"]["tokenUrl"]
    assert f"/{address}" in document["paths"]


def test_with_a_pool_id_it_runs_on_that_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    module = start(
        monkeypatch,
        COGNITO_USER_POOL_ID=POOL_ID,
        COGNITO_CLIENT_ID=CLIENT_ID,
        COGNITO_SECRET_KEY=SECRET_KEY,
    )
    client = TestClient(module.app)
    assert module.auth.settings.user_pool_id == POOL_ID
    assert client.get("/local/outbox").status_code == 404
    assert client.get("/outbox").status_code == 404
    home = client.get("/")
    assert home.status_code == 200
    assert "outbox" not in home.text
    assert "login_hint" not in home.text
    assert set(client.get("/offers").json().values()) == {False}
    assert client.get("/login", follow_redirects=False).status_code == 404


def test_with_a_domain_it_has_managed_login(monkeypatch: pytest.MonkeyPatch) -> None:
    module = start(
        monkeypatch,
        COGNITO_USER_POOL_ID=POOL_ID,
        COGNITO_CLIENT_ID=CLIENT_ID,
        COGNITO_SECRET_KEY=SECRET_KEY,
        COGNITO_DOMAIN="auth.example.com",
    )
    client = TestClient(module.app)
    assert client.get("/offers").json() == {
        "managed_login": True,
        "google": False,
        "local_users": False,
        "authenticators": False,
        "sessions": False,
    }
    location = client.get("/login", follow_redirects=False).headers["location"]
    assert location.startswith("https://auth.example.com/oauth2/authorize?")


def test_a_wrong_example_mfa_stops_the_app(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit, match="EXAMPLE_MFA"):
        start(monkeypatch, EXAMPLE_MFA="SOMETIMES")


def test_the_greeting_has_the_address_that_the_token_lacks(example: Example) -> None:
    tokens = example.sign_in("analyst", "Local-pool-1!").json()
    assert example.get("/greeting", tokens).json() == {"message": "Hello analyst@example.com"}


def test_an_id_token_is_welcome_where_it_is_asked_for(example: Example) -> None:
    tokens = example.sign_in("analyst", "Local-pool-1!").json()
    for token, status in ((tokens["id_token"], 200), (tokens["access_token"], 401)):
        answer = example.http.post("/welcome", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == status


def test_the_app_is_ready_once_it_knows_the_keys(example: Example) -> None:
    assert example.get("/ready").status_code == 503
    example.sign_in("analyst", "Local-pool-1!")
    with example.http:
        assert example.get("/ready").json() == {"keys": 2}


def test_the_api_describes_itself_if_it_has_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    example = Example(start(monkeypatch, COGNITO_RESOURCE="https://api.example.com/"))
    answer = example.get("/.well-known/oauth-protected-resource")
    assert answer.json()["resource"] == "https://api.example.com/"


def test_every_schema_has_a_name_that_a_generated_client_can_use(example: Example) -> None:
    """Two models of one name, or one that is asked for and answered in two forms, have others."""
    names = example.http.get("/openapi.json").json()["components"]["schemas"]
    assert [name for name in names if "__" in name or not name.isidentifier()] == []


def test_ready_pages_sign_in(example: Example) -> None:
    own_page = {"Origin": "http://localhost:8000"}
    page = example.http.get("/pages/sign-in?next=/dashboard")
    assert "<h1>Sign in</h1>" in page.text
    asked = example.http.post("/pages/sign-in", data={"username": "analyst", "next": "/me"}, headers=own_page)
    done = example.http.post(
        asked.url.path,
        data={"answer": "PASSWORD_SRP", "password": "Local-pool-1!"},
        headers=own_page,
    )
    assert done.json()["username"] == "analyst"
