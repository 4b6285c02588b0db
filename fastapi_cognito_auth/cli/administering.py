"""What commands share that change users and groups: the pool, its refusals, questions and secrets."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Annotated, Final, TypeVar

import typer

from fastapi_cognito_auth.auth import CognitoAuth
from fastapi_cognito_auth.cli.init.choice import Feature
from fastapi_cognito_auth.cli.init.permissions import OPERATIONS
from fastapi_cognito_auth.cli.terminal import Exit, fail, settings_of_the_environment, shown
from fastapi_cognito_auth.cognito.boto_errors import unreached
from fastapi_cognito_auth.exceptions import (
    AccessDeniedError,
    AwsConfigurationError,
    CognitoAuthError,
    ConfigurationError,
    NotAuthorizedError,
    UnsupportedUserStateError,
)

Result = TypeVar("Result")


def given(text: str | None) -> str | None:
    """Refuse an option that is empty, which is a variable of a script that is not set."""
    if text is not None and not text.strip():
        raise typer.BadParameter("it is empty")
    return text


Yes = Annotated[bool, typer.Option("--yes", help="Do it without asking.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def demanded(text: str | None) -> str:
    """Refuse an argument that is empty or, which older versions of typer do not, missing."""
    if text is None:
        raise typer.BadParameter("it is missing")
    given(text)
    return text


Username = Annotated[str, typer.Argument(callback=demanded, help="Or an alias, or the user's sub.")]
Rate = Annotated[
    float, typer.Option(min=0.1, max=1000, help="Calls a second, at most; the quota is the whole account's.")
]
Surplus = Annotated[list[str] | None, typer.Argument(hidden=True, metavar="")]
"""What was typed beside the arguments: it may be a password, and must not be repeated."""

_LARGEST_SECRET: Final = 4096  # characters; the longest password of a pool has 256


def administer(work: Callable[[CognitoAuth], Awaitable[Result]]) -> Result:
    """Do something with the pool of the app's settings, or end the command with why it was refused.

    Args:
        work: does it.
    """
    settings = settings_of_the_environment()

    async def run() -> Result:
        return await work(CognitoAuth(settings))

    try:
        return asyncio.run(run())
    except ConfigurationError as exc:
        message = str(exc)
    except CognitoAuthError as exc:
        if exc.status_code < 500:
            # As auth.admin_router has it: it is about the user's state, and nobody's token.
            code = UnsupportedUserStateError.code if isinstance(exc, NotAuthorizedError) else exc.code
            typer.echo(f"Refused: {shown(exc.message.strip())} ({code})", err=True)
            raise typer.Exit(Exit.BAD) from None
        message = f"{_what_is_missing(exc)} ({exc.code})"
    except ValueError as exc:
        message = str(exc)
    return fail(message)


def _what_is_missing(error: CognitoAuthError) -> str:
    """Return what whoever runs the command can do about it; clients of an app are told less."""
    if isinstance(error, AwsConfigurationError) and error.__cause__ is not None:
        return f"boto3 is not set up to call the user pool: {error.__cause__}"
    if isinstance(error, AccessDeniedError):
        operation = getattr(error.__cause__, "operation_name", "this")
        administers = operation not in OPERATIONS[Feature.USER_IMPORT] - OPERATIONS[Feature.ADMINISTRATION]
        feature = Feature.ADMINISTRATION if administers else Feature.USER_IMPORT
        return (
            f"the AWS credentials do not allow cognito-idp:{operation}; init --format iam-policy"
            f" --feature {feature} prints a policy that does"
        )
    return unreached(error) or error.message


def ask(question: str, *, yes: bool) -> None:
    """Ask before something that cannot be undone; end the command unless the answer is yes.

    Args:
        question: names what is done, and to whom.
        yes: whether that was said before.
    """
    if not yes and not typer.confirm(shown(question), err=True):
        typer.echo("Nothing was changed.", err=True)
        raise typer.Exit(Exit.BAD)


def refuse_surplus(surplus: list[str] | None) -> None:
    """End the command if more was typed than it takes."""
    if surplus:
        fail(
            "there is an argument too many; a password is none, since every process of the machine can"
            " read those: write it to standard input"
        )


def secret(name: str) -> str:
    """Return a secret that is typed unseen, or the first line of standard input.

    Args:
        name: what is asked for.
    """
    if sys.stdin.isatty():
        typed: str = typer.prompt(name, hide_input=True, confirmation_prompt=True, err=True)
        return typed
    line = sys.stdin.readline(_LARGEST_SECRET).rstrip("\r\n")
    if not line:
        fail(f"{name.lower()} is missing: write it to standard input")
    return line
