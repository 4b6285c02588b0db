"""Pages as HTML: templates, words, and the headers without which none goes out."""

import hashlib
import logging
import re
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from babel.dates import format_date, format_time, get_datetime_format
from babel.numbers import format_decimal
from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    Template,
    TemplateError,
    select_autoescape,
)
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from fastapi_cognito_auth.dependencies.request_cookies import is_secure, request_cookies
from fastapi_cognito_auth.exceptions import ConfigurationError
from fastapi_cognito_auth.pages.languages import Language, Languages
from fastapi_cognito_auth.pages.look import Look
from fastapi_cognito_auth.pages.messages import AttributeName, Form, Message

logger: logging.Logger = logging.getLogger("fastapi_cognito_auth")

_HERE: Final = Path(__file__).parent
_TYPES: Final[Mapping[str, str]] = {".css": "text/css", ".js": "text/javascript"}
_YEAR: Final = 365 * 86_400  # seconds
_ASKED: Final = "ui_locales"
"""What asks for a language in an address (OpenID Connect Core section 3.1.2.1)."""

_INVISIBLE: Final = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Marks that turn the direction of text: what somebody typed may not turn what stands beside it."""


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
        self._try_templates()
        self.assets: Mapping[str, bytes] = {
            path.name: path.read_bytes() for path in sorted((_HERE / "assets").iterdir())
        }
        # One style sheet, so that a page needs no style of its own.
        self.assets = {**self.assets, "pages.css": look.style().encode() + self.assets["pages.css"]}
        self._versions = {
            name: hashlib.sha256(content).hexdigest()[:12] for name, content in self.assets.items()
        }
        logo = urlsplit(look.logo or "")
        self._pictures = f"'self' data: {logo.scheme}://{logo.netloc}" if logo.netloc else "'self' data:"

    def _try_templates(self) -> None:
        """Find mistakes in templates of the team before anybody sees them."""
        if self.look.templates is None:
            return
        for name in FileSystemLoader(str(self.look.templates)).list_templates():
            try:
                self._environment.get_template(name)
            except (TemplateError, UnicodeDecodeError) as exc:
                msg = f"the template {name} of the pages cannot be read: {exc}"
                raise ConfigurationError(msg) from exc

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
            "say": _speaker(language),
            "plain": plain,
            "attribute_name": partial(called, language),
            "when": _calendar(language),
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
            # No script and no style but ours, no frame, and nothing is sent elsewhere.
            "Content-Security-Policy": (
                f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self';"
                f" img-src {self._pictures}; connect-src 'self'; form-action 'self'; base-uri 'none';"
                " frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types pages"
            ),
            "Cache-Control": "no-store",
            "Referrer-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Cross-Origin-Opener-Policy": "same-origin",
        }


@lru_cache(maxsize=8)
def _environment(folders: tuple[str, ...]) -> Environment:
    """Return what compiles templates, which takes longer than all the rest of a page, and keeps them."""
    return Environment(
        loader=FileSystemLoader(folders),
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
    return _Address(path, [pair for pair in parse_qsl(query) if pair[0] != _ASKED])


def look_name(look: Look, request: Request) -> str:
    """Return what the service is called."""
    return look.name or str(getattr(request.scope.get("app"), "title", ""))


def plain(text: Any) -> str:
    """Return what somebody typed, without what would turn the direction of the text around it."""
    return _INVISIBLE.sub("", str(text))


def _speaker(language: Language) -> Callable[..., Markup]:
    words = language.words

    def shown(value: Any) -> Any:
        return called(language, value.name) if isinstance(value, AttributeName) else plain(value)

    def say(message: Message | str, count: int | None = None, **values: Any) -> Markup:
        """Return a message in the language; what is put into it is escaped, and keeps to itself.

        Args:
            message: its key, or what has one.
            count: of things, where the language has a form for each number.
            values: by their names in the message.
        """
        key, given = (message, values) if isinstance(message, str) else (message.key, message.values)
        text = words.gettext(key) if count is None else words.ngettext(key, key, count)
        if count is not None:
            given = {"count": format_decimal(count, locale=language.locale), **given}
        # First strong isolates: a name in another script does not mix with the sentence.
        kept_apart = {name: Markup("<bdi>{}</bdi>").format(shown(value)) for name, value in given.items()}
        return escape(text).format(**kept_apart) if kept_apart else escape(text)

    return say


def called(language: Language, name: str) -> Markup:
    """Return what people call an attribute; one of the pool's own is called as it is named."""
    key = f"attribute.{name}"
    found = language.words.gettext(key)
    return escape(found if found != key else plain(_spaced(name)))


def _calendar(language: Language) -> Callable[..., Markup]:
    def when(moment: datetime, *, day: bool = False) -> Markup:
        """Return a moment as the language writes it, for machines too.

        Args:
            moment: with its time zone; where somebody is, no request tells.
            day: whether the day alone is of interest.
        """
        there = moment.astimezone(UTC)
        date = format_date(there, "medium", locale=language.locale)
        machine = there.isoformat(timespec="seconds")
        if day:
            return Markup('<time datetime="{}">{}</time>').format(machine, date)
        time = format_time(there, "short", tzinfo=UTC, locale=language.locale)
        both = str(get_datetime_format("medium", locale=language.locale))
        text = both.replace("{1}", date).replace("{0}", time)
        # A script writes it in the time of the browser.
        return Markup('<time datetime="{}" data-moment>{} UTC</time>').format(machine, text)

    return when


def _spaced(name: str) -> str:
    bare = name.removeprefix("custom:").replace("_", " ").replace("-", " ")
    return bare[:1].upper() + bare[1:]
