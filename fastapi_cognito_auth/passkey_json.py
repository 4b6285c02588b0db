"""Passkeys in the JSON of browsers (Web Authentication Level 3, sections 5.1.8 and 5.4).

`PublicKeyCredential.parseCreationOptionsFromJSON()` reads `CreationOptions`; `toJSON()` of what
`navigator.credentials.create()` made is a `RegistrationResponse`, and of what
`navigator.credentials.get()` signed an `AuthenticationResponse`. Members keep the browser's
names. Those that a later browser may add pass through, as far as the limits allow: whether a
credential is good is Cognito's to say.
"""

import json
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

LARGEST_CREDENTIAL: Final = 64 * 1024
"""Characters of a credential as a whole; an attestation with its certificates takes a few thousand."""

_DEEPEST: Final = 8
"""Levels of nesting; the browser's own shapes need four."""

Base64Url = Annotated[str, Field(min_length=1, max_length=LARGEST_CREDENTIAL, pattern=r"^[A-Za-z0-9_-]+$")]
"""Bytes as base64url without padding (RFC 4648 section 5)."""

_CredentialId = Annotated[str, Field(min_length=1, max_length=1364, pattern=r"^[A-Za-z0-9_-]+$")]
"""At most 1023 bytes (Web Authentication section 4)."""

_Word = Annotated[str, Field(max_length=64)]


class _Shape(BaseModel):
    model_config = ConfigDict(
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


class PasskeyUser(_Shape):
    """Whose passkey it is."""

    id: Base64Url
    name: str
    display_name: str


class CredentialParameters(_Shape):
    """A kind of key that the pool accepts."""

    type: str
    alg: int
    """A COSE algorithm, such as -7 for ES256."""


class CredentialDescriptor(_Shape):
    """A passkey that exists already."""

    type: str
    id: _CredentialId
    transports: list[str] | None = None


class CreationOptions(_Shape):
    """What `navigator.credentials.create()` takes, after `parseCreationOptionsFromJSON()`."""

    rp: RelyingParty
    user: PasskeyUser
    challenge: Base64Url
    pub_key_cred_params: list[CredentialParameters]
    timeout: int | float | None = None
    """Milliseconds."""

    exclude_credentials: list[CredentialDescriptor] | None = None
    authenticator_selection: dict[str, Any] | None = None
    attestation: str | None = None
    extensions: dict[str, Any] | None = None


class AttestationResponse(_Shape):
    """What the authenticator answered."""

    client_data_json: Base64Url = Field(alias="clientDataJSON")
    attestation_object: Base64Url
    transports: Annotated[list[_Word], Field(max_length=16)] | None = None
    authenticator_data: Base64Url | None = None
    public_key: Base64Url | None = None
    public_key_algorithm: int | None = None


class AssertionResponse(_Shape):
    """What the authenticator signed."""

    client_data_json: Base64Url = Field(alias="clientDataJSON")
    authenticator_data: Base64Url
    signature: Base64Url
    user_handle: Base64Url | None = None


class _Credential(_Shape):
    id: _CredentialId
    raw_id: _CredentialId
    type: Literal["public-key"]
    authenticator_attachment: _Word | None = None
    client_extension_results: dict[str, Any] = {}

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


class AuthenticationResponse(_Credential):
    """A sign-in by a passkey: `toJSON()` of what `navigator.credentials.get()` returned."""

    response: AssertionResponse


def _depth(value: Any) -> int:
    """Count the levels of nesting, and stop counting where it is too many."""
    level, depth = [value], 0
    while level and depth <= _DEEPEST:
        inner = [item for item in level if isinstance(item, (dict, list))]
        level = [child for item in inner for child in (item.values() if isinstance(item, dict) else item)]
        depth += bool(inner)
    return depth
