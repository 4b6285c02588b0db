"""What boto3 finds in the environment: nothing where no credentials are needed, else an error of ours."""

import asyncio
import os
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from fastapi_cognito_auth import CognitoAuth, CognitoSettings
from fastapi_cognito_auth.cognito.client import CognitoClient
from fastapi_cognito_auth.cognito.models import Tokens
from fastapi_cognito_auth.exceptions import AwsConfigurationError, UserPoolError
from fastapi_cognito_auth.local import LocalUser
from tests.cognito import vectors
from tests.cognito.upstream import DELIVERY, TOKENS, Upstream, error, reply
from tests.support import SECRET_KEY

SENT = reply({"CodeDeliveryDetails": DELIVERY})
PASSWORD = "Correct-horse-1!"
HIDDEN = "hush-hush-hush"
SetUp = Callable[[pytest.MonkeyPatch, Path], Any]


@pytest.fixture
def fresh(upstream: Upstream) -> CognitoClient:
    """Return a client that has read nothing of the environment yet."""
    return CognitoClient(
        user_pool_id=vectors.POOL_ID,
        client_id=vectors.CLIENT_ID,
        region="us-east-1",
        endpoint_url=upstream.url,
        read_timeout=5.0,
    )


def files(patch: pytest.MonkeyPatch, folder: Path, config: str | bytes, credentials: str = "") -> None:
    """Take the place of ~/.aws, with no other credentials."""
    for name, content in (("AWS_CONFIG_FILE", config), ("AWS_SHARED_CREDENTIALS_FILE", credentials)):
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        patch.setenv(name, str(folder / name))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        patch.delenv(name, raising=False)


def half(patch: pytest.MonkeyPatch, folder: Path) -> None:
    files(patch, folder, "")
    patch.setenv("AWS_ACCESS_KEY_ID", HIDDEN)


def process(patch: pytest.MonkeyPatch, folder: Path, command: str) -> None:
    files(patch, folder, f"[default]\ncredential_process = {command}\n")


FILES: dict[str, tuple[SetUp, str]] = {
    "a profile that is not there": (
        lambda patch, _: patch.setenv("AWS_PROFILE", "nope"),
        "ProfileNotFound: The config profile (nope) could not be found",
    ),
    "the same by its older name": (
        lambda patch, _: patch.setenv("AWS_DEFAULT_PROFILE", "nope"),
        "AWS_DEFAULT_PROFILE",
    ),
    "a config file that is none": (
        lambda patch, folder: files(patch, folder, "no section = 1"),
        "ConfigParseError: Unable to parse config file: ",
    ),
    "a config file that is no text": (
        lambda patch, folder: files(patch, folder, b"\xff\xfe"),
        "AWS_CONFIG_FILE",
    ),
    "credentials that are none": (
        lambda patch, folder: files(patch, folder, "", "no section = 1"),
        "AWS_SHARED_CREDENTIALS_FILE",
    ),
    "no credentials at all": (
        lambda patch, folder: files(patch, folder, ""),
        "NoCredentialsError: Unable to locate credentials",
    ),
    "half of the credentials": (
        half,
        "PartialCredentialsError: Partial credentials found in env, missing: AWS_SECRET_ACCESS_KEY",
    ),
    "a program that is not there": (
        lambda patch, folder: process(patch, folder, "/nowhere/credentials --key " + HIDDEN),
        "FileNotFoundError: /nowhere/credentials",
    ),
    "a program that fails": (
        lambda patch, folder: process(patch, folder, f"sh -c 'echo {HIDDEN} >&2; exit 1'"),
        "CredentialRetrievalError: custom-process",
    ),
    "a program that prints no JSON": (
        lambda patch, folder: process(patch, folder, f"echo {HIDDEN}"),
        "JSONDecodeError",
    ),
    "a login that nobody made": (
        lambda patch, folder: files(
            patch,
            folder,
            "[default]\nsso_session = s\nsso_account_id = 123456789012\nsso_role_name = r\n"
            "[sso-session s]\nsso_region = us-east-1\nsso_start_url = https://nowhere.invalid\n",
        ),
        "AWS_CONFIG_FILE",
    ),
    "a session token that is no header": (
        lambda patch, _: patch.setenv("AWS_SESSION_TOKEN", f"{HIDDEN}\nX-Evil: 1"),
        "AWS_SESSION_TOKEN",
    ),
}


@pytest.mark.parametrize(("set_up", "named"), FILES.values(), ids=FILES.keys())
def test_a_call_that_needs_no_credentials_minds_none_of_them(
    set_up: SetUp, named: str, fresh: CognitoClient, upstream: Upstream, monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:  # fmt: skip
    set_up(monkeypatch, tmp_path)
    upstream.plan("ForgotPassword", SENT)
    answer = asyncio.run(fresh.call("ForgotPassword", Username="ada"))
    assert answer == {"CodeDeliveryDetails": DELIVERY}


@pytest.mark.parametrize(("set_up", "named"), FILES.values(), ids=FILES.keys())
def test_a_call_that_needs_credentials_is_a_503_and_the_log_says_what_is_wrong(
    set_up: SetUp, named: str, fresh: CognitoClient, upstream: Upstream, monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    set_up(monkeypatch, tmp_path)
    with pytest.raises(AwsConfigurationError) as caught:
        asyncio.run(fresh.call("AdminGetUser", Username="ada"))
    assert (caught.value.status_code, caught.value.code) == (503, "aws_configuration")
    assert named in caplog.text
    assert HIDDEN not in caplog.text + "".join(traceback.format_exception(caught.value))
    assert upstream.calls == []


VARIABLES = {
    "AWS_ENDPOINT_URL": f"user:{HIDDEN}@localhost:4566",
    "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER": f"{HIDDEN}:4566",
    "AWS_DEFAULTS_MODE": HIDDEN,
}


@pytest.mark.parametrize("operation", ["ForgotPassword", "AdminGetUser"])
@pytest.mark.parametrize("name", VARIABLES)
def test_a_variable_that_means_nothing_is_a_503_and_is_named_in_the_log(
    name: str, operation: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(name, VARIABLES[name])
    client = CognitoClient(user_pool_id=vectors.POOL_ID, client_id=vectors.CLIENT_ID, region="us-east-1")
    for _ in range(2):
        with pytest.raises(AwsConfigurationError) as caught:
            asyncio.run(client.call(operation, Username="ada"))
    assert name in caplog.text
    assert HIDDEN not in caplog.text + "".join(traceback.format_exception(caught.value))


def test_an_address_without_its_scheme_is_said_to_be_one(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"user:{HIDDEN}@localhost:4566")
    client = CognitoClient(user_pool_id=vectors.POOL_ID, client_id=vectors.CLIENT_ID, region="us-east-1")
    with pytest.raises(AwsConfigurationError):
        asyncio.run(client.call("ForgotPassword", Username="ada"))
    assert "settings are wrong: AWS_ENDPOINT_URL must begin with http:// or https://;" in caplog.text


def test_certificates_that_are_not_there_are_named_in_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, upstream: Upstream
) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", "/nowhere/ca.pem")
    client = CognitoClient(
        user_pool_id=vectors.POOL_ID,
        client_id=vectors.CLIENT_ID,
        region="us-east-1",
        endpoint_url=upstream.url.replace("http:", "https:"),
    )
    with pytest.raises(UserPoolError) as caught:
        asyncio.run(client.call("ForgotPassword", Username="ada"))
    assert caught.value.status_code == 503
    assert "AWS_CA_BUNDLE" in caplog.text


def test_an_endpoint_answers_the_503_of_the_app(upstream: Upstream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nope")
    auth = CognitoAuth(
        CognitoSettings(
            user_pool_id=vectors.POOL_ID,
            client_id=vectors.CLIENT_ID,
            secret_key=(SECRET_KEY,),
            endpoint_url=upstream.url,
            auth_flow="ADMIN_USER_PASSWORD_AUTH",
        )
    )
    app = FastAPI()
    app.include_router(auth.router)
    app.include_router(auth.wire_router, prefix="/wire")
    upstream.plan("InitiateAuth", reply(TOKENS))
    api, body = TestClient(app), {"username": "ada", "password": PASSWORD}
    refused = api.post("/sign-in", json=body)
    assert (refused.status_code, refused.json()["detail"]["code"]) == (503, "aws_configuration")
    assert "nope" not in refused.text
    assert api.post("/sign-in", json={**body, "auth_flow": "USER_PASSWORD_AUTH"}).status_code == 200


def test_a_refusal_of_what_gives_credentials_is_none_of_cognitos(
    upstream: Upstream, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fresh: CognitoClient
) -> None:
    """The app may not assume its role: nobody's password is wrong for that."""
    files(
        monkeypatch,
        tmp_path,
        "[profile app]\nregion = us-east-1\nsource_profile = base\n"
        "role_arn = arn:aws:iam::123456789012:role/x\n"
        "[profile base]\naws_access_key_id = test\naws_secret_access_key = test\n",
    )
    monkeypatch.setenv("AWS_PROFILE", "app")
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", upstream.url)
    refusal = b"<ErrorResponse><Error><Code>NotAuthorizedException</Code></Error></ErrorResponse>"
    upstream.plan("AssumeRole", reply(refusal, 403))
    with pytest.raises(AwsConfigurationError):
        asyncio.run(fresh.call("AdminGetUser", Username="ada"))
    assert upstream.operations == ["AssumeRole"]


REFUSALS = ["UnrecognizedClientException", "InvalidSignatureException", "ExpiredTokenException"]


@pytest.mark.parametrize("name", REFUSALS)
def test_credentials_that_aws_refuses_are_no_fault_of_the_caller(
    name: str, client: CognitoClient, upstream: Upstream
) -> None:
    upstream.plan("AdminGetUser", error(name, "The security token included in the request is invalid."))
    with pytest.raises(AwsConfigurationError) as caught:
        asyncio.run(client.call("AdminGetUser", Username="ada"))
    assert "security token" not in caught.value.message


def test_a_local_pool_minds_nothing_of_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    files(monkeypatch, tmp_path, "no section = 1")
    monkeypatch.setenv("AWS_PROFILE", "nope")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "localhost:4566")
    auth = CognitoAuth.local(users=[LocalUser("ada", password=PASSWORD)])
    assert asyncio.run(auth.pool.call("AdminGetUser", Username="ada"))["Username"] == "ada"
    signed_in = asyncio.run(auth.pool.sign_in.with_password("ada", PASSWORD, auth_flow="USER_PASSWORD_AUTH"))
    assert isinstance(signed_in, Tokens)


def test_a_fault_of_what_stands_in_for_the_network_is_shown_as_it_is() -> None:
    def broken(**_: Any) -> None:
        raise KeyError("a mistake in a test's own handler")

    client = CognitoClient(
        user_pool_id=vectors.POOL_ID, client_id=vectors.CLIENT_ID, region="us-east-1", before_send=broken
    )
    with pytest.raises(KeyError):
        asyncio.run(client.call("ForgotPassword", Username="ada"))


def test_no_variable_of_aws_is_left_by_the_tests_before() -> None:
    """Otherwise these tests would show nothing."""
    assert not {"AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_CONFIG_FILE"} & os.environ.keys()
