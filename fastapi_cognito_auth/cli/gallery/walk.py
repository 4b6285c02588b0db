"""A browser without scripts on its way through the pages of an app."""

import base64
from collections.abc import Mapping
from typing import Any, NamedTuple

import httpx2
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fastapi_cognito_auth.cli.gallery.forms import Form, Page
from fastapi_cognito_auth.cli.gallery.place import Place

_MOST_REDIRECTS = 10


class LostError(Exception):
    """A page does not have what a walk needs there."""


class Answer(NamedTuple):
    """What the app answered last."""

    method: str
    path: str
    """With its query."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    template: str
    """The name of the template that it was made of; empty for what is no page."""

    context: Mapping[str, Any]
    """What the template was given."""


class Walk:
    """A browser without scripts on its way through the pages of an app.

    Args:
        place: where it is.
        origin: of the app, as browsers see it.
        root: the path below which the app is.
        headers: of each request.
        cookies: which it has already.
    """

    def __init__(
        self,
        place: Place,
        *,
        origin: str,
        root: str = "",
        headers: Mapping[str, str] | None = None,
        cookies: Mapping[str, str] | None = None,
    ) -> None:
        self.place: Place = place
        self.origin: str = origin
        self.root: str = root
        self._watched = _Watched(place.app)
        self._http = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(self._watched, root_path=root),
            base_url=origin,
            headers={"Origin": origin, "Accept": "text/html", **(headers or {})},
            cookies=dict(cookies or {}),
            follow_redirects=False,
        )
        self.answer: Answer | None = None
        self.page: Page = Page("")
        self.set_cookies: dict[str, str] = {}
        """By their names, the headers that set them."""

    async def open(self, path: str, **query: str) -> None:
        """Open a page, by its path below that of the pages."""
        await self._ask("GET", f"{self.root}/account/{path}", params=query)

    async def follow(self, part: str) -> None:
        """Follow the first link whose address has a part, below the path of the app that may have it, too."""
        for link in self.page.links:
            if part in link.removeprefix(self.root):
                await self._ask("GET", link)
                return
        msg = f"{self.here.path} has no link to {part}: {self.page.links}"
        raise LostError(msg)

    async def send(self, press: str | None = None, /, *, to: str = "", **fields: str) -> None:
        """Fill in the first form that fits, and send it.

        Args:
            press: the value of the button, where there are several.
            to: a part of the address that it is sent to.
            fields: what is written into it.
        """
        form, button = self._form(press, to, fields.keys())
        body = {**form.values, **fields}
        if "name" in button:
            body[button["name"]] = button.get("value", "")
        address = button.get("formaction") or form.action or self.here.path
        if form.method == "get":
            await self._ask("GET", address.partition("?")[0], params=body)
        elif form.encoding == "multipart/form-data":
            await self._ask("POST", address, files={name: (None, value) for name, value in body.items()})
        else:
            await self._ask("POST", address, data=body)

    async def from_elsewhere(self, **fields: str) -> None:
        """Send what the first form of the page would, as a page of another site does."""
        await self._ask("POST", self.here.path, data=fields, headers={"Origin": "https://elsewhere.example"})

    @property
    def here(self) -> Answer:
        """The answer that was given last."""
        if self.answer is None:
            raise LostError("nothing was opened")
        return self.answer

    async def sign_in(self, username: str = "ada", password: str = "") -> None:
        """Sign in by name and password."""
        await self.open("sign-in")
        await self.to_password(username)
        await self.send(password=password or PASSWORD)

    async def to_password(self, username: str = "ada") -> None:
        """Say who it is, where the name comes first."""
        form, _ = self._form(None, "", {"username"})
        if "password" in form.names:
            form.values["username"] = username
        else:
            await self.send(username=username)

    def code(self, username: str = "ada") -> str:
        """Return the code that was sent to somebody last."""
        return self.place.pool.outbox.latest(username).code

    def totp(self, secret: str) -> str:
        """Return what an authenticator app shows."""
        key = base64.b32decode(secret + "=" * (-len(secret) % 8))
        # RFC 6238 fixes HMAC-SHA-1 as what every authenticator app speaks.
        return TOTP(key, 6, SHA1(), 30).generate(int(self.place.clock())).decode()  # noqa: S303

    def forget(self, name: str = "") -> None:
        """Lose all cookies, or those of one name."""
        for cookie in list(self._http.cookies.jar):
            if cookie.name.partition(".")[0] == name or not name:
                self._http.cookies.delete(cookie.name)
                self.set_cookies.pop(cookie.name, None)

    async def close(self) -> None:
        """Let go of what it holds."""
        await self._http.aclose()

    def _form(self, press: str | None, to: str, names: Any) -> tuple[Form, dict[str, str]]:
        for form in self.page.forms:
            button = form.button(press)
            if button is not None and to in (form.action or self.here.path) and names <= form.names:
                return form, button
        told = [(form.action, sorted(form.names), form.buttons) for form in self.page.forms]
        msg = f"{self.here.path} has no form {to} with {sorted(names)} and a button {press}: {told}"
        raise LostError(msg)

    async def _ask(self, method: str, address: str, **more: Any) -> None:
        if more.get("params") == {}:
            del more["params"]
        for _ in range(_MOST_REDIRECTS):
            self._watched.template, self._watched.context = "", {}
            response = await self._http.request(method, address, **more)
            self._keep(response)
            if not response.has_redirect_location:
                break
            method, address, more = "GET", response.headers["location"], {}
        self.answer = Answer(
            method,
            response.url.raw_path.decode(),
            response.status_code,
            dict(response.headers),
            response.content,
            self._watched.template,
            self._watched.context,
        )
        is_html = response.headers.get("content-type", "").startswith("text/html")
        self.page = Page(response.text if is_html else "")

    def _keep(self, response: httpx2.Response) -> None:
        for header in response.headers.get_list("set-cookie"):
            self.set_cookies[header.partition("=")[0]] = header


class _Watched:
    """An app that says which template an answer is made of, as it tells Starlette's test client."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.template = ""
        self.context: Mapping[str, Any] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def note(message: Message) -> None:
            if message["type"] == "http.response.debug":
                self.template = message["info"]["template"].name
                self.context = message["info"]["context"]
            else:
                await send(message)

        await self._app({**scope, "extensions": {"http.response.debug": {}}}, receive, note)


PASSWORD = "Correct-horse-1!"  # noqa: S105 - of users whom a local pool begins with
