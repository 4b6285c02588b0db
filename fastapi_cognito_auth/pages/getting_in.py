"""Getting in: what a browser is asked, one page after the other, until somebody is signed in."""

from collections.abc import Mapping
from typing import Any, Final, get_args

from fastapi import Request, Response
from pydantic import TypeAdapter, ValidationError
from starlette.responses import RedirectResponse

from fastapi_cognito_auth.cognito.answers import ChallengeAnswer, MfaSetupAnswer
from fastapi_cognito_auth.cognito.attempt import UserContext
from fastapi_cognito_auth.cognito.models import Challenge, SignInResult, Tokens
from fastapi_cognito_auth.cognito.otpauth import qr_svg
from fastapi_cognito_auth.cognito.pool import UserPool
from fastapi_cognito_auth.cognito.sign_in import FirstFactor
from fastapi_cognito_auth.exceptions import (
    CodeMismatchError,
    CognitoAuthError,
    EnableSoftwareTokenMFAError,
    ExpiredCodeError,
    InvalidPasswordError,
    InvalidSessionError,
    NotAuthorizedError,
    PasswordHistoryPolicyViolationError,
)
from fastapi_cognito_auth.formats import untrusted_json
from fastapi_cognito_auth.pages.messages import Form, message_of
from fastapi_cognito_auth.pages.offer import Offer
from fastapi_cognito_auth.pages.site import Site
from fastapi_cognito_auth.pages.steps import Step
from fastapi_cognito_auth.routers.session_flow import CookieSessionFlow

_ANSWER: Final[TypeAdapter[Any]] = TypeAdapter(ChallengeAnswer)
_FACTORS: Final = frozenset(get_args(FirstFactor))
_WRONG_CODE: Final = (CodeMismatchError, ExpiredCodeError, EnableSoftwareTokenMFAError)
_BAD_PASSWORD: Final = (InvalidPasswordError, PasswordHistoryPolicyViolationError)

_TEMPLATES: Final[Mapping[str, str]] = {
    "PASSWORD": "password.html",
    "PASSWORD_SRP": "password.html",
    "SELECT_CHALLENGE": "choose.html",
    "SELECT_MFA_TYPE": "choose.html",
    "SOFTWARE_TOKEN_MFA": "code.html",
    "SMS_MFA": "code.html",
    "EMAIL_OTP": "code.html",
    "SMS_OTP": "code.html",
    "MFA_SETUP": "choose.html",
    "TOTP_SETUP": "totp_setup.html",
    "EMAIL_SETUP": "email_setup.html",
    "NEW_PASSWORD_REQUIRED": "new_password.html",
    "WEB_AUTHN": "passkey.html",
    "CUSTOM_CHALLENGE": "custom.html",
}
"""The page of each kind of step."""

_SECRET_FIELDS: Final = frozenset({"password", "new_password", "code", "credential"})
"""What no page repeats."""


class GettingIn:
    """Takes a browser from one page to the next.

    Args:
        site: makes the pages, and knows where they are.
        pool: signs people in.
        flow: keeps them signed in.
    """

    def __init__(self, site: Site, pool: UserPool, flow: CookieSessionFlow) -> None:
        self._site = site
        self._pool = pool
        self._flow = flow

    # The name.

    async def ask_name(self, request: Request, offer: Offer) -> Response:
        """Show the first page, or who is signed in already."""
        current = None if "again" in request.query_params else await self._flow.current(request)
        if current is not None:
            return self._site.page(
                request, "already_signed_in.html", user=current.user, next_path=self._site.next_path(request)
            )
        form = Form({"username": request.query_params.get("login_hint", "")})
        return self._sign_in_page(request, offer, form)

    async def take_name(
        self, request: Request, offer: Offer, form: Form, context: UserContext | None
    ) -> Response:
        """Go on with a name, and with a password where that is asked for at once."""
        username = form.get("username").strip()
        password = form.get("password")
        if not username:
            form.refuse("username", f"error.missing.{offer.login_by}")
        if not offer.by_choice and not password:
            form.refuse("password", "error.missing.password")
        if form.is_wrong:
            return self._sign_in_page(request, offer, form, status=422)
        next_path = self._site.next_path(request, form)
        factor = form.get("factor")
        try:
            if offer.by_choice:
                preferred: Any = factor if factor in _FACTORS else None
                result = await self._pool.sign_in.with_choice(
                    username, preferred_challenge=preferred, user_context=context
                )
            else:
                result = await self._pool.sign_in.with_password(username, password, user_context=context)
        except CognitoAuthError as exc:
            return self._not_in(request, offer, form, exc, username, next_path)
        return await self.go_on(request, result, username, next_path)

    def _not_in(
        self,
        request: Request,
        offer: Offer,
        form: Form,
        error: CognitoAuthError,
        username: str,
        next_path: str,
    ) -> Response:
        if error.code == "user_not_confirmed":
            return self._site.forward(
                request, Step("CONFIRM_SIGN_UP", next_path, username, {"late": True}), page="confirm"
            )
        if error.code == "password_reset_required":
            return self._site.forward(
                request, Step("RESET", next_path, username, {"demanded": True}), page="reset"
            )
        form.general = message_of(error)
        return self._sign_in_page(request, offer, form, status=error.status_code, headers=error.headers)

    def _sign_in_page(
        self,
        request: Request,
        offer: Offer,
        form: Form,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        next_path = self._site.next_path(request, form)
        return self._site.page(
            request,
            "sign_in.html",
            status=status,
            headers=headers,
            form=_without_secrets(form),
            offer=offer,
            next_path=next_path,
            providers=self._site.providers(request, offer.providers, next_path),
            notice=self._site.notice(request),
        )

    # What follows.

    async def go_on(
        self,
        request: Request,
        result: SignInResult,
        username: str,
        next_path: str,
        *,
        instead_of: str | None = None,
    ) -> Response:
        """Send the browser to what is asked next, or in."""
        if isinstance(result, Tokens):
            await self._flow.keep(request, result)
            cookies = [] if instead_of is None else self._site.steps.end(request, instead_of)
            return _redirect(self._site.below_root(request, next_path), cookies)
        step = await self._step_of(result, username, next_path)
        return self._site.forward(request, step, page="step", instead_of=instead_of)

    async def _step_of(self, challenge: Challenge, username: str, next_path: str) -> Step:
        data = challenge.model_dump(mode="json")
        step = Step(challenge.challenge, next_path, username, data)
        if challenge.challenge == "MFA_SETUP" and challenge.parameters.mfas_can_setup == [
            "SOFTWARE_TOKEN_MFA"
        ]:
            return await self._totp_set_up(step)
        return step

    async def _totp_set_up(self, step: Step) -> Step:
        secret = await self._pool.challenges.set_up_totp(step.data["session"])
        data = {
            "challenge": "MFA_SETUP",
            "session": secret.session,
            "secret_code": secret.secret_code,
            "otpauth_uri": secret.otpauth_uri,
        }
        return Step("TOTP_SETUP", step.next_path, step.username, data)

    def show_step(self, request: Request, step_id: str, offer: Offer) -> Response:
        """Show what is asked now."""
        step, in_time = self._site.steps.find(request, step_id)
        if step is None or not in_time or step.kind not in _TEMPLATES:
            return self.over(request, step)
        return self._step_page(request, step, offer, Form())

    async def answer_step(
        self, request: Request, step_id: str, form: Form, offer: Offer, context: UserContext | None
    ) -> Response:
        """Take an answer to what was asked."""
        step, in_time = self._site.steps.find(request, step_id)
        if step is None or not in_time or step.kind not in _TEMPLATES:
            return self.over(request, step)
        if step.kind == "MFA_SETUP" and form.get("answer"):
            return await self._set_up(request, step_id, step, offer, form)
        answer = self._answer_of(step, form)
        if answer is None:
            return self._step_page(request, step, offer, form, status=422)
        try:
            result = await self._pool.challenges.answer(answer, user_context=context)
        except _WRONG_CODE as exc:
            form.errors["code"] = message_of(exc)
            return self._step_page(request, step, offer, form, status=exc.status_code)
        except _BAD_PASSWORD as exc:
            form.errors["new_password"] = message_of(exc)
            return self._step_page(request, step, offer, form, status=exc.status_code)
        except (NotAuthorizedError, InvalidSessionError) as exc:
            # A wrong answer ends the attempt at Cognito, or it had ended before.
            refused = Form({"username": step.username})
            refused.general = message_of(exc)
            response = self._sign_in_page(request, offer, refused, status=exc.status_code)
            for cookie in self._site.steps.end(request, step_id):
                response.headers.append("set-cookie", cookie)
            return response
        except CognitoAuthError as exc:
            form.general = message_of(exc)
            return self._step_page(request, step, offer, form, status=exc.status_code, headers=exc.headers)
        return await self.go_on(request, result, step.username, step.next_path, instead_of=step_id)

    async def _set_up(self, request: Request, step_id: str, step: Step, offer: Offer, form: Form) -> Response:
        """Go on with the second factor that is to be set up."""
        wanted = form.get("answer")
        if wanted not in step.data["parameters"]["mfas_can_setup"]:
            form.refuse("answer", "error.missing.choice")
            return self._step_page(request, step, offer, form, status=422)
        if wanted == "SOFTWARE_TOKEN_MFA":
            following = await self._totp_set_up(step)
        else:
            following = Step("EMAIL_SETUP", step.next_path, step.username, dict(step.data))
        return self._site.forward(request, following, page="step", instead_of=step_id)

    def _answer_of(self, step: Step, form: Form) -> Any:
        """Return the answer that a form holds, or say in it what is missing."""
        given: dict[str, Any] = {name: value for name, value in form.values.items() if name in _SECRET_FIELDS}
        given |= {name: form.get(name) for name in ("answer", "email") if name in form.values}
        challenge = "MFA_SETUP" if step.kind in {"TOTP_SETUP", "EMAIL_SETUP"} else step.kind
        if step.kind == "NEW_PASSWORD_REQUIRED":
            given["attributes"] = {
                name: form.get(f"attribute.{name}").strip()
                for name in step.data["parameters"]["required_attributes"]
            }
            for name, value in given["attributes"].items():
                if not value:
                    form.refuse(f"attribute.{name}", "error.missing.attribute")
        if step.kind == "WEB_AUTHN":
            given["credential"] = _json(form.get("credential"))
        for name in _WANTED.get(step.kind, ()):
            if not given.get(name):
                form.refuse(name, f"error.missing.{_CALLED.get(name, name)}")
        if form.is_wrong:
            return None
        try:
            return _ANSWER.validate_python(
                {"challenge": challenge, "session": step.data["session"], **_fitting(step.kind, given)}
            )
        except ValidationError as exc:
            for fault in exc.errors(include_input=False, include_url=False):
                name = next(
                    (str(part) for part in fault["loc"] if part in _SECRET_FIELDS | {"answer", "email"}), ""
                )
                if name:
                    form.refuse(name, f"error.wrong.{_CALLED.get(name, name)}")
            if not form.is_wrong:
                form.refuse(_WANTED.get(step.kind, ("answer",))[0], "error.other")
            return None

    def _step_page(
        self,
        request: Request,
        step: Step,
        offer: Offer,
        form: Form,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        parameters = step.data.get("parameters", {})
        choices = parameters.get("available_challenges") or parameters.get("mfas_can_choose")
        uri = step.data.get("otpauth_uri")
        return self._site.page(
            request,
            _TEMPLATES[step.kind],
            status=status,
            headers=headers,
            form=_without_secrets(form),
            offer=offer,
            kind=step.kind,
            username=step.username,
            parameters=parameters,
            choices=choices or parameters.get("mfas_can_setup", []),
            secret_code=step.data.get("secret_code"),
            otpauth_uri=uri,
            qr_svg=None if uri is None else qr_svg(uri),
            again=self._site.address(request, "sign_in", next=step.next_path, login_hint=step.username),
        )

    def over(self, request: Request, step: Step | None) -> Response:
        """Say that the time for an attempt is over, and how to go on."""
        again: dict[str, str] = {}
        if step is not None:
            again = {"next": step.next_path, "login_hint": step.username}
        return self._site.page(
            request, "over.html", status=410, again=self._site.address(request, "sign_in", **again)
        )


_WANTED: Final[Mapping[str, tuple[str, ...]]] = {
    "PASSWORD": ("password",),
    "PASSWORD_SRP": ("password",),
    "SELECT_CHALLENGE": ("answer",),
    "SELECT_MFA_TYPE": ("answer",),
    "MFA_SETUP": ("answer",),
    "SOFTWARE_TOKEN_MFA": ("code",),
    "SMS_MFA": ("code",),
    "EMAIL_OTP": ("code",),
    "SMS_OTP": ("code",),
    "TOTP_SETUP": ("code",),
    "EMAIL_SETUP": ("email",),
    "NEW_PASSWORD_REQUIRED": ("new_password",),
    "WEB_AUTHN": ("credential",),
    "CUSTOM_CHALLENGE": ("answer",),
}
"""What each page must bring."""

_CALLED: Final[Mapping[str, str]] = {"answer": "choice", "credential": "passkey", "new_password": "password"}
"""What a field is called in the keys of messages."""


def _fitting(kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what belongs to the answer of a kind of step: forms may hold more."""
    names = {*_WANTED[kind], *(("attributes",) if kind == "NEW_PASSWORD_REQUIRED" else ())}
    return {name: value for name, value in given.items() if name in names}


def _json(text: str) -> Any:
    try:
        return untrusted_json.read(text.encode())
    except untrusted_json.UntrustedTextError:
        return None


def _without_secrets(form: Form) -> Form:
    kept = Form({name: value for name, value in form.values.items() if name not in _SECRET_FIELDS})
    kept.errors, kept.general = form.errors, form.general
    return kept


def _redirect(address: str, cookies: list[str]) -> Response:
    response = RedirectResponse(address, 303, {"Cache-Control": "no-store"})
    for cookie in cookies:
        response.headers.append("set-cookie", cookie)
    return response
