"""Where a browser may be sent on to: to paths of this app, and nowhere else."""

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

_LONGEST: Final = 2000  # characters

OF_A_PATH: Final = "-._~!$&'()*+,;=:@/?[]"
"""What a path and its query hold beside letters, digits and escapes (RFC 3986 sections 3.3 and 3.4)."""

# Browsers drop tabs and line ends, and take a backslash for a slash (WHATWG URL section 4.4); two
# slashes begin a host.
_PATH: Final = re.compile(rf"/(?!/)[A-Za-z0-9%{re.escape(OF_A_PATH)}]*")


def own_path(text: str | None, otherwise: str) -> str:
    """Return a path of this app, with its query, or the other one if it is anything else."""
    if text is None or len(text) > _LONGEST or _PATH.fullmatch(text) is None:
        return otherwise
    return text


def path_to_come_back_to(scope: Mapping[str, Any]) -> str:
    """Return where a browser that is sent away comes back to, or nothing if that would lead elsewhere."""
    # Without the host, about which a request may lie.
    return own_path(_address_of(scope), "")


def _address_of(scope: Mapping[str, Any]) -> str:
    """Return the path and the query of a request as its browser wrote them."""
    raw: bytes | None = scope.get("raw_path")
    path = quote(scope["path"]) if raw is None else _quoted(raw.partition(b"?")[0])
    query = _quoted(scope["query_string"])
    return below(root_of(scope), path) + (f"?{query}" if query else "")


def _quoted(written: bytes) -> str:
    """Escape what browsers leave as it is, such as braces, and no address needs as it is."""
    return quote(written, safe=f"%{OF_A_PATH}")


def root_of(scope: Mapping[str, Any]) -> str:
    """Return where the app is to browsers; of an app that is mounted in another, where that one is."""
    root: str = scope.get("app_root_path", scope.get("root_path", ""))
    return root.removesuffix("/")


def below(root: str, path: str) -> str:
    """Return a path with the root before it, which servers put there themselves, or do not."""
    return path if path == root or path.startswith(f"{root}/") else root + path
