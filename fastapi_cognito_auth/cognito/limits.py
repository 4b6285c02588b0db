"""What boto3 refuses before the service is asked, in the words that the service has for it."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from fastapi_cognito_auth.formats.aws_json import member_path, problem, refusal

_FILLED_IN: Final = frozenset({"UserPoolId", "ClientId"})
"""Never missing, whoever leaves it out."""


def broken_limits(shape: Any, params: Mapping[str, Any]) -> str | None:
    """Return which parameters are missing, too short or too low; nothing if none is.

    Args:
        shape: botocore's description of what an operation takes.
        params: what it was given; no value comes into the words.
    """
    found = [*_problems(shape, params, "", given=_FILLED_IN)]
    return refusal(found).message if found else None


def _problems(shape: Any, value: Any, path: str, *, given: frozenset[str] = frozenset()) -> Iterator[str]:
    match shape.type_name, value:
        case "structure", Mapping():
            for name in shape.required_members:
                if value.get(name) is None and name not in given:
                    yield problem(member_path(path, name), "not be null", shown=" null")
            for name in shape.members.keys() & value.keys():
                yield from _problems(shape.members[name], value[name], member_path(path, name))
        case "map", Mapping():
            for key, item in value.items():
                yield from _problems(shape.key, key, path)
                yield from _problems(shape.value, item, f"{path}.member")
        case "list", list() | tuple():
            yield from _too_short(shape, len(value), path)
            for index, item in enumerate(value, 1):
                yield from _problems(shape.member, item, f"{path}.{index}.member")
        case ("string", str()) | ("blob", bytes()):
            yield from _too_short(shape, len(value), path)
        case "integer" | "long", int() if value < shape.metadata.get("min", value):
            yield problem(path, f"have value greater than or equal to {shape.metadata['min']}")


def _too_short(shape: Any, length: int, path: str) -> Iterator[str]:
    least = shape.metadata.get("min", 0)
    if length < least:
        yield problem(path, f"have length greater than or equal to {least}")
