"""The claims of Cognito's tokens, as they stand after verification.

Types are strict: an `exp` that is a string or a list of groups that holds a number makes the
token invalid. Claims that are not named here stay in `model_extra`.
"""

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

LAST_SECOND: Final = 253_402_300_799
"""The last second of the year 9999, beyond which a `datetime` cannot go."""

_NonEmpty = Annotated[str, Field(min_length=1)]
_NumericDate = Annotated[int, Field(ge=0, le=LAST_SECOND)]


class _Claims(BaseModel):
    """What access and ID tokens share."""

    model_config = ConfigDict(strict=True, frozen=True, extra="allow")

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

    groups: Annotated[list[str], Field(alias="cognito:groups")] = []

    def extra(self) -> dict[str, Any]:
        """Return the claims that have no field of their own."""
        return dict(self.model_extra or {})


class AccessTokenClaims(_Claims):
    """An access token: what its bearer may do."""

    token_use: Literal["access"]
    client_id: str
    """The app client it was issued to. An access token of Cognito has no `aud` to compare."""

    username: str | None = None
    """The canonical username; absent from a machine's token."""

    scope: str = ""
    """Space separated (RFC 6749 section 3.3)."""


class IdTokenClaims(_Claims):
    """An ID token: who the user is (OpenID Connect Core section 2)."""

    token_use: Literal["id"]
    aud: str
    """The app client it was issued to."""

    username: Annotated[str, Field(alias="cognito:username")]
    email: str | None = None


class AlbClaims(BaseModel):
    """What an Application Load Balancer says of a user: the pool's userInfo answer, signed by it."""

    model_config = ConfigDict(strict=True, frozen=True, extra="allow")

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
