"""`users` and `groups` for who cannot get in, has moved, or should be out; imports that are tried first."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from fastapi_cognito_auth.cli.app import cli
from fastapi_cognito_auth.local import LocalUser, LocalUserPool
from fastapi_cognito_auth.local.errors import ServiceError
from tests.cli.doctor_kit import Endpoint, environment
from tests.local.kit import totp_code
from tests.older import needs

PASSWORD = "Correct-horse-1!"
WANTED = (
    *("COGNITO_USER_POOL_ID", "COGNITO_CLIENT_ID", "COGNITO_ENDPOINT_URL"),
    *("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
)


@pytest.fixture(scope="module")
def served() -> Iterator[Endpoint]:
    flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    pool = LocalUserPool(
        groups=["editors"], custom_attributes={"tenant": "String"}, explicit_auth_flows=flows
    )
    with Endpoint(pool).served() as endpoint:
        yield endpoint


@pytest.fixture
def pool(served: Endpoint, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalUserPool]:
    """A pool with Ada in it."""
    environment(monkeypatch, {name: served.environment[name] for name in WANTED})
    pool = served.pool
    addresses = {"email": "ada@example.com", "email_verified": "true", "name": "Ada"}
    pool.create_user(LocalUser("ada", password=PASSWORD, attributes=addresses))
    yield pool
    for user in pool.call("ListUsers", {"UserPoolId": pool.user_pool_id})["Users"]:
        pool.call("AdminDeleteUser", {"UserPoolId": pool.user_pool_id, "Username": user["Username"]})


def ask(*words: str | Path, typed: str = "") -> Result:
    return CliRunner().invoke(cli, [*map(str, words)], input=typed)


def done(*words: str | Path, typed: str = "") -> str:
    result = ask(*words, typed=typed)
    assert result.exit_code == 0, result.output
    return result.stdout


def shown(username: str = "ada") -> dict[str, Any]:
    user: dict[str, Any] = json.loads(done("users", "show", username, "--json"))
    return user


def sign_in(pool: LocalUserPool, username: str = "ada") -> dict[str, Any]:
    parameters = {"USERNAME": username, "PASSWORD": PASSWORD}
    return pool.call(
        "InitiateAuth",
        {"ClientId": pool.client_id, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters},
    )


def signed_in(pool: LocalUserPool) -> str:
    token: str = sign_in(pool)["AuthenticationResult"]["AccessToken"]
    return token


def is_signed_out(pool: LocalUserPool, token: str) -> bool:
    try:
        pool.call("GetUser", {"AccessToken": token})
    except ServiceError as exc:
        return "revoked" in exc.message
    return False


def test_attributes_are_set_and_cleared_and_others_stay(pool: LocalUserPool) -> None:
    done("users", "update", "ada", "--attribute", "custom:tenant=a=b")
    done("users", "update", "ada", "--attribute", "nickname=Countess", "--clear", "name")
    attributes = shown()["attributes"]
    assert (attributes["custom:tenant"], attributes["nickname"]) == ("a=b", "Countess")
    assert attributes["email"] == "ada@example.com"
    assert "name" not in attributes


@pytest.mark.parametrize(("options", "verified"), [((), "false"), (("--verified",), "true")])
def test_a_new_address_is_verified_only_if_that_is_said(
    pool: LocalUserPool, options: tuple[str, ...], verified: str
) -> None:
    done("users", "update", "ada", "--email", "countess@example.com", *options)
    attributes = shown()["attributes"]
    assert (attributes["email"], attributes["email_verified"]) == ("countess@example.com", verified)


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--verified",),
        ("--email", ""),
        ("--attribute", "name"),
        ("--attribute", "name=A", "--attribute", "name=B"),
        ("--attribute", "name=A", "--clear", "name"),
        ("--email", "a@example.com", "--attribute", "email=b@example.com"),
    ],
    ids=" ".join,
)
def test_an_update_that_says_nothing_or_two_things_is_refused(
    pool: LocalUserPool, options: tuple[str, ...]
) -> None:
    before = shown()
    assert ask("users", "update", "ada", *options).exit_code == 2
    assert shown() == before


def test_an_attribute_that_the_pool_has_not_is_refused_in_its_words(pool: LocalUserPool) -> None:
    result = ask("users", "update", "ada", "--attribute", "shoe_size=38")
    assert (result.exit_code, "invalid_parameter" in result.stderr) == (1, True)


def test_who_has_signed_up_is_confirmed_without_a_code(pool: LocalUserPool) -> None:
    pool.call("SignUp", {"ClientId": pool.client_id, "Username": "eve", "Password": PASSWORD})
    assert shown("eve")["status"] == "UNCONFIRMED"
    done("users", "confirm", "eve")
    assert sign_in(pool, "eve")["AuthenticationResult"]
    result = ask("users", "confirm", "eve")
    assert (result.exit_code, "unsupported_user_state" in result.stderr) == (1, True)


def test_an_invitation_is_sent_again_until_the_first_sign_in(pool: LocalUserPool) -> None:
    done("users", "create", "eve", "--email", "eve@example.com")
    first = pool.outbox.latest("eve")
    done("users", "resend", "eve")
    assert pool.outbox.latest("eve") is not first
    result = ask("users", "resend", "ada")
    assert (result.exit_code, "unsupported_user_state" in result.stderr) == (1, True)


def test_a_password_is_reset_by_a_code_once_the_answer_is_yes(pool: LocalUserPool) -> None:
    token = signed_in(pool)
    assert ask("users", "reset-password", "ada", typed="n\n").exit_code == 1
    assert not is_signed_out(pool, token)
    done("users", "reset-password", "ada", typed="y\n")
    assert is_signed_out(pool, token)
    assert shown()["status"] == "RESET_REQUIRED"
    assert pool.outbox.latest("ada").code


def test_a_user_is_signed_out_everywhere(pool: LocalUserPool) -> None:
    token = signed_in(pool)
    assert "until they expire" in ask("users", "sign-out", "ada").stderr
    assert is_signed_out(pool, token)


@needs("AdminDeleteSoftwareToken")
def test_who_has_lost_the_authenticator_app_gets_in_without_it(pool: LocalUserPool) -> None:
    token = signed_in(pool)
    secret = pool.call("AssociateSoftwareToken", {"AccessToken": token})["SecretCode"]
    pool.call("VerifySoftwareToken", {"AccessToken": token, "UserCode": totp_code(secret, pool.clock())})
    settings = {"SoftwareTokenMfaSettings": {"Enabled": True, "PreferredMfa": True}}
    pool.call("SetUserMFAPreference", {"AccessToken": token, **settings})
    assert sign_in(pool)["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    assert ask("users", "reset-mfa", "ada", typed="\n").exit_code == 1
    done("users", "reset-mfa", "ada", "--yes")
    assert is_signed_out(pool, token)
    assert sign_in(pool)["AuthenticationResult"]


@pytest.mark.parametrize(
    "command", ["update", "confirm", "resend", "reset-password", "reset-mfa", "sign-out"]
)
def test_nobody_is_helped_who_is_not_there(pool: LocalUserPool, command: str) -> None:
    options = {"update": ("--attribute", "name=A")}.get(command, ())
    result = ask("users", command, "nobody", *options)
    assert (result.exit_code, "user_not_found" in result.stderr) == (1, True)


def test_the_members_of_a_group_are_listed_with_users(pool: LocalUserPool) -> None:
    pool.create_user(LocalUser("eve", password=PASSWORD, groups=["editors"]))
    assert "eve" in done("users", "list", "--group", "editors")
    lines = done("users", "list", "--group", "editors", "--json").splitlines()
    assert [json.loads(line)["username"] for line in lines] == ["eve"]
    assert ask("users", "list", "--group", "editors", "--search", "name=Eve").exit_code == 2
    assert ask("users", "list", "--group", "writers").exit_code == 1


def test_a_group_is_changed_and_keeps_the_rest(pool: LocalUserPool) -> None:
    done("groups", "create", "writers", "--description", "Who writes", "--precedence", "5")
    updated = json.loads(done("groups", "update", "writers", "--precedence", "3", "--json"))
    assert (updated["precedence"], updated["description"]) == (3, "Who writes")
    assert ask("groups", "update", "writers").exit_code == 2
    done("groups", "delete", "writers", "--yes")
    assert ask("groups", "update", "writers", "--precedence", "3").exit_code == 1


ROWS: list[tuple[str, str | None]] = [
    ('{"username": "eve", "attributes": {"email": "eve@example.com"}, "groups": ["editors"]}', None),
    ("{half", "not JSON"),
    ('{"username": "bob", "groups": ["writers", "editors"]}', "the pool has no group writers"),
    ('{"username": "kim", "attributes": {"shoe_size": "38"}}', "the pool has no attribute shoe_size"),
    ('{"username": "eve"}', "eve is in row 1, too"),
    ('{"username": ""}', "username: "),
    ('{"username": "joe", "attributes": {"custom:tenant": "acme"}}', None),
    ('{"username": "ann", "attributes": {"email": "notmail"}}', "email: an e-mail address has the form"),
    ('{"username": "lea", "attributes": {"phone_number": "030"}}', "phone_number: a phone number is +"),
]


def test_a_rehearsal_tells_every_fault_and_creates_nobody(
    pool: LocalUserPool, served: Endpoint, tmp_path: Path
) -> None:
    file = tmp_path / "users.jsonl"
    file.write_text("".join(f"{row}\n" for row, _ in ROWS))
    served.calls.clear()
    result = ask("users", "import", file, "--dry-run")
    assert result.exit_code == 1
    faults = {number: fault for number, (_, fault) in enumerate(ROWS, 1) if fault is not None}
    told = dict(line.removeprefix("row ").split(": ", 1) for line in result.stdout.splitlines())
    assert told.keys() == {str(number) for number in faults}
    assert all(fault in told[str(number)] for number, fault in faults.items())
    assert "2 fit, 7 do not. Nobody was created." in result.stderr
    assert {*served.calls} == {"DescribeUserPool", "ListGroups"}
    lines = ask("users", "import", file, "--dry-run", "--json").stdout.splitlines()
    assert [json.loads(line)["number"] for line in lines] == [*faults]


def test_a_rehearsal_of_good_rows_is_good(pool: LocalUserPool, tmp_path: Path) -> None:
    file = tmp_path / "users.csv"
    file.write_text("username,email,groups\neve,eve@example.com,editors\n")
    assert done("users", "import", file, "--dry-run") == ""
    assert "1 fit, 0 do not" in ask("users", "import", "-", "--dry-run", typed=ROWS[0][0]).stderr
    # The first row of a CSV has the names.
    beyond = ask("users", "import", file, "--dry-run", "--after", "2")
    assert (beyond.exit_code, beyond.stderr.strip()) == (1, "There is no row after row 2.")
