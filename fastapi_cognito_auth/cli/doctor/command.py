"""`fastapi-cognito-auth doctor`: whether the pool is what the app's settings need."""

import asyncio
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

import typer

from fastapi_cognito_auth.assembly.user_pool import cognito_client
from fastapi_cognito_auth.auth import CognitoAuth
from fastapi_cognito_auth.cli.doctor import client, domain, surroundings, tokens, users
from fastapi_cognito_auth.cli.doctor.changes import OPERATIONS, command_of
from fastapi_cognito_auth.cli.doctor.facts import AbsentError, Facts, UnseenError, look
from fastapi_cognito_auth.cli.doctor.verdicts import Check, Level, Update, Verdict
from fastapi_cognito_auth.cli.terminal import (
    Exit,
    fail,
    print_json,
    settings_of_the_environment,
    shown,
)
from fastapi_cognito_auth.exceptions import ConfigurationError
from fastapi_cognito_auth.settings.settings import CognitoSettings

CHECKS: Final[tuple[Check, ...]] = (
    *users.CHECKS[:1],
    *client.CHECKS,
    *tokens.CHECKS,
    *users.CHECKS[1:],
    *domain.CHECKS,
    *surroundings.CHECKS,
)
_COLOURS: Final = {Level.ERROR: typer.colors.RED, Level.WARNING: typer.colors.YELLOW}


class FailLevel(StrEnum):
    """From which level on a finding makes the command fail."""

    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class Line:
    """What one check said, with the command that mends it."""

    id: str
    verdict: Verdict
    command: str | None


def doctor(
    *,
    app_url: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Where browsers reach the app, such as https://app.example.com."),
    ] = None,
    fail_level: Annotated[
        FailLevel, typer.Option(help="Exit with 1 for this, and for what is worse.")
    ] = FailLevel.WARNING,
    silence: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Leave a check out; may be repeated.")
    ] = None,
    commands: Annotated[
        bool, typer.Option("--commands", help="Print the AWS CLI command that mends each finding, too.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Compare what the app's COGNITO_* settings need with what the user pool is. Changes nothing.

    Exit status: 0 nothing found, 1 findings, 2 it could not be looked at.
    """
    silenced = frozenset(silence or ())
    if unknown := silenced - {check.id for check in CHECKS}:
        fail(f"there is no check {', '.join(sorted(unknown))}")
    url = _checked(app_url)
    settings = settings_of_the_environment()
    facts, lines = _run(settings, url, silenced)
    if as_json:
        print_json({"checks": [_as_json(line) for line in lines], "counts": _counts(lines)})
    else:
        for line in lines:
            _print(line, with_command=commands)
        typer.echo(", ".join(f"{count} {level}" for level, count in _counts(lines).items()))
    if not facts.anything_of_the_pool:
        fail("nothing of the user pool could be looked at")
    levels = {Level.ERROR} if fail_level == FailLevel.ERROR else {Level.ERROR, Level.WARNING}
    found = any(line.verdict.level in levels for line in lines)
    raise typer.Exit(Exit.BAD if found else Exit.GOOD)


def _run(
    settings: CognitoSettings, app_url: str | None, silenced: Collection[str]
) -> tuple[Facts, list[Line]]:
    try:
        return asyncio.run(_examine(CognitoAuth(settings), app_url, silenced))
    except ConfigurationError as exc:
        return fail(str(exc))


def _checked(app_url: str | None) -> str | None:
    if app_url is None:
        return None
    try:
        parts = urlsplit(app_url)
        fits = parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        fits = False
    if not fits:
        fail("--app-url is an address such as https://app.example.com, without a user name")
    return app_url.rstrip("/")


async def _examine(
    auth: CognitoAuth, app_url: str | None, silenced: Collection[str]
) -> tuple[Facts, list[Line]]:
    cognito = cognito_client(auth.settings)
    facts = await look(auth, cognito.call, app_url, os.environ)
    verdicts = [
        (check.id, verdict)
        for check in CHECKS
        if check.id not in silenced and (verdict := _asked(check, facts)) is not None
    ]
    updates = {verdict.update for _, verdict in verdicts if verdict.update is not None}
    shapes = {update: await cognito.input_shape(OPERATIONS[update]) for update in updates}
    described: dict[Update, Mapping[str, Any] | None] = {name: _there(facts, name) for name in updates}
    return facts, [
        Line(name, verdict, command_of(verdict, auth.settings, described, shapes))
        for name, verdict in verdicts
    ]


def _asked(check: Check, facts: Facts) -> Verdict | None:
    try:
        return check.judge(facts)
    except UnseenError as exc:
        return Verdict(Level.UNKNOWN, f"could not be looked at: {exc}")
    except AbsentError:
        return None


def _there(facts: Facts, update: Update) -> Mapping[str, Any] | None:
    try:
        return facts.look(update)  # type: ignore[no-any-return]
    except (UnseenError, AbsentError):
        return None


def _counts(lines: list[Line]) -> dict[str, int]:
    return {str(level): sum(line.verdict.level is level for line in lines) for level in Level}


def _print(line: Line, *, with_command: bool) -> None:
    verdict = line.verdict
    remedy = f". Terraform: {verdict.terraform}" if verdict.terraform else ""
    level = typer.style(f"{verdict.level:8}", fg=_COLOURS.get(verdict.level))
    typer.echo(f"{level}{line.id}: {shown(verdict.message + remedy, longest=2000)}")
    if with_command and line.command is not None:
        typer.echo(f"        {shown(line.command, longest=100_000)}")


def _as_json(line: Line) -> dict[str, Any]:
    verdict = line.verdict
    return {
        "id": line.id,
        "level": str(verdict.level),
        "message": verdict.message,
        "terraform": verdict.terraform,
        "command": line.command,
    }
