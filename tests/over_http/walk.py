"""Calls endpoints once as it should be and once wrongly, and sees what the pool was asked for meanwhile."""

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from botocore.parsers import create_parser
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from pydantic import TypeAdapter
from starlette.types import Receive, Scope, Send

from fastapi_cognito_auth.exceptions import UserPoolError
from fastapi_cognito_auth.local import LocalUserPool, ServiceError
from fastapi_cognito_auth.schemas.error_answer import CognitoErrorAnswer
from tests.local.model_faults import faults
from tests.older import MODEL

COMMON: Final = {
    "InvalidParameterException",
    "NotAuthorizedException",
    "ResourceNotFoundException",
    "UserNotFoundException",
}
"""Errors of all operations, whether the model names them or not."""

SAID_OTHERWISE: Final[Mapping[str, str]] = {
    "EnableSoftwareTokenMFAException": "code_mismatch",
    # It is about the user; 401 would send the administrator who changes something to sign in again.
    "NotAuthorizedException": "unsupported_user_state",
}
"""Errors for which some endpoints have another code than their own."""


class Asked(NamedTuple):
    """What the pool was asked for, and how it refused."""

    operation: str
    refusal: str | None


class RecordedPool(LocalUserPool):
    """Notes what it is asked for. Each answer is held against the model, and parsed as boto3 does."""

    def __init__(self, **options: Any) -> None:
        self.asked: list[Asked] = []
        super().__init__(**options)

    def call(self, operation: str, params: dict[str, Any]) -> dict[str, Any]:
        try:
            answer = super().call(operation, params)
        except ServiceError as exc:
            self.asked.append(Asked(operation, exc.name))
            raise
        shape = MODEL.operation_model(operation).output_shape
        assert [*faults(shape, answer)] == [], (operation, [*faults(shape, answer)])
        response = {"status_code": 200, "headers": {}, "body": json.dumps(answer).encode()}
        parsed = create_parser("json").parse(response, shape)
        assert answer.keys() == parsed.keys() - {"ResponseMetadata"}, operation
        self.asked.append(Asked(operation, None))
        return answer


class Walk:
    """An app, and who asks its endpoints.

    Args:
        app: has the routers.
        pool: is behind them.
    """

    def __init__(self, app: FastAPI, pool: RecordedPool) -> None:
        self.pool = pool
        self.answered: set[str] = set()
        """Operations that were called over HTTP."""

        self.refused: set[str] = set()
        """Operations of which an endpoint has passed on a refusal."""

        self.called: set[str] = set()
        """Endpoints, such as `GET /account`."""

        self._paths: Mapping[str, Any] = app.openapi()["paths"]
        self._route: Any = None
        self.app = app
        self.http = TestClient(self._noted)

    @property
    def endpoints(self) -> set[str]:
        """Every endpoint of the app."""
        return {f"{method.upper()} {path}" for path, methods in self._paths.items() for method in methods}

    async def _noted(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)
        self._route = scope.get("route")

    def __call__(
        self,
        operation: str,
        endpoint: str,
        sent: Mapping[str, Any] | None = None,
        *,
        wrong: Mapping[str, Any] | None = None,
        token: str | None = None,
        wrong_token: str | None = None,
        **more: Any,
    ) -> Any:
        """Call an endpoint as it should be, unless boto3 is older than it, and then once more wrongly.

        Args:
            operation: that it stands for.
            endpoint: method and path, as OpenAPI has them.
            sent: what the path names, and what goes into the query or the body.
            wrong: what of it is otherwise the second time; without it and `wrong_token` there is none.
            token: of who asks.
            wrong_token: of who asks the second time.
            more: for the client, such as a form.

        Returns:
            The first answer.
        """
        given = sent or {}
        if operation not in MODEL.operation_names:
            self.called.add(endpoint)
            return {}
        answer, asked = self._answer(endpoint, given, token=token, **more)
        assert Asked(operation, None) in asked, (operation, endpoint, asked)
        self.answered.add(operation)
        if wrong is not None or wrong_token is not None:
            self.wrong(operation, endpoint, {**given, **(wrong or {})}, token=wrong_token or token, **more)
        return answer

    def visit(self, endpoint: str, sent: Mapping[str, Any] | None = None, **more: Any) -> Any:
        """Call an endpoint that stands for no operation, and return its answer."""
        answer, _ = self._answer(endpoint, sent or {}, **more)
        return answer

    def wrong(
        self,
        operation: str,
        endpoint: str,
        sent: Mapping[str, Any],
        *,
        said: tuple[int, str] | None = None,
        listed: bool = True,
        **more: Any,
    ) -> None:
        """Call an endpoint in a way that the service, and nobody before it, refuses.

        An endpoint may ask the service for more than one thing: who the user is comes before what is done
        to her. Whichever refuses, it is an error that the operation may have.

        Args:
            operation: that it stands for.
            endpoint: method and path, as OpenAPI has them.
            sent: what the path names, and what goes into the query or the body.
            said: status and code, where they are not those of the service's error.
            listed: whether OpenAPI tells of the error.
            more: the token of who asks, and whatever is for the client.
        """
        if operation not in MODEL.operation_names:
            return
        answer, asked = self._send(endpoint, sent, **more)
        about = (operation, endpoint, answer.status_code, answer.text, asked)
        refusals = [each.refusal for each in asked if each.refusal is not None]
        assert refusals, about
        named = {shape.name for shape in MODEL.operation_model(operation).error_shapes}
        assert refusals[-1] in named | COMMON, about
        TypeAdapter(CognitoErrorAnswer).validate_json(answer.content)
        code = answer.json()["detail"]["code"]
        if said is not None:
            assert (answer.status_code, code) == said, about
        else:
            assert 400 <= answer.status_code < 500, about
            own = UserPoolError.from_cognito(refusals[-1], "").code
            assert code in {own, SAID_OTHERWISE.get(refusals[-1])}, about
            assert not listed or f"`{code}`" in self._described(endpoint, answer)["description"], about
        self.refused.add(operation)

    def _answer(self, endpoint: str, sent: Mapping[str, Any], **more: Any) -> tuple[Any, list[Asked]]:
        answer, asked = self._send(endpoint, sent, **more)
        assert answer.is_success, (endpoint, answer.status_code, answer.text, asked)
        assert self._described(endpoint, answer), endpoint
        if self._route.response_model is not None:
            TypeAdapter(self._route.response_model).validate_json(answer.content)
        is_json = answer.content and answer.headers["content-type"] == "application/json"
        return answer.json() if is_json else answer.text, asked

    def _send(
        self,
        endpoint: str,
        sent: Mapping[str, Any],
        *,
        token: str | None = None,
        kind: str | None = None,
        **more: Any,
    ) -> tuple[Response, list[Asked]]:
        method, _, path = endpoint.partition(" ")
        rest = dict(sent)
        for name in [name for name in sent if f"{{{name}}}" in path]:
            path = path.replace(f"{{{name}}}", str(rest.pop(name)))
        if method in {"GET", "DELETE"} or "content" in more:
            more["params"] = rest
        elif rest:
            more["json"] = rest
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        if kind is not None:
            headers["Content-Type"] = kind
        before = len(self.pool.asked)
        answer = self.http.request(method, path, headers=headers, **more)
        # A path that was mistyped may be another endpoint's.
        assert endpoint.endswith(self._route.path_format), endpoint
        self.called.add(endpoint)
        return answer, self.pool.asked[before:]

    def _described(self, endpoint: str, answer: Response) -> Mapping[str, Any]:
        """Return what OpenAPI says of such an answer."""
        method, _, path = endpoint.partition(" ")
        described: Mapping[str, Any] = self._paths[path][method.lower()]["responses"]
        return described[str(answer.status_code)]  # type: ignore[no-any-return]
