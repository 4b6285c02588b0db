"""The route that all our endpoints are: bad bodies are answered without repeating them."""

from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request, Response, params
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException

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
    RevocationUnavailableError,
    TokenExpiredError,
    TokenRevokedError,
    TooManyRequestsError,
    UserNotConfirmedError,
    UserNotFoundError,
    UserPoolUnavailableError,
    responses,
)

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

NextToken = Annotated[str | None, Query(min_length=1, max_length=16_384, pattern=r"^\S+$")]
"""`next_token` of the page before."""

AttributeName = Annotated[str, Path(min_length=1, max_length=32, pattern=r"^\S+$", examples=["email"])]

DeviceSecret = Annotated[str, Field(min_length=1, max_length=4096)]
"""What the client kept of its device: `device` of a registered one."""

SealedSession = Annotated[str, Field(min_length=1, max_length=16_384)]

Username = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^\S+$", examples=["ada"])]
"""A username or an alias: an e-mail address or a phone number."""


_UNREADABLE: Final = "There was an error parsing the body"
"""What FastAPI says of a body that is no JSON at all."""


def _without_input(fault: Mapping[str, Any]) -> dict[str, Any]:
    """Describe a fault without the value that was sent, which may be a password."""
    names_input = str(fault["type"]).startswith("union_tag")
    message = "Input should be one of the documented values" if names_input else fault["msg"]
    return {"loc": list(fault["loc"]), "message": message, "type": fault["type"]}


class Body(BaseModel):
    """A request body: unknown members are mistakes, not noise."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        # Passwords, codes and tokens stay out of logs: a body shows only what kind it is.
        return ()


class Route(APIRoute):
    """Answers a malformed body with our own error.

    FastAPI's own quotes the input, and the input may be a password.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the handler; called once, when the route is added."""
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                response = await handler(request)
            except RequestValidationError as exc:
                faults = [_without_input(fault) for fault in exc.errors()]
            except HTTPException as exc:
                # FastAPI's own for an unreadable body; whatever else is raised is the app's.
                if exc.detail != _UNREADABLE and not isinstance(exc.__context__, MultiPartException):
                    raise
                faults = []
            else:
                # RFC 6749 section 5.1: what may hold tokens is not for caches.
                response.headers.setdefault("Cache-Control", "no-store")
                return response
            # Outside the handler, so that the quoted input is not dragged along as a cause.
            raise InvalidRequestError(errors=faults)

        return handle


def new_router(*, tags: Sequence[str] = (), dependencies: Sequence[params.Depends] = ()) -> APIRouter:
    """Return a router whose routes are `Route`s, each with these tags and behind these dependencies."""
    return APIRouter(
        route_class=Route,
        responses=responses(InvalidRequestError),
        tags=[*tags],
        dependencies=list(dependencies),
    )
