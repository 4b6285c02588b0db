"""My account: the second factors, and setting up an authenticator app."""

from typing import Final

from fastapi import Response

from fastapi_cognito_auth.cognito.factors import MfaPreference
from fastapi_cognito_auth.cognito.otpauth import qr_svg
from fastapi_cognito_auth.cognito.pool import UserPool
from fastapi_cognito_auth.cognito.typed import read_code
from fastapi_cognito_auth.dependencies.freshness import Freshness
from fastapi_cognito_auth.exceptions import CognitoAuthError
from fastapi_cognito_auth.pages.messages import Message
from fastapi_cognito_auth.pages.my_pages import MyPages, tell
from fastapi_cognito_auth.pages.my_standing import standing_of
from fastapi_cognito_auth.pages.steps import Step
from fastapi_cognito_auth.pages.visit import SignedInVisit

_APP: Final = "SOFTWARE_TOKEN_MFA"
_MEMBERS: Final = {
    _APP: "software_token_mfa_settings",
    "SMS_MFA": "sms_mfa_settings",
    "EMAIL_OTP": "email_mfa_settings",
    "WEB_AUTHN": "web_authn_mfa_settings",
}
"""What each second factor is called where it is switched."""

_KIND: Final = "ADD_TOTP"


class MyFactors:
    """Switches second factors.

    Args:
        pages: makes the pages.
        pool: knows the account.
        freshness: how recent the sign-in must be.
    """

    def __init__(self, pages: MyPages, pool: UserPool, freshness: Freshness) -> None:
        self._pages = pages
        self._pool = pool
        self._freshness = freshness

    async def switch(self, here: SignedInVisit) -> Response:
        """Switch a second factor on, off, or to be asked for first; what cannot be is left as it is."""
        self._freshness.demand(here.user)
        standing = await standing_of(self._pool, here)
        name, wanted = here.visit.form.get("factor"), here.visit.form.get("action")
        found = next(
            (factor for factor in standing.second_factors(here.visit.offer) if factor.name == name), None
        )
        if found is None:
            return self._pages.back(here)
        settings: dict[str, bool]
        if wanted == "on" and found.can_go_on:
            settings = {"enabled": True}
        elif wanted == "first" and found.can_be_first:
            settings = {"enabled": True, "preferred_mfa": True}
        elif wanted == "off" and found.can_go_off:
            settings = {"enabled": False}
        else:
            return self._pages.back(here)
        await self._set(here, found.name, settings)
        return self._pages.back(here, "factor_switched")

    async def _set(self, here: SignedInVisit, name: str, settings: dict[str, bool]) -> None:
        preference = MfaPreference.model_validate({_MEMBERS[name]: settings})
        await self._pool.mfa.set_preference(here.access_token, preference)

    async def begin(self, here: SignedInVisit) -> Response:
        """Get a secret for an authenticator app, and go on to its first code."""
        self._freshness.demand(here.user)
        standing = await standing_of(self._pool, here)
        if _APP not in {factor.name for factor in standing.second_factors(here.visit.offer)}:
            return self._pages.back(here)
        secret = await self._pool.mfa.start_totp(here.access_token, account=standing.name)
        data = {
            "secret_code": secret.secret_code,
            "otpauth_uri": secret.otpauth_uri,
            "replaces": _APP in standing.profile.user_mfa_setting_list,
        }
        step = Step(_KIND, "/", here.user.sub, data)
        return self._pages.site.forward(here.visit.request, step)

    async def ask(self, here: SignedInVisit) -> Response:
        """Show the picture, and ask for the first code."""
        self._freshness.demand(here.user)
        step = self._step(here)
        return self._pages.back(here, "took_too_long") if step is None else self._page(here, step)

    async def add(self, here: SignedInVisit) -> Response:
        """Take the first code, and ask for codes from then on."""
        self._freshness.demand(here.user)
        step, form = self._step(here), here.visit.form
        if step is None:
            return self._pages.back(here, "took_too_long")
        try:
            code = read_code(form.get("code"))
            name = form.get("name").strip() or None
            await self._pool.mfa.verify_totp(here.access_token, code, device_name=name)
            await self._set(here, _APP, {"enabled": True, "preferred_mfa": True})
        except ValueError:
            form.refuse("code", "error.wrong.code" if form.get("code").strip() else "error.missing.code")
            return self._page(here, step, status=422)
        except CognitoAuthError as exc:
            if not await self._is_done(here, step):
                tell(form, exc)
                if "code" in form.errors:
                    # An app shows the next one by itself; nobody can ask for it.
                    form.errors["code"] = Message("error.enable_software_token_mfa")
                return self._page(here, step, error=exc)
        cookies = self._pages.site.steps.end(here.visit.request, _step_id(here))
        return self._pages.back(here, "authenticator_added", cookies=cookies)

    async def _is_done(self, here: SignedInVisit, step: Step) -> bool:
        """Return whether the app was set up before: a form that is sent twice is no fault."""
        if step.data["replaces"]:
            return False
        try:
            profile = await self._pool.account.profile(here.access_token)
        except CognitoAuthError:
            return False
        return _APP in profile.user_mfa_setting_list

    def _step(self, here: SignedInVisit) -> Step | None:
        return self._pages.step(here, _step_id(here), _KIND)

    def _page(
        self, here: SignedInVisit, step: Step, *, status: int = 200, error: CognitoAuthError | None = None
    ) -> Response:
        uri = step.data["otpauth_uri"]
        return self._pages.page(
            here,
            "my_authenticator.html",
            status=status,
            error=error,
            otpauth_uri=uri,
            secret_code=step.data["secret_code"],
            replaces=step.data["replaces"],
            qr_svg=qr_svg(uri),
        )


def _step_id(here: SignedInVisit) -> str:
    return str(here.visit.request.path_params["step_id"])
