"""The Secure Remote Password protocol as Amazon Cognito speaks it (RFC 5054, with its own hashing)."""

from fastapi_cognito_auth.srp.handshake import (
    Challenge,
    DeviceVerifier,
    SRPClient,
    SRPError,
    format_timestamp,
    new_device_verifier,
    pool_name,
)

__all__ = [
    "Challenge",
    "DeviceVerifier",
    "SRPClient",
    "SRPError",
    "format_timestamp",
    "new_device_verifier",
    "pool_name",
]
