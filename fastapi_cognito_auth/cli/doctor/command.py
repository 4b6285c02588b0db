"""`fastapi-cognito-auth doctor`: whether the pool is what the app's settings need."""

import asyncio
import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

import typer

from fastapi_cognito_auth.assembly.user_pool import cognito_client
from fastapi_cognito_auth.auth import CognitoAuth
from fastapi_cognito_auth.cli.doctor import client, domain, surroundings, tokens, users
from fastapi_cognito_auth.cli.doctor.changes import OPERATIONS, Command, commands_of, mended
from fastapi_cognito_auth.cli.doctor.facts import Facts
from fastapi_cognito_auth.cli.doctor.looking import look
from fastapi_cognito_auth.cli.doctor.verdicts import Check, Level, Verdict, asked
from fastapi_cognito_auth.cli.terminal import (
    Exit,
    coloured,
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

_NAMED_FIRST: Final = 3
"""So many checks that could not be looked at are named before the reason."""


class FailLevel(StrEnum):
    """From which level on a finding makes the command fail."""

    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class Report:
    """What each check said, by its id, and the commands that mend it."""

    facts: Facts
    verdicts: list[tuple[str, Verdict]]
    commands: list[Command]

    def counts(self) -> dict[str, int]:
        """Return how many checks said what."""
        return {str(level): sum(said.level is level for _, said in self.verdicts) for level in Level}


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
        bool, typer.Option("--commands", help="Print the AWS CLI commands that mend the findings, too.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Compare what the app's COGNITO_* settings need with what the user pool is. Changes nothing.

    Exit status: 0 nothing found, 1 findings, 2 it could not be looked at.
    """
    silenced = frozenset(silence or ())
    if unknown := silenced - {check.id for check in CHECKS}:
        fail(f"--silence: there is no check {', '.join(map(repr, sorted(unknown)))}")
    url = _checked(app_url)
    settings = settings_of_the_environment()
    report = _run(settings, url, silenced)
    if as_json:
        print_json(_as_json(report))
    else:
        for line in _lines(report, with_commands=commands):
            typer.echo(line)
    if not report.facts.anything_of_the_pool:
        fail("nothing of the user pool could be looked at")
    levels = {Level.ERROR} if fail_level == FailLevel.ERROR else {Level.ERROR, Level.WARNING}
    found = any(verdict.level in levels for _, verdict in report.verdicts)
    raise typer.Exit(Exit.BAD if found else Exit.GOOD)


def _run(settings: CognitoSettings, app_url: str | None, silenced: Collection[str]) -> Report:
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


async def _examine(auth: CognitoAuth, app_url: str | None, silenced: Collection[str]) -> Report:
    cognito = cognito_client(auth.settings)
    facts = await look(auth, cognito.call, app_url, os.environ)
    checks = [check for check in CHECKS if check.id not in silenced]
    verdicts = [(check.id, verdict) for check in checks if (verdict := asked(check, facts)) is not None]
    after = mended(facts, checks)
    shapes = {update: await cognito.input_shape(OPERATIONS[update]) for update in after.mends}
    return Report(facts, verdicts, commands_of(verdicts, after, shapes))


def _lines(report: Report, *, with_commands: bool) -> Iterator[str]:
    for check_id, verdict in report.verdicts:
        if verdict.unseen is None:
            remedy = f". Terraform: {verdict.terraform}" if verdict.terraform else ""
            yield _line(verdict.level, f"{check_id}: {verdict.message}{remedy}")
    yield from _unseen(report)
    yield ", ".join(f"{count} {level}" for level, count in report.counts().items())
    if with_commands:
        for command in report.commands:
            yield f"# mends {', '.join(command.mends)}"
            # Never cut: a quote that is left open would turn what is quoted in the next one into commands.
            yield shown(command.command, longest=len(command.command))
        if report.commands:
            yield "# Then run doctor again: what has been mended may show something else."


def _unseen(report: Report) -> Iterator[str]:
    """Yield what could not be looked at, once for each reason."""
    reasons: dict[str, tuple[list[str], set[str]]] = {}
    for check_id, verdict in report.verdicts:
        if verdict.unseen is not None:
            ids, operations = reasons.setdefault(verdict.unseen.why, ([], set()))
            ids.append(check_id)
            operations.update([verdict.unseen.operation] if verdict.unseen.operation else ())
    for why, (ids, operations) in reasons.items():
        told = f"{', '.join(sorted(operations))}: {why}" if operations else why
        if len(ids) <= _NAMED_FIRST:
            yield _line(Level.UNKNOWN, f"{', '.join(ids)}: could not be looked at: {told}")
        else:
            yield _line(Level.UNKNOWN, f"{len(ids)} checks: {told} Not looked at: {', '.join(ids)}")


def _line(level: Level, text: str) -> str:
    return f"{coloured(f'{level:8}', _COLOURS.get(level))}{shown(text, longest=4000)}"


def _as_json(report: Report) -> dict[str, Any]:
    return {
        "checks": [
            {
                "id": check_id,
                "level": str(verdict.level),
                "message": verdict.message,
                "terraform": verdict.terraform,
            }
            for check_id, verdict in report.verdicts
        ],
        "commands": [
            {"mends": list(command.mends), "command": command.command} for command in report.commands
        ],
        "counts": report.counts(),
    }
