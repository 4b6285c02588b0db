"""`doctor`: finds what is wrong with a pool, finds nothing in a right one, and changes nothing."""

import json
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from typer.testing import CliRunner

from fastapi_cognito_auth.cli.app import cli
from fastapi_cognito_auth.cli.doctor.command import CHECKS
from fastapi_cognito_auth.cli.doctor.looking import OPERATIONS
from tests.cli.doctor_kit import (
    APP_URL,
    MACHINE_SECRET,
    SECRET,
    Configuration,
    Endpoint,
    environment,
    found,
    levels,
    right_pool,
    run,
)
from tests.cognito.upstream import Upstream, reply
from tests.older import needs
from tests.support import SECRET_KEY

PUBLIC = {"COGNITO_CLIENT_SECRET": ""}


@pytest.fixture(scope="module")
def served() -> Iterator[Endpoint]:
    with Endpoint(right_pool()).served() as endpoint:
        yield endpoint


@pytest.fixture
def endpoint(served: Endpoint, monkeypatch: pytest.MonkeyPatch) -> Endpoint:
    environment(monkeypatch, served.environment)
    served.calls.clear()
    return served


@dataclass(frozen=True)
class Fault:
    """Something that is wrong, and what the doctor has to say."""

    finds: Mapping[str, str]
    settings: Mapping[str, str] = field(default_factory=dict)
    changes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    options: tuple[str, ...] = ("--app-url", APP_URL)


def error(*ids: str) -> dict[str, str]:
    return dict.fromkeys(ids, "error")


def warning(*ids: str) -> dict[str, str]:
    return dict.fromkeys(ids, "warning")


def client(finds: Mapping[str, str], **members: Any) -> Fault:
    return Fault(finds, changes={"client": members})


def settings(finds: Mapping[str, str], **variables: str) -> Fault:
    return Fault(finds, settings={f"COGNITO_{name.upper()}": value for name, value in variables.items()})


SRP = "ALLOW_USER_SRP_AUTH"
CHOICE = "ALLOW_USER_AUTH"
POLICY = {
    "MinimumLength": 8,
    "RequireUppercase": True,
    "RequireLowercase": True,
    "RequireNumbers": True,
    "RequireSymbols": True,
    "TemporaryPasswordValidityDays": 7,
}
SIGN_IN = {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}
FAULTS: dict[str, Fault] = {
    "SRP is not allowed": client(error("auth-flow"), ExplicitAuthFlows=[CHOICE]),
    "another flow is asked for": settings(error("auth-flow"), auth_flow="USER_PASSWORD_AUTH"),
    "passwords may be sent": client(
        warning("plain-password-flow"), ExplicitAuthFlows=[SRP, CHOICE, "ALLOW_USER_PASSWORD_AUTH"]
    ),
    "administrators may sign users in": client(
        warning("admin-flow"), ExplicitAuthFlows=[SRP, CHOICE, "ALLOW_ADMIN_USER_PASSWORD_AUTH"]
    ),
    "passkeys are not allowed": client(error("choice-of-factors"), ExplicitAuthFlows=[SRP]),
    "refreshing is not allowed": client(
        error("refresh"), RefreshTokenRotation={"Feature": "DISABLED"}, ExplicitAuthFlows=[SRP, CHOICE]
    ),
    "rotation without grace": client(
        warning("rotation-grace"),
        RefreshTokenRotation={"Feature": "ENABLED", "RetryGracePeriodSeconds": 0},
    ),
    "the secret is missing": settings(error("client-secret"), client_secret=""),
    "the secret is wrong": settings(error("client-secret"), client_secret="anotherSecret1234567890xyz"),
    "the app client is another": settings(error("client"), client_id="1example23456789abcdefghij"),
    "users are told apart": client(warning("user-existence"), PreventUserExistenceErrors="LEGACY"),
    "tokens cannot be revoked": client(error("revocation"), EnableTokenRevocation=False),
    "access tokens live long": client(
        warning("access-token-lifetime"),
        AccessTokenValidity=12,
        TokenValidityUnits={"AccessToken": "hours", "IdToken": "seconds", "RefreshToken": "seconds"},
    ),
    "sessions outlive their tokens": settings(warning("session-lifetime"), session_max_age="5184000"),
    "challenges are told to last": settings(warning("challenge-lifetime"), auth_session_validity="15"),
    "addresses are not taken": settings(
        error("client-address") | warning("threat-protection", "proxy"), forward_client_address="true"
    ),
    "an accepted app client is missing": settings(
        warning("accepted-clients"), accepted_client_ids="nightly,gone"
    ),
    "the machine is missing": settings(error("machine-client"), machine_client_id="gone"),
    "the machine's secret is wrong": settings(
        error("machine-client"), machine_client_secret="anotherSecret1234567890xyz"
    ),
    "the domain is nobody's": settings(error("domain"), domain="not-there"),
    "the code grant is off": client(
        error("code-grant"), AllowedOAuthFlowsUserPoolClient=False, AllowedOAuthFlows=["code"]
    ),
    "tokens are put into addresses": client(
        warning("implicit-grant"), AllowedOAuthFlows=["code", "implicit"]
    ),
    "the callback is elsewhere": client(
        error("callback-urls"), CallbackURLs=["https://old.example.com/login/callback"]
    ),
    "the callback of development is left": client(
        warning("development-urls"),
        CallbackURLs=[f"{APP_URL}/login/callback", "http://localhost:8000/login/callback"],
    ),
    "the sign-out address is elsewhere": client(
        error("logout-urls"), LogoutURLs=["https://old.example.com/"]
    ),
    "a scope is not allowed": settings(
        error("login-scopes"), login_scopes="openid,aws.cognito.signin.user.admin,orders/read"
    ),
    "no ID token is asked for": settings(
        error("login-scopes"), login_scopes="email,aws.cognito.signin.user.admin"
    ),
    "accounts are out of reach": settings(warning("account-scope"), login_scopes="openid"),
    "nobody to sign in with": client(error("identity-providers"), SupportedIdentityProviders=[]),
    "a scope is nobody's": settings(warning("resource-servers"), scopes_supported="orders/write"),
    "a group is missing": settings(warning("groups"), group_scopes='{"auditors": ["reports/read"]}'),
    "nobody can sign up": client(error("write-attributes"), WriteAttributes=["name"]),
    "users choose their tenant": client(
        warning("custom-attributes"), WriteAttributes=["email", "custom:tenant"]
    ),
    "nobody configures the pool": settings(warning("groups"), pool_admin_groups="owners"),
    "tokens name another issuer": settings(error("issuer"), issuer="https://issuer.example.com/pool"),
    "nobody is an administrator": settings(warning("groups"), admin_groups="owners"),
    "addresses cannot be read": client(warning("read-attributes"), ReadAttributes=["sub", "name"]),
    "short passwords": Fault(
        warning("password-policy"),
        changes={
            "pool": {"Policies": {"PasswordPolicy": POLICY | {"MinimumLength": 6}, "SignInPolicy": SIGN_IN}}
        },
    ),
    "old temporary passwords": Fault(
        warning("temporary-passwords"),
        changes={
            "pool": {
                "Policies": {
                    "PasswordPolicy": POLICY | {"TemporaryPasswordValidityDays": 30},
                    "SignInPolicy": SIGN_IN,
                }
            }
        },
    ),
    "only administrators reset passwords": Fault(
        warning("account-recovery"),
        changes={
            "pool": {
                "AccountRecoverySetting": {"RecoveryMechanisms": [{"Name": "admin_only", "Priority": 1}]}
            }
        },
    ),
    "no address is verified": Fault(
        warning("verification"), changes={"pool": {"AutoVerifiedAttributes": []}}
    ),
    "the pool may be deleted": Fault(
        warning("deletion-protection"), changes={"pool": {"DeletionProtection": "INACTIVE"}}
    ),
    "no second factor": Fault(warning("mfa"), changes={"mfa": {"MfaConfiguration": "OFF"}}),
    "SMS alone": Fault(
        warning("mfa"), changes={"mfa": {"SoftwareTokenMfaConfiguration": {"Enabled": False}}}
    ),
    "passkeys of another site": Fault(error("passkeys"), options=("--app-url", "https://other.example.org")),
    "plain http": Fault(error("tls"), options=("--app-url", "http://app.example.com")),
    "any proxy is believed": Fault(warning("proxy"), settings={"FORWARDED_ALLOW_IPS": "*"}),
    "sessions for no page": settings(error("cookies"), session_same_site="none"),
    "origins without TLS": settings(warning("cookies"), trusted_origins="http://app.example.org"),
    "no key to seal with": settings(warning("secret-key"), secret_key=""),
    "Redis is not there": settings(
        error("redis"), revocation="redis", redis_url="redis://:hunter2@127.0.0.1:1/0"
    ),
    "a list for each worker": Fault(
        error("revocation-list"), settings={"COGNITO_REVOCATION": "local", "WEB_CONCURRENCY": "4"}
    ),
    "no keys": settings(error("keys"), jwks_uri="http://127.0.0.1:1/keys"),
}
BESIDE = {
    "passkeys of another site": error("callback-urls", "logout-urls"),
    "plain http": error("callback-urls", "logout-urls"),
    "no keys": {"clock": "unknown"},
}
"""What else follows from a fault, and is said as well."""


def test_nothing_is_found_in_a_right_pool(endpoint: Endpoint) -> None:
    result = run("--json", "--app-url", APP_URL)
    assert found(result) == {}
    assert result.exit_code == 0


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found_and_nothing_else(
    name: str, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault = FAULTS[name]
    configuration = Configuration(endpoint.pool)
    environment(monkeypatch, {**endpoint.environment, **fault.settings})
    try:
        configuration.update(**fault.changes)
        result = run("--json", *fault.options)
    finally:
        configuration.restore()
    assert found(result) == {**fault.finds, **BESIDE.get(name, {})}, result.output
    assert result.exit_code == 1


def test_there_are_more_than_twenty_faults() -> None:
    assert len({tuple(fault.finds) for fault in FAULTS.values()}) > 20


@pytest.mark.parametrize(("ahead", "level"), [(-7, "warning"), (60, "error"), (-60, "error"), (0, "ok")])
def test_a_clock_that_is_wrong_is_told(endpoint: Endpoint, ahead: float, level: str) -> None:
    endpoint.ahead = ahead
    try:
        assert levels(run("--json"))["clock"] == level
    finally:
        endpoint.ahead = 0.0


def test_an_answer_of_a_cache_says_what_time_it_was(endpoint: Endpoint) -> None:
    endpoint.ahead, endpoint.age = -600, 600
    try:
        assert levels(run("--json"))["clock"] == "ok"
    finally:
        endpoint.ahead, endpoint.age = 0.0, None


@needs("ListUserPoolClientSecrets")
def test_nothing_is_called_but_what_reads(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    environment(monkeypatch, endpoint.environment | {"COGNITO_CLIENT_SECRET": "anotherSecret1234567890xyz"})
    run("--json", "--app-url", APP_URL)
    assert {*endpoint.calls} == OPERATIONS
    assert all(name.startswith(("Describe", "Get", "List")) for name in OPERATIONS)


@pytest.mark.parametrize("options", [(), ("--commands",), ("--json",)])
def test_no_secret_is_printed(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    secrets = {"COGNITO_CLIENT_SECRET": "anotherSecret1234567890xyz", "COGNITO_AUTH_SESSION_VALIDITY": "15"}
    redis = {"COGNITO_REVOCATION": "redis", "COGNITO_REDIS_URL": "redis://:hunter2@127.0.0.1:1/0"}
    environment(monkeypatch, endpoint.environment | secrets | redis)
    output = run(*options, "--app-url", "https://other.example.org").output
    for secret in (SECRET, MACHINE_SECRET, SECRET_KEY, "anotherSecret1234567890xyz", "hunter2"):
        assert secret not in output


def test_the_command_has_no_secret_in_it(endpoint: Endpoint) -> None:
    configuration = Configuration(endpoint.pool)
    try:
        configuration.update(client={"PreventUserExistenceErrors": "LEGACY"})
        (command,) = json.loads(run("--json", "--app-url", APP_URL).stdout)["commands"]
    finally:
        configuration.restore()
    words = shlex.split(command["command"])
    assert command["mends"] == ["user-existence"]
    assert "ClientSecret" not in json.loads(words[words.index("--cli-input-json") + 1])


def test_what_may_not_be_looked_at_is_said_and_is_no_finding(endpoint: Endpoint) -> None:
    endpoint.denied = frozenset({"DescribeUserPool", "GetUserPoolMfaConfig"})
    try:
        result = run("--json", "--app-url", APP_URL)
    finally:
        endpoint.denied = frozenset()
    assert {*found(result).values()} == {"unknown"}
    assert levels(result)["user-pool"] == levels(result)["mfa"] == "unknown"
    assert levels(result)["auth-flow"] == "ok"
    assert result.exit_code == 0


def test_it_could_not_run_where_nothing_of_the_pool_may_be_looked_at(endpoint: Endpoint) -> None:
    endpoint.denied = frozenset({"DescribeUserPool", "DescribeUserPoolClient", "GetUserPoolMfaConfig"})
    try:
        result = run()
    finally:
        endpoint.denied = frozenset()
    assert result.exit_code == 2
    assert "nothing of the user pool" in result.stderr


def test_it_could_not_run_where_nobody_answers(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COGNITO_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("COGNITO_MAX_ATTEMPTS", "1")
    result = run()
    assert result.exit_code == 2
    assert result.stderr.count("127.0.0.1:1") == 2, "the pool, and its keys"
    assert len([line for line in result.stdout.splitlines() if "DescribeUserPool" in line]) == 1


def test_a_service_that_does_not_answer_says_nothing_of_credentials(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COGNITO_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("COGNITO_MAX_ATTEMPTS", "1")
    output = run().stdout
    assert "nothing is known of the AWS credentials" in output
    assert "iam-policy" not in output
    assert "the user pool cannot be reached: EndpointConnectionError: 127.0.0.1:1" in output


@pytest.mark.parametrize("command", [["doctor"], ["users", "show", "ada"]], ids=["doctor", "users"])
def test_a_server_that_is_no_cognito_is_called_so(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    with Upstream() as another:
        for operation in ("AdminGetUser", *OPERATIONS):
            another.plan(operation, reply({"detail": "Not Found"}, 404))
        monkeypatch.setenv("COGNITO_ENDPOINT_URL", another.url)
        result = CliRunner().invoke(cli, command)
    assert result.exit_code == 2
    assert "what answers is no Cognito, but another server or a proxy" in result.output
    assert "COGNITO_ENDPOINT_URL (404)" in result.output
    assert "iam-policy" not in result.output


def test_without_credentials_it_says_what_it_lacks(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    result = run()
    assert result.exit_code == 2
    (told,) = [line for line in result.stdout.splitlines() if "DescribeUserPool" in line]
    assert told.startswith("unknown 38 checks: DescribeUserPool, DescribeUserPoolClient, ")
    assert "Not looked at: user-pool, client, " in told
    assert "unknown credentials: there are no AWS credentials" in result.stdout
    assert result.stderr.count("NoCredentialsError") == 1
    monkeypatch.setenv("COGNITO_AUTH_FLOW", "ADMIN_USER_PASSWORD_AUTH")
    assert levels(run("--json"))["credentials"] == "error"


def test_a_pool_that_is_not_there_is_one_error(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COGNITO_USER_POOL_ID", "us-east-1_Nowhere12")
    result = run("--json")
    assert levels(result)["user-pool"] == "error"
    assert "password-policy" not in levels(result)
    assert result.exit_code == 1


def test_the_level_that_fails_can_be_chosen(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COGNITO_SESSION_MAX_AGE", "5184000")
    assert run().exit_code == 1
    assert run("--fail-level", "error").exit_code == 0


def test_a_check_can_be_left_out(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COGNITO_SESSION_MAX_AGE", "5184000")
    result = run("--silence", "session-lifetime")
    assert result.exit_code == 0
    assert "session-lifetime" not in result.stdout


def test_a_check_that_there_is_not_cannot_be_left_out(endpoint: Endpoint) -> None:
    result = run("--silence", "sesion-lifetime")
    assert result.exit_code == 2
    assert "sesion-lifetime" in result.stderr


@pytest.mark.parametrize(
    "url", ["app.example.com", "https://ada:secret@app.example.com", "https://[", "x://y"]
)
def test_an_address_of_the_app_that_is_none_is_refused(endpoint: Endpoint, url: str) -> None:
    result = run("--app-url", url)
    assert result.exit_code == 2
    assert "secret" not in result.output


def test_a_line_says_what_to_change(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COGNITO_AUTH_SESSION_VALIDITY", "15")
    lines = run().stdout.splitlines()
    (line,) = [line for line in lines if "challenge-lifetime" in line]
    assert line.startswith("warning")
    assert "aws_cognito_user_pool_client.auth_session_validity = 15" in line


def test_no_two_checks_have_one_id() -> None:
    assert len({check.id for check in CHECKS}) == len(CHECKS)
