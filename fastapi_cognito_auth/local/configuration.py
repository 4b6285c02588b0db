"""What a pool and its app client are configured with, in the words of the API."""

from collections.abc import Sequence
from typing import Any

from fastapi_cognito_auth.local.mfa import EMAIL, SMS, TOTP


def service_issuer(region: str, pool_id: str) -> str:
    """Return what Cognito's own tokens call their issuer."""
    return f"https://cognito-idp.{region}.amazonaws.com/{pool_id}"


def mfa_methods(mfa: str, methods: Sequence[str]) -> dict[str, Any]:
    """Return the members of SetUserPoolMfaConfig that offer second factors; a pool without MFA has none."""
    if mfa == "OFF":
        return {}
    role = {"SnsCallerArn": "arn:aws:iam::000000000000:role/local-sms"}
    return {
        "SoftwareTokenMfaConfiguration": {"Enabled": TOTP in methods},
        **({"SmsMfaConfiguration": {"SmsConfiguration": role}} if SMS in methods else {}),
        **(
            {"EmailMfaConfiguration": {"Message": "Your code is {####}", "Subject": "Your sign-in code"}}
            if EMAIL in methods
            else {}
        ),
    }


def passkeys(relying_party_id: str | None, user_verification: str) -> dict[str, Any]:
    """Return the member WebAuthnConfiguration, for passkeys of pages of a domain."""
    if relying_party_id is None:
        return {}
    members = {"RelyingPartyId": relying_party_id, "UserVerification": user_verification}
    return {"WebAuthnConfiguration": members}


def device_tracking(tracking: str, *, challenged: bool) -> dict[str, Any]:
    """Return the member DeviceConfiguration, which a pool without tracking does not have."""
    if tracking == "OFF":
        return {}
    members = {
        "ChallengeRequiredOnNewDevice": challenged,
        "DeviceOnlyRememberedOnUserPrompt": tracking == "OPT_IN",
    }
    return {"DeviceConfiguration": members}


def refresh_flows(flows: Sequence[str], grace: int | None) -> dict[str, Any]:
    """Return the app client's flows; rotation and ALLOW_REFRESH_TOKEN_AUTH exclude each other."""
    if grace is None:
        return {"ExplicitAuthFlows": list(flows)}
    return {
        "ExplicitAuthFlows": [flow for flow in flows if flow != "ALLOW_REFRESH_TOKEN_AUTH"],
        "RefreshTokenRotation": {"Feature": "ENABLED", "RetryGracePeriodSeconds": grace},
    }
