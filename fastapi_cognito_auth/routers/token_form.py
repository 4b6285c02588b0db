"""Sign-in by the OAuth2 password form, for Swagger's Authorize button and other OAuth2 clients."""

import re
from collections.abc import Callable, Coroutine
from typing import Annotated, Any, ClassVar, Final, Literal

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import JSONResponse
from pydantic import ConfigDict

from fastapi_cognito_auth.cognito.attempt import UserContext
from fastapi_cognito_auth.cognito.models import Tokens
from fastapi_cognito_auth.cognito.sign_in import SignIn
from fastapi_cognito_auth.cognito.typed import Password, Username
from fastapi_cognito_auth.dependencies.schemes import Schemes
from fastapi_cognito_auth.exceptions import (
    ChallengeRequiredError,
    CognitoAuthError,
    InvalidParameterError,
    InvalidRequestError,
    NotAuthorizedError,
    PasswordResetRequiredError,
    RequestTooLargeError,
    TooManyRequestsError,
    UserLambdaValidationError,
    UserNotConfirmedError,
    UserPoolUnavailableError,
    responses,
)
from fastapi_cognito_auth.routers.client_address import FindContext
from fastapi_cognito_auth.routers.route import Route, new_router
from fastapi_cognito_auth.schemas.described import Described
from fastapi_cognito_auth.schemas.error_answer import CognitoErrorAnswer

_UNFIT: Final = re.compile(r"[^ !#-\[\]-~]")
"""What `error_description` cannot hold (RFC 6749 section 5.2)."""


class PasswordForm(Described):
    """The resource owner password credentials (RFC 6749 section 4.3.2).

    `client_id`, `client_secret` and `scope` may come along and are ignored: the app has a client
    of its own, and Cognito decides about scopes.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(
        frozen=True, json_schema_extra={"examples": [{"username": "grace", "password": "Correct-horse-1!"}]}
    )

    grant_type: Literal["password"] = "password"
    """There is no other here."""

    username: Username
    """A username or an alias: an e-mail address or a phone number."""

    password: Password
    """As the user types it."""


class CognitoTokenErrorAnswer(CognitoErrorAnswer):
    """A refusal, for OAuth2 clients, too."""

    error: str
    """For OAuth2 clients: the kind of error (RFC 6749 section 5.2)."""

    error_description: str
    """For people; it may change."""


class OAuthErrorRoute(Route):
    """Adds to errors what OAuth2 clients read (RFC 6749 section 5.2)."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the handler; called once, when the route is added."""
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await handler(request)
            except CognitoAuthError as exc:
                content = {"detail": exc.detail, **_oauth_error(exc)}
                headers = {"Cache-Control": "no-store", **(exc.headers or {})}
                return JSONResponse(content, _status(exc.status_code), headers)

        return handle


def _status(status: int) -> int:
    """Return the status for OAuth2 clients: there is one for all that is wrong with a request."""
    return 400 if status in {401, 403, 422} else status


def _described(*errors: type[CognitoAuthError]) -> dict[int | str, dict[str, Any]]:
    """Describe errors for OpenAPI."""
    found: dict[int | str, dict[str, Any]] = {}
    for status, described in responses(*errors).items():
        known = found.setdefault(_status(int(status)), {"model": CognitoTokenErrorAnswer})
        known["description"] = "; ".join(filter(None, (known.get("description"), described["description"])))
    # FastAPI would add that a malformed body is 422 where nothing is said of what else may be.
    return found | {"4XX": {"description": "There is no other.", "model": CognitoTokenErrorAnswer}}


_RESPONSES: Final = _described(
    ChallengeRequiredError,
    NotAuthorizedError,
    UserNotConfirmedError,
    PasswordResetRequiredError,
    InvalidParameterError,
    InvalidRequestError,
    RequestTooLargeError,
    UserLambdaValidationError,
    TooManyRequestsError,
    UserPoolUnavailableError,
)


def token_form_router(
    flow: SignIn, find_context: FindContext, schemes: Schemes, *, max_body_size: int
) -> APIRouter:
    """Build the endpoint over `auth.pool.sign_in`.

    Args:
        flow: signs in.
        find_context: where a request came from.
        schemes: tell OpenAPI of the form.
        max_body_size: bytes.
    """
    router = new_router(
        tags=["auth"], max_body_size=max_body_size, kind=OAuthErrorRoute, described=_RESPONSES
    )
    Context = Annotated[UserContext | None, Depends(find_context)]  # noqa: N806 - a type

    @router.post("/token")
    async def sign_in_by_form(form: Annotated[PasswordForm, Form()], context: Context) -> Tokens:
        """Sign in by the OAuth2 password form, as Swagger's Authorize button does (RFC 6749 4.3).

        For users who have no challenge to answer. Everybody else uses `/sign-in`.
        """
        result = await flow.with_password(form.username, form.password, user_context=context)
        if not isinstance(result, Tokens):
            raise ChallengeRequiredError
        return result

    schemes.offers(sign_in_by_form)
    return router


def _oauth_error(error: CognitoAuthError) -> dict[str, str]:
    return {"error": _kind_of(error), "error_description": _UNFIT.sub("?", error.message)}


def _kind_of(error: CognitoAuthError) -> str:
    if isinstance(error, InvalidRequestError):
        about = {part for fault in error.detail["errors"] for part in fault["loc"]}
        return "unsupported_grant_type" if "grant_type" in about else "invalid_request"
    if isinstance(error, (InvalidParameterError, RequestTooLargeError)):
        return "invalid_request"
    # The section names no kind for these; those of section 4.1.2.1 say it.
    if error.status_code in {429, 503}:
        return "temporarily_unavailable"
    return "server_error" if error.status_code >= 500 else "invalid_grant"
