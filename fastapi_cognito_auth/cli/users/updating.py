"""`users update`: the attributes of a user."""

from typing import Annotated

import typer

from fastapi_cognito_auth.auth import CognitoAuth
from fastapi_cognito_auth.cli.administering import (
    AsJson,
    Surplus,
    Username,
    administer,
    given,
    refuse_surplus,
)
from fastapi_cognito_auth.cli.terminal import fail, print_json, shown
from fastapi_cognito_auth.cli.users.finding import attributes_of
from fastapi_cognito_auth.cognito.records import PoolUser


def update(
    username: Username,
    surplus: Surplus = None,
    *,
    email: Annotated[str | None, typer.Option(callback=given, help="The new address.")] = None,
    phone_number: Annotated[
        str | None, typer.Option(callback=given, help="The new one, such as +4915112345678.")
    ] = None,
    verified: Annotated[
        bool, typer.Option("--verified", help="Take the new address or number for the user's own.")
    ] = False,
    attribute: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="An attribute; may be repeated.")
    ] = None,
    clear: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="An attribute to take away; may be repeated.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Set attributes of a user; others stay as they are. A new address is not verified unless said."""
    refuse_surplus(surplus)
    attributes = attributes_of(attribute or ())
    addresses = {
        name: value for name, value in (("email", email), ("phone_number", phone_number)) if value is not None
    }
    flags = {f"{name}_verified": "true" for name in addresses} if verified else {}
    if verified and not addresses:
        fail("--verified is of a new --email or --phone-number")
    cleared = dict.fromkeys(clear or (), "")
    every = [*attributes, *addresses, *flags, *cleared]
    if not every:
        fail("nothing is to be changed: say --email, --phone-number, --attribute or --clear")
    if twice := sorted({name for name in every if every.count(name) > 1}):
        fail(f"said twice: {', '.join(twice)}")

    async def work(auth: CognitoAuth) -> PoolUser:
        user = await auth.pool.users.get(username)
        await auth.pool.users.update(user.username, attributes | addresses | flags | cleared)
        return await auth.pool.users.get(user.username)

    updated = administer(work)
    if as_json:
        print_json(updated.model_dump(mode="json"))
    else:
        typer.echo(f"Updated {shown(updated.username)}")
