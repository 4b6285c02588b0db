"""What the routers of one user pool share."""

from typing import NamedTuple

from fastapi_cognito_auth.cognito.pool import UserPool
from fastapi_cognito_auth.revocation.ending import Ending
from fastapi_cognito_auth.routers.client_address import FindContext


class Parts(NamedTuple):
    """What the routers of one user pool share."""

    pool: UserPool
    """Does what the endpoints ask for."""

    ending: Ending
    """Ends access tokens where somebody signs out."""

    client_context: FindContext
    """The dependency that tells Cognito of the client, if it is told."""

    trusted_proxies: int
    """How many proxies add to `X-Forwarded-For` before the app sees it."""

    max_body_size: int
    """Bytes of a request."""
