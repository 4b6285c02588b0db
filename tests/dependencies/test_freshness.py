"""`require_fresh`: sensitive routes want a recent sign-in, and say so as RFC 9470 asks."""

from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient

from fastapi_cognito_auth import CognitoAuth, CognitoSettings, ConfigurationError, User
from fastapi_cognito_auth.dependencies.freshness import Freshness
from tests.support import CLIENT_ID, NOW, POOL_ID, SIGNER, Clock, KeyServer, access_claims, id_claims


@pytest.fixture
def auth() -> CognitoAuth:
    return CognitoAuth(
        CognitoSettings(user_pool_id=POOL_ID, client_id=CLIENT_ID),
        fetch_keys=KeyServer(SIGNER.jwk()),
        clock=Clock(),
    )


@pytest.fixture
def client(auth: CognitoAuth) -> TestClient:
    app = FastAPI()

    @app.post("/transfer")
    async def transfer(user: Annotated[User, Depends(auth.require_fresh(max_age=300))]) -> str:
        return user.username

    @app.get("/token")
    async def token(token: Annotated[str, Depends(auth.access_token)]) -> str:
        return token

    return TestClient(app)


def bearer(**changes: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {SIGNER.sign(access_claims(**changes))}"}


@pytest.mark.parametrize("age", [0, 299, 300])
def test_a_recent_sign_in_passes(client: TestClient, age: int) -> None:
    assert client.post("/transfer", headers=bearer(auth_time=NOW - age)).json() == "ada"


@pytest.mark.parametrize("age", [301, 86_400])
def test_an_old_sign_in_is_refused_as_rfc_9470_says(client: TestClient, age: int) -> None:
    answer = client.post("/transfer", headers=bearer(auth_time=NOW - age))
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == (
        'Bearer error="insufficient_user_authentication", '
        'error_description="Sign in again first: this needs a more recent sign-in.", max_age="300"'
    )
    assert answer.json()["detail"]["code"] == "step_up_required"
    assert answer.json()["detail"]["max_age"] == 300


def test_a_refreshed_token_does_not_make_an_old_sign_in_fresh(client: TestClient) -> None:
    """A refresh issues a new token and keeps `auth_time`."""
    assert client.post("/transfer", headers=bearer(iat=NOW, auth_time=NOW - 301)).status_code == 401


def test_a_token_that_does_not_tell_when_the_user_signed_in_is_refused(client: TestClient) -> None:
    answer = client.post("/transfer", headers=bearer(auth_time=None))
    assert answer.json()["detail"]["code"] == "step_up_required"


def test_without_a_token_the_answer_is_to_sign_in_and_not_to_step_up(client: TestClient) -> None:
    assert client.post("/transfer").json()["detail"]["code"] == "not_authenticated"


@pytest.mark.parametrize("max_age", [0, -1, 0.5, float("nan")])
def test_a_guard_that_nobody_could_pass_is_a_mistake(auth: CognitoAuth, max_age: float) -> None:
    with pytest.raises(ValueError, match="one second or more"):
        auth.require_fresh(max_age=max_age)


def test_the_raw_token_is_handed_on_after_it_was_verified(client: TestClient) -> None:
    token = SIGNER.sign(access_claims())
    assert client.get("/token", headers={"Authorization": f"Bearer {token}"}).json() == token


@pytest.mark.parametrize(
    "token",
    [SIGNER.sign(id_claims()), SIGNER.sign(access_claims(username=None)), "nonsense"],
    ids=["ID token", "machine token", "nonsense"],
)
def test_a_token_that_is_not_the_users_is_not_handed_on(client: TestClient, token: str) -> None:
    assert client.get("/token", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_without_a_limit_every_sign_in_is_fresh() -> None:
    user = User(sub="1", username="ada", client_id=CLIENT_ID, expires_at=NOW)
    freshness = Freshness(None, clock=Clock())
    freshness.demand(user)
    assert (freshness.holds(user), freshness.until(user)) == (True, None)


def test_the_limit_of_account_changes_is_five_minutes_unless_set(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {"user_pool_id": POOL_ID, "client_id": CLIENT_ID}
    assert CognitoSettings(**given).fresh_sign_in_max_age == 300
    monkeypatch.setenv("COGNITO_FRESH_SIGN_IN_MAX_AGE", "60")
    assert CognitoSettings(**given).fresh_sign_in_max_age == 60
    monkeypatch.setenv("COGNITO_FRESH_SIGN_IN_MAX_AGE", "off")
    assert CognitoSettings(**given).fresh_sign_in_max_age is None


@pytest.mark.parametrize("value", ["0", "-5", "nan", "never"])
def test_a_limit_that_nobody_could_meet_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("COGNITO_FRESH_SIGN_IN_MAX_AGE", value)
    with pytest.raises(ConfigurationError, match="COGNITO_FRESH_SIGN_IN_MAX_AGE is wrong"):
        CognitoSettings(user_pool_id=POOL_ID, client_id=CLIENT_ID)
