"""One request for a page, with what belongs to it."""

from typing import NamedTuple

from fastapi import Request

from fastapi_cognito_auth.cognito.attempt import UserContext
from fastapi_cognito_auth.pages.messages import Form
from fastapi_cognito_auth.pages.offer import Offer


class Visit(NamedTuple):
    """One request for a page, with what belongs to it."""

    request: Request
    offer: Offer
    """What the pool has."""

    form: Form
    """What was typed, and what is wrong with it."""

    context: UserContext | None
    """Where the request came from."""
