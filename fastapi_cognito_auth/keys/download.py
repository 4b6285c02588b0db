"""Fetching keys over HTTP, with a bound on everything that the other side decides about."""

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable, Collection
from typing import Final
from urllib.parse import urlsplit
from urllib.request import getproxies

from fastapi_cognito_auth.keys.answer import Answer, NoAnswerError
from fastapi_cognito_auth.keys.by_client import answered_by_client
from fastapi_cognito_auth.keys.key_set import FetchError, without_secrets
from fastapi_cognito_auth.runtime.outgoing import (
    CaBundleError,
    proxy_variable,
    socks_proxy,
    trusted_certificates,
)

logger: logging.Logger = logging.getLogger("fastapi_cognito_auth")

_LONGEST_REASON: Final = 300  # characters


_HEADERS: Final = {"Accept-Encoding": "identity"}
"""No compression: a cap on what is read is a cap on what is unpacked, then."""


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
    # Now, and not in the event loop; apps whose keys come from elsewhere need neither.
    from fastapi_cognito_auth.keys.straight import answered, is_ordinary  # noqa: PLC0415

    if getproxies():
        import httpx2  # noqa: F401, PLC0415

    async def download(uri: str) -> bytes | None:
        ask = answered if is_ordinary(uri) and not getproxies() else answered_by_client
        try:
            async with asyncio.timeout(timeout), ask(uri, _HEADERS, _trust) as answer:
                return await _bounded(answer, uri, largest, absent)
        except NoAnswerError as exc:
            msg = f"cannot fetch {_shown(uri)}: {str(exc) or _reason(exc.__cause__ or exc, uri)}"
            raise FetchError(msg) from exc
        except OSError as exc:
            msg = f"cannot fetch {_shown(uri)}: {_reason(exc, uri)}"
            raise FetchError(msg) from exc
        except (ValueError, ExceptionGroup) as exc:
            # A host or a proxy that is none; the text may quote either.
            msg = f"cannot fetch {_shown(uri)}: {type(exc).__name__}"
            raise FetchError(msg) from exc
        except ImportError as exc:
            variable = socks_proxy()
            if variable is None:
                raise
            msg = f"{variable} names a SOCKS proxy, which needs the package socksio: pip install socksio"
            raise FetchError(msg) from exc
        except FetchError as exc:
            msg = f"{_shown(uri)} {exc}"
            raise FetchError(msg) from None

    return download


def _shown(uri: str) -> str:
    """Return an address as an error names it, with the proxy on the way, which may be what is wrong."""
    variable = proxy_variable(uri)
    way = "" if variable is None else f" (through the proxy that {variable} names)"
    return f"{without_secrets(uri)}{way}"


async def _trust() -> ssl.SSLContext:
    try:
        return await trusted_certificates()
    except CaBundleError as exc:
        msg = f"cannot be fetched: {exc}"
        raise FetchError(msg) from exc


def _reason(exc: BaseException, uri: str) -> str:
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


async def _bounded(answer: Answer, uri: str, largest: int, absent: Collection[int]) -> bytes | None:
    # The content type is not asked for: who chooses the body chooses it, too, and a key set in a
    # bucket often has another. What is no key is refused when it is read.
    if answer.status in absent:
        logger.warning("%s answered %s: it has none", without_secrets(uri), answer.status)
        return None
    if answer.status != 200:
        msg = f"answered {answer.status}"
        raise FetchError(msg)
    if answer.headers.get("content-encoding", "identity") != "identity":
        raise FetchError("answered with something packed, which was not asked for")
    body = bytearray()
    async for chunk in answer.chunks:
        body += chunk
        if len(body) > largest:
            msg = f"answered more than {largest} bytes"
            raise FetchError(msg)
    return bytes(body)
