"""/forgotPassword: a code for somebody who has forgotten the password, and the new one."""

from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from fastapi_cognito_auth.local.domain import authorization_request, html
from fastapi_cognito_auth.local.domain.sign_in_pages import SignInPages
from fastapi_cognito_auth.local.domain.visit import TOKEN_FIELD, Visit
from fastapi_cognito_auth.local.errors import ServiceError
from fastapi_cognito_auth.local.plane import Plane

Call = Callable[[str, dict[str, Any]], dict[str, Any]]


class PasswordPages:
    """Resets passwords.

    Args:
        plane: the plane.
        call: runs an operation of the API.
        sign_in: the pages that go on.
    """

    def __init__(self, plane: Plane, call: Call, sign_in: SignInPages) -> None:
        self._plane = plane
        self._call = call
        self._sign_in = sign_in

    def show(self, visit: Visit) -> Response:
        """Return the page that asks for a name."""
        authorization_request.read(self._plane, visit.query)
        return self._page(visit, visit.query.get("login_hint", ""))

    def submit(self, visit: Visit) -> Response:
        """Send a code, or take it with a new password."""
        request = authorization_request.read(self._plane, visit.query)
        visit.check_form()
        username = visit.form.get("username", "")
        secret_hash = request.client.secret_hash(username)
        named = {"ClientId": request.client.id, "Username": username}
        named |= {} if secret_hash is None else {"SecretHash": secret_hash}
        asks_for_code = "step" not in visit.form
        try:
            if asks_for_code:
                sent = self._call("ForgotPassword", named)["CodeDeliveryDetails"]["Destination"]
                return self._code_page(visit, username, sent=sent)
            code = {"ConfirmationCode": visit.form.get("code", "").strip()}
            self._call("ConfirmForgotPassword", named | code | {"Password": visit.form.get("password", "")})
        except ServiceError as exc:
            show = self._page if asks_for_code else self._code_page
            return show(visit, username, exc.message)
        return self._sign_in.first_page(visit, request, username)

    def _page(self, visit: Visit, username: str, refused: str | None = None) -> Response:
        fields = [
            html.field("username", "Username", value=username, autocomplete="username"),
            html.button("Send me a code"),
        ]
        return self._with_form(visit, {}, refused, "", fields)

    def _code_page(
        self, visit: Visit, username: str, refused: str | None = None, *, sent: str | None = None
    ) -> Response:
        told = "" if sent is None else html.paragraph(f"A code was sent to {sent}.")
        fields = [
            html.field("username", "Username", value=username, autocomplete="username"),
            html.field("code", "Code", autocomplete="one-time-code"),
            html.field("password", "New password", kind="password", autocomplete="new-password"),
            html.button("Change the password"),
        ]
        return self._with_form(visit, {"step": "code"}, refused, told, fields)

    def _with_form(
        self, visit: Visit, hidden: dict[str, str], refused: str | None, told: str, fields: list[str]
    ) -> Response:
        form = html.form(
            f"forgotPassword?{visit.encoded_query}", {TOKEN_FIELD: visit.token, **hidden}, fields
        )
        back = html.link("Back to sign-in", f"login?{visit.encoded_query}")
        status = 200 if refused is None else 400
        page = html.page("Forgot your password?", html.refusal(refused), told, form, back, status=status)
        return self._sign_in.with_token(visit, page)
