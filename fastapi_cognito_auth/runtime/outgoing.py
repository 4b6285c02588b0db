"""What the environment says of connections to other servers: whom to trust, and which way to go.

One rule for the key set and for calls to Cognito, whose libraries have each a rule of their own.
"""

import os
import ssl
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


class CaBundleError(OSError):
    """A variable names a file that holds no certificates; the message says which."""


def trusted_certificates() -> ssl.SSLContext:
    """Return whom a connection trusts: those that the environment names, or the system's.

    Raises:
        CaBundleError: the environment names a file without certificates.
    """
    import httpx2  # noqa: PLC0415 - for apps that ask nobody, or not yet

    bundle = ca_bundle()
    if bundle is None:
        # The system's, whatever `SSL_CERT_DIR` says: calls to Cognito cannot heed it.
        return httpx2.create_ssl_context(trust_env=False)
    try:
        return ssl.create_default_context(cafile=bundle.path)
    except OSError as exc:
        msg = f"{bundle.variable} names no certificates: {exc.strerror or exc}"
        raise CaBundleError(msg) from exc


def socks_proxy() -> str | None:
    """Return the variable that names a SOCKS proxy, if one does."""
    for variable, address in os.environ.items():
        if variable.lower() in _PROXY_VARIABLES and address.lower().startswith("socks"):
            return variable
    return None
