"""Tokens for the requests of an HTTP client."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Generator

import httpx2


class BearerAuth(httpx2.Auth):
    """Adds an access token to each request (RFC 6750 section 2.1), and another one after a 401.

    Args:
        get: returns the token.
        instead_of: returns another one for a token that was refused, or `None` if that would not help.
    """

    def __init__(
        self, get: Callable[[], Awaitable[str]], instead_of: Callable[[str], Awaitable[str | None]]
    ) -> None:
        self._get = get
        self._instead_of = instead_of

    def sync_auth_flow(
        self,
        request: httpx2.Request,  # noqa: ARG002 - as the client calls it
    ) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Refuse a client that blocks.

        Raises:
            RuntimeError: always.
        """
        raise RuntimeError("the token is got without blocking: write httpx2.AsyncClient(auth=…)")

    async def async_auth_flow(
        self, request: httpx2.Request
    ) -> AsyncGenerator[httpx2.Request, httpx2.Response]:
        """Send the request, and once more with another token if the first was refused.

        What a redirect to another host answered says nothing about the token, which did not get
        there. A body that is streamed is gone after the first time.
        """
        token = await self._get()
        request.headers["Authorization"] = f"Bearer {token}"
        response = yield request
        asked = response.request.headers.get("Authorization")
        if response.status_code != 401 or asked != f"Bearer {token}" or not _is_whole(request):
            return
        another = await self._instead_of(token)
        if another is not None:
            request.headers["Authorization"] = f"Bearer {another}"
            yield request


def _is_whole(request: httpx2.Request) -> bool:
    try:
        _ = request.content
    except httpx2.RequestNotRead:
        return False
    return True
