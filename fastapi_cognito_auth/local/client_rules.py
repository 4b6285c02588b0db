"""What CreateUserPoolClient and UpdateUserPoolClient refuse: settings that no app client can have.

https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html
"""

from collections.abc import Mapping
from typing import Any, Final

from fastapi_cognito_auth.local import redirects
from fastapi_cognito_auth.local.attributes import VERIFIED
from fastapi_cognito_auth.local.clients import UNIT_SECONDS
from fastapi_cognito_auth.local.directory import Directory
from fastapi_cognito_auth.local.errors import ServiceError, invalid_parameter
from fastapi_cognito_auth.local.oauth_settings import DIRECTORY, OIDC_SCOPES, USER_ADMIN

MOST_CLIENTS: Final = 1000
"""App clients of a pool."""

_MACHINES: Final = "client_credentials"
_DEFAULTS: Final = {"AccessToken": (1, "hours"), "IdToken": (1, "hours"), "RefreshToken": (30, "days")}
_BOUNDS: Final = {
    "AccessToken": (300, 86_400),
    "IdToken": (300, 86_400),
    "RefreshToken": (3600, 315_360_000),
}
"""Seconds."""

Config = Mapping[str, Any]


def check(directory: Directory, config: Config, *, has_secret: bool) -> None:
    """Hold the settings of an app client against each other and against the pool.

    Args:
        directory: of the pool.
        config: the members of CreateUserPoolClient.
        has_secret: whether the app client has one.

    Raises:
        ServiceError: no app client of the pool can have them.
    """
    _check_tier(directory, config)
    _check_validities(config)
    _check_flows(config)
    _check_attributes(directory, config)
    _check_grants(config, has_secret=has_secret)
    _check_scopes(directory, config)
    _check_addresses(config)
    for name in config.get("SupportedIdentityProviders") or ():
        if name != DIRECTORY and name not in directory.providers:
            msg = f"The provider {name} does not exist for User Pool {directory.pool_id}."
            raise invalid_parameter(msg)
    if config.get("EnablePropagateAdditionalUserContextData") and not has_secret:
        msg = (
            "EnablePropagateAdditionalUserContextData can only be set for a client that has a client secret."
        )
        raise invalid_parameter(msg)
    _check_analytics(config.get("AnalyticsConfiguration") or {})


def _check_tier(directory: Directory, config: Config) -> None:
    if directory.config.get("UserPoolTier") != "LITE":
        return
    asked = {
        "Choice-based sign-in": "ALLOW_USER_AUTH" in (config.get("ExplicitAuthFlows") or ()),
        "Refresh token rotation": _rotates(config),
    }
    if features := [name for name, is_asked in asked.items() if is_asked]:
        msg = f"The following features are not available in the LITE pricing tier: {', '.join(features)}"
        raise ServiceError("FeatureUnavailableInTierException", msg)


def _rotates(config: Config) -> bool:
    return (config.get("RefreshTokenRotation") or {}).get("Feature") == "ENABLED"


def _check_validities(config: Config) -> None:
    # A unit without a number is one of the unit, as the number's default is.
    units = config.get("TokenValidityUnits") or {}
    seconds = {}
    for token, (default, unit) in _DEFAULTS.items():
        seconds[token] = (config.get(f"{token}Validity") or default) * UNIT_SECONDS[units.get(token) or unit]
        least, most = _BOUNDS[token]
        if not least <= seconds[token] <= most:
            raise invalid_parameter("Invalid range for token validity.")
    if max(seconds["AccessToken"], seconds["IdToken"]) > seconds["RefreshToken"]:
        raise invalid_parameter(
            "Access and Id Token expiration times must be less than or equal to refresh token "
            "expiration times."
        )


def _check_flows(config: Config) -> None:
    flows = config.get("ExplicitAuthFlows") or ()
    if len({flow.startswith("ALLOW_") for flow in flows}) > 1:
        raise invalid_parameter(
            "Auth flow name with prefix 'ALLOW' cannot be used with legacy auth flow names."
        )
    if "ALLOW_CLIENT_TOKEN_AUTH" in flows and len({*flows}) > 1:
        raise invalid_parameter("ALLOW_CLIENT_TOKEN_AUTH must be the only auth flow.")
    if _rotates(config) and "ALLOW_REFRESH_TOKEN_AUTH" in flows:
        raise invalid_parameter("ALLOW_REFRESH_TOKEN_AUTH cannot be used with refresh token rotation.")


def _check_attributes(directory: Directory, config: Config) -> None:
    schema = directory.pool.schema.keys()
    if not schema >= {*(config.get("ReadAttributes") or ())}:
        raise invalid_parameter("Invalid read attributes specified while creating a client")
    # The verified flags and the sub are no app's to set.
    if not schema - VERIFIED - {"sub"} >= {*(config.get("WriteAttributes") or ())}:
        raise invalid_parameter("Invalid write attributes specified while creating a client")


def _check_grants(config: Config, *, has_secret: bool) -> None:
    flows = {*(config.get("AllowedOAuthFlows") or ())}
    is_on = config.get("AllowedOAuthFlowsUserPoolClient") is True
    if is_on and not (flows and config.get("AllowedOAuthScopes")):
        raise invalid_parameter(
            "AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use "
            "OAuth flows."
        )
    if _MACHINES in flows and len(flows) > 1:
        raise _no_such_grant("can not be selected along with code flow or implicit flow.")
    if _MACHINES in flows and not has_secret:
        raise _no_such_grant("can not be selected if client does not have a client secret.")
    if is_on and flows - {_MACHINES} and not config.get("CallbackURLs"):
        raise invalid_parameter("CallbackUrls can not be empty when code flow or implicit flow is selected")


def _no_such_grant(why: str) -> ServiceError:
    return ServiceError("InvalidOAuthFlowException", f"{_MACHINES} flow {why}")


def _check_scopes(directory: Directory, config: Config) -> None:
    of_users = {*OIDC_SCOPES, USER_ADMIN}
    for scope in config.get("AllowedOAuthScopes") or ():
        if scope not in of_users and scope not in directory.custom_scopes:
            msg = f"Invalid scope requested: {scope}"
            raise ServiceError("ScopeDoesNotExistException", msg)
        if scope in of_users and _MACHINES in (config.get("AllowedOAuthFlows") or ()):
            msg = f"{scope} is not supported with {_MACHINES} flow"
            raise ServiceError("InvalidOAuthFlowException", msg)


def _check_addresses(config: Config) -> None:
    callbacks = config.get("CallbackURLs") or ()
    for address in (*callbacks, *(config.get("LogoutURLs") or ())):
        if (fault := redirects.fault(address)) is not None:
            raise invalid_parameter(fault)
    default = config.get("DefaultRedirectURI")
    if default is not None and default not in callbacks:
        msg = f"The default redirect URI {default} is not in the callback URIs list."
        raise invalid_parameter(msg)


def _check_analytics(analytics: Config) -> None:
    if not analytics or "ApplicationArn" in analytics:
        return
    if not {"ApplicationId", "RoleArn", "ExternalId"} <= analytics.keys():
        raise invalid_parameter(
            "Invalid analytics configuration given, either <application arn> or <application id, role arn, "
            "external id> are valid"
        )
