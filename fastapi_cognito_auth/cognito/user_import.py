"""Many users, by AdminCreateUser: each row has its report, and what is done already is not done again."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping
from typing import Any, ClassVar, Final, Literal, NamedTuple, Protocol

from pydantic import ConfigDict, Field

from fastapi_cognito_auth.cognito.given import several
from fastapi_cognito_auth.cognito.known_groups import KnownGroups
from fastapi_cognito_auth.cognito.pacing import Paced
from fastapi_cognito_auth.cognito.records import Group, PoolUser
from fastapi_cognito_auth.cognito.row_text import RawRow
from fastapi_cognito_auth.cognito.user_rows import UserRow, numbered, understood
from fastapi_cognito_auth.exceptions import (
    LimitExceededError,
    ServiceQuotaExceededError,
    UsernameExistsError,
    UserPoolError,
)
from fastapi_cognito_auth.schemas.described import Described

Outcome = Literal["created", "completed", "unchanged", "differs", "failed"]

_AT_ONCE: Final = 10
"""Rows under way: a call takes longer than the quota's pace."""


class RowReport(Described):
    """What became of a row."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True)

    number: int
    """Its place, from 1: in a text its line or, of CSV, its row as spreadsheets count, the names first."""

    username: str | None = None
    """Of the user, if the row could be read."""

    outcome: Outcome
    """`created`; `completed`: was there, and is in the groups, or disabled before ever having signed in;
    `unchanged`: was there as the row says; `differs`: is there with other data, which stay; `failed`."""

    code: str | None = None
    """Why it failed: `invalid_row`, `refused_group`, or the code of the error."""

    message: str | None = None
    """The same, for people."""

    names: list[str] = Field(default=[])
    """What differs: attributes, `enabled`, or `username` of who is found by an alias."""


class ImportProgress(NamedTuple):
    """How far an import has come."""

    rows: int
    """How many have a report."""

    number: int
    """The place of the last one; `after=number` goes on there."""

    outcomes: Mapping[Outcome, int]
    """How many of each."""


class Directory(Protocol):
    """What an import does with the pool."""

    async def create(
        self, username: str, *, attributes: Mapping[str, str], temporary_password: str | None, invite: bool
    ) -> PoolUser:
        """Create a user."""
        ...

    async def get(self, username: str) -> PoolUser:
        """Look at a user."""
        ...

    async def disable(self, username: str) -> None:
        """Keep a user from signing in."""
        ...


class Memberships(Protocol):
    """What an import does with groups."""

    async def get(self, name: str) -> Group:
        """Look at a group."""
        ...

    def of(self, username: str) -> AsyncIterator[Group]:
        """Go through the groups of a user."""
        ...

    async def add(self, name: str, username: str) -> None:
        """Put a user into a group."""
        ...


class _RefusedGroupError(Exception):
    """A row is about a group that is not to be touched; the text says which."""


class UserImport:
    """Imports users; its state is how far it has come.

    Args:
        directory: of the pool.
        memberships: of its groups.
        paced: makes the calls.
        invite: whether each new user is told.
        refused_groups: that no row may name, and whose members no row changes.
        on_progress: told after each report.
    """

    def __init__(
        self,
        directory: Directory,
        memberships: Memberships,
        *,
        paced: Paced,
        invite: bool,
        refused_groups: Collection[str] = (),
        on_progress: Callable[[ImportProgress], None] | None = None,
    ) -> None:
        self._directory = directory
        self._memberships = memberships
        self._paced = paced
        self._invite = invite
        self._refused_groups = frozenset(several(refused_groups))
        self._on_progress = on_progress
        self._known_groups = KnownGroups(lambda name: paced.call(lambda: memberships.get(name)))
        self._outcomes: dict[Outcome, int] = {}

    async def reports(
        self,
        rows: Iterable[RawRow | Mapping[str, Any]] | AsyncIterable[RawRow | Mapping[str, Any]],
        *,
        after: int = 0,
    ) -> AsyncIterator[RowReport]:
        """Import rows, and yield the report of each, in order.

        Args:
            rows: as `read_rows` reads them, or mappings of the members of `UserRow`.
            after: the place of the last row that was done before.

        Raises:
            UserPoolError: it is not about a row: the app may not create users, a quota is used up, or
                Cognito goes on not answering. What was reported is done; the same rows may come again.
        """
        batch: list[RawRow] = []
        async for row in numbered(rows):
            if row.number <= after:
                continue
            batch.append(row)
            if len(batch) == _AT_ONCE:
                async for report in self._together(batch):
                    yield report
                batch = []
        async for report in self._together(batch):
            yield report

    async def _together(self, batch: list[RawRow]) -> AsyncIterator[RowReport]:
        # Two rows of one user take turns, in their order.
        turns: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        done = await asyncio.gather(*(self._report(row, turns) for row in batch), return_exceptions=True)
        for report in done:
            if isinstance(report, BaseException):
                raise report
            self._outcomes[report.outcome] = self._outcomes.get(report.outcome, 0) + 1
            yield report
            if self._on_progress is not None:
                rows = sum(self._outcomes.values())
                self._on_progress(ImportProgress(rows, report.number, dict(self._outcomes)))

    async def _report(self, row: RawRow, turns: Mapping[str, asyncio.Lock]) -> RowReport:
        if row.data is None:
            return RowReport(number=row.number, outcome="failed", code="invalid_row", message=row.fault)
        try:
            wanted = understood(row.data)
        except ValueError as exc:
            return RowReport(number=row.number, outcome="failed", code="invalid_row", message=str(exc))
        told = {"number": row.number, "username": wanted.username}
        try:
            self._refuse(wanted.groups, "Nobody is put into {} by an import.")
            # Otherwise the user would be there, and invited, before it shows.
            await self._known_groups.demand(wanted.groups)
            async with turns[wanted.username.casefold()]:
                outcome, names = await self._do(wanted)
        except _RefusedGroupError as exc:
            return RowReport(**told, outcome="failed", code="refused_group", message=str(exc))
        except UserPoolError as exc:
            if not _is_about_the_row(exc):
                raise
            return RowReport(**told, outcome="failed", code=exc.code, message=exc.message)
        return RowReport(**told, outcome=outcome, names=names)

    async def _do(self, wanted: UserRow) -> tuple[Outcome, list[str]]:
        outcome: Outcome = "created"
        try:
            user = await self._paced.call(
                lambda: self._directory.create(
                    wanted.username,
                    attributes=wanted.attributes,
                    temporary_password=wanted.temporary_password,
                    invite=self._invite,
                )
            )
        except UsernameExistsError:
            # By somebody else, or by this import before it was cut short.
            user = await self._paced.call(lambda: self._directory.get(wanted.username))
            if names := _differing(wanted, user):
                return "differs", names
            outcome = "unchanged"
        ends = user.enabled and wanted.enabled is False
        held: set[str] = set()
        if outcome == "unchanged" and (wanted.groups or ends):
            held = await self._groups_of(user.username)
        missing = [group for group in wanted.groups if group not in held]
        changed = ends or bool(missing)
        if changed:
            self._refuse(held, "Nobody who is in {} is changed by an import.")
        # First: who is not to sign in gains nothing by being cut short here.
        if ends:
            await self._paced.call(lambda: self._directory.disable(user.username))
        for group in missing:
            await self._paced.call(_addition(self._memberships, group, user.username))
        return ("completed" if changed and outcome == "unchanged" else outcome), []

    def _refuse(self, groups: Iterable[str], words: str) -> None:
        if refused := self._refused_groups.intersection(groups):
            raise _RefusedGroupError(words.format(", ".join(sorted(refused))))

    async def _groups_of(self, username: str) -> set[str]:
        async def names() -> set[str]:
            return {group.name async for group in self._memberships.of(username)}

        return await self._paced.call(names)


def _addition(memberships: Memberships, group: str, username: str) -> Callable[[], Awaitable[None]]:
    return lambda: memberships.add(group, username)


def _differing(wanted: UserRow, user: PoolUser) -> list[str]:
    # Users choose their preferred names, and nobody gets what a row has for the owner of that name.
    by = (user.username, user.sub, user.attributes.get("email"), user.attributes.get("phone_number"))
    if wanted.username.casefold() not in {name.casefold() for name in by if name}:
        return ["username"]
    names = [name for name, value in wanted.attributes.items() if user.attributes.get(name, "") != value]
    # An import lets nobody in whom somebody has disabled, and keeps nobody out who has ever signed in.
    unfinished = user.status == "FORCE_CHANGE_PASSWORD" and wanted.enabled is False
    if wanted.enabled not in {None, user.enabled} and not unfinished:
        names.append("enabled")
    return sorted(names)


def _is_about_the_row(error: UserPoolError) -> bool:
    if isinstance(error, LimitExceededError | ServiceQuotaExceededError):
        return False
    return error.status_code < 500 and error.status_code != 429
