"""What OpenAPI calls our operations: the name of the endpoint, unique wherever it is mounted."""

from collections.abc import Callable
from typing import Any, Final
from weakref import WeakKeyDictionary

from fastapi.datastructures import DefaultPlaceholder
from fastapi.routing import APIRoute
from fastapi.utils import generate_unique_id as fastapis_own_id

_CUSTOMARY: Final = frozenset({"auth", "account", "admin", "configuration", "local"})
"""Last words of a prefix that tell nothing beside the names of the endpoints."""

_ACRONYMS: Final = {
    "Mfa": "MFA",
    "mfa": "MFA",
    "totp": "TOTP",
    "cimd": "CIMD",
    "csv": "CSV",
    "ui": "UI",
    "urls": "URLs",
    "url": "URL",
}

_own_paths_of: WeakKeyDictionary[Callable[..., Any], dict[str, str]] = WeakKeyDictionary()
"""The path of each endpoint in the router that it was made for, by its name there."""

_ids_of: WeakKeyDictionary[Any, dict[str, str]] = WeakKeyDictionary()
"""The ids in each app, and their paths."""


def operation_id(route: APIRoute) -> str:
    """Return the id of an operation: the endpoint's name, after the prefix that it is mounted under.

    `/auth` and `/account` are no part of it: `sign_in`, but `staff_sign_in` under `/staff/auth`.
    An app's own `generate_unique_id_function` comes first.

    Args:
        route: as FastAPI knows it; called when it is added, and wherever its router is included.
    """
    own_path = _own_paths_of.setdefault(route.endpoint, {}).setdefault(route.name, route.path_format)
    app = route.dependency_overrides_provider
    if app is None:
        return route.name
    chosen = getattr(getattr(app, "router", None), "generate_unique_id_function", None)
    if callable(chosen) and not isinstance(chosen, DefaultPlaceholder):
        return str(chosen(route))
    words = [word for word in route.path_format.removesuffix(own_path).split("/") if word]
    if words and words[-1] in _CUSTOMARY:
        words.pop()
    name = "_".join(_identifier(word) for word in [*words, route.name])
    # Two prefixes may lead to one name, such as `/auth` and none at all.
    taken_by = _ids_of.setdefault(app, {}).setdefault(name, route.path_format)
    return name if taken_by == route.path_format else fastapis_own_id(route)


def summary(name: str) -> str:
    """Return what a list of operations shows: the name of the endpoint in words."""
    first, *others = name.split("_")
    return " ".join(_ACRONYMS.get(word, word) for word in [first.capitalize(), *others])


def _identifier(word: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in word).strip("_")
