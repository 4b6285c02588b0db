"""moto's records in the service's form: ids, secrets and dates, none of which moto draws or keeps so."""

import secrets
import string
from datetime import datetime
from typing import Any, Final

_ALPHANUMERICS: Final = string.ascii_letters + string.digits
_LOWER_CASE: Final = string.ascii_lowercase + string.digits


def _draw(alphabet: str, length: int) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(length))


def new_account_id() -> str:
    """Draw an account id."""
    return _draw(string.digits, 12)


def new_pool_id(region: str) -> str:
    """Draw a pool id: moto's have 32 hexadecimal digits, the service's nine alphanumerics."""
    return f"{region}_{_draw(_ALPHANUMERICS, 9)}"


def new_client_id() -> str:
    """Draw an app client's id; moto draws from a generator that can be seeded."""
    return _draw(_LOWER_CASE, 26)


def new_client_secret() -> str:
    """Draw a client secret."""
    return _draw(_LOWER_CASE, 51)


def rename_pool(backend: Any, pool: Any, new_id: str) -> None:
    """Give a pool another id."""
    del backend.user_pools[pool.id]
    pool.arn = pool.arn.replace(pool.id, new_id)
    pool.id = new_id
    backend.user_pools[new_id] = pool


def rename_client(backend: Any, client: Any, new_id: str, secret: str | None) -> None:
    """Give an app client another id and secret."""
    clients = backend.user_pools[client.user_pool_id].clients
    del clients[client.id]
    client.id, client.secret = new_id, secret
    clients[new_id] = client


def stamp(record: Any, moment: datetime, *, created: bool) -> None:
    """Date a change of a pool, app client, group or identity provider.

    Args:
        record: moto's.
        moment: naive, in UTC, as moto keeps it.
        created: the record is new, so both of its dates are this one.
    """
    record.last_modified_date = moment
    if created:
        record.creation_date = moment
