"""What ministack's tests of user pools take for granted: its fixtures, over an emulator of somebody else.

Stands beside them under the name `conftest.py`, in the environment of `requirements.txt`.
"""

import inspect
import os
import urllib.request
from typing import Any

import boto3
import pytest
from botocore.config import Config

ELSEWHERE = ("lam", "iam", "cognito_identity", "auth_enabled", "monkeypatch", "ENDPOINT", "urlopen", "_mod")
"""What such tests have in them."""
ENDPOINT = os.environ["MINISTACK_ENDPOINT"]


def make_client(service: str, additional_config_kwargs: dict[str, Any] | None = None) -> Any:
    config = Config(retries={"total_max_attempts": 1}, **(additional_config_kwargs or {}))
    return boto3.client(
        service,
        endpoint_url=ENDPOINT,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        region_name="us-east-1",
        config=config,
    )


@pytest.fixture
def cognito_idp() -> Any:
    urllib.request.urlopen(urllib.request.Request(f"{ENDPOINT}/reset", method="POST"), timeout=30).close()
    return make_client("cognito-idp")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is about other services, about ministack itself, and about addresses of its own."""
    kept = [item for item in items if isinstance(item, pytest.Function) and asks_of_user_pools(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


def asks_of_user_pools(item: pytest.Function) -> bool:
    source = inspect.getsource(item.function)
    return "cognito_idp" in item.fixturenames and not any(word in source for word in ELSEWHERE)
