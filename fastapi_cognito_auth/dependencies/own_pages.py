"""`Depends(auth.same_origin)`: for routes that act by a cookie and ask for no user."""

from collections.abc import Collection

from starlette.requests import HTTPConnection

from fastapi_cognito_auth.dependencies.cross_site import SameOrigin
from fastapi_cognito_auth.dependencies.forgotten import Dependency
from fastapi_cognito_auth.dependencies.refusal import refusal
from fastapi_cognito_auth.exceptions import CrossSiteRequestError


class OwnPages(Dependency):
    """Refuses what pages of other sites send: `Depends(auth.same_origin)`.

    For routes that act by a cookie and ask for no user; those that ask for one need it not.

    Args:
        trusted_origins: further origins whose pages may act for the user.
    """

    def __init__(self, trusted_origins: Collection[str] = ()) -> None:
        self._same_origin = SameOrigin(trusted_origins)

    async def __call__(self, connection: HTTPConnection) -> None:
        """Let a request pass that a page of the app sent, or that changes nothing.

        Raises:
            CrossSiteRequestError: it comes from elsewhere, or nothing says where from.
        """
        try:
            self._same_origin.demand(connection)
        except CrossSiteRequestError as exc:
            raise refusal(connection, exc) from None
