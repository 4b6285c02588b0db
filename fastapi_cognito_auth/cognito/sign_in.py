"""The ways into a sign-in: a password, a choice, the pool's own triggers (InitiateAuth)."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Literal

from fastapi_cognito_auth.cognito.attempt import Attempt, Device, UserContext, initiate
from fastapi_cognito_auth.cognito.client import CognitoClient
from fastapi_cognito_auth.cognito.models import Challenge, Tokens
from fastapi_cognito_auth.cognito.password_proof import PasswordProof
from fastapi_cognito_auth.cognito.remedies import NO_POOL_OR_CLIENT
from fastapi_cognito_auth.exceptions import (
    InvalidUserPoolConfigurationError,
    NotAuthorizedError,
    ResourceNotFoundError,
    UserNotFoundError,
)

logger: logging.Logger = logging.getLogger("fastapi_cognito_auth")

PasswordFlow = Literal["USER_SRP_AUTH", "USER_PASSWORD_AUTH", "ADMIN_USER_PASSWORD_AUTH"]
FirstFactor = Literal["PASSWORD", "PASSWORD_SRP", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"]
Proceed = Callable[[dict[str, Any], Attempt], Awaitable[Tokens | Challenge]]
"""Makes tokens or a challenge of an answer; goes on by itself where only the app can answer."""


class SignIn:
    """Signs users in.

    Args:
        client: speaks to Cognito.
        proof: proves passwords by SRP.
        proceed: makes tokens or a challenge of an answer.
        open_device: opens what a client kept of its device.
        open_sign_up: opens the session of a confirmed sign-up, for a username.
        auth_flow: how a password is proved where a call does not say.
    """

    def __init__(
        self,
        client: CognitoClient,
        proof: PasswordProof,
        proceed: Proceed,
        *,
        open_device: Callable[[str], Device],
        open_sign_up: Callable[[str, str], str],
        auth_flow: PasswordFlow,
    ) -> None:
        self._client = client
        self._proof = proof
        self._proceed = proceed
        self._open_device = open_device
        self._open_sign_up = open_sign_up
        self._auth_flow = auth_flow

    async def with_password(
        self,
        username: str,
        password: str,
        *,
        auth_flow: PasswordFlow | None = None,
        device: str | None = None,
        client_metadata: Mapping[str, str] | None = None,
        user_context: UserContext | None = None,
    ) -> Tokens | Challenge:
        """Sign in with a password.

        Args:
            username: the username or an alias.
            password: by `USER_SRP_AUTH` it is proved, and does not leave the app.
            auth_flow: the settings' unless given. `ADMIN_USER_PASSWORD_AUTH` needs AWS credentials.
            device: what the client kept of its device, from `Devices.register`.
            client_metadata: passed to the pool's triggers.
            user_context: where the request came from.

        Raises:
            NotAuthorizedError: the password is wrong, there is no such user, or the user is
                disabled or locked for a while.
            UserNotConfirmedError: the user has not confirmed yet.
            PasswordResetRequiredError: an administrator reset the password.
            InvalidSessionError: the device is forged, or from another app.
        """
        flow = auth_flow or self._auth_flow
        attempt = self._attempt(
            username,
            device=device,
            admin=flow == "ADMIN_USER_PASSWORD_AUTH",
            client_metadata=client_metadata,
            user_context=user_context,
        )
        if flow == "USER_SRP_AUTH":
            return await self._run(attempt, lambda now: self._by_srp(now, flow, password))
        return await self._run(attempt, lambda now: self._begin(now, flow, {"PASSWORD": password}))

    async def with_choice(
        self,
        username: str,
        *,
        preferred_challenge: FirstFactor | None = None,
        password: str | None = None,
        session: str | None = None,
        device: str | None = None,
        target_acr_values: Sequence[str] = (),
        access_token: str | None = None,
        max_age: int | None = None,
        client_metadata: Mapping[str, str] | None = None,
        user_context: UserContext | None = None,
    ) -> Tokens | Challenge:
        """Sign in by whatever the pool and the user have (`USER_AUTH`).

        Args:
            username: the username or an alias.
            preferred_challenge: goes there directly, if the user has it.
            password: with a preferred challenge of PASSWORD or PASSWORD_SRP: saves one step.
            session: from a confirmed sign-up; signs in without anything else.
            device: what the client kept of its device, from `Devices.register`.
            target_acr_values: the authentication levels that are asked for (step-up).
            access_token: of the user's present sign-in, to credit what was done already.
            max_age: seconds for which an earlier factor counts.
            client_metadata: passed to the pool's triggers.
            user_context: where the request came from.

        Raises:
            NotAuthorizedError: as for a password; or the session is used up.
            InvalidParameterError: the combination is not one that the pool takes.
            InvalidSessionError: the session or the device is forged, expired, or another user's.
        """
        attempt = self._attempt(
            username, device=device, client_metadata=client_metadata, user_context=user_context
        )
        parameters = {
            "PREFERRED_CHALLENGE": preferred_challenge,
            "TARGET_ACR_VALUES": " ".join(target_acr_values) or None,
            "ACCESS_TOKEN": access_token,
            "MAX_AGE": None if max_age is None else str(max_age),
            "PASSWORD": password if preferred_challenge == "PASSWORD" else None,
        }
        given = {name: value for name, value in parameters.items() if value is not None}
        if preferred_challenge == "PASSWORD_SRP" and password is not None:
            return await self._run(attempt, lambda now: self._by_srp(now, "USER_AUTH", password, given))
        opened = None if session is None else self._open_sign_up(session, username)
        return await self._run(attempt, lambda now: self._begin(now, "USER_AUTH", given, opened))

    async def with_custom_auth(
        self,
        username: str,
        *,
        password: str | None = None,
        device: str | None = None,
        client_metadata: Mapping[str, str] | None = None,
        user_context: UserContext | None = None,
    ) -> Tokens | Challenge:
        """Sign in by the challenges of the pool's own triggers (`CUSTOM_AUTH`).

        Args:
            username: the username or an alias.
            password: where the triggers want a password first; it is proved by SRP.
            device: what the client kept of its device, from `Devices.register`.
            client_metadata: passed to the pool's triggers.
            user_context: where the request came from.

        Raises:
            NotAuthorizedError: the triggers refuse.
            UserLambdaValidationError: a trigger refused in words of its own.
        """
        attempt = self._attempt(
            username, device=device, client_metadata=client_metadata, user_context=user_context
        )
        if password is None:
            return await self._run(attempt, lambda now: self._begin(now, "CUSTOM_AUTH", {}))
        first = {"CHALLENGE_NAME": "SRP_A"}
        return await self._run(attempt, lambda now: self._by_srp(now, "CUSTOM_AUTH", password, first))

    def _attempt(
        self,
        username: str,
        *,
        device: str | None,
        client_metadata: Mapping[str, str] | None,
        user_context: UserContext | None,
        admin: bool = False,
    ) -> Attempt:
        return Attempt(
            username,
            username,
            device=None if device is None else self._open_device(device),
            admin=admin,
            client_metadata=client_metadata or {},
            user_context=user_context,
        )

    async def _run(
        self, attempt: Attempt, steps: Callable[[Attempt], Awaitable[Tokens | Challenge]]
    ) -> Tokens | Challenge:
        try:
            try:
                return await steps(attempt)
            except ResourceNotFoundError as exc:
                if attempt.device is None:
                    # Then it is the pool or the app client: a mistake of the set-up.
                    logger.error("signing in failed: %s", NO_POOL_OR_CLIENT)  # noqa: TRY400 - without the trace
                    raise InvalidUserPoolConfigurationError from exc
                # The pool has forgotten the device: go on as from a new one.
                return await steps(attempt.without_device())
        except UserNotFoundError as exc:
            # Pools of the LEGACY kind tell who exists; nobody hears it from us.
            raise NotAuthorizedError from exc

    async def _begin(
        self, attempt: Attempt, auth_flow: str, parameters: Mapping[str, str], session: str | None = None
    ) -> Tokens | Challenge:
        answer = await initiate(self._client, attempt, auth_flow, parameters, session)
        return await self._proceed(answer, attempt)

    async def _by_srp(
        self, attempt: Attempt, auth_flow: str, password: str, parameters: Mapping[str, str] | None = None
    ) -> Tokens | Challenge:
        handshake = await self._proof.begin()
        more = {"SRP_A": handshake.srp_a, **(parameters or {})}
        answer = await initiate(self._client, attempt, auth_flow, more)
        if answer.get("ChallengeName") == "PASSWORD_VERIFIER":
            answer, attempt = await self._proof.finish(handshake, password, answer, attempt)
        return await self._proceed(answer, attempt)
