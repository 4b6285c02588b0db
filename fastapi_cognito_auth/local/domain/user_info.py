"""GET /oauth2/userInfo: what an access token with `openid` shows of its user.

https://docs.aws.amazon.com/cognito/latest/developerguide/userinfo-endpoint.html
"""

from typing import Final

from fastapi_cognito_auth.local import attributes
from fastapi_cognito_auth.local.errors import ServiceError
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.scopes import shown

_NO_TOKEN: Final = "Access token format is not valid"  # noqa: S105 - a message
_OVER: Final = "Access token is expired or user has globally signed out, disabled, or been deleted"
_SCOPE: Final = "Access token does not contain the 'openid' scope"


class UserInfoRefusal(Exception):  # noqa: N818 - no error of ours, an answer
    """A token that shows nothing.

    Args:
        description: why.
        realm: whether the token could be read at all, so that the realm is named.
    """

    def __init__(self, description: str, *, realm: bool) -> None:
        super().__init__(description)
        self.description = description
        self.realm = realm


def answer(plane: Plane, authorization: str | None) -> dict[str, str]:
    """Return the claims: all of them texts.

    Raises:
        UserInfoRefusal: the token is no access token of the pool, over, or without `openid`.
    """
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise UserInfoRefusal(_NO_TOKEN, realm=False)
    try:
        claims, user, grant = plane.tokens.verify_access_token(token)
    except ServiceError as exc:
        unread = exc.message in {"Invalid Access Token", "Could not verify signature for Access Token"}
        if exc.message == "Access Token does not have required scopes":
            raise UserInfoRefusal(_SCOPE, realm=True) from None
        raise UserInfoRefusal(_NO_TOKEN if unread else _OVER, realm=not unread) from None
    scopes = claims["scope"].split()
    if "openid" not in scopes:
        raise UserInfoRefusal(_SCOPE, realm=True)
    held = attributes.readable(plane.directory.client(grant.client_id), user.attributes)
    return shown(scopes, held) | {"sub": user.sub, "username": user.username}
