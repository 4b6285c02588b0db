"""What a front end must know about the pool. Nothing of it is secret."""

from typing import get_args

from fastapi import APIRouter

from fastapi_cognito_auth.cognito.models import Challenge
from fastapi_cognito_auth.cognito.sign_in import PasswordFlow
from fastapi_cognito_auth.routers.route import Body, new_router

_CHALLENGES = tuple(kind.model_fields["challenge"].default for kind in get_args(get_args(Challenge)[0]))


class Config(Body):
    """What the app offers."""

    region: str
    """Where the pool is."""

    user_pool_id: str
    """Clients that do SRP themselves hash its name part."""

    client_id: str
    """The app's own app client."""

    auth_flow: PasswordFlow
    """How `/sign-in` proves a password to Cognito."""

    challenges: tuple[str, ...]
    """The challenges that `/sign-in` may answer with, and `/challenge` takes."""


def config_router(*, region: str, user_pool_id: str, client_id: str, auth_flow: PasswordFlow) -> APIRouter:
    """Build the endpoint."""
    router = new_router(tags=["auth"])
    answer = Config(
        region=region,
        user_pool_id=user_pool_id,
        client_id=client_id,
        auth_flow=auth_flow,
        challenges=_CHALLENGES,
    )

    @router.get("/config")
    async def get_config() -> Config:
        """Tell what this app and its user pool offer."""
        return answer

    return router
