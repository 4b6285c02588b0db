"""What every test shares, and what makes them quick."""

import gc
import os
from collections import deque
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import settings

from tests.redis_server import redis_server, shared_redis

__all__ = ["redis_server", "shared_redis"]

# Arithmetic on 3072-bit numbers has no steady pace; a deadline would make tests fail by the clock.
settings.register_profile("default", deadline=None)
# One mutant must be judged as the last one was, and many are judged in a row.
settings.register_profile("mutants", deadline=None, derandomize=True, database=None, max_examples=20)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


_KEYS = 16
"""Private keys of a size, so that pools and signers of one test have different ones."""


def pytest_collection_finish() -> None:
    """Look for garbage seldom: an app is thousands of objects in circles, and most tests make one.

    Otherwise a third of the time goes into looking through what other tests still hold.
    """
    gc.freeze()
    gc.set_threshold(100_000, 5, 5)


@pytest.fixture(scope="session", autouse=True)
def rsa_keys() -> Iterator[None]:
    """Deal a few RSA keys out in turn: to make one takes longer than most tests do."""
    made: dict[int, deque[rsa.RSAPrivateKey]] = {}
    generate = rsa.generate_private_key

    def deal(public_exponent: int, key_size: int) -> rsa.RSAPrivateKey:
        keys = made.setdefault(key_size, deque())
        key = keys.popleft() if len(keys) >= _KEYS else generate(public_exponent, key_size)
        keys.append(key)
        return key

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rsa, "generate_private_key", deal)
        yield
