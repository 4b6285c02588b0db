"""Who signed in last in this browser, and by what, so that the next time begins with one click.

It is there after a sign-in that went well, and says nothing of who has an account: whoever types a name
is not remembered for that.
"""

import json
from dataclasses import asdict, dataclass
from typing import Final

from starlette.requests import HTTPConnection

from fastapi_cognito_auth.cookie_sessions.box import Box, BrokenBoxError, ForeignBoxError
from fastapi_cognito_auth.dependencies.request_cookies import passing_attributes
from fastapi_cognito_auth.pages.messages import LONGEST_LOGIN
from fastapi_cognito_auth.pages.own_cookies import prefixed, single_values, taken_away

_KEPT: Final = 365 * 86_400
"""Seconds; each sign-in begins them anew."""


@dataclass(frozen=True, slots=True)
class LastName:
    """Who was here."""

    login: str
    """As it was typed."""

    way: str
    """The first factor, by the name that challenges have for it."""


class LastNames:
    """Keeps a name.

    Args:
        box: encrypts it.
        name: what its cookie is called, without `__Host-`.
        client_id: the app client that it is of.
        wanted: whether names are remembered at all.
    """

    def __init__(self, box: Box, name: str, *, client_id: str, wanted: bool) -> None:
        self._box = box
        self._name = f"{name}-last"
        self._client_id = client_id
        self._wanted = wanted

    def find(self, connection: HTTPConnection) -> LastName | None:
        """Return who signed in last in this browser, if anybody did and is not forgotten."""
        place = prefixed(connection, self._name)
        value = single_values(connection).get(place)
        if value is None or not self._wanted:
            return None
        try:
            return LastName(**json.loads(self._box.open(value, self._purpose(place))))
        except (ForeignBoxError, BrokenBoxError, ValueError, TypeError):
            return None

    def keep(self, connection: HTTPConnection, login: str, way: str) -> list[str]:
        """Return the `Set-Cookie` headers that keep who has signed in."""
        if not self._wanted or len(login) > LONGEST_LOGIN:
            return self.forget(connection)
        place = prefixed(connection, self._name)
        value = self._box.close(json.dumps(asdict(LastName(login, way))).encode(), self._purpose(place))
        return [f"{place}={value}; Max-Age={_KEPT}; {passing_attributes(connection)}"]

    def forget(self, connection: HTTPConnection) -> list[str]:
        """Return the `Set-Cookie` headers by which a browser forgets who was there."""
        place = prefixed(connection, self._name)
        return taken_away(connection, [name for name in single_values(connection) if name == place])

    def _purpose(self, place: str) -> str:
        return f"{place} {self._client_id}"
