r"""The filter of ListUsers: an attribute, `=` or `^=`, and a text in quotes.

https://docs.aws.amazon.com/cognito/latest/developerguide/how-to-manage-user-accounts.html
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from fastapi_cognito_auth.local.errors import invalid_parameter
from fastapi_cognito_auth.local.users import User

_FILTER: Final = re.compile(
    r'\s*("?)(?P<name>[\w:]+)\1\s*(?P<operator>\^?=)\s*"(?P<value>(?:[^"\\]|\\.)*)"\s*', re.ASCII | re.DOTALL
)
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_READ: Final[Mapping[str, Callable[[User], str]]] = {
    "username": lambda user: user.username,
    "cognito:user_status": lambda user: user.status,
    "status": lambda user: "Enabled" if user.enabled else "Disabled",
    "sub": lambda user: user.sub,
}
_SEARCHABLE: Final = frozenset({
    "email", "phone_number", "name", "given_name", "family_name", "preferred_username",
})  # fmt: skip
_IN_ANY_CASE: Final = frozenset({"cognito:user_status", "status"})


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Whom a filter means."""

    fits: Callable[[User], bool]
    exactly: tuple[str, str] | None = None
    """The attribute and the value that they have, where the filter says `=`."""


def read(text: str) -> Wanted:
    """Read a filter.

    Args:
        text: the filter; an empty one means everybody.

    Raises:
        ServiceError: it is no filter, or names an attribute that cannot be searched for.
    """
    if not text.strip():
        return Wanted(fits=lambda _: True)
    found = _FILTER.fullmatch(text)
    if found is None:
        raise invalid_parameter("Error while parsing filter expression.")
    name, wanted = found["name"], _ESCAPED.sub(r"\1", found["value"])
    if name not in _SEARCHABLE and name not in _READ:
        msg = f"Filtering by attribute {name} is not supported."
        raise invalid_parameter(msg)
    value_of = _READ.get(name) or (lambda user: user.held.get(name, ""))
    if name in _IN_ANY_CASE:
        of = value_of
        value_of, wanted = (lambda user: of(user).casefold()), wanted.casefold()
    if found["operator"] == "=":
        return Wanted(fits=lambda user: value_of(user) == wanted, exactly=(name, wanted))
    return Wanted(fits=lambda user: value_of(user).startswith(wanted))
