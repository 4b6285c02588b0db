"""`users export` and `users import`: any number of users, gone on with after being cut short."""

import csv
import io
import json
import os
import sys
import tty
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from fastapi_cognito_auth.cli.app import cli
from fastapi_cognito_auth.cli.progress import bar
from fastapi_cognito_auth.local import LocalUser, LocalUserPool
from tests.cli.doctor_kit import Endpoint, environment

PASSWORD = "Correct-horse-1!"
CONFIGURATION = ("COGNITO_USER_POOL_ID", "COGNITO_CLIENT_ID", "COGNITO_ENDPOINT_URL")
KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
USERS = [f"user{number:03}" for number in range(130)]


@pytest.fixture(scope="module")
def full() -> Iterator[Endpoint]:
    """A pool that has 130 users: three pages."""
    pool = LocalUserPool(
        users=[
            LocalUser(name, password=PASSWORD, attributes={"email": f"{name}@example.com"}) for name in USERS
        ]
    )
    with Endpoint(pool).served() as endpoint:
        yield endpoint


@pytest.fixture
def export_from(full: Endpoint, monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    environment(monkeypatch, {name: full.environment[name] for name in (*CONFIGURATION, *KEYS)})
    yield full
    full.allowed.clear()


@pytest.fixture
def import_into(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    """A pool that has no users yet."""
    with Endpoint(LocalUserPool(groups=["editors"])).served() as endpoint:
        environment(monkeypatch, {name: endpoint.environment[name] for name in (*CONFIGURATION, *KEYS)})
        yield endpoint


def ask(*words: str | Path, typed: str = "") -> Result:
    # As fast as a test: there is no quota here.
    return CliRunner().invoke(cli, ["users", *map(str, words), "--rate", "1000"], input=typed)


def names(text: str) -> list[str]:
    """Return the users of JSON Lines, in order."""
    lines = [json.loads(line) for line in text.splitlines()]
    return [line["username"] for line in lines if "next" not in line]


def held(endpoint: Endpoint) -> set[str]:
    users = endpoint.pool.call("ListUsers", {"UserPoolId": endpoint.pool.user_pool_id})["Users"]
    return {user["Username"] for user in users}


def rows(tmp_path: Path, *users: Any) -> Path:
    file = tmp_path / "users.jsonl"
    file.write_text("".join(f"{json.dumps(user) if isinstance(user, dict) else user}\n" for user in users))
    return file


def test_all_users_are_exported_once(export_from: Endpoint) -> None:
    result = ask("export")
    assert result.exit_code == 0
    assert sorted(names(result.stdout)) == USERS


def test_a_csv_has_the_columns_that_are_asked_for(export_from: Endpoint) -> None:
    lines = ask("export", "--format", "csv", "--attribute", "email").stdout.splitlines()
    assert lines[0].endswith(",modified_at,email")
    assert len(lines) == 131


def test_a_csv_has_all_columns_unless_some_are_named(export_from: Endpoint) -> None:
    head = ask("export", "--format", "csv").stdout.partition("\r\n")[0].split(",")
    assert {"sub", "email", "address", "preferred_username", "updated_at"} <= {*head}


def test_a_csv_is_not_written_where_its_columns_may_not_be_asked_for(
    export_from: Endpoint, tmp_path: Path
) -> None:
    export_from.allowed["DescribeUserPool"] = 0
    file = tmp_path / "users.csv"
    result = ask("export", "--output", file)
    assert (result.exit_code, file.exists()) == (2, False)
    assert "cognito-idp:DescribeUserPool" in result.stderr


def test_a_column_that_no_user_can_have_is_refused_and_no_file_is_left(
    export_from: Endpoint, tmp_path: Path
) -> None:
    file = tmp_path / "users.csv"
    result = ask("export", "--output", file, "--format", "csv", "--attribute", "nothing")
    assert result.exit_code == 2
    assert "no attribute nothing" in result.stderr
    assert not file.exists()


@pytest.mark.parametrize("form", ["json-lines", "csv"])
def test_what_would_steer_a_terminal_is_escaped_there_and_nowhere_else(
    import_into: Endpoint, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    """Users write some of it themselves."""
    hostile = "Ada\x1b]0;x\x07\x9b2J\x7f\u202e\U000e0041\rMallory\\"
    attributes = [{"Name": "name", "Value": hostile}]
    ids = {"UserPoolId": import_into.pool.user_pool_id, "Username": "ada"}
    import_into.pool.call("AdminCreateUser", {**ids, "UserAttributes": attributes})
    words = ["users", "export", "--format", form, *(["--attribute", "name"] if form == "csv" else [])]
    piped = CliRunner().invoke(cli, words).stdout
    held, end = os.openpty()
    tty.setraw(end)
    with open(end, "w", closefd=False) as terminal, monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", terminal)
        assert cli(words, standalone_mode=False) in {None, 0}
    seen = os.read(held, 100_000).decode()
    os.close(end)
    os.close(held)
    assert all(c.isprintable() or c == "\n" for c in seen.replace("\r\n", "\n"))
    assert "Ada\\u001b]0;x\\u0007\\u009b2J\\u007f\\u202e\\udb40\\udc41\\" in seen
    if form == "csv":
        assert next(row["name"] for row in csv.DictReader(io.StringIO(piped, newline=""))) == hostile
    else:
        assert [json.loads(line) for line in seen.splitlines()] == [
            json.loads(line) for line in piped.split("\n") if line
        ]


def test_groups_are_exported_where_they_are_asked_for(import_into: Endpoint) -> None:
    pool = import_into.pool
    names = {"UserPoolId": pool.user_pool_id, "Username": "ada"}
    pool.call("AdminCreateUser", names)
    pool.call("AdminAddUserToGroup", {**names, "GroupName": "editors"})
    lines = [json.loads(line) for line in ask("export", "--groups").stdout.splitlines()]
    assert lines[0]["groups"] == ["editors"]


def test_a_file_is_for_who_exports_alone_and_is_not_written_over(
    export_from: Endpoint, tmp_path: Path
) -> None:
    file = tmp_path / "users.jsonl"
    assert ask("export", "--output", file).exit_code == 0
    assert file.stat().st_mode & 0o777 == 0o600
    before = file.read_text()
    result = ask("export", "--output", file)
    assert (result.exit_code, file.read_text()) == (2, before)
    assert "--resume" in result.stderr


CUTS = [
    (pages, half_written)
    for pages in (1, 2)
    for half_written in ("", '{"username": "user1', '{"next": "ab', "\udcff")
]


@pytest.mark.parametrize(("pages", "half_written"), [(0, ""), *CUTS])
def test_an_export_that_was_cut_short_is_gone_on_with(
    export_from: Endpoint, tmp_path: Path, pages: int, half_written: str
) -> None:
    file = tmp_path / "users.jsonl"
    export_from.allowed["ListUsers"] = pages
    result = ask("export", "--output", file)
    assert result.exit_code == 2
    assert "--resume" in result.stderr
    export_from.allowed.clear()
    with file.open("ab") as opened:
        opened.write(half_written.encode(errors="surrogateescape"))
    assert ask("export", "--output", file, "--resume").exit_code == 0
    assert sorted(names(file.read_text())) == USERS


@pytest.mark.parametrize(
    ("began", "goes_on"),
    [(["--groups"], []), (["--groups"], ["--groups"]), ([], [])],
    ids=["told", "both", "neither"],
)
def test_an_export_goes_on_with_groups_where_it_began_with_them(
    export_from: Endpoint, tmp_path: Path, began: list[str], goes_on: list[str]
) -> None:
    file = tmp_path / "users.jsonl"
    export_from.allowed["ListUsers"] = 1
    ask("export", "--output", file, *began)
    export_from.allowed.clear()
    assert ask("export", "--output", file, "--resume", *goes_on).exit_code == 0
    users = [line for line in map(json.loads, file.read_text().splitlines()) if "next" not in line]
    assert (len(users), {"groups" in user for user in users}) == (len(USERS), {bool(began)})


def test_no_export_that_began_without_groups_goes_on_with_them(export_from: Endpoint, tmp_path: Path) -> None:
    file = tmp_path / "users.jsonl"
    export_from.allowed["ListUsers"] = 1
    ask("export", "--output", file)
    export_from.allowed.clear()
    before = file.read_text()
    result = ask("export", "--output", file, "--resume", "--groups")
    assert (result.exit_code, file.read_text()) == (2, before)
    assert "go on without --groups" in result.stderr


def test_an_export_that_is_done_has_nothing_left(export_from: Endpoint, tmp_path: Path) -> None:
    file = tmp_path / "users.jsonl"
    ask("export", "--output", file)
    export_from.calls.clear()
    result = ask("export", "--output", file, "--resume")
    assert (result.exit_code, export_from.calls) == (0, [])
    assert "Nothing is left" in result.stderr


def test_what_cannot_be_gone_on_with_is_refused(export_from: Endpoint, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.jsonl"
    damaged.write_text('{"next": oh}\n')
    odd = tmp_path / "odd.jsonl"
    odd.write_text('7\n{"next": "abc"}\n')
    for words in (
        ("--resume",),
        ("--resume", "--format", "csv", "--output", damaged),
        ("--resume", "--output", damaged),
        ("--resume", "--output", odd),
        ("--resume", "--output", tmp_path / "nowhere"),
        ("--output", tmp_path / "no" / "where"),
    ):
        assert ask("export", *words).exit_code == 2
    assert damaged.read_text() == '{"next": oh}\n'


@pytest.mark.parametrize(
    "content", ["username,email\nada,a@example.com\n", "hi\n", '{"username": "ada"}\n', "hi"]
)
def test_a_file_of_something_else_is_not_gone_on_with(
    export_from: Endpoint, tmp_path: Path, content: str
) -> None:
    file = tmp_path / "customers.jsonl"
    file.write_text(content)
    result = ask("export", "--output", file, "--resume")
    assert result.exit_code == 2
    assert "it is left alone" in result.stderr
    assert file.read_text() == content


def test_a_file_that_others_could_read_is_closed_to_them(export_from: Endpoint, tmp_path: Path) -> None:
    file = tmp_path / "users.jsonl"
    export_from.allowed["ListUsers"] = 1
    ask("export", "--output", file)
    export_from.allowed.clear()
    file.chmod(0o644)
    ask("export", "--output", file, "--resume")
    assert file.stat().st_mode & 0o777 == 0o600


def test_what_was_exported_is_imported_as_it_was(
    full: Endpoint, import_into: Endpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "users.jsonl"
    with monkeypatch.context() as elsewhere:
        environment(elsewhere, {name: full.environment[name] for name in (*CONFIGURATION, *KEYS)})
        ask("export", "--output", file)
    first, second = ask("import", file, "--no-invite"), ask("import", file, "--no-invite")
    assert (first.exit_code, first.stdout, second.exit_code) == (0, "", 0)
    assert "130 created." in first.stderr
    assert "130 unchanged." in second.stderr


def test_each_row_that_did_not_go_as_it_says_is_told(import_into: Endpoint, tmp_path: Path) -> None:
    file = rows(
        tmp_path,
        {"username": "ada", "attributes": {"email": "ada@example.com"}},
        "{half",
        {"username": "bob", "temporary_password": "hunter2"},
        {"username": "ada", "attributes": {"email": "other@example.com"}},
        {"username": "eve", "groups": ["editors"]},
    )
    result = ask("import", file, "--no-invite")
    assert result.exit_code == 1
    told = [line.split(":")[0] for line in result.stdout.splitlines()]
    assert told == ["row 2 ", "row 3 bob", "row 4 ada"]
    assert "invalid_password" in result.stdout
    assert "hunter2" not in result.output
    assert held(import_into) == {"ada", "eve"}


def test_reports_are_lines_of_json(import_into: Endpoint, tmp_path: Path) -> None:
    result = ask("import", rows(tmp_path, {"username": "ada"}, "[]"), "--no-invite", "--json")
    reports = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(report["number"], report["outcome"]) for report in reports] == [(1, "created"), (2, "failed")]


@pytest.mark.parametrize("words", [("--no-invite",), ("--dry-run",)], ids=["imported", "rehearsed"])
@pytest.mark.parametrize(("content", "after"), [("", 0), ("\n", 0), ('{"username": "ada"}\n', 5)])
def test_a_file_without_a_row_is_told(
    import_into: Endpoint, tmp_path: Path, content: str, after: int, words: tuple[str, ...]
) -> None:
    file = tmp_path / "users.jsonl"
    file.write_text(content)
    result = ask("import", file, "--after", str(after), *words)
    assert result.exit_code == 1
    assert ("There is no row after row 5." if after else "There is no row.") in result.stderr


def test_a_csv_of_semicolons_is_told_of_the_comma(import_into: Endpoint, tmp_path: Path) -> None:
    file = tmp_path / "semi.csv"
    file.write_text("username;email\nada;ada@example.com\n")
    result = ask("import", file, "--no-invite")
    assert result.exit_code == 2
    assert "what parts them is a comma" in result.stderr
    assert "--after" not in result.stderr


def test_a_csv_is_known_by_its_name(import_into: Endpoint, tmp_path: Path) -> None:
    file = tmp_path / "users.csv"
    file.write_text("username,email\r\nada,ada@example.com\r\n")
    assert ask("import", file, "--no-invite").exit_code == 0
    assert ask("import", "-", "--no-invite", "--format", "csv", typed="username\nbob\n").exit_code == 0
    assert held(import_into) == {"ada", "bob"}
    file.write_text("name\r\nada\r\n")
    assert ask("import", file, "--no-invite").exit_code == 2


@pytest.mark.parametrize(("name", "form"), [("users.csv", "json-lines"), ("users.jsonl", "csv")])
def test_a_name_that_says_otherwise_than_the_option_is_refused(
    import_into: Endpoint, tmp_path: Path, name: str, form: str
) -> None:
    file = tmp_path / name
    for words in (("export", "--output", file), ("import", file, "--no-invite")):
        result = ask(*words, "--format", form)
        assert result.exit_code == 2
        assert "one of them is not meant" in result.stderr
        assert not file.exists()


def test_a_name_that_says_nothing_wants_the_option(import_into: Endpoint, tmp_path: Path) -> None:
    file = tmp_path / "users.txt"
    assert "--format json-lines, or csv" in ask("export", "--output", file).stderr
    assert ask("export", "--output", file, "--format", "csv").exit_code == 0
    assert file.read_text().startswith("username,")
    file.write_text("username\nada\n")
    assert "--format json-lines, or csv" in ask("import", file, "--no-invite").stderr
    assert ask("import", file, "--no-invite", "--format", "csv").exit_code == 0


def test_a_file_that_is_called_csv_is_one(export_from: Endpoint, tmp_path: Path) -> None:
    file = tmp_path / "Users.CSV"
    assert ask("export", "--output", file).exit_code == 0
    assert file.read_text().startswith("username,enabled,status,")


def test_an_import_that_was_cut_short_is_gone_on_with(import_into: Endpoint, tmp_path: Path) -> None:
    file = rows(tmp_path, *({"username": f"user{number:02}"} for number in range(30)))
    import_into.allowed["AdminCreateUser"] = 10
    result = ask("import", file, "--no-invite")
    assert result.exit_code == 2
    assert "10 created. It was cut short: go on with --after 10" in result.stderr
    import_into.allowed.clear()
    result = ask("import", file, "--no-invite", "--after", "10")
    assert (result.exit_code, "20 created." in result.stderr) == (0, True)
    assert len(held(import_into)) == 30


def test_nobody_is_invited_by_mistake(import_into: Endpoint, tmp_path: Path) -> None:
    file = rows(tmp_path, {"username": "ada", "attributes": {"email": "ada@example.com"}})
    assert ask("import", file, typed="n\n").exit_code == 1
    assert ask("import", "-", typed=file.read_text()).exit_code == 2
    assert held(import_into) == set()
    assert ask("import", file, typed="y\n").exit_code == 0
    assert import_into.pool.outbox.latest("ada").purpose == "admin_create_user"


def test_a_file_that_is_not_there_is_told(import_into: Endpoint, tmp_path: Path) -> None:
    assert ask("import", tmp_path / "nowhere.csv", "--no-invite").exit_code == 2


def test_nothing_is_asked_about_a_file_that_is_not_there(import_into: Endpoint, tmp_path: Path) -> None:
    result = ask("import", tmp_path / "nowhere.csv")
    assert result.exit_code == 2
    assert "invitation" not in result.stderr


def test_the_bar_is_for_terminals_alone() -> None:
    for terminal in (True, False):
        written = io.StringIO()
        with bar("rows", total=4, console=Console(file=written, force_terminal=terminal)) as drawn:
            drawn.show("[bold]2 created", completed=2)
        assert ("[bold]2 created" in written.getvalue()) is terminal
