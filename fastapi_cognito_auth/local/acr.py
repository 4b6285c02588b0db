"""How strong a sign-in was: the acr level that its amr methods reach, and the names of the levels.

https://docs.aws.amazon.com/cognito/latest/developerguide/authentication.html (ACR and AMR):
1 is a password or a weaker factor, 2 one code by SMS or e-mail, 3 a passkey or a password with such a
code, 4 a password with a software token.
"""

from collections.abc import Mapping
from typing import Any, Final

from fastapi_cognito_auth.local.errors import invalid_parameter
from fastapi_cognito_auth.local.mfa import EMAIL, SMS, TOTP

METHODS: Final = {TOTP: "otp", SMS: "sms", EMAIL: "email_otp"}
"""The amr value of each second factor."""

_PASSKEYS: Final = frozenset({"swk", "hwk"})
_SENT: Final = frozenset({"sms", "email_otp"})


def level_of(methods: frozenset[str]) -> int:
    """Return the level that methods reach together."""
    if {"pwd", "otp"} <= methods:
        return 4
    if methods & _PASSKEYS or ("pwd" in methods and methods & _SENT):
        return 3
    return 2 if methods & _SENT else 1


def names(config: Mapping[str, Any]) -> dict[str, int]:
    """Return the level of each name, from the pool's AcrConfiguration."""
    given = config.get("AcrConfiguration") or {}
    return {
        (given.get(f"Level{level}") or {}).get("AcrValue") or f"urn:cognito:loa:{level}": level
        for level in (1, 2, 3, 4)
    }


def claims(config: Mapping[str, Any], methods: frozenset[str]) -> dict[str, Any]:
    """Return the claims acr and amr."""
    level = level_of(methods)
    acr = next(name for name, at in names(config).items() if at == level)
    several = len(methods - {"mfa"}) > 1
    amr = sorted(methods | {"mfa"} if several else methods)
    return {"acr": acr, "amr": amr} if amr else {"acr": acr}


def requested(config: Mapping[str, Any], target: str) -> list[int]:
    """Read TARGET_ACR_VALUES: the known levels, in the order of preference.

    Raises:
        ServiceError: none of the names is known.
    """
    known = names(config)
    levels = [known[name] for name in target.split() if name in known]
    if not levels:
        raise invalid_parameter("None of the requested ACR values is valid for the user pool")
    return levels
