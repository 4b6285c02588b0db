"""`GET /outbox`: what a real pool would have sent by e-mail or SMS."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from fastapi_cognito_auth.local.outbox import Outbox


class OutboxMessage(BaseModel):
    """A message of the embedded user pool."""

    model_config = ConfigDict(from_attributes=True)

    username: str
    destination: str
    medium: str
    purpose: str
    code: str
    sent_at: datetime


def local_router(outbox: Outbox) -> APIRouter:
    """Build the endpoint over the outbox of a local pool."""
    router = APIRouter(tags=["local"])

    @router.get("/outbox")
    async def read_outbox() -> list[OutboxMessage]:
        """List the codes that were sent, newest first."""
        return [OutboxMessage.model_validate(message) for message in outbox]

    return router
