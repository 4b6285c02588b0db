"""The pages of somebody's own account, as endpoints."""

from collections.abc import Awaitable, Callable
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends, Response

from fastapi_cognito_auth.dependencies.current import AccessToken, CurrentUser
from fastapi_cognito_auth.pages.my_account import MyAccount
from fastapi_cognito_auth.pages.my_addresses import MyAddresses
from fastapi_cognito_auth.pages.my_attributes import MyAttributes
from fastapi_cognito_auth.pages.my_deletion import MyDeletion
from fastapi_cognito_auth.pages.my_factors import MyFactors
from fastapi_cognito_auth.pages.my_pages import Handler, MyPages
from fastapi_cognito_auth.pages.my_passkeys import MyPasskeys
from fastapi_cognito_auth.pages.my_password import MyPassword
from fastapi_cognito_auth.pages.my_sign_ins import MySignIns
from fastapi_cognito_auth.pages.visit import SignedInVisit, Visit
from fastapi_cognito_auth.user import User

Visits = Callable[..., Awaitable[Visit]]
SignedInVisits = Callable[..., Awaitable[SignedInVisit]]


class Own(NamedTuple):
    """What the pages of somebody's own account are made with."""

    user: CurrentUser
    token: AccessToken
    pages: MyPages
    account: MyAccount
    attributes: MyAttributes
    addresses: MyAddresses
    password: MyPassword
    factors: MyFactors
    passkeys: MyPasskeys
    sign_ins: MySignIns
    deletion: MyDeletion


class _Page(NamedTuple):
    """One path of the account."""

    path: str
    """Below the prefix."""

    name: str
    shows: Handler | None = None
    """Answers GET; without it that leads to the account, so that no address is a dead end."""

    does: Handler | None = None
    """Answers POST."""


def signed_in_visits(visits: Visits, user: CurrentUser, token: AccessToken) -> SignedInVisits:
    """Return the dependency that reads a request for a page of somebody's own account."""

    async def here(
        visit: Annotated[Visit, Depends(visits)],
        user: Annotated[User, Depends(user)],
        access_token: Annotated[str, Depends(token)],
    ) -> SignedInVisit:
        return SignedInVisit(visit, user, access_token)

    return here


def add_account(router: APIRouter, own: Own, visits: Visits) -> None:
    """Add all pages of somebody's own account."""
    Here = Annotated[SignedInVisit, Depends(signed_in_visits(visits, own.user, own.token))]  # noqa: N806 - a type
    site, pages = own.pages.site, own.pages

    async def to_account(here: SignedInVisit) -> Response:
        return pages.back(here, here.visit.request.query_params.get("notice"))

    def add(page: _Page) -> None:
        shows, does = page.shows or to_account, page.does

        async def show(here: Here) -> Response:
            return await pages.show(here, shows)

        router.get(page.path, name=site.name(page.name))(show)
        if does is None:
            return

        async def do(here: Here) -> Response:
            return await pages.show(here, does)

        router.post(page.path, name=f"{site.name(page.name)}_done")(do)

    for page in _pages(own):
        add(page)


def _pages(own: Own) -> list[_Page]:
    address, factors, passkeys, sign_ins = own.addresses, own.factors, own.passkeys, own.sign_ins
    return [
        _Page("/me", "my_account", own.account.show),
        _Page("/me/attributes", "attributes", own.attributes.ask, own.attributes.change),
        _Page("/me/attributes/{attribute}", "address", address.ask, address.change),
        _Page("/me/attributes/{attribute}/code", "send_code", None, address.send_code),
        _Page("/me/attributes/{attribute}/verify", "verify", address.ask_code, address.verify),
        _Page("/me/password", "password", own.password.ask, own.password.change),
        _Page("/me/second-factors", "second_factors", None, factors.switch),
        _Page("/me/authenticator", "new_authenticator", None, factors.begin),
        _Page("/me/authenticator/{step_id}", "authenticator", factors.ask, factors.add),
        _Page("/me/passkeys/add", "add_passkey", passkeys.ask, passkeys.add),
        _Page(
            "/me/passkeys/{credential_id}/delete", "delete_passkey", passkeys.ask_to_delete, passkeys.delete
        ),
        _Page("/me/sessions/end", "end_session", None, sign_ins.end_session),
        _Page("/me/sessions/end-others", "end_others", None, sign_ins.end_others),
        _Page("/me/devices/forget", "forget_device", None, sign_ins.forget_device),
        _Page("/me/sign-out-everywhere", "sign_out_everywhere", None, sign_ins.sign_out_everywhere),
        _Page("/me/delete", "delete_account", own.deletion.ask, own.deletion.delete),
    ]
