"""A user pool whose tokens are accepted, and how far it is trusted."""

from collections.abc import Callable
from dataclasses import dataclass

from fastapi_cognito_auth.keys.jwks import JWKSCache
from fastapi_cognito_auth.tokens.claims import AccessTokenClaims, IdTokenClaims

Claims = AccessTokenClaims | IdTokenClaims
ClaimsCheck = Callable[[Claims], bool]
"""Says whether a verified token is acceptable. It is asked once for a token that is remembered, so
it must go by the claims alone. Anything but `True` refuses, and so does an error."""


@dataclass(frozen=True)
class IssuingPool:
    """A user pool whose tokens are accepted.

    Args:
        user_pool_id: the pool.
        keys: the pool's keys.
        issuers: its values of `iss`.
        client_ids: its app clients whose tokens are accepted.
        accept_client: decides about its app clients that are not listed.
        group_prefix: put before the names of its groups, so that pools do not mix theirs.
        scopes: those of its tokens that count; all of them for `None`.
    """

    user_pool_id: str
    keys: JWKSCache
    issuers: frozenset[str]
    client_ids: frozenset[str]
    accept_client: ClaimsCheck | None = None
    group_prefix: str = ""
    scopes: frozenset[str] | None = None

    def groups_of(self, claims: Claims) -> frozenset[str]:
        """Return the groups of a token by their names in this app."""
        prefix = self.group_prefix
        return frozenset(prefix + group for group in claims.groups) if prefix else frozenset(claims.groups)

    def scopes_of(self, claims: AccessTokenClaims) -> frozenset[str]:
        """Return the scopes of a token that count."""
        held = frozenset(claims.scope.split())
        return held if self.scopes is None else held & self.scopes
