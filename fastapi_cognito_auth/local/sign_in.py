"""What travels through a sign-in, and how a first factor of USER_AUTH plugs into it.

A first factor is one `FirstFactor`, entered under its name in
`operations/first_factors.py: FIRST_FACTORS`. The name is also the challenge's. USER_AUTH then does
the rest: it offers the factor where AllowedFirstAuthFactors holds its name and `is_available` says
yes, calls `begin` when it is chosen, opens the session, and calls `check` with the answer, or at
once where the member `inline` came along. `check` returns a `Proof` or raises; only a returned
`Proof` uses the session up.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self

from fastapi_cognito_auth.local.clients import Client
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.state.codec import kept
from fastapi_cognito_auth.local.triggers import Caller
from fastapi_cognito_auth.local.users import User


@kept
@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a sign-in is; each session of it holds one.

    Args:
        methods: the amr values that were proven so far.
        multi_factor: no second factor is asked for, unless the target needs one.
        target: the acr level to reach, 1 to 4; 0 asks for none.
        device_key: of the device that the client says it is; no more than a claim.
        rounds: the records of CUSTOM_AUTH, None in every other flow.
        at_domain: a browser signs in on the pool's own pages, which end with a code instead of tokens.
    """

    methods: frozenset[str] = frozenset()
    multi_factor: bool = False
    target: int = 0
    device_key: str | None = None
    rounds: tuple[Mapping[str, Any], ...] | None = None
    at_domain: bool = False


@dataclass(frozen=True, kw_only=True)
class SignIn(Progress):
    """A sign-in under way.

    Args:
        client: which it is for.
        user: who wants to be it.
        client_metadata: of the present request, for triggers.
    """

    client: Client
    user: User
    client_metadata: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def resume(cls, progress: Progress, **now: Any) -> Self:
        """Go on with a sign-in; `now` are members as they are by now."""
        began = {part.name: getattr(progress, part.name) for part in fields(Progress)}
        return cls(**(began | now))

    @property
    def progress(self) -> Progress:
        """What the next session has to hold."""
        return Progress(**{part.name: getattr(self, part.name) for part in fields(Progress)})

    @property
    def caller(self) -> Caller:
        """Whose request the present one is, for the events of triggers."""
        return Caller(client_id=self.client.id, metadata=self.client_metadata)


@dataclass(frozen=True, kw_only=True)
class Begun:
    """A challenge that a first factor opened: what the client sees, and what its session keeps."""

    parameters: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What a factor has proven.

    Args:
        methods: its amr values.
        multi_factor: no second factor is asked for after it.
    """

    methods: frozenset[str]
    multi_factor: bool = False


@dataclass(frozen=True, kw_only=True)
class FirstFactor:
    """How to offer, begin and check a first factor.

    Args:
        inline: the parameter that answers it, such as `CREDENTIAL`.
        is_available: whether this user of this pool can use it.
        begin: opens the challenge.
        check: reads the answer, given what the session kept (empty where the answer came inline)
            and the responses. It counts guesses itself.
        level: the acr level that it reaches alone.
    """

    inline: str
    is_available: Callable[[Plane, User], bool]
    begin: Callable[[Plane, SignIn], Begun]
    check: Callable[[Plane, SignIn, Mapping[str, Any], Mapping[str, str]], Proof]
    level: int = 1
