"""What a route sees of a verified token."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

from fastapi_cognito_auth.claims import AccessTokenClaims

Names = Annotated[frozenset[str], PlainSerializer(sorted, return_type=list[str])]
"""A set of names, written as a sorted list so that an answer is the same each time."""


class User(BaseModel):
    """A signed-in user, as the access token tells. Immutable, and safe to return from a route.

    An access token carries no e-mail address and no other attribute of the user.
    """

    model_config = ConfigDict(frozen=True)

    sub: str
    """The immutable id; the key to use in a database."""

    username: str
    groups: Names = frozenset()
    """As issued: group names are case-sensitive."""

    scopes: Names = frozenset()
    """The scopes of the token, and those that the groups grant (`group_scopes`)."""

    client_id: str
    """The app client that the token was issued to."""

    auth_time: datetime | None = None
    """When the user last signed in; a refresh does not change it."""

    expires_at: datetime
    """When the token expires."""

    claims: Mapping[str, Any] = Field(default_factory=dict, exclude=True, repr=False)
    """Every verified claim. Left out of answers."""

    @classmethod
    def from_claims(
        cls, claims: AccessTokenClaims, username: str, group_scopes: Mapping[str, frozenset[str]]
    ) -> Self:
        """Build the user from verified claims.

        Args:
            claims: what `TokenVerifier` returned.
            username: the claim of that name, which a machine's token lacks.
            group_scopes: the scopes that each group grants.
        """
        groups = frozenset(claims.groups)
        granted = (group_scopes[group] for group in groups & group_scopes.keys())
        return cls(
            sub=claims.sub,
            username=username,
            groups=groups,
            scopes=frozenset(claims.scope.split()).union(*granted),
            client_id=claims.client_id,
            auth_time=None if claims.auth_time is None else datetime.fromtimestamp(claims.auth_time, UTC),
            expires_at=datetime.fromtimestamp(claims.exp, UTC),
            claims=claims.model_dump(by_alias=True, exclude_none=True),
        )
