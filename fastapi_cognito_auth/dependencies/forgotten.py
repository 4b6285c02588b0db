"""A forgotten `Depends`: what should find a principal would be read from the request instead.

No principal is ever made of what is read so (`never_from_input`), but a parameter without a type takes
whatever a client writes. Here the mistake is found before it is served: when the route is added, where
FastAPI allows that, otherwise when the app starts, and at the latest by the first request that asks us.
"""

import dataclasses
import inspect
import re
import weakref
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, Final, ForwardRef, NoReturn, get_args, get_type_hints

from fastapi.dependencies.models import Dependant
from pydantic import BaseModel, GetCoreSchemaHandler

from fastapi_cognito_auth.dependencies.misplaced import MisplacedError
from fastapi_cognito_auth.dependencies.served import Served, served_by
from fastapi_cognito_auth.dependencies.unreachable import refuse_unreachable
from fastapi_cognito_auth.exceptions import ConfigurationError, NotAuthenticatedError
from fastapi_cognito_auth.profile import Profile
from fastapi_cognito_auth.tokens.claims import AccessTokenClaims, Actor, AlbClaims, IdTokenClaims
from fastapi_cognito_auth.user import IdUser, Machine, User

_INSTEAD: Final[Mapping[type, str]] = {
    User: "write Annotated[User, Depends(auth.current_user)]",
    IdUser: "write Annotated[IdUser, Depends(auth.id_user)]",
    Machine: "write Annotated[User | Machine, Depends(auth.current_principal)]",
    # No principals, but what an app may believe all the same.
    Profile: "ask for `await user.profile()`",
    AccessTokenClaims: "read `user.claims`",
    IdTokenClaims: "read `user.claims`",
    AlbClaims: "read `user.claims`",
    Actor: "read `user.actor`",
}
"""What no route may read from a request, and what to do instead."""

_DEPENDENCY: Final = re.compile(r"\b(Depends|Security)\b")


class Dependency:
    """What means something inside `Depends` alone, and refuses to be anything else of a route."""

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> NoReturn:
        """Refuse `Annotated[User, auth.current_user]` when the route is added.

        Raises:
            ConfigurationError: always.
        """
        raise ConfigurationError("Depends is missing: write Annotated[User, Depends(auth.current_user)]")

    @property
    def dependency(self) -> NoReturn:
        """Refuse `dependencies=[auth.current_user]`: FastAPI asks each for what it depends on.

        Raises:
            MisplacedError: always.
        """
        raise MisplacedError("Depends is missing: write dependencies=[Depends(auth.current_user)]")

    def __deepcopy__(self, _memo: dict[int, Any]) -> NoReturn:
        """Refuse `user = auth.current_user` at each request, for which FastAPI copies the default.

        Raises:
            NotAuthenticatedError: always.
        """
        raise NotAuthenticatedError("Nobody can be let in here: the API lacks Depends.")


_looked_at: Final["weakref.WeakSet[Any]"] = weakref.WeakSet()


def refuse_forgotten_in_app(scope: Mapping[str, Any]) -> None:
    """Look at the app of a request, unless that was done before and nothing was wrong.

    For apps that do not run `auth.lifespan`. Routes that are added later are not seen.

    Args:
        scope: of the request or the handshake.

    Raises:
        ConfigurationError: as `refuse_forgotten` and `refuse_unreachable` say, and for every request.
    """
    app = scope.get("app")
    if app is not None and app not in _looked_at:
        refuse_forgotten(app)
        refuse_unreachable(app)
        _looked_at.add(app)


def refuse_forgotten(app: Any) -> None:
    """Look at every route of an app, of its routers, and of what is mounted in it.

    Args:
        app: anything with `routes`; what is no route of FastAPI is passed over.

    Raises:
        ConfigurationError: a route would read a principal from the request. The message names all
            such routes, and says what to write.
    """
    faults = [fault for served in served_by(app) for fault in _faults(served)]
    if faults:
        raise ConfigurationError("; ".join(dict.fromkeys(faults)))


def _faults(served: Served) -> Iterator[str]:
    methods = " ".join(served.methods) or "WebSocket"
    waiting: list[Dependant] = [served.route.dependant]
    while waiting:
        dependant = waiting.pop()
        waiting += dependant.dependencies
        call = dependant.call
        function = f"{getattr(call, '__module__', '')}.{getattr(call, '__qualname__', type(call).__name__)}"
        for field in (
            *dependant.path_params,
            *dependant.query_params,
            *dependant.header_params,
            *dependant.cookie_params,
            *dependant.body_params,
        ):
            if (instead := _instead(field.name, field.field_info)) is not None:
                taken = f"would take `{field.name}` of {function} from the request"
                yield f"{methods} {served.path} {taken}: {instead}"


def _instead(name: str, info: Any) -> str | None:
    """Return what to write instead of a parameter, if it must be written in another way."""
    if isinstance(info.default, Dependency):
        return f"write `{name}: Annotated[…, Depends(…)]` and no default"
    annotation = info.annotation
    if isinstance(annotation, ForwardRef):
        # A local variable, in a module with that import. Where it names no dependency it may be an alias
        # of one; a parameter that no client may leave out is of no use without its type, whatever it is.
        if _DEPENDENCY.search(annotation.__forward_arg__) or info.is_required():
            return (
                f"nothing called {annotation.__forward_arg__} is found beside the function:"
                " remove `from __future__ import annotations`"
            )
        return None
    for kind, members in _kinds(annotation, (), set()):
        if members:
            return f"`{'.'.join((name, *members))}` is a {kind.__name__}, which no request may hold"
        return _INSTEAD[kind]
    return None


def _kinds(
    annotation: Any, members: tuple[str, ...], seen: set[Any]
) -> Iterator[tuple[type, tuple[str, ...]]]:
    """Find what no request may hold in an annotation, with the names of the members on the way."""
    if not inspect.isclass(annotation):
        parts = get_args(annotation)
        for name in ("__value__", "__supertype__"):  # of a `type` statement, and of a NewType
            # A type may be made of itself.
            if hasattr(annotation, name) and annotation not in seen:
                seen.add(annotation)
                parts = (*parts, getattr(annotation, name))
        for part in parts:
            yield from _kinds(part, members, seen)
        return
    for kind in _INSTEAD:
        if issubclass(annotation, kind):
            yield kind, members
            return
    if annotation in seen:
        return
    seen.add(annotation)
    for name, inner in _members(annotation).items():
        yield from _kinds(inner, (*members, name), seen)


def _members(kind: type) -> Mapping[str, Any]:
    if issubclass(kind, BaseModel):
        return {**{name: field.annotation for name, field in kind.model_fields.items()}, **_further(kind)}
    typed_dict = hasattr(kind, "__required_keys__")
    if typed_dict or dataclasses.is_dataclass(kind) or issubclass(kind, tuple):
        try:
            return get_type_hints(kind)
        except NameError:
            return {}  # FastAPI could not have built a field of it either
    return {}


def _further(model: type[BaseModel]) -> Mapping[str, Any]:
    """Return the annotation of the members that a model takes without naming them."""
    for kind in model.__mro__[: model.__mro__.index(BaseModel)]:
        with suppress(NameError):
            annotation = inspect.get_annotations(kind, eval_str=True).get("__pydantic_extra__")
            if annotation is not None:
                return {"*": annotation}
    return {}
