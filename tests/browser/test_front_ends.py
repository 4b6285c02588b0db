"""The front ends of the documentation, as they stand there: compiled, built and run."""

import json
import os
import re
import runpy
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.client_kit import Served, Tab
from tests.browser.kit import serving
from tests.docs_support import ROOT, blocks_of, write_file
from tests.interop import environments
from tests.routers.kit import PASSWORD, TEMPORARY

PAGE = ROOT / "docs" / "how-to" / "front-end.md"
BLOCKS = blocks_of(PAGE)
HERE = ROOT / "tests" / "client"
FRAMEWORKS = ("react", "vue")
TSC = ("--noEmit", "--strict", "--noUncheckedIndexedAccess", "--target", "es2022", "--module", "nodenext")


@pytest.fixture(scope="module")
def node() -> str:
    """Return node, with the compiler, the builder and the frameworks installed."""
    try:
        return environments.node(HERE)
    except environments.MissingError as exc:
        if os.environ.get("CI"):
            pytest.fail(str(exc))
        pytest.skip(str(exc))


@pytest.fixture(scope="module")
def project(node: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write what a team would have: the client as npm installs it, and the blocks of the documentation."""
    folder = tmp_path_factory.mktemp("front-ends")
    (folder / "package.json").write_text('{"type": "module"}')
    modules = folder / "node_modules"
    modules.mkdir()
    for entry in (HERE / "node_modules").iterdir():
        (modules / entry.name).symlink_to(entry)
    (modules / "fastapi-cognito-auth").symlink_to(ROOT / "js")
    hooks = [block.code for block in BLOCKS if block.language == "typescript"]
    assert len(hooks) == len(FRAMEWORKS)
    for framework, hook in zip(FRAMEWORKS, hooks, strict=True):
        (folder / framework).mkdir()
        (folder / framework / "use-auth.ts").write_text(hook)
        (folder / framework / "page.ts").write_text((HERE / f"{framework}.ts").read_text())
    (folder / "usage.ts").write_text((HERE / "usage.ts").read_text())
    return folder


def run(*command: str, folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def bundles(node: str, project: Path) -> Callable[[str], str]:
    """Return what builds a page, by its framework."""

    def bundle(framework: str) -> str:
        esbuild = str(HERE / "node_modules" / "esbuild" / "bin" / "esbuild")
        options = (
            "--bundle",
            "--format=esm",
            "--log-level=warning",
            '--define:process.env.NODE_ENV="production"',
        )
        return run(node, esbuild, f"{framework}/page.ts", *options, folder=project)

    return bundle


@pytest.fixture(scope="module")
def served() -> Served:
    return Served()


@pytest.fixture(scope="module")
def address(served: Served) -> Iterator[str]:
    with serving(served) as address:
        yield address


def test_the_types_of_the_client_and_the_front_ends_of_the_documentation_compile(
    node: str, project: Path
) -> None:
    compiler = str(HERE / "node_modules" / "typescript" / "bin" / "tsc")
    pages = [f"{framework}/page.ts" for framework in FRAMEWORKS]
    run(node, compiler, *TSC, "--lib", "es2022,dom,dom.iterable", "usage.ts", *pages, folder=project)


def test_the_types_of_the_client_compile_where_the_compiler_knows_fewer_names_of_browsers(
    node: str, project: Path
) -> None:
    compiler = str(HERE / "node_modules" / "typescript-5.4" / "bin" / "tsc")
    whole = ("--skipLibCheck", "false", "--lib", "es2022,dom,dom.iterable")
    run(node, compiler, *TSC, *whole, "usage.ts", folder=project)


class FrontEnd:
    """A tab with a page that was built."""

    def __init__(self, page: Any, address: str, bundle: str) -> None:
        self.page = page
        self._bundle = bundle
        page.goto(f"{address}/blank")
        page.add_script_tag(content=bundle, type="module")

    def reload(self) -> None:
        self.page.reload()
        self.page.add_script_tag(content=self._bundle, type="module")

    def sign_in(self, username: str, password: str) -> None:
        self.page.fill("#sign-in [name=username]", username)
        self.page.fill("#sign-in [name=password]", password)
        self.page.click("#sign-in button")

    def answer(self, text: str) -> None:
        self.page.fill("#question [name=answer]", text)
        self.page.click("#question button")

    def says(self, place: str, text: str) -> None:
        self.page.locator(place).get_by_text(text, exact=True).wait_for()


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_front_end_leads_through_a_challenge_and_hears_of_other_tabs(
    context: Any, address: str, bundles: Callable[[str], str], framework: str
) -> None:
    bundle = bundles(framework)
    first = FrontEnd(context.new_page(), address, bundle)
    first.sign_in(f"new-{framework}", "Wrong-password-1!")
    first.says("#problem", "not_authorized")
    first.sign_in(f"new-{framework}", TEMPORARY)
    first.says("#question", "NEW_PASSWORD_REQUIRED")
    first.answer("weak")
    first.says("#problem", "invalid_password")
    first.reload()
    first.says("#question", "NEW_PASSWORD_REQUIRED")
    first.answer(PASSWORD)
    first.says("#user", f"new-{framework}")
    second = FrontEnd(context.new_page(), address, bundle)
    second.says("#user", f"new-{framework}")
    second.page.click("text=Sign out")
    first.page.locator("#sign-in").wait_for()


def test_a_program_in_node_signs_in_refreshes_and_ends(node: str, address: str) -> None:
    told = json.loads(run(node, "program.mjs", address, TEMPORARY, PASSWORD, folder=HERE))
    assert told == {
        "asked": ["NEW_PASSWORD_REQUIRED"],
        "me": "program",
        "refused": "not_authenticated",
        "heard": [None, "program", None],
        "refreshed": True,
    }


def test_the_page_of_the_documentation_signs_in_whoever_must_choose_a_password(
    context: Any, tmp_path: Path
) -> None:
    written = {path.name for block in BLOCKS if (path := write_file(block, tmp_path))}
    assert {"main.py", "page.html", "page.js"} <= written
    with serving(runpy.run_path(str(tmp_path / "main.py"))["app"]) as address:
        page = context.new_page()
        page.goto(address)
        page.fill("[name=username]", "newcomer")
        page.fill("[name=password]", "Wrong-password-1!")
        page.click("#sign-in button")
        page.get_by_role("alert").get_by_text("Incorrect username or password").wait_for()
        page.fill("[name=username]", "newcomer")
        page.fill("[name=password]", TEMPORARY)
        page.click("#sign-in button")
        page.fill("#question input", "weak")
        page.click("#question button")
        page.get_by_role("alert").get_by_text("password").wait_for()
        page.reload()
        page.fill("#question input", PASSWORD)
        page.click("#question button")
        page.get_by_text("the orders of newcomer").wait_for()
        page.click("text=Sign out")
        page.locator("#sign-in").wait_for()


SNIPPETS = [
    block.code
    for block in BLOCKS
    if block.language == "javascript" and not block.code.startswith("// page.js")
]
AROUND = """
  globalThis.choose = async (ways) => ways.find((way) => way === "EMAIL_OTP");
  globalThis.ask = () => code();
  globalThis.askForPasswordAgain = async () => password;
  globalThis.lead = (attempt) => attempt.result;
"""


def test_the_snippets_of_the_documentation_run(page: Any, address: str, served: Served) -> None:
    loop, step_up, bearer = (snippet.replace("https://api.example.com", address) for snippet in SNIPPETS)
    tab = Tab(page, address)
    page.expose_function("code", lambda: served.code("ada"))
    tab.run(f"{AROUND} globalThis.password = given.password", password=PASSWORD)
    assert tab.run(f'const auth = new SessionClient("/session"); {loop} return user.username;') == "ada"
    served.clock.advance(120)
    served.requests.clear()
    tab.run(step_up)
    assert served.requests.count(("DELETE", "/orders")) == 2
    tab.run(bearer)
    assert served.requests[-1] == ("GET", "/orders")


def test_the_example_of_the_package_runs(page: Any, address: str) -> None:
    (example,) = (block.code for block in blocks_of(ROOT / "js" / "README.md"))
    imported, _, script = example.partition("\n")
    assert imported == 'import { SessionClient } from "fastapi-cognito-auth";'
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    Tab(page, address).run(script)
    assert said == ["ada"]


def test_a_code_that_is_mistyped_is_asked_for_again_by_the_example_of_the_package(
    page: Any, address: str, served: Served
) -> None:
    (example,) = (block.code for block in blocks_of(ROOT / "js" / "README.md"))
    by_code = 'auth_flow: "USER_AUTH", preferred_challenge: "EMAIL_OTP"'
    script = example.partition("\n")[2].replace('password: "Correct-horse-1!"', by_code)
    asked: list[str] = []

    def answer(dialog: Any) -> None:
        asked.append(dialog.message)
        dialog.accept(served.code("ada") if len(asked) > 1 else "00000000")

    page.on("dialog", answer)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    Tab(page, address).run(script)
    assert asked == ["EMAIL_OTP", "Invalid code received for user"]
    assert said[-1] == "ada"


def test_the_reference_has_everything_that_is_declared() -> None:
    text = (ROOT / "docs" / "reference" / "client.md").read_text()
    named = set(re.findall(r"`(\w+)", " ".join(re.findall(r"^\|(.*?)\|", text, re.MULTILINE))))
    declared = (ROOT / "js" / "fastapi-cognito-auth.d.ts").read_text()
    exported = set(re.findall(r"^export (?:class|const|function) (\w+)", declared, re.MULTILINE))
    own = re.search(r"ClientCode =(.*?);", declared, re.DOTALL)
    assert own is not None
    codes = set(re.findall(r'"(\w+)"', own[1]))
    classes = re.findall(
        r"class (?:Attempt|AuthError|Client|BearerClient)\b.*?^}", declared, re.MULTILINE | re.DOTALL
    )
    options = re.findall(
        r"interface (?:ClientOptions|BearerOptions)\b.*?^}", declared, re.MULTILINE | re.DOTALL
    )
    members = set(
        re.findall(r"^  (?:readonly )?(\w+)\??[(:<]", "\n".join([*classes, *options]), re.MULTILINE)
    )
    assert exported | codes | members - {"constructor"} <= named
