"""ListUsers: its filters, and that nobody else is looked at where they name somebody."""

import contextlib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapi_cognito_auth.local import LocalUser, ServiceError, user_filter
from fastapi_cognito_auth.local.directory import Directory
from tests.local.kit import PASSWORD, Kit, refused

USERS = [
    LocalUser("ada", password=PASSWORD, attributes={"email": "ada@example.com", "given_name": "Ada"}),
    LocalUser("bob", attributes={"email": "shared@example.com", "phone_number": "+493012345678"}),
    LocalUser("eve", attributes={"email": "shared@example.com", "preferred_username": "Evil"}),
    LocalUser("mal", attributes={"name": 'Mal "the" \\ Great'}),
]


@pytest.fixture(scope="module")
def kit() -> Kit:
    return Kit(users=USERS)


def listed(kit: Kit, text: str, **more: object) -> list[str]:
    answer = kit.aws.list_users(UserPoolId=kit.pool_id, Filter=text, **more)
    return [user["Username"] for user in answer["Users"]]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('username = "ada"', ["ada"]),
        ('username = "Ada"', []),
        ('"email" = "shared@example.com"', ["bob", "eve"]),
        ('email = "SHARED@example.com"', []),
        ('phone_number = "+493012345678"', ["bob"]),
        ('preferred_username = "Evil"', ["eve"]),
        ('email ^= "shared"', ["bob", "eve"]),
        ('given_name = "Ada"', ["ada"]),
        ('name = "Mal \\"the\\" \\\\ Great"', ["mal"]),
        ('cognito:user_status = "confirmed"', ["ada"]),
        ('cognito:user_status = "FORCE_CHANGE_PASSWORD"', ["bob", "eve", "mal"]),
        ('status = "Enabled"', ["ada", "bob", "eve", "mal"]),
        ('status = "disabled"', []),
        ('sub = "nobodys"', []),
        ("", ["ada", "bob", "eve", "mal"]),
    ],
)
def test_a_filter_means_those_who_have_what_it_says(kit: Kit, text: str, names: list[str]) -> None:
    assert listed(kit, text) == names


def test_somebody_is_found_by_the_sub(kit: Kit) -> None:
    sub = kit.admin("AdminGetUser", "eve")["UserAttributes"][0]["Value"]
    assert listed(kit, f'sub = "{sub}"') == ["eve"]


@pytest.mark.parametrize("text", ['custom:x = "a"', 'birthdate = "a"', "email", 'email == "a"', 'email = "a'])
def test_what_is_no_filter_is_refused(kit: Kit, text: str) -> None:
    with refused("InvalidParameterException"):
        listed(kit, text)


def test_attributes_of_nothing_in_the_schema_are_refused(kit: Kit) -> None:
    with refused("InvalidParameterException"):
        listed(kit, "", AttributesToGet=["emial"])
    answer = kit.aws.list_users(UserPoolId=kit.pool_id, Limit=1, AttributesToGet=["email"])
    assert answer["Users"][0]["Attributes"] == [{"Name": "email", "Value": "ada@example.com"}]


def test_pages_of_a_filter_go_on_where_they_ended(kit: Kit) -> None:
    asked = {"UserPoolId": kit.pool_id, "Filter": 'email = "shared@example.com"', "Limit": 1}
    first = kit.aws.list_users(**asked)
    second = kit.aws.list_users(**asked, PaginationToken=first["PaginationToken"])
    names = [user["Username"] for page in (first, second) for user in page["Users"]]
    assert names == ["bob", "eve"]
    assert "PaginationToken" not in second


def test_what_users_are_found_by_follows_what_changes() -> None:
    kit = Kit(users=USERS)
    new = [{"Name": "email", "Value": "new@example.com"}]
    kit.admin("AdminUpdateUserAttributes", "bob", UserAttributes=new)
    assert listed(kit, 'email = "shared@example.com"') == ["eve"]
    assert listed(kit, 'email = "new@example.com"') == ["bob"]
    kit.admin("AdminDeleteUserAttributes", "bob", UserAttributeNames=["email"])
    assert listed(kit, 'email = "new@example.com"') == []
    kit.admin("AdminDeleteUser", "eve")
    assert listed(kit, 'email = "shared@example.com"') == []


def test_nobody_is_gone_through_to_find_or_sign_in_somebody(
    kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So a pool of many users is as fast as one of few."""

    def go_through(*_: object) -> Iterator[None]:
        pytest.fail("went through the users")

    monkeypatch.setattr(Directory, "users_after", go_through)
    users = kit.pool._plane.directory.users
    unread = type("Unread", (dict,), {"__iter__": go_through})
    monkeypatch.setattr(users, "data", unread(users.data))
    with pytest.raises(pytest.fail.Exception):
        list(users.values())
    assert listed(kit, 'email = "ada@example.com"') == ["ada"]
    assert listed(kit, 'username = "ada"') == ["ada"]
    assert listed(kit, 'sub = "nobodys"') == []
    assert kit.admin("AdminGetUser", "ada")["Username"] == "ada"
    assert kit.aws.get_user(AccessToken=kit.tokens("ada")["AccessToken"])["Username"] == "ada"
    with refused("NotAuthorizedException"):
        kit.password("nobody")


@given(text=st.text(alphabet=st.sampled_from('emailsub"\\=^ :_\n\0é')) | st.text(max_size=40))
def test_no_text_breaks_a_filter(text: str) -> None:
    with contextlib.suppress(ServiceError):
        wanted = user_filter.read(text)
        assert wanted.exactly is None or wanted.exactly[0] in text


@given(value=st.text(max_size=30))
def test_any_value_can_be_quoted(value: str) -> None:
    quoted = value.replace("\\", "\\\\").replace('"', '\\"')
    assert user_filter.read(f'email = "{quoted}"').exactly == ("email", value)
