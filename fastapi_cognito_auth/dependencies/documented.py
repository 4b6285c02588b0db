"""What FastAPI describes at the moment: the routes of one app, and one of its operations.

A security scheme is described without a word of the app that it is described for, and the right
description depends on that app: where its Authorize button gets tokens, and whose credentials
there are beside. So the routes are read off the call of `get_openapi` that is under way.

Nor can one dependency show that there are two ways to meet it. A dependency below it could, but
FastAPI would solve that at each request, for an eighth of the time that a request takes. So the other
way is written into the operation that is under way. Where a FastAPI keeps operations elsewhere, the
other way is not shown, and nothing else is amiss.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import FrameType
from typing import Any, NamedTuple

import fastapi.routing
from fastapi.openapi.models import SecurityBase as SecuritySchemeModel
from fastapi.openapi.utils import get_openapi, get_openapi_path

# What FastAPI has for routers that are included but not copied; before, they were copied.
_each_included: Callable[[Iterable[Any]], Iterable[Any]] = getattr(
    fastapi.routing, "iter_route_contexts", iter
)


class Documented(NamedTuple):
    """An app, as `get_openapi` was called for it."""

    routes: Sequence[Any]
    servers: Sequence[Any]

    def endpoints(self) -> Iterator[Any]:
        """Yield every route with its full path, in their order."""
        yield from _each_included(self.routes)

    def dependencies(self) -> Iterator[Any]:
        """Yield what the routes depend on, in their order; what several depend on comes again."""
        for route in self.endpoints():
            waiting = [getattr(route, "dependant", None)]
            while waiting:
                dependant = waiting.pop()
                if dependant is not None:
                    yield dependant.call
                    waiting += reversed(dependant.dependencies)


def documented() -> Documented:
    """Return the app whose schema is being made; one without routes if none is."""
    names = _locals_of(get_openapi)
    return Documented(names.get("routes", ()), names.get("servers") or ())


def show_in_operation(name: str, scheme: SecuritySchemeModel) -> None:
    """Show another way to meet what is being described, if an operation is.

    Args:
        name: the scheme's.
        scheme: its description.
    """
    names = _locals_of(get_openapi_path)
    # By `get`: from Python 3.13 on the variables of a call are no dictionary, and their `keys` no set.
    operation, schemes = names.get("operation"), names.get("security_schemes")
    if operation is None or schemes is None:
        return
    schemes[name] = scheme.model_dump(by_alias=True)
    ways = operation.setdefault("security", [])
    if {name: []} not in ways:
        ways.append({name: []})


def _locals_of(function: Callable[..., Any]) -> Mapping[str, Any]:
    """Return the variables of the innermost call of a function that is under way; none if none is."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_code is function.__code__:
            return frame.f_locals
        frame = frame.f_back
    return {}
