"""Users and groups are created and changed, and what is wrong with that is said."""

import json
from contextlib import suppress
from typing import Any

import pytest

from fastapi_cognito_auth.cognito.password_rules import in_words
from fastapi_cognito_auth.local import LocalUser, ServiceError
from tests.local.kit import Kit
from tests.older import needs
from tests.routers.admin_kit import ADA, BOB, DEVICE, EVERYTHING, GUARD, ROOT, SESSION, AdminApp, name_of
from tests.routers.kit import NEW_PASSWORD, PASSWORD, TEMPORARY, code_of


@pytest.fixture(scope="module")
def shared() -> AdminApp:
    """For what is refused, and for new users of names of their own."""
    return AdminApp([ROOT, ADA, BOB])


@pytest.fixture(scope="module")
def token(shared: AdminApp) -> str:
    return shared.token()


def test_a_user_is_invited_and_signs_in(shared: AdminApp, token: str) -> None:
    body = {
        "username": " grace ",
        "attributes": {"email": "grace@example.com", "email_verified": "true"},
        "groups": ["editors"],
        "temporary_password": TEMPORARY,
    }
    answer = shared.ask(token, "POST", "/users", body)
    assert answer.status_code == 201
    created = answer.json()
    assert (created["username"], created["status"]) == ("grace", "FORCE_CHANGE_PASSWORD")
    assert TEMPORARY not in answer.text
    assert shared.pool.outbox.latest("grace").code == TEMPORARY
    assert shared.tokens("grace", TEMPORARY)["challenge"] == "NEW_PASSWORD_REQUIRED"
    groups = shared.ask(token, "GET", "/users/grace/groups").json()["items"]
    assert [group["name"] for group in groups] == ["editors"]


def test_an_invitation_is_sent_again(shared: AdminApp, token: str) -> None:
    shared.ask(token, "POST", "/users", {"username": "lost", "attributes": {"email": "lost@example.com"}})
    first = shared.pool.outbox.latest("lost").code
    assert shared.ask(token, "POST", "/users/lost/resend-invitation", {"client_metadata": {}}).is_success
    assert shared.pool.outbox.latest("lost").code != first


def test_nobody_is_told_where_no_invitation_was_wanted(shared: AdminApp, token: str) -> None:
    body = {"username": "quiet", "attributes": {"email": "quiet@example.com"}, "invite": False}
    assert shared.ask(token, "POST", "/users", body).status_code == 201
    with pytest.raises(LookupError):
        shared.pool.outbox.latest("quiet")


def test_a_group_that_is_not_there_is_said_before_the_user_is(shared: AdminApp, token: str) -> None:
    body = {"username": "half", "groups": ["editors", "nothing"]}
    assert shared.refused(token, "POST", "/users", body) == (404, "resource_not_found")
    assert shared.refused(token, "GET", "/users/half") == (404, "user_not_found")


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"username": "ada"}, (409, "username_exists")),
        ({"username": "x", "temporary_password": "short"}, (400, "invalid_password")),
        ({"username": "x", "temporary_password": "only-lower-case"}, (400, "invalid_password")),
        ({"username": "x", "attributes": {"nothing": "x"}}, (400, "invalid_parameter")),
        ({"username": "x", "attributes": {"sub": "x"}}, (400, "invalid_parameter")),
        ({"username": "a b"}, (422, "invalid_request")),
        ({"username": ""}, (422, "invalid_request")),
        ({"username": "x", "sub": "y"}, (422, "invalid_request")),
        ({"username": "x", "attributes": {"email": ["x"]}}, (422, "invalid_request")),
        ({"username": "x", "media": ["PIGEON"]}, (422, "invalid_request")),
        ({}, (422, "invalid_request")),
    ],
)
def test_a_user_who_cannot_be_is_refused(
    shared: AdminApp, token: str, body: Any, refusal: tuple[int, str]
) -> None:
    answer = shared.ask(token, "POST", "/users", body)
    assert code_of(answer) == refusal
    assert "only-lower-case" not in answer.text


def test_attributes_are_set_and_taken_away(shared: AdminApp, token: str) -> None:
    body = {"attributes": {"given_name": "Robert", "email": "new@example.com"}}
    assert shared.ask(token, "PATCH", "/users/bob/attributes", body).status_code == 204
    held = shared.ask(token, "GET", "/users/bob").json()["attributes"]
    assert (held["given_name"], held["email_verified"]) == ("Robert", "false")
    path = "/users/bob/attributes?name=given_name&name=email"
    assert shared.ask(token, "DELETE", path).status_code == 204
    assert not {"given_name", "email"} & shared.ask(token, "GET", "/users/bob").json()["attributes"].keys()


@pytest.mark.parametrize("query", ["", "?name=", "?name=a%20b", "?name=" + "x" * 33, "?names=email"])
def test_attributes_are_taken_away_by_name(shared: AdminApp, token: str, query: str) -> None:
    assert shared.refused(token, "DELETE", f"/users/bob/attributes{query}") == (422, "invalid_request")


def test_who_has_signed_up_is_confirmed_without_a_code(shared: AdminApp, token: str) -> None:
    body = {"username": "eve", "password": PASSWORD, "attributes": {"email": "eve@example.com"}}
    shared.http.post("/auth/sign-up", json=body)
    assert shared.ask(token, "POST", "/users/eve/confirm", {"client_metadata": {"a": "b"}}).status_code == 204
    assert shared.tokens("eve")["status"] == "signed_in"


def test_a_disabled_user_is_let_in_again() -> None:
    app = AdminApp([ROOT, ADA])
    token = app.token()
    assert app.ask(token, "POST", "/users/ada/disable").is_success
    assert "access_token" not in app.tokens("ada")
    assert app.ask(token, "POST", "/users/ada/enable").status_code == 204
    assert "access_token" in app.tokens("ada")


def test_a_password_that_is_set_has_to_be_replaced_unless_it_is_to_stay() -> None:
    app = AdminApp([ROOT, ADA])
    token = app.token()
    assert app.ask(token, "PUT", "/users/ada/password", {"password": NEW_PASSWORD}).is_success
    assert app.tokens("ada", NEW_PASSWORD)["challenge"] == "NEW_PASSWORD_REQUIRED"
    body = {"password": NEW_PASSWORD, "permanent": True}
    assert app.ask(token, "PUT", "/users/ada/password", body).is_success
    assert app.tokens("ada", NEW_PASSWORD)["status"] == "signed_in"


def test_a_password_that_is_reset_is_chosen_anew_by_a_code() -> None:
    app = AdminApp([ROOT, ADA])
    assert app.ask(app.token(), "POST", "/users/ada/reset-password").is_success
    body = {"username": "ada", "code": app.pool.outbox.latest("ada").code, "password": NEW_PASSWORD}
    assert app.http.post("/auth/password/reset", json=body).is_success


@needs("AdminGetUserAuthFactors")
def test_factors_are_told_and_switched() -> None:
    kit = Kit(users=[ROOT, LocalUser("alice", password="Correct-horse-7")])
    kit.enroll_totp("alice")
    app = AdminApp(pool=kit.pool, clock=kit.clock)  # type: ignore[arg-type]
    token = app.token()
    factors = app.ask(token, "GET", "/users/alice/auth-factors").json()
    assert factors["user_mfa_setting_list"] == ["SOFTWARE_TOKEN_MFA"]
    off = {"software_token_mfa_settings": {"enabled": False}}
    assert app.ask(token, "PUT", "/users/alice/mfa", off).status_code == 204
    assert app.ask(token, "GET", "/users/alice").json()["user_mfa_setting_list"] == []


@needs("AdminListUserSessions")
def test_a_pool_that_tracks_no_sessions_says_so(shared: AdminApp, token: str) -> None:
    for endpoint in (("GET", "/users/ada/sessions"), ("DELETE", f"/users/ada/sessions/{SESSION}")):
        assert shared.refused(token, *endpoint) == (400, "invalid_parameter")


@needs("AdminDeleteSoftwareToken")
def test_an_authenticator_app_that_was_lost_is_taken_away() -> None:
    kit = Kit(users=[ROOT, LocalUser("alice", password="Correct-horse-7")])
    kit.enroll_totp("alice")
    app = AdminApp(pool=kit.pool, clock=kit.clock)  # type: ignore[arg-type]
    token = app.token()
    assert app.tokens("alice", "Correct-horse-7")["challenge"] == "SOFTWARE_TOKEN_MFA"
    assert app.ask(token, "DELETE", "/users/alice/mfa/totp").status_code == 204
    assert app.tokens("alice", "Correct-horse-7")["status"] == "signed_in"


def test_an_identity_is_linked_and_taken_away_with_every_sign_in() -> None:
    app = AdminApp([ROOT, ADA], identity_providers=["Google"])
    token, ada = app.token(), app.tokens("ada")
    body = {"provider": "Google", "provider_user_id": "7"}
    assert app.ask(token, "POST", "/users/ada/identities", body).status_code == 204
    held = app.ask(token, "GET", "/users/ada").json()["attributes"]
    (identity,) = json.loads(held["identities"])
    assert (identity["providerName"], identity["userId"]) == ("Google", "7")
    path = "/users/ada/identities/Google"
    assert app.refused(token, "DELETE", f"{path}?provider_user_id=8") == (404, "resource_not_found")
    assert app.ask(token, "DELETE", path).json()["status"] == "access_ended"
    assert "identities" not in app.ask(token, "GET", "/users/ada").json()["attributes"]
    refreshed = app.http.post("/auth/refresh", json={"refresh_token": ada["refresh_token"]})
    assert refreshed.status_code == 401
    assert app.refused(token, "DELETE", path) == (404, "resource_not_found")


def test_what_threat_protection_recorded_is_told_and_judged() -> None:
    app = AdminApp([ROOT, ADA])
    app.call("UpdateUserPool", UserPoolTier="PLUS", UserPoolAddOns={"AdvancedSecurityMode": "ENFORCED"})
    app.tokens("ada")
    token = app.token()
    (event,) = app.ask(token, "GET", "/users/ada/auth-events").json()["items"]
    assert (event["event_type"], event["event_response"]) == ("SignIn", "Pass")
    path = f"/users/ada/auth-events/{event['event_id']}/feedback"
    assert app.ask(token, "POST", path, {"feedback_value": "Invalid"}).status_code == 204
    (event,) = app.ask(token, "GET", "/users/ada/auth-events").json()["items"]
    assert event["event_feedback"]["feedback_value"] == "Invalid"
    nobody = path.replace("/ada/", "/nobody/")
    assert app.refused(token, "POST", nobody, {"feedback_value": "Valid"}) == (404, "user_not_found")


def test_the_superseded_settings_are_set() -> None:
    phone = {"phone_number": "+15555550100", "phone_number_verified": "true"}
    app = AdminApp([ROOT, LocalUser("eve", password=PASSWORD, attributes=phone)])
    token = app.token()
    for options, on in (
        ([{"delivery_medium": "SMS", "attribute_name": "phone_number"}], ["SMS_MFA"]),
        ([], []),
    ):
        assert app.ask(token, "PUT", "/users/eve/settings", {"mfa_options": options}).status_code == 204
        assert app.ask(token, "GET", "/users/eve").json()["user_mfa_setting_list"] == on


def test_a_device_that_is_not_there_is_none(shared: AdminApp, token: str) -> None:
    assert shared.ask(token, "GET", f"/users/ada/devices/{DEVICE}").status_code in {400, 404, 503}


@pytest.mark.parametrize(
    ("password", "broken"),
    [
        ("a b", "A password has 6 characters or more"),
        ("longenough", "Password did not conform with policy: Password must have uppercase characters"),
    ],
)
def test_an_administrator_is_told_all_that_the_pool_wants_of_a_password(
    shared: AdminApp, token: str, password: str, broken: str
) -> None:
    answers = [
        shared.ask(token, "POST", "/users", {"username": "weak", "temporary_password": password}),
        shared.ask(token, "PUT", "/users/bob/password", {"password": password}),
    ]
    assert [code_of(answer) for answer in answers] == [(400, "invalid_password")] * 2
    wanted = "8 characters or more, and capitals, small letters, digits and symbols among them"
    assert {answer.json()["detail"]["message"] for answer in answers} == {
        f"{broken}. This pool wants {wanted}."
    }


def test_where_the_pool_may_not_be_looked_at_the_refusal_of_a_password_stays_as_it_is(
    shared: AdminApp, token: str
) -> None:
    call = shared.pool.call

    def refusing(operation: str, params: dict[str, Any]) -> dict[str, Any]:
        if operation == "DescribeUserPool":
            raise ServiceError("AccessDeniedException", "no")
        return call(operation, params)

    shared.pool.call = refusing  # type: ignore[method-assign]
    try:
        answer = shared.ask(token, "PUT", "/users/bob/password", {"password": "longenough"})
    finally:
        shared.pool.call = call  # type: ignore[method-assign]
    assert code_of(answer) == (400, "invalid_password")
    assert "This pool" not in answer.text


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        ({}, ""),
        ({"MinimumLength": 12}, "This pool wants 12 characters or more."),
        (
            {"MinimumLength": 6, "RequireNumbers": True, "RequireSymbols": False},
            "This pool wants 6 characters or more, and digits among them.",
        ),
        (
            {"MinimumLength": 6, "RequireLowercase": True, "RequireNumbers": True},
            "This pool wants 6 characters or more, and small letters and digits among them.",
        ),
    ],
    ids=["nothing", "a length", "one kind", "two kinds"],
)
def test_what_a_pool_wants_of_passwords_is_a_sentence(policy: dict[str, Any], words: str) -> None:
    assert in_words({"Policies": {"PasswordPolicy": policy}}) == words


def test_a_group_is_created_changed_and_looked_at(shared: AdminApp, token: str) -> None:
    body = {"name": "writers", "description": "Who write", "precedence": 3}
    created = shared.ask(token, "POST", "/groups", body)
    assert created.status_code == 201
    assert {name: created.json()[name] for name in body} == body
    changed = shared.ask(token, "PATCH", "/groups/writers", {"precedence": 0}).json()
    assert (changed["description"], changed["precedence"]) == ("Who write", 0)
    assert shared.ask(token, "GET", "/groups/writers").json()["precedence"] == 0
    assert shared.refused(token, "POST", "/groups", body) == (409, "group_exists")


@pytest.mark.parametrize("emptied", ["", None], ids=["empty", "null"])
def test_the_description_of_a_group_is_emptied(shared: AdminApp, token: str, emptied: str | None) -> None:
    shared.ask(token, "PATCH", "/groups/editors", {"description": "Who edit"})
    changed = shared.ask(token, "PATCH", "/groups/editors", {"description": emptied})
    assert changed.json()["description"] == ""
    assert shared.ask(token, "GET", "/groups/editors").json()["description"] == ""


@pytest.mark.parametrize("name", ["role_arn", "precedence"])
def test_what_cognito_cannot_take_away_from_a_group_is_refused(
    shared: AdminApp, token: str, name: str
) -> None:
    with shared.calls() as calls:
        answer = shared.ask(token, "PATCH", "/groups/editors", {name: None, "description": "x"})
    (fault,) = answer.json()["detail"]["errors"]
    assert (fault["loc"], fault["type"]) == (["body", name], "not_taken_away")
    assert "UpdateGroup" not in {operation for operation, _ in calls}


@pytest.mark.parametrize(
    "body",
    [
        {"name": "x", "precedence": -1},
        {"name": "x", "precedence": 2**31},
        {"name": "x", "role_arn": "not an ARN, however long it is"},
        {"name": "x", "description": "x" * 2049},
        {"name": "x" * 129},
    ],
)
def test_a_group_that_cannot_be_is_refused(shared: AdminApp, token: str, body: Any) -> None:
    assert shared.refused(token, "POST", "/groups", body) == (422, "invalid_request")


def test_membership_is_given_and_taken(shared: AdminApp, token: str) -> None:
    assert shared.ask(token, "PUT", "/groups/editors/users/ada").status_code == 204
    assert shared.ask(token, "PUT", "/groups/editors/users/ada").status_code == 204
    members = shared.ask(token, "GET", "/groups/editors/users").json()["items"]
    assert "ada" in {member["username"] for member in members}
    assert shared.ask(token, "DELETE", "/groups/editors/users/ada").is_success
    members = shared.ask(token, "GET", "/groups/editors/users").json()["items"]
    assert "ada" not in {member["username"] for member in members}


@pytest.mark.parametrize(
    "endpoint", [one for one in EVERYTHING if "/ada" in one[1] and "groups/" not in one[1]], ids=name_of
)
def test_nobody_of_that_name_is_said(shared: AdminApp, token: str, endpoint: tuple[str, str, Any]) -> None:
    method, path, body = endpoint
    answer = shared.ask(token, method, path.replace("/ada", "/nobody").replace("=ada", "=nobody"), body)
    # What the local pool does not have, it says so.
    assert code_of(answer) in {
        (404, "user_not_found"),
        (501, "unknown_operation"),
        (400, "user_pool_add_on_not_enabled"),
    }


@pytest.mark.parametrize("endpoint", [one for one in EVERYTHING if one[2]], ids=name_of)
def test_a_body_that_is_more_than_was_asked_for_is_refused(
    shared: AdminApp, token: str, endpoint: tuple[str, str, Any]
) -> None:
    method, path, body = endpoint
    with shared.calls() as calls:
        assert shared.refused(token, method, path, {**body, "user_pool_id": "x"}) == (422, "invalid_request")
    assert {operation for operation, _ in calls} <= GUARD


CALLED = {
    "GET /users": "ListUsers",
    "GET /users/ada": "AdminGetUser",
    "GET /users/ada/auth-factors": "AdminGetUserAuthFactors",
    "GET /users/ada/groups": "AdminListGroupsForUser",
    "GET /users/ada/devices": "AdminListDevices",
    f"GET /users/ada/devices/{DEVICE}": "AdminGetDevice",
    "GET /users/ada/sessions": "AdminListUserSessions",
    "GET /users/ada/auth-events": "AdminListUserAuthEvents",
    "GET /groups": "ListGroups",
    "GET /groups/editors": "GetGroup",
    "GET /groups/editors/users": "ListUsersInGroup",
    "POST /users": "AdminCreateUser",
    "DELETE /users/ada": "AdminDeleteUser",
    "PATCH /users/ada/attributes": "AdminUpdateUserAttributes",
    "DELETE /users/ada/attributes": "AdminDeleteUserAttributes",
    "POST /users/ada/resend-invitation": "AdminCreateUser",
    "POST /users/ada/confirm": "AdminConfirmSignUp",
    "POST /users/ada/disable": "AdminDisableUser",
    "POST /users/ada/enable": "AdminEnableUser",
    "POST /users/ada/reset-password": "AdminResetUserPassword",
    "PUT /users/ada/password": "AdminSetUserPassword",
    "POST /users/ada/sign-out": "AdminUserGlobalSignOut",
    "PUT /users/ada/mfa": "AdminSetUserMFAPreference",
    "DELETE /users/ada/mfa/totp": "AdminDeleteSoftwareToken",
    "PUT /users/ada/settings": "AdminSetUserSettings",
    "POST /users/ada/identities": "AdminLinkProviderForUser",
    # Nobody is linked to a provider here; `tests/cognito/test_users.py` has who is.
    "DELETE /users/ada/identities/Google": "AdminGetUser",
    f"PATCH /users/ada/devices/{DEVICE}": "AdminUpdateDeviceStatus",
    f"DELETE /users/ada/devices/{DEVICE}": "AdminForgetDevice",
    f"DELETE /users/ada/sessions/{SESSION}": "AdminRevokeUserSession",
    "POST /users/ada/auth-events/1/feedback": "AdminUpdateAuthEventFeedback",
    "POST /groups": "CreateGroup",
    "PATCH /groups/editors": "UpdateGroup",
    "DELETE /groups/editors": "DeleteGroup",
    "PUT /groups/editors/users/ada": "AdminAddUserToGroup",
    "DELETE /groups/editors/users/bob": "AdminRemoveUserFromGroup",
    "GET /user-export": "ListUsers",
}
"""Which endpoint calls what; `test_admin_transfer.py` has those of imports."""


@pytest.mark.parametrize(
    "endpoint",
    [
        pytest.param(one, marks=needs(CALLED[name_of(one)]), id=name_of(one))
        for one in EVERYTHING
        if name_of(one) in CALLED
    ],
)
def test_each_endpoint_calls_its_operation(
    shared: AdminApp, token: str, endpoint: tuple[str, str, Any]
) -> None:
    """What the local pool does not have is asked for all the same, and refused by name."""
    method, path, body = endpoint
    if method == "DELETE" and path.startswith("/groups/editors?"):
        path += "&remove_members=true"
    with shared.calls() as calls:
        shared.ask(token, method, path, body)
    assert CALLED[name_of(endpoint)] in {operation for operation, _ in calls}
    # For the next one, whatever has become of them.
    for name in ("ada", "bob"):
        with suppress(ServiceError):
            shared.call("AdminCreateUser", Username=name, MessageAction="SUPPRESS")
    with suppress(ServiceError):
        shared.call("CreateGroup", GroupName="editors")
