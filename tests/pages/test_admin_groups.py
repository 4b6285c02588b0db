"""Administration by pages: groups and their members."""

from collections.abc import Iterator
from contextlib import suppress

import pytest

from fastapi_cognito_auth.formats.aws_json import ServiceError
from tests.pages.admin_kit import HOSTILE, Office, ask_path, group_path

GROUPS = "/account/admin/groups"
ROLE = "arn:aws:iam::123456789012:role/editors"


@pytest.fixture(scope="module")
def shared() -> Office:
    return Office(settings={"pool_admin_groups": ("admins",)})


@pytest.fixture
def office(shared: Office) -> Iterator[Office]:
    """Return the app with a group `writers`, in which ada is, and which is gone afterwards."""
    shared.call("CreateGroup", GroupName="writers", Description="Who writes", Precedence=1200)
    shared.call("AdminAddUserToGroup", Username="ada", GroupName="writers")
    yield shared
    with suppress(ServiceError):
        shared.call("DeleteGroup", GroupName="writers")


def group(office: Office, name: str = "writers") -> dict[str, object]:
    found: dict[str, object] = office.call("GetGroup", GroupName=name)["Group"]
    return found


def test_groups_are_listed_with_their_precedence_as_it_was_given(office: Office) -> None:
    page = office.open(GROUPS)
    assert page.links["writers"] == group_path("writers")
    assert {"Who writes", "1200"} <= {*page.texts["td"]}


def test_a_group_is_created_changed_and_deleted(shared: Office) -> None:
    shared.open(f"{GROUPS}/new")
    page = shared.send(name="a/b", description="Who", precedence="3", role_arn=ROLE)
    assert (page.path, page.heading) == (f"{group_path('a/b')}&notice=saved", "a/b")
    page = shared.open(page.links["Change the group"])
    assert {"description": "Who", "precedence": "3", "role_arn": ROLE}.items() <= page.forms[
        0
    ].filled_in().items()
    shared.send(description="", precedence="4")
    found = group(shared, "a/b")
    assert (found.get("Description", ""), found["Precedence"], found["RoleArn"]) == ("", 4, ROLE)
    page = shared.open(shared.page.links["Delete the group"])
    assert "The group a/b is deleted for good" in page.text
    assert shared.send().path == f"{GROUPS}?notice=done"
    assert "a/b" not in shared.page.links


@pytest.mark.parametrize(
    ("fields", "place", "status"),
    [
        ({"name": ""}, "name", 422),
        ({"name": ".."}, "name", 422),
        ({"name": "editors"}, "name", 409),
        ({"name": "new", "precedence": "many"}, "precedence", 422),
        ({"name": "new", "precedence": "-1"}, "precedence", 422),
        ({"name": "new", "role_arn": "a role that is none at all"}, "role_arn", 422),
    ],
)
def test_what_is_wrong_with_a_group_is_said_beside_the_field(
    shared: Office, fields: dict[str, str], place: str, status: int
) -> None:
    shared.open(f"{GROUPS}/new")
    page = shared.send({"description": "kept", **fields})
    assert page.status == status
    assert page.forms[0].fields[place]["aria-invalid"] == "true"
    assert page.forms[0].filled_in()["description"] == "kept"


def test_what_cannot_be_taken_away_is_told(office: Office) -> None:
    office.open(group_path("writers", "group/change"))
    page = office.send(precedence="")
    assert page.status == 422
    assert page.forms[0].fields["precedence"]["aria-invalid"] == "true"
    assert group(office)["Precedence"] == 1200


def test_members_are_added_and_removed(office: Office) -> None:
    page = office.open(group_path("writers"))
    assert "ada" in page.links
    page = office.send(username=" bob ")
    assert (office.notice, "bob" in page.links) == ("It is saved.", True)
    page = office.open(page.links["Remove from the group bob"])
    page = office.send()
    assert page.path == f"{group_path('writers')}&notice=done"
    assert office.groups("bob") == {"editors"}


def test_a_member_who_is_nobody_is_told_beside_the_field(office: Office) -> None:
    office.open(group_path("writers"))
    page = office.send(username="nobody")
    assert (page.status, page.problem) == (404, "There is no such user.")
    assert page.forms[0].fields["username"]["aria-invalid"] == "true"


def test_a_group_with_members_is_deleted_only_with_them_in_mind(office: Office) -> None:
    office.open(group_path("writers", "group/delete"))
    page = office.send()
    assert (page.status, page.problem) == (409, "The group has members. Take them out of it first.")
    office.send(remove_members="on")
    assert office.groups("ada") == set()


def test_the_group_of_administrators_stays(shared: Office) -> None:
    page = shared.open(group_path("admins"))
    assert "Its members administer here, so it stays." in page.text
    assert "Delete the group" not in page.links
    assert "Remove from the group root" not in page.links
    assert "Remove from the group admin2" in page.links
    answer = shared.http.post(group_path("admins", "group/delete"), headers={"Origin": "https://app.example"})
    assert answer.status_code == 409
    page = shared.open(ask_path("leave_group", "root", group="admins"))
    assert "Administrators cannot do this to their own account." in page.text


def test_a_description_that_is_hostile_is_shown_as_text(office: Office) -> None:
    office.call("UpdateGroup", GroupName="writers", Description=HOSTILE)
    for path in (GROUPS, group_path("writers"), group_path("writers", "group/change")):
        assert "<script>alert" not in office.open(path).response.text


def test_members_come_page_by_page(office: Office) -> None:
    directory = office.pool._plane.directory
    for number in range(61):
        directory.join(directory.add_user(f"writer-{number}", {}, "CONFIRMED"), "writers")
    page = office.open(group_path("writers"))
    assert len(page.texts["tr"]) == 61
    page = office.open(page.links["Next page"])
    assert len(page.texts["tr"]) == 3
    assert page.links["Back to the first page"] == group_path("writers")


def test_a_group_that_is_not_there_is_told_in_words(shared: Office) -> None:
    page = shared.open(group_path("nowhere"))
    assert (page.status, page.heading) == (404, "That did not work")
