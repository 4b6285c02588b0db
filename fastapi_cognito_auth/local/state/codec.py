"""Records as text, and back: JSON, with a mark where a value is none that JSON has.

Only classes that say so are written and made again, so that a file can make nothing else.
"""

import base64
import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

_MARK: Final = "!"
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
        return _real(json.loads(text))
    except (AttributeError, KeyError, TypeError, RecursionError) as exc:
        raise ValueError("not a record") from exc


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
    "bytes": base64.b64decode,
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
    return _CLASSES[kind](**{name: _real(item) for name, item in held.items()})
