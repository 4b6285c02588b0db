"""App clients as the authentication plane sees them, and the secret hash."""

import base64
import hmac
from dataclasses import dataclass, field
from typing import Final, Self

from fastapi_cognito_auth.local.client_records import ClientRecord
from fastapi_cognito_auth.local.errors import invalid_parameter, not_authorized
from fastapi_cognito_auth.local.oauth_settings import OAuthSettings

UNIT_SECONDS: Final = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}
_WITHOUT_A_LIST: Final = frozenset({"USER_SRP_AUTH", "CUSTOM_AUTH", "REFRESH_TOKEN_AUTH"})


@dataclass(frozen=True, kw_only=True)
class Client:
    """The settings of one app client, with the service's defaults filled in."""

    id: str
    secrets: tuple[str, ...] = field(repr=False)
    """Each of them counts; none of a public client."""
    flows: frozenset[str]
    session_seconds: int
    access_seconds: int
    id_seconds: int
    refresh_seconds: int
    hides_users: bool
    revocation: bool
    read_attributes: frozenset[str] | None
    write_attributes: frozenset[str] | None
    rotation_grace: int | None
    """Seconds that a rotated refresh token still works; None without RefreshTokenRotation."""
    oauth: OAuthSettings

    @classmethod
    def of(cls, record: ClientRecord) -> Self:
        """Read what CreateUserPoolClient was given."""
        config = record.config
        units = config.get("TokenValidityUnits") or {}

        def seconds(token: str, default: int, unit: str) -> int:
            return int(config.get(f"{token}Validity") or default) * UNIT_SECONDS[units.get(token) or unit]

        def attributes(member: str) -> frozenset[str] | None:
            names = config.get(member)
            return frozenset(names) if names else None

        rotation = config.get("RefreshTokenRotation") or {}
        rotates = rotation.get("Feature") == "ENABLED"
        return cls(
            id=record.id,
            secrets=tuple(secret.value for secret in record.secrets),
            flows=frozenset(config.get("ExplicitAuthFlows") or ()),
            session_seconds=int(config.get("AuthSessionValidity") or 3) * 60,
            access_seconds=seconds("AccessToken", 1, "hours"),
            id_seconds=seconds("IdToken", 1, "hours"),
            refresh_seconds=seconds("RefreshToken", 30, "days"),
            hides_users=config.get("PreventUserExistenceErrors") == "ENABLED",
            revocation=config.get("EnableTokenRevocation") is not False,
            read_attributes=attributes("ReadAttributes"),
            write_attributes=attributes("WriteAttributes"),
            rotation_grace=int(rotation.get("RetryGracePeriodSeconds") or 0) if rotates else None,
            oauth=OAuthSettings.from_config(config),
        )

    def allows(self, flow: str) -> bool:
        """Tell whether ExplicitAuthFlows switches a flow on.

        Without any `ALLOW_` name (an empty list, or only legacy names) SRP, custom
        authentication and refresh stay usable.
        """
        if any(name.startswith("ALLOW_") for name in self.flows):
            return f"ALLOW_{flow}" in self.flows
        return flow in _WITHOUT_A_LIST or flow in self.flows

    def check_secret_hash(
        self, username: str, secret_hash: str | None, *, extra_is_error: bool = True
    ) -> None:
        """Check SECRET_HASH over the username as submitted.

        Args:
            username: the name that this request's hash must cover.
            secret_hash: what came.
            extra_is_error: refuse a hash sent to a client without a secret; challenge
                answers and refresh ignore it.
        """
        if not self.secrets:
            if secret_hash is not None and extra_is_error:
                msg = f"App client {self.id} is not configured for secret but secret hash was received"
                raise invalid_parameter(msg)
            return
        if secret_hash is None:
            msg = f"Client {self.id} is configured with secret but SECRET_HASH was not received"
            raise not_authorized(msg)
        given, text = secret_hash.encode(), username + self.id
        if not any(hmac.compare_digest(_hash(secret, text), given) for secret in self.secrets):
            msg = f"Unable to verify secret hash for client {self.id}"
            raise not_authorized(msg)

    def secret_hash(self, username: str) -> str | None:
        """Return the hash that the client would send for a username; None without a secret."""
        return _hash(self.secrets[0], username + self.id).decode() if self.secrets else None

    def has_secret(self, secret: str | None) -> bool:
        """Compare the plain secret, as the token operations send it; a client without one takes none."""
        if not self.secrets or secret is None:
            return not self.secrets and secret is None
        given = secret.encode()
        return any(hmac.compare_digest(known.encode(), given) for known in self.secrets)


def _hash(secret: str, message: str) -> bytes:
    return base64.b64encode(hmac.digest(secret.encode(), message.encode(), "sha256"))
