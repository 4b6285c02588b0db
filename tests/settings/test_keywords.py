"""Settings by keyword: one list of types, which knows every field, and means what it says."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import SecretStr

from fastapi_cognito_auth import CognitoAuth, CognitoSettings, ConfigurationError, TrustedPool
from fastapi_cognito_auth.local import LocalUserPool
from fastapi_cognito_auth.settings.keywords import LocalSettings, SettingsKeywords, TrustedPoolKeywords
from tests.support import CLIENT_ID, POOL_ID, SECRET_KEY

LOCAL_POOL = LocalUserPool()
OWN: Any = {"user_pool_id": POOL_ID, "client_id": CLIENT_ID}


def test_every_setting_has_a_keyword() -> None:
    assert SettingsKeywords.__annotations__.keys() == CognitoSettings.model_fields.keys()


def test_every_member_of_a_trusted_pool_has_a_keyword() -> None:
    assert TrustedPoolKeywords.__annotations__.keys() == TrustedPool.model_fields.keys()


def test_no_keyword_has_a_default_of_its_own() -> None:
    assert SettingsKeywords.__required_keys__ == frozenset()
    assert TrustedPoolKeywords.__required_keys__ == {
        name for name, field in TrustedPool.model_fields.items() if field.is_required()
    }


def test_a_local_pool_takes_every_keyword_that_it_does_not_decide_about() -> None:
    for name in SettingsKeywords.__annotations__:
        wrong: Any = {name: object()}
        with pytest.raises(ConfigurationError) as refused:
            CognitoAuth.local(LOCAL_POOL, settings=wrong)
        decided = "the local pool itself decides" in str(refused.value)
        assert decided == (name not in LocalSettings.__annotations__), name


STAFF: Mapping[str, Any] = {"user_pool_id": "eu-west-1_Staff1", "client_ids": {"a"}}
TUPLES = ("resource", "issuer", "accepted_client_ids", "trusted_origins", "alb_arns", "scopes_supported")


@pytest.mark.parametrize("name", TUPLES)
@pytest.mark.parametrize("collect", [list, set, tuple, frozenset, "".join])
def test_a_list_is_given_in_any_collection(name: str, collect: Any) -> None:
    given = {"accepted_client_ids": "another"}.get(name, "https://a.example")
    assert getattr(CognitoSettings(**OWN, **{name: collect([given])}), name) == (given,)


@pytest.mark.parametrize("pool", [STAFF, TrustedPool(**STAFF)])
def test_a_trusted_pool_is_given_as_itself_or_by_its_members(pool: Any) -> None:
    assert CognitoSettings(**OWN, trusted_pools=[pool]).trusted_pools == (TrustedPool(**STAFF),)


@pytest.mark.parametrize("keys", [SECRET_KEY, SecretStr(SECRET_KEY), [SECRET_KEY], [SecretStr(SECRET_KEY)]])
def test_a_secret_is_given_as_text_too(keys: Any) -> None:
    found = CognitoSettings(**OWN, secret_key=keys, client_secret="of the client")
    assert [key.get_secret_value() for key in found.secret_key] == [SECRET_KEY]
    assert found.client_secret == SecretStr("of the client")


def test_a_file_is_given_as_a_path_too() -> None:
    path = Path("/etc/keys.json")
    assert CognitoSettings(**OWN, key_set_file=path).key_set_file == "/etc/keys.json"
    assert TrustedPool(**STAFF, key_set_file=path).key_set_file == "/etc/keys.json"


@pytest.mark.parametrize("scopes", [["a"], {"a"}, ("a",)])
def test_scopes_of_a_group_are_given_in_any_collection(scopes: Any) -> None:
    assert CognitoSettings(**OWN, group_scopes={"g": scopes}).group_scopes == {"g": {"a"}}
    assert CognitoAuth.local(group_scopes={"g": scopes}).settings.group_scopes == {"g": {"a"}}


def test_one_scope_is_not_its_letters() -> None:
    with pytest.raises(ConfigurationError, match="COGNITO_GROUP_SCOPES is wrong: g: "):
        CognitoAuth.local(group_scopes={"g": "reports/read"})


OPTIONAL = {
    name: field.default
    for name, field in CognitoSettings.model_fields.items()
    if type(None) in get_args(field.annotation)
}


@pytest.mark.parametrize("name", OPTIONAL)
def test_every_optional_setting_can_be_switched_off_by_its_variable(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty variable counts as not set; what is on by default takes `off`."""
    monkeypatch.setenv(f"COGNITO_{name.upper()}", "" if OPTIONAL[name] is None else "off")
    assert getattr(CognitoSettings(**OWN), name) is None


@pytest.mark.parametrize("name", ["verified_token_cache", "profile_max_age", "trusted_proxies"])
def test_what_counts_is_switched_off_by_nought(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"COGNITO_{name.upper()}", "0")
    assert getattr(CognitoSettings(**OWN), name) == 0


@pytest.mark.parametrize("name", ["revocation", "forward_client_address"])
def test_a_choice_is_switched_off_by_its_word(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"COGNITO_{name.upper()}", "off")
    assert getattr(CognitoSettings(**OWN), name) in (False, "off")
