"""No password, code, token, session or secret in a log, a repr or an error."""

import asyncio
import logging
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError
from starlette.testclient import TestClient

from fastapi_cognito_auth import CognitoAuth
from fastapi_cognito_auth.cognito import answers, models
from fastapi_cognito_auth.cognito.client import CognitoClient
from fastapi_cognito_auth.exceptions import InvalidParameterError, InvalidRequestError, UserPoolError
from fastapi_cognito_auth.routers.challenges import TotpRequest
from fastapi_cognito_auth.routers.password import ResetPasswordRequest
from fastapi_cognito_auth.routers.raw_auth import InitiateAuthRequest, RespondToAuthChallengeRequest
from fastapi_cognito_auth.routers.refresh_tokens import RefreshRequest, SignOutRequest
from fastapi_cognito_auth.routers.sign_in_request import SignInRequest
from fastapi_cognito_auth.routers.sign_up import ConfirmSignUpRequest, SignUpRequest
from tests.cognito import vectors
from tests.cognito.conftest import MakeApi
from tests.cognito.upstream import TOKENS, Reply, Upstream, challenge, error, hang_up, reply

SECRET = "Hush-hush-1!"

BODIES: list[BaseModel] = [
    models.Tokens(access_token=SECRET, id_token=SECRET, refresh_token=SECRET, expires_in=1),
    models.SmsMfa(session=SECRET, expires_in=1, parameters=models.CodeDeliveryParameters()),
    models.MfaSetup(session=SECRET, expires_in=1, parameters=models.MfaSetupParameters(mfas_can_setup=[])),
    models.SelectMfaType(
        session=SECRET, expires_in=1, parameters=models.SelectMfaTypeParameters(mfas_can_choose=[])
    ),
    models.SoftwareTokenMfa(session=SECRET, expires_in=1, parameters=models.SoftwareTokenMfaParameters()),
    models.NewPasswordRequired(
        session=SECRET,
        expires_in=1,
        parameters=models.NewPasswordRequiredParameters(required_attributes=[], attributes={}),
    ),
    models.TotpSecret(secret_code=SECRET, otpauth_uri=SECRET, qr_svg=SECRET, session=SECRET),
    answers.NewPasswordRequiredAnswer(session=SECRET, new_password=SECRET),
    answers.MfaSetupAnswer(session=SECRET, code=SECRET),
    answers.SoftwareTokenMfaAnswer(session=SECRET, code=SECRET),
    answers.SmsMfaAnswer(session=SECRET, code=SECRET),
    answers.SelectMfaTypeAnswer(session=SECRET, answer="SMS_MFA"),
    answers.EmailOtpAnswer(session=SECRET, code=SECRET),
    answers.SmsOtpAnswer(session=SECRET, code=SECRET),
    answers.PasswordAnswer(session=SECRET, password=SECRET),
    answers.PasswordSrpAnswer(session=SECRET, password=SECRET),
    answers.SelectChallengeAnswer(session=SECRET, answer="PASSWORD", password=SECRET),
    answers.CustomChallengeAnswer(session=SECRET, answer=SECRET),
    answers.WebAuthnAnswer.model_validate(
        {
            "session": SECRET,
            "credential": {
                "id": "aGlkZGVu",
                "rawId": "aGlkZGVu",
                "type": "public-key",
                "response": {
                    "clientDataJSON": "aGlkZGVu",
                    "authenticatorData": "aGlkZGVu",
                    "signature": "aGlkZGVu",
                },
            },
        }
    ),
    models.RegisteredDevice(device=SECRET, user_confirmation_necessary=False),
    models.SelectChallenge(
        session=SECRET, expires_in=1, parameters=models.SelectChallengeParameters(available_challenges=[])
    ),
    models.CustomChallenge(session=SECRET, expires_in=1, parameters={}),
    models.AuthOutcome.model_validate(
        {"Session": SECRET * 2, "AuthenticationResult": {"AccessToken": SECRET}}
    ),
    models.AuthTokens.model_validate(
        {"AccessToken": SECRET, "IdToken": SECRET, "RefreshToken": SECRET, "ExpiresIn": 1}
    ),
    SignUpRequest(username="ada", password=SECRET),
    ConfirmSignUpRequest(username="ada", code=SECRET),
    SignInRequest(username="ada", password=SECRET),
    ResetPasswordRequest(username="ada", code=SECRET, password=SECRET),
    TotpRequest(session=SECRET),
    RefreshRequest(refresh_token="hush"),
    SignOutRequest(refresh_token="hush"),
    InitiateAuthRequest(
        auth_flow="USER_PASSWORD_AUTH", auth_parameters={"PASSWORD": SECRET}, session=SECRET * 2
    ),
    RespondToAuthChallengeRequest(
        challenge_name="PASSWORD", challenge_responses={"PASSWORD": SECRET}, session=SECRET * 2
    ),
]


@pytest.mark.parametrize("body", BODIES, ids=lambda body: type(body).__name__)
def test_a_repr_keeps_what_is_secret(body: BaseModel) -> None:
    assert "hush" not in f"{body!r} {body!s}".lower()


def test_the_reprs_of_what_holds_the_client_s_secret_keep_it(auth: CognitoAuth, make_auth: Any) -> None:
    confidential: CognitoAuth = make_auth(secret=True)
    shown = f"{confidential!r} {confidential.settings!r} {confidential.pool!r} {confidential.pool.__dict__!r}"
    assert vectors.CLIENT_SECRET not in shown


LEAKS: dict[str, Callable[[TestClient, str], Any]] = {
    "sign-up": lambda api, word: api.post("/sign-up", json={"username": "ada", "password": word}),
    "confirm": lambda api, word: api.post("/sign-up/confirm", json={"username": "ada", "code": word}),
    "sign-in": lambda api, word: api.post("/sign-in", json={"username": "ada", "password": word}),
    "sign-in in clear": lambda api, word: api.post(
        "/sign-in", json={"username": "ada", "password": word, "auth_flow": "USER_PASSWORD_AUTH"}
    ),
    "password form": lambda api, word: api.post("/token", data={"username": "ada", "password": word}),
    "reset": lambda api, word: api.post(
        "/password/reset", json={"username": "ada", "code": word, "password": word}
    ),
    "initiate-auth": lambda api, word: api.post(
        "/initiate-auth",
        json={"auth_flow": "USER_PASSWORD_AUTH", "auth_parameters": {"USERNAME": "ada", "PASSWORD": word}},
    ),
}
OPERATIONS = ("SignUp", "ConfirmSignUp", "InitiateAuth", "ConfirmForgotPassword")
ENDINGS = {
    "refused": error("NotAuthorizedException"),
    "invalid": error("InvalidPasswordException"),
    "a fault": error("InternalErrorException", status=500),
    "no answer": hang_up,
    "nonsense": reply({"UserSub": 5, "ChallengeName": 5}),
    "an unknown challenge": reply(challenge("RETINA_SCAN")),
    "success": reply({**TOKENS, "UserSub": vectors.USER_ID}),
}


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS.keys())
@pytest.mark.parametrize("leak", LEAKS.values(), ids=LEAKS.keys())
def test_passwords_and_codes_are_neither_logged_nor_answered(
    leak: Callable[[TestClient, str], Any],
    ending: Reply,
    make_api: MakeApi,
    upstream: Upstream,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, logger="fastapi_cognito_auth")
    for operation in OPERATIONS:
        upstream.plan(operation, ending)
    answer = leak(make_api(secret=True), SECRET)
    records = [str(record.__dict__) for record in caplog.records if record.name == "fastapi_cognito_auth"]
    assert SECRET not in "".join([answer.text, *map(str, answer.headers.values()), *records])
    assert vectors.CLIENT_SECRET not in "".join([answer.text, *records])


@pytest.mark.parametrize("body", [{"username": "ada", "password": [SECRET]}, {"user": SECRET}, SECRET])
def test_a_malformed_body_is_not_quoted(body: Any, api: TestClient) -> None:
    answer = api.post("/sign-in", json=body)
    assert answer.status_code == 422
    assert SECRET not in answer.text


_OF_THE_POOL = (
    "CodeDeliveryFailureException",
    "InvalidEmailRoleAccessPolicyException",
    "InvalidSmsRoleAccessPolicyException",
    "InvalidSmsRoleTrustRelationshipException",
    "InvalidUserPoolConfigurationException",
)
_ASKED = {
    "ConfirmDevice": {
        "AccessToken": "a.b.c",
        "DeviceKey": "us-east-1_11111111-2222-3333-4444-555555555555",
    },
    "ListDevices": {"AccessToken": "a.b.c"},
    "GetUser": {"AccessToken": "a.b.c"},
    "SignUp": {"ClientId": "client", "Username": "ada"},
}


@pytest.mark.parametrize("operation", _ASKED)
@pytest.mark.parametrize("name", _OF_THE_POOL)
def test_what_the_service_says_of_the_pool_s_own_roles_is_for_no_user(
    name: str, operation: str, client: CognitoClient, upstream: Upstream, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="fastapi_cognito_auth")
    upstream.plan(operation, error(name, "arn:aws:iam::123456789012:role/sms"))
    with pytest.raises(UserPoolError) as caught:
        asyncio.run(client.call(operation, **_ASKED[operation]))
    assert upstream.operations == [operation]
    assert "123456789012" not in f"{caught.value} {caught.value!r} {caught.value.detail} {caplog.text}"


@pytest.mark.parametrize("value", [SECRET.encode(), [SECRET], {SECRET: 1}], ids=["bytes", "list", "dict"])
def test_a_value_that_boto3_refuses_stays_out_of_the_error_and_of_the_log(
    value: Any, client: CognitoClient, upstream: Upstream, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="fastapi_cognito_auth")
    with pytest.raises(InvalidParameterError) as caught:
        asyncio.run(client.call("SignUp", Username="ada", Password=value))
    assert SECRET not in f"{caught.value} {caught.value!r} {caught.value.detail} {caplog.text}"
    # An app that logs the exception logs this.
    assert SECRET not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("ending", [ending for name, ending in ENDINGS.items() if name != "success"])
def test_a_traceback_of_a_failed_sign_in_keeps_the_password(
    ending: Reply, auth: CognitoAuth, upstream: Upstream
) -> None:
    upstream.plan("InitiateAuth", ending)
    with pytest.raises(UserPoolError) as caught:
        asyncio.run(auth.pool.sign_in.with_password("ada", SECRET, auth_flow="USER_PASSWORD_AUTH"))
    assert SECRET not in "".join(traceback.format_exception(caught.value)) + repr(caught.value)


@pytest.mark.parametrize("lacking", [{"ExpiresIn": None}, {"ExpiresIn": SECRET}, {"AccessToken": [SECRET]}])
def test_tokens_that_do_not_fit_are_not_logged(
    lacking: dict[str, Any], api: TestClient, upstream: Upstream, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="fastapi_cognito_auth")
    result = {"AccessToken": SECRET, "IdToken": SECRET, "RefreshToken": SECRET, "ExpiresIn": 1, **lacking}
    upstream.plan("GetTokensFromRefreshToken", reply({"AuthenticationResult": result}))
    assert api.post("/refresh", json={"refresh_token": "token"}).status_code == 503
    assert "fastapi_cognito_auth" in caplog.text
    assert SECRET not in caplog.text


NO_TEXT = ["secret\ud800", "secret\0"]


@pytest.mark.parametrize("text", NO_TEXT)
@pytest.mark.parametrize(
    "flow",
    [
        lambda pool, text: pool.sign_in.with_password("ada", text),
        lambda pool, text: pool.sign_in.with_password("ada", text, auth_flow="USER_PASSWORD_AUTH"),
        lambda pool, text: pool.sign_in.with_password(text, "x"),
        lambda pool, text: pool.sign_in.with_choice("ada", password=text, preferred_challenge="PASSWORD_SRP"),
        lambda pool, text: pool.sign_up.start("ada", text, {"email": "a@example.com"}),
        lambda pool, text: pool.sign_up.start("ada", SECRET, {text: "x"}),
        lambda pool, text: pool.password.reset("ada", "1", text),
        lambda pool, text: pool.password.forgot("ada", client_metadata={text: ""}),
        lambda pool, text: pool.profiles.get(text),
        lambda pool, text: pool.refresh_tokens.refresh(text),
        lambda pool, text: pool.devices.register("token", text, "group"),
        lambda pool, text: pool.call("AdminGetUser", Username=text),
        lambda pool, text: pool.call("SignUp", Username="ada", UserAttributes=[{"Name": "x", "Value": text}]),
    ],
)
@pytest.mark.parametrize("secret", [False, True], ids=["public", "confidential"])
def test_what_is_no_text_is_refused_without_being_quoted(
    secret: bool, flow: Any, text: str, make_auth: Any, upstream: Upstream, caplog: pytest.LogCaptureFixture
) -> None:
    upstream.plan("InitiateAuth", reply(challenge("PASSWORD_VERIFIER", **vectors.SRP_VALUES)))
    with caplog.at_level(logging.DEBUG), pytest.raises(InvalidRequestError) as caught:
        asyncio.run(flow(make_auth(secret=secret).pool, text))
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
    assert "secret" not in f"{caught.value!r}{caught.value}{caplog.text}"
    assert set(upstream.operations) <= {"InitiateAuth"}


@pytest.mark.parametrize("text", [*NO_TEXT, 5])
def test_an_answer_that_cannot_be_one_does_not_quote_what_it_was_given(text: Any) -> None:
    given = {"session": f"{SECRET}\ud800", "code": text}
    with pytest.raises(ValidationError) as caught:
        answers.SmsMfaAnswer.model_validate(given)
    assert SECRET not in f"{caught.value!r}{caught.value}"
    assert "secret" not in f"{caught.value!r}{caught.value}"
