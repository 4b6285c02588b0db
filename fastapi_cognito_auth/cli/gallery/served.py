"""The gallery as an app: an index, and each state as the very page, in an app of its own."""

import asyncio
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.datastructures import QueryParams
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from fastapi_cognito_auth.cli.gallery.place import Place
from fastapi_cognito_auth.cli.gallery.state import Group
from fastapi_cognito_auth.cli.gallery.walk import PASSWORD, Answer, Walk
from fastapi_cognito_auth.pages import Look
from fastapi_cognito_auth.pages.rendering import Rendering

_COOKIE: Final = "cognito-session"
_LANGUAGE: Final = f"{_COOKIE}-language"
_SHOWN: Final = "shown"
"""What asks for an answer to a form, which has no address of its own."""

_INSIDE: Final = re.compile(r"/states/([a-z0-9-]+)(?=/)")
_NOT_REPEATED: Final = frozenset({"set-cookie", "content-length"})


class Gallery:
    """The gallery; its state is the apps of the states that were opened.

    Args:
        groups: of all states.
        look: of the pages.
        now: seconds since the epoch.

    Raises:
        ConfigurationError: a template or a catalogue of the look has a mistake.
    """

    def __init__(self, groups: Sequence[Group], look: Look, now: Callable[[], float]) -> None:
        self._groups = groups
        self._states = {state.name: state for group in groups for state in group.states}
        self._look = look
        self._now = now
        rendering = Rendering(look, cookie=_COOKIE)
        self.without_effect: Sequence[str] = rendering.without_effect
        self._style = rendering.assets["pages.css"]
        self._opened: dict[str, _Opened] = {}
        self._one_at_a_time = asyncio.Lock()
        folder = FileSystemLoader(str(Path(__file__).parent))
        self._templates = Environment(loader=folder, autoescape=True, undefined=StrictUndefined)

        routes = [
            Route("/", self._index),
            Route("/gallery.css", self._css),
            Route("/states/{name}", self._open),
            Route("/outbox/{name}", self._outbox),
        ]
        self._own = Starlette(routes=routes)

    def app(self) -> ASGIApp:
        """Build the app: it answers under the names of this machine alone."""
        return TrustedHostMiddleware(self._answer, allowed_hosts=["localhost", "127.0.0.1"])

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._own(scope, receive, send)
            return
        # Not as apps that are mounted in this one: each is to itself as if it were alone behind a proxy.
        inside = _INSIDE.match(scope["path"])
        if inside is None:
            await self._own(scope, receive, send)
        else:
            await self._in_state(inside[1], {**scope, "root_path": inside[0]}, receive, send)

    async def _index(self, _request: Request) -> Response:
        return self._own_page("index.html", groups=self._groups, password=PASSWORD)

    async def _outbox(self, request: Request) -> Response:
        """Show what the pool of a state would have sent."""
        name = request.path_params["name"]
        state, opened = self._states.get(name), self._opened.get(name)
        if state is None:
            return RedirectResponse("/", 303)
        messages = () if opened is None else tuple(opened.place.pool.outbox)
        return self._own_page("outbox.html", state=state, messages=messages)

    def _own_page(self, template: str, **context: Any) -> Response:
        html = self._templates.get_template(template).render(service=self._look.name, **context)
        policy = "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'"
        return HTMLResponse(html, headers={"Content-Security-Policy": policy, "Cache-Control": "no-store"})

    async def _css(self, _request: Request) -> Response:
        own = (Path(__file__).parent / "gallery.css").read_bytes()
        return Response(self._style + own, media_type="text/css")

    async def _open(self, request: Request) -> Response:
        """Walk to a state, and send the browser there with what it would have got on the way."""
        state = self._states.get(request.path_params["name"])
        if state is None:
            return RedirectResponse("/", 303)
        language = request.cookies.get(_LANGUAGE)
        async with self._one_at_a_time:
            walk = await state.reach(
                self._look,
                self._now,
                origin=f"{request.url.scheme}://{request.url.netloc}",
                root=f"/states/{state.name}",
                headers={"Accept-Language": request.headers.get("accept-language", "en")},
                cookies={} if language is None else {_LANGUAGE: language},
            )
        opened = _Opened(walk)
        self._opened[state.name] = opened
        response = RedirectResponse(opened.address, 303, {"Cache-Control": "no-store"})
        # What other states left in the browser has nothing to do with this one.
        for name in request.cookies.keys() - walk.set_cookies.keys() - {_LANGUAGE}:
            response.delete_cookie(name)
        for header in walk.set_cookies.values():
            response.headers.append("set-cookie", header)
        return response

    async def _in_state(self, name: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the app of a state."""
        opened = self._opened.get(name)
        if opened is None:
            # The gallery was started anew, and the page was open before.
            await RedirectResponse(f"/states/{name}", 303)(scope, receive, send)
            return
        shown = QueryParams(scope["query_string"]).get(_SHOWN)
        if scope["method"] == "GET" and shown == opened.mark:
            await opened.repeated()(scope, receive, send)
        else:
            await opened.place.app(scope, receive, send)


class _Opened:
    """A state that was opened.

    Args:
        walk: ended there.
    """

    def __init__(self, walk: Walk) -> None:
        self.place: Place = walk.place
        self._answer: Answer = walk.here
        self.mark: str = secrets.token_hex(8)

    @property
    def address(self) -> str:
        """Where a browser finds the page: an answer to a form has to be asked for by its mark."""
        if self._answer.method == "GET":
            return self._answer.path
        divider = "&" if "?" in self._answer.path else "?"
        return f"{self._answer.path}{divider}{_SHOWN}={self.mark}"

    def repeated(self) -> Response:
        """Return the answer once more, without its cookies."""
        headers: Mapping[str, Any] = {
            name: value for name, value in self._answer.headers.items() if name not in _NOT_REPEATED
        }
        return Response(self._answer.body, self._answer.status, headers)
