"""The settings of a `CognitoAuth` whose user pool is inside this process."""

import secrets
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from fastapi_cognito_auth.exceptions import ConfigurationError
from fastapi_cognito_auth.settings.keywords import LocalSettings
from fastapi_cognito_auth.settings.settings import CognitoSettings

if TYPE_CHECKING:
    from fastapi_cognito_auth.cognito.sign_in import PasswordFlow
    from fastapi_cognito_auth.local import LocalUserPool


def local_settings(
    pool: "LocalUserPool",
    more: LocalSettings | None,
    *,
    group_scopes: Mapping[str, Iterable[str]] | None,
    auth_flow: "PasswordFlow",
    secret_key: str | None,
) -> CognitoSettings:
    """Return the settings.

    Args:
        pool: what they follow from.
        more: fields that do not follow from it.
        group_scopes: scopes that membership in a group grants.
        auth_flow: how a password is proved.
        secret_key: that of the pool's state file unless given; without either, drawn afresh.

    Raises:
        ConfigurationError: `more` holds what the pool itself decides about.
    """
    machine = next(iter(pool.machine_clients), None)
    # Everything that names a pool is given, so that the environment cannot mix in another.
    fixed: dict[str, Any] = {
        "user_pool_id": pool.user_pool_id,
        "client_id": pool.client_id,
        "client_secret": pool.client_secret,
        "machine_client_id": machine and machine.client_id,
        "machine_client_secret": machine and machine.client_secret,
        "secret_key": secret_key or (pool.secret_key or secrets.token_urlsafe(48),),
        "endpoint_url": None,
        "jwks_uri": None,
        "key_set": None,
        "key_set_file": None,
        "issuer": (pool.issuer,),
        "dns_suffix": None,
        "replica_region": None,
        "domain": None,
        "auth_flow": auth_flow,
        "group_scopes": dict(group_scopes or {}),
        "auth_session_validity": pool.auth_session_validity,
    }
    if clash := sorted(fixed.keys() & (more or {}).keys()):
        msg = f"the local pool itself decides about {', '.join(clash)}"
        raise ConfigurationError(msg)
    # No more could be accepted than the pool's own tokens, unless that is asked for here.
    accepted: dict[str, Any] = {"accepted_client_ids": (), "trusted_pools": (), "alb_arns": ()}
    accepted |= more or {}
    return CognitoSettings(**fixed, **accepted)
