"""Tokens on behalf of users: GetDerivedToken (RFC 8693).

https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetDerivedToken.html
"""

import hashlib
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from fastapi_cognito_auth.cognito.kept_tokens import Issued, KeptTokens
from fastapi_cognito_auth.cognito.token_requests import (
    Verify,
    bearer,
    refused,
    verified,
    wanted_resource,
    wanted_scopes,
)
from fastapi_cognito_auth.exceptions import (
    InvalidTokenError,
    InvalidTokenUseError,
    MachineScopeError,
    MachineTokenError,
    NotAuthorizedError,
    PermissionDeniedError,
    UserLambdaValidationError,
    UserNotFoundError,
    UserPoolError,
    UserPoolUnavailableError,
)
from fastapi_cognito_auth.runtime.clock import wall_clock
from fastapi_cognito_auth.tokens.claims import AccessTokenClaims

if TYPE_CHECKING:
    import httpx2

logger: logging.Logger = logging.getLogger("fastapi_cognito_auth")

_ACCESS: Final = "ACCESS_TOKEN"
_MOST: Final = 4096
"""Tokens that are kept; one is for one sign-in and what was asked for."""


class Acting(NamedTuple):
    """Who acts for users."""

    client_id: str
    token: Callable[[], Awaitable[str]]


class _Wanted(NamedTuple):
    """What is asked for; `audience` and `resource` exclude each other."""

    scopes: frozenset[str]
    audience: str | None
    resource: str | None
    impersonate: bool


_Key = tuple[bytes, _Wanted]


class DerivedTokens:
    """Gets access tokens of users for other APIs, and keeps them until shortly before they end.

    Args:
        call: calls an operation of the API, as the app client.
        subject: judges the token of a user, as for a request.
        verify: judges what the pool answers with.
        acting: returns who acts for the users.
        clock: seconds since the epoch.
    """

    def __init__(
        self,
        call: Callable[..., Awaitable[dict[str, Any]]],
        subject: Callable[[str], Awaitable[AccessTokenClaims]],
        verify: Verify,
        acting: Callable[[], Acting],
        *,
        clock: Callable[[], float] = wall_clock,
    ) -> None:
        self._call = call
        self._subject = subject
        self._verify = verify
        self._acting = acting
        self._tokens: KeptTokens[_Key] = KeptTokens(most=_MOST, clock=clock)

    async def get(
        self,
        access_token: str,
        *,
        scopes: Iterable[str],
        audience: str | None = None,
        resource: str | None = None,
        impersonate: bool = False,
    ) -> str:
        """Return an access token of the same user, with which another API is called for them.

        Args:
            access_token: the user's, of `Depends(auth.access_token)`; it is verified once more.
            scopes: those that it has, and no other: whoever gets it can do no more with it.
            audience: the name of the service that it is for (`aud`).
            resource: the resource server that it is for (`aud`), instead of `audience`.
            impersonate: leaves out that the app acts for the user: the other API cannot tell the two
                apart. Otherwise `act` names the app's machine.

        Raises:
            InvalidTokenError: the user's token is not good, or not any more.
            PermissionDeniedError: it lacks a scope that is asked for.
            MachineTokenError: the pool refused the app, or its token is not what was asked for.
            UserPoolUnavailableError: nothing is known; try again.
            KeysUnavailableError: a token cannot be verified at the moment.
            UnknownOperationError: boto3, or the endpoint, does not know the operation.
            ConfigurationError: there is no machine, and it is to act.
            ValueError: no scope is named, or what is asked for is written in another way.
        """
        wanted = _wanted(scopes, audience, resource, impersonate=impersonate)
        key, issue = await self._prepared(access_token, wanted)
        return await self._tokens.get(key, issue)

    def httpx_auth(
        self,
        access_token: str,
        *,
        scopes: Iterable[str],
        audience: str | None = None,
        resource: str | None = None,
        impersonate: bool = False,
    ) -> "httpx2.Auth":
        """Return what adds such a token to each request of an `httpx2.AsyncClient`.

        A request that is refused with 401 is sent once more, with a new token.

        Args:
            access_token: as for `get`.
            scopes: as for `get`.
            audience: as for `get`.
            resource: as for `get`.
            impersonate: as for `get`.

        Raises:
            ValueError: no scope is named, or what is asked for is written in another way.
        """
        from fastapi_cognito_auth.cognito.bearer_auth import BearerAuth  # noqa: PLC0415 - httpx2 comes late

        wanted = _wanted(scopes, audience, resource, impersonate=impersonate)

        async def get() -> str:
            key, issue = await self._prepared(access_token, wanted)
            return await self._tokens.get(key, issue)

        async def instead_of(refused: str) -> str | None:
            key, issue = await self._prepared(access_token, wanted)
            return await self._tokens.instead_of(refused, key, issue)

        return BearerAuth(get, instead_of)

    async def _prepared(
        self, access_token: str, wanted: _Wanted
    ) -> tuple[_Key, Callable[[], Awaitable[Issued]]]:
        """Verify the user's token, each time: what was drawn from one that is revoked is not given out."""
        subject = await self._subject(access_token)
        if subject.username is None:
            error = InvalidTokenUseError("The token is a machine's; this needs a user's.")
            raise error.about("username", found=None, wanted="a user's")
        held = frozenset(subject.scope.split())
        if not wanted.scopes <= held:
            raise PermissionDeniedError(
                required=wanted.scopes, held=held, scope=" ".join(sorted(wanted.scopes))
            )
        key = hashlib.sha256(access_token.encode()).digest(), wanted
        return key, lambda: self._issue(access_token, subject, wanted)

    async def _issue(self, access_token: str, subject: AccessTokenClaims, wanted: _Wanted) -> Issued:
        acting = None if wanted.impersonate else self._acting()
        asked: dict[str, Any] = {
            "SubjectToken": access_token,
            "SubjectTokenType": _ACCESS,
            "RequestedTokenType": _ACCESS,
            "Scopes": sorted(wanted.scopes),
        }
        if acting is not None:
            asked |= {"ActorToken": await acting.token(), "ActorTokenType": _ACCESS}
        asked |= {"Audiences": [wanted.audience]} if wanted.audience is not None else {}
        asked |= {"Resources": [wanted.resource]} if wanted.resource is not None else {}
        try:
            answer = await self._call("GetDerivedToken", **asked)
        except (NotAuthorizedError, UserNotFoundError) as exc:
            logger.warning("the user pool exchanged no token: %s", exc.code)
            raise InvalidTokenError("The access token is not good for this, or not any more.") from None
        except UserLambdaValidationError:
            raise
        except UserPoolError as exc:
            raise refused(exc, wanted.scopes) from exc.__cause__
        if answer.get("IssuedTokenType") != _ACCESS:
            raise UserPoolUnavailableError
        token = bearer(answer.get("IssuedToken"), answer.get("TokenType"))
        claims = await verified(token, self._verify, wanted.scopes, wanted.audience or wanted.resource)
        _demand_the_same_user(claims, subject, acting)
        if more := {*claims.scope.split()} - wanted.scopes:
            logger.warning("the pool exchanged a token for one that can do more: %s", " ".join(sorted(more)))
            raise MachineScopeError().about("scope", found=more, wanted=wanted.scopes)
        return Issued(token, claims.exp)


def _wanted(
    scopes: Iterable[str], audience: str | None, resource: str | None, *, impersonate: bool
) -> _Wanted:
    if audience is not None and resource is not None:
        raise ValueError("a resource is given instead of an audience")
    wanted = wanted_scopes(scopes)
    if not wanted:
        raise ValueError("a scope is to be named: with all of a user's, others could change the account")
    return _Wanted(wanted, wanted_resource(audience), wanted_resource(resource), impersonate)


def _demand_the_same_user(
    claims: AccessTokenClaims, subject: AccessTokenClaims, acting: Acting | None
) -> None:
    """Refuse a token of somebody else, or one that hides or invents who acts.

    Raises:
        MachineTokenError: it is one.
    """
    who, before = (claims.sub, claims.username), (subject.sub, subject.username)
    if acting is None:
        as_wanted = claims.act is None or claims.act == subject.act
    else:
        as_wanted = claims.act is not None and claims.act.sub == acting.client_id
    if who != before or not as_wanted:
        logger.warning("the pool exchanged a token for one of somebody else")
        raise MachineTokenError
