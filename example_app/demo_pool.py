"""The embedded user pool of the example, with users to try."""

from typing import Final, Literal, get_args

from fastapi_cognito_auth.local import LocalUser, LocalUserPool, Message

Mfa = Literal["OFF", "OPTIONAL", "ON"]
PASSWORD = "Local-pool-1!"
DOCUMENTED_PASSWORD = "Correct-horse-1!"
FIRST_FACTORS = ["PASSWORD", "EMAIL_OTP", "WEB_AUTHN"]
TEMPORARY_PASSWORD = "Temporary-1!"


PEOPLE: Final = [
    {"name": "admin", "password": PASSWORD, "what": "a member of the group admins"},
    {"name": "analyst", "password": PASSWORD, "what": "a member of the group analysts, who sees the reports"},
    {"name": "grace", "password": DOCUMENTED_PASSWORD, "what": "a user like any other"},
    {"name": "newcomer", "password": TEMPORARY_PASSWORD, "what": "chooses a new password first"},
]
"""What the first page says of them."""


def demo_pool(mfa: str) -> LocalUserPool:
    """Build the pool.

    Args:
        mfa: whether users need a second factor: `OFF`, `OPTIONAL` or `ON`.
    """
    if mfa not in get_args(Mfa):
        message = f"EXAMPLE_MFA must be OFF, OPTIONAL or ON, not {mfa!r}"
        raise SystemExit(message)
    return LocalUserPool(
        users=[
            LocalUser("admin", password=PASSWORD, groups=("admins",), attributes=email("admin")),
            LocalUser("analyst", password=PASSWORD, groups=("analysts",), attributes=email("analyst")),
            # Whom the examples in the API documentation name.
            LocalUser("grace", password=DOCUMENTED_PASSWORD, attributes=email("grace")),
            LocalUser("newcomer", temporary_password=TEMPORARY_PASSWORD, attributes=email("newcomer")),
        ],
        groups=["admins", "analysts"],
        # Sign in by a code or a passkey instead of a password; passkeys work at http://localhost.
        allowed_first_factors=["PASSWORD", "WEB_AUTHN"] if mfa == "ON" else FIRST_FACTORS,
        relying_party_id="localhost",
        # A page of the pool's own on which one says who comes back from there.
        identity_providers=["Google"],
        mfa=mfa,  # type: ignore[arg-type]  # checked above
        on_message=show,
    )


def email(name: str) -> dict[str, str]:
    """Return the attributes of a user with an e-mail address."""
    return {"email": f"{name}@example.com"}


def show(message: Message) -> None:
    """Print what a real pool would send by e-mail or SMS."""
    to = f"{message.medium} to {message.destination}"
    print(f"[outbox] {to}: {message.purpose} code {message.code}", flush=True)
