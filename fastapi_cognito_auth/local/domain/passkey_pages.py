"""/passkeys/add: somebody whom the browser is signed in as adds a passkey."""

import json

from starlette.responses import Response

from fastapi_cognito_auth.formats import untrusted_json
from fastapi_cognito_auth.formats.untrusted_json import UntrustedTextError
from fastapi_cognito_auth.local.domain import authorization_request, html
from fastapi_cognito_auth.local.domain.authorization_request import AuthorizationRequest
from fastapi_cognito_auth.local.domain.browser_sessions import BrowserSession
from fastapi_cognito_auth.local.domain.completion import Completion, found
from fastapi_cognito_auth.local.domain.refusals import PageRefusal
from fastapi_cognito_auth.local.domain.sign_in_pages import SignInPages
from fastapi_cognito_auth.local.domain.visit import TOKEN_FIELD, Visit
from fastapi_cognito_auth.local.errors import ServiceError
from fastapi_cognito_auth.local.operations import passkeys
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.users import User


class PasskeyPages:
    """Registers passkeys.

    Args:
        plane: the plane.
        complete: knows whom a browser is signed in as, and sends it back to the app.
        sign_in: the pages of who is not signed in.
    """

    def __init__(self, plane: Plane, complete: Completion, sign_in: SignInPages) -> None:
        self._plane = plane
        self._complete = complete
        self._sign_in = sign_in

    def show(self, visit: Visit) -> Response:
        """Return the page, or that of the sign-in."""
        request = authorization_request.read(self._plane, visit.query)
        session = self._complete.usable(visit, request)
        if session is None:
            return found(f"../login?{visit.encoded_query}")
        return self._page(visit, request, self._user(session))

    def submit(self, visit: Visit) -> Response:
        """Take the passkey, and go back to the app."""
        request = authorization_request.read(self._plane, visit.query)
        visit.check_form()
        session = self._complete.usable(visit, request)
        if session is None:
            return found(f"../login?{visit.encoded_query}")
        user = self._user(session)
        if "later" in visit.form:
            return self._complete.resume(request, session)
        try:
            document = untrusted_json.read(visit.form.get("credential", ""))
            passkeys.complete(self._plane, request.client.id, user, document)
        except (ServiceError, UntrustedTextError):
            return self._page(visit, request, user, "The passkey could not be added. Try again.")
        return self._complete.resume(request, session)

    def _user(self, session: BrowserSession) -> User:
        user = self._plane.directory.by_sub(session.sub)
        if user is None or session.provider is not None:
            raise PageRefusal("Your identity provider signs you in; there are no passkeys here.")
        return user

    def _page(
        self, visit: Visit, request: AuthorizationRequest, user: User, refused: str | None = None
    ) -> Response:
        action, hidden = f"add?{visit.encoded_query}", {TOKEN_FIELD: visit.token}
        try:
            options = passkeys.start(self._plane, request.client.id, user)
        except ServiceError as exc:
            raise PageRefusal(exc.message) from None
        page = html.page(
            "Add a passkey",
            html.refusal(refused),
            html.paragraph(f"{user.username} can sign in with it from now on, without a password."),
            html.passkey_form(action, hidden, "create", json.dumps(options), "Add a passkey"),
            html.form(action, hidden, [html.button("Not now", name="later", value="true", other=True)]),
            status=200 if refused is None else 400,
            script="../passkey.js",
        )
        return self._sign_in.with_token(visit, page)
