"""/signup, /confirm and /confirmUser: a new user, and the code that confirms one."""

from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from fastapi_cognito_auth.local.attributes import to_pairs
from fastapi_cognito_auth.local.domain import authorization_request, html
from fastapi_cognito_auth.local.domain.attempts import Attempt, Attempts
from fastapi_cognito_auth.local.domain.authorization_request import AuthorizationRequest
from fastapi_cognito_auth.local.domain.refusals import PageRefusal
from fastapi_cognito_auth.local.domain.sign_in_pages import SignInPages
from fastapi_cognito_auth.local.domain.visit import TOKEN_FIELD, Visit
from fastapi_cognito_auth.local.errors import ServiceError
from fastapi_cognito_auth.local.operations import authentication_triggers
from fastapi_cognito_auth.local.operations.steps import after_password, check_may_sign_in
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.sign_in import SignIn

Call = Callable[[str, dict[str, Any]], dict[str, Any]]


class SignUpPages:
    """Signs users up, and in once they are confirmed.

    Args:
        plane: the plane.
        call: runs an operation of the API.
        attempts: where sign-ins under way are kept.
        sign_in: the pages that go on.
    """

    def __init__(self, plane: Plane, call: Call, attempts: Attempts, sign_in: SignInPages) -> None:
        self._plane = plane
        self._call = call
        self._attempts = attempts
        self._sign_in = sign_in

    def show(self, visit: Visit) -> Response:
        """Return the page for new users."""
        self._read(visit)
        return self._page(visit)

    def submit(self, visit: Visit) -> Response:
        """Sign somebody up."""
        request, browser = self._read(visit), visit.check_form()
        username = visit.form.get("username", "")
        given = {name: visit.form[name] for name in self._fields() if name in visit.form}
        params = {
            **self._named(request, username),
            "Password": visit.form.get("password", ""),
            "UserAttributes": to_pairs(given),
        }
        try:
            answer = self._call("SignUp", params)
        except ServiceError as exc:
            return self._page(visit, exc.message)
        handle, attempt = self._attempts.begin(browser, visit.encoded_query)
        attempt.username, attempt.signed_up = username, answer["UserSub"]
        if answer["UserConfirmed"]:
            return self._signed_up(visit, request, handle, attempt)
        sent = answer.get("CodeDeliveryDetails", {}).get("Destination")
        return self._code_page(visit, username, handle=handle, sent=sent)

    def show_code(self, visit: Visit) -> Response:
        """Return the page for a code."""
        self._read(visit)
        return self._code_page(visit, visit.query.get("login_hint", ""))

    def submit_code(self, visit: Visit) -> Response:
        """Confirm a user, or send another code."""
        request, browser = self._read(visit), visit.check_form()
        username, handle = visit.form.get("username", ""), visit.form.get("attempt")
        named = self._named(request, username)
        attempt = self._attempts.find(handle, browser, visit.encoded_query)
        try:
            if "resend" in visit.form:
                sent = self._call("ResendConfirmationCode", named)["CodeDeliveryDetails"]["Destination"]
                return self._code_page(visit, username, handle=handle, sent=sent)
            self._call("ConfirmSignUp", named | {"ConfirmationCode": visit.form.get("code", "").strip()})
        except ServiceError as exc:
            return self._code_page(visit, username, exc.message, handle=handle)
        if attempt is None or handle is None or attempt.username != username:
            return self._sign_in.first_page(visit, request, username)
        return self._signed_up(visit, request, handle, attempt)

    def confirm_by_link(self, visit: Visit) -> Response:
        """Confirm by the link of an e-mail."""
        client = authorization_request.known_client(self._plane, visit.query)
        username = visit.query.get("user_name", "")
        params = {
            "ClientId": client.id,
            "Username": username,
            "ConfirmationCode": visit.query.get("confirmation_code", ""),
        }
        secret_hash = client.secret_hash(username)
        try:
            self._call("ConfirmSignUp", params | ({"SecretHash": secret_hash} if secret_hash else {}))
        except ServiceError as exc:
            raise PageRefusal(exc.message) from None
        return html.page("Confirmed", html.paragraph("You may close this page, and sign in."))

    def _signed_up(
        self, visit: Visit, request: AuthorizationRequest, handle: str, attempt: Attempt
    ) -> Response:
        """Sign in who has just chosen the password in this very attempt."""
        user = self._plane.directory.by_sub(attempt.signed_up or "")
        if user is None:
            return self._sign_in.first_page(visit, request)
        proven = SignIn(
            client=request.client,
            user=user,
            methods=frozenset({"pwd"}),
            at_domain=True,
            target=request.target,
        )
        try:
            check_may_sign_in(user)
            authentication_triggers.before(self._plane, request.client, user, attempt.username, {})
            result = after_password(self._plane, proven)
        except ServiceError as exc:
            return self._sign_in.first_page(visit, request, attempt.username, exc.message)
        return self._sign_in.go_on(visit, request, handle, attempt, result)

    def _read(self, visit: Visit) -> AuthorizationRequest:
        request = authorization_request.read(self._plane, visit.query)
        if not request.offers_password:
            raise PageRefusal("Users of this app come by their identity providers.")
        return request

    @staticmethod
    def _named(request: AuthorizationRequest, username: str) -> dict[str, Any]:
        secret_hash = request.client.secret_hash(username)
        hashed = {} if secret_hash is None else {"SecretHash": secret_hash}
        return {"ClientId": request.client.id, "Username": username, **hashed}

    def _fields(self) -> list[str]:
        """Return the attributes that are asked for: the e-mail address and what is required."""
        config, schema = self._plane.directory.config, self._plane.directory.schema
        required = [name for name, entry in schema.items() if entry.required and name != "sub"]
        names = dict.fromkeys(["email", *required])
        return [name for name in names if name not in (config.get("UsernameAttributes") or ())]

    def _page(self, visit: Visit, refused: str | None = None) -> Response:
        schema = self._plane.directory.schema
        fields = [
            html.field(
                name,
                "E-mail address" if name == "email" else name.replace("_", " ").capitalize(),
                kind="email" if name == "email" else "text",
                value=visit.form.get(name, ""),
                autocomplete="email" if name == "email" else "on",
                required=schema[name].required,
            )
            for name in self._fields()
        ]
        parts = [
            html.field("username", "Username", value=visit.form.get("username", ""), autocomplete="username"),
            *fields,
            html.field("password", "Password", kind="password", autocomplete="new-password"),
            html.button("Sign up"),
        ]
        form = html.form(f"signup?{visit.encoded_query}", {TOKEN_FIELD: visit.token}, parts)
        back = html.link("Sign in instead", f"login?{visit.encoded_query}")
        page = html.page("Sign up", html.refusal(refused), form, back, status=200 if refused is None else 400)
        return self._sign_in.with_token(visit, page)

    def _code_page(
        self,
        visit: Visit,
        username: str,
        refused: str | None = None,
        *,
        handle: str | None = None,
        sent: str | None = None,
    ) -> Response:
        told = "" if sent is None else html.paragraph(f"A code was sent to {sent}.")
        hidden = {TOKEN_FIELD: visit.token} | ({} if handle is None else {"attempt": handle})
        parts = [
            html.field("username", "Username", value=username, autocomplete="username"),
            html.field("code", "Code", autocomplete="one-time-code"),
            html.button("Confirm"),
            html.button("Send another code", name="resend", value="true", other=True),
        ]
        form = html.form(f"confirm?{visit.encoded_query}", hidden, parts)
        back = html.link("Back to sign-in", f"login?{visit.encoded_query}")
        status = 200 if refused is None else 400
        page = html.page("Confirm", html.refusal(refused), told, form, back, status=status)
        return self._sign_in.with_token(visit, page)
