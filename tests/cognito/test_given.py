"""Names and attributes that code hands over, in a form that is not meant."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from fastapi_cognito_auth.cognito.users import Users
from fastapi_cognito_auth.exceptions import InvalidParameterError
from tests.cognito.test_user_transfer import Local
from tests.support import in_a_loop


@pytest.fixture(scope="module")
def pool() -> Local:
    return Local(groups=("editors",))


async def created(users: Users, **what: Any) -> None:
    await users.create("ada", **what)


async def exported(users: Users, columns: Any) -> None:
    async for _ in users.export().csv(columns):
        pass


async def listed(users: Users, names: Any) -> None:
    async for _ in users.list(attributes=names):
        pass


async def imported(users: Users, groups: Any) -> None:
    async for _ in users.import_([{"username": "ada", "groups": ["editors"]}], refused_groups=groups):
        pass


@pytest.mark.parametrize(
    "hand_over",
    [
        lambda users: created(users, groups="editors"),
        lambda users: created(users, media="EMAIL", email="ada@example.com"),
        lambda users: users.delete_attributes("ada", "name"),
        lambda users: users.page(attributes="name"),
        lambda users: listed(users, "name"),
        lambda users: exported(users, "email"),
        # Its letters would keep nobody out of the group.
        lambda users: imported(users, "editors"),
    ],
    ids=["groups", "media", "deleted", "page", "listed", "columns", "refused groups"],
)
@in_a_loop
async def test_one_text_is_not_taken_for_many_names(
    pool: Local, hand_over: Callable[[Users], Awaitable[None]]
) -> None:
    pool.asked.clear()
    with pytest.raises(TypeError, match="not as one text"):
        await hand_over(pool.pool.users)
    assert pool.asked == []


@pytest.mark.parametrize(
    ("attributes", "words"),
    [
        ({"email": 5}, "The attribute email is a text, and no int."),
        ({"name": "Ada", "email": None}, "The attribute email is a text, and no NoneType."),
        ({7: "Ada"}, "The name of an attribute is a text, and no int."),
    ],
    ids=["number", "nothing", "name"],
)
@in_a_loop
async def test_an_attribute_that_is_no_text_is_named(
    pool: Local, attributes: dict[Any, Any], words: str
) -> None:
    for asked in (
        pool.pool.users.create("ada", attributes=attributes),
        pool.pool.users.update("ada", attributes),
        pool.pool.account.update_attributes("token", attributes),
        pool.pool.sign_up.start("ada", "Correct-horse-1!", attributes=attributes),
    ):
        with pytest.raises(InvalidParameterError) as refused:
            await asked
        assert refused.value.message == words
