"""Where the request came in that is being answered, for answers that name an address here."""

from contextvars import ContextVar
from typing import Final

from fastapi_cognito_auth.local.configuration import service_issuer
from fastapi_cognito_auth.local.pool_record import PoolRecord

REACHED_AT: Final[ContextVar[str]] = ContextVar("REACHED_AT", default="")
"""The address of the emulator, without a slash at its end; empty within the process."""
_EMULATOR: Final = "http://localhost:9229"
"""Where it is by default."""


def under(pool: PoolRecord, region: str, path: str) -> str:
    """Return the address of a path of a pool: as it was reached, else as its issuer says.

    It is never one of AWS: what is sent there is for nobody but this process.
    """
    at, own = REACHED_AT.get(), pool.issuer.removesuffix(f"/{pool.id}")
    if not at and own != pool.issuer and pool.issuer != service_issuer(region, pool.id):
        at = own
    return f"{at or _EMULATOR}/{pool.id}/{path}"
