"""The pages of administration, as endpoints.

Names of users and groups stand in the query, never in the path: they may hold anything, and on its way here
a path with `/` or `..` in a name may become that of somebody else.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, Final, NamedTuple

from fastapi import APIRouter, Depends, Response

from fastapi_cognito_auth.pages.admin_asking import AdminAsking
from fastapi_cognito_auth.pages.admin_groups import AdminGroups
from fastapi_cognito_auth.pages.admin_site import AdminSite, AdminVisit, AdminVisits
from fastapi_cognito_auth.pages.admin_transfer import AdminTransfer
from fastapi_cognito_auth.pages.admin_user import AdminUser
from fastapi_cognito_auth.pages.admin_users import AdminUsers
from fastapi_cognito_auth.pages.page_route import page_route
from fastapi_cognito_auth.pages.visit import Visit
from fastapi_cognito_auth.routers.admin_imports import LARGEST_IMPORT
from fastapi_cognito_auth.routers.route import new_router

Visits = Callable[..., Awaitable[Visit]]

_AROUND_A_FILE: Final = 4096
"""Bytes of a form that are none of the file in it."""


class Office(NamedTuple):
    """What the pages of administration are made with."""

    site: AdminSite
    """Makes them."""

    transfer: AdminTransfer
    """Imports and exports users."""


def admin_pages_router(
    office: Office,
    visits: Visits,
    visits_with_files: Visits,
    same_origin: Callable[..., Awaitable[None]],
    *,
    max_body_size: int,
) -> APIRouter:
    """Build the pages of administration.

    Args:
        office: what they are made with.
        visits: reads a request for a page.
        visits_with_files: leaves what was sent to be read.
        same_origin: refuses what pages of other sites send.
        max_body_size: bytes.
    """
    site, transfer = office

    def part(size: int) -> APIRouter:
        return new_router(
            max_body_size=size,
            dependencies=[Depends(same_origin), Depends(site.demand_credentials)],
            kind=page_route(site.refused),
            described={},
        )

    router = part(max_body_size)
    reading = site.visits(visits, site.administrators.reading)
    changing = site.visits(visits, site.administrators.changing)
    _add_users(router, site, reading, changing)
    _add_user(router, site, reading, changing)
    _add_asking(router, site, changing)
    _add_groups(router, site, reading, changing)
    # Whoever may not import is sent away before anything of a file is read.
    uploads = part(LARGEST_IMPORT + _AROUND_A_FILE)
    _add_uploads(uploads, transfer, site.visits(visits_with_files, site.administrators.changing))
    _add_transfer(router, site, transfer, reading, changing)
    router.include_router(uploads)
    return router


def _add_users(router: APIRouter, site: AdminSite, reading: AdminVisits, changing: AdminVisits) -> None:
    Reader = Annotated[AdminVisit, Depends(reading)]  # noqa: N806 - a type
    Changer = Annotated[AdminVisit, Depends(changing)]  # noqa: N806 - a type
    users, name = AdminUsers(site), site.site.name

    @router.get("/admin")
    async def admin_page(here: Reader) -> Response:
        return site.go(here, "admin_users")

    @router.get("/admin/users", name=name("admin_users"))
    async def admin_users_page(here: Reader) -> Response:
        return await users.show(here)

    @router.get("/admin/users/new", name=name("admin_new_user"))
    async def admin_new_user_page(here: Changer) -> Response:
        return await users.ask(here)

    @router.post("/admin/users/new")
    async def admin_create_user(here: Changer) -> Response:
        return await users.create(here)


def _add_user(router: APIRouter, site: AdminSite, reading: AdminVisits, changing: AdminVisits) -> None:
    Reader = Annotated[AdminVisit, Depends(reading)]  # noqa: N806 - a type
    Changer = Annotated[AdminVisit, Depends(changing)]  # noqa: N806 - a type
    user, name = AdminUser(site), site.site.name

    @router.get("/admin/user", name=name("admin_user"))
    async def admin_user_page(here: Reader) -> Response:
        return await user.show(here)

    @router.post("/admin/user")
    async def admin_change_user(here: Changer) -> Response:
        return await user.change(here)

    @router.get("/admin/user/attributes", name=name("admin_attributes"))
    async def admin_attributes_page(here: Changer) -> Response:
        return await user.ask_attributes(here)

    @router.post("/admin/user/attributes")
    async def admin_change_attributes(here: Changer) -> Response:
        return await user.change_attributes(here)

    @router.get("/admin/user/password", name=name("admin_password"))
    async def admin_password_page(here: Changer) -> Response:
        return await user.ask_password(here)

    @router.post("/admin/user/password")
    async def admin_set_password(here: Changer) -> Response:
        return await user.set_password(here)

    @router.get("/admin/user/identity", name=name("admin_identity"))
    async def admin_identity_page(here: Changer) -> Response:
        return await user.ask_identity(here)

    @router.post("/admin/user/identity")
    async def admin_link_user(here: Changer) -> Response:
        return await user.link(here)


def _add_asking(router: APIRouter, site: AdminSite, changing: AdminVisits) -> None:
    Changer = Annotated[AdminVisit, Depends(changing)]  # noqa: N806 - a type
    asking, name = AdminAsking(site), site.site.name

    @router.get("/admin/ask/{deed}", name=name("admin_ask"))
    async def admin_ask_page(here: Changer, deed: str) -> Response:
        return await asking.ask(here, deed)

    @router.post("/admin/ask/{deed}")
    async def admin_do(here: Changer, deed: str) -> Response:
        return await asking.do(here, deed)


def _add_groups(router: APIRouter, site: AdminSite, reading: AdminVisits, changing: AdminVisits) -> None:
    Reader = Annotated[AdminVisit, Depends(reading)]  # noqa: N806 - a type
    Changer = Annotated[AdminVisit, Depends(changing)]  # noqa: N806 - a type
    groups, name = AdminGroups(site), site.site.name

    @router.get("/admin/groups", name=name("admin_groups"))
    async def admin_groups_page(here: Reader) -> Response:
        return await groups.show_all(here)

    @router.get("/admin/groups/new", name=name("admin_new_group"))
    async def admin_new_group_page(here: Changer) -> Response:
        return groups.ask_new(here)

    @router.post("/admin/groups/new")
    async def admin_create_group(here: Changer) -> Response:
        return await groups.create(here)

    @router.get("/admin/group", name=name("admin_group"))
    async def admin_group_page(here: Reader) -> Response:
        return await groups.show(here)

    @router.post("/admin/group")
    async def admin_add_member(here: Changer) -> Response:
        return await groups.add_member(here)

    @router.get("/admin/group/change", name=name("admin_change_group"))
    async def admin_change_group_page(here: Changer) -> Response:
        return await groups.ask_change(here)

    @router.post("/admin/group/change")
    async def admin_change_group(here: Changer) -> Response:
        return await groups.change(here)

    @router.get("/admin/group/delete", name=name("admin_delete_group"))
    async def admin_delete_group_page(here: Changer) -> Response:
        return await groups.ask_deletion(here)

    @router.post("/admin/group/delete")
    async def admin_delete_group(here: Changer) -> Response:
        return await groups.delete(here)


def _add_transfer(
    router: APIRouter, site: AdminSite, transfer: AdminTransfer, reading: AdminVisits, changing: AdminVisits
) -> None:
    Reader = Annotated[AdminVisit, Depends(reading)]  # noqa: N806 - a type
    Changer = Annotated[AdminVisit, Depends(changing)]  # noqa: N806 - a type
    name = site.site.name

    @router.get("/admin/transfer", name=name("admin_transfer"))
    async def admin_transfer_page(here: Reader) -> Response:
        return await transfer.show(here)

    @router.get("/admin/import", name=name("admin_import"))
    async def admin_import_page(here: Reader) -> Response:
        return await transfer.show_job(here)

    @router.post("/admin/import")
    async def admin_stop_import(here: Changer) -> Response:
        return await transfer.stop(here)

    @router.get("/admin/import/header", name=name("admin_import_header"), dependencies=[Depends(reading)])
    async def admin_import_header() -> Response:
        return await transfer.header()

    @router.get("/admin/export", name=name("admin_export"))
    async def admin_export_page(here: Reader) -> Response:
        return transfer.lead_to_export(here)

    @router.post("/admin/export")
    async def admin_export(here: Changer) -> Response:
        return await transfer.export(here)


def _add_uploads(router: APIRouter, transfer: AdminTransfer, changing: AdminVisits) -> None:
    Changer = Annotated[AdminVisit, Depends(changing)]  # noqa: N806 - a type

    @router.post("/admin/transfer")
    async def admin_begin_import(here: Changer) -> Response:
        return await transfer.begin(here)
