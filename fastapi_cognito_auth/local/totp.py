"""Time-based one-time passwords, RFC 6238: SHA-1, 30 seconds, 6 digits."""

import base64
import secrets
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from fastapi_cognito_auth.local.codes import same_code

STEP: Final = 30


def new_secret() -> str:
    """Draw a secret of 32 bytes: 52 characters of base32 without padding."""
    return base64.b32encode(secrets.token_bytes(32)).decode().rstrip("=")


def matching_step(secret: str, code: str, now: float) -> int | None:
    """Return the time step that a code belongs to: the present one, the last or the next.

    RFC 6238 section 5.2 allows that much drift; all three are computed whatever matches.
    """
    # RFC 6238 fixes HMAC-SHA-1 as what every authenticator app speaks.
    totp = TOTP(base64.b32decode(secret + "===="), 6, SHA1(), STEP)  # noqa: S303
    present = int(now) // STEP
    steps = [step for step in (present + 1, present - 1, present) if step >= 0]
    found = [step for step in steps if same_code(totp.generate(step * STEP).decode(), code)]
    return found[-1] if found else None
