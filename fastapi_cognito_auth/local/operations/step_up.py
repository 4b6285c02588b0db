"""Step-up: TARGET_ACR_VALUES, ACCESS_TOKEN and MAX_AGE of USER_AUTH."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, Never

from fastapi_cognito_auth.local import acr
from fastapi_cognito_auth.local.errors import invalid_parameter, not_authorized
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.sign_in import SignIn

_FOREIGN: Final = "Invalid Access Token"


def requested_levels(plane: Plane, parameters: Mapping[str, str]) -> list[int]:
    """Read TARGET_ACR_VALUES, none without it.

    Raises:
        ServiceError: no name in it is known, MAX_AGE is not a number of seconds, or ACCESS_TOKEN came
            without it.
    """
    max_age = parameters.get("MAX_AGE")
    if max_age is not None and not (max_age.isascii() and max_age.isdigit() and len(max_age) <= 10):
        raise invalid_parameter("MAX_AGE must be a number of seconds")
    if "TARGET_ACR_VALUES" not in parameters:
        if "ACCESS_TOKEN" in parameters:
            raise invalid_parameter("ACCESS_TOKEN requires TARGET_ACR_VALUES")
        return []
    return acr.requested(plane.directory.config, parameters["TARGET_ACR_VALUES"])


def credit(plane: Plane, sign_in: SignIn, parameters: Mapping[str, str]) -> SignIn:
    """Count what the sign-in of ACCESS_TOKEN had proven, unless it is older than MAX_AGE."""
    token = parameters.get("ACCESS_TOKEN")
    if token is None:
        return sign_in
    client, user, grant = plane.tokens.read_grant(token)
    if user.sub != sign_in.user.sub or client.id != sign_in.client.id:
        raise not_authorized(_FOREIGN)
    max_age = parameters.get("MAX_AGE")
    stale = max_age is not None and plane.clock() - grant.auth_time > int(max_age)
    if stale or user.status != "CONFIRMED":
        # The second is a user whose password has to be replaced since.
        return sign_in
    return replace(sign_in, methods=grant.methods)


def refuse_credit(plane: Plane, access_token: str) -> Never:
    """Refuse the token of somebody else, which it is to a name that nobody has, as `credit` does."""
    plane.tokens.read_grant(access_token)
    raise not_authorized(_FOREIGN)
