"""Pages of other sites in an administrator's browser, which sends the cookie session along."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from fastapi_cognito_auth.local import LocalUser
from fastapi_cognito_auth.routers.pool_routes import PoolRoute
from tests.routers.admin_kit import CHANGING, name_of
from tests.routers.kit import PASSWORD, code_of
from tests.routers.pool_kit import ROUTES, PoolApp
from tests.routers.pool_kit import name_of as name_of_route

HOME = "https://app.example"
ELSEWHERE = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": f"{HOME}.evil.example"},
    {"Origin": "http://app.example"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {},
]
CHIEF = LocalUser("chief", password=PASSWORD, groups=("admins", "owners"))


class Browser(PoolApp):
    """The routers of administrators, and a browser that is signed in by a cookie."""

    def __init__(self) -> None:
        super().__init__()
        self.pool.create_user(CHIEF)
        self.app.include_router(self.auth.session_router, prefix="/session")
        self.app.add_middleware(self.auth.session_middleware)
        self.browser = TestClient(self.app, base_url=HOME)
        body = {"username": "chief", "password": PASSWORD}
        answer = self.browser.post("/session/sign-in", json=body, headers={"Origin": HOME})
        assert answer.status_code == 200, answer.text

    def everywhere(self, method: str, path: str, body: Any) -> set[tuple[int, str]]:
        """Return what pages of other sites are answered."""
        return {
            code_of(self.browser.request(method, path, json=body, headers=headers)) for headers in ELSEWHERE
        }


@pytest.fixture(scope="module")
def app() -> Browser:
    return Browser()


def test_a_page_of_the_app_may(app: Browser) -> None:
    """So what is refused below is refused for where it comes from."""
    for path, body in (
        ("/admin/groups", {"name": "first"}),
        ("/configuration/clients", {"client_name": "x"}),
    ):
        assert app.browser.post(path, json=body, headers={"Origin": HOME}).status_code == 201


@pytest.mark.parametrize("endpoint", [each for each in CHANGING if each[0] != "GET"], ids=name_of)
def test_a_page_of_another_site_administers_nothing(app: Browser, endpoint: Any) -> None:
    method, path, body = endpoint
    with app.calls() as calls:
        assert app.everywhere(method, f"/admin{path}", body) == {(403, "cross_site_request")}
    assert calls == []


@pytest.mark.parametrize("route", [each for each in ROUTES if each.method != "GET"], ids=name_of_route)
def test_a_page_of_another_site_configures_nothing(app: Browser, route: PoolRoute) -> None:
    path, body = app.request(route)
    with app.calls() as calls:
        assert app.everywhere(route.method, f"/configuration{path}", body) == {(403, "cross_site_request")}
    assert calls == []
