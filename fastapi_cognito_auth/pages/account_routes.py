"""The pages of somebody's own account, as endpoints."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response

from fastapi_cognito_auth.dependencies.current import AccessToken, CurrentUser
from fastapi_cognito_auth.pages.my_account import MyAccount
from fastapi_cognito_auth.pages.my_security import MySecurity
from fastapi_cognito_auth.pages.my_sign_ins import MySignIns
from fastapi_cognito_auth.pages.site import Site
from fastapi_cognito_auth.pages.visit import SignedInVisit, Visit
from fastapi_cognito_auth.user import User

_Attribute = Annotated[str, Path(pattern=r"^(email|phone_number)$")]
Visits = Callable[..., Awaitable[Visit]]
SignedInVisits = Callable[..., Awaitable[SignedInVisit]]


def signed_in_visits(visits: Visits, user: CurrentUser, token: AccessToken) -> SignedInVisits:
    """Return the dependency that reads a request for a page of somebody's own account."""

    async def here(
        visit: Annotated[Visit, Depends(visits)],
        user: Annotated[User, Depends(user)],
        access_token: Annotated[str, Depends(token)],
    ) -> SignedInVisit:
        return SignedInVisit(visit, user, access_token)

    return here


def add_account(
    router: APIRouter, site: Site, account: MyAccount, sign_ins: MySignIns, here: SignedInVisits
) -> None:
    """Add the pages that show the account, and change its attributes."""
    Here = Annotated[SignedInVisit, Depends(here)]  # noqa: N806 - a type

    @router.get("/me", name=site.name("my_account"))
    async def my_account(here: Here) -> Response:
        return await account.show(here, sign_ins.current(here))

    @router.get("/me/attributes", name=site.name("attributes"))
    async def attributes_page(here: Here) -> Response:
        return await account.ask_attributes(here)

    @router.post("/me/attributes")
    async def change_attributes(here: Here) -> Response:
        return await account.change_attributes(here)

    @router.get("/me/attributes/{attribute}/verify", name=site.name("verify"))
    async def verify_page(here: Here, attribute: _Attribute) -> Response:
        return account.ask_code(here, attribute)

    @router.post("/me/attributes/{attribute}/verify")
    async def verify(here: Here, attribute: _Attribute) -> Response:
        return await account.verify(here, attribute)


def add_security(router: APIRouter, site: Site, security: MySecurity, here: SignedInVisits) -> None:
    """Add the pages of what guards the account."""
    Here = Annotated[SignedInVisit, Depends(here)]  # noqa: N806 - a type

    @router.get("/me/password", name=site.name("password"))
    async def password_page(here: Here) -> Response:
        return security.ask_password(here)

    @router.post("/me/password")
    async def change_password(here: Here) -> Response:
        return await security.change_password(here)

    @router.post("/me/authenticator", name=site.name("new_authenticator"))
    async def begin_authenticator(here: Here) -> Response:
        return await security.begin_authenticator(here)

    @router.get("/me/authenticator/{step_id}", name=site.name("authenticator"))
    async def authenticator_page(here: Here, step_id: str) -> Response:
        return security.show_authenticator(here, step_id)

    @router.post("/me/authenticator/{step_id}")
    async def add_authenticator(here: Here, step_id: str) -> Response:
        return await security.add_authenticator(here, step_id)

    @router.post("/me/second-factors", name=site.name("second_factors"))
    async def switch_factor(here: Here) -> Response:
        return await security.switch_factor(here)

    @router.get("/me/passkeys/add", name=site.name("add_passkey"))
    async def passkey_page(here: Here) -> Response:
        return await security.ask_passkey(here)

    @router.post("/me/passkeys/add")
    async def add_passkey(here: Here) -> Response:
        return await security.add_passkey(here)

    @router.get("/me/passkeys/{credential_id}/delete", name=site.name("delete_passkey"))
    async def passkey_deletion_page(here: Here, credential_id: str) -> Response:
        return await security.ask_to_delete_passkey(here, credential_id)

    @router.post("/me/passkeys/{credential_id}/delete")
    async def delete_passkey(here: Here, credential_id: str) -> Response:
        return await security.delete_passkey(here, credential_id)


def add_sign_ins(router: APIRouter, site: Site, sign_ins: MySignIns, here: SignedInVisits) -> None:
    """Add what ends sign-ins, and accounts."""
    Here = Annotated[SignedInVisit, Depends(here)]  # noqa: N806 - a type

    @router.post("/me/sessions/end", name=site.name("end_session"))
    async def end_session(here: Here) -> Response:
        return await sign_ins.end_session(here)

    @router.post("/me/devices/forget", name=site.name("forget_device"))
    async def forget_device(here: Here) -> Response:
        return await sign_ins.forget_device(here)

    @router.post("/me/sign-out-everywhere", name=site.name("sign_out_everywhere"))
    async def sign_out_everywhere(here: Here) -> Response:
        return await sign_ins.sign_out_everywhere(here)

    @router.get("/me/delete", name=site.name("delete_account"))
    async def deletion_page(here: Here) -> Response:
        return sign_ins.ask_to_delete(here)

    @router.post("/me/delete")
    async def delete_account(here: Here) -> Response:
        return await sign_ins.delete(here)
