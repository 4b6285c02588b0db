"""A browser and an app for the domain of a local pool: forms are parsed from the pages."""

import base64
import hashlib
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import httpx2
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.applications import Starlette
from starlette.routing import Mount

from fastapi_cognito_auth import CognitoAuth
from tests.local.kit import PASSWORD, Kit

HOST = "https://domain.example"
CALLBACK = "https://app.example/callback"
OTHER_CALLBACK = "https://app.example/other?tenant=1"
LOGOUT = "https://app.example/bye"
# RFC 7636, appendix B.
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@dataclass
class Form:
    """A form of a page."""

    action: str
    method: str
    data: dict[str, str] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class Page(HTMLParser):
    """What a person sees, and can send."""

    def __init__(self, response: Any) -> None:
        super().__init__()
        self.response = response
        self.status = response.status_code
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.labels: set[str] = set()
        self.tags: set[str] = set()
        self.text = ""
        self.keys: list[str] = []
        self.scripts: list[dict[str, str]] = []
        self._inside = ""
        self.feed(response.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        self._inside = tag
        if tag == "form":
            data = {name: value for name, value in given.items() if name.startswith("data-")}
            self.forms.append(Form(given["action"], given["method"], data))
        elif tag == "input" and given.get("type") == "checkbox":
            pass
        elif tag == "input":
            self.forms[-1].fields[given["name"]] = given["value"]
        elif tag == "button" and "name" in given:
            self.forms[-1].buttons.append((given["name"], given["value"]))
        elif tag == "script":
            self.scripts.append(given)
        elif tag == "a":
            self.links.append(given["href"])
        elif tag == "label":
            self.labels.add(given["for"])

    def handle_data(self, data: str) -> None:
        if self._inside == "code":
            self.keys.append(data)
        if self._inside != "style":
            self.text += data

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""


class Browser:
    """A browser that goes through the pages, and stops where the app begins."""

    def __init__(self, domain: "DomainKit") -> None:
        self.http = TestClient(domain.app, base_url=HOST, follow_redirects=False)
        self.base = domain.base

    def get(self, address: str) -> Any:
        return self._follow(self.http.get(urljoin(f"{HOST}{self.base}/", address)))

    def authorize(self, **parameters: Any) -> Any:
        return self.get("oauth2/authorize?" + urlencode(parameters))

    def send(
        self,
        page: Page,
        values: dict[str, str] | None = None,
        *,
        form: int = 0,
        without: str = "",
        **more: str,
    ) -> Any:
        """Fill in a form of a page and send it."""
        chosen = page.forms[form]
        data = chosen.fields | (values or {}) | more
        data.pop(without, None)
        address = urljoin(str(page.response.url), chosen.action)
        return self._follow(self.http.request(chosen.method, address, data=data))

    def follow(self, page: Page, index: int) -> Any:
        """Follow a link of a page."""
        return self._follow(self.http.get(urljoin(str(page.response.url), page.links[index])))

    def _follow(self, response: Any) -> Any:
        while response.is_redirect:
            location = urljoin(str(response.url), response.headers["location"])
            if not location.startswith(f"{HOST}/"):
                return Callback(location)
            response = self.http.get(location)
        return Page(response)


class Callback:
    """Where the browser left the domain for the app."""

    def __init__(self, location: str) -> None:
        self.location = location
        self.address = location.partition("#")[0].partition("?")[0]
        parts = urlsplit(location)
        self.query = dict(parse_qsl(parts.query))
        self.fragment = dict(parse_qsl(parts.fragment))

    @property
    def code(self) -> str:
        return self.query["code"]


class DomainKit(Kit):
    """A pool with an app client of the code grant, and its domain."""

    def __init__(self, *, base: str = "", mounted_by: str = "app", **options: Any) -> None:
        given = {"callback_urls": [CALLBACK, OTHER_CALLBACK], "logout_urls": [LOGOUT]} | options
        super().__init__(**given)
        self.base = base
        self.app: Any = self.pool.domain_app
        if mounted_by == "app" and base:
            self.app = Starlette(routes=[Mount(base, self.app)])
        elif mounted_by == "router":
            self.app = FastAPI()
            self.app.include_router(CognitoAuth.local(self.pool).local_router, prefix=base)
        self.http = TestClient(self.app, base_url=f"{HOST}{base}", follow_redirects=False)

    def browser(self) -> Browser:
        return Browser(self)

    def asks(self, **more: Any) -> dict[str, Any]:
        """Return the parameters of an authorization request; None leaves one out."""
        parameters = {
            "response_type": "code",
            "client_id": self.id,
            "redirect_uri": CALLBACK,
            "state": "s t&ä",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            "nonce": "n-0S6_WzA2Mj",
        }
        return {name: value for name, value in (parameters | more).items() if value is not None}

    def sign_in(
        self, browser: Browser | None = None, username: str = "alice", password: str = PASSWORD, **more: Any
    ) -> Any:
        """Sign in by password, and return where that led."""
        browser = browser or self.browser()
        page = browser.authorize(**self.asks(**more))
        return browser.send(page, username=username, password=password)

    def redeem(self, code: str, /, *, auth: Any = None, **more: str | None) -> Any:
        """Ask the token endpoint for the tokens of a code."""
        values = {
            "grant_type": "authorization_code",
            "client_id": self.id,
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": VERIFIER,
        }
        data = {name: value for name, value in (values | more).items() if value is not None}
        return self.http.post("/oauth2/token", data=data, headers=basic(*auth) if auth else None)

    def domain_tokens(self, **more: Any) -> Any:
        answer = self.redeem(self.sign_in(**more).code)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refresh(self, token: str, **more: str) -> Any:
        data = {"grant_type": "refresh_token", "client_id": self.id, "refresh_token": token} | more
        return self.http.post("/oauth2/token", data=data)

    def user_info(self, token: str) -> httpx2.Response:
        return self.http.get("/oauth2/userInfo", headers={"Authorization": f"Bearer {token}"})


def basic(client_id: str, secret: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()}


def at_hash(token: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()[:16]).decode().rstrip("=")
