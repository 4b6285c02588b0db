"""What boto3 refuses itself: said in the service's words, and without a value."""

import re
from typing import Any

from botocore.validate import ParamValidator
from hypothesis import given
from hypothesis import strategies as st

from fastapi_cognito_auth.cognito.limits import broken_limits
from fastapi_cognito_auth.local import ServiceError, validation
from tests.older import MODEL

OPERATIONS = [MODEL.operation_model(name) for name in sorted(MODEL.operation_names)]
FILLED_IN = {"UserPoolId": "us-east-1_example", "ClientId": "example"}


def services_words(operation: str, request: dict[str, Any]) -> str | None:
    try:
        validation.validate(operation, request)
    except ServiceError as refused:
        return re.sub(r"Value '[^']*' at", "Value at", refused.message)
    return None


def test_what_is_missing_is_told_as_the_service_tells_it() -> None:
    for model in OPERATIONS:
        if model.input_shape.members:
            filled_in = {
                name: FILLED_IN[name] for name in model.input_shape.members.keys() & FILLED_IN.keys()
            }
            assert broken_limits(model.input_shape, {}) == services_words(model.name, filled_in), model.name


def test_what_is_too_short_is_told_as_the_service_tells_it() -> None:
    shape = MODEL.operation_model("CreateUserImportJob").input_shape
    request = {
        "UserPoolId": FILLED_IN["UserPoolId"],
        "JobName": "people",
        "CloudWatchLogsRoleArn": "arn:aws:iam",
    }
    said = broken_limits(shape, request)
    assert said is not None
    assert said.startswith("1 validation error detected: Value at 'cloudWatchLogsRoleArn' failed")
    # The service sees more beside it.
    assert said.partition(": ")[2] in (services_words("CreateUserImportJob", request) or "")


def test_the_keys_of_a_map_have_limits_too() -> None:
    request = {"ResourceArn": "arn:aws:cognito-idp:us-east-1:123456789012:userpool/x", "Tags": {"": "orders"}}
    said = broken_limits(MODEL.operation_model("TagResource").input_shape, request)
    assert said == services_words("TagResource", request)


def test_what_is_too_low_is_told_as_the_service_tells_it() -> None:
    shape = MODEL.operation_model("ListUserPools").input_shape
    assert broken_limits(shape, {"MaxResults": 0}) == services_words("ListUserPools", {"MaxResults": 0})


short = st.text("☃", max_size=1)


@given(st.lists(st.fixed_dictionaries({}, optional={"Name": short, "Value": short}), min_size=1, max_size=3))
def test_whatever_boto3_finds_is_told_and_no_value_is(attributes: list[dict[str, str]]) -> None:
    shape = MODEL.operation_model("AdminUpdateUserAttributes").input_shape
    request = {"UserPoolId": "☃☃☃_☃☃☃☃☃", "Username": "☃", "UserAttributes": attributes}
    said = broken_limits(shape, request)
    assert (said is not None) is ParamValidator().validate(request, shape).has_errors()
    assert "☃" not in (said or "")
