"""Threat protection: what it is told to do about risks, and what it keeps of what users do.

https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-settings-threat-protection.html
"""

import hashlib
import ipaddress
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from fastapi_cognito_auth.local.errors import ServiceError
from fastapi_cognito_auth.local.state.record import Record

KEPT: Final = 100
"""Events of a user; the oldest make way."""
WHOLE_POOL: Final = "ALL"
"""Stands for all app clients without a configuration of their own."""
Config = Mapping[str, Any]


@dataclass(kw_only=True)
class RiskRecord(Record):
    """What SetRiskConfiguration was given, for the pool or one app client."""

    settings: Config
    modified_at: float


@dataclass(kw_only=True)
class AuthHistory(Record):
    """What a user has done: AuthEventType, the newest first."""

    events: tuple[Mapping[str, Any], ...] = ()
    steps: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The events of sign-ins under way, by the digest of the session that goes on with them."""
    tokens: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The digests of feedback tokens, by event."""

    def add(self, event: Mapping[str, Any]) -> None:
        """Put an event before the others."""
        self.events = (event, *self.events)[:KEPT]
        kept = {known["EventId"] for known in self.events}
        self.steps = {step: event_id for step, event_id in self.steps.items() if event_id in kept}
        self.tokens = {event_id: token for event_id, token in self.tokens.items() if event_id in kept}

    def find(self, event_id: str) -> Mapping[str, Any] | None:
        """Return an event."""
        return next((event for event in self.events if event["EventId"] == event_id), None)

    def change(self, event_id: str, **members: Any) -> None:
        """Set members of an event."""
        self.events = tuple(
            {**event, **members} if event["EventId"] == event_id else event for event in self.events
        )


def digest(handle: str) -> str:
    """Return what is kept of a session or a token."""
    return hashlib.sha256(handle.encode()).hexdigest()


def mode(config: Config) -> str:
    """Return AdvancedSecurityMode; OFF where the feature plan has no threat protection."""
    add_ons = config.get("UserPoolAddOns") or {}
    chosen: str = add_ons.get("AdvancedSecurityMode", "OFF")
    return chosen if config.get("UserPoolTier") == "PLUS" else "OFF"


def check_add_on(config: Config) -> None:
    """Refuse what only a pool with threat protection answers."""
    if mode(config) == "OFF":
        msg = (
            "This is an add on feature. "
            "Please update AdvancedSecurityMode for your user pool to access this API."
        )
        raise ServiceError("UserPoolAddOnNotEnabledException", msg)


def new_event(
    kind: str, response: str, *, now: float, address: str | None, blocked: bool = False
) -> dict[str, Any]:
    """Return AuthEventType.

    Args:
        kind: EventType.
        response: EventResponse.
        now: epoch seconds.
        address: of the user's device, where it is known.
        blocked: whether the address is one that is always blocked; nothing else is rated.
    """
    return {
        "EventId": str(uuid.uuid4()),
        "EventType": kind,
        "CreationDate": now,
        "EventResponse": response,
        "EventRisk": {
            "RiskDecision": "Block" if blocked else "NoRisk",
            "CompromisedCredentialsDetected": False,
        },
        "ChallengeResponses": [],
        "EventContextData": {"IpAddress": address} if address else {},
    }


def is_blocked(settings: Config, address: str | None) -> bool:
    """Tell whether an address is in BlockedIPRangeList."""
    exceptions = settings.get("RiskExceptionConfiguration") or {}
    ranges = exceptions.get("BlockedIPRangeList") or ()
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return False
    return any(found in ipaddress.ip_network(block, strict=False) for block in ranges)
