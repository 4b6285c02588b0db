"""The page of each challenge, and the answer to it that a form holds."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from fastapi_cognito_auth.cognito.answers import ChallengeAnswer
from fastapi_cognito_auth.cognito.models import Challenge
from fastapi_cognito_auth.formats import untrusted_json
from fastapi_cognito_auth.pages.messages import Form
from fastapi_cognito_auth.pages.steps import Step

_ANSWER: Final[TypeAdapter[Any]] = TypeAdapter(ChallengeAnswer)

TEMPLATES: Final[Mapping[str, str]] = {
    "PASSWORD": "password.html",
    "PASSWORD_SRP": "password.html",
    "SELECT_CHALLENGE": "ways.html",
    "SELECT_MFA_TYPE": "choose.html",
    "SOFTWARE_TOKEN_MFA": "code.html",
    "SMS_MFA": "code.html",
    "EMAIL_OTP": "code.html",
    "SMS_OTP": "code.html",
    "MFA_SETUP": "choose.html",
    "TOTP_SETUP": "totp_setup.html",
    "EMAIL_SETUP": "email_setup.html",
    "NEW_PASSWORD_REQUIRED": "new_password.html",
    "WEB_AUTHN": "passkey.html",
    "CUSTOM_CHALLENGE": "custom.html",
}
"""The page of each kind of step."""

_WANTED: Final[Mapping[str, str]] = {
    "PASSWORD": "password",
    "PASSWORD_SRP": "password",
    "SELECT_CHALLENGE": "answer",
    "SELECT_MFA_TYPE": "answer",
    "MFA_SETUP": "answer",
    "SOFTWARE_TOKEN_MFA": "code",
    "SMS_MFA": "code",
    "EMAIL_OTP": "code",
    "SMS_OTP": "code",
    "TOTP_SETUP": "code",
    "EMAIL_SETUP": "email",
    "NEW_PASSWORD_REQUIRED": "new_password",
    "WEB_AUTHN": "credential",
    "CUSTOM_CHALLENGE": "answer",
}
"""The field that each page must bring."""

_CALLED: Final[Mapping[str, str]] = {
    "answer": "choice",
    "credential": "passkey",
    "new_password": "password",
}
"""What a field is called in the keys of messages."""


def parameters_of(challenge: Challenge) -> dict[str, Any]:
    """Return what a challenge says beside its name, as steps keep it."""
    found: dict[str, Any] = challenge.model_dump(mode="json")["parameters"]
    return found


def is_password(choice: str) -> bool:
    """Tell whether a choice is a password, however it is proved."""
    return choice.startswith("PASSWORD")


def choices_in(parameters: Mapping[str, Any]) -> list[str]:
    """Return what there is to choose from; a password is one thing to people, however it is proved."""
    names = ("available_challenges", "mfas_can_choose", "mfas_can_setup")
    offered: list[str] = next((parameters[name] for name in names if parameters.get(name)), [])
    once = [choice for choice in offered if choice != "PASSWORD" or "PASSWORD_SRP" not in offered]
    # Whoever has a passkey made it to be asked for that.
    return sorted(once, key=lambda choice: choice != "WEB_AUTHN")


def answer_of(step: Step, form: Form) -> Any:
    """Return the answer that a form holds, or say in it what is missing."""
    wanted = _WANTED[step.kind]
    called = _CALLED.get(wanted, wanted)
    given: dict[str, Any] = {wanted: form.get(wanted)}
    if not given[wanted]:
        form.refuse(wanted, f"error.missing.{'answer' if step.kind == 'CUSTOM_CHALLENGE' else called}")
    if step.kind == "SELECT_CHALLENGE" and is_password(given["answer"]):
        given["password"] = form.get("password")
        if not given["password"]:
            form.refuse("password", "error.missing.password")
    if step.kind == "NEW_PASSWORD_REQUIRED":
        given["attributes"] = form.attributes(step.data["parameters"]["required_attributes"])
    if step.kind == "WEB_AUTHN":
        given["credential"] = _json(form.get("credential"))
    if form.is_wrong:
        return None
    challenge = "MFA_SETUP" if step.kind in {"TOTP_SETUP", "EMAIL_SETUP"} else step.kind
    try:
        return _ANSWER.validate_python({"challenge": challenge, "session": step.data["session"], **given})
    except ValidationError:
        form.refuse(wanted, f"error.wrong.{called}")
        return None


def _json(text: str) -> Any:
    try:
        return untrusted_json.read(text.encode())
    except untrusted_json.UntrustedTextError:
        return None
