"""Administration: one user, with all that the pool knows, and what can be changed on the spot."""

import asyncio
import json
from collections.abc import Awaitable, Mapping
from typing import Any, Final

from fastapi import Response

from fastapi_cognito_auth.exceptions import (
    AccessDeniedError,
    CognitoAuthError,
    DevicesNotTrackedError,
    FeatureUnavailableInTierError,
    InvalidParameterError,
    InvalidRequestError,
    OperationNotEnabledError,
    UnknownOperationError,
    UserNotFoundError,
    UserPoolAddOnNotEnabledError,
)
from fastapi_cognito_auth.pages.admin_messages import blame
from fastapi_cognito_auth.pages.admin_site import AdminSite, AdminVisit

_NEVER_WRITTEN: Final = frozenset({"sub", "identities", "updated_at", "cognito:user_status"})
_ADDRESSES: Final = ("email", "phone_number")
_SHOWN_BESIDE: Final = frozenset(f"{name}_verified" for name in _ADDRESSES)
"""What is no attribute of its own to people: whether another one is verified."""

_USUAL: Final = ("name", "given_name", "family_name", "email", "phone_number")
_FACTORS: Final[Mapping[str, str]] = {
    "SOFTWARE_TOKEN_MFA": "software_token_mfa_settings",
    "SMS_MFA": "sms_mfa_settings",
    "EMAIL_OTP": "email_mfa_settings",
}
"""What each second factor is called where it is switched."""

_NOT_KEPT: Final = (
    AccessDeniedError,
    DevicesNotTrackedError,
    FeatureUnavailableInTierError,
    InvalidParameterError,
    OperationNotEnabledError,
    UnknownOperationError,
    UserPoolAddOnNotEnabledError,
)
"""What says that the pool keeps no such list, or that the app may not ask for it, or its boto3 cannot."""

_SWITCHES: Final[Mapping[str, Mapping[str, bool]]] = {
    "on": {"enabled": True},
    "first": {"enabled": True, "preferred_mfa": True},
    "off": {"enabled": False},
}


class AdminUser:
    """Shows a user, and changes one.

    Args:
        site: makes the pages.
    """

    def __init__(self, site: AdminSite) -> None:
        self._site = site

    async def show(self, here: AdminVisit, error: CognitoAuthError | None = None) -> Response:
        """Show a user."""
        read, username = self._site.deeds.read, here.asked("user")
        user = await read("get_user", username=username)
        groups, devices, sessions, events, all_groups = await asyncio.gather(
            _items(read("list_user_groups", username=user.username)),
            _items(read("list_user_devices", username=user.username), unless=_NOT_KEPT),
            _items(read("list_user_sessions", username=user.username), unless=_NOT_KEPT),
            _items(read("list_user_auth_events", username=user.username, limit=20), unless=_NOT_KEPT),
            _items(read("list_groups")),
        )
        held = [group.name for group in groups]
        identities = _identities(user.attributes.get("identities", ""))
        return self._site.page(
            here,
            "admin_user.html",
            error=error,
            user=user,
            attributes=_shown(user.attributes),
            stays=self._site.administrators.stays,
            is_self=user.sub == here.admin.sub,
            groups=groups,
            other_groups=[group.name for group in all_groups if group.name not in held],
            identities=identities,
            has_identities=bool(identities or here.visit.offer.providers),
            devices=devices,
            sessions=sessions,
            events=events,
        )

    async def change(self, here: AdminVisit) -> Response:
        """Put a user into a group, or switch a second factor."""
        form, username = here.visit.form, here.asked("user")
        wanted, deeds = form.get("action"), self._site.deeds
        if wanted == "join" and not form.get("group"):
            form.refuse("group", "admin.error.choose_group")
            return await self.show(here, InvalidRequestError())
        try:
            if wanted == "join":
                await deeds.do(
                    "add_user_to_group", here.request, here.admin, username=username, group=form.get("group")
                )
            else:
                factor = _FACTORS.get(form.get("factor"), "")
                body = {factor: _SWITCHES.get(wanted)}
                await deeds.do("set_user_mfa", here.request, here.admin, username=username, body=body)
        except UserNotFoundError:
            raise
        except CognitoAuthError as exc:
            blame(form, exc)
            return await self.show(here, exc)
        return self._site.go(here, "admin_user", user=username, notice="saved")

    async def ask_attributes(self, here: AdminVisit) -> Response:
        """Show the page on which attributes are changed."""
        user = await self._site.deeds.read("get_user", username=here.asked("user"))
        for name in _editable(user.attributes):
            here.visit.form.values[f"attribute.{name}"] = user.attributes.get(name, "")
        return self._attributes_page(here, user)

    async def change_attributes(self, here: AdminVisit) -> Response:
        """Change the attributes that were changed; a new address is not verified."""
        form, username = here.visit.form, here.asked("user")
        user = await self._site.deeds.read("get_user", username=username)
        names = _editable(user.attributes)
        sent = {name: form.get(f"attribute.{name}") for name in names if f"attribute.{name}" in form.values}
        own = form.get("new_name").strip()
        if own:
            sent[own] = form.get("new_value")
        changed = {name: text for name, text in sent.items() if text != user.attributes.get(name, "")}
        # What was there already stays as it is, whatever it looks like.
        addresses = [name for name in _ADDRESSES if name in changed and name != own]
        changed |= form.attributes(addresses, demanded=False)
        if form.errors:
            return self._attributes_page(here, user, InvalidRequestError())
        try:
            if changed:
                await self._site.deeds.do(
                    "update_user_attributes",
                    here.request,
                    here.admin,
                    username=username,
                    body={"attributes": changed},
                )
        except CognitoAuthError as exc:
            blame(form, exc, *(f"attribute.{name}" for name in names))
            return self._attributes_page(here, user, exc)
        return self._site.go(here, "admin_user", user=username, notice="saved")

    def _attributes_page(
        self, here: AdminVisit, user: Any, error: CognitoAuthError | None = None
    ) -> Response:
        names = _editable(user.attributes)
        return self._site.page(here, "admin_attributes.html", error=error, user=user, names=names)

    async def ask_password(self, here: AdminVisit) -> Response:
        """Show the page on which a password is set."""
        return await self._password_page(here)

    async def set_password(self, here: AdminVisit) -> Response:
        """Set a password: for the first sign-in only, or for good."""
        form, username = here.visit.form, here.asked("user")
        body = {"password": form.get("password"), "permanent": form.get("kind") == "permanent"}
        try:
            await self._site.deeds.do(
                "set_user_password", here.request, here.admin, username=username, body=body
            )
        except CognitoAuthError as exc:
            blame(form, exc, "password")
            return await self._password_page(here, exc)
        return self._site.go(here, "admin_user", user=username, notice="saved")

    async def _password_page(self, here: AdminVisit, error: CognitoAuthError | None = None) -> Response:
        user = await self._site.deeds.read("get_user", username=here.asked("user"))
        is_self = user.sub == here.admin.sub
        return self._site.page(here, "admin_password.html", error=error, user=user, is_self=is_self)

    async def ask_identity(self, here: AdminVisit) -> Response:
        """Show the page on which a provider is linked."""
        return await self._identity_page(here)

    async def link(self, here: AdminVisit) -> Response:
        """Let a user sign in by a provider."""
        form, username = here.visit.form, here.asked("user")
        body = {"provider": form.get("provider"), "provider_user_id": form.get("provider_user_id").strip()}
        try:
            await self._site.deeds.do("link_user", here.request, here.admin, username=username, body=body)
        except CognitoAuthError as exc:
            blame(form, exc, "provider_user_id")
            return await self._identity_page(here, exc)
        return self._site.go(here, "admin_user", user=username, notice="saved")

    async def _identity_page(self, here: AdminVisit, error: CognitoAuthError | None = None) -> Response:
        user = await self._site.deeds.read("get_user", username=here.asked("user"))
        return self._site.page(here, "admin_identity.html", error=error, user=user)


async def _items(page: Awaitable[Any], *, unless: tuple[type[CognitoAuthError], ...] = ()) -> list[Any]:
    """Return what a list holds.

    Args:
        page: its first page.
        unless: the errors that say that there is no such list.
    """
    try:
        return list((await page).items)
    except unless:
        return []


def _shown(attributes: Mapping[str, str]) -> list[tuple[str, str, bool]]:
    """Return what is shown of the attributes: name, value, and whether it is verified."""
    return [
        (name, value, name in _ADDRESSES and attributes.get(f"{name}_verified") == "true")
        for name, value in attributes.items()
        if name != "identities" and name not in _SHOWN_BESIDE
    ]


def _editable(attributes: Mapping[str, str]) -> list[str]:
    there = [name for name in attributes if name not in {*_USUAL, *_NEVER_WRITTEN, *_SHOWN_BESIDE}]
    return [*_USUAL, *there]


def _identities(text: str) -> list[tuple[str, str]]:
    """Return the providers of a user, each with who the user is there."""
    try:
        found = json.loads(text)
        return [(str(one["providerName"]), str(one["userId"])) for one in found]
    except (ValueError, TypeError, KeyError):
        return []
