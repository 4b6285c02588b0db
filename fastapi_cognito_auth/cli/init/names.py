"""How a name of CloudFormation is written in other languages."""

import re
from typing import Final

_BEFORE_A_WORD: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]+)")


def snake(name: str) -> str:
    """Return `callback_ur_ls` for `CallbackURLs`, which is how the CDK's own rule has it."""
    return _BEFORE_A_WORD.sub("_", name).lower()


def camel(name: str) -> str:
    """Return `callbackUrLs` for `CallbackURLs`."""
    first, *rest = snake(name).split("_")
    return first + "".join(word.capitalize() for word in rest)
