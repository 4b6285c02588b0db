"""Administration: the groups of the pool, and who is in them."""

from typing import Any, Final
from urllib.parse import urlencode

from fastapi import Response

from fastapi_cognito_auth.exceptions import (
    CognitoAuthError,
    InvalidPageError,
    InvalidParameterError,
    InvalidRequestError,
)
from fastapi_cognito_auth.pages.admin_messages import blame, told
from fastapi_cognito_auth.pages.admin_site import AdminSite, AdminVisit

_FIELDS: Final = ("name", "description", "precedence", "role_arn")


class AdminGroups:
    """Shows groups, and changes them.

    Args:
        site: makes the pages.
    """

    def __init__(self, site: AdminSite) -> None:
        self._site = site

    async def show_all(self, here: AdminVisit) -> Response:
        """Show a page of groups."""
        groups, following, error = await self._page(here, "list_groups")
        address, page = self._site.site.address(here.request, "admin_groups"), here.asked("page")
        return self._site.page(
            here,
            "admin_groups.html",
            error=error,
            part="groups",
            groups=groups,
            next_page=following and f"{address}?{urlencode({'page': following})}",
            first_page=address if page else None,
        )

    async def show(self, here: AdminVisit, error: CognitoAuthError | None = None) -> Response:
        """Show a group, with a page of its members."""
        name, page = here.asked("group"), here.asked("page")
        group = await self._site.deeds.read("get_group", group=name)
        members, following, wrong = await self._page(here, "list_group_users", group=name)
        address = self._site.site.address(here.request, "admin_group", group=name)
        return self._site.page(
            here,
            "admin_group.html",
            error=error or wrong,
            part="groups",
            group=group,
            stays=name in self._site.administrators.stays,
            users=members,
            next_page=following and f"{address}&{urlencode({'page': following})}",
            first_page=address if page else None,
        )

    async def add_member(self, here: AdminVisit) -> Response:
        """Put somebody into the group."""
        form, group = here.visit.form, here.asked("group")
        username = form.get("username").strip()
        if not username:
            form.refuse("username", "admin.error.no_username")
            return await self.show(here, InvalidRequestError())
        try:
            await self._site.deeds.do(
                "add_user_to_group", here.request, here.admin, group=group, username=username
            )
        except CognitoAuthError as exc:
            blame(form, exc, "username")
            return await self.show(here, exc)
        return self._site.go(here, "admin_group", group=group, notice="saved")

    def ask_new(self, here: AdminVisit) -> Response:
        """Show the page on which a group is created."""
        return self._form(here, None)

    async def create(self, here: AdminVisit) -> Response:
        """Create a group."""
        body = {"name": here.visit.form.get("name").strip(), **_written(here)}
        if not body["name"]:
            here.visit.form.refuse("name", "admin.error.no_name")
            return self._form(here, None, InvalidRequestError())
        try:
            group = await self._site.deeds.do("create_group", here.request, here.admin, body=body)
        except CognitoAuthError as exc:
            blame(here.visit.form, exc, *_FIELDS)
            return self._form(here, None, exc)
        return self._site.go(here, "admin_group", group=group.name, notice="saved")

    async def ask_change(self, here: AdminVisit) -> Response:
        """Show the page on which a group is changed."""
        group = await self._site.deeds.read("get_group", group=here.asked("group"))
        for name in _FIELDS[1:]:
            value = getattr(group, name)
            here.visit.form.values[name] = "" if value is None else str(value)
        return self._form(here, group)

    async def change(self, here: AdminVisit) -> Response:
        """Change what was changed of a group."""
        group = await self._site.deeds.read("get_group", group=here.asked("group"))
        body = {
            name: value for name, value in _written(here, all_of=True).items() if _differs(group, name, value)
        }
        try:
            if body:
                await self._site.deeds.do(
                    "update_group", here.request, here.admin, group=group.name, body=body
                )
        except CognitoAuthError as exc:
            blame(here.visit.form, exc, *_FIELDS)
            return self._form(here, group, exc)
        return self._site.go(here, "admin_group", group=group.name, notice="saved")

    async def ask_deletion(self, here: AdminVisit, error: CognitoAuthError | None = None) -> Response:
        """Say what happens with the group, and ask."""
        group = await self._site.deeds.read("get_group", group=here.asked("group"))
        members = await self._site.deeds.read("list_group_users", group=group.name, limit=1)
        return self._site.page(
            here,
            "admin_group_deletion.html",
            error=error,
            part="groups",
            group=group,
            has_members=bool(members.items),
            stays=group.name in self._site.administrators.stays,
        )

    async def delete(self, here: AdminVisit) -> Response:
        """Delete a group, and take its members out of it first."""
        name = here.asked("group")
        try:
            await self._site.deeds.do(
                "delete_group",
                here.request,
                here.admin,
                group=name,
                confirm=name,
                remove_members=bool(here.visit.form.get("remove_members")),
            )
        except CognitoAuthError as exc:
            here.visit.form.general = told(exc)
            return await self.ask_deletion(here, exc)
        return self._site.go(here, "admin_groups", notice="done")

    async def _page(
        self, here: AdminVisit, endpoint: str, **given: str
    ) -> tuple[list[Any], str | None, CognitoAuthError | None]:
        """Return a page of a list, what gets the next one, and what is wrong with its address."""
        page = here.asked("page")
        try:
            found = await self._site.deeds.read(endpoint, **given, **({"next_page": page} if page else {}))
        except (InvalidPageError, InvalidParameterError) as exc:
            here.visit.form.general = told(exc)
            return [], None, exc
        return found.items, found.next, None

    def _form(self, here: AdminVisit, group: Any, error: CognitoAuthError | None = None) -> Response:
        return self._site.page(here, "admin_group_form.html", error=error, part="groups", group=group)


def _written(here: AdminVisit, *, all_of: bool = False) -> dict[str, Any]:
    """Return what was typed of a group; what is empty only where it may take something away."""
    found: dict[str, Any] = {name: here.visit.form.get(name).strip() for name in _FIELDS[1:]}
    return {name: value or None for name, value in found.items() if value or all_of}


def _differs(group: Any, name: str, value: Any) -> bool:
    held = getattr(group, name)
    return (value or "") != ("" if held is None else str(held))
