"""Whose page a form was written on: somebody else may have signed in in the same browser since.

It is no secret, and keeps no attacker out: a page of one person shall not change the account of the next one.
"""

import hashlib
from typing import Final

from fastapi_cognito_auth.exceptions import CognitoAuthError
from fastapi_cognito_auth.pages.messages import Form
from fastapi_cognito_auth.user import User

_FIELD: Final = "whose"


class SomebodyElseError(CognitoAuthError):
    """The form was written on a page of another user."""

    status_code = 409
    message = "Somebody else is signed in now."


def mark_of(user: User) -> str:
    """Return what the forms on a user's pages hold."""
    return hashlib.sha256(f"whose page {user.sub}".encode()).hexdigest()[:16]


def refuse_of_others(form: Form, user: User) -> None:
    """Refuse a form that says that it was written on another user's page; not all say so.

    Raises:
        SomebodyElseError: it does.
    """
    if form.get(_FIELD) not in {"", mark_of(user)}:
        raise SomebodyElseError
