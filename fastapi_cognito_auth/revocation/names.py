"""By which names tokens, sign-ins and users are revoked."""

from collections.abc import Mapping

from fastapi_cognito_auth.revocation.protocol import Claims


class Names:
    """Names what can be revoked. Two pools never share a name.

    Args:
        pools: the id of the user pool behind each issuer. One pool has several issuers (its
            original form, its updated form), and whoever has a token of one may have one of another.
    """

    def __init__(self, pools: Mapping[str, str]) -> None:
        self._pools = dict(pools)
        self._ids = frozenset(self._pools.values())

    def token(self, claims: Claims) -> str | None:
        """Name one token, if it has a `jti`."""
        return claims.jti and f"jti:{self._pool(claims)}:{claims.jti}"

    def sign_in(self, claims: Claims) -> str | None:
        """Name all tokens of one sign-in, if it has an `origin_jti`."""
        return claims.origin_jti and f"origin_jti:{self._pool(claims)}:{claims.origin_jti}"

    def user_of(self, claims: Claims) -> str:
        """Name the user of a token."""
        return f"sub:{self._pool(claims)}:{claims.sub}"

    def user(self, sub: str, issuer: str) -> str:
        """Name a user by an issuer of the pool, or by the pool's id.

        Raises:
            ValueError: neither is this app's.
        """
        pool = self._pools.get(issuer, issuer)
        if pool not in self._ids:
            raise ValueError("the issuer is none of this app's user pools")
        return f"sub:{pool}:{sub}"

    def _pool(self, claims: Claims) -> str:
        # The verifier has compared the issuer; one that it alone knows is its own pool.
        return self._pools.get(claims.iss, claims.iss)
