"""The parts that get tokens for calling others, as the settings want them."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import httpx2
from starlette.types import ASGIApp

from fastapi_cognito_auth.cognito.derived_tokens import Acting, DerivedTokens
from fastapi_cognito_auth.cognito.domain_client import DomainClient
from fastapi_cognito_auth.cognito.machine_tokens import MachineTokens, at_domain, by_api
from fastapi_cognito_auth.cognito.token_requests import Verify
from fastapi_cognito_auth.exceptions import ConfigurationError, InvalidIssuerError
from fastapi_cognito_auth.settings.settings import CognitoSettings
from fastapi_cognito_auth.tokens.claims import AccessTokenClaims
from fastapi_cognito_auth.tokens.issuing_pool import IssuingPool
from fastapi_cognito_auth.tokens.verifier import TokenVerifier

Call = Callable[..., Awaitable[dict[str, Any]]]


def machine_tokens(
    settings: CognitoSettings,
    home: IssuingPool,
    call: Call,
    clock: Callable[[], float],
    local_domain: ASGIApp | None,
) -> MachineTokens:
    """Return what gets tokens for the app itself, at the pool's domain if there is one, else by the API.

    Args:
        settings: name the app client.
        home: the app's own pool.
        call: calls an operation of the API.
        clock: seconds since the epoch.
        local_domain: the domain of a local pool.

    Raises:
        ConfigurationError: there is no app client with a secret.
    """
    # The app client of a local pool signs users in.
    if settings.machine_client is None or (local_domain is not None and settings.machine_client_id is None):
        raise ConfigurationError(
            "COGNITO_MACHINE_CLIENT_ID and COGNITO_MACHINE_CLIENT_SECRET are missing; on a local pool write"
            " LocalUserPool(machine_clients=[LocalMachine(scopes=[…])])"
        )
    client_id, client_secret = settings.machine_client
    domain = "http://local" if local_domain is not None else settings.domain_url
    ask = by_api(call, client_id, client_secret)
    if domain is not None:
        ask = at_domain(
            DomainClient(
                domain,
                client_id=client_id,
                client_secret=client_secret,
                named_by="COGNITO_MACHINE_CLIENT_ID and COGNITO_MACHINE_CLIENT_SECRET",
                timeout=settings.read_timeout,
                transport=None if local_domain is None else httpx2.ASGITransport(app=local_domain),
            )
        )
    return MachineTokens(ask, _verify(settings, home, frozenset({client_id}), clock), clock=clock)


def derived_tokens(
    settings: CognitoSettings,
    home: IssuingPool,
    call: Call,
    clock: Callable[[], float],
    *,
    verifier: TokenVerifier,
    machine: Callable[[], MachineTokens],
) -> DerivedTokens:
    """Return what gets tokens on behalf of users.

    Args:
        settings: name the app client.
        home: the app's own pool, which alone exchanges its users' tokens.
        call: calls an operation of the API.
        clock: seconds since the epoch.
        verifier: judges the tokens of users.
        machine: returns what gets tokens for the app itself, which acts for them.
    """

    async def subject(token: str) -> AccessTokenClaims:
        claims = await verifier.access_token(token)
        if claims.iss not in home.issuers:
            raise InvalidIssuerError().about("iss", found=claims.iss, wanted=home.issuers)
        return claims

    def acting() -> Acting:
        tokens = machine()  # there is none without an id
        client_id = settings.machine_client_id or settings.client_id
        return Acting(client_id, tokens.get)

    verify = _verify(settings, home, settings.client_ids, clock)
    return DerivedTokens(call, subject, verify, acting, clock=clock)


def _verify(
    settings: CognitoSettings, home: IssuingPool, client_ids: frozenset[str], clock: Callable[[], float]
) -> Verify:
    """Return what judges tokens that the app asked for, whoever may call the app itself."""
    own = replace(home, client_ids=client_ids, accept_client=None)

    async def verify(token: str, resource: str | None) -> AccessTokenClaims:
        verifier = TokenVerifier(
            [own],
            resources=() if resource is None else (resource,),
            max_token_size=settings.max_token_size,
            cache_size=0,
            clock_skew=settings.clock_skew,
            clock=clock,
        )
        return await verifier.access_token(token)

    return verify
