"""Asking the OAuth2 endpoints at the pool's domain, as an app client."""

import asyncio
import base64
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NoReturn
from urllib.parse import urlencode

from fastapi_cognito_auth.exceptions import UserPoolUnavailableError
from fastapi_cognito_auth.formats.untrusted_json import UntrustedTextError, read
from fastapi_cognito_auth.runtime.outgoing import CaBundleError, socks_proxy, trusted_certificates

if TYPE_CHECKING:
    import httpx2

logger: logging.Logger = logging.getLogger("fastapi_cognito_auth")

_LARGEST: Final = 262_144
"""Bytes of an answer; tokens of a user in a hundred groups have some 60 KB."""


class DomainClient:
    """Makes requests of one app client; it has no state, so any event loop may use it.

    Args:
        domain: such as `https://auth.example.com`, without a slash at its end; it is named in the log.
        client_id: the app client.
        client_secret: its secret, if it has one.
        timeout: seconds for one call as a whole.
        back_channel: where the app itself asks, if that is another address than browsers see.
        transport: what answers instead of the network.
        named_by: the variables that say which app client it is; they are named in the log.
    """

    def __init__(
        self,
        domain: str,
        *,
        client_id: str,
        client_secret: str | None = None,
        named_by: str = "COGNITO_CLIENT_ID and COGNITO_CLIENT_SECRET",
        timeout: float = 10.0,
        back_channel: str | None = None,
        transport: "httpx2.AsyncBaseTransport | None" = None,
    ) -> None:
        self._domain = domain
        self._back_channel = back_channel or domain
        self._client_id = client_id
        self._client_secret = client_secret
        self._timeout = timeout
        self._transport = transport
        self._named_by = named_by

    async def post(self, path: str, **form: str) -> tuple[int, dict[str, Any]]:
        """Send a form, with what proves the app client (RFC 6749 section 2.3.1).

        Returns:
            The status, and the members of the answer.

        Raises:
            UserPoolUnavailableError: no answer came in time, or none that is a JSON object.
        """
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if self._client_secret is None:
            form["client_id"] = self._client_id
        else:
            # As it is: the service compares it with what it has, without decoding (RFC 6749 2.3.1 aside).
            pair = f"{self._client_id}:{self._client_secret}".encode()
            headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
        return await self.ask("POST", path, headers=headers, content=urlencode(form))

    async def ask(
        self, method: str, path: str, *, headers: Mapping[str, str], content: str | None = None
    ) -> tuple[int, dict[str, Any]]:
        """Make a request as it is.

        Returns:
            The status, and the members of the answer.

        Raises:
            UserPoolUnavailableError: no answer came in time, or none that is a JSON object.
        """
        import httpx2  # noqa: PLC0415 - for apps that ask nobody, or not yet

        try:
            async with (
                asyncio.timeout(self._timeout),
                httpx2.AsyncClient(
                    transport=self._transport,
                    verify=await trusted_certificates() if self._transport is None else False,
                    follow_redirects=False,
                    timeout=None,
                ) as client,
                client.stream(
                    method,
                    f"{self._back_channel}{path}",
                    headers={"Accept-Encoding": "identity", **headers},
                    content=content,
                ) as response,
            ):
                if response.headers.get("content-encoding", "identity") != "identity":
                    # A few KB of it may be gigabytes.
                    self._unreadable(method, path, response.status_code, "packed")
                body = bytearray()
                async for chunk in response.aiter_bytes():
                    body += chunk
                    if len(body) > _LARGEST:
                        self._unreadable(method, path, response.status_code, "too large")
                status = response.status_code
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as exc:
            cause = str(exc) if isinstance(exc, CaBundleError) else type(exc).__name__
            self._failed(method, path, cause)
        except ImportError:
            variable = socks_proxy()
            if variable is None:
                raise
            self._failed(method, path, f"{variable} names a SOCKS proxy, which needs the package socksio")
        if not body:
            return status, {}
        try:
            answer = read(bytes(body))
        except UntrustedTextError:
            self._unreadable(method, path, status, "no JSON")
        if not isinstance(answer, dict):
            self._unreadable(method, path, status, "no object")
        return status, answer

    def refusal_of(self, status: int, answer: Mapping[str, Any], *, asked: str | None = None) -> str | None:
        """Return the `error` of an answer that is no success (RFC 6749 section 5.2), and log it.

        None says that nothing is known: the domain fails, is busy, or answers in another way.

        Args:
            status: of the answer.
            answer: its members.
            asked: the scopes that the app asked for, where it is the app that asks.
        """
        error = answer.get("error")
        if status >= 500 or status == 429 or not isinstance(error, str):
            return None
        remedy = f"; look at {self._named_by}" if error == "invalid_client" else ""
        if error == "invalid_scope" and asked is not None:
            remedy = f"; the scopes that were asked for: {asked}"
        said = error[:64] if error.isprintable() else "?"
        logger.warning("the domain of the user pool refused: %s%s", said, remedy)
        return error

    def _failed(self, method: str, path: str, cause: str) -> NoReturn:
        logger.warning("%s %s%s failed: %s", method, self._domain, path, cause)
        raise UserPoolUnavailableError from None

    def _unreadable(self, method: str, path: str, status: int, what: str) -> NoReturn:
        logger.warning("%s %s%s answered %s: %s", method, self._domain, path, status, what)
        raise UserPoolUnavailableError
