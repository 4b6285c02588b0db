"""What a pool has where CreateUserPool and UpdateUserPool leave something out.

https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPool.html
"""

from collections.abc import Mapping
from typing import Any, Final

from fastapi_cognito_auth.local.passwords import HISTORY_SIZE

_UNUSED: Final = "UnusedAccountValidityDays"
_POLICY: Final = {
    "MinimumLength": 8,
    "RequireUppercase": True,
    "RequireLowercase": True,
    "RequireNumbers": True,
    "RequireSymbols": True,
    "TemporaryPasswordValidityDays": 7,
}
_DEFAULTS: Final[dict[str, Any]] = {
    "DeletionProtection": "INACTIVE",
    "LambdaConfig": {},
    "VerificationMessageTemplate": {"DefaultEmailOption": "CONFIRM_WITH_CODE"},
    "UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": []},
    "EmailConfiguration": {"EmailSendingAccount": "COGNITO_DEFAULT"},
    "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": False, "UnusedAccountValidityDays": 7},
    "UserPoolTier": "ESSENTIALS",
}


def with_defaults(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a configuration in which nothing is left out that the service fills in."""
    config = {**_DEFAULTS, **given}
    policies = given.get("Policies") or {}
    admin = given.get("AdminCreateUserConfig") or {}
    # Two names of one number, of which a request has one.
    unused = {"TemporaryPasswordValidityDays": admin[_UNUSED]} if _UNUSED in admin else {}
    password = {**_POLICY, **unused, **(policies.get("PasswordPolicy") or {})}
    if not password.get(HISTORY_SIZE):
        # The service shows no size where nothing is remembered.
        password.pop(HISTORY_SIZE, None)
    config["Policies"] = {
        "PasswordPolicy": password,
        "SignInPolicy": policies.get("SignInPolicy") or {"AllowedFirstAuthFactors": ["PASSWORD"]},
    }
    days = password["TemporaryPasswordValidityDays"]
    config["AdminCreateUserConfig"] = {
        **_DEFAULTS["AdminCreateUserConfig"],
        **admin,
        _UNUSED: days,
    }
    return config
