"""Exports with the groups of users, and with columns that somebody has chosen."""

import csv
import io
from typing import Any

import pytest

from fastapi_cognito_auth.cognito.membership_table import read_memberships
from fastapi_cognito_auth.cognito.records import Group, Page, PoolUser
from fastapi_cognito_auth.cognito.user_export import UserExport
from fastapi_cognito_auth.local import LocalUser, ServiceError
from tests.cognito.test_user_transfer import PASSWORD, Local, outcomes, paced, user
from tests.support import in_a_loop

ODD_GROUPS = ("editors", "a;b", "c\\", "d\\;e", "=f", "g;=h", ";", "\\\\", "é")


def members() -> list[LocalUser]:
    """Return users of whom some are in some groups, and one in all."""
    users = [LocalUser(f"user{at}", password=PASSWORD, groups=("editors",)) for at in range(70)]
    return [
        *users,
        LocalUser("all", password=PASSWORD, groups=ODD_GROUPS),
        LocalUser("none", password=PASSWORD),
    ]


@pytest.mark.parametrize("kind", ["json-lines", "csv"])
@in_a_loop
async def test_groups_come_back_as_they_were_exported(kind: str) -> None:
    source, target = Local(*members(), groups=ODD_GROUPS), Local(groups=ODD_GROUPS)
    export = source.pool.users.export(groups=True, paced=paced())
    texts = export.csv(["sub"]) if kind == "csv" else export.json_lines()
    text = "".join([text async for text in texts])
    reports = await target.text(text, kind)
    assert {report.outcome for report in reports} == {"created"}
    found = {
        name: {each.name async for each in target.pool.groups.of(name)} for name in ("user7", "all", "none")
    }
    assert found == {"user7": {"editors"}, "all": set(ODD_GROUPS), "none": set()}
    assert outcomes(await target.text(text, kind)) == ["unchanged"] * 72


@in_a_loop
async def test_groups_cost_a_call_for_sixty_members_and_none_for_a_user() -> None:
    source = Local(*members(), groups=ODD_GROUPS)
    users = [each.username async for each in source.pool.users.export(groups=True, paced=paced())]
    counts = [source.count(name) for name in ("ListGroups", "ListUsersInGroup", "AdminListGroupsForUser")]
    assert (len(users), counts) == (72, [1, 2 + len(ODD_GROUPS) - 1, 0])


@in_a_loop
async def test_groups_are_told_by_an_export_that_was_asked_for_them() -> None:
    source = Local(*members(), groups=ODD_GROUPS)
    export = source.pool.users.export(groups=True, paced=paced())
    with pytest.raises(ValueError, match="not known"):
        export.groups_of("all")
    assert {user.username: export.groups_of(user.username) async for user in export}["all"] == sorted(
        ODD_GROUPS
    )
    plain = [text async for text in source.pool.users.export(paced=paced()).json_lines()]
    assert '"groups"' not in "".join(plain)
    assert source.count("ListGroups") == 1


@in_a_loop
async def test_a_group_that_is_deleted_meanwhile_has_no_members() -> None:
    source = Local(*members(), groups=ODD_GROUPS)

    def refuse(operation: str, params: dict[str, Any]) -> ServiceError | None:
        gone = operation == "ListUsersInGroup" and params["GroupName"] == "editors"
        return ServiceError("ResourceNotFoundException", "Group not found.") if gone else None

    source.refuse = refuse
    export = source.pool.users.export(groups=True, paced=paced())
    held = {user.username: export.groups_of(user.username) async for user in export}
    assert (held["user7"], held["all"]) == ([], sorted({*ODD_GROUPS} - {"editors"}))


@in_a_loop
async def test_members_that_are_listed_twice_are_in_a_group_once() -> None:
    class Shifting:
        async def page(self, *, next_token: str | None = None) -> Page[Group]:
            return Page([Group(name="editors")], None)

        async def member_page(self, name: str, *, next_token: str | None = None) -> Page[PoolUser]:
            return Page([user(1)], None if next_token else "2")

    assert await read_memberships(Shifting(), paced()) == {"user1": ("editors",)}


@pytest.mark.parametrize(
    ("columns", "fault"),
    [
        (["email", "nothing"], "no attribute nothing"),
        (["custom:nothing"], "no attribute custom:nothing"),
        (["Email"], "no attribute Email"),
        (["email", "email"], "twice: email"),
        (["username"], "twice: username"),
        (["groups"], "twice: groups"),
        ([""], "no attribute"),
    ],
)
@in_a_loop
async def test_a_column_that_cannot_be_is_refused_before_there_is_any_text(
    columns: list[str], fault: str
) -> None:
    pool = Local(LocalUser("ada", password=PASSWORD))
    with pytest.raises(ValueError, match=fault):
        await anext(pool.pool.users.export(paced=paced()).csv(columns))
    assert pool.count("ListUsers") == 0


@in_a_loop
async def test_columns_that_every_pool_has_need_no_question() -> None:
    pool = Local(LocalUser("ada", password=PASSWORD), custom_attributes={"tenant": "String"})
    await anext(pool.pool.users.export(paced=paced()).csv(["sub", "email", "phone_number_verified"]))
    assert pool.count("DescribeUserPool") == 0
    names = await pool.pool.users.attribute_names()
    assert "custom:tenant" in names
    assert "custom:tenant" in await anext(pool.pool.users.export(paced=paced()).csv(names))


@in_a_loop
async def test_a_csv_has_all_attributes_of_the_pool_unless_some_are_named() -> None:
    ada = LocalUser("ada", password=PASSWORD, attributes={"custom:level": "7"})
    pool = Local(ada, custom_attributes={"level": "String"})
    export = pool.pool.users.export(paced=paced())
    (row,) = csv.DictReader(io.StringIO("".join([text async for text in export.csv()]), newline=""))
    assert (row["custom:level"], {*await pool.pool.users.attribute_names()} - {*row}) == ("7", set())


@in_a_loop
async def test_columns_that_nobody_can_know_have_to_be_named() -> None:
    async def get(_: str | None) -> Page[PoolUser]:
        return Page([user(1)], None)

    with pytest.raises(ValueError, match="name them"):
        await anext(UserExport(get, paced=paced()).csv())


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"username": "a b"}, "username: a username has no blanks and no invisible characters"),
        (
            {"username": "ada", "email": "ada@example.com"},
            "email: there is no such member of a row; attributes go into attributes",
        ),
    ],
)
@in_a_loop
async def test_a_row_that_is_wrong_is_told_so_in_words_of_ours(row: dict[str, str], words: str) -> None:
    (report,) = await Local().imported([row])
    assert report.message == words
