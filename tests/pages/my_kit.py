"""Somebody who is signed in, and goes through the pages of their own account without scripts."""

import json
import re
from typing import Any

from tests.local.authenticator import Authenticator
from tests.pages.kit import HOME, App, Page
from tests.routers.kit import PASSWORD

ROOT = "/account/me"


class Mine(App):
    """An app in which ada is signed in; its pool has all that an account can have.

    Args:
        pool: options of it.
    """

    def __init__(self, **pool: Any) -> None:
        options: dict[str, Any] = {
            "allowed_first_factors": ["PASSWORD", "EMAIL_OTP", "WEB_AUTHN"],
            "mfa_methods": ["SOFTWARE_TOKEN_MFA", "EMAIL_OTP"],
            "relying_party_id": "app.example",
            **pool,
        }
        super().__init__(**options)
        self.authenticator = Authenticator(origin=HOME)
        self.sign_in()

    def sign_in(self, username: str = "ada", password: str = PASSWORD) -> None:
        """Sign in by the pages, and come to the account."""
        self.open(f"/account/sign-in?next={ROOT}")
        self.pass_sign_in(username, password)

    def pass_sign_in(self, username: str = "ada", password: str = PASSWORD) -> Page:
        """Sign in from where one was sent to do so."""
        if "password" in self.page.forms[0].fields:
            return self.send(username=username, password=password)
        self.send(username=username)
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

    @property
    def notice(self) -> str:
        """What the page says has been done."""
        return " ".join(self.page.texts.get(".notice", []))
