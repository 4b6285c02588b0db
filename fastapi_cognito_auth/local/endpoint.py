"""The service's endpoint: an HTTP request of AWS JSON 1.1 in, an answer out."""

import logging
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from typing import Any

from fastapi_cognito_auth.formats import aws_json
from fastapi_cognito_auth.formats.aws_json import ServiceError

LOGGER = logging.getLogger("fastapi_cognito_auth.local")

Call = Callable[[str, Any], dict[str, Any]]


class _Raw(BytesIO):
    """A body as botocore reads it."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        """Yield the whole body."""
        yield self.read()


def answer(call: Call, request: Any) -> Any:
    """Answer a prepared request of botocore with its own kind of response."""
    from botocore.awsrequest import AWSResponse, HeadersDict  # noqa: PLC0415 - who has sent one has it loaded

    headers = {_text(name).lower(): _text(value) for name, value in request.headers.items()}
    status, sent, body = exchange(call, headers, request.body)
    return AWSResponse(request.url, status, HeadersDict(sent), _Raw(body))


def exchange(
    call: Call, headers: Mapping[str, str], body: bytes | str | None
) -> tuple[int, dict[str, str], bytes]:
    """Answer one request.

    Args:
        call: what runs an operation.
        headers: the request's, with lower-case names.
        body: the request's.

    Returns:
        Status, headers and body.
    """
    operation = headers.get("x-amz-target", "").rpartition(".")[2]
    try:
        return aws_json.answer(call(operation, aws_json.parse(body)))
    except ServiceError as exc:
        error = exc
    except Exception:
        # The traceback is for the log; a caller learns only that it failed.
        LOGGER.exception("the local user pool failed at %s", operation)
        error = ServiceError("InternalErrorException", "Internal error")
    return aws_json.refuse(error)


def _text(value: bytes | str) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
