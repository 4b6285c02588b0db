"""Asking Cognito itself whether it still takes an access token."""

import hashlib
import math
import threading
from collections.abc import Awaitable, Callable
from typing import Any, Final, NamedTuple

from cachetools import TLRUCache

from fastapi_cognito_auth.exceptions import (
    InvalidTokenUseError,
    NotAuthorizedError,
    PasswordResetRequiredError,
    PermissionDeniedError,
    TokenRevokedError,
    UserNotConfirmedError,
    UserNotFoundError,
    UserPoolError,
)
from fastapi_cognito_auth.revocation.deny_list import DenyList
from fastapi_cognito_auth.revocation.outage import Outage
from fastapi_cognito_auth.revocation.protocol import Claims
from fastapi_cognito_auth.runtime.clock import wall_clock
from fastapi_cognito_auth.runtime.forks import in_each_process
from fastapi_cognito_auth.runtime.single_flight import SingleFlight
from fastapi_cognito_auth.tokens.claims import AccessTokenClaims

SCOPE: Final = "aws.cognito.signin.user.admin"
"""What GetUser asks of a token; tokens of a sign-in by the API have it, others if it was asked for."""

_PAUSE: Final = 5.0  # seconds before Cognito is asked again about a token that it could not judge

GetUser = Callable[[str], Awaitable[Any]]
"""Calls the operation of that name with an access token, or raises a `UserPoolError`; any other error
counts as no answer."""


class _Verdict(NamedTuple):
    until: float
    revoked: bool = False
    unknown: str = ""


class Probe:
    """Asks Cognito by GetUser, once for a token and a while; its state is the answers.

    A token that Cognito refuses for good is refused until it expires, and never asked for again.
    What this worker revokes itself is refused at once.

    Tokens that Cognito cannot be asked about although it may have revoked them are refused: ID
    tokens, and users' access tokens without the scope `aws.cognito.signin.user.admin`. Machines'
    tokens pass: Cognito cannot revoke them.

    Args:
        get_user: asks Cognito.
        denied: what this worker revoked itself.
        outage: what to do while Cognito does not answer.
        ttl: seconds for which an answer counts.
        capacity: how many answers are kept; what is forgotten is asked for again.
        clock_skew: seconds for which the verifier accepts a token that has expired.
        clock: seconds since the epoch.
    """

    def __init__(
        self,
        get_user: GetUser,
        denied: DenyList,
        outage: Outage,
        *,
        ttl: float,
        capacity: int = 100_000,
        clock_skew: float = 0.0,
        clock: Callable[[], float] = wall_clock,
    ) -> None:
        self._get_user = get_user
        self._denied = denied
        self._outage = outage
        self._ttl = ttl
        self._clock_skew = clock_skew
        self._clock = clock
        self._capacity = capacity
        self._flights: SingleFlight[bytes, _Verdict] = SingleFlight()
        self.revoke_token = denied.revoke_token
        self.revoke_sign_in = denied.revoke_sign_in
        self.revoke_user = denied.revoke_user
        in_each_process(self._start_anew)

    def _start_anew(self) -> None:
        self._verdicts: TLRUCache[bytes, _Verdict] = TLRUCache(
            self._capacity, ttu=lambda _digest, verdict, _now: verdict.until, timer=self._clock
        )
        self._lock = threading.Lock()

    async def check(self, token: str, claims: Claims) -> None:
        """Refuse a token that Cognito refuses.

        Raises:
            TokenRevokedError: it does.
            InvalidTokenUseError: it is an ID token.
            PermissionDeniedError: a user's token lacks the scope that GetUser asks for.
            RevocationUnavailableError: Cognito does not answer, and `refuse` was chosen.
        """
        await self._denied.check(token, claims)
        if not isinstance(claims, AccessTokenClaims):
            raise InvalidTokenUseError(
                "Whether an ID token is revoked cannot be asked; send an access token."
            )
        if claims.username is None and claims.sub == claims.client_id:
            return
        scopes = claims.scope.split()
        if SCOPE not in scopes:
            raise PermissionDeniedError(required=[SCOPE], held=scopes, scope=SCOPE)
        # The token itself is no key of a dictionary that a debugger may show.
        digest = hashlib.sha256(token.encode()).digest()
        with self._lock:
            verdict = self._verdicts.get(digest)
        if verdict is None:
            verdict = await self._flights.run(digest, lambda: self._ask(digest, token, claims.exp))
        if verdict.revoked:
            raise TokenRevokedError
        if verdict.unknown:
            self._outage.met(verdict.unknown)

    def still_valid_until(self, exp: int, *, at_cognito: bool) -> int | None:
        """Return how long other workers may go on by an answer of before.

        If Cognito was not told, they go on until the token expires.
        """
        return min(exp, math.ceil(self._clock() + self._ttl)) if at_cognito else exp

    async def _ask(self, digest: bytes, token: str, exp: int) -> _Verdict:
        # From before the question: what Cognito learns meanwhile must not be hidden for longer.
        started = self._clock()
        try:
            await self._get_user(token)
        except (NotAuthorizedError, UserNotFoundError):
            verdict = _Verdict(exp + self._clock_skew + 1, revoked=True)
        except (PasswordResetRequiredError, UserNotConfirmedError):
            verdict = _Verdict(started + self._ttl, revoked=True)
        except UserPoolError as exc:
            verdict = _Verdict(started + min(self._ttl, _PAUSE), unknown=exc.code)
        except Exception as exc:  # noqa: BLE001 - whatever went wrong, Cognito has not said that the token is good
            # Its words stay out of the log: nobody knows what is in them.
            verdict = _Verdict(started + min(self._ttl, _PAUSE), unknown=type(exc).__name__)
        else:
            verdict = _Verdict(started + self._ttl)
        with self._lock:
            self._verdicts[digest] = verdict
        return verdict
