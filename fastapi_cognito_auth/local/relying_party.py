"""The relying party of passkeys: what an authenticator is asked, and whether its answer is good.

The only module that knows the library `webauthn`. https://www.w3.org/TR/webauthn-3/ sections 7.1 and 7.2.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import webauthn
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import (
    options_to_json,
    parse_attestation_object,
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    CollectedClientData,
    PublicKeyCredentialDescriptor,
    RegistrationCredential,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from fastapi_cognito_auth.local.errors import ServiceError, invalid_parameter, not_authorized

TIMEOUT: Final = 60_000
_ALGORITHMS: Final = [
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]
_ORIGIN: Final = re.compile(r"(https?)://([a-z0-9-]+(?:\.[a-z0-9-]+)*)(?::[0-9]{1,5})?", re.ASCII)
_T = TypeVar("_T")


@dataclass(frozen=True)
class Registration:
    """An authenticator's answer to `navigator.credentials.create`, read and not verified."""

    credential: RegistrationCredential
    client_data: CollectedClientData
    rp_id_hash: bytes


@dataclass(frozen=True)
class Assertion:
    """An authenticator's answer to `navigator.credentials.get`, read and not verified."""

    credential: AuthenticationCredential
    client_data: CollectedClientData


def _attempt(action: Callable[[], _T], refusal: ServiceError) -> _T:
    try:
        return action()
    except Exception:  # noqa: BLE001
        # The library decodes CBOR, keys and certificates of the caller, which fail in ways of their own.
        raise refusal from None


def read_registration(document: object) -> Registration:
    """Read RegistrationResponseJSON.

    Raises:
        ServiceError: `InvalidParameterException`; it has not the form.
    """

    def read() -> Registration:
        credential = parse_registration_credential_json(_mapping(document))
        attested = parse_attestation_object(credential.response.attestation_object)
        client_data = parse_client_data_json(credential.response.client_data_json)
        return Registration(credential, client_data, attested.auth_data.rp_id_hash)

    return _attempt(read, invalid_parameter("Invalid passkey credential"))


def read_assertion(document: object) -> Assertion:
    """Read AuthenticationResponseJSON.

    Raises:
        ServiceError: `InvalidParameterException`; it has not the form.
    """

    def read() -> Assertion:
        credential = parse_authentication_credential_json(_mapping(document))
        return Assertion(credential, parse_client_data_json(credential.response.client_data_json))

    return _attempt(read, invalid_parameter("Invalid passkey credential"))


def _mapping(document: object) -> dict[str, Any]:
    if not isinstance(document, dict):
        raise TypeError
    return document


@dataclass(frozen=True)
class RelyingParty:
    """Whom passkeys are made for.

    Args:
        id: a domain; its pages and those of its subdomains may use the passkeys.
        verify_user: refuse an authenticator that did not verify who used it.
    """

    id: str
    verify_user: bool

    def allows(self, client_data: CollectedClientData) -> bool:
        """Tell whether a page may use the passkeys: https under the id, and not framed by another site.

        `http://localhost` is a secure context too, where the id is `localhost`.
        """
        # The library passes on whatever JSON stood there.
        found = _ORIGIN.fullmatch(str(client_data.origin))
        if found is None or client_data.cross_origin:
            return False
        scheme, host = found.groups()
        if scheme == "http":
            return self.id == host == "localhost"
        return host == self.id or host.endswith(f".{self.id}")

    def creation_options(
        self, challenge: bytes, *, sub: str, username: str, registered: Iterable[bytes]
    ) -> dict[str, Any]:
        """Return PublicKeyCredentialCreationOptionsJSON."""
        options = webauthn.generate_registration_options(
            rp_id=self.id,
            rp_name=self.id,
            user_id=sub.encode(),
            user_name=username,
            user_display_name=username,
            challenge=challenge,
            timeout=TIMEOUT,
            supported_pub_key_algs=_ALGORITHMS,
            exclude_credentials=[PublicKeyCredentialDescriptor(id=key) for key in registered],
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                require_resident_key=True,
                user_verification=self._verification,
            ),
        )
        options_json: dict[str, Any] = json.loads(options_to_json(options))
        return options_json

    def request_options(self, challenge: bytes, registered: Iterable[bytes]) -> dict[str, Any]:
        """Return PublicKeyCredentialRequestOptionsJSON."""
        options = webauthn.generate_authentication_options(
            rp_id=self.id,
            challenge=challenge,
            timeout=TIMEOUT,
            allow_credentials=[PublicKeyCredentialDescriptor(id=key) for key in registered],
            user_verification=self._verification,
        )
        options_json: dict[str, Any] = json.loads(options_to_json(options))
        return options_json

    @property
    def _verification(self) -> UserVerificationRequirement:
        wanted = UserVerificationRequirement
        return wanted.REQUIRED if self.verify_user else wanted.PREFERRED

    def verify_registration(self, registration: Registration) -> VerifiedRegistration:
        """Verify a new passkey; its challenge is one that the caller has found open.

        Raises:
            ServiceError: it was made on another site, for another relying party, or is not supported.
        """
        if not self.allows(registration.client_data):
            raise ServiceError("WebAuthnOriginNotAllowedException", "The origin is not allowed")
        if registration.rp_id_hash != hashlib.sha256(self.id.encode()).digest():
            text = "The credential is of another relying party"
            raise ServiceError("WebAuthnRelyingPartyMismatchException", text)

        def verify() -> VerifiedRegistration:
            return webauthn.verify_registration_response(
                credential=registration.credential,
                expected_challenge=registration.client_data.challenge,
                expected_rp_id=self.id,
                expected_origin=registration.client_data.origin,
                require_user_verification=self.verify_user,
                supported_pub_key_algs=_ALGORITHMS,
            )

        text = "The credential is not supported"
        return _attempt(verify, ServiceError("WebAuthnCredentialNotSupportedException", text))

    def verify_assertion(
        self, assertion: Assertion, *, challenge: bytes, public_key: bytes, sign_count: int
    ) -> VerifiedAuthentication:
        """Verify a sign-in with a passkey.

        Args:
            assertion: the answer.
            challenge: that was sent.
            public_key: of the passkey, in COSE.
            sign_count: of its last use; one that is not above it is a copy's.

        Raises:
            ServiceError: `NotAuthorizedException`.
        """
        if not self.allows(assertion.client_data):
            raise not_authorized()

        def verify() -> VerifiedAuthentication:
            return webauthn.verify_authentication_response(
                credential=assertion.credential,
                expected_challenge=challenge,
                expected_rp_id=self.id,
                expected_origin=assertion.client_data.origin,
                credential_public_key=public_key,
                credential_current_sign_count=sign_count,
                require_user_verification=self.verify_user,
            )

        return _attempt(verify, not_authorized())


def relying_party(
    config: Mapping[str, Any], domain: str | None, *, verify_user: bool = False
) -> RelyingParty:
    """Build the relying party of WebAuthnConfiguration.

    Args:
        config: WebAuthnConfiguration.
        domain: the pool's, which is the id unless the configuration names one.
        verify_user: demand user verification even where the configuration prefers it.

    Raises:
        ServiceError: there is neither an id nor a domain.
    """
    rp_id = config.get("RelyingPartyId") or domain
    if not rp_id:
        text = "The user pool has neither a relying party id nor a domain"
        raise ServiceError("WebAuthnConfigurationMissingException", text)
    return RelyingParty(rp_id, verify_user or config.get("UserVerification") == "required")
