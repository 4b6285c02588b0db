"""A forgotten password, and another one (ForgotPassword, ConfirmForgotPassword, ChangePassword)."""

import logging
from collections.abc import Mapping

from fastapi_cognito_auth.cognito.attempt import UserContext, context_data
from fastapi_cognito_auth.cognito.client import CognitoClient
from fastapi_cognito_auth.cognito.models import CodeRequested
from fastapi_cognito_auth.cognito.typed import WRONG_OR_EXPIRED, check_new_password
from fastapi_cognito_auth.exceptions import (
    CodeMismatchError,
    ExpiredCodeError,
    InvalidParameterError,
    NotAuthorizedError,
    UserNotFoundError,
)

logger: logging.Logger = logging.getLogger("fastapi_cognito_auth")


class Password:
    """Resets forgotten passwords, and changes known ones.

    Args:
        client: speaks to Cognito.
    """

    def __init__(self, client: CognitoClient) -> None:
        self._client = client

    async def forgot(
        self,
        username: str,
        *,
        client_metadata: Mapping[str, str] | None = None,
        user_context: UserContext | None = None,
    ) -> CodeRequested:
        """Send a code to a verified address of the user (ForgotPassword).

        An unknown user, or one whose password cannot be reset, is answered like any other, but
        without a code being sent.
        """
        try:
            await self._client.call(
                "ForgotPassword",
                Username=username,
                ClientMetadata=dict(client_metadata or {}),
                **context_data(user_context),
            )
        except (UserNotFoundError, InvalidParameterError, NotAuthorizedError) as exc:
            logger.warning("no reset code was sent: %s", exc)
        return CodeRequested()

    async def reset(
        self,
        username: str,
        code: str,
        password: str,
        *,
        client_metadata: Mapping[str, str] | None = None,
        user_context: UserContext | None = None,
    ) -> None:
        """Set a new password by the code that was sent (ConfirmForgotPassword).

        Raises:
            CodeMismatchError: the code is wrong, has expired or was used, was never asked for, there
                is no such user, or the user is disabled.
            InvalidPasswordError: the message says what the password lacks.
        """
        check_new_password(password)
        try:
            await self._client.call(
                "ConfirmForgotPassword",
                Username=username,
                ConfirmationCode=code,
                Password=password,
                ClientMetadata=dict(client_metadata or {}),
                **context_data(user_context),
            )
        except (CodeMismatchError, ExpiredCodeError, UserNotFoundError, NotAuthorizedError) as exc:
            # Which of them it is would tell who guesses at names that this one is taken.
            raise CodeMismatchError(WRONG_OR_EXPIRED) from exc

    async def change(
        self, access_token: str, proposed_password: str, *, previous_password: str | None = None
    ) -> None:
        """Change the password of a signed-in user (ChangePassword).

        Tokens from before stay valid.

        Args:
            access_token: of the user.
            proposed_password: the new one.
            previous_password: the one in force; a user who signs in without a password has none.

        Raises:
            NotAuthorizedError: the previous password is wrong, or the token is revoked.
            InvalidPasswordError: the message says what the new password lacks.
            InvalidParameterError: the user has a password, and the previous one is not given.
            LimitExceededError: too many wrong previous passwords.
        """
        check_new_password(proposed_password)
        previous = {} if previous_password is None else {"PreviousPassword": previous_password}
        await self._client.call(
            "ChangePassword", AccessToken=access_token, ProposedPassword=proposed_password, **previous
        )
