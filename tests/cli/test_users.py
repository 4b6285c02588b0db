"""`users` and `groups`: the pool's users by the app's settings, asked before what cannot be undone."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from fastapi_cognito_auth.cli.app import cli
from fastapi_cognito_auth.local import LocalUser, LocalUserPool
from fastapi_cognito_auth.local.errors import ServiceError
from tests.cli.doctor_kit import Endpoint, environment
from tests.redis_server import RedisServer
from tests.support import SECRET_KEY

PASSWORD = "Correct-horse-1!"
NEW_PASSWORD = "Battery-staple-2?"
CONFIGURATION = ("COGNITO_USER_POOL_ID", "COGNITO_CLIENT_ID", "COGNITO_ENDPOINT_URL")


@pytest.fixture(scope="module")
def served() -> Iterator[Endpoint]:
    pool = LocalUserPool(
        groups=["admins"], explicit_auth_flows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    )
    with Endpoint(pool).served() as endpoint:
        yield endpoint


@pytest.fixture
def pool(served: Endpoint, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalUserPool]:
    """A pool with Ada in it."""
    wanted = (*CONFIGURATION, "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    environment(monkeypatch, {name: served.environment[name] for name in wanted})
    pool = served.pool
    pool.create_user(
        LocalUser("ada", password=PASSWORD, attributes={"email": "ada@example.com"}, groups=["admins"])
    )
    yield pool
    for user in names(pool):
        pool.call("AdminDeleteUser", {"UserPoolId": pool.user_pool_id, "Username": user})


def names(pool: LocalUserPool) -> list[str]:
    users = pool.call("ListUsers", {"UserPoolId": pool.user_pool_id})["Users"]
    return [user["Username"] for user in users]


def ask(*words: str, typed: str = "") -> Result:
    return CliRunner().invoke(cli, [*words], input=typed)


def done(*words: str, typed: str = "") -> str:
    result = ask(*words, typed=typed)
    assert result.exit_code == 0, result.output
    return result.stdout


def lines(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


def sign_in(pool: LocalUserPool, password: str, username: str = "ada") -> dict[str, Any]:
    parameters = {"USERNAME": username, "PASSWORD": password}
    return pool.call(
        "InitiateAuth",
        {"ClientId": pool.client_id, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters},
    )


def test_nobody_is_created_for_a_group_that_is_not_there(pool: LocalUserPool) -> None:
    result = ask("users", "create", "eve", "--email", "eve@example.com", "--group", "admins", "--group", "x")
    assert result.exit_code == 1
    assert "There is no group x. (resource_not_found)" in result.stderr
    assert names(pool) == ["ada"]
    with pytest.raises(LookupError):
        pool.outbox.latest("eve")


def test_users_are_listed_in_pages_of_any_number(pool: LocalUserPool) -> None:
    for number in range(70):
        pool.create_user(LocalUser(f"user{number:02}", password=PASSWORD))
    assert len(lines(done("users", "list", "--json"))) == 71
    assert len(lines(done("users", "list", "--json", "--limit", "65"))) == 65
    assert "ada@example.com" in done("users", "list")


@pytest.mark.parametrize(
    "search", ["email=ada@example.com", "username^=ad", "status=Enabled", "user_status=CONFIRMED"]
)
def test_users_are_found_by_one_condition(pool: LocalUserPool, search: str) -> None:
    assert [user["username"] for user in lines(done("users", "list", "--json", "--search", search))] == [
        "ada"
    ]


@pytest.mark.parametrize("search", ['email=" or username ^= "a', "email=ada\\", 'email^=\\"'])
def test_what_is_searched_for_cannot_change_the_condition(pool: LocalUserPool, search: str) -> None:
    assert done("users", "list", "--json", "--search", search) == ""


@pytest.mark.parametrize("search", ["email", "=x", "email=", "custom:tenant=x"])
def test_a_condition_that_cannot_be_searched_is_refused(pool: LocalUserPool, search: str) -> None:
    assert ask("users", "list", "--search", search).exit_code == 2


def test_a_user_is_shown_with_groups(pool: LocalUserPool) -> None:
    shown = json.loads(done("users", "show", "ada", "--json"))
    assert (shown["username"], shown["groups"]) == ("ada", ["admins"])
    assert "ada@example.com" in done("users", "show", "ada")


def test_somebody_who_is_not_there_is_refused_by_the_services_own_word(pool: LocalUserPool) -> None:
    result = ask("users", "show", "nobody")
    assert result.exit_code == 1
    assert "user_not_found" in result.stderr


def test_a_user_is_created_with_attributes_and_groups(pool: LocalUserPool) -> None:
    done(
        "users", "create", "eve", "--email", "eve@example.com", "--attribute", "name=Eve", "--group", "admins"
    )
    shown = json.loads(done("users", "show", "eve", "--json"))
    assert shown["status"] == "FORCE_CHANGE_PASSWORD"
    assert shown["attributes"]["name"] == "Eve"
    assert shown["groups"] == ["admins"]
    assert pool.outbox.latest("eve").purpose == "admin_create_user"


def test_nobody_is_told_of_a_user_who_is_not_to_be_invited(pool: LocalUserPool) -> None:
    before = len(pool.outbox)
    done("users", "create", "eve", "--email", "eve@example.com", "--no-invite")
    assert len(pool.outbox) == before


def test_a_temporary_password_comes_from_standard_input(pool: LocalUserPool) -> None:
    done("users", "create", "eve", "--no-invite", "--temporary-password", typed=f"{NEW_PASSWORD}\n")
    assert sign_in(pool, NEW_PASSWORD, "eve")["ChallengeName"] == "NEW_PASSWORD_REQUIRED"


def test_a_name_that_is_taken_is_refused(pool: LocalUserPool) -> None:
    result = ask("users", "create", "ada")
    assert (result.exit_code, "username_exists" in result.stderr) == (1, True)


def test_a_password_comes_from_standard_input_and_ends_what_was_before(pool: LocalUserPool) -> None:
    tokens = sign_in(pool, PASSWORD)["AuthenticationResult"]
    result = ask("users", "set-password", "ada", typed=f"{NEW_PASSWORD}\n")
    assert result.exit_code == 0, result.output
    assert NEW_PASSWORD not in result.output
    assert sign_in(pool, NEW_PASSWORD)["AuthenticationResult"]
    with pytest.raises(ServiceError, match="revoked"):
        pool.call("GetUser", {"AccessToken": tokens["AccessToken"]})


def test_a_password_that_is_to_be_replaced_is_temporary(pool: LocalUserPool) -> None:
    done("users", "set-password", "ada", "--temporary", typed=f"{NEW_PASSWORD}\n")
    assert sign_in(pool, NEW_PASSWORD)["ChallengeName"] == "NEW_PASSWORD_REQUIRED"


@pytest.mark.parametrize("command", ["set-password", "create"])
def test_a_password_as_an_argument_is_refused_and_not_repeated(pool: LocalUserPool, command: str) -> None:
    result = ask("users", command, "ada", NEW_PASSWORD, typed=f"{NEW_PASSWORD}\n")
    assert result.exit_code == 2
    assert NEW_PASSWORD not in result.output
    assert sign_in(pool, PASSWORD)["AuthenticationResult"]


def test_a_password_that_the_policy_refuses_is_refused_and_not_repeated(pool: LocalUserPool) -> None:
    result = ask("users", "set-password", "ada", typed="short\n")
    assert (result.exit_code, "invalid_password" in result.stderr) == (1, True)
    assert "This pool wants 8 characters or more" in result.stderr
    assert "short\n" not in result.output
    assert ask("users", "set-password", "ada").exit_code == 2


@pytest.mark.parametrize(
    "words",
    [("users", "delete", "ada"), ("users", "disable", "ada"), ("groups", "delete", "admins")],
    ids=" ".join,
)
@pytest.mark.parametrize("typed", ["n\n", "\n", ""])
def test_nothing_is_done_unless_the_answer_is_yes(
    pool: LocalUserPool, words: tuple[str, ...], typed: str
) -> None:
    assert ask(*words, typed=typed).exit_code == 1
    shown = json.loads(done("users", "show", "ada", "--json"))
    assert (shown["enabled"], shown["groups"]) == (True, ["admins"])


def test_the_question_names_whom_an_alias_means(pool: LocalUserPool) -> None:
    sub = json.loads(done("users", "show", "ada", "--json"))["sub"]
    assert "Delete ada (ada@example.com) for good?" in ask("users", "delete", sub, typed="n\n").stderr


def test_a_user_is_deleted_once_the_answer_is_yes(pool: LocalUserPool) -> None:
    done("users", "delete", "ada", typed="y\n")
    assert names(pool) == []


def test_a_user_is_disabled_and_enabled(pool: LocalUserPool) -> None:
    done("users", "disable", "ada", "--yes")
    with pytest.raises(ServiceError, match="disabled"):
        sign_in(pool, PASSWORD)
    assert "disabled" in done("users", "list")
    done("users", "enable", "ada")
    assert sign_in(pool, PASSWORD)["AuthenticationResult"]


def test_it_says_what_goes_on_being_accepted(pool: LocalUserPool) -> None:
    assert "until they expire: COGNITO_REVOCATION is off" in ask("users", "disable", "ada", "--yes").stderr


def test_what_was_issued_ends_by_the_list_in_redis(
    pool: LocalUserPool, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COGNITO_REVOCATION", "redis")
    monkeypatch.setenv("COGNITO_SESSION_STORE", "redis")
    monkeypatch.setenv("COGNITO_SECRET_KEY", SECRET_KEY)
    monkeypatch.setenv("COGNITO_REDIS_URL", redis_server.url)
    token = sign_in(pool, PASSWORD)["AuthenticationResult"]["AccessToken"]
    assert ask("token", "explain", typed=token).exit_code == 0
    result = ask("users", "disable", "ada", "--yes")
    assert (result.exit_code, result.stderr) == (0, "")
    answer = ask("token", "explain", "--json", typed=token)
    assert (answer.exit_code, json.loads(answer.stdout)["code"]) == (1, "token_revoked")


def test_a_list_that_does_not_answer_is_told_and_undoes_nothing(
    pool: LocalUserPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COGNITO_REVOCATION", "redis")
    monkeypatch.setenv("COGNITO_REDIS_URL", "redis://:hunter2@127.0.0.1:1/0")
    result = ask("users", "disable", "ada", "--yes")
    assert result.exit_code == 0
    assert "until they expire" in result.stderr
    assert "hunter2" not in result.output
    assert json.loads(done("users", "show", "ada", "--json"))["enabled"] is False


def test_who_is_taken_out_of_a_group_of_administrators_is_signed_out(
    pool: LocalUserPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Administration asks Cognito about a token, which names the group for as long as it lasts."""
    monkeypatch.setenv("COGNITO_POOL_ADMIN_GROUPS", "owners")
    monkeypatch.setenv("COGNITO_ADMIN_READ_GROUPS", "auditors")
    for group in ("admins", "owners", "auditors"):
        ask("groups", "create", group)
        done("groups", "add", group, "ada")
        token = sign_in(pool, PASSWORD)["AuthenticationResult"]["AccessToken"]
        done("groups", "remove", group, "ada")
        with pytest.raises(ServiceError, match="revoked"):
            pool.call("GetUser", {"AccessToken": token})
    for group in ("owners", "auditors"):
        done("groups", "delete", group, "--yes")


def test_who_is_taken_out_of_another_group_stays_signed_in(pool: LocalUserPool) -> None:
    done("groups", "create", "writers")
    done("groups", "add", "writers", "ada")
    token = sign_in(pool, PASSWORD)["AuthenticationResult"]["AccessToken"]
    done("groups", "remove", "writers", "ada")
    done("groups", "delete", "writers", "--yes")
    assert pool.call("GetUser", {"AccessToken": token})["Username"] == "ada"


LEAVING = [("remove", "writers", "ada"), ("delete", "writers", "--yes")]


def writer(pool: LocalUserPool) -> str:
    """Make Ada a writer, and return a token that says so."""
    ask("groups", "create", "writers")
    done("groups", "add", "writers", "ada")
    token: str = sign_in(pool, PASSWORD)["AuthenticationResult"]["AccessToken"]
    return token


@pytest.mark.parametrize("words", LEAVING, ids=["removed", "deleted"])
def test_who_leaves_a_group_is_signed_out_where_that_is_said(
    pool: LocalUserPool, words: tuple[str, ...]
) -> None:
    token = writer(pool)
    done("groups", *words, "--sign-out")
    with pytest.raises(ServiceError, match="revoked"):
        pool.call("GetUser", {"AccessToken": token})


@pytest.mark.parametrize("words", LEAVING, ids=["removed", "deleted"])
def test_what_names_a_group_that_is_left_ends_by_the_list_in_redis(
    pool: LocalUserPool, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.setenv("COGNITO_REVOCATION", "redis")
    monkeypatch.setenv("COGNITO_REDIS_URL", redis_server.url)
    token = writer(pool)
    result = ask("groups", *words)
    # Older versions of rich end the line of a bar that is not shown.
    assert (result.exit_code, result.stderr.strip()) == (0, "")
    answer = ask("token", "explain", "--json", typed=token)
    assert (answer.exit_code, json.loads(answer.stdout)["code"]) == (1, "token_revoked")
    assert pool.call("GetUser", {"AccessToken": token})["Username"] == "ada"


@pytest.mark.parametrize("revocation", ["off", "probe"])
@pytest.mark.parametrize("words", LEAVING, ids=["removed", "deleted"])
def test_it_says_where_tokens_go_on_naming_the_group(
    pool: LocalUserPool, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], revocation: str
) -> None:
    monkeypatch.setenv("COGNITO_REVOCATION", revocation)
    writer(pool)
    result = ask("groups", *words)
    assert result.exit_code == 0
    assert result.stderr.count("are accepted until they expire") == 1


def test_nothing_is_said_of_tokens_where_nobody_was_in_the_group(pool: LocalUserPool) -> None:
    done("groups", "create", "nobodies")
    result = ask("groups", "delete", "nobodies", "--yes")
    assert (result.exit_code, result.stderr) == (0, "")


def test_of_many_members_each_is_signed_out_and_one_thing_is_said_once(pool: LocalUserPool) -> None:
    done("groups", "create", "crowd")
    for number in range(3):
        pool.create_user(LocalUser(f"user{number}", password=PASSWORD, groups=["crowd"]))
    tokens = [sign_in(pool, PASSWORD, f"user{number}")["AuthenticationResult"] for number in range(3)]
    result = ask("groups", "delete", "crowd", "--yes", "--sign-out")
    assert (result.exit_code, result.stderr.count("until they expire")) == (0, 1)
    for each in tokens:
        with pytest.raises(ServiceError, match="revoked"):
            pool.call("GetUser", {"AccessToken": each["AccessToken"]})


def test_members_of_a_group_of_administrators_that_is_deleted_are_signed_out(
    pool: LocalUserPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COGNITO_POOL_ADMIN_GROUPS", "writers")
    token = writer(pool)
    done("groups", "delete", "writers", "--yes")
    with pytest.raises(ServiceError, match="revoked"):
        pool.call("GetUser", {"AccessToken": token})


def test_groups_are_created_filled_emptied_and_deleted(pool: LocalUserPool) -> None:
    done("groups", "create", "editors", "--description", "Who edits", "--precedence", "5")
    listed = {group["name"]: group for group in json.loads(done("groups", "list", "--json"))}
    assert listed["editors"]["precedence"] == 5
    assert "Who edits" in done("groups", "list")
    done("groups", "add", "editors", "ada")
    assert [user["username"] for user in lines(done("groups", "members", "editors", "--json"))] == ["ada"]
    assert "ada@example.com" in done("groups", "members", "editors")
    done("groups", "remove", "editors", "ada")
    assert done("groups", "members", "editors", "--json") == ""
    done("groups", "delete", "editors", "--yes")
    assert [group["name"] for group in json.loads(done("groups", "list", "--json"))] == ["admins"]


def test_a_group_that_is_not_there_is_refused(pool: LocalUserPool) -> None:
    for words in (("delete", "nix", "--yes"), ("add", "nix", "ada"), ("members", "nix")):
        result = ask("groups", *words)
        assert (result.exit_code, "resource_not_found" in result.stderr) == (1, True)


def test_names_of_every_kind_reach_the_user(pool: LocalUserPool) -> None:
    for name in ("a/b?c%2Fd", "Zoë", "[bold]x", "--yes"):
        done("users", "create", "--no-invite", "--", name)
        assert json.loads(done("users", "show", "--json", "--", name))["username"] == name
        assert name in done("users", "list")


def test_without_settings_or_a_service_nothing_is_asked(
    pool: LocalUserPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COGNITO_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("COGNITO_MAX_ATTEMPTS", "1")
    assert ask("users", "list").exit_code == 2
    monkeypatch.delenv("COGNITO_USER_POOL_ID")
    assert "COGNITO_USER_POOL_ID is missing" in ask("users", "list").stderr
