"""What the package logs while a command runs: on standard error, each thing once."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from fastapi_cognito_auth.cli.terminal import shown

_LONGEST = 2000  # characters


class _Once(logging.Handler):
    """Writes warnings and errors; its state is what has been written."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._written: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        # Ten operations that fail over one thing are one thing.
        same = text.replace(getattr(record, "operation", None) or text, "", 1) or text
        if same not in self._written:
            self._written.add(same)
            typer.echo(shown(text, longest=_LONGEST), err=True)


@contextmanager
def told_once() -> Iterator[None]:
    """Write what is logged for as long as a command runs; where a program logs it, that stays so."""
    logger, handler = logging.getLogger("fastapi_cognito_auth"), _Once()
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
