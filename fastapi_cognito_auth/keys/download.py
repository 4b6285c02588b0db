"""Fetching keys over HTTP, with a bound on everything that the other side decides about."""

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable, Collection
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from fastapi_cognito_auth.keys.key_set import FetchError, without_secrets
from fastapi_cognito_auth.runtime.outgoing import CaBundleError, socks_proxy, trusted_certificates

if TYPE_CHECKING:
    import httpx2

logger: logging.Logger = logging.getLogger("fastapi_cognito_auth")

_LONGEST_REASON: Final = 300  # characters


def key_download(
    *, timeout: float, largest: int, absent: Collection[int] = ()
) -> Callable[[str], Awaitable[bytes | None]]:
    """Return a function that fetches what is at an address; redirects are not followed.

    It raises `FetchError`, and returns `None` for a status of `absent`.

    Args:
        timeout: seconds for everything, however slowly the answer drips.
        largest: bytes of an answer.
        absent: status codes that say that there is nothing.
    """
    import httpx2  # noqa: PLC0415 - for apps that fetch nothing, or not yet; not in the event loop

    async def download(uri: str) -> bytes | None:
        try:
            # A client for each fetch: fetches are rare, and a client is bound to one event loop.
            async with (
                asyncio.timeout(timeout),
                # Its own limit of five seconds for each step would cut a longer one short.
                httpx2.AsyncClient(verify=await _trust(), follow_redirects=False, timeout=None) as client,
            ):
                return await _bounded(client, uri, largest, absent)
        except (httpx2.HTTPError, OSError) as exc:
            msg = f"cannot fetch {without_secrets(uri)}: {_reason(exc, uri)}"
            raise FetchError(msg) from exc
        except httpx2.InvalidURL as exc:
            # Its text may quote the address.
            msg = f"cannot fetch {without_secrets(uri)}: {type(exc).__name__}"
            raise FetchError(msg) from exc
        except ImportError as exc:
            variable = socks_proxy()
            if variable is None:
                raise
            msg = f"{variable} names a SOCKS proxy, which needs the package socksio: pip install socksio"
            raise FetchError(msg) from exc
        except FetchError as exc:
            msg = f"{without_secrets(uri)} {exc}"
            raise FetchError(msg) from None

    return download


async def _trust() -> ssl.SSLContext:
    try:
        return await trusted_certificates()
    except CaBundleError as exc:
        msg = f"cannot be fetched: {exc}"
        raise FetchError(msg) from exc


def _reason(exc: Exception, uri: str) -> str:
    """Say what a fetch failed over, in the words of what is at the bottom of it."""
    name = type(exc).__name__
    bottom: BaseException = exc
    while inner := bottom.__cause__ or bottom.__context__:
        bottom = inner
    text = str(bottom if isinstance(bottom, OSError) else exc)
    try:
        parts = urlsplit(uri)
    except ValueError:
        return name
    secrets = (parts.username, parts.password, parts.query, parts.fragment)
    if not text or any(secret in text for secret in secrets if secret):
        return name
    shown = text[:_LONGEST_REASON]
    return f"{name}: {shown if shown.isprintable() else shown.encode('unicode_escape').decode()}"


async def _bounded(
    client: "httpx2.AsyncClient", uri: str, largest: int, absent: Collection[int]
) -> bytes | None:
    # No compression: the cap below is then a cap on what is unpacked, too.
    # The content type is not asked for: who chooses the body chooses it, too, and a key set in a
    # bucket often has another. What is no key is refused when it is read.
    headers = {"Accept-Encoding": "identity"}
    async with client.stream("GET", uri, headers=headers) as response:
        if response.status_code in absent:
            logger.warning("%s answered %s: it has none", without_secrets(uri), response.status_code)
            return None
        if response.status_code != 200:
            msg = f"answered {response.status_code}"
            raise FetchError(msg)
        if response.headers.get("content-encoding", "identity") != "identity":
            raise FetchError("answered with something packed, which was not asked for")
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > largest:
                msg = f"answered more than {largest} bytes"
                raise FetchError(msg)
        return bytes(body)
