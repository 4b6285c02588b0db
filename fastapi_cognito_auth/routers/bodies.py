"""What comes in with a request, bounded and checked before anything looks at its meaning.

All of it happens before anybody is known, so it must cost little whatever is sent: a body is given
up where it gets too long, and what is no text is refused as a whole.
"""

import re
from collections.abc import AsyncGenerator, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, unquote_to_bytes

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from fastapi_cognito_auth.exceptions import InvalidRequestError, RequestTooLargeError
from fastapi_cognito_auth.formats import untrusted_json
from fastapi_cognito_auth.formats.untrusted_json import MOST_VALUES, UntrustedTextError, is_text

LONGEST_FORM: Final = 16_384
"""Bytes; a name and a password, each character escaped, take a third of it."""

_FORM: Final = "application/x-www-form-urlencoded"
_HOST: Final = re.compile(rb"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~-]*)(:[0-9]{0,5})?")
"""RFC 9110 section 7.2, as far as servers have such names."""
_REPLACED: Final = "\ufffd"
"""What servers make of bytes in a path that are no UTF-8."""


class BoundedRequest(Request):
    """A request whose body has a limit, and is text.

    Args:
        request: as the server hands it over.
        max_body_size: bytes.
    """

    def __init__(self, request: Request, max_body_size: int) -> None:
        super().__init__(request.scope, request.receive)
        self._max_body_size = max_body_size

    async def stream(self) -> AsyncGenerator[bytes, None]:
        """Yield the body as it comes.

        Raises:
            RequestTooLargeError: it is, or says that it is, longer than the limit.
        """
        declared = self.headers.get("content-length", "")
        # Whoever declares too much need not send it.
        if declared.isdecimal() and (len(declared) > 18 or int(declared) > self._max_body_size):
            raise RequestTooLargeError
        size = 0
        async for chunk in super().stream():
            size += len(chunk)
            if size > self._max_body_size:
                raise RequestTooLargeError
            yield chunk

    async def json(self) -> Any:
        """Read the body as JSON.

        Raises:
            InvalidRequestError: it is none, or beyond the limits of `untrusted_json`.
        """
        body = await self.body()
        try:
            return untrusted_json.read(body)
        except UntrustedTextError as exc:
            fault = exc
        raise _refused("body", fault)

    def form(self, **_: Any) -> Any:
        """Read the body as a form (RFC 6749 appendix B); to be awaited.

        Raises:
            InvalidRequestError: it is none, not in UTF-8, or has a field twice.
            RequestTooLargeError: it is longer than any such form.
        """
        return self._read_form()

    async def _read_form(self) -> FormData:
        body = await self.body()
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if body and kind != _FORM:
            raise _refused("body", UntrustedTextError("form_invalid", f"The form must be sent as {_FORM}."))
        if len(body) > LONGEST_FORM:
            raise RequestTooLargeError
        pairs = _pairs(body)
        if pairs is None:
            raise _refused(
                "body",
                UntrustedTextError("text_invalid", "The form is not in UTF-8, has a NUL or too many fields."),
            )
        if len({name for name, _ in pairs}) != len(pairs):
            # RFC 6749 section 3.2.
            raise _refused("body", UntrustedTextError("field_repeated", "The form has a field twice."))
        return FormData(pairs)


def _pairs(body: bytes) -> list[tuple[str, UploadFile | str]] | None:
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_VALUES)
    except ValueError:
        return None
    return [*pairs] if all(is_text(name) and is_text(value) for name, value in pairs) else None


def check_address(scope: Mapping[str, Any]) -> None:
    """Refuse a host that is none, and a path or a query that is not in UTF-8 or has a NUL.

    Raises:
        InvalidRequestError: with the place of the fault.
    """
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    if len(hosts) > 1 or not all(_HOST.fullmatch(host) for host in hosts):
        # Addresses are made of it, and none can be.
        raise _refused("host", UntrustedTextError("host_invalid", "The Host header is no host."))
    path = scope["path"]
    if not is_text(path) or _REPLACED in path:
        raise _refused("path", UntrustedTextError("text_invalid", "The path is not in UTF-8, or has a NUL."))
    query = scope["query_string"]
    if query and not _is_query(query):
        raise _refused(
            "query", UntrustedTextError("text_invalid", "The query is not in UTF-8, or has a NUL.")
        )


def _is_query(query: bytes) -> bool:
    if query.count(b"&") >= MOST_VALUES:
        return False
    try:
        return is_text(unquote_to_bytes(query).decode())
    except UnicodeDecodeError:
        return False


def _refused(place: str, fault: UntrustedTextError) -> InvalidRequestError:
    return InvalidRequestError(errors=[{"loc": [place], "message": fault.message, "type": fault.kind}])
