"""The service's endpoint: an HTTP request of AWS JSON 1.1 in, an answer out."""

import json
import logging
import uuid
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from typing import Any, Final

from botocore.awsrequest import AWSResponse, HeadersDict

from fastapi_cognito_auth.local.errors import ServiceError

LOGGER = logging.getLogger("fastapi_cognito_auth.local")

Call = Callable[[str, Any], dict[str, Any]]
_CONTENT_TYPE: Final = "application/x-amz-json-1.1"
_INTERNAL: Final = "InternalErrorException"


class _Raw(BytesIO):
    """A body as botocore reads it."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        """Yield the whole body."""
        yield self.read()


def answer(call: Call, request: Any) -> AWSResponse:
    """Answer a prepared request of botocore."""
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
    status, error, data = 200, None, {}
    try:
        data = call(operation, _parse(body))
    except ServiceError as exc:
        error = exc
    except Exception:
        # The traceback is for the log; a caller learns only that it failed.
        LOGGER.exception("the local user pool failed at %s", operation)
        error = ServiceError(_INTERNAL, "Internal error")
    sent = {"Content-Type": _CONTENT_TYPE, "x-amzn-requestid": str(uuid.uuid4())}
    if error is not None:
        status = 500 if error.name == _INTERNAL else 400
        sent["x-amzn-errortype"] = error.name
        # This one error is older than the others and spells its member with a capital.
        member = "Message" if error.name == "SerializationException" else "message"
        data = {"__type": error.name, member: error.message}
    return status, sent, json.dumps(data).encode()


def _parse(body: bytes | str | None) -> Any:
    try:
        return json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise ServiceError("SerializationException", "The request body is not JSON") from None


def _text(value: bytes | str) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
