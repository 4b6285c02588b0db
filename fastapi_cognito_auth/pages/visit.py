"""One request for a page, with what belongs to it."""

from typing import NamedTuple

from fastapi import Request

from fastapi_cognito_auth.cognito.attempt import UserContext
from fastapi_cognito_auth.pages.messages import Form
from fastapi_cognito_auth.pages.offer import Offer
from fastapi_cognito_auth.user import User


class Visit(NamedTuple):
    """One request for a page, with what belongs to it."""

    request: Request
    offer: Offer
    """What the pool has."""

    form: Form
    """What was typed, and what is wrong with it."""

    context: UserContext | None
    """Where the request came from."""


class SignedInVisit(NamedTuple):
    """One request for a page of somebody's own account."""

    visit: Visit
    user: User
    access_token: str

    def __repr__(self) -> str:
        """Keep the token out of logs."""
        return f"SignedInVisit({self.user!r})"
