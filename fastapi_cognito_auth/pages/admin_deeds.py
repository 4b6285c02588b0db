"""What administrators do by pages is what they do by `auth.admin_router`: its endpoints, called for a page.

So a page refuses what the router refuses, in the same order, takes note of it alike, and ends what it ends.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from fastapi import Request
from pydantic import TypeAdapter, ValidationError

from fastapi_cognito_auth.exceptions import AccessDeniedError, InvalidRequestError, NotAuthorizedError
from fastapi_cognito_auth.user import User

Endpoint = Callable[..., Awaitable[Any]]

_OF_THE_CALL: Final = frozenset({"request", "admin"})
"""What a page hands over as it is; everything else comes from a browser."""


class Deeds:
    """The endpoints of administration, by their names.

    Args:
        endpoints: gets them, by their names; asked for with the first page, since making them takes time.
    """

    def __init__(self, endpoints: Callable[[], Mapping[str, Endpoint]]) -> None:
        self._endpoints = endpoints
        self._adapters: dict[str, Mapping[str, TypeAdapter[Any]]] = {}

    async def read(self, name: str, **given: Any) -> Any:
        """Ask for what changes nothing. Whoever asks was let in before.

        Args:
            name: of the endpoint.
            given: its parameters.

        Raises:
            InvalidRequestError: the endpoint does not take a value.
            AccessDeniedError: the app's own credentials do not allow it.
        """
        return await self._call(name, given, {})

    async def do(self, name: str, request: Request, admin: User, **given: Any) -> Any:
        """Change something, by who was let in to change.

        Args:
            name: of the endpoint.
            request: asks for it.
            admin: who asks.
            given: its other parameters; bodies as mappings.

        Raises:
            InvalidRequestError: the endpoint does not take a value.
            AccessDeniedError: the app's own credentials do not allow it.
        """
        return await self._call(name, given, {"request": request, "admin": admin})

    async def _call(self, name: str, given: Mapping[str, Any], of_the_call: Mapping[str, Any]) -> Any:
        endpoint = self._endpoints()[name]
        adapters = self._adapters_of(name, endpoint)
        faults: list[dict[str, Any]] = []
        values: dict[str, Any] = {}
        for parameter, value in given.items():
            try:
                values[parameter] = adapters[parameter].validate_python(value)
            except ValidationError as exc:
                # Without the values: one of them may be a password.
                faults += [
                    {"loc": [parameter, *fault["loc"]], "message": fault["msg"], "type": fault["type"]}
                    for fault in exc.errors(include_url=False, include_context=False, include_input=False)
                ]
        if faults:
            raise InvalidRequestError(errors=faults)
        try:
            return await endpoint(**of_the_call, **values)
        except NotAuthorizedError as exc:
            # It is about the app's credentials; 401 would send the administrator to sign in again.
            raise AccessDeniedError from exc

    def _adapters_of(self, name: str, endpoint: Endpoint) -> Mapping[str, TypeAdapter[Any]]:
        if name not in self._adapters:
            self._adapters[name] = {
                parameter.name: TypeAdapter(parameter.annotation)
                for parameter in inspect.signature(endpoint).parameters.values()
                if parameter.name not in _OF_THE_CALL
            }
        return self._adapters[name]
