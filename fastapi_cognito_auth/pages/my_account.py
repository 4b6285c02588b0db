"""My account: the page that shows all of it."""

import asyncio
from typing import Final

from fastapi import Response

from fastapi_cognito_auth.cognito.models import TrackedDevice
from fastapi_cognito_auth.cognito.passkeys import Passkey
from fastapi_cognito_auth.cognito.pool import UserPool
from fastapi_cognito_auth.exceptions import (
    DevicesNotTrackedError,
    SessionsNotListedError,
    WebAuthnNotEnabledError,
)
from fastapi_cognito_auth.pages.browsers import Browser, browser_of
from fastapi_cognito_auth.pages.my_attributes import CONTACTS_IN_ORDER, USUAL, editable
from fastapi_cognito_auth.pages.my_pages import MyPages
from fastapi_cognito_auth.pages.my_sign_ins import MySignIns
from fastapi_cognito_auth.pages.my_standing import standing_of
from fastapi_cognito_auth.pages.offer import NEVER_ASKED
from fastapi_cognito_auth.pages.visit import SignedInVisit
from fastapi_cognito_auth.profile import Profile
from fastapi_cognito_auth.routers.user_sessions import CookieSession

_MOST_PAGES: Final = 10
"""Of a list: more passkeys or devices than that nobody has."""


class MyAccount:
    """Shows somebody's account.

    Args:
        pages: makes the pages.
        pool: knows the account.
        sign_ins: knows where somebody is signed in.
    """

    def __init__(self, pages: MyPages, pool: UserPool, sign_ins: MySignIns) -> None:
        self._pages = pages
        self._pool = pool
        self._sign_ins = sign_ins

    async def show(self, here: SignedInVisit) -> Response:
        """Show the whole account."""
        # First alone: a token that does not count any more is told by one refusal.
        standing = await standing_of(self._pool, here)
        passkeys, devices, sessions = await asyncio.gather(
            self._passkeys(here), self._devices(here), self._sessions(here)
        )
        offer = here.visit.offer
        return self._pages.page(
            here,
            "my_account.html",
            standing=standing,
            details=_details(standing.profile),
            contacts=[
                name
                for name in CONTACTS_IN_ORDER
                if name in standing.profile.attributes or name in offer.may_write()
            ],
            may_write=offer.may_write(),
            may_change_details=bool(editable(here, standing.profile)),
            second_factors=standing.second_factors(offer),
            administers=self._pages.site.administers(here.user, offer),
            passkeys=passkeys,
            devices=devices,
            this_device=here.user.claims.get("device_key"),
            sessions=sessions,
        )

    async def _passkeys(self, here: SignedInVisit) -> list[Passkey]:
        found: list[Passkey] = []
        if not here.visit.offer.passkeys:
            return found
        token: str | None = None
        try:
            for _ in range(_MOST_PAGES):
                page = await self._pool.passkeys.page(here.access_token, next_token=token)
                found += page.credentials
                token = page.next_token
                if token is None:
                    break
        except WebAuthnNotEnabledError:
            return []  # switched off since the pool was asked what it offers
        return found

    async def _devices(self, here: SignedInVisit) -> list[TrackedDevice]:
        if not here.visit.offer.devices:
            return []
        try:
            return (await self._pool.devices.list(here.access_token)).devices
        except DevicesNotTrackedError:
            return []

    async def _sessions(self, here: SignedInVisit) -> list[tuple[CookieSession, Browser]]:
        try:
            sessions = await self._sign_ins.sessions(here)
        except SessionsNotListedError:
            return []  # each is kept by its browser alone
        return [(session, browser_of(session.user_agent)) for session in sessions]


def _details(profile: Profile) -> list[tuple[str, str]]:
    """Return the attributes that are no addresses: the usual ones first."""
    rest = sorted(profile.attributes.keys() - {*USUAL, *CONTACTS_IN_ORDER} - NEVER_ASKED)
    return [(name, profile.attributes[name]) for name in (*USUAL, *rest) if profile.attributes.get(name)]
