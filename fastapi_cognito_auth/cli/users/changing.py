"""`users create`, `set-password`, `disable`, `enable` and `delete`."""

from typing import Annotated

import typer

from fastapi_cognito_auth.auth import CognitoAuth
from fastapi_cognito_auth.cli.administering import (
    AsJson,
    Surplus,
    Username,
    Yes,
    administer,
    ask,
    demanded,
    given,
    refuse_surplus,
    secret,
)
from fastapi_cognito_auth.cli.terminal import print_json, shown
from fastapi_cognito_auth.cli.users.ending import end_sign_ins
from fastapi_cognito_auth.cli.users.finding import attributes_of, finding, named
from fastapi_cognito_auth.cognito.password_rules import telling_all_rules
from fastapi_cognito_auth.cognito.records import PoolUser


def create(
    username: Annotated[str, typer.Argument(callback=demanded, help="Immutable.")],
    surplus: Surplus = None,
    *,
    email: Annotated[str | None, typer.Option(callback=given, help="The address.")] = None,
    phone_number: Annotated[str | None, typer.Option(callback=given, help="Such as +4915112345678.")] = None,
    attribute: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="An attribute; may be repeated.")
    ] = None,
    group: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="A group to join; may be repeated.")
    ] = None,
    no_invite: Annotated[bool, typer.Option("--no-invite", help="Send nothing to the user.")] = False,
    temporary_password: Annotated[
        bool,
        typer.Option(
            "--temporary-password",
            help="Take it from standard input, or ask for it; drawn unless given.",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Create a user, who is sent a temporary password."""
    refuse_surplus(surplus)
    attributes = attributes_of(attribute or ())
    password = secret("Temporary password") if temporary_password else None

    async def work(auth: CognitoAuth) -> PoolUser:
        async with telling_all_rules(auth.pool.users.password_rules):
            return await auth.pool.users.create(
                username,
                email=email,
                phone_number=phone_number,
                attributes=attributes,
                groups=group or (),
                temporary_password=password,
                invite=not no_invite,
            )

    created = administer(work)
    if as_json:
        print_json(created.model_dump(mode="json"))
    else:
        typer.echo(f"Created {shown(created.username)}, {created.status}")


def set_password(
    username: Username,
    surplus: Surplus = None,
    *,
    temporary: Annotated[
        bool,
        typer.Option(
            "--temporary", help="The user has to replace it at the next sign-in; otherwise it is permanent."
        ),
    ] = False,
) -> None:
    """Set a user's password, and end all sign-ins. It comes from standard input, or is asked for."""
    refuse_surplus(surplus)
    password = secret("Password")

    async def work(auth: CognitoAuth) -> PoolUser:
        user = await auth.pool.users.get(username)
        async with telling_all_rules(auth.pool.users.password_rules):
            await auth.pool.users.set_password(user.username, password, permanent=not temporary)
        try:
            # Cognito leaves refresh tokens valid, and nobody would be rid of who has stolen one.
            await auth.pool.users.sign_out(user.username)
        finally:
            await end_sign_ins(auth, user)
        return user

    typer.echo(f"Set the password of {shown(administer(work).username)}")


def disable(username: Username, *, yes: Yes = False) -> None:
    """Keep a user from signing in, and end all sign-ins."""
    user = administer(finding(username))
    ask(f"Disable {named(user)}?", yes=yes)

    async def work(auth: CognitoAuth) -> None:
        await auth.pool.users.disable(user.username)
        await end_sign_ins(auth, user)

    administer(work)
    typer.echo(f"Disabled {shown(user.username)}")


def enable(username: Username) -> None:
    """Let a disabled user sign in again."""

    async def work(auth: CognitoAuth) -> PoolUser:
        user = await auth.pool.users.get(username)
        await auth.pool.users.enable(user.username)
        return user

    typer.echo(f"Enabled {shown(administer(work).username)}")


def delete(username: Username, *, yes: Yes = False) -> None:
    """Delete a user, for good, and end all sign-ins."""
    user = administer(finding(username))
    ask(f"Delete {named(user)} for good?", yes=yes)

    async def work(auth: CognitoAuth) -> None:
        await auth.pool.users.delete(user.username)
        await end_sign_ins(auth, user)

    administer(work)
    typer.echo(f"Deleted {shown(user.username)}")
