"""All users of a pool, however many: page by page, and as text that is written while it is read."""

import csv
import io
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Final, NamedTuple

from fastapi_cognito_auth.cognito.pacing import Paced
from fastapi_cognito_auth.cognito.records import Page, PoolUser
from fastapi_cognito_auth.exceptions import UserPoolUnavailableError

OWN_COLUMNS: Final = ("username", "enabled", "status", "created_at", "modified_at")
"""Columns of a CSV that are no attributes."""

_FORMULA: Final = re.compile(r"[=+\-@\t\r\n']")
_HARMLESS: Final = re.compile(r"[+-]?[0-9. ]+")  # a phone number, or another


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
        on_progress: told after each page.
    """

    def __init__(
        self,
        get: Callable[[str | None], Awaitable[Page[PoolUser]]],
        *,
        cursor: str | None = None,
        paced: Paced,
        on_progress: Callable[[ExportProgress], None] | None = None,
    ) -> None:
        self._get = get
        self._paced = paced
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

    async def json_lines(self, write_cursor: Callable[[str], str] = str) -> AsyncIterator[str]:
        """Yield JSON Lines, a page at a time: a line for each user, and `{"next": …}` after each page.

        `next` is the `cursor` of the page that follows, and `null` after the last one. Of a file that
        was cut short, keep everything up to its last line with `next`, and go on from there.

        Args:
            write_cursor: writes it otherwise.

        Raises:
            UserPoolError: as for users.
        """
        async for users, following in self._pages():
            lines = [user.model_dump_json() for user in users]
            lines.append(json.dumps({"next": None if following is None else write_cursor(following)}))
            yield "\n".join(lines) + "\n"

    async def csv(self, attributes: Sequence[str]) -> AsyncIterator[str]:
        """Yield CSV, a page at a time, with a line of names before the first.

        What a spreadsheet would take for a formula has an apostrophe before it, since users write some
        of it themselves; `read_rows` takes that away.

        Args:
            attributes: the columns beside `username`, `enabled`, `status`, `created_at`, `modified_at`.

        Raises:
            UserPoolError: as for users.
        """
        names = _csv_line([*OWN_COLUMNS, *attributes])
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
                        *(user.attributes.get(name, "") for name in attributes),
                    ]
                )
                for user in users
            )
            names = ""

    async def _pages(self) -> AsyncIterator[tuple[list[PoolUser], str | None]]:
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
    csv.writer(text, lineterminator="\r\n").writerow([_harmless(cell) for cell in cells])
    return text.getvalue()


def _harmless(cell: str) -> str:
    if _FORMULA.match(cell) and not _HARMLESS.fullmatch(cell):
        return f"'{cell}"
    return cell
