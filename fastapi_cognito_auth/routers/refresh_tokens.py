"""New tokens, and signing out."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, ClassVar, Final

from fastapi import APIRouter, Request
from pydantic import ConfigDict, Field

from fastapi_cognito_auth.cognito.answers import ClientMetadata
from fastapi_cognito_auth.cognito.models import SignedOut, Tokens
from fastapi_cognito_auth.cognito.refresh_tokens import RefreshTokens
from fastapi_cognito_auth.dependencies.transports import Transport
from fastapi_cognito_auth.exceptions import (
    CrossSiteRequestError,
    InvalidSessionError,
    InvalidTokenError,
    InvalidTokenUseError,
    KeysUnavailableError,
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
from fastapi_cognito_auth.revocation.ending import Ending
from fastapi_cognito_auth.routers.route import Body, DeviceSecret, new_router
from fastapi_cognito_auth.runtime.clock import wall_clock
from fastapi_cognito_auth.tokens.claims import LONGEST_LIFE, AccessTokenClaims
from fastapi_cognito_auth.tokens.verifier import TokenVerifier

RefreshToken = Annotated[str, Field(min_length=1, max_length=8192, pattern=r"^[A-Za-z0-9\-_=.]+$")]

_NOT_REVOKED: Final = (
    "The keys of the user pool cannot be fetched at the moment, so the access token is not revoked."
    " Try again."
)


class RefreshRequest(Body):
    """The refresh token of a sign-in."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        json_schema_extra={
            "examples": [{"refresh_token": "eyJjdHkiOiJKV1QiLCJlbmMiOiJBMjU2R0NNIn0.of-the-sign-in"}]
        }
    )

    refresh_token: RefreshToken
    """Of the last answer that held one."""

    device: DeviceSecret | None = None
    """What the client kept of its device."""

    client_metadata: ClientMetadata = None


class SignOutRequest(Body):
    """The refresh token to revoke."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        json_schema_extra={
            "examples": [{"refresh_token": "eyJjdHkiOiJKV1QiLCJlbmMiOiJBMjU2R0NNIn0.of-the-sign-in"}]
        }
    )

    refresh_token: RefreshToken | None = None
    """Left out, only the access token of the `Authorization` header or of the cookie ends, and in the app
    alone."""


def refresh_tokens_router(
    refresh_tokens: RefreshTokens,
    transport: Transport,
    verifier: TokenVerifier,
    ending: Ending,
    *,
    max_body_size: int,
    clock: Callable[[], float] = wall_clock,
) -> APIRouter:
    """Build the endpoints over `auth.pool.refresh_tokens`.

    Args:
        refresh_tokens: asks Cognito.
        transport: where the access token is.
        verifier: judges it. It must not ask whether the token is revoked: a sign-out is answered
            whatever that list says, and when it says nothing.
        ending: what signing out ends in the app itself.
        max_body_size: bytes.
        clock: seconds since the epoch.
    """
    router = new_router(tags=["auth"], max_body_size=max_body_size)

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
            InvalidTokenError,
            InvalidTokenUseError,
            CrossSiteRequestError,
            UnauthorizedError,
            UnsupportedTokenTypeError,
            UnsupportedOperationError,
            TooManyRequestsError,
            KeysUnavailableError,
            UserPoolUnavailableError,
        ),
    )
    async def sign_out(request: Request, body: SignOutRequest | None = None) -> SignedOut:
        """Revoke the refresh token. The answer says what stays valid, and until when.

        With an access token in the `Authorization` header, or in the cookie, the app itself refuses
        all tokens of that sign-in from now on, if it is set up to ask about revocation. On 503 try
        again, with both tokens.
        """
        claims: AccessTokenClaims | None = None
        unjudged: KeysUnavailableError | None = None
        try:
            claims = await _claims(request)
        except KeysUnavailableError as exc:
            unjudged = exc
        # Before the list, which knows nothing of refresh tokens. Revoking twice is no error (RFC 7009
        # section 2.2), so whatever fails here or below, the client can try again.
        refresh_token = None if body is None else body.refresh_token
        at_cognito = partial(refresh_tokens.revoke, refresh_token) if refresh_token else None
        until: int | None = None
        if claims is not None:
            until = await ending.of_sign_in(claims, at_cognito)
        elif at_cognito is not None:
            await at_cognito()
        if unjudged is not None:
            if ending.needs_claims:
                raise KeysUnavailableError(_NOT_REVOKED) from unjudged
            # Its own word counts for nothing yet, but no token that is good can live longer.
            until = int(clock()) + LONGEST_LIFE
        return SignedOut(refresh_token_revoked=at_cognito is not None, access_token_valid_until=until)

    async def _claims(request: Request) -> AccessTokenClaims | None:
        # Two of them are refused: which one is to end cannot be told.
        token = transport.read(request)
        if not isinstance(token, str):
            return None
        try:
            return await verifier.access_token(token)
        except InvalidTokenUseError:
            # It does not say until when the access token lives, which stays valid.
            raise
        except InvalidTokenError:
            # It is good for nothing already: nothing stays valid.
            return None

    return router
