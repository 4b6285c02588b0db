"""The claims of Cognito's tokens, as they stand after verification.

Types are strict: an `exp` that is a string or a list of groups that holds a number makes the
token invalid. Claims that are not named here stay in `model_extra`.
"""

from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from fastapi_cognito_auth.schemas.described import Described

LAST_SECOND: Final = 253_402_300_799
"""The last second of the year 9999, beyond which a `datetime` cannot go."""

LONGEST_LIFE: Final = 86_400
"""Seconds that an access or ID token of a user pool can live (CreateUserPoolClient)."""

_NonEmpty = Annotated[str, Field(min_length=1)]
_NumericDate = Annotated[int, Field(ge=0, le=LAST_SECOND)]


def _as_list(value: Any) -> Any:
    """Take a single value for a list of one, as some issuers write it."""
    return [value] if isinstance(value, str) else value


def _as_tuple(value: Any) -> Any:
    """Take a JSON list for what it is read into; older pydantics are strict about members of a union."""
    return tuple(value) if isinstance(value, list) else value


class Actor(Described):
    """Who acts on behalf of the user (`act`, RFC 8693 section 4.1)."""

    model_config: ClassVar[ConfigDict] = ConfigDict(strict=True, frozen=True, extra="allow", defer_build=True)

    sub: _NonEmpty
    """The acting party's `sub`: of a user, or of a machine its client id."""

    act: "Actor | None" = None
    """Who acted before; for information only, and not for access control."""


class _Claims(BaseModel):
    """What access and ID tokens share."""

    model_config: ClassVar[ConfigDict] = ConfigDict(strict=True, frozen=True, extra="allow", defer_build=True)

    sub: _NonEmpty
    """The user's immutable id, or the client's for a machine (RFC 7519 section 4.1.2)."""

    iss: str
    exp: _NumericDate
    """Seconds since the epoch (RFC 7519 section 4.1.4)."""

    iat: _NumericDate
    nbf: _NumericDate | None = None
    auth_time: _NumericDate | None = None
    """When the user last signed in, in seconds since the epoch; a refresh keeps it."""

    jti: str | None = None
    origin_jti: str | None = None
    """Shared by all tokens of one sign-in."""

    groups: Annotated[tuple[str, ...], Field(alias="cognito:groups", strict=False)] = ()
    acr: str | None = None
    """How strongly the user signed in, such as `urn:cognito:loa:2`."""

    amr: Annotated[tuple[str, ...], Field(strict=False), BeforeValidator(_as_list)] = ()
    """The factors that were used (RFC 8176)."""

    act: Actor | None = None

    def extra(self) -> dict[str, Any]:
        """Return the claims that have no field of their own."""
        return dict(self.model_extra or {})


class AccessTokenClaims(_Claims):
    """An access token: what its bearer may do."""

    TOKEN_USE: ClassVar[str] = "access"  # noqa: S105 - no password

    token_use: Literal["access"]
    client_id: str
    """The app client it was issued to."""

    aud: Annotated[str | tuple[str, ...] | None, BeforeValidator(_as_tuple)] = None
    """The resources it is bound to (RFC 8707); an access token has none otherwise."""

    username: str | None = None
    """The canonical username; absent from a machine's token."""

    scope: str = ""
    """Space separated (RFC 6749 section 3.3)."""


class IdTokenClaims(_Claims):
    """An ID token: who the user is (OpenID Connect Core section 2)."""

    TOKEN_USE: ClassVar[str] = "id"  # noqa: S105 - no password

    token_use: Literal["id"]
    aud: str
    """The app client it was issued to."""

    username: Annotated[_NonEmpty, Field(alias="cognito:username")]
    email: str | None = None
    email_verified: bool | str | None = None
    """Cognito's own is a boolean; one that an attribute mapping made may be text."""

    phone_number: str | None = None
    phone_number_verified: bool | str | None = None
    name: str | None = None


class AlbClaims(BaseModel):
    """What an Application Load Balancer says of a user: the pool's userInfo answer, signed by it."""

    model_config: ClassVar[ConfigDict] = ConfigDict(strict=True, frozen=True, extra="allow", defer_build=True)

    sub: _NonEmpty
    username: _NonEmpty
    iss: str
    """The user pool, as the load balancer's own header names it."""

    client_id: Annotated[str, Field(alias="client")]
    """The app client with which the load balancer signs users in."""

    signer: str
    """The ARN of the load balancer."""

    exp: _NumericDate
    """Until when the load balancer vouches for it, in seconds since the epoch: some minutes."""

    groups: Annotated[list[str], Field(alias="cognito:groups")] = []
    """The userInfo endpoint of a user pool does not tell them."""

    scope: str = ""
