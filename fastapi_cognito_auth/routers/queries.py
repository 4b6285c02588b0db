"""Which query parameters an endpoint has, and that no other is taken for nothing.

A filter that is misspelt would list everybody, and what should end all sessions would end one.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, get_args, get_origin
from weakref import WeakKeyDictionary

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.security import APIKeyQuery
from pydantic import BaseModel

from fastapi_cognito_auth.dependencies.served import served_by
from fastapi_cognito_auth.exceptions import InvalidRequestError

_MOST_FAULTS: Final = 10
_LONGEST_NAME: Final = 64
"""Characters of a name that are repeated: who sent an unknown one sees which it was."""


class Queries:
    """The query parameters of an endpoint. Its state is what apps have put before it.

    Args:
        endpoint: the function.
        dependant: what FastAPI has read from its signature.
    """

    def __init__(self, endpoint: Callable[..., Any], dependant: Dependant) -> None:
        self._endpoint = endpoint
        own = list(_names(dependant))
        self._known = frozenset(own)
        self._told = sorted(self._known)
        self._single = {
            field.alias for field in dependant.query_params if not _holds_many(field.field_info.annotation)
        }
        self._of_apps: WeakKeyDictionary[Any, frozenset[str]] = WeakKeyDictionary()

    def check(self, request: Request) -> None:
        """Refuse a parameter that the endpoint does not have, or has once and was given twice.

        Raises:
            InvalidRequestError: with the name of each.
        """
        sent = request.query_params.multi_items()
        names = [name for name, _ in sent]
        unknown = dict.fromkeys(name for name in names if name not in self._known)
        if unknown and (taken := self._taken_by(request.scope)):
            unknown = dict.fromkeys(name for name in unknown if name not in taken)
        repeated = [name for name in self._told if name in self._single and names.count(name) > 1]
        faults = [
            *(_fault(name, "unknown_parameter", self._words()) for name in unknown),
            *(
                _fault(name, "repeated_parameter", "The parameter is given more than once")
                for name in repeated
            ),
        ]
        if faults:
            raise InvalidRequestError(
                errors=faults[:_MOST_FAULTS], more_errors=max(0, len(faults) - _MOST_FAULTS)
            )

    def _words(self) -> str:
        if not self._told:
            return "There are no parameters here"
        return f"There is no such parameter here, but {', '.join(self._told)}"

    def _taken_by(self, scope: Mapping[str, Any]) -> frozenset[str]:
        """Return what dependencies take with which an app has included the endpoint."""
        app = scope.get("app")
        if app is None:
            return frozenset()
        found = self._of_apps.get(app)
        if found is None:
            found = frozenset(
                name
                for served in served_by(app)
                if served.route.endpoint is self._endpoint
                for name in _names(served.route.dependant)
            )
            self._of_apps[app] = found
        return found


def _names(dependant: Dependant) -> Iterator[str]:
    if isinstance(dependant.call, APIKeyQuery):
        yield str(dependant.call.model.name)
    for field in dependant.query_params:
        yield field.alias
        annotation = field.field_info.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            # Such a parameter stands for the members of its model.
            for name, member in annotation.model_fields.items():
                yield member.alias or name
    for inner in dependant.dependencies:
        yield from _names(inner)


def _holds_many(annotation: Any) -> bool:
    return any(get_origin(part) is list for part in (annotation, *get_args(annotation)))


def _fault(name: str, kind: str, message: str) -> dict[str, Any]:
    return {"loc": ["query", name[:_LONGEST_NAME]], "message": message, "type": kind}
