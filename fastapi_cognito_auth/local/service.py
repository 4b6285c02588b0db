"""The service: every operation of every pool, one at a time."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from fastapi_cognito_auth.local import validation
from fastapi_cognito_auth.local.domain.server import DomainServer
from fastapi_cognito_auth.local.errors import ServiceError
from fastapi_cognito_auth.local.moment import Moment
from fastapi_cognito_auth.local.operations import OF_ALL_POOLS, OPERATIONS
from fastapi_cognito_auth.local.operations.event_log import observed
from fastapi_cognito_auth.local.outbox import Outbox
from fastapi_cognito_auth.local.pools import Pools
from fastapi_cognito_auth.local.routing import pool_of
from fastapi_cognito_auth.runtime.forks import in_each_process


class Service:
    """The user pools API of one Region, inside this process.

    Args:
        region: of its pools.
        clock: epoch seconds.
        outbox: takes what they send.
        issuer: returns the `iss` of a pool's tokens by its id.
    """

    def __init__(
        self, region: str, clock: Callable[[], float], outbox: Outbox, issuer: Callable[[str], str]
    ) -> None:
        self.moment = Moment(clock)
        self.pools = Pools(region, self.moment, outbox, issuer)
        self._domains: dict[str, DomainServer] = {}
        in_each_process(self._start_anew)

    def _start_anew(self) -> None:
        # boto3 calls come from worker threads; an operation sees and changes a state of one moment.
        self._lock = threading.RLock()
        self.moment.let_go()

    @contextmanager
    def operation(self) -> Iterator[None]:
        """Do something in which nothing else happens to the pools, and time stands still."""
        with self._lock, self.moment.held():
            yield

    def call(self, name: str, params: dict[str, Any]) -> dict[str, Any]:
        """Run an operation of the service without HTTP.

        Returns:
            The answer as JSON has it: timestamps are epoch seconds.

        Raises:
            ServiceError: the service's refusal.
        """
        if name not in OPERATIONS and name not in OF_ALL_POOLS:
            known = name in validation.operation_names()
            text = f"{name} is not supported by the local user pool" if known else "Unknown operation"
            raise ServiceError("UnknownOperationException", text)
        cleaned = validation.validate(name, params)
        with self.operation():
            if name in OF_ALL_POOLS:
                return OF_ALL_POOLS[name](self.pools, cleaned)
            return observed(pool_of(self.pools, cleaned), name, cleaned, OPERATIONS[name])

    def domain_of(self, pool_id: str) -> DomainServer:
        """Return what answers at the domain of a pool.

        Raises:
            ServiceError: there is no such pool.
        """
        plane = self.pools.get(pool_id)
        server = self._domains.get(pool_id)
        if server is None:
            server = DomainServer(plane, self.call, self.operation, plane.directory.pool.issuer)
            self._domains[pool_id] = server
        return server

    def jwks(self, pool_id: str) -> dict[str, Any]:
        """Return the public keys that verify a pool's tokens.

        Raises:
            ServiceError: there is no such pool.
        """
        with self._lock:
            return self.pools.get(pool_id).tokens.keys.jwks()
