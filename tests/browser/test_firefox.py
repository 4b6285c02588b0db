"""The way through the pages in Firefox, with scripts and without."""

import time
from pathlib import Path

import pytest

from fastapi_cognito_auth.cli.gallery.served import Gallery
from fastapi_cognito_auth.cli.gallery.states import GROUPS
from fastapi_cognito_auth.pages import Look
from tests.browser.firefox import firefox
from tests.browser.kit import serving
from tests.routers.kit import NEW_PASSWORD, PASSWORD, totp
from tests.support import Clock


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_firefox_signs_in_by_two_factors_and_goes_through_the_account(scripts: bool, tmp_path: Path) -> None:
    clock = Clock(time.time())
    with (
        serving(Gallery(GROUPS, Look(), clock).app()) as address,
        firefox(tmp_path, scripts=scripts) as tab,
    ):
        here = f"{address}/states/authenticator-set-up"
        tab.open(here)
        tab.heading("Set up an authenticator app")
        secret = tab.look("document.querySelector('.secret').textContent")

        def send_code(button: str) -> None:
            clock.advance(60)
            tab.fill("#code", totp(secret, clock.now))
            if not scripts:
                # With them it is sent by itself.
                tab.press(button)

        send_code("Confirm")
        tab.heading("You are signed in")
        tab.open(f"{here}/account/me")
        tab.heading("My account")
        tab.follow("Change my details")
        tab.heading("Change my details")
        tab.fill("[name='attribute.name']", "Ada Lovelace")
        tab.press("Save")
        tab.heading("My account")
        assert "Ada Lovelace" in tab.look("document.body.innerText")
        tab.follow("Change the password")
        tab.heading("Change the password")
        # Only scripts can show a password.
        assert tab.look("document.querySelector('[aria-controls=new_password]') !== null") == scripts
        tab.fill("#previous_password", PASSWORD)
        tab.fill("#new_password", NEW_PASSWORD)
        tab.press("Save")
        tab.heading("My account")
        tab.follow("Sign out")
        tab.heading("Sign out")
        tab.press("Sign out")
        tab.heading("Sign in")
        tab.open(f"{here}/account/sign-in?login_hint=ada")
        tab.fill("#password", NEW_PASSWORD)
        tab.press("Sign in")
        tab.heading("Enter the code of your authenticator app")
        send_code("Continue")
        tab.heading("You are signed in")
        assert tab.complaints == []
