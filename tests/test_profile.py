"""`user.profile()`: what an access token lacks, asked of the local pool."""

import asyncio
import copy
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient

from fastapi_cognito_auth import CognitoAuth, User
from fastapi_cognito_auth.local import LocalUser, LocalUserPool
from fastapi_cognito_auth.profile import Profile
from tests.support import CLIENT_ID, NOW, Clock

PASSWORD = "Correct-horse-1!"


class Counting:
    """The local pool, with a count of the calls."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.pool = LocalUserPool(
            users=[
                LocalUser("ada", password=PASSWORD, attributes={"email": "ada@example.com"}),
                LocalUser("eve", password=PASSWORD, attributes={"email": "eve@example.com"}),
            ],
            clock=self.clock,
        )
        self.auth = CognitoAuth.local(self.pool)
        self.calls = 0
        get_user = self.auth.pool.profiles._client.call

        async def counting(operation: str, **params: Any) -> dict[str, Any]:
            self.calls += operation == "GetUser"
            return await get_user(operation, **params)

        self.auth.pool.profiles._client.call = counting  # type: ignore[method-assign]
        app = FastAPI()

        @app.get("/")
        async def route(user: Annotated[User, Depends(self.auth.current_user)]) -> str | None:
            await asyncio.gather(user.profile(), user.profile())
            return (await user.profile()).email

        self.http = TestClient(app)

    def sign_in(self, username: str) -> dict[str, str]:
        tokens: Any = asyncio.run(self.auth.pool.sign_in.with_password(username, PASSWORD))
        return {"Authorization": f"Bearer {tokens.access_token}"}


@pytest.fixture
def counting() -> Counting:
    return Counting()


def test_a_profile_has_the_address_that_the_token_lacks(counting: Counting) -> None:
    assert counting.http.get("/", headers=counting.sign_in("ada")).json() == "ada@example.com"


def test_a_profile_is_asked_for_once_in_a_while(counting: Counting) -> None:
    headers = counting.sign_in("ada")
    counting.http.get("/", headers=headers)
    counting.http.get("/", headers=headers)
    assert counting.calls == 1
    counting.clock.advance(31)
    counting.http.get("/", headers=headers)
    assert counting.calls == 2


def test_profiles_of_two_users_are_not_mixed_up(counting: Counting) -> None:
    ada, eve = counting.sign_in("ada"), counting.sign_in("eve")
    for headers, email in ((ada, "ada@example.com"), (eve, "eve@example.com")) * 2:
        assert counting.http.get("/", headers=headers).json() == email


def test_a_profile_of_a_revoked_token_is_401(counting: Counting) -> None:
    headers = counting.sign_in("ada")
    asyncio.run(counting.auth.pool.account.sign_out_everywhere(headers["Authorization"].split()[1]))
    answer = counting.http.get("/", headers=headers)
    assert (answer.status_code, answer.json()["detail"]["code"]) == (401, "not_authorized")


def test_a_user_of_ones_own_making_takes_a_profile_of_ones_own_making() -> None:
    async def profile() -> Profile:
        return Profile(username="eve", attributes={})

    user = User(sub="s", username="eve", client_id=CLIENT_ID, expires_at=NOW)
    with pytest.raises(RuntimeError, match="access token"):
        asyncio.run(user.profile())
    assert asyncio.run(user.with_profile(profile).profile()).email is None


def test_a_copy_of_a_user_has_the_profile_too() -> None:
    async def profile() -> Profile:
        return Profile(username="eve", attributes={"email": "eve@example.com"})

    user = User(sub="s", username="eve", client_id=CLIENT_ID, expires_at=NOW).with_profile(profile)
    for same in (copy.copy(user), copy.deepcopy(user)):
        assert asyncio.run(same.profile()).email == "eve@example.com"
