"""App clients that sign in for themselves."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from fastapi_cognito_auth.local.drawn import new_client_id, new_client_secret


@dataclass(frozen=True, kw_only=True)
class LocalMachine:
    """An app client for a machine: it asks the token endpoint with its secret.

    Args:
        scopes: what it may ask for, such as `orders/read`.
        client_id: drawn unless given.
        client_secret: drawn unless given.
    """

    scopes: Iterable[str] = ()
    client_id: str = field(default_factory=new_client_id)
    client_secret: str = field(default_factory=new_client_secret, repr=False)
