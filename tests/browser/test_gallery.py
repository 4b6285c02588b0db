"""Every state of every page in Chromium: light and dark, phone to desktop, by the rules of WCAG 2.2 AA."""

import json
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fastapi_cognito_auth.cli.gallery.forms import Page
from fastapi_cognito_auth.cli.gallery.served import Gallery
from fastapi_cognito_auth.cli.gallery.state import Group
from fastapi_cognito_auth.cli.gallery.states import GROUPS
from fastapi_cognito_auth.pages import Look
from tests.browser.kit import serving
from tests.interop.environments import HERE, node
from tests.routers.kit import PASSWORD, totp

DESKTOP = 1280
WIDTHS = (DESKTOP, DESKTOP // 2, 360, 320)
"""Pixels: a desktop, the same at 200 % (WCAG 1.4.4), a phone, and a desktop at 400 % (1.4.10)."""

RUN_AXE = """rules =>
  axe.run({resultTypes: ["violations"], ...rules}).then(({violations}) => JSON.stringify(violations))"""
ALL_RULES = {"rules": {"target-size": {"enabled": True}}}
"""The sizes of targets (2.5.8) are not looked at unless they are asked for."""

COLOURS = {"runOnly": ["color-contrast"]}
"""What another colour scheme changes."""


PRESS_ALL = """async () => {
  const real = window.fetch;
  const wrong = [];
  const byBrowsers = "[data-passkey], [data-new-passkey], [data-file], [enctype]";
  for (const form of document.querySelectorAll(`form:not(${byBrowsers})`)) {
    if (form.getAttribute("method") !== "post") continue;
    for (const button of form.querySelectorAll("button[type=submit]")) {
      let sent = "nowhere";
      window.fetch = (address) => {
        sent = new URL(address, location.href).href;
        return Promise.reject(new TypeError());
      };
      button.setAttribute("aria-disabled", "false"); // the wait for another code is over
      form.requestSubmit(button);
      await new Promise((resolve) => setTimeout(resolve));
      const says = button.getAttribute("formaction") ?? form.getAttribute("action") ?? "";
      if (sent !== new URL(says, location.href).href) wrong.push(`${button.textContent}: ${sent}`);
    }
  }
  window.fetch = real;
  document.querySelector("[data-told]")?.remove();
  return wrong;
}"""
"""Every button sends its form where the page says, whatever the form has fields for."""


class Eyes:
    """Looks at the states of the gallery, all in one tab.

    Args:
        page: the tab.
        address: of the gallery.
    """

    def __init__(self, page: Any, address: str) -> None:
        self.page, self.address = page, address
        self.heard: list[str] = []
        self._devtools = page.context.new_cdp_session(page)
        page.on("pageerror", lambda error: self.heard.append(str(error)))
        page.on("console", self._hear)
        page.on("request", self._watch)

    def _hear(self, message: Any) -> None:
        # An answer that refuses is one of the pages.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.heard.append(message.text)

    def _watch(self, request: Any) -> None:
        if not request.url.startswith((self.address, "data:")):
            self.heard.append(f"asks {request.url}")

    def faults(self, path: str) -> list[str]:
        """Return what is wrong with a page."""
        self.heard.clear()
        self._emulate("light")
        self._resize(WIDTHS[-1])
        self.page.goto(f"{self.address}{path}")
        found = self._broken("light", ALL_RULES)
        self._emulate("dark")
        found += self._broken("dark", COLOURS)
        for width in WIDTHS[::-1]:
            self._resize(width)
            if self.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found.append(f"scrolls sideways at {width}")
        return [*found, *self.page.evaluate(PRESS_ALL), *self.heard]

    def _broken(self, scheme: str, rules: dict[str, Any]) -> list[str]:
        violations = json.loads(self.page.evaluate(RUN_AXE, rules))
        return [f"{scheme}: {one['id']}: {[node['html'] for node in one['nodes']]}" for one in violations]

    def _emulate(self, scheme: str) -> None:
        self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")

    def _resize(self, width: int) -> None:
        self._devtools.send(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False},
        )


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    look = Look(name="The shop", help_url="/help", privacy_url="/privacy", terms_url="/terms")
    with serving(Gallery(GROUPS, look, time.time).app()) as address:
        yield address


@pytest.fixture(scope="module")
def eyes(browser: Any, address: str) -> Iterator[Eyes]:
    node()
    context = browser.new_context()
    context.set_default_timeout(15_000)
    context.add_init_script((HERE / "node_modules" / "axe-core" / "axe.min.js").read_text())
    yield Eyes(context.new_page(), address)
    context.close()


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.title)
def test_no_state_breaks_a_rule(eyes: Eyes, group: Group) -> None:
    found = {state.name: eyes.faults(f"/states/{state.name}") for state in group.states}
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_what_breaks_a_rule_is_found(eyes: Eyes, tmp_path: Path) -> None:
    (tmp_path / "sign_out.html").write_text(
        '<!doctype html><html lang="en"><title>x</title>'
        '<link rel="stylesheet" href="{{ asset("pages.css") }}">'
        '<main><h1>x</h1><a href="/">Some words</a><input><img alt="x" src="https://elsewhere.example/x.png">'
        f'<p class="service">{"x" * 400}</p></main>'
    )
    look = Look(templates=tmp_path, colour="#bbbbbb")
    with serving(Gallery(GROUPS, look, time.time).app()) as address:
        found = Eyes(eyes.page, address).faults("/states/sign-out")
    told = " ".join(found)
    for fault in ("light: color-contrast", "label", "sideways at 1280", "Content Security Policy"):
        assert fault in told
    assert "dark: color-contrast" not in told


def test_the_index_breaks_no_rule(eyes: Eyes) -> None:
    assert eyes.faults("/") == []


class Keys:
    """Somebody who has a keyboard and nothing else.

    Args:
        page: a tab.
        scripts: whether there are any.
    """

    def __init__(self, page: Any, *, scripts: bool) -> None:
        self.page, self.scripts = page, scripts

    def to(self, selector: str) -> None:
        """Go on by the tab key, and see at each place where one is."""
        for _ in range(30):
            if self.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                style = "getComputedStyle(document.activeElement).outlineStyle"
                assert self.page.evaluate(style) != "none", selector
                return
            self.page.keyboard.press("Tab")
        pytest.fail(f"the keyboard does not reach {selector}")

    def write(self, **fields: str) -> None:
        """Fill fields in, and press enter in the last one; scripts send codes by themselves."""
        for name, value in fields.items():
            self.to(f"[name='{name}']")
            self.page.keyboard.type(value)
        if not (self.scripts and "code" in fields):
            self.page.keyboard.press("Enter")

    def heading(self, text: str) -> None:
        """Wait for a page."""
        self.page.get_by_role("heading", level=1, name=text, exact=True).wait_for()


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def keys(browser: Any, request: pytest.FixtureRequest) -> Iterator[Keys]:
    context = browser.new_context(java_script_enabled=request.param)
    context.set_default_timeout(15_000)
    yield Keys(context.new_page(), scripts=request.param)
    context.close()


def sent(address: str, state: str) -> str:
    """Return the code that lies in the outbox of a state."""
    with urllib.request.urlopen(f"{address}/outbox/{state}", timeout=10) as answer:
        return Page(answer.read().decode()).codes[0]


def test_the_keyboard_signs_up(keys: Keys, address: str) -> None:
    keys.page.goto(f"{address}/states/sign-up-by-email")
    keys.write(username="grace@example.com", password=PASSWORD)
    keys.heading("Confirm your account")
    keys.write(code=sent(address, "sign-up-by-email"))
    keys.heading("You are signed in")


def test_the_keyboard_signs_in_and_sets_an_authenticator_up(keys: Keys, address: str) -> None:
    keys.page.goto(f"{address}/states/authenticator-set-up")
    keys.to(".ways a")
    keys.page.keyboard.press("Enter")
    keys.heading("Sign in")
    keys.write(password=PASSWORD)
    keys.heading("Set up an authenticator app")
    keys.to("summary")
    keys.page.keyboard.press("Enter")
    secret = keys.page.inner_text(".secret")
    keys.write(code=totp(secret, time.time()))
    keys.heading("You are signed in")
