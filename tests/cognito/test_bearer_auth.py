"""The token goes with each request of an HTTP client, and another one after a 401."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx2
import pytest

from fastapi_cognito_auth.cognito.bearer_auth import BearerAuth

API = "https://orders.example/orders"


class Api(httpx2.AsyncBaseTransport):
    """An API that takes some tokens, and notes what came; like a network, it takes a body as it comes."""

    def __init__(self, *good: str, answer: Callable[[httpx2.Request], httpx2.Response] | None = None) -> None:
        self.good = {f"Bearer {token}" for token in good}
        self.seen: list[tuple[str, str | None, bytes]] = []
        self.refused: list[str] = []
        self._answer = answer

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        token = request.headers.get("Authorization")
        assert isinstance(request.stream, httpx2.AsyncByteStream)
        self.seen.append((str(request.url), token, b"".join([part async for part in request.stream])))
        if self._answer is not None:
            return self._answer(request)
        return httpx2.Response(200 if token in self.good else 401)

    def ask(self, method: str = "GET", another: str | None = "second", **more: Any) -> httpx2.Response:
        async def get() -> str:
            return "first"

        async def instead_of(refused: str) -> str | None:
            self.refused.append(refused)
            return another

        async def ask() -> httpx2.Response:
            async with httpx2.AsyncClient(transport=self, auth=BearerAuth(get, instead_of)) as client:
                return await client.request(method, API, **more)

        return asyncio.run(ask())

    @property
    def tokens(self) -> list[str | None]:
        return [token for _, token, _ in self.seen]


def test_the_token_goes_with_the_request() -> None:
    api = Api("first")
    assert (api.ask().status_code, api.tokens, api.refused) == (200, ["Bearer first"], [])


def test_after_a_401_the_request_goes_once_more_with_another_token() -> None:
    api = Api("second")
    assert api.ask("POST", json={"item": 1}).status_code == 200
    assert [(token, body) for _, token, body in api.seen] == [
        ("Bearer first", b'{"item":1}'),
        ("Bearer second", b'{"item":1}'),
    ]
    assert api.refused == ["first"]


def test_it_goes_only_once_more() -> None:
    api = Api()
    assert (api.ask().status_code, len(api.seen)) == (401, 2)


def test_where_another_token_would_not_help_the_401_stands() -> None:
    api = Api("second")
    assert (api.ask(another=None).status_code, len(api.seen)) == (401, 1)


@pytest.mark.parametrize("status", [400, 403, 500])
def test_no_other_answer_is_taken_for_a_refusal_of_the_token(status: int) -> None:
    api = Api(answer=lambda _: httpx2.Response(status))
    assert (api.ask().status_code, api.refused) == (status, [])


def test_a_body_that_is_streamed_is_not_sent_again() -> None:
    async def body() -> AsyncIterator[bytes]:
        yield b"once"

    api = Api("second")
    assert (api.ask("POST", content=body()).status_code, api.refused) == (401, [])


def redirecting(request: httpx2.Request) -> httpx2.Response:
    if request.url.host == "orders.example":
        return httpx2.Response(307, headers={"Location": "https://elsewhere.example/"})
    return httpx2.Response(401)


def test_a_redirect_to_another_host_does_not_take_the_token_along_nor_costs_another() -> None:
    api = Api(answer=redirecting)
    assert api.ask(follow_redirects=True).status_code == 401
    assert [(url, token) for url, token, _ in api.seen] == [
        (API, "Bearer first"),
        ("https://elsewhere.example/", None),
    ]
    assert api.refused == []


def test_a_client_that_blocks_is_refused() -> None:
    async def get() -> str:
        return "first"

    async def instead_of(_: str) -> str | None:
        return None

    transport = httpx2.MockTransport(lambda _: httpx2.Response(200))
    with (
        httpx2.Client(transport=transport, auth=BearerAuth(get, instead_of)) as client,
        pytest.raises(RuntimeError, match="AsyncClient"),
    ):
        client.get(API)
