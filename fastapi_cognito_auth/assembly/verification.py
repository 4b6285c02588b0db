"""The parts of verification, as the settings want them."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from fastapi_cognito_auth.dependencies.cross_site import SameOrigin
from fastapi_cognito_auth.dependencies.schemes import CodeFlow
from fastapi_cognito_auth.dependencies.subprotocol import SubprotocolTransport
from fastapi_cognito_auth.dependencies.transports import (
    BearerTransport,
    CookieTransport,
    FirstOf,
    HeaderTransport,
    Transport,
)
from fastapi_cognito_auth.keys.jwks import Fetch, FetchError, JWKSCache
from fastapi_cognito_auth.keys.sources import key_set_fetch
from fastapi_cognito_auth.revocation.protocol import Revocations
from fastapi_cognito_auth.settings.issuers import region_of
from fastapi_cognito_auth.settings.regions import nearest_known
from fastapi_cognito_auth.settings.settings import CognitoSettings
from fastapi_cognito_auth.settings.trusted_pool import TrustedPool
from fastapi_cognito_auth.tokens.issuing_pool import ClaimsCheck, IssuingPool

if TYPE_CHECKING:
    from fastapi_cognito_auth.dependencies.load_balancer import LoadBalancerUser

logger: logging.Logger = logging.getLogger("fastapi_cognito_auth")


_PAUSE: Final = 2.0
"""Seconds after which an app without keys looks whether it may try to fetch them again."""


def doubt_regions(settings: CognitoSettings) -> None:
    """Log which Regions are not known: calls to a host that does not exist say less."""
    regions = [("COGNITO_REPLICA_REGION", settings.replica_region)]
    if settings.endpoint_url is None:  # an emulator has Regions of its own
        regions.append(("COGNITO_USER_POOL_ID", region_of(settings.user_pool_id)))
    regions += [("COGNITO_TRUSTED_POOLS", region_of(pool.user_pool_id)) for pool in settings.trusted_pools]
    for setting, region in regions:
        if region is not None and (nearest := nearest_known(region)) is not None:
            logger.warning(
                "%s: there is no Region %s that is known; the nearest is %s", setting, region, nearest
            )


def issuing_pools(
    settings: CognitoSettings, fetch_keys: Fetch | None, accept_client: ClaimsCheck | None
) -> tuple[IssuingPool, ...]:
    """Return the pools whose tokens are accepted, the app's own first.

    Args:
        settings: name them.
        fetch_keys: gets the key set of the app's own pool, instead of the settings' source.
        accept_client: decides about app clients of that pool that are not listed.
    """
    home = IssuingPool(
        settings.user_pool_id,
        JWKSCache(fetch_keys or _source(settings, settings), max_age=settings.jwks_max_age),
        settings.issuers,
        settings.client_ids,
        accept_client,
    )
    trusted = (
        IssuingPool(
            pool.user_pool_id,
            JWKSCache(_source(pool, settings), max_age=settings.jwks_max_age),
            pool.issuers,
            pool.client_ids,
            group_prefix=pool.prefix,
            scopes=pool.scopes,
        )
        for pool in settings.trusted_pools
    )
    return (home, *trusted)


def _source(pool: CognitoSettings | TrustedPool, settings: CognitoSettings) -> Fetch:
    return key_set_fetch(
        uri=pool.key_set_uri,
        key_set=pool.key_set,
        file=pool.key_set_file,
        timeout=settings.jwks_timeout,
        setting="COGNITO_KEY_SET" if pool is settings else "COGNITO_TRUSTED_POOLS",
    )


async def warm_up(pool: IssuingPool) -> None:
    """Fetch the keys of a pool that are missing or due; what fails is left to others."""
    try:
        await pool.keys.warm_up()
    except FetchError as exc:
        logger.warning("starting without the keys of %s: %s", pool.user_pool_id, exc)


async def keep_trying(pool: IssuingPool, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
    """Fetch the keys of a pool until there are some: an instance that has none may get no request.

    Args:
        pool: whose keys.
        sleep: waits for seconds.
    """
    while not pool.keys.status().kids:
        await sleep(_PAUSE)
        # The failure is in the log already, and how often it is tried the cool-down says.
        with suppress(FetchError):
            await pool.keys.warm_up()


def revocations(
    settings: CognitoSettings,
    pools: Sequence[IssuingPool],
    get_user: Callable[[str], Awaitable[Any]],
    clock: Callable[[], float],
) -> Revocations | None:
    """Return what is asked whether a token is revoked, if anything is."""
    if settings.revocation == "off":
        return None
    from fastapi_cognito_auth.revocation.choice import chosen_revocations  # noqa: PLC0415 - for those who ask

    return chosen_revocations(
        settings.revocation,
        pools={issuer: pool.user_pool_id for pool in pools for issuer in pool.issuers},
        get_user=get_user,
        redis_url=settings.redis_url.get_secret_value() if settings.redis_url else None,
        redis_key_prefix=settings.redis_key_prefix,
        redis_timeout=settings.redis_timeout,
        when_unavailable=settings.revocation_when_unavailable,
        probe_ttl=settings.probe_ttl,
        clock_skew=settings.clock_skew,
        clock=clock,
    )


def access_token_transport(settings: CognitoSettings) -> Transport:
    """Choose where an access token is looked for: first where no browser puts it by itself."""
    same_origin = SameOrigin(settings.trusted_origins)
    transports: list[Transport] = [BearerTransport()]
    if settings.websocket_subprotocol:
        transports.append(SubprotocolTransport(same_origin))
    if settings.access_token_cookie is not None:
        transports.append(CookieTransport(settings.access_token_cookie, same_origin))
    if settings.access_token_header is not None:
        transports.append(HeaderTransport(settings.access_token_header, same_origin))
    return FirstOf(transports) if len(transports) > 1 else transports[0]


def code_flow(settings: CognitoSettings) -> CodeFlow | None:
    """Return where people sign in from the API's documentation, if the pool has a domain.

    A page keeps no secret, so it needs an app client without one: the app's own, or another that is
    accepted.
    """
    if settings.domain_url is None or (settings.client_secret and not settings.accepted_client_ids):
        return None
    return CodeFlow(settings.domain_url, settings.login_scopes)


def load_balancer_user(settings: CognitoSettings, clock: Callable[[], float]) -> "LoadBalancerUser | None":
    """Return what finds the user for whom a load balancer vouches, if one is declared."""
    if not settings.alb_arns:
        return None
    # Few apps stand behind such a load balancer, and the others need not wait for its modules.
    from fastapi_cognito_auth.dependencies.load_balancer import LoadBalancerUser  # noqa: PLC0415
    from fastapi_cognito_auth.keys.alb_keys import AlbKeys, http_fetch  # noqa: PLC0415
    from fastapi_cognito_auth.tokens.alb import AlbVerifier, public_keys_uri  # noqa: PLC0415

    key_uris = {arn: public_keys_uri(arn) for arn in settings.alb_arns}
    if settings.alb_keys_uri:
        key_uris = dict.fromkeys(key_uris, settings.alb_keys_uri)
    verifier = AlbVerifier(
        AlbKeys(http_fetch(timeout=settings.jwks_timeout), load_balancers=len(key_uris)),
        key_uris=key_uris,
        issuers=settings.issuers,
        client_ids=settings.client_ids,
        clock_skew=settings.clock_skew,
        clock=clock,
    )
    header = HeaderTransport("x-amzn-oidc-data", SameOrigin(settings.trusted_origins))
    return LoadBalancerUser(header, verifier, group_scopes=settings.group_scopes)
