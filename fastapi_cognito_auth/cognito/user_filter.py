"""Filters of ListUsers: built and quoted, never pasted.

Cognito searches one attribute at a time, for a whole value or for its beginning.
"""

from typing import Final, Literal, TypedDict, get_args

Searchable = Literal[
    "username",
    "email",
    "phone_number",
    "name",
    "given_name",
    "family_name",
    "preferred_username",
    "user_status",
    "status",
    "sub",
]
"""What Cognito can search: no other attribute, and no custom one. `status` is `Enabled` or `Disabled`,
and `user_status` what `PoolUser.status` tells, such as `CONFIRMED`."""

SEARCHABLE: Final[tuple[Searchable, ...]] = get_args(Searchable)
_STARTS_WITH: Final = "__startswith"
_LONGEST: Final = 256  # characters


class SearchBy(TypedDict, total=False):
    """What `users.search` takes: one of these."""

    username: str
    username__startswith: str
    email: str
    email__startswith: str
    phone_number: str
    phone_number__startswith: str
    name: str
    name__startswith: str
    given_name: str
    given_name__startswith: str
    family_name: str
    family_name__startswith: str
    preferred_username: str
    preferred_username__startswith: str
    user_status: str
    user_status__startswith: str
    status: str
    status__startswith: str
    sub: str
    sub__startswith: str


def build_filter(by: Searchable, value: str, *, starts_with: bool = False) -> str:
    r"""Return the `Filter` of ListUsers.

    Quotes and backslashes in the value are written with a backslash before them.

    Args:
        by: what to compare.
        value: with what.
        starts_with: whether the beginning is enough.

    Raises:
        ValueError: Cognito cannot search that, or the filter would be longer than 256 characters.
    """
    if by not in SEARCHABLE:
        msg = f"Cognito cannot search {by!r}; it can search {', '.join(SEARCHABLE)}"
        raise ValueError(msg)
    attribute = "cognito:user_status" if by == "user_status" else by
    quoted = value.replace("\\", "\\\\").replace('"', '\\"')
    text = f'{attribute} {"^=" if starts_with else "="} "{quoted}"'
    if len(text) > _LONGEST:
        msg = f"a filter has {_LONGEST} characters at most"
        raise ValueError(msg)
    return text


def filter_of(condition: SearchBy) -> str:
    """Return the `Filter` of a condition by keyword, such as `email__startswith="ada"`.

    Raises:
        ValueError: there is not one condition, or Cognito cannot search that.
    """
    if len(condition) != 1:
        msg = "Cognito searches by one condition at a time"
        raise ValueError(msg)
    ((name, value),) = condition.items()
    if not isinstance(value, str):
        msg = f"{name} is compared with text"
        raise ValueError(msg)  # noqa: TRY004 - one error for what cannot be searched
    by = name.removesuffix(_STARTS_WITH)
    return build_filter(by, value, starts_with=by != name)  # type: ignore[arg-type]  # it is looked at there
