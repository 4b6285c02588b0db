"""What signing out puts on the list of revocations, and what can be promised afterwards."""

import logging
from collections.abc import Awaitable

from fastapi_cognito_auth.exceptions import RevocationUnavailableError
from fastapi_cognito_auth.revocation.protocol import Claims, Revocations

logger: logging.Logger = logging.getLogger("fastapi_cognito_auth")


class Ending:
    """Ends sign-ins in the app, after Cognito has ended them.

    A list that does not answer keeps nobody from signing out: the answer says then that the token
    stays valid until it expires.

    Args:
        revocations: the list; `None` if there is none.
    """

    def __init__(self, revocations: Revocations | None) -> None:
        self._revocations = revocations

    @property
    def needs_claims(self) -> bool:
        """Whether there is a list: what cannot be judged cannot be put on it, and nothing has ended then."""
        return self._revocations is not None

    async def of_sign_in(self, claims: Claims, *, at_cognito: bool) -> int | None:
        """End one sign-in. Return until when its tokens may still be accepted somewhere.

        Args:
            claims: of a token of it.
            at_cognito: whether Cognito has revoked it.
        """
        if self._revocations is None:
            return claims.exp
        return await self._ended(
            self._revocations, self._revocations.revoke_sign_in(claims), claims.exp, at_cognito=at_cognito
        )

    async def of_user(self, claims: Claims, now: int) -> tuple[int | None, int | None]:
        """End all sign-ins of a user that Cognito has ended.

        Return until when this token, and the newest of the others, may still be accepted somewhere.

        Args:
            claims: of a token of the user.
            now: seconds since the epoch.
        """
        latest = now + claims.exp - claims.iat
        revocations = self._revocations
        if revocations is None:
            return claims.exp, latest
        # Cognito's clock may be ahead of ours.
        before = max(now, claims.iat)
        others = await self._ended(
            revocations, revocations.revoke_user(claims.sub, claims.iss, before), latest, at_cognito=True
        )
        own = await self._ended(revocations, revocations.revoke_sign_in(claims), claims.exp, at_cognito=True)
        return own, others

    async def _ended(
        self, revocations: Revocations, stored: Awaitable[None], exp: int, *, at_cognito: bool
    ) -> int | None:
        try:
            await stored
        except RevocationUnavailableError:
            logger.error("a sign-out could not be put on the list of revocations")  # noqa: TRY400 - no secrets in it
            return exp
        return revocations.still_valid_until(exp, at_cognito=at_cognito)
