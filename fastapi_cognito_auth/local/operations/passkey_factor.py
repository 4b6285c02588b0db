"""The first factor WEB_AUTHN: a passkey signs the challenge of this sign-in, once."""

import json
import secrets
from collections.abc import Mapping
from typing import Any, Final

from fastapi_cognito_auth.formats import untrusted_json
from fastapi_cognito_auth.formats.untrusted_json import UntrustedTextError
from fastapi_cognito_auth.local.errors import ServiceError, invalid_parameter, not_authorized
from fastapi_cognito_auth.local.mfa import PASSKEY
from fastapi_cognito_auth.local.operations.admission import require
from fastapi_cognito_auth.local.passkeys import MOST
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.relying_party import (
    Assertion,
    RelyingParty,
    read_assertion,
    relying_party,
)
from fastapi_cognito_auth.local.sign_in import Begun, FirstFactor, Proof, SignIn
from fastapi_cognito_auth.local.users import User

MULTI_FACTOR: Final = "MULTI_FACTOR_WITH_USER_VERIFICATION"
_ID_LENGTHS: Final = (16, 20, 32, 32, 32, 32, 32, 64)
"""Bytes that the ids of passkeys have, by their makers."""


def check_enabled(plane: Plane) -> None:
    """Refuse where AllowedFirstAuthFactors does not hold WEB_AUTHN."""
    if PASSKEY not in plane.directory.first_factors:
        raise ServiceError("WebAuthnNotEnabledException", "Passkeys are not enabled for the user pool")


def party_for(plane: Plane, user: User) -> RelyingParty:
    """Return the relying party; a user whose passkey is also the second factor has to be verified."""
    directory = plane.directory
    verify_user = PASSKEY in plane.factors.of(user.sub).enabled
    return relying_party(directory.webauthn, directory.domain, verify_user=verify_user)


def is_offered(plane: Plane) -> bool:
    """Tell whether the pool lets users sign in with passkeys, and says for which site."""
    return PASSKEY in plane.directory.first_factors and bool(_rp_id(plane))


def _rp_id(plane: Plane) -> str | None:
    directory = plane.directory
    return directory.webauthn.get("RelyingPartyId") or directory.domain


def _is_available(plane: Plane, user: User) -> bool:
    rp_id = _rp_id(plane)
    return bool(rp_id) and bool(plane.passkeys.of(user.sub, rp_id))


def _begin(plane: Plane, sign_in: SignIn) -> Begun:
    party = party_for(plane, sign_in.user)
    challenge = secrets.token_bytes(32)
    registered = [passkey.id for passkey in plane.passkeys.of(sign_in.user.sub, party.id)]
    options = json.dumps(party.request_options(challenge, registered))
    return Begun(parameters={"CREDENTIAL_REQUEST_OPTIONS": options}, data={"challenge": challenge})


def read_credential(responses: Mapping[str, str]) -> Assertion:
    """Read CREDENTIAL, or refuse what has not its form."""
    try:
        document = untrusted_json.read(require(responses, "CREDENTIAL"))
    except UntrustedTextError:
        raise invalid_parameter("Invalid passkey credential") from None
    return read_assertion(document)


def decoy_options(plane: Plane, username: str) -> str:
    """Return CREDENTIAL_REQUEST_OPTIONS for a name that nobody has, with invented passkeys."""
    directory = plane.directory
    party = relying_party(directory.webauthn, directory.domain)
    drawn = plane.decoy_bytes("passkeys", username)
    # One passkey most often, and each more half as often.
    count = next((place for place in range(1, MOST) if drawn[place] % 2), MOST)
    halves = [plane.decoy_bytes(f"passkey {place}", username) for place in range(2 * count)]
    length = _ID_LENGTHS[drawn[0] % len(_ID_LENGTHS)]
    ids = [(first + second)[:length] for first, second in zip(halves[::2], halves[1::2], strict=True)]
    return json.dumps(party.request_options(secrets.token_bytes(32), ids))


def _check(plane: Plane, sign_in: SignIn, kept: Mapping[str, Any], responses: Mapping[str, str]) -> Proof:
    user = sign_in.user
    assertion = read_credential(responses)
    party = party_for(plane, user)
    with plane.counting_guesses(f"passkey:{user.sub}"):
        passkey = plane.passkeys.find(user.sub, assertion.credential.raw_id)
        handle = assertion.credential.response.user_handle
        if passkey is None or passkey.rp_id != party.id or handle not in {None, user.sub.encode()}:
            raise not_authorized()
        verified = party.verify_assertion(
            assertion,
            challenge=kept["challenge"],
            public_key=passkey.public_key,
            sign_count=passkey.sign_count,
        )
    passkey.sign_count = verified.new_sign_count
    multi_factor = (
        plane.directory.webauthn.get("FactorConfiguration") == MULTI_FACTOR and verified.user_verified
    )
    # A synced passkey is a key in software, one that never leaves its device is a key in hardware.
    method = "swk" if verified.credential_device_type == "multi_device" else "hwk"
    return Proof(methods=frozenset({method}), multi_factor=multi_factor)


# No answer can come inline: it would have to sign a challenge that was not sent yet.
PASSKEY_FACTOR: Final = FirstFactor(
    inline="", is_available=_is_available, begin=_begin, check=_check, level=3
)
