"""`fastapi-cognito-auth groups`: the groups of the pool, and who is in them."""

import json
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Annotated, Any, Final

import typer

from fastapi_cognito_auth.auth import CognitoAuth
from fastapi_cognito_auth.cli.administering import AsJson, Username, Yes, administer, ask, demanded
from fastapi_cognito_auth.cli.progress import bar
from fastapi_cognito_auth.cli.terminal import fail, print_json, print_table, shown
from fastapi_cognito_auth.cli.users.ending import UNTIL_THEY_EXPIRE, end_sign_ins, say
from fastapi_cognito_auth.cognito.pacing import Paced
from fastapi_cognito_auth.cognito.records import Group, PoolUser
from fastapi_cognito_auth.exceptions import UserNotFoundError

_RATE: Final = 12.5
"""Members a second, for whom there are two calls each."""

groups: typer.Typer = typer.Typer(no_args_is_help=True)


def _arn(text: str | None) -> str | None:
    if text is not None and not text.startswith("arn:"):
        raise typer.BadParameter("it is the role's ARN, such as arn:aws:iam::123456789012:role/editors")
    return text


Name = Annotated[str, typer.Argument(callback=demanded, help="Of the group; case-sensitive.")]
Description = Annotated[str | None, typer.Option(help="For people.")]
RoleArn = Annotated[
    str | None, typer.Option(callback=_arn, help="The IAM role that ID tokens of members name.")
]
Precedence = Annotated[
    int | None, typer.Option(min=0, help="Whose role counts for members of several groups: the lowest.")
]


SignOut = Annotated[
    bool,
    typer.Option("--sign-out", help="Sign out at Cognito, too, whatever was issued before."),
]


@groups.callback()
def commands() -> None:
    """Look at the groups of the pool, and change them, with the app's AWS credentials."""


@groups.command(name="list")
def list_groups(*, as_json: AsJson = False) -> None:
    """List the groups of the pool."""

    async def read(auth: CognitoAuth) -> list[Group]:
        return [group async for group in auth.pool.groups.list()]

    found = administer(read)
    if as_json:
        print_json([group.model_dump(mode="json") for group in found])
        return
    rows = [(group.name, group.description or "", _number(group.precedence)) for group in found]
    print_table(("name", "description", "precedence"), rows)


@groups.command()
def create(
    name: Name,
    *,
    description: Description = None,
    role_arn: RoleArn = None,
    precedence: Precedence = None,
    as_json: AsJson = False,
) -> None:
    """Create a group."""

    async def work(auth: CognitoAuth) -> Group:
        return await auth.pool.groups.create(
            name, description=description, role_arn=role_arn, precedence=precedence
        )

    _tell("Created", administer(work), as_json=as_json)


@groups.command()
def update(
    name: Name,
    *,
    description: Description = None,
    role_arn: RoleArn = None,
    precedence: Precedence = None,
    as_json: AsJson = False,
) -> None:
    """Change a group; what is left out stays as it is."""
    if description is None and role_arn is None and precedence is None:
        fail("nothing is to be changed: say --description, --role-arn or --precedence")

    async def work(auth: CognitoAuth) -> Group:
        return await auth.pool.groups.update(
            name, description=description, role_arn=role_arn, precedence=precedence
        )

    _tell("Updated", administer(work), as_json=as_json)


def _tell(done: str, group: Group, *, as_json: bool) -> None:
    if as_json:
        print_json(group.model_dump(mode="json"))
    else:
        typer.echo(f"{done} {shown(group.name)}")


@groups.command()
def delete(name: Name, *, sign_out: SignOut = False, yes: Yes = False) -> None:
    """Delete a group, for good. Its members stay, and what was issued with it ends where that can be reached.

    Who is no administrator any more is signed out, too.
    """

    async def find(auth: CognitoAuth) -> Group:
        return await auth.pool.groups.get(name)

    group = administer(find)
    ask(f"Delete the group {group.name} for good?", yes=yes)

    async def work(auth: CognitoAuth) -> None:
        said: dict[str, None] = {}
        if sign_out or _can_end_something(auth, group.name):
            # One by one: where it is cut short, who is still in the group is known.
            members = [member async for member in auth.pool.groups.members(group.name)]
            paced = Paced(_RATE)
            with bar("members", total=len(members)) as drawn:
                for number, member in enumerate(members, 1):
                    leave = partial(_leave, auth, group.name, member, sign_out=sign_out, say=said.setdefault)
                    with suppress(UserNotFoundError):  # gone meanwhile
                        await paced.call(leave)
                    drawn.show("members", completed=number)
        elif (await auth.pool.groups.member_page(group.name, limit=1)).items:
            said[f"{UNTIL_THEY_EXPIRE}. --sign-out tells Cognito of it."] = None
        await auth.pool.groups.delete(group.name)
        for message in said:
            say(message)

    administer(work)
    typer.echo(f"Deleted {shown(group.name)}")


@groups.command()
def add(name: Name, username: Username) -> None:
    """Put a user into a group."""

    async def work(auth: CognitoAuth) -> PoolUser:
        user = await auth.pool.users.get(username)
        await auth.pool.groups.add(name, user.username)
        return user

    user = administer(work)
    typer.echo(f"{shown(user.username)} is in {shown(name)}")


@groups.command()
def remove(name: Name, username: Username, *, sign_out: SignOut = False) -> None:
    """Take a user out of a group, and end what was issued with it where that can be reached.

    Who is no administrator any more is signed out, too.
    """

    async def work(auth: CognitoAuth) -> PoolUser:
        user = await auth.pool.users.get(username)
        await _leave(auth, name, user, sign_out=sign_out)
        return user

    user = administer(work)
    typer.echo(f"{shown(user.username)} is not in {shown(name)}")


@groups.command()
def members(
    name: Name,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, a line for each user.")] = False,
) -> None:
    """List the members of a group."""

    async def read(auth: CognitoAuth) -> list[tuple[str, ...]]:
        rows: list[tuple[str, ...]] = []
        async for user in auth.pool.groups.members(name):
            if as_json:
                typer.echo(json.dumps(user.model_dump(mode="json")))
            else:
                rows.append((user.username, user.email or "", user.status))
        return rows

    rows: list[tuple[str, ...]] = administer(read)
    if not as_json:
        print_table(("username", "email", "status"), rows)


def _makes_administrators(auth: CognitoAuth, name: str) -> bool:
    settings = auth.settings
    return name in {*settings.admin_groups, *settings.admin_read_groups, *settings.pool_admin_groups}


def _can_end_something(auth: CognitoAuth, name: str) -> bool:
    kept = {auth.settings.revocation, auth.settings.session_store}
    return "redis" in kept or _makes_administrators(auth, name)


async def _leave(
    auth: CognitoAuth, name: str, user: PoolUser, *, sign_out: bool, say: Callable[[str], Any] = say
) -> None:
    """Take a user out of a group, and end what names it."""
    # Administration asks Cognito whether a token still counts: so it has to know.
    at_cognito = sign_out or _makes_administrators(auth, name)
    try:
        await auth.pool.groups.remove(name, user.username)
        if at_cognito:
            await auth.pool.users.sign_out(user.username)
    finally:
        await end_sign_ins(auth, user, at_cognito=at_cognito, say=say)


def _number(value: Any) -> str:
    return "" if value is None else str(value)
