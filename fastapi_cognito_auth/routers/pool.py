"""The pool's configuration: each operation that configures it as an endpoint, made of its description."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, ClassVar, Final

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import ConfigDict

from fastapi_cognito_auth.cognito.api_shapes import snake
from fastapi_cognito_auth.cognito.configuration import PoolConfiguration
from fastapi_cognito_auth.cognito.pages import LARGEST_PAGE
from fastapi_cognito_auth.cognito.service_model import service_model
from fastapi_cognito_auth.dependencies.guards import Guard
from fastapi_cognito_auth.exceptions import (
    AccessDeniedError,
    CognitoAuthError,
    InvalidPageError,
    InvalidRequestError,
    NotAuthorizedError,
    ResourceNotFoundError,
    UnknownOperationError,
    UserPoolError,
    responses,
)
from fastapi_cognito_auth.routers.admin_changes import Changes
from fastapi_cognito_auth.routers.admin_errors import CHANGES, READS
from fastapi_cognito_auth.routers.admin_pages import PageTokens
from fastapi_cognito_auth.routers.admin_paths import AdminRoute, demand_confirmation
from fastapi_cognito_auth.routers.pool_answers import as_json
from fastapi_cognito_auth.routers.pool_models import body_of, limits_of, model_of, words_of
from fastapi_cognito_auth.routers.pool_refusals import kind_here, told_here
from fastapi_cognito_auth.routers.pool_routes import POOL_ROUTES, PoolRoute
from fastapi_cognito_auth.routers.route import new_router
from fastapi_cognito_auth.schemas.described import Described
from fastapi_cognito_auth.user import User

_FILLED_IN: Final = frozenset({"UserPoolId", "ResourceArn"})
"""The app's own pool is configured, and no other."""

_QUERIES: Final[Mapping[str, Any]] = {"string": str, "integer": int, "boolean": bool, "list": list[str]}
_Confirm = Annotated[
    str,
    Query(
        min_length=1,
        max_length=256,
        description="The name in the path once more, or the pool's id: what is deleted is gone for good.",
    ),
]
_GO_ON: Final = frozenset({"next_token", "pagination_token"})
"""What gets the next page of a list."""
_REPLACES: Final = "What the body leaves out is put back to its default; `PATCH` keeps it."
_MERGES: Final = (
    "What the body leaves out stays as it is. Structures are merged member by member, lists and maps are"
    " replaced as a whole, and `null` puts a member back to its default."
)
_EMPTY: Final = (
    "Nothing is said, so that everything would be put back to its default. Say at least one member."
)
_SWITCHES_OFF: Final = frozenset({"SetUserPoolMfaConfig"})
"""What takes an empty body for no second factors at all, beside what puts the rest back to its default."""

_FRESH: Final = "Asks for a recent sign-in."


class ConfigurationChanged(Described):
    """What is different now."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True)

    changed: list[str]
    """The members that were changed, with dots: `policies.password_policy.minimum_length`. Without any,
    everything was as it should be, and nothing was sent."""


def pool_router(
    configuration: PoolConfiguration,
    changes: Changes,
    pages: PageTokens,
    *,
    reading: Guard,
    changing: Guard,
    user_pool_id: str,
    max_body_size: int,
) -> APIRouter:
    """Build the endpoints over `auth.pool.configuration`, of the operations that boto3 knows.

    Args:
        configuration: does the work.
        changes: records what is changed.
        pages: give tokens of pages into clients' hands.
        reading: lets in who may look.
        changing: lets in who may change something.
        user_pool_id: has to be said once more by who deletes the pool.
        max_body_size: bytes.
    """
    router = new_router(max_body_size=max_body_size, kind=AdminRoute, tags=["pool"])
    known = set(service_model().operation_names)
    for route in [route for route in POOL_ROUTES if route.operation in known]:
        endpoint = _Endpoint(route, configuration, changes, pages, user_pool_id)
        router.add_api_route(
            route.path,
            endpoint.function(reading if route.reads else changing),
            methods=[route.method],
            status_code=endpoint.status,
            response_model=endpoint.answer,
            responses=responses(*dict.fromkeys(endpoint.errors())),
            name=route.name,
        )
    return router


class _Endpoint:
    """An operation, and how a request for it is read and answered."""

    def __init__(
        self,
        route: PoolRoute,
        configuration: PoolConfiguration,
        changes: Changes,
        pages: PageTokens,
        user_pool_id: str,
    ) -> None:
        self._route = route
        self._changes = changes
        self._pages = pages
        self._user_pool_id = user_pool_id
        self._call: Callable[..., Any] = getattr(configuration, snake(route.operation))
        if route.merges:
            self._call = getattr(configuration, route.name)
        self._model = service_model().operation_model(route.operation)
        output = self._model.output_shape
        self.answer: Any = None if output is None or not output.members else model_of(output)
        if route.merges:
            self.answer = ConfigurationChanged
        self.status: int = 204 if self.answer is None else 200
        if self.status == 200 and route.method == "POST" and route.operation.startswith(("Add", "Create")):
            self.status = 201
        in_path = {name for name in self._model.input_shape.members if f"{{{snake(name)}}}" in route.path}
        self._in_path = [name for name in self._model.input_shape.members if name in in_path]
        self._elsewhere = [
            name
            for name in self._model.input_shape.members
            if name not in in_path | _FILLED_IN and not (name == "ClientId" and route.shared)
        ]
        members = map(snake, self._model.input_shape.members)
        self._goes_on_by = next((name for name in members if name in _GO_ON), None)
        self._confirms = route.method == "DELETE" and bool(in_path or route.path == "/pool")
        self._doc = self._text()

    def _text(self) -> str:
        text = words_of(self._model.documentation, 2)
        if self._route.merges:
            text = f"{words_of(self._model.documentation, 1)}\n\n{_MERGES}"
        elif self._route.resets:
            text = f"{words_of(self._model.documentation, 1)}\n\n{_REPLACES}"
        return text if self._route.reads else f"{text}\n\n{_FRESH}"

    def errors(self) -> Iterator[type[CognitoAuthError]]:
        """Yield what the endpoint may answer."""
        yield from READS if self._route.reads else CHANGES
        if self._goes_on_by is not None:
            yield InvalidPageError
        for shape in self._model.error_shapes:
            error = kind_here(type(UserPoolError.from_cognito(shape.name, "")))
            if not issubclass(error, NotAuthorizedError) and error is not UserPoolError:
                yield error
        yield UnknownOperationError

    def function(self, guard: Guard) -> Callable[..., Any]:
        """Return what FastAPI calls, with a signature that it can read."""

        async def endpoint(**given: Any) -> Response:
            return await self._answer(**given)

        endpoint.__name__ = endpoint.__qualname__ = self._route.name
        endpoint.__doc__ = self._doc
        endpoint.__signature__ = inspect.Signature(list(self._parameters(guard)))  # type: ignore[attr-defined]
        return endpoint

    def _parameters(self, guard: Guard) -> Iterator[inspect.Parameter]:
        yield _parameter("request", Request)
        yield _parameter("admin", Annotated[User, Depends(guard)])
        shape = self._model.input_shape
        for name in self._in_path:
            yield _parameter(snake(name), Annotated[str, _place(Path, name, shape.members[name])])
        if self._confirms:
            yield _parameter("confirm", _Confirm)
        if self._route.method in {"GET", "DELETE"}:
            for name in self._elsewhere:
                yield _in_query(name, shape)
        elif self._elsewhere:
            body = body_of(self._route.operation, shape, self._elsewhere, merged=self._route.merges)
            if self._route.method == "POST" and not any(
                field.is_required() for field in body.model_fields.values()
            ):
                yield _parameter("body", body | None, default=None)
            else:
                yield _parameter("body", body)

    async def _answer(
        self, request: Request, admin: User, confirm: str | None = None, body: Any = None, **named: Any
    ) -> Response:
        if self._confirms:
            if named:
                *_, last = named.values()
                demand_confirmation(last, str(confirm))
            else:
                demand_confirmation(self._user_pool_id, str(confirm), "It has to be the id of the pool.")
        sent = {} if body is None else body.model_dump(by_alias=True, exclude_unset=True)
        if not sent and (self._route.resets or self._route.operation in _SWITCHES_OFF):
            raise InvalidRequestError(errors=[{"loc": ["body"], "message": _EMPTY, "type": "empty_body"}])
        if self._route.operation == "DeleteUserPool":
            named = {"user_pool_id": self._user_pool_id}
        names = [*(str(value) for value in named.values() if value is not None), *sent]
        if self._route.reads:
            found = await self._page(named) if self._goes_on_by else await self._asked(named, sent)
        else:
            async with self._changes.recorded(request, admin, self._route.name, names=names):
                found = await self._asked(named, sent)
        if self.answer is None:
            return Response(status_code=204)
        if self._is_of_another_pool(found):
            raise ResourceNotFoundError
        if self._route.merges:
            found = {"changed": [change.path for change in found]}
        return JSONResponse(as_json(self._route.operation, found), self.status)

    def _is_of_another_pool(self, found: Any) -> bool:
        # A domain is described to whoever knows its name, whichever pool of the account has it.
        if self._route.operation != "DescribeUserPoolDomain":
            return False
        pool = found.get("domain_description", {}).get("user_pool_id")
        return pool not in (None, self._user_pool_id)

    async def _page(self, named: dict[str, Any]) -> Any:
        """Give no token of Cognito's to a client, and take none that is of another list."""
        by = str(self._goes_on_by)
        sizes = {by, "max_results"}
        asked = (f"{name}={value}" for name, value in sorted(named.items()) if name not in sizes)
        of = (self._route.operation, *asked)
        found = await self._asked({**named, by: self._pages.read(of, named.get(by))}, {})
        return {**found, by: self._pages.write(of, found[by])} if found.get(by) else found

    async def _asked(self, named: dict[str, Any], sent: dict[str, Any]) -> Any:
        try:
            return await self._call(**named, **sent)
        except NotAuthorizedError as exc:
            # It is about the app's credentials; 401 would send the administrator to sign in again.
            raise AccessDeniedError from exc
        except UserPoolError as exc:
            raise told_here(exc) from exc.__cause__


def _parameter(name: str, annotation: Any, **more: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, **more)


def _in_query(name: str, shape: Any) -> inspect.Parameter:
    member = shape.members[name]
    kind, place = _QUERIES[member.type_name], _place(Query, name, member)
    if name in shape.required_members:
        if name == "MaxResults":
            return _parameter(snake(name), Annotated[kind, place], default=LARGEST_PAGE)
        return _parameter(snake(name), Annotated[kind, place])
    return _parameter(snake(name), Annotated[kind | None, place], default=None)


def _place(kind: Any, name: str, shape: Any) -> Any:
    text = words_of(shape.documentation, 1) or f"{snake(name).replace('_', ' ').capitalize()}."
    return kind(description=text, json_schema_extra=limits_of(shape))
