"""Administration in Python: what is asked of Cognito, and what comes of it on the local pool."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from fastapi_cognito_auth import CognitoAuth
from fastapi_cognito_auth.cognito.factors import MfaPreference, MfaSettings, WebAuthnMfaSettings
from fastapi_cognito_auth.cognito.pool import UserPool
from fastapi_cognito_auth.cognito.temporary_passwords import draw_temporary_password
from fastapi_cognito_auth.exceptions import (
    InvalidParameterError,
    InvalidPasswordError,
    ResourceNotFoundError,
    UsernameExistsError,
    UserNotFoundError,
    UserPoolUnavailableError,
)
from fastapi_cognito_auth.local import LocalUser, LocalUserPool, ServiceError
from fastapi_cognito_auth.profile import MfaOption
from tests.cognito.upstream import Upstream, reply
from tests.local.kit import signing_keys
from tests.older import known, needs
from tests.support import in_a_loop

KEY = "us-east-1_11111111-2222-3333-4444-555555555555"
SESSION = "tkn" + "a" * 25
NEW_PASSWORD = "Battery-staple-2?"
USER = {
    "Username": "ada",
    "UserStatus": "CONFIRMED",
    "Enabled": True,
    "UserCreateDate": 1_790_000_000,
    "UserAttributes": [{"Name": "sub", "Value": "1"}],
}
IDENTITIES = '[{"userId": "7", "providerName": "Google", "providerType": "Google", "primary": "false"}]'
LINKED = {**USER, "UserAttributes": [{"Name": "identities", "Value": IDENTITIES}]}
GROUP = {"Group": {"GroupName": "staff"}}


def pool_of(*users: str, groups: tuple[str, ...] = ()) -> UserPool:
    local = LocalUserPool(
        users=[LocalUser(name, password="Correct-horse-1!") for name in users], groups=groups
    )
    # Making RSA keys takes longer than all the rest of a test.
    local._plane.tokens.keys = signing_keys()
    return CognitoAuth.local(local).pool


async def ask_all(pool: UserPool, username: str) -> list[Any]:
    return [
        [each async for each in listed]
        for listed in (pool.users.devices.list(username), pool.groups.of(username))
    ]


ASKED: list[tuple[Callable[[UserPool], Awaitable[Any]], str, dict[str, Any], dict[str, Any]]] = [
    (
        lambda pool: pool.users.create(
            "ada",
            email="ada@example.com",
            attributes={"email_verified": "true"},
            temporary_password=NEW_PASSWORD,
            force_alias=True,
            validation_data={"from": "import"},
            client_metadata={"a": "b"},
        ),
        "AdminCreateUser",
        {"User": USER},
        {
            "Username": "ada",
            "UserAttributes": [
                {"Name": "email_verified", "Value": "true"},
                {"Name": "email", "Value": "ada@example.com"},
            ],
            "TemporaryPassword": NEW_PASSWORD,
            "DesiredDeliveryMediums": ["EMAIL"],
            "ForceAliasCreation": True,
            "ValidationData": [{"Name": "from", "Value": "import"}],
            "ClientMetadata": {"a": "b"},
        },
    ),
    (
        lambda pool: pool.users.create("ada", phone_number="+15555550100", temporary_password=NEW_PASSWORD),
        "AdminCreateUser",
        {"User": USER},
        {
            "Username": "ada",
            "UserAttributes": [{"Name": "phone_number", "Value": "+15555550100"}],
            "TemporaryPassword": NEW_PASSWORD,
            "DesiredDeliveryMediums": ["SMS"],
            "ClientMetadata": {},
        },
    ),
    (
        lambda pool: pool.users.create("ada", email="a@b.c", invite=False, media=["EMAIL"]),
        "AdminCreateUser",
        {"User": USER},
        {
            "Username": "ada",
            "UserAttributes": [{"Name": "email", "Value": "a@b.c"}],
            "MessageAction": "SUPPRESS",
            "ClientMetadata": {},
        },
    ),
    (
        lambda pool: pool.users.resend_invitation("ada"),
        "AdminCreateUser",
        {"User": USER},
        {"Username": "ada", "MessageAction": "RESEND", "ClientMetadata": {}},
    ),
    (lambda pool: pool.users.get("ada"), "AdminGetUser", USER, {"Username": "ada"}),
    (
        lambda pool: pool.users.auth_factors("ada"),
        "AdminGetUserAuthFactors",
        {"Username": "ada"},
        {"Username": "ada"},
    ),
    (
        lambda pool: pool.users.page(limit=7, next_token="t", attributes=["email"], filter_text='sub = "1"'),
        "ListUsers",
        {"Users": [USER]},
        {"Limit": 7, "PaginationToken": "t", "AttributesToGet": ["email"], "Filter": 'sub = "1"'},
    ),
    (
        lambda pool: pool.users.update("ada", {"name": "Ada", "picture": ""}, client_metadata={"a": "b"}),
        "AdminUpdateUserAttributes",
        {},
        {
            "Username": "ada",
            "UserAttributes": [{"Name": "name", "Value": "Ada"}, {"Name": "picture", "Value": ""}],
            "ClientMetadata": {"a": "b"},
        },
    ),
    (
        lambda pool: pool.users.delete_attributes("ada", ["name"]),
        "AdminDeleteUserAttributes",
        {},
        {"Username": "ada", "UserAttributeNames": ["name"]},
    ),
    (lambda pool: pool.users.delete("ada"), "AdminDeleteUser", {}, {"Username": "ada"}),
    (
        lambda pool: pool.users.confirm("ada"),
        "AdminConfirmSignUp",
        {},
        {"Username": "ada", "ClientMetadata": {}},
    ),
    (lambda pool: pool.users.disable("ada"), "AdminDisableUser", {}, {"Username": "ada"}),
    (lambda pool: pool.users.enable("ada"), "AdminEnableUser", {}, {"Username": "ada"}),
    (
        lambda pool: pool.users.reset_password("ada", client_metadata={"a": "b"}),
        "AdminResetUserPassword",
        {},
        {"Username": "ada", "ClientMetadata": {"a": "b"}},
    ),
    (
        lambda pool: pool.users.set_password("ada", NEW_PASSWORD, permanent=True),
        "AdminSetUserPassword",
        {},
        {"Username": "ada", "Password": NEW_PASSWORD, "Permanent": True},
    ),
    (lambda pool: pool.users.sign_out("ada"), "AdminUserGlobalSignOut", {}, {"Username": "ada"}),
    (
        lambda pool: pool.users.link("ada", "Google", "7"),
        "AdminLinkProviderForUser",
        {},
        {
            "DestinationUser": {"ProviderName": "Cognito", "ProviderAttributeValue": "ada"},
            "SourceUser": {
                "ProviderName": "Google",
                "ProviderAttributeName": "Cognito_Subject",
                "ProviderAttributeValue": "7",
            },
        },
    ),
    (
        lambda pool: pool.users.devices.page("ada", limit=7, next_token="t"),
        "AdminListDevices",
        {"Devices": [{"DeviceKey": KEY}]},
        {"Username": "ada", "Limit": 7, "PaginationToken": "t"},
    ),
    (
        lambda pool: pool.users.devices.get("ada", KEY),
        "AdminGetDevice",
        {"Device": {"DeviceKey": KEY}},
        {"Username": "ada", "DeviceKey": KEY},
    ),
    (
        lambda pool: pool.users.devices.set_status("ada", KEY, "remembered"),
        "AdminUpdateDeviceStatus",
        {},
        {"Username": "ada", "DeviceKey": KEY, "DeviceRememberedStatus": "remembered"},
    ),
    (
        lambda pool: pool.users.devices.forget("ada", KEY),
        "AdminForgetDevice",
        {},
        {"Username": "ada", "DeviceKey": KEY},
    ),
    (
        lambda pool: pool.users.sessions.page("ada", next_token="t"),
        "AdminListUserSessions",
        {"Sessions": [{"SessionId": SESSION}]},
        {"Username": "ada", "NextToken": "t"},
    ),
    (
        lambda pool: pool.users.sessions.revoke("ada", SESSION, revoke_associated_sessions="LINKED"),
        "AdminRevokeUserSession",
        {},
        {"Username": "ada", "SessionId": SESSION, "RevokeAssociatedSessions": "LINKED"},
    ),
    (
        lambda pool: pool.users.mfa.set_preference(
            "ada", MfaPreference(email_mfa_settings=MfaSettings(enabled=True, preferred_mfa=True))
        ),
        "AdminSetUserMFAPreference",
        {},
        {"Username": "ada", "EmailMfaSettings": {"Enabled": True, "PreferredMfa": True}},
    ),
    (
        lambda pool: pool.users.mfa.delete_totp("ada"),
        "AdminDeleteSoftwareToken",
        {},
        {"Username": "ada"},
    ),
    (
        lambda pool: pool.users.mfa.set_settings(
            "ada", [MfaOption(delivery_medium="SMS", attribute_name="phone_number")]
        ),
        "AdminSetUserSettings",
        {},
        {"Username": "ada", "MFAOptions": [{"DeliveryMedium": "SMS", "AttributeName": "phone_number"}]},
    ),
    (
        lambda pool: pool.users.auth_events.page("ada", limit=7, next_token="t"),
        "AdminListUserAuthEvents",
        {"AuthEvents": [{"EventId": "1", "EventRisk": {"RiskLevel": "Low"}}]},
        {"Username": "ada", "MaxResults": 7, "NextToken": "t"},
    ),
    (
        lambda pool: pool.users.auth_events.give_feedback("ada", "1", "Invalid"),
        "AdminUpdateAuthEventFeedback",
        {},
        {"Username": "ada", "EventId": "1", "FeedbackValue": "Invalid"},
    ),
    (
        lambda pool: pool.groups.create("staff", description="All", precedence=0),
        "CreateGroup",
        GROUP,
        {"GroupName": "staff", "Description": "All", "Precedence": 0},
    ),
    (lambda pool: pool.groups.get("staff"), "GetGroup", GROUP, {"GroupName": "staff"}),
    (
        lambda pool: pool.groups.update("staff", description=""),
        "UpdateGroup",
        GROUP,
        {"GroupName": "staff", "Description": ""},
    ),
    (lambda pool: pool.groups.delete("staff"), "DeleteGroup", {}, {"GroupName": "staff"}),
    (
        lambda pool: pool.groups.page(limit=7, next_token="t"),
        "ListGroups",
        {"Groups": [GROUP["Group"]]},
        {"Limit": 7, "NextToken": "t"},
    ),
    (
        lambda pool: pool.groups.member_page("staff", limit=7, next_token="t"),
        "ListUsersInGroup",
        {"Users": [USER]},
        {"GroupName": "staff", "Limit": 7, "NextToken": "t"},
    ),
    (
        lambda pool: pool.groups.page_of("ada", limit=7, next_token="t"),
        "AdminListGroupsForUser",
        {"Groups": [GROUP["Group"]]},
        {"Username": "ada", "Limit": 7, "NextToken": "t"},
    ),
    (
        lambda pool: pool.groups.add("staff", "ada"),
        "AdminAddUserToGroup",
        {},
        {"GroupName": "staff", "Username": "ada"},
    ),
    (
        lambda pool: pool.groups.remove("staff", "ada"),
        "AdminRemoveUserFromGroup",
        {},
        {"GroupName": "staff", "Username": "ada"},
    ),
]


@pytest.mark.parametrize(
    ("ask", "operation", "answer", "params"),
    [pytest.param(*case, marks=needs(case[1]), id=f"{case[1]}-{at}") for at, case in enumerate(ASKED)],
)
@in_a_loop
async def test_each_method_asks_its_operation_as_the_service_model_wants_it(
    auth: CognitoAuth,
    upstream: Upstream,
    ask: Callable[[UserPool], Awaitable[Any]],
    operation: str,
    answer: dict[str, Any],
    params: dict[str, Any],
) -> None:
    """A real boto3 makes the request, and refuses what the model does not know."""
    upstream.plan(operation, reply(answer))
    await ask(auth.pool)
    asked = dict(upstream.only(operation))
    assert asked.pop("UserPoolId") == auth.settings.user_pool_id
    assert asked == params


@in_a_loop
async def test_an_identity_is_named_by_what_the_provider_calls_the_user(
    auth: CognitoAuth, upstream: Upstream
) -> None:
    upstream.plan("AdminGetUser", reply(LINKED))
    upstream.plan("AdminDisableProviderForUser", reply({}))
    await auth.pool.users.unlink("ada", "Google")
    assert upstream.only("AdminDisableProviderForUser")["User"] == {
        "ProviderName": "Google",
        "ProviderAttributeName": "Cognito_Subject",
        "ProviderAttributeValue": "7",
    }


@in_a_loop
async def test_the_password_of_the_pool_is_an_identity_of_its_own(
    auth: CognitoAuth, upstream: Upstream
) -> None:
    upstream.plan("AdminGetUser", reply(USER))
    upstream.plan("AdminDisableProviderForUser", reply({}))
    await auth.pool.users.unlink("ada@example.com", "Cognito")
    assert upstream.only("AdminDisableProviderForUser")["User"]["ProviderAttributeValue"] == "ada"


@pytest.mark.parametrize(
    ("identities", "named", "error"),
    [
        (IDENTITIES, "8", ResourceNotFoundError),
        ("not JSON", None, ResourceNotFoundError),
        ("", None, ResourceNotFoundError),
        ('[{"userId": 7}]', None, ResourceNotFoundError),
        (
            '[{"userId": "7", "providerName": "Google"}, {"userId": "8", "providerName": "Google"}]',
            None,
            InvalidParameterError,
        ),
    ],
)
@in_a_loop
async def test_an_identity_that_is_not_there_or_not_the_only_one_is_not_unlinked(
    auth: CognitoAuth, upstream: Upstream, identities: str, named: str | None, error: type[Exception]
) -> None:
    held = [{"Name": "identities", "Value": identities}]
    upstream.plan("AdminGetUser", reply({**USER, "UserAttributes": held}))
    with pytest.raises(error):
        await auth.pool.users.unlink("ada", "Google", provider_user_id=named)
    assert upstream.operations == ["AdminGetUser"]


@in_a_loop
async def test_an_empty_page_with_a_token_is_not_the_end(auth: CognitoAuth, upstream: Upstream) -> None:
    upstream.plan(
        "ListUsers",
        reply({"Users": [], "PaginationToken": "a"}),
        reply({"Users": [USER], "PaginationToken": "b"}),
        reply({"Users": []}),
    )
    assert [user.username async for user in auth.pool.users.list()] == ["ada"]
    assert [call.params.get("PaginationToken") for call in upstream.calls] == [None, "a", "b"]


@in_a_loop
async def test_a_list_that_goes_round_in_circles_ends(auth: CognitoAuth, upstream: Upstream) -> None:
    upstream.plan("ListGroups", reply({"Groups": [], "NextToken": "a"}))
    with pytest.raises(UserPoolUnavailableError):
        [group async for group in auth.pool.groups.list()]
    assert len(upstream.calls) == 2


@in_a_loop
async def test_a_further_page_is_one_of_the_same_search(auth: CognitoAuth, upstream: Upstream) -> None:
    upstream.plan("ListUsers", reply({"Users": [USER], "PaginationToken": "a"}), reply({"Users": [USER]}))
    assert len([user async for user in auth.pool.users.search(email__startswith='a"')]) == 2
    assert {call.params["Filter"] for call in upstream.calls} == {r'email ^= "a\""'}


@in_a_loop
async def test_an_answer_of_another_shape_is_none(auth: CognitoAuth, upstream: Upstream) -> None:
    upstream.plan("ListUsers", reply({"Users": [{"Enabled": True}]}))
    with pytest.raises(UserPoolUnavailableError):
        [user async for user in auth.pool.users.list()]


@in_a_loop
async def test_a_user_is_created_in_groups_and_found_by_every_name() -> None:
    pool = pool_of(groups=("staff",))
    created = await pool.users.create("ada", email="ada@example.com", groups=["staff"])
    assert (created.status, created.enabled, created.email) == (
        "FORCE_CHANGE_PASSWORD",
        True,
        "ada@example.com",
    )
    assert created.sub is not None
    assert (await pool.users.get(created.sub)).username == "ada"
    assert [user.username async for user in pool.users.search(email="ada@example.com")] == ["ada"]
    assert [user.username async for user in pool.groups.members("staff")] == ["ada"]
    assert [group.name async for group in pool.groups.of("ada")] == ["staff"]


def pool_with_policy(**policy: Any) -> LocalUserPool:
    local = LocalUserPool(allowed_first_factors=["PASSWORD", "EMAIL_OTP"])
    kinds = dict.fromkeys(("Uppercase", "Lowercase", "Numbers", "Symbols"), True)
    local.call(
        "UpdateUserPool",
        {
            "UserPoolId": local.user_pool_id,
            "Policies": {
                "PasswordPolicy": {f"Require{kind}": wanted for kind, wanted in kinds.items()} | policy,
                "SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]},
            },
        },
    )
    return local


@pytest.mark.parametrize("least", [8, 21, 99])
@in_a_loop
async def test_who_is_invited_is_sent_a_password_also_where_a_code_would_do(least: int) -> None:
    local = pool_with_policy(MinimumLength=least)
    created = await CognitoAuth.local(local).pool.users.create("ada", email="ada@example.com")
    assert created.status == "FORCE_CHANGE_PASSWORD"
    assert len(local.outbox.latest("ada", "admin_create_user").code) >= least


@in_a_loop
async def test_who_is_imported_and_invited_is_sent_a_password_also_where_a_code_would_do() -> None:
    local = pool_with_policy()
    users = CognitoAuth.local(local).pool.users
    rows = [{"username": "ada", "attributes": {"email": "ada@example.com"}}]
    assert [report.outcome async for report in users.import_(rows)] == ["created"]
    assert local.outbox.latest("ada", "admin_create_user").code


@in_a_loop
async def test_who_is_not_invited_may_have_no_password_where_a_code_will_do() -> None:
    created = await CognitoAuth.local(pool_with_policy()).pool.users.create(
        "ada", email="ada@example.com", invite=False
    )
    assert created.status == "CONFIRMED"


@in_a_loop
async def test_a_password_that_is_refused_twice_is_refused() -> None:
    local = LocalUserPool()

    def refuse(operation: str, params: dict[str, Any]) -> dict[str, Any]:
        raise ServiceError("InvalidPasswordException", f"{operation} takes none of {len(params)}")

    local.call = refuse  # type: ignore[method-assign]
    with pytest.raises(InvalidPasswordError):
        await CognitoAuth.local(local).pool.users.create("ada")


def test_a_drawn_password_is_of_every_kind_and_can_be_copied() -> None:
    for drawn in (draw_temporary_password(21) for _ in range(200)):
        assert re.fullmatch(r"[A-Za-z2-9]{10}_[A-Za-z2-9]{10}", drawn)
        assert all(re.search(kind, drawn) for kind in ("[A-Z]", "[a-z]", "[2-9]"))
        assert not set(drawn) & set("0O1lI")


@in_a_loop
async def test_all_users_of_many_pages_are_gone_through() -> None:
    pool = pool_of()
    for number in range(70):
        await pool.users.create(f"user{number}", invite=False)
    assert len({user.username async for user in pool.users.list()}) == 70


@in_a_loop
async def test_a_name_that_is_taken_is_refused() -> None:
    pool = pool_of("ada")
    with pytest.raises(UsernameExistsError):
        await pool.users.create("ada")


@in_a_loop
async def test_nobody_is_created_for_a_group_that_is_not_there() -> None:
    pool = pool_of(groups=("staff",))
    with pytest.raises(ResourceNotFoundError, match="There is no group nothing"):
        await pool.users.create("ada", groups=["staff", "nothing"])
    with pytest.raises(UserNotFoundError):
        await pool.users.get("ada")


@in_a_loop
async def test_an_attribute_that_is_given_twice_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="given twice: email"):
        await pool_of().users.create("ada", email="a@b.c", attributes={"email": "d@e.f"})


@in_a_loop
async def test_a_password_that_no_pool_takes_is_refused_in_words() -> None:
    pool = pool_of("ada")
    for change in (
        pool.users.set_password("ada", "short"),
        pool.users.create("eve", temporary_password="short"),
    ):
        with pytest.raises(InvalidPasswordError, match="6 characters or more"):
            await change


@in_a_loop
async def test_nobody_is_no_user() -> None:
    pool = pool_of()
    for ask in (
        pool.users.get("nobody"),
        pool.users.disable("nobody"),
        pool.users.delete("nobody"),
        pool.users.update("nobody", {"name": "x"}),
        ask_all(pool, "nobody"),
    ):
        with pytest.raises(UserNotFoundError):
            await ask


@in_a_loop
async def test_a_passkey_as_a_second_factor_has_no_preference(auth: CognitoAuth, upstream: Upstream) -> None:
    if not known({"AdminGetUserAuthFactors"}):
        pytest.skip("boto3 is older than passkeys as a second factor")
    upstream.plan("AdminSetUserMFAPreference", reply({}))
    preference = MfaPreference(web_authn_mfa_settings=WebAuthnMfaSettings(enabled=True))
    await auth.pool.users.mfa.set_preference("ada", preference)
    assert upstream.only("AdminSetUserMFAPreference")["WebAuthnMfaSettings"] == {"Enabled": True}
