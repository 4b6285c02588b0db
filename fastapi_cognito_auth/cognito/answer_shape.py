"""Whether an answer of the service is one of the API's shape.

botocore trusts its service: a 200 is a success whatever its body is, half a body is a whole one,
and members may have any type. Here nothing is a success that does not look like one.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

_LAST_DAY_OF_9999: Final = 253_402_214_400
"""In its course the year 10000 begins somewhere on earth, which no `datetime` can say."""

_JSON_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "structure": (dict,),
    "map": (dict,),
    "list": (list,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "timestamp": (int, float),
}


def read_json(text: str | bytes) -> Any:
    """Read JSON that could also be written again: without NaN and without half characters.

    Raises:
        ValueError: it is no such JSON.
    """
    try:
        value = json.loads(text if isinstance(text, str) else text.decode())
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return value


def is_success(body: bytes, headers: Mapping[str, str], output_shape: Any) -> bool:
    """Return whether the body of a 200 is whole, and has the types and members of the API.

    Args:
        body: as it came.
        headers: `content-length` tells whether something is missing.
        output_shape: botocore's, or `None` for an operation without an answer.
    """
    try:
        content = read_json(body) if body else {}
        whole = int(headers.get("content-length", len(body))) == len(body)
    except ValueError:
        return False
    return whole and isinstance(content, dict) and _fits(output_shape, content)


def named_refusal(body: bytes, headers: Mapping[str, str], status: int) -> bytes:
    """Return the body of an error with its name in `__type`, where botocore looks for it.

    Some endpoints name the error in the `x-amzn-errortype` header alone.
    """
    try:
        content = read_json(body)
    except ValueError:
        content = None
    refusal: dict[str, Any] = content if isinstance(content, dict) else {}
    name = refusal.get("__type") or headers.get("x-amzn-errortype") or status
    return json.dumps({**refusal, "__type": str(name)}).encode()


def _fits(shape: Any, value: Any) -> bool:
    """Return whether a value has the types and the members that a shape promises; `null` is absence."""
    if shape is None or value is None:
        return True
    if type(value) not in _JSON_TYPES.get(shape.type_name, (str,)):
        return False
    match shape.type_name:
        case "structure":
            required = shape.required_members
            complete = all(value.get(name) is not None for name in required)
            return complete and all(
                _fits(member, value.get(name)) or (_is_empty(member, value[name]) and name not in required)
                for name, member in shape.members.items()
            )
        case "map":
            return all(_fits(shape.value, item) for item in value.values())
        case "list":
            return all(_fits(shape.member, item) for item in value)
        case kind:
            return kind != "timestamp" or bool(0 <= value < _LAST_DAY_OF_9999)


def _is_empty(shape: Any, value: Any) -> bool:
    """Return whether it is a structure without members, which is absence too.

    A domain of Cognito's own has an empty CustomDomainConfig.
    """
    return bool(shape.type_name == "structure" and value == {})
