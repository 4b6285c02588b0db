"""My account: the password, the second factors and the passkeys of somebody, each with a recent sign-in."""

from collections.abc import Mapping
from typing import Any

from fastapi import Response
from pydantic import TypeAdapter, ValidationError

from fastapi_cognito_auth.cognito.factors import MfaPreference, MfaSettings
from fastapi_cognito_auth.cognito.otpauth import qr_svg
from fastapi_cognito_auth.cognito.pool import UserPool
from fastapi_cognito_auth.cognito.typed import read_code
from fastapi_cognito_auth.dependencies.freshness import Freshness
from fastapi_cognito_auth.exceptions import CognitoAuthError, NotAuthorizedError
from fastapi_cognito_auth.formats import untrusted_json
from fastapi_cognito_auth.formats.passkey_json import RegistrationResponse
from fastapi_cognito_auth.pages.messages import Message, blame
from fastapi_cognito_auth.pages.site import Site
from fastapi_cognito_auth.pages.steps import Step
from fastapi_cognito_auth.pages.visit import SignedInVisit

_MEMBERS = {
    "SOFTWARE_TOKEN_MFA": "software_token_mfa_settings",
    "SMS_MFA": "sms_mfa_settings",
    "EMAIL_OTP": "email_mfa_settings",
}
"""What each second factor is called where it is switched."""


class MySecurity:
    """Changes what guards an account.

    Args:
        site: makes the pages, and knows where they are.
        pool: knows the account.
        freshness: how recent the sign-in must be.
    """

    def __init__(self, site: Site, pool: UserPool, freshness: Freshness) -> None:
        self._site = site
        self._pool = pool
        self._freshness = freshness

    def ask_password(self, here: SignedInVisit) -> Response:
        """Show the page for a new password."""
        return self._page(here, "my_password.html")

    async def change_password(self, here: SignedInVisit) -> Response:
        """Change the password."""
        form = here.visit.form
        for name in ("previous_password", "new_password"):
            if not form.get(name):
                form.refuse(name, "error.missing.password")
        if form.is_wrong:
            return self._page(here, "my_password.html", status=422)
        try:
            await self._pool.password.change(
                here.access_token,
                form.get("new_password"),
                previous_password=form.get("previous_password"),
            )
        except NotAuthorizedError as exc:
            form.refuse("previous_password", "error.wrong.previous_password")
            return self._page(here, "my_password.html", status=exc.status_code)
        except CognitoAuthError as exc:
            blame(form, exc, password="new_password")  # noqa: S106 - the name of a field
            return self._page(here, "my_password.html", status=exc.status_code, headers=exc.headers)
        return self._back(here, "password_changed")

    async def begin_authenticator(self, here: SignedInVisit) -> Response:
        """Get a secret for an authenticator app, and go on to its first code."""
        self._freshness.demand(here.user)
        secret = await self._pool.mfa.start_totp(here.access_token, account=here.user.username)
        data = {"secret_code": secret.secret_code, "otpauth_uri": secret.otpauth_uri}
        step = Step("ADD_TOTP", "/", here.user.username, data)
        return self._site.forward(here.visit.request, step, page="authenticator")

    def show_authenticator(self, here: SignedInVisit, step_id: str) -> Response:
        """Show the picture, and ask for the first code."""
        step = self._step(here, step_id)
        if step is None:
            return self._back(here, "took_too_long")
        return self._authenticator_page(here, step)

    async def add_authenticator(self, here: SignedInVisit, step_id: str) -> Response:
        """Take the first code, and ask for codes from then on."""
        self._freshness.demand(here.user)
        step, form = self._step(here, step_id), here.visit.form
        if step is None:
            return self._back(here, "took_too_long")
        try:
            code = read_code(form.get("code"))
            await self._pool.mfa.verify_totp(here.access_token, code, device_name=form.get("name") or None)
            await self._switch(here, "SOFTWARE_TOKEN_MFA", MfaSettings(enabled=True, preferred_mfa=True))
        except ValueError:
            form.refuse("code", "error.wrong.code" if form.get("code").strip() else "error.missing.code")
            return self._authenticator_page(here, step, status=422)
        except CognitoAuthError as exc:
            blame(form, exc, password="")
            return self._authenticator_page(here, step, status=exc.status_code, headers=exc.headers)
        address = self._site.address(here.visit.request, "my_account", notice="authenticator_added")
        return self._site.see_other(address, self._site.steps.end(here.visit.request, step_id))

    async def switch_factor(self, here: SignedInVisit) -> Response:
        """Switch a second factor on, off, or to be asked for first."""
        self._freshness.demand(here.user)
        factor, wanted = here.visit.form.get("factor"), here.visit.form.get("action")
        settings = {
            "on": MfaSettings(enabled=True),
            "first": MfaSettings(enabled=True, preferred_mfa=True),
            "off": MfaSettings(enabled=False),
        }.get(wanted)
        if settings is None or factor not in _MEMBERS:
            return self._refused(here, Message("error.invalid_request"), 422)
        await self._switch(here, factor, settings)
        return self._back(here, "factor_switched")

    async def _switch(self, here: SignedInVisit, factor: str, settings: MfaSettings) -> None:
        await self._pool.mfa.set_preference(
            here.access_token, MfaPreference.model_validate({_MEMBERS[factor]: settings})
        )

    async def ask_passkey(self, here: SignedInVisit) -> Response:
        """Show the page on which a passkey is made."""
        self._freshness.demand(here.user)
        created = await self._pool.passkeys.start(here.access_token)
        options = created.model_dump(mode="json", by_alias=False)["credential_creation_options"]
        return self._page(here, "my_passkey.html", options=options)

    async def add_passkey(self, here: SignedInVisit) -> Response:
        """Take the passkey that the browser made."""
        self._freshness.demand(here.user)
        try:
            sent = untrusted_json.read(here.visit.form.get("credential").encode())
            credential = TypeAdapter(RegistrationResponse).validate_python(sent)
        except (untrusted_json.UntrustedTextError, ValidationError):
            return self._refused(here, Message("error.wrong.passkey"), 422)
        await self._pool.passkeys.complete(here.access_token, credential)
        return self._back(here, "passkey_added")

    async def ask_to_delete_passkey(self, here: SignedInVisit, credential_id: str) -> Response:
        """Ask whether a passkey shall go."""
        self._freshness.demand(here.user)
        page = await self._pool.passkeys.page(here.access_token)
        found = [one for one in page.credentials if one.credential_id == credential_id]
        if not found:
            return self._back(here, "passkey_deleted")
        return self._page(here, "my_passkey_delete.html", passkey=found[0])

    async def delete_passkey(self, here: SignedInVisit, credential_id: str) -> Response:
        """Delete a passkey."""
        self._freshness.demand(here.user)
        await self._pool.passkeys.delete(here.access_token, credential_id)
        return self._back(here, "passkey_deleted")

    def _step(self, here: SignedInVisit, step_id: str) -> Step | None:
        step = self._site.step(here.visit.request, step_id, "ADD_TOTP")
        # Somebody else may have signed in in the meantime.
        return step if step is not None and step.username == here.user.username else None

    def _authenticator_page(
        self,
        here: SignedInVisit,
        step: Step,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        uri = step.data["otpauth_uri"]
        return self._page(
            here,
            "my_authenticator.html",
            status=status,
            headers=headers,
            otpauth_uri=uri,
            secret_code=step.data["secret_code"],
            qr_svg=qr_svg(uri),
        )

    def _refused(self, here: SignedInVisit, message: Message, status: int) -> Response:
        again = self._site.address(here.visit.request, "my_account")
        return self._site.page(
            here.visit.request, "refused.html", status=status, message=message, again=again, to_account=True
        )

    def _back(self, here: SignedInVisit, notice: str) -> Response:
        return self._site.see_other(self._site.address(here.visit.request, "my_account", notice=notice))

    def _page(
        self,
        here: SignedInVisit,
        template: str,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **context: Any,
    ) -> Response:
        return self._site.page(
            here.visit.request,
            template,
            status=status,
            headers=headers,
            form=here.visit.form.without_secrets(),
            offer=here.visit.offer,
            user=here.user,
            **context,
        )
