"""Signing up, and a forgotten password: a name, a code, and in."""

from collections.abc import Mapping
from typing import Final

from fastapi import Request, Response

from fastapi_cognito_auth.cognito.attempt import UserContext
from fastapi_cognito_auth.cognito.models import CodeDelivery
from fastapi_cognito_auth.cognito.pool import UserPool
from fastapi_cognito_auth.cognito.typed import read_code
from fastapi_cognito_auth.exceptions import (
    AliasExistsError,
    CodeMismatchError,
    CognitoAuthError,
    InvalidPasswordError,
    PasswordHistoryPolicyViolationError,
    UsernameExistsError,
)
from fastapi_cognito_auth.pages.getting_in import GettingIn
from fastapi_cognito_auth.pages.messages import Form, message_of
from fastapi_cognito_auth.pages.offer import Offer
from fastapi_cognito_auth.pages.site import Site
from fastapi_cognito_auth.pages.steps import Step

_SECRET: Final = frozenset({"password", "new_password", "code"})
_BAD_PASSWORD: Final = (InvalidPasswordError, PasswordHistoryPolicyViolationError)


class SigningUp:
    """Takes a browser through sign-up, confirmation and the reset of a password.

    Args:
        site: makes the pages, and knows where they are.
        pool: signs people up.
        getting_in: signs them in when they are through.
    """

    def __init__(self, site: Site, pool: UserPool, getting_in: GettingIn) -> None:
        self._site = site
        self._pool = pool
        self._getting_in = getting_in

    # Signing up.

    def ask(self, request: Request, offer: Offer) -> Response:
        """Show the page to sign up."""
        return self._sign_up_page(request, offer, Form())

    async def sign_up(
        self, request: Request, offer: Offer, form: Form, context: UserContext | None
    ) -> Response:
        """Create the user, and go on to the code."""
        attributes = {name: form.get(f"attribute.{name}").strip() for name in _asked(offer)}
        username = form.get("username").strip()
        if not username:
            form.refuse("username", f"error.missing.{offer.login_by}")
        for name, value in attributes.items():
            if not value:
                form.refuse(f"attribute.{name}", "error.missing.attribute")
        password = form.get("password") or None
        if password is None and not offer.without_password:
            form.refuse("password", "error.missing.password")
        if form.is_wrong:
            return self._sign_up_page(request, offer, form, status=422)
        kind = _kind_of(username) if offer.username_attributes else None
        if kind is not None:
            attributes[kind] = username
        next_path = self._site.next_path(request, form)
        try:
            signed_up = await self._pool.sign_up.start(username, password, attributes, user_context=context)
        except _BAD_PASSWORD as exc:
            form.errors["password"] = message_of(exc)
            return self._sign_up_page(request, offer, form, status=exc.status_code)
        except (UsernameExistsError, AliasExistsError) as exc:
            form.errors["username"] = message_of(exc)
            return self._sign_up_page(request, offer, form, status=exc.status_code)
        except CognitoAuthError as exc:
            form.general = message_of(exc)
            return self._sign_up_page(request, offer, form, status=exc.status_code, headers=exc.headers)
        if signed_up.confirmed:
            return await self._confirmed(request, username, signed_up.session, next_path, context)
        data = {"session": signed_up.session, **_where(signed_up.delivery)}
        return self._site.forward(request, Step("CONFIRM_SIGN_UP", next_path, username, data), page="confirm")

    # The code of a sign-up.

    def ask_code(self, request: Request, step_id: str) -> Response:
        """Show the page for the code of a sign-up."""
        step, in_time = self._site.steps.find(request, step_id)
        if step is None or not in_time or step.kind != "CONFIRM_SIGN_UP":
            return self._getting_in.over(request, step)
        return self._code_page(request, step, Form())

    async def confirm(
        self, request: Request, step_id: str, form: Form, context: UserContext | None
    ) -> Response:
        """Take the code, or send another one."""
        step, in_time = self._site.steps.find(request, step_id)
        if step is None or not in_time or step.kind != "CONFIRM_SIGN_UP":
            return self._getting_in.over(request, step)
        if form.get("action") == "resend":
            try:
                await self._pool.sign_up.resend_code(step.username, user_context=context)
            except CognitoAuthError as exc:
                form.general = message_of(exc)
                return self._code_page(request, step, form, status=exc.status_code, headers=exc.headers)
            data = {**step.data, "resent": True}
            following = Step(step.kind, step.next_path, step.username, data)
            return self._site.forward(request, following, page="confirm", instead_of=step_id)
        code = _code(form)
        if form.is_wrong:
            return self._code_page(request, step, form, status=422)
        try:
            confirmed = await self._pool.sign_up.confirm(
                step.username, code, session=step.data.get("session"), user_context=context
            )
        except CodeMismatchError as exc:
            form.errors["code"] = message_of(exc)
            return self._code_page(request, step, form, status=exc.status_code)
        except CognitoAuthError as exc:
            form.general = message_of(exc)
            return self._code_page(request, step, form, status=exc.status_code, headers=exc.headers)
        return await self._confirmed(
            request, step.username, confirmed.session, step.next_path, context, step_id=step_id
        )

    async def _confirmed(
        self,
        request: Request,
        username: str,
        session: str | None,
        next_path: str,
        context: UserContext | None,
        *,
        step_id: str | None = None,
    ) -> Response:
        if session is not None:
            try:
                result = await self._pool.sign_in.with_choice(username, session=session, user_context=context)
                return await self._getting_in.go_on(request, result, username, next_path, instead_of=step_id)
            except CognitoAuthError:
                pass  # the user is confirmed all the same, and signs in by hand
        cookies = [] if step_id is None else self._site.steps.end(request, step_id)
        address = self._site.address(
            request, "sign_in", next=next_path, login_hint=username, notice="confirmed"
        )
        return self._site.see_other(address, cookies)

    # A forgotten password.

    def ask_name(self, request: Request, offer: Offer) -> Response:
        """Show the page for who has forgotten the password."""
        form = Form({"username": request.query_params.get("login_hint", "")})
        return self._forgot_page(request, offer, form)

    async def forgot(
        self, request: Request, offer: Offer, form: Form, context: UserContext | None
    ) -> Response:
        """Have a code sent, and go on to the new password: alike for everybody."""
        username = form.get("username").strip()
        if not username:
            form.refuse("username", f"error.missing.{offer.login_by}")
            return self._forgot_page(request, offer, form, status=422)
        try:
            await self._pool.password.forgot(username, user_context=context)
        except CognitoAuthError as exc:
            form.general = message_of(exc)
            return self._forgot_page(request, offer, form, status=exc.status_code, headers=exc.headers)
        step = Step("RESET", self._site.next_path(request, form), username)
        return self._site.forward(request, step, page="reset")

    def ask_new_password(self, request: Request, step_id: str, offer: Offer) -> Response:
        """Show the page for the code and the new password."""
        step, in_time = self._site.steps.find(request, step_id)
        if step is None or not in_time or step.kind != "RESET":
            return self._getting_in.over(request, step)
        return self._reset_page(request, step, offer, Form())

    async def reset(
        self, request: Request, step_id: str, form: Form, offer: Offer, context: UserContext | None
    ) -> Response:
        """Take the code and the new password."""
        step, in_time = self._site.steps.find(request, step_id)
        if step is None or not in_time or step.kind != "RESET":
            return self._getting_in.over(request, step)
        if form.get("action") == "resend":
            return await self._send_again(request, step_id, step, form, offer, context)
        code = _code(form)
        if not form.get("new_password"):
            form.refuse("new_password", "error.missing.password")
        if form.is_wrong:
            return self._reset_page(request, step, offer, form, status=422)
        try:
            await self._pool.password.reset(
                step.username, code, form.get("new_password"), user_context=context
            )
        except CodeMismatchError as exc:
            form.errors["code"] = message_of(exc)
            return self._reset_page(request, step, offer, form, status=exc.status_code)
        except _BAD_PASSWORD as exc:
            form.errors["new_password"] = message_of(exc)
            return self._reset_page(request, step, offer, form, status=exc.status_code)
        except CognitoAuthError as exc:
            form.general = message_of(exc)
            return self._reset_page(request, step, offer, form, status=exc.status_code, headers=exc.headers)
        address = self._site.address(
            request, "sign_in", next=step.next_path, login_hint=step.username, notice="password_reset"
        )
        return self._site.see_other(address, self._site.steps.end(request, step_id))

    async def _send_again(
        self,
        request: Request,
        step_id: str,
        step: Step,
        form: Form,
        offer: Offer,
        context: UserContext | None,
    ) -> Response:
        try:
            await self._pool.password.forgot(step.username, user_context=context)
        except CognitoAuthError as exc:
            form.general = message_of(exc)
            return self._reset_page(request, step, offer, form, status=exc.status_code, headers=exc.headers)
        following = Step(step.kind, step.next_path, step.username, {**step.data, "resent": True})
        return self._site.forward(request, following, page="reset", instead_of=step_id)

    # The pages.

    def _sign_up_page(
        self,
        request: Request,
        offer: Offer,
        form: Form,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        return self._site.page(
            request,
            "sign_up.html",
            status=status,
            headers=headers,
            form=_bare(form),
            offer=offer,
            attributes=_asked(offer),
            next_path=self._site.next_path(request, form),
        )

    def _code_page(
        self,
        request: Request,
        step: Step,
        form: Form,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        return self._site.page(
            request,
            "confirm.html",
            status=status,
            headers=headers,
            form=_bare(form),
            username=step.username,
            parameters=step.data,
            again=self._site.address(request, "sign_up", next=step.next_path),
        )

    def _forgot_page(
        self,
        request: Request,
        offer: Offer,
        form: Form,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        return self._site.page(
            request,
            "forgot_password.html",
            status=status,
            headers=headers,
            form=_bare(form),
            offer=offer,
            next_path=self._site.next_path(request, form),
        )

    def _reset_page(
        self,
        request: Request,
        step: Step,
        offer: Offer,
        form: Form,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        return self._site.page(
            request,
            "reset_password.html",
            status=status,
            headers=headers,
            form=_bare(form),
            offer=offer,
            username=step.username,
            parameters=step.data,
            again=self._site.address(request, "sign_in", next=step.next_path, login_hint=step.username),
        )


def _asked(offer: Offer) -> list[str]:
    """Return the attributes that a page asks for beside the name."""
    return [name for name in offer.required if name not in offer.username_attributes]


def _kind_of(username: str) -> str:
    """Return what a name is where it is an address."""
    return "email" if "@" in username else "phone_number"


def _where(delivery: CodeDelivery | None) -> dict[str, str]:
    return {} if delivery is None else {"medium": delivery.medium, "destination": delivery.destination}


def _code(form: Form) -> str:
    try:
        return read_code(form.get("code"))
    except ValueError:
        form.refuse("code", "error.wrong.code" if form.get("code").strip() else "error.missing.code")
        return ""


def _bare(form: Form) -> Form:
    """Return a form without what no page repeats."""
    kept = Form({name: value for name, value in form.values.items() if name not in _SECRET})
    kept.errors, kept.general = form.errors, form.general
    return kept
