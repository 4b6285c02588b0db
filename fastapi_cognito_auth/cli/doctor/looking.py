"""Looks at everything once: the pool, its client, its domain, the keys, the clock, Redis."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any, Final

import httpx2

from fastapi_cognito_auth.auth import CognitoAuth
from fastapi_cognito_auth.cli.doctor.facts import AbsentError, Facts, UnseenError, groups_of, name_of
from fastapi_cognito_auth.cognito.boto_errors import unreached
from fastapi_cognito_auth.exceptions import (
    CognitoAuthError,
    ConfigurationError,
    ResourceNotFoundError,
    UnknownOperationError,
)
from fastapi_cognito_auth.keys.download import key_download
from fastapi_cognito_auth.keys.jwks import FetchError
from fastapi_cognito_auth.redis_connections import RedisConnections, RedisUnavailableError
from fastapi_cognito_auth.runtime.clock import wall_clock
from fastapi_cognito_auth.runtime.outgoing import trusted_certificates
from fastapi_cognito_auth.settings.settings import CognitoSettings

Call = Callable[..., Awaitable[dict[str, Any]]]

OPERATIONS: Final = frozenset(
    {
        "DescribeUserPool",
        "DescribeUserPoolClient",
        "DescribeUserPoolDomain",
        "GetUserPoolMfaConfig",
        "ListGroups",
        "ListResourceServers",
        "ListUserPoolClientSecrets",
    }
)
"""All that is called; none of them changes anything."""

_MOST_PAGES: Final = 20
_KEY_SET: Final = "/jwks.json"
_LARGEST_DOCUMENT: Final = 65_536  # bytes


async def look(auth: CognitoAuth, call: Call, app_url: str | None, environ: Mapping[str, str]) -> Facts:
    """Look at everything that checks ask for.

    Args:
        auth: of the app.
        call: calls an operation of the user pools API.
        app_url: where browsers reach the app, without a slash at its end, if that is known.
        environ: the environment's variables.
    """
    settings = auth.settings
    wanted: dict[str, Awaitable[Any]] = {
        "pool": _described(call, "DescribeUserPool", "UserPool"),
        "client": _client(call, settings.client_id),
        "mfa": _described(call, "GetUserPoolMfaConfig"),
        "secrets": _other_secrets(call, settings),
        "accepted": _clients(call, settings.accepted_client_ids),
        "keys": _keys(auth),
        "clock": _clock(settings),
        "issuer": _issuer(settings),
    }
    if settings.domain_url is not None:
        wanted["domain"] = _domain(call, settings.domain_url)
    if settings.machine_client_id is not None:
        wanted["machine"] = _client(call, settings.machine_client_id)
    if groups_of(settings):
        wanted["groups"] = _listed(call, "ListGroups", "Groups", "GroupName", Limit=60)
    if settings.scopes_supported or settings.resource:
        wanted["servers"] = _servers(call)
    if settings.redis_url is not None:
        wanted["redis"] = _redis(settings)
    names = list(wanted)
    answers = await asyncio.gather(*wanted.values(), return_exceptions=True)
    for answer in answers:
        if isinstance(answer, BaseException) and not isinstance(answer, UnseenError | AbsentError):
            raise answer
    return Facts(settings, app_url, environ, dict(zip(names, answers, strict=True)))


async def _described(call: Call, operation: str, member: str | None = None, **params: Any) -> Any:
    try:
        answer = await call(operation, **params)
    except ResourceNotFoundError as exc:
        raise AbsentError from exc
    except (UnknownOperationError, ValueError) as exc:
        msg = f"{operation} is not known to this boto3, or to the endpoint"
        raise UnseenError(msg) from exc
    except CognitoAuthError as exc:
        raise UnseenError(unreached(exc) or exc.message, exc.code, operation) from exc
    return answer if member is None else answer.get(member)


async def _client(call: Call, client_id: str) -> Any:
    return await _described(call, "DescribeUserPoolClient", "UserPoolClient", ClientId=client_id)


async def _other_secrets(call: Call, settings: CognitoSettings) -> bool:
    """Tell whether the app client has another secret than the one that is shown."""
    if settings.client_secret is None:
        return False
    described = await _client(call, settings.client_id)
    if described.get("ClientSecret") in {None, settings.client_secret.get_secret_value()}:
        return False
    return len(await _described(call, "ListUserPoolClientSecrets", "ClientSecrets") or ()) > 1


async def _clients(call: Call, client_ids: tuple[str, ...]) -> dict[str, bool]:
    """Tell which of the app clients there are."""
    there: dict[str, bool] = {}
    for client_id in client_ids:
        try:
            await _client(call, client_id)
        except AbsentError:
            there[client_id] = False
        else:
            there[client_id] = True
    return there


async def _domain(call: Call, address: str) -> Mapping[str, Any]:
    described: Mapping[str, Any] | None = await _described(
        call, "DescribeUserPoolDomain", "DomainDescription", Domain=name_of(address)
    )
    return described or {}


async def _listed(call: Call, operation: str, member: str, key: str, **params: Any) -> frozenset[str]:
    names: set[str] = set()
    for _ in range(_MOST_PAGES):
        answer = await _described(call, operation, **params)
        names.update(item[key] for item in answer.get(member, ()))
        if not answer.get("NextToken"):
            break
        params["NextToken"] = answer["NextToken"]
    return frozenset(names)


async def _servers(call: Call) -> Mapping[str, frozenset[str]]:
    """Return the identifiers of the resource servers, each with its scopes."""
    servers: dict[str, frozenset[str]] = {}
    params: dict[str, Any] = {"MaxResults": 50}
    for _ in range(_MOST_PAGES):
        answer = await _described(call, "ListResourceServers", **params)
        for server in answer.get("ResourceServers", ()):
            identifier = server["Identifier"]
            servers[identifier] = frozenset(
                f"{identifier}/{scope['ScopeName']}" for scope in server.get("Scopes") or ()
            )
        if not answer.get("NextToken"):
            break
        params["NextToken"] = answer["NextToken"]
    return servers


async def _keys(auth: CognitoAuth) -> Mapping[str, str | None]:
    """Return for each pool why its keys cannot be had, or `None`."""
    failed: dict[str, str | None] = {}
    for pool, keys in auth.key_sets.items():
        try:
            await keys.refresh()
        except FetchError as exc:
            failed[pool] = str(exc)
        else:
            failed[pool] = None
    return failed


async def _clock(settings: CognitoSettings) -> float:
    """Return by how many seconds the clock of who serves the keys is ahead of this one."""
    try:
        async with (
            asyncio.timeout(settings.jwks_timeout),
            httpx2.AsyncClient(
                verify=await trusted_certificates(), follow_redirects=False, timeout=None
            ) as http,
        ):
            began = time.monotonic()
            async with http.stream("GET", settings.key_set_uri) as answer:
                date = parsedate_to_datetime(answer.headers["date"]).timestamp()
                # A cache on the way gives the date at which it was told (RFC 9111 section 5.1).
                date += int(answer.headers.get("age", 0))
            half = (time.monotonic() - began) / 2
        # A date has whole seconds, so the moment is within the one that it names.
        return date + 0.5 + half - wall_clock()
    except (httpx2.HTTPError, httpx2.InvalidURL, ImportError, KeyError, OSError, ValueError) as exc:
        raise UnseenError(_silent(exc)) from None


def _silent(error: BaseException) -> str:
    return f"the address of the key set tells nothing: {type(error).__name__}"


async def _issuer(settings: CognitoSettings) -> str | None:
    """Return what tokens call their issuer, as who serves the keys says; `None` where nobody is asked."""
    address = settings.key_set_uri
    if settings.key_set or settings.key_set_file or not address.endswith(f"/.well-known{_KEY_SET}"):
        return None
    download = key_download(timeout=settings.jwks_timeout, largest=_LARGEST_DOCUMENT)
    try:
        answer = await download(f"{address.removesuffix(_KEY_SET)}/openid-configuration")
        return str(json.loads(answer or b"")["issuer"])
    except FetchError as exc:
        why = str(exc) if exc.__cause__ is None else _silent(exc.__cause__)
    except (KeyError, TypeError, ValueError, RecursionError):
        why = "who serves the keys names no issuer"
    raise UnseenError(why)


async def _redis(settings: CognitoSettings) -> str | None:
    """Return why Redis does not answer, or `None`."""
    assert settings.redis_url is not None  # noqa: S101 - asked for only then
    try:
        connections = RedisConnections(
            settings.redis_url.get_secret_value(), timeout=settings.redis_timeout, setting="COGNITO_REDIS_URL"
        )
        await connections.ask("PING")
    except (ConfigurationError, RedisUnavailableError) as exc:
        return str(exc)
    return None
