"""The route that all our endpoints are: bad bodies are answered without repeating them."""

from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from typing import Annotated, Any, ClassVar, Final

from fastapi import APIRouter, Path, Query, Request, Response, params
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import ConfigDict, Field
from starlette.exceptions import HTTPException

from fastapi_cognito_auth.dependencies.forgotten import refuse_forgotten_in_app
from fastapi_cognito_auth.dependencies.refusal_log import log_refusal
from fastapi_cognito_auth.exceptions import (
    CrossSiteRequestError,
    InvalidClientError,
    InvalidIssuerError,
    InvalidRequestError,
    InvalidSignatureError,
    InvalidTokenError,
    InvalidTokenUseError,
    KeysUnavailableError,
    NotAuthenticatedError,
    NotAuthorizedError,
    PasswordResetRequiredError,
    RequestTooLargeError,
    RevocationUnavailableError,
    TokenExpiredError,
    TokenRevokedError,
    TooManyRequestsError,
    UserNotConfirmedError,
    UserNotFoundError,
    UserPoolUnavailableError,
    responses,
)
from fastapi_cognito_auth.routers.bodies import BoundedRequest, check_address
from fastapi_cognito_auth.routers.operations import operation_id, summary
from fastapi_cognito_auth.routers.queries import Queries
from fastapi_cognito_auth.schemas.described import Described

SIGNED_IN: Final = (
    NotAuthenticatedError,
    InvalidTokenError,
    TokenExpiredError,
    InvalidSignatureError,
    InvalidIssuerError,
    InvalidClientError,
    InvalidTokenUseError,
    TokenRevokedError,
    CrossSiteRequestError,
    NotAuthorizedError,
    PasswordResetRequiredError,
    UserNotConfirmedError,
    UserNotFoundError,
    TooManyRequestsError,
    KeysUnavailableError,
    RevocationUnavailableError,
    UserPoolUnavailableError,
)
"""What every endpoint of a signed-in user may answer."""

CONTACTS: Final = frozenset({"email", "phone_number"})
"""Attributes by which a password can be reset, and to which codes of second factors go."""

NextToken = Annotated[
    str | None,
    Query(min_length=1, max_length=16_384, pattern=r"^\S+$", description="`next_token` of the page before."),
]

AttributeName = Annotated[
    str,
    Path(
        min_length=1,
        max_length=32,
        pattern=r"^\S+$",
        description="Such as `email` or `custom:tenant`.",
        examples=["email"],
    ),
]

DeviceSecret = Annotated[str, Field(min_length=1, max_length=4096)]
"""What the client kept of its device: `device` of a registered one."""

SealedSession = Annotated[str, Field(min_length=1, max_length=16_384)]


_UNREADABLE: Final = "There was an error parsing the body"
"""What FastAPI says of a body that could not be read."""

_NO_OBJECT: Final = frozenset({"model_attributes_type", "model_type", "dict_type"})
_SEND_JSON: Final = "The body has to be a JSON object, sent with the header Content-Type: application/json"

_MOST_FAULTS: Final = 10
_LONGEST_NAME: Final = 64
"""Characters of a member's name that are repeated: who sent an unknown one sees which it was."""


def _without_input(fault: Mapping[str, Any]) -> dict[str, Any]:
    """Describe a fault without the value that was sent, which may be a password."""
    message, kind = fault["msg"], str(fault["type"])
    place = [part[:_LONGEST_NAME] if isinstance(part, str) else part for part in fault["loc"]]
    if kind == "union_tag_not_found":
        name = str(fault.get("ctx", {}).get("discriminator", "")).strip("'")
        message, place = "The member is missing; it says what the others mean", [*place, name]
    elif kind.startswith("union_tag"):
        known = fault.get("ctx", {}).get("expected_tags")
        message = (
            f"Input should be one of {known}" if known else "Input should be one of the documented values"
        )
    elif kind in _NO_OBJECT and place == ["body"]:
        # Of another content type it is not read.
        is_unread = isinstance(fault.get("input"), bytes | str)
        message = _SEND_JSON if is_unread else "The body has to be a JSON object, and it is other JSON"
    elif kind == "missing":
        message = f"The {'parameter' if place[:1] == ['query'] else 'member'} is missing"
    elif kind == "extra_forbidden":
        message = "There is no such member here"
    elif kind == "value_error":
        message = message.removeprefix("Value error, ")
        message = message[:1].upper() + message[1:]
    elif kind == "string_pattern_mismatch":
        # A regular expression says nothing to people.
        message = "The value has characters, or a form, that is not allowed here"
    return {"loc": place, "message": message, "type": kind}


class Body(Described):
    """A request body: unknown members are mistakes, not noise."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        # Passwords, codes and tokens stay out of logs: a body shows only what kind it is.
        return ()


class Route(APIRoute):
    """Bounds what comes in, and answers a malformed body with our own error.

    FastAPI's own quotes the input, and the input may be a password.
    """

    body_limit: ClassVar[int]
    """Bytes. Newer versions of FastAPI have a limit for this too, and another name for it."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **kwargs: Any) -> None:
        super().__init__(path, endpoint, **kwargs)
        self.summary: str | None = self.summary or summary(self.name)

    def refuses_other_queries(self) -> bool:
        """Return whether a query parameter that the endpoint does not have is a mistake.

        One that has none may be asked with what caches and proxies put into addresses.
        """
        return bool(self.dependant.query_params)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the handler; called once, when the route is added."""
        handler = super().get_route_handler()
        body_limit = self.body_limit
        queries = Queries(self.endpoint, self.dependant) if self.refuses_other_queries() else None

        async def handle(request: Request) -> Response:
            refuse_forgotten_in_app(request.scope)
            check_address(request.scope)
            if queries is not None and request.scope["query_string"]:
                queries.check(request)
            try:
                response = await handler(BoundedRequest(request, body_limit))
            except RequestValidationError as exc:
                found = exc.errors()
                faults = [_without_input(fault) for fault in found[:_MOST_FAULTS]]
                more = len(found) - len(faults)
            except HTTPException as exc:
                # FastAPI's own for an unreadable body; whatever else is raised is the app's.
                if exc.detail != _UNREADABLE:
                    log_refusal(request, exc)
                    raise
                faults, more = [], 0
            else:
                # RFC 6749 section 5.1: what may hold tokens is not for caches.
                response.headers.setdefault("Cache-Control", "no-store")
                return response
            # Outside the handler, so that the quoted input is not dragged along as a cause.
            raise InvalidRequestError(errors=faults, more_errors=more)

        return handle


def route_class(max_body_size: int, kind: type[Route] = Route) -> type[Route]:
    """Return the kind of route that takes bodies up to a size in bytes.

    A class for each size, since FastAPI makes routes anew by their class where a router is included.
    """
    return type(kind.__name__, (kind,), {"body_limit": max_body_size})


def new_router(
    *,
    max_body_size: int = 0,
    tags: Sequence[str] = (),
    dependencies: Sequence[params.Depends] = (),
    kind: type[Route] = Route,
    described: Mapping[int | str, dict[str, Any]] | None = None,
) -> APIRouter:
    """Return a router whose routes are `Route`s, each with these tags and behind these dependencies.

    Args:
        max_body_size: bytes; none where no route takes a body.
        tags: for the documentation.
        dependencies: asked before each route.
        kind: of the routes.
        described: what each route may answer, for OpenAPI, instead of the usual refusals.
    """
    errors = (RequestTooLargeError, InvalidRequestError) if max_body_size else (InvalidRequestError,)
    return APIRouter(
        route_class=route_class(max_body_size, kind),
        responses=responses(*errors) if described is None else dict(described),
        tags=[*tags],
        dependencies=list(dependencies),
        generate_unique_id_function=operation_id,
    )
