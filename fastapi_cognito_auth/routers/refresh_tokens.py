"""New tokens, and signing out."""

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field

from fastapi_cognito_auth.cognito.answers import ClientMetadata
from fastapi_cognito_auth.cognito.models import SignedOut, Tokens
from fastapi_cognito_auth.cognito.refresh_tokens import RefreshTokens
from fastapi_cognito_auth.exceptions import (
    InvalidSessionError,
    InvalidTokenError,
    KeysUnavailableError,
    NotAuthenticatedError,
    NotAuthorizedError,
    RefreshTokenReuseError,
    TooManyRequestsError,
    UnauthorizedError,
    UnsupportedOperationError,
    UnsupportedTokenTypeError,
    UserLambdaValidationError,
    UserPoolUnavailableError,
    responses,
)
from fastapi_cognito_auth.routers.route import Body, DeviceSecret, new_router
from fastapi_cognito_auth.tokens import TokenVerifier
from fastapi_cognito_auth.transports import BearerTransport

RefreshToken = Annotated[str, Field(min_length=1, max_length=8192, pattern=r"^[A-Za-z0-9\-_=.]+$")]


class RefreshRequest(Body):
    """The refresh token of a sign-in."""

    refresh_token: RefreshToken
    device: DeviceSecret | None = None
    client_metadata: ClientMetadata = None


class SignOutRequest(Body):
    """The refresh token to revoke."""

    refresh_token: RefreshToken | None = None


def refresh_tokens_router(
    refresh_tokens: RefreshTokens, transport: BearerTransport, verifier: TokenVerifier
) -> APIRouter:
    """Build the endpoints over `auth.pool.refresh_tokens`."""
    router = new_router()

    @router.post(
        "/refresh",
        responses=responses(
            InvalidSessionError,
            NotAuthorizedError,
            RefreshTokenReuseError,
            UserLambdaValidationError,
            TooManyRequestsError,
            UserPoolUnavailableError,
        ),
    )
    async def refresh(body: RefreshRequest) -> Tokens:
        """Get new tokens. On 401 the user must sign in again; after any other error, keep the token."""
        return await refresh_tokens.refresh(
            body.refresh_token, device=body.device, client_metadata=body.client_metadata
        )

    @router.post(
        "/sign-out",
        responses=responses(
            UnauthorizedError,
            UnsupportedTokenTypeError,
            UnsupportedOperationError,
            TooManyRequestsError,
            UserPoolUnavailableError,
        ),
    )
    async def sign_out(body: SignOutRequest, request: Request) -> SignedOut:
        """Revoke the refresh token. The answer says what stays valid, and until when."""
        if body.refresh_token is not None:
            await refresh_tokens.revoke(body.refresh_token)
        return SignedOut(
            refresh_token_revoked=body.refresh_token is not None,
            access_token_valid_until=await _valid_until(request),
        )

    async def _valid_until(request: Request) -> int | None:
        try:
            return (await verifier.access_token(transport.read(request))).exp
        except (NotAuthenticatedError, InvalidTokenError):
            # No token, or one that is good for nothing already: nothing stays valid.
            return None
        except KeysUnavailableError:
            # Signing out must not wait for the keys; until when the token lives cannot be told.
            return None

    return router
