"""What the environment says of connections to other servers: whom to trust, and which way to go.

One rule for the key set and for calls to Cognito, whose libraries have each a rule of their own.
"""

import asyncio
import os
import re
import ssl
import sys
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

CA_VARIABLES: Final = ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")
"""What may name a file of certificates, the first that is set counting."""

_KEPT_IN_FILES: Final = sys.platform not in {"darwin", "win32"}
_HASHED: Final = re.compile(r"[0-9a-f]{8}\.\d+")

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


async def trusted_certificates() -> ssl.SSLContext:
    """Return whom a connection trusts: those that the environment names, or the system's.

    Reading them takes tens of milliseconds, so it is done in a thread, and once as long as the file is
    the same.

    Raises:
        CaBundleError: the environment names a file without certificates.
    """
    return await asyncio.to_thread(_current)


def _current() -> ssl.SSLContext:
    bundle = ca_bundle()
    try:
        return _read(bundle, None if bundle is None else _written(bundle.path))
    except OSError as exc:
        if bundle is None:
            raise
        msg = f"{bundle.variable} names no certificates: {exc.strerror or exc}"
        raise CaBundleError(msg) from exc


def _written(path: str) -> tuple[int, ...]:
    """Return what is another when a file was written anew."""
    found = Path(path).stat()
    return found.st_ino, found.st_mtime_ns, found.st_size


@lru_cache(maxsize=1)
def _read(bundle: CaBundle | None, _written: tuple[int, ...] | None) -> ssl.SSLContext:
    if bundle is not None:
        return ssl.create_default_context(cafile=bundle.path)
    # The system's, whatever `SSL_CERT_DIR` says: calls to Cognito cannot heed it.
    paths = ssl.get_default_verify_paths()
    file = paths.openssl_cafile if Path(paths.openssl_cafile).is_file() else None
    folder = paths.openssl_capath if _has_certificates(Path(paths.openssl_capath)) else None
    if _KEPT_IN_FILES and (file or folder):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(file, folder)
        return context
    import httpx2  # noqa: PLC0415 - loading it takes longer than all else here

    return httpx2.create_ssl_context(trust_env=False)


def _has_certificates(folder: Path) -> bool:
    """Tell whether OpenSSL would find any: it looks for them by names of its own."""
    return folder.is_dir() and any(_HASHED.fullmatch(path.name) for path in folder.iterdir())


def proxy_variable(uri: str) -> str | None:
    """Return the variable that names the proxy through which an address is asked, if there is one."""
    try:
        parts = urlsplit(uri)
        if proxy_bypass(parts.netloc.rpartition("@")[2]):
            return None
    except (ValueError, OSError):
        return None
    proxies = getproxies()
    asked = [f"{scheme}_proxy" for scheme in (parts.scheme, "all") if scheme in proxies]
    return next((name for wanted in asked for name in os.environ if name.lower() == wanted), None)


def socks_proxy() -> str | None:
    """Return the variable that names a SOCKS proxy, if one does."""
    for variable, address in os.environ.items():
        if variable.lower() in _PROXY_VARIABLES and address.lower().startswith("socks"):
            return variable
    return None
