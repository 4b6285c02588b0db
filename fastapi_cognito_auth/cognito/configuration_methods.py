"""The operations that configure a user pool, as methods; `.pyi` beside it has their signatures."""

from collections.abc import Callable
from functools import partial
from typing import Any

from fastapi_cognito_auth.cognito.api_shapes import from_api, snake, to_api, without_absent
from fastapi_cognito_auth.cognito.client import CognitoClient
from fastapi_cognito_auth.cognito.names import nearest
from fastapi_cognito_auth.cognito.pages import LARGEST_PAGE
from fastapi_cognito_auth.cognito.pool_operations import FILLED_IN, NAMED_BY_THE_CALLER, POOL_METHODS


class ConfigurationMethods:
    """One method for each operation, made of botocore's description of it.

    Args:
        client: speaks to Cognito.
    """

    def __init__(self, client: CognitoClient) -> None:
        self._client = client
        self._pool_arn: str | None = None

    def __getattr__(self, name: str) -> Callable[..., Any]:
        operation = POOL_METHODS.get(name)
        if operation is None:
            msg = f"the configuration of a pool has no {name!r}{nearest(name, POOL_METHODS)}"
            raise AttributeError(msg, name=name, obj=self)
        method = partial(self._call, operation)
        method.__doc__ = f"Call {operation} of the user pools API."
        return method

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *POOL_METHODS]

    async def _call(self, operation: str, /, **params: Any) -> dict[str, Any]:
        model = await self._client.operation_model(operation)
        shape = model.input_shape
        members = to_api(operation, shape, params)
        filled_in = FILLED_IN - {NAMED_BY_THE_CALLER.get(operation)}
        if missing := [name for name in shape.required_members if name not in members.keys() | filled_in]:
            msg = f"{operation} needs {', '.join(map(snake, missing))}"
            raise TypeError(msg)
        if "ResourceArn" in shape.members and "ResourceArn" not in members:
            members["ResourceArn"] = await self._own_arn()
        if "MaxResults" in shape.required_members:
            members.setdefault("MaxResults", LARGEST_PAGE)
        answer = await self._client.call(operation, **members)
        output = model.output_shape
        read: dict[str, Any] = {} if output is None else from_api(output, without_absent(output, answer))
        return read

    async def _own_arn(self) -> str:
        if self._pool_arn is None:
            self._pool_arn = (await self._client.call("DescribeUserPool"))["UserPool"]["Arn"]
        return self._pool_arn
