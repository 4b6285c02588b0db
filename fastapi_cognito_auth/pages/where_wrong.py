"""Which field of a form Cognito means when it refuses a value: it says so in words for developers alone."""

import re
from collections.abc import Collection
from typing import Final

_ATTRIBUTE: Final = "attribute."
_ADDRESSES: Final = ("email", "phone_number")
_OF_PEOPLE: Final = frozenset({"username", "password", "new_password", "previous_password", "email"})
_WORDS: Final = {
    "attribute.email": "error.wrong.email",
    "attribute.phone_number": "error.wrong.phone_number",
    "email": "error.wrong.email",
    "password": "error.wrong.password",
    "new_password": "error.wrong.password",
    "previous_password": "error.wrong.previous_password",
}


def field_meant(message: str, fields: Collection[str]) -> tuple[str, str] | None:
    """Return the field that is meant, and the key of what to say there; none if that cannot be told.

    Args:
        message: of the error.
        fields: those that the form has; an attribute is called `attribute.` and its name.
    """
    text = message.lower()
    filled_in = [name for name in fields if name.startswith(_ATTRIBUTE) or name in _OF_PEOPLE]
    named = [name for name in filled_in if _is_named(name.removeprefix(_ATTRIBUTE).lower(), text)]
    if "username" in named:
        named = ["username"]
    if not named and "username" in fields:
        # Where people are called by an address, that is the name.
        addresses = [name for name in _ADDRESSES if _is_named(name, text)]
        return ("username", f"error.wrong.{addresses[0]}") if addresses else None
    if len(named) != 1:
        return None
    return named[0], _WORDS.get(named[0], "error.wrong.value")


def _is_named(name: str, text: str) -> bool:
    called = {name, name.replace("_", " "), name.replace("_", "")}
    return any(re.search(rf"(?<![a-z0-9_:]){re.escape(each)}(?![a-z0-9_])", text) for each in called)
