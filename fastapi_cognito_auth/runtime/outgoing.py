"""What the environment says of connections to other servers: whom to trust, and which way to go.

One rule for the key set and for calls to Cognito, whose libraries have each a rule of their own.
"""

import os
from typing import Final, NamedTuple

CA_VARIABLES: Final = ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")
"""What may name a file of certificates, the first that is set counting."""

_PROXY_VARIABLES: Final = ("https_proxy", "http_proxy", "all_proxy")


class CaBundle(NamedTuple):
    """A file of certificates that are trusted instead of those of the system or of certifi."""

    variable: str
    path: str


def ca_bundle() -> CaBundle | None:
    """Return the certificates that the environment names, read anew each time; `None` for the usual ones."""
    for variable in CA_VARIABLES:
        if path := os.environ.get(variable):
            return CaBundle(variable, path)
    return None


def socks_proxy() -> str | None:
    """Return the variable that names a SOCKS proxy, if one does."""
    for variable, address in os.environ.items():
        if variable.lower() in _PROXY_VARIABLES and address.lower().startswith("socks"):
            return variable
    return None
