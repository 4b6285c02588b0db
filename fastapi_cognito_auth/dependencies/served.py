"""The routes of an app, wherever they are: in its routers, in what is mounted, behind middleware."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any, Final, NamedTuple

import fastapi.routing
from fastapi.dependencies.models import Dependant

_MOST_LAYERS: Final = 100
"""How much middleware is looked behind, which may not end."""

_MOST_PARTS: Final = 100_000
"""How many apps, routes and layers of middleware are looked at, for the same reason."""

# What FastAPI has for routers that are included but not copied; before, they were copied.
_each_included: Final = getattr(fastapi.routing, "iter_route_contexts", iter)


class Served(NamedTuple):
    """A route of FastAPI, as an app serves it."""

    route: Any

    path: str
    """The full one, with the names of its parameters."""

    host: str
    """What the host of a request has to be; empty for any."""

    @property
    def methods(self) -> tuple[str, ...]:
        """In the order of the alphabet; none for a WebSocket."""
        return tuple(sorted(getattr(self.route, "methods", None) or ()))


def apps_within(app: Any) -> Iterator[Any]:
    """Find an app and what is mounted in it, the outer ones first, with routes and middleware on the way."""
    waiting: list[Any] = [app]
    # By identity: an app may be mounted in itself.
    seen: dict[int, Any] = {}
    while waiting and len(seen) < _MOST_PARTS:
        found = waiting.pop(0)
        if id(found) in seen:
            continue
        seen[id(found)] = found
        yield found
        # Most have the one or the other, and what is of an app's own kind may raise anything.
        with suppress(Exception):
            waiting += found.routes
        with suppress(Exception):
            waiting.append(found.app)


def served_by(app: Any) -> Iterator[Served]:
    """Find the routes of FastAPI in an app, in the order in which they are asked.

    Args:
        app: anything with `routes`; what is no route of FastAPI is passed over.
    """
    return _served(app, "", "", [])


def _served(app: Any, prefix: str, host: str, seen: list[Any]) -> Iterator[Served]:
    routes = None
    for _ in range(_MOST_LAYERS):
        routes = getattr(app, "routes", None)
        if routes or not hasattr(app, "app"):
            break
        app = app.app
    # By identity: an app may be mounted in itself.
    if not isinstance(routes, Iterable) or any(routes is known for known in seen):
        return
    seen.append(routes)
    for route in _each_included(routes):
        path = f"{prefix}{getattr(route, 'path', None) or ''}"
        if isinstance(getattr(route, "dependant", None), Dependant):
            yield Served(route, path, host)
        else:
            yield from _served(route, path, getattr(route, "host", None) or host, seen)
