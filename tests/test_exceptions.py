"""The error tree and its map from Cognito's names."""

import botocore.session
import pytest

from fastapi_cognito_auth import exceptions as errors

MODEL = botocore.session.get_session().get_service_model("cognito-idp")
MODELLED = sorted(name for name in MODEL.shape_names if MODEL.shape_for(name).metadata.get("exception"))

Error = type[errors.CognitoAuthError]


def with_subclasses(cls: Error) -> set[Error]:
    return {cls}.union(*(with_subclasses(sub) for sub in cls.__subclasses__()))


PUBLIC = sorted(
    (cls for cls in with_subclasses(errors.CognitoAuthError) if not cls.__name__.startswith("_")),
    key=lambda cls: cls.__name__,
)


@pytest.mark.parametrize("name", MODELLED)
def test_every_error_of_the_service_model_has_a_class_of_its_stem(name: str) -> None:
    error = errors.UserPoolError.from_cognito(name, "message")
    assert type(error).__name__ == name.removesuffix("Exception") + "Error"


@pytest.mark.parametrize("cls", PUBLIC)
def test_the_status_is_one_that_the_contract_allows(cls: Error) -> None:
    allowed = {400, 401, 403, 404, 409, 413, 415, 422, 429, 501, 503}
    assert cls.status_code in allowed or cls is errors.CognitoAuthError


def test_codes_tell_errors_apart() -> None:
    codes = [cls.code for cls in PUBLIC]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize(
    ("cls", "code"),
    [
        (errors.NotAuthorizedError, "not_authorized"),
        (errors.CodeMismatchError, "code_mismatch"),
        (errors.UserNotConfirmedError, "user_not_confirmed"),
        (errors.InvalidPasswordError, "invalid_password"),
        (errors.InvalidSessionError, "invalid_session"),
        (errors.TokenExpiredError, "token_expired"),
        (errors.EnableSoftwareTokenMFAError, "enable_software_token_mfa"),
        (errors.MFAMethodNotFoundError, "mfa_method_not_found"),
        (errors.InvalidOAuthFlowError, "invalid_oauth_flow"),
        (errors.InternalErrorError, "internal_error"),
    ],
)
def test_the_code_is_the_name_in_snake_case(cls: Error, code: str) -> None:
    assert cls.code == code


def test_the_body_holds_code_and_message() -> None:
    assert errors.CodeMismatchError("Wrong.").detail == {"code": "code_mismatch", "message": "Wrong."}


def test_an_error_reads_as_code_and_message() -> None:
    assert str(errors.TokenExpiredError()) == "token_expired: The token has expired."


def test_a_refusal_that_is_newer_than_this_version_has_a_code_of_its_own_and_keeps_its_words() -> None:
    error = errors.UserPoolError.from_cognito("BrandNewMFAException", "role arn:aws:iam::123456789012:role/x")
    assert (type(error), error.status_code, error.code) == (errors.UserPoolError, 400, "brand_new_mfa")
    assert error.detail == {"code": "brand_new_mfa", "message": errors.UserPoolError.message}
    assert error.cognito_name == "BrandNewMFAException"
    assert errors.UserPoolError().code == "user_pool"


@pytest.mark.parametrize(
    ("name", "status", "kind"),
    [
        ("BrandNewException", 500, errors.InternalServerError),
        ("BrandNewException", 503, errors.InternalServerError),
        ("BrandNewException", 429, errors.TooManyRequestsError),
        ("RequestThrottledException", 400, errors.TooManyRequestsError),
        ("EC2ThrottledException", 503, errors.TooManyRequestsError),
        ("SlowDown", 503, errors.TooManyRequestsError),
        ("UnrecognizedClientException", 400, errors.AwsConfigurationError),
        ("AccessDenied", 403, errors.AccessDeniedError),
        ("UserPoolBusyException", 400, errors.UserPoolError),
        ("", 400, errors.UserPoolUnavailableError),
        ("403", 403, errors.UserPoolUnavailableError),
        ("<html>", 403, errors.UserPoolUnavailableError),
        ("X" * 100, 400, errors.UserPoolUnavailableError),
    ],
)
def test_an_error_without_a_class_is_told_by_its_name_and_status(name: str, status: int, kind: Error) -> None:
    assert type(errors.UserPoolError.from_cognito(name, "message", status=status)) is kind


def test_an_operation_that_the_endpoint_lacks_is_a_501_in_the_words_of_the_endpoint() -> None:
    words = "NewestOperation is not supported by the local user pool"
    error = errors.UserPoolError.from_cognito("UnknownOperationException", words)
    assert (error.status_code, error.code, error.message) == (501, "unknown_operation", words)


@pytest.mark.parametrize(
    "name", ["AccessDeniedException", "InvalidSmsRoleAccessPolicyException", "UnexpectedLambdaException"]
)
def test_words_about_the_set_up_of_the_pool_are_kept_from_strangers(name: str) -> None:
    error = errors.UserPoolError.from_cognito(name, "role arn:aws:iam::123456789012:role/x")
    assert "arn:aws" not in error.message


@pytest.mark.parametrize("cls", [cls for cls in PUBLIC if cls.status_code == 401])
def test_every_401_names_a_scheme(cls: Error) -> None:
    """RFC 9110 section 15.5.2."""
    assert (cls().headers or {})["WWW-Authenticate"].startswith("Bearer")


def test_missing_credentials_carry_no_error_code() -> None:
    """RFC 6750 section 3.1."""
    assert errors.NotAuthenticatedError().headers == {"WWW-Authenticate": "Bearer"}


def test_an_invalid_token_says_so() -> None:
    """RFC 6750 section 3."""
    assert errors.TokenExpiredError().headers == {
        "WWW-Authenticate": 'Bearer error="invalid_token", error_description="The token has expired."'
    }


def test_a_missing_scope_is_named() -> None:
    error = errors.PermissionDeniedError(required={"a/b"}, held={"c/d"}, scope="a/b")
    assert error.headers == {"WWW-Authenticate": 'Bearer error="insufficient_scope", scope="a/b"'}
    assert (error.required, error.held) == (frozenset({"a/b"}), frozenset({"c/d"}))


@pytest.mark.parametrize("cls", [cls for cls in PUBLIC if cls.status_code == 429])
def test_every_429_says_when_to_try_again(cls: Error) -> None:
    assert int((cls().headers or {})["Retry-After"]) > 0


def test_responses_describe_the_errors_of_one_status_together() -> None:
    described = errors.responses(errors.CodeMismatchError, errors.ExpiredCodeError, errors.NotAuthorizedError)
    assert list(described) == [400, 401]
    assert "`code_mismatch`: " in described[400]["description"]
    assert "`expired_code`: " in described[400]["description"]
