"""Pages of a list: the token says where the next one starts, and fits only the list that it came from."""

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

from fastapi_cognito_auth.local.errors import invalid_parameter

T = TypeVar("T")


def page(items: Sequence[T], *, of: str, limit: int, token: str | None) -> tuple[list[T], str | None]:
    """Cut a page out of a list.

    Args:
        items: the whole list, in a stable order.
        of: names the list, such as `devices:` and a sub.
        limit: how many at most.
        token: of the page before.

    Returns:
        The items, and the token of the next page where there is one.

    Raises:
        ServiceError: `InvalidParameterException` for a token of another list.
    """
    start = 0 if token is None else _start(of, token)
    end = start + limit
    following = base64.urlsafe_b64encode(f"{of}:{end}".encode()).decode() if end < len(items) else None
    return list(items[start:end]), following


def _start(of: str, token: str) -> int:
    try:
        name, _, start = base64.urlsafe_b64decode(token.encode()).decode().rpartition(":")
    except (binascii.Error, ValueError):
        name, start = "", ""
    if name != of or not (start.isascii() and start.isdigit()):
        raise invalid_parameter("Invalid pagination token")
    return int(start[:6])
