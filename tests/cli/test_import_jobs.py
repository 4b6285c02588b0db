"""`users import-jobs`: jobs that go on by themselves, and are found again by their ids."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from fastapi_cognito_auth.cli.app import cli
from fastapi_cognito_auth.local import LocalUserPool
from tests.cli.doctor_kit import Endpoint, environment
from tests.cognito.upstream import Upstream, reply
from tests.local.kit import signing_keys

ROLE = "arn:aws:iam::123456789012:role/logs"
CONFIGURATION = ("COGNITO_USER_POOL_ID", "COGNITO_CLIENT_ID", "COGNITO_ENDPOINT_URL")
KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    pool = LocalUserPool()
    pool._plane.tokens.keys = signing_keys()
    with Endpoint(pool).served() as served:
        environment(monkeypatch, {name: served.environment[name] for name in (*CONFIGURATION, *KEYS)})
        yield served


def ask(*words: str | Path, typed: str = "") -> Result:
    return CliRunner().invoke(cli, ["users", "import-jobs", *map(str, words)], input=typed)


def user(username: str, **attributes: str) -> dict[str, Any]:
    held = {"email": f"{username}@example.com", "email_verified": "true"} | attributes
    return {"username": username, "attributes": held}


def rows(tmp_path: Path, *users: Any) -> Path:
    file = tmp_path / "users.jsonl"
    file.write_text("".join(f"{json.dumps(each)}\n" for each in users))
    return file


def held(endpoint: Endpoint) -> set[str]:
    users = endpoint.pool.call("ListUsers", {"UserPoolId": endpoint.pool.user_pool_id})["Users"]
    return {each["Username"] for each in users}


def job_of(endpoint: Endpoint) -> str:
    named = {"UserPoolId": endpoint.pool.user_pool_id, "MaxResults": 1}
    job_id: str = endpoint.pool.call("ListUserImportJobs", named)["UserImportJobs"][0]["JobId"]
    return job_id


def test_a_file_is_imported_by_a_job(endpoint: Endpoint, tmp_path: Path) -> None:
    result = ask("run", rows(tmp_path, user("ada"), user("grace", name="Hopper, Grace")), "--role", ROLE)
    assert result.exit_code == 0
    assert "2 imported, 0 skipped, 0 failed" in result.stdout
    assert held(endpoint) == {"ada", "grace"}


def test_the_report_is_json(endpoint: Endpoint, tmp_path: Path) -> None:
    words = ("run", rows(tmp_path, user("ada")), "--role", ROLE, "--name", "Newsletter", "--json")
    ended = json.loads(ask(*words).stdout)
    assert (ended["name"], ended["status"], ended["imported"]) == ("Newsletter", "Succeeded", 1)
    assert "http" not in json.dumps(ended)


def test_a_csv_comes_from_standard_input(endpoint: Endpoint) -> None:
    typed = "cognito:username,email,email_verified\nada,ada@example.com,true\n"
    assert ask("run", "-", "--role", ROLE, "--format", "csv", typed=typed).exit_code == 0
    assert held(endpoint) == {"ada"}


def test_who_was_not_imported_shows_in_the_exit_status(endpoint: Endpoint, tmp_path: Path) -> None:
    ask("run", rows(tmp_path, user("ada")), "--role", ROLE)
    result = ask("run", rows(tmp_path, user("ada"), user("grace")), "--role", ROLE)
    assert (result.exit_code, "1 imported, 1 skipped" in result.stdout) == (1, True)


@pytest.mark.parametrize("as_json", [False, True], ids=["text", "json"])
def test_every_row_that_is_not_fit_is_told_before_anything_is_sent(
    endpoint: Endpoint, tmp_path: Path, as_json: bool
) -> None:
    file = rows(tmp_path, user("ada"), user("eve", name="hush\\hush"), {"username": "bob"}, user("joan"))
    result = ask("run", file, "--role", ROLE, *(["--json"] if as_json else []))
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    if as_json:
        assert [json.loads(line)["number"] for line in lines] == [2, 3]
    else:
        assert [line.partition(":")[0] for line in lines] == ["row 2", "row 3"]
    assert "hush" not in result.output
    assert endpoint.calls == ["GetCSVHeader", "DescribeUserPool"]


def test_a_user_who_comes_twice_is_told_before_anything_is_sent(endpoint: Endpoint, tmp_path: Path) -> None:
    result = ask("run", rows(tmp_path, user("ada"), user("grace"), user("ada")), "--role", ROLE)
    assert (result.exit_code, result.stdout) == (1, "row 3: the user is in row 1, too\n")
    assert "CreateUserImportJob" not in endpoint.calls


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--role", ROLE, "--job", "import-1"),
        ("--role", "no ARN"),
        ("--job", "import-1"),
    ],
    ids=["neither", "both", "no ARN", "no job"],
)
def test_what_names_no_job_is_refused(endpoint: Endpoint, tmp_path: Path, words: tuple[str, ...]) -> None:
    assert ask("run", rows(tmp_path, user("ada")), *words).exit_code in {1, 2}
    assert held(endpoint) == set()


def test_a_file_that_is_not_there_is_told(endpoint: Endpoint, tmp_path: Path) -> None:
    result = ask("run", tmp_path / "nowhere", "--role", ROLE)
    assert (result.exit_code, endpoint.calls) == (2, [])


def test_a_job_that_was_not_started_is_started_later(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.denied = frozenset({"StartUserImportJob"})
    result = ask("run", rows(tmp_path, user("ada")), "--role", ROLE)
    job_id = job_of(endpoint)
    assert result.exit_code == 2
    assert f"users import-jobs start {job_id}" in result.stderr
    assert "--feature user-import prints a policy" in result.stderr
    assert ask("show", job_id).exit_code == 0
    assert ask("show", job_id, "--wait").exit_code == 1
    endpoint.denied = frozenset()
    assert ask("start", job_id).exit_code == 0
    assert held(endpoint) == {"ada"}


@pytest.mark.parametrize("begun", [False, True], ids=["without a file", "at its end"])
def test_a_job_that_cannot_start_is_not_said_to_be_startable(
    endpoint: Endpoint, tmp_path: Path, begun: bool
) -> None:
    if begun:
        ask("run", rows(tmp_path, user("ada")), "--role", ROLE)
        job_id = job_of(endpoint)
    else:
        wanted = {"UserPoolId": endpoint.pool.user_pool_id, "JobName": "x", "CloudWatchLogsRoleArn": ROLE}
        job_id = endpoint.pool.call("CreateUserImportJob", wanted)["UserImportJob"]["JobId"]
    result = ask("start", job_id)
    assert result.exit_code == 1
    assert "precondition_not_met" in result.stderr
    assert "has its file" not in result.stderr


def test_a_job_whose_end_was_not_seen_is_looked_at_later(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.denied = frozenset({"DescribeUserImportJob"})
    result = ask("run", rows(tmp_path, user("ada")), "--role", ROLE)
    job_id = job_of(endpoint)
    assert result.exit_code == 2
    assert f"users import-jobs show {job_id} --wait" in result.stderr
    endpoint.denied = frozenset()
    result = ask("show", job_id, "--wait", "--json")
    assert (result.exit_code, json.loads(result.stdout)["imported"]) == (0, 1)


def test_jobs_are_listed(endpoint: Endpoint, tmp_path: Path) -> None:
    file = rows(tmp_path, user("ada"))
    for name in ("first", "second"):
        ask("run", file, "--role", ROLE, "--name", name)
    lines = [line.split() for line in ask("list").stdout.splitlines()]
    assert lines[1] == [job_of(endpoint), "second", "Failed", "0", "1", "0"]
    listed = [json.loads(line)["name"] for line in ask("list", "--json").stdout.splitlines()]
    assert listed == ["second", "first"]


def test_a_job_is_stopped_after_a_question(endpoint: Endpoint, tmp_path: Path) -> None:
    ask("run", rows(tmp_path, user("ada")), "--role", ROLE)
    job_id = job_of(endpoint)
    endpoint.calls.clear()
    assert ask("stop", job_id, typed="n\n").exit_code == 1
    assert endpoint.calls == []
    # It is over already.
    result = ask("stop", job_id, "--yes")
    assert (result.exit_code, endpoint.calls) == (1, ["StopUserImportJob"])


@pytest.fixture
def upstream(monkeypatch: pytest.MonkeyPatch) -> Iterator[Upstream]:
    with Upstream() as server:
        configured = {
            "COGNITO_USER_POOL_ID": "us-east-1_abcdefghi",
            "COGNITO_CLIENT_ID": "1example23456789",
            "COGNITO_ENDPOINT_URL": server.url,
        }
        environment(monkeypatch, configured | dict.fromkeys(KEYS, "test"))
        yield server


def told(**members: Any) -> Any:
    return reply({"UserImportJob": {"JobId": "import-1", "JobName": "x", "Status": "Created"} | members})


def test_a_file_that_does_not_arrive_may_be_tried_again(upstream: Upstream, tmp_path: Path) -> None:
    upstream.plan("GetCSVHeader", reply({"CSVHeader": ["cognito:username", "email", "email_verified"]}))
    upstream.plan("DescribeUserPool", reply({"UserPool": {"AutoVerifiedAttributes": ["email"]}}))
    job = told(PreSignedUrl=f"{upstream.url}/hush?hush")
    upstream.plan("CreateUserImportJob", job)
    upstream.plan("PUT", reply(b"", 403), reply(b""))
    file = rows(tmp_path, user("ada"))
    result = ask("run", file, "--role", ROLE)
    assert result.exit_code == 2
    assert "--job import-1" in result.stderr
    assert "hush" not in result.output
    upstream.plan("DescribeUserImportJob", job, told(Status="Succeeded", ImportedUsers=1))
    upstream.plan("StartUserImportJob", told(Status="Pending"))
    assert ask("run", file, "--job", "import-1").exit_code == 0
    assert upstream.operations.count("CreateUserImportJob") == 1


def test_a_job_is_stopped_while_it_goes_on(upstream: Upstream) -> None:
    upstream.plan("StopUserImportJob", told(Status="Stopping"))
    result = ask("stop", "import-1", typed="y\n")
    assert (result.exit_code, "import-1: Stopping" in result.stderr) == (0, True)


@pytest.mark.skipif(signal.getsignal(signal.SIGINT) is signal.SIG_IGN, reason="interrupts are ignored here")
def test_who_interrupts_the_command_is_told_how_to_find_the_job_again(upstream: Upstream) -> None:
    command: list[subprocess.Popen[str]] = []

    def interrupt(connection: Any) -> None:
        command[0].send_signal(signal.SIGINT)
        told(Status="InProgress")(connection)

    upstream.plan("DescribeUserImportJob", told(Status="Pending"), interrupt)
    words = [sys.executable, "-m", "fastapi_cognito_auth", "users", "import-jobs", "show", "import-1"]
    with subprocess.Popen(
        [*words, "--wait"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        command.append(process)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "import-1 goes on by itself: users import-jobs show import-1 --wait" in said
    assert "Traceback" not in said
