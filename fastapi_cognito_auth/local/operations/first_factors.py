"""The first factors of USER_AUTH by name; `local/sign_in.py` says what a `FirstFactor` is.

PASSWORD_SRP is the other way to prove PASSWORD and has no entry of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from fastapi_cognito_auth.local.codes import new_code, same_code
from fastapi_cognito_auth.local.delivery import verified_address
from fastapi_cognito_auth.local.errors import code_mismatch, invalid_session
from fastapi_cognito_auth.local.mfa import WRONG_CODE
from fastapi_cognito_auth.local.operations.admission import prove_password, require
from fastapi_cognito_auth.local.operations.passkey_factor import PASSKEY_FACTOR
from fastapi_cognito_auth.local.operations.steps import delivered
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.sign_in import Begun, FirstFactor, Proof, SignIn
from fastapi_cognito_auth.local.users import User

OTP_DIGITS: Final = 8
"""A code that is a first factor has eight digits, one that is a second factor has six."""


def _has_password(plane: Plane, user: User) -> bool:
    return plane.passwords.get(user.sub) is not None


def _ask_password(_plane: Plane, _sign_in: SignIn) -> Begun:
    return Begun()


def _check_password(
    plane: Plane, sign_in: SignIn, _kept: Mapping[str, Any], responses: Mapping[str, str]
) -> Proof:
    user = sign_in.user
    prove_password(plane, user, user.username, require(responses, "PASSWORD"))
    return Proof(methods=frozenset({"pwd"}))


@dataclass(frozen=True)
class _SentCode:
    """A code by e-mail or SMS. No second factor may follow it."""

    name: str
    attribute: str
    method: str

    def is_available(self, plane: Plane, user: User) -> bool:
        """Tell whether a code may be sent; a pool that demands MFA has no OTP first factors."""
        return plane.directory.mfa != "ON" and verified_address(user.attributes, self.attribute) is not None

    def begin(self, plane: Plane, sign_in: SignIn) -> Begun:
        code = new_code(OTP_DIGITS)
        sent = plane.send(sign_in.user, self.name.lower(), self.attribute, code, sign_in.caller)
        destination = sign_in.user.attributes[self.attribute]
        return Begun(parameters=delivered(sent), data={"code": code, "destination": destination})

    def check(
        self, plane: Plane, sign_in: SignIn, kept: Mapping[str, Any], responses: Mapping[str, str]
    ) -> Proof:
        code = require(responses, f"{self.name}_CODE")
        user = sign_in.user
        if not self.is_available(plane, user) or user.attributes[self.attribute] != kept["destination"]:
            # It went to an address that the user no longer has.
            raise invalid_session()
        with plane.counting_guesses(f"otp:{user.sub}"):
            if not same_code(kept["code"], code):
                raise code_mismatch(WRONG_CODE)
        return Proof(methods=frozenset({self.method}), multi_factor=True)

    def first_factor(self) -> FirstFactor:
        return FirstFactor(
            inline="", is_available=self.is_available, begin=self.begin, check=self.check, level=2
        )


FIRST_FACTORS: Final[dict[str, FirstFactor]] = {
    "PASSWORD": FirstFactor(
        inline="PASSWORD", is_available=_has_password, begin=_ask_password, check=_check_password
    ),
    "EMAIL_OTP": _SentCode("EMAIL_OTP", "email", "email_otp").first_factor(),
    "SMS_OTP": _SentCode("SMS_OTP", "phone_number", "sms").first_factor(),
    "WEB_AUTHN": PASSKEY_FACTOR,
}
