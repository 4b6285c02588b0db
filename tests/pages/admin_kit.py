"""Administrators who go through the pages of administration without scripts."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from fastapi.testclient import TestClient

from fastapi_cognito_auth.local import LocalUser
from tests.pages.kit import HOME, App, Page
from tests.routers.admin_kit import PEOPLE
from tests.routers.kit import PASSWORD

USERS = "/account/admin/users"
HOSTILE = '<script>alert("x")</script>\u202e\u2066/../../"&x=1#%2F'


def user_path(username: str) -> str:
    return f"/account/admin/user?{urlencode({'user': username})}"


def group_path(group: str, page: str = "group") -> str:
    return f"/account/admin/{page}?{urlencode({'group': group})}"


def ask_path(deed: str, username: str, **more: str) -> str:
    return f"/account/admin/ask/{deed}?{urlencode({'user': username, **more})}"


class Office(App):
    """An app in which somebody is signed in who administers it.

    Args:
        who: signs in; nobody if it is nobody's name.
        users: of the pool.
        pool: options of it.
    """

    def __init__(self, who: str = "root", users: Iterable[LocalUser] = PEOPLE, **pool: Any) -> None:
        super().__init__(users=users, explicit_auth_flows=["ALLOW_USER_SRP_AUTH"], **pool)
        self._browsers: dict[str, TestClient] = {}
        if who:
            self.enter(who)

    def leave(self) -> None:
        """Take a browser in which nobody is signed in."""
        self.http = TestClient(self.app, base_url=HOME)

    def enter(self, who: str = "root") -> Page:
        """Come to the list of users: in a browser of one's own, and signed in there."""
        if who in self._browsers:
            self.http = self._browsers[who]
            return self.open(USERS)
        self.leave()
        self._browsers[who] = self.http
        self.open(f"/account/sign-in?next={USERS}")
        return self.send(username=who, password=PASSWORD)

    def do(self, deed: str, username: str, **more: str) -> Page:
        """Ask for something, and say yes."""
        self.open(ask_path(deed, username, **more))
        return self.send()

    def user(self, username: str) -> dict[str, Any]:
        """Return what the pool knows of a user."""
        found: dict[str, Any] = self.call("AdminGetUser", Username=username)
        return found

    def attributes(self, username: str) -> dict[str, str]:
        return {one["Name"]: one["Value"] for one in self.user(username)["UserAttributes"]}

    def groups(self, username: str) -> set[str]:
        answer = self.call("AdminListGroupsForUser", Username=username)
        return {group["GroupName"] for group in answer["Groups"]}

    def call(self, operation: str, **params: Any) -> dict[str, Any]:
        return self.pool.call(operation, {"UserPoolId": self.pool.user_pool_id, **params})

    @property
    def notice(self) -> str:
        """What the page says has been done."""
        return " ".join(self.page.texts.get(".notice", []))

    @property
    def rows(self) -> list[str]:
        """The names in the first column of a table."""
        return [name for name in self.page.links if name in self._names()]

    def _names(self) -> set[str]:
        users = self.call("ListUsers")["Users"]
        return {str(user["Username"]) for user in users}
