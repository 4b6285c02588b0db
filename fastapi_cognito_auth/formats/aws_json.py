"""AWS JSON 1.1, the protocol of the user pools API: requests read, answers and refusals written.

Shapes are botocore's descriptions of a structure; they are handed in, so nothing here loads it.
"""

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from fastapi_cognito_auth.formats import untrusted_json

CONTENT_TYPE: Final = "application/x-amz-json-1.1"
TARGET_PREFIX: Final = "AWSCognitoIdentityProviderService."
MOST_VALUES: Final = 10_000
"""Members and items of a body that is trusted to be long: an administrator's."""

_MOST_PROBLEMS: Final = 10
_LONGEST_SHOWN: Final = 256  # characters of a value that is repeated
_LONGEST_REFUSAL: Final = 6144  # bytes
_CUT_TO: Final = 500  # characters, of up to twelve bytes each
_UNREADABLE: Final = {
    "json_invalid": "The request body is not JSON",
    "json_member_twice": "The request body names a member twice",
    "json_too_deep": "The request body is nested too deep",
    "json_too_many_values": "The request body has too many values",
    "text_invalid": "Unable to decode string",
}

_FAULTS_OF_THE_SERVICE: Final = frozenset({"InternalErrorException", "InternalServerException"})
_SCALARS: Final[dict[str, tuple[type, ...]]] = {
    "string": (str,),
    "blob": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "timestamp": (int, float, str),
}
_NOUNS: Final = {"string": "String", "boolean": "Boolean", "integer": "Integer", "long": "Long"}


class ServiceError(Exception):
    """A refusal as the service words it.

    Args:
        name: the exception's name on the wire, such as `NotAuthorizedException`.
        message: the service's text; it never holds what the caller sent in secret.
    """

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.name = name
        self.message = message


def serialization_error(message: str) -> ServiceError:
    """Refuse what cannot be read at all."""
    return ServiceError("SerializationException", message)


def parse(body: bytes | str | None, *, most_values: int = MOST_VALUES) -> Any:
    """Read a body; an empty one stands for no members.

    Args:
        body: as it came.
        most_values: members of objects and items of lists, all together.

    Raises:
        ServiceError: `SerializationException`: it is not JSON in UTF-8, names a member twice, is nested
            too deep, has too many values, or holds what is no text.
    """
    try:
        return untrusted_json.read(body or "{}", most_values=most_values)
    except untrusted_json.UntrustedTextError as exc:
        fault = exc
    raise serialization_error(_UNREADABLE[fault.kind])


def read(shape: Any, value: Any) -> Any:
    """Read parsed JSON as the service does: types are checked, nulls and unknown members dropped.

    Raises:
        ServiceError: `SerializationException` for a wrong type. It never repeats the value.
    """
    match shape.type_name:
        case "structure":
            if not isinstance(value, dict):
                raise _wrong_type(value, shape)
            if getattr(shape, "is_document_type", False):
                # Free JSON, in which a null means something.
                return value
            return {
                name: read(member, value[name])
                for name, member in shape.members.items()
                if value.get(name) is not None
            }
        case "map":
            if not isinstance(value, dict):
                raise _wrong_type(value, shape)
            return {
                read(shape.key, key): read(shape.value, item)
                for key, item in value.items()
                if item is not None
            }
        case "list":
            if not isinstance(value, list | tuple):
                raise _wrong_type(value, shape)
            return [read(shape.member, item) for item in value if item is not None]
    allowed = _SCALARS[shape.type_name]
    if not isinstance(value, allowed) or (isinstance(value, bool) and bool not in allowed):
        raise _wrong_type(value, shape)
    if isinstance(value, str) and not untrusted_json.is_text(value):
        raise serialization_error(_UNREADABLE["text_invalid"])
    return value


def _wrong_type(value: object, shape: Any) -> ServiceError:
    if isinstance(value, list | tuple):
        text = "Start of list found where not expected"
    elif isinstance(value, dict):
        text = "Start of structure or map found where not expected."
    else:
        kind = {bool: "TRUE_VALUE" if value is True else "FALSE_VALUE", str: "STRING_VALUE"}.get(
            type(value), "NUMBER_VALUE"
        )
        text = f"{kind} can not be converted to {_article(_NOUNS.get(shape.type_name, 'Object'))}"
    return serialization_error(text)


def _article(noun: str) -> str:
    return f"an {noun}" if noun[0] in "IO" else f"a {noun}"


def refusal(problems: Sequence[str]) -> ServiceError:
    """Refuse values that break a constraint; all are counted, and the first ten told."""
    noun = "error" if len(problems) == 1 else "errors"
    text = f"{len(problems)} validation {noun} detected: {'; '.join(problems[:_MOST_PROBLEMS])}"
    return ServiceError("InvalidParameterException", text)


def problem(path: str, constraint: str, *, shown: str = "") -> str:
    """Word a broken constraint.

    Args:
        path: of the member; its names begin in lower case.
        constraint: what the member must do.
        shown: the value with a blank before it, where it is fit to be repeated; a long one is not.
    """
    shown = shown if len(shown) <= _LONGEST_SHOWN else ""
    return f"Value{shown} at '{path}' failed to satisfy constraint: Member must {constraint}"


def member_path(path: str, name: str) -> str:
    """Name a member as the service's messages do."""
    member = name[0].lower() + name[1:]
    return f"{path}.{member}" if path else member


def answer(data: Mapping[str, Any]) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body of a success. Moments become epoch seconds."""
    return 200, _headers(), json.dumps(data, default=_epoch).encode()


def refuse(error: ServiceError) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body of a refusal."""
    # This one error is older than the others and spells its member with a capital.
    member = "Message" if error.name == "SerializationException" else "message"
    status = 500 if error.name in _FAULTS_OF_THE_SERVICE else 400
    body = json.dumps({"__type": error.name, member: error.message}).encode()
    if len(body) > _LONGEST_REFUSAL:
        # The service repeats values, and what is sent to be refused should not come back larger.
        body = json.dumps({"__type": error.name, member: error.message[:_CUT_TO]}).encode()
    return status, _headers() | {"x-amzn-errortype": error.name}, body


def _headers() -> dict[str, str]:
    return {"Content-Type": CONTENT_TYPE, "x-amzn-requestid": str(uuid.uuid4())}


def _epoch(value: Any) -> float:
    if isinstance(value, datetime):
        return value.timestamp()
    msg = f"{type(value).__name__} is no member of an answer"
    raise TypeError(msg)
