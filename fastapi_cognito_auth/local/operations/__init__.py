"""The operations, one file a flow: name -> function of the plane and the validated request."""

from collections.abc import Callable
from typing import Any, Final

from fastapi_cognito_auth.local.operations import (
    account,
    admin_users,
    app_clients,
    auth_events,
    auth_factors,
    branding,
    challenges,
    cimd_policies,
    client_secrets,
    client_token,
    custom_attributes,
    derived_token,
    devices,
    domains,
    groups,
    identity_providers,
    linked_identities,
    list_users,
    log_delivery,
    passkeys,
    password,
    pool_mfa,
    provisioned_limits,
    refresh,
    replicas,
    resource_servers,
    risk,
    sign_in,
    sign_up,
    signing_certificate,
    software_token,
    tags,
    terms,
    ui_customization,
    user_attributes,
    user_import,
    user_pools,
    user_sessions,
)
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.pools import Pools

Operation = Callable[[Plane, dict[str, Any]], dict[str, Any]]

OPERATIONS: Final[dict[str, Operation]] = {
    **account.OPERATIONS,
    **admin_users.OPERATIONS,
    **app_clients.OPERATIONS,
    **auth_events.OPERATIONS,
    **auth_factors.OPERATIONS,
    **branding.OPERATIONS,
    **challenges.OPERATIONS,
    **cimd_policies.OPERATIONS,
    **client_secrets.OPERATIONS,
    **client_token.OPERATIONS,
    **custom_attributes.OPERATIONS,
    **derived_token.OPERATIONS,
    **devices.OPERATIONS,
    **domains.OPERATIONS,
    **groups.OPERATIONS,
    **identity_providers.OPERATIONS,
    **linked_identities.OPERATIONS,
    **list_users.OPERATIONS,
    **log_delivery.OPERATIONS,
    **passkeys.OPERATIONS,
    **password.OPERATIONS,
    **pool_mfa.OPERATIONS,
    **refresh.OPERATIONS,
    **replicas.OPERATIONS,
    **resource_servers.OPERATIONS,
    **risk.OPERATIONS,
    **sign_in.OPERATIONS,
    **sign_up.OPERATIONS,
    **signing_certificate.OPERATIONS,
    **software_token.OPERATIONS,
    **tags.OPERATIONS,
    **terms.OPERATIONS,
    **ui_customization.OPERATIONS,
    **user_attributes.OPERATIONS,
    **user_import.OPERATIONS,
    **user_pools.OPERATIONS,
    **user_sessions.OPERATIONS,
}
"""What is done in one pool."""

OF_ALL_POOLS: Final[dict[str, Callable[[Pools, dict[str, Any]], dict[str, Any]]]] = {
    **domains.OF_ALL_POOLS,
    **provisioned_limits.OF_ALL_POOLS,
    **user_pools.OF_ALL_POOLS,
}
"""What is about more than one pool: function of the pools and the validated request."""
