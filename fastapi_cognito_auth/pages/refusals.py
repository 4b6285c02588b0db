"""The page for who is refused by a route of the app itself."""

from collections.abc import Mapping

from fastapi import Request, Response
from starlette.routing import NoMatchFound

from fastapi_cognito_auth.exceptions import (
    CognitoAuthError,
    PermissionDeniedError,
    StepUpRequiredError,
    TokenTooLargeError,
)
from fastapi_cognito_auth.pages.called import called_by_session
from fastapi_cognito_auth.pages.messages import Message, message_of
from fastapi_cognito_auth.pages.site import Site
from fastapi_cognito_auth.routers.session_flow import CookieSessionFlow


class Refusals:
    """Shows why a route of the app lets somebody not in, and how to go on.

    Args:
        site: makes pages.
        flow: knows who is signed in.
    """

    def __init__(self, site: Site, flow: CookieSessionFlow) -> None:
        self._site = site
        self._flow = flow

    async def show(self, request: Request, error: CognitoAuthError) -> Response | None:
        """Return the page; nothing where the app does not have the pages."""
        site, signs_in = self._site, _sign_in_helps(error)
        try:
            sign_in = site.sign_in_first(request, error)
        except NoMatchFound:
            return None
        here = site.below_root(request, site.way_back(request))
        headers: Mapping[str, str] = error.headers or {}
        return site.page(
            request,
            "no_access.html",
            status=error.status_code,
            # Not as it was written: two slashes at its beginning would be those before a host.
            here=here,
            headers=headers,
            is_denied=isinstance(error, PermissionDeniedError),
            message=_message_of(error, signs_in=signs_in),
            signs_in=signs_in,
            again=sign_in if signs_in else here,
            next_path=here,
            username=None if signs_in else await self._name(request),
        )

    async def _name(self, request: Request) -> str | None:
        try:
            current = await self._flow.current(request)
        except CognitoAuthError:
            return None  # what is wrong is said already
        if current is None:
            return None
        # A refusal shall cost no call of the pool: anybody may have as many as they like.
        return await called_by_session(current.user, request, self._flow)


def _sign_in_helps(error: CognitoAuthError) -> bool:
    # As in `SignInRedirect`: signing in again brings no smaller token.
    return error.status_code == 401 and not isinstance(error, TokenTooLargeError)


def _message_of(error: CognitoAuthError, *, signs_in: bool) -> Message:
    if isinstance(error, PermissionDeniedError):
        return Message("no_access.what")
    if isinstance(error, StepUpRequiredError):
        return Message("sign_in.why_once_more")
    return Message("no_access.signed_out") if signs_in else message_of(error)
