r"""Names in the paths of administration, which may hold anything: `/`, `?`, `%`, dots, any script.

A server decodes a path before it is matched, and `%2F` becomes a `/` like any other: deleting the user
`ada/mfa/totp` would take the authenticator app of `ada` away. So paths are matched as they were sent.
What a client or a proxy makes of `..` or `%2F` on the way is not to be seen here; what is deleted for
good is named once more in the query, and nothing else takes such a query.
"""

from collections.abc import Callable, Coroutine, Mapping
from typing import Annotated, Any, Final
from urllib.parse import unquote

from fastapi import Path, Query, Request, Response
from starlette.routing import Match
from starlette.types import Scope

from fastapi_cognito_auth.exceptions import AccessDeniedError, InvalidRequestError, NotAuthorizedError
from fastapi_cognito_auth.routers.route import Route

_CONFIRM: Final = "confirm"
_SLASH: Final = "\0"
"""Stands for a `/` within a name. No path with a NUL is answered."""

UserInPath = Annotated[
    str,
    Path(
        min_length=1,
        max_length=128,
        pattern=r"^\S+$",
        description="The username, an alias, or the `sub` of a local user, which needs no quoting.",
        examples=["ada"],
    ),
]
GroupInPath = Annotated[
    str,
    Path(min_length=1, max_length=128, pattern=r"^\S+$", description="Case-sensitive.", examples=["editors"]),
]
DeviceInPath = Annotated[
    str,
    Path(
        min_length=1,
        max_length=55,
        pattern=r"^[\w-]+_[0-9a-f-]+$",
        description="As the user's devices are listed.",
        examples=["eu-central-1_5c1a6b5e-8e1b-4e55-bb0c-7f3f1a0d2c11"],
    ),
]
SessionInPath = Annotated[
    str,
    Path(
        pattern=r"^(tkn|sso)[a-z0-9]{25}$",
        description="As the user's sessions are listed.",
        examples=["tkn0123456789abcdefghijklmno"],
    ),
]
EventInPath = Annotated[
    str,
    Path(
        min_length=1,
        max_length=50,
        pattern=r"^[\w+-]+$",
        description="As the user's auth events are listed.",
        examples=["5c1a6b5e-8e1b-4e55-bb0c-7f3f1a0d2c11"],
    ),
]
ProviderInPath = Annotated[
    str,
    Path(
        min_length=1,
        max_length=32,
        description="The identity provider's name in the pool; `Cognito` is the password.",
        examples=["Google"],
    ),
]
Confirm = Annotated[
    str,
    Query(
        alias=_CONFIRM,
        min_length=1,
        max_length=128,
        description="The name in the path once more: what is deleted is gone for good.",
    ),
]


def demand_confirmation(
    name: str, confirmed: str, otherwise: str = "It has to be the name that is in the path."
) -> None:
    """Refuse to delete something that is not named twice alike.

    Args:
        name: of what would be deleted.
        confirmed: what was said.
        otherwise: what to say of another name.

    Raises:
        InvalidRequestError: the names differ.
    """
    if name != confirmed:
        raise _misdirected(otherwise)


class AdminRoute(Route):
    """Matches a path as it was sent, and refuses what was confirmed for another endpoint.

    Nobody is asked to sign in again for what the app itself may not do.
    """

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Match the path; a slash within a name is none that parts the path."""
        if scope["type"] != "http" or b"%2f" not in (scope.get("raw_path") or b"").lower():
            return super().matches(scope)
        path = _as_sent(scope)
        if path is None:
            return Match.NONE, {}
        match, found = super().matches({**scope, "path": path})
        if match is not Match.NONE:
            params = {
                name: value.replace(_SLASH, "/") if isinstance(value, str) else value
                for name, value in found["path_params"].items()
            }
            found = {**found, "path_params": params}
        return match, found

    def refuses_other_queries(self) -> bool:
        """Return that it is one, also where no parameter is known: the path may be another's."""
        return True

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the handler; called once, when the route is added."""
        handler = super().get_route_handler()
        confirms = any(field.alias == _CONFIRM for field in self.dependant.query_params)

        async def handle(request: Request) -> Response:
            if not confirms and _CONFIRM in request.query_params:
                # On its way here the path has become another one.
                raise _misdirected("Nothing is confirmed here: the path is not the one that was meant.")
            try:
                return await handler(request)
            except NotAuthorizedError as exc:
                # It is about the app's credentials; 401 would send the administrator to sign in again.
                raise AccessDeniedError from exc

        return handle


def _misdirected(message: str) -> InvalidRequestError:
    fault: Mapping[str, Any] = {"loc": ["query", _CONFIRM], "message": message, "type": "not_confirmed"}
    return InvalidRequestError(errors=[fault])


def _as_sent(scope: Scope) -> str | None:
    """Return the path with a stand-in for each slash within a name, if what was sent is that path."""
    path: str = scope["path"]
    if _SLASH in path:
        return path  # it is refused for that
    sent = scope["raw_path"].partition(b"?")[0].decode("latin-1")  # some test clients leave the query on
    decoded = "/".join(unquote(part).replace("/", _SLASH) for part in sent.split("/"))
    # What stands before the app may have taken a beginning away from the path alone.
    if not decoded.replace(_SLASH, "/").endswith(path):
        return None
    return decoded[len(decoded) - len(path) :]
