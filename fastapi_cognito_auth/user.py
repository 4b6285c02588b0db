"""What a route sees of a verified token: a user, or a machine.

They are frozen classes and no models: a model can be read from a request, and a principal must not be
(`never_from_input`).
"""

import inspect
from collections import namedtuple
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import FrozenInstanceError, dataclass, fields
from datetime import UTC, datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, NoReturn, Self, TypeVar

from pydantic import Field, GetCoreSchemaHandler, PlainSerializer
from pydantic_core import CoreSchema

from fastapi_cognito_auth.never_from_input import NeverFromInput, instances_only
from fastapi_cognito_auth.profile import Profile
from fastapi_cognito_auth.tokens.claims import AccessTokenClaims, Actor, AlbClaims, IdTokenClaims
from fastapi_cognito_auth.tokens.frozen_claims import FrozenClaims, frozen

_set = object.__setattr__  # for what lets nothing be set
_new = object.__new__

Verified = AccessTokenClaims | IdTokenClaims | AlbClaims

Names = Annotated[frozenset[str], PlainSerializer(sorted, return_type=list[str])]
"""A set of names, written as a sorted list so that an answer is the same each time."""

# The first parameter of each constructor, so that FastAPI stops there.
_UserSub = Annotated[str, NeverFromInput("a User is no dependency: write Depends(auth.current_user)")]
_IdUserSub = Annotated[str, NeverFromInput("an IdUser is no dependency: write Depends(auth.id_user)")]
_USER_CLAIMS = "claims are no dependency: write Depends(auth.current_user)"
_MachineSub = Annotated[
    str, NeverFromInput("a Machine is no dependency: write Depends(auth.current_principal)")
]


_IN_PROFILES: Final = frozenset(
    [
        *("attributes", "preferred_mfa_setting", "user_mfa_setting_list", "mfa_options"),
        *("email", "email_verified", "phone_number", "phone_number_verified", "preferred_username"),
        *("name", "given_name", "family_name", "middle_name", "nickname", "gender", "birthdate", "address"),
        *("picture", "website", "zoneinfo", "locale", "updated_at"),
    ]
)
"""What people look for in a user, and an access token does not tell."""


class _Kept:
    """Where a principal is kept. What is no field is left out of answers, comparisons and `repr`.

    The fields are in one tuple: each request has a user of its own, who knows the way to the profile by
    the request's token, and many requests share what is in the tuple.
    """

    # Slots, so that nothing of it can be changed.
    __slots__ = ("__weakref__", "_claims", "_fields", "_profile")

    _Fields: ClassVar[Any]
    """The kind of that tuple, by name."""

    _fields: Any
    _claims: Verified | FrozenClaims | None
    _profile: Callable[[], Awaitable[Profile]] | None

    def __eq__(self, other: object) -> bool:
        """Tell whether somebody is the same, in all that the fields say."""
        if not isinstance(other, _Kept) or type(other) is not type(self):
            return NotImplemented
        return bool(self._fields == other._fields and self._more() == other._more())

    def _more(self) -> dict[str, Any]:
        """Return what an app's own class keeps beside the fields."""
        of_slots = (name for kind in type(self).__mro__ for name in kind.__dict__.get("__slots__", ()))
        beside = {name: getattr(self, name, None) for name in of_slots if name not in _Kept.__slots__}
        return {**beside, **getattr(self, "__dict__", {})}

    def __init_subclass__(cls) -> None:
        """Refuse slots that would hide the fields.

        Raises:
            TypeError: the class was made by `dataclass(slots=True)`.
        """
        fields_of_ours = getattr(getattr(cls, "_Fields", None), "_fields", ())
        if set(fields_of_ours).intersection(vars(cls).get("__slots__", ())):
            msg = f"{cls.__name__} has slots for what {cls.__base__.__name__} keeps: leave slots=True out"  # type: ignore[union-attr]
            raise TypeError(msg)

    def __hash__(self) -> int:
        """Go by the fields, too."""
        return hash(self._fields)

    def __repr__(self) -> str:
        """Show the fields."""
        shown = (f"{name}={value!r}" for name, value in zip(self._fields._fields, self._fields, strict=True))
        return f"{type(self).__qualname__}({', '.join(shown)})"

    def __setattr__(self, name: str, _value: object) -> NoReturn:
        """Let nothing be set."""
        msg = f"cannot assign to {name!r}: a principal does not change"
        raise FrozenInstanceError(msg)

    def __delattr__(self, name: str) -> NoReturn:
        """Let nothing be removed."""
        msg = f"cannot delete {name!r}: a principal does not change"
        raise FrozenInstanceError(msg)


_put_fields, _put_claims, _put_profile = (
    vars(_Kept)[name].__set__ for name in ("_fields", "_claims", "_profile")
)


PrincipalT = TypeVar("PrincipalT", bound="_Principal")


def _fill(principal: PrincipalT, fields: Any, claims: Any = None, profile: Any = None) -> PrincipalT:
    _put_fields(principal, fields)
    _put_claims(principal, claims)
    _put_profile(principal, profile)
    return principal


def _kept_as_fields(kind: type[PrincipalT]) -> type[PrincipalT]:
    """Let the members that `dataclass` has found be read from the one tuple."""
    names = [field.name for field in fields(kind)]
    make: Any = namedtuple  # noqa: PYI024 - with names that are found out
    kind._Fields = make(f"_{kind.__name__}Fields", names)
    for name in names:
        setattr(kind, name, property(attrgetter(f"_fields.{name}"), _setter(name)))
    # Ours are for what is no field, too.
    del kind.__setattr__, kind.__delattr__
    return kind


def _setter(name: str) -> Callable[["_Principal", Any], None]:
    """Return what sets a field: the constructors that `dataclass` writes for an app's own class do."""

    def put(principal: "_Principal", value: Any) -> None:
        if not hasattr(principal, "_fields"):
            _fill(principal, principal._Fields(*[None] * len(principal._Fields._fields)))
        _put_fields(principal, principal._fields._replace(**{name: value}))

    return put


@dataclass(frozen=True, kw_only=True, init=False, eq=False, repr=False)
class _Principal(_Kept):
    """What users and machines share. Immutable, and safe to return from a route."""

    __slots__ = ()

    _dependency: ClassVar[str]
    """What finds one in a request."""

    # Described in annotations: for docstrings, pydantic reads the source for each route that gives one out.
    sub: Annotated[str, Field(description="The immutable id; with `issuer`, the key to use in a database.")]
    client_id: Annotated[str, Field(description="The app client that the token was issued to.")]
    issuer: Annotated[str, Field(description="The user pool that issued the token (`iss`).")] = ""
    expires_at: Annotated[datetime, Field(description="When the token expires.")]

    @property
    def claims(self) -> Mapping[str, Any]:
        """Every verified claim by its name in the token; nothing of it can be changed.

        Left out of answers.
        """
        claims = self._claims
        if claims is None:
            return FrozenClaims()
        if not isinstance(claims, FrozenClaims):
            # Few routes ask for them all, so they are taken apart for those alone.
            claims = frozen(claims)
            _set(self, "_claims", claims)
        return claims

    def with_claims(self, claims: Verified | Mapping[str, Any]) -> Self:
        """Return the same principal with these claims."""
        return _twin(self, FrozenClaims(claims) if isinstance(claims, Mapping) else claims, self._profile)

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        """Give names and values, so that `dict` makes a dictionary of it."""
        return ((field.name, getattr(self, field.name)) for field in fields(self))

    def __copy__(self) -> Self:
        """Return itself, since nothing of it can be changed."""
        return self

    def __deepcopy__(self, _memo: dict[int, Any]) -> Self:
        """Return itself, since nothing of it can be changed."""
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the claims, too; the way to the profile stays in its process."""
        return _restored, (type(self), dict(self), self.claims)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Let an answer hold one, and no input become one."""
        return instances_only(cls, handler(source), cls._dependency)


@dataclass(frozen=True, kw_only=True, init=False, eq=False, repr=False)
class _Person(_Principal):
    """What users have in common, whichever token tells of them."""

    __slots__ = ()

    username: Annotated[str, Field(description="As the pool has it; immutable.")]
    groups: Annotated[
        Names,
        Field(
            description="As issued: group names are case-sensitive. Those of a trusted pool have its prefix."
        ),
    ] = frozenset()
    auth_time: Annotated[
        datetime | None, Field(description="When the user last signed in; a refresh does not change it.")
    ] = None
    acr: Annotated[
        str | None, Field(description="How strongly the user signed in, such as `urn:cognito:loa:2`.")
    ] = None
    amr: Annotated[Names, Field(description="The factors that were used, such as `pwd` and `otp`.")] = (
        frozenset()
    )


@_kept_as_fields
@dataclass(frozen=True, kw_only=True, init=False, eq=False, repr=False)
class User(_Person):
    """A signed-in user, as the access token tells. Immutable, and safe to return from a route.

    An access token carries no e-mail address and no other attribute: `profile` asks for those.
    A time is given as a `datetime`, or in seconds since the epoch.
    """

    __slots__ = ()

    _dependency: ClassVar[str] = "auth.current_user"

    scopes: Annotated[
        Names, Field(description="The scopes of the token, and those that the groups grant (`group_scopes`).")
    ] = frozenset()
    actor: Annotated[
        Actor | None,
        Field(description="Who acts on the user's behalf, if the token was exchanged for that (RFC 8693)."),
    ] = None

    def __init__(
        self,
        *,
        sub: _UserSub,
        username: str,
        client_id: str,
        expires_at: datetime | float,
        issuer: str = "",
        groups: Iterable[str] = (),
        scopes: Iterable[str] = (),
        auth_time: datetime | float | None = None,
        acr: str | None = None,
        amr: Iterable[str] = (),
        actor: Actor | None = None,
    ) -> None:
        _fill(
            self,
            self._Fields(
                sub=sub,
                username=username,
                client_id=client_id,
                issuer=issuer,
                groups=_names(groups),
                scopes=_names(scopes),
                auth_time=_moment(auth_time),
                acr=acr,
                amr=_names(amr),
                actor=actor,
                expires_at=_moment(expires_at),
            ),
        )

    @classmethod
    def from_claims(
        cls,
        claims: Annotated[AccessTokenClaims, NeverFromInput(_USER_CLAIMS)],
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
        if group_scopes:
            scopes = scopes.union(*(group_scopes[group] for group in groups & group_scopes.keys()))
        return _fill(
            _new(cls),
            cls._Fields(
                sub=claims.sub,
                username=username,
                groups=groups,
                scopes=scopes,
                client_id=claims.client_id,
                issuer=claims.iss,
                auth_time=_moment(claims.auth_time),
                acr=claims.acr,
                amr=frozenset(claims.amr),
                actor=claims.act,
                expires_at=_moment(claims.exp),
            ),
            claims,
        )

    def with_profile(self, profile: Callable[[], Awaitable[Profile]]) -> Self:
        """Return the same user, who can be asked for the profile."""
        if type(self) is not User:
            return _twin(self, self._claims, profile)
        # As `_fill` does, written out: this is done for each request.
        twin = _new(type(self))
        _put_fields(twin, self._fields)
        _put_claims(twin, self._claims)
        _put_profile(twin, profile)
        return twin

    if not TYPE_CHECKING:  # a type checker knows what there is

        def __getattr__(self, name: str) -> Any:
            if name in _IN_PROFILES:
                there = (
                    name
                    if hasattr(Profile, name) or name in Profile.model_fields
                    else f'attributes["{name}"]'
                )
                msg = f"an access token tells no {name}: write (await user.profile()).{there}"
                raise AttributeError(msg)
            return object.__getattribute__(self, name)  # once more, for its own words

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
        if self._profile is None:
            raise RuntimeError("only the user of an access token of the app's own pool has a profile")
        return await self._profile()


@_kept_as_fields
@dataclass(frozen=True, kw_only=True, init=False, eq=False, repr=False)
class IdUser(_Person):
    """A user, as an ID token tells: who it is, not what they may do.

    A time is given as a `datetime`, or in seconds since the epoch.
    """

    __slots__ = ()

    _dependency: ClassVar[str] = "auth.id_user"

    email: Annotated[str | None, Field(description="The e-mail address, if the app client may read it.")] = (
        None
    )
    email_verified: Annotated[bool, Field(description="Whether it is known to be the user's own.")] = False
    phone_number: Annotated[
        str | None, Field(description="The phone number, if the app client may read it.")
    ] = None
    phone_number_verified: Annotated[bool, Field(description="Whether it is known to be the user's own.")] = (
        False
    )
    name: Annotated[str | None, Field(description="The full name, for people.")] = None

    def __init__(
        self,
        *,
        sub: _IdUserSub,
        username: str,
        client_id: str,
        expires_at: datetime | float,
        issuer: str = "",
        groups: Iterable[str] = (),
        auth_time: datetime | float | None = None,
        acr: str | None = None,
        amr: Iterable[str] = (),
        email: str | None = None,
        email_verified: bool = False,
        phone_number: str | None = None,
        phone_number_verified: bool = False,
        name: str | None = None,
    ) -> None:
        _fill(
            self,
            self._Fields(
                sub=sub,
                username=username,
                client_id=client_id,
                issuer=issuer,
                groups=_names(groups),
                auth_time=_moment(auth_time),
                acr=acr,
                amr=_names(amr),
                expires_at=_moment(expires_at),
                email=email,
                email_verified=email_verified,
                phone_number=phone_number,
                phone_number_verified=phone_number_verified,
                name=name,
            ),
        )

    @classmethod
    def from_claims(
        cls,
        claims: Annotated[
            IdTokenClaims, NeverFromInput("claims are no dependency: write Depends(auth.id_user)")
        ],
        *,
        groups: frozenset[str],
    ) -> Self:
        """Build the user from verified claims.

        Args:
            claims: what `TokenVerifier` returned.
            groups: by their names in this app.
        """
        return _fill(
            _new(cls),
            cls._Fields(
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
            ),
            claims,
        )


@_kept_as_fields
@dataclass(frozen=True, kw_only=True, init=False, eq=False, repr=False)
class Machine(_Principal):
    """An app client that acts for itself, by its client credentials (RFC 6749 section 4.4).

    A time is given as a `datetime`, or in seconds since the epoch.
    """

    __slots__ = ()

    _dependency: ClassVar[str] = "auth.current_principal"

    scopes: Annotated[Names, Field(description="The scopes of the token that count.")] = frozenset()

    def __init__(
        self,
        *,
        sub: _MachineSub,
        client_id: str,
        expires_at: datetime | float,
        issuer: str = "",
        scopes: Iterable[str] = (),
    ) -> None:
        _fill(
            self,
            self._Fields(
                sub=sub,
                client_id=client_id,
                issuer=issuer,
                scopes=_names(scopes),
                expires_at=_moment(expires_at),
            ),
        )

    @classmethod
    def from_claims(
        cls,
        claims: Annotated[
            AccessTokenClaims,
            NeverFromInput("claims are no dependency: write Depends(auth.current_principal)"),
        ],
        *,
        scopes: frozenset[str],
    ) -> Self:
        """Build the machine from verified claims.

        Args:
            claims: what `TokenVerifier` returned.
            scopes: those of the token that count.
        """
        return _fill(
            _new(cls),
            cls._Fields(
                sub=claims.sub,
                client_id=claims.client_id,
                issuer=claims.iss,
                scopes=scopes,
                expires_at=_moment(claims.exp),
            ),
            claims,
        )


def _twin(principal: PrincipalT, claims: Any, profile: Any) -> PrincipalT:
    """Return the same principal as another object."""
    twin = _fill(_new(type(principal)), principal._fields, claims, profile)
    _set_more(twin, dict(principal))
    return twin


def _restored(kind: type[PrincipalT], values: Mapping[str, Any], claims: FrozenClaims) -> PrincipalT:
    kept = kind._Fields(**{name: values[name] for name in kind._Fields._fields})
    principal = _fill(_new(kind), kept, claims)
    _set_more(principal, values)
    return principal


def _set_more(principal: _Principal, values: Mapping[str, Any]) -> None:
    """Set the fields that an app's own class has beside ours."""
    for name in values.keys() - set(principal._Fields._fields):
        _set(principal, name, values[name])


def _moment(seconds: datetime | float | None) -> Any:
    if seconds is None or isinstance(seconds, datetime):
        return seconds
    return datetime.fromtimestamp(seconds, UTC)


def _names(names: Iterable[str]) -> frozenset[str]:
    if isinstance(names, str):
        raise TypeError("names are given as a set or a list, and not as one text")
    return frozenset(names)


def _keep_the_signature(kind: type) -> None:
    """Let FastAPI stop at the first parameter of subclasses too, whatever constructor they have."""
    signature = inspect.signature(kind)
    type.__setattr__(kind, "__signature__", signature)


for _kind in (User, IdUser, Machine):
    _keep_the_signature(_kind)
