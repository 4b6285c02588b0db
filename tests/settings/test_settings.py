"""What follows from the settings, and what is said about wrong ones."""

import json
from typing import Any

import pytest

from fastapi_cognito_auth.exceptions import ConfigurationError
from fastapi_cognito_auth.settings.settings import CognitoSettings
from tests.support import CLIENT_ID, ISSUER, POOL_ID, SECRET_KEY, UPDATED_ISSUER


@pytest.fixture(autouse=True)
def no_cognito_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("USER_POOL_ID", "CLIENT_ID", "CLIENT_SECRET", "SECRET_KEY", "ENDPOINT_URL", "ISSUER"):
        monkeypatch.delenv(f"COGNITO_{name}", raising=False)


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("COGNITO_USER_POOL_ID", POOL_ID)
    monkeypatch.setenv("COGNITO_CLIENT_ID", CLIENT_ID)
    return monkeypatch


def settings(pool_id: str = POOL_ID) -> CognitoSettings:
    return CognitoSettings(user_pool_id=pool_id, client_id=CLIENT_ID)


def test_region_issuers_and_key_set_follow_from_the_pool_id(pool: pytest.MonkeyPatch) -> None:
    found = CognitoSettings()
    assert found.region == "eu-central-1"
    assert found.issuers == {ISSUER, UPDATED_ISSUER}
    assert found.key_set_uri == f"{ISSUER}/.well-known/jwks.json"


@pytest.mark.parametrize(
    ("pool_id", "host"),
    [
        ("cn-north-1_Ab12Cd34E", "cognito-idp.cn-north-1.amazonaws.com.cn"),
        ("eusc-de-east-1_Ab12Cd34E", "cognito-idp.eusc-de-east-1.amazonaws.eu"),
        ("us-gov-west-1_Ab12Cd34E", "cognito-idp.us-gov-west-1.amazonaws.com"),
    ],
)
def test_each_partition_has_its_dns_suffix(pool_id: str, host: str) -> None:
    assert f"https://{host}/{pool_id}" in settings(pool_id).issuers


def test_the_dns_suffix_can_be_replaced(pool: pytest.MonkeyPatch) -> None:
    pool.setenv("COGNITO_DNS_SUFFIX", "c2s.ic.gov")
    assert CognitoSettings().key_set_uri.startswith("https://cognito-idp.eu-central-1.c2s.ic.gov/")


def test_the_issuer_can_be_replaced_by_one_or_several(pool: pytest.MonkeyPatch) -> None:
    pool.setenv("COGNITO_ISSUER", "https://one.example, https://two.example")
    assert CognitoSettings().issuers == {"https://one.example", "https://two.example"}


def test_an_empty_issuer_does_not_switch_the_check_off(pool: pytest.MonkeyPatch) -> None:
    pool.setenv("COGNITO_ISSUER", " , ")
    assert CognitoSettings().issuers == {ISSUER, UPDATED_ISSUER}


def test_an_endpoint_holds_the_key_set_too(pool: pytest.MonkeyPatch) -> None:
    pool.setenv("COGNITO_ENDPOINT_URL", "http://localhost:4566/")
    assert CognitoSettings().key_set_uri == f"http://localhost:4566/{POOL_ID}/.well-known/jwks.json"


def test_the_key_set_can_be_elsewhere(pool: pytest.MonkeyPatch) -> None:
    pool.setenv("COGNITO_ENDPOINT_URL", "http://localhost:4566")
    pool.setenv("COGNITO_JWKS_URI", "https://keys.example/jwks.json")
    assert CognitoSettings().key_set_uri == "https://keys.example/jwks.json"


A, B = "a" * 40, "b" * 40


@pytest.mark.parametrize("text", [f"{A}, {B}", f'["{A}", "{B}"]'], ids=["commas", "json"])
def test_several_secret_keys_come_newest_first(pool: pytest.MonkeyPatch, text: str) -> None:
    pool.setenv("COGNITO_SECRET_KEY", text)
    assert [key.get_secret_value() for key in CognitoSettings().secret_key] == [A, B]


def test_group_scopes_are_read_as_json(pool: pytest.MonkeyPatch) -> None:
    pool.setenv("COGNITO_GROUP_SCOPES", '{"analysts": ["reports/read", "reports/export"]}')
    assert CognitoSettings().group_scopes == {"analysts": frozenset({"reports/read", "reports/export"})}


def test_every_missing_variable_is_named_at_once() -> None:
    with pytest.raises(ConfigurationError) as failed:
        CognitoSettings()
    assert str(failed.value) == "COGNITO_USER_POOL_ID is missing; COGNITO_CLIENT_ID is missing"


def test_an_empty_variable_is_a_missing_one(pool: pytest.MonkeyPatch) -> None:
    pool.setenv("COGNITO_CLIENT_ID", "")
    with pytest.raises(ConfigurationError, match="COGNITO_CLIENT_ID is missing"):
        CognitoSettings()


def test_a_variable_may_be_written_in_lower_case(pool: pytest.MonkeyPatch) -> None:
    pool.setenv("cognito_totp_issuer", "Lovelace")
    assert CognitoSettings().totp_issuer == "Lovelace"


def test_a_keyword_counts_more_than_its_variable(pool: pytest.MonkeyPatch) -> None:
    pool.setenv("COGNITO_TOTP_ISSUER", "Lovelace")
    assert CognitoSettings(totp_issuer="Babbage").totp_issuer == "Babbage"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("USER_POOL_ID", "eu-central-1-Ab12Cd34E"),
        ("USER_POOL_ID", "../etc_passwd"),
        ("CLIENT_ID", "two words"),
        ("ENDPOINT_URL", "localhost:4566"),
        ("ENDPOINT_URL", "file:///etc/passwd"),
        ("JWKS_URI", "file:///etc/passwd"),
        ("AUTH_FLOW", "CUSTOM_AUTH"),
        ("GROUP_SCOPES", "analysts"),
        ("GROUP_SCOPES", "[]"),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", f"{'a' * 40},short"),
        ("SECRET_KEY", "[1"),
        ("AUTH_SESSION_VALIDITY", "180"),
        ("CLOCK_SKEW", "86400"),
        ("JWKS_TIMEOUT", "0"),
        ("JWKS_TIMEOUT", "inf"),
        ("JWKS_MAX_AGE", "inf"),
        ("JWKS_MAX_AGE", "1e400"),
        ("FRESH_SIGN_IN_MAX_AGE", "inf"),
        ("CONNECT_TIMEOUT", "inf"),
        ("READ_TIMEOUT", "nan"),
        ("RESOURCE", "http://[::1"),
        ("RESOURCE", "[" * 100_000),
        ("TRUSTED_POOLS", "[" * 100_000),
        ("GROUP_SCOPES", '{"a":' * 100_000),
    ],
)
def test_a_wrong_variable_is_named(pool: pytest.MonkeyPatch, name: str, value: str) -> None:
    pool.setenv(f"COGNITO_{name}", value)
    with pytest.raises(ConfigurationError, match=f"COGNITO_{name} is wrong"):
        CognitoSettings()


def test_a_misspelt_keyword_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match=r"^clientid is not a setting; did you mean client_id\?$"):
        CognitoSettings(user_pool_id=POOL_ID, client_id=CLIENT_ID, clientid="x")  # type: ignore[call-arg]


def test_a_secret_that_is_wrong_is_not_quoted(pool: pytest.MonkeyPatch) -> None:
    pool.setenv("COGNITO_SECRET_KEY", "hunter2")
    with pytest.raises(ConfigurationError) as failed:
        CognitoSettings()
    assert "hunter2" not in repr(failed.value)
    assert failed.value.__context__ is None


def test_secrets_stay_out_of_the_repr(pool: pytest.MonkeyPatch) -> None:
    pool.setenv("COGNITO_SECRET_KEY", SECRET_KEY)
    pool.setenv("COGNITO_CLIENT_SECRET", "the-client-secret")
    shown = repr(CognitoSettings())
    assert SECRET_KEY not in shown
    assert "the-client-secret" not in shown


WITH_PASSWORD = "https://ada:a-password@keys.example/keys"


@pytest.mark.parametrize(
    "uri", [WITH_PASSWORD, "https://a-password@keys.example/k", "https://a-password@[/k"]
)
@pytest.mark.parametrize("name", ["JWKS_URI", "ALB_KEYS_URI", "ENDPOINT_URL"])
def test_an_address_with_a_password_is_refused_and_not_quoted(
    pool: pytest.MonkeyPatch, name: str, uri: str
) -> None:
    """RFC 9110 section 4.2.4; an address comes into logs, and into the repr of the settings."""
    pool.setenv(f"COGNITO_{name}", uri)
    with pytest.raises(ConfigurationError, match=f"COGNITO_{name} is wrong: it ") as failed:
        CognitoSettings()
    assert "a-password" not in repr(failed.value)
    assert failed.value.__context__ is None


def test_a_trusted_pools_address_with_a_password_is_refused(pool: pytest.MonkeyPatch) -> None:
    trusted = {"user_pool_id": "eu-west-1_Zy98Xw76V", "client_ids": [CLIENT_ID], "jwks_uri": WITH_PASSWORD}
    pool.setenv("COGNITO_TRUSTED_POOLS", json.dumps([trusted]))
    with pytest.raises(
        ConfigurationError, match="COGNITO_TRUSTED_POOLS is wrong: 0: jwks_uri: it holds a user name"
    ):
        CognitoSettings()


def test_an_at_sign_in_the_path_of_an_address_is_no_password(pool: pytest.MonkeyPatch) -> None:
    pool.setenv("COGNITO_JWKS_URI", "https://keys.example/@team/jwks.json")
    assert CognitoSettings().key_set_uri == "https://keys.example/@team/jwks.json"


REDIS_URL = "rediss://:a-password-of-redis@cache.example:6379/0"


def test_nobody_is_asked_about_revocation_unless_it_is_said(pool: pytest.MonkeyPatch) -> None:
    assert CognitoSettings().revocation == "off"


def test_redis_needs_an_address_that_is_never_shown(pool: pytest.MonkeyPatch) -> None:
    pool.setenv("COGNITO_REVOCATION", "redis")
    with pytest.raises(ConfigurationError, match="COGNITO_REDIS_URL is missing"):
        CognitoSettings()
    pool.setenv("COGNITO_REDIS_URL", REDIS_URL)
    assert CognitoSettings().redis_url is not None
    assert "a-password-of-redis" not in repr(CognitoSettings())


@pytest.mark.parametrize("mode", ["off", "local", "probe"])
def test_an_address_that_nothing_would_use_is_a_mistake(pool: pytest.MonkeyPatch, mode: str) -> None:
    pool.setenv("COGNITO_REVOCATION", mode)
    pool.setenv("COGNITO_REDIS_URL", REDIS_URL)
    with pytest.raises(ConfigurationError, match=f"COGNITO_REVOCATION is {mode}") as caught:
        CognitoSettings()
    assert "a-password-of-redis" not in str(caught.value)


@pytest.mark.parametrize("url", ["a-password-of-redis@host", "http://a-password-of-redis@host", "redis://"])
def test_an_address_that_is_no_redis_is_not_shown(pool: pytest.MonkeyPatch, url: str) -> None:
    pool.setenv("COGNITO_REVOCATION", "redis")
    pool.setenv("COGNITO_REDIS_URL", url)
    with pytest.raises(ConfigurationError, match="COGNITO_REDIS_URL is wrong") as caught:
        CognitoSettings()
    assert "a-password-of-redis" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REVOCATION", "on"),
        ("REVOCATION_WHEN_UNAVAILABLE", "ignore"),
        ("PROBE_TTL", "0"),
        ("PROBE_TTL", "nan"),
        ("REDIS_TIMEOUT", "0"),
        ("REDIS_TIMEOUT", "inf"),
    ],
)
def test_a_wrong_setting_of_revocation_is_named(pool: pytest.MonkeyPatch, name: str, value: str) -> None:
    pool.setenv(f"COGNITO_{name}", value)
    with pytest.raises(ConfigurationError, match=f"COGNITO_{name} is wrong"):
        CognitoSettings()


@pytest.mark.parametrize(
    ("trusted", "is_fine"), [("eu-central-1_Zy98Xw76V", True), ("eu-west-1_Zy98Xw76V", False)]
)
def test_pools_of_other_regions_cannot_be_probed(
    pool: pytest.MonkeyPatch, trusted: str, is_fine: bool
) -> None:
    pool.setenv("COGNITO_REVOCATION", "probe")
    pool.setenv("COGNITO_TRUSTED_POOLS", json.dumps([{"user_pool_id": trusted, "client_ids": [CLIENT_ID]}]))
    if is_fine:
        assert CognitoSettings().revocation == "probe"
    else:
        with pytest.raises(ConfigurationError, match="COGNITO_TRUSTED_POOLS"):
            CognitoSettings()


@pytest.mark.parametrize("name", ["USER_POOL_ID", "CLIENT_ID", "CLIENT_SECRET", "ACCEPTED_CLIENT_IDS"])
@pytest.mark.parametrize("quote", ['"', "'"])
def test_quotes_around_a_value_are_named_and_the_value_is_not(
    pool: pytest.MonkeyPatch, name: str, quote: str
) -> None:
    pool.setenv(f"COGNITO_{name}", f"{quote}hunter2{quote}")
    with pytest.raises(ConfigurationError, match=f"COGNITO_{name} is wrong: .*quotes around it") as failed:
        CognitoSettings()
    assert "hunter2" not in repr(failed.value)


@pytest.mark.parametrize("name", ["USER_POOL_ID", "CLIENT_ID", "CLIENT_SECRET"])
@pytest.mark.parametrize("value", [" hunter2", "hunter2\n", "hunter2\r\n"])
def test_a_blank_around_a_value_is_named_and_the_value_is_not(
    pool: pytest.MonkeyPatch, name: str, value: str
) -> None:
    pool.setenv(f"COGNITO_{name}", value)
    with pytest.raises(
        ConfigurationError, match=f"COGNITO_{name} is wrong: it has a blank or a line"
    ) as failed:
        CognitoSettings()
    assert "hunter2" not in repr(failed.value)


@pytest.mark.parametrize("name", sorted({*CognitoSettings.model_fields} - {"trusted_origins"}))
@pytest.mark.parametrize("value", ["two words, and more: §", "[1]", "{}", '{"a": 1}', '[{"jwks_uri": "x"}]'])
def test_no_fault_shows_a_regular_expression_or_a_type_of_python(
    pool: pytest.MonkeyPatch, name: str, value: str
) -> None:
    pool.setenv(f"COGNITO_{name.upper()}", value)
    said = ""
    try:
        CognitoSettings()
    except ConfigurationError as exc:
        said = str(exc)
    assert not any(word in said for word in ("pattern", "tuple", "frozenset", "^", "dictionary"))


@pytest.mark.parametrize("name", ["TOKEN_URL", "FRESH_SIGN_IN_MAX_AGE", "SESSION_IDLE_TIMEOUT"])
@pytest.mark.parametrize("value", ["none", "None", "null", "false"])
def test_a_setting_is_switched_off_by_one_word(pool: pytest.MonkeyPatch, name: str, value: str) -> None:
    pool.setenv(f"COGNITO_{name}", value)
    with pytest.raises(ConfigurationError, match=f"^COGNITO_{name} is wrong: write off$"):
        CognitoSettings()


def test_a_region_in_upper_case_is_none(pool: pytest.MonkeyPatch) -> None:
    pool.setenv("COGNITO_USER_POOL_ID", "EU-CENTRAL-1_AbCdEfGhI")
    with pytest.raises(ConfigurationError, match="the Region is written in lower case"):
        CognitoSettings()


@pytest.mark.parametrize("name", ["ENDPOINT_URL", "JWKS_URI", "ALB_KEYS_URI", "RESOURCE_DOCUMENTATION"])
@pytest.mark.parametrize("value", ["http://a.example/x ", "http://a.example/x y", "http://a.example/x\n"])
def test_an_address_holds_no_blank(pool: pytest.MonkeyPatch, name: str, value: str) -> None:
    pool.setenv(f"COGNITO_{name}", value)
    with pytest.raises(ConfigurationError, match=f"COGNITO_{name} is wrong: it holds a blank"):
        CognitoSettings()


@pytest.mark.parametrize("name", ["region", "aws_region", "region_name"])
def test_the_region_is_no_setting(name: str) -> None:
    wrong: Any = {name: "eu-central-1"}
    with pytest.raises(
        ConfigurationError, match=f"^{name} is not a setting; the Region follows from the user"
    ):
        CognitoSettings(user_pool_id=POOL_ID, client_id=CLIENT_ID, **wrong)


def test_a_region_in_the_environment_is_warned_of(
    pool: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    pool.setenv("COGNITO_REGION", "eu-central-1")
    CognitoSettings()
    assert "is ignored; the Region follows from the user pool's id" in caplog.text


def test_a_variable_as_a_keyword_says_the_keyword() -> None:
    wrong: Any = {"COGNITO_USER_POOL_ID": POOL_ID}
    with pytest.raises(ConfigurationError, match=r"^COGNITO_USER_POOL_ID is a variable: write user_pool_id="):
        CognitoSettings(client_id=CLIENT_ID, user_pool_id=POOL_ID, **wrong)


@pytest.mark.parametrize("name", ["__Host-notes", "__Secure-notes", "_notes"])
def test_the_name_of_the_cookie_is_without_the_prefix_of_browsers(name: str) -> None:
    with pytest.raises(
        ConfigurationError, match=r"COGNITO_SESSION_COOKIE is wrong: .*an underscore in front"
    ):
        CognitoSettings(user_pool_id=POOL_ID, client_id=CLIENT_ID, session_cookie=name)
