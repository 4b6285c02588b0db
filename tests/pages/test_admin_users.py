"""Administration by pages: the list of users, and new ones."""

import re

import pytest

from fastapi_cognito_auth.local import LocalUser
from tests.pages.admin_kit import HOSTILE, USERS, Office, ask_path, group_path, user_path
from tests.routers.admin_kit import PEOPLE
from tests.routers.kit import PASSWORD, TEMPORARY

NEW = "/account/admin/users/new"
MANY = [LocalUser(f"user-{number:03}", password=PASSWORD) for number in range(70)]


@pytest.fixture(scope="module")
def shared() -> Office:
    """Return an app that no test changes."""
    people = [*PEOPLE, LocalUser("new", temporary_password=TEMPORARY, attributes={"name": "Ada New"})]
    office = Office(users=people)
    office.call("AdminDisableUser", Username="bob")
    return office


def names(office: Office) -> list[str]:
    """Return who is in the table."""
    found = re.findall(
        r'<th scope="row" role="rowheader"><a href="[^"]*"><bdi>(.*?)</bdi>', office.page.response.text
    )
    return sorted(found)


def test_the_list_shows_everybody_with_their_state_in_words(shared: Office) -> None:
    page = shared.open(USERS)
    assert names(shared) == ["ada", "admin2", "auditor", "bob", "new", "root"]
    cells = page.texts["td"]
    assert {"ada@example.com", "Confirmed", "Confirmed Disabled", "Invited, has to choose a password"} <= {
        *cells
    }
    assert page.links["bob"] == user_path("bob")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("by=email&how=starts_with&q=ada", ["ada"]),
        ("by=email&how=equals&q=ada", []),
        ("by=email&how=equals&q=ada%40example.com", ["ada"]),
        ("by=name&how=starts_with&q=Ada", ["ada", "new"]),
        ("by=username&how=starts_with&q=a", ["ada", "admin2", "auditor"]),
        ("q=a", ["ada", "admin2", "auditor"]),
        ("show=Disabled", ["bob"]),
        ("show=FORCE_CHANGE_PASSWORD", ["new"]),
        ("show=group:editors", ["bob"]),
        ("show=group:nowhere", []),
        ("q=", ["ada", "admin2", "auditor", "bob", "new", "root"]),
    ],
)
def test_users_are_searched_and_filtered_as_the_pool_can(
    shared: Office, query: str, found: list[str]
) -> None:
    shared.open(f"{USERS}?{query}")
    assert names(shared) == found


def test_what_was_searched_for_is_kept_in_the_form(shared: Office) -> None:
    page = shared.open(f"{USERS}?by=email&how=equals&q=%22%3E%3Cb%3E")
    assert page.forms[0].fields["q"]["value"] == '"><b>'
    assert re.findall(r'value="(\w+)" selected', page.response.text)[:2] == ["email", "equals"]


@pytest.mark.parametrize(
    ("query", "status"), [("page=forged", 400), ("by=custom:x&q=1", 422), (f"q={'x' * 300}", 422)]
)
def test_an_address_that_cannot_be_is_told_with_a_way_on(shared: Office, query: str, status: int) -> None:
    page = shared.open(f"{USERS}?{query}")
    assert page.status == status
    assert page.problem
    assert len(page.forms) >= 2


def test_one_goes_through_pages_and_back_to_the_first() -> None:
    office = Office(users=[*PEOPLE, *MANY])
    first, page = names(office), office.page
    assert len(first) == 60
    assert "Back to the first page" not in page.links
    page = office.open(page.links["Next page"])
    second = names(office)
    assert len(second) == 15
    assert len({*first, *second}) == 75
    assert "Next page" not in page.links
    office.open(page.links["Back to the first page"])
    assert names(office) == first


def test_a_page_of_one_list_is_none_of_another() -> None:
    office = Office(users=[*PEOPLE, *MANY])
    following = office.page.links["Next page"]
    page = office.open(f"{following}&q=user")
    assert (page.status, page.problem) == (
        400,
        "This page of the list is not there any more. Begin with the first one.",
    )


def test_a_user_is_created_and_invited() -> None:
    office = Office()
    office.open(NEW)
    page = office.send(
        {"attribute.email": "eve@example.com", "verified.email": "on", "attribute.name": "Eve"},
        username=" eve ",
        group="editors",
    )
    assert (page.path, office.notice) == (f"{user_path('eve')}&notice=created", "The user is created.")
    assert office.attributes("eve")["email_verified"] == "true"
    assert office.groups("eve") == {"editors"}
    assert office.pool.outbox.latest("eve").destination == "eve@example.com"


def test_a_user_is_created_with_a_password_and_not_told() -> None:
    office = Office()
    form = office.open(NEW).forms[0]
    # A box that is not ticked is not sent.
    form.fields.pop("invite")
    office.send(username="eve", password=TEMPORARY)
    assert office.user("eve")["UserStatus"] == "FORCE_CHANGE_PASSWORD"
    assert [message for message in office.pool.outbox if message.username == "eve"] == []


@pytest.fixture(scope="module")
def of_codes() -> Office:
    """Return an app where a code can be the first factor."""
    return Office(allowed_first_factors=["PASSWORD", "EMAIL_OTP"])


def test_who_is_invited_without_a_password_is_sent_one_also_where_codes_do(of_codes: Office) -> None:
    of_codes.open(NEW)
    of_codes.send({"attribute.email": "eve@example.com"}, username="eve")
    assert of_codes.notice == "The user is created."
    assert of_codes.user("eve")["UserStatus"] == "FORCE_CHANGE_PASSWORD"
    assert "Send the invitation again" in of_codes.page.links
    assert of_codes.pool.outbox.latest("eve", "admin_create_user").code


def test_who_is_invited_gets_in_with_what_was_sent(of_codes: Office) -> None:
    of_codes.enter()
    of_codes.open(NEW)
    of_codes.send({"attribute.email": "joan@example.com"}, username="joan")
    of_codes.leave()
    of_codes.open("/account/sign-in")
    of_codes.send(username="joan", password=of_codes.code("joan"))
    of_codes.send(new_password=PASSWORD)
    assert of_codes.who() == "joan"
    of_codes.enter()


def test_who_gets_no_password_at_all_is_said_to_sign_in_by_codes(of_codes: Office) -> None:
    form = of_codes.open(NEW).forms[0]
    assert "Without an invitation the user then has no password" in of_codes.page.text
    form.fields.pop("invite")
    of_codes.send({"attribute.email": "eva@example.com"}, username="eva")
    assert of_codes.user("eva")["UserStatus"] == "CONFIRMED"
    assert of_codes.notice == (
        "The user is created, without a password and without an invitation. They sign in by a code, for "
        "which the address has to be verified."
    )
    assert "Mark the e-mail address as verified" in of_codes.page.links


def test_where_everybody_has_a_password_nothing_is_said_of_codes(shared: Office) -> None:
    assert "code" not in " ".join(shared.open(NEW).texts[".hint"])


def test_browsers_do_not_fill_in_their_own_names_for_others(shared: Office) -> None:
    for path in (NEW, "/account/admin/user/attributes?user=ada"):
        fields = shared.open(path).forms[0].fields
        given = [field["autocomplete"] for name, field in fields.items() if name.startswith("attribute.")]
        assert {*given} == {"off"}


@pytest.mark.parametrize(
    "path",
    [
        *(NEW, "/account/admin/user/attributes?user=ada", "/account/admin/user/password?user=ada"),
        *("/account/admin/groups/new", ask_path("disable", "ada"), "/account/admin/transfer"),
        *(
            group_path("editors", "group/change"),
            group_path("editors", "group/delete"),
            group_path("editors"),
        ),
    ],
)
def test_what_changes_something_stands_on_a_card(shared: Office, path: str) -> None:
    before = shared.open(path).response.text.partition('<form method="post"')[0]
    assert before.count("<section") == before.count("</section>") + 1


def test_a_password_that_may_be_left_out_is_not_demanded(shared: Office) -> None:
    assert "required" not in shared.open(NEW).forms[0].fields["password"]


def test_an_invitation_goes_the_way_that_was_chosen() -> None:
    office = Office()
    given = {"attribute.email": "eve@example.com", "attribute.phone_number": "+15555550123"}
    for name, medium, destination in (("eve", "SMS", "+15555550123"), ("eva", "", "eve@example.com")):
        office.open(NEW)
        office.send(given, username=name, media=medium)
        assert office.pool.outbox.latest(name).destination == destination


def test_an_address_that_is_the_name_is_asked_for_once() -> None:
    root = LocalUser("root@example.com", password=PASSWORD, groups=("admins",))
    office = Office("root@example.com", users=[root], username_attributes=["email"])
    page = office.open(NEW)
    assert "attribute.email" not in page.forms[0].fields
    office.send({"verified.email": "on"}, username="eve@example.com")
    found = office.attributes("eve@example.com")
    assert (found["email"], found["email_verified"]) == ("eve@example.com", "true")


@pytest.mark.parametrize(
    ("fields", "place", "status"),
    [
        ({"username": ""}, "username", 422),
        ({"username": "two words"}, "username", 422),
        ({"username": "ada"}, "username", 409),
        ({"username": "eve", "password": "short"}, "password", 400),
    ],
)
def test_what_is_wrong_with_a_new_user_is_said_beside_the_field(
    shared: Office, fields: dict[str, str], place: str, status: int
) -> None:
    shared.open(NEW)
    page = shared.send({"attribute.name": "Eve", **fields})
    form = page.forms[0]
    assert page.status == status
    assert form.fields[place]["aria-invalid"] == "true"
    assert form.filled_in()["attribute.name"] == "Eve"
    assert "short" not in page.response.text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"username": " "}, "Enter a username."),
        ({"username": "eve", "attribute.email": "eve"}, "Enter an address like name@example.com."),
        (
            {"username": "eve", "attribute.phone_number": "0123"},
            "Enter a number with its country code, like +49 30 123456.",
        ),
    ],
)
def test_what_to_write_is_said_where_it_is_missing_or_wrong(
    shared: Office, fields: dict[str, str], words: str
) -> None:
    shared.open(NEW)
    page = shared.send({"attribute.name": "Eve", **fields})
    assert (page.status, page.problem) == (422, words)
    assert page.forms[0].filled_in()["attribute.name"] == "Eve"


def test_an_address_that_is_the_name_is_looked_at_too() -> None:
    root = LocalUser("root@example.com", password=PASSWORD, groups=("admins",))
    office = Office("root@example.com", users=[root], username_attributes=["email"])
    office.open(NEW)
    page = office.send(username="eve")
    assert (page.status, page.problem) == (422, "Enter an address like name@example.com.")
    assert page.forms[0].fields["username"]["aria-invalid"] == "true"


def test_hostile_values_are_shown_as_text() -> None:
    hostile = LocalUser("mallory", password=PASSWORD, attributes={"name": HOSTILE, "given_name": "x" * 2000})
    office = Office(users=[*PEOPLE, hostile])
    shown = HOSTILE.replace("\u202e", "").replace("\u2066", "")
    assert shown in office.open(USERS).texts["td"]
    assert shown in " ".join(office.open(user_path("mallory")).texts["dd"])
    for path in (USERS, user_path("mallory")):
        text = office.open(path).response.text
        assert "<script>alert" not in text
        assert "\u202e" not in text


@pytest.mark.parametrize(
    "name",
    ["a/b", "../../me", "..", "%2e%2e", "a?b#c&d=e", "Zoë", "\u0627\u0644\u0641", "'\"<b>", "+1", "x" * 128],
)
def test_a_user_of_any_name_is_found_changed_and_deleted(shared: Office, name: str) -> None:
    shared.call("AdminCreateUser", Username=name, MessageAction="SUPPRESS")
    shared.open(f"{USERS}?show=FORCE_CHANGE_PASSWORD")
    page = shared.open(shared.page.links[name])
    assert (page.status, page.heading) == (200, name)
    page = shared.open(page.links["Disable"])
    assert f"{name} cannot sign in any more" in page.text
    shared.send()
    assert not shared.user(name)["Enabled"]
    shared.do("delete_user", name)
    assert shared.notice == "It is done."
    assert len(shared.call("ListUsers")["Users"]) == 6
    assert shared.open(ask_path("delete_user", name)).status == 404


def test_an_invitation_by_text_message_needs_a_number() -> None:
    office = Office()
    office.open(NEW)
    page = office.send({"attribute.email": "eve@example.com"}, username="eve", media="SMS")
    assert page.status == 422
    assert page.forms[0].fields["attribute.phone_number"]["aria-invalid"] == "true"
    assert "eve" not in {user["Username"] for user in office.call("ListUsers")["Users"]}
