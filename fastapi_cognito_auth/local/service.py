"""The service: every operation of every pool, one at a time."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from fastapi_cognito_auth.local import validation
from fastapi_cognito_auth.local.domain.server import DomainServer
from fastapi_cognito_auth.local.errors import ServiceError
from fastapi_cognito_auth.local.lambda_config import Functions
from fastapi_cognito_auth.local.moment import Moment
from fastapi_cognito_auth.local.operations import OF_ALL_POOLS, OPERATIONS
from fastapi_cognito_auth.local.operations.event_log import observed
from fastapi_cognito_auth.local.operations.recovery import PAUSED
from fastapi_cognito_auth.local.outbox import Outbox
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.pools import Pools
from fastapi_cognito_auth.local.routing import pool_of
from fastapi_cognito_auth.local.state.file import StateFile, StateFileError
from fastapi_cognito_auth.local.triggers import Triggers
from fastapi_cognito_auth.runtime.forks import in_each_process

LOGGER: Final = logging.getLogger("fastapi_cognito_auth.local")


class Service:
    """The user pools API of one Region, inside this process.

    Args:
        region: of its pools.
        clock: epoch seconds.
        outbox: takes what they send.
        issuer: returns the `iss` of a pool's tokens by its id.
        triggers: returns what a pool calls by its id, where its LambdaConfig names no function.
        functions: what stands for the functions that LambdaConfig names.
        book: where all is written down before an operation is answered.
    """

    def __init__(
        self,
        region: str,
        clock: Callable[[], float],
        outbox: Outbox,
        *,
        issuer: Callable[[str], str],
        triggers: Callable[[str], Triggers],
        functions: Functions,
        book: StateFile | None = None,
    ) -> None:
        self.moment: Moment = Moment(clock)
        self.pools: Pools = Pools(
            region, self.moment, outbox, issuer=issuer, triggers=triggers, functions=functions, book=book
        )
        self._domains: dict[str, tuple[Plane, DomainServer]] = {}
        in_each_process(self._start_anew)

    def _start_anew(self) -> None:
        # boto3 calls come from worker threads; an operation sees and changes a state of one moment.
        self._lock = threading.RLock()
        self._depth = 0
        self.moment.let_go()

    @contextmanager
    def operation(self) -> Iterator[None]:
        """Do something in which nothing else happens to the pools, and time stands still.

        What has changed is written down at its end, after a refusal too: a wrong guess was counted.

        Raises:
            ServiceError: that cannot be done; all is as it was before.
        """
        with self._lock, self.moment.held():
            if self._depth == 0:
                with _in_the_services_words():
                    self.pools.check()
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
                if self._depth == 0:
                    self._commit()

    @contextmanager
    def set_up(self) -> Iterator[None]:
        """Do something of which either all is written down at its end or, after a refusal, nothing.

        Raises:
            ServiceError: it cannot be written down.
        """
        with self._lock, self.moment.held():
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
            self._commit()

    def checkpoint(self) -> None:
        """Bring everything into the file itself."""
        with self._lock:
            self.pools.checkpoint()

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self.pools.close()

    def _commit(self) -> None:
        with _in_the_services_words():
            self.pools.commit()

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
            plane = pool_of(self.pools, cleaned)
            if name in PAUSED:
                plane.directory.check_writable()
            return observed(plane, name, cleaned, OPERATIONS[name])

    def domain_of(self, pool_id: str) -> DomainServer:
        """Return what answers at the domain of a pool.

        Raises:
            ServiceError: there is no such pool.
        """
        plane = self.pools.get(pool_id)
        known, server = self._domains.get(pool_id, (None, None))
        if server is None or known is not plane:
            server = DomainServer(plane, self.call, self.operation, plane.directory.pool.issuer)
            self._domains[pool_id] = plane, server
        return server

    def jwks(self, pool_id: str) -> dict[str, Any]:
        """Return the public keys that verify a pool's tokens.

        Raises:
            ServiceError: there is no such pool.
        """
        with self.operation():
            return self.pools.get(pool_id).tokens.keys.jwks()


@contextmanager
def _in_the_services_words() -> Iterator[None]:
    try:
        yield
    except StateFileError as exc:
        LOGGER.error("%s", exc)  # noqa: TRY400 - its words say it all
        raise ServiceError("InternalErrorException", str(exc)) from exc
