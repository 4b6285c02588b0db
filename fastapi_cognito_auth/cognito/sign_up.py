"""A new user, from sign-up to confirmation (SignUp, ConfirmSignUp, ResendConfirmationCode)."""

import logging
from collections.abc import Mapping
from typing import Any

from fastapi_cognito_auth.cognito.client import CognitoClient
from fastapi_cognito_auth.cognito.models import CodeDelivery, SignedUp
from fastapi_cognito_auth.exceptions import (
    CodeMismatchError,
    InvalidParameterError,
    NotAuthorizedError,
    UserNotFoundError,
    UserPoolUnavailableError,
)

logger = logging.getLogger("fastapi_cognito_auth")


class SignUp:
    """Signs users up.

    Args:
        client: speaks to Cognito.
    """

    def __init__(self, client: CognitoClient) -> None:
        self._client = client

    async def start(
        self,
        username: str,
        password: str,
        attributes: Mapping[str, str] | None = None,
        *,
        client_metadata: Mapping[str, str] | None = None,
    ) -> SignedUp:
        """Create a user who must confirm by a code (SignUp).

        Args:
            username: the name to sign in with; an e-mail address or phone number in pools that
                use those as usernames.
            password: must meet the pool's policy.
            attributes: such as `{"email": "…"}`.
            client_metadata: passed to the pool's triggers.

        Raises:
            UsernameExistsError: the username is taken.
            InvalidPasswordError: the message says what the password lacks.
            InvalidParameterError: an attribute is missing or wrong.
        """
        answer = await self._client.call(
            "SignUp",
            Username=username,
            Password=password,
            UserAttributes=[{"Name": name, "Value": value} for name, value in (attributes or {}).items()],
            ClientMetadata=dict(client_metadata or {}),
        )
        if not isinstance(answer.get("UserSub"), str):
            raise UserPoolUnavailableError
        details = answer.get("CodeDeliveryDetails")
        return SignedUp(
            user_sub=answer["UserSub"],
            confirmed=answer.get("UserConfirmed") is True,
            delivery=CodeDelivery.from_cognito(details) if details else None,
        )

    async def confirm(
        self, username: str, code: str, *, client_metadata: Mapping[str, str] | None = None
    ) -> None:
        """Confirm a user by the code that was sent (ConfirmSignUp).

        Raises:
            CodeMismatchError: the code is wrong, or there is no such user.
            ExpiredCodeError: the code was used or has expired; ask for another.
            AliasExistsError: the address belongs to another user.
        """
        try:
            await self._client.call(
                "ConfirmSignUp",
                Username=username,
                ConfirmationCode=code,
                ClientMetadata=dict(client_metadata or {}),
            )
        except UserNotFoundError as exc:
            raise CodeMismatchError from exc

    async def resend_code(
        self, username: str, *, client_metadata: Mapping[str, str] | None = None
    ) -> CodeDelivery:
        """Send another code (ResendConfirmationCode).

        An unknown user, or one who is confirmed already, is answered like any other: with a
        destination, but without a code being sent.
        """
        try:
            answer = await self._client.call(
                "ResendConfirmationCode", Username=username, ClientMetadata=dict(client_metadata or {})
            )
        except (UserNotFoundError, InvalidParameterError, NotAuthorizedError) as exc:
            logger.info("no sign-up code was sent: %s", exc.code)
            return CodeDelivery.simulated(username)
        details: dict[str, Any] = answer.get("CodeDeliveryDetails") or {}
        return CodeDelivery.from_cognito(details)
