"""What an access token says of itself, before it is verified or where somebody else does that."""

from typing import Any

from fastapi_cognito_auth.exceptions import InvalidTokenError
from fastapi_cognito_auth.tokens.claims import LONGEST_LIFE
from fastapi_cognito_auth.tokens.jws import decode_segment, read_object, split


def lifetime_of(unverified_token: str) -> int:
    """Return the seconds from `iat` to `exp` of a token that the service has just answered with.

    It is not verified: who answers may say any lifetime anyway.

    Raises:
        ValueError: it is no token, or does not say.
    """
    claims = claims_of(unverified_token)
    issued, expires = claims.get("iat"), claims.get("exp")
    if type(issued) is not int or type(expires) is not int or not 0 < expires - issued <= LONGEST_LIFE:
        raise ValueError("neither the answer nor the access token says how long it lives")
    return expires - issued


def claims_of(unverified_token: str) -> dict[str, Any]:
    """Return the claims of a token, and none of what is no token."""
    try:
        return read_object(decode_segment(split(unverified_token.encode())[1]))
    except InvalidTokenError:
        return {}
