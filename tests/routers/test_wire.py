"""The wire endpoint: what SDKs send goes through, and nothing else does."""

import asyncio
import base64
import hmac
import json
import logging
import secrets
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.testclient import TestClient
from httpx2 import Response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.types import Message, Scope

from fastapi_cognito_auth import CognitoAuth, CognitoSettings
from fastapi_cognito_auth.cognito.wire import OPERATIONS
from fastapi_cognito_auth.local import LocalUser, LocalUserPool, ServiceError, endpoint
from fastapi_cognito_auth.srp import handshake as srp
from tests.local.kit import signing_keys
from tests.older import MODEL, known
from tests.routers.kit import ADA, NEW_PASSWORD, NEWCOMER, PASSWORD, TEMPORARY, seen_from, totp
from tests.support import Clock

TYPE = "application/x-amz-json-1.1"
PREFIX = "AWSCognitoIdentityProviderService."
MAX_BODY = CognitoSettings.model_fields["max_body_size"].default
SECRET = "theappsownclientsecret1234567890"


class Wire:
    """An app with a wire endpoint, and a tap on the line to the pool behind it."""

    def __init__(self, **pool: Any) -> None:
        self.clock = Clock()
        self.pool = LocalUserPool(**({"users": (ADA, NEWCOMER)} | pool), clock=self.clock)
        # Making RSA keys takes longer than all the rest of a test.
        self.pool._plane.tokens.keys = signing_keys()
        self.id = self.pool.client_id
        self.forwarded: list[tuple[str, dict[str, Any]]] = []
        self.auth = CognitoAuth.local(self.pool, clock=self.clock)
        self.auth.pool._client._before_send = self.tap
        self.app = FastAPI()
        self.app.include_router(self.auth.wire_router, prefix="/cognito")
        self.http = TestClient(self.app, raise_server_exceptions=False)

    def tap(self, request: Any, **more: Any) -> Any:
        target = request.headers["X-Amz-Target"].decode()
        self.forwarded.append((target.removeprefix(PREFIX), json.loads(request.body)))
        return self.pool.before_send(request, **more)

    def post(self, operation: str, content: Any = b"{}", **headers: str) -> Response:
        sent = {"Content-Type": TYPE, "X-Amz-Target": f"{PREFIX}{operation}"}
        return self.http.post(
            "/cognito/",
            content=content if isinstance(content, bytes) else json.dumps(content),
            headers=sent | {name.replace("_", "-"): value for name, value in headers.items()},
        )

    def call(self, operation: str, **params: Any) -> dict[str, Any]:
        answer = self.post(operation, params)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    def own(self, operation: str, **params: Any) -> dict[str, Any]:
        return self.call(operation, ClientId=self.id, **params)

    def password(self, username: str = "ada", password: str = PASSWORD) -> dict[str, Any]:
        values = {"USERNAME": username, "PASSWORD": password}
        return self.own("InitiateAuth", AuthFlow="USER_PASSWORD_AUTH", AuthParameters=values)

    def tokens(self) -> dict[str, Any]:
        result: dict[str, Any] = self.password()["AuthenticationResult"]
        return result


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    app = Wire()
    with app.http:
        yield app


@pytest.fixture(scope="module")
def confidential() -> Iterator[Wire]:
    app = Wire(client_secret=SECRET)
    with app.http:
        yield app


@pytest.fixture(autouse=True)
def fresh_tap(request: pytest.FixtureRequest) -> None:
    for name in {"wire", "confidential"} & set(request.fixturenames):
        request.getfixturevalue(name).forwarded.clear()


def refusal(answer: Response) -> tuple[str, str]:
    """Return name and message of a refusal, once it has the service's form."""
    body = answer.json()
    name = body["__type"]
    assert answer.status_code in ({500} if name.startswith("Internal") else {400, 413})
    assert answer.headers["x-amzn-errortype"] == name
    assert answer.headers["x-amzn-requestid"]
    assert answer.headers["content-type"] == TYPE
    member = "Message" if name == "SerializationException" else "message"
    assert set(body) == {"__type", member}
    return name, body[member]


def hash_of(wire: Wire, username: str, secret: str = SECRET) -> str:
    digest = hmac.digest(secret.encode(), (username + wire.id).encode(), "sha256")
    return base64.b64encode(digest).decode()


# What is there, and what is not


def test_the_operations_are_those_that_the_model_lets_anyone_call() -> None:
    public = {name for name in MODEL.operation_names if MODEL.operation_model(name).auth_type == "none"}
    assert public == known(OPERATIONS)


@pytest.mark.parametrize("operation", sorted(set(MODEL.operation_names) - OPERATIONS))
def test_an_operation_that_needs_credentials_is_refused(wire: Wire, operation: str) -> None:
    name, _ = refusal(wire.post(operation, {"UserPoolId": wire.pool.user_pool_id, "Username": "ada"}))
    assert name == "UnknownOperationException"
    assert wire.forwarded == []


@pytest.mark.parametrize(
    "target",
    [
        "AWSCognitoIdentityProviderService.AdminCreateUser",
        "AWSCognitoIdentityProviderService.getuser",
        "awscognitoidentityproviderservice.GetUser",
        "AWSCognitoIdentityProviderService.GetUser ListUsers",
        "AWSCognitoIdentityProviderService.GetUser,AWSCognitoIdentityProviderService.ListUsers",
        "AWSCognitoIdentityProviderService.AWSCognitoIdentityProviderService.GetUser",
        "AWSCognitoIdentityProviderService.call",
        "AWSCognitoIdentityProviderService.",
        "AWSCognitoIdentityProviderService/GetUser",
        "GetUser",
        ".GetUser",
        "DynamoDB_20120810.GetUser",
        "",
    ],
)
def test_a_target_that_is_not_exactly_an_operation_is_refused(wire: Wire, target: str) -> None:
    answer = wire.post("", {"AccessToken": "x"}, X_Amz_Target=target)
    assert refusal(answer)[0] == "UnknownOperationException"
    assert wire.forwarded == []


def test_a_missing_target_is_refused(wire: Wire) -> None:
    answer = wire.http.post("/cognito/", content=b"{}", headers={"Content-Type": TYPE})
    assert refusal(answer)[0] == "UnknownOperationException"


@pytest.mark.parametrize("order", [1, -1])
def test_two_targets_are_refused_in_either_order(wire: Wire, order: int) -> None:
    targets = [("X-Amz-Target", f"{PREFIX}{name}") for name in ("GetUser", "AdminGetUser")][::order]
    answer = wire.http.post("/cognito/", content=b"{}", headers=[("Content-Type", TYPE), *targets])
    assert refusal(answer)[0] == "UnknownOperationException"
    assert wire.forwarded == []


# Whose client, whose pool, whose secret


def test_another_app_client_is_unknown(wire: Wire) -> None:
    other = "7notthisone89abcdefghijklm"
    for operation in sorted(known(OPERATIONS)):
        shape = MODEL.operation_model(operation).input_shape
        if "ClientId" in shape.members:
            body = dict.fromkeys(shape.required_members, "x" * 20) | {"ClientId": other}
            assert refusal(wire.post(operation, body)) == (
                "ResourceNotFoundException",
                f"User pool client {other} does not exist.",
            )
    assert wire.forwarded == []


def test_a_client_of_the_same_pool_is_unknown_too(wire: Wire) -> None:
    made = wire.pool.call(
        "CreateUserPoolClient", {"UserPoolId": wire.pool.user_pool_id, "ClientName": "another"}
    )
    body = {"ClientId": made["UserPoolClient"]["ClientId"], "Username": "ada"}
    assert refusal(wire.post("ForgotPassword", body))[0] == "ResourceNotFoundException"


def test_another_pool_is_unknown(wire: Wire) -> None:
    body = {
        "UserPoolId": "us-east-1_another",
        "Username": "ada",
        "EventId": "e",
        "FeedbackToken": "t",
        "FeedbackValue": "Valid",
    }
    assert refusal(wire.post("UpdateAuthEventFeedback", body)) == (
        "ResourceNotFoundException",
        "User pool us-east-1_another does not exist.",
    )
    body["UserPoolId"] = wire.pool.user_pool_id
    wire.post("UpdateAuthEventFeedback", body)
    assert [operation for operation, _ in wire.forwarded] == ["UpdateAuthEventFeedback"]


def test_the_client_id_must_be_there(wire: Wire) -> None:
    name, text = refusal(wire.post("InitiateAuth", {"AuthFlow": "USER_SRP_AUTH"}))
    assert name == "InvalidParameterException"
    assert text == (
        "1 validation error detected: Value null at 'clientId' failed to satisfy constraint: "
        "Member must not be null"
    )


def test_what_is_too_long_or_too_short_is_named_and_not_repeated(wire: Wire) -> None:
    _, text = refusal(wire.post("ForgotPassword", {"ClientId": "c" * 129, "Username": ""}))
    assert text == (
        "2 validation errors detected: Value at 'username' failed to satisfy constraint: Member must have "
        "length greater than or equal to 1; Value at 'clientId' failed to satisfy constraint: Member must "
        "have length less than or equal to 128"
    )
    _, text = refusal(wire.post("ListDevices", {"AccessToken": "a.b.c", "Limit": -1}))
    assert text.endswith(
        "Value at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 0"
    )
    _, text = refusal(
        wire.post("UpdateUserAttributes", {"AccessToken": "a.b.c", "UserAttributes": [{"Value": "x"}]})
    )
    assert "'userAttributes.1.member.name'" in text


def test_the_app_adds_the_secret_hash(confidential: Wire) -> None:
    assert confidential.password()["AuthenticationResult"]["AccessToken"]
    confidential.own("ForgotPassword", Username="ada")
    (_, first), (_, second) = confidential.forwarded
    assert first["AuthParameters"]["SECRET_HASH"] == second["SecretHash"] == hash_of(confidential, "ada")


@pytest.mark.parametrize("username", ["ada", "newcomer"])
def test_a_secret_hash_of_the_client_is_replaced(confidential: Wire, username: str) -> None:
    sent = hash_of(confidential, username)
    values = {"USERNAME": "ada", "PASSWORD": PASSWORD, "SECRET_HASH": sent}
    confidential.own("InitiateAuth", AuthFlow="USER_PASSWORD_AUTH", AuthParameters=values)
    confidential.own("ForgotPassword", Username="ada", SecretHash=hash_of(confidential, username, "guess"))
    (_, first), (_, second) = confidential.forwarded
    assert first["AuthParameters"]["SECRET_HASH"] == second["SecretHash"] == hash_of(confidential, "ada")


def test_a_public_client_forwards_no_secret_of_anybody(wire: Wire) -> None:
    values = {"USERNAME": "ada", "PASSWORD": PASSWORD, "SECRET_HASH": "a-guess"}
    signed_in = wire.own("InitiateAuth", AuthFlow="USER_PASSWORD_AUTH", AuthParameters=values)
    wire.own("ForgotPassword", Username="ada", SecretHash="a-guess")
    token = signed_in["AuthenticationResult"]["RefreshToken"]
    wire.own("GetTokensFromRefreshToken", RefreshToken=token, ClientSecret="a-guess")
    answer = {"USERNAME": "ada", "SECRET_HASH": "a-guess"}
    wire.post("RespondToAuthChallenge", {
        "ClientId": wire.id, "ChallengeName": "SMS_MFA", "ChallengeResponses": answer, "Session": "s" * 20,
    })  # fmt: skip
    assert len(wire.forwarded) == 4
    assert "a-guess" not in repr(wire.forwarded)


def test_the_plain_secret_is_added_and_a_guess_is_dropped(confidential: Wire) -> None:
    token = confidential.tokens()["RefreshToken"]
    confidential.own("GetTokensFromRefreshToken", RefreshToken=token, ClientSecret="a-guess")
    confidential.own("RevokeToken", Token=token, ClientSecret="a-guess")
    assert [params["ClientSecret"] for _, params in confidential.forwarded[1:]] == [SECRET, SECRET]


def test_no_answer_holds_the_secret(confidential: Wire) -> None:
    flows = ("USER_PASSWORD_AUTH", "USER_SRP_AUTH", "REFRESH_TOKEN_AUTH", "ADMIN_NO_SRP_AUTH", "NONSENSE")
    for flow in flows:
        for values in ({}, {"USERNAME": "ada"}, {"USERNAME": "ada", "PASSWORD": "x", "SRP_A": "1"}):
            body = {"ClientId": confidential.id, "AuthFlow": flow, "AuthParameters": values}
            answer = confidential.post("InitiateAuth", body)
            assert SECRET not in answer.text
            assert hash_of(confidential, "ada") not in answer.text


@pytest.mark.parametrize("flow", ["REFRESH_TOKEN_AUTH", "REFRESH_TOKEN"])
def test_a_refresh_without_a_username_works_for_a_client_with_a_secret(confidential: Wire, flow: str) -> None:
    values = {"REFRESH_TOKEN": confidential.tokens()["RefreshToken"], "DEVICE_KEY": ""}
    answer = confidential.own(
        "InitiateAuth", AuthFlow=flow, AuthParameters=values, ClientMetadata={"screen": "home"}
    )
    assert answer["ChallengeParameters"] == {}
    assert answer["AuthenticationResult"]["AccessToken"]
    assert confidential.forwarded[-1][0] == "GetTokensFromRefreshToken"
    assert confidential.forwarded[-1][1]["ClientMetadata"] == {"screen": "home"}


def test_a_refresh_hands_on_the_device(confidential: Wire) -> None:
    values = {"REFRESH_TOKEN": "x", "DEVICE_KEY": "us-east-1_34c84488-e0e1-70ae-d2ee-991ad1a898c8"}
    body = {"ClientId": confidential.id, "AuthFlow": "REFRESH_TOKEN", "AuthParameters": values}
    confidential.post("InitiateAuth", body)
    assert confidential.forwarded[0][1]["DeviceKey"] == values["DEVICE_KEY"]


def test_a_refresh_without_a_token_is_refused(confidential: Wire) -> None:
    body = {"ClientId": confidential.id, "AuthFlow": "REFRESH_TOKEN_AUTH"}
    assert refusal(confidential.post("InitiateAuth", body)) == (
        "InvalidParameterException",
        "Missing required parameter REFRESH_TOKEN",
    )


def test_a_client_cannot_name_the_address_it_comes_from(confidential: Wire) -> None:
    context = {"IpAddress": "192.0.2.7", "EncodedData": "fingerprint"}
    confidential.own("ForgotPassword", Username="ada", UserContextData=context)
    assert confidential.forwarded[0][1]["UserContextData"] == {"EncodedData": "fingerprint"}


def test_the_app_tells_the_address_where_it_is_set_to() -> None:
    wire = Wire()
    config = wire.auth.settings.model_copy(update={"forward_client_address": True})
    auth = CognitoAuth(config, before_send=wire.tap)
    wire.app.include_router(auth.wire_router, prefix="/told")
    body = {"ClientId": wire.id, "Username": "ada", "UserContextData": {"IpAddress": "192.0.2.7"}}
    headers = {"Content-Type": TYPE, "X-Amz-Target": f"{PREFIX}ForgotPassword"}
    http = TestClient(seen_from("203.0.113.9", wire.app))
    assert http.post("/told/", content=json.dumps(body), headers=headers).status_code == 200
    assert wire.forwarded[0][1]["UserContextData"] == {"IpAddress": "203.0.113.9"}


# Flows


def test_srp_goes_through(confidential: Wire) -> None:
    client = srp.SRPClient(srp.pool_name(confidential.pool.user_pool_id))
    values = {"USERNAME": "ada", "SRP_A": client.srp_a}
    challenge = confidential.own("InitiateAuth", AuthFlow="USER_SRP_AUTH", AuthParameters=values)[
        "ChallengeParameters"
    ]
    given = srp.Challenge(challenge["SALT"], challenge["SRP_B"], challenge["SECRET_BLOCK"])
    stamp = "Sat Sep 5 15:34:05 UTC 2026"
    identity = challenge["USER_ID_FOR_SRP"]
    answer = confidential.own(
        "RespondToAuthChallenge",
        ChallengeName="PASSWORD_VERIFIER",
        ChallengeResponses={
            "USERNAME": identity,
            "PASSWORD_CLAIM_SIGNATURE": client.claim(identity, PASSWORD, given, stamp),
            "PASSWORD_CLAIM_SECRET_BLOCK": challenge["SECRET_BLOCK"],
            "TIMESTAMP": stamp,
        },
    )
    assert answer["AuthenticationResult"]["TokenType"] == "Bearer"


def test_a_user_signs_up_confirms_and_enrols_an_authenticator_app(confidential: Wire) -> None:
    confidential.own(
        "SignUp",
        Username="bea",
        Password=PASSWORD,
        UserAttributes=[{"Name": "email", "Value": "bea@example.com"}],
        # As JavaScript sends what was left out.
        ValidationData=None,
        ClientMetadata=None,
        SomethingNew={"of": "a later SDK"},
    )
    code = confidential.pool.outbox.latest("bea").code
    confidential.own("ConfirmSignUp", Username="bea", ConfirmationCode=code, ForceAliasCreation=False)
    access = confidential.password("bea")["AuthenticationResult"]["AccessToken"]
    secret = confidential.call("AssociateSoftwareToken", AccessToken=access)["SecretCode"]
    code = totp(secret, confidential.clock.now)
    assert confidential.call("VerifySoftwareToken", AccessToken=access, UserCode=code)["Status"] == "SUCCESS"


def test_a_temporary_password_is_replaced(wire: Wire) -> None:
    challenge = wire.password("newcomer", TEMPORARY)
    assert challenge["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    answer = wire.own(
        "RespondToAuthChallenge",
        ChallengeName="NEW_PASSWORD_REQUIRED",
        Session=challenge["Session"],
        ChallengeResponses={"USERNAME": "newcomer", "NEW_PASSWORD": NEW_PASSWORD},
    )
    assert answer["AuthenticationResult"]["IdToken"]


def test_an_operation_with_an_access_token_goes_through(wire: Wire) -> None:
    answer = wire.post("GetUser", {"AccessToken": wire.tokens()["AccessToken"]})
    assert answer.json()["Username"] == "ada"
    assert answer.headers["content-type"] == TYPE
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-amzn-requestid"]


def test_users_with_odd_names_get_their_own_hash() -> None:
    names = ["zoë", "名前", "a+b", secrets.token_hex(8)]
    wire = Wire(users=[LocalUser(name, password=PASSWORD) for name in names], client_secret=SECRET)
    for name in names:
        assert wire.password(name)["AuthenticationResult"]["AccessToken"]
        assert wire.forwarded[-1][1]["AuthParameters"]["SECRET_HASH"] == hash_of(wire, name)


# Refusals keep the service's form


def test_a_refusal_has_the_services_name_and_words(wire: Wire) -> None:
    values = {"USERNAME": "ada", "PASSWORD": "Wrong-horse-1!"}
    body = {"ClientId": wire.id, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": values}
    assert refusal(wire.post("InitiateAuth", body)) == (
        "NotAuthorizedException",
        "Incorrect username or password.",
    )
    name, text = refusal(
        wire.post("SignUp", {"ClientId": wire.id, "Username": "weak", "Password": "12345678"})
    )
    assert name == "InvalidPasswordException"
    assert text.startswith("Password did not conform with policy: ")


def test_an_unknown_user_is_answered_as_any_other_even_by_a_pool_that_tells() -> None:
    wire = Wire(prevent_user_existence_errors=False)
    for name in ("ghost", "ghost@example.com", "+15550001234"):
        sent = wire.own("ForgotPassword", Username=name)["CodeDeliveryDetails"]
        assert sent["Destination"] == "***"
        assert wire.own("ResendConfirmationCode", Username=name)["CodeDeliveryDetails"] == sent
    told = wire.own("ForgotPassword", Username="ghost")
    assert wire.own("ForgotPassword", Username="ada") == told
    assert wire.own("ResendConfirmationCode", Username="ada") == told
    code = {"ClientId": wire.id, "Username": "ghost", "ConfirmationCode": "123456"}
    wrong = ("CodeMismatchException", "Invalid verification code provided, please try again.")
    assert refusal(wire.post("ConfirmSignUp", code)) == wrong
    assert refusal(wire.post("ConfirmForgotPassword", code | {"Password": PASSWORD})) == wrong
    values = {"USERNAME": "ghost", "PASSWORD": PASSWORD}
    body = {"ClientId": wire.id, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": values}
    assert refusal(wire.post("InitiateAuth", body)) == (
        "NotAuthorizedException",
        "Incorrect username or password.",
    )


def test_an_upstream_that_cannot_be_reached_is_a_fault_of_the_service() -> None:
    auth = CognitoAuth(
        CognitoSettings(
            user_pool_id="eu-central-1_Ab12Cd34E",
            client_id="1example23456789abcdefghij",
            endpoint_url="http://127.0.0.1:1",
            max_attempts=1,
        )
    )
    app = FastAPI()
    app.include_router(auth.wire_router)
    headers = {"Content-Type": TYPE, "X-Amz-Target": f"{PREFIX}GetUser"}
    answer = TestClient(app).post("/", content='{"AccessToken": "a.b.c"}', headers=headers)
    assert refusal(answer) == (
        "InternalErrorException",
        "The user pool cannot be reached at the moment. Try again.",
    )


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("UnexpectedLambdaException", "UnexpectedLambdaException"),
        ("InternalErrorException", "InternalErrorException"),
        ("SomethingNobodyKnowsException", "SomethingNobodyKnowsException"),
    ],
)
def test_what_is_not_for_strangers_stays_hidden(name: str, shown: str) -> None:
    wire = Wire()

    def fail(_operation: str, _params: Any) -> dict[str, Any]:
        raise ServiceError(name, "arn:aws:lambda:eu-central-1:123456789012")

    wire.auth.pool._client._before_send = lambda request, **_: endpoint.answer(fail, request)
    wire.auth.pool._client._max_attempts = 1
    answer = wire.post("GetUser", {"AccessToken": "a.b.c"})
    assert refusal(answer)[0] == shown
    assert "arn:" not in answer.text


def test_a_fault_of_our_own_is_told_without_a_word_about_it(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire = Wire()

    async def broken(*_: Any) -> Any:
        raise RuntimeError("/srv/app/secret-path")

    monkeypatch.setattr(wire.auth.pool._client, "input_shape", broken)
    answer = wire.post("GetUser", {"AccessToken": "a.b.c"})
    assert refusal(answer) == ("InternalErrorException", "Internal error")
    assert "Traceback" in caplog.text


# Bodies


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"{", "The request body is not JSON"),
        (b"nonsense", "The request body is not JSON"),
        (b"\xff\xfe{\x00}\x00", "The request body is not JSON"),
        ('{"AccessToken": "x"}'.encode("utf-16"), "The request body is not JSON"),
        (b'{"AccessToken": NaN}', "The request body is not JSON"),
        (b'{"AccessToken": ' + b"9" * 5000 + b"}", "The request body is not JSON"),
        (b"[" * 60_000, "The request body is not JSON"),
        (b"[" * 60 + b"]" * 60, "The request body is nested too deep"),
        (b'{"Credential":' * 200 + b"1" + b"}" * 200, "The request body is nested too deep"),
        (b"[]", "Start of list found where not expected"),
        (b'"x"', "STRING_VALUE can not be converted to an Object"),
        (b"null", "NUMBER_VALUE can not be converted to an Object"),
        (b'{"AccessToken": 1}', "NUMBER_VALUE can not be converted to a String"),
        (b'{"AccessToken": {}}', "Start of structure or map found where not expected."),
        (b'{"AccessToken": "\\ud800"}', "Unable to decode string"),
        (b'{"Unknown": "\\ud800"}', "Unable to decode string"),
    ],
    ids=range(16),
)
def test_a_body_that_cannot_be_read_is_a_serialization_error(wire: Wire, body: bytes, text: str) -> None:
    assert refusal(wire.post("GetUser", body)) == ("SerializationException", text)
    assert wire.forwarded == []


def test_an_empty_body_lacks_what_is_required(wire: Wire) -> None:
    assert refusal(wire.post("GetUser", b""))[0] == "InvalidParameterException"


def test_a_value_of_the_wrong_type_is_not_repeated(wire: Wire) -> None:
    values = {"USERNAME": "ada", "PASSWORD": ["hunter2"]}
    answer = wire.post("InitiateAuth", {"ClientId": wire.id, "AuthFlow": "X", "AuthParameters": values})
    assert refusal(answer)[0] == "SerializationException"
    assert "hunter2" not in answer.text


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "", "application/x-amz-json-1.0"])
def test_another_content_type_is_refused(wire: Wire, content_type: str) -> None:
    """A page of another origin may send text/plain without asking (CORS)."""
    answer = wire.post("GetUser", {"AccessToken": "x"}, Content_Type=content_type)
    assert refusal(answer) == ("SerializationException", f"The Content-Type must be {TYPE}")
    assert wire.forwarded == []


def test_a_charset_beside_the_content_type_is_taken(wire: Wire) -> None:
    answer = wire.post("GetUser", {"AccessToken": "x"}, Content_Type=f"{TYPE}; charset=UTF-8")
    assert refusal(answer) == ("NotAuthorizedException", "Invalid Access Token")


def test_a_body_that_is_too_large_is_refused(wire: Wire) -> None:
    answer = wire.post("GetUser", {"AccessToken": "x" * MAX_BODY})
    assert answer.status_code == 413
    assert refusal(answer)[0] == "SerializationException"
    assert wire.forwarded == []


async def exchange(wire: Wire, messages: AsyncIterator[Message]) -> list[Message]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return await anext(messages)

    scope: Scope = {
        "type": "http",
        "method": "POST",
        "path": "/cognito/",
        "raw_path": b"/cognito/",
        "query_string": b"",
        "headers": [(b"content-type", TYPE.encode()), (b"x-amz-target", f"{PREFIX}GetUser".encode())],
    }
    await wire.app(scope, receive, send)
    return sent


def test_a_body_without_an_end_is_cut_off_where_the_limit_is(wire: Wire) -> None:
    """No Content-Length is believed: what counts is what has come."""
    pieces = 0

    async def endless() -> AsyncIterator[Message]:
        nonlocal pieces
        while True:
            pieces += 1
            yield {"type": "http.request", "body": b" " * 1024, "more_body": True}

    sent = asyncio.run(exchange(wire, endless()))
    assert sent[0]["status"] == 413
    assert pieces == MAX_BODY // 1024 + 1


def test_a_client_that_hangs_up_half_way_causes_no_failure(
    wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    async def halves() -> AsyncIterator[Message]:
        yield {"type": "http.request", "body": b"{", "more_body": True}
        while True:
            yield {"type": "http.disconnect"}

    with caplog.at_level(logging.INFO, "fastapi_cognito_auth"):
        sent = asyncio.run(exchange(wire, halves()))
    assert [record.message for record in caplog.records] == ["GetUser: disconnected"]
    assert sent[0]["status"] == 400


# The log


def test_each_call_leaves_one_line_without_parameters(
    confidential: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "fastapi_cognito_auth"):
        answer = confidential.post("GetUser", {"AccessToken": "a-secret-token"})
        confidential.password()
        confidential.post("", {"Username": "ada"}, X_Amz_Target="x.Evil")
    lines: list[Any] = [record for record in caplog.records if hasattr(record, "outcome")]
    assert [(line.levelname, line.operation, line.outcome) for line in lines] == [
        ("INFO", "GetUser", "NotAuthorizedException"),
        ("INFO", "InitiateAuth", "ok"),
        ("INFO", "unknown", "UnknownOperationException"),
    ]
    assert {line.name for line in lines} == {"fastapi_cognito_auth"}
    assert lines[0].request_id == answer.headers["x-amzn-requestid"]
    ours = [record for record in caplog.records if record.name.startswith("fastapi_cognito_auth")]
    for secret in ("a-secret-token", PASSWORD, SECRET, "ada", "Evil"):
        assert not any(secret in record.getMessage() for record in ours)


# Browsers


def test_the_preflight_of_a_browser_passes_starlettes_middleware() -> None:
    """The headers that amazon-cognito-identity-js sends."""
    wire = Wire()
    origin = "https://shop.example.com"
    wire.app.add_middleware(
        CORSMiddleware,
        allow_origins=[origin],
        allow_methods=["POST"],
        allow_headers=["content-type", "x-amz-target", "x-amz-user-agent", "cache-control"],
        expose_headers=["x-amzn-errortype", "x-amzn-requestid"],
    )
    asked = "cache-control,content-type,x-amz-target,x-amz-user-agent"
    answer = wire.http.options(
        "/cognito/",
        headers={
            "Origin": origin,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": asked,
        },
    )
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == origin
    assert set(asked.split(",")) <= set(answer.headers["access-control-allow-headers"].lower().split(", "))
    refused = wire.post("GetUser", {"AccessToken": "x"}, Origin=origin)
    assert refused.headers["access-control-allow-origin"] == origin


def test_the_endpoint_is_described_with_its_targets(wire: Wire) -> None:
    described = wire.app.openapi()["paths"]["/cognito/"]["post"]
    assert len(described["parameters"][0]["schema"]["enum"]) == len(OPERATIONS)


# Hostile input

WORDS = st.sampled_from([
    "ada", PASSWORD, "USERNAME", "PASSWORD", "SECRET_HASH", "SRP_A", "ff", "0", "a" * 40, "\0", "é", "\ud800",
    "", "ClientId", "AuthFlow", "REFRESH_TOKEN", "REFRESH_TOKEN_AUTH", "USER_PASSWORD_AUTH", "a.b.c",
])  # fmt: skip
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), WORDS, st.text(max_size=20))
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=8,
)


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, Any]:
    """Draw an operation and a body that is often nearly right."""
    operation = draw(st.sampled_from(sorted(known(OPERATIONS))))
    body: dict[str, Any] = {}
    for name, shape in MODEL.operation_model(operation).input_shape.members.items():
        kinds: list[Any] = [ANYTHING]
        if shape.type_name == "string":
            kinds += [WORDS, st.sampled_from(getattr(shape, "enum", []) or ["x" * 20])]
        elif shape.type_name == "map":
            kinds.append(st.dictionaries(WORDS, WORDS, max_size=6))
        if draw(st.integers(0, 3)):
            body[name] = draw(st.one_of(kinds))
    return operation, body


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(request=requests(), sane=st.booleans())
def test_no_parameters_break_the_endpoint(
    confidential: Wire, request: tuple[str, Any], *, sane: bool
) -> None:
    operation, body = request
    if sane and "ClientId" in MODEL.operation_model(operation).input_shape.members:
        body["ClientId"] = confidential.id
    answer = confidential.post(operation, json.dumps(body).encode())
    assert answer.status_code in {200, 400}, answer.text
    if answer.status_code != 200:
        refusal(answer)
    assert SECRET not in answer.text


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(
    body=st.binary(max_size=80) | st.text(max_size=40).map(lambda text: text.encode(errors="replace")),
    target=st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60)
    | st.sampled_from([PREFIX + name for name in MODEL.operation_names]),
)
def test_no_bytes_and_no_target_break_the_endpoint(wire: Wire, body: bytes, target: str) -> None:
    answer = wire.post("", body, X_Amz_Target=target)
    assert answer.status_code == 400
    refusal(answer)
