"""What an answer of the local pool has that the service's model has not."""

from collections.abc import Iterator
from typing import Any

from fastapi_cognito_auth.local import validation


def faults(shape: Any, value: Any) -> Iterator[str]:
    """Yield what an answer has that the model has not."""
    if shape is None:
        yield from value
        return
    found = validation._problems(shape, without_empty(value), "", secret=False)
    # The service's own name of an attribute is longer than the model lets names be, and its own words
    # at the end of an import have blanks.
    own = ("'phone_number_verified'", "completionMessage'")
    yield from (fault for fault in found if not any(name in fault for name in own))
    yield from unknown(shape, value)


def without_empty(value: Any) -> Any:
    """Leave out empty structures, which stand for absence."""
    if not isinstance(value, dict):
        return value
    return {name: without_empty(held) for name, held in value.items() if held != {}}


def unknown(shape: Any, value: Any) -> Iterator[str]:
    match shape.type_name:
        case "structure" if not getattr(shape, "is_document_type", False):
            yield from (name for name in value if name not in shape.members)
            for name in value.keys() & shape.members.keys():
                yield from unknown(shape.members[name], value[name])
        case "list":
            for item in value:
                yield from unknown(shape.member, item)
        case "map":
            for item in value.values():
                yield from unknown(shape.value, item)
