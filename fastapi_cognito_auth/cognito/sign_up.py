"""A new user, from sign-up to confirmation (SignUp, ConfirmSignUp, ResendConfirmationCode).

Where the pool allows sign-in by choice, a confirmed sign-up can go straight on to tokens: the
session that says so travels through the browser sealed, and signs in that user only.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any, Final

from fastapi_cognito_auth.cognito.attempt import UserContext, context_data
from fastapi_cognito_auth.cognito.client import CognitoClient
from fastapi_cognito_auth.cognito.given import pairs
from fastapi_cognito_auth.cognito.models import CodeDelivery, CodeRequested, Confirmed, SignedUp
from fastapi_cognito_auth.cognito.typed import WRONG_OR_EXPIRED, check_new_password
from fastapi_cognito_auth.exceptions import (
    CodeMismatchError,
    ExpiredCodeError,
    InvalidParameterError,
    InvalidSessionError,
    NotAuthorizedError,
    UserNotFoundError,
)
from fastapi_cognito_auth.sealing import Sealer

logger: logging.Logger = logging.getLogger("fastapi_cognito_auth")

_PURPOSE: Final = "sign_up"
_LONGEST_SESSION: Final = 15 * 60  # seconds; the pool's own limit is AuthSessionValidity


class SignUp:
    """Signs users up.

    Args:
        client: speaks to Cognito.
        sealer: seals the session that goes on to the first sign-in.
    """

    def __init__(self, client: CognitoClient, sealer: Callable[[], Sealer]) -> None:
        self._client = client
        self._sealer = sealer

    async def start(
        self,
        username: str,
        password: str | None,
        attributes: Mapping[str, str] | None = None,
        *,
        client_metadata: Mapping[str, str] | None = None,
        user_context: UserContext | None = None,
    ) -> SignedUp:
        """Create a user who must confirm by a code (SignUp).

        Args:
            username: the name to sign in with; an e-mail address or phone number in pools that
                use those as usernames.
            password: must meet the pool's policy; `None` in pools that sign in by code alone.
            attributes: such as `{"email": "…"}`.
            client_metadata: passed to the pool's triggers.
            user_context: where the request came from.

        Raises:
            UsernameExistsError: the username is taken.
            InvalidPasswordError: the message says what the password lacks.
            InvalidParameterError: an attribute is missing or wrong.
        """
        if password is not None:
            check_new_password(password)
        answer = await self._client.call(
            "SignUp",
            Username=username,
            **({} if password is None else {"Password": password}),
            UserAttributes=pairs(attributes or {}),
            ClientMetadata=dict(client_metadata or {}),
            **context_data(user_context),
        )
        details = answer.get("CodeDeliveryDetails")
        return SignedUp(
            user_sub=answer["UserSub"],
            confirmed=answer.get("UserConfirmed") is True,
            delivery=CodeDelivery.from_cognito(details) if details else None,
            session=self._seal(username, answer),
        )

    async def confirm(
        self,
        username: str,
        code: str,
        *,
        session: str | None = None,
        client_metadata: Mapping[str, str] | None = None,
        user_context: UserContext | None = None,
    ) -> Confirmed:
        """Confirm a user by the code that was sent (ConfirmSignUp).

        Args:
            username: as signed up.
            code: as sent.
            session: of the sign-up, to go on to the first sign-in without a password.
            client_metadata: passed to the pool's triggers.
            user_context: where the request came from.

        Raises:
            CodeMismatchError: the code is wrong, has expired or was used, there is no such user, or the
                user is disabled or confirmed already.
            AliasExistsError: the address belongs to another user.
            InvalidSessionError: the session is forged, expired, or another user's.
        """
        more = {} if session is None else {"Session": self.open_session(session, username)}
        try:
            answer = await self._client.call(
                "ConfirmSignUp",
                Username=username,
                ConfirmationCode=code,
                ClientMetadata=dict(client_metadata or {}),
                **context_data(user_context),
                **more,
            )
        except (CodeMismatchError, ExpiredCodeError, UserNotFoundError, NotAuthorizedError) as exc:
            # Which of them it is would tell who guesses at names that this one is taken.
            raise CodeMismatchError(WRONG_OR_EXPIRED) from exc
        return Confirmed(session=self._seal(username, answer))

    async def resend_code(
        self,
        username: str,
        *,
        client_metadata: Mapping[str, str] | None = None,
        user_context: UserContext | None = None,
    ) -> CodeRequested:
        """Send another code (ResendConfirmationCode).

        An unknown user, or one who is confirmed already, is answered like any other, but without a
        code being sent.
        """
        try:
            await self._client.call(
                "ResendConfirmationCode",
                Username=username,
                ClientMetadata=dict(client_metadata or {}),
                **context_data(user_context),
            )
        except (UserNotFoundError, InvalidParameterError, NotAuthorizedError) as exc:
            logger.warning("no sign-up code was sent: %s", exc)
        return CodeRequested()

    def open_session(self, sealed: str, username: str) -> str:
        """Return Cognito's session of a sign-up.

        Raises:
            InvalidSessionError: it is forged, expired, or another user's.
        """
        value = self._sealer().open(_PURPOSE, sealed, max_age=_LONGEST_SESSION)
        if value.get("username") != username:
            raise InvalidSessionError
        return str(value["session"])

    def _seal(self, username: str, answer: Mapping[str, Any]) -> str | None:
        session = answer.get("Session")
        if not isinstance(session, str):
            return None
        return self._sealer().seal(_PURPOSE, {"username": username, "session": session})
