"""One sign-in on its way: who, from where, and the two calls that carry it.

They are InitiateAuth and RespondToAuthChallenge, or their Admin forms.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, Self

from fastapi_cognito_auth.cognito.client import CognitoClient


class UserContext(NamedTuple):
    """Where a request came from, for the pool's threat protection."""

    ip_address: str
    server_name: str
    server_path: str


@dataclass(frozen=True)
class Device:
    """A device that the user has registered, opened from what the client keeps sealed."""

    key: str
    group_key: str
    password: str = field(repr=False)
    sealed: str = field(repr=False)


@dataclass(frozen=True)
class Attempt:
    """What every step of one sign-in needs.

    Args:
        username: `USERNAME` of the next request: as typed at first, canonical once it is known.
        login: what the user typed.
        device: the user's device, if the client keeps one.
        admin: whether the app signs in with its own AWS credentials (the Admin operations).
        client_metadata: passed to the pool's triggers.
        user_context: where the request came from.
    """

    username: str
    login: str
    device: Device | None = None
    admin: bool = False
    client_metadata: Mapping[str, str] = field(default_factory=dict)
    user_context: UserContext | None = None

    def named(self, username: str) -> Self:
        """Return the attempt with the canonical username."""
        return replace(self, username=username)

    def without_device(self) -> Self:
        """Return the attempt without a device, as the next try after the pool forgot it."""
        return replace(self, device=None)

    def identity(self) -> dict[str, str]:
        """Return the parameters that name the user and the device."""
        device = {} if self.device is None else {"DEVICE_KEY": self.device.key}
        return {"USERNAME": self.username, **device}


def context_data(user_context: UserContext | None) -> dict[str, Any]:
    """Return `UserContextData` for a public operation, or nothing."""
    return {} if user_context is None else {"UserContextData": {"IpAddress": user_context.ip_address}}


async def initiate(
    client: CognitoClient,
    attempt: Attempt,
    auth_flow: str,
    parameters: Mapping[str, str],
    session: str | None = None,
) -> dict[str, Any]:
    """Call InitiateAuth or AdminInitiateAuth.

    Args:
        client: speaks to Cognito.
        attempt: adds `USERNAME`, `DEVICE_KEY`, the metadata and the context.
        auth_flow: `AuthFlow`.
        parameters: `AuthParameters` beside those.
        session: `Session`, where a confirmed sign-up goes on.
    """
    return await client.call(
        "AdminInitiateAuth" if attempt.admin else "InitiateAuth",
        AuthFlow=auth_flow,
        AuthParameters={**attempt.identity(), **parameters},
        **_shared(attempt, session),
    )


async def respond(
    client: CognitoClient,
    attempt: Attempt,
    challenge: str,
    responses: Mapping[str, str],
    session: str | None,
) -> dict[str, Any]:
    """Call RespondToAuthChallenge or AdminRespondToAuthChallenge.

    Args:
        client: speaks to Cognito.
        attempt: adds `USERNAME`, `DEVICE_KEY`, the metadata and the context.
        challenge: `ChallengeName`.
        responses: `ChallengeResponses` beside those.
        session: `Session`; a plain SRP challenge has none.
    """
    return await client.call(
        "AdminRespondToAuthChallenge" if attempt.admin else "RespondToAuthChallenge",
        ChallengeName=challenge,
        ChallengeResponses={**attempt.identity(), **responses},
        **_shared(attempt, session),
    )


def _shared(attempt: Attempt, session: str | None) -> dict[str, Any]:
    params: dict[str, Any] = {"ClientMetadata": dict(attempt.client_metadata)}
    if session is not None:
        params["Session"] = session
    if attempt.user_context is None:
        return params
    if not attempt.admin:
        return params | context_data(attempt.user_context)
    ip_address, server_name, server_path = attempt.user_context
    params["ContextData"] = {
        "IpAddress": ip_address,
        "ServerName": server_name,
        "ServerPath": server_path,
        "HttpHeaders": [],
    }
    return params
