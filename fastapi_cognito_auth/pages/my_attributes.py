"""My account: the details that are no addresses, such as a name."""

from typing import Final

from fastapi import Response

from fastapi_cognito_auth.cognito.pool import UserPool
from fastapi_cognito_auth.exceptions import CognitoAuthError, InvalidParameterError
from fastapi_cognito_auth.pages.my_pages import MyPages, tell
from fastapi_cognito_auth.pages.visit import SignedInVisit
from fastapi_cognito_auth.profile import Profile

USUAL: Final = ("name", "given_name", "family_name")
"""What a page offers to fill in, where the app client may write it."""

CONTACTS_IN_ORDER: Final = ("email", "phone_number")
"""What has pages of its own, since codes go there."""


class MyAttributes:
    """Changes details.

    Args:
        pages: makes the pages.
        pool: knows the account.
    """

    def __init__(self, pages: MyPages, pool: UserPool) -> None:
        self._pages = pages
        self._pool = pool

    async def ask(self, here: SignedInVisit) -> Response:
        """Show the page on which details are changed."""
        profile = await self._pool.account.profile(here.access_token)
        names = editable(here, profile)
        if not names:
            return self._pages.back(here)
        for name in names:
            here.visit.form.values[f"attribute.{name}"] = profile.attributes.get(name, "")
        return self._pages.page(here, "my_attributes.html", names=names)

    async def change(self, here: SignedInVisit) -> Response:
        """Change what was changed."""
        form, token = here.visit.form, here.access_token
        try:
            profile = await self._pool.account.profile(token)
        except CognitoAuthError as exc:
            tell(form, exc)
            written = [name.removeprefix("attribute.") for name in form.values]
            known = [name for name in written if name in here.visit.offer.may_write()]
            return self._pages.page(here, "my_attributes.html", error=exc, names=known)
        names = editable(here, profile)
        changed = _changed(here, profile, names)
        for name in changed:
            if not changed[name] and name in here.visit.offer.required:
                form.refuse(f"attribute.{name}", "error.missing.attribute")
        if form.is_wrong:
            return self._pages.page(here, "my_attributes.html", status=422, names=names)
        try:
            if changed:
                await self._pool.account.update_attributes(token, changed)
        except CognitoAuthError as exc:
            tell(form, exc)
            if isinstance(exc, InvalidParameterError) and len(changed) == 1:
                # Of several, Cognito names the one in words alone.
                form.general = None
                form.refuse(f"attribute.{next(iter(changed))}", "error.invalid_parameter")
            return self._pages.page(here, "my_attributes.html", error=exc, names=names)
        return self._pages.back(here, "attributes_changed")


def editable(here: SignedInVisit, profile: Profile) -> list[str]:
    """Return the names of what can be changed here."""
    may_write = here.visit.offer.may_write()
    wanted = (*USUAL, *here.visit.offer.required, *sorted(profile.attributes))
    return [name for name in dict.fromkeys(wanted) if name in may_write and name not in CONTACTS_IN_ORDER]


def _changed(here: SignedInVisit, profile: Profile, names: list[str]) -> dict[str, str]:
    form = here.visit.form
    sent = {
        name: form.get(f"attribute.{name}").strip() for name in names if f"attribute.{name}" in form.values
    }
    return {name: value for name, value in sent.items() if value != profile.attributes.get(name, "")}
