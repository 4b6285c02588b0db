"""Did our own pages send this? The check for credentials that a browser attaches by itself.

A cookie, and the session of a load balancer, travel with every request to the app, whoever's page
made it. What changes something is therefore only done for pages of the app's own origin, and for
those of declared ones.
"""

from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from fastapi_cognito_auth.exceptions import CrossSiteRequestError

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
"""RFC 9110 section 9.2.1: what changes nothing, and whose answer other sites cannot read."""


class SameOrigin:
    """Refuses what other sites made a browser send (OWASP: Fetch Metadata, with `Origin` behind it).

    Args:
        trusted_origins: further origins whose pages may act for the user, as `https://host:port`.
    """

    def __init__(self, trusted_origins: Collection[str] = ()) -> None:
        self._trusted_origins = frozenset(trusted_origins)

    def demand(self, connection: HTTPConnection) -> None:
        """Refuse a request that may not come from a page of ours.

        Safe methods pass. A WebSocket handshake is none: its answer can be read by any site.

        Raises:
            CrossSiteRequestError: it comes from elsewhere, or nothing says where from.
        """
        if connection.scope["type"] == "http" and connection.scope["method"] in _SAFE:
            return
        origins = connection.headers.getlist("origin")
        if len(origins) == 1 and origins[0] in self._trusted_origins:
            return
        sites = connection.headers.getlist("sec-fetch-site")
        if sites:
            # Browsers alone set it; scripts cannot. `none` is a user's own doing, never a script's
            # and never an unsafe method's.
            if sites == ["same-origin"]:
                return
        elif len(origins) == 1 and _is_own(origins[0], connection):
            return
        raise CrossSiteRequestError


def _is_own(origin: str, connection: HTTPConnection) -> bool:
    """Compare hosts, not schemes: what stands before the app may have ended the TLS."""
    hosts = connection.headers.getlist("host")
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    own = len(hosts) == 1 and parts.netloc.lower() == hosts[0].lower()
    return own and bool(parts.netloc) and origin == f"{parts.scheme}://{parts.netloc}"
