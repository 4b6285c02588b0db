"""Pages as HTML: templates, words, and the headers without which none goes out."""

import hashlib
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from babel.dates import format_datetime
from babel.numbers import format_decimal
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from fastapi_cognito_auth.dependencies.request_cookies import is_secure, request_cookies
from fastapi_cognito_auth.pages.languages import Language, Languages
from fastapi_cognito_auth.pages.look import Look
from fastapi_cognito_auth.pages.messages import Form, Message

_HERE: Final = Path(__file__).parent
_TYPES: Final[Mapping[str, str]] = {".css": "text/css", ".js": "text/javascript"}
_YEAR: Final = 365 * 86_400  # seconds
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
        self.languages: Languages = Languages(look.languages, look.catalogues)
        self._cookie = f"{cookie}-language"
        folders = [*([] if look.templates is None else [look.templates]), _HERE / "templates"]
        self._environment = Environment(
            loader=FileSystemLoader([str(folder) for folder in folders]),
            autoescape=select_autoescape(default=True, default_for_string=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(look=look)
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

    def page(
        self,
        request: Request,
        template: str,
        *,
        address: Callable[..., str],
        status: int = 200,
        cookies: Iterable[str] = (),
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
            cookies: `Set-Cookie` headers.
            headers: further ones.
            form: what was typed, and what is wrong with it.
            context: what else the template names.
        """
        nonce = secrets.token_urlsafe(16)
        language, chosen = self.language(request)
        html = self._environment.get_template(template).render(
            form=form or Form(),
            nonce=nonce,
            language=language,
            languages=self.languages.all.values(),
            service=look_name(self.look, request),
            address=address,
            asset=lambda name: f"{address('asset', name=name)}?v={self._versions[name]}",
            here=request.url.path,
            say=_speaker(language),
            when=lambda moment: format_datetime(moment, "medium", locale=language.locale),
            plain=plain,
            attribute_name=_namer(language),
            **context,
        )
        response = HTMLResponse(html, status, {**self._headers(nonce), **(headers or {})})
        response.headers["Content-Language"] = language.tag
        for cookie in [*cookies, *([self._remembered(request, language)] if chosen else [])]:
            response.headers.append("set-cookie", cookie)
        return response

    def asset(self, name: str) -> Response:
        """Return a style sheet or a script, to be kept for a year: its address changes when it does."""
        content = self.assets.get(name)
        if content is None:
            return Response(status_code=404)
        headers = {
            "Cache-Control": f"public, max-age={_YEAR}, immutable",
            "X-Content-Type-Options": "nosniff",
        }
        return Response(content, 200, headers, _TYPES[Path(name).suffix])

    def language(self, request: Request) -> tuple[Language, bool]:
        """Return the language of a request, and whether its address chose it."""
        asked = request.query_params.get("ui_locales")
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


def look_name(look: Look, request: Request) -> str:
    """Return what the service is called."""
    return look.name or str(getattr(request.scope.get("app"), "title", ""))


def plain(text: Any) -> str:
    """Return what somebody typed, without what would turn the direction of the text around it."""
    return _INVISIBLE.sub("", str(text))


def _speaker(language: Language) -> Callable[..., Markup]:
    words = language.words

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
        kept_apart = {name: Markup("<bdi>{}</bdi>").format(plain(value)) for name, value in given.items()}
        return escape(text).format(**kept_apart) if kept_apart else escape(text)

    return say


def _namer(language: Language) -> Callable[[str], Markup]:
    say, words = _speaker(language), language.words

    def attribute_name(name: str) -> Markup:
        """Return what people call an attribute; one of the pool's own is called as it is named."""
        key = f"attribute.{name}"
        return say(key) if words.gettext(key) != key else escape(plain(_spaced(name)))

    return attribute_name


def _spaced(name: str) -> str:
    bare = name.removeprefix("custom:").replace("_", " ").replace("-", " ")
    return bare[:1].upper() + bare[1:]
