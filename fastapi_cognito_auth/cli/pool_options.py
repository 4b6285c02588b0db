"""What the command line tells a local pool, each option with its help."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Final

import typer


class Verification(StrEnum):
    """Whether a passkey has to verify who uses it."""

    PREFERRED = "preferred"
    REQUIRED = "required"


def _several(name: str, help_text: str, metavar: str | None = None) -> Any:
    return typer.Option(name, metavar=metavar, help=f"{help_text}; may be repeated.")


Groups = Annotated[list[str] | None, _several("--group", "A group to start with")]
AuthFlows = Annotated[
    list[str] | None,
    _several("--auth-flow", "Of the app client's ExplicitAuthFlows, such as ALLOW_USER_PASSWORD_AUTH"),
]
FirstFactors = Annotated[
    list[str] | None, _several("--first-factor", "PASSWORD, EMAIL_OTP, SMS_OTP or WEB_AUTHN")
]
MfaMethods = Annotated[list[str] | None, _several("--mfa-method", "SOFTWARE_TOKEN_MFA, SMS_MFA or EMAIL_OTP")]
UsernameAttributes = Annotated[
    list[str] | None, _several("--username-attribute", "Sign in with email or phone_number as the username")
]
AliasAttributes = Annotated[
    list[str] | None,
    _several("--alias-attribute", "Sign in with email, phone_number or preferred_username, too"),
]
RequiredAttributes = Annotated[
    list[str] | None, _several("--required-attribute", "An attribute that every user must have")
]
Scopes = Annotated[list[str] | None, _several("--allowed-scope", "Of the app client, at the domain")]
ShowUnknownUsers = Annotated[
    bool, typer.Option("--show-unknown-users", help="Tell who has no account, as LEGACY does.")
]
AuthSessionValidity = Annotated[
    int, typer.Option(help="Minutes for which a challenge stays open.", min=3, max=15)
]
AccessTokenValidity = Annotated[int, typer.Option(help="Seconds; ID tokens live as long.", min=1)]
RefreshTokenValidity = Annotated[int, typer.Option(help="Seconds.", min=1)]
RefreshTokenRotation = Annotated[
    int | None,
    typer.Option(
        help="Switches rotation on: seconds for which a rotated refresh token still works once.",
        min=0,
        max=60,
    ),
]
ChallengeOnNewDevice = Annotated[
    bool,
    typer.Option("--challenge-on-new-device", help="Let a remembered device stand for a second factor."),
]
MaxSessions = Annotated[int | None, typer.Option(help="Track sessions, so many for a user.", min=1, max=100)]
RelyingPartyId = Annotated[
    str | None, typer.Option(help="Switches passkeys on, for pages of this domain and its subdomains.")
]
UserVerification = Annotated[Verification, typer.Option(help="Whether a passkey has to verify who uses it.")]
Region = Annotated[str | None, typer.Option(help="Of the pool's id; us-east-1 unless given.")]

_LISTS: Final = ("explicit_auth_flows", "allowed_first_factors", "mfa_methods", "allowed_scopes")


def given(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return options as `LocalUserPool` takes them; a list that is not given has the pool's own default."""
    return {name: value for name, value in options.items() if value or name not in _LISTS}
