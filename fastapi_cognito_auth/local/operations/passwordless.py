"""Users without a password: they sign in with codes, where the pool allows that."""

from collections.abc import Mapping

from fastapi_cognito_auth.local.errors import invalid_parameter
from fastapi_cognito_auth.local.mfa import OTP_NAMES
from fastapi_cognito_auth.local.plane import Plane

_ADDRESSES = {"EMAIL_OTP": "email", "SMS_OTP": "phone_number"}


def codes_allowed(plane: Plane) -> bool:
    """Tell whether a code can be a first factor in the pool."""
    return plane.directory.mfa != "ON" and bool(OTP_NAMES & {*plane.directory.first_factors})


def reached_by_codes(plane: Plane, attributes: Mapping[str, str]) -> bool:
    """Tell whether a user with these attributes can sign in with a code alone."""
    return codes_allowed(plane) and _has_address(plane, attributes)


def check_contact(plane: Plane, attributes: Mapping[str, str]) -> None:
    """Refuse a user without a password whom no code could reach."""
    if not _has_address(plane, attributes):
        raise invalid_parameter("A user without a password needs an email or phone number for codes")


def _has_address(plane: Plane, attributes: Mapping[str, str]) -> bool:
    allowed = plane.directory.first_factors
    return any(attributes.get(name) for factor, name in _ADDRESSES.items() if factor in allowed)
