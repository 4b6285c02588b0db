"""What requests for tokens share: what may be asked for, and what an answer has to be."""

import logging
import re
from collections.abc import Awaitable, Callable, Iterable
from typing import Final

from fastapi_cognito_auth.exceptions import (
    InvalidParameterError,
    InvalidTokenError,
    MachineClientError,
    MachineScopeError,
    MachineTokenError,
    NotAuthorizedError,
    OperationNotEnabledError,
    ResourceNotFoundError,
    TooManyRequestsError,
    UnknownOperationError,
    UserPoolError,
    UserPoolUnavailableError,
)
from fastapi_cognito_auth.tokens.claims import AccessTokenClaims

logger: logging.Logger = logging.getLogger("fastapi_cognito_auth")

Verify = Callable[[str, str | None], Awaitable[AccessTokenClaims]]
"""Verifies a token that is to be for a resource, if one is given."""

_SCOPE: Final = re.compile(r"[!#-\[\]-~]{1,256}")
_RESOURCE: Final = re.compile(r"[!-~]{1,2048}")


def wanted_scopes(scopes: Iterable[str]) -> frozenset[str]:
    """Return the scopes that are asked for.

    Raises:
        ValueError: they are written in another way.
    """
    if isinstance(scopes, str):
        raise ValueError("scopes are given as a list, and not as one text")  # noqa: TRY004 - as other mistakes
    wanted = frozenset(scopes)
    if not all(_SCOPE.fullmatch(scope) for scope in wanted):
        raise ValueError("a scope is one word (RFC 6749 section 3.3)")
    return wanted


def wanted_resource(resource: str | None) -> str | None:
    """Return whom the token is to be for.

    Raises:
        ValueError: it is written in another way.
    """
    if resource is not None and not _RESOURCE.fullmatch(resource):
        raise ValueError("a resource is an address, or another word (RFC 8707 section 2)")
    return resource


def bearer(token: object, token_type: object) -> str:
    """Return a token of an answer.

    Raises:
        UserPoolUnavailableError: there is none, or of a type that is not to be used (RFC 6749 section 7.1).
    """
    if not isinstance(token, str) or not isinstance(token_type, str) or token_type.lower() != "bearer":
        logger.warning("the pool issued no bearer token")
        raise UserPoolUnavailableError
    return token


async def verified(
    token: str, verify: Verify, scopes: frozenset[str], resource: str | None
) -> AccessTokenClaims:
    """Return the claims of a token that was issued to the app.

    Args:
        token: as it came.
        verify: judges it.
        scopes: those that it has to have.
        resource: whom it is for, and nobody else.

    Raises:
        MachineTokenError: it is not good, or good elsewhere too.
        MachineScopeError: it lacks a scope.
        KeysUnavailableError: that cannot be told at the moment.
    """
    try:
        claims = await verify(token, resource)
    except InvalidTokenError as exc:
        logger.warning("the pool issued a token that is not good: %s", exc)
        raise MachineTokenError from exc
    audience = (claims.aud,) if isinstance(claims.aud, str) else claims.aud
    if resource is not None and audience != (resource,):
        logger.warning("the pool issued a token that is not for %s", resource)
        raise MachineTokenError
    granted = frozenset(claims.scope.split())
    if not scopes <= granted:
        logger.warning("the pool granted no %s", " ".join(sorted(scopes - granted)))
        raise MachineScopeError().about("scope", found=granted, wanted=scopes)
    return claims


def refused(error: UserPoolError, scopes: frozenset[str]) -> Exception:
    """Return what to raise for a refusal of the API.

    What is a caller's to mend in a sign-in is the app's here, and its callers cannot.

    Args:
        error: the refusal.
        scopes: those that were asked for.
    """
    if error.status_code >= 500 or isinstance(error, (TooManyRequestsError, UnknownOperationError)):
        return error
    logger.warning("the user pool issued no token: %s", error.code)
    if isinstance(error, (NotAuthorizedError, OperationNotEnabledError, ResourceNotFoundError)):
        return MachineClientError(error=error.code)
    if isinstance(error, InvalidParameterError) and scopes:
        return MachineScopeError(error=error.code)
    return MachineTokenError(error=error.code)
