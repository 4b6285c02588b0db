"""Lists of administration, page by page: `items`, and `next`, which only the same list takes."""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Final, Generic, TypeVar

from fastapi import Query
from pydantic import ConfigDict

from fastapi_cognito_auth.cognito.models import TrackedDevice
from fastapi_cognito_auth.cognito.records import AuthEvent, Group, PoolUser
from fastapi_cognito_auth.cognito.user_session import UserSession
from fastapi_cognito_auth.exceptions import InvalidPageError, InvalidSessionError
from fastapi_cognito_auth.schemas.described import Described
from fastapi_cognito_auth.sealing import Sealer

Item = TypeVar("Item")

_PURPOSE: Final = "admin.page"

Limit = Annotated[int, Query(ge=1, le=60, description="Items of a page, at most.")]
Next = Annotated[
    str | None,
    Query(
        alias="next",
        min_length=1,
        max_length=65_536,
        pattern=r"^[A-Za-z0-9_=-]+$",
        description="`next` of the page before, of the same list.",
    ),
]


class _Items(Described, Generic[Item]):
    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True)

    items: list[Item]
    """Those of this page; an empty one need not be the last."""

    next: str | None
    """Gets the next page; absent from the last."""


class UserItems(_Items[PoolUser]):
    """Some users."""


class GroupItems(_Items[Group]):
    """Some groups."""


class DeviceItems(_Items[TrackedDevice]):
    """Some devices of a user."""


class SessionItems(_Items[UserSession]):
    """Some logins of a user."""


class AuthEventItems(_Items[AuthEvent]):
    """Some sign-ins of a user."""


class PageTokens:
    """Gives Cognito's tokens into clients' hands, each for one list alone.

    They are encrypted: what Cognito writes into them is nobody's business, and nothing that a client
    makes up reaches Cognito.

    Args:
        sealer: encrypts them.
    """

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    def write(self, of: Sequence[str], next_token: str | None) -> str | None:
        """Return what gets the next page.

        Args:
            of: the operation, and what it was asked for.
            next_token: Cognito's; `None` on the last page.
        """
        if next_token is None:
            return None
        return self._sealer.hide(_PURPOSE, {"of": list(of), "token": next_token})

    def read(self, of: Sequence[str], sent: str | None) -> str | None:
        """Return Cognito's token.

        Args:
            of: the operation, and what it is asked for now.
            sent: what a client brought; `None` for the first page.

        Raises:
            InvalidPageError: it is forged, or of another list.
        """
        if sent is None:
            return None
        try:
            value = self._sealer.reveal(_PURPOSE, sent)
        except InvalidSessionError:
            raise InvalidPageError from None
        token = value.get("token")
        if value.get("of") != list(of) or not isinstance(token, str):
            raise InvalidPageError
        return token
