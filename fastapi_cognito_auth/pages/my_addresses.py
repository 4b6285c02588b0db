"""My account: the e-mail address and the phone number, each proved by a code that is sent there."""

from typing import Final

from fastapi import Response

from fastapi_cognito_auth.cognito.models import CodeDelivery
from fastapi_cognito_auth.cognito.pool import UserPool
from fastapi_cognito_auth.cognito.typed import read_code, read_email, read_phone_number
from fastapi_cognito_auth.dependencies.freshness import Freshness
from fastapi_cognito_auth.exceptions import (
    AliasExistsError,
    CodeMismatchError,
    CognitoAuthError,
    ExpiredCodeError,
    InvalidParameterError,
    ResourceNotFoundError,
    UsernameExistsError,
)
from fastapi_cognito_auth.pages.messages import message_of
from fastapi_cognito_auth.pages.my_pages import MyPages, tell
from fastapi_cognito_auth.pages.steps import Step
from fastapi_cognito_auth.pages.visit import SignedInVisit
from fastapi_cognito_auth.routers.route import CONTACTS

_KIND: Final = "VERIFY_ADDRESS"


class MyAddresses:
    """Changes addresses, and proves them.

    Args:
        pages: makes the pages.
        pool: knows the account.
        freshness: how recent a sign-in must be, since a password is reset by an address.
    """

    def __init__(self, pages: MyPages, pool: UserPool, freshness: Freshness) -> None:
        self._pages = pages
        self._pool = pool
        self._freshness = freshness

    async def ask(self, here: SignedInVisit) -> Response:
        """Show the page on which an address is changed."""
        attribute = _attribute(here)
        if attribute not in here.visit.offer.may_write():
            return self._pages.back(here)
        self._freshness.demand(here.user)
        profile = await self._pool.account.profile(here.access_token)
        value = profile.attributes.get(attribute, "")
        here.visit.form.values[f"attribute.{attribute}"] = value
        return self._page(here, attribute, is_there=bool(value))

    async def change(self, here: SignedInVisit) -> Response:
        """Change an address, and go on to its code; or take it away."""
        attribute, form = _attribute(here), here.visit.form
        if attribute not in here.visit.offer.may_write():
            return self._pages.back(here)
        self._freshness.demand(here.user)
        field = f"attribute.{attribute}"
        try:
            if form.get("action") == "remove" and attribute not in here.visit.offer.required:
                await self._pool.account.delete_attributes(here.access_token, [attribute])
                return self._pages.back(here, f"{attribute}_removed")
            value = _read(attribute, form.get(field))
            return await self._change(here, attribute, value)
        except ValueError:
            form.refuse(field, f"error.{'wrong' if form.get(field).strip() else 'missing'}.{attribute}")
            return self._page(here, attribute, status=422, is_there=await self._is_there(here, attribute))
        except CognitoAuthError as exc:
            if isinstance(exc, AliasExistsError | UsernameExistsError):
                form.refuse(field, "error.alias_exists")
            elif isinstance(exc, InvalidParameterError):
                form.errors[field] = message_of(exc)
            else:
                tell(form, exc)
            return self._page(here, attribute, error=exc, is_there=await self._is_there(here, attribute))

    async def _is_there(self, here: SignedInVisit, attribute: str) -> bool | None:
        """Return whether the account has an address, whatever was typed; nothing where nobody knows."""
        try:
            profile = await self._pool.account.profile(here.access_token)
        except CognitoAuthError as exc:
            if exc.status_code == 401:  # who is signed out meanwhile signs in first
                raise
            return None
        return bool(profile.attributes.get(attribute))

    async def _change(
        self, here: SignedInVisit, attribute: str, value: str, *, resent: bool = False
    ) -> Response:
        updated = await self._pool.account.update_attributes(here.access_token, {attribute: value})
        sent = [one for one in updated.code_delivery_details if one.attribute_name == attribute]
        if not sent:
            return self._pages.back(here, "attributes_changed")
        return self._to_code(here, attribute, sent[0], value, resent=resent)

    async def send_code(self, here: SignedInVisit) -> Response:
        """Send a code to the address that is there, and go on to it."""
        attribute = _attribute(here)
        sent = await self._pool.account.send_attribute_code(here.access_token, attribute)
        return self._to_code(here, attribute, sent, None)

    def _to_code(
        self,
        here: SignedInVisit,
        attribute: str,
        sent: CodeDelivery,
        value: str | None,
        *,
        resent: bool = False,
    ) -> Response:
        data = {"value": value, "destination": sent.destination, "medium": sent.medium}
        step_id, cookies = self._pages.keep(here, _KIND, {**data, "attribute": attribute, "resent": resent})
        site = self._pages.site
        address = site.address(here.visit.request, "verify", attribute=attribute, sent=step_id)
        return site.see_other(address, cookies)

    async def ask_code(self, here: SignedInVisit) -> Response:
        """Show the page for the code that proves an address."""
        return self._code_page(here, _attribute(here))

    async def verify(self, here: SignedInVisit) -> Response:
        """Take the code, or send another one."""
        attribute, form = _attribute(here), here.visit.form
        try:
            if form.get("action") == "resend":
                return await self._send_again(here, attribute)
            await self._pool.account.verify_attribute(
                here.access_token, attribute, read_code(form.get("code"))
            )
        except ValueError:
            form.refuse("code", "error.wrong.code" if form.get("code").strip() else "error.missing.code")
            return self._code_page(here, attribute, status=422)
        except AliasExistsError as exc:
            form.general = message_of(exc)
            return self._code_page(here, attribute, error=exc)
        except InvalidParameterError as exc:
            if form.get("action") == "resend":
                form.general = message_of(exc)
            else:
                form.errors["code"] = message_of(exc)
            return self._code_page(here, attribute, error=exc)
        except CognitoAuthError as exc:
            if not await self._is_done(here, attribute, exc):
                tell(form, exc)
                return self._code_page(here, attribute, error=exc)
        step_id = here.visit.request.query_params.get("sent", "")
        cookies = self._pages.site.steps.end(here.visit.request, step_id)
        return self._pages.back(here, f"{attribute}_verified", cookies=cookies)

    async def _send_again(self, here: SignedInVisit, attribute: str) -> Response:
        step = self._step(here, attribute)
        value = None if step is None else step.data["value"]
        if value is not None and attribute in here.visit.offer.proved_first:
            # The pool still has the address from before, so a code for "the address" might go there.
            self._freshness.demand(here.user)
            return await self._change(here, attribute, value, resent=True)
        sent = await self._pool.account.send_attribute_code(here.access_token, attribute)
        return self._to_code(here, attribute, sent, value, resent=True)

    async def _is_done(self, here: SignedInVisit, attribute: str, error: CognitoAuthError) -> bool:
        """Return whether the code was taken before: a form that is sent twice is no fault."""
        if not isinstance(error, CodeMismatchError | ExpiredCodeError):
            return False
        profile = await self._pool.account.profile(here.access_token)
        if profile.attributes.get(f"{attribute}_verified") != "true":
            return False
        step = self._step(here, attribute)
        value = None if step is None else step.data["value"]
        if value is not None:
            return bool(profile.attributes.get(attribute) == value)
        # Where a new address is kept apart until it is proved, the one that is there says nothing of it.
        return attribute not in here.visit.offer.proved_first

    def _step(self, here: SignedInVisit, attribute: str) -> Step | None:
        step = self._pages.step(here, here.visit.request.query_params.get("sent", ""), _KIND)
        return step if step is not None and step.data["attribute"] == attribute else None

    def _page(
        self,
        here: SignedInVisit,
        attribute: str,
        *,
        is_there: bool | None,
        status: int = 200,
        error: CognitoAuthError | None = None,
    ) -> Response:
        offer = here.visit.offer
        return self._pages.page(
            here,
            "my_address.html",
            status=status,
            error=error,
            attribute=attribute,
            is_there=is_there,
            is_proved_first=attribute in offer.proved_first,
            can_be_removed=attribute not in offer.required,
            signs_in=attribute in (*offer.username_attributes, *offer.aliases),
        )

    def _code_page(
        self, here: SignedInVisit, attribute: str, *, status: int = 200, error: CognitoAuthError | None = None
    ) -> Response:
        step = self._step(here, attribute)
        return self._pages.page(
            here,
            "my_verify.html",
            status=status,
            error=error,
            attribute=attribute,
            sent=None if step is None else step.data,
        )


def _attribute(here: SignedInVisit) -> str:
    name = str(here.visit.request.path_params["attribute"])
    if name not in CONTACTS:
        raise ResourceNotFoundError
    return name


def _read(attribute: str, text: str) -> str:
    """Return an address without what only makes it easy to read.

    Raises:
        ValueError: it has not the form of one.
    """
    if attribute == "email":
        return read_email(text)
    return read_phone_number(text)
