"""What is said of settings that are missing, wrong or unknown: their names, and never their values."""

import logging
import os
import re
from collections.abc import Collection
from difflib import get_close_matches
from typing import Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

_PREFIX: Final = "COGNITO_"

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
        return f"{first} is not a setting{_nearest(str(first), known)}"
    where = "".join(f"{part}: " for part in rest)
    message = str(error["msg"]).removeprefix("Value error, ")
    return f"{name} is wrong: {where}{message}"


def variable(name: str) -> str:
    """Return the environment variable of a setting."""
    return _PREFIX + re.sub(r"\W", "_", name).upper()


def warn_of_unknown(known: Collection[str]) -> None:
    """Log which variables look like settings, and are none."""
    variables = {variable(name) for name in known}
    for name in sorted(name for name in os.environ if name.upper().startswith(_PREFIX)):
        if name.upper() not in variables:
            nearest = _nearest(name.upper(), variables)
            logger.warning("%s in the environment is no setting, and is ignored%s", name, nearest)


def _nearest(name: str, known: Collection[str]) -> str:
    nearest = get_close_matches(name, sorted(known), n=1)
    return f"; did you mean {nearest[0]}?" if nearest else ""
