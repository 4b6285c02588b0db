"""The states of the pages of administration."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from fastapi_cognito_auth.cli.gallery.state import Group
from fastapi_cognito_auth.cli.gallery.walk import PASSWORD, Walk
from fastapi_cognito_auth.local import LocalUser, ServiceError

_ADMIN: Final = LocalUser(
    "grace", password=PASSWORD, groups=("admins",), attributes={"email": "grace@example.com", "name": "Grace"}
)
_PEOPLE: Final = (
    _ADMIN,
    LocalUser(
        "ada",
        password=PASSWORD,
        groups=("editors",),
        attributes={"email": "ada@example.com", "name": "Ada Lovelace", "phone_number": "+15555550100"},
    ),
    LocalUser("newcomer", temporary_password="Temporary-1!", attributes={"email": "new@example.com"}),  # noqa: S106 - of a pool of its own
    LocalUser(
        "mallory/../ada",
        password=PASSWORD,
        attributes={
            "name": "<script>alert(1)</script>\N{RIGHT-TO-LEFT OVERRIDE}txet denrut",
            "nickname": "W" * 256,
        },
    ),
)
_ALL: Final[Mapping[str, Any]] = {
    "users": _PEOPLE,
    "explicit_auth_flows": ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    "mfa_methods": ["SOFTWARE_TOKEN_MFA", "SMS_MFA"],
    "identity_providers": ["Google"],
    "max_sessions_per_user": 5,
}
_MANY: Final = [*_PEOPLE, *(LocalUser(f"user-{number:02}", password=PASSWORD) for number in range(60))]

administration = Group("Administration", _ALL)


async def _at(walk: Walk, path: str, **query: str) -> None:
    await walk.sign_in("grace")
    await walk.open(f"admin/{path}", **query)


def _call(walk: Walk, operation: str, **params: Any) -> None:
    walk.place.pool.call(operation, {"UserPoolId": walk.place.pool.user_pool_id, **params})


@administration.state()
async def users(walk: Walk) -> None:
    """All users, one of whom is hostile."""
    _call(walk, "AdminDisableUser", Username="newcomer")
    await _at(walk, "users")


@administration.state(users=_MANY)
async def users_second_page(walk: Walk) -> None:
    """There are more than fit on a page."""
    await _at(walk, "users")
    await walk.follow("page=")


@administration.state()
async def users_no_such_page(walk: Walk) -> None:
    """An address that is over."""
    await _at(walk, "users", page="over")


@administration.state()
async def users_for_somebody_else(walk: Walk) -> None:
    """Who is no administrator."""
    await walk.sign_in("ada")
    await walk.open("admin/users")


@administration.state()
async def new_user(walk: Walk) -> None:
    """A user is created."""
    await _at(walk, "users/new")


@administration.state()
async def new_user_refused(walk: Walk) -> None:
    """The name is taken, and the password weak."""
    await new_user(walk)
    await walk.send(username="ada", password="short")  # noqa: S106 - refused


@administration.state()
async def user(walk: Walk) -> None:
    """All of a user."""
    await walk.sign_in("ada")
    walk.forget()
    await _at(walk, "user", user="ada")


@administration.state(
    explicit_auth_flows=["ALLOW_USER_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    device_tracking="ALWAYS",
)
async def user_devices_and_events(walk: Walk) -> None:
    """What the pool has kept of a user's sign-ins, one of which was somebody else's."""
    _call(
        walk,
        "UpdateUserPool",
        UserPoolAddOns={"AdvancedSecurityMode": "AUDIT"},
        UserPoolTier="PLUS",
        DeviceConfiguration={
            "ChallengeRequiredOnNewDevice": False,
            "DeviceOnlyRememberedOnUserPrompt": False,
        },
    )
    for _ in range(2):
        await walk.sign_in("ada")
        walk.forget()
    [event, _] = walk.place.pool.call(
        "AdminListUserAuthEvents", {"UserPoolId": walk.place.pool.user_pool_id, "Username": "ada"}
    )["AuthEvents"]
    _call(
        walk,
        "AdminUpdateAuthEventFeedback",
        Username="ada",
        EventId=event["EventId"],
        FeedbackValue="Invalid",
    )
    await _at(walk, "user", user="ada")


@administration.state()
async def ask_whose_a_sign_in_was(walk: Walk) -> None:
    """The question before threat protection is told that it was somebody else."""
    await _at(walk, "ask/event_invalid", user="ada", event="an-event")


@administration.state()
async def user_hostile(walk: Walk) -> None:
    """What somebody wrote about themselves is text."""
    await _at(walk, "user", user="mallory/../ada")


@administration.state()
async def user_oneself(walk: Walk) -> None:
    """One's own account."""
    await _at(walk, "user", user="grace")


@administration.state()
async def user_attributes(walk: Walk) -> None:
    """Attributes are changed."""
    await _at(walk, "user/attributes", user="ada")


@administration.state()
async def user_password(walk: Walk) -> None:
    """A password is set."""
    await _at(walk, "user/password", user="ada")


@administration.state()
async def user_identity(walk: Walk) -> None:
    """A provider is linked."""
    await _at(walk, "user/identity", user="ada")


@administration.state()
async def ask_to_disable(walk: Walk) -> None:
    """The question before a user is disabled."""
    await _at(walk, "ask/disable", user="ada")


@administration.state()
async def ask_to_delete(walk: Walk) -> None:
    """The question before a user is deleted."""
    await _at(walk, "ask/delete_user", user="ada")


@administration.state()
async def ask_to_delete_oneself(walk: Walk) -> None:
    """Nobody deletes their own account here."""
    await _at(walk, "ask/delete_user", user="grace")


@administration.state()
async def user_deleted(walk: Walk) -> None:
    """The user is gone."""
    await ask_to_delete(walk)
    await walk.send()


@administration.state()
async def pool_unavailable(walk: Walk) -> None:
    """The pool does not answer."""
    await _at(walk, "ask/disable", user="ada")
    walk.place.pool.fault = ServiceError("InternalErrorException", "")
    await walk.send()


@administration.state()
async def groups(walk: Walk) -> None:
    """All groups."""
    _call(walk, "UpdateGroup", GroupName="editors", Description="Who writes articles", Precedence=1200)
    await _at(walk, "groups")


@administration.state()
async def group(walk: Walk) -> None:
    """A group and its members."""
    await _at(walk, "group", group="editors")


@administration.state()
async def group_no_such_member(walk: Walk) -> None:
    """Nobody of that name can be added."""
    await group(walk)
    await walk.send(username="nobody")


@administration.state()
async def group_of_administrators(walk: Walk) -> None:
    """The group that makes administrators."""
    await _at(walk, "group", group="admins")


@administration.state()
async def new_group(walk: Walk) -> None:
    """A group is created."""
    await _at(walk, "groups/new")


@administration.state()
async def new_group_refused(walk: Walk) -> None:
    """What was typed cannot be."""
    await new_group(walk)
    await walk.send(name="editors", precedence="first")


@administration.state()
async def ask_to_delete_group(walk: Walk) -> None:
    """The question before a group is deleted."""
    await _at(walk, "group/delete", group="editors")


@administration.state()
async def transfer(walk: Walk) -> None:
    """Import and export."""
    await _at(walk, "transfer")


@administration.state()
async def transfer_no_file(walk: Walk) -> None:
    """What was sent has no column with names."""
    await transfer(walk)
    await walk.send(file="name,email\n")


@administration.state()
async def transfer_too_large(walk: Walk) -> None:
    """The file has more than there may be."""
    await transfer(walk)
    await walk.send(file="x" * 9_000_000)


@administration.state()
async def import_elsewhere(walk: Walk) -> None:
    """Another worker does the import."""
    await _at(walk, "import", job="0123456789abcdefABCDEF")


@administration.state()
async def user_no_group_chosen(walk: Walk) -> None:
    """Somebody has pressed the button before they chose a group."""
    await _at(walk, "user", user="ada")
    await walk.send("join", group="")


@administration.state()
async def import_ended(walk: Walk) -> None:
    """An import has ended, and some rows need a look."""
    await transfer(walk)
    await walk.send(file="username,email\neve,eve@example.com\nada,other@example.com\n,,\nmallory,nowhere\n")
    while walk.here.context["job"].state == "running":
        await asyncio.sleep(0.01)
        await walk.follow("import?job=")
