"""Everything between the first step and the tokens (RespondToAuthChallenge).

What Cognito needs to go on - its session, the canonical username, the challenge's name and the
client - travels through the browser sealed. A client can change none of it, any worker can
continue, and a reload of the page loses nothing. Cognito itself lets each session be used once.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Final

from fastapi_cognito_auth.cognito.answers import (
    ChallengeAnswer,
    MfaSetupAnswer,
    NewPasswordRequiredAnswer,
    PasswordSrpAnswer,
    SelectChallengeAnswer,
)
from fastapi_cognito_auth.cognito.attempt import Attempt, Device, UserContext, respond
from fastapi_cognito_auth.cognito.client import CognitoClient, parse
from fastapi_cognito_auth.cognito.models import AuthOutcome, AuthTokens, Challenge, Tokens, TotpSecret
from fastapi_cognito_auth.cognito.otpauth import otpauth_uri, qr_svg
from fastapi_cognito_auth.cognito.parameters import read_challenge
from fastapi_cognito_auth.cognito.password_proof import PasswordProof
from fastapi_cognito_auth.cognito.software_token import verify_first_code
from fastapi_cognito_auth.cognito.typed import check_new_password
from fastapi_cognito_auth.exceptions import InvalidSessionError, UserPoolUnavailableError
from fastapi_cognito_auth.sealing import Sealer

_PURPOSE: Final = "challenge"
_LONGEST_SESSION: Final = 15  # minutes, the most that AuthSessionValidity can be
_DEFAULT_SESSION: Final = 3  # minutes, what it is unless the app client says otherwise
_LONGEST_SECRET: Final = 256  # characters; Cognito's have 52, and a QR code must hold it
_TOTP_ASSOCIATED: Final = "MFA_SETUP/totp"
_ASSOCIATE_FIRST: Final = (
    "The code goes with the session of /challenge/totp, which sets the authenticator app up: ask there first."
)


@dataclass(frozen=True)
class _State:
    """What is sealed into the `session` of a challenge."""

    challenge: str
    session: str
    username: str
    login: str
    client_id: str
    admin: bool
    device: str | None


class Challenges:
    """Turns what Cognito answers into tokens or a typed challenge, and takes the answers.

    Args:
        client: speaks to Cognito.
        sealer: seals the state.
        proof: proves passwords by SRP.
        prove_device: answers the challenges of a remembered device.
        open_device: opens what a client kept of its device.
        client_id: the app client; a session of another one does not open.
        session_validity: the app client's `AuthSessionValidity` in minutes, if it is known.
        totp_issuer: the name that authenticator apps show.
    """

    def __init__(
        self,
        client: CognitoClient,
        sealer: Callable[[], Sealer],
        proof: PasswordProof,
        *,
        prove_device: Callable[[Mapping[str, Any], Attempt], Awaitable[dict[str, Any]]],
        open_device: Callable[[str], Device],
        client_id: str,
        session_validity: int | None,
        totp_issuer: str,
    ) -> None:
        self._client = client
        self._sealer = sealer
        self._proof = proof
        self._prove_device = prove_device
        self._open_device = open_device
        self._client_id = client_id
        self._max_age = (session_validity or _LONGEST_SESSION) * 60
        self._expires_in = (session_validity or _DEFAULT_SESSION) * 60
        self._totp_issuer = totp_issuer

    async def proceed(self, answer: dict[str, Any], attempt: Attempt) -> Tokens | Challenge:
        """Make tokens or a challenge of an answer; what only the app can answer, it answers.

        Raises:
            UserPoolUnavailableError: the answer is not of the API's shape, or the challenge is
                one that this version does not know.
        """
        if answer.get("ChallengeName") == "DEVICE_SRP_AUTH":
            answer = await self._prove_device(answer, attempt)
        outcome = parse(AuthOutcome, answer)
        if outcome.result is not None:
            return parse(AuthTokens, outcome.result).tokens()
        if outcome.challenge_name is None or outcome.session is None:
            raise UserPoolUnavailableError
        given = outcome.parameters
        state = _State(
            challenge=outcome.challenge_name,
            session=outcome.session,
            username=given.get("USERNAME") or given.get("USER_ID_FOR_SRP") or attempt.username,
            login=attempt.login,
            client_id=self._client_id,
            admin=attempt.admin,
            device=None if attempt.device is None else attempt.device.sealed,
        )
        return read_challenge(outcome, session=self._seal(state), expires_in=self._expires_in)

    async def answer(
        self, answer: ChallengeAnswer, *, user_context: UserContext | None = None
    ) -> Tokens | Challenge:
        """Answer a challenge.

        Args:
            answer: of the type that belongs to the challenge.
            user_context: where the request came from.

        Raises:
            InvalidSessionError: the session is forged, expired, or of another challenge.
            UserPoolError: Cognito refused the answer. After a wrong code the same session serves
                for another try.
        """
        set_up_totp = isinstance(answer, MfaSetupAnswer) and answer.email is None
        state = self._open(answer.session, _TOTP_ASSOCIATED if set_up_totp else answer.challenge)
        attempt = Attempt(
            state.username,
            state.login,
            device=None if state.device is None else self._open_device(state.device),
            admin=state.admin,
            client_metadata=answer.client_metadata or {},
            user_context=user_context,
        )
        if isinstance(answer, NewPasswordRequiredAnswer):
            check_new_password(answer.new_password)
        if isinstance(answer, MfaSetupAnswer) and answer.code is not None:
            state = await self._verify_totp(state, answer.code, answer.device_name)
        password = _password_to_prove(answer)
        if password is not None:
            return await self._prove_password(answer, password, state.session, attempt)
        response = await respond(self._client, attempt, answer.challenge, answer.responses(), state.session)
        return await self.proceed(response, attempt)

    async def set_up_totp(self, session: str) -> TotpSecret:
        """Begin the set-up of an authenticator app that an MFA_SETUP challenge demands.

        Raises:
            InvalidSessionError: the session is forged, expired, or of another challenge.
            UserPoolError: Cognito refused (AssociateSoftwareToken).
        """
        state = self._open(session, "MFA_SETUP", _TOTP_ASSOCIATED)
        answer = await self._client.call("AssociateSoftwareToken", Session=state.session)
        secret, next_session = answer.get("SecretCode"), answer.get("Session")
        if not isinstance(secret, str) or not isinstance(next_session, str) or len(secret) > _LONGEST_SECRET:
            raise UserPoolUnavailableError
        uri = otpauth_uri(secret, issuer=self._totp_issuer, account=state.login)
        return TotpSecret(
            secret_code=secret,
            otpauth_uri=uri,
            qr_svg=qr_svg(uri),
            session=self._seal(replace(state, challenge=_TOTP_ASSOCIATED, session=next_session)),
        )

    async def _verify_totp(self, state: _State, code: str, device_name: str | None) -> _State:
        verified = await verify_first_code(self._client, code, device_name, Session=state.session)
        session = verified.get("Session")
        if not isinstance(session, str):
            raise UserPoolUnavailableError
        return replace(state, session=session)

    async def _prove_password(
        self, answer: ChallengeAnswer, password: str, session: str, attempt: Attempt
    ) -> Tokens | Challenge:
        handshake = await self._proof.begin()
        response = await respond(
            self._client,
            attempt,
            answer.challenge,
            {**answer.responses(), "SRP_A": handshake.srp_a},
            session,
        )
        if response.get("ChallengeName") == "PASSWORD_VERIFIER":
            response, attempt = await self._proof.finish(handshake, password, response, attempt)
        return await self.proceed(response, attempt)

    def _seal(self, state: _State) -> str:
        return self._sealer().seal(_PURPOSE, asdict(state))

    def _open(self, sealed: str, *challenges: str) -> _State:
        value = self._sealer().open(_PURPOSE, sealed, max_age=self._max_age)
        if value.keys() != {field.name for field in fields(_State)}:
            # Sealed by another version of this package.
            raise InvalidSessionError
        state = _State(**value)
        if state.client_id != self._client_id:
            raise InvalidSessionError
        if state.challenge == "MFA_SETUP" and challenges == (_TOTP_ASSOCIATED,):
            raise InvalidSessionError(_ASSOCIATE_FIRST)
        if state.challenge not in challenges:
            raise InvalidSessionError
        return state


def _password_to_prove(answer: ChallengeAnswer) -> str | None:
    """Return the password of an answer that wants SRP."""
    if isinstance(answer, PasswordSrpAnswer):
        return answer.password
    if isinstance(answer, SelectChallengeAnswer) and answer.answer == "PASSWORD_SRP":
        return answer.password
    return None
