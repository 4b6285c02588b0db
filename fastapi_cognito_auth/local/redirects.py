"""Where the domain may send browsers: which addresses CallbackURLs and LogoutURLs can have.

https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-app-idp-settings.html
"""

from typing import Final
from urllib.parse import urlsplit

_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_OF_BROWSERS: Final = frozenset({"", "about", "blob", "data", "file", "javascript", "vbscript"})
"""Schemes that no app can have for its own."""


def fault(address: str) -> str | None:
    """Return why a browser cannot be sent to an address, in the service's words.

    https, or http on the same machine, or an app's own scheme can be; a fragment cannot.
    """
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return f"{address} is not a valid redirect URI."
    if parts.scheme == "http" and host and host not in _LOOPBACK:
        return f"{address} cannot use the HTTP protocol."
    if "#" in address:
        return f"{address} cannot contain a fragment."
    is_absolute = host if parts.scheme in {"http", "https"} else parts.scheme not in _OF_BROWSERS
    if not is_absolute or not address.isprintable() or " " in address:
        return f"{address} is not a valid redirect URI."
    return None
