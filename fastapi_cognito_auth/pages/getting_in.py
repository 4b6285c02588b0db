"""Getting in: what a browser is asked, one page after the other, until somebody is signed in."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from fastapi import Response

from fastapi_cognito_auth.cognito.answers import SelectChallengeAnswer
from fastapi_cognito_auth.cognito.models import Challenge, SelectChallenge, SignInResult, Tokens
from fastapi_cognito_auth.cognito.otpauth import qr_svg
from fastapi_cognito_auth.cognito.pool import UserPool
from fastapi_cognito_auth.cognito.sign_in import FirstFactor
from fastapi_cognito_auth.dependencies.request_cookies import request_cookies
from fastapi_cognito_auth.exceptions import (
    CognitoAuthError,
    InvalidSessionError,
    NotAuthorizedError,
)
from fastapi_cognito_auth.pages import remembering
from fastapi_cognito_auth.pages.answers import TEMPLATES, answer_of, choices_in, is_password, parameters_of
from fastapi_cognito_auth.pages.attempts import FIRST_FACTORS, OFFERED, Attempts, chosen_in
from fastapi_cognito_auth.pages.called import called
from fastapi_cognito_auth.pages.messages import Form, Message, blame, message_of
from fastapi_cognito_auth.pages.remembering import Remembering
from fastapi_cognito_auth.pages.site import Site
from fastapi_cognito_auth.pages.steps import Step, StepTooLargeError
from fastapi_cognito_auth.pages.visit import Visit
from fastapi_cognito_auth.pages.wishes import STEP_UP, wishes
from fastapi_cognito_auth.routers.session_flow import CookieSessionFlow

_SENT: Final = frozenset({"EMAIL_OTP", "SMS_OTP"})
_SHOWN_BY_AN_APP: Final = frozenset({"SOFTWARE_TOKEN_MFA", "TOTP_SETUP"})


class GettingIn:
    """Takes a browser from one page to the next.

    Args:
        site: makes the pages, and knows where they are.
        pool: signs people in.
        flow: keeps them signed in.
        remembering: knows their browsers.
    """

    def __init__(self, site: Site, pool: UserPool, flow: CookieSessionFlow, remembering: Remembering) -> None:
        self._site = site
        self._pool = pool
        self._flow = flow
        self._remembering = remembering
        self._attempts = Attempts(pool, flow, remembering)

    async def ask_name(self, visit: Visit) -> Response:
        """Show the first page, or who is signed in already.

        Where more than that is asked for (RFC 9470), who is signed in signs in once more.
        """
        query = visit.request.query_params
        visit.form.values.update({name: query[name] for name in STEP_UP if query.get(name)})
        current = await self._flow.current(visit.request)
        if current is not None:
            name = await called(current.user, visit.request, self._flow, self._pool)
            if visit.form.values:
                visit.form.values["username"] = name
                return self._first_page(visit, known=True)
            next_path = self._site.below_root(visit.request, self._site.next_path(visit.request))
            return self._site.page(
                visit.request, "already_signed_in.html", username=name, next_path=next_path
            )
        if "login_hint" in query:
            visit.form.values["username"] = query["login_hint"]
            return self._first_page(visit)
        last = self._remembering.last_names.find(visit.request)
        if last is not None:
            visit.form.values |= {"username": last.login, OFFERED: "1"}
        return self._first_page(visit)

    async def take_name(self, visit: Visit) -> Response:
        """Go on with a name, and with a password where that is asked for at once."""
        form, offer, query = visit.form, visit.offer, visit.request.query_params
        for name in STEP_UP:
            # A template of the team may leave them to the address.
            if query.get(name):
                form.values.setdefault(name, query[name])
        if form.get("action") == "forget":
            asked = {name: form.get(name) for name in STEP_UP}
            first = self._site.address(
                visit.request, "sign_in", next=self._site.next_path(visit.request, form), **asked
            )
            return self._site.see_other(first, self._remembering.last_names.forget(visit.request))
        username = form.login(offer.login_by)
        if not offer.name_first and not form.get("password"):
            form.refuse("password", "error.missing.password")
        if form.is_wrong:
            return self._first_page(visit, status=422)
        if offer.closed:
            return self._first_page(visit, status=503)
        way = "" if offer.name_first else "PASSWORD"
        next_path = self._site.next_path(visit.request, form)
        step = Step("", next_path, username, way=way, wishes=wishes(form))
        try:
            result = await self._attempts.begin(visit, username)
        except CognitoAuthError as exc:
            if (elsewhere := _to_do_first(exc, step)) is not None:
                return self._site.forward(visit.request, elsewhere)
            form.general = message_of(exc)
            return self._first_page(visit, status=exc.status_code, headers=exc.headers)
        return await self.go_on(visit, result, step)

    def _first_page(
        self,
        visit: Visit,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        known: bool = False,
        here: str | None = None,
    ) -> Response:
        next_path = self._site.next_path(visit.request, visit.form)
        return self._site.page(
            visit.request,
            "sign_in.html",
            status=status,
            headers=headers,
            here=here,
            form=visit.form.without_secrets(),
            offer=visit.offer,
            known=known,
            offered=bool(visit.form.get(OFFERED)) and not known,
            next_path=next_path,
            providers=self._site.providers(
                visit.request, visit.offer.providers, next_path, wishes(visit.form)
            ),
            notice=self._site.notice(visit.request),
        )

    async def go_on(
        self, visit: Visit, result: SignInResult, step: Step, *, instead_of: str | None = None
    ) -> Response:
        """Send the browser to what is asked next, or in.

        Args:
            visit: of the page before.
            result: what Cognito answered.
            step: who it is, and where they want to go.
            instead_of: the id of the attempt so far.
        """
        request = visit.request
        if isinstance(result, Tokens):
            cookies = [] if instead_of is None else self._site.steps.end(request, instead_of)
            return await self._remembering.let_in(visit, result, step, cookies)
        if (
            isinstance(result, SelectChallenge)
            and len(ways := choices_in(parameters_of(result))) == 1
            and not is_password(ways[0])
        ):
            # Nobody has to choose the only one.
            only = SelectChallengeAnswer(session=result.session, answer=ways[0])
            result = await self._pool.challenges.answer(only, user_context=visit.context)
            step = replace(step, way=ways[0])
            return await self.go_on(visit, result, step, instead_of=instead_of)
        following = await self._step_of(result, step)
        return self._site.forward(request, following, instead_of=instead_of)

    async def _step_of(self, challenge: Challenge, before: Step) -> Step:
        data = challenge.model_dump(mode="json")
        # The first that is asked for by itself is what was preferred.
        way = before.way or (challenge.challenge if challenge.challenge in FIRST_FACTORS else "")
        step = replace(before, kind=challenge.challenge, data=data, way=way)
        if challenge.challenge == "MFA_SETUP" and choices_in(data["parameters"]) == ["SOFTWARE_TOKEN_MFA"]:
            return await self._totp_set_up(step)
        return step

    async def _totp_set_up(self, step: Step) -> Step:
        secret = await self._pool.challenges.set_up_totp(step.data["session"])
        data = {
            "session": secret.session,
            "secret_code": secret.secret_code,
            "otpauth_uri": secret.otpauth_uri,
        }
        return replace(step, kind="TOTP_SETUP", data=data)

    async def show_step(self, visit: Visit, step_id: str) -> Response:
        """Show what is asked now."""
        step = self._site.step(visit.request, step_id, *TEMPLATES, remembering.KIND)
        if step is None:
            return await self.over(visit, step_id)
        if step.kind == remembering.KIND:
            return self._remembering.ask(visit, step)
        return self._step_page(visit, step)

    async def over(self, visit: Visit, step_id: str) -> Response:
        """Go on from a step that is none any more: where it led to, or with who is signed in by now.

        So going back, a reload and a form that was sent twice are harmless.
        """
        site, request = self._site, visit.request
        following = site.steps.following(request, step_id)
        if following is not None:
            return site.see_other(site.address_of(request, following))
        if await self._flow.current(request) is not None:
            return site.see_other(site.address(request, "sign_in", next=site.next_path(request)))
        if not request_cookies(request):
            self._flow.session.warn_of_lost_cookies(request)
        return site.over(request, step_id)

    async def answer_step(self, visit: Visit, step_id: str) -> Response:
        """Take an answer to what was asked."""
        step = self._site.step(visit.request, step_id, *TEMPLATES, remembering.KIND)
        if step is None:
            return await self.over(visit, step_id)
        if step.kind == remembering.KIND:
            return await self._remembering.take_answer(visit, step_id, step)
        if step.kind == "MFA_SETUP" and visit.form.get("answer"):
            return await self._set_up(visit, step_id, step)
        return await self._take_answer(visit, step_id, step)

    async def _take_answer(self, visit: Visit, step_id: str, step: Step) -> Response:
        if visit.form.get("action") == "resend" and _can_be_sent_again(visit, step):
            return await self._send_again(visit, step_id, step)
        answer = answer_of(step, visit.form)
        if answer is None:
            return self._step_page(visit, step, status=422)
        try:
            result = await self._attempts.answer(visit, step, answer)
        except (NotAuthorizedError, InvalidSessionError) as exc:
            return await self._refused(visit, step_id, step, chosen_in(answer, step), exc)
        except CognitoAuthError as exc:
            if (elsewhere := _to_do_first(exc, step)) is not None:
                return self._site.forward(visit.request, elsewhere, instead_of=step_id)
            blame(visit.form, exc, password="new_password")  # noqa: S106 - the name of a field
            if not _can_be_sent_again(visit, step):
                _say_what_helps(visit.form, step)
            return self._step_page(visit, step, status=exc.status_code, headers=exc.headers)
        if step.kind == "SELECT_CHALLENGE":
            step = replace(step, way=answer.answer)
        return await self.go_on(visit, result, step, instead_of=step_id)

    async def _refused(
        self, visit: Visit, step_id: str, step: Step, chosen: FirstFactor | None, error: CognitoAuthError
    ) -> Response:
        """Go on after what ends an attempt at Cognito, or after one that had ended before.

        Who has mistyped a password types that again, and nothing else; and a password for which somebody
        took so long that the attempt had ended is given to a new one.
        """
        if chosen is None or not is_password(chosen) or not visit.offer.by_choice:
            return self._thrown_back(visit, step_id, step, error)
        try:
            if isinstance(error, InvalidSessionError):
                try:
                    result = await self._attempts.once_more(visit, step, chosen)
                    return await self.go_on(visit, result, replace(step, way=chosen), instead_of=step_id)
                except NotAuthorizedError as exc:
                    error = exc
            result = await self._attempts.by_choice(visit, step.username, Form(step.wishes))
        except CognitoAuthError as exc:
            if (elsewhere := _to_do_first(exc, step)) is not None:
                return self._site.forward(visit.request, elsewhere, instead_of=step_id)
            return self._thrown_back(visit, step_id, step, exc)
        return await self._password_again(visit, step_id, step, result, error)

    async def _password_again(
        self, visit: Visit, step_id: str, step: Step, result: SignInResult, error: CognitoAuthError
    ) -> Response:
        """Ask for the password in a new attempt, and say what was wrong with the one before."""
        if isinstance(result, Tokens):
            return await self.go_on(visit, result, step, instead_of=step_id)
        following = await self._step_of(result, step)
        try:
            address, cookies = self._site.keep(visit.request, following, instead_of=step_id)
        except StepTooLargeError:
            return self._site.too_large(visit.request, following)
        visit.form.errors["password"] = message_of(error)
        response = self._step_page(
            visit, following, status=error.status_code, headers=error.headers, action=address
        )
        for cookie in cookies:
            response.headers.append("set-cookie", cookie)
        return response

    async def _send_again(self, visit: Visit, step_id: str, step: Step) -> Response:
        """Have another code sent: Cognito sends one with each attempt that begins."""
        try:
            result = await self._attempts.by_choice(
                visit, step.username, Form(step.wishes), preferred=FIRST_FACTORS[step.kind]
            )
        except CognitoAuthError as exc:
            visit.form.general = message_of(exc)
            return self._step_page(visit, step, status=exc.status_code, headers=exc.headers)
        if isinstance(result, Tokens) or result.challenge != step.kind:
            return await self.go_on(visit, result, step, instead_of=step_id)
        following = await self._step_of(result, step)
        sent = {**following.data, "resent": True}
        return self._site.forward(visit.request, following.with_data(sent), instead_of=step_id)

    def _thrown_back(self, visit: Visit, step_id: str, step: Step, error: CognitoAuthError) -> Response:
        """Show the first page again: a wrong answer ends the attempt at Cognito, or it had ended before."""
        form = Form({"username": step.username, "next": step.next_path, **step.wishes})
        form.general = message_of(error)
        again = self._site.start_again(visit.request, step)
        response = self._first_page(visit._replace(form=form), status=error.status_code, here=again)
        for cookie in self._site.steps.end(visit.request, step_id):
            response.headers.append("set-cookie", cookie)
        return response

    async def _set_up(self, visit: Visit, step_id: str, step: Step) -> Response:
        """Go on with the second factor that is to be set up."""
        wanted = visit.form.get("answer")
        if wanted not in choices_in(step.data["parameters"]):
            visit.form.refuse("answer", "error.missing.choice")
            return self._step_page(visit, step, status=422)
        if wanted == "SOFTWARE_TOKEN_MFA":
            following = await self._totp_set_up(step)
        else:
            following = replace(step, kind="EMAIL_SETUP")
        return self._site.forward(visit.request, following, instead_of=step_id)

    def _step_page(
        self,
        visit: Visit,
        step: Step,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        action: str | None = None,
    ) -> Response:
        parameters = step.data.get("parameters", {})
        uri = step.data.get("otpauth_uri")
        return self._site.page(
            visit.request,
            TEMPLATES[step.kind],
            status=status,
            headers=headers,
            here=action,
            action=action,
            form=visit.form.without_secrets(),
            offer=visit.offer,
            kind=step.kind,
            username=step.username,
            parameters=parameters,
            choices=choices_in(parameters),
            password_choice=next(filter(is_password, choices_in(parameters)), None),
            resendable=_can_be_sent_again(visit, step),
            resent=step.data.get("resent", False),
            secret_code=step.data.get("secret_code"),
            otpauth_uri=uri,
            qr_svg=None if uri is None else qr_svg(uri),
            next_path=step.next_path,
            again=self._site.start_again(visit.request, step),
        )


def _to_do_first(error: CognitoAuthError, step: Step) -> Step | None:
    """Return what somebody has to do before they can sign in, if that is what an error says."""
    if error.code == "user_not_confirmed":
        return replace(step, kind="CONFIRM_SIGN_UP", data={"late": True})
    if error.code == "password_reset_required":
        return replace(step, kind="RESET", data={"demanded": True})
    return None


def _can_be_sent_again(visit: Visit, step: Step) -> bool:
    """Tell whether a code can be had anew without anything else: one that is the first factor."""
    return visit.offer.by_choice and step.kind in _SENT and step.way == step.kind


def _say_what_helps(form: Form, step: Step) -> None:
    """Say of a wrong code what somebody can do: nobody can ask for another one here."""
    if "code" not in form.errors:
        return
    if step.kind in _SHOWN_BY_AN_APP:
        form.errors["code"] = Message("error.enable_software_token_mfa")
    elif form.errors["code"].key in {"error.code_mismatch", "error.expired_code"}:
        form.errors["code"] = Message("error.code_of_second_step")
