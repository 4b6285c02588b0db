"""Lists of revocations over claims that tests make up."""

import asyncio
from typing import Any, Literal

from fastapi_cognito_auth.exceptions import TokenRevokedError
from fastapi_cognito_auth.revocation.choice import chosen_revocations
from fastapi_cognito_auth.revocation.protocol import Claims, Revocations
from fastapi_cognito_auth.tokens.claims import AccessTokenClaims, IdTokenClaims
from tests.support import ISSUER, POOL_ID, UPDATED_ISSUER, Clock, access_claims, id_claims

OTHER_POOL_ID = "eu-central-1_Zy98Xw76V"
OTHER_ISSUER = f"https://cognito-idp.eu-central-1.amazonaws.com/{OTHER_POOL_ID}"
POOLS = {ISSUER: POOL_ID, UPDATED_ISSUER: POOL_ID, OTHER_ISSUER: OTHER_POOL_ID}
DAY = 86_400


class Cognito:
    """What a probe asks: raises what tests want, and counts."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.error: Exception | None = None
        self.gate: asyncio.Event | None = None

    async def __call__(self, token: str) -> None:
        self.asked.append(token)
        if self.gate is not None:
            await self.gate.wait()
        if self.error is not None:
            raise self.error


def revocations(
    mode: Literal["local", "redis", "probe"],
    *,
    clock: Clock,
    get_user: Cognito | None = None,
    **changes: Any,
) -> Revocations:
    """Build a list as the settings would."""
    settings: dict[str, Any] = {
        "pools": POOLS,
        "get_user": get_user or Cognito(),
        "redis_url": None,
        "redis_key_prefix": "test:",
        "redis_timeout": 5.0,
        "when_unavailable": "refuse",
        "probe_ttl": 60.0,
        "clock_skew": 10.0,
        "clock": clock,
    }
    found = chosen_revocations(mode, **{**settings, **changes})
    assert found is not None
    return found


def access(**changes: Any) -> AccessTokenClaims:
    return AccessTokenClaims.model_validate(access_claims(**changes))


def identity(**changes: Any) -> IdTokenClaims:
    return IdTokenClaims.model_validate(id_claims(**changes))


async def refused(revocations: Revocations, claims: Claims, token: str = "a.b.c") -> bool:
    """Tell whether a token is refused as revoked; any other error goes on."""
    try:
        await revocations.check(token, claims)
    except TokenRevokedError:
        return True
    return False
