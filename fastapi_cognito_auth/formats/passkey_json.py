"""Passkeys in the JSON of browsers (Web Authentication Level 3, sections 5.1.8 and 5.4).

`PublicKeyCredential.parseCreationOptionsFromJSON()` reads `CreationOptions`; `toJSON()` of what
`navigator.credentials.create()` made is a `RegistrationResponse`, and of what
`navigator.credentials.get()` signed an `AuthenticationResponse`. Members keep the browser's
names. Those that a later browser may add pass through, as far as the limits allow: whether a
credential is good is Cognito's to say.
"""

import json
from typing import Annotated, Any, ClassVar, Final, Literal, Self

from pydantic import ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from fastapi_cognito_auth.schemas.described import Described

LARGEST_CREDENTIAL: Final = 64 * 1024
"""Characters of a credential as a whole; an attestation with its certificates takes a few thousand."""

_DEEPEST: Final = 8
"""Levels of nesting; the browser's own shapes need four."""

Base64Url = Annotated[str, Field(min_length=1, max_length=LARGEST_CREDENTIAL, pattern=r"^[A-Za-z0-9_-]+$")]
"""Bytes as base64url without padding (RFC 4648 section 5)."""

_CredentialId = Annotated[str, Field(min_length=1, max_length=1364, pattern=r"^[A-Za-z0-9_-]+$")]
"""At most 1023 bytes (Web Authentication section 4)."""

_Word = Annotated[str, Field(max_length=64)]


class _Shape(Described):
    model_config: ClassVar[ConfigDict] = ConfigDict(
        frozen=True,
        extra="allow",
        alias_generator=to_camel,
        populate_by_name=False,
        strict=True,
        # Built when first used: an app that only verifies tokens need not wait for it.
        defer_build=True,
    )

    def as_sent(self) -> dict[str, Any]:
        """Return the members as they came, and no others."""
        return self.model_dump(by_alias=True, exclude_unset=True)


class RelyingParty(_Shape):
    """The app that the passkey is for."""

    id: str | None = None
    """A domain."""

    name: str
    """For people."""


class PasskeyUser(_Shape):
    """Whose passkey it is."""

    id: Base64Url
    """No name, so that a passkey tells nobody whose it is."""

    name: str
    """Tells several passkeys apart, such as an e-mail address."""

    display_name: str
    """For people."""


class CredentialParameters(_Shape):
    """A kind of key that the pool accepts."""

    type: str
    """Always `public-key` so far."""

    alg: int
    """A COSE algorithm, such as -7 for ES256."""


class CredentialDescriptor(_Shape):
    """A passkey that exists already."""

    type: str
    """Always `public-key` so far."""

    id: _CredentialId
    """Of the passkey."""

    transports: list[str] | None = None
    """How a browser reaches the authenticator, such as `internal` or `usb`."""


class CreationOptions(_Shape):
    """What `navigator.credentials.create()` takes, after `parseCreationOptionsFromJSON()`."""

    rp: RelyingParty
    """The app that the passkey is for."""

    user: PasskeyUser
    """Whose passkey it is."""

    challenge: Base64Url
    """To be signed; for one use, and soon."""

    pub_key_cred_params: list[CredentialParameters]
    """The kinds of key that are accepted, the best first."""

    timeout: int | float | None = None
    """Milliseconds."""

    exclude_credentials: list[CredentialDescriptor] | None = None
    """Passkeys that exist already: no second one is made on the same authenticator."""

    authenticator_selection: dict[str, Any] | None = None
    """Which authenticators may be used."""

    attestation: str | None = None
    """What the authenticator shall tell of itself."""

    extensions: dict[str, Any] | None = None
    """Extensions that are asked for."""


class AttestationResponse(_Shape):
    """What the authenticator answered."""

    client_data_json: Base64Url = Field(alias="clientDataJSON")
    """What the browser signed for, as JSON."""

    attestation_object: Base64Url
    """The new key, and what the authenticator tells of itself (CBOR)."""

    transports: Annotated[list[_Word], Field(max_length=16)] | None = None
    """How a browser reaches the authenticator, such as `internal` or `usb`."""

    authenticator_data: Base64Url | None = None
    """Part of the attestation object."""

    public_key: Base64Url | None = None
    """The key (DER)."""

    public_key_algorithm: int | None = None
    """A COSE algorithm, such as -7 for ES256."""


class AssertionResponse(_Shape):
    """What the authenticator signed."""

    client_data_json: Base64Url = Field(alias="clientDataJSON")
    """What the browser signed for, as JSON."""

    authenticator_data: Base64Url
    """What the authenticator tells of this use."""

    signature: Base64Url
    """Over the two before."""

    user_handle: Base64Url | None = None
    """The `id` of the user whose passkey it is."""


class _Credential(_Shape):
    id: _CredentialId
    """Of the passkey."""

    raw_id: _CredentialId
    """The same."""

    type: Literal["public-key"]
    """Always the same."""

    authenticator_attachment: _Word | None = None
    """`platform` or `cross-platform`."""

    client_extension_results: dict[str, Any] = Field(default_factory=dict)
    """What the extensions answered."""

    @model_validator(mode="after")
    def _within_limits(self) -> Self:
        content = self.as_sent()
        if _depth(content) > _DEEPEST:
            raise ValueError("the credential is nested too deeply")
        if len(json.dumps(content, allow_nan=False)) > LARGEST_CREDENTIAL:
            raise ValueError("the credential is too large")
        return self


class RegistrationResponse(_Credential):
    """A new passkey: `toJSON()` of what `navigator.credentials.create()` returned."""

    response: AttestationResponse
    """What the authenticator answered."""


class AuthenticationResponse(_Credential):
    """A sign-in by a passkey: `toJSON()` of what `navigator.credentials.get()` returned."""

    response: AssertionResponse
    """What the authenticator signed."""


def _depth(value: Any) -> int:
    """Count the levels of nesting, and stop counting where it is too many."""
    level, depth = [value], 0
    while level and depth <= _DEEPEST:
        inner = [item for item in level if isinstance(item, (dict, list))]
        level = [child for item in inner for child in (item.values() if isinstance(item, dict) else item)]
        depth += bool(inner)
    return depth
