"""Checks of how long tokens live, and of what ends them."""

from typing import Any, Final

from fastapi_cognito_auth.cli.doctor.client import flows_without, rotates
from fastapi_cognito_auth.cli.doctor.facts import Facts
from fastapi_cognito_auth.cli.doctor.verdicts import (
    Check,
    Level,
    Verdict,
    client_error,
    client_warning,
    ok,
)

_SECONDS: Final = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400}
_DEFAULTS: Final = {"AccessToken": (1, "hours"), "IdToken": (1, "hours"), "RefreshToken": (30, "days")}
_LONG: Final = 3600
_GRACE: Final = 10


def lifetime(client: Any, token: str) -> int:
    """Return for how many seconds a token of an app client is good.

    Args:
        client: what DescribeUserPoolClient says.
        token: `AccessToken`, `IdToken` or `RefreshToken`.
    """
    default, unit = _DEFAULTS[token]
    units = client.get("TokenValidityUnits") or {}
    return int(client.get(f"{token}Validity") or default) * _SECONDS[units.get(token) or unit]


def _revocation(facts: Facts) -> Verdict:
    if facts.client.get("EnableTokenRevocation") is not False:
        return ok("refresh tokens can be revoked")
    return client_error(
        "refresh tokens cannot be revoked, so signing out is refused",
        "enable_token_revocation = true",
        EnableTokenRevocation=True,
    )


def _rotation(facts: Facts) -> Verdict:
    if rotates(facts):
        return ok("refresh tokens are rotated")
    if facts.client.get("ClientSecret") is not None:
        return ok("refresh tokens are not rotated, and need the app client's secret")
    return client_warning(
        "refresh tokens are not rotated and need no secret, so a stolen one is good until it expires",
        f'refresh_token_rotation {{ feature = "ENABLED", retry_grace_period_seconds = {_GRACE} }};'
        ' leave "ALLOW_REFRESH_TOKEN_AUTH" out',
        RefreshTokenRotation={"Feature": "ENABLED", "RetryGracePeriodSeconds": _GRACE},
        ExplicitAuthFlows=flows_without(facts, "REFRESH_TOKEN_AUTH"),
    )


def _grace(facts: Facts) -> Verdict | None:
    if not rotates(facts):
        return None
    if facts.client["RefreshTokenRotation"].get("RetryGracePeriodSeconds"):
        return ok("a rotated refresh token is good for some seconds more")
    return client_warning(
        "a rotated refresh token is good for no second more, so two refreshes at once end a session",
        f"refresh_token_rotation.retry_grace_period_seconds = {_GRACE}",
        RefreshTokenRotation={"Feature": "ENABLED", "RetryGracePeriodSeconds": _GRACE},
    )


def _access_token(facts: Facts) -> Verdict:
    seconds = max(lifetime(facts.client, "AccessToken"), lifetime(facts.client, "IdToken"))
    if facts.settings.revocation != "off" or seconds <= _LONG:
        return ok(f"access and ID tokens live for {seconds} s")
    units = (facts.client.get("TokenValidityUnits") or {}) | dict.fromkeys(
        ("AccessToken", "IdToken"), "minutes"
    )
    return client_warning(
        f"access or ID tokens live for {seconds} s, and nothing ends one before: COGNITO_REVOCATION is off",
        "access_token_validity = 60, id_token_validity = 60",
        AccessTokenValidity=60,
        IdTokenValidity=60,
        TokenValidityUnits=units,
    )


def _cookie_session(facts: Facts) -> Verdict | None:
    settings = facts.settings
    if not settings.secret_key:
        return None
    seconds = lifetime(facts.client, "RefreshToken")
    if settings.session_max_age <= seconds:
        return ok("cookie sessions last no longer than the refresh tokens in them")
    return Verdict(
        Level.WARNING,
        f"COGNITO_SESSION_MAX_AGE is {settings.session_max_age} s,"
        f" and refresh tokens live for {seconds} s: sessions end before",
    )


def _challenges(facts: Facts) -> Verdict | None:
    told = facts.settings.auth_session_validity
    if told is None:
        return None
    theirs = int(facts.client.get("AuthSessionValidity") or 3)
    if told <= theirs:
        return ok("challenges stay open for as long as the app says")
    return client_warning(
        f"COGNITO_AUTH_SESSION_VALIDITY is {told} minutes, and the service closes challenges after {theirs}",
        f"auth_session_validity = {told}",
        AuthSessionValidity=told,
    )


CHECKS: Final = (
    Check("revocation", _revocation),
    Check("rotation", _rotation),
    Check("rotation-grace", _grace),
    Check("access-token-lifetime", _access_token),
    Check("session-lifetime", _cookie_session),
    Check("challenge-lifetime", _challenges),
)
