"""What people are called who are signed in."""

from fastapi import Request

from fastapi_cognito_auth.cognito.pool import UserPool
from fastapi_cognito_auth.exceptions import CognitoAuthError
from fastapi_cognito_auth.routers.session_flow import CookieSessionFlow
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
