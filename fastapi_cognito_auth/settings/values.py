"""How a setting is written, in the environment and by keyword."""

import json
from typing import Annotated, Any, Final
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode

_USER_POOL_ID: Final = r"^[a-zA-Z0-9-]+_[0-9A-Za-z]+$"


def split_list(value: Any) -> Any:
    """Let an environment variable hold a list: separated by commas, or as a JSON array."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        return decode_json(value)
    return tuple(part.strip() for part in value.split(",") if part.strip())


def decode_json(value: Any) -> Any:
    """Let an environment variable hold a JSON object; a fault in it is then reported like any other."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        raise ValueError("it is not JSON") from None
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def or_off(value: Any) -> Any:
    """Let an environment variable say `off`, since an empty one counts as not set."""
    return None if value == "off" else value


def _split_address(value: str) -> SplitResult:
    try:
        return urlsplit(value)
    except ValueError:
        # In words of our own: those of the parser quote the address.
        raise ValueError("it is not an address") from None


def _is_an_address(value: str) -> str:
    _split_address(value)
    return value


def has_no_password(value: str | None) -> str | None:
    """Refuse what RFC 9110 section 4.2.4 does: addresses come into logs, and a password with them."""
    if value is not None and "@" in _split_address(value).netloc:
        raise ValueError("it holds a user name or a password")
    return value


Listed = Annotated[tuple[str, ...], NoDecode, BeforeValidator(split_list)]
Secrets = Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(split_list)]


UserPoolId = Annotated[str, Field(pattern=_USER_POOL_ID, max_length=55)]
ClientId = Annotated[str, Field(pattern=r"^[\w+]+$", max_length=128)]
# RFC 8707 section 2: absolute, and without a fragment.
Resource = Annotated[
    str,
    Field(pattern=r'^[a-zA-Z][a-zA-Z0-9+.-]*:[!-"$-~]+$', max_length=2048),
    AfterValidator(_is_an_address),
]
