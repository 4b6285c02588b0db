"""Where an API describes itself (RFC 9728 section 3)."""

import re
from typing import Final
from urllib.parse import urlsplit

WELL_KNOWN: Final = "/.well-known/oauth-protected-resource"

_QUOTABLE: Final = re.compile(r"[!#-\[\]-~]+")
"""What may stand between quotes in a header (RFC 9110 section 5.6.4)."""


def resource_metadata_uri(resource: str) -> str | None:
    """Return where the metadata of a resource is (RFC 9728 section 3.1); `None` if nowhere.

    Args:
        resource: the identifier. One that is no web address has no place for metadata.
    """
    if _QUOTABLE.fullmatch(resource) is None:
        return None
    parts = urlsplit(resource)
    if parts.scheme not in {"https", "http"} or not parts.netloc:
        return None
    path = "" if parts.path == "/" else parts.path
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{parts.netloc}{WELL_KNOWN}{path}{query}"
