"""Options that are mistyped are refused: they must not weaken the pool."""

from typing import Any

import pytest

from fastapi_cognito_auth.local import LocalUser, LocalUserPool, ServiceError
from tests.local.kit import Kit

SECRET = "s3cret+OfTheAppClient_1234"


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
        {"alias_attributes": ["nickname"]},
        {"username_attributes": ["preferred_username"]},
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
    pool = LocalUserPool(user_pool_id="eu-central-1_Abc123", client_id="web", client_secret=SECRET)
    assert (pool.user_pool_id, pool.client_id, pool.client_secret) == ("eu-central-1_Abc123", "web", SECRET)
    assert pool.region == "eu-central-1"
    assert pool.issuer == "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Abc123"
    kit = Kit(user_pool_id="eu-central-1_Abc123", client_id="web")
    assert "AuthenticationResult" in kit.password()


@pytest.mark.parametrize(
    "pool_id",
    ["", "demo", "eu central-1_a", "eu-central-1_", "eu-central-1_a-b", "é_a", "a_b_c", "-_a", "a_b\n"],
)
def test_a_pool_id_begins_with_its_region(pool_id: str) -> None:
    with pytest.raises(ValueError, match="user_pool_id is a Region"):
        LocalUserPool(user_pool_id=pool_id)
    with pytest.raises(ValueError, match="user_pool_id is a Region"):
        LocalUserPool(user_pool_id=f"a_{'b' * 54}")


def test_the_region_of_a_pool_is_the_one_of_its_id() -> None:
    with pytest.raises(ValueError, match="is of the Region eu-west-1, region says us-east-1"):
        LocalUserPool(user_pool_id="eu-west-1_abc", region="us-east-1")


@pytest.mark.parametrize(
    "region", ["", "us east", "us_east", "a/b", "a.b", "us-east-1\n", "-", "é", "a" * 46]
)
def test_a_region_is_one_word(region: str) -> None:
    """It becomes a part of the pool's id, and of a host's name."""
    with pytest.raises(ValueError, match="region is a name such as us-east-1"):
        LocalUserPool(region=region)


@pytest.mark.parametrize("client_id", ["", "a b", "a-b", "a" * 129, "web\n"])
def test_a_client_id_has_the_services_form(client_id: str) -> None:
    with pytest.raises(ValueError, match="client_id is 1 to 128"):
        LocalUserPool(client_id=client_id)


@pytest.mark.parametrize(
    "secret",
    ["", "short", "a" * 23, "a" * 65, "a b" * 10, "é" * 30, f"{SECRET}\n", f"{SECRET}:", b"a" * 30, 1, None],
)
def test_a_client_secret_has_the_services_form_and_is_not_repeated(secret: Any) -> None:
    """In a header or a form of another spelling it would be another one."""
    with pytest.raises(ValueError, match="client_secret is") as caught:
        LocalUserPool(client_secret=secret)
    assert not secret or str(secret) not in str(caught.value)


NO_ISSUERS = [
    "", "pool", "ftp://a", "//a", "a.example", "https:a", "https:///a", "https://", "https://a?b", "https://a#b",
    "https://a?", "https://a#", "https://a\n", "https://a/b\n", "https://a/\r\nb", "\nhttps://a", " https://a",
    "https://a b", "https://a\t", "https://a\0", "https://a/é", "https://é", "https://user@a", "https://u:p@a",
    "https://a@b/c", "https://a:b", "https://a:99999", "https://a:", "https://[::1", "https://[a]", "https://a/\\b",
    'https://a/"b', "https://a/<b>", "https://a/%zz", "HTTPS://a",
]  # fmt: skip


@pytest.mark.parametrize("issuer", NO_ISSUERS)
def test_an_issuer_is_an_address(issuer: str) -> None:
    with pytest.raises(ValueError, match="issuer is an address"):
        LocalUserPool(issuer=issuer)


@pytest.mark.parametrize(
    "issuer",
    ["https://a", "http://localhost:9229/us-east-1_a", "http://[::1]:9229/a", "https://a.example/b%20c/"],
)
def test_an_issuer_may_have_a_port_and_a_path(issuer: str) -> None:
    assert LocalUserPool(issuer=issuer).issuer == issuer


@pytest.mark.parametrize(
    "domain",
    ["", "Example.com", "a b", "https://a", "a\n", "a" * 128, "a..b", "*", "*.a", "a:80", "a/b", "é"],
)
def test_a_relying_party_is_a_domain(domain: str) -> None:
    with pytest.raises(ValueError, match="relying_party_id is a domain"):
        LocalUserPool(relying_party_id=domain)


@pytest.mark.parametrize("group", ["", "a b", "a\n", "a" * 129])
def test_a_group_has_a_name_that_the_service_takes(group: str) -> None:
    with pytest.raises(ValueError, match=r"groups: [\s\S]* 'groupName'"):
        LocalUserPool(groups=[group])
    with pytest.raises(ServiceError, match=r"ada: [\s\S]* 'groupName'"):
        LocalUserPool(users=[LocalUser("ada", password="Correct-horse-1!", groups=[group])])
