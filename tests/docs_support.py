"""Runs a page of the documentation from top to bottom, as a reader would.

Python blocks of a page share one namespace. Shell blocks share their variables, and speak to a
live server on loopback that serves the page's `app`, or the example app where a page has none.
"""

import ast
import asyncio
import contextlib
import importlib
import io
import itertools
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import threading
import time
import tomllib
import warnings
from collections.abc import Iterator, MutableMapping
from importlib import metadata
from pathlib import Path
from types import CodeType
from typing import Any, Final, NamedTuple, Self

import pytest
import uvicorn
from fastapi import FastAPI

ROOT: Final = Path(__file__).parent.parent
CURL: Final = shutil.which("curl")
CHECKED_ELSEWHERE: Final = frozenset({"html", "javascript", "mermaid", "typescript"})
"""Pages and their scripts, by `tests/browser`, drawings, by `tests/test_layers.py`, and what a generated
client does, by `tests/openapi`; front ends are built and run by `tests/browser`."""

LANGUAGES: Final = frozenset({"python", "bash", "json", "text", *CHECKED_ELSEWHERE})
ADDRESS: Final = "localhost:8000"
ANYTHING: Final = "…"

_FENCE: Final = re.compile(r"^(?P<indent>\s*)(?P<ticks>```+|~~~+)(?P<info>.*)$")
_FILE: Final = re.compile(
    r"# (?P<python>[\w/]+\.py)\n|<!-- (?P<html>[\w/]+\.html) -->\n|// (?P<javascript>[\w/]+\.js)\n"
)
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost", "", None})
_PROJECT: Final[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
_TARGETS: Final = frozenset(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


class Block(NamedTuple):
    """A fenced code block."""

    page: Path
    line: int
    """Of the first line of code."""

    language: str
    code: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def _close_the_event_loop() -> None:
    """End the event loop that a page leaves behind, as Mangum does, who expects Lambda to."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            loop = asyncio.get_event_loop()
        except RuntimeError:
            return
    loop.close()
    asyncio.set_event_loop(None)


class DocsError(AssertionError):
    """A page says what is not so."""

    def __init__(self, where: object, what: str) -> None:
        super().__init__(f"{where}: {what}")


def blocks_of(page: Path) -> list[Block]:
    """Return the fenced blocks of a page.

    Raises:
        DocsError: a fence is indented, unclosed, of tildes, or of a language that nothing runs.
    """
    blocks: list[Block] = []
    lines = page.read_text().splitlines()
    start: int | None = None
    language = ""
    for number, line in enumerate(lines):
        where = f"{page}:{number + 1}"
        fence = _FENCE.match(line)
        if fence is None:
            continue
        if fence["indent"] or fence["ticks"] != "```":
            raise DocsError(where, "write fences as ``` at the start of a line")
        if start is None:
            start, language = number + 1, fence["info"].strip()
            if language not in LANGUAGES:
                raise DocsError(where, f"nothing runs {language!r}")
        elif fence["info"].strip():
            raise DocsError(where, "a fence opens inside of another")
        else:
            blocks.append(Block(page, start + 1, language, "\n".join(lines[start:number]) + "\n"))
            start = None
    if start is not None:
        raise DocsError((page, start), "the fence is not closed")
    return blocks


EARLIEST = 1_700_000_000
"""Seconds since the epoch; no other number of an answer is as great."""


def mismatch(shown: Any, real: Any, at: str = "$") -> str | None:
    """Tell where an answer differs from what the page shows, if it does.

    `…` stands for any text, list or object, at the end of a list for more of them, as a key for more
    members, and within a string for any characters. A reader who writes a client sees the type of a
    number: a time in seconds since the epoch stands for any such time, and a fraction for any.
    """
    if shown == ANYTHING and isinstance(real, (str, list, dict)):
        return None
    if type(shown) is int and type(real) is int and min(shown, real) > EARLIEST:
        return None
    if type(shown) is float and type(real) is float:
        return None
    if isinstance(shown, dict) and isinstance(real, dict):
        wanted = shown.keys() - {ANYTHING}
        if wanted - real.keys() or (ANYTHING not in shown and real.keys() - wanted):
            return f"{at} has {sorted(real)}, not {sorted(wanted)}"
        return next(filter(None, (mismatch(shown[key], real[key], f"{at}.{key}") for key in wanted)), None)
    if isinstance(shown, list) and isinstance(real, list):
        more = shown[-1:] == [ANYTHING]
        items = shown[:-1] if more else shown
        if len(real) < len(items) or (len(real) > len(items) and not more):
            return f"{at} has {len(real)} items, not {len(items)}"
        pairs = zip(items, real, strict=False)
        return next(filter(None, (mismatch(a, b, f"{at}[{i}]") for i, (a, b) in enumerate(pairs))), None)
    if isinstance(shown, str) and isinstance(real, str) and ANYTHING in shown:
        pattern = ".*".join(re.escape(part) for part in shown.split(ANYTHING))
        if re.fullmatch(pattern, real, re.DOTALL):
            return None
    elif type(shown) is type(real) and shown == real:
        return None
    return f"{at} is {real!r}, not {shown!r}"


class Server:
    """An app on a free port of loopback; its state is the thread, and the statuses it answered."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self.statuses: list[int] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._server = uvicorn.Server(
            uvicorn.Config(self._recording, log_level="error", interface="asgi3", ws="none", lifespan="on")
        )
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), daemon=True)

    async def _recording(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        async def recording_send(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                self.statuses.append(message["status"])
            await send(message)

        await self.app(scope, receive, recording_send)

    def __enter__(self) -> Self:
        self._thread.start()
        give_up = time.monotonic() + 10
        ready = threading.Event()
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > give_up:
                raise DocsError(self.app, "the server does not start")
            ready.wait(0.005)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        self._socket.close()


class Page:
    """Runs the blocks of a page; its state is what they left behind."""

    def __init__(self, directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._directory = directory
        self._monkeypatch = monkeypatch
        self._variables = directory / ".variables"
        self._variables.write_text("")
        self._namespace: dict[str, Any] = {
            "__name__": "main",
            "__file__": str(directory / "main.py"),
            "__builtins__": __builtins__,
        }
        self._server: Server | None = None
        self._printed = ""
        self._reached_out: list[str] = []
        self.skipped = False

    def __enter__(self) -> Self:
        for name in [*os.environ]:
            if name.startswith(("COGNITO_", "EXAMPLE_", "AWS_")):
                self._monkeypatch.delenv(name)
        # Whoever looks for credentials must not ask the network for them.
        self._monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        self._monkeypatch.syspath_prepend(str(self._directory))
        self._forbid_the_network()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()
        for name in {"main", *(name for name in sys.modules if name.partition(".")[0] == "example_app")}:
            sys.modules.pop(name, None)
        _close_the_event_loop()

    def run(self, blocks: list[Block]) -> None:
        """Run the blocks in order.

        Raises:
            DocsError: a block fails, or answers otherwise than the page shows.
        """
        for block, following in itertools.zip_longest(blocks, blocks[1:]):
            shown = following if following and following.language in {"json", "text"} else None
            if block.language == "python":
                self._python(block)
            elif block.language == "bash":
                self._bash(block, shown)
            elif block.language not in CHECKED_ELSEWHERE:
                self._compare(block)
            else:
                write_file(block, self._directory)
        if self._reached_out:
            raise DocsError(blocks[0].page, f"reaches out to {self._reached_out}")

    def _forbid_the_network(self) -> None:
        real = socket.getaddrinfo

        def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
            if host not in _LOOPBACK:
                self._reached_out.append(str(host))
                raise OSError("tests have no network")
            return real(host, *args, **kwargs)

        self._monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

    def _python(self, block: Block) -> None:
        path = write_file(block, self._directory)
        if path is not None and path.name.startswith("test_"):
            return  # the page runs pytest; the test of the tests is that it does
        printed = io.StringIO()
        try:
            with contextlib.redirect_stdout(printed):
                exec(compile_block(block), self._namespace)
        except DocsError:
            raise
        except BaseException as exc:
            raise DocsError(block, f"{type(exc).__name__}: {exc}") from exc
        self._printed = printed.getvalue()

    def _bash(self, block: Block, shown: Block | None) -> None:
        self._printed = ""
        script = [line for line in logical_lines(block.code) if not self._checked(block, line)]
        if not script:
            return
        calls = [line for line in script if "curl" in line]
        for line in calls:
            check_addresses(block, line)
        if calls and CURL is None:
            self.skipped = True
            return
        code = "\n".join(script)
        if calls:
            server = self._serve()
            server.statuses.clear()
            code = code.replace(ADDRESS, f"127.0.0.1:{server.port}")
        done = subprocess.run(
            ["/bin/bash", "-c", _SCRIPT.format(variables=shlex.quote(str(self._variables)), code=code)],
            cwd=self._directory,
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        if done.returncode:
            raise DocsError(block, f"exit status {done.returncode}\n{done.stdout}{done.stderr}")
        if calls and self._server and shown is None and any(s >= 400 for s in self._server.statuses):
            raise DocsError(block, f"the app answered {self._server.statuses}\n{done.stdout}")
        self._printed = done.stdout
        self._adopt_settings()

    def _compare(self, block: Block) -> None:
        if self.skipped:
            return
        printed, self._printed = self._printed, ""
        if not printed.strip():
            raise DocsError(block, "shows an answer, but the block before it prints nothing")
        if block.language == "text":
            difference = mismatch(block.code.strip(), printed.strip())
        else:
            difference = mismatch(json.loads(block.code), json.loads(printed))
        if difference:
            raise DocsError(block, difference)

    def _checked(self, block: Block, line: str) -> bool:
        """Check a command that changes the machine, instead of running it."""
        words = shlex.split(line, comments=True)
        match words:
            case []:
                return True
            case ["make", *targets]:
                unknown = {target for target in targets if "=" not in target} - _TARGETS
                if unknown or not targets:
                    raise DocsError(block, f"no such target: {unknown}")
            case ["pip", "install", *requirements]:
                for requirement in requirements:
                    check_requirement(block, requirement)
            case ["uvicorn", target, *_] | ["gunicorn", *_, target]:
                module, _, name = target.partition(":")
                if not (self._directory / f"{module}.py").exists() or not isinstance(
                    self._namespace.get(name), FastAPI
                ):
                    raise DocsError(block, f"the page has no {target}")
            case _:
                return False
        return True

    def _environment(self) -> dict[str, str]:
        inherited = {name: os.environ[name] for name in ("HOME", "LANG", "TMPDIR") if name in os.environ}
        return inherited | {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "NO_PROXY": "*",
        }

    def _adopt_settings(self) -> None:
        # What a reader exports, the reader's app sees.
        exported = self._variables.with_name(f"{self._variables.name}.exported").read_text()
        for name, _, value in (entry.partition("=") for entry in exported.split("\0")):
            if name.startswith("COGNITO_"):
                self._monkeypatch.setenv(name, value)

    def _serve(self) -> Server:
        app = self._namespace.get("app") or example_app()
        if self._server is None or self._server.app is not app:
            self._stop()
            # The page may go on to talk to the same app; keep it for the blocks that follow.
            self._namespace["app"] = app
            self._server = Server(app).__enter__()
        return self._server

    def _stop(self) -> None:
        if self._server is not None:
            self._server.__exit__()
            self._server = None


_SCRIPT: Final = """
source {variables}
set -aeuo pipefail
{code}
export -p > {variables}
env -0 > {variables}.exported
"""


def write_file(block: Block, folder: Path) -> Path | None:
    """Write a block that names its file, as a reader would, and return where it is."""
    named = _FILE.match(block.code)
    name = named and named[named.lastgroup or 0]
    if not name:
        return None
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(block.code)
    return path


def compile_block(block: Block) -> CodeType:
    """Compile Python as a reader's file would be, with the page's own line numbers."""
    tree = ast.parse(block.code, filename=str(block))
    ast.increment_lineno(tree, block.line - 1)
    code: CodeType = compile(tree, str(block.page), "exec")
    return code


def logical_lines(script: str) -> Iterator[str]:
    """Split a script into commands: lines that end in a backslash or in open quotes go on."""
    held = ""
    for line in script.splitlines():
        held += line + "\n"
        if line.endswith("\\"):
            continue
        try:
            shlex.split(held, comments=True)
        except ValueError:
            continue
        yield held.rstrip("\n")
        held = ""
    if held:
        raise DocsError(held, "the command does not end")


def check_addresses(block: Block, line: str) -> None:
    """Refuse a call that would leave this machine."""
    for command in re.sub(r"-H '[^']*'", "", line).split("curl")[1:]:
        if ADDRESS not in command or re.search(r"https?://(?!localhost:8000)", command):
            raise DocsError(block, f"curl speaks to {ADDRESS} only: {line}")


def check_requirement(block: Block, requirement: str) -> None:
    """Check that a requirement is this project and its extras, or is what the tests run with."""
    found = re.fullmatch(r"(?P<name>[\w.-]+)(\[(?P<extras>[\w,-]+)\])?", requirement)
    if found is None:
        raise DocsError(block, f"not a requirement: {requirement}")
    if found["name"] == _PROJECT["name"]:
        extras = set((found["extras"] or "").split(",")) - {""}
        if extras - _PROJECT["optional-dependencies"].keys():
            raise DocsError(block, f"no such extra: {requirement}")
        return
    try:
        metadata.version(found["name"])
    except metadata.PackageNotFoundError:
        raise DocsError(block, f"the tests do not run with {requirement}") from None


def example_app() -> FastAPI:
    """Import the example app afresh; the environment is the page's."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "example_app"]:
        del sys.modules[name]
    app = importlib.import_module("example_app.main").app
    assert isinstance(app, FastAPI)
    return app
