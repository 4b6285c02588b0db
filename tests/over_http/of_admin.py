"""The operations behind `auth.admin_router`."""

from typing import Any, Final

from tests.over_http.house import NO_SESSION, House
from tests.routers.kit import PASSWORD

NOBODY: Final = {"username": "nobody"}


class _Admin:
    """Who administers users: asks what is right, and then for a user or a group that there is not."""

    def __init__(self, house: House) -> None:
        self._house = house

    def __call__(self, operation: str, endpoint: str, sent: Any = None, **more: Any) -> Any:
        method, _, path = endpoint.partition(" ")
        given = {"token": self._house.root, **more}
        return self._house(operation, f"{method} /admin{path}", sent, **given)

    def user(self, operation: str, endpoint: str, username: str = "bob", **more: Any) -> Any:
        method, _, path = endpoint.partition(" ")
        sent = {"username": username} | more.pop("sent", {})
        given: dict[str, Any] = {"wrong": NOBODY} | more
        return self(operation, f"{method} /users/{{username}}{path}", sent, **given)


def of_users(house: House) -> None:
    admin = _Admin(house)
    mallory = {"username": "mallory", "attributes": {"email": "mallory@example.com"}, "groups": []}
    admin("AdminCreateUser", "POST /users", mallory, wrong={})
    # The invitation again, until it was accepted.
    admin.user("AdminCreateUser", "POST /resend-invitation", "mallory")
    admin.user("AdminGetUser", "GET ")
    admin("ListUsers", "GET /users", {"by": "email", "equals": "bob@example.com"})
    admin.user("AdminDeleteUserAttributes", "DELETE /attributes", sent={"name": "phone_number"})
    admin.user(
        "AdminSetUserPassword",
        "PUT /password",
        sent={"password": PASSWORD, "permanent": True},
        wrong={"password": "no-digits-here"},
    )
    house.http.post("/auth/sign-up", json={"username": "frank", "password": PASSWORD})
    # The second time there is nothing to confirm.
    admin.user("AdminConfirmSignUp", "POST /confirm", "frank", wrong={})
    admin.user("AdminUserGlobalSignOut", "POST /sign-out")
    admin.user("AdminDisableUser", "POST /disable", "frank")
    admin.user("AdminEnableUser", "POST /enable", "frank")
    admin.user(
        "AdminDeleteUser", "DELETE ", "frank", sent={"confirm": "frank"}, wrong=NOBODY | {"confirm": "nobody"}
    )
    admin.user("AdminResetUserPassword", "POST /reset-password", "alice")
    house.admin("AdminSetUserPassword", "alice", Password=PASSWORD, Permanent=True)


def of_factors(house: House) -> None:
    admin = _Admin(house)
    admin.user("AdminGetUserAuthFactors", "GET /auth-factors")
    admin.user(
        "AdminSetUserMFAPreference", "PUT /mfa", sent={"software_token_mfa_settings": {"enabled": False}}
    )
    # The second time there is none.
    admin.user("AdminDeleteSoftwareToken", "DELETE /mfa/totp", wrong={})
    admin.user("AdminSetUserSettings", "PUT /settings", sent={"mfa_options": []})


def of_identities(house: House) -> None:
    admin = _Admin(house)
    google = {"provider": "Google", "provider_user_id": "1234"}
    admin.user("AdminLinkProviderForUser", "POST /identities", sent=google, wrong={"provider": "Elsewhere"})
    admin.user(
        "AdminDisableProviderForUser",
        "DELETE /identities/{provider}",
        sent=google,
    )


def of_devices(house: House) -> None:
    admin, tokens = _Admin(house), house.tokens("bob")
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    house.http.post("/account/devices", json=tokens["new_device"], headers=headers)
    key = {"key": tokens["new_device"]["device_key"]}
    unknown = {"key": "us-east-1_00000000-0000-0000-0000-000000000000"}
    admin.user("AdminListDevices", "GET /devices")
    admin.user("AdminGetDevice", "GET /devices/{key}", sent=key, wrong=unknown)
    forgotten = {"status": "not_remembered"}
    admin.user("AdminUpdateDeviceStatus", "PATCH /devices/{key}", sent=key | forgotten, wrong=unknown)
    admin.user("AdminForgetDevice", "DELETE /devices/{key}", sent=key, wrong=unknown)


def of_sessions(house: House) -> None:
    admin = _Admin(house)
    house.token("bob")
    items = admin.user("AdminListUserSessions", "GET /sessions").get("items", ())
    sent = {"session_id": next((item["session_id"] for item in items), NO_SESSION)}
    # The second time it is over.
    admin.user("AdminRevokeUserSession", "DELETE /sessions/{session_id}", sent=sent, wrong={})


def of_groups(house: House) -> None:
    admin, staff, nowhere = _Admin(house), {"group": "staff"}, {"wrong": {"group": "nowhere"}}
    admin("CreateGroup", "POST /groups", {"name": "staff"}, wrong={})
    admin("UpdateGroup", "PATCH /groups/{group}", staff | {"description": "people"}, **nowhere)
    admin("GetGroup", "GET /groups/{group}", staff, **nowhere)
    bob = staff | {"username": "bob"}
    admin("AdminAddUserToGroup", "PUT /groups/{group}/users/{username}", bob, **nowhere)
    admin("ListUsersInGroup", "GET /groups/{group}/users", staff, **nowhere)
    admin.user("AdminListGroupsForUser", "GET /groups")
    admin("AdminRemoveUserFromGroup", "DELETE /groups/{group}/users/{username}", bob, **nowhere)
    admin("ListGroups", "GET /groups")
    sent = staff | {"confirm": "staff"}
    admin("DeleteGroup", "DELETE /groups/{group}", sent, wrong={"group": "nowhere", "confirm": "nowhere"})


def of_transfers(house: House) -> None:
    admin = _Admin(house)
    admin("ListUsers", "GET /user-export", {"format": "csv"})
    rows = b"username,email\nniaj,niaj@example.com\n"
    sent = {"invite": "false"}
    job = house.visit("POST /admin/user-imports", sent, token=house.root, content=rows, kind="text/csv")
    house.visit("GET /admin/user-imports", token=house.root)
    named = {"job_id": job["job_id"]}
    house.visit("GET /admin/user-imports/{job_id}", named, token=house.root)
    house.visit("DELETE /admin/user-imports/{job_id}", named, token=house.root)


def of_auth_events(house: House) -> None:
    admin = _Admin(house)
    event = admin.user("AdminListUserAuthEvents", "GET /auth-events")["items"][0]["event_id"]
    feedback = {"event_id": event, "feedback_value": "Valid"}
    admin.user(
        "AdminUpdateAuthEventFeedback",
        "POST /auth-events/{event_id}/feedback",
        sent=feedback,
        wrong={"event_id": "unknown"},
    )
