"""A guard before the sign-in itself, as of a whole app: who is not signed in could never sign in."""

from collections.abc import Collection, Iterator
from typing import Any, Final

from fastapi.dependencies.models import Dependant

from fastapi_cognito_auth.dependencies.current import (
    AccessToken,
    CurrentIdUser,
    CurrentPrincipal,
    CurrentUser,
)
from fastapi_cognito_auth.dependencies.principals import Principals
from fastapi_cognito_auth.dependencies.served import served_by
from fastapi_cognito_auth.exceptions import ConfigurationError

_BEGINS: Final = frozenset({"sign_in_to_session", "sign_in_by_page", "start_managed_login"})
"""The endpoints by which a browser gets a session, which no program has before."""

_BEGINS_FOR_PROGRAMS: Final = frozenset({"sign_in", "sign_in_by_form", "initiate_auth", "call_operation"})
"""Those that a machine may be let in to call, for its users."""


def refuse_locked_out(app: Any, principals: Principals, own: Collection[Any]) -> None:
    """Look for a guard of a pool before each way to sign in to that pool.

    One that is open is enough. A guard of another pool is passed by its users.

    Args:
        app: as for `served_by`.
        principals: of the pool.
        own: endpoints of the pool.

    Raises:
        ConfigurationError: all are guarded. The message names them, and says what to write.
    """
    for names, machines in ((_BEGINS, False), (_BEGINS_FOR_PROGRAMS, True)):
        guarded: list[str] = []
        is_open = False
        for served in served_by(app):
            if served.route.endpoint not in own or served.route.endpoint.__name__ not in names:
                continue
            if any(_guards(call, principals, machines=machines) for call in _calls(served.route.dependant)):
                guarded.append(f"{' '.join(served.methods)} {served.path}")
            else:
                is_open = True
        if guarded and not is_open:
            msg = (
                f"{', '.join(guarded)}: only who is signed in could sign in there; guard the app's own"
                " routers instead, as APIRouter(dependencies=[Depends(auth.current_user)]),"
                " or write FastAPI(dependencies=[Depends(auth.optional_user)])"
            )
            raise ConfigurationError(msg)


def _calls(dependant: Dependant) -> Iterator[Any]:
    for inner in dependant.dependencies:
        yield inner.call
        yield from _calls(inner)


def _guards(call: Any, principals: Principals, *, machines: bool) -> bool:
    """Tell whether a dependency lets nobody pass who is not signed in; to some, a machine is enough."""
    kinds = (CurrentUser, AccessToken, CurrentIdUser, *(() if machines else (CurrentPrincipal,)))
    return isinstance(call, kinds) and call.is_of(principals)
