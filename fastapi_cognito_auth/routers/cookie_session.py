"""The browser's form of signing in: tokens go into a cookie session, and never into an answer."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from enum import Enum
from functools import partial
from typing import Annotated, ClassVar, Literal

from fastapi import APIRouter, Depends, Request
from fastapi import Body as BodyParameter
from pydantic import ConfigDict

from fastapi_cognito_auth.cognito.answers import ChallengeAnswer
from fastapi_cognito_auth.cognito.attempt import UserContext
from fastapi_cognito_auth.cognito.challenges import Challenges
from fastapi_cognito_auth.cognito.models import Challenge, NewDevice, SignedOut, SignInResult, Tokens
from fastapi_cognito_auth.cognito.refresh_tokens import RefreshTokens
from fastapi_cognito_auth.cognito.sign_in import SignIn
from fastapi_cognito_auth.cookie_sessions.protocol import Kept
from fastapi_cognito_auth.cookie_sessions.sessions import NewTokens
from fastapi_cognito_auth.dependencies.browser_session import BrowserSession
from fastapi_cognito_auth.dependencies.principals import Principals
from fastapi_cognito_auth.exceptions import (
    CognitoAuthError,
    CrossSiteRequestError,
    InvalidSessionError,
    InvalidTokenError,
    NotAuthenticatedError,
    SessionsUnavailableError,
    SessionTooLargeError,
    responses,
)
from fastapi_cognito_auth.revocation.ending import Ending
from fastapi_cognito_auth.routers.challenge_request import ANSWER_EXAMPLES, CHALLENGE_ERRORS
from fastapi_cognito_auth.routers.client_address import FindContext
from fastapi_cognito_auth.routers.route import new_router
from fastapi_cognito_auth.routers.sign_in_request import SIGN_IN_ERRORS, SignInRequest, signed_in
from fastapi_cognito_auth.schemas.described import Described
from fastapi_cognito_auth.tokens.verifier import TokenVerifier
from fastapi_cognito_auth.user import User

_TAGS: list[str | Enum] = ["cookie session"]
_SESSION_ERRORS = (CrossSiteRequestError, SessionsUnavailableError, SessionTooLargeError)


class SignedIn(Described):
    """A browser that is signed in."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True)

    status: Literal["signed_in"] = "signed_in"
    """Tells it from a challenge."""

    user: User
    """Who is signed in."""

    expires_at: datetime
    """When the session ends at the latest; signing out, or Cognito, may end it before."""

    new_device: NewDevice | None = None
    """Present if the pool tracks devices and does not know this one."""


SessionResult = SignedIn | Challenge
"""What a sign-in leads to: a session, or a challenge to answer."""


class CookieSessionFlow:
    """Turns the tokens of a sign-in into a session, and ends it.

    Args:
        session: keeps it.
        principals: find out whose tokens they are.
        verifier: judges the access token of a sign-out, revoked or not.
        refresh_tokens: revokes at Cognito.
        ending: what signing out ends in the app itself.
    """

    def __init__(
        self,
        session: BrowserSession,
        principals: Principals,
        verifier: TokenVerifier,
        refresh_tokens: RefreshTokens,
        ending: Ending,
    ) -> None:
        self.session = session
        self._principals = principals
        self._verifier = verifier
        self._refresh_tokens = refresh_tokens
        self._ending = ending

    async def begin(self, request: Request, result: SignInResult) -> SessionResult:
        """Keep the tokens that a sign-in has led to; a challenge goes to the page as it is."""
        if not isinstance(result, Tokens):
            return result
        found = await self._principals.judge(result.access_token)
        user = found.user()
        claims = await self._verifier.access_token(result.access_token)
        device_key = claims.extra().get("device_key")
        before = await self._before(request)
        kept = await self.session.begin(
            request,
            NewTokens(
                sub=user.sub,
                access_token=result.access_token,
                access_token_until=claims.exp,
                refresh_token=result.refresh_token,
                id_token=result.id_token,
                device_key=device_key if isinstance(device_key, str) else None,
            ),
        )
        if before is not None and before.session.refresh_token is not None:
            # Nobody can use it any more, and a copy of the old cookie shall not either.
            with suppress(CognitoAuthError):
                await self._refresh_tokens.revoke(before.session.refresh_token)
        return SignedIn(user=user, expires_at=_ends_at(kept), new_device=result.new_device)

    async def current(self, request: Request) -> SignedIn | None:
        """Return who is signed in, if anybody is."""
        try:
            found = await self._principals.find(request)
        except (NotAuthenticatedError, InvalidTokenError):
            return None
        if found.session is None:
            return None
        return SignedIn(user=found.user(), expires_at=_ends_at(found.session))

    async def end(self, request: Request) -> SignedOut:
        """Sign out: whatever fails, the browser holds no session afterwards."""
        try:
            kept = await self.session.peek(request)
        except (NotAuthenticatedError, SessionsUnavailableError):
            self.session.clear(request)
            return SignedOut(refresh_token_revoked=False)
        with suppress(SessionsUnavailableError):
            await self.session.end(request, kept)
        session = kept.session
        at_cognito = None
        if session.refresh_token is not None:
            at_cognito = partial(self._refresh_tokens.revoke, session.refresh_token)
        try:
            claims = await self._verifier.access_token(session.access_token)
        except CognitoAuthError:
            return SignedOut(refresh_token_revoked=await _succeeds(at_cognito))
        try:
            until = await self._ending.of_sign_in(claims, at_cognito)
        except CognitoAuthError:
            # Cognito did not hear of it, but the list of this app can.
            return SignedOut(
                refresh_token_revoked=False,
                access_token_valid_until=await self._ending.of_sign_in(claims, None),
            )
        return SignedOut(refresh_token_revoked=at_cognito is not None, access_token_valid_until=until)

    async def token_to_credit(self, request: Request) -> str | None:
        """Return the access token of who is signed in already."""
        try:
            return (await self.session.current(request)).session.access_token
        except CognitoAuthError:
            return None

    async def _before(self, request: Request) -> Kept | None:
        try:
            return await self.session.peek(request)
        except CognitoAuthError:
            return None


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

    @router.post("/sign-out", tags=_TAGS, responses=responses(CrossSiteRequestError))
    async def sign_out_of_session(request: Request) -> SignedOut:
        """Sign out of this browser, whatever the state of its session.

        The refresh token is revoked. The answer says whether that worked, and what stays valid.
        """
        return await flow.end(request)

    return router


async def _succeeds(act: Callable[[], Awaitable[None]] | None) -> bool:
    if act is None:
        return False
    try:
        await act()
    except CognitoAuthError:
        return False
    return True


def _ends_at(kept: Kept) -> datetime:
    return datetime.fromtimestamp(kept.session.ends_at, UTC)
