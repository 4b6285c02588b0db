"""What Cognito says of the roles and addresses by which a pool sends, told to who configures it alone.

To whoever signs up it is a fault of the pool, which has to say nothing of itself. To whoever sets it, it is
a fault of the request.
"""

from collections.abc import Mapping
from typing import Final

from fastapi_cognito_auth.exceptions import (
    CodeDeliveryFailureError,
    InvalidEmailRoleAccessPolicyError,
    InvalidSmsRoleAccessPolicyError,
    InvalidSmsRoleTrustRelationshipError,
    UserPoolError,
)

_OF_THE_REQUEST: Final = {
    "status_code": 400,
    "message": "The pool cannot send by this.",
    "shows_message": True,
}

_HERE: Final[Mapping[type[UserPoolError], type[UserPoolError]]] = {
    error: type(f"_{error.__name__}", (error,), {**_OF_THE_REQUEST, "code": error.code})
    for error in (
        CodeDeliveryFailureError,
        InvalidEmailRoleAccessPolicyError,
        InvalidSmsRoleAccessPolicyError,
        InvalidSmsRoleTrustRelationshipError,
    )
}


def kind_here(error: type[UserPoolError]) -> type[UserPoolError]:
    """Return the class of an error as who configures the pool is told of it."""
    return _HERE.get(error, error)


def told_here(error: UserPoolError) -> UserPoolError:
    """Return an error as who configures the pool is told of it: in Cognito's own words."""
    kind = kind_here(type(error))
    return error if kind is type(error) else kind(error.said)
