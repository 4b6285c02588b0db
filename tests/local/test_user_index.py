"""A user is found by name without looking at any other, so that a name which nobody has takes no longer."""

import pytest

from fastapi_cognito_auth.local import LocalUser
from fastapi_cognito_auth.local.users import User
from tests.local.kit import PASSWORD, Kit


@pytest.fixture
def kit() -> Kit:
    users = [LocalUser(f"user{n}", attributes={"email": f"user{n}@example.com"}) for n in range(5)]
    users.append(LocalUser("ada", password=PASSWORD, attributes={"email": "ada@example.com"}))
    return Kit(users=users, alias_attributes=("email", "preferred_username"))


@pytest.mark.parametrize("name", ["nobody", "nobody@example.com", "ada", "ada@example.com"])
def test_no_user_is_looked_at_to_find_one(kit: Kit, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    def look(user: User) -> None:
        pytest.fail(f"looked at {user}")

    for member in ("username", "sub", "status", "attributes"):
        monkeypatch.setattr(User, member, property(look), raising=False)
    found = kit.pool._plane.directory.find(name)
    assert (found is None) is name.startswith("nobody")


@pytest.mark.parametrize("aliases", [("preferred_username", "email"), ("email", "preferred_username")])
def test_a_name_that_several_have_is_of_the_one_whose_it_surely_is(aliases: tuple[str, ...]) -> None:
    """Whatever order the pool's configuration has: Username, sub, what was proven, what was chosen."""
    directory = Kit(users=(), alias_attributes=aliases).pool._plane.directory
    name = "ada@example.com"

    def add(username: str, **attributes: str) -> User:
        return directory.add_user(username, attributes, "CONFIRMED")

    chooses = add("1", preferred_username=name)
    assert directory.find(name) is chooses
    proves = add("2", email=name, email_verified="true")
    assert directory.find(name) is proves
    assert directory.find(proves.sub) is proves
    add("3", preferred_username=proves.sub)
    assert directory.find(proves.sub) is proves
    assert directory.find(add(name).username) is directory.find(name)
    found = directory.find(name)
    assert found is not None
    assert found.username == name


def test_a_user_is_found_by_the_sub_where_that_counts(kit: Kit) -> None:
    directory = kit.pool._plane.directory
    ada = directory.find("ada")
    assert ada is not None
    assert directory.find(ada.sub) is ada
    assert directory.find(ada.sub, by_sub=False) is None


def test_the_index_follows_what_changes(kit: Kit) -> None:
    directory = kit.pool._plane.directory
    for changes, found in (
        ({"email": "new@example.com", "email_verified": "true"}, True),
        ({"email_verified": "false"}, False),
        ({"email_verified": "true"}, True),
        ({"email": ""}, False),
    ):
        kit.admin("AdminUpdateUserAttributes", "user2", UserAttributes=pairs(**changes))
        assert (directory.find("new@example.com") is not None) is found
    kit.admin("AdminDeleteUser", "user2")
    assert directory.find("user2") is None
    assert {user for held in directory._index._by_name.values() for user in held} == {
        *directory._index._by_sub
    }


def pairs(**attributes: str) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in attributes.items()]
