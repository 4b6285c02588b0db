"""Whom a command is about, and which attributes it was told."""

from collections.abc import Awaitable, Callable, Iterable

from fastapi_cognito_auth.auth import CognitoAuth
from fastapi_cognito_auth.cli.terminal import fail
from fastapi_cognito_auth.cognito.records import PoolUser


def finding(username: str) -> Callable[[CognitoAuth], Awaitable[PoolUser]]:
    """Return what looks at a user, for `administer`.

    Args:
        username: or an alias, or the `sub`.
    """

    async def find(auth: CognitoAuth) -> PoolUser:
        return await auth.pool.users.get(username)

    return find


def named(user: PoolUser) -> str:
    """Return who it is that an alias means."""
    return " ".join(filter(None, (user.username, user.email and f"({user.email})")))


def attributes_of(entries: Iterable[str]) -> dict[str, str]:
    """Return the attributes of `--attribute NAME=VALUE`, or end the command."""
    attributes: dict[str, str] = {}
    for entry in entries:
        name, separator, value = entry.partition("=")
        if not (separator and name):
            fail("--attribute is NAME=VALUE")
        if name in attributes:
            fail(f"--attribute says {name} twice")
        attributes[name] = value
    return attributes
