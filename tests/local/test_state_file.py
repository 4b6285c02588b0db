"""A pool with a state file goes on after a restart as it was left, and never half."""

import multiprocessing
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from fastapi_cognito_auth import CognitoAuth
from fastapi_cognito_auth.exceptions import InvalidSessionError
from fastapi_cognito_auth.local import (
    CustomAttribute,
    LocalMachine,
    LocalUser,
    LocalUserPool,
    ServiceError,
    StateFileError,
)
from fastapi_cognito_auth.local.first_pool import UNSAID_OF_CLIENT, UNSAID_OF_MFA, UNSAID_OF_POOL
from fastapi_cognito_auth.local.state.file import APPLICATION_ID, VERSION, StateFile
from tests.local.kit import ALICE, BOB, OTHER_PASSWORD, PASSWORD, Kit, refused
from tests.local.written import unwritten
from tests.older import needs


class Home:
    """A state file, and the pool that has it at the moment."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.kit: Kit | None = None

    def start(self, **options: Any) -> Kit:
        """Start, or start again."""
        self.stop()
        before = self.kit
        self.kit = Kit(fresh_keys=True, state=self.path, **options)
        if before is not None:
            self.kit.clock.now = before.clock.now
        return self.kit

    def stop(self) -> None:
        if self.kit is not None:
            self.kit.pool.close()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path / "pool.db")
    yield home
    home.stop()


def test_ids_and_secrets_are_the_same_after_a_restart(home: Home) -> None:
    first = home.start(client_secret=True).pool
    ids = first.user_pool_id, first.client_id, first.client_secret
    second = home.start(client_secret=True).pool
    assert (second.user_pool_id, second.client_id, second.client_secret) == ids


def test_keys_are_the_same_after_a_restart(home: Home) -> None:
    keys = home.start().pool.jwks()
    assert home.start().pool.jwks() == keys


def test_tokens_are_good_after_a_restart(home: Home) -> None:
    tokens = home.start().tokens()
    kit = home.start()
    assert kit.aws.get_user(AccessToken=tokens["AccessToken"])["Username"] == "alice"
    parameters = {"REFRESH_TOKEN": tokens["RefreshToken"]}
    answer = kit.aws.initiate_auth(ClientId=kit.id, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters=parameters)
    assert "AccessToken" in answer["AuthenticationResult"]


def test_a_revoked_token_stays_revoked(home: Home) -> None:
    kit = home.start()
    tokens = kit.tokens()
    kit.aws.revoke_token(ClientId=kit.id, Token=tokens["RefreshToken"])
    with refused("NotAuthorizedException", "Access Token has been revoked"):
        home.start().aws.get_user(AccessToken=tokens["AccessToken"])


def test_a_challenge_goes_on_after_a_restart(home: Home) -> None:
    kit = home.start()
    kit.admin("AdminSetUserPassword", Password=OTHER_PASSWORD)
    session = kit.password(password=OTHER_PASSWORD)["Session"]
    answer = home.start().answer(
        "NEW_PASSWORD_REQUIRED", session, USERNAME="alice", NEW_PASSWORD="Another-horse-9"
    )
    assert "AccessToken" in answer["AuthenticationResult"]


def test_a_used_challenge_is_used_after_a_restart_too(home: Home) -> None:
    kit = home.start()
    kit.admin("AdminSetUserPassword", Password=OTHER_PASSWORD)
    session = kit.password(password=OTHER_PASSWORD)["Session"]
    responses = {"USERNAME": "alice", "NEW_PASSWORD": "Another-horse-9"}
    kit.answer("NEW_PASSWORD_REQUIRED", session, **responses)
    with refused("NotAuthorizedException"):
        home.start().answer("NEW_PASSWORD_REQUIRED", session, **responses)


def test_srp_goes_on_after_a_restart(home: Home) -> None:
    client, challenge = home.start().start_srp()
    kit = home.start()
    answer = kit.answer("PASSWORD_VERIFIER", None, **kit.proof(client, challenge))
    assert "AccessToken" in answer["AuthenticationResult"]


def test_wrong_guesses_count_after_a_restart(home: Home) -> None:
    kit = home.start()
    for _ in range(5):
        with refused("NotAuthorizedException", "Incorrect username or password."):
            kit.password(password="wrong-Password-1")
    with refused("NotAuthorizedException", "Password attempts exceeded"):
        home.start().password()


def test_a_code_is_good_once_over_a_restart(home: Home) -> None:
    kit = home.start()
    kit.aws.sign_up(
        ClientId=kit.id,
        Username="eve",
        Password=PASSWORD,
        UserAttributes=[{"Name": "email", "Value": "eve@example.com"}],
    )
    code = kit.code("eve", "sign_up")
    again = home.start()
    again.aws.confirm_sign_up(ClientId=again.id, Username="eve", ConfirmationCode=code)
    last = home.start()
    with refused("NotAuthorizedException"):
        last.aws.confirm_sign_up(ClientId=last.id, Username="eve", ConfirmationCode=code)


def test_further_pools_are_there_after_a_restart(home: Home) -> None:
    kit = home.start()
    made = kit.aws.create_user_pool(PoolName="second")["UserPool"]["Id"]
    kit.aws.admin_create_user(UserPoolId=made, Username="tina", MessageAction="SUPPRESS")
    kit = home.start()
    assert kit.aws.admin_get_user(UserPoolId=made, Username="tina")["UserStatus"] == "FORCE_CHANGE_PASSWORD"


def test_a_deleted_pool_is_gone_after_a_restart(home: Home) -> None:
    kit = home.start()
    made = kit.aws.create_user_pool(PoolName="second")["UserPool"]["Id"]
    kit.aws.admin_create_user(UserPoolId=made, Username="tina", MessageAction="SUPPRESS")
    kit.aws.delete_user_pool(UserPoolId=made)
    home.start()
    home.stop()
    with closing(sqlite3.connect(home.path)) as connection:
        rows = connection.execute("SELECT DISTINCT shelf FROM records").fetchall()
    assert {shelf for (shelf,) in rows} == {"", kit.pool_id}


def test_an_app_opens_after_a_restart_what_it_has_sealed_before(home: Home) -> None:
    sealed = CognitoAuth.local(home.start().pool)._sealer.hide("device", {"a": "b"})
    assert CognitoAuth.local(home.start().pool)._sealer.reveal("device", sealed) == {"a": "b"}


def test_apps_on_a_pool_without_a_file_have_keys_of_their_own() -> None:
    pool = LocalUserPool()
    sealed = CognitoAuth.local(pool)._sealer.hide("device", {"a": "b"})
    with pytest.raises(InvalidSessionError):
        CognitoAuth.local(pool)._sealer.reveal("device", sealed)


# What is asked for at the start


def test_who_was_deleted_is_not_brought_back_by_the_next_start(home: Home) -> None:
    home.start().admin("AdminDeleteUser")
    with refused("UserNotFoundException"):
        kit = home.start()
        kit.aws.admin_get_user(UserPoolId=kit.pool_id, Username="alice")


def test_a_changed_password_is_not_put_back_by_the_next_start(home: Home) -> None:
    home.start().admin("AdminSetUserPassword", Password=OTHER_PASSWORD, Permanent=True)
    assert "AuthenticationResult" in home.start().password(password=OTHER_PASSWORD)


def test_a_user_who_is_new_in_the_list_is_added(home: Home) -> None:
    home.start()
    kit = home.start(users=(ALICE, BOB, LocalUser("carol", password=PASSWORD)), groups=["new"])
    assert "AuthenticationResult" in kit.password("carol")
    assert kit.aws.get_group(UserPoolId=kit.pool_id, GroupName="new")


def test_a_user_who_came_otherwise_is_left_as_is(home: Home) -> None:
    home.start().pool.create_user(LocalUser("carol", password=PASSWORD))
    kit = home.start(users=(ALICE, LocalUser("carol", password=OTHER_PASSWORD)))
    assert "AuthenticationResult" in kit.password("carol")
    assert kit.pool.kept_users == ("alice", "carol")


def test_an_attribute_cannot_become_required(home: Home) -> None:
    home.start()
    with pytest.raises(StateFileError, match="does not require email, which no pool can change"):
        home.start(required_attributes=("email",))


def test_another_app_clients_id_is_refused(home: Home) -> None:
    home.start()
    with pytest.raises(StateFileError, match=r"of the app client .*, not of other"):
        home.start(client_id="other")


def test_another_region_is_refused_by_its_name(home: Home) -> None:
    home.start()
    with pytest.raises(StateFileError, match="of a pool in us-east-1, not in us-west-2"):
        home.start(region="us-west-2")


def test_what_was_configured_meanwhile_stays(home: Home) -> None:
    kit = home.start(mfa="OPTIONAL")
    kit.aws.set_user_pool_mfa_config(UserPoolId=kit.pool_id, MfaConfiguration="OFF")
    kit = home.start(mfa="OPTIONAL")
    assert kit.aws.get_user_pool_mfa_config(UserPoolId=kit.pool_id)["MfaConfiguration"] == "OFF"


def test_what_is_asked_for_in_another_way_is_changed(home: Home) -> None:
    home.start(access_token_validity=600, callback_urls=["https://a.example.com/"])
    kit = home.start(access_token_validity=300, callback_urls=["https://b.example.com/"], mfa="OFF")
    assert kit.tokens()["ExpiresIn"] == 300
    assert kit.pool._plane.directory.client(kit.id).oauth.callback_urls == ("https://b.example.com/",)
    assert kit.pool._plane.directory.mfa == "OFF"


def test_what_no_pool_can_change_is_refused(home: Home) -> None:
    home.start()
    with pytest.raises(StateFileError, match="another UsernameAttributes, which no pool can change"):
        home.start(users=(), username_attributes=("email",))
    assert "AuthenticationResult" in home.start().password()


@pytest.mark.parametrize(
    "other",
    ["Number", CustomAttribute(mutable=False), CustomAttribute(maximum=10), CustomAttribute(minimum=2)],
    ids=["type", "mutable", "longest", "shortest"],
)
def test_an_attribute_that_is_there_otherwise_is_refused(home: Home, other: Any) -> None:
    """A schema is for good: a pool that took no notice would have another than was asked for."""
    kept = {
        "tenant": "String",
        "custom:level": CustomAttribute(data_type="Number", maximum=9),
        "on": "Boolean",
    }
    home.start(custom_attributes=kept)
    with pytest.raises(StateFileError, match=r"has custom:tenant as String \(.*, not as "):
        home.start(custom_attributes={**kept, "tenant": other})
    assert "AuthenticationResult" in home.start(custom_attributes={**kept, "team": "String"}).password()


@needs("GetUserPoolSessionConfiguration")
def test_what_is_left_out_is_as_it_was(home: Home) -> None:
    said = {
        "username_case_sensitive": False, "alias_attributes": ("email",), "mfa": "OFF",
        "explicit_auth_flows": ("ALLOW_USER_PASSWORD_AUTH",),
        "allowed_first_factors": ("PASSWORD", "EMAIL_OTP"),
        "access_token_validity": 300, "refresh_token_rotation": 5, "device_tracking": "ALWAYS",
        "callback_urls": ["https://a.example.com/"], "max_sessions_per_user": 2,
        "relying_party_id": "example.com", "client_secret": True, "prevent_user_existence_errors": False,
    }  # fmt: skip

    def shown(kit: Kit) -> Any:
        pool_id = {"UserPoolId": kit.pool_id}
        client = kit.pool.call("DescribeUserPoolClient", {**pool_id, "ClientId": kit.id})["UserPoolClient"]
        pool = kit.pool.call("DescribeUserPool", pool_id)["UserPool"]
        return (
            client,
            pool,
            kit.pool.call("GetUserPoolMfaConfig", pool_id),
            kit.pool.call("GetUserPoolSessionConfiguration", pool_id),
        )

    before = shown(home.start(**said))
    assert shown(home.start()) == before


def test_what_nobody_says_is_what_a_pool_starts_with(home: Home) -> None:
    facts = home.start().pool._service.pools.facts
    for what, unsaid in (("pool", UNSAID_OF_POOL), ("mfa", UNSAID_OF_MFA), ("client", UNSAID_OF_CLIENT)):
        assert {name: facts[f"seed:{what}"].get(name) for name in unsaid} == unsaid


def test_another_pools_id_is_refused(home: Home) -> None:
    home.start(user_pool_id="us-east-1_first")
    with pytest.raises(StateFileError, match="is of the pool us-east-1_first, not of us-east-1_second"):
        home.start(user_pool_id="us-east-1_second")


def test_a_secret_that_is_given_anew_replaces_the_old_one(home: Home) -> None:
    home.start(client_secret="a" * 32)
    kit = home.start(client_secret="b" * 32)
    assert kit.pool.client_secret == "b" * 32
    assert "AuthenticationResult" in kit.password()
    assert home.start(client_secret=False).pool.client_secret == "b" * 32


def test_a_machine_keeps_its_secret(home: Home) -> None:
    options: dict[str, Any] = {"resource_servers": {"orders": ["read"]}}
    before, after = (
        home.start(
            **options, machine_clients=[LocalMachine(client_id="nightly", scopes=["orders/read"])]
        ).pool.machine_clients
        for _ in range(2)
    )
    assert after == before


# The file


def test_nobody_else_may_read_the_file(home: Home) -> None:
    mask = os.umask(0)
    try:
        home.start()
        modes = {stat.S_IMODE(path.stat().st_mode) for path in home.path.parent.iterdir()}
    finally:
        os.umask(mask)
    assert modes == {0o600}


@pytest.mark.parametrize("content", ["nothing", "a pool"])
def test_a_file_that_others_could_read_is_closed_to_them(home: Home, content: str) -> None:
    if content == "a pool":
        home.start()
        home.stop()
    home.path.touch()
    home.path.chmod(0o666)
    home.start()
    modes = {stat.S_IMODE(path.stat().st_mode) for path in home.path.parent.iterdir()}
    assert modes == {0o600}


def test_a_file_that_cannot_be_closed_to_others_is_refused(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is another user's, who has put it there."""

    def refuse(*_: Any) -> None:
        raise PermissionError(1, "Operation not permitted")

    home.path.touch()
    home.path.chmod(0o666)
    monkeypatch.setattr(Path, "chmod", refuse)
    with pytest.raises(StateFileError, match="may be read by others"):
        LocalUserPool(state=home.path)
    assert b"records" not in home.path.read_bytes()


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", Path(os.devnull)):
        with pytest.raises(StateFileError):
            LocalUserPool(state=path)


def test_no_name_means_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite has one that does."""
    monkeypatch.chdir(tmp_path)
    first = LocalUserPool(state=":memory:")
    first.close()
    second = LocalUserPool(state=":memory:")
    second.close()
    assert second.user_pool_id == first.user_pool_id


def test_a_file_has_one_pool_at_a_time(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fastapi_cognito_auth.local.state.file._PATIENCE", 0.0)
    home.start()
    with pytest.raises(StateFileError, match="is in use by another process"):
        LocalUserPool(state=home.path)


def test_a_second_start_in_one_process_does_not_open_the_file_to_another_process(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process loses its locks on a file where it closes it, in whatever place."""
    monkeypatch.setattr("fastapi_cognito_auth.local.state.file._PATIENCE", 0.0)
    home.start()
    with pytest.raises(StateFileError):
        LocalUserPool(state=home.path)
    script = f"""
from fastapi_cognito_auth.local.state import file
file._PATIENCE = 0.0
try:
    file.StateFile({str(home.path)!r})
except file.StateFileError as exc:
    print(exc)
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert "is in use by another process" in done.stdout


def test_what_was_answered_is_there_after_a_kill(home: Home) -> None:
    script = f"""
import os, signal
from fastapi_cognito_auth.local import LocalUserPool
pool = LocalUserPool(state={str(home.path)!r})
pool.call("AdminCreateUser", {{"UserPoolId": pool.user_pool_id, "Username": "tina"}})
os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", script], check=False, cwd=Path(__file__).parents[2])
    assert done.returncode == -9
    assert home.start().admin("AdminGetUser", "tina")["Username"] == "tina"


def test_a_child_does_not_write_into_the_file_of_its_parent(home: Home) -> None:
    kit = home.start()

    def try_to_write(answers: Any) -> None:
        try:
            kit.pool.call("AdminDeleteUser", {"UserPoolId": kit.pool_id, "Username": "alice"})
            answers.put("deleted")
        except ServiceError as exc:
            answers.put(f"{exc.name}: {exc.message}")

    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    child = context.Process(target=try_to_write, args=(answers,))
    child.start()
    answer = answers.get(timeout=20)
    child.join()
    assert answer.startswith("InternalErrorException: the state file")
    assert "is of the process that this one was forked from" in answer
    assert kit.admin("AdminGetUser")["Username"] == "alice"


NAMED = [{"Name": "name", "Value": "Alice"}]


def test_a_child_answers_nothing_from_what_its_parent_may_have_changed(home: Home) -> None:
    """Whoever the parent has disabled meanwhile would not be in the child."""
    kit = home.start()

    def ask(answers: Any) -> None:
        try:
            answers.put(str(kit.pool.call("ListUsers", {"UserPoolId": kit.pool_id})["Users"]))
        except ServiceError as exc:
            answers.put(f"{exc.name}: {exc.message}")

    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    child = context.Process(target=ask, args=(answers,))
    child.start()
    answer = answers.get(timeout=20)
    child.join()
    assert answer.startswith("InternalErrorException: the state file")
    assert len(kit.pool.call("ListUsers", {"UserPoolId": kit.pool_id})["Users"]) == 2


def test_a_pool_that_has_let_go_of_its_file_changes_nothing_in_memory(home: Home) -> None:
    kit = home.start()
    home.stop()
    for operation in ("AdminDeleteUser", "AdminGetUser"):
        with pytest.raises(ServiceError, match=r"InternalErrorException: the state file .* is closed"):
            kit.admin(operation)
    assert kit.pool._plane.directory.find("alice") is not None


class Full:
    """A connection whose disk is full at the moment of commit."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.full = True

    def execute(self, sql: str, values: tuple[Any, ...] = ()) -> Any:
        if self.full and sql == "COMMIT":
            raise sqlite3.OperationalError("database or disk is full")
        return self._connection.execute(sql, values)

    @property
    def in_transaction(self) -> bool:
        return self._connection.in_transaction


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("AdminDeleteUser", {"Username": "alice"}),
        ("AdminDisableUser", {"Username": "alice"}),
        ("AdminAddUserToGroup", {"Username": "alice", "GroupName": "staff"}),
        ("AdminRemoveUserFromGroup", {"Username": "bob", "GroupName": "staff"}),
        (
            "AdminUpdateUserAttributes",
            {"Username": "alice", "UserAttributes": [{"Name": "name", "Value": "A"}]},
        ),
        ("AdminCreateUser", {"Username": "tina"}),
        ("UpdateUserPool", {"DeletionProtection": "ACTIVE"}),
        ("DeleteUserPool", {}),
        ("CreateUserPool", {"PoolName": "second"}),
        ("DeleteGroup", {"GroupName": "staff"}),
    ],
)
def test_on_a_full_disk_all_is_as_it_was(home: Home, operation: str, params: dict[str, Any]) -> None:
    kit = home.start(groups=["staff"])
    kit.admin("AdminAddUserToGroup", "bob", GroupName="staff")
    token = kit.tokens()["AccessToken"]

    def everything() -> Any:
        pool_id = {"UserPoolId": kit.pool_id}
        return (
            kit.pool.call("ListUsers", pool_id),
            kit.pool.call("DescribeUserPool", pool_id),
            kit.pool.call("ListUserPools", {"MaxResults": 10}),
            kit.pool.call("AdminListGroupsForUser", {**pool_id, "Username": "bob"}),
            kit.pool.call("AdminListGroupsForUser", {**pool_id, "Username": "alice"}),
            kit.pool.call("ListUsersInGroup", {**pool_id, "GroupName": "staff"}),
            kit.pool.call("GetUser", {"AccessToken": token}),
        )

    before = everything()
    book: Any = kit.pool._service.pools._book
    disk = Full(book._connection)
    book._connection = disk
    given = params if operation == "CreateUserPool" else {"UserPoolId": kit.pool_id, **params}
    with pytest.raises(ServiceError, match="cannot be written: database or disk is full"):
        kit.pool.call(operation, given)
    disk.full = False
    assert everything() == before
    assert unwritten(kit.pool) == []
    kit.pool.call(operation, given)


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9])
def test_a_truncated_file_is_refused_and_left_alone(home: Home, kept: float) -> None:
    home.start(users=[LocalUser(f"user{number}", password=PASSWORD) for number in range(20)])
    home.stop()
    content = home.path.read_bytes()
    cut = content[: int(len(content) * kept)]
    home.path.write_bytes(cut)
    with pytest.raises(StateFileError, match="is damaged"):
        LocalUserPool(state=home.path)
    assert home.path.read_bytes() == cut


@pytest.mark.parametrize("content", [b"hello", b"{}" * 600, os.urandom(5000)], ids=["text", "json", "noise"])
def test_a_file_of_something_else_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    with pytest.raises(StateFileError, match="is damaged, or none of a local user pool"):
        LocalUserPool(state=path)
    assert path.read_bytes() == content


def test_another_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "app.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE orders (id)")
    connection.commit()
    connection.close()
    with pytest.raises(StateFileError, match="is no state file of a local user pool"):
        LocalUserPool(state=path)


@pytest.mark.parametrize("size", [1, 99, 512, 3000, 4095])
def test_what_is_left_of_a_header_is_refused_and_left_alone(home: Home, size: int) -> None:
    home.start()
    home.stop()
    kept = home.path.read_bytes()[:size]
    home.path.write_bytes(kept)
    with pytest.raises(StateFileError):
        LocalUserPool(state=home.path)
    assert home.path.read_bytes() == kept


def test_the_header_of_another_database_is_left_alone(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("CREATE TABLE notes (text)")
        other.commit()
    kept = (tmp_path / "other.db").read_bytes()
    with pytest.raises(StateFileError, match="no state file"):
        StateFile(tmp_path / "other.db")
    assert (tmp_path / "other.db").read_bytes() == kept


@pytest.mark.parametrize("owner", [0, APPLICATION_ID])
def test_a_database_without_tables_is_not_taken_for_a_new_file(tmp_path: Path, owner: int) -> None:
    with closing(sqlite3.connect(tmp_path / "bare.db")) as bare:
        bare.execute(f"PRAGMA application_id = {owner}")
        bare.execute("PRAGMA journal_mode = WAL")
    kept = (tmp_path / "bare.db").read_bytes()
    with pytest.raises(StateFileError, match="copy that was made without the bare"):
        StateFile(tmp_path / "bare.db")
    assert (tmp_path / "bare.db").read_bytes() == kept


def test_an_empty_file_becomes_a_state_file(tmp_path: Path) -> None:
    (tmp_path / "pool.db").touch()
    with closing(LocalUserPool(state=tmp_path / "pool.db")) as pool:
        assert pool.secret_key


def test_a_copy_of_the_file_of_a_running_pool_has_that_pool(home: Home, tmp_path: Path) -> None:
    pool_id = home.start().pool.user_pool_id
    (tmp_path / "copy.db").write_bytes(home.path.read_bytes())
    with closing(LocalUserPool(state=tmp_path / "copy.db")) as copied:
        assert copied.user_pool_id == pool_id


def test_an_app_that_has_ended_leaves_everything_in_the_file_itself(home: Home, tmp_path: Path) -> None:
    kit = home.start()
    auth = CognitoAuth.local(kit.pool)
    with TestClient(FastAPI(lifespan=auth.lifespan)):
        kit.pool.create_user(LocalUser("two", password=PASSWORD))
    (tmp_path / "copy.db").write_bytes(home.path.read_bytes())
    with closing(LocalUserPool(state=tmp_path / "copy.db")) as copied:
        assert copied.call("AdminGetUser", {"UserPoolId": copied.user_pool_id, "Username": "two"})


def test_an_app_ends_after_its_pool(home: Home) -> None:
    kit = home.start()
    auth = CognitoAuth.local(kit.pool)
    with TestClient(FastAPI(lifespan=auth.lifespan)):
        kit.pool.close()
    kit.pool.checkpoint()


def test_a_newer_file_is_refused(home: Home) -> None:
    home.start()
    home.stop()
    connection = sqlite3.connect(home.path)
    connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    connection.close()
    with pytest.raises(StateFileError, match=f"of another version: {VERSION + 1}, this one reads {VERSION}"):
        LocalUserPool(state=home.path)


def test_a_record_of_a_class_that_nobody_knows_is_refused(home: Home) -> None:
    home.start()
    home.stop()
    connection = sqlite3.connect(home.path)
    connection.execute('UPDATE records SET body = \'{"!": "system", "v": {}}\' WHERE name = \'users\'')
    connection.commit()
    connection.close()
    with pytest.raises(StateFileError, match="is damaged, or of another version: users"):
        LocalUserPool(state=home.path)


@pytest.mark.parametrize("column", ["key", "body"])
@pytest.mark.parametrize(
    "text",
    [
        '{"!": "User", "v": []}',
        '{"!": [], "v": 1}',
        '{"!": "dict", "v": [[[1], 2]]}',
        '{"!": "bytes", "v": "a"}',
        '{"!": "datetime", "v": "yesterday"}',
        "[" * 100_000,
        "9" * 5000,
        "",
    ],
    ids=lambda text: text[:20],
)
def test_a_row_that_is_no_record_is_refused(home: Home, column: str, text: str) -> None:
    home.start(users=[ALICE])
    home.stop()
    connection = sqlite3.connect(home.path)
    connection.execute(f"UPDATE records SET {column} = ? WHERE name = 'users'", (text,))
    connection.commit()
    connection.close()
    with pytest.raises(StateFileError, match="is damaged, or of another version: users"):
        LocalUserPool(state=home.path)


def test_a_key_that_is_none_is_refused(home: Home) -> None:
    home.start()
    home.stop()
    connection = sqlite3.connect(home.path)
    connection.execute("UPDATE records SET key = '[]' WHERE name = 'pools'")
    connection.commit()
    connection.close()
    with pytest.raises(StateFileError, match="is damaged, or of another version: pools"):
        LocalUserPool(state=home.path)


def test_a_folder_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(StateFileError, match=r"cannot be opened: .*No such file or directory"):
        LocalUserPool(state=tmp_path / "nowhere" / "pool.db")


def test_a_file_says_in_its_header_whose_it_is(home: Home) -> None:
    home.start()
    home.stop()
    assert int.from_bytes(home.path.read_bytes()[68:72], "big") == APPLICATION_ID


def test_a_value_that_cannot_be_written_is_a_refusal_and_nothing_is_written(tmp_path: Path) -> None:
    book = StateFile(tmp_path / "pool.db")
    book.note("", "facts")("one", 1)
    book.note("", "facts")("other", object())
    with pytest.raises(StateFileError, match="a object is not kept"):
        book.commit()
    assert [*book.rows("", "facts")] == []
    book.close()


def test_a_start_that_is_refused_leaves_nothing(home: Home) -> None:
    with pytest.raises(ServiceError, match="InvalidPasswordException: eve"):
        home.start(users=(ALICE, LocalUser("eve", password="weak-password")))
    kit = home.start()
    assert [user["Username"] for user in kit.aws.list_users(UserPoolId=kit.pool_id)["Users"]] == [
        "alice",
        "bob",
    ]
