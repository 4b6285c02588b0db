"""What CreateUserPool, UpdateUserPool and DeleteUserPool refuse.

https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPool.html
"""

from collections.abc import Mapping
from typing import Any, Final

from fastapi_cognito_auth.local import recovery
from fastapi_cognito_auth.local.directory import Directory
from fastapi_cognito_auth.local.errors import ServiceError, invalid_parameter

MOST_POOLS: Final = 1000
"""User pools of an account in a Region."""

_SMS: Final = "SmsConfiguration"
_NO_METHOD: Final = (
    "SMS configuration and Auto verification for phone_number are required when MFA is required/optional"
)
_ONCE: Final = "Only one of the aliasAttributes or usernameAttributes can be set in a User pool."

Params = Mapping[str, Any]


def check_new(params: Params) -> None:
    """Hold the members of CreateUserPool against each other.

    Raises:
        ServiceError: no pool can have them.
    """
    if params.get("AliasAttributes") and params.get("UsernameAttributes"):
        raise invalid_parameter(_ONCE)
    if params.get("MfaConfiguration", "OFF") != "OFF" and not params.get(_SMS):
        raise invalid_parameter(_NO_METHOD)
    if "phone_number" in (params.get("AutoVerifiedAttributes") or ()) and not params.get(_SMS):
        raise invalid_parameter(
            "SMS configuration is required when phone_number is selected for auto verification"
        )
    _check(params)
    if features := _beyond_the_plan(params):
        raise ServiceError("FeatureUnavailableInTierException", features)


def check_change(directory: Directory, params: Params) -> None:
    """Hold the members of UpdateUserPool against each other and against the pool.

    Raises:
        ServiceError: the pool cannot have them.
    """
    mfa = params.get("MfaConfiguration", "OFF")
    if mfa != "OFF" and not params.get(_SMS) and not directory.offers_second_factors:
        raise invalid_parameter(_NO_METHOD)
    _check(params)
    if features := _beyond_the_plan(params):
        raise ServiceError("TierChangeNotAllowedException", features)


def check_deletion(directory: Directory) -> None:
    """Refuse to delete a pool that is protected or has a domain.

    Raises:
        ServiceError: it is one.
    """
    if directory.config.get("DeletionProtection") == "ACTIVE":
        raise invalid_parameter(
            "The user pool cannot be deleted because deletion protection is activated. "
            "Deletion protection must be inactivated first."
        )
    if directory.domains:
        raise invalid_parameter(
            "User pool cannot be deleted. It has a domain configured that should be deleted first."
        )


def _check(params: Params) -> None:
    recovery.check(params)
    policies = params.get("Policies") or {}
    factors = (policies.get("SignInPolicy") or {}).get("AllowedFirstAuthFactors") or ("PASSWORD",)
    if "PASSWORD" not in factors:
        raise invalid_parameter("Password should be configured as one of the allowed first auth factors.")
    days = "TemporaryPasswordValidityDays"
    unused = "UnusedAccountValidityDays"
    if days in (policies.get("PasswordPolicy") or {}) and unused in (
        params.get("AdminCreateUserConfig") or {}
    ):
        msg = f"Please use {days} in PasswordPolicy instead of {unused}"
        raise invalid_parameter(msg)
    updates = params.get("UserAttributeUpdateSettings") or {}
    proven = {*(updates.get("AttributesRequireVerificationBeforeUpdate") or ())}
    if proven - {*(params.get("AutoVerifiedAttributes") or ())}:
        raise invalid_parameter(
            "All attributes in AttributesRequireVerificationBeforeUpdate must exist in AutoVerifiedAttributes"
        )
    _check_possible(params)


def _check_possible(params: Params) -> None:
    """Refuse what only AWS can do and would be taken for done: tokens would say something else."""
    if (params.get("IssuerConfiguration") or {}).get("Type") == "UPDATED":
        raise invalid_parameter("The local user pool has no issuer of the type UPDATED.")
    registration = params.get("DcrConfiguration")
    if registration is not None and registration.get("EnableStatus") != "Disabled":
        raise invalid_parameter("The local user pool does not register clients dynamically.")


def _beyond_the_plan(params: Params) -> str | None:
    """Return the refusal of features that the pool's plan does not have, if there are any."""
    plan = params.get("UserPoolTier", "ESSENTIALS")
    policies = params.get("Policies") or {}
    factors = {*((policies.get("SignInPolicy") or {}).get("AllowedFirstAuthFactors") or ())}
    of_essentials = {
        "Passwordless": bool(factors - {"PASSWORD"}),
        "Password History": bool((policies.get("PasswordPolicy") or {}).get("PasswordHistorySize")),
        "Custom ACR": bool(params.get("AcrConfiguration")),
    }
    mode = (params.get("UserPoolAddOns") or {}).get("AdvancedSecurityMode", "OFF")
    asked = {"Threat Protection": mode != "OFF" and plan != "PLUS"}
    if plan == "LITE":
        asked |= of_essentials
    features = ", ".join(name for name, is_asked in asked.items() if is_asked)
    return (
        f"The following features need to be disabled for the {plan} pricing tier configured: {features}"
        if features
        else None
    )
