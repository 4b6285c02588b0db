"""The client against a service that refuses, stumbles, falls silent or cannot be reached."""

import asyncio
import re
import socket
import traceback
from typing import Any

import pytest

from fastapi_cognito_auth import CognitoAuth
from fastapi_cognito_auth.cognito.client import CognitoClient
from fastapi_cognito_auth.exceptions import (
    CodeMismatchError,
    InternalErrorError,
    InvalidParameterError,
    NotAuthorizedError,
    TooManyRequestsError,
    UnknownOperationError,
    UserPoolError,
    UserPoolUnavailableError,
)
from fastapi_cognito_auth.local.operations import OPERATIONS
from tests.cognito import vectors
from tests.cognito.conftest import MakeClient
from tests.cognito.upstream import (
    DELIVERY,
    Gate,
    Reply,
    Upstream,
    break_off,
    error,
    hang_up,
    reply,
    reset,
    silence,
    stall,
)

SENT = reply({"CodeDeliveryDetails": DELIVERY})
THROTTLED = error("TooManyRequestsException", "Rate exceeded")
SOON = {"read_timeout": 0.2, "connect_timeout": 0.2}


def forgot(client: CognitoClient) -> dict[str, Any]:
    """Make the call that all these tests make."""
    return asyncio.run(client.call("ForgotPassword", Username="ada"))


def refusal(client: CognitoClient) -> UserPoolError:
    with pytest.raises(UserPoolError) as caught:
        forgot(client)
    return caught.value


def test_an_answer_comes_without_the_envelope_of_boto3(client: CognitoClient, upstream: Upstream) -> None:
    upstream.plan("ForgotPassword", SENT)
    assert forgot(client) == {"CodeDeliveryDetails": DELIVERY}


# Attempts


def test_a_throttled_call_is_repeated_until_it_succeeds(client: CognitoClient, upstream: Upstream) -> None:
    upstream.plan("ForgotPassword", THROTTLED, THROTTLED, SENT)
    assert forgot(client) == {"CodeDeliveryDetails": DELIVERY}
    assert len(upstream.calls) == 3


@pytest.mark.parametrize("name", ["TooManyRequestsException", "ThrottlingException", "RequestLimitExceeded"])
def test_throttling_without_end_is_a_429_that_says_when_to_come_back(
    name: str, client: CognitoClient, upstream: Upstream
) -> None:
    upstream.plan("ForgotPassword", error(name))
    refused = refusal(client)
    assert isinstance(refused, TooManyRequestsError)
    assert (refused.status_code, refused.headers) == (429, {"Retry-After": "1"})


CREATE: dict[str, dict[str, Any]] = {
    "CreateUserPool": {"PoolName": "a"},
    "CreateUserPoolClient": {"ClientName": "a"},
    "CreateUserImportJob": {"JobName": "a", "CloudWatchLogsRoleArn": "arn:aws:iam::1:role/a"},
}


@pytest.mark.parametrize("operation", CREATE)
def test_what_a_second_call_would_create_once_more_is_not_repeated_after_a_fault(
    client: CognitoClient, upstream: Upstream, operation: str
) -> None:
    """The first may be there, with a secret that nobody has seen."""
    upstream.plan(operation, error("InternalErrorException", status=500))
    with pytest.raises(InternalErrorError):
        asyncio.run(client.call(operation, **CREATE[operation]))
    assert len(upstream.calls) == 1


@pytest.mark.parametrize("max_attempts", [1, 2, 4])
def test_a_throttled_call_is_made_exactly_as_often_as_the_settings_say(
    max_attempts: int, make_client: MakeClient, upstream: Upstream
) -> None:
    upstream.plan("ForgotPassword", THROTTLED)
    refusal(make_client(max_attempts=max_attempts))
    assert len(upstream.calls) == max_attempts


def test_each_wait_may_be_twice_as_long_as_the_last(
    make_client: MakeClient, upstream: Upstream, waits: list[float]
) -> None:
    upstream.plan("ForgotPassword", THROTTLED)
    refusal(make_client(max_attempts=4))
    assert waits == pytest.approx([waits[0], waits[0] * 2, waits[0] * 4])


FAULTS = {
    "InternalErrorException": error("InternalErrorException", status=500),
    "InternalServerException": error("InternalServerException", status=500),
    "InternalErrorException 503": error("InternalErrorException", status=503),
    "a name that nobody knows": error("SomethingNewException", status=500),
    "a name of the client's faults": error("NotAuthorizedException", status=500),
    "HTML": reply(b"<html><h1>502 Bad Gateway</h1></html>", 502, {"Content-Type": "text/html"}),
    "an empty body": reply(b"", 500),
    "an empty body, 503": reply(b"", 503),
    "half of the JSON": reply(b'{"__type": "Internal', 500),
    "bytes that are no text": reply(b"\xff\xfe\xfd", 500),
    "JSON that is no object": reply(["InternalErrorException"], 500),
    "a name that is no text": reply({"__type": 500, "message": "No."}, 500),
    "no name": reply({"message": "No."}, 504),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_of_the_service_is_survived_by_another_attempt(
    fault: Reply, client: CognitoClient, upstream: Upstream
) -> None:
    upstream.plan("ForgotPassword", fault, fault, SENT)
    assert forgot(client) == {"CodeDeliveryDetails": DELIVERY}
    assert len(upstream.calls) == 3


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_of_the_service_that_stays_is_a_503(
    fault: Reply, client: CognitoClient, upstream: Upstream
) -> None:
    upstream.plan("ForgotPassword", fault)
    refused = refusal(client)
    assert isinstance(refused, UserPoolUnavailableError)
    assert (refused.status_code, refused.headers) == (503, {"Retry-After": "5"})
    assert refused.message == UserPoolUnavailableError.message
    assert len(upstream.calls) == 3


@pytest.mark.parametrize(
    "name",
    [
        "CodeMismatchException",
        "NotAuthorizedException",
        "UserNotFoundException",
        "LimitExceededException",
        "InvalidParameterException",
        "UnexpectedLambdaException",
        "SomethingNewException",
    ],
)
def test_a_refusal_is_not_asked_for_again(name: str, client: CognitoClient, upstream: Upstream) -> None:
    upstream.plan("ForgotPassword", error(name), SENT)
    refusal(client)
    assert len(upstream.calls) == 1


# No answer at all


@pytest.mark.parametrize("accident", [reset, hang_up, silence, break_off, stall])
def test_a_call_without_an_answer_is_a_503_and_is_made_once(
    accident: Reply, make_client: MakeClient, upstream: Upstream
) -> None:
    """Whether it was carried out is not known, and a challenge answered twice is refused."""
    upstream.plan("ForgotPassword", accident, SENT)
    refused = refusal(make_client(**SOON))
    assert (type(refused), refused.status_code) == (UserPoolUnavailableError, 503)
    assert len(upstream.calls) == 1


def test_a_refused_connection_is_a_503(make_client: MakeClient) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        refused = refusal(make_client(endpoint_url=url, **SOON))
    assert (type(refused), refused.status_code) == (UserPoolUnavailableError, 503)


def test_a_refused_connection_is_logged_with_its_address_and_no_more(
    make_client: MakeClient, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        refusal(make_client(endpoint_url=f"http://ada:hunter2@127.0.0.1:{port}/path", **SOON))
    assert caplog.messages == [f"ForgotPassword failed: EndpointConnectionError: 127.0.0.1:{port}"]


def test_a_silent_listener_is_connected_to_once(make_client: MakeClient) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(8)
        refused = refusal(make_client(endpoint_url=f"http://127.0.0.1:{listener.getsockname()[1]}", **SOON))
        listener.settimeout(0.02)
        listener.accept()[0].close()
        with pytest.raises(TimeoutError):
            listener.accept()
    assert type(refused) is UserPoolUnavailableError


# Names of errors

NAMES = {
    "plain": error("CodeMismatchException"),
    "with a namespace": reply(
        {"__type": "com.amazonaws.cognito.identity.idp.model#CodeMismatchException"}, 400
    ),
    "with an address": reply({"__type": "CodeMismatchException:http://internal.amazon.com/coral/"}, 400),
    "with both": reply({"__type": "com.amazonaws#CodeMismatchException:http://internal.amazon.com/"}, 400),
    "only in the header": reply({"message": "No."}, 400, {"x-amzn-errortype": "CodeMismatchException"}),
    "only in the header, with an address": reply(
        {"message": "No."}, 400, {"x-amzn-ErrorType": "CodeMismatchException:http://internal.amazon.com/"}
    ),
    "in the header of an empty body": reply(b"", 400, {"x-amzn-errortype": "CodeMismatchException"}),
}


@pytest.mark.parametrize("refused", NAMES.values(), ids=NAMES.keys())
def test_the_name_of_an_error_is_found_wherever_a_service_may_write_it(
    refused: Reply, client: CognitoClient, upstream: Upstream
) -> None:
    upstream.plan("ForgotPassword", refused)
    assert type(refusal(client)) is CodeMismatchError


@pytest.mark.parametrize(
    "answer", [reply({"detail": "hush"}, 404), reply(b"<html>hush</html>")], ids=["not found", "a page"]
)
def test_of_a_server_that_is_no_cognito_the_log_says_so(
    client: CognitoClient, upstream: Upstream, caplog: pytest.LogCaptureFixture, answer: Reply
) -> None:
    upstream.plan("ForgotPassword", answer)
    refusal(client)
    (line,) = caplog.messages
    assert "what answers is no Cognito, but another server or a proxy: look at COGNITO_ENDPOINT_URL" in line
    assert "hush" not in line


def test_what_a_server_calls_its_error_forges_no_line_of_the_log(
    client: CognitoClient, upstream: Upstream, caplog: pytest.LogCaptureFixture
) -> None:
    name = "FooException\nERROR forged\r\x1b[31m" + "x" * 9000
    upstream.plan("ForgotPassword", reply({"__type": name, "message": "No."}, 400))
    with caplog.at_level("INFO", "fastapi_cognito_auth"):
        refusal(client)
    lines = [record.getMessage() for record in caplog.records]
    assert [line.isprintable() and len(line) < 200 for line in lines] == [True]


def test_the_message_is_read_under_either_spelling(client: CognitoClient, upstream: Upstream) -> None:
    for member in ("message", "Message"):
        upstream.plan("ForgotPassword", reply({"__type": "NotAuthorizedException", member: "Locked."}, 400))
        assert refusal(client).message == "Locked."


STRANGE_REFUSALS = {
    "HTML": reply(b"<html>Bad Request</html>", 400),
    "an empty body": reply(b"", 400),
    "a name that is no text": reply({"__type": ["x"]}, 400),
    "JSON that is no object": reply(["NotAuthorizedException"], 400),
    "bytes that are no text": reply(b"\xff\xfe\xfd", 400),
    "a redirect": reply(b"", 302, {"Location": "http://127.0.0.1:9/"}),
}


@pytest.mark.parametrize("refused", STRANGE_REFUSALS.values(), ids=STRANGE_REFUSALS.keys())
def test_a_refusal_that_nobody_understands_is_a_503(
    refused: Reply, client: CognitoClient, upstream: Upstream
) -> None:
    upstream.plan("ForgotPassword", refused)
    assert refusal(client).status_code == 503


def test_a_message_that_is_no_text_does_no_harm(client: CognitoClient, upstream: Upstream) -> None:
    upstream.plan("ForgotPassword", reply({"__type": "NotAuthorizedException", "message": {"a": 1}}, 400))
    assert type(refusal(client)) is NotAuthorizedError


# Success that is none

NONSENSE = {
    "HTML": b"<html>Please accept the terms of this network.</html>",
    "half of the JSON": b'{"CodeDeliveryDetails": {',
    "bytes that are no text": b"\xff\xfe\xfd",
    "a list": b"[]",
    "a text": b'"ok"',
    "null": b"null",
    "lists without end": b"[" * 100_000,
}


@pytest.mark.parametrize("body", NONSENSE.values(), ids=NONSENSE.keys())
def test_a_200_that_is_no_json_object_is_a_503(
    body: bytes, client: CognitoClient, upstream: Upstream
) -> None:
    """A password is not changed because some proxy on the way says 200."""
    upstream.plan("ForgotPassword", reply(body))
    assert type(refusal(client)) is UserPoolUnavailableError
    assert len(upstream.calls) == 1


UNFIT = {
    "users that are no list": {"Users": {"Username": "ada"}},
    "a user that is no object": {"Users": ["ada"]},
    "a name that is no text": {"Users": [{"Username": 5}]},
    "attributes that are no list": {"Users": [{"Attributes": {"email": "ada@example.com"}}]},
    "an attribute without a name": {"Users": [{"Attributes": [{"Value": "ada@example.com"}]}]},
    "a flag that is no flag": {"Users": [{"Enabled": "yes"}]},
    "a time that is a text": {"Users": [{"UserCreateDate": "yesterday"}]},
    "a time beyond the calendar": {"Users": [{"UserCreateDate": 1e18}]},
    "a time that is in the year 10000 in the east": {"Users": [{"UserCreateDate": 253_402_300_799}]},
    "a time before the epoch": {"Users": [{"UserCreateDate": -1e18}]},
    "a number that JSON lacks": {"Users": [{"UserCreateDate": float("nan")}]},
}


@pytest.mark.parametrize("answer", UNFIT.values(), ids=UNFIT.keys())
def test_an_answer_of_other_types_than_the_api_s_is_a_503(
    answer: dict[str, Any], client: CognitoClient, upstream: Upstream
) -> None:
    upstream.plan("ListUsers", reply(answer))
    with pytest.raises(UserPoolUnavailableError):
        asyncio.run(client.call("ListUsers"))


def test_members_that_are_new_or_null_are_no_fault(client: CognitoClient, upstream: Upstream) -> None:
    user = {"Username": "ada", "Enabled": True, "UserCreateDate": 1.5, "Attributes": None, "Mood": ["good"]}
    upstream.plan("ListUsers", reply({"Users": [user], "Weather": 5, "PaginationToken": None}))
    (found,) = asyncio.run(client.call("ListUsers"))["Users"]
    assert (found["Username"], found["Enabled"], found["UserCreateDate"].timestamp()) == ("ada", True, 1.5)


def test_a_200_that_breaks_off_before_its_body_is_a_503(client: CognitoClient, upstream: Upstream) -> None:
    upstream.plan("RevokeToken", reply(b"", headers={"Content-Length": "4096"}))
    with pytest.raises(UserPoolUnavailableError):
        asyncio.run(client.call("RevokeToken", Token="refresh-token"))


def test_an_empty_body_is_the_answer_of_operations_that_answer_nothing(
    client: CognitoClient, upstream: Upstream
) -> None:
    upstream.plan("RevokeToken", reply(b""))
    assert asyncio.run(client.call("RevokeToken", Token="refresh-token")) == {}


# What is asked


def test_an_operation_that_the_api_lacks_is_a_mistake_of_the_caller(
    client: CognitoClient, upstream: Upstream
) -> None:
    with pytest.raises(ValueError, match="'ForgetPassword'"):
        asyncio.run(client.call("ForgetPassword", Username="ada"))
    assert upstream.calls == []


@pytest.mark.parametrize("name", ["admin_get_user", "AdminGetUsr", "adminGetUser"])
def test_of_an_operation_that_the_api_lacks_the_nearest_is_named(client: CognitoClient, name: str) -> None:
    with pytest.raises(ValueError, match=r"did you mean AdminGetUser\?$"):
        asyncio.run(client.call(name, Username="ada"))


def test_of_parameters_by_wrong_names_the_nearest_are_named(client: CognitoClient) -> None:
    with pytest.raises(InvalidParameterError) as caught:
        asyncio.run(client.call("AdminGetUser", username="hunter" + "2"))
    assert str(caught.value.__cause__) == (
        "AdminGetUser has no parameter 'username'; did you mean Username?; AdminGetUser needs Username"
    )
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))


def test_nothing_is_like_a_name_of_another_kind(client: CognitoClient) -> None:
    with pytest.raises(ValueError, match=r"no operation 'Xyzzy'$"):
        asyncio.run(client.call("Xyzzy"))


def test_the_method_names_of_boto3_are_no_operations(client: CognitoClient) -> None:
    for name in ("forgot_password", "close", "can_paginate"):
        with pytest.raises(ValueError, match=name):
            asyncio.run(client.call(name))


def test_a_parameter_that_boto3_refuses_never_leaves(client: CognitoClient, upstream: Upstream) -> None:
    with pytest.raises(InvalidParameterError):
        asyncio.run(client.call("ForgotPassword", Username=5))
    assert upstream.calls == []


def test_pool_and_client_are_filled_in_where_an_operation_takes_them(
    client: CognitoClient, upstream: Upstream
) -> None:
    for operation in ("ForgotPassword", "AdminGetUser", "AdminInitiateAuth", "GetUser"):
        upstream.plan(operation, reply({"Username": "ada", "UserAttributes": []}))
    asyncio.run(client.call("ForgotPassword", Username="ada"))
    asyncio.run(client.call("AdminGetUser", Username="ada"))
    asyncio.run(client.call("AdminInitiateAuth", AuthFlow="ADMIN_USER_PASSWORD_AUTH", AuthParameters={}))
    asyncio.run(client.call("GetUser", AccessToken="token"))
    assert [{"UserPoolId", "ClientId"} & call.params.keys() for call in upstream.calls] == [
        {"ClientId"},
        {"UserPoolId"},
        {"UserPoolId", "ClientId"},
        set(),
    ]
    assert upstream.only("AdminInitiateAuth")["UserPoolId"] == vectors.POOL_ID
    assert upstream.only("AdminInitiateAuth")["ClientId"] == vectors.CLIENT_ID


def test_what_the_caller_gives_is_not_replaced(client: CognitoClient, upstream: Upstream) -> None:
    upstream.plan("DescribeUserPoolClient", reply({}))
    asyncio.run(client.call("DescribeUserPoolClient", UserPoolId="eu-west-1_Other", ClientId="other"))
    assert upstream.only("DescribeUserPoolClient") == {"UserPoolId": "eu-west-1_Other", "ClientId": "other"}


def test_a_call_for_strangers_carries_no_credentials_of_the_app(
    client: CognitoClient, upstream: Upstream
) -> None:
    upstream.plan("ForgotPassword", SENT)
    forgot(client)
    assert "authorization" not in upstream.calls[0].headers


def test_a_call_tells_the_service_which_package_makes_it_and_nothing_of_the_machine(
    client: CognitoClient, upstream: Upstream
) -> None:
    upstream.plan("ForgotPassword", SENT)
    forgot(client)
    assert re.fullmatch(
        r"fastapi_cognito_auth Boto3/[0-9.]+ Botocore/[0-9.]+", upstream.calls[0].headers["user-agent"]
    )


def test_what_the_local_pool_does_not_support_it_says_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(OPERATIONS, "ListGroups")
    pool = CognitoAuth.local().pool
    with pytest.raises(UnknownOperationError, match="ListGroups is not supported by the local user pool"):
        asyncio.run(pool.call("ListGroups"))


# Many at once


def test_calls_beyond_the_connections_wait_without_holding_up_the_event_loop(
    make_client: MakeClient, upstream: Upstream
) -> None:
    gate = Gate(SENT)
    upstream.plan("ForgotPassword", gate)
    client = make_client(max_connections=2)

    async def test() -> int:
        calls = [asyncio.ensure_future(client.call("ForgotPassword", Username="ada")) for _ in range(8)]
        while gate.waiting < 2:  # noqa: ASYNC110 - the server counts in threads
            await asyncio.sleep(0.001)
        beats = 0
        for _ in range(20):
            await asyncio.sleep(0.001)
            beats += 1
        assert not any(call.done() for call in calls)
        gate.open()
        assert await asyncio.gather(*calls) == [{"CodeDeliveryDetails": DELIVERY}] * 8
        return beats

    assert asyncio.run(test()) == 20
    assert (gate.most, len(upstream.calls)) == (2, 8)


def test_arithmetic_goes_on_while_all_connections_are_busy(
    make_client: MakeClient, upstream: Upstream
) -> None:
    gate = Gate(SENT)
    upstream.plan("ForgotPassword", gate)
    client = make_client(max_connections=1)

    async def test() -> int:
        call = asyncio.ensure_future(client.call("ForgotPassword", Username="ada"))
        while not gate.waiting:  # noqa: ASYNC110 - the server counts in threads
            await asyncio.sleep(0.001)
        result = await client.compute(lambda: 6 * 7)
        assert not call.done()
        gate.open()
        await call
        return result

    assert asyncio.run(test()) == 42


def test_one_client_serves_several_event_loops(client: CognitoClient, upstream: Upstream) -> None:
    upstream.plan("ForgotPassword", SENT)
    for _ in range(2):
        forgot(client)
    assert len(upstream.calls) == 2


def test_what_a_fault_was_stays_the_cause(client: CognitoClient, upstream: Upstream) -> None:
    upstream.plan("ForgotPassword", error("InternalErrorException", "disk on fire", status=500))
    refused = refusal(client)
    assert isinstance(refused, InternalErrorError)
    assert "disk on fire" in str(refused.__cause__)
    assert "disk on fire" not in str(refused)
