"""From where browsers may load what pages name (Content-Security-Policy), beyond what ours need."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from fastapi_cognito_auth.exceptions import ConfigurationError

DIRECTIVES: Final = (
    "script-src",
    "style-src",
    "img-src",
    "connect-src",
    "font-src",
    "media-src",
    "frame-src",
)
"""Those that a team may give more sources, as a policy has them."""

_WITH_DATA: Final = frozenset({"img-src", "font-src"})
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ORIGIN: Final = re.compile(
    rf"(?:https://(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*|http://(?:localhost|127\.0\.0\.1))(?::([0-9]{{1,5}}))?"
)
_LONGEST: Final = 100
"""Characters of a value that are told."""


def told(value: object) -> str:
    """Return a value of a team as errors name it."""
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def is_origin(text: str) -> bool:
    """Return whether a text is an origin that pages may load from: of HTTPS, or of this machine."""
    found = _ORIGIN.fullmatch(text)
    return found is not None and int(found[1] or 0) < 65_536


def read_sources(given: Any) -> Mapping[str, Sequence[str]]:
    """Return further sources by their directives.

    Raises:
        ConfigurationError: a directive is none that may have more, or a source is none that it may have.
    """
    if not isinstance(given, Mapping):
        msg = f"""sources of the pages is a dict such as {{"font-src": ["'self'"]}}, and no {told(given)}"""
        raise ConfigurationError(msg)
    found: dict[str, Sequence[str]] = {}
    for directive, sources in given.items():
        if directive not in DIRECTIVES:
            msg = f"sources of the pages has {told(directive)}, which is none of {', '.join(DIRECTIVES)}"
            raise ConfigurationError(msg)
        if not isinstance(sources, list | tuple):
            msg = f"sources of the pages has {told(sources)} for {directive}, which is no list of sources"
            raise ConfigurationError(msg)
        for source in sources:
            _try_source(directive, source)
        found[directive] = tuple(dict.fromkeys(sources))
    return found


def _try_source(directive: str, source: object) -> None:
    with_data = directive in _WITH_DATA
    if source == "'self'" or (with_data and source == "data:"):
        return
    if not isinstance(source, str) or not is_origin(source):
        more = ", data:" if with_data else ""
        msg = (
            f"sources of the pages has {told(source)} for {directive}, and may have 'self'{more} and origins"
            " such as https://cdn.example"
        )
        raise ConfigurationError(msg)


def policy(more: Mapping[str, Sequence[str]], *, nonce: str, logo: str | None) -> str:
    """Return the policy of a page: no script and no style but ours, no frame, and nothing is sent elsewhere.

    Args:
        more: further sources, by their directives.
        nonce: of the scripts of the page.
        logo: the origin of a picture, if there is one elsewhere.
    """
    ours = {
        "script-src": [f"'nonce-{nonce}'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", *([] if logo is None else [logo])],
        "connect-src": ["'self'"],
    }
    sources = {name: dict.fromkeys([*ours.get(name, ()), *more.get(name, ())]) for name in DIRECTIVES}
    return "; ".join(
        [
            "default-src 'none'",
            *(f"{name} {' '.join(allowed)}" for name, allowed in sources.items() if allowed),
            "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
            "require-trusted-types-for 'script'; trusted-types pages",
        ]
    )
