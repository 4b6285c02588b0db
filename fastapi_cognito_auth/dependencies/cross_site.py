"""Did our own pages send this? The check for credentials that a browser attaches by itself.

A cookie, and the session of a load balancer, travel with every request to the app, whoever's page
made it. What changes something is therefore only done for pages of the app's own origin, and for
those of declared ones.
"""

import re
from collections.abc import Collection
from typing import Final

from starlette.requests import HTTPConnection

from fastapi_cognito_auth.exceptions import CrossSiteRequestError

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
"""RFC 9110 section 9.2.1: what changes nothing, and whose answer other sites cannot read."""

_ORIGIN: Final = re.compile(r"(https?)://([a-z0-9._-]+(?::[0-9]+)?|\[[0-9a-f:.]+\](?::[0-9]+)?)")
"""A web origin as browsers serialize it (RFC 6454 section 6.2): in lower case, without a user or a
path. Those of other schemes, such as a browser's extensions, are not of pages that the app serves."""

_OVER_TLS: Final = frozenset({"https", "wss"})
"""As ASGI tells it: by what the server saw itself, or was told by proxies that it trusts."""

_PORTS: Final = {"http": ":80", "https": ":443"}

_SILENT: Final = (
    "The request does not say from which page it comes: a browser sends Origin or Sec-Fetch-Site,"
    " and a program signs in by the Authorization header."
)


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
        if self.is_shown(connection):
            return
        origins = connection.headers.getlist("origin")
        sites = connection.headers.getlist("sec-fetch-site")
        # What stands before the app may have ended the TLS.
        schemes = ("https",) if connection.scope.get("scheme") in _OVER_TLS else ("http", "https")
        hosts = connection.headers.getlist("host")
        own = (*(f"{scheme}://{host}" for host in hosts for scheme in schemes), *self._trusted_origins)
        said = (*origins, *(f"Sec-Fetch-Site: {site}" for site in sites))
        raise CrossSiteRequestError(None if said else _SILENT).about("origin", found=said, wanted=own)

    def is_shown(self, connection: HTTPConnection) -> bool:
        """Tell whether a request shows that a page of ours sent it, whatever its method."""
        origins = connection.headers.getlist("origin")
        if len(origins) == 1 and origins[0] in self._trusted_origins:
            return True
        sites = connection.headers.getlist("sec-fetch-site")
        if sites:
            # Browsers alone set it; scripts cannot. `none` is a user's own doing, never a script's
            # and never an unsafe method's.
            return sites == ["same-origin"]
        return len(origins) == 1 and _is_own(origins[0], connection)


def _is_own(origin: str, connection: HTTPConnection) -> bool:
    """Compare an origin, as browsers write it, with the `Host` of the request.

    What stands before the app may have ended the TLS, so a request that came without it may be of an
    `https` page; one that came with it is of no other.
    """
    hosts = connection.headers.getlist("host")
    written = _ORIGIN.fullmatch(origin)
    if written is None or len(hosts) != 1:
        return False
    scheme, host = written.groups()
    if scheme == "http" and connection.scope.get("scheme") in _OVER_TLS:
        return False
    # Browsers leave the port of the scheme out; proxies may write it.
    own = hosts[0].lower()
    return host in (own, own.removesuffix(_PORTS[scheme]))
