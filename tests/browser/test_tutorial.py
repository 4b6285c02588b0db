"""The browser app of the tutorial, from the blocks of its page, as a reader tries it."""

import re
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.kit import serving
from tests.docs_support import ROOT, blocks_of, write_file

TUTORIAL = ROOT / "docs" / "tutorial" / "5-a-browser-app.md"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("tutorial")
    written = {path.name for block in blocks_of(TUTORIAL) if (path := write_file(block, folder))}
    assert written == {"main.py", "page.html", "page.js"}
    with serving(runpy.run_path(str(folder / "main.py"))["app"]) as address:
        yield address


@pytest.fixture
def home(page: Any, address: str) -> Iterator[Any]:
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if "Policy" in message.text else None)
    page.goto(address)
    page.locator("#sign-in").wait_for()
    yield page
    assert complaints == []


def sign_in(home: Any, username: str, password: str) -> None:
    home.fill("[name=username]", username)
    home.fill("[name=password]", password)
    home.click("#sign-in button")


def test_a_reader_signs_in_and_out(home: Any) -> None:
    sign_in(home, "ada", "Wrong-horse-1!")
    home.locator("#notice", has_text="Incorrect username or password").wait_for()
    sign_in(home, "ada", "Correct-horse-1!")
    home.locator("#username", has_text="ada").wait_for()
    home.reload()
    home.locator("#username", has_text="ada").wait_for()
    home.click("#sign-out button")
    home.locator("#sign-in").wait_for()
    assert home.context.cookies() == []


def test_a_newcomer_chooses_a_password(home: Any) -> None:
    sign_in(home, "newcomer", "Temporary-1!")
    home.fill("[name=answer]", "Battery-staple-2!")
    home.click("#challenge button")
    home.locator("#username", has_text="newcomer").wait_for()


@pytest.mark.parametrize("way", ["own pages", "Google"])
def test_the_other_ways_lead_to_the_orders(home: Any, way: str) -> None:
    home.click(f"text={way}")
    if way == "Google":
        home.fill("[name=sub]", "1234567890")
        home.click("text=Continue")
    else:
        sign_in_there = {"username": "ada", "password": "Correct-horse-1!"}
        for name, value in sign_in_there.items():
            home.fill(f"[name={name}]", value)
        home.click("button")
    home.wait_for_url("**/orders")
    assert re.search("the orders of (ada|Google_1234567890)", home.inner_text("body"))


def test_after_signing_out_the_pools_own_pages_ask_again(home: Any, address: str) -> None:
    """At a shared computer the next person would be the last one, otherwise."""
    home.click("text=own pages")
    home.fill("[name=username]", "ada")
    home.fill("[name=password]", "Correct-horse-1!")
    home.click("button")
    home.wait_for_url("**/orders")
    home.goto(address)
    home.click("#sign-out button")
    home.locator("#sign-in").wait_for()
    home.click("text=own pages")
    home.locator("[name=password]").wait_for()
    assert "/login/domain/" in home.url


def test_whoever_wants_the_orders_signs_in_first_and_gets_there(home: Any, address: str) -> None:
    home.goto(f"{address}/orders")
    sign_in(home, "ada", "Correct-horse-1!")
    home.wait_for_url("**/orders")


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example", "https:evil.example", "javascript:alert(1)", "http://["]
)
def test_a_link_leads_nowhere_else(home: Any, address: str, elsewhere: str) -> None:
    home.goto(f"{address}/?next={elsewhere}")
    sign_in(home, "ada", "Correct-horse-1!")
    home.locator("#username", has_text="ada").wait_for()
    assert home.url.startswith(f"{address}/?next=")


def test_scripts_of_the_documentation_are_tried_in_a_browser() -> None:
    found = {
        path
        for path in Path(ROOT / "docs").rglob("*.md")
        if any(block.language == "javascript" or "<script" in block.code for block in blocks_of(path))
    }
    how_to = ROOT / "docs" / "how-to"
    # The second is tried in test_managed_login.py, the third in test_front_ends.py.
    assert found == {TUTORIAL, how_to / "cookies.md", how_to / "front-end.md"}
