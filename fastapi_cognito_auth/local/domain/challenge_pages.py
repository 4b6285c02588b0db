"""The page of each challenge, and what its form answers."""

import json
from collections.abc import Callable
from typing import Final

from fastapi_cognito_auth.cognito.otpauth import otpauth_uri, qr_svg
from fastapi_cognito_auth.local.domain import html
from fastapi_cognito_auth.local.domain.attempts import Attempt
from fastapi_cognito_auth.local.domain.parameters import Parameters
from fastapi_cognito_auth.local.mfa import EMAIL, PASSKEY, SMS, TOTP

_CHOICES: Final = {
    "PASSWORD": "Password",
    "EMAIL_OTP": "Code by e-mail",
    "SMS_OTP": "Code by text message",
    SMS: "Code by text message",
    TOTP: "Authenticator app",
    PASSKEY: "Passkey",
}
"""What can be chosen here; proofs of a password are for programs."""

Forms = list[list[str]]
"""The fields of each form of a page."""


def title(challenge: str) -> str:
    """Return the heading of a challenge's page."""
    return _TITLES.get(challenge, "Enter the code")


def forms(attempt: Attempt) -> Forms:
    """Return the fields of the page's forms; none for a challenge that it cannot show."""
    make = _FORMS.get(attempt.challenge)
    return [] if make is None else make(attempt)


def responses(attempt: Attempt, form: Parameters) -> dict[str, str]:
    """Return the ChallengeResponses of a form."""
    challenge = attempt.challenge
    if challenge == "NEW_PASSWORD_REQUIRED":
        named = {name: form[name] for name in _required_attributes(attempt) if name in form}
        return {"NEW_PASSWORD": form.get("new_password", "")} | named
    if challenge in {"SELECT_MFA_TYPE", "SELECT_CHALLENGE"}:
        return {"ANSWER": form.get("answer", "")}
    if challenge == "PASSWORD":
        return {"PASSWORD": form.get("password", "")}
    if challenge == PASSKEY:
        return {"CREDENTIAL": form.get("credential", "")}
    if challenge == "MFA_SETUP":
        return {"EMAIL": form["email"]} if "email" in form else {}
    return {f"{challenge}_CODE": form.get("code", "").strip()}


def passkey_options(attempt: Attempt) -> str | None:
    """Return what the browser is asked to answer with a passkey, in JSON; None for another challenge."""
    return attempt.parameters["CREDENTIAL_REQUEST_OPTIONS"] if attempt.challenge == PASSKEY else None


def can_set_up(attempt: Attempt) -> list[str]:
    """Return the factors that MFA_SETUP allows."""
    found = json.loads(attempt.parameters.get("MFAS_CAN_SETUP", "[]"))
    return [str(name) for name in found]


def _required_attributes(attempt: Attempt) -> list[str]:
    return [str(name) for name in json.loads(attempt.parameters.get("requiredAttributes", "[]"))]


def _new_password(attempt: Attempt) -> Forms:
    fields = [
        html.field(name, name.removeprefix("userAttributes.").replace("_", " ").capitalize())
        for name in _required_attributes(attempt)
    ]
    password = html.field("new_password", "New password", kind="password", autocomplete="new-password")
    return [[password, *fields, html.button("Continue")]]


def _password(_: Attempt) -> Forms:
    password = html.field("password", "Password", kind="password", autocomplete="current-password")
    return [[password, html.button("Sign in")]]


def _code(attempt: Attempt) -> Forms:
    destination = attempt.parameters.get("CODE_DELIVERY_DESTINATION")
    where = f"It was sent to {destination}." if destination else "Your authenticator app shows it."
    code = html.field("code", "Code", autocomplete="one-time-code")
    return [[html.paragraph(where), code, html.button("Continue")]]


def _choice(attempt: Attempt) -> Forms:
    names = attempt.offered or tuple(json.loads(attempt.parameters.get("MFAS_CAN_CHOOSE", "[]")))
    return [[html.button(_CHOICES[name], name="answer", value=name) for name in names if name in _CHOICES]]


def _mfa_setup(attempt: Attempt) -> Forms:
    offered: Forms = []
    if attempt.secret_code is not None:
        uri = otpauth_uri(attempt.secret_code, issuer="Local user pool", account=attempt.username)
        offered.append(
            [
                html.paragraph("Scan this with your authenticator app, or type the key into it."),
                qr_svg(uri),
                html.secret(attempt.secret_code),
                html.field("code", "Code that the app shows", autocomplete="one-time-code"),
                html.button("Continue"),
            ]
        )
    if EMAIL in can_set_up(attempt):
        field = html.field("email", "E-mail address", kind="email", autocomplete="email")
        offered.append([field, html.button("Send a code there", other=bool(offered))])
    return offered


_TITLES: Final = {
    "NEW_PASSWORD_REQUIRED": "Choose a new password",
    "SELECT_MFA_TYPE": "Choose how to go on",
    "SELECT_CHALLENGE": "Choose how to sign in",
    "PASSWORD": "Enter your password",
    PASSKEY: "Use your passkey",
    "MFA_SETUP": "Set up a second factor",
}
_FORMS: Final[dict[str, Callable[[Attempt], Forms]]] = {
    "NEW_PASSWORD_REQUIRED": _new_password,
    "SELECT_MFA_TYPE": _choice,
    "SELECT_CHALLENGE": _choice,
    "PASSWORD": _password,
    "MFA_SETUP": _mfa_setup,
    **dict.fromkeys((TOTP, SMS, "EMAIL_OTP", "SMS_OTP"), _code),
}
