"""The pages, put together."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from starlette.routing import NoMatchFound

from fastapi_cognito_auth.dependencies.administrators import Administrators
from fastapi_cognito_auth.dependencies.current import AccessToken, CurrentUser
from fastapi_cognito_auth.dependencies.freshness import Freshness
from fastapi_cognito_auth.dependencies.refusal_page import ShowRefusal
from fastapi_cognito_auth.pages.account_routes import Own
from fastapi_cognito_auth.pages.admin_deeds import Deeds
from fastapi_cognito_auth.pages.admin_routes import Office
from fastapi_cognito_auth.pages.admin_site import AdminSite
from fastapi_cognito_auth.pages.admin_transfer import AdminTransfer
from fastapi_cognito_auth.pages.device_cookies import DeviceCookies
from fastapi_cognito_auth.pages.last_name import LastNames
from fastapi_cognito_auth.pages.my_account import MyAccount
from fastapi_cognito_auth.pages.my_addresses import MyAddresses
from fastapi_cognito_auth.pages.my_attributes import MyAttributes
from fastapi_cognito_auth.pages.my_deletion import MyDeletion
from fastapi_cognito_auth.pages.my_factors import MyFactors
from fastapi_cognito_auth.pages.my_pages import MyPages
from fastapi_cognito_auth.pages.my_passkeys import MyPasskeys
from fastapi_cognito_auth.pages.my_password import MyPassword
from fastapi_cognito_auth.pages.my_sign_ins import MySignIns
from fastapi_cognito_auth.pages.offer import Offers
from fastapi_cognito_auth.pages.refusals import Refusals
from fastapi_cognito_auth.pages.rendering import Rendering
from fastapi_cognito_auth.pages.router import Kit, pages_router
from fastapi_cognito_auth.pages.site import Site
from fastapi_cognito_auth.pages.steps import Steps
from fastapi_cognito_auth.routers.assembled.parts import Parts
from fastapi_cognito_auth.routers.session_flow import CookieSessionFlow
from fastapi_cognito_auth.routers.user_sessions import UserSessions

if TYPE_CHECKING:
    from fastapi_cognito_auth.cognito.sign_in import PasswordFlow
    from fastapi_cognito_auth.cookie_sessions.box import Box
    from fastapi_cognito_auth.pages.look import Look
    from fastapi_cognito_auth.routers.assembled.administration import Administration


def whole_pages_router(
    look: "Look",
    parts: Parts,
    flow: CookieSessionFlow,
    same_origin: Callable[..., Awaitable[None]],
    *,
    sessions: UserSessions,
    user: CurrentUser,
    token: AccessToken,
    freshness: Freshness,
    administrators: Administrators | None,
    administration: Callable[[], "Administration"],
    box: "Box",
    cookie: str,
    user_pool_id: str,
    client_id: str,
    auth_flow: "PasswordFlow",
    remember_names: bool,
    managed_login: Callable[[], str | None],
    clock: Callable[[], float],
    uptime: Callable[[], float],
) -> tuple[APIRouter, ShowRefusal]:
    """Build `auth.pages()`, and what shows by a page why a route of the app refuses a browser.

    Args:
        look: of the team.
        parts: what all routers share.
        flow: keeps and ends sessions.
        same_origin: refuses what pages of other sites send.
        sessions: shows and ends those of a user.
        user: whose account it is.
        token: by which the account is changed.
        freshness: how recent a sign-in must be for what is sensitive.
        administrators: let in who administers others, if anybody may.
        administration: what those do; asked for with the first of their pages.
        box: encrypts what a browser keeps of an attempt.
        cookie: what all cookies begin with.
        user_pool_id: the pool.
        client_id: the app client.
        auth_flow: how the settings say that a password is proved.
        remember_names: whether a browser offers who signed in last.
        managed_login: the name of the route where managed login starts, if the app has one.
        clock: seconds since the epoch.
        uptime: seconds from any start, never going back.
    """

    def start_of_managed_login(request: Request) -> str | None:
        name = managed_login()
        try:
            return None if name is None else request.url_for(name).path
        except NoMatchFound:
            return None  # the router is there, and not mounted

    site = Site(
        Rendering(look, cookie=cookie),
        Steps(box, cookie, client_id=client_id, clock=clock),
        start_of_managed_login,
        administrators=() if administrators is None else administrators.may_read,
    )
    offers = Offers(
        parts.pool.call, user_pool_id=user_pool_id, client_id=client_id, auth_flow=auth_flow, clock=uptime
    )
    devices = DeviceCookies(box, cookie, client_id=client_id, clock=clock)
    last_names = LastNames(box, cookie, client_id=client_id, wanted=remember_names)
    kit = Kit(site, offers, parts.pool, flow, devices, last_names)
    pool = parts.pool
    pages = MyPages(site, pool, user)
    sign_ins = MySignIns(pages, pool, sessions, user, ending=parts.ending, clock=clock)
    own = Own(
        user,
        token,
        pages,
        MyAccount(pages, pool, sign_ins),
        MyAttributes(pages, pool),
        MyAddresses(pages, pool, freshness),
        MyPassword(pages, pool, freshness),
        MyFactors(pages, pool, freshness),
        MyPasskeys(pages, pool, freshness),
        sign_ins,
        MyDeletion(pages, pool, freshness, user, last_names=last_names, ending=parts.ending, clock=clock),
    )
    office = None
    if administrators is not None:
        admin_site = AdminSite(site, offers, administrators, Deeds(lambda: administration().endpoints))
        transfer = AdminTransfer(admin_site, lambda: administration().imports, parts.pool.users)
        office = Office(admin_site, transfer)
    router = pages_router(
        kit, own, office, parts.client_context, same_origin, max_body_size=parts.max_body_size
    )
    return router, Refusals(site, flow).show
