"""What FastAPI describes at the moment: the routes of one app.

A security scheme is described without a word of the app that it is described for, and the right
description depends on that app: where its Authorize button gets tokens, and whose credentials
there are beside. So the routes are read off the call of `get_openapi` that is under way.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import fastapi.routing
from fastapi.openapi.utils import get_openapi

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
    frame = sys._getframe(1)
    while frame.f_back is not None:
        frame = frame.f_back
        if frame.f_code is get_openapi.__code__:
            return Documented(frame.f_locals["routes"], frame.f_locals["servers"] or ())
    return Documented((), ())
