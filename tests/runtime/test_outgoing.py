"""Certificates and proxies of the environment count for the key set and for calls to Cognito alike."""

import asyncio
import datetime as dt
import hashlib
import ipaddress
import itertools
import json
import logging
import os
import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from fastapi_cognito_auth import CognitoAuth, CognitoAuthError, CognitoSettings
from fastapi_cognito_auth.exceptions import NotAuthorizedError, UserPoolUnavailableError
from fastapi_cognito_auth.keys.jwks import FetchError
from fastapi_cognito_auth.runtime.outgoing import CA_VARIABLES, trusted_certificates
from tests.support import CLIENT_ID, POOL_ID, SECRET_KEY, SIGNER

EVERY_VARIABLE = [*CA_VARIABLES, "SSL_CERT_DIR", "ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY"]


class Upstream(BaseHTTPRequestHandler):
    """A key set, and a user pool that knows nobody."""

    def do_GET(self) -> None:
        self._answer(200, {"keys": [SIGNER.jwk()]})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(400, {"__type": "NotAuthorizedException", "message": "Incorrect username or password."})

    def _answer(self, status: int, body: object) -> None:
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: object) -> None: ...


class Server(ThreadingHTTPServer):
    """Bears with clients that do not trust it."""

    def handle_error(self, *_: object) -> None: ...


def write_certificate(folder: Path) -> None:
    """Write a certificate that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a company's own")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key.pem").write_bytes(pem)


def subject_hash(pem: bytes) -> str:
    """Return the name under which OpenSSL looks for a certificate in a folder.

    It is of the subject's DER in lower case, and without what wraps it.
    """
    name = x509.load_pem_x509_certificate(pem).subject.public_bytes()
    return f"{int.from_bytes(hashlib.sha1(name[2:], usedforsecurity=False).digest()[:4], 'little'):08x}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("certificates")
    write_certificate(path)
    (path / "other").mkdir()
    write_certificate(path / "other")
    return path


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    server = Server(("127.0.0.1", 0), Upstream)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"https://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def _nothing_else_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in EVERY_VARIABLE:
        monkeypatch.delenv(variable, raising=False)
        monkeypatch.delenv(variable.lower(), raising=False)


def auth_of(address: str) -> CognitoAuth:
    settings = CognitoSettings(
        user_pool_id=POOL_ID,
        client_id=CLIENT_ID,
        endpoint_url=address,
        secret_key=(SECRET_KEY,),
        auth_flow="USER_PASSWORD_AUTH",
        max_attempts=1,
    )
    return CognitoAuth(settings)


def outcomes(auth: CognitoAuth) -> tuple[str | None, type[CognitoAuthError]]:
    """Return why the key set cannot be fetched, and how a sign-in with a wrong password ends."""

    async def both() -> type[CognitoAuthError]:
        with suppress(FetchError):
            await auth.keys.refresh()
        try:
            await auth.pool.sign_in.with_password("ada", "wrong")
        except CognitoAuthError as exc:
            return type(exc)
        raise AssertionError("nobody can sign in here")

    error = asyncio.run(both())
    return auth.keys.status().last_error, error


@pytest.mark.parametrize("variable", CA_VARIABLES)
def test_a_bundle_counts_for_keys_and_calls(
    variable: str, address: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, str(folder / "certificate.pem"))
    assert outcomes(auth_of(address)) == (None, NotAuthorizedError)


@pytest.mark.parametrize("variable", CA_VARIABLES)
def test_an_empty_variable_trusts_whom_no_variable_trusts(
    variable: str, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And not everybody."""
    monkeypatch.setenv(variable, "")
    error, refusal = outcomes(auth_of(address))
    assert "CERTIFICATE_VERIFY_FAILED" in (error or "")
    assert refusal is UserPoolUnavailableError


@pytest.mark.parametrize(("first", "second"), [*itertools.pairwise(CA_VARIABLES)])
def test_the_first_variable_counts_alone(
    first: str, second: str, address: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right, wrong = str(folder / "certificate.pem"), str(folder / "other" / "certificate.pem")
    monkeypatch.setenv(first, right)
    monkeypatch.setenv(second, wrong)
    assert outcomes(auth_of(address)) == (None, NotAuthorizedError)
    monkeypatch.setenv(first, wrong)
    monkeypatch.setenv(second, right)
    assert outcomes(auth_of(address))[1] is UserPoolUnavailableError


def test_a_bundle_that_is_replaced_counts_from_then_on(
    address: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = tmp_path / "ca.pem"
    monkeypatch.setenv("AWS_CA_BUNDLE", str(bundle))
    bundle.write_bytes((folder / "other" / "certificate.pem").read_bytes())
    assert "CERTIFICATE_VERIFY_FAILED" in (outcomes(auth_of(address))[0] or "")
    bundle.write_bytes((folder / "certificate.pem").read_bytes())
    assert outcomes(auth_of(address)) == (None, NotAuthorizedError)


def test_certificates_are_read_once_as_long_as_they_are_the_same(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", str(folder / "certificate.pem"))
    assert asyncio.run(trusted_certificates()) is asyncio.run(trusted_certificates())


@pytest.mark.skipif(os.name != "posix", reason="a file that waits for its content is a thing of POSIX")
def test_other_requests_go_on_while_certificates_are_read(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = tmp_path / "ca.pem"
    os.mkfifo(bundle)
    monkeypatch.setenv("AWS_CA_BUNDLE", str(bundle))
    went_on, in_time = Event(), []

    def write() -> None:
        in_time.append(went_on.wait(10))
        bundle.write_bytes((folder / "certificate.pem").read_bytes())

    async def read() -> None:
        reading = asyncio.create_task(trusted_certificates())
        await asyncio.sleep(0)
        went_on.set()
        await reading

    writer = Thread(target=write)
    writer.start()
    asyncio.run(read())
    writer.join()
    assert in_time == [True]


def test_an_untrusted_certificate_is_told_by_name(address: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        why, error = outcomes(auth_of(address))
    assert error is UserPoolUnavailableError
    assert why is not None
    assert "CERTIFICATE_VERIFY_FAILED" in why
    fetch, call = caplog.messages
    assert "CERTIFICATE_VERIFY_FAILED" in fetch
    assert call.startswith("InitiateAuth failed: SSLError: ")
    assert "CERTIFICATE_VERIFY_FAILED" in call


@pytest.mark.parametrize("variable", CA_VARIABLES)
def test_a_bundle_that_is_missing_is_told_by_its_variable(
    variable: str, address: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(variable, "/nowhere/ca.pem")
    why, _ = outcomes(auth_of(address))
    assert why is not None
    assert f"{variable} names no certificates: No such file or directory" in why
    assert variable in caplog.messages[1]


def test_a_folder_of_certificates_counts_for_neither(
    address: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What calls to Cognito cannot heed, the key set does not either."""
    certificate = (folder / "certificate.pem").read_bytes()
    (folder / "hashed").mkdir()
    (folder / "hashed" / f"{subject_hash(certificate)}.0").write_bytes(certificate)
    # Who heeds the variable trusts the server.
    trusting = ssl.create_default_context(capath=str(folder / "hashed"))
    port = int(address.rpartition(":")[2])
    with (
        socket.create_connection(("127.0.0.1", port)) as plain,
        trusting.wrap_socket(plain, server_hostname="127.0.0.1") as wrapped,
    ):
        assert wrapped.version() is not None
    monkeypatch.setenv("SSL_CERT_DIR", str(folder / "hashed"))
    why, error = outcomes(auth_of(address))
    assert (why is not None, error) == (True, UserPoolUnavailableError)


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy"])
def test_a_socks_proxy_says_what_is_missing(
    variable: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(variable, "socks5://user:secret@127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "")
    why, error = outcomes(auth_of("https://cognito.invalid"))
    assert why == f"{variable} names a SOCKS proxy, which needs the package socksio: pip install socksio"
    assert error is UserPoolUnavailableError
    assert f"{variable} names a SOCKS proxy, which boto3 cannot use" in caplog.messages[1]
    assert "secret" not in caplog.text


def test_what_is_said_of_a_fetch_repeats_nothing_secret_of_the_address() -> None:
    settings = CognitoSettings(
        user_pool_id=POOL_ID, client_id=CLIENT_ID, jwks_uri="http://127.0.0.1:1/jwks.json?refused=1#refused"
    )
    auth = CognitoAuth(settings)
    with pytest.raises(FetchError):
        asyncio.run(auth.keys.refresh())
    assert str(auth.keys.status().last_error).startswith("cannot fetch http://127.0.0.1:1/jwks.json: Connect")
    assert "?" not in str(auth.keys.status().last_error)
