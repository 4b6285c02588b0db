"""UpdateAuthEventFeedback: what a user says of a sign-in that threat protection reported."""

from typing import Any, Final

from fastapi_cognito_auth.local.errors import ServiceError, not_authorized
from fastapi_cognito_auth.local.operations.steps import Result
from fastapi_cognito_auth.local.plane import Plane


def check_add_on(plane: Plane) -> None:
    """Refuse what only a pool with threat protection answers."""
    add_ons = plane.directory.config.get("UserPoolAddOns") or {}
    if add_ons.get("AdvancedSecurityMode", "OFF") == "OFF":
        msg = (
            "This is an add on feature. "
            "Please update AdvancedSecurityMode for your user pool to access this API."
        )
        raise ServiceError("UserPoolAddOnNotEnabledException", msg)


def _feedback(plane: Plane, _: dict[str, Any]) -> Result:
    check_add_on(plane)
    # The pool reports no sign-in, so it never gave a token out; no answer may show who exists.
    raise not_authorized("Invalid feedback token")


OPERATIONS: Final = {"UpdateAuthEventFeedback": _feedback}
