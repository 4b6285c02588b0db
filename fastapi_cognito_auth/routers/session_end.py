"""What is done about the tokens of a cookie session that has ended."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial

from fastapi_cognito_auth.cognito.models import SignedOut
from fastapi_cognito_auth.cognito.refresh_tokens import RefreshTokens
from fastapi_cognito_auth.cookie_sessions.session import Session
from fastapi_cognito_auth.exceptions import CognitoAuthError
from fastapi_cognito_auth.revocation.ending import Ending
from fastapi_cognito_auth.tokens.verifier import TokenVerifier


class SessionEnd:
    """Ends the tokens of a session as far as can be, and says what stays valid.

    Args:
        verifier: judges access tokens, revoked or not.
        refresh_tokens: revokes at Cognito.
        ending: what a sign-out ends in the app itself.
    """

    def __init__(self, verifier: TokenVerifier, refresh_tokens: RefreshTokens, ending: Ending) -> None:
        self._verifier = verifier
        self._refresh_tokens = refresh_tokens
        self._ending = ending

    async def of_tokens(self, session: Session) -> SignedOut:
        """Revoke the refresh token, and put the sign-in on the list of revocations if there is one."""
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

    async def of_refresh_token(self, refresh_token: str | None) -> None:
        """Revoke a refresh token alone, if there is one and that can be."""
        if refresh_token is not None:
            with suppress(CognitoAuthError):
                await self._refresh_tokens.revoke(refresh_token)


async def _succeeds(act: Callable[[], Awaitable[None]] | None) -> bool:
    if act is None:
        return False
    try:
        await act()
    except CognitoAuthError:
        return False
    return True
