"""What signing out puts on the list of revocations, and what can be promised afterwards."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple, TypeVar

from fastapi_cognito_auth.exceptions import (
    RevocationUnavailableError,
    SessionsNotListedError,
    SessionsUnavailableError,
    UserPoolUnavailableError,
)
from fastapi_cognito_auth.revocation.protocol import Claims, Revocations
from fastapi_cognito_auth.runtime.single_flight import SingleFlight

logger: logging.Logger = logging.getLogger("fastapi_cognito_auth")

Done = TypeVar("Done")
Until = TypeVar("Until")


EndSessions = Callable[[str, str], Awaitable[None]]
"""Ends the cookie sessions of a user, by `sub` and issuer."""


class UserEnded(NamedTuple):
    """What ending all sign-ins of a user could not end."""

    own_valid_until: int | None
    """Until when this token may still be accepted somewhere."""

    others_valid_until: int | None
    """The same for the newest of the others."""

    sessions_ended: bool | None
    """Whether the cookie sessions have ended; `None` where nobody has a list of them."""


class AnotherEnded(NamedTuple):
    """What ending all sign-ins of somebody else could not end."""

    valid_until: int | None
    """Until when the newest of the tokens may still be accepted somewhere."""

    sessions_ended: bool | None
    """Whether the cookie sessions have ended; `None` where nobody has a list of them."""


class Ending:
    """Ends sign-ins in the app, once Cognito has ended them; its state is what is being ended.

    A list that does not answer keeps nobody from signing out: the answer says then that the token
    stays valid until it expires. What Cognito has ended is put on the list whatever happens in
    between: also if nobody waits for the answer any more, and if Cognito's own answer got lost.

    Args:
        revocations: the list; `None` if there is none.
        end_sessions: what else has to end with a user; `None` if nobody has a list of sessions.
        forget: drops what is remembered of a user, by `sub`.
    """

    def __init__(
        self,
        revocations: Revocations | None,
        end_sessions: EndSessions | None = None,
        forget: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._revocations = revocations
        self._end_sessions = end_sessions
        self.forget = forget
        self._flights: SingleFlight[object, Any] = SingleFlight()

    @property
    def needs_claims(self) -> bool:
        """Whether there is a list: what cannot be judged cannot be put on it, and nothing has ended then."""
        return self._revocations is not None

    async def of_sign_in(
        self, claims: Claims, at_cognito: Callable[[], Awaitable[None]] | None
    ) -> int | None:
        """End one sign-in. Return until when its tokens may still be accepted somewhere.

        Args:
            claims: of a token of it.
            at_cognito: revokes it at Cognito; `None` where nothing does.
        """

        async def end() -> int | None:
            self.forget(claims.sub)
            return await self._sign_in(claims, at_cognito=at_cognito is not None)

        if at_cognito is None:
            return await end()
        _, until = await self._to_the_end(at_cognito, end)
        return until

    async def of_user(
        self, claims: Claims, at_cognito: Callable[[], Awaitable[Done]], clock: Callable[[], float]
    ) -> tuple[Done, UserEnded]:
        """End all sign-ins of a user.

        Return what Cognito answered, and what stays.

        Args:
            claims: of a token of the user.
            at_cognito: ends them at Cognito.
            clock: seconds since the epoch.
        """

        async def end() -> UserEnded:
            self.forget(claims.sub)
            own, others = await self._user(claims, int(clock()))
            return UserEnded(own, others, await self._sessions(claims.sub, claims.iss))

        return await self._to_the_end(at_cognito, end)

    async def of_another(
        self,
        sub: str,
        by: Claims,
        act: Callable[[], Awaitable[Done]],
        clock: Callable[[], float],
        *,
        at_cognito: bool,
    ) -> tuple[Done, AnotherEnded]:
        """End all sign-ins of a user of whom an administrator has no token.

        Return what Cognito answered, and what stays.

        Args:
            sub: whose, in the pool of the administrator.
            by: of a token of the administrator; those of the user live as long.
            act: does at Cognito what the sign-ins end for.
            clock: seconds since the epoch.
            at_cognito: whether that ends the tokens at Cognito.
        """

        async def end() -> AnotherEnded:
            self.forget(sub)
            now = int(clock())
            valid_until = await self._all_of(
                sub, by.iss, max(now, by.iat), now + by.exp - by.iat, at_cognito=at_cognito
            )
            return AnotherEnded(valid_until, await self._sessions(sub, by.iss))

        return await self._to_the_end(act, end)

    async def _to_the_end(
        self, act: Callable[[], Awaitable[Done]], end: Callable[[], Awaitable[Until]]
    ) -> tuple[Done, Until]:
        """Act at Cognito and end in the app, in a task that a caller who goes away does not take along."""

        async def both() -> tuple[Done, Until]:
            try:
                done = await act()
            except Exception as exc:
                if _may_have_happened(exc):
                    await end()
                raise
            return done, await end()

        both_done: tuple[Done, Until] = await self._flights.run(object(), both)
        return both_done

    async def _sign_in(self, claims: Claims, *, at_cognito: bool) -> int | None:
        if self._revocations is None:
            return claims.exp
        return await self._ended(
            self._revocations, self._revocations.revoke_sign_in(claims), claims.exp, at_cognito=at_cognito
        )

    async def _user(self, claims: Claims, now: int) -> tuple[int | None, int | None]:
        revocations = self._revocations
        # Cognito's clock may be ahead of ours.
        others = await self._all_of(
            claims.sub, claims.iss, max(now, claims.iat), now + claims.exp - claims.iat, at_cognito=True
        )
        if revocations is None:
            return claims.exp, others
        own = await self._ended(revocations, revocations.revoke_sign_in(claims), claims.exp, at_cognito=True)
        return own, others

    async def _all_of(
        self, sub: str, issuer: str, before: int, latest: int, *, at_cognito: bool
    ) -> int | None:
        revocations = self._revocations
        if revocations is None:
            return latest
        return await self._ended(
            revocations, revocations.revoke_user(sub, issuer, before), latest, at_cognito=at_cognito
        )

    async def _sessions(self, sub: str, issuer: str) -> bool | None:
        if self._end_sessions is None:
            return None
        try:
            await self._end_sessions(sub, issuer)
        except SessionsNotListedError:
            return None
        except Exception as exc:  # noqa: BLE001 - it is done at Cognito: the answer must say so
            why = exc.code if isinstance(exc, SessionsUnavailableError) else type(exc).__name__
            logger.error(  # noqa: TRY400 - nobody knows what is in its words
                "the cookie sessions of a user who signed out everywhere may still be kept: %s", why
            )
            return False
        return True

    async def _ended(
        self, revocations: Revocations, stored: Awaitable[None], exp: int, *, at_cognito: bool
    ) -> int | None:
        try:
            await stored
        except RevocationUnavailableError:
            logger.error("a sign-out could not be put on the list of revocations")  # noqa: TRY400 - no secrets in it
            return exp
        except Exception as exc:  # noqa: BLE001 - it is done at Cognito: the answer must say so
            # Its words stay out of the log: nobody knows what is in them.
            logger.error(  # noqa: TRY400
                "a sign-out could not be put on the list of revocations: %s", type(exc).__name__
            )
            return exp
        return revocations.still_valid_until(exp, at_cognito=at_cognito)


def _may_have_happened(exc: Exception) -> bool:
    # A refusal in the words of the API has ours for its cause.
    for error in (exc, exc.__cause__):
        if isinstance(error, UserPoolUnavailableError):
            return error.may_have_happened
    return False
