"""One GET by an HTTP client: through proxies, and for whatever else an address may hold."""

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

from fastapi_cognito_auth.keys.answer import Answer, NoAnswerError
from fastapi_cognito_auth.runtime.discretion import kept_out_of_logs


@asynccontextmanager
async def answered_by_client(
    uri: str, headers: Mapping[str, str], trust: Callable[[], Awaitable[ssl.SSLContext]]
) -> AsyncIterator[Answer]:
    """Ask for what is at an address; redirects are not followed.

    It keeps no time: the caller does, and bounds the body.

    Args:
        uri: the address.
        headers: beside those that a client sends by itself.
        trust: the certificates.

    Raises:
        OSError: there is no connection, or it broke off.
        NoAnswerError: there is no connection, what came is not HTTP, or the address is none.
        ImportError: a proxy needs a package that is not there.
    """
    import httpx2  # noqa: PLC0415 - few need it

    try:
        async with (
            # A client for each fetch: fetches are rare, and a client is bound to one event loop.
            # Its own limit of five seconds for each step would cut a longer one short.
            httpx2.AsyncClient(verify=await trust(), follow_redirects=False, timeout=None) as client,
        ):
            with kept_out_of_logs():
                async with client.stream("GET", uri, headers=headers) as response:
                    yield Answer(response.status_code, response.headers, response.aiter_bytes())
    except httpx2.HTTPError as exc:
        raise NoAnswerError from exc
    except httpx2.InvalidURL as exc:
        # Its text may quote the address.
        raise NoAnswerError(type(exc).__name__) from exc
