"""The domain of one local pool: its parts, and the moment in which each request is answered."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Final

from starlette.responses import Response

from fastapi_cognito_auth.local.domain import (
    authorization_request,
    html,
    logout,
    revoke_endpoint,
    token_endpoint,
    user_info,
)
from fastapi_cognito_auth.local.domain.attempts import Attempts
from fastapi_cognito_auth.local.domain.authorization_codes import AuthorizationCodes
from fastapi_cognito_auth.local.domain.browser_sessions import BrowserSessions
from fastapi_cognito_auth.local.domain.completion import Completion, found
from fastapi_cognito_auth.local.domain.parameters import Parameters
from fastapi_cognito_auth.local.domain.passkey_pages import PasskeyPages
from fastapi_cognito_auth.local.domain.password_pages import PasswordPages
from fastapi_cognito_auth.local.domain.provider_pages import ProviderPages
from fastapi_cognito_auth.local.domain.refusals import CallbackRefusal, PageRefusal
from fastapi_cognito_auth.local.domain.sign_in_pages import SignInPages
from fastapi_cognito_auth.local.domain.sign_up_pages import SignUpPages
from fastapi_cognito_auth.local.domain.visit import Visit
from fastapi_cognito_auth.local.oauth_settings import DIRECTORY
from fastapi_cognito_auth.local.plane import Plane

Page = Callable[[Visit], Response]

PAGES: Final[Mapping[str, tuple[str, ...]]] = {
    "/oauth2/authorize": ("GET",),
    "/login": (
        "GET",
        "POST",
    ),
    "/signup": (
        "GET",
        "POST",
    ),
    "/confirm": (
        "GET",
        "POST",
    ),
    "/confirmUser": ("GET",),
    "/forgotPassword": (
        "GET",
        "POST",
    ),
    "/identity-provider": (
        "GET",
        "POST",
    ),
    "/passkeys/add": (
        "GET",
        "POST",
    ),
    "/passkey.js": ("GET",),
    "/logout": ("GET",),
}
"""The paths of the pages, with their methods."""


class DomainServer:
    """Answers what a pool's domain is asked, whatever carries it.

    Args:
        plane: the pool's.
        call: runs an operation of the API.
        moment: in which nothing else happens to the pool, and time stands still.
        issuer: the pool's.
    """

    def __init__(
        self,
        plane: Plane,
        call: Callable[[str, dict[str, Any]], dict[str, Any]],
        moment: Callable[[], AbstractContextManager[None]],
        issuer: str,
    ) -> None:
        self.issuer = issuer
        self._plane = plane
        self._moment = moment
        self._codes = AuthorizationCodes(plane.shelf)
        self._sessions = BrowserSessions(plane.shelf)
        self._complete = Completion(plane, self._codes, self._sessions)
        attempts = Attempts(plane.shelf)
        sign_in = SignInPages(plane, call, attempts, self._complete)
        sign_up = SignUpPages(plane, call, attempts, sign_in)
        passwords = PasswordPages(plane, call, sign_in)
        providers = ProviderPages(plane, self._complete, sign_in)
        passkeys = PasskeyPages(plane, self._complete, sign_in)
        self._pages: dict[tuple[str, str], Page] = {
            ("GET", "/oauth2/authorize"): self._authorize,
            ("GET", "/login"): sign_in.show,
            ("POST", "/login"): sign_in.submit,
            ("GET", "/signup"): sign_up.show,
            ("POST", "/signup"): sign_up.submit,
            ("GET", "/confirm"): sign_up.show_code,
            ("POST", "/confirm"): sign_up.submit_code,
            ("GET", "/confirmUser"): sign_up.confirm_by_link,
            ("GET", "/forgotPassword"): passwords.show,
            ("POST", "/forgotPassword"): passwords.submit,
            ("GET", "/identity-provider"): providers.show,
            ("POST", "/identity-provider"): providers.submit,
            ("GET", "/passkeys/add"): passkeys.show,
            ("POST", "/passkeys/add"): passkeys.submit,
            ("GET", "/passkey.js"): lambda _: html.script(),
            ("GET", "/logout"): lambda visit: logout.answer(plane, self._sessions, visit),
        }

    def visit(self, method: str, path: str, visit: Visit) -> Response:
        """Answer a browser."""
        try:
            with self._moment():
                self._demand_own_host(visit)
                return self._pages[method, path](visit)
        except PageRefusal as exc:
            address = f"{path.rpartition('/')[2]}?{visit.encoded_query}"
            again = html.link("Start again", address) if exc.again else ""
            return html.page("This did not work", html.refusal(exc.message), again, status=400)
        except CallbackRefusal as exc:
            return found(exc.location)

    def _demand_own_host(self, visit: Visit) -> None:
        """Send no browser from one host to what is registered because a browser has named another."""
        for name in ("redirect_uri", "logout_uri"):
            address = visit.query.get(name)
            if address in self._plane.directory.pool.at_their_own_host and not str(address).startswith(
                f"{visit.origin}/"
            ):
                msg = f"The {name} is none that is registered for this host."
                raise PageRefusal(msg, code="redirect_mismatch")

    def token(self, authorization: str | None, form: Parameters) -> dict[str, Any]:
        """Answer the token endpoint.

        Raises:
            TokenRefusal: the refusal.
        """
        with self._moment():
            return token_endpoint.answer(self._plane, self._codes, authorization, form)

    def user_info(self, authorization: str | None) -> dict[str, str]:
        """Answer the userInfo endpoint.

        Raises:
            UserInfoRefusal: the refusal.
        """
        with self._moment():
            return user_info.answer(self._plane, authorization)

    def revoke(self, authorization: str | None, form: Parameters) -> None:
        """Answer the revocation endpoint.

        Raises:
            TokenRefusal: the refusal.
        """
        with self._moment():
            revoke_endpoint.answer(self._plane, authorization, form)

    def _authorize(self, visit: Visit) -> Response:
        """Send a browser on: to the callback if it is signed in, else to a page."""
        request = authorization_request.read(self._plane, visit.query)
        session = self._complete.usable(visit, request)
        if session is not None:
            return self._complete.resume(request, session)
        if "none" in request.prompt:
            raise request.refused("login_required")
        page = "login" if request.provider in {None, DIRECTORY} else "identity-provider"
        return found(f"../{page}?{visit.encoded_query}")
