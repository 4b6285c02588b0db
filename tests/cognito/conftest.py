"""The user pools API on loopback, and what speaks to it."""

from collections.abc import Callable, Iterator
from functools import cache

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from fastapi_cognito_auth import CognitoAuth, CognitoSettings
from fastapi_cognito_auth.cognito.client import CognitoClient
from tests.cognito import vectors
from tests.cognito.upstream import Upstream
from tests.support import SECRET_KEY

MakeClient = Callable[..., CognitoClient]
MakeApi = Callable[..., TestClient]


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """Keep boto3 from looking for credentials, settings and proxies outside of the tests."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "AWS_PROFILE", "AWS_ENDPOINT_URL"):
            patch.delenv(name, raising=False)
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "test")
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        yield


@pytest.fixture(scope="session")
def _server() -> Iterator[Upstream]:
    with Upstream() as server:
        yield server


@pytest.fixture
def upstream(_server: Upstream) -> Upstream:
    _server.forget()
    return _server


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Draw the shortest waits between attempts, and note the longest that might have been drawn."""
    longest: list[float] = []

    def shortest(low: float, high: float) -> float:
        longest.append(high)
        return low

    monkeypatch.setattr("random.uniform", shortest)
    return longest


@pytest.fixture(scope="session")
def make_client(_server: Upstream) -> MakeClient:
    """Build clients, one for each kind: boto3 takes long to load the API."""

    @cache
    def make(*, secret: bool = False, **options: float) -> CognitoClient:
        return CognitoClient(
            user_pool_id=vectors.POOL_ID,
            client_id=vectors.CLIENT_ID,
            client_secret=vectors.CLIENT_SECRET if secret else None,
            region="us-east-1",
            **{"endpoint_url": _server.url, "read_timeout": 5.0, **options},  # type: ignore[arg-type]
        )

    return make


@pytest.fixture
def client(make_client: MakeClient, upstream: Upstream) -> CognitoClient:
    return make_client()


@pytest.fixture(scope="session")
def make_auth(_server: Upstream) -> Callable[..., CognitoAuth]:
    """Build the facade, one for each kind."""

    @cache
    def make(*, secret: bool = False, **settings: float | str) -> CognitoAuth:
        return CognitoAuth(
            CognitoSettings(
                user_pool_id=vectors.POOL_ID,
                client_id=vectors.CLIENT_ID,
                client_secret=vectors.CLIENT_SECRET if secret else None,
                secret_key=(SECRET_KEY,),
                **{"endpoint_url": _server.url, **settings},  # type: ignore[arg-type]
            )
        )

    return make


@pytest.fixture
def auth(make_auth: Callable[..., CognitoAuth], upstream: Upstream) -> CognitoAuth:
    return make_auth()


@pytest.fixture(scope="session")
def make_api(make_auth: Callable[..., CognitoAuth]) -> MakeApi:
    """Mount the routers; an error that is not answered is raised in the test."""

    def make(**settings: bool | float | str) -> TestClient:
        app = FastAPI()
        app.include_router(make_auth(**settings).router)
        return TestClient(app)

    return make


@pytest.fixture
def api(make_api: MakeApi, upstream: Upstream) -> TestClient:
    return make_api()
