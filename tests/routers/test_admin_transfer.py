"""Exports are sent while they are read, and imports go on when they were answered."""

import asyncio
import csv
import io
import json
import logging
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any, Self

import pytest
from fastapi.testclient import TestClient

from fastapi_cognito_auth.cognito.row_text import RawRow
from fastapi_cognito_auth.local import LocalUser, ServiceError
from fastapi_cognito_auth.revocation.ending import Ending
from fastapi_cognito_auth.routers.admin_changes import Actor, Changes
from fastapi_cognito_auth.routers.admin_events import AdminEvent
from fastapi_cognito_auth.routers.admin_import_jobs import MOST_JOBS, MOST_REPORTS, ImportJobs
from fastapi_cognito_auth.routers.admin_superiors import Superiors
from tests.routers.admin_kit import ADA, BOB, JOB, OTHER_ADMIN, ROOT, AdminApp
from tests.routers.kit import PASSWORD, code_of
from tests.support import Clock, in_a_loop

CROWD = [
    LocalUser(f"user{at}", password=PASSWORD, attributes={"email": f"u{at}@example.com"}) for at in range(130)
]


class Running(AdminApp):
    """An app with an event loop that goes on between requests."""

    def __enter__(self) -> Self:
        self.http = TestClient(self.app).__enter__()
        self.root = self.token()
        return self

    def __exit__(self, *error: object) -> None:
        self.http.__exit__(*error)

    def get(self, path: str) -> Any:
        return self.ask(self.root, "GET", path)

    def start(
        self, text: str | bytes, query: str = "invite=false", kind: str | None = "application/x-ndjson"
    ) -> Any:
        headers = {"Authorization": f"Bearer {self.root}"} | ({} if kind is None else {"Content-Type": kind})
        return self.http.post(f"/admin/user-imports?{query}", content=text, headers=headers)

    def finished(self, job: dict[str, Any]) -> dict[str, Any]:
        give_up = time.monotonic() + 20
        while job["state"] == "running":
            assert time.monotonic() < give_up
            job = self.get(f"/user-imports/{job['job_id']}").json()
        return job

    def imported(
        self, text: str | bytes, query: str = "invite=false", kind: str = "application/x-ndjson"
    ) -> dict[str, Any]:
        answer = self.start(text, query, kind)
        assert answer.status_code == 202, answer.text
        return self.finished(answer.json())


@pytest.fixture(scope="module")
def crowd() -> Iterator[Running]:
    with Running([ROOT, *CROWD]) as app:
        yield app


@pytest.fixture
def app() -> Iterator[Running]:
    with Running([ROOT, ADA, BOB]) as app:
        yield app


def lines(*rows: Any) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def told_of(caplog: pytest.LogCaptureFixture, *fields: str) -> list[tuple[Any, ...]]:
    return [
        tuple(getattr(record, name) for name in fields)
        for record in caplog.records
        if record.name == "fastapi_cognito_auth.admin"
    ]


# Export.


def test_all_users_are_sent_and_the_last_line_says_so(crowd: Running) -> None:
    answer = crowd.get("/user-export")
    assert answer.headers["Content-Type"] == "application/x-ndjson"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="users.jsonl"'
    assert (answer.headers["Cache-Control"], answer.headers["X-Content-Type-Options"]) == (
        "no-store",
        "nosniff",
    )
    rows = [json.loads(line) for line in answer.text.splitlines()]
    assert {row["username"] for row in rows if "username" in row} == {
        "root",
        *(one.username for one in CROWD),
    }
    assert rows[-1] == {"next": None}


def test_an_export_goes_on_where_it_was_cut_short(crowd: Running) -> None:
    whole = crowd.get("/user-export").text.splitlines()
    cursors = [json.loads(line)["next"] for line in whole if line.startswith('{"next"')]
    assert len(cursors) == 3
    at = whole.index(json.dumps({"next": cursors[0]}))
    rest = crowd.get(f"/user-export?next={cursors[0]}").text.splitlines()
    users = [line for line in whole[: at + 1] + rest if "username" in line]
    assert users == [line for line in whole if "username" in line]


@pytest.mark.parametrize(("began", "goes_on"), [("true", "false"), ("false", "true")])
def test_an_export_goes_on_with_what_it_was_asked_for_alone(crowd: Running, began: str, goes_on: str) -> None:
    text = crowd.get(f"/user-export?groups={began}").text
    cursor = next(json.loads(line)["next"] for line in text.splitlines() if line.startswith('{"next"'))
    assert code_of(crowd.get(f"/user-export?groups={goes_on}&next={cursor}")) == (400, "invalid_page")
    rest = crowd.get(f"/user-export?groups={began}&next={cursor}").text
    assert ('"groups"' in rest) is (began == "true")


def test_the_next_of_an_export_is_sealed_and_good_for_no_list(crowd: Running) -> None:
    cursor = next(
        json.loads(line)["next"]
        for line in crowd.get("/user-export").text.splitlines()
        if line.startswith('{"next"')
    )
    assert code_of(crowd.get(f"/users?next={cursor}")) == (400, "invalid_page")
    listed = crowd.get("/users?limit=60").json()["next"]
    assert code_of(crowd.get(f"/user-export?next={listed}")) == (400, "invalid_page")


def test_a_csv_has_the_columns_that_are_asked_for_or_all(crowd: Running) -> None:
    answer = crowd.get("/user-export?format=csv&attribute=email&attribute=name")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(answer.text, newline="")))
    assert rows[0] == ["username", "enabled", "status", "created_at", "modified_at", "email", "name"]
    assert len(rows) == 132
    everything = next(csv.reader(io.StringIO(crowd.get("/user-export?format=csv").text, newline="")))
    assert {"sub", "email", "phone_number", "address"} <= set(everything)


@pytest.mark.parametrize(
    "query",
    [
        *("format=xml", "format=csv&next=abc", "format=csv&attribute=a%20b", "next=a.b"),
        *("format=csv&attribute=nothing", "format=csv&attribute=email&attribute=email"),
        *("format=csv&attribute=username", "attribute=email"),
    ],
)
def test_an_export_that_cannot_be_is_refused(crowd: Running, query: str) -> None:
    assert code_of(crowd.get(f"/user-export?{query}")) == (422, "invalid_request")


def failing_from_the_second(app: AdminApp, times: int = 99) -> None:
    call, asked = app.pool.call, 0

    def failing(operation: str, params: dict[str, Any]) -> dict[str, Any]:
        nonlocal asked
        if operation == "ListUsers":
            asked += 1
            if asked > 1:
                raise ServiceError("AccessDeniedException", "not any more")
        return call(operation, params)

    app.pool.call = failing  # type: ignore[method-assign]


def test_an_export_that_fails_in_the_middle_says_so_in_its_last_line() -> None:
    with Running([ROOT, *CROWD]) as app:
        failing_from_the_second(app)
        rows = [json.loads(line) for line in app.get("/user-export").text.splitlines()]
    assert rows[-1]["error"]["code"] == "access_denied"
    assert {"next": None} not in rows


def test_a_csv_that_fails_in_the_middle_breaks_off() -> None:
    with Running([ROOT, *CROWD]) as app:
        failing_from_the_second(app)
        # The server closes the connection over it; older versions of Starlette wrap it.
        with pytest.raises((RuntimeError, ExceptionGroup)):
            app.get("/user-export?format=csv&attribute=email")


def test_an_export_that_fails_from_the_start_has_a_status() -> None:
    with Running([ROOT]) as app:
        call = app.pool.call

        def failing(operation: str, params: dict[str, Any]) -> dict[str, Any]:
            if operation == "ListUsers":
                raise ServiceError("AccessDeniedException", "no")
            return call(operation, params)

        app.pool.call = failing  # type: ignore[method-assign]
        assert code_of(app.get("/user-export")) == (503, "access_denied")


def test_who_takes_everybody_along_is_on_record(crowd: Running, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "fastapi_cognito_auth.admin"):
        crowd.get("/user-export")
    assert told_of(caplog, "action", "outcome") == [("export_users", "begun"), ("export_users", "ok")]


# Import.


def test_an_import_is_a_job_that_tells_how_far_it_has_come(app: Running) -> None:
    job = app.imported(
        lines(
            {"username": "grace", "attributes": {"email": "grace@example.com"}, "groups": ["editors"]},
            {"username": "ada", "attributes": {"name": "Else"}},
            {"username": "bob"},
            {"username": "bad", "attributes": {"nothing": "x"}},
        )
        + '{"username": "half'
    )
    assert (job["state"], job["code"], job["started_by"], job["rows"]) == ("finished", None, "root", 5)
    counts = [job[name] for name in ("created", "completed", "unchanged", "differs", "failed")]
    assert counts == [1, 0, 1, 1, 2]
    assert [(one["number"], one["username"], one["code"]) for one in job["reports"]] == [
        (2, "ada", None),
        (4, "bad", "invalid_parameter"),
        (5, None, "invalid_row"),
    ]
    assert app.get("/users/grace/groups").json()["items"][0]["name"] == "editors"
    (listed,) = app.get("/user-imports").json()["items"]
    assert "reports" not in listed
    assert listed["job_id"] == job["job_id"]


def test_what_was_exported_is_imported_as_it_is(app: Running) -> None:
    with Running([ROOT, *CROWD[:9]]) as source:
        texts = {kind: source.get(f"/user-export?format={kind}").content for kind in ("json-lines", "csv")}
    first = app.imported(texts["json-lines"])
    assert (first["created"], first["unchanged"]) == (9, 1)
    assert app.imported(texts["csv"], kind="text/csv; charset=utf-8")["unchanged"] == 10


@pytest.mark.parametrize("kind", ["json-lines", "csv"])
def test_groups_that_were_exported_are_joined_again_but_for_those_of_administrators(
    app: Running, kind: str
) -> None:
    text = app.get(f"/user-export?groups=true&format={kind}").content
    app.call("AdminRemoveUserFromGroup", Username="bob", GroupName="editors")
    job = app.imported(text, kind={"csv": "text/csv"}.get(kind, "application/jsonl"))
    assert (job["completed"], job["unchanged"]) == (1, 1)
    assert [(one["username"], one["code"]) for one in job["reports"]] == [("root", "refused_group")]
    assert [group["name"] for group in app.get("/users/bob/groups").json()["items"]] == ["editors"]


def test_nobody_is_told_unless_that_was_said(app: Running) -> None:
    row = lines({"username": "grace", "attributes": {"email": "grace@example.com"}})
    assert code_of(app.start(row, "")) == (422, "invalid_request")
    app.imported(row)
    assert not list(app.pool.outbox)
    app.imported(lines({"username": "joan", "attributes": {"email": "joan@example.com"}}), "invite=true")
    assert [message.username for message in app.pool.outbox] == ["joan"]


def test_no_row_makes_an_administrator(app: Running) -> None:
    rows = [{"username": "ada", "groups": ["admins"]}, {"username": "eve", "groups": ["editors", "auditors"]}]
    job = app.imported(lines(*rows))
    assert [one["code"] for one in job["reports"]] == ["refused_group", "refused_group"]
    assert app.get("/users/ada/groups").json()["items"] == []


def test_no_row_makes_an_administrator_of_the_pool() -> None:
    with Running(settings={"pool_admin_groups": ["editors"]}) as app:
        job = app.imported(lines({"username": "ada", "groups": ["editors"]}))
        assert [one["code"] for one in job["reports"]] == ["refused_group"]


def test_who_has_taken_the_name_of_a_row_for_an_alias_gets_nothing_of_it() -> None:
    """Users choose their preferred names themselves."""
    mallory = LocalUser("mallory", password=PASSWORD, attributes={"preferred_username": "newcomer"})
    with Running([ROOT, mallory], groups=["helpers"], alias_attributes=["preferred_username"]) as app:
        job = app.imported(lines({"username": "newcomer", "groups": ["helpers"]}))
        assert [(one["outcome"], one["names"]) for one in job["reports"]] == [("differs", ["username"])]
        assert app.get("/users/mallory/groups").json()["items"] == []


@pytest.mark.parametrize("row", [{"enabled": False}, {"groups": ["helpers"]}], ids=["disabled", "grouped"])
def test_no_row_changes_an_administrator(row: dict[str, Any]) -> None:
    """By no endpoint does one of users change one of the pool; and each row comes without a question."""
    new = LocalUser("new", temporary_password="Temporary-1!", groups=("owners",))
    with Running([ROOT, new], groups=["helpers"], settings={"pool_admin_groups": ["owners"]}) as app:
        job = app.imported(lines({"username": "new", **row}, {"username": "new"}))
        assert [(one["outcome"], one["code"]) for one in job["reports"]] == [("failed", "refused_group")]
        assert (job["failed"], job["unchanged"]) == (1, 1)
        user = app.get("/users/new").json()
        groups = app.get("/users/new/groups").json()["items"]
    assert (user["enabled"], [group["name"] for group in groups]) == (True, ["owners"])


@pytest.mark.parametrize("text", ["name\nx", "username,username\na,b", '"', "\xff"])
def test_a_csv_without_names_is_refused_at_once(app: Running, text: str) -> None:
    answer = app.start(text.encode("latin-1"), kind="text/csv")
    assert code_of(answer) == (422, "invalid_request")
    assert app.get("/user-imports").json() == {"items": []}


@pytest.mark.parametrize(
    ("kind", "text"), [("text/csv", ""), ("text/csv", "username,email\n"), ("application/jsonl", "\n")]
)
def test_a_text_without_a_row_is_refused(app: Running, kind: str, text: str) -> None:
    answer = app.start(text, kind=kind)
    assert code_of(answer) == (422, "invalid_request")
    assert answer.json()["detail"]["errors"][0]["message"] == "There is no row."
    assert app.get("/user-imports").json() == {"items": []}


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("text/csv", "username\ngrace\n"),
        ('Text/CSV; header=present; charset="UTF-8"', "username\ngrace\n"),
        ("application/x-ndjson", '{"username": "grace"}\n'),
        ("application/jsonl; charset=utf-8", '{"username": "grace"}\n'),
    ],
)
def test_a_text_is_what_its_content_type_says(app: Running, kind: str, text: str) -> None:
    assert app.imported(text, kind=kind)["created"] == 1


@pytest.mark.parametrize(
    "kind",
    [
        None,
        "",
        "application/json",
        "application/x-www-form-urlencoded",
        "text/plain",
        "text/csv; charset=latin-1",
        "csv",
        "text/csv, application/x-ndjson",
        '"',
        "text/csv; charset*=utf-8''utf-8",
        "text/csv; charset*; charset*1=utf-8",
    ],
)
def test_a_text_of_another_kind_is_refused_with_what_is_taken(app: Running, kind: str | None) -> None:
    answer = app.start("username\ngrace\n", kind=kind)
    assert code_of(answer) == (415, "unsupported_media_type")
    assert answer.headers["Accept"] == "application/x-ndjson, application/jsonl, text/csv"
    assert "text/csv" in answer.json()["detail"]["message"]
    assert app.get("/user-imports").json() == {"items": []}


def test_a_text_of_another_charset_is_refused_over_its_charset(app: Running) -> None:
    answer = app.start("username\ngrace\n", kind="text/csv; charset=latin-1")
    assert "no other charset than utf-8" in answer.json()["detail"]["message"]


def test_a_text_that_is_too_large_is_not_read(app: Running) -> None:
    assert code_of(app.start(b"x" * 8_388_609)) == (413, "request_too_large")


def test_a_flood_of_faults_is_counted_and_not_kept(app: Running) -> None:
    job = app.imported("x\n" * (MOST_REPORTS + 500))
    assert (len(job["reports"]), job["more_reports"], job["failed"]) == (
        MOST_REPORTS,
        500,
        MOST_REPORTS + 500,
    )


def held(app: AdminApp) -> None:
    """Let the pool throttle all that would be created: the import waits."""
    call = app.pool.call

    def throttling(operation: str, params: dict[str, Any]) -> dict[str, Any]:
        if operation == "AdminCreateUser":
            raise ServiceError("TooManyRequestsException", "Rate exceeded")
        return call(operation, params)

    app.pool.call = throttling  # type: ignore[method-assign]


def test_one_import_runs_at_a_time_until_somebody_stops_it(app: Running) -> None:
    held(app)
    job = app.start(lines({"username": "grace"})).json()
    assert job["state"] == "running"
    assert code_of(app.start(lines({"username": "joan"}))) == (409, "user_import_in_progress")
    stopped = app.ask(app.root, "DELETE", f"/user-imports/{job['job_id']}").json()
    assert (stopped["state"], stopped["code"]) == ("stopped", "cancelled")
    assert stopped["finished_at"] is not None
    assert app.start(lines({"username": "joan"})).status_code == 202


def test_an_import_that_the_pool_refuses_altogether_says_why(app: Running) -> None:
    call = app.pool.call

    def refusing(operation: str, params: dict[str, Any]) -> dict[str, Any]:
        if operation == "AdminCreateUser":
            raise ServiceError("AccessDeniedException", "no")
        return call(operation, params)

    app.pool.call = refusing  # type: ignore[method-assign]
    job = app.imported(lines({"username": "grace"}))
    assert (job["state"], job["code"], job["rows"]) == ("stopped", "access_denied", 0)


def test_an_import_that_went_down_with_its_event_loop_keeps_no_other_from_running() -> None:
    app = Running([ROOT])
    app.root = app.token()
    # Without its context a test client has an event loop for each request.
    assert app.start(lines({"username": "grace"})).status_code == 202
    (job,) = app.get("/user-imports").json()["items"]
    assert job["state"] in {"stopped", "finished"}
    assert app.start(lines({"username": "grace"})).status_code == 202


@in_a_loop
async def test_an_import_is_stopped_from_another_event_loop() -> None:
    app = AdminApp([ROOT])
    held(app)
    pool = app.auth.pool
    superiors = Superiors((), pool.groups)
    changes = Changes(pool.users, Ending(None), lambda _: None, superiors, trusted_proxies=0, clock=Clock())
    jobs = ImportJobs(pool.users, changes, refused_groups=(), clock=Clock())

    async def rows() -> AsyncIterator[RawRow]:
        yield RawRow(1, {"username": "grace"})

    job = jobs.start(rows(), Actor("1", "root", None), invite=False)
    (task,) = asyncio.all_tasks() - {asyncio.current_task()}
    await asyncio.to_thread(lambda: asyncio.run(jobs.stop(job.job_id)))
    await asyncio.wait([task])
    assert (jobs.get(job.job_id).state, jobs.get(job.job_id).code) == ("stopped", "cancelled")


def test_old_imports_are_forgotten(app: Running) -> None:
    first = app.imported("x\n")
    for _ in range(MOST_JOBS):
        app.imported("x\n")
    assert len(app.get("/user-imports").json()["items"]) == MOST_JOBS
    assert code_of(app.get(f"/user-imports/{first['job_id']}")) == (404, "resource_not_found")


def test_an_import_that_is_not_known_is_none(app: Running) -> None:
    for method in ("GET", "DELETE"):
        assert app.refused(app.root, method, f"/user-imports/{JOB}") == (404, "resource_not_found")
        assert app.refused(app.root, method, "/user-imports/x") == (422, "invalid_request")


def test_each_user_of_an_import_is_on_record(app: Running, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "fastapi_cognito_auth.admin"):
        rows = [{"username": "grace", "temporary_password": "Very-secret-1!"}, {"username": "bob"}, {"x": 1}]
        app.imported(lines(*rows))
    assert told_of(caplog, "action", "outcome", "user") == [
        ("import_users", "begun", None),
        ("import_user", "ok", "grace"),
        ("import_users", "ok", None),
    ]
    assert "secret" not in caplog.text


@in_a_loop
async def test_a_fault_in_an_import_is_told_by_its_kind_alone(caplog: pytest.LogCaptureFixture) -> None:
    pool = AdminApp([ROOT]).auth.pool
    told: list[AdminEvent] = []
    superiors = Superiors((), pool.groups)
    changes = Changes(pool.users, Ending(None), told.append, superiors, trusted_proxies=0, clock=Clock())
    jobs = ImportJobs(pool.users, changes, refused_groups=(), clock=Clock())

    async def rows() -> AsyncIterator[RawRow]:
        yield RawRow(1, {"username": "grace"})
        raise ZeroDivisionError("secret")

    job = jobs.start(rows(), Actor("1", "root", None), invite=False)
    (task,) = asyncio.all_tasks() - {asyncio.current_task()}
    await task
    assert jobs.get(job.job_id).code == told[-1].outcome == "unexpected"
    assert "ZeroDivisionError" in caplog.text
    assert "secret" not in caplog.text


# Who began it, and is no administrator any more.

ENDINGS: list[tuple[str, dict[str, str]]] = [
    ("AdminDisableUser", {}),
    ("AdminDeleteUser", {}),
    ("AdminRemoveUserFromGroup", {"GroupName": "admins"}),
]


def ending_at(app: Running, at: str, after: tuple[str, dict[str, str]]) -> None:
    """Let half a minute pass, and the administrator be none, when the pool is first asked for something."""
    call, (ending, more) = app.pool.call, after
    asked: list[str] = []

    def ended(operation: str, params: dict[str, Any]) -> dict[str, Any]:
        if operation == at and not asked:
            asked.append(operation)
            call(ending, {"UserPoolId": app.pool.user_pool_id, "Username": "root", **more})
            app.clock.advance(31)
        return call(operation, params)

    app.pool.call = ended  # type: ignore[method-assign]


@pytest.mark.parametrize("after", ENDINGS, ids=lambda after: after[0])
def test_an_import_ends_when_who_began_it_is_no_administrator_any_more(after: tuple[str, Any]) -> None:
    with Running([ROOT, OTHER_ADMIN]) as app:
        ending_at(app, "AdminCreateUser", after)
        job = app.start(lines(*({"username": f"new{number}"} for number in range(200)))).json()
        app.root = app.token("admin2")
        job = app.finished(job)
    assert (job["state"], job["code"]) == ("stopped", "token_revoked")
    assert job["rows"] < 100


@pytest.mark.parametrize("after", ENDINGS, ids=lambda after: after[0])
def test_an_export_ends_when_who_began_it_is_no_administrator_any_more(after: tuple[str, Any]) -> None:
    with Running([ROOT, *CROWD]) as app:
        ending_at(app, "ListUsers", after)
        rows = [json.loads(line) for line in app.get("/user-export").text.splitlines()]
    assert rows[-1]["error"]["code"] == "token_revoked"
    assert sum("username" in row for row in rows) <= 60


def test_an_import_goes_on_while_who_began_it_is_an_administrator() -> None:
    with Running([ROOT]) as app:
        ending_at(app, "AdminCreateUser", ("AdminEnableUser", {}))
        job = app.imported(lines(*({"username": f"new{number}"} for number in range(100))))
    assert (job["state"], job["created"]) == ("finished", 100)
