"""What the service draws: ids and secrets, in its own form."""

import secrets
import string
from typing import Final

_ALPHANUMERICS: Final = string.ascii_letters + string.digits
_LOWER_CASE: Final = string.ascii_lowercase + string.digits


def _draw(alphabet: str, length: int) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(length))


def new_account_id() -> str:
    """Draw an account id."""
    return _draw(string.digits, 12)


def new_pool_id(region: str) -> str:
    """Draw a pool id."""
    return f"{region}_{_draw(_ALPHANUMERICS, 9)}"


def new_client_id() -> str:
    """Draw an app client's id."""
    return _draw(_LOWER_CASE, 26)


def new_client_secret() -> str:
    """Draw a client secret."""
    return _draw(_LOWER_CASE, 51)


def new_import_job_id() -> str:
    """Draw the id of a user import job."""
    return f"import-{_draw(_ALPHANUMERICS, 10)}"
