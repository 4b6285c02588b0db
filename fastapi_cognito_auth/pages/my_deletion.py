"""My account: leaving for good."""

from collections.abc import Callable

from fastapi import Response

from fastapi_cognito_auth.cognito.pool import UserPool
from fastapi_cognito_auth.dependencies.current import CurrentUser
from fastapi_cognito_auth.dependencies.freshness import Freshness
from fastapi_cognito_auth.pages.last_name import LastNames
from fastapi_cognito_auth.pages.my_pages import MyPages
from fastapi_cognito_auth.pages.visit import SignedInVisit
from fastapi_cognito_auth.revocation.ending import Ending
from fastapi_cognito_auth.routers.account import claims_of


class MyDeletion:
    """Deletes an account.

    Args:
        pages: makes the pages.
        pool: knows the account.
        freshness: how recent the sign-in must be.
        current_user: whose session ends with it.
        last_names: forget who it was.
        ending: what else ends with it.
        clock: seconds since the epoch.
    """

    def __init__(
        self,
        pages: MyPages,
        pool: UserPool,
        freshness: Freshness,
        current_user: CurrentUser,
        *,
        last_names: LastNames,
        ending: Ending,
        clock: Callable[[], float],
    ) -> None:
        self._pages = pages
        self._pool = pool
        self._freshness = freshness
        self._current_user = current_user
        self._last_names = last_names
        self._ending = ending
        self._clock = clock

    async def ask(self, here: SignedInVisit) -> Response:
        """Say what will happen, and ask for the name of the account."""
        self._freshness.demand(here.user)
        return await self._page(here)

    async def delete(self, here: SignedInVisit) -> Response:
        """Delete the account, once its name was written."""
        self._freshness.demand(here.user)
        name = (await self._pool.account.profile(here.access_token)).name_to_show
        if here.visit.form.get("confirm").strip().casefold() != name.casefold():
            here.visit.form.refuse("confirm", "error.wrong.confirm")
            return await self._page(here, status=422)
        account, token = self._pool.account, here.access_token
        await self._ending.of_user(claims_of(here.user), lambda: account.delete(token), self._clock)
        await self._current_user.end_session(here.visit.request)
        site = self._pages.site
        first = site.address(here.visit.request, "sign_in", notice="account_deleted")
        return site.see_other(first, self._last_names.forget(here.visit.request))

    async def _page(self, here: SignedInVisit, *, status: int = 200) -> Response:
        profile = await self._pool.account.profile(here.access_token)
        return self._pages.page(here, "my_deletion.html", status=status, name=profile.name_to_show)
