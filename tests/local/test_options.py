"""Options that are mistyped are refused: they must not weaken the pool."""

from typing import Any

import pytest

from fastapi_cognito_auth.local import LocalUser, LocalUserPool


@pytest.mark.parametrize(
    "options",
    [
        {"mfa": "on"},
        {"mfa": "REQUIRED"},
        {"mfa": True},
        {"device_tracking": "on"},
        {"user_verification": "never"},
        {"prevent_user_existence_errors": "LEGACY"},
        {"groups": "admins"},
        {"required_attributes": ["nope"]},
        {"username_attributes": "email"},
        {"alias_attributes": ["emial"]},
        {"explicit_auth_flows": ["USER_SRP"]},
        {"access_token_validity": -5},
        {"refresh_token_validity": 0},
        {"auth_session_validity": 2},
        {"client_secret": ""},
        {"allowed_first_factors": ["SMS"]},
        {"mfa": "ON", "allowed_first_factors": ["EMAIL_OTP"]},
        {"max_sessions_per_user": 0},
        {"refresh_token_rotation": 61},
        {"users": [LocalUser("ada", password="Correct-horse-1!", groups="admins")]},
    ],
    ids=str,
)
def test_a_mistyped_option_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        LocalUserPool(**options)
