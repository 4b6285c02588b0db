"""What is said of settings that are missing, wrong or unknown: their names, and never their values."""

import logging
import os
import re
from collections.abc import Collection
from typing import Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

PREFIX: Final = "COGNITO_"
"""What variables of the environment begin with."""

_ADDRESS: Final = "it begins with https:// or http://"
_NAME: Final = "it is a name without blanks"
_FORMS: Final = {
    "endpoint_url": f"{_ADDRESS} and has neither ? nor #, such as http://localhost:4566",
    "jwks_uri": _ADDRESS,
    "alb_keys_uri": f"{_ADDRESS} and has neither ? nor #, nor a slash at its end",
    "resource_documentation": _ADDRESS,
    "resource": "a resource is a whole address without #, such as https://api.example.com",
    "dns_suffix": "it is the end of host names in lower case, such as amazonaws.com",
    "replica_region": "it is a Region, such as eu-west-1",
    "access_token_cookie": _NAME,
    "access_token_header": _NAME,
    "scheme_name": "it is a name of 1 to 64 letters, digits, dots, hyphens and underscores",
    "session_cookie": "it is a name of 1 to 64 letters, digits, hyphens and underscores, without an"
    " underscore in front: over TLS, __Host- is added there",
}
"""What a regular expression asks for, in words."""

_EXAMPLES: Final = {
    "trusted_pools": '[{"user_pool_id": "eu-central-1_AbCdEfGhI", "client_ids": ["…"]}]',
    "group_scopes": '{"analysts": ["reports/read"]}',
}
_NO_SUCH_TYPE: Final = frozenset(
    {"tuple_type", "frozen_set_type", "dict_type", "model_type", "dataclass_type"}
)

logger: logging.Logger = logging.getLogger("fastapi_cognito_auth")


def describe(refused: ValidationError, known: Collection[str]) -> str:
    """Return all faults in one line.

    Args:
        refused: names them.
        known: the names of all settings.
    """
    errors = refused.errors(include_url=False, include_input=False)
    return "; ".join(_describe(error, known) for error in errors)


def _describe(error: ErrorDetails, known: Collection[str]) -> str:
    first, *rest = error["loc"] or ("settings",)
    name = variable(str(first))
    if error["type"] == "missing" and not rest:
        return f"{name} is missing"
    if error["type"] == "extra_forbidden" and not rest:
        # Variables that are no setting are warned of alone, so this is a keyword.
        return _unknown(str(first), known)
    where = "".join(f"{part}: " for part in rest)
    message = str(error["msg"]).removeprefix("Value error, ")
    named = [str(part) for part in error["loc"] if part in _FORMS]
    if error["type"] == "string_pattern_mismatch" and named:
        message = _FORMS[named[-1]]
    elif error["type"] in _NO_SUCH_TYPE and first in _EXAMPLES:
        message = f"it is written as {_EXAMPLES[str(first)]}"
    return f"{name} is wrong: {where}{message}"


def _unknown(name: str, known: Collection[str]) -> str:
    keyword = name.lower().removeprefix(PREFIX.lower())
    if name.upper().startswith(PREFIX) and keyword in known:
        return f"{name} is a variable: write {keyword}="
    return f"{name} is not a setting{_hint(name, known)}"


def variable(name: str) -> str:
    """Return the environment variable of a setting."""
    return PREFIX + re.sub(r"\W", "_", name).upper()


def warn_of_unknown(known: Collection[str]) -> None:
    """Log which variables look like settings, and are none."""
    variables = {variable(name) for name in known}
    for name in sorted(name for name in os.environ if name.upper().startswith(PREFIX)):
        if name.upper() not in variables:
            hint = _hint(name.upper(), variables)
            logger.warning("%s in the environment is no setting, and is ignored%s", name, hint)


def _hint(name: str, known: Collection[str]) -> str:
    if name.lower() in {"region", "aws_region", "region_name", "cognito_region", "cognito_aws_region"}:
        return "; the Region follows from the user pool's id"
    from difflib import get_close_matches  # noqa: PLC0415 - for mistakes alone

    nearest = get_close_matches(name, sorted(known), n=1)
    return f"; did you mean {nearest[0]}?" if nearest else ""
