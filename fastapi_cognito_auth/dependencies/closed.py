"""A door that nobody has the key of."""

from starlette.requests import HTTPConnection

from fastapi_cognito_auth.dependencies.guards import Guard, GuardObject
from fastapi_cognito_auth.exceptions import PermissionDeniedError
from fastapi_cognito_auth.user import User


def closed(message: str) -> Guard:
    """Make a guard that lets nobody in, and does not look at who asks.

    Args:
        message: what to tell them.
    """

    async def guarded(_connection: HTTPConnection) -> User:
        raise PermissionDeniedError(message)

    return GuardObject(guarded)
