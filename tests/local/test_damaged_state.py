"""A state file of which one row is anything else: it is refused and left alone, or the pool works."""

import json
import shutil
import sqlite3
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fastapi_cognito_auth.local import LocalUserPool, ServiceError, StateFileError
from fastapi_cognito_auth.local.kept_tables import _KINDS
from tests.local import test_whole_api as whole
from tests.local.kit import PASSWORD, Clock, Kit
from tests.older import needs

pytestmark = needs("ListUserPoolClientSecrets")


_INSERT = "INSERT OR IGNORE INTO records (shelf, name, key, body) VALUES (?, ?, ?, ?)"


class Row(NamedTuple):
    """A row, and where it is."""

    shelf: str
    name: str
    key: str
    body: str


class Noting(whole.Walk):
    """Does all that can be done, and notes what is in the file meanwhile: of each table the first row."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        self.rows: dict[str, Row] = {}

    def __call__(self, operation: str, **params: Any) -> Any:
        answer = super().__call__(operation, **params)
        book: Any = self.kit.pool._service.pools._book
        for row in read(book._held()):
            self.rows.setdefault(row.name, row)
        return answer


def read(connection: sqlite3.Connection) -> list[Row]:
    return [Row(*row) for row in connection.execute("SELECT shelf, name, key, body FROM records")]


def rows_of(path: Path) -> list[Row]:
    with closing(sqlite3.connect(path)) as connection:
        return sorted(read(connection))


class Kept(NamedTuple):
    """A file with something in every table, and one row of each."""

    path: Path
    rows: list[Row]
    now: float


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    path = tmp_path_factory.mktemp("whole") / "pool.db"
    kit = whole.with_everything(path)
    walk = Noting(kit)
    for area in AREAS:
        area(walk)
    kit.pool.close()
    with closing(sqlite3.connect(path)) as connection:
        # What the walk has ended goes on here, for users and clients who may be gone.
        connection.executemany(_INSERT, walk.rows.values())
        connection.commit()
    return Kept(path, [*walk.rows.values()], kit.clock.now)


AREAS = (
    whole.of_account, whole.of_tokens, whole.of_factors, whole.of_devices, whole.of_passkeys,
    whole.of_sessions, whole.of_sign_up, whole.of_users, whole.of_groups, whole.of_providers,
    whole.of_clients, whole.of_pages, whole.of_imports, whole.of_clients_by_address, whole.of_replicas,
    whole.of_recoveries, whole.of_threats,
)  # fmt: skip


def test_the_file_itself_is_good(file: Kept) -> None:
    path = file.path.with_name("good.db")
    shutil.copyfile(file.path, path)
    with closing(start(path, file.now)) as pool:
        use(pool)


def test_almost_every_table_is_tried_here(file: Kept) -> None:
    seldom = {"attempts", "authorization_codes", "browser_sessions", "device_handshakes", "handshakes"}
    assert _KINDS.keys() - {row.name for row in file.rows} <= {*seldom, "failures", "former_passwords"}


SMALL = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from([10**30, -(10**30), 1e300, -0.5, "", "x", "\ud800", "admins", "2027-01-01", [], {}]),
    st.sampled_from([{"!": "tuple", "v": []}, {"!": "bytes", "v": "AA=="}, {"!": "User", "v": {}}, [[]]]),
)
ANYTHING = st.recursive(
    SMALL, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield at
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in items:
        yield from places(item, (*at, name))


@st.composite
def damaged(draw: st.DrawFn, text: str) -> str:
    """Draw a text in which something is replaced, or left out."""
    value = json.loads(text)
    place: tuple[Any, ...] = ("", *draw(st.sampled_from([*places(value)])))
    way, last = place[:-1], place[-1]
    whole_value: Any = {"": value}
    holder = whole_value
    for name in way:
        holder = holder[name]
    if last and isinstance(holder, dict) and draw(st.booleans()):
        del holder[last]
    else:
        holder[last] = draw(ANYTHING)
    return json.dumps(whole_value[""])


def start(path: Path, now: float) -> LocalUserPool:
    clock = Clock()
    clock.now = now
    return LocalUserPool(state=path, clock=clock)


def use(pool: LocalUserPool) -> None:
    """Do what one does with a pool; what it refuses, it refuses in its own words."""
    of_pool: dict[str, Any] = {"UserPoolId": pool.user_pool_id}
    of_client: dict[str, Any] = {"ClientId": pool.client_id}
    credentials = {"USERNAME": "alice", "PASSWORD": PASSWORD}
    tokens: dict[str, Any] = {}

    def attempt(operation: str, **params: Any) -> dict[str, Any]:
        try:
            return pool.call(operation, params)
        except ServiceError as exc:
            assert exc.name != "InternalErrorException", operation  # noqa: PT017 - it may succeed as well
            return {}

    answer = attempt("InitiateAuth", AuthFlow="USER_PASSWORD_AUTH", AuthParameters=credentials, **of_client)
    tokens = answer.get("AuthenticationResult") or {"AccessToken": "a.b.c", "RefreshToken": "r"}
    for operation in ("GetUser", "ListDevices", "ListWebAuthnCredentials"):
        attempt(operation, AccessToken=tokens["AccessToken"])
    attempt("GetTokensFromRefreshToken", RefreshToken=tokens["RefreshToken"], **of_client)
    attempt("ForgotPassword", Username="bob", **of_client)
    attempt("SignUp", Username="eve", Password=PASSWORD, **of_client)
    for operation in (
        *("DescribeUserPool", "ListUsers", "ListGroups", "ListUserPoolClients", "ListIdentityProviders"),
        *("ListResourceServers", "GetUserPoolMfaConfig", "ListUserImportJobs", "DescribeRiskConfiguration"),
        *("GetUICustomization", "ListTerms", "ListUserPoolReplicas", "GetLogDeliveryConfiguration"),
    ):
        limit = {"MaxResults": 10} if operation in NEED_A_LIMIT else {}
        attempt(operation, **of_pool, **limit)
    attempt("DescribeUserPoolClient", **of_pool, **of_client)
    attempt("AdminCreateUser", Username="grace", **of_pool)
    attempt("CreateGroup", GroupName="new", **of_pool)
    attempt("AdminAddUserToGroup", Username="alice", GroupName="new", **of_pool)
    for operation in (
        "AdminGetUser",
        "AdminListGroupsForUser",
        "AdminListUserAuthEvents",
        "AdminListDevices",
    ):
        attempt(operation, Username="alice", **of_pool)
    attempt("AdminDeleteUser", Username="alice", **of_pool)


NEED_A_LIMIT = {"ListUserPoolClients", "ListResourceServers", "ListUserImportJobs", "ListTerms"}


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_any_row_that_is_something_else_is_refused_or_the_pool_works(file: Kept, data: st.DataObject) -> None:
    row = data.draw(st.sampled_from(file.rows))
    column = data.draw(st.sampled_from(["body", "body", "body", "key"]))
    text = data.draw(damaged(getattr(row, column)))
    demand_refused_or_working(file, row, column, text)


def demand_refused_or_working(file: Kept, row: Row, column: str, text: str) -> bool:
    path = file.path.with_name("damaged.db")
    shutil.copyfile(file.path, path)
    with closing(sqlite3.connect(path)) as connection:
        where = (text, row.shelf, row.name, row.key)
        done = connection.execute(
            f"UPDATE OR REPLACE records SET {column} = ? WHERE shelf = ? AND name = ? AND key = ?", where
        )
        assert done.rowcount == 1
        connection.commit()
    before = rows_of(path)
    try:
        pool = start(path, file.now)
    except StateFileError as exc:
        assert "is damaged, or of another version" in str(exc)  # noqa: PT017 - or it works
        assert rows_of(path) == before
        return False
    try:
        use(pool)
    finally:
        pool.close()
    start(path, file.now).close()
    return True


def in_the_row_of(name: str, text: str, column: str = "body") -> Callable[[Kept], tuple[Row, str, str]]:
    return lambda file: (next(row for row in file.rows if row.name == name), column, text)


def with_member(name: str, text: str, other: str) -> Callable[[Kept], tuple[Row, str, str]]:
    def change(file: Kept) -> tuple[Row, str, str]:
        row = next(row for row in file.rows if row.name == name)
        assert text in row.body
        return row, "body", row.body.replace(text, other, 1)

    return change


@pytest.mark.parametrize(
    "change",
    [
        in_the_row_of("facts", "1"),
        in_the_row_of("users", "null"),
        in_the_row_of("users", '{"a": 1}'),
        in_the_row_of("groups", '{"!": "tuple", "v": []}'),
        in_the_row_of("users", '"somebody else"', "key"),
        in_the_row_of("clients", '"another"', "key"),
        in_the_row_of("pools", '"us-east-1_Another99"', "key"),
        in_the_row_of(
            "signing_keys", '{"!": "KeptKey", "v": {"kid": "k", "pkcs8": {"!": "bytes", "v": "AAAA"}}}'
        ),
        in_the_row_of("signing_keys", '"elsewhere"', "key"),
        in_the_row_of("codes", '"x"', "key"),
        in_the_row_of("limits", '["x"]'),
        in_the_row_of("grants", '{"!": "User", "v": {}}'),
        with_member("users", '"enabled":true', '"enabled":1'),
        with_member("users", '"groups":{"!":"tuple","v":[]}', '"groups":{"!":"tuple","v":["nowhere"]}'),
        with_member("users", '"number":1', '"number":-1'),
        with_member("users", '"created_at":1800000000.0', '"created_at":1e300'),
        with_member("users", '"created_at":1800000000.0', '"created_at":NaN'),
        with_member("users", '"alice"', '"\\ud800"'),
        with_member("users", '"alice"', '"bob"'),
        with_member("codes", '"guesses":0', '"guesses":-5'),
        with_member("pools", '"AutoVerifiedAttributes":[', '"AutoVerifiedAttributes":[{},'),
        with_member("pools", '"email_verified":', '"email_unverified":'),
        with_member("clients", '"AuthSessionValidity":3', '"AuthSessionValidity":"three"'),
        with_member("clients", '"RefreshToken":"seconds"', '"RefreshToken":"second"'),
        with_member("pools", '"TemporaryPasswordValidityDays":7', '"TemporaryPasswordValidityDays":null'),
        with_member("pools", '"TemporaryPasswordValidityDays":7', '"TemporaryPasswordValidityDays":366'),
        with_member("clients", '"ClientName":', '"ClientNames":'),
        with_member("clients", '"ClientName":"local",', ""),
        with_member("pools", '"LambdaConfig":{},', ""),
        with_member("auth_histories", '"EventId":', '"EventID":'),
        with_member("auth_histories", '"CreationDate":1800003600.0', '"CreationDate":"then"'),
        with_member("auth_histories", '"ChallengeResponses":[]', '"ChallengeResponses":{}'),
        with_member("risks", '"198.51.100.0/24"', '"198.51.100.0/33"'),
        with_member("risks", '"Subject":', '"Title":'),
        with_member("servers", '"ScopeName":', '"Name":'),
        with_member("domains", '"more":{}', '"more":{"Routing":{"a":1}}'),
        with_member("domains", '"custom":null', '"custom":{}'),
        with_member("history", '"users"', '"nobodys"'),
        with_member("history", '"v":[]}]', '"v":[{"!":"Factors","v":{}}]}]'),
        with_member("history", "[1800000000.0,", "[1e999,"),
        in_the_row_of("history_facts", "1e999"),
        in_the_row_of("limits", "[1e999]"),
    ],
    ids=[
        *("facts", "null", "a mapping", "a tuple", "another user", "another client", "another pool"),
        *("no private key", "no key of these", "half a key", "no moment", "of another table", "no boolean"),
        *("a group that is not there", "a negative number", "no date", "no number", "half a character"),
        *("two of one name", "guesses to come", "no attribute", "no standard attribute", "no minutes"),
        *("a unit that no time has", "null for days", "more days than there can be"),
        *("no name by that name", "no name", "no functions", "an event without an id"),
        *("an event at no moment", "no responses", "no range", "no subject", "no scope", "no routing"),
        *("no certificate", "of no table", "of a table and not of it", "never", "since never", "endless"),
    ],
)
def test_a_row_that_cannot_be_is_refused_and_left_alone(
    file: Kept, change: Callable[[Kept], tuple[Row, str, str]]
) -> None:
    assert not demand_refused_or_working(file, *change(file))


def test_the_refusal_repeats_nothing_of_the_file(file: Kept) -> None:
    row, column, _ = in_the_row_of("codes", "")(file)
    path = file.path.with_name("told.db")
    shutil.copyfile(file.path, path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            f"UPDATE records SET {column} = ? WHERE name = ?", (row.body.replace('"v"', '"x"'), row.name)
        )
        connection.execute("UPDATE records SET body = '[\"a-secret\"]' WHERE name = 'decoys'")
        connection.commit()
    with pytest.raises(StateFileError) as refused:
        start(path, file.now)
    assert "a-secret" not in "".join(traceback.format_exception(refused.value))
