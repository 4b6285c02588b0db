"""The domain over HTTP: its pages and endpoints under whatever path they are mounted."""

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote_from_bytes

from fastapi import APIRouter
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from fastapi_cognito_auth.dependencies.addresses import address_of
from fastapi_cognito_auth.exceptions import RequestTooLargeError
from fastapi_cognito_auth.local.domain import html
from fastapi_cognito_auth.local.domain.parameters import Parameters
from fastapi_cognito_auth.local.domain.refusals import NO_STORE, TokenRefusal
from fastapi_cognito_auth.local.domain.server import PAGES, DomainServer
from fastapi_cognito_auth.local.domain.user_info import UserInfoRefusal
from fastapi_cognito_auth.local.domain.visit import Visit
from fastapi_cognito_auth.local.errors import ServiceError
from fastapi_cognito_auth.routers.bodies import BoundedRequest

MAX_BODY: Final = 65_536
"""Bytes."""
_FORM: Final = "application/x-www-form-urlencoded"
_FOR_PAGES: Final = {"Access-Control-Allow-Origin": "*"}
"""What pages of any origin may read: nothing here goes by a cookie."""
_PREFLIGHT: Final = _FOR_PAGES | {
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "authorization, content-type",
    "Access-Control-Max-Age": "3600",
}


FindDomain = Callable[[Request], DomainServer]


def domain_router(domain: FindDomain) -> APIRouter:
    """Build the router.

    Args:
        domain: returns what answers a request; raises ServiceError where its pool is not there.
    """
    domain = _or_not_found(domain)
    router = APIRouter(include_in_schema=False)
    for path, methods in PAGES.items():
        router.add_route(path, _page(domain, path), methods=[*methods], include_in_schema=False)

    async def token(request: Request) -> Response:
        try:
            form = await _form(request)
            answer = await run_in_threadpool(domain(request).token, _authorization(request), form)
        except TokenRefusal as exc:
            return _refused(exc)
        return JSONResponse(answer, headers=NO_STORE | _FOR_PAGES)

    async def revoke(request: Request) -> Response:
        try:
            form = await _form(request)
            await run_in_threadpool(domain(request).revoke, _authorization(request), form)
        except TokenRefusal as exc:
            return _refused(exc)
        return Response(headers=NO_STORE | _FOR_PAGES)

    async def user_info(request: Request) -> Response:
        try:
            answer = await run_in_threadpool(domain(request).user_info, _authorization(request))
        except UserInfoRefusal as exc:
            realm = f"realm={domain(request).issuer}, " if exc.realm else ""
            told = {"WWW-Authenticate": f"Bearer {realm}error=INVALID_TOKEN"}
            content = {"error": "invalid_token", "error_description": exc.description}
            return JSONResponse(content, 401, NO_STORE | _FOR_PAGES | told)
        return JSONResponse(answer, headers=NO_STORE | _FOR_PAGES)

    endpoints = (
        ("/oauth2/token", token, ["POST"]),
        ("/oauth2/revoke", revoke, ["POST"]),
        ("/oauth2/userInfo", user_info, ["GET", "POST"]),
    )
    for path, endpoint, answered in endpoints:
        router.add_route(path, endpoint, methods=answered, include_in_schema=False)
        router.add_route(path, _preflight, methods=["OPTIONS"], include_in_schema=False)
    return router


def _or_not_found(domain: FindDomain) -> FindDomain:
    def found(request: Request) -> DomainServer:
        try:
            return domain(request)
        except ServiceError:
            raise HTTPException(404) from None

    return found


def domain_app(router: APIRouter) -> Starlette:
    """Return the routes as an app of their own."""
    routes: list[BaseRoute] = [*router.routes]
    return Starlette(routes=routes)


def _page(domain: FindDomain, path: str) -> Any:
    async def page(request: Request) -> Response:
        form = Parameters()
        if request.method == "POST":
            try:
                form = await _form(request)
            except TokenRefusal:
                return html.page("This did not work", html.refusal("The form is not valid."), status=400)
        encoded = request.scope["query_string"]
        address = address_of(request)
        visit = Visit(
            query=Parameters.read(encoded),
            encoded_query=quote_from_bytes(encoded, safe="%&=+/:?@!$'()*,;~"),
            form=form,
            cookies=request.cookies,
            origin=f"{address.scheme}://{address.netloc}",
            path=address.path.removesuffix(path) + "/",
            secure=address.scheme == "https",
        )
        method = "GET" if request.method == "HEAD" else request.method
        return await run_in_threadpool(domain(request).visit, method, path, visit)

    return page


async def _preflight(_: Request) -> Response:
    return Response(status_code=204, headers=_PREFLIGHT)


async def _form(request: Request) -> Parameters:
    """Read a form.

    Raises:
        TokenRefusal: it is none, or too long.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _FORM:
        raise TokenRefusal("invalid_request")
    try:
        return Parameters.read(await BoundedRequest(request, MAX_BODY).body())
    except (RequestTooLargeError, ClientDisconnect):
        raise TokenRefusal("invalid_request") from None


def _authorization(request: Request) -> str | None:
    given = request.headers.getlist("authorization")
    # Two of them are none that could be believed.
    return None if not given else given[0] if len(given) == 1 else "several"


def _refused(refusal: TokenRefusal) -> Response:
    return JSONResponse({"error": refusal.error}, refusal.status, NO_STORE | _FOR_PAGES)
