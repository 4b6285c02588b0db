"""What makes these tests quick."""

from collections.abc import Iterator
from typing import Any

import pytest
from moto.cognitoidp import models
from moto.utilities.utils import load_resource


@pytest.fixture(scope="session", autouse=True)
def motos_key() -> Iterator[None]:
    """Read moto's published private key once: moto reads it for each pool, and nothing here signs with it."""
    key = models.jwk.RSAKey.import_key(load_resource("cognitoidp/resources/jwks-private.json"))

    def import_key(_: Any) -> Any:
        return key

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(models.jwk.RSAKey, "import_key", import_key)
        yield
