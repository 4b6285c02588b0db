"""Event loops in several threads share one app: what is remembered stays whole."""

import asyncio
import itertools
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from fastapi_cognito_auth.cognito.client import CognitoClient
from fastapi_cognito_auth.cognito.profiles import Profiles
from fastapi_cognito_auth.exceptions import InvalidSignatureError, KeysUnavailableError
from fastapi_cognito_auth.keys.alb_keys import AlbKeys
from fastapi_cognito_auth.keys.unknown_kids import MOST_KIDS, UnknownKids
from fastapi_cognito_auth.tokens.claims import AccessTokenClaims
from fastapi_cognito_auth.tokens.verified_tokens import VerifiedToken, VerifiedTokens
from tests.alb_support import LOAD_BALANCER
from tests.support import SIGNER, Clock, KeyServer, access_claims, issuing_pool


@pytest.fixture(autouse=True)
def busy_threads() -> Iterator[None]:
    """Let threads take turns as often as they can, so that they meet where they must not."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def in_threads(work: Callable[[int], None], count: int = 4) -> None:
    """Do the same in several threads at once, and raise what was raised first."""
    failed: list[BaseException] = []

    def run(number: int) -> None:
        try:
            together.wait()
            work(number)
        except Exception as exc:  # noqa: BLE001 - raised by who started it
            failed.append(exc)

    together = threading.Barrier(count)
    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


class RunningClock:
    """Goes on by a second at every look."""

    def __init__(self) -> None:
        self.seconds = itertools.count()

    def __call__(self) -> float:
        return next(self.seconds)


def remembering() -> tuple[VerifiedTokens, VerifiedToken[AccessTokenClaims]]:
    """Return room for eight tokens, and a token."""
    clock = Clock()
    pool = issuing_pool(KeyServer(SIGNER.jwk()), clock)
    key = asyncio.run(pool.keys.key(SIGNER.kid))
    token = VerifiedToken(AccessTokenClaims.model_validate(access_claims()), key, pool)
    return VerifiedTokens(8, clock_skew=0, clock=clock), token


def test_remembered_tokens() -> None:
    tokens, token = remembering()

    def use(thread: int) -> None:
        for number in range(120_000):
            digest = bytes([number % 10])
            if thread % 2:
                tokens.get(digest)
            else:
                tokens.remember(digest, token)

    in_threads(use, 6)
    # As many have a place as before, and it can be had.
    for number in range(100):
        for _ in range(2):
            tokens.remember(bytes([number]), token)
        assert tokens.get(bytes([number])) is token
    assert len(tokens._tokens) == 8


def test_unknown_kids() -> None:
    unknown = UnknownKids(clock=Clock())
    # What makes room is what two threads may not do at once.
    for number in range(MOST_KIDS):
        unknown.ask(f"full-{number}", 0)

    def ask(thread: int) -> None:
        for number in range(20_000):
            unknown.ask(f"{thread % 2}-{number}", 1)

    in_threads(ask)
    assert len(unknown._before) == MOST_KIDS


class Directory(CognitoClient):
    """Answers GetUser at once."""

    def __init__(self) -> None:
        pass

    async def call(self, operation: str, **params: object) -> dict[str, object]:
        return {"Username": "ada", "UserAttributes": []}


def test_profiles() -> None:
    profiles = Profiles(Directory(), max_age=60, clock=RunningClock())

    async def ask(thread: int) -> None:
        for number in range(15_000):
            assert (await profiles.get(str(number % 40))).username == "ada"

    in_threads(lambda thread: asyncio.run(ask(thread)))


def test_keys_of_load_balancers() -> None:
    async def fetch(uri: str) -> bytes | None:
        return LOAD_BALANCER.pem if uri.endswith("0") else None

    keys = AlbKeys(fetch, load_balancers=10**6, max_age=60, cooldown=30, clock=RunningClock())

    async def ask(thread: int) -> None:
        for number in range(15_000):
            with suppress(InvalidSignatureError, KeysUnavailableError):
                await keys.key(f"https://keys.example/{number % 40}")

    in_threads(lambda thread: asyncio.run(ask(thread)))
