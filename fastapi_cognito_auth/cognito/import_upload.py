"""Putting the file of an import job where the service takes it: at an address that is a secret.

Whoever has the address says whom the job imports. It is in no log, and in no error.
"""

import asyncio
import ipaddress
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple
from urllib.parse import SplitResult, urlsplit

from fastapi_cognito_auth.exceptions import ImportUploadError
from fastapi_cognito_auth.runtime.discretion import kept_out_of_logs
from fastapi_cognito_auth.runtime.outgoing import CaBundleError, socks_proxy, trusted_certificates

if TYPE_CHECKING:
    import httpx2

logger: logging.Logger = logging.getLogger("fastapi_cognito_auth")

_HEADERS: Final = {"x-amz-server-side-encryption": "aws:kms", "Accept-Encoding": "identity"}
"""The address is signed for the first."""

_CHUNK: Final = 65_536  # bytes
_ATTEMPTS: Final = 3
_STEP: Final = 60.0  # seconds without a byte
_PLAIN: Final = re.compile(r"[!-~]+")


class _Failure(NamedTuple):
    """Why an attempt failed, fit for a log."""

    why: str
    may_pass: bool = False


class ImportUpload:
    """Uploads files; it has no state, so any event loop may use it.

    Args:
        timeout: seconds for a file as a whole, all attempts together.
        transport: returns what takes files instead of the network.
        sleep: waits for seconds.
    """

    def __init__(
        self,
        *,
        timeout: float = 900.0,
        transport: "Callable[[], httpx2.AsyncBaseTransport] | None" = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._timeout = timeout
        self._transport = transport
        self._sleep = sleep

    async def put(
        self, address: str | None, file: BinaryIO, size: int, *, job_id: str, endpoint: str | None
    ) -> None:
        """Upload a file, as a whole or not at all.

        Args:
            address: what the service signed.
            file: from its beginning.
            size: bytes of it.
            job_id: of the job.
            endpoint: where calls of the API go; to the same server files go without TLS, too.

        Raises:
            ImportUploadError: it did not arrive.
        """
        why = self._fault(address, endpoint) or await self._in_time(address or "", file, size)
        if why is None:
            return
        logger.warning("uploading the file of %s failed: %s", job_id, why)
        msg = f"The file of {job_id} could not be uploaded: {why}. Nobody was imported."
        # Outside the handler: what the libraries raise holds the address.
        raise ImportUploadError(msg, job_id=job_id)

    async def _in_time(self, address: str, file: BinaryIO, size: int) -> str | None:
        """Upload a file, and again after what may pass; return why it did not arrive."""
        try:
            async with asyncio.timeout(self._timeout):
                for attempt in range(1, _ATTEMPTS):
                    failure = await self._once(address, file, size)
                    if failure is None or not failure.may_pass:
                        break
                    await self._sleep(2.0**attempt)
                else:
                    failure = await self._once(address, file, size)
        except TimeoutError:
            return "it took too long"
        return failure and failure.why

    def _fault(self, address: str | None, endpoint: str | None) -> str | None:
        """Return what keeps an address from being used, if anything does."""
        # Of one with a blank or a line end, what sends the file might read something else than is read here.
        if not _PLAIN.fullmatch(address or ""):
            return "its address is none"
        try:
            parts = urlsplit(address or "")
            _ = parts.port
            at = _server(urlsplit(endpoint or ""))
        except ValueError:
            return "its address is none"
        if not parts.hostname or parts.scheme not in {"https", "http"} or parts.username is not None:
            return "its address is none"
        within = self._transport is not None or _is_loopback(parts.hostname)
        if parts.scheme == "http" and not within and _server(parts) != at:
            return "its address has no TLS"
        return None

    async def _once(self, address: str, file: BinaryIO, size: int) -> _Failure | None:
        import httpx2  # noqa: PLC0415 - for apps that ask nobody, or not yet

        headers = {**_HEADERS, "Content-Length": str(size)}
        try:
            async with httpx2.AsyncClient(
                transport=None if self._transport is None else self._transport(),
                verify=await trusted_certificates() if self._transport is None else False,
                # What goes without TLS goes to nobody in between.
                trust_env=urlsplit(address).scheme != "http",
                follow_redirects=False,
                timeout=_STEP,
            ) as client:
                with kept_out_of_logs():
                    async with client.stream(
                        "PUT", address, headers=headers, content=_chunks(file)
                    ) as response:
                        status = response.status_code
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as exc:
            cause = str(exc) if isinstance(exc, CaBundleError) else type(exc).__name__
            return _Failure(cause, may_pass=isinstance(exc, httpx2.TransportError))
        except ImportError:
            variable = socks_proxy()
            if variable is None:
                raise
            return _Failure(f"{variable} names a SOCKS proxy, which needs the package socksio")
        if status == 200:
            return None
        return _Failure(f"the answer was {status}", may_pass=status >= 500 or status == 429)


async def _chunks(file: BinaryIO) -> AsyncIterator[bytes]:
    await asyncio.to_thread(file.seek, 0)
    while chunk := await asyncio.to_thread(file.read, _CHUNK):
        yield chunk


def _server(parts: SplitResult) -> tuple[str, str | None, int | None]:
    return parts.scheme, parts.hostname, parts.port


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
