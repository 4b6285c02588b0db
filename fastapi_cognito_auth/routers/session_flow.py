"""What becomes of the tokens of a browser that has signed in, by whatever way, and how that ends."""

from datetime import UTC, datetime
from typing import ClassVar, Final, Literal

from fastapi import Request
from pydantic import ConfigDict

from fastapi_cognito_auth.cognito.models import Challenge, NewDevice, SignedOut, SignInResult, Tokens
from fastapi_cognito_auth.cookie_sessions.protocol import Kept
from fastapi_cognito_auth.cookie_sessions.sessions import NewTokens
from fastapi_cognito_auth.dependencies.browser_session import BrowserSession
from fastapi_cognito_auth.dependencies.principals import Principals
from fastapi_cognito_auth.exceptions import (
    CognitoAuthError,
    InvalidTokenError,
    NotAuthenticatedError,
    SessionsUnavailableError,
    SessionTooLargeError,
)
from fastapi_cognito_auth.routers.session_end import SessionEnd
from fastapi_cognito_auth.schemas.described import Described
from fastapi_cognito_auth.user import User

_STILL_KEPT: Final = (
    "This browser is signed out, but the session may still be kept: it could not be ended at the moment."
)


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
        session_end: ends the tokens.
    """

    def __init__(
        self,
        session: BrowserSession,
        principals: Principals,
        session_end: SessionEnd,
    ) -> None:
        self.session = session
        self._principals = principals
        self._session_end = session_end

    async def begin(self, request: Request, result: SignInResult) -> SessionResult:
        """Keep the tokens that a sign-in has led to; a challenge goes to the page as it is."""
        if not isinstance(result, Tokens):
            return result
        return await self.keep(request, result)

    async def keep(self, request: Request, result: Tokens) -> SignedIn:
        """Keep tokens, in place of a session that there was.

        Raises:
            InvalidTokenError: they are not this app's.
            SessionsUnavailableError: they cannot be kept.
            SessionTooLargeError: they fit no cookie.
        """
        found = await self._principals.judge(result.access_token)
        user = found.user()
        device_key = user.claims.get("device_key")
        before = await self._before(request)
        tokens = NewTokens(
            sub=user.sub,
            access_token=result.access_token,
            access_token_until=user.claims["exp"],
            refresh_token=result.refresh_token,
            id_token=result.id_token,
            device_key=device_key if isinstance(device_key, str) else None,
        )
        try:
            kept = await self.session.begin(request, tokens)
        except (SessionsUnavailableError, SessionTooLargeError):
            # Nobody has it, and it would be good for a month.
            await self._session_end.of_refresh_token(result.refresh_token)
            raise
        if before is not None:
            # Nobody can use it any more, and a copy of the old cookie shall not either.
            await self._session_end.of_refresh_token(before.session.refresh_token)
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
        """Sign out: whatever fails, the browser holds no session afterwards.

        Raises:
            SessionsUnavailableError: the session may still be kept, for a copy of the browser's cookies.
        """
        self.session.forget(request)
        try:
            kept = await self.session.peek(request)
        except NotAuthenticatedError:
            self.session.clear(request)
            return SignedOut(refresh_token_revoked=False)
        except SessionsUnavailableError:
            self.session.clear(request)
            self.session.log_not_ended()
            raise SessionsUnavailableError(_STILL_KEPT) from None
        try:
            await self.session.end(request, kept)
        except SessionsUnavailableError:
            await self._session_end.of_tokens(kept.session)
            raise SessionsUnavailableError(_STILL_KEPT) from None
        return await self._session_end.of_tokens(kept.session)

    async def token_to_credit(self, request: Request) -> str | None:
        """Return the access token of who is signed in already."""
        try:
            return (await self.session.current(request)).session.access_token
        except CognitoAuthError:
            return None

    async def id_token_kept(self, request: Request) -> str | None:
        """Return the ID token that came with the access token of who is signed in, if it is kept."""
        try:
            return (await self.session.current(request)).session.id_token
        except CognitoAuthError:
            return None

    async def _before(self, request: Request) -> Kept | None:
        try:
            return await self.session.peek(request)
        except CognitoAuthError:
            return None


def _ends_at(kept: Kept) -> datetime:
    return datetime.fromtimestamp(kept.session.ends_at, UTC)
