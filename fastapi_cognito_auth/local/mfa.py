"""The second factors of a user: which are set up, which are switched on, which comes first."""

from dataclasses import dataclass, field, replace
from typing import Final, Self

from fastapi_cognito_auth.local.errors import code_mismatch, expired_code
from fastapi_cognito_auth.local.state.codec import kept
from fastapi_cognito_auth.local.state.record import Record
from fastapi_cognito_auth.local.state.shelf import Shelf
from fastapi_cognito_auth.local.state.table import Table
from fastapi_cognito_auth.local.totp import matching_step

TOTP: Final = "SOFTWARE_TOKEN_MFA"
SMS: Final = "SMS_MFA"
EMAIL: Final = "EMAIL_OTP"
ALL: Final = (SMS, TOTP, EMAIL)
"""Every second factor, in the order in which the service lists them."""
PASSKEY: Final = "WEB_AUTHN"
"""A first factor that can count as two."""
WRONG_CODE: Final = "Invalid code received for user"

OTP_NAMES: Final = frozenset({"EMAIL_OTP", "SMS_OTP"})
FIRST_FACTOR_NAMES: Final = OTP_NAMES | {"PASSWORD", "WEB_AUTHN"}
"""What AllowedFirstAuthFactors may hold."""


@kept
@dataclass(frozen=True)
class SoftwareToken:
    """A TOTP secret; `last_step` is the newest step used, so that no code works twice."""

    secret: str = field(repr=False)
    friendly_name: str = ""
    last_step: int = -1

    def use(self, code: str, now: float) -> Self:
        """Accept a code once, and return what it leaves.

        Raises:
            ServiceError: the code is wrong, or it or a newer one was used before.
        """
        step = matching_step(self.secret, code, now)
        if step is None:
            raise code_mismatch(WRONG_CODE)
        if step <= self.last_step:
            raise expired_code("Your software token has already been used once.")
        return replace(self, last_step=step)


@dataclass
class Factors(Record):
    """One user's factors. `pending` is a secret that was handed out and not verified yet."""

    token: SoftwareToken | None = None
    pending: SoftwareToken | None = field(default=None, repr=False)
    enabled: frozenset[str] = frozenset()
    preferred: str | None = None

    def switch(self, factor: str, *, enabled: bool, preferred: bool) -> None:
        """Switch a factor on or off; only one can be preferred."""
        self.enabled = self.enabled | {factor} if enabled else self.enabled - {factor}
        if enabled and preferred:
            self.preferred = factor
        elif self.preferred == factor:
            self.preferred = None


class FactorStore:
    """The factors of a pool's users, by sub."""

    def __init__(self, shelf: Shelf) -> None:
        self.table: Table[str, Factors] = shelf.table("factors")

    def of(self, sub: str) -> Factors:
        """Return a user's factors, empty at first."""
        return self.table.setdefault(sub, Factors())

    def forget(self, sub: str) -> None:
        """Drop the factors of a deleted user."""
        self.table.pop(sub, None)
