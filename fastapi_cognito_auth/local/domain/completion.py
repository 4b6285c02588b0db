"""The end of a browser's sign-in: a code for the app's callback, and a session for the next app."""

from typing import Final

from starlette.responses import RedirectResponse

from fastapi_cognito_auth.local import acr, identities
from fastapi_cognito_auth.local.domain.authorization_codes import (
    SECONDS,
    AuthorizationCode,
    AuthorizationCodes,
)
from fastapi_cognito_auth.local.domain.authorization_request import AuthorizationRequest
from fastapi_cognito_auth.local.domain.browser_sessions import COOKIE, BrowserSession, BrowserSessions
from fastapi_cognito_auth.local.domain.refusals import NO_STORE, with_parameters
from fastapi_cognito_auth.local.domain.visit import Visit
from fastapi_cognito_auth.local.errors import ServiceError
from fastapi_cognito_auth.local.oauth_settings import DIRECTORY
from fastapi_cognito_auth.local.operations import event_log
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.scopes import Authorization
from fastapi_cognito_auth.local.sign_in import SignIn
from fastapi_cognito_auth.local.users import User

_MINUTES: Final = 60
"""How long a session is good for, unless SetUserPoolClientSessionConfiguration says otherwise."""


def found(location: str) -> RedirectResponse:
    """Return a redirect that nobody keeps."""
    return RedirectResponse(location, 302, NO_STORE | {"Referrer-Policy": "no-referrer"})


class Completion:
    """Sends browsers back to apps.

    Args:
        plane: the plane.
        codes: where a code is kept until it is redeemed.
        sessions: of browsers.
    """

    def __init__(self, plane: Plane, codes: AuthorizationCodes, sessions: BrowserSessions) -> None:
        self._plane = plane
        self._codes = codes
        self._sessions = sessions

    def __call__(
        self, visit: Visit, request: AuthorizationRequest, sign_in: SignIn, provider: str | None = None
    ) -> RedirectResponse:
        """End a sign-in: remember the browser, and send it to the callback."""
        event_log.add(self._plane, sign_in.user, "Pass", methods=sign_in.methods)
        session = BrowserSession(
            sub=sign_in.user.sub,
            methods=sign_in.methods,
            auth_time=int(self._plane.clock()),
            provider=provider,
        )
        self._sessions.end(visit.cookies.get(COOKIE))
        response = self.resume(request, session)
        visit.set_cookie(response, COOKIE, self._sessions.start(session), _MINUTES * 60)
        return response

    def resume(self, request: AuthorizationRequest, session: BrowserSession) -> RedirectResponse:
        """Send a browser that is signed in to the callback."""
        plane = self._plane
        authorization = Authorization(
            scopes=request.scopes,
            auth_time=session.auth_time,
            nonce=request.nonce,
            resource=request.resource,
        )
        if request.response_type == "token":
            return self._with_tokens(request, session, authorization)
        code = AuthorizationCode(
            client_id=request.client.id,
            redirect_uri=request.redirect_uri,
            challenge=request.challenge,
            authorization=authorization,
            sub=session.sub,
            methods=session.methods,
            expires_at=plane.clock() + SECONDS,
        )
        told = {"code": self._codes.issue(code), "state": request.state}
        return found(with_parameters(request.redirect_uri, told))

    def _with_tokens(
        self, request: AuthorizationRequest, session: BrowserSession, authorization: Authorization
    ) -> RedirectResponse:
        """Answer the implicit grant (RFC 6749 section 4.2.2), which has no refresh token."""
        user = self._plane.directory.by_sub(session.sub)
        if user is None:
            raise request.refused("server_error")
        try:
            issued = self._plane.tokens.sign_in(
                request.client, user, methods=session.methods, authorization=authorization
            )
        except ServiceError as exc:
            raise request.refused("invalid_request", exc.message) from None
        told = {
            "id_token": issued.get("IdToken"),
            "access_token": issued["AccessToken"],
            "expires_in": str(issued["ExpiresIn"]),
            "token_type": issued["TokenType"],
            "state": request.state,
        }
        return found(with_parameters(request.redirect_uri, told, fragment=True))

    def usable(self, visit: Visit, request: AuthorizationRequest) -> BrowserSession | None:
        """Return the browser's session, if it is enough for what the app asks."""
        session = self._sessions.find(visit.cookies.get(COOKIE))
        if session is None or request.prompt & {"login", "select_account"}:
            return None
        user = self._plane.directory.by_sub(session.sub)
        if user is None or not user.enabled or not _may_come(user, session.provider):
            return None
        age = self._plane.clock() - session.auth_time
        provider = session.provider or DIRECTORY
        enough = (
            age < self._longest(request.client.id)
            and (request.max_age is None or age <= request.max_age)
            and acr.level_of(session.methods) >= request.target
            and provider in request.client.oauth.providers
            and request.provider in {None, provider}
        )
        return session if enough else None

    def _longest(self, client_id: str) -> int:
        config = self._plane.tokens.session_config
        return 60 * (config.sso_minutes.get(client_id, _MINUTES) if config.enabled else _MINUTES)


def _may_come(user: User, provider: str | None) -> bool:
    """Tell whether a user can still sign in the way that a session began, with the pool or a provider."""
    if user.status == "CONFIRMED" and provider is None:
        return True
    known = any(identity["providerName"] == provider for identity in identities.of(user.attributes))
    return known and user.status in {"CONFIRMED", "EXTERNAL_PROVIDER"}
