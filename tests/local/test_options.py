"""Options that are mistyped are refused: they must not weaken the pool."""

from typing import Any

import pytest

from fastapi_cognito_auth.local import LocalUser, LocalUserPool
from tests.local.kit import Kit


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


def test_a_pool_and_its_app_client_can_have_given_ids() -> None:
    pool = LocalUserPool(user_pool_id="eu-central-1_Abc123", client_id="web", client_secret="s3cret")
    assert (pool.user_pool_id, pool.client_id, pool.client_secret) == ("eu-central-1_Abc123", "web", "s3cret")
    assert pool.region == "eu-central-1"
    assert pool.issuer == "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Abc123"
    kit = Kit(user_pool_id="eu-central-1_Abc123", client_id="web")
    assert "AuthenticationResult" in kit.password()


@pytest.mark.parametrize(
    "pool_id", ["", "demo", "eu central-1_a", "eu-central-1_", "eu-central-1_a-b", "é_a"]
)
def test_a_pool_id_begins_with_its_region(pool_id: str) -> None:
    with pytest.raises(ValueError, match="user_pool_id is a Region"):
        LocalUserPool(user_pool_id=pool_id)
    with pytest.raises(ValueError, match="user_pool_id is a Region"):
        LocalUserPool(user_pool_id=f"a_{'b' * 54}")


def test_the_region_of_a_pool_is_the_one_of_its_id() -> None:
    with pytest.raises(ValueError, match="is of the Region eu-west-1, region says us-east-1"):
        LocalUserPool(user_pool_id="eu-west-1_abc", region="us-east-1")


@pytest.mark.parametrize("client_id", ["", "a b", "a-b", "a" * 129])
def test_a_client_id_has_the_services_form(client_id: str) -> None:
    with pytest.raises(ValueError, match="client_id is 1 to 128"):
        LocalUserPool(client_id=client_id)


@pytest.mark.parametrize("issuer", ["", "pool", "ftp://a", "https://", "https://a?b", "https://a#b"])
def test_an_issuer_is_an_address(issuer: str) -> None:
    with pytest.raises(ValueError, match="issuer is an address"):
        LocalUserPool(issuer=issuer)
