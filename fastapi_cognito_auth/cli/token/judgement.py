"""What the app's verifier thinks of a token, and what it would still say if one fault were mended.

The verifier stops at the first fault. To see the next, it is asked again with that one claim granted,
by a verifier that differs in nothing else: it is always the verifier that judges.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from fastapi_cognito_auth.assembly.verification import issuing_pools
from fastapi_cognito_auth.auth import CognitoAuth
from fastapi_cognito_auth.dependencies.principals import principal_of
from fastapi_cognito_auth.exceptions import (
    CognitoAuthError,
    InvalidAudienceError,
    InvalidClientError,
    InvalidTokenError,
    InvalidTokenUseError,
    KeysUnavailableError,
    RevocationUnavailableError,
    TokenExpiredError,
    TokenRevokedError,
    TokenTooLargeError,
    UserPoolError,
)
from fastapi_cognito_auth.keys.jwks import JWKSCache
from fastapi_cognito_auth.runtime.clock import wall_clock
from fastapi_cognito_auth.settings.settings import CognitoSettings
from fastapi_cognito_auth.tokens.claims import AccessTokenClaims, IdTokenClaims
from fastapi_cognito_auth.tokens.jws import decode_segment, read_object, split
from fastapi_cognito_auth.tokens.verified_tokens import VerifiedToken
from fastapi_cognito_auth.tokens.verifier import TokenVerifier
from fastapi_cognito_auth.user import IdUser, Machine, User

KINDS: Final[Mapping[str, type[AccessTokenClaims] | type[IdTokenClaims]]] = {
    "access": AccessTokenClaims,
    "id": IdTokenClaims,
}
Principal = User | Machine | IdUser
Members = Mapping[str, Any]
Read = tuple[Members, Members]
Refusals = tuple[InvalidTokenError, ...]
Clock = Callable[[], float]

JUDGED: Final = (
    *("size", "alg", "iss", "kid", "token_use"),
    *("exp", "nbf", "iat", "auth_time", "client_id", "aud"),
)
"""What is judged by itself, in the verifier's order."""


@dataclass(frozen=True)
class Judgement:
    """What was found out about a token."""

    refusals: Refusals
    """The first is the verifier's own; each other is what it says once those before are granted."""

    complete: bool
    """Whether everything was judged, down to the last check."""

    principal: Principal | None
    """Whom the token names, where it is accepted."""

    header: Members
    claims: Members
    """As they were read, whether they are true or not."""

    @property
    def signed(self) -> bool:
        """Whether a key of an accepted pool has signed it, so that the pool wrote the claims."""
        return self.complete or self.reached > JUDGED.index("kid")

    @property
    def reached(self) -> int:
        """How far judging came in `JUDGED`: what stands before was judged."""
        if self.complete:
            return len(JUDGED)
        claim = self.refusals[-1].claim
        if claim in JUDGED:
            return JUDGED.index(claim)
        # The types of all claims are judged at once, behind `token_use`.
        return 0 if claim in {None, "form", "header"} else JUDGED.index("exp")


class NotJudgedError(Exception):
    """Whether the token is accepted cannot be told now; the text says why."""


async def judge(auth: CognitoAuth, token: str, kind: str, *, clock: Clock = wall_clock) -> Judgement:
    """Ask what the app thinks of a token.

    Args:
        auth: of the app.
        token: as it came.
        kind: `access`, as `auth.current_user` wants it, or `id`, as `auth.id_user` does.
        clock: seconds since the epoch.

    Raises:
        NotJudgedError: the key set, or the list of revocations, cannot be had.
    """
    read = _segment(token, 0), _segment(token, 1)
    try:
        verified: VerifiedToken[Any] = await auth.verifier.verify(token, KINDS[kind])
    except TokenRevokedError as exc:
        return Judgement((exc,), complete=True, principal=None, header=read[0], claims=read[1])
    except InvalidTokenError as exc:
        first = exc
    except (KeysUnavailableError, RevocationUnavailableError, UserPoolError) as exc:
        raise NotJudgedError(_why(auth, exc)) from exc
    else:
        return _complete(auth, verified, (), *read)
    return await _look_further(auth, token, first, read, _Granted(auth.settings, auth.key_sets, kind, clock))


async def _look_further(
    auth: CognitoAuth, token: str, first: InvalidTokenError, read: Read, granted: "_Granted"
) -> Judgement:
    refusals = [first]
    while granted.grant(refusals[-1]):
        try:
            verified: VerifiedToken[Any] = await granted.verifier().verify(token, KINDS[granted.kind])
        except InvalidTokenError as exc:
            refusals.append(exc)
        except KeysUnavailableError:
            break
        else:
            return _complete(auth, verified, tuple(refusals), *read)
    return Judgement(tuple(refusals), complete=False, principal=None, header=read[0], claims=read[1])


def _complete(
    auth: CognitoAuth, verified: VerifiedToken[Any], refusals: Refusals, header: Members, claims: Members
) -> Judgement:
    try:
        principal = _principal(auth, verified)
    except InvalidTokenUseError as exc:
        return Judgement((*refusals, exc), complete=True, principal=None, header=header, claims=claims)
    named = None if refusals else principal
    return Judgement(refusals, complete=True, principal=named, header=header, claims=claims)


class _Granted:
    """What is granted to a token so as to see what else is wrong with it; its state is that."""

    def __init__(
        self, settings: CognitoSettings, key_sets: Mapping[str, JWKSCache], kind: str, clock: Clock
    ) -> None:
        self.kind = kind
        self._clock = clock
        self._skew = settings.clock_skew
        self._size = settings.max_token_size
        self._resources = frozenset(settings.resource)
        self._pools = tuple(
            replace(pool, keys=key_sets[pool.user_pool_id]) for pool in issuing_pools(settings, None, None)
        )
        self._done: set[str | None] = set()

    def grant(self, refusal: InvalidTokenError) -> bool:
        """Grant what a refusal is about; tell whether that can be done, and was not done before."""
        claim, found = refusal.claim, refusal.found
        if claim is None or claim in self._done:
            return False
        self._done.add(claim)
        if isinstance(refusal, TokenTooLargeError):
            self._size = found
        elif isinstance(refusal, TokenExpiredError) or claim in {"nbf", "iat", "auth_time"}:
            moment = found - 1 if claim == "exp" else found
            self._clock = lambda: moment
        elif isinstance(refusal, InvalidTokenUseError) and found in KINDS:
            self.kind = found
        elif isinstance(refusal, InvalidClientError):
            self._pools = tuple(replace(pool, client_ids=pool.client_ids | {found}) for pool in self._pools)
        elif isinstance(refusal, InvalidAudienceError):
            self._resources |= found
        else:
            return False
        return True

    def verifier(self) -> TokenVerifier:
        return TokenVerifier(
            self._pools,
            resources=self._resources,
            max_token_size=self._size,
            cache_size=0,
            clock_skew=self._skew,
            clock=self._clock,
        )


def _principal(auth: CognitoAuth, verified: VerifiedToken[Any]) -> Principal:
    if isinstance(verified.claims, IdTokenClaims):
        return IdUser.from_claims(verified.claims, groups=verified.pool.groups_of(verified.claims))
    return principal_of(verified, auth.settings.group_scopes)


def _segment(token: str, number: int) -> Members:
    """Return the unverified header or claims, as far as they can be read."""
    try:
        return read_object(decode_segment(split(token.encode("ascii"))[number]))
    except (InvalidTokenError, UnicodeEncodeError):
        return {}


def _why(auth: CognitoAuth, error: CognitoAuthError) -> str:
    failed = [status.last_error for status in (keys.status() for keys in auth.key_sets.values())]
    reasons = [reason for reason in failed if reason] if isinstance(error, KeysUnavailableError) else []
    return " ".join((error.message, *reasons))
