"""Firefox as it comes, by WebDriver BiDi: no driver, and no build of its own.

https://www.w3.org/TR/webdriver-bidi/

Scripts of the pages can be switched off, as people switch them off; what looks at a page still works then.
"""

import json
import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, TypeVar

import pytest
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

PATIENCE = 20.0
"""Seconds."""

CONTROL = "\ue009"
"""The key, as WebDriver names it."""

_LISTENING = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
_PREFERENCES = """
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("toolkit.telemetry.reportingpolicy.firstRun", false);
user_pref("app.normandy.enabled", false);
user_pref("app.update.enabled", false);
user_pref("extensions.update.enabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("services.settings.server", "data:,");
user_pref("signon.rememberSignons", false);
"""
_FOUND = TypeVar("_FOUND")


class BiDiError(Exception):
    """Firefox refused a command."""


def executable() -> str | None:
    """Find Firefox on this machine."""
    return shutil.which("firefox-esr") or shutil.which("firefox")


@contextmanager
def firefox(profile: Path, *, scripts: bool) -> Iterator["Tab"]:
    """Start Firefox with a profile of its own, as long as the context lasts."""
    found = executable()
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("there is no Firefox, and CI must have one")
        pytest.skip("there is no Firefox on this machine")
    switched = f'user_pref("javascript.enabled", {json.dumps(scripts)});\n'
    (profile / "user.js").write_text(_PREFERENCES + switched)
    arguments = ["--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port", "0"]
    with subprocess.Popen(
        [found, *arguments],
        env={**os.environ, "HOME": str(profile), "MOZ_CRASHREPORTER_DISABLE": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stderr is not None
            address = _address(process.stderr)
            # What it says later must not fill the pipe.
            threading.Thread(target=process.stderr.read, daemon=True).start()
            with connect(f"{address}/session", max_size=None) as socket:
                yield Tab(socket)
        finally:
            process.terminate()


def _address(output: IO[str]) -> str:
    told = []
    for line in output:
        told.append(line)
        if listening := _LISTENING.search(line):
            return listening[1]
    pytest.fail(f"Firefox did not start: {''.join(told)}")


class Tab:
    """The one tab of a Firefox.

    Args:
        socket: to Firefox.
    """

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._sent = 0
        self.complaints: list[str] = []
        """Errors of scripts, and what they write to the console as one."""

        self._call("session.new", capabilities={})
        self._call("session.subscribe", events=["log.entryAdded"])
        self._context = self._call("browsingContext.getTree")["contexts"][0]["context"]

    def open(self, address: str) -> None:
        """Go to an address."""
        self._here("browsingContext.navigate", url=address, wait="complete")

    def heading(self, text: str) -> None:
        """Wait for a page."""
        script = "document.readyState === 'complete' ? document.querySelector('h1')?.innerText : ''"
        self._wait(lambda: self.look(script) == text, f"no page {text}")

    def look(self, script: str) -> Any:
        """Return what is on the page, as a script sees it that is none of the page's."""
        target = {"context": self._context, "sandbox": "tests"}
        told = self._call("script.evaluate", expression=script, target=target, awaitPromise=True)
        if told["type"] != "success":
            raise BiDiError(told["exceptionDetails"]["text"])
        return told["result"].get("value")

    def fill(self, selector: str, text: str) -> None:
        """Write into a field what shall stand in it."""
        self._click({"type": "css", "value": selector})
        self._keys(CONTROL, "a")
        for letter in text:
            self._keys(letter)

    def press(self, name: str, role: str = "button") -> None:
        """Click what is called so."""
        self._click({"type": "accessibility", "value": {"role": role, "name": name}})

    def follow(self, name: str) -> None:
        """Click a link."""
        self.press(name, "link")

    def _click(self, locator: dict[str, Any]) -> None:
        def find() -> Any:
            return self._here("browsingContext.locateNodes", locator=locator, maxNodeCount=1)["nodes"]

        [node] = self._wait(find, f"no {locator}")
        element = {"sharedId": node["sharedId"]}
        self._call(
            "script.callFunction",
            functionDeclaration="element => element.scrollIntoView({block: 'center', behavior: 'instant'})",
            arguments=[element],
            target={"context": self._context, "sandbox": "tests"},
            awaitPromise=False,
        )
        origin = {"type": "element", "element": element}
        move = {"type": "pointerMove", "x": 0, "y": 0, "origin": origin}
        actions = [move, {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        self._here("input.performActions", actions=[{"type": "pointer", "id": "mouse", "actions": actions}])

    def _keys(self, *together: str) -> None:
        down = [{"type": "keyDown", "value": key} for key in together]
        up = [{"type": "keyUp", "value": key} for key in reversed(together)]
        self._here("input.performActions", actions=[{"type": "key", "id": "keys", "actions": [*down, *up]}])

    def _wait(self, ask: Callable[[], _FOUND], otherwise: str) -> _FOUND:
        last: object = None
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                if found := ask():
                    return found
            except BiDiError as exc:
                # Between two pages there is none to ask.
                last = exc
            time.sleep(0.05)
        pytest.fail(f"{otherwise}: {self.look('document.body.innerText')} ({last})")

    def _here(self, method: str, **params: Any) -> Any:
        return self._call(method, context=self._context, **params)

    def _call(self, method: str, **params: Any) -> Any:
        self._sent += 1
        self._socket.send(json.dumps({"id": self._sent, "method": method, "params": params}))
        while True:
            try:
                told = json.loads(self._socket.recv(timeout=PATIENCE))
            except (TimeoutError, WebSocketException) as exc:
                pytest.fail(f"Firefox does not answer {method}: {exc!r}")
            if told.get("method") == "log.entryAdded" and told["params"]["level"] == "error":
                self.complaints.append(str(told["params"]["text"]))
            if told.get("id") == self._sent:
                if told["type"] == "error":
                    raise BiDiError(told["message"])
                return told["result"]
