"""Administration: what is asked before it is done. The page says what will happen, and to whom."""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from fastapi import Response

from fastapi_cognito_auth.exceptions import CognitoAuthError, ResourceNotFoundError
from fastapi_cognito_auth.pages.admin_messages import told
from fastapi_cognito_auth.pages.admin_site import AdminSite, AdminVisit


class _Deed(NamedTuple):
    """Something to be asked for."""

    endpoint: str
    """What does it."""

    given: Callable[[Callable[[str], str]], Mapping[str, Any]]
    """Makes the parameters of the endpoint out of what the address says."""

    not_to_oneself: bool = False
    """Whether no administrator does it to the own account."""

    is_grave: bool = True
    """Whether something is lost by it."""

    goes_to: str = "admin_user"
    """Which page comes afterwards."""


def _user(asked: Callable[[str], str]) -> Mapping[str, Any]:
    return {"username": asked("user")}


def _verified(attribute: str) -> Callable[[Callable[[str], str]], Mapping[str, Any]]:
    body = {"attributes": {f"{attribute}_verified": "true"}}
    return lambda asked: {"username": asked("user"), "body": body}


def _device(status: str) -> Callable[[Callable[[str], str]], Mapping[str, Any]]:
    return lambda asked: {"username": asked("user"), "key": asked("device"), "body": {"status": status}}


def _event(feedback: str) -> Callable[[Callable[[str], str]], Mapping[str, Any]]:
    body = {"feedback_value": feedback}
    return lambda asked: {"username": asked("user"), "event_id": asked("event"), "body": body}


_DEEDS: Final[Mapping[str, _Deed]] = {
    "confirm": _Deed("confirm_user", _user, is_grave=False),
    "enable": _Deed("enable_user", _user, is_grave=False),
    "disable": _Deed("disable_user", _user, not_to_oneself=True),
    "invite": _Deed("resend_invitation", _user, is_grave=False),
    "reset_password": _Deed("reset_user_password", _user, not_to_oneself=True),
    "sign_out": _Deed("sign_out_user", _user, not_to_oneself=True),
    "verify_email": _Deed("update_user_attributes", _verified("email"), is_grave=False),
    "verify_phone": _Deed("update_user_attributes", _verified("phone_number"), is_grave=False),
    "delete_totp": _Deed("delete_user_totp", _user),
    "forget_device": _Deed(
        "forget_user_device", lambda asked: {"username": asked("user"), "key": asked("device")}
    ),
    "remember_device": _Deed("set_user_device_status", _device("remembered"), is_grave=False),
    "not_remember_device": _Deed("set_user_device_status", _device("not_remembered")),
    "event_valid": _Deed("give_user_event_feedback", _event("Valid"), is_grave=False),
    "event_invalid": _Deed("give_user_event_feedback", _event("Invalid"), is_grave=False),
    "end_session": _Deed(
        "end_user_session", lambda asked: {"username": asked("user"), "session_id": asked("session")}
    ),
    "unlink": _Deed(
        "unlink_user",
        lambda asked: {
            "username": asked("user"),
            "provider": asked("provider"),
            "provider_user_id": asked("identity") or None,
        },
        not_to_oneself=True,
    ),
    "leave_group": _Deed(
        "remove_user_from_group", lambda asked: {"username": asked("user"), "group": asked("group")}
    ),
    "delete_user": _Deed(
        "delete_user",
        lambda asked: {"username": asked("user"), "confirm": asked("user")},
        not_to_oneself=True,
        goes_to="admin_users",
    ),
}


class AdminAsking:
    """Asks, and does it.

    Args:
        site: makes the pages.
    """

    def __init__(self, site: AdminSite) -> None:
        self._site = site

    async def ask(self, here: AdminVisit, deed: str) -> Response:
        """Say what will happen, and ask."""
        return await self._page(here, deed)

    async def do(self, here: AdminVisit, deed: str) -> Response:
        """Do it."""
        known = _known(deed)
        try:
            await self._site.deeds.do(known.endpoint, here.request, here.admin, **known.given(here.asked))
        except CognitoAuthError as exc:
            here.visit.form.general = told(exc)
            return await self._page(here, deed, exc)
        if here.asked("back") == "group":
            return self._site.go(here, "admin_group", group=here.asked("group"), notice="done")
        more = {"user": here.asked("user")} if known.goes_to == "admin_user" else {}
        return self._site.go(here, known.goes_to, **more, notice="done")

    async def _page(self, here: AdminVisit, deed: str, error: CognitoAuthError | None = None) -> Response:
        known = _known(deed)
        user = await self._site.deeds.read("get_user", username=here.asked("user"))
        is_self = user.sub == here.admin.sub
        stays = deed == "leave_group" and here.asked("group") in self._site.administrators.stays
        return self._site.page(
            here,
            "admin_ask.html",
            error=error,
            deed=deed,
            user=user,
            what={"user": user.username, "group": here.asked("group"), "provider": here.asked("provider")},
            is_self=is_self,
            is_grave=known.is_grave,
            may=not (is_self and (known.not_to_oneself or stays)),
        )


def _known(deed: str) -> _Deed:
    if deed not in _DEEDS:
        raise ResourceNotFoundError
    return _DEEDS[deed]
