"""The page about the command line and the commands agree."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from fastapi_cognito_auth.cli.app import cli
from fastapi_cognito_auth.cli.doctor.command import CHECKS
from fastapi_cognito_auth.cli.init.choice import Feature

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "command-line.md"


def commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Return each command that does something, by what is typed."""
    inner = getattr(command, "commands", None)
    if inner is None:
        yield " ".join(path), command
        return
    for name, part in inner.items():
        yield from commands(part, (*path, name))


COMMANDS = dict(commands(typer.main.get_command(cli)))
SECTIONS = dict(re.findall(r"^## `([^`]+)`\n(.*?)(?=^## |\Z)", PAGE.read_text(), re.MULTILINE | re.DOTALL))


def test_the_page_has_every_command() -> None:
    assert SECTIONS.keys() == COMMANDS.keys()


@pytest.mark.parametrize("name", COMMANDS)
def test_the_page_has_every_option_of_the_command(name: str) -> None:
    options = {
        option
        for parameter in COMMANDS[name].params
        if parameter.param_type_name == "option"
        for option in parameter.opts
    }
    shown = re.findall(r"^\| `(--[\w-]+)` \|", SECTIONS[name], re.MULTILINE)
    assert {*shown} == options - {"--help"}
    assert len(shown) == len({*shown})


def test_the_page_has_every_check_of_the_doctor_in_order() -> None:
    shown = re.findall(r"^\| `([a-z][a-z-]+)` \|", SECTIONS["doctor"], re.MULTILINE)
    assert shown == [check.id for check in CHECKS]


def test_the_page_has_every_feature_of_init() -> None:
    shown = re.findall(r"^\| `([a-z][a-z-]+)` \|", SECTIONS["init"], re.MULTILINE)
    assert shown == [*Feature]
