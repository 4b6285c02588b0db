"""All users of a pool, however many: page by page, and as text that is written while it is read."""

import csv
import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any, Final, NamedTuple

from fastapi_cognito_auth.cognito.formulas import harmless
from fastapi_cognito_auth.cognito.given import several
from fastapi_cognito_auth.cognito.pacing import Paced
from fastapi_cognito_auth.cognito.records import Page, PoolUser
from fastapi_cognito_auth.exceptions import UserPoolUnavailableError

OWN_COLUMNS: Final = ("username", "enabled", "status", "created_at", "modified_at")
"""Columns of a CSV that are no attributes."""

_GROUPS: Final = "groups"
_STANDARD: Final = frozenset(
    [
        *("sub", "name", "given_name", "family_name", "middle_name", "nickname", "preferred_username"),
        *("profile", "picture", "website", "email", "email_verified", "gender", "birthdate", "zoneinfo"),
        *("locale", "phone_number", "phone_number_verified", "address", "updated_at", "identities"),
    ]
)
"""Attributes of every pool, which need not be asked for."""


class ExportProgress(NamedTuple):
    """How far an export has come."""

    users: int
    """How many have been given out."""

    finished: bool
    """Whether those were all."""


class UserExport:
    """Users, page by page: `async for user in users.export()`. Its state is how far it has come.

    A page that was given out in part is given out again by who goes on at `cursor`: nobody is
    missing then, and some may come twice. What changes meanwhile may be missing or come twice, too.

    Args:
        get: gets the page of a token.
        cursor: of an export that was cut short.
        paced: makes the calls.
        attribute_names: gets the attributes of the pool, if a column is asked for that may be none.
        memberships: gets the groups of all users by username, before the first page; none without it.
        on_progress: told after each page.
    """

    def __init__(
        self,
        get: Callable[[str | None], Awaitable[Page[PoolUser]]],
        *,
        cursor: str | None = None,
        paced: Paced,
        attribute_names: Callable[[], Awaitable[Collection[str]]] | None = None,
        memberships: Callable[[], Awaitable[Mapping[str, Sequence[str]]]] | None = None,
        on_progress: Callable[[ExportProgress], None] | None = None,
    ) -> None:
        self._get = get
        self._paced = paced
        self._attribute_names = attribute_names
        self._memberships = memberships
        self._held: Mapping[str, Sequence[str]] | None = None
        self._on_progress = on_progress
        self._users = 0
        self.cursor: str | None = cursor
        """Where to go on: at the page that is being given out. Good for an hour or so on AWS."""

        self.finished: bool = False
        """Whether all users have been given out."""

    async def __aiter__(self) -> AsyncIterator[PoolUser]:
        """Yield the users.

        Raises:
            UserPoolError: Cognito refuses, or goes on throttling; `cursor` says where to go on.
        """
        async for users, _ in self._pages():
            for user in users:
                yield user

    def groups_of(self, username: str) -> list[str]:
        """Return the groups of a user who has been given out, as they were when the export began.

        Raises:
            ValueError: the export was not asked for groups, or has not begun.
        """
        if self._held is None:
            raise ValueError("the groups are not known: write export(groups=True), and go through the users")
        return list(self._held.get(username, ()))

    async def json_lines(self, write_cursor: Callable[[str], str] = str) -> AsyncIterator[str]:
        """Yield JSON Lines, a page at a time: a line for each user, and `{"next": …}` after each page.

        `next` is the `cursor` of the page that follows, and `null` after the last one. Of a file that
        was cut short, keep everything up to its last line with `next`, and go on from there. With groups
        each user has them as `groups`.

        Args:
            write_cursor: writes it otherwise.

        Raises:
            UserPoolError: as for users.
        """
        async for users, following in self._pages():
            lines = [self._json_line(user) for user in users]
            lines.append(json.dumps({"next": None if following is None else write_cursor(following)}))
            yield "\n".join(lines) + "\n"

    async def csv(self, attributes: Sequence[str] | None = None) -> AsyncIterator[str]:
        """Yield CSV, a page at a time, with a line of names before the first.

        What a spreadsheet would take for a formula has an apostrophe before it, since users write some
        of it themselves; `read_rows` takes that away. It is so after `;`, a tab and a line end within a
        cell, too, where some spreadsheets begin another.

        Args:
            attributes: the columns beside `username`, `enabled`, `status`, `created_at`, `modified_at`,
                and `groups` if they were asked for; all that the pool has, custom ones too, unless
                given (DescribeUserPool).

        Raises:
            UserPoolError: as for users.
            ValueError: as `check_columns` says, before there is any text.
        """
        if attributes is None:
            columns = await self._all_attributes()
        else:
            await self.check_columns(attributes)
            columns = several(attributes)
        own = OWN_COLUMNS if self._memberships is None else (*OWN_COLUMNS, _GROUPS)
        names = _csv_line([*own, *columns])
        async for users, _ in self._pages():
            yield names + "".join(
                _csv_line(
                    [
                        user.username,
                        "true" if user.enabled else "false",
                        user.status,
                        *(
                            "" if when is None else when.isoformat()
                            for when in (user.created_at, user.modified_at)
                        ),
                        *([] if self._held is None else [_listed(self.groups_of(user.username))]),
                        *(user.attributes.get(name, "") for name in columns),
                    ]
                )
                for user in users
            )
            names = ""

    async def check_columns(self, attributes: Sequence[str]) -> None:
        """Look whether the pool has attributes (DescribeUserPool, for those that not every pool has).

        Raises:
            ValueError: it has not; or a column would come twice.
            UserPoolError: Cognito refuses, or goes on throttling.
        """
        attributes, taken = several(attributes), {*OWN_COLUMNS, _GROUPS}
        if twice := sorted({name for name in attributes if name in taken or attributes.count(name) > 1}):
            msg = f"a column would come twice: {', '.join(twice)}"
            raise ValueError(msg)
        unknown = {name for name in attributes if name not in _STANDARD}
        if unknown and self._attribute_names is not None:
            unknown -= {*await self._paced.call(self._attribute_names)}
        if unknown:
            msg = f"the pool has no attribute {', '.join(sorted(unknown))}"
            raise ValueError(msg)

    async def _all_attributes(self) -> Sequence[str]:
        if self._attribute_names is None:
            raise ValueError("the columns are not known: name them")
        return [*await self._paced.call(self._attribute_names)]

    def _json_line(self, user: PoolUser) -> str:
        if self._held is None:
            return user.model_dump_json()
        told: dict[str, Any] = {**user.model_dump(mode="json"), _GROUPS: self.groups_of(user.username)}
        return json.dumps(told, ensure_ascii=False, separators=(",", ":"))

    async def _pages(self) -> AsyncIterator[tuple[list[PoolUser], str | None]]:
        if self._memberships is not None and self._held is None:
            self._held = await self._memberships()
        while not self.finished:
            cursor = self.cursor
            page = await self._paced.call(lambda: self._get(cursor))  # noqa: B023 - awaited at once
            if page.next_token is not None and page.next_token == cursor:
                raise UserPoolUnavailableError  # it would go round in circles
            yield page.items, page.next_token
            self.cursor, self.finished = page.next_token, page.next_token is None
            self._users += len(page.items)
            if self._on_progress is not None:
                self._on_progress(ExportProgress(self._users, self.finished))


def _csv_line(cells: Sequence[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow([harmless(cell) for cell in cells])
    return text.getvalue()


def _listed(groups: Sequence[str]) -> str:
    """Return names as one cell; what parts them may be in a name."""
    return ";".join(name.replace("\\", "\\\\").replace(";", "\\;") for name in groups)
