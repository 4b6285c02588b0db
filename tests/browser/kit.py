"""A real browser, and apps for it to visit."""

import importlib
import os
import shutil
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.interop.kit import running

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def executable() -> str | None:
    """Find Chromium on this machine."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@contextmanager
def chromium() -> Iterator[Any]:
    """Start Chromium, as long as the context lasts."""
    found = executable()
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("there is no Chromium, and CI must have one")
        pytest.skip("there is no Chromium on this machine")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def that_keeps_pages(browser: Any) -> Iterator[Any]:
    """Start Chromium once more, whose back button shows pages as they were left, as it does for people."""
    another = browser.browser_type.launch(
        executable_path=executable(), args=FLAGS, ignore_default_args=["--disable-back-forward-cache"]
    )
    try:
        yield another
    finally:
        another.close()


@contextmanager
def with_cookies_of_other_sites(browser: Any, folder: Path, **more: Any) -> Iterator[Any]:
    """Start Chromium once more, with a profile whose user does not block cookies of other sites."""
    (folder / "Default").mkdir()
    (folder / "Default" / "Preferences").write_text('{"profile": {"cookie_controls_mode": 0}}')
    context = browser.browser_type.launch_persistent_context(
        folder, executable_path=executable(), args=FLAGS, **more
    )
    yield context
    context.close()


@contextmanager
def serving(app: Any, **more: Any) -> Iterator[str]:
    """Serve an app on a free port of loopback, and yield its address.

    Args:
        app: what is served.
        more: options of uvicorn, such as a certificate.
    """
    scheme = "https" if "ssl_certfile" in more else "http"
    with socket.create_server(("127.0.0.1", 0)) as listening, running(app, listening, **more):
        yield f"{scheme}://localhost:{listening.getsockname()[1]}"


def by_number(address: str) -> str:
    """Return an address by the number of its host: to browsers, another site than by its name."""
    return address.replace("localhost", "127.0.0.1")


def self_signed(folder: Path) -> dict[str, str]:
    """Make a certificate of this machine that nobody vouches for, as options of uvicorn."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    certfile, keyfile = folder / "certificate.pem", folder / "key.pem"
    certfile.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    keyfile.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return {"ssl_certfile": str(certfile), "ssl_keyfile": str(keyfile)}


class Recorded:
    """An app, and the body of every answer that it gives."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self.bodies: list[bytes] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def send_and_record(message: Any) -> None:
            if message["type"] == "http.response.body":
                self.bodies.append(message.get("body", b""))
            await send(message)

        await self._app(scope, receive, send_and_record)


def example_app(mfa: str = "OPTIONAL", **environment: str) -> Any:
    """Make the example app anew, on its embedded pool."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("COGNITO_USER_POOL_ID", raising=False)
        for name, value in {"EXAMPLE_MFA": mfa, **environment}.items():
            patch.setenv(name, value)
        patch.delitem(sys.modules, "example_app.main", raising=False)
        return importlib.import_module("example_app.main").app


class ExamplePage:
    """The page of the example app that does without ready pages, and what a person does there."""

    def __init__(self, page: Any, address: str) -> None:
        self.page = page
        self.address = address
        self.complaints: list[str] = []
        """What the browser says is wrong with the page, such as what its policy forbids."""
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._hear)
        page.goto(f"{address}/scripts")

    def fill(self, form: str, **values: str) -> None:
        """Fill in the fields of a form."""
        for name, value in values.items():
            self.page.fill(f"#{form} [name={name}]", value)

    def submit(self, form: str, **values: str) -> None:
        """Fill in a form and send it."""
        self.fill(form, **values)
        self.page.click(f"#{form} button:not([type=button])")

    def expect(self, notice: str) -> None:
        """Wait until the page says something."""
        self.page.locator("[role=status], [role=alert]").filter(has_text=notice).wait_for()

    def sign_in(self, username: str, password: str = "Local-pool-1!") -> None:
        """Sign in by a password alone."""
        self.submit("sign-in", username=username, password=password)
        assert self.signed_in_as() == username

    def signed_in_as(self) -> str:
        """Wait until somebody is signed in, and return who."""
        self.page.locator("#somebody").wait_for()
        name: str = self.page.inner_text("#username")
        return name

    def is_signed_out(self) -> bool:
        """Wait until nobody is signed in."""
        self.page.locator("#nobody").wait_for()
        return self.page.evaluate("fetch('/session').then(answer => answer.json())") is None

    def newest_code(self) -> str:
        """Read the newest message of the pool."""
        code: str = self.page.request.get(f"{self.address}/local/outbox").json()[0]["code"]
        return code

    def _hear(self, message: Any) -> None:
        # Refusals are logged by the browser itself; the tests look at what the page makes of them.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)
