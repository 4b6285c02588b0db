"""The browser's form of signing in: tokens go into a cookie session, and never into an answer."""

from collections.abc import Awaitable, Callable
from enum import Enum
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi import Body as BodyParameter

from fastapi_cognito_auth.cognito.answers import ChallengeAnswer
from fastapi_cognito_auth.cognito.attempt import UserContext
from fastapi_cognito_auth.cognito.challenges import Challenges
from fastapi_cognito_auth.cognito.models import SignedOut
from fastapi_cognito_auth.cognito.sign_in import SignIn
from fastapi_cognito_auth.exceptions import (
    CrossSiteRequestError,
    InvalidSessionError,
    SessionsUnavailableError,
    SessionTooLargeError,
    responses,
)
from fastapi_cognito_auth.routers.challenge_request import ANSWER_EXAMPLES, CHALLENGE_ERRORS
from fastapi_cognito_auth.routers.client_address import FindContext
from fastapi_cognito_auth.routers.route import new_router
from fastapi_cognito_auth.routers.session_flow import CookieSessionFlow, SessionResult, SignedIn
from fastapi_cognito_auth.routers.sign_in_request import SIGN_IN_ERRORS, SignInRequest, signed_in

_TAGS: list[str | Enum] = ["cookie session"]
_SESSION_ERRORS = (CrossSiteRequestError, SessionsUnavailableError, SessionTooLargeError)


def cookie_session_router(
    flow: CookieSessionFlow,
    sign_in_flow: SignIn,
    challenges: Challenges,
    find_context: FindContext,
    same_origin: Callable[..., Awaitable[None]],
    *,
    max_body_size: int,
) -> APIRouter:
    """Build the endpoints that begin, show and end a session.

    Args:
        flow: keeps and ends sessions.
        sign_in_flow: `auth.pool.sign_in`.
        challenges: `auth.pool.challenges`.
        find_context: where a request came from.
        same_origin: refuses what pages of other sites send: they could sign somebody in as another.
        max_body_size: bytes.
    """
    # Without a tag of its own: other parts that have one are put into it.
    router = new_router(max_body_size=max_body_size, dependencies=[Depends(same_origin)])
    Context = Annotated[UserContext | None, Depends(find_context)]  # noqa: N806 - a type

    @router.get("", tags=_TAGS, responses=responses(SessionsUnavailableError))
    async def read_session(request: Request) -> SignedIn | None:
        """Tell who is signed in in this browser, and until when; `null` for nobody."""
        return await flow.current(request)

    @router.post(
        "/sign-in", tags=_TAGS, responses=responses(InvalidSessionError, *SIGN_IN_ERRORS, *_SESSION_ERRORS)
    )
    async def sign_in_to_session(body: SignInRequest, request: Request, context: Context) -> SessionResult:
        """Sign in. The browser gets a session, or the page a challenge to take to `/challenge`."""
        token = await flow.token_to_credit(request) if body.target_acr_values else None
        result = await signed_in(sign_in_flow, body, access_token=token, context=context)
        return await flow.begin(request, result)

    @router.post("/challenge", tags=_TAGS, responses=responses(*CHALLENGE_ERRORS, *_SESSION_ERRORS))
    async def answer_challenge_for_session(
        body: Annotated[ChallengeAnswer, BodyParameter(openapi_examples=ANSWER_EXAMPLES)],
        request: Request,
        context: Context,
    ) -> SessionResult:
        """Answer a challenge of `/sign-in`. More challenges may follow before the session.

        After a wrong code the same `session` serves for another try.
        """
        result = await challenges.answer(body, user_context=context)
        return await flow.begin(request, result)

    @router.post(
        "/sign-out", tags=_TAGS, responses=responses(CrossSiteRequestError, SessionsUnavailableError)
    )
    async def sign_out_of_session(request: Request) -> SignedOut:
        """Sign out of this browser, whatever the state of its session.

        The refresh token is revoked. The answer says whether that worked, and what stays valid.
        With 503 the browser is signed out, and the session may still be kept.
        """
        return await flow.end(request)

    return router
