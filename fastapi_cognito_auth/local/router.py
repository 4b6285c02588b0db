"""`GET /outbox`: what a real pool would have sent by e-mail or SMS; and the pool's domain."""

from datetime import datetime
from typing import ClassVar

from fastapi import APIRouter, Response
from pydantic import ConfigDict

from fastapi_cognito_auth.local.import_router import import_router
from fastapi_cognito_auth.local.outbox import Outbox
from fastapi_cognito_auth.local.pool import LocalUserPool
from fastapi_cognito_auth.local.well_known import well_known_router
from fastapi_cognito_auth.routers.operations import operation_id, summary
from fastapi_cognito_auth.schemas.described import Described


class OutboxMessage(Described):
    """A message of the embedded user pool."""

    model_config: ClassVar[ConfigDict] = ConfigDict(from_attributes=True)

    user_pool_id: str
    """Of the pool that sends it."""

    username: str
    """Whose message it is."""

    destination: str
    """The e-mail address or phone number."""

    medium: str
    """`EMAIL` or `SMS`."""

    purpose: str
    """What the code is for."""

    code: str
    """To be sent back."""

    sent_at: datetime
    """By the pool's clock."""

    subject: str | None = None
    """Of an e-mail that the custom message trigger has worded."""

    text: str | None = None
    """What that trigger has worded."""


def local_router(pool: LocalUserPool) -> APIRouter:
    """Build the outbox of a local pool, and its domain beside it."""
    router = outbox_router(pool.outbox)
    router.include_router(pool.domain_router)
    router.include_router(import_router(pool))
    router.include_router(well_known_router(pool))
    return router


def outbox_router(outbox: Outbox) -> APIRouter:
    """Build the endpoint over the outbox of a local pool."""
    router = APIRouter(tags=["local"], generate_unique_id_function=operation_id)

    @router.get("/outbox", response_model_exclude_none=True, summary=summary("read_outbox"))
    async def read_outbox(response: Response) -> list[OutboxMessage]:
        """List the codes that were sent, newest first."""
        response.headers["Cache-Control"] = "no-store"
        return [OutboxMessage.model_validate(message) for message in outbox]

    return router
