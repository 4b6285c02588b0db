"""What code hands over: names and attributes, refused in words where they are of another form."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from fastapi_cognito_auth.exceptions import InvalidParameterError

Name = TypeVar("Name", bound=str)


def several(names: Iterable[Name]) -> list[Name]:
    """Return names as a list.

    Raises:
        TypeError: they are one text, which would be taken for as many names as it has letters.
    """
    if isinstance(names, str | bytes | bytearray):
        raise TypeError("names are given as a list, and not as one text")
    return list(names)


def pairs(attributes: Mapping[str, str]) -> list[dict[str, str]]:
    """Return attributes as the API takes them.

    Raises:
        InvalidParameterError: one is no text; the message says which, and no value.
    """
    for name, value in attributes.items():
        _demand_text(name, value)
    return [{"Name": name, "Value": value} for name, value in attributes.items()]


def _demand_text(name: Any, value: Any) -> None:
    if not isinstance(name, str):
        msg = f"The name of an attribute is a text, and no {type(name).__name__}."
        raise InvalidParameterError(msg)
    if not isinstance(value, str):
        msg = f"The attribute {name[:64]} is a text, and no {type(value).__name__}."
        raise InvalidParameterError(msg)
