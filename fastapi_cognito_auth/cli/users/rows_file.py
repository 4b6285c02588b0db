"""The file that an import reads: by its name, or from standard input."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

import typer

from fastapi_cognito_auth.cli.terminal import Exit, fail

_CHUNK: Final = 65_536  # bytes


class RowsFile:
    """A file of rows; its state is how far it has been read.

    Args:
        file: it.
        size: bytes of it, if anybody knows.
    """

    def __init__(self, file: BinaryIO, size: int | None) -> None:
        self._file = file
        self.size = size

    def chunks(self, tell: Callable[[int], None]) -> Iterator[bytes]:
        """Yield what is in it.

        Args:
            tell: told after each how many bytes there were.
        """
        read = 0
        while chunk := self._file.read(_CHUNK):
            read += len(chunk)
            tell(read)
            yield chunk


@contextmanager
def opened(source: str) -> Iterator[RowsFile]:
    """Open a file, or end the command.

    Args:
        source: its name; `-` is standard input.
    """
    if source == "-":
        yield RowsFile(sys.stdin.buffer, None)
        return
    try:
        file = Path(source).open("rb")  # noqa: SIM115 - closed below, where no fault of a caller is taken for its own
    except (OSError, ValueError) as exc:
        fail(f"cannot read {source}: {type(exc).__name__}")
    with file:
        yield RowsFile(file, Path(source).stat().st_size)


def demand_rows(count: int, after: int) -> None:
    """End the command where there was no row: it was another file that was meant, or another place.

    Args:
        count: how many rows there were.
        after: the place of the last row that was left out.
    """
    if not count:
        typer.echo(f"There is no row after row {after}." if after else "There is no row.", err=True)
        raise typer.Exit(Exit.BAD)
