"""`python -m fastapi_cognito_auth`: needs the extras `[cli,local]`."""

import sys


def main() -> None:
    """Run the command line."""
    try:
        from fastapi_cognito_auth.cli.app import cli  # noqa: PLC0415 - an optional extra
    except ImportError:
        sys.exit("The command line needs the extras: pip install 'fastapi-cognito-auth[cli,local]'")
    cli(prog_name="fastapi-cognito-auth")


if __name__ == "__main__":
    main()
