"""What a pool and its app client are configured with, in the words of the API."""

from collections.abc import Sequence
from typing import Any


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
