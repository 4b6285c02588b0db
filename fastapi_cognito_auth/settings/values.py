"""How a setting is written, in the environment and by keyword."""

import json
import os
import re
from collections.abc import Iterable
from typing import Annotated, Any, Final
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

_USER_POOL_ID: Final = re.compile(r"[a-zA-Z0-9-]+_[0-9A-Za-z]+")
_CLIENT_ID: Final = re.compile(r"[\w+]+")


def from_environment(names: Iterable[str], prefix: str) -> dict[str, str]:
    """Return the settings that the environment holds; an empty variable counts as not set.

    Args:
        names: of all settings. A variable is the prefix and a name, in lower or upper case.
        prefix: in upper case.
    """
    held = {name.upper(): value for name, value in os.environ.items() if value}
    variables = {name: f"{prefix}{name}".upper() for name in names}
    return {name: held[variable] for name, variable in variables.items() if variable in held}


def split_list(value: Any) -> Any:
    """Let an environment variable hold a list: separated by commas, or as a JSON array."""
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
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
    if isinstance(value, str) and value.lower() in {"none", "null", "false"}:
        raise ValueError("write off")
    return None if value == "off" else value


def _split_address(value: str) -> SplitResult:
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        # In words of our own: those of the parser quote the address.
        raise ValueError("it is not an address") from None
    return parts


def _is_an_address(value: str) -> str:
    _split_address(value)
    return value


def has_no_password(value: str | None) -> str | None:
    """Refuse what RFC 9110 section 4.2.4 does: addresses come into logs, and a password with them."""
    if value is not None and "@" in _split_address(value).netloc:
        raise ValueError("it holds a user name or a password")
    return value


def has_no_blank(value: str | None) -> str | None:
    """Refuse what no address holds unencoded (RFC 3986 section 2), and what copying leaves around one."""
    if value is not None and not all("!" <= character <= "~" for character in value):
        raise ValueError("it holds a blank, or a character that is not to be seen or not of ASCII")
    return value


def is_bare(value: str) -> str:
    """Refuse what files of variables and copying add to a value."""
    if value[:1] in {'"', "'"} or value[-1:] in {'"', "'"}:
        raise ValueError("it has quotes around it, which `docker --env-file` takes for a part of it")
    if value.strip() != value:
        raise ValueError("it has a blank or a line end around it")
    return value


def _is_a_pool_id(value: str) -> str:
    example = "the Region, an underscore and the pool's own part, such as eu-central-1_AbCdEfGhI"
    if "://" in value:
        msg = f"it is an address; a pool's id is what stands at the end of its issuer: {example}"
        raise ValueError(msg)
    if value.startswith("arn:"):
        msg = f"it is an ARN; a pool's id is what stands behind userpool/: {example}"
        raise ValueError(msg)
    if "_" not in value:
        msg = f"the Region is missing; a pool's id is {example}"
        raise ValueError(msg)
    region = value.partition("_")[0]
    if region != region.lower():
        msg = f"the Region is written in lower case; a pool's id is {example}"
        raise ValueError(msg)
    if len(value) > 55 or not _USER_POOL_ID.fullmatch(value):
        msg = f"a pool's id is {example}"
        raise ValueError(msg)
    return value


def _is_a_client_id(value: str) -> str:
    if len(value) > 128 or not _CLIENT_ID.fullmatch(value):
        raise ValueError("an app client's id is one word, such as 1example23456789abcdefghij")
    return value


def optional_client_id(value: str | None) -> str | None:
    """Check the id of an app client that there may be."""
    return None if value is None else _is_a_client_id(is_bare(value))


def as_text(value: Any) -> Any:
    """Let a path be given as a `Path`."""
    return os.fspath(value) if isinstance(value, os.PathLike) else value


Listed = Annotated[tuple[str, ...], BeforeValidator(split_list)]
Secrets = Annotated[tuple[SecretStr, ...], BeforeValidator(split_list)]


UserPoolId = Annotated[str, AfterValidator(is_bare), AfterValidator(_is_a_pool_id)]
ClientId = Annotated[str, AfterValidator(is_bare), AfterValidator(_is_a_client_id)]
# RFC 8707 section 2: absolute, and without a fragment.
Resource = Annotated[
    str,
    Field(pattern=r'^[a-zA-Z][a-zA-Z0-9+.-]*:[!-"$-~]+$', max_length=2048),
    AfterValidator(_is_an_address),
]
