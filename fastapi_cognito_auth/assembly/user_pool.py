"""The parts that speak to Cognito, as the settings want them.

What can be done with a pool takes as long to import as verifying its tokens does, and apps that only
verify tokens do nothing with it.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from fastapi_cognito_auth.cognito.client import BeforeSend, CognitoClient
from fastapi_cognito_auth.cognito.managed_login import ManagedLogin
from fastapi_cognito_auth.cognito.pool import UserPool
from fastapi_cognito_auth.exceptions import ConfigurationError
from fastapi_cognito_auth.sealing import Sealer
from fastapi_cognito_auth.settings.settings import CognitoSettings

if TYPE_CHECKING:
    import httpx2

    from fastapi_cognito_auth.cognito.held_groups import HeldGroups

_READS_ON: Final = 30.0
"""Seconds for which somebody reads on, at most, who is no administrator any more."""


def user_pool(
    settings: CognitoSettings,
    sealer: Callable[[], Sealer],
    before_send: BeforeSend | None,
    clock: Callable[[], float],
    *,
    import_transport: "Callable[[], httpx2.AsyncBaseTransport] | None",
) -> UserPool:
    """Return the user pool that the routers use.

    Args:
        settings: name it.
        sealer: seals what clients bring back; asked for when there is something to seal.
        before_send: answers calls instead of the network.
        clock: seconds since the epoch.
        import_transport: returns what takes the files of import jobs instead of the network.
    """
    client = cognito_client(settings, before_send)
    return UserPool(
        client,
        sealer,
        user_pool_id=settings.user_pool_id,
        client_id=settings.client_id,
        auth_flow=settings.auth_flow,
        session_validity=settings.auth_session_validity,
        totp_issuer=settings.totp_issuer,
        profile_max_age=settings.profile_max_age,
        import_transport=import_transport,
        clock=clock,
    )


def held_groups(settings: CognitoSettings, pool: UserPool, clock: Callable[[], float]) -> "HeldGroups":
    """Return what knows who is an administrator still.

    Args:
        settings: say for how long a profile is kept, which may be too long for this.
        pool: is asked.
        clock: seconds since the epoch.
    """
    from fastapi_cognito_auth.cognito.held_groups import HeldGroups  # noqa: PLC0415 - for administrators

    max_age = min(settings.profile_max_age, _READS_ON)
    return HeldGroups(pool.account.profile, pool.groups.of, max_age=max_age, clock=clock)


def cognito_client(settings: CognitoSettings, before_send: BeforeSend | None = None) -> CognitoClient:
    """Return what calls the user pools API.

    Args:
        settings: name the pool and the app client.
        before_send: answers calls instead of the network.
    """
    return CognitoClient(
        user_pool_id=settings.user_pool_id,
        client_id=settings.client_id,
        client_secret=_secret(settings),
        region=settings.region,
        endpoint_url=settings.endpoint_url,
        connect_timeout=settings.connect_timeout,
        read_timeout=settings.read_timeout,
        max_attempts=settings.max_attempts,
        max_connections=settings.max_connections,
        max_wait=settings.max_wait,
        before_send=before_send,
    )


def managed_login(settings: CognitoSettings) -> ManagedLogin:
    """Return the OAuth2 endpoints at the pool's domain.

    Raises:
        ConfigurationError: `COGNITO_DOMAIN` is missing.
    """
    if settings.domain_url is None:
        raise ConfigurationError("COGNITO_DOMAIN is missing: managed login is at the pool's domain")
    return ManagedLogin(
        settings.domain_url,
        client_id=settings.client_id,
        client_secret=_secret(settings),
        timeout=settings.read_timeout,
    )


def _secret(settings: CognitoSettings) -> str | None:
    return settings.client_secret.get_secret_value() if settings.client_secret else None
