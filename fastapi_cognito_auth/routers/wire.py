"""`POST /`: AWS JSON 1.1 as the user pools API speaks it.

Every answer has the service's form, also a refusal of the app's own, so that any SDK reads it.
"""

import logging
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import ClientDisconnect

from fastapi_cognito_auth.cognito.wire import OPERATIONS, Wire
from fastapi_cognito_auth.exceptions import InvalidTokenError, KeysUnavailableError, RequestTooLargeError
from fastapi_cognito_auth.formats import aws_json
from fastapi_cognito_auth.formats.aws_json import ServiceError
from fastapi_cognito_auth.formats.untrusted_json import MOST_VALUES
from fastapi_cognito_auth.revocation.ending import Ending
from fastapi_cognito_auth.routers.bodies import BoundedRequest
from fastapi_cognito_auth.routers.client_address import FindContext
from fastapi_cognito_auth.routers.operations import operation_id, summary
from fastapi_cognito_auth.runtime.clock import wall_clock
from fastapi_cognito_auth.tokens.claims import AccessTokenClaims
from fastapi_cognito_auth.tokens.verifier import TokenVerifier

logger: logging.Logger = logging.getLogger("fastapi_cognito_auth")

_ENDS_A_USER: Final = frozenset({"GlobalSignOut", "DeleteUser"})

_DOCUMENTED: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            aws_json.CONTENT_TYPE: {"schema": {"type": "object"}, "example": {"AccessToken": "eyJ..."}},
        },
    },
    "parameters": [
        {
            "name": "X-Amz-Target",
            "in": "header",
            "required": True,
            "description": "The operation, after the API's own name.",
            "example": f"{aws_json.TARGET_PREFIX}GetUser",
            "schema": {
                "type": "string",
                "enum": [f"{aws_json.TARGET_PREFIX}{operation}" for operation in sorted(OPERATIONS)],
            },
        }
    ],
}


class _Nothing(Convertor[str]):
    """A part of a path that is not there."""

    regex = ""

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


# FastAPI takes no empty path in a router that may be mounted without a prefix.
register_url_convertor("cognito_nothing", _Nothing())
_WITHOUT_SLASH: Final = "{nothing:cognito_nothing}"


def wire_router(
    wire: Wire,
    find_context: FindContext,
    verifier: TokenVerifier,
    ending: Ending,
    well_known: APIRouter,
    *,
    max_body_size: int,
    clock: Callable[[], float] = wall_clock,
) -> APIRouter:
    """Build the endpoint over `auth.pool.wire`.

    Args:
        wire: calls the operation.
        find_context: tells what Cognito shall know of the client.
        verifier: judges the access token of a user who ends every sign-in, revoked or not.
        ending: what that ends in the app itself.
        well_known: the key set and the discovery document, which clients ask for at the same address.
        max_body_size: bytes.
        clock: seconds since the epoch.
    """
    router = APIRouter(tags=["wire"], generate_unique_id_function=operation_id)
    router.include_router(well_known)

    @router.post(
        "/",
        summary=summary("call_operation"),
        response_class=Response,
        responses={
            200: {"content": {aws_json.CONTENT_TYPE: {}}, "description": "The operation's answer."},
            400: {"content": {aws_json.CONTENT_TYPE: {}}, "description": "`__type` and `message`."},
            413: {"content": {aws_json.CONTENT_TYPE: {}}, "description": "The body is too large."},
        },
        openapi_extra=_DOCUMENTED,
    )
    async def call_operation(request: Request) -> Response:
        """Call an operation of the user pools API that needs no AWS credentials."""
        operation = _operation(request)
        outcome = "ok"
        try:
            _check_content_type(request)
            params = aws_json.parse(
                await BoundedRequest(request, max_body_size).body(), most_values=MOST_VALUES
            )
            context = find_context(request)
            ip_address = context.ip_address if context else None
            # Before Cognito ends it: that cannot be repeated, since the token is refused from then on.
            claims = await _claims(params) if operation in _ENDS_A_USER else None
            call = partial(wire.call, operation, params, ip_address=ip_address)
            result = await call() if claims is None else (await ending.of_user(claims, call, clock))[0]
            answer = aws_json.answer(result)
        except ServiceError as exc:
            outcome = exc.name
            answer = aws_json.refuse(exc)
        except RequestTooLargeError:
            outcome = "SerializationException"
            error = aws_json.serialization_error(f"The request body is larger than {max_body_size} bytes")
            answer = 413, *aws_json.refuse(error)[1:]
        except ClientDisconnect:
            outcome = "disconnected"
            answer = aws_json.refuse(aws_json.serialization_error("The request body is not complete"))
        except Exception:
            # The traceback is for the log; a caller learns only that it failed.
            logger.exception("the wire endpoint failed")
            outcome = "InternalErrorException"
            answer = aws_json.refuse(ServiceError(outcome, "Internal error"))
        status, headers, content = answer
        # A name of the client's own invention has no place in a log.
        named = operation if operation in OPERATIONS else "unknown"
        told = {"operation": named, "outcome": outcome, "request_id": headers["x-amzn-requestid"]}
        logger.info("%s: %s", named, outcome, extra=told)
        # Answers hold tokens.
        return Response(content, status, {**headers, "Cache-Control": "no-store"})

    # botocore follows no redirect, and an endpoint's address is written with a slash and without.
    router.post(_WITHOUT_SLASH, response_class=Response, include_in_schema=False)(call_operation)

    async def _claims(params: Any) -> AccessTokenClaims | None:
        token = params.get("AccessToken") if isinstance(params, dict) else None
        if not isinstance(token, str):
            return None  # the operation says so
        try:
            return await verifier.access_token(token)
        except InvalidTokenError:
            # Of another app client, perhaps: nothing of it is accepted here anyway.
            return None
        except KeysUnavailableError as exc:
            if ending.needs_claims:
                raise ServiceError("InternalErrorException", exc.message) from exc
            return None

    return router


def _operation(request: Request) -> str:
    """Return the operation's name; an empty one for a target that is none, or two of them."""
    targets = request.headers.getlist("x-amz-target")
    if len(targets) != 1 or not targets[0].startswith(aws_json.TARGET_PREFIX):
        return ""
    return targets[0].removeprefix(aws_json.TARGET_PREFIX)


def _check_content_type(request: Request) -> None:
    # Only this type: a browser asks (CORS) before it sends it to another origin.
    types = request.headers.getlist("content-type")
    if [kind.partition(";")[0].strip().lower() for kind in types] != [aws_json.CONTENT_TYPE]:
        msg = f"The Content-Type must be {aws_json.CONTENT_TYPE}"
        raise aws_json.serialization_error(msg)
