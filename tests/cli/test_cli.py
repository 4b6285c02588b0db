"""The command line: the emulator starts on loopback, and nowhere else by accident."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

import boto3
import httpx2
import pytest
import uvicorn
from botocore.config import Config
from typer.testing import CliRunner

from fastapi_cognito_auth import CognitoAuth, __main__
from fastapi_cognito_auth.cli import local as command
from fastapi_cognito_auth.cli.app import cli
from fastapi_cognito_auth.cli.greeting import endpoint_of, greeting
from fastapi_cognito_auth.local import LocalUserPool
from fastapi_cognito_auth.settings.settings import CognitoSettings

ROOT = Path(__file__).parents[2]
PASSWORD = "Correct:horse-1!"


def run_emulator(*options: str) -> tuple["subprocess.Popen[str]", dict[str, str]]:
    """Run the emulator as a person does, and return it and what it tells to export."""
    command = [sys.executable, "-m", "fastapi_cognito_auth", "local", "--port", "0"]
    process = subprocess.Popen(
        [*command, *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    lines: list[str] = []
    while not lines or "AWS_ACCESS_KEY_ID" not in lines[-1]:
        line = process.stdout.readline()
        assert line, "it ended"
        lines.append(line)
    return process, dict(re.findall(r"(\w+)=(\S+)", "".join(lines)))


def ended(process: "subprocess.Popen[str]", by: signal.Signals) -> int:
    process.send_signal(by)
    code = process.wait(10)
    assert process.stdout is not None
    process.stdout.close()
    return code


@pytest.fixture(scope="module")
def started() -> Iterator[dict[str, str]]:
    options = ["--user", f"ada:{PASSWORD}", "--user", "bea@example.com:Battery-staple-2?", "--client-secret"]
    process, exports = run_emulator(*options)
    yield exports
    assert ended(process, signal.SIGINT) == 0


hangs_up = pytest.mark.skipif(
    signal.getsignal(signal.SIGHUP) is signal.SIG_IGN, reason="nohup keeps it from whatever is started here"
)


@pytest.mark.parametrize(
    "by", [signal.SIGTERM, pytest.param(signal.SIGHUP, marks=hangs_up)], ids=["TERM", "HUP"]
)
def test_a_signal_that_ends_it_leaves_everything_in_the_state_file_alone(
    tmp_path: Path, by: signal.Signals
) -> None:
    process, exports = run_emulator("--state", str(tmp_path / "pool.db"))
    httpx2.post(
        exports["COGNITO_ENDPOINT_URL"],
        json={"UserPoolId": exports["COGNITO_USER_POOL_ID"], "Username": "two"},
        headers={"X-Amz-Target": "AWSCognitoIdentityProviderService.AdminCreateUser"},
        trust_env=False,
    ).raise_for_status()
    assert ended(process, by) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["pool.db"]
    with closing(LocalUserPool(state=tmp_path / "pool.db")) as pool:
        two = pool.call("AdminGetUser", {"UserPoolId": pool.user_pool_id, "Username": "two"})
        assert two["Enabled"]


def test_what_it_prints_configures_boto3_and_the_package(started: dict[str, str]) -> None:
    endpoint = started["COGNITO_ENDPOINT_URL"]
    assert started["AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER"] == endpoint
    cognito = boto3.client(
        "cognito-idp",
        endpoint_url=endpoint,
        region_name=started["AWS_DEFAULT_REGION"],
        aws_access_key_id=started["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=started["AWS_SECRET_ACCESS_KEY"],
        config=Config(proxies={}),
    )
    users = cognito.list_users(UserPoolId=started["COGNITO_USER_POOL_ID"])["Users"]
    emails = {a["Value"] for user in users for a in user["Attributes"] if a["Name"] == "email"}
    assert emails == {"ada@example.com", "bea@example.com"}
    cognito.close()
    settings = CognitoSettings(
        user_pool_id=started["COGNITO_USER_POOL_ID"],
        client_id=started["COGNITO_CLIENT_ID"],
        client_secret=started["COGNITO_CLIENT_SECRET"],
        secret_key=(started["COGNITO_SECRET_KEY"],),
        endpoint_url=endpoint,
    )
    assert len(httpx2.get(settings.key_set_uri).json()["keys"]) == 2
    assert CognitoAuth(settings).router.routes


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_it_listens_at_the_address_it_names(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[tuple[str, int]] = []

    def run(_: uvicorn.Server, sockets: list[socket.socket]) -> None:
        served.extend(listening.getsockname() for listening in sockets)
        raise KeyboardInterrupt

    monkeypatch.setattr(uvicorn.Server, "run", run)
    result = CliRunner().invoke(cli, ["local", "--host", host, "--port", "0"])
    assert result.exit_code == 0, result.output
    assert served[0][0] == "127.0.0.1"
    assert f"COGNITO_ENDPOINT_URL=http://{host}:{served[0][1]}\n" in result.output


def test_no_answer_waits_for_the_client_to_acknowledge_its_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    options: list[int] = []

    def run(_: uvicorn.Server, sockets: list[socket.socket]) -> None:
        for listening in sockets:
            with socket.create_connection(listening.getsockname()), listening.accept()[0] as connection:
                options.append(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        raise KeyboardInterrupt

    monkeypatch.setattr(uvicorn.Server, "run", run)
    assert CliRunner().invoke(cli, ["local", "--port", "0"]).exit_code == 0
    assert len(options) == 1
    assert options[0] != 0


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "emulator.example", "127.0.0.1.nip.io", ""])
def test_it_does_not_listen_where_others_could_reach_it(host: str) -> None:
    result = CliRunner().invoke(cli, ["local", "--host", host])
    assert result.exit_code == 2
    assert "--allow-remote" in result.output


@pytest.mark.parametrize(
    ("host", "is_loopback"), [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True)]
)
def test_every_loopback_address_is_fine(host: str, is_loopback: bool) -> None:
    assert command._is_loopback(host) is is_loopback


@pytest.mark.parametrize("entry", ["ada", "ada:", ":Correct-horse-1!", "Correct-horse-1!"])
def test_a_user_without_name_or_password_is_refused_and_not_repeated(entry: str) -> None:
    result = CliRunner().invoke(cli, ["local", "--port", "0", "--user", entry])
    assert result.exit_code == 2
    assert "NAME:PASSWORD" in result.output
    assert "Correct-horse" not in result.output


def test_a_password_that_the_policy_refuses_says_why() -> None:
    result = CliRunner().invoke(cli, ["local", "--port", "0", "--user", "ada:short"])
    assert result.exit_code == 2
    assert "--user" in result.output


def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = CliRunner().invoke(cli, ["local", "--port", str(port)])
    assert result.exit_code == 2
    assert f"127.0.0.1:{port}" in result.output


def test_an_ipv6_address_is_written_in_brackets() -> None:
    told = greeting(LocalUserPool(), endpoint_of("::1", 9229))
    assert "COGNITO_ENDPOINT_URL=http://[::1]:9229\n" in told
    assert "SECRET=" not in told.replace("AWS_SECRET_ACCESS_KEY=", "")


@pytest.mark.parametrize(
    ("arguments", "extras"),
    [((), "cli,local"), (("doctor",), "cli,local"), (("pages", "--check"), "cli,local,pages")],
)
def test_without_the_extra_it_says_what_to_install(
    arguments: tuple[str, ...],
    extras: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(sys.modules, "fastapi_cognito_auth.cli.app", None)
    monkeypatch.setattr(sys, "argv", ["fastapi-cognito-auth", *arguments])
    with pytest.raises(SystemExit) as ended:
        __main__.main()
    assert ended.value.code == 2
    assert f"pip install 'fastapi-cognito-auth[{extras}]'" in capsys.readouterr().err


def test_without_the_local_pool_the_other_commands_are_there() -> None:
    script = """
import sys
sys.modules["fastapi_cognito_auth.local"] = None
from fastapi_cognito_auth.__main__ import main
sys.argv[1:] = sys.argv[1].split()
main()
"""
    there, missing = (
        subprocess.run(
            [sys.executable, "-c", script, arguments], capture_output=True, text=True, cwd=ROOT, check=False
        )
        for arguments in ("token explain --help", "local")
    )
    assert (there.returncode, missing.returncode) == (0, 2)
    assert "pip install 'fastapi-cognito-auth[cli,local]'" in missing.stderr


def test_the_module_shows_its_help(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["fastapi-cognito-auth", "local", "--help"])
    with pytest.raises(SystemExit) as ended:
        __main__.main()
    assert ended.value.code == 0
    assert "--allow-remote" in capsys.readouterr().out


@pytest.mark.parametrize(
    "command", [(sys.executable, "-m", "fastapi_cognito_auth"), ("fastapi-cognito-auth",)]
)
def test_the_version_is_told(command: tuple[str, ...]) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [*command, "--version"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
        env=os.environ | {"PATH": path},
    )
    assert done.stdout == f"fastapi-cognito-auth {version('fastapi-cognito-auth')}\n"
