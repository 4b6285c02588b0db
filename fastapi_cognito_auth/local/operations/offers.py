"""What USER_AUTH offers: of the pool's first factors those that a user has, or that nobody might have.

Where the app client hides who exists, a name that nobody has is offered a selection of what the pool
allows, drawn once and for all by the name, as the service does it:
https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-managing-errors.html
"""

from dataclasses import dataclass
from typing import Final

from fastapi_cognito_auth.local import acr, delivery
from fastapi_cognito_auth.local.mfa import OTP_NAMES, PASSKEY
from fastapi_cognito_auth.local.operations import steps
from fastapi_cognito_auth.local.operations.first_factors import FIRST_FACTORS
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.users import User

_SHARES: Final = {"PASSWORD": 224, "EMAIL_OTP": 192, "SMS_OTP": 64, PASSKEY: 64}
"""How many of 256 invented users have a factor. Whatever a real one has, some invented one has too."""

_CODES: Final = {"email": "EMAIL_OTP", "phone_number": "SMS_OTP"}


@dataclass(frozen=True, kw_only=True)
class Held:
    """Factors: the names of first ones, and the amr values of second ones."""

    first: tuple[str, ...]
    second: frozenset[str]

    def leading_to(self, level: int) -> list[str]:
        """Return the challenges that can lead to an acr level; 0 is any."""
        names = [name for name in self.first if self._best_level(name) >= level]
        if "PASSWORD" in names:
            names.insert(names.index("PASSWORD") + 1, "PASSWORD_SRP")
        return names

    def offered(self, target: int, *, hidden: bool) -> list[str]:
        """Return the challenges to choose from.

        Args:
            target: the acr level that the sign-in is to reach.
            hidden: whether nobody may learn who exists. Then all is offered where nothing leads to the
                target, and only who has proven a factor learns that.
        """
        return self.leading_to(target) or (self.leading_to(0) if hidden else [])

    def _best_level(self, name: str) -> int:
        """Return the highest level that a sign-in which begins with a factor can reach."""
        if name != "PASSWORD":
            return FIRST_FACTORS[name].level
        return max([1, *(acr.level_of(frozenset({"pwd", second})) for second in self.second)])


def held_by(plane: Plane, user: User) -> Held:
    """Return the factors of a user."""
    first = (
        name
        for name, factor in FIRST_FACTORS.items()
        if name in plane.directory.first_factors and factor.is_available(plane, user)
    )
    second = (acr.METHODS[factor] for factor in steps.usable_factors(plane, user))
    return Held(first=tuple(first), second=frozenset(second))


def invented(plane: Plane, username: str) -> Held:
    """Return factors for a name that nobody has, always the same ones."""
    directory = plane.directory
    noise = plane.decoy_bytes("factors", username)
    allowed = [name for name in FIRST_FACTORS if name in directory.first_factors]
    if directory.mfa == "ON":
        allowed = [name for name in allowed if name not in OTP_NAMES]
    if not (directory.webauthn.get("RelyingPartyId") or directory.domain):
        allowed = [name for name in allowed if name != PASSKEY]
    # Who signs in with an address has mostly proven it.
    own = _CODES.get(delivery.kind_of_name(username))
    drawn = [
        name
        for name, byte in zip(_SHARES, noise, strict=False)
        if name in allowed and (byte < _SHARES[name] or name == own)
    ]
    second = (
        acr.METHODS[factor]
        for factor, byte in zip(sorted(directory.mfa_methods), noise[len(_SHARES) :], strict=False)
        if byte < 128
    )
    return Held(first=tuple(drawn or allowed), second=frozenset(second))
