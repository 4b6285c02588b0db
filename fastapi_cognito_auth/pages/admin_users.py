"""Administration: the users of the pool, a page of them at a time, and new ones."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from fastapi import Response

from fastapi_cognito_auth.cognito.user_filter import SEARCHABLE
from fastapi_cognito_auth.exceptions import (
    CognitoAuthError,
    InvalidPageError,
    InvalidParameterError,
    InvalidRequestError,
    ResourceNotFoundError,
)
from fastapi_cognito_auth.pages.admin_messages import blame, told
from fastapi_cognito_auth.pages.admin_site import AdminSite, AdminVisit

STATUSES: Final = (
    *("CONFIRMED", "UNCONFIRMED", "FORCE_CHANGE_PASSWORD", "RESET_REQUIRED"),
    *("EXTERNAL_PROVIDER", "COMPROMISED", "ARCHIVED"),
)
"""What there is to be filtered by, as the pool calls it."""

_BY: Final = tuple(name for name in SEARCHABLE if name not in {"status", "user_status"})
_GROUP: Final = "group:"
_LIST_FAULTS: Final = (InvalidPageError, InvalidParameterError, InvalidRequestError, ResourceNotFoundError)
"""What is wrong with the address of a list, and goes with another one."""


class _Wanted(NamedTuple):
    """What an address asks for."""

    by: str
    how: str
    text: str
    show: str
    page: str

    def parameters(self) -> dict[str, str]:
        """Return what the endpoint of the list is asked with."""
        if self.text:
            found = {"by": self.by, self.how: self.text}
        elif self.show.startswith(_GROUP):
            found = {"group": self.show.removeprefix(_GROUP)}
        elif self.show in {"Enabled", "Disabled"}:
            found = {"by": "status", "equals": self.show}
        elif self.show:
            found = {"by": "user_status", "equals": self.show}
        else:
            found = {}
        return {**found, **({"next_page": self.page} if self.page else {})}

    def address(self) -> dict[str, str]:
        """Return what an address of the same list says, but for the page."""
        if self.text:
            return {"by": self.by, "how": self.how, "q": self.text}
        return {"show": self.show} if self.show else {}


class AdminUsers:
    """Shows the users, and makes new ones.

    Args:
        site: makes the pages.
    """

    def __init__(self, site: AdminSite) -> None:
        self._site = site

    async def show(self, here: AdminVisit) -> Response:
        """Show a page of users: all, those of a search, or those of a filter."""
        wanted = _wanted(here)
        deeds, error = self._site.deeds, None
        groups = asyncio.ensure_future(self._groups())
        users, following = [], None
        try:
            page = await deeds.read("list_users", **wanted.parameters())
            users, following = page.items, page.next
        except _LIST_FAULTS as exc:
            error = exc
            here.visit.form.general = told(exc)
        finally:
            known = await groups
        address, query = self._site.site.address(here.request, "admin_users"), wanted.address()
        return self._site.page(
            here,
            "admin_users.html",
            error=error,
            wanted=wanted,
            searchable=_BY,
            statuses=STATUSES,
            groups=known,
            users=users,
            next_page=following and f"{address}?{urlencode({**query, 'page': following})}",
            first_page=f"{address}?{urlencode(query)}" if wanted.page else None,
        )

    async def _groups(self) -> list[str]:
        """Return the groups to filter by; the list of users is there without them, too."""
        try:
            return [group.name for group in (await self._site.deeds.read("list_groups")).items]
        except CognitoAuthError:
            return []

    async def ask(self, here: AdminVisit) -> Response:
        """Show the page on which a user is created."""
        here.visit.form.values.setdefault("invite", "on")
        return await self._creation_page(here)

    async def create(self, here: AdminVisit) -> Response:
        """Create a user."""
        form = here.visit.form
        names = self._asked(here)
        given = form.attributes(names, demanded=False)
        attributes = {name: value for name, value in given.items() if value}
        username = form.get("username").strip()
        if not username:
            form.refuse("username", "admin.error.no_username")
        elif address := _address_as_name(here):
            attributes |= form.address_as_name([address])
        if form.get("media") == "SMS" and form.get("invite") and "phone_number" not in attributes:
            # Nothing would be sent, and nobody would know the password.
            form.refuse("attribute.phone_number", "error.wrong.phone_number")
        if form.errors:
            return await self._creation_page(here, InvalidRequestError())
        for name in ("email", "phone_number"):
            if name in attributes and form.get(f"verified.{name}"):
                attributes[f"{name}_verified"] = "true"
        body: dict[str, Any] = {
            "username": username,
            "attributes": attributes,
            "groups": [form.get("group")] if form.get("group") else [],
            "temporary_password": form.get("password") or None,
            "invite": bool(form.get("invite")),
            "media": [form.get("media")] if form.get("media") else [],
            "force_alias": bool(form.get("force_alias")),
        }
        try:
            user = await self._site.deeds.do("create_user", here.request, here.admin, body=body)
        except CognitoAuthError as exc:
            blame(form, exc, "username", "password", *(f"attribute.{name}" for name in names))
            return await self._creation_page(here, exc)
        # Without a password nobody is invited, and whether a code arrives depends on the address.
        has_none = user.status == "CONFIRMED"
        notice = "created_without_password" if has_none else "created"
        return self._site.go(here, "admin_user", user=user.username, notice=notice)

    def _asked(self, here: AdminVisit) -> list[str]:
        names = dict.fromkeys([*here.visit.offer.required, "email", "phone_number", "name"])
        return [name for name in names if name != _address_as_name(here)]

    async def _creation_page(self, here: AdminVisit, error: CognitoAuthError | None = None) -> Response:
        return self._site.page(
            here,
            "admin_new_user.html",
            error=error,
            names=self._asked(here),
            address_as_name=_address_as_name(here),
            groups=await self._groups(),
            can_lose_addresses=bool(here.visit.offer.aliases or here.visit.offer.username_attributes),
        )


def _address_as_name(here: AdminVisit) -> str | None:
    """Return the attribute that is the username, so that nobody is asked for it twice."""
    kinds = here.visit.offer.username_attributes
    return kinds[0] if len(kinds) == 1 else None


def _wanted(here: AdminVisit) -> _Wanted:
    how: Mapping[str, str] = {"equals": "equals"}
    return _Wanted(
        by=here.asked("by") or "username",
        how=how.get(here.asked("how"), "starts_with"),
        text=here.asked("q").strip(),
        show=here.asked("show"),
        page=here.asked("page"),
    )
