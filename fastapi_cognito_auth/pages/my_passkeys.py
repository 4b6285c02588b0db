"""My account: passkeys. Their names are Cognito's own: its API lets nobody choose or change one."""

from contextlib import suppress
from typing import Final

from fastapi import Response
from pydantic import TypeAdapter, ValidationError

from fastapi_cognito_auth.cognito.pool import UserPool
from fastapi_cognito_auth.dependencies.freshness import Freshness
from fastapi_cognito_auth.exceptions import (
    CognitoAuthError,
    InvalidParameterError,
    LimitExceededError,
    ResourceNotFoundError,
    WebAuthnChallengeNotFoundError,
    WebAuthnClientMismatchError,
    WebAuthnCredentialNotSupportedError,
    WebAuthnOriginNotAllowedError,
    WebAuthnRelyingPartyMismatchError,
)
from fastapi_cognito_auth.formats import untrusted_json
from fastapi_cognito_auth.formats.passkey_json import RegistrationResponse
from fastapi_cognito_auth.pages.messages import Message
from fastapi_cognito_auth.pages.my_pages import MyPages, tell
from fastapi_cognito_auth.pages.my_standing import standing_of
from fastapi_cognito_auth.pages.visit import SignedInVisit

_CREDENTIAL: Final[TypeAdapter[RegistrationResponse]] = TypeAdapter(RegistrationResponse)
_REFUSED: Final = (
    InvalidParameterError,
    WebAuthnChallengeNotFoundError,
    WebAuthnClientMismatchError,
    WebAuthnCredentialNotSupportedError,
    WebAuthnOriginNotAllowedError,
    WebAuthnRelyingPartyMismatchError,
)


class MyPasskeys:
    """Adds and deletes passkeys.

    Args:
        pages: makes the pages.
        pool: knows the account.
        freshness: how recent the sign-in must be.
    """

    def __init__(self, pages: MyPages, pool: UserPool, freshness: Freshness) -> None:
        self._pages = pages
        self._pool = pool
        self._freshness = freshness

    async def ask(self, here: SignedInVisit) -> Response:
        """Show the page on which a passkey is made."""
        if not await self._can_have(here):
            return self._pages.back(here)
        self._freshness.demand(here.user)
        return await self._page(here)

    async def add(self, here: SignedInVisit) -> Response:
        """Take the passkey that the browser made."""
        if not await self._can_have(here):
            return self._pages.back(here)
        self._freshness.demand(here.user)
        form = here.visit.form
        try:
            sent = untrusted_json.read(form.get("credential").encode())
            await self._pool.passkeys.complete(here.access_token, _CREDENTIAL.validate_python(sent))
        except (untrusted_json.UntrustedTextError, ValidationError):
            form.general = Message("error.wrong.passkey")
            return await self._page(here, status=422)
        except _REFUSED as exc:
            form.general = Message("error.passkey_refused")
            return await self._page(here, status=exc.status_code)
        except LimitExceededError as exc:
            form.general = Message("error.passkey_limit")
            return await self._page(here, status=exc.status_code)
        return self._pages.back(here, "passkey_added")

    async def _can_have(self, here: SignedInVisit) -> bool:
        return here.visit.offer.passkeys and (await standing_of(self._pool, here)).can_have_passkeys

    async def _page(self, here: SignedInVisit, *, status: int = 200) -> Response:
        error: CognitoAuthError | None = None
        options = None
        try:
            created = await self._pool.passkeys.start(here.access_token)
            # The browser's shape has members that must be absent rather than null.
            options = created.credential_creation_options.model_dump(
                mode="json", by_alias=True, exclude_unset=True
            )
        except LimitExceededError as exc:
            here.visit.form.general, error = Message("error.passkey_limit"), exc
        except CognitoAuthError as exc:
            error = exc
            tell(here.visit.form, exc)
        return self._pages.page(here, "my_passkey.html", status=status, error=error, options=options)

    async def ask_to_delete(self, here: SignedInVisit) -> Response:
        """Ask whether a passkey shall go, and say so if it is the only way in."""
        self._freshness.demand(here.user)
        standing = await standing_of(self._pool, here)
        page = await self._pool.passkeys.page(here.access_token)
        found = [one for one in page.credentials if one.credential_id == _credential_id(here)]
        if not found:
            return self._pages.back(here, "passkey_deleted")
        is_last_way = len(page.credentials) == 1 and standing.only_way == "WEB_AUTHN"
        return self._pages.page(here, "my_passkey_delete.html", passkey=found[0], is_last_way=is_last_way)

    async def delete(self, here: SignedInVisit) -> Response:
        """Delete a passkey; one that is gone already is no fault."""
        self._freshness.demand(here.user)
        with suppress(ResourceNotFoundError):
            await self._pool.passkeys.delete(here.access_token, _credential_id(here))
        return self._pages.back(here, "passkey_deleted")


def _credential_id(here: SignedInVisit) -> str:
    return str(here.visit.request.path_params["credential_id"])
