"""aws-jwt-verify, unchanged, on tokens of the local pool."""

import time
from typing import Any

import pytest

from fastapi_cognito_auth.local import LocalUser, LocalUserPool
from tests.interop.drivers import HERE, drive, judge, names_in
from tests.interop.kit import PASSWORD, hosting

DRIVER = HERE / "js" / "jwt_verify.mjs"
POOL_ID = "us-east-1_Discovery"
ANN = LocalUser("ann", password=PASSWORD, groups=["analysts"], attributes={"email": "ann@example.com"})


def sign_in(pool: LocalUserPool) -> dict[str, Any]:
    request = {
        "ClientId": pool.client_id,
        "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": {"USERNAME": "ann", "PASSWORD": PASSWORD},
    }
    result: dict[str, Any] = pool.call("InitiateAuth", request)["AuthenticationResult"]
    return result


@pytest.mark.parametrize("kind", ["emulator", "wire"])
def test_every_check_of_aws_jwt_verify_agrees(kind: str, node: str, subtests: pytest.Subtests) -> None:
    """The keys come from beside the API, as at Amazon Cognito."""
    pool = LocalUserPool(users=[ANN])
    old = LocalUserPool(users=[ANN], clock=lambda: time.time() - 7000)

    def own(endpoint: str) -> LocalUserPool:
        return LocalUserPool(users=[ANN], user_pool_id=POOL_ID, issuer=f"{endpoint}/{POOL_ID}")

    with hosting(kind, {"main": pool, "old": old, "own": own}) as places:
        tokens = sign_in(pool)
        task = {
            "place": places["main"].task,
            "other": places["old"].task,
            "own": places["own"].task,
            "tokens": {
                "access": tokens["AccessToken"],
                "id": tokens["IdToken"],
                "other": sign_in(old)["AccessToken"],
                "own": sign_in(places["own"].pool)["IdToken"],
            },
        }
        outcomes = drive([node, DRIVER.as_posix()], task)
    judge(outcomes, names_in(DRIVER), subtests)
