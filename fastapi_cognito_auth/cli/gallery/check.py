"""Makes every page, and says what is wrong with some: each cause once, with the states that it hits."""

import asyncio
import logging
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import typer

from fastapi_cognito_auth.cli.gallery.state import Group
from fastapi_cognito_auth.cli.terminal import shown
from fastapi_cognito_auth.pages import Look

_LONGEST = 2000  # characters of a line


def try_states(groups: Sequence[Group], look: Look, without_effect: Sequence[str]) -> bool:
    """Make every page, print what is wrong, and return whether nothing is.

    Args:
        groups: of all states.
        look: of the pages.
        without_effect: what a team has written and nothing shows.
    """
    states = [state for group in groups for state in group.states]
    causes: dict[str, list[str]] = {}
    for state in states:
        try:
            asyncio.run(state.reach(look, time.time))
        except Exception as exc:  # noqa: BLE001 - whatever a template of the team does
            causes.setdefault(_cause(exc, look), []).append(state.name)
    for cause, names in causes.items():
        _print(cause)
        typer.echo(f"    in {', '.join(names) if len(names) < len(states) else 'every state'}")
    for fault in without_effect:
        _print(fault)
    failed = sum(map(len, causes.values()))
    typer.echo(f"{len(states) - failed} of {len(states)} states can be shown.")
    return not causes and not without_effect


@contextmanager
def without_log() -> Iterator[None]:
    """Keep what is logged off the terminal: states are reached by what goes wrong, and that is logged."""
    logger, handler = logging.getLogger("fastapi_cognito_auth"), logging.NullHandler()
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)


def _print(line: str) -> None:
    typer.echo(shown(line, longest=_LONGEST))


def _cause(exc: Exception, look: Look) -> str:
    """Return what went wrong, and where in the team's templates it did, as deep within as it is known."""
    told = f"{type(exc).__name__}: {exc}"
    if look.templates is None:
        return told
    folder = Path(look.templates)
    frames = traceback.extract_tb(exc.__traceback__)
    inside = [frame for frame in frames if Path(frame.filename).is_relative_to(folder)]
    return f"{inside[-1].filename}, line {inside[-1].lineno}: {told}" if inside else told
