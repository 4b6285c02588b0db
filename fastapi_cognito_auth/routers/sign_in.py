"""Sign-in, by a password or otherwise."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from fastapi_cognito_auth.cognito.attempt import UserContext
from fastapi_cognito_auth.cognito.models import SignInResult
from fastapi_cognito_auth.cognito.sign_in import SignIn
from fastapi_cognito_auth.dependencies.transports import BearerTransport
from fastapi_cognito_auth.exceptions import InvalidSessionError, responses
from fastapi_cognito_auth.routers.client_address import FindContext
from fastapi_cognito_auth.routers.route import new_router
from fastapi_cognito_auth.routers.sign_in_request import SIGN_IN_ERRORS, SignInRequest, signed_in


def sign_in_router(
    flow: SignIn, find_context: FindContext, transport: BearerTransport, *, max_body_size: int
) -> APIRouter:
    """Build the endpoints over `auth.pool.sign_in`."""
    router = new_router(tags=["auth"], max_body_size=max_body_size)
    Context = Annotated[UserContext | None, Depends(find_context)]  # noqa: N806 - a type

    @router.post("/sign-in", responses=responses(InvalidSessionError, *SIGN_IN_ERRORS))
    async def sign_in(body: SignInRequest, request: Request, context: Context) -> SignInResult:
        """Sign in. The answer holds tokens, or a challenge to take to `/challenge`."""
        token = _token_to_credit(request) if body.target_acr_values else None
        return await signed_in(flow, body, access_token=token, context=context)

    def _token_to_credit(request: Request) -> str | None:
        token = transport.read(request)
        return token if isinstance(token, str) else None

    return router
