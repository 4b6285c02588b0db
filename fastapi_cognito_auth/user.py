"""What a route sees of a verified token: a user, or a machine."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, PlainSerializer

from fastapi_cognito_auth.profile import Profile
from fastapi_cognito_auth.tokens.claims import AccessTokenClaims, Actor, AlbClaims, IdTokenClaims
from fastapi_cognito_auth.tokens.frozen_claims import FrozenClaims, frozen

_set = object.__setattr__  # for models that let nothing be set

PrincipalT = TypeVar("PrincipalT", bound=BaseModel)

Verified = AccessTokenClaims | IdTokenClaims | AlbClaims

Names = Annotated[frozenset[str], PlainSerializer(sorted, return_type=list[str])]
"""A set of names, written as a sorted list so that an answer is the same each time."""


class _Principal(BaseModel):
    """What users and machines share. Immutable, and safe to return from a route."""

    # Built when first used: what is imported and not used costs nothing.
    model_config = ConfigDict(frozen=True, defer_build=True)

    sub: str
    """The immutable id; with `issuer`, the key to use in a database."""

    client_id: str
    """The app client that the token was issued to."""

    issuer: str = ""
    """The user pool that issued the token (`iss`)."""

    expires_at: datetime
    """When the token expires."""

    # Slots and not private attributes of pydantic, which each principal would pay for when it is made.
    __slots__ = ("_claims",)

    @property
    def claims(self) -> Mapping[str, Any]:
        """Every verified claim by its name in the token; nothing of it can be changed.

        Left out of answers.
        """
        claims = getattr(self, "_claims", None)
        if claims is None:
            return FrozenClaims()
        if not isinstance(claims, FrozenClaims):
            # Few routes ask for them all, so they are taken apart for those alone.
            claims = frozen(claims)
            _set(self, "_claims", claims)
        return claims

    def with_claims(self, claims: Verified | Mapping[str, Any]) -> Self:
        """Return the same principal with these claims."""
        copy = self.model_copy()
        _set(copy, "_claims", FrozenClaims(claims) if isinstance(claims, Mapping) else claims)
        return copy

    def __copy__(self) -> Self:
        """Copy what stands in slots, too."""
        return _with_slots(super().__copy__(), self)

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
        """Copy what stands in slots, too; nothing of it can be changed."""
        return _with_slots(super().__deepcopy__(memo), self)

    def __getstate__(self) -> dict[Any, Any]:
        """Pickle the claims, too; the way to the profile stays in its process."""
        return {**super().__getstate__(), "claims": self.claims}

    def __setstate__(self, state: dict[Any, Any]) -> None:
        """Restore the claims, too."""
        _set(self, "_claims", state.pop("claims"))
        super().__setstate__(state)


class _Person(_Principal):
    username: str
    groups: Names = frozenset()
    """As issued: group names are case-sensitive. Those of a trusted pool have its prefix."""

    auth_time: datetime | None = None
    """When the user last signed in; a refresh does not change it."""

    acr: str | None = None
    """How strongly the user signed in, such as `urn:cognito:loa:2`."""

    amr: Names = frozenset()
    """The factors that were used, such as `pwd` and `otp`."""


class User(_Person):
    """A signed-in user, as the access token tells. Immutable, and safe to return from a route.

    An access token carries no e-mail address and no other attribute: `profile` asks for those.
    """

    # Not a private attribute of pydantic, which every user would pay for at every request.
    __slots__ = ("_profile",)

    scopes: Names = frozenset()
    """The scopes of the token, and those that the groups grant (`group_scopes`)."""

    actor: Actor | None = None
    """Who acts on the user's behalf, if the token was exchanged for that (RFC 8693)."""

    @classmethod
    def from_claims(
        cls,
        claims: AccessTokenClaims,
        username: str,
        *,
        groups: frozenset[str],
        scopes: frozenset[str],
        group_scopes: Mapping[str, frozenset[str]],
    ) -> Self:
        """Build the user from verified claims.

        Args:
            claims: what `TokenVerifier` returned.
            username: the claim of that name, which a machine's token lacks.
            groups: by their names in this app.
            scopes: those of the token that count.
            group_scopes: the scopes that each group grants.
        """
        granted = (group_scopes[group] for group in groups & group_scopes.keys())
        principal = cls(
            sub=claims.sub,
            username=username,
            groups=groups,
            scopes=scopes.union(*granted),
            client_id=claims.client_id,
            issuer=claims.iss,
            auth_time=_moment(claims.auth_time),
            acr=claims.acr,
            amr=frozenset(claims.amr),
            actor=claims.act,
            expires_at=_moment(claims.exp),
        )
        _set(principal, "_claims", claims)
        return principal

    def with_profile(self, profile: Callable[[], Awaitable[Profile]]) -> Self:
        """Return the same user, who can be asked for the profile."""
        # What `model_copy` does, in half the time, since this is done for each request. Both may have
        # the same values, for neither can change them.
        copy = object.__new__(type(self))
        _set(copy, "__dict__", self.__dict__)
        _set(copy, "__pydantic_fields_set__", self.__pydantic_fields_set__)
        _set(copy, "__pydantic_extra__", None)
        _set(copy, "__pydantic_private__", None)
        _set(copy, "_claims", getattr(self, "_claims", None))
        _set(copy, "_profile", profile)
        return copy

    async def profile(self) -> Profile:
        """Ask the pool for what the access token lacks, such as the e-mail address (GetUser).

        An answer is kept for some seconds (`profile_max_age`).

        Raises:
            NotAuthorizedError: the token is revoked, lacks the scope
                `aws.cognito.signin.user.admin`, or the user is disabled.
            UserNotFoundError: the user is deleted.
            UserPoolUnavailableError: Cognito does not answer.
            RuntimeError: the user was not made from a request's token of the app's own pool.
        """
        profile: Callable[[], Awaitable[Profile]] | None = getattr(self, "_profile", None)
        if profile is None:
            raise RuntimeError("only the user of an access token of the app's own pool has a profile")
        return await profile()


class IdUser(_Person):
    """A user, as an ID token tells: who it is, not what they may do."""

    email: str | None = None
    email_verified: bool = False
    phone_number: str | None = None
    phone_number_verified: bool = False
    name: str | None = None

    @classmethod
    def from_claims(cls, claims: IdTokenClaims, *, groups: frozenset[str]) -> Self:
        """Build the user from verified claims.

        Args:
            claims: what `TokenVerifier` returned.
            groups: by their names in this app.
        """
        principal = cls(
            sub=claims.sub,
            username=claims.username,
            groups=groups,
            client_id=claims.aud,
            issuer=claims.iss,
            auth_time=_moment(claims.auth_time),
            acr=claims.acr,
            amr=frozenset(claims.amr),
            expires_at=_moment(claims.exp),
            email=claims.email,
            email_verified=claims.email_verified in (True, "true"),
            phone_number=claims.phone_number,
            phone_number_verified=claims.phone_number_verified in (True, "true"),
            name=claims.name,
        )
        _set(principal, "_claims", claims)
        return principal


class Machine(_Principal):
    """An app client that acts for itself, by its client credentials (RFC 6749 section 4.4)."""

    scopes: Names = frozenset()

    @classmethod
    def from_claims(cls, claims: AccessTokenClaims, *, scopes: frozenset[str]) -> Self:
        """Build the machine from verified claims.

        Args:
            claims: what `TokenVerifier` returned.
            scopes: those of the token that count.
        """
        principal = cls(
            sub=claims.sub,
            client_id=claims.client_id,
            issuer=claims.iss,
            scopes=scopes,
            expires_at=_moment(claims.exp),
        )
        _set(principal, "_claims", claims)
        return principal


def _moment(seconds: int | None) -> Any:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _with_slots(copy: PrincipalT, original: PrincipalT) -> PrincipalT:
    for name in ("_claims", "_profile"):
        if hasattr(original, name):
            _set(copy, name, getattr(original, name))
    return copy
