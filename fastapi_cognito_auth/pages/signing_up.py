"""Signing up, and a forgotten password: a name, a code, and in."""

from collections.abc import Mapping
from typing import Any

from fastapi import Response

from fastapi_cognito_auth.cognito.models import CodeDelivery
from fastapi_cognito_auth.cognito.pool import UserPool
from fastapi_cognito_auth.cognito.typed import read_code
from fastapi_cognito_auth.exceptions import CognitoAuthError
from fastapi_cognito_auth.pages.getting_in import GettingIn
from fastapi_cognito_auth.pages.messages import Form, blame, message_of
from fastapi_cognito_auth.pages.offer import Offer
from fastapi_cognito_auth.pages.site import Site
from fastapi_cognito_auth.pages.steps import Step
from fastapi_cognito_auth.pages.visit import Visit


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

    def ask(self, visit: Visit) -> Response:
        """Show the page to sign up."""
        return self._sign_up_page(visit)

    async def sign_up(self, visit: Visit) -> Response:
        """Create the user, and go on to the code."""
        form, offer = visit.form, visit.offer
        username, password = form.login(offer.login_by), form.get("password") or None
        attributes = form.attributes(_asked(offer))
        if offer.username_attributes:
            # The name is an address, and has to be given as one, too.
            address = form.address_as_name(offer.username_attributes)
            attributes |= address
            username = next(iter(address.values()), username)
        if password is None and not offer.without_password:
            form.refuse("password", "error.missing.password")
        if form.is_wrong:
            return self._sign_up_page(visit, status=422)
        step = Step("CONFIRM_SIGN_UP", self._site.next_path(visit.request, form), username)
        try:
            signed_up = await self._pool.sign_up.start(
                username, password, attributes, user_context=visit.context
            )
        except CognitoAuthError as exc:
            blame(form, exc, password="password")  # noqa: S106 - the name of a field
            return self._sign_up_page(visit, status=exc.status_code, headers=exc.headers)
        if signed_up.confirmed:
            return await self._confirmed(visit, step, signed_up.session)
        data = {"session": signed_up.session, "parameters": _where(signed_up.delivery)}
        return self._site.forward(visit.request, step.with_data(data))

    async def ask_code(self, visit: Visit, step_id: str) -> Response:
        """Show the page for the code of a sign-up."""
        step = self._site.step(visit.request, step_id, "CONFIRM_SIGN_UP")
        return await self._getting_in.over(visit, step_id) if step is None else self._code_page(visit, step)

    async def confirm(self, visit: Visit, step_id: str) -> Response:
        """Take the code, or send another one."""
        step = self._site.step(visit.request, step_id, "CONFIRM_SIGN_UP")
        if step is None:
            return await self._getting_in.over(visit, step_id)
        try:
            if visit.form.get("action") == "resend":
                await self._pool.sign_up.resend_code(step.username, user_context=visit.context)
                return self._sent_again(visit, step_id, step)
            code = _code(visit.form)
            if code is None:
                return self._code_page(visit, step, status=422)
            confirmed = await self._pool.sign_up.confirm(
                step.username, code, session=step.data.get("session"), user_context=visit.context
            )
        except CognitoAuthError as exc:
            blame(visit.form, exc, password="password")  # noqa: S106 - the name of a field
            return self._code_page(visit, step, status=exc.status_code, headers=exc.headers)
        return await self._confirmed(visit, step, confirmed.session, step_id=step_id)

    async def _confirmed(
        self, visit: Visit, step: Step, session: str | None, *, step_id: str | None = None
    ) -> Response:
        """Sign in who has just been confirmed, where the pool allows that, or ask for the password."""
        if session is not None:
            try:
                result = await self._pool.sign_in.with_choice(
                    step.username, session=session, user_context=visit.context
                )
            except CognitoAuthError:
                pass  # the user is confirmed all the same, and signs in by hand
            else:
                return await self._getting_in.go_on(visit, result, step, instead_of=step_id)
        return self._to_sign_in(visit, step, step_id, notice="confirmed")

    def ask_name(self, visit: Visit) -> Response:
        """Show the page for who has forgotten the password."""
        visit.form.values["username"] = visit.request.query_params.get("login_hint", "")
        return self._forgot_page(visit)

    async def forgot(self, visit: Visit) -> Response:
        """Have a code sent, and go on to the new password: alike for everybody."""
        username = visit.form.login(visit.offer.login_by)
        if visit.form.is_wrong:
            return self._forgot_page(visit, status=422)
        try:
            await self._pool.password.forgot(username, user_context=visit.context)
        except CognitoAuthError as exc:
            visit.form.general = message_of(exc)
            return self._forgot_page(visit, status=exc.status_code, headers=exc.headers)
        step = Step("RESET", self._site.next_path(visit.request, visit.form), username)
        return self._site.forward(visit.request, step)

    async def ask_new_password(self, visit: Visit, step_id: str) -> Response:
        """Show the page for the code and the new password."""
        step = self._site.step(visit.request, step_id, "RESET")
        return await self._getting_in.over(visit, step_id) if step is None else self._reset_page(visit, step)

    async def reset(self, visit: Visit, step_id: str) -> Response:
        """Take the code and the new password, or send another code."""
        step = self._site.step(visit.request, step_id, "RESET")
        if step is None:
            return await self._getting_in.over(visit, step_id)
        form = visit.form
        try:
            if form.get("action") == "resend":
                await self._pool.password.forgot(step.username, user_context=visit.context)
                return self._sent_again(visit, step_id, step)
            code, password = _code(form), form.get("new_password")
            if not password:
                form.refuse("new_password", "error.missing.password")
            if code is None or form.is_wrong:
                return self._reset_page(visit, step, status=422)
            await self._pool.password.reset(step.username, code, password, user_context=visit.context)
        except CognitoAuthError as exc:
            blame(form, exc, password="new_password")  # noqa: S106 - the name of a field
            return self._reset_page(visit, step, status=exc.status_code, headers=exc.headers)
        return self._to_sign_in(visit, step, step_id, notice="password_reset")

    def _sent_again(self, visit: Visit, step_id: str, step: Step) -> Response:
        following = step.with_data({**step.data, "resent": True})
        return self._site.forward(visit.request, following, instead_of=step_id)

    def _to_sign_in(self, visit: Visit, step: Step, step_id: str | None, *, notice: str) -> Response:
        cookies = [] if step_id is None else self._site.steps.end(visit.request, step_id)
        return self._site.see_other(self._site.start_again(visit.request, step, notice=notice), cookies)

    def _sign_up_page(
        self, visit: Visit, *, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> Response:
        next_path = self._site.next_path(visit.request, visit.form)
        return self._page(
            visit, "sign_up.html", status, headers, attributes=_asked(visit.offer), next_path=next_path
        )

    def _code_page(
        self, visit: Visit, step: Step, *, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> Response:
        return self._page(visit, "confirm.html", status, headers, **self._of(visit, step))

    def _forgot_page(
        self, visit: Visit, *, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> Response:
        next_path = self._site.next_path(visit.request, visit.form)
        return self._page(visit, "forgot_password.html", status, headers, next_path=next_path)

    def _reset_page(
        self, visit: Visit, step: Step, *, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> Response:
        return self._page(visit, "reset_password.html", status, headers, **self._of(visit, step))

    def _of(self, visit: Visit, step: Step) -> dict[str, Any]:
        return {
            "username": step.username,
            "next_path": step.next_path,
            "parameters": step.data.get("parameters", {}),
            "late": step.data.get("late", False),
            "demanded": step.data.get("demanded", False),
            "resent": step.data.get("resent", False),
            "again": self._site.start_again(visit.request, step),
        }

    def _page(
        self,
        visit: Visit,
        template: str,
        status: int,
        headers: Mapping[str, str] | None,
        **context: Any,
    ) -> Response:
        return self._site.page(
            visit.request,
            template,
            status=status,
            headers=headers,
            form=visit.form.without_secrets(),
            offer=visit.offer,
            **context,
        )


def _asked(offer: Offer) -> list[str]:
    """Return the attributes that a page asks for beside the name."""
    return [name for name in offer.required if name not in offer.username_attributes]


def _where(delivery: CodeDelivery | None) -> dict[str, str]:
    return {} if delivery is None else {"medium": delivery.medium, "destination": delivery.destination}


def _code(form: Form) -> str | None:
    typed = form.get("code")
    try:
        return read_code(typed)
    except ValueError:
        form.refuse("code", "error.wrong.code" if typed.strip() else "error.missing.code")
        return None
