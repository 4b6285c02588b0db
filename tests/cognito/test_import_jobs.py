"""Imports by the pool itself: what the file says, and that it arrives, or not, without being read along."""

import asyncio
import csv
import io
import logging
import traceback
import weakref
from collections.abc import AsyncIterator, Iterator
from typing import Any, Final

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapi_cognito_auth import CognitoAuth
from fastapi_cognito_auth.cognito import import_file
from fastapi_cognito_auth.cognito.client import CognitoClient
from fastapi_cognito_auth.cognito.import_file import write_file
from fastapi_cognito_auth.cognito.import_schema import DescribedPool, ImportSchema
from fastapi_cognito_auth.cognito.import_upload import ImportUpload
from fastapi_cognito_auth.cognito.records import UserImportJob
from fastapi_cognito_auth.cognito.user_import_jobs import UserImportJobs
from fastapi_cognito_auth.cognito.user_rows import read_rows
from fastapi_cognito_auth.exceptions import (
    ImportUploadError,
    InvalidImportRowsError,
    PreconditionNotMetError,
    ResourceNotFoundError,
    UserPoolUnavailableError,
)
from fastapi_cognito_auth.local.import_file import lines_of
from tests.cognito.conftest import MakeClient
from tests.cognito.test_user_transfer import Local, Time, paced
from tests.cognito.upstream import Reply, Upstream, break_off, error, hang_up, reply, reset, stall
from tests.support import in_a_loop

ROLE = "arn:aws:iam::123456789012:role/logs"
COLUMNS: Final = [
    *("name", "email", "email_verified", "birthdate", "phone_number", "phone_number_verified"),
    *("custom:tenant", "custom:rank", "password_hash", "cognito:mfa_enabled", "cognito:username"),
]
SECRET = "Hush-hush-1"


POOL: Final[dict[str, Any]] = {
    "SchemaAttributes": [
        {"Name": "sub", "AttributeDataType": "String", "Required": True},
        {"Name": "email", "AttributeDataType": "String", "Required": False},
        {"Name": "email_verified", "AttributeDataType": "Boolean"},
        {"Name": "phone_number_verified", "AttributeDataType": "Boolean"},
        {
            "Name": "birthdate",
            "AttributeDataType": "String",
            "StringAttributeConstraints": {"MinLength": "10", "MaxLength": "10"},
        },
        {
            "Name": "custom:tenant",
            "AttributeDataType": "String",
            "StringAttributeConstraints": {"MinLength": "2", "MaxLength": "20"},
        },
        {
            "Name": "custom:rank",
            "AttributeDataType": "Number",
            "NumberAttributeConstraints": {"MinValue": "1", "MaxValue": "9.5"},
        },
    ],
    "AutoVerifiedAttributes": ["email", "phone_number"],
    "MfaConfiguration": "OPTIONAL",
}


def schema(columns: list[str] = COLUMNS, **pool: Any) -> ImportSchema:
    return ImportSchema(columns, DescribedPool.model_validate(POOL | pool))


def row(username: str = "ada", **attributes: str) -> dict[str, Any]:
    held = {"email": f"{username}@example.com", "email_verified": "true"} | attributes
    return {"username": username, "attributes": held}


async def written(*rows: Any, columns: list[str] = COLUMNS) -> bytes:
    file = io.BytesIO()
    told = await write_file(file, schema(columns), rows)
    assert told == (len(rows), len(file.getvalue()))
    return file.getvalue()


def told(**members: Any) -> Reply:
    """Answer with a job."""
    described = {"JobId": "import-1", "JobName": "People", "Status": "Created"}
    return reply({"UserImportJob": described | members})


# What the file says.


@in_a_loop
async def test_a_user_is_a_line() -> None:
    rows = [
        row(name="Lovelace, Ada", birthdate="1815-12-10", **{"custom:tenant": 'the "first", ö'}),
        row("grace", email_verified="TRUE", birthdate="12/09/1906", **{"cognito:mfa_enabled": "False"}),
        {
            "username": "tel",
            "enabled": True,
            "attributes": {"phone_number": "+1555", "phone_number_verified": "true", "custom:rank": "9.5"},
        },
    ]
    assert (await written(*rows)).decode().split("\n") == [
        ",".join(COLUMNS),
        'Lovelace\\, Ada,ada@example.com,true,12/10/1815,,,the "first"\\, ö,,,,ada',
        ",grace@example.com,true,12/09/1906,,,,,,false,grace",
        ",,,,+1555,true,,9.5,,,tel",
        "",
    ]


TEXT = st.text(
    st.one_of(
        st.sampled_from("\"',;\\\r\n\t =\u2028\x85"), st.characters(codec="utf-8", exclude_characters="\0")
    ),
    max_size=20,
)


@given(values=st.lists(TEXT, min_size=1, max_size=4))
@in_a_loop
async def test_what_is_written_is_read_as_it_was(values: list[str]) -> None:
    rows = [row(f"user{at}", name=value) for at, value in enumerate(values)]
    refused: set[int] = set()
    try:
        await written(*rows)
    except InvalidImportRowsError as exc:
        refused = {number for number, _ in exc.rows}
    kept = [each for at, each in enumerate(rows, 1) if at not in refused]
    expected = [each["attributes"]["name"] for each in kept]
    content = await written(*kept, row("last", name="Last"))
    lines = lines_of(content, COLUMNS)
    assert next(lines).cells == COLUMNS
    assert [line.cells[0] for line in lines] == [*expected, "Last"]
    # Python's own reader, told of the same rules.
    text = io.StringIO(content.decode(), newline="\n")
    read = csv.reader(text, quoting=csv.QUOTE_NONE, escapechar="\\", strict=True)
    assert [cells[0] for cells in read][1:] == [*expected, "Last"]


@given(value=TEXT)
@in_a_loop
async def test_only_what_the_form_cannot_say_is_refused(value: str) -> None:
    plain = value.splitlines() == [value] and value.strip() == value and "\\" not in value
    try:
        await written(row(name=value))
    except InvalidImportRowsError:
        assert not plain or value.startswith('"') or value[0] < " " or value[-1] < " "
    else:
        assert plain or value == ""


@in_a_loop
async def test_what_is_written_the_pool_has() -> None:
    values = ["Lovelace, Ada", 'the "first"', "a,,b,", "=1+1", "'", "ö☃", '{"formatted": "1, Main St"}', "-"]
    local = Local()
    rows = [row(f"user{at}", name=value, birthdate="1815-12-10") for at, value in enumerate(values)]
    job = await local.pool.users.import_jobs.run("People", rows, role_arn=ROLE)
    assert (job.status, job.imported, job.rows) == ("Succeeded", len(values), len(values))
    held = [(await local.pool.users.get(f"user{at}")) for at in range(len(values))]
    assert [user.attributes["name"] for user in held] == values
    assert {(user.status, user.attributes["birthdate"]) for user in held} == {
        ("RESET_REQUIRED", "1815-12-10")
    }


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        (row(name=f"{SECRET}\n"), "name: a line end"),
        (row(name=f"{SECRET}\u2028x"), "name: a line end"),
        (row(name=f" {SECRET}"), "name: blanks"),
        (row(name=f"{SECRET}\x1f"), "name: blanks"),
        (row(name=f"{SECRET}\\"), "name: a backslash"),
        (row(name=f'"{SECRET}"'), "name: a quotation mark"),
        (row(name=f"{SECRET}\0"), "NUL"),
        (row(name=f"{SECRET}\ud800"), "half a character"),
        (row(email_verified=SECRET), "email_verified: it is true or false"),
        (row(email=SECRET), "email: an e-mail address has the form"),
        (row(phone_number=SECRET), "phone_number: a phone number is + and digits"),
        (row(**{"custom:rank": SECRET}), "custom:rank: it is a number"),
        (row(**{"custom:rank": "0"}), "custom:rank: it is at least 1"),
        (row(**{"custom:rank": "10"}), "custom:rank: it is at most 9.5"),
        (row(**{"custom:tenant": "x"}), "custom:tenant: it has at least 2 characters"),
        (row(**{"custom:tenant": SECRET * 2}), "custom:tenant: it has at most 20 characters"),
        (row(email_verified="false"), "neither email_verified"),
        (row(email_verified=""), "neither email_verified"),
        (row(email=""), "there is no email"),
        (row(email="", phone_number_verified="true"), "there is no email"),
        (row(phone_number_verified="true"), "there is no phone_number"),
        (row(birthdate=SECRET), "birthdate: it is a date"),
        (row(birthdate="1815-02-30"), "birthdate: it is a date"),
        (row(nickname=SECRET), "the pool has no attribute 'nickname'"),
        (row(password_hash=SECRET), "the pool has no attribute 'password_hash'"),
        (row(**{"cognito:mfa_enabled": SECRET}), "cognito:mfa_enabled: it is true or false"),
        (row(**{"cognito:username": SECRET}), "the pool has no attribute 'cognito:username'"),
        (row() | {"groups": ["editors"]}, "into groups"),
        (row() | {"temporary_password": SECRET}, "sets no passwords"),
        (row() | {"enabled": False}, "disables nobody"),
        (row() | {"status": "EXTERNAL_PROVIDER"}, "identity providers"),
        (7, "no mapping"),
        (row("a b"), "username"),
        (row("a\\b", email="a@b.c"), "cognito:username: a backslash"),
        ({"user": SECRET}, "username"),
        (row(name=SECRET * 200), "name"),
    ],
)
@in_a_loop
async def test_a_row_that_is_not_fit_is_named_without_its_values(wrong: Any, fault: str) -> None:
    with pytest.raises(InvalidImportRowsError) as caught:
        await written(row("first"), wrong, row("last"))
    ((number, why),) = caught.value.rows
    assert (number, fault in why) == (2, True)
    assert SECRET not in repr(caught.value) + why


@pytest.mark.parametrize(
    ("pool", "wrong", "fault"),
    [
        ({"AutoVerifiedAttributes": ["phone_number"]}, row(), "phone_number_verified is not true"),
        ({"MfaConfiguration": "ON"}, row(**{"cognito:mfa_enabled": "false"}), "demands otherwise"),
        ({"MfaConfiguration": "OFF"}, row(**{"cognito:mfa_enabled": "TRUE"}), "demands otherwise"),
        (
            {"SchemaAttributes": [{"Name": "name", "Required": True}, {"Name": "email", "Required": True}]},
            row(),
            "the pool demands name",
        ),
    ],
    ids=["addresses", "second factors", "no second factors", "required"],
)
@in_a_loop
async def test_what_the_pool_demands_is_known_before(pool: Any, wrong: Any, fault: str) -> None:
    with pytest.raises(InvalidImportRowsError) as caught:
        await write_file(io.BytesIO(), schema(**pool), [wrong])
    assert fault in caught.value.rows[0][1]


@in_a_loop
async def test_no_job_is_made_for_a_pool_that_verifies_nothing(
    client: CognitoClient, upstream: Upstream
) -> None:
    uploads = Uploads(client, upstream)
    upstream.plan("DescribeUserPool", reply({"UserPool": {"Id": "x"}}))
    with pytest.raises(PreconditionNotMetError, match="verifies neither"):
        await uploads.create()
    assert "CreateUserImportJob" not in upstream.operations


@in_a_loop
async def test_a_row_has_sixteen_thousand_characters_at_most() -> None:
    columns = ["cognito:username", "email", "email_verified", *(f"custom:a{at}" for at in range(10))]
    long = row(**{f"custom:a{at}": "x" * 1500 for at in range(10)})
    await written(long, columns=columns)
    long["attributes"]["custom:a0"] = "\N{GRINNING FACE}" * 1500
    with pytest.raises(InvalidImportRowsError) as caught:
        await written(long, columns=columns)
    assert caught.value.rows == [(1, "the row has more than 16,000 characters")]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT | st.binary(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)


@given(
    hostile=ANYTHING
    | st.fixed_dictionaries(
        {"username": TEXT | ANYTHING},
        optional={
            "attributes": st.dictionaries(st.sampled_from(COLUMNS) | TEXT, TEXT | ANYTHING, max_size=4),
            "groups": ANYTHING,
            "enabled": ANYTHING,
            "status": ANYTHING,
        },
    )
)
@in_a_loop
async def test_no_row_whatever_is_a_fault_of_ours_or_another_user(hostile: Any) -> None:
    refused: list[tuple[int, str]] = []
    content = await written(row("first"), row("last"))
    try:
        content = await written(row("first"), hostile, row("last"))
    except InvalidImportRowsError as exc:
        refused = exc.rows
    assert [number for number, _ in refused] in ([], [2])
    lines = [line.cells for line in lines_of(content, COLUMNS)]
    assert {len(cells) for cells in lines} == {len(COLUMNS)}
    assert (len(lines), lines[1][-1], lines[-1][-1]) == (4 - len(refused), "first", "last")


@in_a_loop
async def test_a_flag_that_the_pool_does_not_describe_stays_in_its_cell() -> None:
    pool = schema(SchemaAttributes=[each for each in POOL["SchemaAttributes"] if each["Name"] == "email"])
    flags = {"email_verified": "true", "phone_number_verified": "false,mallory@example.com\ntrue"}
    with pytest.raises(InvalidImportRowsError) as caught:
        await write_file(io.BytesIO(), pool, [row(**flags)])
    assert caught.value.rows == [(1, "phone_number_verified: it is true or false")]


@in_a_loop
async def test_every_bad_row_is_named_and_the_answer_names_ten() -> None:
    rows = [row(f"user{at}", name="\\" if at % 2 else "fine") for at in range(40)]
    with pytest.raises(InvalidImportRowsError) as caught:
        await written(*rows)
    assert [number for number, _ in caught.value.rows] == list(range(2, 41, 2))
    detail = caught.value.detail
    assert ([each["loc"] for each in detail["errors"]][-1], detail["more_errors"]) == (["rows", 20], 10)


@in_a_loop
async def test_faults_without_end_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_file, "_MOST_FAULTS", 3)
    with pytest.raises(InvalidImportRowsError) as caught:
        await written(*[row(name="\\")] * 8)
    assert (len(caught.value.rows), caught.value.more_rows) == (3, 5)
    assert caught.value.detail["more_errors"] == 5


@in_a_loop
async def test_rows_are_named_by_their_places_in_the_text() -> None:
    content = b'{"username": "a", "attributes": {"email": "a@b.c", "email_verified": "true"}}\n\nnot JSON\n'
    with pytest.raises(InvalidImportRowsError) as caught:
        await write_file(io.BytesIO(), schema(), read_rows([content], "json-lines"))
    assert caught.value.rows == [(3, "the row is not JSON")]


@pytest.mark.parametrize(
    ("limit", "most", "message"),
    [
        ("MOST_ROWS", 2, "500,000 users at most"),
        ("LARGEST_FILE", 150, "100 MB at most"),
    ],
)
@in_a_loop
async def test_a_file_that_no_job_takes_is_not_read_to_its_end(
    monkeypatch: pytest.MonkeyPatch, limit: str, most: int, message: str
) -> None:
    monkeypatch.setattr(import_file, limit, most)
    given_out = 0

    def rows() -> Iterator[dict[str, Any]]:
        nonlocal given_out
        for given_out in range(1, 100):
            yield row(f"user{given_out}")

    with pytest.raises(InvalidImportRowsError, match=message):
        await write_file(io.BytesIO(), schema(), rows())
    assert given_out <= 4


@in_a_loop
async def test_nobody_is_no_file() -> None:
    with pytest.raises(InvalidImportRowsError, match="nobody"):
        await written()


@in_a_loop
async def test_names_of_attributes_are_written_as_values_are() -> None:
    columns = ["cognito:username", "email", "email_verified", "custom:a,b"]
    content = await written(row(**{"custom:a,b": "1,2"}), columns=columns)
    assert [line.cells[-1] for line in lines_of(content, columns)] == ["custom:a,b", "1,2"]
    with pytest.raises(InvalidImportRowsError, match="no file can hold"):
        await written(row(), columns=[*columns, "custom:\\"])


@in_a_loop
async def test_one_row_at_a_time_is_in_memory() -> None:
    class Row(dict[str, Any]):
        """One that can be looked at from afar."""

    alive: weakref.WeakSet[Any] = weakref.WeakSet()
    most = 0

    class Seen:
        """Gone when its row is."""

    def rows() -> Iterator[Row]:
        nonlocal most
        for at in range(500):
            each = Row(row(f"user{at}"))
            each.seen = Seen()  # type: ignore[attr-defined]
            alive.add(each.seen)  # type: ignore[attr-defined]
            most = max(most, len(alive))
            yield each

    await write_file(io.BytesIO(), schema(), rows())
    assert most <= 3


@in_a_loop
async def test_others_have_their_turn_while_rows_are_read() -> None:
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(other())
    await write_file(io.BytesIO(), schema(), (row(f"user{at}") for at in range(1000)))
    task.cancel()
    assert turns >= 5


# Jobs.


@in_a_loop
async def test_a_job_is_created_started_and_looked_at_by_its_id() -> None:
    local = Local()
    jobs = local.pool.users.import_jobs
    created = await jobs.create("People", [row(), row("grace")], role_arn=ROLE)
    assert (created.status, created.name, created.rows, created.over) == ("Created", "People", 2, False)
    other = CognitoAuth.local(local.local).pool.users.import_jobs  # as after a restart
    assert (await other.get(created.job_id)).status == "Created"
    assert (await other.start(created.job_id)).over
    ended = await other.wait(created.job_id)
    assert (ended.status, ended.imported, ended.done) == ("Succeeded", 2, 2)
    assert ended.completion_message == "Import Job Completed Successfully."
    assert [job.job_id async for job in other.list()] == [created.job_id]
    assert (await other.page(limit=1)).items == [ended]
    with pytest.raises(PreconditionNotMetError):
        await other.stop(created.job_id)
    with pytest.raises(ResourceNotFoundError):
        await other.get("import-0")


@in_a_loop
async def test_who_was_there_is_skipped_and_stays_as_she_is() -> None:
    local = Local()
    await local.pool.users.create("ada", invite=False, email="first@example.com")
    rows = [row(), row("grace"), row("joan")]
    job = await local.pool.users.import_jobs.run("People", rows, role_arn=ROLE)
    assert (job.imported, job.skipped, job.failed) == (2, 1, 0)
    assert (await local.pool.users.get("ada")).email == "first@example.com"


@in_a_loop
async def test_nothing_has_happened_where_a_row_is_not_fit() -> None:
    local = Local()
    with pytest.raises(InvalidImportRowsError):
        await local.pool.users.import_jobs.run("People", [row(), row(name="\\")], role_arn=ROLE)
    assert [name for name, _ in local.asked] == ["GetCSVHeader", "DescribeUserPool"]


@in_a_loop
async def test_another_file_takes_the_place_of_the_first() -> None:
    local = Local()
    jobs = local.pool.users.import_jobs
    job = await jobs.create("People", [row()], role_arn=ROLE)
    assert (await jobs.upload(job.job_id, [row("grace"), row("joan")])).rows == 2
    assert (await jobs.start(job.job_id)).imported == 2
    with pytest.raises(PreconditionNotMetError, match="has begun"):
        await jobs.upload(job.job_id, [row()])
    assert [user.username async for user in local.pool.users.list()] == ["grace", "joan"]


@in_a_loop
async def test_a_job_that_nobody_started_has_no_end_to_wait_for() -> None:
    jobs = Local().pool.users.import_jobs
    job = await jobs.create("People", [row()], role_arn=ROLE)
    with pytest.raises(PreconditionNotMetError, match="not been started"):
        await jobs.wait(job.job_id)


@in_a_loop
async def test_a_job_of_yesterday_says_that_it_has_expired() -> None:
    time = Time()
    local = Local(clock=time)
    jobs = local.pool.users.import_jobs
    job = await jobs.create("People", [row()], role_arn=ROLE)
    time.now += 24 * 3600
    assert (await jobs.wait(job.job_id)).status == "Expired"
    with pytest.raises(PreconditionNotMetError, match="Expired"):
        await jobs.start(job.job_id)
    with pytest.raises(PreconditionNotMetError, match="has expired"):
        await jobs.upload(job.job_id, [row()])


@in_a_loop
async def test_a_file_that_comes_too_late_does_not_arrive() -> None:
    time = Time()
    jobs = Local(clock=time).pool.users.import_jobs
    job = await jobs.create("People", [row()], role_arn=ROLE)
    time.now += 15 * 60
    with pytest.raises(ImportUploadError, match="the answer was 403") as caught:
        await jobs.upload(job.job_id, [row("grace")])
    assert caught.value.job_id == job.job_id


@in_a_loop
async def test_rows_may_come_while_they_are_made() -> None:
    async def rows() -> AsyncIterator[dict[str, Any]]:
        for at in range(3):
            yield row(f"user{at}")

    job = await Local().pool.users.import_jobs.run("People", rows(), role_arn=ROLE)
    assert job.imported == 3


# Uploads, to a server that does as it likes.


class Uploads:
    """Jobs at a server; its state is how long was waited."""

    def __init__(self, client: CognitoClient, upstream: Upstream, **options: Any) -> None:
        self.waits: list[float] = []

        async def sleep(seconds: float) -> None:
            self.waits.append(seconds)

        self.jobs = UserImportJobs(client, ImportUpload(sleep=sleep, **options))
        self.upstream = upstream
        upstream.plan("GetCSVHeader", reply({"CSVHeader": COLUMNS}))
        upstream.plan("DescribeUserPool", reply({"UserPool": POOL}))
        self.path = f"/bucket/import-1?Token=a%2Fb%2B%3D&SignedHeaders=host%3Bx-amz&Signature={SECRET}"
        self.address(f"{upstream.url}{self.path}")

    def address(self, address: Any) -> None:
        self.upstream.plan("CreateUserImportJob", told(PreSignedUrl=address))

    async def create(self) -> UserImportJob:
        return await self.jobs.create("People", [row(name="Lovelace, Ada")], role_arn=ROLE)

    async def fails(self) -> ImportUploadError:
        with pytest.raises(ImportUploadError) as caught:
            await self.create()
        assert caught.value.job_id == "import-1"
        assert "StartUserImportJob" not in self.upstream.operations
        return caught.value


@pytest.fixture
def uploads(client: CognitoClient, upstream: Upstream) -> Uploads:
    return Uploads(client, upstream)


@in_a_loop
async def test_a_file_arrives_as_its_address_was_signed_for(uploads: Uploads) -> None:
    uploads.upstream.plan("PUT", reply(b""))
    job = await uploads.create()
    (call,) = (call for call in uploads.upstream.calls if call.operation == "PUT")
    assert call.params["path"] == uploads.path
    assert call.params["body"] == await written(row(name="Lovelace, Ada"))
    assert call.headers["x-amz-server-side-encryption"] == "aws:kms"
    assert call.headers["content-length"] == str(len(call.params["body"]))
    assert not {"transfer-encoding", "content-type", "authorization"} & call.headers.keys()
    assert SECRET not in repr(job)


@pytest.mark.parametrize(
    "broken",
    [reply(b"", 500), reply(b"", 503), reply(b"", 429), hang_up, reset],
    ids=["500", "503", "429", "hung up", "reset"],
)
@in_a_loop
async def test_what_may_pass_is_tried_three_times(uploads: Uploads, broken: Reply) -> None:
    uploads.upstream.plan("PUT", broken, broken, reply(b""))
    assert (await uploads.create()).status == "Created"
    bodies = [call.params["body"] for call in uploads.upstream.calls if call.operation == "PUT"]
    assert bodies == [await written(row(name="Lovelace, Ada"))] * 3
    assert uploads.waits == [2.0, 4.0]
    uploads.upstream.plan("PUT", broken)
    await uploads.fails()
    assert uploads.upstream.operations.count("PUT") == 6


@pytest.mark.parametrize("status", [201, 204, 301, 307, 400, 403, 411])
@in_a_loop
async def test_a_refusal_is_the_end_and_nobody_is_followed_elsewhere(uploads: Uploads, status: int) -> None:
    elsewhere = {"Location": f"{uploads.upstream.url}/elsewhere"}
    uploads.upstream.plan("PUT", reply(b"", status, elsewhere))
    failed = await uploads.fails()
    assert f"the answer was {status}" in str(failed)
    assert uploads.upstream.operations.count("PUT") == 1


@in_a_loop
async def test_a_server_that_says_nothing_is_left_in_time(client: CognitoClient, upstream: Upstream) -> None:
    uploads = Uploads(client, upstream, timeout=0.2)

    def silent(connection: Any) -> None:
        connection.settimeout(5)
        connection.recv(1)

    upstream.plan("PUT", silent)
    assert "it took too long" in str(await uploads.fails())


@in_a_loop
async def test_what_follows_an_answer_is_not_waited_for(uploads: Uploads) -> None:
    uploads.upstream.plan("PUT", stall)
    assert (await uploads.create()).status == "Created"


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "bucket",
        "ftp://bucket.example/x",
        "https:///x",
        "http://[",
        "http://bucket.example:port/x",
        f"http://bucket.example/x?{SECRET}",
        f"http://localhost.example/x?{SECRET}",
        f"https://bucket.example/x?{SECRET}\n",
        f" https://bucket.example/x?{SECRET}",
        f"https://bücket.example/x?{SECRET}",
        f"https://somebody:{SECRET}@bucket.example/x",
    ],
    ids=[
        *("none", "empty", "word", "ftp", "no host", "bracket", "port", "no TLS", "no loopback"),
        *("line end", "blank", "no ASCII", "userinfo"),
    ],
)
@in_a_loop
async def test_no_file_goes_where_somebody_could_read_it(uploads: Uploads, address: Any) -> None:
    uploads.address(address)
    failed = await uploads.fails()
    assert "its address" in str(failed)
    assert SECRET not in str(failed)


@in_a_loop
async def test_no_file_goes_to_a_server_that_cannot_prove_its_name(uploads: Uploads) -> None:
    uploads.address(f"https{uploads.upstream.url.removeprefix('http')}/x?{SECRET}")
    assert "ConnectError" in str(await uploads.fails())


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("ALL_PROXY", "socks5://user:hush@127.0.0.1:1", "ALL_PROXY names a SOCKS proxy"),
        ("AWS_CA_BUNDLE", "/nowhere", "AWS_CA_BUNDLE names no certificates"),
    ],
    ids=["proxy", "certificates"],
)
@in_a_loop
async def test_what_the_environment_lacks_is_told(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, why: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ImportUploadError, match=why) as caught:
        await ImportUpload().put("https://127.0.0.1:1/x", io.BytesIO(), 0, job_id="import-1", endpoint=None)
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("scheme", ["http", "HTTP"])
@in_a_loop
async def test_no_proxy_sees_a_file_that_goes_without_tls(
    uploads: Uploads, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    for name in ("http_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    upload = ImportUpload()
    uploads.upstream.plan("PUT", reply(b""))
    address = f"{scheme}{uploads.upstream.url.removeprefix('http')}{uploads.path}"
    await upload.put(address, io.BytesIO(b"x"), 1, job_id="import-1", endpoint=None)
    assert uploads.upstream.operations == ["PUT"]


@pytest.mark.parametrize(
    ("address", "goes"),
    [("http://cognito:9229/x", True), ("http://cognito/x", False), ("http://else:9229/x", False)],
)
def test_without_tls_a_file_goes_where_calls_go(address: str, goes: bool) -> None:
    assert (ImportUpload()._fault(address, "http://cognito:9229") is None) is goes


@in_a_loop
async def test_the_address_of_a_file_is_in_no_log(uploads: Uploads, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    uploads.upstream.plan("PUT", reply(b""))
    await uploads.create()
    assert SECRET not in caplog.text
    assert "/bucket/" not in caplog.text


@pytest.mark.parametrize("broken", [reply(b"", 403), hang_up], ids=["refused", "hung up"])
@in_a_loop
async def test_the_address_of_a_file_is_in_no_error(
    uploads: Uploads, broken: Reply, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    uploads.upstream.plan("PUT", broken)
    failed = await uploads.fails()
    assert (failed.__cause__, failed.__context__) == (None, None)
    assert "uploading the file of import-1 failed" in caplog.text
    seen = "".join(traceback.format_exception(failed)) + repr(failed) + caplog.text
    assert SECRET not in seen
    assert "/bucket/" not in seen


@in_a_loop
async def test_what_others_ask_meanwhile_is_logged_as_ever(
    uploads: Uploads, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "httpx2")
    uploads.upstream.plan("PUT", reply(b""))
    await uploads.create()
    uploads.upstream.plan("/oauth2/token", reply({}))
    async with httpx2.AsyncClient() as other:
        await other.post(f"{uploads.upstream.url}/oauth2/token")
    assert "/oauth2/token" in caplog.text


@in_a_loop
async def test_a_file_is_sent_piece_by_piece(client: CognitoClient, upstream: Upstream) -> None:
    sizes: list[int] = []

    class Taker(httpx2.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            assert isinstance(request.stream, httpx2.AsyncByteStream)
            sizes.extend([len(chunk) async for chunk in request.stream])
            return httpx2.Response(200)

    uploads = Uploads(client, upstream, transport=Taker)
    rows = (row(f"user{at}", name="x" * 1500) for at in range(200))
    await uploads.jobs.create("People", rows, role_arn=ROLE)
    assert sum(sizes) > 300_000
    assert max(sizes) <= 65_536


@in_a_loop
async def test_a_header_without_usernames_is_none(uploads: Uploads) -> None:
    uploads.upstream.plan("GetCSVHeader", reply({"CSVHeader": ["email"]}))
    with pytest.raises(UserPoolUnavailableError):
        await uploads.create()


# Waiting.


@in_a_loop
async def test_the_end_of_a_job_is_waited_for_with_progress(uploads: Uploads) -> None:
    upstream, time, progress = uploads.upstream, Time(), list[UserImportJob]()
    upstream.plan("PUT", reply(b""))
    upstream.plan("StartUserImportJob", told(Status="Pending"))
    upstream.plan(
        "DescribeUserImportJob",
        told(Status="Pending"),
        *[error("TooManyRequestsException")] * 3,
        told(Status="InProgress", ImportedUsers=3, FailedUsers=1),
        told(
            Status="Failed",
            ImportedUsers=3,
            SkippedUsers=1,
            FailedUsers=6,
            CompletionMessage="Too many users.",
        ),
    )
    rows = [row(f"user{at}") for at in range(10)]
    job = await uploads.jobs.run(
        "People", rows, role_arn=ROLE, paced=paced(time, 0.5), on_progress=progress.append
    )
    assert (job.status, job.completion_message, job.done) == ("Failed", "Too many users.", 10)
    assert [each.status for each in progress] == ["Created", "Pending", "Pending", "InProgress", "Failed"]
    assert [each.done for each in progress] == [0, 0, 0, 4, 10]
    assert {each.rows for each in progress} == {10}
    assert time.now >= 4


@in_a_loop
async def test_a_job_that_was_stopped_is_over(uploads: Uploads) -> None:
    uploads.upstream.plan("StopUserImportJob", told(Status="Stopping"))
    uploads.upstream.plan("DescribeUserImportJob", told(Status="Stopping"), told(Status="Stopped"))
    assert (await uploads.jobs.stop("import-1")).over is False
    assert (await uploads.jobs.wait("import-1", paced=paced())).status == "Stopped"


@in_a_loop
async def test_a_job_that_cannot_be_started_is_not_waited_for(uploads: Uploads) -> None:
    uploads.upstream.plan("PUT", reply(b""))
    uploads.upstream.plan("StartUserImportJob", error("PreconditionNotMetException", "One at a time."))
    with pytest.raises(PreconditionNotMetError, match="One at a time"):
        await uploads.jobs.run("People", [row()], role_arn=ROLE)
    assert "DescribeUserImportJob" not in uploads.upstream.operations


UNHEARD = pytest.mark.parametrize(
    "answer",
    [break_off, error("InternalErrorException", status=500), reply(b"<html>", 502)],
    ids=["broken off", "fault", "gateway"],
)


@UNHEARD
@in_a_loop
async def test_a_job_that_began_though_nobody_heard_of_it_is_waited_for(
    uploads: Uploads, answer: Reply
) -> None:
    upstream = uploads.upstream
    upstream.plan("PUT", reply(b""))
    upstream.plan("StartUserImportJob", answer)
    upstream.plan("DescribeUserImportJob", told(Status="InProgress"), told(Status="Succeeded"))
    job = await uploads.jobs.run("People", [row()], role_arn=ROLE, paced=paced())
    assert (job.status, job.rows) == ("Succeeded", 1)
    assert upstream.operations.count("StartUserImportJob") == 1


@UNHEARD
@in_a_loop
async def test_a_job_that_did_not_begin_is_no_job_that_did(uploads: Uploads, answer: Reply) -> None:
    uploads.upstream.plan("StartUserImportJob", answer)
    uploads.upstream.plan("DescribeUserImportJob", told())
    with pytest.raises(UserPoolUnavailableError):
        await uploads.jobs.start("import-1")


@in_a_loop
async def test_a_start_that_nobody_can_have_heard_is_not_asked_about(make_client: MakeClient) -> None:
    nobody = make_client(endpoint_url="http://127.0.0.1:9")
    with pytest.raises(UserPoolUnavailableError) as caught:
        await UserImportJobs(nobody, ImportUpload()).start("import-1")
    assert caught.value.may_have_happened is False
