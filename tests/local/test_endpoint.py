"""The wire: what comes in is checked by the service's model, and nothing that comes in breaks the pool."""

import contextlib
import json
import logging
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fastapi_cognito_auth.local import ServiceError
from fastapi_cognito_auth.local.operations import OF_ALL_POOLS, OPERATIONS
from fastapi_cognito_auth.local.validation import operation_names, service_model
from tests.local.kit import PASSWORD, Kit


@pytest.fixture(scope="module")
def kit() -> Kit:
    return Kit()


@pytest.fixture(scope="module")
def own_kit() -> Kit:
    """Return a kit whose pools may be deleted."""
    return Kit(users=())


def send(kit: Kit, operation: str, body: Any, *, target: Any = None) -> tuple[int, dict[str, Any], Any]:
    headers = {"X-Amz-Target": target or f"AWSCognitoIdentityProviderService.{operation}".encode()}
    request = SimpleNamespace(url="https://cognito-idp.us-east-1.amazonaws.com/", headers=headers, body=body)
    response = kit.pool.before_send(request, event_name="ignored")
    return response.status_code, json.loads(response.content), response.headers


def test_an_error_has_the_services_form(kit: Kit) -> None:
    status, body, headers = send(kit, "GetUser", b'{"AccessToken": "x"}')
    assert (status, body) == (400, {"__type": "NotAuthorizedException", "message": "Invalid Access Token"})
    assert headers["x-amzn-errortype"] == "NotAuthorizedException"
    assert headers["x-amzn-requestid"]
    assert headers["content-type"] == "application/x-amz-json-1.1"


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[" * 100_000, "nonsense"])
def test_a_body_that_is_not_json_is_a_serialization_error(kit: Kit, body: Any) -> None:
    status, answer, _ = send(kit, "GetUser", body)
    assert (status, answer["__type"]) == (400, "SerializationException")
    assert "Message" in answer


@pytest.mark.parametrize(
    ("operation", "body", "text"),
    [
        ("GetUser", {"AccessToken": ["x"]}, "Start of list found where not expected"),
        ("GetUser", {"AccessToken": {}}, "Start of structure or map found where not expected."),
        ("GetUser", {"AccessToken": 1}, "NUMBER_VALUE can not be converted to a String"),
        ("ListUsers", {"UserPoolId": "a", "Limit": "x"}, "STRING_VALUE can not be converted to an Integer"),
        ("ListUsers", {"UserPoolId": "a", "Limit": True}, "TRUE_VALUE can not be converted to an Integer"),
        ("GetUser", ["x"], "Start of list found where not expected"),
        ("InitiateAuth", {"AuthParameters": "x"}, "STRING_VALUE can not be converted to an Object"),
        ("SignUp", {"UserAttributes": False}, "FALSE_VALUE can not be converted to an Object"),
        ("GetUser", {"AccessToken": "\ud800"}, "Unable to decode string"),
    ],
)
def test_a_wrong_type_is_a_serialization_error(kit: Kit, operation: str, body: Any, text: str) -> None:
    _, answer, _ = send(kit, operation, json.dumps(body))
    assert answer == {"__type": "SerializationException", "Message": text}


@pytest.mark.parametrize("operation", ["NoSuchOperation", "", "getUser"])
def test_an_operation_that_is_not_there_is_unknown(kit: Kit, operation: str) -> None:
    assert send(kit, operation, b"{}")[1]["__type"] == "UnknownOperationException"


def test_constraints_come_from_the_model_and_name_every_fault(kit: Kit) -> None:
    with pytest.raises(ServiceError) as caught:
        kit.pool.call("ListUsers", {"Limit": 61, "AttributesToGet": ["a\1"]})
    assert caught.value.message == (
        "3 validation errors detected: "
        "Value null at 'userPoolId' failed to satisfy constraint: Member must not be null; "
        "Value 'a\1' at 'attributesToGet.1.member' failed to satisfy constraint: Member must satisfy "
        f"regular expression pattern: {service_model().shape_for('AttributeNameType').metadata['pattern']}; "
        "Value '61' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 60"
    )
    for params, text in (
        ({"UserPoolId": "a_b", "Limit": -1}, "Member must have value greater than or equal to 0"),
        ({"UserPoolId": "x" * 56}, "Member must have length less than or equal to 55"),
    ):
        with pytest.raises(ServiceError, match=text):
            kit.pool.call("ListUsers", params)
    with pytest.raises(
        ServiceError, match=r"Value 'X' at 'authFlow' failed .*enum value set: \[USER_SRP_AUTH"
    ):
        kit.pool.call("InitiateAuth", {"AuthFlow": "X", "ClientId": kit.id})


def test_a_secret_is_never_repeated(kit: Kit) -> None:
    with pytest.raises(ServiceError) as caught:
        kit.pool.call(
            "SignUp", {"ClientId": kit.id, "Username": "x", "Password": " tell", "SecretHash": "s!cret"}
        )
    assert "tell" not in str(caught.value)
    assert "s!cret" not in str(caught.value)
    assert "length greater than or equal to 6" in caught.value.message


@pytest.mark.parametrize("name", ["é", "\N{CJK UNIFIED IDEOGRAPH-4E2D}", "a\N{COMBINING ACUTE ACCENT}", "☂"])
def test_java_character_classes_cover_unicode(kit: Kit, name: str) -> None:
    assert send(kit, "AdminGetUser", json.dumps({"UserPoolId": kit.pool_id, "Username": name}))[1][
        "__type"
    ] == ("UserNotFoundException")


def test_a_bug_inside_is_logged_and_told_to_nobody(caplog: pytest.LogCaptureFixture) -> None:
    def broken(_: str) -> None:
        raise RuntimeError(PASSWORD)

    kit = Kit()
    kit.pool._plane.directory.client = broken  # type: ignore[method-assign,assignment]
    body = json.dumps({"ClientId": kit.id, "Username": "alice"})
    with caplog.at_level(logging.ERROR, "fastapi_cognito_auth.local"):
        status, answer, _ = send(kit, "ForgotPassword", body)
    assert (status, answer) == (500, {"__type": "InternalErrorException", "message": "Internal error"})
    assert [record.name for record in caplog.records] == ["fastapi_cognito_auth.local"]


# Hostile input

KNOWN = st.sampled_from([
    "alice", "bob", PASSWORD, "USERNAME", "PASSWORD", "SRP_A", "ff", "0", "123456", "us-east-1_x", "email",
    "a" * 40, "\0", "é", "\ud800", "", "TIMESTAMP", "Sat Sep 5 15:34:05 UTC 2026", "PASSWORD_CLAIM_SIGNATURE",
    "PASSWORD_CLAIM_SECRET_BLOCK", "AAAA", "REFRESH_TOKEN", "eyJ9.e30.AA", "a.b.c.d.e", "x@y.z",
])  # fmt: skip
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), KNOWN, st.text(max_size=20))
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KNOWN, inner, max_size=4),
    max_leaves=8,
)
DESTROYING = {"DeleteUserPool", "DeleteUserPoolClient", "CreateUserPool"}
OURS = sorted(((OPERATIONS.keys() | OF_ALL_POOLS.keys()) & operation_names()) - DESTROYING)
CONFIGURING = sorted(
    name
    for name in (*OURS, *DESTROYING)
    if "UserPool" in name or "IdentityProvider" in name or "Group" in name
)


@st.composite
def requests(draw: st.DrawFn, operations: list[str]) -> tuple[str, Any]:
    """Draw an operation and a request that is often nearly right."""
    operation = draw(st.sampled_from(operations))
    members = service_model().operation_model(operation).input_shape.members
    params: dict[str, Any] = {}
    for name, shape in members.items():
        enum = getattr(shape, "enum", [])
        kinds = [ANYTHING, st.sampled_from(enum)] if enum else [ANYTHING]
        if shape.type_name == "string":
            kinds.append(KNOWN)
        elif shape.type_name == "map":
            kinds.append(st.dictionaries(KNOWN, KNOWN, max_size=6))
        if draw(st.integers(0, 3)):
            params[name] = draw(st.one_of(kinds))
    return operation, params


@settings(max_examples=300, suppress_health_check=list(HealthCheck))
@given(request=requests(OURS), sane=st.booleans())
def test_no_input_breaks_the_pool(kit: Kit, request: tuple[str, Any], *, sane: bool) -> None:
    """A refusal is always the service's own error, and never an internal one."""
    operation, params = request
    if sane:
        params |= {"ClientId": kit.id, "UserPoolId": kit.pool_id, "Username": "alice"}
    with contextlib.suppress(ServiceError):
        json.dumps(kit.pool.call(operation, params))
    status, answer, _ = send(kit, operation, json.dumps(params))
    assert status in {200, 400}, answer


def shaped(shape: Any, depth: int = 0) -> st.SearchStrategy[Any]:
    """Draw what a shape of the model allows, and values that often contradict each other."""
    match shape.type_name:
        case "structure":
            members = {name: shaped(member, depth + 1) for name, member in shape.members.items()}
            required = {name: members.pop(name) for name in shape.required_members if name in members}
            return st.fixed_dictionaries(required, optional=members)
        case "list":
            least, most = shape.metadata.get("min", 0), min(shape.metadata.get("max", 3), 3)
            return st.lists(shaped(shape.member, depth + 1), min_size=least, max_size=most)
        case "map":
            return st.dictionaries(KNOWN, KNOWN, max_size=3)
        case "boolean":
            return st.booleans()
        case "integer" | "long":
            return st.integers(shape.metadata.get("min", 0), shape.metadata.get("max", 2**31))
        case "string" if shape.enum:
            return st.sampled_from(shape.enum)
        case _:
            return PLAUSIBLE


PLAUSIBLE = st.sampled_from([
    "my-app", "auth.example.com", "a{####}b", "{##a##}", "email", "phone_number", "custom:x", "COGNITO",
    "Google", "https://a.example/x", "http://a", "x:y", "openid", "orders/read", "5", "-1",
    "arn:aws:acm:us-east-1:123456789012:certificate/x", "arn:aws:lambda:us-east-1:123456789012:function:f",
    "12", "a@b", "s3cret+OfTheAppClient_1234",
])  # fmt: skip


@st.composite
def configurations(draw: st.DrawFn) -> tuple[str, Any]:
    """Draw an operation and a request as the model allows it."""
    operation = draw(st.sampled_from(CONFIGURING))
    return operation, draw(shaped(service_model().operation_model(operation).input_shape))


@settings(max_examples=300, suppress_health_check=list(HealthCheck))
@given(request=configurations(), which=st.tuples(st.integers(0, 2), st.integers(0, 2)))
def test_no_configuration_breaks_a_pool(
    own_kit: Kit, request: tuple[str, Any], which: tuple[int, int]
) -> None:
    """Pools and app clients come and go, with whatever the model allows, and refusals are the service's."""
    operation, params = request
    pools = own_kit.pool.call("ListUserPools", {"MaxResults": 3})["UserPools"]
    if pools:
        params["UserPoolId"] = pools[which[0] % len(pools)]["Id"]
        clients = own_kit.pool.call("ListUserPoolClients", {"UserPoolId": params["UserPoolId"]})
        ids = [client["ClientId"] for client in clients["UserPoolClients"]] or ["none"]
        params["ClientId"] = ids[which[1] % len(ids)]
    status, answer, _ = send(own_kit, operation, json.dumps(params))
    assert status in {200, 400}, answer


@settings(max_examples=100, suppress_health_check=list(HealthCheck))
@given(body=st.binary(max_size=60) | st.text(max_size=60), target=st.text(max_size=30))
def test_no_bytes_break_the_endpoint(kit: Kit, body: Any, target: str) -> None:
    assert send(kit, "", body, target=target or "x")[0] == 400
    assert send(kit, "InitiateAuth", body)[0] == 400
