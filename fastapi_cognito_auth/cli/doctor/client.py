"""Checks of the app client: that there is one, its secret, and what it lets people sign in by."""

import hmac
from typing import Final

from fastapi_cognito_auth.cli.doctor.facts import AbsentError, Facts, UnseenError
from fastapi_cognito_auth.cli.doctor.verdicts import (
    Check,
    Level,
    Verdict,
    client_error,
    client_warning,
    ok,
)

_WITHOUT_A_LIST: Final = frozenset({"USER_SRP_AUTH", "CUSTOM_AUTH", "REFRESH_TOKEN_AUTH"})
"""What an app client has that names no flow with ALLOW_."""

_NEVER_LISTED: Final = "explicit_auth_flows"


def flows_of(facts: Facts) -> frozenset[str]:
    """Return the flows of the app client, without ALLOW_."""
    listed = facts.client.get("ExplicitAuthFlows") or ()
    allowed = frozenset(flow.removeprefix("ALLOW_") for flow in listed)
    return allowed if any(flow.startswith("ALLOW_") for flow in listed) else allowed | _WITHOUT_A_LIST


def _with(facts: Facts, flow: str) -> list[str]:
    return sorted(f"ALLOW_{name}" for name in flows_of(facts) | {flow})


def flows_without(facts: Facts, flow: str) -> list[str]:
    """Return the flows of the app client but for one, as its update takes them."""
    return sorted(f"ALLOW_{name}" for name in flows_of(facts) - {flow})


def rotates(facts: Facts) -> bool:
    """Tell whether refresh tokens are rotated."""
    return (facts.client.get("RefreshTokenRotation") or {}).get("Feature") == "ENABLED"


def _exists(facts: Facts) -> Verdict:
    try:
        name = facts.client.get("ClientName")
    except AbsentError:
        # Whether it is the pool that is missing, its own check says.
        return Verdict(
            Level.ERROR, f"the pool has no app client {facts.settings.client_id}: COGNITO_CLIENT_ID"
        )
    return ok(f"the app client is there, and called {name}")


def _secret(facts: Facts) -> Verdict:
    theirs = facts.client.get("ClientSecret")
    ours = facts.settings.client_secret
    if theirs is None and ours is None:
        return ok("the app client has no secret, and the app sends none")
    if theirs is None:
        return Verdict(
            Level.ERROR, "the app client has no secret, and refuses one: unset COGNITO_CLIENT_SECRET"
        )
    if ours is None:
        return Verdict(
            Level.ERROR, "the app client has a secret, and refuses calls without: COGNITO_CLIENT_SECRET"
        )
    if hmac.compare_digest(theirs.encode(), ours.get_secret_value().encode()):
        return ok("the app has the app client's secret")
    try:
        several: bool = facts.look("secrets")
    except (UnseenError, AbsentError):
        several = False
    if several:
        return ok("the app client has several secrets, and the app's is not the one that is shown")
    return Verdict(Level.ERROR, "COGNITO_CLIENT_SECRET is not the app client's secret")


def _auth_flow(facts: Facts) -> Verdict:
    wanted = facts.settings.auth_flow
    if wanted in flows_of(facts):
        return ok(f"passwords are proved by {wanted}")
    if wanted == "ADMIN_USER_PASSWORD_AUTH" and "ADMIN_NO_SRP_AUTH" in flows_of(facts):
        return ok("passwords are proved by ADMIN_NO_SRP_AUTH")
    return client_error(
        f"COGNITO_AUTH_FLOW is {wanted}, which the app client does not allow, so nobody can sign in",
        f'{_NEVER_LISTED}: add "ALLOW_{wanted}"',
        ExplicitAuthFlows=_with(facts, wanted),
    )


def _refresh(facts: Facts) -> Verdict:
    if rotates(facts) or "REFRESH_TOKEN_AUTH" in flows_of(facts):
        return ok("refresh tokens can be used")
    return client_error(
        "refresh tokens cannot be used: ALLOW_REFRESH_TOKEN_AUTH is missing, and rotation is off",
        'refresh_token_rotation { feature = "ENABLED", retry_grace_period_seconds = 10 }',
        RefreshTokenRotation={"Feature": "ENABLED", "RetryGracePeriodSeconds": 10},
    )


def _needless(facts: Facts, flow: str, why: str) -> Verdict:
    if facts.settings.auth_flow == flow or flow not in flows_of(facts):
        return ok(f"the app client allows no {flow} that the app does not use")
    return client_warning(
        f"the app client allows {flow}, which the app does not use: {why}",
        f'{_NEVER_LISTED}: leave "ALLOW_{flow}" out',
        ExplicitAuthFlows=flows_without(facts, flow),
    )


def _plain_password(facts: Facts) -> Verdict:
    return _needless(facts, "USER_PASSWORD_AUTH", "other programs may send passwords as they are")


def _admin_flow(facts: Facts) -> Verdict:
    return _needless(
        facts, "ADMIN_USER_PASSWORD_AUTH", "whoever holds AWS credentials may sign in without SRP"
    )


def _choice(facts: Facts) -> Verdict | None:
    policy = (facts.pool.get("Policies") or {}).get("SignInPolicy") or {}
    beside = sorted({*policy.get("AllowedFirstAuthFactors", ())} - {"PASSWORD"})
    if not beside:
        return None
    if "USER_AUTH" in flows_of(facts):
        return ok(f"users may choose to sign in by {', '.join(beside)}")
    return client_error(
        f"the pool lets users sign in by {', '.join(beside)}, and the app client does not",
        f'{_NEVER_LISTED}: add "ALLOW_USER_AUTH"',
        ExplicitAuthFlows=_with(facts, "USER_AUTH"),
    )


def _existence(facts: Facts) -> Verdict:
    if facts.client.get("PreventUserExistenceErrors") == "ENABLED":
        return ok("the service answers alike for unknown users")
    return client_warning(
        "the service tells strangers which users there are",
        'prevent_user_existence_errors = "ENABLED"',
        PreventUserExistenceErrors="ENABLED",
    )


def _client_address(facts: Facts) -> Verdict | None:
    if not facts.settings.forward_client_address:
        return None
    if facts.client.get("EnablePropagateAdditionalUserContextData"):
        return ok("the service takes the client's address from the app")
    if facts.client.get("ClientSecret") is None:
        return ok("the service takes the client's address, since the app client has no secret")
    return client_error(
        "COGNITO_FORWARD_CLIENT_ADDRESS is on, and the app client does not take addresses",
        "enable_propagate_additional_user_context_data = true",
        EnablePropagateAdditionalUserContextData=True,
    )


def _accepted(facts: Facts) -> Verdict | None:
    there = facts.look("accepted")
    if not there:
        return None
    missing = sorted(client_id for client_id, exists in there.items() if not exists)
    if not missing:
        return ok("the pool has every app client of COGNITO_ACCEPTED_CLIENT_IDS")
    return Verdict(Level.WARNING, f"COGNITO_ACCEPTED_CLIENT_IDS: the pool has no {', '.join(missing)}")


def _machine(facts: Facts) -> Verdict | None:
    settings = facts.settings
    if settings.machine_client_id is None or settings.machine_client_secret is None:
        return None
    try:
        machine = facts.look("machine")
    except AbsentError:
        return Verdict(
            Level.ERROR, f"the pool has no app client {settings.machine_client_id}: COGNITO_MACHINE_CLIENT_ID"
        )
    theirs = machine.get("ClientSecret") or ""
    if not hmac.compare_digest(theirs.encode(), settings.machine_client_secret.get_secret_value().encode()):
        return Verdict(
            Level.ERROR, "COGNITO_MACHINE_CLIENT_SECRET is not the secret of COGNITO_MACHINE_CLIENT_ID"
        )
    if settings.domain is not None and "client_credentials" not in machine.get("AllowedOAuthFlows", ()):
        return Verdict(
            Level.ERROR,
            "the app client of COGNITO_MACHINE_CLIENT_ID gets no tokens for itself",
            'aws_cognito_user_pool_client.allowed_oauth_flows = ["client_credentials"]',
        )
    return ok("the app client for the app itself is there")


CHECKS: Final = (
    Check("client", _exists),
    Check("client-secret", _secret),
    Check("auth-flow", _auth_flow),
    Check("refresh", _refresh),
    Check("plain-password-flow", _plain_password),
    Check("admin-flow", _admin_flow),
    Check("choice-of-factors", _choice),
    Check("user-existence", _existence),
    Check("client-address", _client_address),
    Check("accepted-clients", _accepted),
    Check("machine-client", _machine),
)
