"""My account: where somebody is signed in, signing out of it, and leaving for good."""

from collections.abc import Callable

from fastapi import Response

from fastapi_cognito_auth.cognito.pool import UserPool
from fastapi_cognito_auth.dependencies.current import CurrentUser
from fastapi_cognito_auth.dependencies.freshness import Freshness
from fastapi_cognito_auth.pages.site import Site
from fastapi_cognito_auth.pages.visit import SignedInVisit
from fastapi_cognito_auth.revocation.ending import Ending
from fastapi_cognito_auth.routers.account import claims_of
from fastapi_cognito_auth.routers.user_sessions import UserSessions


class MySignIns:
    """Ends sign-ins, and accounts.

    Args:
        site: makes the pages, and knows where they are.
        pool: knows the account.
        freshness: how recent a sign-in must be to delete the account.
        sessions: where somebody is signed in.
        current_user: whose sessions these are.
        ending: what ends in the app with a user.
        clock: seconds since the epoch.
    """

    def __init__(
        self,
        site: Site,
        pool: UserPool,
        freshness: Freshness,
        sessions: UserSessions,
        *,
        current_user: CurrentUser,
        ending: Ending,
        clock: Callable[[], float],
    ) -> None:
        self._site = site
        self._pool = pool
        self._freshness = freshness
        self._sessions = sessions
        self._current_user = current_user
        self._ending = ending
        self._clock = clock

    def current(self, here: SignedInVisit) -> str | None:
        """Return what the session of this browser is called."""
        return self._current_user.session_id(here.visit.request)

    async def end_session(self, here: SignedInVisit) -> Response:
        """Sign out of another browser."""
        session_id = here.visit.form.get("session")
        await self._sessions.end(here.user.sub, session_id)
        if session_id == self.current(here):
            await self._current_user.end_session(here.visit.request)
            return self._signed_out(here)
        return self._back(here, "session_ended")

    async def forget_device(self, here: SignedInVisit) -> Response:
        """Forget a device that stands for a second factor."""
        await self._pool.devices.forget(here.access_token, here.visit.form.get("device"))
        return self._back(here, "device_forgotten")

    async def sign_out_everywhere(self, here: SignedInVisit) -> Response:
        """Sign out of all browsers and apps, this one included."""
        account, token = self._pool.account, here.access_token
        await self._ending.of_user(
            claims_of(here.user), lambda: account.sign_out_everywhere(token), self._clock
        )
        await self._current_user.end_session(here.visit.request)
        return self._signed_out(here)

    def ask_to_delete(self, here: SignedInVisit) -> Response:
        """Ask whether the account shall go."""
        self._freshness.demand(here.user)
        return self._delete_page(here, status=200)

    async def delete(self, here: SignedInVisit) -> Response:
        """Delete the account, once its name was written as a confirmation."""
        self._freshness.demand(here.user)
        if here.visit.form.get("confirm").strip() != here.user.username:
            here.visit.form.refuse("confirm", "error.wrong.confirm")
            return self._delete_page(here, status=422)
        account, token = self._pool.account, here.access_token
        await self._ending.of_user(claims_of(here.user), lambda: account.delete(token), self._clock)
        await self._current_user.end_session(here.visit.request)
        return self._site.see_other(
            self._site.address(here.visit.request, "sign_in", notice="account_deleted")
        )

    def _delete_page(self, here: SignedInVisit, *, status: int) -> Response:
        return self._site.page(
            here.visit.request, "my_deletion.html", status=status, form=here.visit.form, user=here.user
        )

    def _signed_out(self, here: SignedInVisit) -> Response:
        return self._site.see_other(self._site.address(here.visit.request, "sign_in", notice="signed_out"))

    def _back(self, here: SignedInVisit, notice: str) -> Response:
        return self._site.see_other(self._site.address(here.visit.request, "my_account", notice=notice))
