"""A person in a browser without scripts, and an app whose pages they go through."""

from collections.abc import Iterable, Mapping
from html.parser import HTMLParser
from typing import Annotated, Any

from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from fastapi_cognito_auth import CognitoAuth, User
from fastapi_cognito_auth.local import LocalUser, LocalUserPool
from fastapi_cognito_auth.pages import Look
from fastapi_cognito_auth.settings.keywords import LocalSettings
from tests.local.kit import signing_keys
from tests.routers.kit import ADA, NEWCOMER, totp
from tests.support import Clock

HOME = "https://app.example"

_INLINE = {"a", "bdi", "code", "span"}
_VOID = {"meta", "link", "input", "img", "br", "hr"}


class Form:
    """A form of a page."""

    def __init__(self, attributes: dict[str, str]) -> None:
        self.attributes = attributes
        self.fields: dict[str, dict[str, str]] = {}
        self.buttons: list[dict[str, str]] = []
        self.choices: dict[str, list[str]] = {}

    def filled_in(self) -> dict[str, str]:
        """Return what a browser sends of it untouched."""
        return {name: field.get("value", "") for name, field in self.fields.items()}


class Page(HTMLParser):
    """What a person sees of a page; every element has to be closed where it should be."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response
        self.status = response.status_code
        self.path = response.url.raw_path.decode()
        self.forms: list[Form] = []
        self.links: dict[str, str] = {}
        self.texts: dict[str, list[str]] = {}
        self.ids: list[str] = []
        self.html: dict[str, str] = {}
        self._open: list[tuple[str, dict[str, str], list[str]]] = []
        self.feed(response.text)
        assert not self._open, f"not closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "html":
            self.html = given
        if tag == "form":
            self.forms.append(Form(given))
        if tag in {"input", "select"} and "name" in given and self.forms:
            form = self.forms[-1]
            if given.get("type") in {"radio", "checkbox"}:
                form.choices.setdefault(given["name"], []).append(given["value"])
                if "checked" not in given:
                    return
            form.fields[given["name"]] = given
        if tag == "button" and self.forms:
            self.forms[-1].buttons.append(given)
        if tag not in _INLINE:
            for _, _, texts in self._open:
                texts.append(" ")
        if tag not in _VOID:
            self._open.append((tag, given, []))

    def handle_endtag(self, tag: str) -> None:
        opened, given, texts = self._open.pop()
        assert opened == tag, f"{opened} is closed as {tag}"
        if not texts:
            return
        text = " ".join("".join(texts).split())
        for name in (tag, *(f".{name}" for name in given.get("class", "").split())):
            self.texts.setdefault(name, []).append(text)
        if tag == "a":
            self.links[text] = given.get("href", "")
        if tag == "button":
            given["text"] = text

    def handle_data(self, data: str) -> None:
        for _, _, texts in self._open:
            texts.append(data)

    @property
    def title(self) -> str:
        return " ".join(self.texts.get("title", []))

    @property
    def heading(self) -> str:
        return " ".join(self.texts.get("h1", []))

    @property
    def problem(self) -> str:
        """What is said at the top to be wrong."""
        return " ".join(self.texts.get(".summary", [])).removeprefix("There is a problem ")

    @property
    def text(self) -> str:
        return " ".join(self.texts["html"])


class App:
    """An app with the pages of a local pool, and one person in front of it."""

    def __init__(
        self,
        users: Iterable[LocalUser] = (ADA, NEWCOMER),
        *,
        look: Look | None = None,
        beside: "App | None" = None,
        managed_login: bool = False,
        remember_names: bool = True,
        settings: LocalSettings | None = None,
        **pool: Any,
    ) -> None:
        self.clock: Clock = beside.clock if beside else Clock()
        self.pool: LocalUserPool = (
            beside.pool if beside else LocalUserPool(users=users, clock=self.clock, **pool)
        )
        self.pool._plane.tokens.keys = signing_keys()
        self.auth = CognitoAuth.local(
            self.pool, clock=self.clock, secret_key="s" * 40, settings=settings or {}
        )
        self.app = FastAPI(title="The shop")
        self.app.add_middleware(self.auth.session_middleware)
        self.app.include_router(self.auth.pages(look, remember_names=remember_names), prefix="/account")
        if managed_login:
            self.app.include_router(self.auth.managed_login_router, prefix="/login")

        @self.app.get("/me")
        async def me(user: Annotated[User, Depends(self.auth.current_user)]) -> str:
            return user.username

        @self.app.get("/me/since")
        async def since(user: Annotated[User, Depends(self.auth.current_user)]) -> float:
            assert user.auth_time is not None
            return user.auth_time.timestamp()

        @self.app.get("/")
        async def home() -> str:
            return "home"

        self.http = TestClient(self.app, base_url=HOME)
        self.page: Page

    def open(self, path: str, **headers: str) -> Page:
        """Go to an address, and follow where it leads."""
        self._at(self.http.get(path, headers={"accept": "text/html", **headers}, follow_redirects=True))
        return self.page

    def send(self, more: Mapping[str, str] | None = None, /, *, form: int = 0, **fields: str) -> Page:
        """Fill in a form of the page, and press its first button.

        Args:
            more: fields whose names are none of Python's.
            form: which one of the page.
            fields: what is written into it.
        """
        chosen = self.page.forms[form]
        return self._send(chosen, chosen.buttons[0], {**(more or {}), **fields})

    def _send(self, chosen: Form, pressed: dict[str, str], fields: dict[str, str]) -> Page:
        body = chosen.filled_in()
        unknown = fields.keys() - body.keys() - chosen.choices.keys()
        assert not unknown, f"{self.page.heading} has no {unknown}"
        body |= fields
        if "name" in pressed:
            body[pressed["name"]] = pressed["value"]
        action = chosen.attributes.get("action") or self.page.path
        response = self.http.post(action, data=body, headers={"Origin": HOME}, follow_redirects=True)
        self._at(response)
        return self.page

    def click(self, text: str, **fields: str) -> Page:
        """Fill in the form that has a button, and press that.

        Args:
            text: of the button.
            fields: what is written into the form.
        """
        form, button = next(
            (form, button) for form in self.page.forms for button in form.buttons if button["text"] == text
        )
        return self._send(form, button, fields)

    def _at(self, response: Response) -> None:
        self.answer = response
        if response.headers.get("content-type", "").startswith("text/html"):
            self.page = Page(response)

    def who(self) -> str | None:
        """Return who is signed in."""
        answer = self.http.get("/me")
        return answer.json() if answer.status_code == 200 else None

    def code(self, username: str = "ada") -> str:
        return self.pool.outbox.latest(username).code

    def totp(self, secret: str) -> str:
        return totp(secret, self.clock.now)
