"""How long an access token lives, by its own word."""

from fastapi_cognito_auth.exceptions import InvalidTokenError
from fastapi_cognito_auth.tokens.claims import LONGEST_LIFE
from fastapi_cognito_auth.tokens.jws import decode_segment, read_object, split


def lifetime_of(unverified_token: str) -> int:
    """Return the seconds from `iat` to `exp` of a token that the service has just answered with.

    It is not verified: who answers may say any lifetime anyway.

    Raises:
        ValueError: it is no token, or does not say.
    """
    try:
        claims = read_object(decode_segment(split(unverified_token.encode())[1]))
    except InvalidTokenError:
        claims = {}
    issued, expires = claims.get("iat"), claims.get("exp")
    if type(issued) is not int or type(expires) is not int or not 0 < expires - issued <= LONGEST_LIFE:
        raise ValueError("neither the answer nor the access token says how long it lives")
    return expires - issued
