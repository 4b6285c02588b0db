"""AssociateSoftwareToken and VerifySoftwareToken, with an access token or with an MFA_SETUP session.

AdminDeleteSoftwareToken is for those who have lost theirs.
"""

from dataclasses import replace
from typing import Any, Final

from fastapi_cognito_auth.local.errors import (
    ServiceError,
    invalid_parameter,
    invalid_session,
    missing_parameter,
    not_authorized,
    not_found,
)
from fastapi_cognito_auth.local.mfa import TOTP, WRONG_CODE, SoftwareToken
from fastapi_cognito_auth.local.operations.admin_users import user_of
from fastapi_cognito_auth.local.operations.steps import Result, active_factors, check_may_sign_in
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.sessions import Session
from fastapi_cognito_auth.local.totp import new_secret
from fastapi_cognito_auth.local.users import User


def _caller(plane: Plane, params: dict[str, Any]) -> tuple[User, Session | None]:
    if "AccessToken" in params and "Session" in params:
        raise invalid_parameter("Only one of AccessToken and Session can be given")
    if "AccessToken" in params:
        _, user = plane.tokens.read_access_token(params["AccessToken"])
        session = None
    elif "Session" in params:
        session = plane.sessions.get(params["Session"], "MFA_SETUP")
        user = _owner(plane, session)
    else:
        raise missing_parameter("AccessToken or Session")
    if TOTP not in plane.directory.mfa_methods:
        msg = "Software Token MFA has not been enabled by the userPool"
        raise ServiceError("SoftwareTokenMFANotFoundException", msg)
    return user, session


def _owner(plane: Plane, session: Session) -> User:
    user = plane.directory.by_sub(session.sub)
    # Only the password was proven so far: that must not replace a factor that is in force.
    if user is None or "verified" in session.data or active_factors(plane, user):
        raise invalid_session()
    check_may_sign_in(user)
    return user


def _next(plane: Plane, session: Session, **data: Any) -> Result:
    """Replace an MFA_SETUP session by the one of the next step."""
    session.used = True
    client = plane.directory.client(session.client_id)
    kept = {"sign_in": session.data["sign_in"], **data}
    return {"Session": plane.sessions.open(client, session.sub, "MFA_SETUP", **kept)}


def _associate(plane: Plane, params: dict[str, Any]) -> Result:
    user, session = _caller(plane, params)
    token = SoftwareToken(new_secret())
    answer: Result = {"SecretCode": token.secret}
    if session is not None:
        return answer | _next(plane, session, pending=token)
    plane.factors.of(user.sub).pending = token
    return answer


def _verify(plane: Plane, params: dict[str, Any]) -> Result:
    user, session = _caller(plane, params)
    factors = plane.factors.of(user.sub)
    token = factors.pending if session is None else session.data.get("pending")
    if token is None:
        raise not_authorized(WRONG_CODE) if session is None else invalid_session()
    try:
        with plane.counting_guesses(f"setup:{user.sub}"):
            token = token.use(params["UserCode"], plane.clock())
    except ServiceError as exc:
        if exc.name != "CodeMismatchException":
            raise
        raise ServiceError("EnableSoftwareTokenMFAException", "Code mismatch") from None
    token = replace(token, friendly_name=params.get("FriendlyDeviceName", ""))
    factors.token, factors.pending = token, None
    if plane.directory.mfa == "ON":
        # Where a factor is demanded, setting one up switches it on.
        factors.enabled = factors.enabled | {TOTP}
    answer: Result = {"Status": "SUCCESS"}
    return answer if session is None else answer | _next(plane, session, verified=token)


def _admin_delete(plane: Plane, params: dict[str, Any]) -> Result:
    user = user_of(plane, params)
    if user.status == "UNCONFIRMED":
        raise ServiceError("UserNotConfirmedException", "User is not confirmed.")
    factors = plane.factors.of(user.sub)
    if factors.token is None:
        raise not_found("User does not have a software token.")
    factors.token = factors.pending = None
    factors.switch(TOTP, enabled=False, preferred=False)
    # A sign-in that is asked for a code of it cannot go on.
    plane.sessions.drop(user.sub)
    return {}


OPERATIONS: Final = {
    "AssociateSoftwareToken": _associate,
    "VerifySoftwareToken": _verify,
    "AdminDeleteSoftwareToken": _admin_delete,
}
