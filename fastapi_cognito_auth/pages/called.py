"""What people are called who are signed in."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request

from fastapi_cognito_auth.cognito.pool import UserPool
from fastapi_cognito_auth.exceptions import CognitoAuthError, InvalidTokenError
from fastapi_cognito_auth.routers.session_flow import CookieSessionFlow
from fastapi_cognito_auth.tokens.jws import decode_segment, read_object, split
from fastapi_cognito_auth.user import User


async def called(user: User, request: Request, flow: CookieSessionFlow, pool: UserPool) -> str:
    """Return what somebody knows their account by.

    Where people sign in by an address, the username is an id that says nothing to them, and the pool is
    asked; what it does not say is no reason to show no page.

    Args:
        user: who is signed in.
        request: of their browser.
        flow: has their token.
        pool: knows their address.
    """
    if user.username != user.sub:
        return user.username
    token = await flow.token_to_credit(request)
    if token is None:
        return user.username
    try:
        return (await pool.account.profile(token)).name_to_show
    except CognitoAuthError:
        return user.username


async def called_by_session(user: User, request: Request, flow: CookieSessionFlow) -> str:
    """Return what somebody knows their account by, as far as their session tells: the pool is not asked.

    Args:
        user: who is signed in.
        request: of their browser.
        flow: has their tokens.
    """
    if user.username != user.sub:
        return user.username
    claims = _claims(await flow.id_token_kept(request))
    if claims.get("sub") != user.sub:
        return user.username
    addresses = [claims.get("email"), claims.get("phone_number")]
    return next((one for one in addresses if isinstance(one, str) and one), user.username)


def _claims(id_token: str | None) -> Mapping[str, Any]:
    """Return what an ID token of a session says.

    It is not verified, which is enough for words on a page: this app got it from the pool and sealed it, and
    only who has it reads them.
    """
    if id_token is None:
        return {}
    try:
        return read_object(decode_segment(split(id_token.encode())[1]))
    except InvalidTokenError:
        return {}
