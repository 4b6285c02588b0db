"""Feature plans: what a pool has is more with each of them.

https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-sign-in-feature-plans.html
"""

from collections.abc import Mapping
from typing import Any, Final

from fastapi_cognito_auth.local.errors import ServiceError

_PLANS: Final = ("LITE", "ESSENTIALS", "PLUS")
"""UserPoolTier, each with all of those before it."""


def check(config: Mapping[str, Any], least: str, feature: str) -> None:
    """Refuse what the plan of a pool does not have.

    Args:
        config: of the pool.
        least: the first UserPoolTier that has it.
        feature: its name, for the refusal.

    Raises:
        ServiceError: `FeatureUnavailableInTierException`.
    """
    if _PLANS.index(config.get("UserPoolTier", "ESSENTIALS")) < _PLANS.index(least):
        msg = f"{feature} is not available in the feature plan of the user pool"
        raise ServiceError("FeatureUnavailableInTierException", msg)
