"""A form with a file in it, read within limits, and never kept on a disk: it may hold passwords."""

import re
from collections.abc import AsyncGenerator
from typing import Final, NamedTuple

from fastapi import Request
from starlette.datastructures import FormData, Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from fastapi_cognito_auth.exceptions import InvalidRequestError

_MOST_FIELDS: Final = 10
_KIND: Final = "multipart/form-data"
_BOUNDARY: Final = re.compile(
    r""";[ \t]*boundary=(?:"([\w'()+,./:=? -]{1,70})"|([\w'+.-]{1,70}))[ \t]*(?:;|\Z)""",
    re.ASCII | re.IGNORECASE,
)
"""RFC 2046 section 5.1.1: nothing in it needs to be escaped."""


class Upload(NamedTuple):
    """What was sent."""

    text: bytes
    """Of the file; nothing if none was chosen."""

    fields: dict[str, str]
    """The others."""

    def __repr__(self) -> str:
        """Keep the file out of logs."""
        return f"Upload({sorted(self.fields)})"


async def read_upload(request: Request, name: str, *, most: int) -> Upload:
    """Read a form with one file.

    Args:
        request: whose body has a limit already.
        name: of the field of the file.
        most: bytes of it.

    Raises:
        InvalidRequestError: it is no such form.
        RequestTooLargeError: it is longer than the limit.
    """
    kind = request.headers.get("content-type", "")
    boundary = _BOUNDARY.search(kind) if kind.partition(";")[0].strip().lower() == _KIND else None
    if boundary is None:
        raise InvalidRequestError(errors=[_FAULT])
    # Without the charset that it may name: browsers write UTF-8, and many a charset decodes no text.
    headers = Headers({"content-type": f'{_KIND}; boundary="{boundary[1] or boundary[2]}"'})

    class InMemory(MultiPartParser):
        spool_max_size = max_file_size = most

    async def body() -> AsyncGenerator[bytes, None]:
        async for chunk in request.stream():
            yield chunk

    try:
        parser = InMemory(headers, body(), max_files=1, max_fields=_MOST_FIELDS)
        form: FormData | None = await parser.parse()
    except (MultiPartException, LookupError, ValueError):
        # What the parser says may repeat what was sent.
        form = None
    if form is None:
        raise InvalidRequestError(errors=[_FAULT])
    file = form.get(name)
    # Without the name of a file it is a field like others.
    text = await file.read() if isinstance(file, UploadFile) else (file or "").encode()
    fields = {key: value for key, value in form.items() if isinstance(value, str) and key != name}
    await form.close()
    return Upload(text, fields)


_FAULT: Final = {"loc": ["body"], "message": f"The form must be sent as {_KIND}.", "type": "form_invalid"}
