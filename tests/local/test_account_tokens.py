"""Every operation of a signed-in user refuses the same bad access tokens, with the same words."""

import json
from typing import Any

import jwt
import pytest

from fastapi_cognito_auth.local import ServiceError
from tests.local.kit import Kit
from tests.older import needs

CALLS: dict[str, dict[str, Any]] = {
    "UpdateUserAttributes": {"UserAttributes": [{"Name": "name", "Value": "x"}]},
    "GetUserAttributeVerificationCode": {"AttributeName": "email"},
    "VerifyUserAttribute": {"AttributeName": "email", "Code": "123456"},
    "DeleteUserAttributes": {"UserAttributeNames": ["name"]},
    "DeleteUser": {},
    "SetUserSettings": {"MFAOptions": []},
    "GetUserAuthFactors": {},
    "ChangePassword": {"ProposedPassword": "Battery-staple-9"},
    "ConfirmDevice": {"DeviceKey": "us-east-1_0"},
    "GetDevice": {"DeviceKey": "us-east-1_0"},
    "ListDevices": {},
    "UpdateDeviceStatus": {"DeviceKey": "us-east-1_0"},
    "ForgetDevice": {"DeviceKey": "us-east-1_0"},
    "ListUserSessions": {},
    "RevokeUserSession": {"SessionId": "tkn" + "a" * 25},
    "StartWebAuthnRegistration": {},
    "CompleteWebAuthnRegistration": {"Credential": {}},
    "ListWebAuthnCredentials": {},
    "DeleteWebAuthnCredential": {"CredentialId": "x"},
}


def without_scope(kit: Kit) -> str:
    payload = json.loads(jwt.PyJWS().decode(kit.tokens()["AccessToken"], options={"verify_signature": False}))
    key = kit.pool._plane.tokens.keys.access
    claims = json.dumps(payload | {"scope": "openid email"}).encode()
    return jwt.PyJWS().encode(claims, key.private, "RS256", headers={"kid": key.kid, "typ": None})


def revoked(kit: Kit) -> str:
    result = kit.tokens()
    kit.aws.revoke_token(ClientId=kit.id, Token=result["RefreshToken"])
    access: str = result["AccessToken"]
    return access


@pytest.fixture(scope="module")
def kit() -> Kit:
    return Kit(device_tracking="ALWAYS", max_sessions_per_user=100, relying_party_id="example.com")


@pytest.mark.parametrize("operation", [pytest.param(name, marks=needs(name)) for name in CALLS])
def test_a_bad_access_token_is_refused(kit: Kit, operation: str) -> None:
    tokens = {
        kit.tokens()["IdToken"]: "Invalid Access Token",
        kit.tokens()["RefreshToken"]: "Invalid Access Token",
        kit.tokens()["AccessToken"][:-8] + "AAAAAAAA": "Could not verify signature for Access Token",
        revoked(kit): "Access Token has been revoked",
        without_scope(kit): "Access Token does not have required scopes",
    }
    for token, text in tokens.items():
        with pytest.raises(ServiceError) as caught:
            kit.pool.call(operation, CALLS[operation] | {"AccessToken": token})
        assert (caught.value.name, caught.value.message) == ("NotAuthorizedException", text)
