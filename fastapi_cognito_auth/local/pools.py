"""The user pools of one account in one Region."""

from collections.abc import Callable, Iterator
from typing import Final

from fastapi_cognito_auth.local.codes import Codes, Limits
from fastapi_cognito_auth.local.devices import Devices
from fastapi_cognito_auth.local.directory import Directory, no_such_client
from fastapi_cognito_auth.local.drawn import new_account_id
from fastapi_cognito_auth.local.errors import not_found
from fastapi_cognito_auth.local.lockout import Lockout
from fastapi_cognito_auth.local.mfa import FactorStore
from fastapi_cognito_auth.local.outbox import Outbox
from fastapi_cognito_auth.local.passkeys import Passkeys
from fastapi_cognito_auth.local.passwords import Passwords
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.pool_record import PoolRecord
from fastapi_cognito_auth.local.pre_token import PreTokenGeneration
from fastapi_cognito_auth.local.sessions import Sessions
from fastapi_cognito_auth.local.srp_server import Handshakes
from fastapi_cognito_auth.local.tokens import Tokens
from fastapi_cognito_auth.local.triggers import Triggers
from fastapi_cognito_auth.srp import handshake as srp

PARTITION: Final = "aws"


class Pools:
    """Every pool, each with its own users, app clients and keys.

    Args:
        region: of all of them.
        clock: epoch seconds.
        outbox: takes what they send.
        issuer: returns the `iss` of a pool's tokens by its id.
    """

    def __init__(
        self, region: str, clock: Callable[[], float], outbox: Outbox, issuer: Callable[[str], str]
    ) -> None:
        self.region = region
        self.clock = clock
        self.account_id: str = new_account_id()
        self.issuer = issuer
        self._outbox = outbox
        self._planes: dict[str, Plane] = {}

    def __iter__(self) -> Iterator[Plane]:
        return iter(self._planes.values())

    def arn(self, pool_id: str) -> str:
        """Return the ARN of a pool."""
        return f"arn:{PARTITION}:cognito-idp:{self.region}:{self.account_id}:userpool/{pool_id}"

    def get(self, pool_id: str) -> Plane:
        """Return a pool.

        Raises:
            ServiceError: there is none of that id.
        """
        plane = self._planes.get(pool_id)
        if plane is None:
            msg = f"User pool {pool_id} does not exist."
            raise not_found(msg)
        return plane

    def of_client(self, client_id: str) -> Plane:
        """Return the pool of an app client.

        Raises:
            ServiceError: there is no such client.
        """
        for plane in self:
            if client_id in plane.directory.clients:
                return plane
        raise no_such_client(client_id)

    def of_issuer(self, issuer: object) -> Plane | None:
        """Return the pool that issues tokens as somebody."""
        return next((plane for plane in self if plane.directory.pool.issuer == issuer), None)

    def of_session(self, handle: str) -> Plane | None:
        """Return the pool of a challenge's session."""
        return next((plane for plane in self if plane.sessions.knows(handle)), None)

    def of_domain(self, name: str) -> Plane | None:
        """Return the pool that has a domain."""
        return next((plane for plane in self if name in plane.directory.domains), None)

    def add(self, pool: PoolRecord, triggers: Triggers) -> Plane:
        """Add a pool, without anybody in it."""
        name, clock = srp.pool_name(pool.id), self.clock
        directory = Directory(pool, self.region, clock)
        tokens = Tokens(pool.issuer, directory, clock)
        if triggers.pre_token_generation is not None:
            tokens.pre_token_generation = PreTokenGeneration(
                trigger=triggers.pre_token_generation, pool_id=pool.id
            )
        plane = Plane(
            clock=clock,
            directory=directory,
            passwords=Passwords(name, clock),
            handshakes=Handshakes(name, clock),
            sessions=Sessions(clock),
            codes=Codes(clock),
            limits=Limits(clock),
            lockout=Lockout(clock),
            factors=FactorStore(),
            devices=Devices(self.region, clock),
            passkeys=Passkeys(clock),
            tokens=tokens,
            outbox=self._outbox,
            triggers=triggers,
        )
        self._planes[pool.id] = plane
        return plane

    def remove(self, pool_id: str) -> None:
        """Drop a pool and all that is in it."""
        del self._planes[pool_id]
