"""The attribute and the claim `identities`: by which provider a federated user is known."""

import json
from collections.abc import Mapping
from typing import Any, Final

ATTRIBUTE: Final = "identities"
SOCIAL: Final = ("Google", "Facebook", "LoginWithAmazon", "SignInWithApple")
"""Providers whose name is also their type."""


def attribute(*, user_id: str, name: str, kind: str, now: float) -> str:
    """Return the attribute's value for a user whom one provider knows.

    Args:
        user_id: the provider's own id of the user.
        name: of the provider.
        kind: the ProviderType.
        now: epoch seconds.
    """
    identity = {
        "userId": user_id,
        "providerName": name,
        "providerType": kind,
        "issuer": None,
        "primary": True,
        "dateCreated": int(now * 1000),
    }
    return json.dumps([identity], separators=(",", ":"))


def claim(attributes: Mapping[str, str]) -> dict[str, Any]:
    """Return the ID token's claim, whose flags and numbers are texts; nothing for a user without any."""
    if ATTRIBUTE not in attributes:
        return {}
    found = [
        identity
        | {"primary": "true" if identity["primary"] else "false", "dateCreated": str(identity["dateCreated"])}
        for identity in json.loads(attributes[ATTRIBUTE])
    ]
    return {ATTRIBUTE: found}
