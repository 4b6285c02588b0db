"""AWS JSON 1.1: what the endpoint tests do not reach."""

import json
from datetime import UTC, datetime

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel

from fastapi_cognito_auth.formats import aws_json
from fastapi_cognito_auth.formats.untrusted_json import DEEPEST

MODEL = ServiceModel(Loader().load_service_model("cognito-idp", "service-2"), "cognito-idp")


def test_moments_are_epoch_seconds() -> None:
    created = datetime.fromtimestamp(1_736_899_200.123, UTC)
    status, headers, body = aws_json.answer({"Device": {"DeviceCreateDate": created}})
    assert (status, json.loads(body)) == (200, {"Device": {"DeviceCreateDate": 1_736_899_200.123}})
    assert headers["Content-Type"] == "application/x-amz-json-1.1"


def test_what_json_does_not_have_is_not_guessed() -> None:
    with pytest.raises(TypeError, match="object is no member of an answer"):
        aws_json.answer({"x": object()})


def test_free_json_keeps_its_nulls() -> None:
    """A passkey's credential says by null what it does not have."""
    shape = MODEL.operation_model("CompleteWebAuthnRegistration").input_shape
    credential = {"id": "x", "authenticatorAttachment": None}
    body = {"AccessToken": "a.b.c", "Credential": credential, "Unknown": 1}
    assert aws_json.read(shape, body) == {"AccessToken": "a.b.c", "Credential": credential}


def test_a_body_may_be_nested_as_deep_as_any_request_is() -> None:
    deep = "[" * DEEPEST + "]" * DEEPEST
    assert aws_json.parse(deep)
    with pytest.raises(aws_json.ServiceError, match="nested too deep"):
        aws_json.parse(f"[{deep}]")


@pytest.mark.parametrize("body", [None, "", b""])
def test_no_body_is_no_members(body: bytes | str | None) -> None:
    assert aws_json.parse(body) == {}
