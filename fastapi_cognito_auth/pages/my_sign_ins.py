"""My account: where somebody is signed in, and signing out of it; the devices that a pool remembers."""

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from fastapi import Response

from fastapi_cognito_auth.cognito.pool import UserPool
from fastapi_cognito_auth.dependencies.current import CurrentUser
from fastapi_cognito_auth.exceptions import ResourceNotFoundError
from fastapi_cognito_auth.pages.my_pages import MyPages
from fastapi_cognito_auth.pages.visit import SignedInVisit
from fastapi_cognito_auth.revocation.ending import Ending
from fastapi_cognito_auth.routers.account import claims_of
from fastapi_cognito_auth.routers.user_sessions import CookieSession, UserSessions

_SESSION_ID: Final = re.compile(r"[0-9a-f]{64}")
"""As the list of sessions has them."""


class MySignIns:
    """Ends sign-ins.

    Args:
        pages: makes the pages.
        pool: knows the account.
        sessions: where somebody is signed in, if there is a list.
        current_user: whose session this browser has.
        ending: what ends in the app with a user.
        clock: seconds since the epoch.
    """

    def __init__(
        self,
        pages: MyPages,
        pool: UserPool,
        sessions: UserSessions,
        current_user: CurrentUser,
        *,
        ending: Ending,
        clock: Callable[[], float],
    ) -> None:
        self._pages = pages
        self._pool = pool
        self._sessions = sessions
        self._current_user = current_user
        self._ending = ending
        self._clock = clock

    async def sessions(self, here: SignedInVisit) -> list[CookieSession]:
        """Return the browsers in which somebody is signed in.

        Raises:
            SessionsNotListedError: sessions are kept in cookies.
            SessionsUnavailableError: Redis does not answer.
        """
        return await self._sessions.of_user(here.user.sub, current=self._current(here))

    def _current(self, here: SignedInVisit) -> str | None:
        return self._current_user.session_id(here.visit.request)

    async def end_session(self, here: SignedInVisit) -> Response:
        """Sign out of one browser."""
        session_id = here.visit.form.get("session")
        if _SESSION_ID.fullmatch(session_id) is None:
            return self._pages.back(here)
        await self._sessions.end(here.user.sub, session_id)
        if session_id != self._current(here):
            return self._pages.back(here, "session_ended")
        await self._current_user.end_session(here.visit.request)
        return self._signed_out(here, "signed_out")

    async def end_others(self, here: SignedInVisit) -> Response:
        """Sign out of all browsers but this one."""
        current = self._current(here)
        if current is not None:
            await self._sessions.end_all(here.user.sub, keep=current)
        return self._pages.back(here, "others_ended")

    async def forget_device(self, here: SignedInVisit) -> Response:
        """Forget a device that stands for a second factor; one that is gone already is no fault."""
        with suppress(ResourceNotFoundError):
            await self._pool.devices.forget(here.access_token, here.visit.form.get("device"))
        return self._pages.back(here, "device_forgotten")

    async def sign_out_everywhere(self, here: SignedInVisit) -> Response:
        """Sign out of all browsers and apps, this one included, and say what goes on for how long."""
        account, token = self._pool.account, here.access_token
        _, ended = await self._ending.of_user(
            claims_of(here.user), lambda: account.sign_out_everywhere(token), self._clock
        )
        await self._current_user.end_session(here.visit.request)
        all_ended = ended.sessions_ended and ended.others_valid_until is None
        return self._signed_out(here, "signed_out_everywhere" if all_ended else "signed_out_soon")

    def _signed_out(self, here: SignedInVisit, notice: str) -> Response:
        site = self._pages.site
        return site.see_other(site.address(here.visit.request, "sign_in", notice=notice))
