"""What each check of the doctor says of what a service described, also of what a local pool cannot be."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import pytest

from fastapi_cognito_auth import CognitoSettings
from fastapi_cognito_auth.cli.doctor.command import CHECKS
from fastapi_cognito_auth.cli.doctor.facts import AbsentError, Facts, UnseenError
from fastapi_cognito_auth.cli.doctor.verdicts import Verdict
from tests.support import CLIENT_ID, POOL_ID, SECRET_KEY

SECRET = "s3cretOfTheAppClient1234567"
JUDGES = {check.id: check.judge for check in CHECKS}


class Case(NamedTuple):
    """What there is, and what is said of it."""

    check: str
    level: str | None
    found: Mapping[str, Any] = {}
    settings: Mapping[str, Any] = {}
    app_url: str | None = None
    environ: Mapping[str, str] = {}


def judged(case: Case) -> Verdict | None:
    settings: dict[str, Any] = {"user_pool_id": POOL_ID, "client_id": CLIENT_ID, **case.settings}
    facts = Facts(CognitoSettings(**settings), case.app_url, case.environ, case.found)
    return JUDGES[case.check](facts)


def client(**members: Any) -> dict[str, Any]:
    return {"client": members}


def pool(**members: Any) -> dict[str, Any]:
    return {"pool": members}


def first_factors(*names: str) -> dict[str, Any]:
    return {"SignInPolicy": {"AllowedFirstAuthFactors": [*names]}}


DOMAIN = {"domain": "my-app"}
MACHINE = {"machine_client_id": "nightly", "machine_client_secret": SECRET}
HIDDEN = {"client_secret": SECRET}
CASES: dict[str, Case] = {
    "a client without a list allows SRP": Case("auth-flow", "ok", client()),
    "a client of old names allows SRP": Case(
        "auth-flow", "ok", client(ExplicitAuthFlows=["ADMIN_NO_SRP_AUTH"])
    ),
    "the old admin flow": Case(
        "auth-flow",
        "ok",
        client(ExplicitAuthFlows=["ADMIN_NO_SRP_AUTH"]),
        {"auth_flow": "ADMIN_USER_PASSWORD_AUTH"},
    ),
    "no secret on either side": Case("client-secret", "ok", client()),
    "a secret that the client has not": Case("client-secret", "error", client(), HIDDEN),
    "a second secret": Case(
        "client-secret", "ok", {**client(ClientSecret="another"), "secrets": True}, HIDDEN
    ),
    "one secret alone": Case(
        "client-secret", "error", {**client(ClientSecret="another"), "secrets": False}, HIDDEN
    ),
    "secrets that may not be counted": Case(
        "client-secret", "error", {**client(ClientSecret="another"), "secrets": UnseenError("no")}, HIDDEN
    ),
    "rotation of a public client": Case(
        "rotation", "warning", client(ExplicitAuthFlows=["ALLOW_REFRESH_TOKEN_AUTH"])
    ),
    "no rotation with a secret": Case("rotation", "ok", client(ClientSecret=SECRET)),
    "addresses of a public client": Case("client-address", "ok", client(), {"forward_client_address": True}),
    "addresses that are taken": Case(
        "client-address",
        "ok",
        client(EnablePropagateAdditionalUserContextData=True),
        {"forward_client_address": True},
    ),
    "a machine that gets tokens": Case(
        "machine-client",
        "ok",
        {"machine": {"ClientSecret": SECRET, "AllowedOAuthFlows": ["client_credentials"]}},
        MACHINE | DOMAIN,
    ),
    "a machine without a grant": Case(
        "machine-client", "error", {"machine": {"ClientSecret": SECRET}}, MACHINE | DOMAIN
    ),
    "no machine": Case("machine-client", None),
    "default lifetimes": Case("access-token-lifetime", "ok", client()),
    "long lives with a list": Case(
        "access-token-lifetime", "ok", client(AccessTokenValidity=24), {"revocation": "probe"}
    ),
    "no session without a key": Case("session-lifetime", None, client()),
    "a plan without what is configured": Case(
        "feature-plan", "error", pool(UserPoolTier="LITE", Policies=first_factors("PASSWORD", "EMAIL_OTP"))
    ),
    "a history of passwords": Case(
        "feature-plan",
        "error",
        pool(UserPoolTier="LITE", Policies={"PasswordPolicy": {"PasswordHistorySize": 3}}),
    ),
    "a plan that has it": Case("feature-plan", "ok", pool(UserPoolTier="PLUS")),
    "a plan that is not told": Case("feature-plan", None, pool()),
    "passwords that only administrators reset": Case(
        "account-recovery",
        "warning",
        pool(AccountRecoverySetting={"RecoveryMechanisms": [{"Name": "admin_only", "Priority": 1}]}),
    ),
    "recovery by an address that nobody has verified": Case(
        "account-recovery",
        "warning",
        pool(
            AutoVerifiedAttributes=["phone_number"],
            AccountRecoverySetting={"RecoveryMechanisms": [{"Name": "verified_email", "Priority": 1}]},
        ),
    ),
    "recovery by either address": Case("account-recovery", "ok", pool(AutoVerifiedAttributes=["email"])),
    "no recovery where nothing is verified": Case("account-recovery", None, pool()),
    "a pool that verifies nothing": Case("verification", "warning", pool()),
    "a pool of phone numbers that verifies nothing": Case(
        "verification", "warning", pool(UsernameAttributes=["phone_number"])
    ),
    "a pool of administrators that verifies nothing": Case(
        "verification", "ok", pool(AdminCreateUserConfig={"AllowAdminCreateUserOnly": True})
    ),
    "a pool whose trigger verifies": Case(
        "verification", "ok", pool(LambdaConfig={"PreSignUp": "arn:aws:lambda:eu-central-1:1:function:x"})
    ),
    "a pool that verifies addresses": Case("verification", "ok", pool(AutoVerifiedAttributes=["email"])),
    "no address to read where none is verified": Case(
        "read-attributes", "warning", {**client(ReadAttributes=["name"]), **pool()}
    ),
    "an address to read where none is verified": Case(
        "read-attributes",
        "ok",
        {**client(ReadAttributes=["phone_number", "phone_number_verified"]), **pool()},
    ),
    "an alias that may not be read": Case(
        "read-attributes",
        "warning",
        {
            **client(ReadAttributes=["email", "email_verified"]),
            **pool(AliasAttributes=["phone_number", "preferred_username"]),
        },
    ),
    "threat protection": Case(
        "threat-protection",
        "ok",
        pool(UserPoolAddOns={"AdvancedSecurityMode": "ENFORCED"}),
        {"forward_client_address": True},
    ),
    "no passkeys": Case("passkeys", None, pool()),
    "passkeys for no site": Case(
        "passkeys", "error", {**pool(Policies=first_factors("WEB_AUTHN")), "mfa": {}}
    ),
    "passkeys for the domain": Case(
        "passkeys",
        "error",
        {**pool(Policies=first_factors("WEB_AUTHN")), "mfa": {}},
        {"domain": "auth.example.com"},
        "https://app.example.com",
    ),
    "passkeys for the domain above": Case(
        "passkeys",
        "ok",
        {
            **pool(Policies=first_factors("WEB_AUTHN")),
            "mfa": {"WebAuthnConfiguration": {"RelyingPartyId": "example.com"}},
        },
        {},
        "https://app.example.com",
    ),
    "passkeys of a name that ends alike": Case(
        "passkeys",
        "error",
        {
            **pool(Policies=first_factors("WEB_AUTHN")),
            "mfa": {"WebAuthnConfiguration": {"RelyingPartyId": "example.com"}},
        },
        {},
        "https://notexample.com",
    ),
    "passkeys of an app that is somewhere": Case(
        "passkeys",
        "ok",
        {
            **pool(Policies=first_factors("WEB_AUTHN")),
            "mfa": {"WebAuthnConfiguration": {"RelyingPartyId": "example.com"}},
        },
    ),
    "MFA without a method": Case("mfa", "error", {"mfa": {"MfaConfiguration": "ON"}}),
    "attributes as they are by default": Case("write-attributes", None, client()),
    "readable by default": Case("read-attributes", None, client()),
    "no domain": Case("domain", None),
    "a domain that the service denies": Case("domain", "error", {"domain": AbsentError()}, DOMAIN),
    "another pool's domain": Case(
        "domain", "error", {"domain": {"UserPoolId": "eu-central-1_Other1234"}}, DOMAIN
    ),
    "a domain that is not ready": Case(
        "domain", "warning", {"domain": {"UserPoolId": POOL_ID, "Status": "CREATING"}}, DOMAIN
    ),
    "an emulator's domain": Case("domain", "ok", {}, {"domain": "http://localhost:9229"}),
    "a domain without the code grant": Case(
        "code-grant",
        "error",
        client(AllowedOAuthFlowsUserPoolClient=True, AllowedOAuthFlows=["implicit"]),
        DOMAIN,
    ),
    "callbacks of an app that is somewhere": Case(
        "callback-urls", "ok", client(CallbackURLs=["https://app.example.com/x"]), DOMAIN
    ),
    "no callback of an app that is somewhere": Case("callback-urls", "error", client(), DOMAIN),
    "a callback of another port": Case(
        "callback-urls",
        "error",
        client(CallbackURLs=["https://app.example.com:8443/x"]),
        DOMAIN,
        "https://app.example.com",
    ),
    "an app of development": Case(
        "development-urls",
        None,
        client(CallbackURLs=["http://localhost:8000/x"]),
        DOMAIN,
        "http://localhost:8000",
    ),
    "without a domain nothing is asked of the client": Case("code-grant", None),
    "no callbacks without a domain": Case("callback-urls", None),
    "no scopes without a domain": Case("login-scopes", None),
    "no account without a domain": Case("account-scope", None),
    "an account that the setting leaves out": Case(
        "account-scope",
        "warning",
        client(AllowedOAuthScopes=["openid"]),
        DOMAIN | {"login_scopes": ["openid"]},
    ),
    "an account that the app client leaves out": Case(
        "account-scope", "warning", client(AllowedOAuthScopes=["openid"]), DOMAIN
    ),
    "an ID token that the setting leaves out": Case(
        "login-scopes",
        "error",
        client(AllowedOAuthScopes=["openid", "email"]),
        DOMAIN | {"login_scopes": ["email"]},
    ),
    "no providers without a domain": Case("identity-providers", None),
    "scopes of nobody": Case("resource-servers", None),
    "a resource that no server is": Case(
        "resource-servers", "warning", {"servers": {}}, {"resource": "https://api.example.com"}
    ),
    "a resource that a server is": Case(
        "resource-servers",
        "ok",
        {"servers": {"https://api.example.com": frozenset()}},
        {"resource": "https://api.example.com"},
    ),
    "an issuer that nobody is asked for": Case("issuer", None, {"issuer": None}),
    "the pool's own issuer": Case(
        "issuer", "ok", {"issuer": f"https://cognito-idp.eu-central-1.amazonaws.com/{POOL_ID}"}
    ),
    "another issuer": Case("issuer", "error", {"issuer": "http://localhost:9229/us-east-1_Local"}),
    "a Region": Case("region", "ok"),
    "a Region that is misspelt": Case("region", "warning", {}, {"user_pool_id": "eu-centrl-1_AbCdEfGhI"}),
    "AWS's own endpoint": Case("endpoint", None),
    "an endpoint over TLS": Case("endpoint", "ok", {}, {"endpoint_url": "https://cognito.example"}),
    "an endpoint in clear": Case("endpoint", "warning", {}, {"endpoint_url": "http://cognito:9229"}),
    "Redis in clear": Case(
        "redis",
        "warning",
        {"redis": None},
        {"revocation": "redis", "redis_url": "redis://:hunter2@redis.example:6379/0"},
    ),
    "Redis over TLS": Case(
        "redis",
        "ok",
        {"redis": None},
        {"revocation": "redis", "redis_url": "rediss://:hunter2@redis.example:6379/0"},
    ),
    "one worker": Case(
        "revocation-list", "ok", {}, {"revocation": "local"}, environ={"WEB_CONCURRENCY": "1"}
    ),
    "workers that are not a number": Case(
        "revocation-list", "ok", {}, {"revocation": "local"}, environ={"WEB_CONCURRENCY": "many"}
    ),
    "an app that is somewhere": Case("tls", None),
    "an app of this machine in clear": Case("tls", "ok", app_url="http://localhost:8000"),
    "proxies of this machine": Case(
        "proxy",
        "ok",
        app_url="https://app.example.com",
        environ={"FORWARDED_ALLOW_IPS": "10.0.0.1"},
    ),
    "any proxy among others": Case(
        "proxy",
        "warning",
        app_url="https://app.example.com",
        environ={"FORWARDED_ALLOW_IPS": "10.0.0.1, *"},
    ),
    "sessions of other sites in clear": Case(
        "cookies",
        "error",
        {},
        {"session_same_site": "none", "trusted_origins": ["https://shop.example.com"]},
        "http://localhost:8000",
    ),
    "sessions of an app that is somewhere": Case("cookies", None),
    "sessions of this site": Case("cookies", "ok", app_url="https://app.example.com"),
    "a key to seal with": Case("secret-key", "ok", {}, {"secret_key": SECRET_KEY}),
}


@pytest.mark.parametrize("name", CASES)
def test_a_check_says_what_it_finds(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    case = CASES[name]
    verdict = judged(case)
    assert (None if verdict is None else verdict.level) == case.level
    assert verdict is None or "hunter2" not in verdict.message


@pytest.mark.parametrize(
    ("address", "told"),
    [("http://localhost:8000", "on this machine"), ("https://app.example.com", "over TLS")],
)
def test_an_app_of_this_machine_is_not_said_to_have_tls(address: str, told: str) -> None:
    verdict = judged(Case("tls", "ok", app_url=address))
    assert verdict is not None
    assert told in verdict.message


@pytest.mark.parametrize("name", CASES)
def test_what_is_said_to_mend_a_finding_mends_it(name: str) -> None:
    """Else it would be found again, and the same said, for ever."""
    case = CASES[name]
    verdict = judged(case)
    if verdict is None or verdict.update is None:
        assert verdict is None or not verdict.change
        return
    found = {**case.found, verdict.update: {**case.found[verdict.update], **verdict.change}}
    again = judged(case._replace(found=found))
    assert again is None or again.level == "ok"


def test_what_was_not_seen_is_not_judged() -> None:
    with pytest.raises(UnseenError, match="not allowed"):
        judged(Case("deletion-protection", None, {"pool": UnseenError("not allowed")}))


LOOKED_AT = frozenset(
    {
        *("user_pool_id", "client_id", "accepted_client_ids", "client_secret", "secret_key"),
        *("trusted_pools", "resource", "endpoint_url", "jwks_uri", "key_set", "key_set_file", "jwks_timeout"),
        *("issuer", "dns_suffix", "replica_region", "auth_flow", "forward_client_address", "trusted_proxies"),
        *("group_scopes", "auth_session_validity", "admin_groups", "admin_read_groups", "pool_admin_groups"),
        *("scopes_supported", "domain", "login_scopes", "machine_client_id", "machine_client_secret"),
        *("trusted_origins", "session_max_age", "session_same_site", "clock_skew", "revocation"),
        *("redis_url", "redis_timeout", "session_store"),
    }
)
OF_THE_APP_ALONE = frozenset(
    {
        *("totp_issuer", "fresh_sign_in_max_age", "admin_fresh_sign_in_max_age", "token_url", "scheme_name"),
        *("resource_name", "resource_documentation", "access_token_cookie", "access_token_header"),
        *("websocket_subprotocol", "session_cookie", "session_idle_timeout", "session_clear_site_data"),
        *("alb_arns", "alb_keys_uri", "max_body_size", "max_token_size", "verified_token_cache"),
        *("profile_max_age", "jwks_max_age", "redis_key_prefix", "revocation_when_unavailable", "probe_ttl"),
        *("connect_timeout", "read_timeout", "max_attempts", "max_connections", "max_wait"),
    }
)
"""Settings that nothing of the pool, and nothing around the app, has to agree with."""


def test_every_setting_is_looked_at_or_is_of_the_app_alone() -> None:
    assert CognitoSettings.model_fields.keys() == LOOKED_AT | OF_THE_APP_ALONE
    assert not LOOKED_AT & OF_THE_APP_ALONE
