"""Is this token good? One fixed order of checks, after RFC 7515, 7519 and 8725.

size -> form -> header -> `iss`, which says whose keys -> key by `kid` -> signature -> `token_use` ->
types of the claims -> `exp`, `nbf`, `iat`, `auth_time` -> `client_id` of an access token, `aud` of an
ID token -> `aud` of an access token, if it is bound to a resource -> the app's own check -> revocation.
The first failure raises its own error, and a missing claim is a refusal. Before the signature,
the token's word is taken for one thing only: which of the declared pools to ask for the key.
"""

import hashlib
import inspect
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from pydantic import ValidationError

from fastapi_cognito_auth.exceptions import (
    ConfigurationError,
    InvalidAudienceError,
    InvalidClientError,
    InvalidIssuerError,
    InvalidTokenError,
    InvalidTokenUseError,
    TokenTooLargeError,
)
from fastapi_cognito_auth.keys.key_set import ALGORITHM
from fastapi_cognito_auth.runtime.clock import wall_clock
from fastapi_cognito_auth.tokens.claims import LONGEST_LIFE, AccessTokenClaims, IdTokenClaims
from fastapi_cognito_auth.tokens.issuing_pool import Claims, ClaimsCheck, IssuingPool
from fastapi_cognito_auth.tokens.jws import decode_segment, malformed, read_header, read_object, split
from fastapi_cognito_auth.tokens.refused_tokens import RefusedTokens
from fastapi_cognito_auth.tokens.verified_tokens import ClaimsT, VerifiedToken, VerifiedTokens

logger: logging.Logger = logging.getLogger("fastapi_cognito_auth")

RevocationCheck = Callable[[str, Claims], Awaitable[None]]
"""Raises `InvalidTokenError` for a token that was revoked. It is asked each time."""

_PADDING: Final = PKCS1v15()
_HASH: Final = SHA256()
_MOST_HEADERS: Final = 64


class TokenVerifier:
    """Verifies the tokens of one user pool or several; its state is the tokens seen before.

    Args:
        pools: those whose tokens are accepted.
        resources: this API's own resource identifiers. An access token that is bound to
            resources (`aud`, RFC 8707) must be bound to one of them.
        check_claims: the app's own condition for a token.
        check_revoked: asked after everything else.
        max_token_size: bytes; a larger token is refused before any work.
        cache_size: how many verified tokens are remembered; 0 remembers none, nor any that were refused.
        clock_skew: seconds by which clocks may differ.
        clock: seconds since the epoch.

    Raises:
        ConfigurationError: two pools have the same issuer, or a check is a coroutine function.
    """

    def __init__(
        self,
        pools: Iterable[IssuingPool],
        *,
        resources: Collection[str] = (),
        check_claims: ClaimsCheck | None = None,
        check_revoked: RevocationCheck | None = None,
        max_token_size: int = 32 * 1024,
        cache_size: int = 4096,
        clock_skew: float = 10.0,
        clock: Callable[[], float] = wall_clock,
    ) -> None:
        self._pools: dict[str, IssuingPool] = {}
        for pool in pools:
            _demand_plain("accept_client", pool.accept_client)
            for issuer in pool.issuers:
                if issuer in self._pools:
                    msg = f"two user pools have the issuer {issuer}"
                    raise ConfigurationError(msg)
                self._pools[issuer] = pool
        _demand_plain("check_claims", check_claims)
        self._resources = frozenset(resources)
        self._check_claims = check_claims
        self._check_revoked = check_revoked
        self._max_token_size = max_token_size
        self._clock_skew = clock_skew
        self._clock = clock
        self._cache = VerifiedTokens(cache_size, clock_skew=clock_skew, clock=clock)
        self._refused = RefusedTokens(cache_size, clock_skew=clock_skew, clock=clock)
        # Header segments whose key made a good signature: nobody fills this without the key.
        self._kids: dict[bytes, str] = {}

    async def access_token(self, token: str) -> AccessTokenClaims:
        """Verify an access token.

        Raises:
            InvalidTokenError: a subclass that says which check failed.
            KeysUnavailableError: the token's key is unknown and the key set cannot be fetched.
        """
        return (await self.verify(token, AccessTokenClaims)).claims

    async def id_token(self, token: str) -> IdTokenClaims:
        """Verify an ID token.

        Raises:
            InvalidTokenError: a subclass that says which check failed.
            KeysUnavailableError: the token's key is unknown and the key set cannot be fetched.
        """
        return (await self.verify(token, IdTokenClaims)).claims

    async def verify(self, token: str, kind: type[ClaimsT]) -> VerifiedToken[ClaimsT]:
        """Verify a token of one kind, by memory or by signature.

        Args:
            token: as it came.
            kind: the claims of an access token or of an ID token.

        Raises:
            InvalidTokenError: a subclass that says which check failed.
            KeysUnavailableError: the token's key is unknown and the key set cannot be fetched.
        """
        if len(token) > self._max_token_size:
            raise TokenTooLargeError().about("size", found=len(token), wanted=self._max_token_size)
        try:
            raw = token.encode("ascii")
        except UnicodeEncodeError:
            raise malformed() from None
        digest = hashlib.sha256(raw).digest()
        verified = self._cache.get(digest)
        if verified is None:
            refused = self._refused.again(digest, kind)
            if refused is not None:
                raise refused
            verified = await self._verify_signed(raw, digest, kind)
            self._cache.remember(digest, verified)
        elif type(verified.claims) is not kind:
            raise _wrong_use(kind, verified.claims.token_use)
        if self._check_revoked is not None:
            try:
                await self._check_revoked(token, verified.claims)
            except InvalidTokenError:
                self._cache.forget(digest)
                raise
        return verified

    async def is_still_good(self, token: str, verified: VerifiedToken[Any]) -> bool:
        """Tell whether a token that `verify` has found to be good need not be verified again.

        Args:
            token: as it came.
            verified: what was found then.

        Raises:
            InvalidTokenError: it is revoked.
        """
        if not self._cache.is_good(verified):
            return False
        if self._check_revoked is not None:
            await self._check_revoked(token, verified.claims)
        return True

    async def _verify_signed(
        self, token: bytes, digest: bytes, kind: type[ClaimsT]
    ) -> VerifiedToken[ClaimsT]:
        header, segment, signing_input, signature = split(token)
        kid = self._kids.get(header) or read_header(header, ALGORITHM)["kid"]
        payload = read_object(decode_segment(segment))
        pool = self._issuing_pool(payload)
        key = pool.keys.known(kid) or await pool.keys.key(kid)
        try:
            key.public_key.verify(decode_segment(signature), signing_input, _PADDING, _HASH)
        except InvalidSignature:
            raise self._refused.wrong_signature(digest, key, pool) from None
        if header not in self._kids:
            self._learn(header, kid)
        if payload.get("token_use") != kind.TOKEN_USE:
            raise _wrong_use(kind, payload.get("token_use"))
        claims = _shaped(kind, payload)
        now = self._clock()
        if now >= claims.exp + self._clock_skew:
            raise self._refused.expired(digest, claims, key, pool)
        self._check_time(claims, now)
        self._check_client(pool, claims)
        if self._check_claims is not None and not _holds(self._check_claims, claims):
            raise InvalidTokenError("The token is not accepted here.")
        return VerifiedToken(claims, key, pool)

    def _issuing_pool(self, unverified_payload: dict[str, Any]) -> IssuingPool:
        issuer = unverified_payload.get("iss")
        pool = self._pools.get(issuer) if isinstance(issuer, str) else None
        if pool is None:
            raise InvalidIssuerError().about("iss", found=issuer, wanted=tuple(self._pools))
        return pool

    def _learn(self, header: bytes, kid: str) -> None:
        # A key signs under one header, so this stays small; who holds the keys could fill it.
        if len(self._kids) >= _MOST_HEADERS:
            self._kids.clear()
        self._kids[header] = kid

    def _check_time(self, claims: Claims, now: float) -> None:
        # Lists of revoked tokens forget what no token of a pool can outlive.
        if claims.exp - claims.iat > LONGEST_LIFE:
            error = InvalidTokenError("The token lives longer than a user pool's tokens do.")
            raise error.about("exp", found=claims.exp, wanted=f"{claims.iat + LONGEST_LIFE} at most")
        # With a time in the future a sign-in would stay a recent one for ever.
        latest = now + self._clock_skew
        if claims.nbf is not None and claims.nbf > latest:
            raise _in_the_future("nbf", "The token is not valid yet.", claims.nbf, now)
        if claims.iat > latest:
            raise _in_the_future("iat", "The token was issued in the future.", claims.iat, now)
        if claims.auth_time is not None and claims.auth_time > latest:
            raise _in_the_future(
                "auth_time", "The token is of a sign-in in the future.", claims.auth_time, now
            )

    def _check_client(self, pool: IssuingPool, claims: Claims) -> None:
        is_access = isinstance(claims, AccessTokenClaims)
        client_id = claims.client_id if isinstance(claims, AccessTokenClaims) else claims.aud
        if client_id not in pool.client_ids and not (
            pool.accept_client is not None and _holds(pool.accept_client, claims)
        ):
            name = "client_id" if is_access else "aud"
            raise InvalidClientError().about(name, found=client_id, wanted=pool.client_ids)
        # RFC 7519 section 4.1.3: who is not among the audience must refuse.
        if is_access and claims.aud is not None:
            audience = {claims.aud} if isinstance(claims.aud, str) else set(claims.aud)
            if audience.isdisjoint(self._resources | {client_id}):
                raise InvalidAudienceError().about("aud", found=audience, wanted=self._resources)


def _in_the_future(name: str, message: str, found: int, now: float) -> InvalidTokenError:
    return InvalidTokenError(message).about(name, found=found, wanted=f"{now:.0f} at most")


def _shaped(kind: type[ClaimsT], payload: dict[str, Any]) -> ClaimsT:
    try:
        # What `model_validate` calls, without its handling of options.
        claims: ClaimsT = kind.__pydantic_validator__.validate_python(payload)
    except ValidationError as exc:
        names = sorted({str(error["loc"][0]) for error in exc.errors(include_input=False)})
    else:
        return claims
    listed = ", ".join(names)
    error = InvalidTokenError(f"The token lacks a valid {listed}.")
    raise error.about(
        listed, found=[type(payload.get(name)).__name__ for name in names], wanted="what a user pool writes"
    )


def _wrong_use(kind: type[Claims], found: Any) -> InvalidTokenUseError:
    error = InvalidTokenUseError(
        f"The token has the wrong token_use; this needs {kind.TOKEN_USE}: send {kind.TOKEN_USE}_token."
    )
    return error.about("token_use", found=found, wanted=kind.TOKEN_USE)


def _holds(check: ClaimsCheck, claims: Claims) -> bool:
    try:
        return check(claims) is True
    except InvalidTokenError:
        raise
    except Exception:
        # A check that fails on a token it did not expect has not accepted it.
        logger.exception("a check of the app failed, so the token is refused")
        return False


def _demand_plain(name: str, check: ClaimsCheck | None) -> None:
    # A coroutine is not `True`: it would refuse every token, and say so nowhere.
    if inspect.iscoroutinefunction(check) or inspect.iscoroutinefunction(type(check).__call__):
        msg = f"{name} must be a plain function, and is a coroutine function"
        raise ConfigurationError(msg)
