"""Records as text, and back: JSON, with a mark where a value is none that JSON has.

Only classes that say so are written and made again, so that a file can make nothing else.
"""

import base64
import json
import math
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import datetime
from functools import cache, partial
from typing import Any, Final, NoReturn, TypeVar, get_type_hints

from pydantic import ConfigDict, TypeAdapter, ValidationError

_MARK: Final = "!"
_LAST_MOMENT: Final = 253_402_300_799.0
"""The end of the year 9999, after which no date can be told."""
_CLASSES: Final[dict[str, type]] = {}
T = TypeVar("T")


def kept(cls: type[T]) -> type[T]:
    """Let the instances of a dataclass be written down: `@kept`, above `@dataclass`."""
    name = cls.__name__
    if _CLASSES.setdefault(name, cls) is not cls:
        msg = f"there is another class {name} whose instances are kept"
        raise TypeError(msg)
    return cls


def dumps(value: Any) -> str:
    """Write a value.

    Raises:
        TypeError: it holds something of a class that is not kept.
    """
    return json.dumps(_plain(value), separators=(",", ":"), ensure_ascii=False)


def loads(text: str | bytes) -> Any:
    """Read what was written.

    Raises:
        ValueError: it was not written by `dumps`, or by a version with other classes.
    """
    try:
        value = _real(json.loads(text, parse_constant=_refuse, parse_float=_finite))
        if "\\u" in (text if isinstance(text, str) else text.decode()):
            # Half a character could be read so, and never be written again.
            dumps(value).encode()
    except (AttributeError, KeyError, TypeError, RecursionError) as exc:
        raise ValueError("not a record") from exc
    else:
        return value


def _refuse(name: str) -> NoReturn:
    msg = f"{name} is no number"
    raise ValueError(msg)


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("a number that could never be written again")
    return number


def _plain(value: Any) -> Any:
    plain: Any
    match value:
        case None | str() | int() | float():
            plain = value
        case list():
            plain = [_plain(item) for item in value]
        case dict() if all(isinstance(key, str) for key in value) and _MARK not in value:
            plain = {key: _plain(item) for key, item in value.items()}
        case dict():
            plain = _marked("dict", [[_plain(key), _plain(item)] for key, item in value.items()])
        case bytes():
            plain = _marked("bytes", base64.b64encode(value).decode())
        case datetime():
            plain = _marked("datetime", value.isoformat())
        case tuple() | frozenset():
            items = value if isinstance(value, tuple) else sorted(value)
            plain = _marked(type(value).__name__, [_plain(item) for item in items])
        case _:
            plain = _fields(value)
    return plain


def _fields(value: Any) -> Any:
    name = type(value).__name__
    if not is_dataclass(value) or _CLASSES.get(name) is not type(value):
        msg = f"a {name} is not kept"
        raise TypeError(msg)
    return _marked(name, {field.name: _plain(getattr(value, field.name)) for field in fields(value)})


def _marked(kind: str, value: Any) -> dict[str, Any]:
    return {_MARK: kind, "v": value}


_MAKE: Final[dict[str, Callable[[Any], Any]]] = {
    "dict": lambda pairs: {_real(key): _real(item) for key, item in pairs},
    "bytes": partial(base64.b64decode, validate=True),
    "datetime": datetime.fromisoformat,
    "tuple": lambda items: tuple(_real(item) for item in items),
    "frozenset": lambda items: frozenset(_real(item) for item in items),
}


def _real(value: Any) -> Any:
    if isinstance(value, list):
        return [_real(item) for item in value]
    if not isinstance(value, dict):
        return value
    if _MARK not in value:
        return {key: _real(item) for key, item in value.items()}
    kind, held = value[_MARK], value["v"]
    make = _MAKE.get(kind)
    if make is not None:
        return make(held)
    made = _CLASSES[kind](**{name: _real(item) for name, item in held.items()})
    _demand_fields(made)
    return made


@cache
def _form(cls: Any) -> tuple[TypeAdapter[Any], tuple[str, ...], dict[str, float]]:
    """Return what a class wants of its fields, their names, and the least values of its numbers."""
    hints, own = get_type_hints(cls), fields(cls)
    config = ConfigDict(strict=True, arbitrary_types_allowed=True)
    wanted: Any = tuple[tuple(hints[field.name] for field in own)]  # type: ignore[misc]
    numbers = {
        # A count goes up from where it begins.
        field.name: min(0, field.default) if isinstance(field.default, int | float) else 0
        for field in own
        if {int, float} & {hints[field.name], *getattr(hints[field.name], "__args__", ())}
    }
    return TypeAdapter(wanted, config=config), tuple(field.name for field in own), numbers


def _demand_fields(made: Any) -> None:
    cls: Any = type(made)
    adapter, names, numbers = _form(cls)
    try:
        adapter.validate_python(tuple(getattr(made, name) for name in names))
    except ValidationError:
        # Its words would repeat what is in the file.
        raise ValueError("not of its class") from None
    for name, least in numbers.items():
        value = getattr(made, name)
        if isinstance(value, float) and not (math.isfinite(value) and value <= _LAST_MOMENT):
            raise ValueError("no moment")
        if isinstance(value, int | float) and value < least:
            raise ValueError("less than nothing")
