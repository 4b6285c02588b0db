"""The files for containers start the emulator in a way that it takes."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from typer.main import get_command

from fastapi_cognito_auth import CognitoSettings
from fastapi_cognito_auth.cli.app import cli
from fastapi_cognito_auth.local import LocalUserPool

FOLDER = Path(__file__).parents[2] / "docker"
LOCAL: Any = get_command(cli).commands["local"]  # type: ignore[attr-defined]


def entry_point() -> list[str]:
    found = re.search(r"^ENTRYPOINT (\[.*\])$", (FOLDER / "Dockerfile").read_text(), re.MULTILINE)
    assert found is not None
    line: list[str] = json.loads(found[1])
    assert line[:4] == ["python", "-m", "fastapi_cognito_auth", "local"]
    return line[4:]


def compose() -> Any:
    return yaml.safe_load((FOLDER / "compose.yaml").read_text())


def test_the_emulator_takes_what_compose_starts_it_with() -> None:
    given = LOCAL.make_context("local", [*entry_point(), *compose()["services"]["cognito"]["command"]]).params
    assert (given["host"], given["allow_remote"]) == ("0.0.0.0", True)
    assert Path(given["state"]).as_posix() == "/state/pool.db"
    pool = LocalUserPool(user_pool_id=given["pool_id"], client_id=given["client_id"], issuer=given["issuer"])
    assert pool.issuer == given["issuer"]


def test_the_app_is_told_of_the_same_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    given = LOCAL.make_context("local", [*entry_point(), *compose()["services"]["cognito"]["command"]]).params
    for name, value in compose()["services"]["app"]["environment"].items():
        monkeypatch.setenv(name, value)
    settings = CognitoSettings()
    assert (settings.user_pool_id, settings.client_id) == (given["pool_id"], given["client_id"])
    assert settings.authorization_servers[0] == given["issuer"]


def test_what_is_written_down_is_in_the_volume() -> None:
    service = compose()["services"]["cognito"]
    assert service["volumes"] == ["pool:/state"]
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
