"""The operations behind `auth.account_router`: by the user, and with a revoked token."""

from typing import Any

from tests.local.authenticator import Authenticator
from tests.over_http.house import NO_SESSION, ORIGIN, House
from tests.routers.kit import NEW_PASSWORD, PASSWORD, totp


class _Account:
    """Somebody's own account."""

    def __init__(self, house: House, username: str = "bob") -> None:
        self._house = house
        self.username = username
        self.token = house.token(username)

    def __call__(self, operation: str, endpoint: str, sent: Any = None, **more: Any) -> Any:
        method, _, path = endpoint.partition(" ")
        given = {"token": self.token, "wrong_token": self._house.ended, **more}
        return self._house(operation, f"{method} /account{path}", sent, **given)


def of_profile(house: House) -> None:
    bob = _Account(house)
    bob("GetUser", "GET ")
    bob("UpdateUserAttributes", "PATCH ", {"attributes": {"email": "new@example.com", "name": "B"}})
    named = {"name": "email"}
    bob("GetUserAttributeVerificationCode", "POST /attributes/{name}/code", named)
    code = house.code("bob")
    bob("VerifyUserAttribute", "POST /attributes/{name}/verify", named | {"code": code})
    bob("DeleteUserAttributes", "DELETE /attributes/{name}", {"name": "name"})
    change = {"previous_password": PASSWORD, "proposed_password": NEW_PASSWORD}
    # The second time the previous password is another.
    bob("ChangePassword", "PUT /password", change, wrong={}, wrong_token=None)
    house.admin("AdminSetUserPassword", "bob", Password=PASSWORD, Permanent=True)
    house.visit("GET /account/freshness", token=bob.token)


def of_factors(house: House) -> None:
    phone = {"attributes": {"phone_number": "+4930123456", "phone_number_verified": "true"}}
    who = {"username": "bob"}
    house(
        "AdminUpdateUserAttributes",
        "PATCH /admin/users/{username}/attributes",
        who | phone,
        token=house.root,
        wrong={"attributes": {"phone_number": "none"}},
    )
    bob = _Account(house)
    bob("GetUserAuthFactors", "GET /auth-factors")
    sms = {"mfa_options": [{"delivery_medium": "SMS", "attribute_name": "phone_number"}]}
    bob("SetUserSettings", "PUT /settings", sms)
    bob("SetUserSettings", "PUT /settings", {"mfa_options": []})
    setup = bob("AssociateSoftwareToken", "POST /mfa/totp")
    bob("VerifySoftwareToken", "POST /mfa/totp/verify", {"code": totp(setup["secret_code"], house.clock.now)})
    bob("SetUserMFAPreference", "PUT /mfa", {"software_token_mfa_settings": {"enabled": True}})
    bob("SetUserMFAPreference", "PUT /mfa", {"software_token_mfa_settings": {"enabled": False}})


def of_devices(house: House) -> None:
    tokens = house.tokens("bob")
    bob = _Account(house)
    bob.token = tokens["access_token"]
    bob("ConfirmDevice", "POST /devices", tokens["new_device"] | {"name": "a phone"})
    named = {"key": tokens["new_device"]["device_key"]}
    bob("UpdateDeviceStatus", "PATCH /devices/{key}", named | {"status": "remembered"})
    bob("GetDevice", "GET /devices/{key}", named)
    bob("ListDevices", "GET /devices")
    bob("ForgetDevice", "DELETE /devices/{key}", named)


def of_passkeys(house: House) -> None:
    bob, device = _Account(house), Authenticator(origin=ORIGIN)
    options = bob("StartWebAuthnRegistration", "POST /passkeys/options")["credential_creation_options"]
    bob("CompleteWebAuthnRegistration", "POST /passkeys", {"credential": device.create(options)})
    (listed,) = bob("ListWebAuthnCredentials", "GET /passkeys")["credentials"]
    named = {"credential_id": listed["credential_id"]}
    bob("DeleteWebAuthnCredential", "DELETE /passkeys/{credential_id}", named)


def of_sessions(house: House) -> None:
    lost, bob = _Account(house), _Account(house)
    sessions = lost("ListUserSessions", "GET /sessions").get("sessions", ())
    session_id = next((each["session_id"] for each in sessions if each["is_current_session"]), NO_SESSION)
    bob("RevokeUserSession", "DELETE /sessions/{session_id}", {"session_id": session_id})


def of_the_end(house: House) -> None:
    _Account(house)("GlobalSignOut", "POST /sign-out-everywhere")
    _Account(house, "eve")("DeleteUser", "DELETE ")
