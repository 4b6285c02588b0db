"""The list of revocations that was chosen."""

from collections.abc import Callable, Mapping
from typing import Literal, assert_never

from fastapi_cognito_auth.exceptions import ConfigurationError
from fastapi_cognito_auth.redis_connections import RedisConnections
from fastapi_cognito_auth.revocation.deny_list import DenyList
from fastapi_cognito_auth.revocation.in_process import InProcessStore
from fastapi_cognito_auth.revocation.outage import Outage, WhenUnavailable
from fastapi_cognito_auth.revocation.probe import GetUser, Probe
from fastapi_cognito_auth.revocation.protocol import Revocations
from fastapi_cognito_auth.revocation.redis_store import RedisStore
from fastapi_cognito_auth.runtime.clock import wall_clock


def chosen_revocations(
    mode: Literal["off", "local", "redis", "probe"],
    *,
    pools: Mapping[str, str],
    get_user: GetUser,
    redis_url: str | None,
    redis_key_prefix: str,
    redis_timeout: float,
    when_unavailable: WhenUnavailable,
    probe_ttl: float,
    clock_skew: float,
    clock: Callable[[], float] = wall_clock,
) -> Revocations | None:
    """Build what asks whether a token is revoked; `None` where nobody is asked.

    Args:
        mode: `off`, a list in the memory of this worker (`local`), one in Redis, or GetUser (`probe`).
        pools: the id of the user pool behind each issuer.
        get_user: calls GetUser with an access token.
        redis_url: the address of Redis.
        redis_key_prefix: of all keys there.
        redis_timeout: seconds for one question to Redis as a whole.
        when_unavailable: what happens while Redis or Cognito does not answer.
        probe_ttl: seconds for which an answer of GetUser counts.
        clock_skew: seconds for which the verifier accepts a token that has expired.
        clock: seconds since the epoch.

    Raises:
        ConfigurationError: what the mode needs is missing.
    """
    if mode == "off":
        return None
    if mode == "redis":
        if redis_url is None:
            raise ConfigurationError("COGNITO_REDIS_URL is missing: COGNITO_REVOCATION is redis")
        connections = RedisConnections(redis_url, timeout=redis_timeout, setting="COGNITO_REVOCATION=redis")
        store = RedisStore(connections, prefix=redis_key_prefix)
        return DenyList(
            store, Outage(when_unavailable, "Redis"), pools=pools, clock_skew=clock_skew, clock=clock
        )
    own = DenyList(
        InProcessStore(clock=clock),
        Outage("refuse", "this process"),
        pools=pools,
        clock_skew=clock_skew,
        clock=clock,
    )
    if mode == "local":
        return own
    if mode == "probe":
        return Probe(
            get_user,
            own,
            Outage(when_unavailable, "Cognito"),
            ttl=probe_ttl,
            clock_skew=clock_skew,
            clock=clock,
        )
    assert_never(mode)
