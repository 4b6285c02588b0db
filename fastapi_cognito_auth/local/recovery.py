"""How a forgotten password may be reset: AccountRecoverySetting.

https://docs.aws.amazon.com/cognito/latest/developerguide/how-to-recover-a-user-account.html
"""

from collections.abc import Mapping
from typing import Any, Final

from fastapi_cognito_auth.local.errors import ServiceError, invalid_parameter, not_authorized

_ATTRIBUTES: Final = {"verified_phone_number": "phone_number", "verified_email": "email"}
_ADMIN_ONLY: Final = "admin_only"
_WITHOUT_A_SETTING: Final = ("phone_number", "email")

Config = Mapping[str, Any]


def check(config: Config) -> None:
    """Refuse mechanisms that contradict each other.

    Raises:
        ServiceError: no pool can have them.
    """
    mechanisms = _mechanisms(config)
    names = [mechanism["Name"] for mechanism in mechanisms]
    if _ADMIN_ONLY in names and len(names) > 1:
        raise invalid_parameter(
            "Account Recovery Setting cannot use admin_only setting with any other recovery mechanisms."
        )
    priorities = {mechanism["Priority"] for mechanism in mechanisms}
    if len(priorities) < len(names) or len({*names}) < len(names):
        raise invalid_parameter(
            "Account Recovery Setting cannot have duplicate priorities or recovery mechanisms."
        )


def contacts(config: Config) -> tuple[str, ...]:
    """Return the attributes that a reset code may go to, the preferred one first.

    Without a setting that is the phone number before the address; none where only an administrator resets.
    """
    mechanisms = sorted(_mechanisms(config), key=lambda mechanism: mechanism["Priority"])
    if not mechanisms:
        return _WITHOUT_A_SETTING
    return tuple(_ATTRIBUTES[each["Name"]] for each in mechanisms if each["Name"] in _ATTRIBUTES)


def only_by_an_administrator() -> ServiceError:
    """Refuse to send a code where the pool has no mechanism for it."""
    return not_authorized("Contact administrator to reset password.")


def _mechanisms(config: Config) -> list[dict[str, Any]]:
    setting = config.get("AccountRecoverySetting") or {}
    return list(setting.get("RecoveryMechanisms") or ())
