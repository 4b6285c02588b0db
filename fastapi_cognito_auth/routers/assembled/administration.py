"""`auth.admin_router`, put together from the endpoints of each flow, and what pages share with it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple

from fastapi import APIRouter
from fastapi.routing import APIRoute

from fastapi_cognito_auth.dependencies.administrators import Administrators
from fastapi_cognito_auth.routers.admin_access import admin_access_router
from fastapi_cognito_auth.routers.admin_auth_events import admin_auth_events_router
from fastapi_cognito_auth.routers.admin_devices import admin_devices_router
from fastapi_cognito_auth.routers.admin_export import admin_export_router
from fastapi_cognito_auth.routers.admin_factors import admin_factors_router
from fastapi_cognito_auth.routers.admin_groups import admin_groups_router
from fastapi_cognito_auth.routers.admin_identities import admin_identities_router
from fastapi_cognito_auth.routers.admin_import_jobs import ImportJobs
from fastapi_cognito_auth.routers.admin_imports import Imports, admin_imports_router
from fastapi_cognito_auth.routers.admin_memberships import admin_memberships_router
from fastapi_cognito_auth.routers.admin_pages import PageTokens
from fastapi_cognito_auth.routers.admin_remaining import Remaining
from fastapi_cognito_auth.routers.admin_sessions import admin_sessions_router
from fastapi_cognito_auth.routers.admin_standing import Standing
from fastapi_cognito_auth.routers.admin_users import admin_users_router
from fastapi_cognito_auth.routers.assembled.changes import changes_of
from fastapi_cognito_auth.routers.assembled.parts import Parts
from fastapi_cognito_auth.routers.route import new_router
from fastapi_cognito_auth.sealing import Sealer


class Administration(NamedTuple):
    """What administrators do, over HTTP or by pages."""

    router: APIRouter
    """`auth.admin_router`."""

    endpoints: Mapping[str, Callable[..., Awaitable[Any]]]
    """Those of the router, by their names."""

    imports: Imports
    """Begin imports, and remember them."""


def administration(
    parts: Parts, administrators: Administrators, sealer: Sealer, *, clock: Callable[[], float]
) -> Administration:
    """Build `auth.admin_router`, with what it shares.

    Args:
        parts: what all routers share.
        administrators: let in who may.
        sealer: encrypts the tokens of pages.
        clock: seconds since the epoch.
    """
    users, groups, size = parts.pool.users, parts.pool.groups, parts.max_body_size
    changes = changes_of(parts, administrators.of_the_pool, clock)
    pages = PageTokens(sealer)
    remaining = Remaining(users, groups, (administrators.groups, administrators.of_the_pool))
    standing = Standing(users, groups, administrators.groups, clock=clock)
    jobs = ImportJobs(users, changes, refused_groups=administrators.privileged, clock=clock)
    imports = Imports(jobs, changes, standing)
    router = new_router(tags=["admin"], described={})
    endpoints: dict[str, Callable[..., Awaitable[Any]]] = {}
    for part in (
        admin_users_router(
            users, groups, administrators, changes, pages, remaining=remaining, max_body_size=size
        ),
        admin_access_router(users, administrators, changes, remaining=remaining, max_body_size=size),
        admin_factors_router(users, administrators, changes, max_body_size=size),
        admin_identities_router(users, administrators, changes, max_body_size=size),
        admin_devices_router(users, administrators, changes, pages, max_body_size=size),
        admin_sessions_router(users, administrators, changes, pages),
        admin_auth_events_router(users, administrators, changes, pages, max_body_size=size),
        admin_memberships_router(groups, administrators, changes, pages, remaining=remaining),
        admin_groups_router(groups, administrators, changes, pages, max_body_size=size),
        admin_export_router(users, administrators, changes, pages, standing),
        admin_imports_router(imports, administrators, changes),
    ):
        endpoints |= {route.name: route.endpoint for route in part.routes if isinstance(route, APIRoute)}
        router.include_router(part)
    return Administration(router, endpoints, imports)
