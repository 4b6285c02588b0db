"""Proving a password by SRP in whichever flow asks for it (PASSWORD_VERIFIER)."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from fastapi_cognito_auth.cognito.attempt import Attempt, respond
from fastapi_cognito_auth.cognito.client import CognitoClient
from fastapi_cognito_auth.cognito.text import check_text
from fastapi_cognito_auth.exceptions import UserPoolUnavailableError
from fastapi_cognito_auth.runtime.clock import wall_clock
from fastapi_cognito_auth.srp.handshake import Challenge, SRPClient, SRPError, format_timestamp, pool_name


class PasswordProof:
    """Does the client's side of SRP, for users and for devices, outside the event loop.

    Args:
        client: speaks to Cognito, and lends the threads.
        user_pool_id: its name part goes into the proof of a user's password.
        clock: seconds since the epoch.
    """

    def __init__(
        self, client: CognitoClient, *, user_pool_id: str, clock: Callable[[], float] = wall_clock
    ) -> None:
        self._client = client
        self._pool_name = pool_name(user_pool_id)
        self._clock = clock

    async def begin(self, group: str | None = None) -> SRPClient:
        """Draw the secret exponent of a handshake.

        Args:
            group: the device group key; the pool's name for a user.
        """
        return await self._client.compute(lambda: SRPClient(group or self._pool_name))

    async def finish(
        self,
        handshake: SRPClient,
        password: str,
        first: Mapping[str, Any],
        attempt: Attempt,
    ) -> tuple[dict[str, Any], Attempt]:
        """Answer PASSWORD_VERIFIER.

        Returns:
            What Cognito answers, and the attempt under the canonical username.

        Raises:
            UserPoolUnavailableError: the challenge is malformed, or holds values that SRP refuses.
            NotAuthorizedError: the password is wrong.
        """
        identity = given(first).get("USER_ID_FOR_SRP")
        if not isinstance(identity, str):
            raise UserPoolUnavailableError
        attempt = attempt.named(identity)
        responses = await self.claim(handshake, identity, password, first)
        answer = await respond(
            self._client, attempt, "PASSWORD_VERIFIER", responses, first.get("Session") or None
        )
        return answer, attempt

    async def claim(
        self, handshake: SRPClient, identity: str, password: str, first: Mapping[str, Any]
    ) -> dict[str, str]:
        """Compute the proof that answers a verifier challenge.

        Raises:
            UserPoolUnavailableError: the challenge is malformed, or holds values that SRP refuses.
            InvalidRequestError: the password is no text.
        """
        parameters = given(first)
        check_text(password)
        timestamp = format_timestamp(datetime.fromtimestamp(self._clock(), UTC))
        try:
            challenge = Challenge(parameters["SALT"], parameters["SRP_B"], parameters["SECRET_BLOCK"])
            signature = await self._client.compute(
                lambda: handshake.claim(identity, password, challenge, timestamp)
            )
        except (KeyError, SRPError) as exc:
            raise UserPoolUnavailableError from exc
        return {
            "PASSWORD_CLAIM_SECRET_BLOCK": challenge.secret_block,
            "PASSWORD_CLAIM_SIGNATURE": signature,
            "TIMESTAMP": timestamp,
        }


def given(answer: Mapping[str, Any]) -> Mapping[str, str]:
    """Return `ChallengeParameters`.

    Raises:
        UserPoolUnavailableError: the answer is not of the API's shape.
    """
    parameters = answer.get("ChallengeParameters")
    if not isinstance(parameters, dict) or not all(isinstance(value, str) for value in parameters.values()):
        raise UserPoolUnavailableError
    return parameters
