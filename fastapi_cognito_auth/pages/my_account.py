"""My account: what the pool knows of somebody, to be read and changed by them."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import Response

from fastapi_cognito_auth.cognito.pool import UserPool
from fastapi_cognito_auth.cognito.typed import read_code
from fastapi_cognito_auth.dependencies.freshness import Freshness
from fastapi_cognito_auth.exceptions import CognitoAuthError, SessionsNotListedError
from fastapi_cognito_auth.pages.messages import blame
from fastapi_cognito_auth.pages.site import Site
from fastapi_cognito_auth.pages.visit import SignedInVisit
from fastapi_cognito_auth.profile import Profile
from fastapi_cognito_auth.routers.route import CONTACTS
from fastapi_cognito_auth.routers.user_sessions import UserSessions

_USUAL: Final = ("name", "given_name", "family_name", "email", "phone_number")
"""What a page offers to fill in, where the app client may write it."""


class MyAccount:
    """Shows somebody's account, and changes what is no secret of it.

    Args:
        site: makes the pages, and knows where they are.
        pool: knows the account.
        freshness: how recent a sign-in must be for an address by which a password is reset.
        sessions: where somebody is signed in, if there is a list.
    """

    def __init__(self, site: Site, pool: UserPool, freshness: Freshness, sessions: UserSessions) -> None:
        self._site = site
        self._pool = pool
        self._freshness = freshness
        self._sessions = sessions

    async def show(self, here: SignedInVisit, current_session: str | None) -> Response:
        """Show the whole account."""
        pool, token, offer = self._pool, here.access_token, here.visit.offer
        profile = await pool.account.profile(token)
        passkeys = (await pool.passkeys.page(token)).credentials if offer.passkeys else []
        devices = (await pool.devices.list(token)).devices if offer.devices else []
        try:
            sessions = await self._sessions.of_user(here.user.sub, current=current_session)
        except SessionsNotListedError:
            sessions = []
        return self._site.page(
            here.visit.request,
            "my_account.html",
            offer=offer,
            user=here.user,
            profile=profile,
            attributes=_shown(profile),
            may_write=offer.may_write(),
            passkeys=passkeys,
            devices=devices,
            sessions=sessions,
            notice=self._site.notice(here.visit.request),
        )

    async def ask_attributes(self, here: SignedInVisit) -> Response:
        """Show the page on which attributes are changed."""
        profile = await self._pool.account.profile(here.access_token)
        for name in self._editable(here, profile):
            here.visit.form.values[f"attribute.{name}"] = profile.attributes.get(name, "")
        return self._attributes_page(here, profile)

    async def change_attributes(self, here: SignedInVisit) -> Response:
        """Change what was changed, and go on to the code of a new address."""
        form, token = here.visit.form, here.access_token
        profile = await self._pool.account.profile(token)
        changed = {
            name: form.get(f"attribute.{name}").strip()
            for name in self._editable(here, profile)
            if f"attribute.{name}" in form.values
            and form.get(f"attribute.{name}").strip() != profile.attributes.get(name, "")
        }
        if not CONTACTS.isdisjoint(changed):
            self._freshness.demand(here.user)
        try:
            updated = await self._pool.account.update_attributes(token, changed) if changed else None
        except CognitoAuthError as exc:
            blame(form, exc, password="")
            return self._attributes_page(here, profile, status=exc.status_code, headers=exc.headers)
        sent = [] if updated is None else updated.code_delivery_details
        names = [delivery.attribute_name for delivery in sent if delivery.attribute_name]
        if names:
            return self._site.see_other(self._site.address(here.visit.request, "verify", attribute=names[0]))
        return self._back(here, "attributes_changed")

    def ask_code(self, here: SignedInVisit, attribute: str) -> Response:
        """Show the page for the code that proves an address."""
        return self._code_page(here, attribute)

    async def verify(self, here: SignedInVisit, attribute: str) -> Response:
        """Take the code, or send another one."""
        form, token = here.visit.form, here.access_token
        try:
            if form.get("action") == "resend":
                await self._pool.account.send_attribute_code(token, attribute)
                return self._code_page(here, attribute, resent=True)
            code = read_code(form.get("code"))
            await self._pool.account.verify_attribute(token, attribute, code)
        except ValueError:
            form.refuse("code", "error.wrong.code" if form.get("code").strip() else "error.missing.code")
            return self._code_page(here, attribute, status=422)
        except CognitoAuthError as exc:
            blame(form, exc, password="")
            return self._code_page(here, attribute, status=exc.status_code, headers=exc.headers)
        return self._back(here, "address_verified")

    def _editable(self, here: SignedInVisit, profile: Profile) -> list[str]:
        may_write = here.visit.offer.may_write()
        there = [name for name in profile.attributes if name not in _USUAL and not name.endswith("_verified")]
        return [name for name in (*_USUAL, *there) if name in may_write]

    def _attributes_page(
        self,
        here: SignedInVisit,
        profile: Profile,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        return self._page(here, "my_attributes.html", status, headers, names=self._editable(here, profile))

    def _code_page(
        self,
        here: SignedInVisit,
        attribute: str,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        resent: bool = False,
    ) -> Response:
        return self._page(here, "my_verify.html", status, headers, attribute=attribute, resent=resent)

    def _back(self, here: SignedInVisit, notice: str) -> Response:
        return self._site.see_other(self._site.address(here.visit.request, "my_account", notice=notice))

    def _page(
        self,
        here: SignedInVisit,
        template: str,
        status: int,
        headers: Mapping[str, str] | None,
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


def _shown(profile: Profile) -> list[tuple[str, str, bool | None]]:
    """Return what is shown of the attributes: name, value, and whether it is verified, where that counts."""
    shown = []
    for name, value in profile.attributes.items():
        if name == "sub" or name.endswith("_verified") or name == "identities":
            continue
        verified = profile.attributes.get(f"{name}_verified") == "true" if name in CONTACTS else None
        shown.append((name, value, verified))
    return shown
