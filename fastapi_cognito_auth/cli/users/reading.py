"""`users list` and `users show`."""

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

import typer

from fastapi_cognito_auth.auth import CognitoAuth
from fastapi_cognito_auth.cli.administering import AsJson, Username, administer, given
from fastapi_cognito_auth.cli.terminal import fail, print_json, print_table
from fastapi_cognito_auth.cognito.records import PoolUser


def list_users(
    *,
    search: Annotated[
        str | None,
        typer.Option(
            metavar="NAME=VALUE",
            help="Such as email=ada@example.com; with ^= the beginning is enough.",
        ),
    ] = None,
    group: Annotated[
        str | None, typer.Option(callback=given, metavar="NAME", help="The members of this group alone.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="How many at most; all unless given.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, a line for each user.")] = False,
) -> None:
    """List the users of the pool, those of one condition, or the members of a group."""
    if search is not None and group is not None:
        fail("Cognito searches among all users: say --search or --group")
    condition = {} if search is None else _condition(search)

    async def read(auth: CognitoAuth) -> list[tuple[str, ...]]:
        found: AsyncIterator[PoolUser]
        users = auth.pool.users
        if group is not None:
            found = auth.pool.groups.members(group)
        else:
            found = users.search(**condition) if condition else users.list()
        rows: list[tuple[str, ...]] = []
        count = 0
        async for user in found:
            if as_json:
                typer.echo(json.dumps(user.model_dump(mode="json")))
            else:
                rows.append(
                    (user.username, user.email or "", user.status, "" if user.enabled else "disabled")
                )
            count += 1
            if count == limit:
                break
        return rows

    rows = administer(read)
    if not as_json:
        print_table(("username", "email", "status", "access"), rows)


def _condition(search: str) -> dict[str, str]:
    name, separator, value = search.partition("=")
    if not (separator and name and value):
        fail("--search is NAME=VALUE, or NAME^=VALUE for a beginning")
    beginning = name.endswith("^")
    return {f"{name[:-1]}__startswith" if beginning else name: value}


def show(
    username: Username,
    *,
    as_json: AsJson = False,
) -> None:
    """Show a user, with groups."""

    async def read(auth: CognitoAuth) -> dict[str, Any]:
        user = await auth.pool.users.get(username)
        groups = [group.name async for group in auth.pool.groups.of(user.username)]
        return {**user.model_dump(mode="json"), "groups": groups}

    found = administer(read)
    if as_json:
        print_json(found)
        return
    attributes = {"sub": found.pop("sub"), **found.pop("attributes")}
    lines = [(name, _written(value)) for name, value in found.items() if value not in (None, [])]
    print_table(("", ""), [*lines, *sorted(attributes.items())])


def _written(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
