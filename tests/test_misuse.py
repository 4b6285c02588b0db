"""Mistakes of a first hour: each is answered by what to write instead."""

import inspect
import re
import subprocess
import sys
from typing import Any

import pytest
from fastapi import APIRouter, Depends, FastAPI
from fastapi.testclient import TestClient

from fastapi_cognito_auth import CognitoAuth, CognitoSettings, ConfigurationError, User
from fastapi_cognito_auth.local import LocalUser, LocalUserPool, ServiceError
from tests.support import CLIENT_ID, ISSUER, POOL_ID

OWN: Any = {"user_pool_id": POOL_ID, "client_id": CLIENT_ID}


@pytest.mark.parametrize(
    ("settings", "instead"),
    [
        (OWN, r"CognitoAuth\(CognitoSettings\(\*\*settings\)\)"),
        ({}, r"CognitoAuth\(CognitoSettings\(\*\*settings\)\)"),
        (CognitoSettings, r"CognitoAuth\(CognitoSettings\(\)\)"),
        (POOL_ID, r"a str is no settings: write CognitoAuth\(CognitoSettings\("),
    ],
)
def test_what_is_no_settings_is_refused(settings: Any, instead: str) -> None:
    with pytest.raises(ConfigurationError, match=instead):
        CognitoAuth(settings)


@pytest.mark.parametrize(
    ("keyword", "said"),
    [
        (
            "user_pool_id",
            r"is a setting: write CognitoAuth\(CognitoSettings\(user_pool_id=…\)\)",
        ),
        ("chek_claims", r"there is no keyword chek_claims; did you mean check_claims\?"),
        ("user_pool", r"there is no keyword user_pool; did you mean user_pool_id\?"),
        ("colour", r"there is no keyword colour$"),
    ],
)
def test_a_keyword_that_is_none_is_refused(keyword: str, said: str) -> None:
    wrong: Any = {keyword: "x"}
    with pytest.raises(ConfigurationError, match=said):
        CognitoAuth(CognitoSettings(**OWN), **wrong)


@pytest.mark.parametrize(
    ("keyword", "said"),
    [
        ("clock_skew", r'clock_skew is a setting: write CognitoAuth\.local\(settings=\{"clock_skew": …\}\)'),
        ("user", r"there is no keyword user; did you mean users\?"),
    ],
)
def test_a_keyword_that_is_none_of_a_local_pool_is_refused(keyword: str, said: str) -> None:
    wrong: Any = {keyword: 0}
    with pytest.raises(ConfigurationError, match=said):
        CognitoAuth.local(**wrong)


@pytest.mark.parametrize(
    ("keyword", "said"),
    [
        ("user_pool", "^user_pool is not a setting; did you mean user_pool_id"),
        ("colour", "^colour is not a setting$"),
    ],
)
def test_a_setting_that_is_none_is_refused_by_its_keyword(keyword: str, said: str) -> None:
    wrong: Any = {keyword: "x"}
    with pytest.raises(ConfigurationError, match=said):
        CognitoSettings(**OWN, **wrong)


def test_a_variable_that_is_no_setting_is_warned_of_with_the_nearest(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("COGNITO_USER_POOL", POOL_ID)
    CognitoSettings(**OWN)
    assert "COGNITO_USER_POOL in the environment is no setting" in caplog.text
    assert "did you mean COGNITO_USER_POOL_ID?" in caplog.text


@pytest.mark.parametrize(
    ("pool_id", "said"),
    [
        ("Ab12Cd34E", "the Region is missing"),
        (ISSUER, "it is an address; a pool's id is what stands at the end of its issuer"),
        (f"arn:aws:cognito-idp:eu-central-1:123456789012:userpool/{POOL_ID}", "it is an ARN"),
        ("eu-central-1_", "a pool's id is"),
        ("eu-central-1_" + "a" * 50, "a pool's id is"),
    ],
)
def test_a_pool_id_is_shown_by_an_example(pool_id: str, said: str) -> None:
    example = "eu-central-1_AbCdEfGhI"
    with pytest.raises(ConfigurationError, match=f"^COGNITO_USER_POOL_ID is wrong: {said}.*{example}$"):
        CognitoSettings(user_pool_id=pool_id, client_id=CLIENT_ID)


AUTH: Any = CognitoAuth.local()
ADA = LocalUser("ada", password="Correct-horse-1!")
ROUTERS = [name for name in vars(CognitoAuth) if re.fullmatch(r"pool|([a-z_]+_)?routers?", name)]


@pytest.mark.parametrize(
    ("keyword", "value"), [("users", [ADA]), ("groups", ["admins"]), ("client_secret", True)]
)
def test_what_a_pool_of_ones_own_would_ignore_is_refused(keyword: str, value: Any) -> None:
    given: Any = {keyword: value}
    with pytest.raises(ConfigurationError, match=rf"write LocalUserPool\({keyword}=…\)$"):
        CognitoAuth.local(LocalUserPool(), **given)


def test_a_user_has_one_password() -> None:
    with pytest.raises(ValueError, match="not both"):
        LocalUser("ada", password="Correct-horse-1!", temporary_password="Battery-staple-2?")


@pytest.mark.parametrize("name", ROUTERS)
def test_a_router_of_the_class_is_refused(name: str) -> None:
    app = FastAPI()
    with pytest.raises(ConfigurationError, match=rf"write auth = CognitoAuth\(\), then auth\.{name}$"):
        app.include_router(getattr(CognitoAuth, name))


def test_a_part_of_a_router_of_the_class_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"then auth\.routers$"):
        _ = CognitoAuth.routers.sign_in


def test_every_router_is_known_for_that() -> None:
    auth = CognitoAuth.local(settings={"resource": "https://a.example", "revocation": "local"})
    # These are no routers: they need a domain, a machine, and a Redis.
    names = set(dir(CognitoAuth)) - {"managed_login", "machine_tokens", "cookie_sessions"}
    routers = {name for name in names if isinstance(getattr(auth, name), APIRouter)}
    assert routers <= set(ROUTERS)


def test_an_object_is_no_router() -> None:
    with pytest.raises(ConfigurationError, match=r"write include_router\(auth\.router\)$"):
        FastAPI().include_router(AUTH)


def test_the_parts_of_a_router_are_no_router() -> None:
    with pytest.raises(
        ConfigurationError, match=r"write include_router\(auth\.routers\.sign_in\), or auth\.router"
    ):
        FastAPI().include_router(AUTH.routers)


@pytest.mark.parametrize("thing", [AUTH, AUTH.routers])
def test_what_is_not_there_is_missed_in_pythons_own_words(thing: Any) -> None:
    with pytest.raises(AttributeError, match=f"^'{type(thing).__name__}' object has no attribute 'colour'$"):
        _ = thing.colour
    assert not hasattr(thing, "routes")


def test_a_property_that_refuses_keeps_its_words() -> None:
    auth = CognitoAuth(CognitoSettings(**OWN))
    with pytest.raises(AttributeError, match=r"^only CognitoAuth\.local\(\) has a local pool$"):
        _ = auth.local_pool


NOUNS = ["current_user", "current_principal", "optional_user", "access_token", "id_user", "same_origin"]
OBJECTS = [*(getattr(AUTH, name) for name in NOUNS), AUTH.require_groups("admins"), AUTH]


@pytest.mark.parametrize("thing", OBJECTS, ids=lambda thing: type(thing).__name__)
def test_dependencies_without_depends_are_refused(thing: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"write .*Depends\(auth\.current_user\)"):
        FastAPI().get("/", dependencies=[thing])(lambda: None)


@pytest.mark.parametrize("name", [*NOUNS, "settings", "keys", "key_sets", "verifier"])
def test_what_objects_have_is_refused_of_the_class(name: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"write auth = CognitoAuth\(\), then auth\.{name}$"):
        getattr(CognitoAuth, name)
    assert not hasattr(CognitoAuth, name)


def test_every_noun_is_known_for_that() -> None:
    public = {name for name in vars(AUTH) if not name.startswith("_")}
    assert public - set(dir(CognitoAuth)) == set()


def test_an_object_is_no_dependency() -> None:
    auth: Any = AUTH

    def whoami(user: Any = Depends(auth)) -> None:
        pass

    with pytest.raises(ConfigurationError, match=r"^write Depends\(auth\.current_user\)"):
        FastAPI().get("/")(whoami)


@pytest.mark.parametrize(
    ("lifespan", "said"),
    [
        (AUTH.lifespan(), r"write FastAPI\(lifespan=auth\.lifespan\)$"),
        (CognitoAuth.lifespan, r"write auth = CognitoAuth\(\), then auth\.lifespan$"),
    ],
)
def test_a_lifespan_that_is_none_is_refused_at_the_start(lifespan: Any, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said), TestClient(FastAPI(lifespan=lifespan)):
        pass


@pytest.mark.parametrize(
    ("pool", "said"),
    [
        ([ADA], r"write CognitoAuth\.local\(users=\[…\]\)$"),
        (LocalUserPool, r"write CognitoAuth\.local\(LocalUserPool\(\)\)$"),
        ("a-password", r"^a str is no pool: write CognitoAuth\.local\(LocalUserPool\(…\)\)$"),
        (ADA, r"^a LocalUser is no pool"),
    ],
)
def test_what_is_no_local_pool_is_refused(pool: Any, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        CognitoAuth.local(pool)


@pytest.mark.parametrize("settings", [CognitoSettings(**OWN), "clock_skew=0", ["clock_skew"]])
def test_settings_of_a_local_pool_are_a_dictionary(settings: Any) -> None:
    with pytest.raises(
        ConfigurationError, match=r'write CognitoAuth\.local\(settings=\{"clock_skew": 0\}\)$'
    ):
        CognitoAuth.local(settings=settings)


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("custom_attributes", ["tenant"], r'write custom_attributes=\{"tenant": "String"\}$'),
        ("custom_attributes", "tenant", r'write custom_attributes=\{"tenant": "String"\}$'),
        ("custom_attributes", {"tenant": str}, "tenant is a CustomAttribute, or one of String, Number"),
        ("triggers", {"pre_sign_up": print}, r"write triggers=Triggers\(pre_sign_up=…\)$"),
        ("triggers", print, r"write triggers=Triggers\(pre_sign_up=…\)$"),
        ("mfa_methods", ["TOTP"], "^mfa_methods are some of EMAIL_OTP, SMS_MFA, SOFTWARE_TOKEN_MFA$"),
        ("mfa_methods", "SMS_MFA", "^mfa_methods is a list, not a text$"),
        ("allowed_first_factors", ["PASSWD"], "^allowed_first_factors are some of .*PASSWORD"),
        ("allowed_first_factors", "PASSWORD", "^allowed_first_factors is a list, not a text$"),
    ],
)
def test_an_option_of_a_local_pool_says_how_it_is_written(option: str, value: Any, said: str) -> None:
    wrong: Any = {option: value}
    with pytest.raises(ValueError, match=said):
        LocalUserPool(**wrong)


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("email", "email"),
        ("attributes", "attributes"),
        ("preferred_mfa_setting", "preferred_mfa_setting"),
        ("phone_number", 'attributes["phone_number"]'),
    ],
)
def test_what_a_profile_tells_is_looked_for_there(name: str, there: str) -> None:
    user: Any = User(sub="s", username="ada", client_id=CLIENT_ID, expires_at=2e9)
    with pytest.raises(AttributeError, match=re.escape(f"write (await user.profile()).{there}") + "$"):
        getattr(user, name)


def test_what_neither_a_user_nor_a_profile_has_is_missed_in_pythons_own_words() -> None:
    user: Any = User(sub="s", username="ada", client_id=CLIENT_ID, expires_at=2e9)
    with pytest.raises(AttributeError, match=r"^'User' object has no attribute 'colour'$"):
        _ = user.colour


def test_the_class_can_still_be_looked_at() -> None:
    assert "users" in inspect.signature(CognitoAuth.local).parameters
    assert inspect.getdoc(CognitoAuth.router)
    assert dict(inspect.getmembers(CognitoAuth))["router"] is CognitoAuth.router


@pytest.mark.parametrize("users", [["ada"], [{"ada": "a-password"}], "ada", {"ada": "a-password"}, ADA])
@pytest.mark.parametrize("make", [CognitoAuth.local, LocalUserPool])
def test_users_that_are_none_are_refused(make: Any, users: Any) -> None:
    with pytest.raises(ValueError, match=r'write users=\[LocalUser\("ada", password="…"\)\]') as refused:
        make(users=users)
    assert "a-password" not in str(refused.value)


def test_a_weak_password_says_whose_it_is() -> None:
    with pytest.raises(ServiceError, match=r"^InvalidPasswordException: eve: Password") as refused:
        CognitoAuth.local(users=[ADA, LocalUser("eve", password="weak-1")])
    assert "weak-1" not in str(refused.value)


def test_without_the_extra_the_import_says_what_to_install() -> None:
    script = """
import sys
sys.modules["webauthn"] = None
try:
    from fastapi_cognito_auth.local import LocalUser
except ImportError as exc:
    print(exc)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "a local user pool needs the extra: pip install 'fastapi-cognito-auth[local]'\n"
