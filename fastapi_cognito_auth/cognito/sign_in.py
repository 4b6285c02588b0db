"""Signing in with a password (InitiateAuth), by SRP unless the settings say otherwise."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Literal, Protocol

from fastapi_cognito_auth.cognito.client import CognitoClient
from fastapi_cognito_auth.cognito.models import Challenge, Tokens
from fastapi_cognito_auth.exceptions import NotAuthorizedError, UserNotFoundError, UserPoolUnavailableError
from fastapi_cognito_auth.srp import Challenge as SRPChallenge
from fastapi_cognito_auth.srp import SRPClient, SRPError, format_timestamp, pool_name

PasswordFlow = Literal["USER_SRP_AUTH", "USER_PASSWORD_AUTH"]


class ToResult(Protocol):
    """Makes tokens or a challenge of what Cognito answers."""

    def __call__(self, answer: dict[str, Any], *, username: str, login: str) -> Tokens | Challenge:
        """Return tokens, or a challenge with a sealed session."""
        ...


class SignIn:
    """Signs users in.

    Args:
        client: speaks to Cognito.
        to_result: makes tokens or a challenge of an answer.
        user_pool_id: its name part goes into the proof.
        auth_flow: how a password is proved where a call does not say.
        clock: seconds since the epoch.
    """

    def __init__(
        self,
        client: CognitoClient,
        to_result: ToResult,
        *,
        user_pool_id: str,
        auth_flow: PasswordFlow,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self._to_result = to_result
        self._pool_name = pool_name(user_pool_id)
        self._auth_flow = auth_flow
        self._clock = clock

    async def with_password(
        self,
        username: str,
        password: str,
        *,
        auth_flow: PasswordFlow | None = None,
        client_metadata: Mapping[str, str] | None = None,
    ) -> Tokens | Challenge:
        """Sign in with a password.

        Args:
            username: the username or an alias.
            password: by `USER_SRP_AUTH` it is proved, and does not leave the app.
            auth_flow: the settings' unless given.
            client_metadata: passed to the pool's triggers.

        Raises:
            NotAuthorizedError: the password is wrong, there is no such user, or the user is
                disabled or locked for a while.
            UserNotConfirmedError: the user has not confirmed yet.
            PasswordResetRequiredError: an administrator reset the password.
        """
        metadata = dict(client_metadata or {})
        try:
            if (auth_flow or self._auth_flow) == "USER_SRP_AUTH":
                return await self._by_srp(username, password, metadata)
            answer = await self._client.call(
                "InitiateAuth",
                AuthFlow="USER_PASSWORD_AUTH",
                AuthParameters={"USERNAME": username, "PASSWORD": password},
                ClientMetadata=metadata,
            )
        except UserNotFoundError as exc:
            # Pools of the LEGACY kind tell who exists; nobody hears it from us.
            raise NotAuthorizedError from exc
        return self._to_result(answer, username=username, login=username)

    async def _by_srp(self, username: str, password: str, metadata: dict[str, str]) -> Tokens | Challenge:
        handshake: SRPClient = await self._client.in_thread(lambda: SRPClient(self._pool_name))
        first = await self._client.call(
            "InitiateAuth",
            AuthFlow="USER_SRP_AUTH",
            AuthParameters={"USERNAME": username, "SRP_A": handshake.srp_a},
            ClientMetadata=metadata,
        )
        if first.get("ChallengeName") != "PASSWORD_VERIFIER":
            return self._to_result(first, username=username, login=username)
        given = first.get("ChallengeParameters", {})
        try:
            identity, block = given["USER_ID_FOR_SRP"], given["SECRET_BLOCK"]
            challenge = SRPChallenge(given["SALT"], given["SRP_B"], block)
        except KeyError as exc:
            raise UserPoolUnavailableError from exc
        timestamp = format_timestamp(datetime.fromtimestamp(self._clock(), UTC))
        try:
            signature = await self._client.in_thread(
                lambda: handshake.claim(identity, password, challenge, timestamp)
            )
        except SRPError as exc:
            raise UserPoolUnavailableError from exc
        session = {"Session": first["Session"]} if first.get("Session") else {}
        answer = await self._client.call(
            "RespondToAuthChallenge",
            ChallengeName="PASSWORD_VERIFIER",
            ChallengeResponses={
                "USERNAME": identity,
                "PASSWORD_CLAIM_SECRET_BLOCK": block,
                "PASSWORD_CLAIM_SIGNATURE": signature,
                "TIMESTAMP": timestamp,
            },
            ClientMetadata=metadata,
            **session,
        )
        return self._to_result(answer, username=identity, login=username)
