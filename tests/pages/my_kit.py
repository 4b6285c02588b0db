"""Somebody who is signed in, and goes through the pages of their own account without scripts."""

import json
import re
from typing import Any

from tests.local.authenticator import Authenticator
from tests.pages.kit import HOME, App, Page
from tests.routers.kit import PASSWORD

ROOT = "/account/me"


class Mine(App):
    """An app in which somebody is signed in; its pool has all that an account can have.

    Args:
        username: who.
        changed: of the pool, by UpdateUserPool.
        user_agent: what the browser calls itself.
        pool: options of it.
    """

    def __init__(
        self,
        *,
        username: str = "ada",
        changed: dict[str, Any] | None = None,
        user_agent: str = "a test",
        **pool: Any,
    ) -> None:
        options: dict[str, Any] = {
            "allowed_first_factors": ["PASSWORD", "EMAIL_OTP", "WEB_AUTHN"],
            "mfa_methods": ["SOFTWARE_TOKEN_MFA", "EMAIL_OTP"],
            "relying_party_id": "app.example",
            **pool,
        }
        super().__init__(**options)
        self.http.headers["user-agent"] = user_agent
        self.authenticator = Authenticator(origin=HOME)
        if changed is not None:
            self.pool.call("UpdateUserPool", {"UserPoolId": self.pool.user_pool_id, **changed})
        self.sign_in(username)

    def sign_in(self, username: str = "ada", password: str = PASSWORD) -> None:
        """Sign in by the pages, and come to the account."""
        self.open(f"/account/sign-in?next={ROOT}")
        self.pass_sign_in(username, password)

    def pass_sign_in(self, username: str = "ada", password: str = PASSWORD) -> Page:
        """Sign in from where one was sent to do so."""
        if "password" in self.page.forms[0].fields:
            return self.send(username=username, password=password)
        self.send(username=username)
        if self.page.heading == "Enter the code from your e-mail":
            return self.send(code=self.code(username))
        return self.send(password=password)

    def press(self, path: str, button: str | None = None, /, **fields: str) -> Page:
        """Send the form that goes to a path of the account.

        Args:
            path: below the account, such as `/second-factors`.
            button: the value of the one to be pressed, unless it is the first.
            fields: what is chosen among several forms, by hidden fields, or written.
        """
        for number, form in enumerate(self.page.forms):
            given = form.filled_in()
            action = form.attributes.get("action") or self.page.path
            fixed = {name for name, field in form.fields.items() if field.get("type") == "hidden"}
            fits = form.attributes.get("method") == "post" and all(
                given[name] in {"", value} for name, value in fields.items() if name in fixed
            )
            buttons = [found for found in form.buttons if button in {None, found.get("value")}]
            if action.partition("?")[0] == f"{ROOT}{path}" and fits and buttons:
                form.buttons = buttons
                return self.send(fields, form=number)
        msg = f"{self.page.heading} has no form for {path} with {button} and {fields}"
        raise AssertionError(msg)

    def options(self) -> Any:
        """Return what the page gives a browser to make a passkey of."""
        found = re.search(
            r'<script type="application/json"[^>]*>(.*?)</script>', self.page.response.text, re.S
        )
        assert found is not None
        return json.loads(found[1])

    def make_passkey(self) -> Page:
        """Make a passkey, as the script does, and send it."""
        self.open(f"{ROOT}/passkeys/add")
        made = self.authenticator.create(self.options())
        return self.press("/passkeys/add", credential=json.dumps(made))

    def later(self, seconds: float = 400) -> None:
        """Let the time pass in which a sign-in is recent."""
        self.clock.now += seconds

    def get_user(self, username: str = "ada") -> dict[str, str]:
        """Return the attributes of a user, as the pool has them."""
        found = self.pool.call("AdminGetUser", {"UserPoolId": self.pool.user_pool_id, "Username": username})
        return {one["Name"]: one.get("Value", "") for one in found["UserAttributes"]}

    def fail(self, error: Exception, *operations: str) -> None:
        """Let operations of the pool fail from now on: all, or these."""
        call = self.pool.call

        def failing(operation: str, params: dict[str, Any]) -> dict[str, Any]:
            if not operations or operation in operations:
                raise error
            return call(operation, params)

        self.pool.call = failing  # type: ignore[method-assign]

    def can_press(self, path: str, button: str | None = None, /) -> bool:
        """Return whether the page has a form for a path, with a button of a value."""
        return any(
            form.attributes.get("action") == f"{ROOT}{path}"
            and any(button in {None, found.get("value")} for found in form.buttons)
            for form in self.page.forms
        )

    @property
    def notice(self) -> str:
        """What the page says has been done."""
        return " ".join(self.page.texts.get(".notice", []))
