"""The attribute and the claim `identities`: by which provider a federated user is known."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

ATTRIBUTE: Final = "identities"
SOCIAL: Final = ("Google", "Facebook", "LoginWithAmazon", "SignInWithApple")
"""Providers whose name is also their type."""


def of(attributes: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the identities that a user's attributes hold."""
    held: list[dict[str, Any]] = json.loads(attributes.get(ATTRIBUTE, "[]"))
    return held


def identity(*, user_id: str, name: str, kind: str, primary: bool, now: float) -> dict[str, Any]:
    """Return one identity.

    Args:
        user_id: the provider's own id of the user.
        name: of the provider.
        kind: the ProviderType.
        primary: whether the user came to the pool by it; it is linked to one who was there otherwise.
        now: epoch seconds.
    """
    return {
        "userId": user_id,
        "providerName": name,
        "providerType": kind,
        "issuer": None,
        "primary": primary,
        "dateCreated": int(now * 1000),
    }


def attribute(held: Sequence[Mapping[str, Any]]) -> str:
    """Return the attribute's value; empty without any identity, as what is to be removed."""
    return json.dumps(held, separators=(",", ":")) if held else ""


def claim(attributes: Mapping[str, str]) -> dict[str, Any]:
    """Return the ID token's claim, whose flags and numbers are texts; nothing for a user without any."""
    if ATTRIBUTE not in attributes:
        return {}
    found = [
        identity
        | {"primary": "true" if identity["primary"] else "false", "dateCreated": str(identity["dateCreated"])}
        for identity in of(attributes)
    ]
    return {ATTRIBUTE: found}
