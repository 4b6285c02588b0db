"""The pre sign-up trigger: it may confirm, verify, or refuse a new user."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi_cognito_auth.local.attributes import from_pairs
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.triggers import NO_CLIENT, Invocation, flag, with_metadata


@dataclass(frozen=True)
class Verdict:
    """What the trigger decided: whether the user is confirmed, and the flags that it sets."""

    confirms: bool = False
    verifies: tuple[str, ...] = ()


def ask(
    plane: Plane,
    source: str,
    attributes: Mapping[str, str],
    params: Mapping[str, Any],
) -> Verdict:
    """Run the trigger, if there is one.

    Args:
        plane: the plane.
        source: the event's triggerSource.
        attributes: of the new user.
        params: of the operation.

    Raises:
        ServiceError: the trigger raised, or answered nonsense; nobody was added.
    """
    trigger = plane.triggers.pre_sign_up
    if trigger is None:
        return Verdict()
    request = {
        "userAttributes": dict(attributes),
        "validationData": from_pairs(params.get("ValidationData")),
    }
    invocation = Invocation(
        name="PreSignUp",
        source=source,
        pool_id=plane.directory.pool_id,
        client_id=params.get("ClientId", NO_CLIENT),
        username=params["Username"],
    )
    empty = {"autoConfirmUser": False, "autoVerifyEmail": False, "autoVerifyPhone": False}
    response = invocation(trigger, with_metadata(request, params.get("ClientMetadata", {})), empty)
    flags = (("autoVerifyEmail", "email_verified"), ("autoVerifyPhone", "phone_number_verified"))
    verifies = tuple(name for member, name in flags if flag(response, member))
    return Verdict(flag(response, "autoConfirmUser"), verifies)
