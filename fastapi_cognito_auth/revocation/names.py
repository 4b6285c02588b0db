"""By which names tokens, sign-ins and users are revoked."""

from collections.abc import Mapping
from typing import Final

from fastapi_cognito_auth.revocation.protocol import Claims

_SIGN_IN: Final = "origin_jti:"


def is_sign_in(name: str) -> bool:
    """Tell whether it is a sign-in that has this name."""
    return name.startswith(_SIGN_IN)


class Names:
    """Names what can be revoked. Two pools never share a name.

    Args:
        pools: the id of the user pool behind each issuer. One pool has several issuers (its
            original form, its updated form), and whoever has a token of one may have one of another.
    """

    def __init__(self, pools: Mapping[str, str]) -> None:
        self._pools = dict(pools)
        self._ids = frozenset(self._pools.values())

    def of(self, claims: Claims) -> tuple[str, str | None, str | None]:
        """Name the user of a token, its sign-in if it has an `origin_jti`, and itself if it has a `jti`."""
        # The verifier has compared the issuer; one that it alone knows is its own pool.
        pool = self._pools.get(claims.iss, claims.iss)
        return (
            f"sub:{pool}:{claims.sub}",
            f"{_SIGN_IN}{pool}:{origin_jti}" if (origin_jti := claims.origin_jti) else None,
            f"jti:{pool}:{jti}" if (jti := claims.jti) else None,
        )

    def user(self, sub: str, issuer: str) -> str:
        """Name a user by an issuer of the pool, or by the pool's id.

        Raises:
            ValueError: neither is this app's.
        """
        pool = self._pools.get(issuer, issuer)
        if pool not in self._ids:
            raise ValueError("the issuer is none of this app's user pools")
        return f"sub:{pool}:{sub}"
