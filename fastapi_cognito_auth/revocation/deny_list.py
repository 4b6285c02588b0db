"""A list of what is revoked: one token, one sign-in, or all that a user had until some second."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from fastapi_cognito_auth.exceptions import RevocationUnavailableError, TokenRevokedError
from fastapi_cognito_auth.revocation.names import Names
from fastapi_cognito_auth.revocation.outage import Outage
from fastapi_cognito_auth.revocation.protocol import Claims
from fastapi_cognito_auth.runtime.clock import wall_clock
from fastapi_cognito_auth.tokens.claims import LONGEST_LIFE


class StoreUnavailable(Exception):  # noqa: N818 - it is no answer, and never leaves this package
    """The store did not answer in time, or not sensibly. Its message holds nothing secret."""


class Store(Protocol):
    """Where a list is kept: names, each with the second up to which it is revoked."""

    shared: bool
    """Whether all workers of the app use the same store."""

    @property
    def sign_in_floor(self) -> int:
        """Every sign-in begun at or before this second is refused; -1 for none.

        It is asked after `find`: a sign-in that is dropped meanwhile is found by the one or the other.
        """
        ...

    async def find(self, user: str, names: Sequence[str]) -> tuple[int, bool]:
        """Look names up.

        Return the second up to which everything of the user is revoked (-1 for nothing), and
        whether one of the other names is on the list.

        Raises:
            StoreUnavailable: it cannot be told now.
        """
        ...

    async def deny(self, name: str, upto: int, life: int) -> None:
        """Put a name on the list; what is there for longer already stays.

        Args:
            name: what is revoked.
            upto: the second up to which it is.
            life: seconds for which that has to be remembered.

        Raises:
            StoreUnavailable: it is not on the list.
        """
        ...


class DenyList:
    """Refuses tokens that were put on a list, which is all it asks.

    Args:
        store: where the list is kept.
        outage: what to do while the store does not answer.
        pools: the id of the user pool behind each issuer.
        clock_skew: seconds for which the verifier accepts a token that has expired.
        clock: seconds since the epoch.
    """

    def __init__(
        self,
        store: Store,
        outage: Outage,
        *,
        pools: Mapping[str, str],
        clock_skew: float,
        clock: Callable[[], float] = wall_clock,
    ) -> None:
        self._store = store
        self._outage = outage
        self._names = Names(pools)
        self._clock_skew = clock_skew
        self._clock = clock

    async def check(self, token: str, claims: Claims) -> None:  # noqa: ARG002 - others ask about the token
        """Refuse a token that is on the list.

        Raises:
            TokenRevokedError: it is.
            RevocationUnavailableError: the store does not answer, and `refuse` was chosen.
        """
        user, sign_in, token_itself = self._names.of(claims)
        names = [name for name in (sign_in, token_itself) if name]
        try:
            upto, denied = await self._store.find(user, names)
        except StoreUnavailable as exc:
            reason = str(exc)
        else:
            if denied or claims.iat <= upto:
                raise TokenRevokedError
            # A refresh keeps `auth_time`. Who does not say when the sign-in began may have begun it before.
            if sign_in and (claims.auth_time or 0) <= self._store.sign_in_floor:
                raise TokenRevokedError
            return
        self._outage.met(reason)

    async def revoke_token(self, claims: Claims) -> None:
        """Revoke one token until it expires."""
        user, _, name = self._names.of(claims)
        if name is None:
            await self._deny_user(user, claims.iat)
            return
        now = self._clock()
        life = math.ceil(claims.exp + self._clock_skew - now)
        # Two clocks of an app may differ: what has just expired here may not have expired there.
        await self._deny(name, self._newest(claims), max(life, 1))

    async def revoke_sign_in(self, claims: Claims) -> None:
        """Revoke all tokens of a sign-in, for as long as any of them can live."""
        _, name, _ = self._names.of(claims)
        if name is None:
            await self.revoke_token(claims)
            return
        await self._deny(name, self._newest(claims), LONGEST_LIFE + math.ceil(self._clock_skew))

    async def revoke_user(self, sub: str, issuer: str, before: int | None = None) -> None:
        """Revoke what a user has, for as long as any of it can live."""
        now = self._clock()
        if before is None:
            before = int(now)
        elif before > now + self._clock_skew:
            raise ValueError("before is still to come: it is in seconds since the epoch")
        await self._deny_user(self._names.user(sub, issuer), before)

    def still_valid_until(self, exp: int, *, at_cognito: bool) -> int | None:  # noqa: ARG002 - as in the protocol
        """Return `None` for a shared list; workers that do not share it go on until the token expires."""
        return None if self._store.shared else exp

    def _newest(self, claims: Claims) -> int:
        """Return the second up to which all has to be refused if the name is dropped from the list."""
        now = self._clock()
        # Cognito's clock may be ahead of ours, by no more than the verifier allows.
        return max(int(now), min(max(claims.iat, claims.auth_time or 0), math.ceil(now + self._clock_skew)))

    async def _deny_user(self, name: str, before: int) -> None:
        life = math.ceil(before + LONGEST_LIFE + self._clock_skew - self._clock())
        if life > 0:
            await self._deny(name, before, life)

    async def _deny(self, name: str, upto: int, life: int) -> None:
        try:
            await self._store.deny(name, upto, life)
        except StoreUnavailable:
            stored = False
        else:
            stored = True
        if not stored:
            raise RevocationUnavailableError("The revocation could not be stored. Try again.")
