"""Administration by pages: one user, and what is done with one."""

import json
from collections.abc import Iterator
from contextlib import suppress

import pytest

from fastapi_cognito_auth.local import LocalUser
from fastapi_cognito_auth.local.errors import ServiceError
from tests.older import needs
from tests.pages.admin_kit import Office, ask_path, user_path
from tests.routers.admin_kit import PEOPLE
from tests.routers.kit import NEW_PASSWORD, PASSWORD, TEMPORARY

NEWCOMER = LocalUser("newcomer", temporary_password=TEMPORARY, attributes={"email": "new@example.com"})
PLAIN = LocalUser(
    "plain", password=PASSWORD, attributes={"email": "p@example.com", "email_verified": "false"}
)


@pytest.fixture(scope="module")
def shared() -> Office:
    """Return an app; what a test changes is a user of its own."""
    return Office(users=[*PEOPLE, NEWCOMER, PLAIN], identity_providers=["Google"])


@pytest.fixture
def office(shared: Office) -> Iterator[Office]:
    """Return the app with a user `eve`, who is gone afterwards."""
    given = {"email": "eve@example.com", "email_verified": "true", "name": "Eve"}
    attributes = [{"Name": name, "Value": value} for name, value in given.items()]
    shared.call("AdminCreateUser", Username="eve", MessageAction="SUPPRESS", UserAttributes=attributes)
    shared.call("AdminSetUserPassword", Username="eve", Password=PASSWORD, Permanent=True)
    yield shared
    with suppress(Exception):
        shared.call("AdminDeleteUser", Username="eve")


def actions(office: Office, username: str) -> set[str]:
    """Return what may be done with a user."""
    links = office.open(user_path(username)).links.values()
    return {link.partition("/ask/")[2].partition("?")[0] for link in links if "/ask/" in link}


def test_a_user_is_shown_with_attributes_and_groups(shared: Office) -> None:
    page = shared.open(user_path("bob"))
    assert "E-mail address bob@example.com Verified" in page.text
    assert page.links["editors"] == "/account/admin/group?group=editors"
    assert page.title == "bob \N{EN DASH} The shop"


def test_a_number_that_is_shown_is_called_without_how_to_write_it() -> None:
    callee = LocalUser("eve", password=PASSWORD, attributes={"phone_number": "+15555550123"})
    page = Office(users=[*PEOPLE, callee]).open(user_path("eve"))
    assert "Phone number +15555550123" in page.text


def test_a_changed_address_is_looked_at_and_a_number_taken_as_people_write_it(office: Office) -> None:
    path = "/account/admin/user/attributes?user=eve"
    office.open(path)
    page = office.send({"attribute.email": "eve"})
    assert (page.status, page.problem) == (422, "Enter an address like name@example.com.")
    office.open(path)
    office.send({"attribute.phone_number": "+49 30 123456"})
    assert office.attributes("eve")["phone_number"] == "+4930123456"


def test_no_group_is_chosen_before_somebody_chooses_one(office: Office) -> None:
    page = office.open(user_path("eve"))
    assert page.response.text.index("Choose a group") < page.response.text.index('<option value="admins"')
    page = office.click("Add", group="")
    assert (page.status, page.problem) == (422, "Choose the group into which the user shall come.")
    assert page.forms[0].fields["group"]["aria-invalid"] == "true"
    assert office.groups("eve") == set()


def test_what_is_grave_comes_last_and_looks_so(office: Office) -> None:
    page = office.open(user_path("eve"))
    links = [*page.links]
    assert max(
        links.index(each) for each in ("Set a password", "Sign out everywhere", "Disable")
    ) < links.index("Delete the user")
    assert 'class="grave"' in page.response.text


def test_where_nothing_can_be_done_there_is_no_place_for_it() -> None:
    alone = LocalUser("root", password=PASSWORD, groups=("admins",))
    assert "Actions" not in Office(users=[alone]).open(user_path("root")).texts["h2"]


def test_what_a_user_cannot_have_done_has_no_link(shared: Office) -> None:
    usual = {"reset_password", "sign_out", "disable", "delete_user"}
    assert actions(shared, "ada") == usual
    assert actions(shared, "newcomer") == (usual - {"reset_password"}) | {"invite"}
    assert actions(shared, "plain") == usual | {"verify_email"}
    assert actions(shared, "bob") == usual | {"leave_group"}


def test_administrators_are_warned_of_themselves_and_cannot_lock_themselves_out(shared: Office) -> None:
    assert actions(shared, "root") == set()
    assert shared.page.texts[".warning"] == ["This is your own account."]
    for deed in ("disable", "delete_user", "sign_out", "reset_password"):
        page = shared.open(ask_path(deed, "root"))
        assert "Administrators cannot do this to their own account." in page.text
        assert [form for form in page.forms if form.attributes["method"] == "post"] == []
        answer = shared.http.post(page.path, headers={"Origin": "https://app.example"})
        assert answer.status_code == 409
    assert shared.user("root")["Enabled"]


def test_what_is_done_is_asked_for_first_and_names_the_user(office: Office) -> None:
    page = office.open(ask_path("delete_user", "eve"))
    assert "eve is deleted for good" in page.text
    assert office.user("eve")["Enabled"]
    page = office.send()
    assert (page.path, office.notice) == ("/account/admin/users?notice=done", "It is done.")
    assert office.open(user_path("eve")).status == 404


def test_a_user_is_disabled_and_enabled(office: Office) -> None:
    office.do("disable", "eve")
    assert not office.user("eve")["Enabled"]
    assert "enable" in actions(office, "eve")
    office.do("enable", "eve")
    assert office.user("eve")["Enabled"]


def test_an_invitation_is_sent_again(office: Office) -> None:
    before = len(office.pool.outbox)
    assert office.do("invite", "newcomer").status == 200
    assert len(office.pool.outbox) == before + 1


def test_a_password_is_reset(office: Office) -> None:
    office.do("reset_password", "eve")
    assert office.user("eve")["UserStatus"] == "RESET_REQUIRED"


def test_who_has_signed_up_is_confirmed_without_a_code(office: Office) -> None:
    client = office.pool.client_id
    office.pool.call("SignUp", {"ClientId": client, "Username": "signed-up", "Password": PASSWORD})
    assert "confirm" in actions(office, "signed-up")
    office.do("confirm", "signed-up")
    assert office.user("signed-up")["UserStatus"] == "CONFIRMED"


def test_an_address_is_marked_as_verified(office: Office) -> None:
    unverified = [{"Name": "email_verified", "Value": "false"}]
    office.call("AdminUpdateUserAttributes", Username="eve", UserAttributes=unverified)
    office.do("verify_email", "eve")
    assert office.attributes("eve")["email_verified"] == "true"


def test_what_fails_is_told_where_it_was_asked_for(office: Office) -> None:
    page = office.do("invite", "eve")
    assert (page.status, page.problem) == (
        400,
        "This user is in a state in which that cannot be done.",
    )
    assert page.heading == "Send the invitation again"


def test_a_password_is_set_for_good_or_for_the_next_sign_in(office: Office) -> None:
    office.open("/account/admin/user/password?user=eve")
    page = office.send(password="short")
    assert (page.status, page.problem) == (400, "The password does not meet all of the rules below.")
    assert "short" not in page.response.text
    office.send(password=NEW_PASSWORD, kind="temporary")
    assert office.user("eve")["UserStatus"] == "FORCE_CHANGE_PASSWORD"
    office.open("/account/admin/user/password?user=eve")
    office.send(password=NEW_PASSWORD, kind="permanent")
    assert office.user("eve")["UserStatus"] == "CONFIRMED"


def test_attributes_are_changed_and_those_that_were_not_touched_stay(office: Office) -> None:
    office.open("/account/admin/user/attributes?user=eve")
    assert office.page.forms[0].filled_in()["attribute.name"] == "Eve"
    page = office.send(
        {"attribute.name": "Eve L.", "attribute.email": ""}, new_name="nickname", new_value="A"
    )
    assert (page.path, office.notice) == (f"{user_path('eve')}&notice=saved", "It is saved.")
    held = office.attributes("eve")
    assert (held["name"], held["nickname"], held.get("email", "")) == ("Eve L.", "A", "")


def test_an_attribute_that_cannot_be_is_told_with_what_was_typed(office: Office) -> None:
    office.open("/account/admin/user/attributes?user=eve")
    page = office.send({"attribute.phone_number": "12"})
    assert page.status == 422
    assert page.problem
    assert page.forms[0].filled_in()["attribute.phone_number"] == "12"


def test_a_user_joins_a_group_and_leaves_it(office: Office) -> None:
    office.open(user_path("eve"))
    office.send(group="editors")
    assert office.groups("eve") == {"editors"}
    page = office.open(ask_path("leave_group", "eve", group="editors"))
    assert "eve is taken out of the group editors" in page.text
    office.send()
    assert office.groups("eve") == set()


def pressed(office: Office, button: str) -> None:
    """Switch codes by text message."""
    page = office.open(user_path("eve"))
    for number, form in enumerate(page.forms):
        if form.filled_in().get("factor") == "SMS_MFA":
            form.buttons = [one for one in form.buttons if one["value"] == button]
            office.send(form=number)
            return
    raise AssertionError


def test_a_second_factor_is_switched(office: Office) -> None:
    given = {"phone_number": "+15555550100", "phone_number_verified": "true"}
    phone = [{"Name": name, "Value": value} for name, value in given.items()]
    office.call("AdminUpdateUserAttributes", Username="eve", UserAttributes=phone)
    pressed(office, "on")
    assert office.user("eve")["UserMFASettingList"] == ["SMS_MFA"]
    pressed(office, "first")
    assert office.user("eve")["PreferredMfaSetting"] == "SMS_MFA"
    pressed(office, "off")
    assert office.user("eve").get("UserMFASettingList", []) == []


def test_providers_are_linked_and_unlinked(office: Office) -> None:
    office.open("/account/admin/user/identity?user=eve")
    office.send(provider="Google", provider_user_id="117")
    [identity] = json.loads(office.attributes("eve")["identities"])
    assert (identity["providerName"], identity["userId"]) == ("Google", "117")
    page = office.open(user_path("eve"))
    page = office.open(page.links["Unlink Google"])
    assert "eve cannot sign in by Google any more" in page.text
    office.send()
    assert json.loads(office.attributes("eve").get("identities", "[]")) == []


@needs("AdminListUserSessions")
def test_sessions_are_shown_and_ended_where_the_pool_keeps_them() -> None:
    office = Office(max_sessions_per_user=5)
    office.leave()
    office.enter("ada")
    office.enter("root")
    page = office.open(user_path("ada"))
    assert "Where the user is signed in" in page.texts["h2"]
    [link] = [link for name, link in page.links.items() if name.startswith("End the session")]
    office.open(link)
    office.send()
    assert "Where the user is signed in" not in office.open(user_path("ada")).texts["h2"]


def test_events_are_shown_where_the_pool_keeps_them() -> None:
    office = Office()
    office.call("UpdateUserPool", UserPoolAddOns={"AdvancedSecurityMode": "AUDIT"}, UserPoolTier="PLUS")
    office.leave()
    office.enter("ada")
    office.enter("root")
    page = office.open(user_path("ada"))
    assert "Sign-ins and other events" in page.texts["h2"]
    assert page.texts["td"][1:3] == ["Sign-in", "Succeeded"]


def test_it_is_said_whether_a_sign_in_was_the_users_own() -> None:
    office = Office()
    office.call("UpdateUserPool", UserPoolAddOns={"AdvancedSecurityMode": "AUDIT"}, UserPoolTier="PLUS")
    office.leave()
    office.enter("ada")
    office.enter("root")
    for words, told, value in (
        ("It was somebody else", "was not ada", "Invalid"),
        ("It was the user", "was ada", "Valid"),
    ):
        links = office.open(user_path("ada")).links
        page = office.open(next(link for name, link in links.items() if name.startswith(words)))
        assert told in page.text
        office.send()
        assert office.notice == "It is done."
        [event] = office.call("AdminListUserAuthEvents", Username="ada")["AuthEvents"]
        assert event["EventFeedback"]["FeedbackValue"] == value
    links = office.open(user_path("ada")).links
    assert not [name for name in links if name.startswith("It was the user")]
    assert "The user\N{RIGHT SINGLE QUOTATION MARK}s own" in office.page.text


def test_an_event_that_is_not_there_is_told_in_words() -> None:
    office = Office()
    office.call("UpdateUserPool", UserPoolAddOns={"AdvancedSecurityMode": "AUDIT"}, UserPoolTier="PLUS")
    page = office.do("event_invalid", "ada", event="00000000-0000-4000-8000-000000000000")
    assert (page.status, page.problem) == (404, "There is nothing like that here.")


def test_a_device_is_no_longer_remembered_and_is_again() -> None:
    office = Office(device_tracking="ALWAYS")
    office.enter("ada")
    office.enter("root")
    for words, remembered in (("Do not remember", "not_remembered"), ("Remember the device", "remembered")):
        page = office.open(user_path("ada"))
        assert page.texts.get(".badge", []).count("Remembered") == (remembered == "not_remembered")
        office.open(next(link for name, link in page.links.items() if name.startswith(words)))
        office.send()
        assert office.notice == "It is done."
        [device] = office.call("AdminListDevices", Username="ada")["Devices"]
        held = {one["Name"]: one["Value"] for one in device["DeviceAttributes"]}
        assert held["dev:device_remembered_status"] == remembered


def test_an_attribute_of_the_team_that_is_called_like_a_verification_is_one_of_its_own() -> None:
    given = {"custom:age": "40", "custom:age_verified": "true"}
    office = Office(
        users=[*PEOPLE, LocalUser("carol", password=PASSWORD, attributes=given)],
        custom_attributes={"age": "String", "age_verified": "String"},
    )
    page = office.open(user_path("carol"))
    assert "Age verified true" in page.text
    assert "40 Verified" not in page.text
    office.open("/account/admin/user/attributes?user=carol")
    office.send({"attribute.custom:age_verified": "false"})
    assert office.attributes("carol")["custom:age_verified"] == "false"


@pytest.mark.parametrize("operation", ["AdminListGroupsForUser", "AdminListDevices"])
def test_a_list_that_cannot_be_had_is_not_taken_for_an_empty_one(
    shared: Office, operation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = shared.pool.call

    def throttled(name: str, params: dict[str, object]) -> dict[str, object]:
        if name == operation and params["Username"] == "bob":
            raise ServiceError("TooManyRequestsException", "")
        return call(name, params)

    monkeypatch.setattr(shared.pool, "call", throttled)
    page = shared.open(user_path("bob"))
    assert (page.status, page.heading) == (429, "That did not work")


def test_what_the_pool_does_not_know_is_not_shown(shared: Office) -> None:
    headings = shared.open(user_path("ada")).texts["h2"]
    assert not {"Where the user is signed in", "Sign-ins and other events", "Devices that are remembered"} & {
        *headings
    }


@pytest.mark.parametrize(
    "path", [user_path("nobody"), ask_path("disable", "nobody"), ask_path("explode", "ada")]
)
def test_what_is_not_there_is_told_in_words(shared: Office, path: str) -> None:
    page = shared.open(path)
    assert (page.status, page.heading) == (404, "That did not work")


@pytest.mark.parametrize("path", ["/account/admin/user", ask_path("disable", "two words")])
def test_an_address_without_a_name_that_can_be_is_refused(shared: Office, path: str) -> None:
    assert shared.open(path).status == 422


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "pt", "ja", "ar"])
def test_every_language_has_words_for_what_is_shown(shared: Office, language: str) -> None:
    page = shared.open(user_path("bob"), **{"accept-language": language})
    assert page.html["lang"] == language
    assert "admin." not in page.text
