"""`fastapi-cognito-auth token explain`: why the app accepts a token, or refuses it."""

import asyncio
import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from fastapi_cognito_auth.auth import CognitoAuth
from fastapi_cognito_auth.cli.terminal import (
    Exit,
    fail,
    print_json,
    print_table,
    settings_of_the_environment,
    shown,
)
from fastapi_cognito_auth.cli.token.bare import bare, mistaken
from fastapi_cognito_auth.cli.token.claims import Explained, explained, written
from fastapi_cognito_auth.cli.token.judgement import Judgement, NotJudgedError, Principal, judge
from fastapi_cognito_auth.exceptions import ConfigurationError
from fastapi_cognito_auth.runtime.clock import wall_clock
from fastapi_cognito_auth.user import Machine

_LARGEST: Final = 1_048_576  # bytes; what an app takes is less


class Kind(StrEnum):
    """What a token is sent as."""

    ACCESS = "access"
    ID = "id"


def explain(
    given: Annotated[list[str] | None, typer.Argument(metavar="[-]", show_default=False)] = None,
    *,
    file: Annotated[str, typer.Option(help="Where the token is; - is standard input.")] = "-",
    kind: Annotated[
        Kind, typer.Option("--as", help="As what it is sent: auth.current_user takes access tokens.")
    ] = Kind.ACCESS,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say claim by claim why a token is accepted or refused by the app's COGNITO_* settings.

    The token comes from standard input or a file, and neither it nor its signature is printed.
    Exit status: 0 accepted, 1 refused, 2 could not be judged.
    """
    if given not in (None, [], ["-"]):
        # Without what was typed: it may be a token.
        fail(
            "a token is no argument, since every process of the machine can read those;"
            " write it to standard input, or name a file by --file"
        )
    settings = settings_of_the_environment()
    token, left_out = bare(_read(file))
    if not token:
        fail("there is no token: nothing was written")
    if left_out:
        typer.echo(f"Left out what is no part of a token: {', '.join(left_out)}.", err=True)
    if hint := mistaken(token):
        typer.echo(hint, err=True)
    try:
        judgement = asyncio.run(judge(CognitoAuth(settings), token, kind))
    except (ConfigurationError, NotJudgedError) as exc:
        fail(str(exc))
    rows = explained(judgement, settings, kind, wall_clock())
    verdict = _verdict(judgement)
    if as_json:
        print_json(verdict | {"claims": [_as_json(row) for row in rows]})
    else:
        _print(judgement, verdict, rows)
    raise typer.Exit(Exit.BAD if judgement.refusals else Exit.GOOD)


def _read(file: str) -> str:
    if file != "-":
        try:
            with Path(file).open("rb") as opened:
                raw = opened.read(_LARGEST + 1)
        except (OSError, ValueError) as exc:
            fail(f"cannot read {file}: {type(exc).__name__}")
    elif sys.stdin.isatty():
        raw = os.fsencode(typer.prompt("Token", hide_input=True, err=True))
    else:
        raw = sys.stdin.buffer.read(_LARGEST + 1)
    if len(raw) > _LARGEST:
        fail("that is no token: it has more than 1 MiB")
    return raw.decode("utf-8", "surrogateescape")


def _verdict(judgement: Judgement) -> dict[str, Any]:
    """Return what is said first: the refusal that a client gets, and what would come after it."""
    if not judgement.refusals:
        principal = judgement.principal
        assert principal is not None  # noqa: S101 - what is accepted names somebody
        return {"verdict": "accepted", "principal": _named(principal)}
    first, *rest = judgement.refusals
    return {
        "verdict": "refused",
        "code": first.code,
        "message": first.message,
        "then": [{"code": error.code, "message": error.message} for error in rest],
        "signed": judgement.signed,
    }


def _named(principal: Principal) -> dict[str, str]:
    if isinstance(principal, Machine):
        return {"machine": principal.client_id}
    return {"user": principal.username, "sub": principal.sub}


def _print(judgement: Judgement, verdict: dict[str, Any], rows: list[Explained]) -> None:
    if judgement.refusals:
        typer.echo(f"Refused: {shown(verdict['message'])} ({verdict['code']})")
        for error in verdict["then"]:
            typer.echo(f"Then it would be refused: {shown(error['message'])} ({error['code']})")
        if not judgement.signed:
            typer.echo("No key of the pool has been found to have signed it: anybody may have written it.")
    else:
        names = ", ".join(f"{kind} {shown(name)}" for kind, name in verdict["principal"].items())
        typer.echo(f"Accepted: {names}")
        if isinstance(judgement.principal, Machine):
            typer.echo("It is a machine's: auth.current_principal takes it, and auth.current_user does not.")
    if rows:
        typer.echo()
        cells = [(str(row.outcome), row.name, written(row.value), row.why) for row in rows]
        print_table(("", "claim", "value", "why"), cells)


def _as_json(row: Explained) -> dict[str, Any]:
    return {"name": row.name, "value": row.value, "outcome": str(row.outcome), "why": row.why}
