"""Whether what a pool knows is what is written in its state file."""

from typing import Any

from fastapi_cognito_auth.local import LocalUserPool
from fastapi_cognito_auth.local.state.codec import dumps
from fastapi_cognito_auth.local.state.expiring import Expiring

_READ = "SELECT key, body FROM records WHERE shelf = ? AND name = ?"


def unwritten(pool: LocalUserPool) -> list[Any]:
    """Return where memory and file differ: what changed without anybody being told."""
    book: Any = pool._service.pools._book
    found = []
    for (shelf, name), table in book._tables.items():
        written = dict(book._held().execute(_READ, (shelf, name)))
        held = {dumps(key): dumps(value) for key, value in table.items()}
        # What is over is dropped later, and is not read again.
        more = held.keys() - written.keys() if isinstance(table, Expiring) else held.keys() ^ written.keys()
        found += [(name, key) for key in more]
        found += [(name, key) for key in written.keys() & held.keys() if written[key] != held[key]]
    return found
