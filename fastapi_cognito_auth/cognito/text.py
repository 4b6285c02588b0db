"""Text that can be sent at all, asked before anything hashes or writes it."""

from typing import Any

from fastapi_cognito_auth.exceptions import InvalidRequestError
from fastapi_cognito_auth.formats.untrusted_json import is_text


def check_text(value: Any) -> None:
    """Refuse a string that is not to be written in UTF-8 or has a NUL, wherever it is in the value.

    An error of the encoder would quote the string, and that may be a password.

    Raises:
        InvalidRequestError: without the string.
    """
    left = [value]
    while left:
        item = left.pop()
        if isinstance(item, str):
            if not is_text(item):
                raise InvalidRequestError("A text has half a character, or a NUL.")
        elif isinstance(item, dict):
            left += [*item, *item.values()]
        elif isinstance(item, list | tuple):
            left += item
