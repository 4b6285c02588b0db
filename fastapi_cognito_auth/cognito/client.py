"""The one place that speaks to Cognito, by boto3.

Calls run in worker threads of their own with as many connections, and arithmetic in others. boto3
is loaded by the first call: an app that only verifies tokens never pays for it. Every error of the
service, of the network and of boto3 becomes one of ours here (`boto_errors`), and nowhere else.
"""

import asyncio
import functools
import logging
import os
import random
import threading
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, ValidationError

from fastapi_cognito_auth.cognito.answer_shape import is_success, named_refusal
from fastapi_cognito_auth.cognito.app_client import AppClient
from fastapi_cognito_auth.cognito.boto_errors import misconfigured, translate, worth_another_try
from fastapi_cognito_auth.cognito.boto_logs import keep_secrets_out_of_logs
from fastapi_cognito_auth.cognito.names import nearest
from fastapi_cognito_auth.cognito.pool_operations import POOL_OPERATIONS
from fastapi_cognito_auth.cognito.service_model import NO_FILES, model_loader
from fastapi_cognito_auth.cognito.text import check_text
from fastapi_cognito_auth.cognito.threads import Threads
from fastapi_cognito_auth.cognito.turns import Turns
from fastapi_cognito_auth.exceptions import (
    UnknownOperationError,
    UserPoolError,
    UserPoolUnavailableError,
)
from fastapi_cognito_auth.runtime.forks import in_each_child, leave_to_the_parent
from fastapi_cognito_auth.runtime.outgoing import ca_bundle

logger: logging.Logger = logging.getLogger("fastapi_cognito_auth")

BeforeSend = Callable[..., Any]
"""A handler of botocore's `before-send` event: it may answer a request instead of the network."""

Answer = TypeVar("Answer", bound=BaseModel)
Result = TypeVar("Result")

_NEWER: Final = {
    **dict.fromkeys(("GetClientToken", "AdminGetUserAuthFactors", "AdminDeleteSoftwareToken"), "1.44.0"),
    **dict.fromkeys(
        ("ListUserSessions", "RevokeUserSession", "AdminListUserSessions", "AdminRevokeUserSession"), "1.44.1"
    ),
    "GetDerivedToken": "1.44.4",
}
"""Operations of ours that the oldest boto3 we take does not know, and the first that does."""

_PROVEN_BY_A_SECRET: Final = frozenset({"GetClientToken", "GetDerivedToken"})
"""Operations for which the app client's secret is enough, though botocore would sign them."""

_QUEUE_PER_CONNECTION: Final = 16
_FIRST_WAIT: Final = 0.1  # seconds before the second attempt; doubles, with full jitter


class CognitoClient:
    """Calls operations of the user pools API; its state is the connection pool and the threads.

    Args:
        user_pool_id: filled in where an operation takes `UserPoolId` and none is given.
        client_id: filled in where an operation takes `ClientId` and none is given.
        client_secret: where the app client has one, `SECRET_HASH` is added to what needs it.
        region: the AWS Region.
        endpoint_url: another endpoint than AWS's own.
        connect_timeout: seconds.
        read_timeout: seconds.
        max_attempts: how often a throttled or failed (5xx) call is made in all.
        max_connections: how many calls may be under way at once.
        max_wait: seconds that a call waits until one of those is free.
        before_send: answers requests instead of the network.
    """

    def __init__(
        self,
        *,
        user_pool_id: str,
        client_id: str,
        client_secret: str | None = None,
        region: str,
        endpoint_url: str | None = None,
        connect_timeout: float = 3.0,
        read_timeout: float = 10.0,
        max_attempts: int = 3,
        max_connections: int = 128,
        max_wait: float = 5.0,
        before_send: BeforeSend | None = None,
    ) -> None:
        self._app_client = AppClient(user_pool_id, client_id, client_secret)
        self.confidential: bool = self._app_client.confidential
        """Whether the app client has a secret."""

        self.secret_hash: Callable[[str], str] = self._app_client.secret_hash
        self._region = region
        self._endpoint_url = endpoint_url
        self._connect_timeout = connect_timeout
        self._read_timeout = read_timeout
        self._max_attempts = max_attempts
        self._max_connections = max_connections
        self._before_send = before_send
        self._lock = threading.Lock()
        self._turns = Turns()
        self._clients: dict[bool, Any] = {}
        self._methods: dict[str, str] = {}
        waiting = max_connections * _QUEUE_PER_CONNECTION
        self._threads = Threads(max_connections, most_waiting=waiting, max_wait=max_wait)
        # More threads than processors would finish nothing sooner, and take turns with the event loop.
        self._arithmetic = Threads(os.cpu_count() or 1, most_waiting=waiting, max_wait=max_wait)
        in_each_child(self._start_anew)

    def _start_anew(self) -> None:
        # The connections are the parent's: of two processes on one, each reads what the other asked for.
        leave_to_the_parent(self._clients)
        self._clients = {}
        self._lock = threading.Lock()

    async def call(self, operation: str, **params: Any) -> dict[str, Any]:
        """Call an operation by its name in the API, such as `AdminGetUser`.

        `UserPoolId`, `ClientId`, `SECRET_HASH` and `ClientSecret` are filled in where the
        operation takes them and they are not given.

        Raises:
            UserPoolError: the service refused, or could not be reached.
            AwsConfigurationError: the app's own AWS settings are missing or wrong.
            InvalidRequestError: a text has half a character, or a NUL.
            ValueError: there is no such operation.
        """
        check_text(params)
        for attempt in range(1, self._max_attempts + 1):
            try:
                return await self._threads.run(functools.partial(self._call, operation, params))
            except UserPoolError as exc:
                if attempt == self._max_attempts or not worth_another_try(operation, exc):
                    raise
            await asyncio.sleep(random.uniform(0, _FIRST_WAIT * 2**attempt))  # noqa: S311 - jitter
        raise AssertionError("unreachable")  # pragma: no cover

    @property
    def foreign(self) -> bool:
        """Whether another server than AWS's own has answered, wherever its address comes from."""
        boto = self._clients.get(False)
        if boto is None:
            return False  # nobody has answered yet
        host = (urlsplit(boto.meta.endpoint_url).hostname or "").rstrip(".")
        return not host.endswith(_suffixes_of_aws())

    @property
    def endpoint(self) -> str | None:
        """Where calls go, wherever that comes from; unknown before the first."""
        boto = next(iter(self._clients.values()), None)
        return None if boto is None else boto.meta.endpoint_url

    async def input_shape(self, operation: str) -> Any:
        """Return botocore's description of what an operation takes.

        Raises:
            ValueError: there is no such operation.
        """
        return (await self.operation_model(operation)).input_shape

    async def operation_model(self, operation: str) -> Any:
        """Return botocore's description of an operation.

        Raises:
            UnknownOperationError: boto3 is older than the operation.
            ValueError: there is no such operation.
        """
        return await self._threads.run(lambda: self._model_of(operation))

    def _model_of(self, operation: str) -> Any:
        boto = self._connect(signed=False)
        if operation not in self._methods:
            if operation in _NEWER or operation in POOL_OPERATIONS:
                wanted = f"{_NEWER[operation]} or newer" if operation in _NEWER else "in a newer version"
                logger.error("%s needs boto3 %s", operation, wanted)
                raise UnknownOperationError
            msg = f"the user pools API has no operation {operation!r}{nearest(operation, self._methods)}"
            raise ValueError(msg)
        return boto.meta.service_model.operation_model(operation)

    async def compute(self, work: Callable[[], Result]) -> Result:
        """Run arithmetic, such as SRP's, outside the event loop.

        Raises:
            UserPoolBusyError: too much work is waiting already.
        """
        return await self._arithmetic.run(work)

    def _call(self, operation: str, params: dict[str, Any]) -> dict[str, Any]:
        model = self._model_of(operation)
        signed = model.auth_type != "none" and operation not in _PROVEN_BY_A_SECRET
        boto = self._connect(signed=signed)
        try:
            complete = self._app_client.complete(operation, model.input_shape.members, params)
            # Credentials may have to be fetched: what signs must keep nobody from a turn meanwhile.
            with nullcontext() if signed else self._turns.turn():
                answer: dict[str, Any] = getattr(boto, self._methods[operation])(**complete)
        except Exception as exc:
            error = translate(operation, exc, model.input_shape, params)
            if error is None and self._before_send is not None:
                raise  # a fault of what stands in for the network
            error = error or misconfigured(exc)
        else:
            answer.pop("ResponseMetadata", None)
            return answer
        # Outside the handler: boto3's report on a parameter may quote a password.
        raise error

    def _connect(self, *, signed: bool) -> Any:
        with self._lock:
            if signed in self._clients:
                return self._clients[signed]
            try:
                boto = self._new_boto_client(signed=signed)
            except Exception as exc:  # noqa: BLE001 - whatever it trips over is what it was set up with
                error = misconfigured(exc)
            else:
                self._methods = {api: method for method, api in boto.meta.method_to_api_mapping.items()}
                self._clients[signed] = boto
                return boto
        raise error

    def _new_boto_client(self, *, signed: bool) -> Any:
        import boto3  # noqa: PLC0415 - half a second that verifying tokens must not cost
        import botocore.session  # noqa: PLC0415
        from botocore import UNSIGNED  # noqa: PLC0415
        from botocore.config import Config  # noqa: PLC0415

        local = self._before_send is not None
        # What needs no credentials must not fail over the profile that they would be in.
        session = botocore.session.get_session(NO_FILES if local or not signed else None)
        # The service model is read from disk once, however many pools there are.
        session.register_component("data_loader", model_loader())
        # Answered in this process, a request needs no credentials that mean anything.
        keys = {"aws_access_key_id": "local", "aws_secret_access_key": "local"} if local else {}
        bundle = ca_bundle()
        boto = boto3.session.Session(botocore_session=session, region_name=self._region, **keys).client(
            "cognito-idp",
            endpoint_url=self._endpoint_url,
            # Said outright: left to itself, botocore reads the variables too, and before 1.44 it took an
            # empty one for leave to verify nothing.
            verify=bundle.path if bundle else True,
            config=Config(
                connect_timeout=self._connect_timeout,
                read_timeout=self._read_timeout,
                max_pool_connections=self._max_connections,
                # Attempts are counted above: botocore would also repeat calls that timed out, and
                # a challenge answered twice is refused the second time.
                retries={"mode": "standard", "total_max_attempts": 1},
                # botocore would describe the machine, anew for every request: a tenth of a call's CPU.
                user_agent=f"fastapi_cognito_auth Boto3/{boto3.__version__}",
                # What needs no credentials must not wait until none are found.
                signature_version=None if signed else UNSIGNED,
                ignore_configured_endpoint_urls=local,
            ),
        )
        keep_secrets_out_of_logs()
        events = boto.meta.events
        if not signed:
            # The wait for the network, or for what stands in for it, is between these two.
            events.register_first("before-send.cognito-identity-provider", self._turns.pause)
            events.register_first("before-parse.cognito-identity-provider", self._turns.go_on)
        events.register_first("before-parse.cognito-identity-provider", _check_answer)
        if self._before_send is not None:
            events.register_first("before-send.cognito-identity-provider", self._before_send)
        return boto


@functools.cache
def _suffixes_of_aws() -> tuple[str, ...]:
    """Return what the names of AWS's own hosts end in, in any partition."""
    partitions = model_loader().load_data("partitions")["partitions"]
    names = ("dnsSuffix", "dualStackDnsSuffix")
    return tuple(f".{partition['outputs'][name]}" for partition in partitions for name in names)


def _check_answer(response_dict: dict[str, Any], operation_model: Any, **_: Any) -> None:
    """Refuse what is no answer of the API: a handler of botocore's `before-parse` event."""
    from botocore.parsers import ResponseParserError  # noqa: PLC0415

    status, headers, body = (response_dict[name] for name in ("status_code", "headers", "body"))
    if status >= 300:
        response_dict["body"] = named_refusal(body, headers, status)
    elif not is_success(body, headers, operation_model.output_shape):
        msg = "the answer is not of the API's shape"
        raise ResponseParserError(msg)


def parse(model: type[Answer], answer: dict[str, Any]) -> Answer:
    """Read an answer of the service into a model.

    Raises:
        UserPoolUnavailableError: the answer is not of the API's shape.
    """
    try:
        return model.model_validate(answer)
    except ValidationError as exc:
        logger.error("the user pool answered in an unknown shape: %s", exc.errors(include_input=False))  # noqa: TRY400
        raise UserPoolUnavailableError from None
