"""What somebody has: their attributes, their ways to sign in, and what of these they can change."""

import asyncio
from dataclasses import dataclass
from typing import Final, NamedTuple

from fastapi_cognito_auth.cognito.pool import UserPool
from fastapi_cognito_auth.exceptions import (
    FeatureUnavailableInTierError,
    InvalidParameterError,
    UnsupportedOperationError,
)
from fastapi_cognito_auth.formats import untrusted_json
from fastapi_cognito_auth.pages.offer import Offer
from fastapi_cognito_auth.pages.site import PEOPLE_CALL
from fastapi_cognito_auth.pages.visit import SignedInVisit
from fastapi_cognito_auth.profile import Profile

_WANTS: Final = {"SMS_MFA": "phone_number", "EMAIL_OTP": "email"}
"""The address that has to be verified for a second factor."""


_PASSKEY: Final = "WEB_AUTHN"


class SecondFactor(NamedTuple):
    """A second factor, as somebody finds it in their account."""

    name: str
    is_on: bool
    is_first: bool
    """Whether it is asked for before others."""

    can_go_on: bool
    """Whether nothing is missing to switch it on."""

    can_go_off: bool
    can_be_first: bool
    wants: str | None = None
    """The address that has to be verified before."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody has."""

    profile: Profile
    ways: frozenset[str] | None
    """What they can sign in with, by Cognito's names; `None` where that is not asked."""

    providers: tuple[str, ...] = ()
    """The identity providers that they are known to."""

    is_federated: bool = False
    """Whether they came to the pool by one of those: it guards them, and Cognito does not."""

    @property
    def name(self) -> str:
        """What the account is called to its owner."""
        return self.profile.name_to_show

    @property
    def has_password(self) -> bool:
        """Whether there is a password to be changed."""
        return not self.is_federated and (self.ways is None or "PASSWORD" in self.ways)

    @property
    def can_have_passkeys(self) -> bool:
        """Whether a passkey would let them in."""
        return not self.is_federated

    @property
    def only_way(self) -> str | None:
        """The one way in which they can sign in, if there is no other; `None` where that is not known."""
        firsts = (self.ways or frozenset()) - {"SOFTWARE_TOKEN"}
        return next(iter(firsts)) if len(firsts) == 1 and not self.providers else None

    def is_verified(self, attribute: str) -> bool:
        """Return whether an address is known to be theirs."""
        return self.profile.attributes.get(f"{attribute}_verified") == "true"

    def second_factors(self, offer: Offer) -> list[SecondFactor]:
        """Return the second factors that the pool has for them."""
        if self.is_federated:
            return []
        # A passkey as a second factor wants another one beside it.
        on = [name for name in self.profile.user_mfa_setting_list if name != _PASSKEY]
        found = [self._second_factor(offer, name, on) for name in offer.second_factors]
        if offer.passkeys and offer.passkey_as_second_factor:
            found.append(self._passkey(on))
        return found

    def _second_factor(self, offer: Offer, name: str, on: list[str]) -> SecondFactor:
        address = _WANTS.get(name)
        wants = address if address is not None and not self.is_verified(address) else None
        is_on = name in on
        is_first = is_on and len(on) > 1 and self.profile.preferred_mfa_setting == name
        # An authenticator app is switched on by setting it up, unless it is set up already.
        is_there = wants is None and (name != "SOFTWARE_TOKEN_MFA" or "SOFTWARE_TOKEN" in (self.ways or ()))
        return SecondFactor(
            name,
            is_on,
            is_first,
            can_go_on=not is_on and is_there,
            can_go_off=is_on and not (offer.second_factor_demanded and len(on) == 1),
            can_be_first=is_on and not is_first and len(on) > 1,
            wants=None if is_on else wants,
        )

    def _passkey(self, others: list[str]) -> SecondFactor:
        is_on = _PASSKEY in self.profile.user_mfa_setting_list
        can_go_on = not is_on and bool(others) and _PASSKEY in (self.ways or ())
        return SecondFactor(
            _PASSKEY, is_on, is_first=False, can_go_on=can_go_on, can_go_off=is_on, can_be_first=False
        )


async def standing_of(pool: UserPool, here: SignedInVisit) -> Standing:
    """Ask the pool what somebody has."""
    profile, ways = await asyncio.gather(pool.account.profile(here.access_token), _ways(pool, here))
    identities = _identities(profile.attributes.get("identities", ""))
    return Standing(
        profile,
        ways,
        tuple(dict.fromkeys(_called(str(one.get("providerName", ""))) for one in identities)),
        any(one.get("primary") in {True, "true"} for one in identities),
    )


def _called(provider: str) -> str:
    return PEOPLE_CALL.get(provider, provider)


async def _ways(pool: UserPool, here: SignedInVisit) -> frozenset[str] | None:
    if not here.visit.offer.by_choice:
        return None  # everybody has a password, and pools of the smallest plan cannot be asked
    try:
        factors = await pool.account.auth_factors(here.access_token)
    except (FeatureUnavailableInTierError, InvalidParameterError, UnsupportedOperationError):
        return None
    return frozenset(factors.configured_user_auth_factors)


def _identities(text: str) -> list[dict[str, object]]:
    try:
        found = untrusted_json.read(text.encode()) if text else []
    except untrusted_json.UntrustedTextError:
        return []
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
