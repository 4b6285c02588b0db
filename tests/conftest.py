"""What every test shares, and what makes them quick."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings
from moto.cognitoidp import models
from moto.utilities.utils import load_resource

from tests.redis_server import redis_server, shared_redis

__all__ = ["redis_server", "shared_redis"]

# Arithmetic on 3072-bit numbers has no steady pace; a deadline would make tests fail by the clock.
settings.register_profile("default", deadline=None)
# One mutant must be judged as the last one was, and many are judged in a row.
settings.register_profile("mutants", deadline=None, derandomize=True, database=None, max_examples=20)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(scope="session", autouse=True)
def motos_key() -> Iterator[None]:
    """Read moto's published private key once: moto reads it for each pool, and nothing here signs with it."""
    key = models.jwk.RSAKey.import_key(load_resource("cognitoidp/resources/jwks-private.json"))

    def import_key(_: Any) -> Any:
        return key

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(models.jwk.RSAKey, "import_key", import_key)
        yield
