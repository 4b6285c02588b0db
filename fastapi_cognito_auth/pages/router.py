"""The pages of an app, as its endpoints."""

from collections.abc import Awaitable, Callable
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends, Request, Response

from fastapi_cognito_auth.cognito.attempt import UserContext
from fastapi_cognito_auth.cognito.pool import UserPool
from fastapi_cognito_auth.dependencies.own_paths import own_path
from fastapi_cognito_auth.pages.account_routes import Own, add_account
from fastapi_cognito_auth.pages.admin_routes import Office, admin_pages_router
from fastapi_cognito_auth.pages.called import called
from fastapi_cognito_auth.pages.device_cookies import DeviceCookies
from fastapi_cognito_auth.pages.getting_in import GettingIn
from fastapi_cognito_auth.pages.last_name import LastNames
from fastapi_cognito_auth.pages.messages import Form
from fastapi_cognito_auth.pages.offer import Offers
from fastapi_cognito_auth.pages.page_route import page_route
from fastapi_cognito_auth.pages.remembering import Remembering
from fastapi_cognito_auth.pages.signing_up import SigningUp
from fastapi_cognito_auth.pages.site import Site
from fastapi_cognito_auth.pages.visit import Visit
from fastapi_cognito_auth.routers.client_address import FindContext
from fastapi_cognito_auth.routers.route import new_router
from fastapi_cognito_auth.routers.session_flow import CookieSessionFlow


class Kit(NamedTuple):
    """What the pages are made with."""

    site: Site
    """Makes them, and knows where they are."""

    offers: Offers
    """What the pool has."""

    pool: UserPool
    """Does what they are for."""

    flow: CookieSessionFlow
    """Keeps and ends sessions."""

    devices: DeviceCookies
    """Keeps what proves a browser that the pool remembers."""

    last_names: LastNames
    """Keeps who signed in last in a browser."""


def pages_router(
    kit: Kit,
    own: Own,
    office: Office | None,
    find_context: FindContext,
    same_origin: Callable[..., Awaitable[None]],
    *,
    max_body_size: int,
) -> APIRouter:
    """Build the pages.

    Args:
        kit: what they are made with.
        own: what those of somebody's own account are made with.
        office: what those of administration are made with, if there are any.
        find_context: where a request came from.
        same_origin: refuses what pages of other sites send.
        max_body_size: bytes.
    """
    router = new_router(
        max_body_size=max_body_size,
        dependencies=[Depends(same_origin)],
        kind=page_route(kit.site.refused),
        described={},
    )
    router.include_in_schema = False
    remembering = Remembering(kit.site, kit.pool, kit.flow, kit.devices, kit.last_names)
    getting_in = GettingIn(kit.site, kit.pool, kit.flow, remembering)
    visit = _visits(kit.offers, find_context)
    signing_up = SigningUp(kit.site, kit.pool, getting_in)
    _add_sign_in(router, kit.site, getting_in, visit)
    _add_sign_up(router, kit.site, signing_up, visit)
    _add_password(router, kit.site, signing_up, visit)
    _add_sign_out(router, kit)
    add_account(router, own, visit)
    if office is not None:
        router.include_router(
            admin_pages_router(
                office,
                visit,
                _visits(kit.offers, find_context, with_form=False),
                same_origin,
                max_body_size=max_body_size,
            )
        )

    @router.get("/assets/{name}", name=kit.site.name("asset"))
    async def asset(request: Request, name: str) -> Response:
        return kit.site.rendering.asset(request, name)

    return router


def _visits(
    offers: Offers, find_context: FindContext, *, with_form: bool = True
) -> Callable[..., Awaitable[Visit]]:
    """Return the dependency that reads a request for a page.

    Args:
        offers: what the pool has.
        find_context: where a request came from.
        with_form: whether what was typed is read; a form with a file is read otherwise.
    """

    async def visit(request: Request, context: Annotated[UserContext | None, Depends(find_context)]) -> Visit:
        sent = await request.form() if with_form and request.method == "POST" else {}
        form = Form({name: str(value) for name, value in sent.items()})
        return Visit(request, await offers.current(), form, context)

    return visit


def _add_sign_in(
    router: APIRouter, site: Site, getting_in: GettingIn, visit: Callable[..., Awaitable[Visit]]
) -> None:
    This = Annotated[Visit, Depends(visit)]  # noqa: N806 - a type

    @router.get("/sign-in", name=site.name("sign_in"))
    async def sign_in_page(visit: This) -> Response:
        return await getting_in.ask_name(visit)

    @router.post("/sign-in")
    async def sign_in_by_page(visit: This) -> Response:
        return await getting_in.take_name(visit)

    @router.get("/sign-in/{step_id}", name=site.name("step"))
    async def step_page(visit: This, step_id: str) -> Response:
        return await getting_in.show_step(visit, step_id)

    @router.post("/sign-in/{step_id}")
    async def answer_step(visit: This, step_id: str) -> Response:
        return await getting_in.answer_step(visit, step_id)


def _add_sign_up(
    router: APIRouter, site: Site, signing_up: SigningUp, visit: Callable[..., Awaitable[Visit]]
) -> None:
    This = Annotated[Visit, Depends(visit)]  # noqa: N806 - a type

    @router.get("/sign-up", name=site.name("sign_up"))
    async def sign_up_page(visit: This) -> Response:
        return signing_up.ask(visit)

    @router.post("/sign-up")
    async def sign_up(visit: This) -> Response:
        return await signing_up.sign_up(visit)

    @router.get("/sign-up/{step_id}", name=site.name("confirm"))
    async def confirm_page(visit: This, step_id: str) -> Response:
        return await signing_up.ask_code(visit, step_id)

    @router.post("/sign-up/{step_id}")
    async def confirm(visit: This, step_id: str) -> Response:
        return await signing_up.confirm(visit, step_id)


def _add_password(
    router: APIRouter, site: Site, signing_up: SigningUp, visit: Callable[..., Awaitable[Visit]]
) -> None:
    This = Annotated[Visit, Depends(visit)]  # noqa: N806 - a type

    @router.get("/forgot-password", name=site.name("forgot_password"))
    async def forgot_password_page(visit: This) -> Response:
        return signing_up.ask_name(visit)

    @router.post("/forgot-password")
    async def forgot_password(visit: This) -> Response:
        return await signing_up.forgot(visit)

    @router.get("/reset-password/{step_id}", name=site.name("reset"))
    async def reset_password_page(visit: This, step_id: str) -> Response:
        return await signing_up.ask_new_password(visit, step_id)

    @router.post("/reset-password/{step_id}")
    async def reset_password(visit: This, step_id: str) -> Response:
        return await signing_up.reset(visit, step_id)


def _add_sign_out(router: APIRouter, kit: Kit) -> None:
    site, flow = kit.site, kit.flow

    def signed_out(request: Request, wanted: str) -> Response:
        """Go where a link of the app wants who has signed out to go, or tell them here."""
        if wanted:
            return site.leave(request, own_path(wanted, "/"))
        return site.see_other(site.address(request, "sign_in", notice="signed_out"))

    @router.get("/sign-out", name=site.name("sign_out"))
    async def sign_out_page(request: Request) -> Response:
        current = await flow.current(request)
        wanted = request.query_params.get("next", "")
        if current is None:
            return signed_out(request, wanted)
        name = await called(current.user, request, flow, kit.pool)
        return site.page(request, "sign_out.html", username=name, next_path=wanted)

    @router.post("/sign-out")
    async def sign_out(request: Request) -> Response:
        sent = await request.form()
        await flow.end(request)
        wanted = str(sent.get("next", ""))
        if sent.get("action") != "switch":
            return signed_out(request, wanted)
        # Whoever wants another account goes on to where this one was kept from, by another name.
        form = Form({"next": wanted})
        first = site.address(request, "sign_in", next=site.next_path(request, form), notice="signed_out")
        return site.see_other(first, kit.last_names.forget(request))
