"""Pages as HTML: templates, words, and the headers without which none goes out."""

import hashlib
import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from babel.numbers import format_decimal
from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    Template,
    select_autoescape,
)
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from fastapi_cognito_auth.dependencies.request_cookies import is_secure, request_cookies
from fastapi_cognito_auth.pages.languages import Language, Languages
from fastapi_cognito_auth.pages.look import Look
from fastapi_cognito_auth.pages.messages import Form
from fastapi_cognito_auth.pages.sources import policy, read_sources
from fastapi_cognito_auth.pages.speech import calendar, called, plain, speaker

logger: logging.Logger = logging.getLogger("fastapi_cognito_auth")

_HERE: Final = Path(__file__).parent
_TYPES: Final[Mapping[str, str]] = {".css": "text/css", ".js": "text/javascript"}
_YEAR: Final = 365 * 86_400  # seconds
_ASKED: Final = "ui_locales"
"""What asks for a language in an address (OpenID Connect Core section 3.1.2.1)."""


class Rendering:
    """Makes pages.

    Args:
        look: of the team.
        cookie: what the cookie of the language is called.
    """

    def __init__(self, look: Look, *, cookie: str) -> None:
        self.look: Look = look
        for fault in look.hard_to_read():
            logger.warning("%s", fault)
        self.languages: Languages = Languages(look.languages, look.catalogues)
        self._cookie = f"{cookie}-language"
        folders = [*([] if look.templates is None else [look.templates]), _HERE / "templates"]
        self._environment = _environment(tuple(map(str, folders)))
        self.without_effect: Sequence[str] = self._try_templates()
        """What a team has written and nothing shows, in words for the team."""

        for fault in self.without_effect:
            logger.warning("%s", fault)
        self.assets: Mapping[str, bytes] = {
            path.name: path.read_bytes() for path in sorted((_HERE / "assets").iterdir())
        }
        # One style sheet, so that a page needs no style of its own.
        self.assets = {**self.assets, "pages.css": look.style().encode() + self.assets["pages.css"]}
        self._versions = {
            name: hashlib.sha256(content).hexdigest()[:12] for name, content in self.assets.items()
        }
        # Read once more, since a list can have been changed after the look was made.
        self._sources = read_sources(look.sources)
        logo = urlsplit(look.logo or "")
        self._logo = f"{logo.scheme}://{logo.netloc}" if logo.netloc else None

    def _try_templates(self) -> Sequence[str]:
        """Find mistakes in templates of the team before anybody sees them."""
        if self.look.templates is None:
            return ()
        from fastapi_cognito_auth.pages.template_checks import try_templates  # noqa: PLC0415 - few have any

        return try_templates(self._environment, Path(self.look.templates), _HERE / "templates")

    def page(
        self,
        request: Request,
        template: str,
        *,
        address: Callable[..., str],
        status: int = 200,
        here: str | None = None,
        headers: Mapping[str, str] | None = None,
        form: Form | None = None,
        **context: Any,
    ) -> Response:
        """Return a page.

        Args:
            request: whose browser sees it.
            template: its name.
            address: the address of a page, by its name.
            status: of the answer.
            here: the address at which the page can be asked for in another language; its own unless given.
            headers: further ones.
            form: what was typed, and what is wrong with it.
            context: what else the template names.
        """
        nonce = secrets.token_urlsafe(16)
        language, chosen = self.language(request)
        given = {
            "look": self.look,
            "form": form or Form(),
            "nonce": nonce,
            "language": language,
            "languages": self.languages.all.values(),
            "service": look_name(self.look, request),
            "address": address,
            "asset": lambda name: f"{address('asset', name=name)}?v={self._versions[name]}",
            "here": _address(here or _own_address(request)),
            "say": speaker(language),
            "plain": plain,
            "attribute_name": partial(called, language),
            "when": calendar(language),
            "number": lambda value: format_decimal(value, locale=language.locale),
            **context,
        }
        made_of = self._environment.get_template(template)
        response = _Page(made_of, given, status, {**self._headers(nonce), **(headers or {})})
        response.headers["Content-Language"] = language.tag
        response.headers["Vary"] = "Accept-Language"
        if chosen:
            response.headers.append("set-cookie", self._remembered(request, language))
        return response

    def asset(self, request: Request, name: str) -> Response:
        """Return a style sheet or a script.

        Under the address that pages name it by it is kept for a year: that changes when it does. Without
        its version, which is how apps import the client, it is asked for each time whether it has changed.
        """
        content = self.assets.get(name)
        if content is None:
            return Response(status_code=404)
        version = self._versions[name]
        kept = request.query_params.get("v") == version
        headers = {
            "Cache-Control": f"public, max-age={_YEAR}, immutable" if kept else "no-cache",
            "ETag": f'"{version}"',
            "X-Content-Type-Options": "nosniff",
        }
        if headers["ETag"] in request.headers.get("if-none-match", ""):
            return Response(None, 304, headers)
        return Response(content, 200, headers, _TYPES[Path(name).suffix])

    def language(self, request: Request) -> tuple[Language, bool]:
        """Return the language of a request, and whether its address chose it."""
        asked = request.query_params.get(_ASKED)
        kept = [value for name, value in request_cookies(request) if name == self._cookie]
        found = self.languages.find([asked, *kept[:1], request.headers.get("accept-language")])
        return found, asked is not None

    def _remembered(self, request: Request, language: Language) -> str:
        secure = "Secure; " if is_secure(request) else ""
        return f"{self._cookie}={language.tag}; Max-Age={_YEAR}; Path=/; {secure}HttpOnly; SameSite=Lax"

    def _headers(self, nonce: str) -> dict[str, str]:
        return {
            "Content-Security-Policy": policy(self._sources, nonce=nonce, logo=self._logo),
            "Cache-Control": "no-store",
            "Referrer-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Cross-Origin-Opener-Policy": "same-origin",
        }


@lru_cache(maxsize=8)
def _environment(folders: tuple[str, ...]) -> Environment:
    """Return what compiles templates, which takes longer than all the rest of a page, and keeps them."""
    # A template that stands in the place of one of ours can still be made of it, by its name in full.
    ours = PrefixLoader({"ours": FileSystemLoader(folders[-1])})
    return Environment(
        loader=ChoiceLoader([ours, FileSystemLoader(folders)]),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


class _Page(HTMLResponse):
    """A page; test clients are told what it is made of, as Starlette's own templates tell them.

    Args:
        template: what it is made of.
        context: what the template is given.
        status: of the answer.
        headers: of the answer.
    """

    def __init__(
        self, template: Template, context: dict[str, Any], status: int, headers: Mapping[str, str]
    ) -> None:
        self._made_of = {"template": template, "context": context}
        super().__init__(template.render(context), status, headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if "http.response.debug" in scope.get("extensions", {}):
            await send({"type": "http.response.debug", "info": self._made_of})
        await super().__call__(scope, receive, send)


class _Address(NamedTuple):
    """An address, as a form that is sent by GET needs it."""

    path: str
    query: list[tuple[str, str]]


def _own_address(request: Request) -> str:
    return f"{request.url.path}?{request.url.query}"


def _address(text: str) -> _Address:
    path, _, query = text.partition("?")
    asked = parse_qsl(query, keep_blank_values=True)
    return _Address(path, [pair for pair in asked if pair[0] != _ASKED])


def look_name(look: Look, request: Request) -> str:
    """Return what the service is called."""
    return look.name or str(getattr(request.scope.get("app"), "title", ""))
