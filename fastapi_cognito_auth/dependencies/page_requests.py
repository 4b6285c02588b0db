"""Is a person waiting for a page? Their browser can be sent on, where a program is told what is wrong."""

import re
from collections.abc import Sequence
from typing import Final

from starlette.requests import HTTPConnection

_QUALITY: Final = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?")
"""A weight (RFC 9110 section 12.4.2)."""

_METHODS: Final = frozenset({"GET", "HEAD"})
_JSON: Final = ("application/json", "application/*", "*/*")
"""What takes JSON, the most specific first (RFC 9110 section 12.5.1)."""


def is_page_request(connection: HTTPConnection) -> bool:
    """Tell whether a browser asks for a page to show, as opposed to what a script or a program asks for."""
    scope = connection.scope
    if scope["type"] != "http" or scope["method"] not in _METHODS:
        return False
    # Browsers alone set it, and those that do say more by it than by `Accept`.
    destinations = connection.headers.getlist("sec-fetch-dest")
    if destinations and destinations != ["document"]:
        return False
    return prefers_html(connection.headers.getlist("accept"))


def prefers_html(accept: Sequence[str]) -> bool:
    """Tell whether HTML is preferred to JSON, by the values of `Accept`; who takes both alike does not."""
    qualities: dict[str, float] = {}
    for item in ",".join(accept).split(","):
        name, *parameters = item.split(";")
        qualities[name.strip().lower()] = _quality(parameters)
    json = next((qualities[name] for name in _JSON if name in qualities), 0.0)
    return qualities.get("text/html", 0.0) > json


def _quality(parameters: Sequence[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            return float(value) if _QUALITY.fullmatch(value := value.strip()) else 0.0
    return 1.0
