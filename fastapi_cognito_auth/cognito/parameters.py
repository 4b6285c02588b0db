"""`ChallengeParameters` of the API, where lists and objects travel as JSON strings, read into models."""

import logging
from collections.abc import Mapping
from typing import Any

from fastapi_cognito_auth.cognito.answer_shape import read_json
from fastapi_cognito_auth.cognito.models import (
    AuthOutcome,
    Challenge,
    CodeDeliveryParameters,
    CustomChallenge,
    EmailOtp,
    MfaSetup,
    MfaSetupParameters,
    NewPasswordRequired,
    NewPasswordRequiredParameters,
    PasswordChallenge,
    PasswordSrpChallenge,
    SelectChallenge,
    SelectChallengeParameters,
    SelectMfaType,
    SelectMfaTypeParameters,
    SmsMfa,
    SmsOtp,
    SoftwareTokenMfa,
    SoftwareTokenMfaParameters,
    WebAuthn,
    WebAuthnParameters,
)
from fastapi_cognito_auth.exceptions import UserPoolUnavailableError

logger: logging.Logger = logging.getLogger("fastapi_cognito_auth")


def read_challenge(outcome: AuthOutcome, *, session: str, expires_in: int) -> Challenge:  # noqa: PLR0911, PLR0912 - one case a challenge
    """Return the challenge of an answer.

    Args:
        outcome: the answer; it has a challenge.
        session: the sealed state.
        expires_in: seconds left to answer.

    Raises:
        UserPoolUnavailableError: the parameters are malformed, or the challenge is unknown.
    """
    given = outcome.parameters
    frame: dict[str, Any] = {"session": session, "expires_in": expires_in}
    match outcome.challenge_name:
        case "NEW_PASSWORD_REQUIRED":
            return NewPasswordRequired(**frame, parameters=_new_password(given))
        case "MFA_SETUP":
            mfas = _names(given, "MFAS_CAN_SETUP")
            return MfaSetup(**frame, parameters=MfaSetupParameters(mfas_can_setup=mfas))
        case "SOFTWARE_TOKEN_MFA":
            name = given.get("FRIENDLY_DEVICE_NAME")
            return SoftwareTokenMfa(**frame, parameters=SoftwareTokenMfaParameters(friendly_device_name=name))
        case "SMS_MFA":
            return SmsMfa(**frame, parameters=_delivery(given))
        case "SMS_OTP":
            return SmsOtp(**frame, parameters=_delivery(given))
        case "EMAIL_OTP":
            return EmailOtp(**frame, parameters=_delivery(given))
        case "SELECT_MFA_TYPE":
            mfas = _names(given, "MFAS_CAN_CHOOSE")
            return SelectMfaType(**frame, parameters=SelectMfaTypeParameters(mfas_can_choose=mfas))
        case "SELECT_CHALLENGE":
            choice = SelectChallengeParameters(available_challenges=outcome.available)
            return SelectChallenge(**frame, parameters=choice)
        case "PASSWORD":
            return PasswordChallenge(**frame)
        case "PASSWORD_SRP":
            return PasswordSrpChallenge(**frame)
        case "WEB_AUTHN":
            options = _json_object(given.get("CREDENTIAL_REQUEST_OPTIONS"))
            return WebAuthn(**frame, parameters=WebAuthnParameters(credential_request_options=options))
        case "CUSTOM_CHALLENGE":
            public = {name: value for name, value in given.items() if name != "USERNAME"}
            return CustomChallenge(**frame, parameters=public)
        case unknown:
            logger.error("the user pool asks for an unknown challenge: %s", unknown)
            raise UserPoolUnavailableError("The user pool asks for a challenge this app cannot answer.")


def _delivery(given: Mapping[str, str]) -> CodeDeliveryParameters:
    return CodeDeliveryParameters(
        medium=given.get("CODE_DELIVERY_DELIVERY_MEDIUM"),
        destination=given.get("CODE_DELIVERY_DESTINATION"),
    )


def _new_password(given: Mapping[str, str]) -> NewPasswordRequiredParameters:
    required = [name.removeprefix("userAttributes.") for name in _names(given, "requiredAttributes")]
    attributes = _json_object(given.get("userAttributes"))
    # Whether an address is verified is the pool's to say: clients must not send it back.
    kept = {name: str(value) for name, value in attributes.items() if not name.endswith("_verified")}
    return NewPasswordRequiredParameters(required_attributes=required, attributes=kept)


def _names(given: Mapping[str, str], member: str) -> list[str]:
    value = _json(given.get(member) or "[]")
    if not isinstance(value, list):
        raise UserPoolUnavailableError
    return [str(name) for name in value]


def _json_object(text: str | None) -> dict[str, Any]:
    value = _json(text or "{}")
    if not isinstance(value, dict):
        raise UserPoolUnavailableError
    return value


def _json(text: str) -> Any:
    try:
        return read_json(text)
    except ValueError:
        raise UserPoolUnavailableError from None
