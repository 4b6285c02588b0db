"""What is typed wrongly, is missing, or cannot be written: plain words, a status, and never a traceback."""

import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from fastapi_cognito_auth import __main__
from fastapi_cognito_auth.cli.app import cli
from fastapi_cognito_auth.cli.doctor.command import CHECKS
from fastapi_cognito_auth.local import LocalUser, LocalUserPool
from tests.cli.doctor_kit import Endpoint, environment

PASSWORD = "Correct-horse-1!"
WANTED = (
    *("COGNITO_USER_POOL_ID", "COGNITO_CLIENT_ID", "COGNITO_ENDPOINT_URL"),
    *("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
)
LONG = "a-rather-long-name-of-a-user@some-department.example.com"


@pytest.fixture(scope="module")
def served() -> Iterator[Endpoint]:
    users = [LocalUser("zoë", password=PASSWORD, attributes={"email": LONG})]
    with Endpoint(LocalUserPool(users=users)).served() as endpoint:
        yield endpoint


@pytest.fixture
def endpoint(served: Endpoint, monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    environment(monkeypatch, {name: served.environment[name] for name in WANTED})
    monkeypatch.setenv("COGNITO_MAX_ATTEMPTS", "1")
    yield served
    served.denied, served.refusal = frozenset(), "AccessDeniedException"


def ask(*words: str, typed: str = "") -> Result:
    return CliRunner().invoke(cli, [*words], input=typed)


def said(result: Result) -> str:
    """Return what was said, without the frame around it."""
    return " ".join(result.output.replace("│", " ").split())


WRONG = {
    "users list --limit 0": "'--limit': it is at least 1",
    "users list --limit many": "'--limit': it is a whole number",
    "users export --rate fast": "'--rate': it is a number",
    "users export --format xml": "'--format': 'xml' is not one of 'json-lines', 'csv'",
    "users export --attribute email": "--attribute is a column of a CSV",
    "users import - --after=-1": "'--after': it is at least 0",
    "doctor --fail-level bad": "'--fail-level': 'bad' is not one of 'warning', 'error'",
    "doctor --silence nothing": "--silence: there is no check 'nothing'",
    "token explain --as it": "'--as': 'it' is not one of 'access', 'id'",
    "groups create editors --role-arn admin": "'--role-arn': it is the role's ARN",
    "groups create editors --precedence=-1": "'--precedence': it is at least 0",
    "local --auth-session-validity 99": "'--auth-session-validity': ",
    "users lst": "No such command 'lst'",
    "users list --serach x": "--serach",
    "users show": "issing",
}


@pytest.mark.parametrize("typed", WRONG)
def test_a_wrong_option_is_named_in_plain_words(endpoint: Endpoint, typed: str) -> None:
    result = ask(*typed.split())
    assert result.exit_code == 2
    assert WRONG[typed] in said(result)
    assert "Value error" not in result.output
    assert "Input should" not in result.output
    assert endpoint.calls == []


@pytest.mark.parametrize(
    "words",
    [
        ("users", "show", ""),
        ("users", "create", " "),
        ("users", "create", "eve", "--email", ""),
        ("users", "disable", "", "--yes"),
        ("users", "delete", "", "--yes"),
        ("users", "set-password", ""),
        ("groups", "create", ""),
        ("groups", "add", "admins", ""),
        ("groups", "remove", "", "zoë"),
        ("groups", "members", ""),
        ("users", "import", "", "--no-invite"),
        ("users", "import-jobs", "show", ""),
    ],
    ids=" ".join,
)
def test_a_variable_of_a_script_that_is_not_set_is_refused(
    endpoint: Endpoint, words: tuple[str, ...]
) -> None:
    endpoint.calls.clear()
    result = ask(*words)
    assert (result.exit_code, endpoint.calls) == (2, [])
    assert "it is empty" in said(result)


@pytest.mark.parametrize("output", ["", "/"])
def test_an_export_into_no_file_is_refused(endpoint: Endpoint, output: str) -> None:
    result = ask("users", "export", "--output", output)
    assert result.exit_code == 2
    assert "--output is a new file" in result.stderr


def test_missing_credentials_are_named(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    result = ask("users", "list")
    assert result.exit_code == 2
    assert "Unable to locate credentials" in result.stderr.splitlines()[-1]


def test_an_operation_that_is_not_allowed_is_named_with_what_allows_it(endpoint: Endpoint) -> None:
    endpoint.denied = frozenset({"AdminGetUser"})
    result = ask("users", "show", "zoë")
    assert result.exit_code == 2
    last = result.stderr.splitlines()[-1]
    assert "do not allow cognito-idp:AdminGetUser" in last
    assert "init --format iam-policy --feature administration" in last


def test_a_quota_that_is_used_up_is_told(endpoint: Endpoint) -> None:
    endpoint.denied, endpoint.refusal = frozenset({"ListUsers"}), "TooManyRequestsException"
    result = ask("users", "list")
    assert result.exit_code == 1
    assert "(too_many_requests)" in result.stderr.splitlines()[-1]


def test_a_pool_that_is_nowhere_is_refused(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COGNITO_USER_POOL_ID", "us-east-1_Nowhere12")
    result = ask("users", "list")
    assert result.exit_code == 1
    assert "resource_not_found" in result.stderr


def test_json_is_clean_of_warnings(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COGNITO_REGION", "eu-central-1")
    result = ask("users", "list", "--json")
    assert result.stdout.startswith('{"username": "zo\\u00eb"')
    assert len(result.stdout.splitlines()) == 1
    assert result.stderr.count("COGNITO_REGION in the environment is no setting") == 1


def test_what_is_piped_on_has_each_user_in_one_line(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    (line,) = [line for line in ask("users", "list").stdout.splitlines() if "zoë" in line]
    assert f" {LONG} " in line


def test_a_narrow_terminal_loses_nothing(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    for width in (20, 40):
        monkeypatch.setenv("COLUMNS", str(width))
        lines = ask("users", "list").stdout.splitlines()
        assert max(map(len, lines)) <= width
        assert LONG in "".join(map(str.strip, lines))


@pytest.mark.parametrize(("variable", "coloured"), [("", True), ("1", False)])
def test_colours_are_left_out_where_nobody_wants_them(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch, variable: str, coloured: bool
) -> None:
    """https://no-color.org: any text but an empty one switches them off."""
    monkeypatch.setenv("NO_COLOR", variable)
    silent = [word for check in CHECKS if check.id != "secret-key" for word in ("--silence", check.id)]
    result = CliRunner().invoke(cli, ["doctor", *silent], color=True)
    assert ("\x1b[33mwarning" in result.stdout) is coloured
    assert ("\x1b" in result.stdout) is coloured


def end_of(monkeypatch: pytest.MonkeyPatch, *words: str) -> int | str | None:
    monkeypatch.setattr(sys, "argv", ["fastapi-cognito-auth", *words])
    with pytest.raises(SystemExit) as ended:
        __main__.main()
    return ended.value.code


def test_a_terminal_of_another_encoding_shows_what_it_can(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii", write_through=True)
    monkeypatch.setattr(sys, "stdout", out)
    for words in (("users", "list"), ("users", "show", "zoë"), ("local", "--help")):
        assert end_of(monkeypatch, *words) == 0
    assert b"zo\\xeb" in out.buffer.getvalue()


def test_output_that_cannot_be_written_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with Path("/dev/full").open("w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        assert end_of(monkeypatch, "init") == 2
    assert capsys.readouterr().err.startswith("Error: what was found could not be written: No space left")


def test_a_reader_that_has_enough_ends_the_command_without_a_word(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as out, monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", out)
        assert end_of(patched, "init") == 1
        os.dup2(os.open(os.devnull, os.O_WRONLY), writing)
    assert capsys.readouterr().err == ""
