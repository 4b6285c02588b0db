"""The user pools of one account in one Region."""

import secrets
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from fastapi_cognito_auth.local.codes import Codes, Limits
from fastapi_cognito_auth.local.devices import Devices
from fastapi_cognito_auth.local.directory import Directory, no_such_client
from fastapi_cognito_auth.local.drawn import new_account_id
from fastapi_cognito_auth.local.errors import not_found
from fastapi_cognito_auth.local.kept_tables import READ_LATER, demand_whole
from fastapi_cognito_auth.local.lambda_config import Calls, Functions
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
from fastapi_cognito_auth.local.state.file import StateFile, StateFileError
from fastapi_cognito_auth.local.state.history import History
from fastapi_cognito_auth.local.state.shelf import Shelf
from fastapi_cognito_auth.local.state.table import Table
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
        triggers: returns what a pool calls by its id, where its LambdaConfig names no function.
        functions: what stands for the functions that LambdaConfig names.
        book: where they are written down; they are in memory alone without one.
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
        self.region = region
        self.clock = clock
        self.issuer = issuer
        self._triggers = triggers
        self._functions = functions
        self._book = book
        self._outbox = outbox
        self._planes: dict[str, Plane] = {}
        self._removed: dict[str, Plane] = {}
        with _read_from(book):
            self._read(issuer)

    def _read(self, issuer: Callable[[str], str]) -> None:
        book = self._book
        shelf = Shelf(self.clock, "", book)
        self.facts: Table[str, Any] = shelf.table("facts")
        """What is known of the account, and of how its first pool was asked for."""
        self.account_id: str = self.facts.setdefault("account_id", new_account_id())
        if book is not None:
            self.facts.setdefault("secret_key", secrets.token_urlsafe(48))
        self._records: Table[str, PoolRecord] = shelf.table("pools")
        for record in self._records.values():
            # Addresses may be others by now.
            record.issuer = issuer(record.id)
            self._planes[record.id] = plane = self._plane(record)
            demand_whole(plane.directory)
            if book is not None:
                for name in READ_LATER:
                    deque(book.rows(record.id, name), maxlen=0)

    def __contains__(self, pool_id: str) -> bool:
        return pool_id in self._planes

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

    def add(self, pool: PoolRecord) -> Plane:
        """Add a pool, without anybody in it."""
        self._records[pool.id] = pool
        self._planes[pool.id] = self._plane(pool)
        return self._planes[pool.id]

    def _plane(self, pool: PoolRecord) -> Plane:
        name, shelf = srp.pool_name(pool.id), Shelf(self.clock, pool.id, self._book)
        directory = Directory(pool, self.region, shelf)
        calls = Calls(own=self._triggers(pool.id), functions=self._functions)
        tokens = Tokens(pool.issuer, directory, shelf)
        tokens.pre_token_generation = PreTokenGeneration(
            find=lambda: calls.pre_token(directory.config["LambdaConfig"]), pool_id=pool.id
        )
        passwords, factors, passkeys = Passwords(name, shelf), FactorStore(shelf), Passkeys(shelf)
        history = History(self.clock, shelf.table("history"), shelf.table("history_facts"))
        for kind, table in (
            ("users", directory.users),
            ("groups", directory.groups),
            ("passwords", passwords.verifiers),
            ("factors", factors.table),
            ("passkeys", passkeys.table),
        ):
            history.follow(kind, table)
        return Plane(
            clock=self.clock,
            shelf=shelf,
            history=history,
            directory=directory,
            passwords=passwords,
            handshakes=Handshakes(name, shelf),
            sessions=Sessions(shelf),
            codes=Codes(shelf),
            limits=Limits(shelf),
            lockout=Lockout(shelf),
            factors=factors,
            devices=Devices(self.region, shelf),
            passkeys=passkeys,
            tokens=tokens,
            outbox=self._outbox,
            calls=calls,
        )

    def remove(self, pool_id: str) -> None:
        """Drop a pool and all that is in it."""
        self._removed[pool_id] = self._planes.pop(pool_id)
        del self._records[pool_id]
        if self._book is not None:
            self._book.forget(pool_id)

    def check(self) -> None:
        """Refuse to go on without the book.

        Raises:
            StateFileError: it is closed, or another process's.
        """
        if self._book is not None:
            self._book.check()

    def checkpoint(self) -> None:
        """Bring everything into the file itself."""
        if self._book is not None:
            self._book.checkpoint()

    def close(self) -> None:
        """Let go of the book."""
        if self._book is not None:
            self._book.close()

    def commit(self) -> None:
        """Write down what has changed.

        Raises:
            StateFileError: that cannot be done; all is as it was before.
        """
        if self._book is None:
            return
        try:
            self._book.commit()
        except StateFileError:
            self._take_up_again()
            raise
        finally:
            self._removed.clear()

    def _take_up_again(self) -> None:
        known = self._planes | self._removed
        self._planes = {pool_id: known[pool_id] for pool_id in self._records}
        for plane in self:
            plane.directory.reindex()


@contextmanager
def _read_from(book: StateFile | None) -> Iterator[None]:
    """Say that the file is damaged, if what is in it cannot be made into pools."""
    try:
        yield
    except StateFileError:
        raise
    except Exception as exc:
        if book is None:
            raise
        raise book.damaged(type(exc).__name__) from exc
