"""`python -m fastapi_cognito_auth`: needs the extra `[cli]`, and two commands more of them."""

import io
import os
import sys
from typing import Final, NoReturn

_NOT_DONE: Final = 2


def main() -> None:
    """Run the command line."""
    try:
        from fastapi_cognito_auth.cli.app import cli  # noqa: PLC0415 - an optional extra
    except ImportError as exc:
        extras = "cli,local,pages" if "pages" in sys.argv[1:] else "cli,local"
        _end(f"the command line needs the extras: pip install 'fastapi-cognito-auth[{extras}]' ({exc})")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal of another encoding shows the number of what it has no letter for.
            stream.reconfigure(errors="backslashreplace")
    try:
        cli(prog_name="fastapi-cognito-auth")
    except OSError as exc:
        # Of standard output, such as a disk that is full: commands handle those of files.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        _end(f"what was found could not be written: {exc.strerror or type(exc).__name__}")


def _end(why: str) -> NoReturn:
    sys.stderr.write(f"Error: {why}\n")
    sys.exit(_NOT_DONE)


if __name__ == "__main__":
    main()
