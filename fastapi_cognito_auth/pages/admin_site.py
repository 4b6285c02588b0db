"""The pages of administration: whom they let in, and what they have in common."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, Final, NamedTuple

from fastapi import Depends, Request, Response

from fastapi_cognito_auth.dependencies.administrators import Administrators
from fastapi_cognito_auth.dependencies.guards import Guard
from fastapi_cognito_auth.exceptions import (
    CognitoAuthError,
    PermissionDeniedError,
    ResourceNotFoundError,
    TokenRevokedError,
)
from fastapi_cognito_auth.pages.admin_deeds import Deeds
from fastapi_cognito_auth.pages.admin_messages import told
from fastapi_cognito_auth.pages.messages import Message
from fastapi_cognito_auth.pages.offer import Offers
from fastapi_cognito_auth.pages.site import Site, led_here
from fastapi_cognito_auth.pages.visit import Visit
from fastapi_cognito_auth.pages.whose import mark_of, refuse_of_others
from fastapi_cognito_auth.user import User

_NOTICES: Final = frozenset({"done", "saved", "created", "created_without_password"})
"""What an address may say has been done."""


class AdminVisit(NamedTuple):
    """One request of an administrator for a page."""

    visit: Visit
    admin: User
    may_change: bool
    """Whether the administrator may change something; otherwise only read."""

    @property
    def request(self) -> Request:
        """The request."""
        return self.visit.request

    def asked(self, name: str) -> str:
        """Return what the address says; nothing if it does not."""
        return self.visit.request.query_params.get(name, "")


AdminVisits = Callable[..., Awaitable[AdminVisit]]


class AdminSite:
    """Makes pages for administrators.

    Args:
        site: makes all pages.
        offers: know whether the app can administer anything.
        administrators: let in who may.
        deeds: do what administrators do.
    """

    def __init__(self, site: Site, offers: Offers, administrators: Administrators, deeds: Deeds) -> None:
        self.site: Site = site
        self.deeds: Deeds = deeds
        self.administrators: Administrators = administrators
        self._offers = offers

    def visits(self, visits: Callable[..., Awaitable[Visit]], guard: Guard) -> AdminVisits:
        """Return the dependency that reads a request, once a guard has let its sender in."""
        groups = self.administrators.groups

        async def here(
            admin: Annotated[User, Depends(guard)], visit: Annotated[Visit, Depends(visits)]
        ) -> AdminVisit:
            refuse_of_others(visit.form, admin)
            return AdminVisit(visit, admin, may_change=not groups.isdisjoint(admin.groups))

        return here

    async def demand_credentials(self) -> None:
        """Refuse, as if nothing were here, where the app has no credentials to administer anything."""
        if not (await self._offers.current()).administrable:
            raise ResourceNotFoundError

    def page(
        self,
        here: AdminVisit,
        template: str,
        *,
        error: CognitoAuthError | None = None,
        status: int = 200,
        part: str = "users",
        **context: Any,
    ) -> Response:
        """Return a page.

        Args:
            here: who asks.
            template: its name.
            error: what went wrong, which the form tells.
            status: of the answer, without an error.
            part: of administration to which it belongs.
            context: what else the template names.
        """
        notice = here.asked("notice")
        headers: Mapping[str, str] | None = None if error is None else error.headers
        return self.site.page(
            here.request,
            template,
            status=status if error is None else error.status_code,
            headers=headers,
            form=here.visit.form.without_secrets(),
            offer=here.visit.offer,
            admin=here.admin,
            whose_page=mark_of(here.admin),
            may_change=here.may_change,
            part=part,
            notice=Message(f"admin.notice.{notice}")
            if notice in _NOTICES and led_here(here.request)
            else self.site.notice(here.request),
            **context,
        )

    def go(self, here: AdminVisit, page: str, **more: str | None) -> Response:
        """Send the browser on to a page."""
        return self.site.see_other(self.site.address(here.request, page, **more))

    def refused(self, request: Request, error: CognitoAuthError) -> Response:
        """Return the page that says why something cannot be done.

        Who has to sign in is sent there, and comes back to where it was asked for: a form has the address
        of the page on which it is written.
        """
        if isinstance(error, TokenRevokedError):
            # Who is an administrator no more may be signed in still, and would be sent in circles.
            error = PermissionDeniedError()
        if error.status_code == 401:
            return self.site.refused(request, error)
        headers: Mapping[str, str] = error.headers or {}
        return self.site.page(
            request,
            "refused.html",
            status=error.status_code,
            headers=headers,
            message=told(error),
            again=self.site.address(request, "my_account"),
            to_account=True,
        )
