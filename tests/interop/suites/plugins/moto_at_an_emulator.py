"""A plugin for moto's own tests: what they ask of user pools goes to an emulator of somebody else.

Runs in the environment of `requirements.txt`, and changes nothing of the tests.
"""

import os
import time
import urllib.request
from typing import Any

import boto3
import pyotp
import pytest

EMULATOR = os.environ["EMULATOR_URL"]
OTHERS = os.environ["TEST_SERVER_MODE_ENDPOINT"]
STEP = 30
"""Seconds for which a code of an authenticator app is shown."""


class Clock:
    """How far the emulator's clock and the authenticator apps' are ahead of this process's."""

    def __init__(self) -> None:
        self.ahead = 0

    def sleep(self, seconds: float) -> None:
        """Let the time pass that a test waits for: it looks for the next code each second."""
        if seconds == 1:
            self.ahead += STEP
            tell(f"time?seconds={STEP}")

    def start(self) -> None:
        """Begin without any pool, as moto's server does at a reset."""
        self.ahead = 0
        tell("reset")


def tell(path: str) -> None:
    urllib.request.urlopen(urllib.request.Request(f"{EMULATOR}/{path}", method="POST"), timeout=30).close()


CLOCK = Clock()
CLIENT = boto3.client


def client(service: str, *args: Any, **options: Any) -> Any:
    options["endpoint_url"] = EMULATOR if service == "cognito-idp" else OTHERS
    return CLIENT(service, *args, **options)


def now(self: Any) -> Any:
    return self.at(time.time() + CLOCK.ahead)


@pytest.fixture(autouse=True)
def _no_pools() -> None:
    CLOCK.start()


boto3.client = client
pyotp.TOTP.now = now
time.sleep = CLOCK.sleep  # type: ignore[assignment]
