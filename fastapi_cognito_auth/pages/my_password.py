"""My account: the password, also for who has none yet."""

from dataclasses import replace

from fastapi import Response

from fastapi_cognito_auth.cognito.pool import UserPool
from fastapi_cognito_auth.dependencies.freshness import Freshness
from fastapi_cognito_auth.exceptions import CognitoAuthError, InvalidParameterError, NotAuthorizedError
from fastapi_cognito_auth.pages.my_pages import MyPages, tell
from fastapi_cognito_auth.pages.my_standing import Standing, standing_of
from fastapi_cognito_auth.pages.visit import SignedInVisit


class MyPassword:
    """Changes the password.

    Args:
        pages: makes the pages.
        pool: knows the account.
        freshness: how recent a sign-in must be where no password proves who it is.
    """

    def __init__(self, pages: MyPages, pool: UserPool, freshness: Freshness) -> None:
        self._pages = pages
        self._pool = pool
        self._freshness = freshness

    async def ask(self, here: SignedInVisit) -> Response:
        """Show the page for a new password."""
        standing = await standing_of(self._pool, here)
        if standing.is_federated:
            return self._pages.back(here)
        if not standing.has_password:
            self._freshness.demand(here.user)
        return self._page(here, standing)

    async def change(self, here: SignedInVisit) -> Response:
        """Change the password, or set the first one."""
        form, standing = here.visit.form, await standing_of(self._pool, here)
        if standing.is_federated:
            return self._pages.back(here)
        if not standing.has_password:
            self._freshness.demand(here.user)
        if form.get("previous_password"):
            standing = replace(standing, ways=None)
        wanted = ("previous_password", "new_password") if standing.has_password else ("new_password",)
        for name in wanted:
            if not form.get(name):
                form.refuse(name, "error.missing.password")
        if form.is_wrong:
            return self._page(here, standing, status=422)
        previous = form.get("previous_password") if standing.has_password else None
        try:
            await self._pool.password.change(
                here.access_token, form.get("new_password"), previous_password=previous
            )
        except CognitoAuthError as exc:
            return self._refused(here, standing, exc)
        return self._pages.back(here, "password_changed")

    def _refused(self, here: SignedInVisit, standing: Standing, error: CognitoAuthError) -> Response:
        form = here.visit.form
        if isinstance(error, NotAuthorizedError):
            # The token was good a moment ago, so it is the password that is wrong.
            form.refuse("previous_password", "error.wrong.previous_password")
        elif isinstance(error, InvalidParameterError):
            # What can be asked of any new password was asked before. So it is the current one: it has not the
            # form of any, or there is one after all, of which the list of factors does not tell.
            told = "error.wrong.previous_password" if standing.has_password else "error.missing.password"
            form.refuse("previous_password", told)
            standing = replace(standing, ways=None)
        else:
            tell(form, error, password="new_password")  # noqa: S106 - the name of a field
        return self._page(here, standing, error=error)

    def _page(
        self,
        here: SignedInVisit,
        standing: Standing,
        *,
        status: int = 200,
        error: CognitoAuthError | None = None,
    ) -> Response:
        return self._pages.page(here, "my_password.html", status=status, error=error, standing=standing)
