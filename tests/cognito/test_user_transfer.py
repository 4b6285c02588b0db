"""Export and import: of any size, within the quota, cut short anywhere, and with rows of any quality."""

import csv
import io
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapi_cognito_auth import CognitoAuth
from fastapi_cognito_auth.cognito.pacing import Paced
from fastapi_cognito_auth.cognito.pool import UserPool
from fastapi_cognito_auth.cognito.records import Page, PoolUser
from fastapi_cognito_auth.cognito.row_text import LONGEST_ROW, RawRow
from fastapi_cognito_auth.cognito.user_export import ExportProgress, UserExport
from fastapi_cognito_auth.cognito.user_import import ImportProgress, RowReport
from fastapi_cognito_auth.cognito.user_rows import read_rows
from fastapi_cognito_auth.exceptions import (
    AccessDeniedError,
    TooManyRequestsError,
    UserPoolUnavailableError,
)
from fastapi_cognito_auth.local import LocalUser, LocalUserPool, ServiceError
from tests.cognito.upstream import Upstream, error, reply
from tests.support import in_a_loop

PASSWORD = "Correct-horse-1!"


class Time:
    """Seconds that pass by waiting alone, and all the waits."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waits: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


def paced(time: Time | None = None, rate: float = 25.0) -> Paced:
    time = time or Time()
    return Paced(rate, clock=time, sleep=time.sleep)


class Local:
    """A local pool that counts what it is asked for, and can be told to refuse."""

    def __init__(self, *users: LocalUser, groups: tuple[str, ...] = (), **options: Any) -> None:
        self.local = LocalUserPool(users=users, groups=groups, **options)
        self.pool: UserPool = CognitoAuth.local(self.local, settings={"max_attempts": 1}).pool
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.refuse: Callable[[str, dict[str, Any]], ServiceError | None] = lambda *_: None
        call = self.local.call

        def watched(operation: str, params: dict[str, Any]) -> dict[str, Any]:
            self.asked.append((operation, params))
            if refusal := self.refuse(operation, params):
                raise refusal
            return call(operation, params)

        self.local.call = watched  # type: ignore[method-assign]

    def count(self, operation: str) -> int:
        return sum(name == operation for name, _ in self.asked)

    async def imported(self, rows: Any, **options: Any) -> list[RowReport]:
        return [
            report async for report in self.pool.users.import_(rows, invite=False, paced=paced(), **options)
        ]

    async def text(self, content: str | bytes, kind: Any, **options: Any) -> list[RowReport]:
        return await self.imported(read_rows([content], kind), **options)


@pytest.fixture(scope="module")
def importing() -> Local:
    return Local()


def outcomes(reports: list[RowReport]) -> list[str]:
    return [report.outcome if report.code is None else report.code for report in reports]


def user(number: int, **attributes: str) -> PoolUser:
    return PoolUser.model_validate(
        {
            "Username": f"user{number}",
            "Attributes": [{"Name": name, "Value": value} for name, value in attributes.items()],
        }
    )


def pages_of(*pages: list[PoolUser]) -> Callable[[str | None], Any]:
    async def get(token: str | None) -> Page[PoolUser]:
        at = int(token or 0)
        return Page(pages[at], str(at + 1) if at + 1 < len(pages) else None)

    return get


async def read(content: str | bytes, kind: Any, size: int | None = None) -> list[RawRow]:
    data = content.encode() if isinstance(content, str) else content
    step = size or max(len(data), 1)
    chunks = [data[at : at + step] for at in range(0, len(data), step)]
    return [row async for row in read_rows(chunks, kind)]


# Export.


@in_a_loop
async def test_all_users_come_out_with_progress_and_within_the_quota() -> None:
    time, told = Time(), list[ExportProgress]()
    pages = [[user(at)] * 60 for at in range(30)]
    export = UserExport(pages_of(*pages), paced=paced(time), on_progress=told.append)
    assert len([each async for each in export]) == 1800
    assert len(told) == 30
    assert told[-1] == ExportProgress(1800, finished=True)
    # Thirty calls, 25 of them a second.
    assert time.now == pytest.approx(29 / 25)


@in_a_loop
async def test_one_page_at_a_time_is_in_memory() -> None:
    asked: list[str | None] = []

    async def get(token: str | None) -> Page[PoolUser]:
        asked.append(token)
        return Page([user(1)] * 60, str(len(asked)))

    export = UserExport(get, paced=paced())
    seen = 0
    async for _ in export:
        seen += 1
        if seen == 61:
            break
    assert len(asked) == 2


@in_a_loop
async def test_an_export_that_is_cut_short_goes_on_and_nobody_is_missing() -> None:
    get = pages_of([user(1), user(2)], [], [user(3), user(4)], [user(5)])
    names: list[str] = []
    first = UserExport(get, paced=paced())
    async for each in first:
        names.append(each.username)
        if each.username == "user3":
            break
    again = UserExport(get, cursor=first.cursor, paced=paced())
    names += [each.username async for each in again]
    assert names == ["user1", "user2", "user3", "user3", "user4", "user5"]
    assert again.finished


@in_a_loop
async def test_a_file_that_was_cut_short_goes_on_after_its_last_cursor() -> None:
    get = pages_of([user(1), user(2)], [user(3), user(4)], [user(5)])
    whole = "".join([text async for text in UserExport(get, paced=paced()).json_lines()])
    assert json.loads(whole.splitlines()[-1]) == {"next": None}
    for cut in range(len(whole)):
        kept, cursor = "", None
        for line in whole[:cut].splitlines(keepends=True):
            if line.endswith("\n") and line.startswith('{"next"'):
                cursor = json.loads(line)["next"]
                kept = whole[: whole.index(line) + len(line)]
        if cursor is None and kept:
            continue  # it was whole
        more = UserExport(get, cursor=cursor, paced=paced()).json_lines()
        assert kept + "".join([text async for text in more]) == whole


@in_a_loop
async def test_throttling_in_the_middle_of_an_export_is_waited_out(
    auth: CognitoAuth, upstream: Upstream
) -> None:
    upstream.plan(
        "ListUsers",
        reply({"Users": [{"Username": "a"}], "PaginationToken": "1"}),
        *[error("TooManyRequestsException")] * 6,
        reply({"Users": [{"Username": "b"}]}),
    )
    time = Time()
    export = auth.pool.users.export(paced=paced(time))
    assert [each.username async for each in export] == ["a", "b"]
    # The client itself tries three times before it is waited out here.
    assert [wait for wait in time.waits if wait >= 1] == [1.0, 2.0]


@in_a_loop
async def test_an_export_that_is_throttled_for_too_long_says_where_to_go_on(
    auth: CognitoAuth, upstream: Upstream
) -> None:
    upstream.plan(
        "ListUsers",
        reply({"Users": [{"Username": "a"}], "PaginationToken": "1"}),
        error("TooManyRequestsException"),
    )
    export = auth.pool.users.export(paced=paced())
    with pytest.raises(TooManyRequestsError):
        [each async for each in export]
    assert (export.cursor, export.finished) == ("1", False)


@in_a_loop
async def test_an_export_that_goes_round_in_circles_ends() -> None:
    async def get(_: str | None) -> Page[PoolUser]:
        return Page([user(1)], "same")

    with pytest.raises(UserPoolUnavailableError):
        [each async for each in UserExport(get, paced=paced())]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ('=HYPERLINK("x")', '\'=HYPERLINK("x")'),
        ("@SUM(1)", "'@SUM(1)"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-1+2", "'-1+2"),
        ("\t=1", "'\t'=1"),
        ("\n=1", "'\n'=1"),
        ("\tx", "'\tx"),
        ("'", "''"),
        (" =1", "' =1"),
        ('"=1', "'\"=1"),
        ("\uff1d1", "'\uff1d1"),
        ("\uff0b1", "'\uff0b1"),
        ("\uff0d1", "'\uff0d1"),
        ("\uff20SUM(1)", "'\uff20SUM(1)"),
        ('x;=HYPERLINK("y")', 'x;\'=HYPERLINK("y")'),
        ("x;'=1;''=2;'x", "x;''=1;'''=2;'x"),
        (";+1", ";'+1"),
        ("x\t@SUM(1)", "x\t'@SUM(1)"),
        ("x\r\n-1", "x\r\n'-1"),
        ('x; ""=1', 'x;\' ""=1'),
        ("a;b=1;c", "a;b=1;c"),
        ("+4930123456", "+4930123456"),
        ("-5", "-5"),
        ("Ada", "Ada"),
        ("", ""),
    ],
)
@in_a_loop
async def test_no_cell_is_a_formula(value: str, written: str) -> None:
    text = "".join(
        [part async for part in UserExport(pages_of([user(1, name=value)]), paced=paced()).csv(["name"])]
    )
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert row["name"] == written
    assert [found.data and found.data["attributes"].get("name", "") for found in await read(text, "csv")] == [
        value
    ]


@given(
    value=st.text(
        st.one_of(
            st.sampled_from("\"',;\r\n=+-@\t \uff1d'"), st.characters(codec="utf-8", exclude_characters="\0")
        ),
        max_size=20,
    ),
    size=st.integers(1, 40),
)
@in_a_loop
async def test_what_is_exported_is_read_as_it_was(value: str, size: int) -> None:
    export = [user(1, name=value, email="a@b.c"), user(2, email="d@e.f")]
    for kind, parts in (
        ("csv", UserExport(pages_of(export), paced=paced()).csv(["name", "email"])),
        ("json-lines", UserExport(pages_of(export), paced=paced()).json_lines()),
    ):
        text = "".join([part async for part in parts])
        rows = await read(text, kind, size)
        held = [dict(row.data or {})["attributes"] for row in rows]
        assert [attributes.get("name", "") for attributes in held] == [value, ""]
        assert [attributes["email"] for attributes in held] == ["a@b.c", "d@e.f"]


@given(
    value=st.text(st.sampled_from("\"',;\r\n=+-@\t \u00a0\uff1d\uff0b\uff0d\uff201a"), max_size=20),
    separator=st.sampled_from(",;\t"),
)
@in_a_loop
async def test_no_cell_is_a_formula_whatever_a_spreadsheet_parts_cells_by(value: str, separator: str) -> None:
    export = UserExport(pages_of([user(1, name=value, email="a@b.c")]), paced=paced())
    text = "".join([part async for part in export.csv(["name", "email"])])
    cells = [cell for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) for cell in row]
    odd = [cell for cell in cells if re.match(r"[\s\"]*[=+\-@\uff1d\uff0b\uff0d\uff20]", cell)]
    assert [cell for cell in odd if not re.fullmatch(r"[+-]?[0-9. ]+", cell)] == []


# Rows.


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (b'{"username": "a"', "not JSON"),
        (b"[1]", "no object"),
        (b'"x"', "no object"),
        (b'{"username": "a", "username": "b"}', "twice"),
        (b'{"username": "\xff"}', "UTF-8"),
        (b"[" * 60_000, "nested too deeply|not JSON"),
        (b'{"username": "' + b"x" * LONGEST_ROW + b'"}', "too long"),
        (b"\0", "NUL"),
    ],
)
@in_a_loop
async def test_a_row_that_cannot_be_read_stops_nothing(row: bytes, fault: str) -> None:
    content = b'{"username": "first"}\n' + row + b'\n\n{"username": "last"}'
    for size in (None, 7):
        found = await read(content, "json-lines", size)
        assert [each.number for each in found] == [1, 2, 4]
        assert found[1].data is None
        assert any(part in str(found[1].fault) for part in fault.split("|"))
        assert found[2].data == {"username": "last"}


@in_a_loop
async def test_a_quote_that_is_never_closed_loses_its_own_row() -> None:
    content = 'username,name\na,"one\nb,two\nc,"three\nand a half"\n,"'
    rows = await read(content, "csv")
    assert [(row.data or {}).get("username", row.fault) for row in rows] == [
        "a quote is not closed",
        "b",
        "c",
        "a quote is not closed",
    ]


@in_a_loop
async def test_a_quote_before_a_flood_of_lines_takes_no_more_than_a_flood_does() -> None:
    rows = await read('username\n"' + "\n" * 200_000 + "last\n", "csv")
    assert [row.fault or row.data for row in rows] == [
        "a quote is not closed",
        {"username": "last", "attributes": {}},
    ]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "name\nx",
        "username,username\na,b",
        "username,\na,b",
        '"username\na',
        "username,cognito:username\na,b",
        '"username"x\na',
    ],
)
@in_a_loop
async def test_a_csv_without_names_is_no_csv(content: str) -> None:
    if content:
        with pytest.raises(ValueError, match=r"first line|not closed"):
            await read(content, "csv")
    else:
        assert await read(content, "csv") == []


@in_a_loop
async def test_a_csv_of_the_pools_own_form_is_read() -> None:
    lines = (
        "\ufeffcognito:username,email,groups,enabled",
        "ada,a@b.c,a; b,TRUE",
        "bob,,,",
        "",
        "eve,x",
        "zoe,,,maybe",
    )
    content = "\r\n".join(lines)
    rows = await read(content, "csv")
    assert [row.data for row in rows[:2]] == [
        {"username": "ada", "groups": ["a", "b"], "enabled": True, "attributes": {"email": "a@b.c"}},
        {"username": "bob", "attributes": {}},
    ]
    assert [row.fault for row in rows[2:]] == [
        "the row has 2 cells for 4 columns",
        "enabled is true or false",
    ]


@given(content=st.binary(max_size=200), kind=st.sampled_from(["csv", "json-lines"]), size=st.integers(1, 50))
@in_a_loop
async def test_no_text_whatever_is_a_fault_of_ours(content: bytes, kind: str, size: int) -> None:
    if kind == "csv":
        content = b"username,email,enabled\n" + content
    for row in await read(content, kind, size):
        assert (row.data is None) is (row.fault is not None)


@given(
    content=st.one_of(
        st.binary(max_size=60), st.text(st.sampled_from("user,\"\n\r'x"), max_size=40).map(str.encode)
    )
)
@in_a_loop
async def test_no_first_line_whatever_is_a_fault_of_ours(content: bytes) -> None:
    with suppress(ValueError):
        await read(content, "csv")


# Import.


@in_a_loop
async def test_each_row_has_its_report() -> None:
    local = Local(
        LocalUser("ada", password=PASSWORD, attributes={"email": "ada@example.com"}), groups=("editors",)
    )
    rows = [
        {"username": "new", "attributes": {"email": "new@example.com"}, "groups": ["editors"]},
        {"username": "ada", "attributes": {"email": "ada@example.com"}},
        {"username": "ada", "attributes": {"email": "else@example.com", "name": "Ada"}},
        {"username": "new", "attributes": {"email": "new@example.com"}, "groups": ["editors"]},
        {"username": "bad", "attributes": {"email": "none"}},
        {"username": "worse", "attributes": {"nothing": "x"}},
        {"username": "short", "temporary_password": "x"},
        {"username": "a b"},
        {"user": "x"},
        {"username": "lost", "groups": ["nothing"]},
        {"username": "half\ud800"},
        {"username": "away", "status": "EXTERNAL_PROVIDER"},
        {"username": "off", "enabled": False},
    ]
    reports = await local.imported(rows)
    assert [report.number for report in reports] == list(range(1, 14))
    assert outcomes(reports) == [
        *("created", "unchanged", "differs", "unchanged"),
        *("invalid_parameter", "invalid_parameter", "invalid_password"),
        *("invalid_row", "invalid_row", "resource_not_found", "invalid_row", "invalid_row"),
        "created",
    ]
    assert reports[2].names == ["email", "name"]
    assert (await local.pool.users.get("ada")).email == "ada@example.com"
    assert (await local.pool.users.get("off")).enabled is False
    assert [group.name async for group in local.pool.groups.of("new")] == ["editors"]


@in_a_loop
async def test_a_row_with_a_group_that_is_not_there_creates_nobody_and_changes_nothing() -> None:
    local = Local(LocalUser("ada", password=PASSWORD), groups=("editors",))
    rows = [
        {"username": "lost", "groups": ["editors", "nothing"]},
        {"username": "ada", "groups": ["editors", "nothing"]},
        {"username": "odd", "groups": ["no such name"]},
    ]
    reports = await local.imported(rows)
    assert outcomes(reports) == ["resource_not_found", "resource_not_found", "invalid_parameter"]
    assert [report.username for report in reports] == ["lost", "ada", "odd"]
    assert reports[0].message == "There is no group nothing."
    assert {name for name, _ in local.asked} == {"GetGroup"}


@in_a_loop
async def test_an_import_asks_once_for_each_group_that_it_names() -> None:
    local = Local(groups=("editors", "writers"))
    named = [["editors"], ["nothing"], ["editors", "writers"], ["nothing", "writers"]]
    await local.imported([{"username": f"user{at}", "groups": named[at % 4]} for at in range(40)])
    assert sorted(params["GroupName"] for name, params in local.asked if name == "GetGroup") == [
        *("editors", "nothing", "writers")
    ]


@in_a_loop
async def test_no_report_repeats_a_password() -> None:
    rows = [
        {"username": "a", "temporary_password": "secret-of-a"},
        {"username": "b", "temporary_password": ["secret-of-b"]},
        {"username": "c", "temporary_password": "secret-of-c" * 30},
        {"username": "d", "password": "secret-of-d"},
        {"username": "e", "attributes": "secret-of-e"},
    ]
    reports = await Local().imported(rows)
    assert {report.outcome for report in reports} == {"failed"}
    assert not [report for report in reports if "secret" in report.model_dump_json()]


@in_a_loop
async def test_the_same_rows_again_change_nothing() -> None:
    local = Local(groups=("editors",))
    rows = [{"username": f"user{at}", "groups": ["editors"], "enabled": at != 3} for at in range(25)]
    assert set(outcomes(await local.imported(rows))) == {"created"}
    local.asked.clear()
    assert set(outcomes(await local.imported(rows))) == {"unchanged"}
    assert {name for name, _ in local.asked} == {
        *("GetGroup", "AdminCreateUser", "AdminGetUser", "AdminListGroupsForUser")
    }


@pytest.mark.parametrize("kills", [(1, 30), (7, 11), (25, 26), (40, 3)])
@in_a_loop
async def test_an_import_that_is_killed_twice_is_completed_by_the_third(kills: tuple[int, int]) -> None:
    local = Local(groups=("editors", "writers"))
    rows = [
        {"username": f"user{at}", "groups": ["editors", "writers"], "enabled": at % 2 == 0}
        for at in range(12)
    ]
    calls = 0

    def killed(at: int) -> Callable[[str, dict[str, Any]], ServiceError | None]:
        def refuse(operation: str, params: dict[str, Any]) -> ServiceError | None:
            nonlocal calls
            calls += 1
            # Not about a row: from here on nothing is answered any more.
            return ServiceError("AccessDeniedException", "killed") if calls > at else None

        return refuse

    for kill in kills:
        calls, local.refuse = 0, killed(kill)
        with pytest.raises(AccessDeniedError):
            await local.imported(rows)
    local.refuse = lambda *_: None
    assert {report.outcome for report in await local.imported(rows)} <= {"created", "completed", "unchanged"}
    for at in range(12):
        name = f"user{at}"
        assert (await local.pool.users.get(name)).enabled is (at % 2 == 0)
        assert {group.name async for group in local.pool.groups.of(name)} == {"editors", "writers"}
    assert set(outcomes(await local.imported(rows))) == {"unchanged"}


@in_a_loop
async def test_an_import_goes_on_after_the_last_row_that_was_done() -> None:
    local = Local()
    told: list[ImportProgress] = []
    rows = [{"username": f"user{at}"} for at in range(25)]
    done = [
        report async for report in local.pool.users.import_(rows[:13], paced=paced(), on_progress=told.append)
    ]
    assert (len(done), told[-1].number, told[-1].rows, told[-1].outcomes) == (13, 13, 13, {"created": 13})
    local.asked.clear()
    assert [report.number for report in await local.imported(rows, after=told[-1].number)] == list(
        range(14, 26)
    )
    assert local.count("AdminCreateUser") == 12


@in_a_loop
async def test_throttling_in_the_middle_of_an_import_is_waited_out() -> None:
    local, time, refusals = Local(), Time(), iter([True, True, False, True])
    local.refuse = lambda *_: (
        ServiceError("TooManyRequestsException", "Rate exceeded") if next(refusals, False) else None
    )
    reports = local.pool.users.import_([{"username": "ada"}], invite=False, paced=paced(time))
    assert outcomes([report async for report in reports]) == ["created"]
    assert [wait for wait in time.waits if wait >= 1] == [1.0, 2.0]


@in_a_loop
async def test_what_is_not_about_a_row_stops_the_import() -> None:
    for name in ("AccessDeniedException", "LimitExceededException", "InternalErrorException"):
        local = Local()
        local.refuse = lambda *_, name=name: ServiceError(name, "No.")
        with pytest.raises(Exception, match=r"access_denied|limit_exceeded|internal_error"):
            await local.imported([{"username": "ada"}])


@in_a_loop
async def test_a_group_that_no_import_may_give_is_refused_row_by_row() -> None:
    local = Local(LocalUser("ada", password=PASSWORD), groups=("admins", "editors"))
    rows = [{"username": "ada", "groups": ["editors", "admins"]}, {"username": "eve", "groups": ["admins"]}]
    reports = await local.imported([*rows, {"username": "bob"}], refused_groups={"admins"})
    assert outcomes(reports) == ["refused_group", "refused_group", "created"]
    assert [group.name async for group in local.pool.groups.of("ada")] == []


@in_a_loop
async def test_an_import_lets_nobody_in_whom_somebody_has_disabled() -> None:
    local = Local(LocalUser("ada", password=PASSWORD))
    await local.pool.users.disable("ada")
    reports = await local.imported([{"username": "ada", "enabled": True}, {"username": "ada"}])
    assert [(report.outcome, report.names) for report in reports] == [
        ("differs", ["enabled"]),
        ("unchanged", []),
    ]
    assert (await local.pool.users.get("ada")).enabled is False


@in_a_loop
async def test_an_import_disables_nobody_who_has_ever_signed_in() -> None:
    """Otherwise an administrator could lock herself out by a row."""
    local = Local(LocalUser("root", password=PASSWORD))
    (report,) = await local.imported([{"username": "root", "enabled": False}])
    assert (report.outcome, report.names) == ("differs", ["enabled"])
    assert (await local.pool.users.get("root")).enabled is True


@in_a_loop
async def test_what_one_pool_exports_another_imports() -> None:
    people = [
        LocalUser(f"user{at}", password=PASSWORD, attributes={"email": f"u{at}@example.com"})
        for at in range(65)
    ]
    source, target = Local(*people), Local()
    await source.pool.users.disable("user7")
    text = "".join([part async for part in source.pool.users.export(paced=paced()).json_lines()])
    assert set(outcomes(await target.text(text, "json-lines"))) == {"created"}
    parts = source.pool.users.export(paced=paced()).csv(["email", "email_verified"])
    text = "".join([part async for part in parts])
    assert set(outcomes(await target.text(text, "csv"))) == {"unchanged"}
    assert (await target.pool.users.get("user7")).enabled is False


@in_a_loop
async def test_rows_may_come_while_they_are_made() -> None:
    async def rows() -> AsyncIterator[dict[str, Any]]:
        for at in range(3):
            yield {"username": f"user{at}"}

    assert outcomes(await Local().imported(rows())) == ["created"] * 3


@pytest.mark.parametrize(
    "row",
    [
        None,
        "ada",
        b"ada",
        7,
        1.5,
        [],
        ["ada"],
        [["username", "ada"]],
        object,
        {},
        {1: "ada"},
        {None: "ada", "username": "ada"},
        {"username": 7},
        {"username": b"ada"},
        {"username": None},
        {"username": ["ada"]},
        {"username": {"username": "ada"}},
        {"username": "ada", "attributes": None},
        {"username": "ada", "attributes": [["email", "ada@example.com"]]},
        {"username": "ada", "attributes": {1: "x"}},
        {"username": "ada", "attributes": {"name": 1}},
        {"username": "ada", "attributes": {"name": b"Ada"}},
        {"username": "ada", "attributes": {"name": ["Ada", ["L"]]}},
        {"username": "ada", "groups": "editors"},
        {"username": "ada", "groups": [["editors"]]},
        {"username": "ada", "groups": [b"editors"]},
        {"username": "ada", "groups": {"editors": 1}},
        {"username": "ada", "status": ["EXTERNAL_PROVIDER"], "enabled": "perhaps"},
        {"username": "ada", "temporary_password": b"Very-secret-1!"},
        RawRow(1, None),
        RawRow(1, None, ""),
        RawRow(1, ["ada"]),  # type: ignore[arg-type]
    ],
    ids=lambda row: type(row).__name__,
)
@in_a_loop
async def test_a_row_that_is_no_row_has_a_report_that_says_so(row: Any) -> None:
    pool = Local()
    first, second = await pool.imported([row, {"username": "grace"}])
    assert (first.outcome, first.code, second.outcome) == ("failed", "invalid_row", "created")
    assert first.message
    assert "secret" not in repr(first)
    assert pool.count("AdminCreateUser") == 1


@given(
    row=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.binary(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.none()
                | st.integers()
                | st.sampled_from(["username", "attributes", "groups", "status", "x"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=8,
    )
)
@in_a_loop
async def test_no_row_whatever_is_a_fault_of_ours(importing: Local, row: Any) -> None:
    (report,) = await importing.imported([row])
    assert report.outcome != "failed" or report.message


@pytest.mark.parametrize("rows", [None, 7, "username\nada", b"username", {"username": "ada"}])
@in_a_loop
async def test_what_are_no_rows_at_all_is_a_mistake_in_the_code(rows: Any) -> None:
    with pytest.raises(TypeError, match="rows"):
        await Local().imported(rows)


@pytest.mark.parametrize("kind", ["xml", "CSV", "jsonl", None, 7, ["csv"]])
def test_rows_are_read_of_formats_that_there_are(kind: Any) -> None:
    with pytest.raises(ValueError, match="json-lines, csv"):
        read_rows([], kind)


@pytest.mark.parametrize("text", ["username\nada\n", b"username\nada\n", bytearray(b"username\nada\n")])
@in_a_loop
async def test_a_text_is_read_in_one_piece_as_well(text: Any) -> None:
    for chunks in (text, [text]):
        assert [row.data async for row in read_rows(chunks, "csv")] == [{"username": "ada", "attributes": {}}]


@pytest.mark.parametrize("chunks", [None, 7, [None], [7], [["username"]]])
@in_a_loop
async def test_what_is_no_text_is_a_mistake_in_the_code(chunks: Any) -> None:
    with pytest.raises(TypeError, match="text"):
        [row async for row in read_rows(chunks, "csv")]


def test_a_rate_of_nothing_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="more than nothing"):
        Paced(0)
