"""Everything between the password and the tokens (RespondToAuthChallenge).

What Cognito needs to go on - its session, the canonical username, the challenge's name and the
client - travels through the browser sealed. A client can change none of it, any worker can
continue, and a reload of the page loses nothing. Cognito itself lets each session be used once.
"""

import json
import logging
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from fastapi_cognito_auth.cognito.client import CognitoClient, parse
from fastapi_cognito_auth.cognito.models import (
    AuthOutcome,
    AuthTokens,
    Challenge,
    ChallengeAnswer,
    CodeDeliveryParameters,
    MfaSetup,
    MfaSetupAnswer,
    MfaSetupParameters,
    NewPasswordRequired,
    NewPasswordRequiredParameters,
    SelectMfaType,
    SelectMfaTypeParameters,
    SmsMfa,
    SoftwareTokenMfa,
    SoftwareTokenMfaParameters,
    Tokens,
    TotpSecret,
)
from fastapi_cognito_auth.exceptions import InvalidSessionError, UserPoolUnavailableError
from fastapi_cognito_auth.otpauth import otpauth_uri, qr_svg
from fastapi_cognito_auth.sealing import Sealer

logger = logging.getLogger("fastapi_cognito_auth")

_PURPOSE: Final = "challenge"
_LONGEST_SESSION: Final = 15  # minutes, the most that AuthSessionValidity can be
_DEFAULT_SESSION: Final = 3  # minutes, what it is unless the app client says otherwise
_TOTP_ASSOCIATED: Final = "MFA_SETUP/totp"
_VERIFIED_SUFFIX: Final = "_verified"


class _State(NamedTuple):
    """What is sealed into the `session` of a challenge."""

    challenge: str
    session: str
    username: str
    login: str
    client_id: str


class Challenges:
    """Turns what Cognito answers into tokens or a typed challenge, and takes the answers.

    Args:
        client: speaks to Cognito.
        sealer: seals the state, or raises `ConfigurationError` where there is no key.
        client_id: the app client; a session of another one does not open.
        session_validity: the app client's `AuthSessionValidity` in minutes, if it is known.
        totp_issuer: the name that authenticator apps show.
    """

    def __init__(
        self,
        client: CognitoClient,
        sealer: Callable[[], Sealer],
        *,
        client_id: str,
        session_validity: int | None,
        totp_issuer: str,
    ) -> None:
        self._client = client
        self._sealer = sealer
        self._client_id = client_id
        self._max_age = (session_validity or _LONGEST_SESSION) * 60
        self._expires_in = (session_validity or _DEFAULT_SESSION) * 60
        self._totp_issuer = totp_issuer

    def result(self, answer: dict[str, Any], *, username: str, login: str) -> Tokens | Challenge:
        """Make tokens or a challenge of an answer to InitiateAuth or RespondToAuthChallenge.

        Args:
            answer: of the service.
            username: the one of the request, used unless the answer names the canonical one.
            login: what the user typed, to show in an authenticator app.

        Raises:
            UserPoolUnavailableError: the answer is not of the API's shape, or the challenge is
                one that this version does not know.
        """
        outcome = parse(AuthOutcome, answer)
        if outcome.result is not None:
            return parse(AuthTokens, outcome.result).tokens()
        if outcome.challenge_name is None or outcome.session is None:
            raise UserPoolUnavailableError
        given = outcome.parameters
        canonical = given.get("USERNAME") or given.get("USER_ID_FOR_SRP") or username
        state = _State(outcome.challenge_name, outcome.session, canonical, login, self._client_id)
        return self._challenge(state, given)

    async def answer(self, answer: ChallengeAnswer) -> Tokens | Challenge:
        """Answer a challenge.

        Raises:
            InvalidSessionError: the session is forged, expired, or of another challenge.
            UserPoolError: Cognito refused the answer. After a wrong code the same session serves
                for another try.
        """
        if isinstance(answer, MfaSetupAnswer):
            state = self._open(answer.session, _TOTP_ASSOCIATED)
            state = await self._verify_totp(state, answer)
        else:
            state = self._open(answer.session, answer.challenge)
        response = await self._client.call(
            "RespondToAuthChallenge",
            ChallengeName=answer.challenge,
            Session=state.session,
            ChallengeResponses={"USERNAME": state.username, **answer.responses()},
        )
        return self.result(response, username=state.username, login=state.login)

    async def set_up_totp(self, session: str) -> TotpSecret:
        """Begin the set-up of an authenticator app that an MFA_SETUP challenge demands.

        Raises:
            InvalidSessionError: the session is forged, expired, or of another challenge.
            UserPoolError: Cognito refused (AssociateSoftwareToken).
        """
        state = self._open(session, "MFA_SETUP", _TOTP_ASSOCIATED)
        answer = await self._client.call("AssociateSoftwareToken", Session=state.session)
        secret, next_session = answer.get("SecretCode"), answer.get("Session")
        if not isinstance(secret, str) or not isinstance(next_session, str):
            raise UserPoolUnavailableError
        uri = otpauth_uri(secret, issuer=self._totp_issuer, account=state.login)
        return TotpSecret(
            secret_code=secret,
            otpauth_uri=uri,
            qr_svg=qr_svg(uri),
            session=self._seal(state._replace(challenge=_TOTP_ASSOCIATED, session=next_session)),
        )

    async def _verify_totp(self, state: _State, answer: MfaSetupAnswer) -> _State:
        name = {} if answer.device_name is None else {"FriendlyDeviceName": answer.device_name}
        verified = await self._client.call(
            "VerifySoftwareToken", Session=state.session, UserCode=answer.code, **name
        )
        session = verified.get("Session")
        if verified.get("Status") != "SUCCESS" or not isinstance(session, str):
            raise UserPoolUnavailableError
        return state._replace(session=session)

    def _seal(self, state: _State) -> str:
        return self._sealer().seal(_PURPOSE, state._asdict())

    def _open(self, sealed: str, *challenges: str) -> _State:
        state = _State(**self._sealer().open(_PURPOSE, sealed, max_age=self._max_age))
        if state.challenge not in challenges or state.client_id != self._client_id:
            raise InvalidSessionError
        return state

    def _challenge(self, state: _State, given: dict[str, str]) -> Challenge:
        session, left = self._seal(state), self._expires_in
        match state.challenge:
            case "NEW_PASSWORD_REQUIRED":
                return NewPasswordRequired(session=session, expires_in=left, parameters=_new_password(given))
            case "MFA_SETUP":
                mfas = [str(name) for name in _json_list(given.get("MFAS_CAN_SETUP"))]
                return MfaSetup(
                    session=session, expires_in=left, parameters=MfaSetupParameters(mfas_can_setup=mfas)
                )
            case "SOFTWARE_TOKEN_MFA":
                device = SoftwareTokenMfaParameters(friendly_device_name=given.get("FRIENDLY_DEVICE_NAME"))
                return SoftwareTokenMfa(session=session, expires_in=left, parameters=device)
            case "SMS_MFA":
                delivery = CodeDeliveryParameters(
                    medium=given.get("CODE_DELIVERY_DELIVERY_MEDIUM"),
                    destination=given.get("CODE_DELIVERY_DESTINATION"),
                )
                return SmsMfa(session=session, expires_in=left, parameters=delivery)
            case "SELECT_MFA_TYPE":
                mfas = [str(name) for name in _json_list(given.get("MFAS_CAN_CHOOSE"))]
                choice = SelectMfaTypeParameters(mfas_can_choose=mfas)
                return SelectMfaType(session=session, expires_in=left, parameters=choice)
            case unknown:
                logger.error("the user pool asks for an unknown challenge: %s", unknown)
                raise UserPoolUnavailableError("The user pool asks for a challenge this app cannot answer.")


def _new_password(given: dict[str, str]) -> NewPasswordRequiredParameters:
    required = [
        str(name).removeprefix("userAttributes.") for name in _json_list(given.get("requiredAttributes"))
    ]
    try:
        attributes = json.loads(given.get("userAttributes") or "{}")
    except ValueError:
        raise UserPoolUnavailableError from None
    if not isinstance(attributes, dict):
        raise UserPoolUnavailableError
    # Whether an address is verified is the pool's to say: clients must not send it back.
    kept = {name: str(value) for name, value in attributes.items() if not name.endswith(_VERIFIED_SUFFIX)}
    return NewPasswordRequiredParameters(required_attributes=required, attributes=kept)


def _json_list(text: str | None) -> list[Any]:
    try:
        value = json.loads(text or "[]")
    except ValueError:
        raise UserPoolUnavailableError from None
    if not isinstance(value, list):
        raise UserPoolUnavailableError
    return value
