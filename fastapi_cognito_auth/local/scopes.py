"""What scopes do to tokens: the order in which they are listed, and the attributes that they show."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from fastapi_cognito_auth.local.state.codec import kept

_SHOWN: Final = {
    "email": ("email", "email_verified"),
    "phone": ("phone_number", "phone_number_verified"),
}


@kept
@dataclass(frozen=True, kw_only=True)
class Authorization:
    """What a sign-in at the domain was authorized to; the tokens of one at the API have no such limits."""

    scopes: tuple[str, ...]
    auth_time: int
    """Epoch seconds of the browser's sign-in, which may be older than the tokens."""
    nonce: str | None = None
    resource: str | None = None
    """The audience of the access token (RFC 8707)."""


def in_cognitos_order(scopes: Iterable[str]) -> list[str]:
    """Return scopes in the order of tokens: that of a Java HashSet of the texts, not that of the request."""
    given = list(dict.fromkeys(scopes))
    buckets = 16
    while buckets < int(len(given) / 0.75) + 1:
        buckets *= 2
    return sorted(given, key=lambda scope: _spread(scope) % buckets)


def _spread(text: str) -> int:
    """Return what a Java HashMap makes of String.hashCode."""
    code = 0
    for unit in map(ord, text):
        code = (31 * code + unit) & 0xFFFF_FFFF
    return code ^ (code >> 16)


def shown(scopes: Iterable[str], attributes: Mapping[str, str]) -> dict[str, str]:
    """Return the attributes that scopes let through; `openid` alone and `profile` hide none.

    https://docs.aws.amazon.com/cognito/latest/developerguide/federation-endpoint-oauth-grants.html
    """
    asked = {*scopes}
    if "profile" in asked or not asked & _SHOWN.keys():
        return dict(attributes)
    names = {"sub", "identities"} | {
        name for scope, names in _SHOWN.items() if scope in asked for name in names
    }
    return {name: value for name, value in attributes.items() if name in names}
