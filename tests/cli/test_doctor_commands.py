"""The commands that `doctor` prints: run one after the other, they mend all of it and nothing else."""

import itertools
import json
import shlex
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore import xform_name
from botocore.config import Config

from tests.cli.doctor_kit import (
    APP_URL,
    Configuration,
    Endpoint,
    environment,
    found,
    right_pool,
    run,
)

SRP = "ALLOW_USER_SRP_AUTH"
SIGN_IN = {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}
OLD_CALLBACKS = ["http://localhost:8000/login/callback", "https://old.example.com/login/callback"]
CLIENT = {
    "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH"],
    "RefreshTokenRotation": {"Feature": "DISABLED"},
    "PreventUserExistenceErrors": "LEGACY",
    "EnableTokenRevocation": False,
    "CallbackURLs": OLD_CALLBACKS,
    "LogoutURLs": ["https://old.example.com/"],
    "AllowedOAuthFlows": ["code", "implicit"],
    "AllowedOAuthScopes": ["email"],
    "WriteAttributes": ["name", "custom:tenant"],
    "ReadAttributes": ["sub", "name"],
    "AccessTokenValidity": 12,
    "TokenValidityUnits": {"AccessToken": "hours", "IdToken": "seconds", "RefreshToken": "seconds"},
}
POOL = {
    "Policies": {
        "PasswordPolicy": {
            "MinimumLength": 6,
            "RequireUppercase": True,
            "RequireLowercase": False,
            "RequireNumbers": False,
            "RequireSymbols": False,
            "TemporaryPasswordValidityDays": 30,
        },
        "SignInPolicy": SIGN_IN,
    },
    "AutoVerifiedAttributes": [],
    "DeletionProtection": "INACTIVE",
    "AccountRecoverySetting": {"RecoveryMechanisms": [{"Name": "admin_only", "Priority": 1}]},
    "MfaConfiguration": "OFF",
}
MFA = {"MfaConfiguration": "OFF"}
MENDED_BY_COMMANDS = {
    "client": {
        *("auth-flow", "refresh", "plain-password-flow", "admin-flow", "choice-of-factors"),
        *("user-existence", "revocation", "access-token-lifetime", "challenge-lifetime"),
        *("write-attributes", "read-attributes", "custom-attributes"),
        *("implicit-grant", "callback-urls", "logout-urls", "development-urls", "login-scopes"),
    },
    "pool": {
        *("password-policy", "temporary-passwords", "verification", "account-recovery"),
        "deletion-protection",
    },
    "mfa": {"mfa"},
    "domain": {"domain"},
}
ALONE: dict[str, dict[str, dict[str, Any]]] = {
    "rotation-grace": {
        "client": {"RefreshTokenRotation": {"Feature": "ENABLED", "RetryGracePeriodSeconds": 0}}
    },
    "client-address": {"client": {"EnablePropagateAdditionalUserContextData": False}},
    "code-grant": {"client": {"AllowedOAuthFlowsUserPoolClient": False}},
    "identity-providers": {"client": {"SupportedIdentityProviders": []}},
    "passkeys": {"mfa": {"WebAuthnConfiguration": {"RelyingPartyId": "other.example.org"}}},
    "threat-protection": {"pool": {"UserPoolAddOns": {"AdvancedSecurityMode": "OFF"}}},
}
"""What a command mends beside, by the check that finds it."""


@pytest.fixture(scope="module")
def served() -> Iterator[Endpoint]:
    with Endpoint(right_pool()).served() as endpoint:
        yield endpoint


@pytest.fixture
def endpoint(served: Endpoint, monkeypatch: pytest.MonkeyPatch) -> Endpoint:
    environment(monkeypatch, {**served.environment, "COGNITO_AUTH_SESSION_VALIDITY": "5"})
    return served


@pytest.fixture
def broken(endpoint: Endpoint) -> Iterator[Configuration]:
    """Nearly everything that a command mends is wrong."""
    configuration = Configuration(endpoint.pool)
    domain = {"UserPoolId": endpoint.pool.user_pool_id, "Domain": "my-app"}
    endpoint.pool.call("DeleteUserPoolDomain", domain)
    configuration.update(client=CLIENT, pool=POOL, mfa=MFA)
    yield configuration
    configuration.restore()
    if "Domain" not in configuration.described()["pool"]:
        endpoint.pool.call("CreateUserPoolDomain", domain)


def options(words: Sequence[str]) -> dict[str, str]:
    return dict(zip(words[::2], words[1::2], strict=True))


def run_through_boto3(endpoint: Endpoint, command: str) -> None:
    """Do what the AWS CLI does with such a command."""
    aws, service, operation, *rest = shlex.split(command)
    assert (aws, service) == ("aws", "cognito-idp")
    said = options(rest)
    assert said.pop("--endpoint-url") == endpoint.address
    client = boto3.client(
        service,
        region_name=said.pop("--region"),
        endpoint_url=endpoint.address,
        config=Config(proxies={}),
    )
    words = {part.lower(): part for part in ("UserPoolId", "Domain")}
    body: Mapping[str, Any] = json.loads(said.pop("--cli-input-json", "{}"))
    named = {words[name.removeprefix("--").replace("-", "")]: value for name, value in said.items()}
    getattr(client, xform_name(operation.replace("-", "_")))(**body, **named)
    client.close()


def test_all_commands_together_mend_everything_that_they_are_for(
    endpoint: Endpoint, broken: Configuration
) -> None:
    before = json.loads(run("--json", "--app-url", APP_URL).stdout)
    mended = [{*command["mends"]} for command in before["commands"]]
    assert sorted(mended, key=sorted) == sorted(MENDED_BY_COMMANDS.values(), key=sorted)
    for command in before["commands"]:
        run_through_boto3(endpoint, command["command"])
    result = run("--json", "--app-url", APP_URL)
    assert found(result) == {}
    assert json.loads(result.stdout)["commands"] == []


@pytest.mark.parametrize("check", ALONE)
def test_a_command_mends_what_it_says_that_it_mends(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch, check: str
) -> None:
    monkeypatch.setenv("COGNITO_FORWARD_CLIENT_ADDRESS", "true")
    monkeypatch.setenv("COGNITO_TRUSTED_PROXIES", "1")
    configuration = Configuration(endpoint.pool)
    configuration.update(**ALONE[check])
    try:
        before = json.loads(run("--json", "--app-url", APP_URL).stdout)["commands"]
        for command in before:
            run_through_boto3(endpoint, command["command"])
        after = found(run("--json", "--app-url", APP_URL))
    finally:
        configuration.restore()
    mended = {each for command in before for each in command["mends"]}
    assert check in mended
    assert not mended & after.keys()


def test_what_was_not_found_stays_as_it_was(endpoint: Endpoint, broken: Configuration) -> None:
    was = broken.described()
    for command in json.loads(run("--json", "--app-url", APP_URL).stdout)["commands"]:
        if "domain" not in command["mends"]:
            run_through_boto3(endpoint, command["command"])
    now = broken.described()
    assert {name for name in was["client"] if was["client"][name] != now["client"].get(name)} == {
        *CLIENT,
        *("IdTokenValidity", "AuthSessionValidity", "LastModifiedDate"),
    }
    assert now["client"]["CallbackURLs"] == [
        f"{APP_URL}/login/callback",
        "https://old.example.com/login/callback",
    ]
    assert {*now["client"]["AllowedOAuthScopes"]} == {"email", "openid", "aws.cognito.signin.user.admin"}
    assert now["client"]["ExplicitAuthFlows"] == ["ALLOW_USER_AUTH", SRP]
    assert {name for name in was["pool"] if was["pool"][name] != now["pool"].get(name)} == {
        *POOL,
        # The older name of how long temporary passwords are good.
        "AdminCreateUserConfig",
        "LastModifiedDate",
    }
    policy = now["pool"]["Policies"]["PasswordPolicy"]
    assert policy["RequireUppercase"] is True
    assert policy["RequireSymbols"] is False
    assert (policy["MinimumLength"], policy["TemporaryPasswordValidityDays"]) == (8, 7)


def test_each_resource_is_changed_by_one_command(endpoint: Endpoint, broken: Configuration) -> None:
    output = run("--commands", "--app-url", APP_URL).stdout
    commands = [line.split()[2] for line in output.splitlines() if line.startswith("aws ")]
    assert commands == [
        "set-user-pool-mfa-config",
        "update-user-pool",
        "update-user-pool-client",
        "create-user-pool-domain",
    ]
    assert "Then run doctor again" in output


def test_settings_that_hold_commands_are_no_commands_to_a_shell(
    endpoint: Endpoint, broken: Configuration, tmp_path: Path
) -> None:
    """However long they are: a text that is cut would leave a quote open, and turn all that follow round."""
    hostile = f"'\"; touch {tmp_path}/one; $(touch {tmp_path}/two) `touch {tmp_path}/three` #"
    message = f"{{####}} {hostile}{'ö' * 19_000}"
    broken.update(
        pool={
            "EmailVerificationMessage": message,
            "VerificationMessageTemplate": {
                "DefaultEmailOption": "CONFIRM_WITH_CODE",
                "EmailMessage": message,
            },
        },
        client={
            "ClientName": "Orders",
            "CallbackURLs": [*OLD_CALLBACKS, "https://x.example.com/$(id>&2)`id>&2`"],
        },
    )
    printed = run("--commands", "--app-url", APP_URL).stdout
    pasted = "".join(line for line in printed.splitlines(keepends=True) if line.startswith(("#", "aws ")))
    # What a command would get, each word with a NUL at its end.
    told = 'aws() { printf "%s\\0" "$@"; }\n'
    done = subprocess.run(
        ["bash"], input=told + pasted, capture_output=True, text=True, timeout=30, check=False
    )
    assert (done.stderr, [*tmp_path.iterdir()]) == ("", [])
    words = done.stdout.split("\0")
    bodies = [json.loads(word) for name, word in itertools.pairwise(words) if name == "--cli-input-json"]
    assert [body["EmailVerificationMessage"] for body in bodies if "EmailVerificationMessage" in body] == [
        message
    ]


def test_what_is_left_out_is_not_mended(endpoint: Endpoint, broken: Configuration) -> None:
    result = run("--json", "--app-url", APP_URL, "--silence", "user-existence")
    commands = json.loads(result.stdout)["commands"]
    assert all("user-existence" not in command["mends"] for command in commands)
    assert any('"PreventUserExistenceErrors": "LEGACY"' in command["command"] for command in commands)


def test_a_right_pool_needs_no_command(served: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    environment(monkeypatch, served.environment)
    output = run("--commands", "--app-url", APP_URL).stdout
    assert "aws " not in output
    assert "again" not in output


@pytest.mark.parametrize("domain", ["auth.example.com", "https://auth.example.com"])
def test_a_domain_of_ones_own_has_no_command_since_it_needs_a_certificate(
    served: Endpoint, monkeypatch: pytest.MonkeyPatch, domain: str
) -> None:
    environment(monkeypatch, served.environment | {"COGNITO_DOMAIN": domain})
    result = run("--json", "--app-url", APP_URL)
    assert found(result)["domain"] == "error"
    assert json.loads(result.stdout)["commands"] == []


def test_the_prefix_alone_is_in_the_command(served: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    """An address in full would be taken for the name."""
    whole = "https://another-app.auth.us-east-1.amazoncognito.com"
    environment(monkeypatch, served.environment | {"COGNITO_DOMAIN": whole})
    domain = {"UserPoolId": served.pool.user_pool_id, "Domain": "my-app"}
    served.pool.call("DeleteUserPoolDomain", domain)
    (command,) = json.loads(run("--json", "--app-url", APP_URL).stdout)["commands"]
    served.pool.call("CreateUserPoolDomain", domain)
    assert "--domain another-app --region" in command["command"]


def test_a_pool_that_has_a_domain_gets_no_other(served: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pool has one, so creating another would be refused."""
    environment(monkeypatch, served.environment | {"COGNITO_DOMAIN": "another-app"})
    answer = json.loads(run("--json", "--app-url", APP_URL).stdout)
    (told,) = [check["message"] for check in answer["checks"] if check["id"] == "domain"]
    assert "the pool's is my-app" in told
    assert answer["commands"] == []
