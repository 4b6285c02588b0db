"""StartWebAuthnRegistration, CompleteWebAuthnRegistration, and the user's list of passkeys."""

from typing import Any, Final

from fastapi_cognito_auth.local.operations.passkey_factor import check_enabled, party_for
from fastapi_cognito_auth.local.operations.steps import Result
from fastapi_cognito_auth.local.paging import page
from fastapi_cognito_auth.local.passkeys import MOST, Passkey
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.relying_party import read_registration
from fastapi_cognito_auth.local.users import User


def start(plane: Plane, client_id: str, user: User) -> dict[str, Any]:
    """Begin a registration, and return PublicKeyCredentialCreationOptionsJSON.

    Raises:
        ServiceError: the pool has no passkeys, or the user has too many.
    """
    check_enabled(plane)
    party = party_for(plane, user)
    return party.creation_options(
        plane.passkeys.begin(user.sub, client_id),
        sub=user.sub,
        username=user.username,
        registered=[passkey.id for passkey in plane.passkeys.of(user.sub, party.id)],
    )


def complete(plane: Plane, client_id: str, user: User, document: object) -> None:
    """End a registration with RegistrationResponseJSON.

    Raises:
        ServiceError: it is of no registration of this user and app client, or no good.
    """
    check_enabled(plane)
    plane.directory.check_writable()
    party = party_for(plane, user)
    registration = read_registration(document)
    plane.passkeys.finish(user.sub, client_id, registration.client_data.challenge)
    verified = party.verify_registration(registration)
    credential = registration.credential
    attachment = credential.authenticator_attachment
    plane.passkeys.add(
        Passkey(
            id=verified.credential_id,
            sub=user.sub,
            rp_id=party.id,
            public_key=verified.credential_public_key,
            sign_count=verified.sign_count,
            attachment=None if attachment is None else attachment.value,
            transports=[transport.value for transport in credential.response.transports or ()],
            created_at=plane.clock(),
        )
    )


def _start(plane: Plane, params: dict[str, Any]) -> Result:
    client, user = plane.tokens.read_access_token(params["AccessToken"])
    return {"CredentialCreationOptions": start(plane, client.id, user)}


def _complete(plane: Plane, params: dict[str, Any]) -> Result:
    client, user = plane.tokens.read_access_token(params["AccessToken"])
    complete(plane, client.id, user, params["Credential"])
    return {}


def _list(plane: Plane, params: dict[str, Any]) -> Result:
    _, user = plane.tokens.read_access_token(params["AccessToken"])
    passkeys, token = page(
        plane.passkeys.of(user.sub),
        of=f"passkeys:{user.sub}",
        limit=params.get("MaxResults") or MOST,
        token=params.get("NextToken"),
    )
    answer: Result = {"Credentials": [passkey.describe() for passkey in passkeys]}
    return answer if token is None else answer | {"NextToken": token}


def _delete(plane: Plane, params: dict[str, Any]) -> Result:
    _, user = plane.tokens.read_access_token(params["AccessToken"])
    plane.passkeys.remove(user.sub, params["CredentialId"])
    return {}


OPERATIONS: Final = {
    "StartWebAuthnRegistration": _start,
    "CompleteWebAuthnRegistration": _complete,
    "ListWebAuthnCredentials": _list,
    "DeleteWebAuthnCredential": _delete,
}
