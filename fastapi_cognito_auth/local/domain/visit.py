"""One request of a browser for a page, and the token that ties a form to the browser that got it."""

import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final
from urllib.parse import urlencode

from starlette.responses import Response

from fastapi_cognito_auth.local.domain.parameters import Parameters
from fastapi_cognito_auth.local.domain.refusals import PageRefusal

TOKEN_COOKIE: Final = "XSRF-TOKEN"  # noqa: S105 - a name
TOKEN_FIELD: Final = "_csrf"  # noqa: S105 - a name
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, kw_only=True)
class Visit:
    """What came.

    Args:
        query: the parameters of the address.
        encoded_query: the same as they were written, in ASCII.
        form: those of the body.
        cookies: of the request.
        origin: of the page, as the browser names its host.
        path: under which the domain is mounted, with a slash at its end.
        secure: whether it came by https.
    """

    query: Parameters
    encoded_query: str
    form: Parameters
    cookies: Mapping[str, str] = field(repr=False)
    origin: str
    path: str
    secure: bool

    @cached_property
    def token(self) -> str:
        """The browser's token, a new one unless it has one."""
        known = self.cookies.get(TOKEN_COOKIE, "")
        return known if _TOKEN.fullmatch(known) else secrets.token_urlsafe(32)

    def query_for(self, username: str) -> str:
        """Return the query, written anew, with the name of somebody to fill in."""
        return urlencode({**self.query, "login_hint": username})

    def check_form(self) -> str:
        """Return the browser's token, which the form has to hold.

        The parameters of the address must have been proven before.

        Raises:
            PageRefusal: the form is not one that this browser was given.
        """
        known, sent = self.cookies.get(TOKEN_COOKIE, ""), self.form.get(TOKEN_FIELD, "")
        if not _TOKEN.fullmatch(known) or not self.form.valid:
            raise PageRefusal("The form is too old, or cookies are switched off.", again=True)
        if not hmac.compare_digest(known.encode(), sent.encode()):
            raise PageRefusal("The form is not from this page.", again=True)
        return known

    def set_cookie(self, response: Response, name: str, value: str, seconds: int) -> None:
        """Set a cookie of the domain, for its own paths alone."""
        response.set_cookie(
            name,
            value,
            max_age=seconds,
            path=self.path,
            httponly=True,
            secure=self.secure,
            samesite="lax",
        )
