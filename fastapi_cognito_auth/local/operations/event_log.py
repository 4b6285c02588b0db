"""What users do, written down where the pool has threat protection."""

import secrets
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from fastapi_cognito_auth.local import threat_protection
from fastapi_cognito_auth.local.delivery import verified_address
from fastapi_cognito_auth.local.errors import ServiceError, not_authorized
from fastapi_cognito_auth.local.operations.steps import Result
from fastapi_cognito_auth.local.outbox import Message
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.threat_protection import WHOLE_POOL, AuthHistory
from fastapi_cognito_auth.local.users import User

SIGN_IN: Final = "SignIn"
BLOCKED: Final = "Unable to login because of security reasons."
_KINDS: Final = {
    "InitiateAuth": SIGN_IN,
    "AdminInitiateAuth": SIGN_IN,
    "RespondToAuthChallenge": SIGN_IN,
    "AdminRespondToAuthChallenge": SIGN_IN,
    "SignUp": "SignUp",
    "ResendConfirmationCode": "ResendCode",
    "ForgotPassword": "ForgotPassword",
    "ConfirmForgotPassword": "PasswordChange",
    "ChangePassword": "PasswordChange",
}
_FAILURES: Final = frozenset(
    {
        "CodeMismatchException",
        "ExpiredCodeException",
        "NotAuthorizedException",
        "PasswordResetRequiredException",
        "UserLambdaValidationException",
        "UserNotConfirmedException",
    }
)
"""What counts as an attempt that failed; other refusals are of requests that could not be read."""
_CHALLENGES: Final = {
    "PASSWORD": "Password",
    "PASSWORD_VERIFIER": "Password",
    "SMS_MFA": "Mfa",
    "SOFTWARE_TOKEN_MFA": "Mfa",
    "EMAIL_OTP": "Mfa",
}
_MAILS_AN_HOUR: Final = 5


def observed(
    plane: Plane, name: str, params: dict[str, Any], operation: Callable[[Plane, dict[str, Any]], Result]
) -> Result:
    """Run an operation, and write down what it was to a user."""
    kind = _KINDS.get(name)
    if kind is None or threat_protection.mode(plane.directory.config) == "OFF" or _is_refresh(params):
        return operation(plane, params)
    address = _address(plane, params)
    if kind == SIGN_IN:
        _check_address(plane, params, address)
    user = _user(plane, params)
    try:
        result = operation(plane, params)
    except ServiceError as exc:
        if user is not None and exc.name in _FAILURES:
            event = threat_protection.new_event(kind, "Fail", now=plane.clock(), address=address)
            _write(plane, user, event, params, {})
        raise
    user = user or _user(plane, params)
    if user is not None:
        response = "InProgress" if "ChallengeName" in result else "Pass"
        event = threat_protection.new_event(kind, response, now=plane.clock(), address=address)
        _write(plane, user, event, params, result)
    return result


def add(plane: Plane, user: User, response: str, *, methods: Collection[str]) -> None:
    """Write down a sign-in at the pool's domain.

    Args:
        plane: the plane.
        user: whose.
        response: EventResponse.
        methods: the amr values of what it was tried with.
    """
    if threat_protection.mode(plane.directory.config) == "OFF":
        return
    answered = "Success" if response == "Pass" else "Failure"
    tried = [name for name, found in (("Password", "pwd" in methods), ("Mfa", len(methods) > 1)) if found]
    event = threat_protection.new_event(SIGN_IN, response, now=plane.clock(), address=None)
    event["ChallengeResponses"] = [{"ChallengeName": name, "ChallengeResponse": answered} for name in tried]
    history(plane, user).add(event)


def add_failure(plane: Plane, username: str, refusal: ServiceError) -> None:
    """Write down a sign-in that was refused at the pool's domain."""
    user = plane.directory.find(username)
    if user is not None and refusal.name in _FAILURES:
        add(plane, user, "Fail", methods=())


def history(plane: Plane, user: User) -> AuthHistory:
    """Return what is kept of a user."""
    held = plane.directory.auth_histories.get(user.sub)
    if held is None:
        held = plane.directory.auth_histories[user.sub] = AuthHistory()
    return held


def _is_refresh(params: Mapping[str, Any]) -> bool:
    return str(params.get("AuthFlow")).startswith("REFRESH_TOKEN")


def _user(plane: Plane, params: Mapping[str, Any]) -> User | None:
    named: Mapping[str, str] = params.get("AuthParameters") or params.get("ChallengeResponses") or {}
    if "AccessToken" in params:
        try:
            return plane.tokens.read_access_token(params["AccessToken"])[1]
        except ServiceError:
            return None
    username = params.get("Username") or named.get("USERNAME")
    return plane.directory.find(username) if username else None


def _address(plane: Plane, params: Mapping[str, Any]) -> str | None:
    """Return the address of the user's device, as those say who may: a server, of its users.

    https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-adaptive-authentication-device-fingerprint.html
    """
    told: str | None = (params.get("ContextData") or {}).get("IpAddress")
    record = plane.directory.clients.get(params.get("ClientId", ""))
    if record is not None and record.config.get("EnablePropagateAdditionalUserContextData"):
        told = told or (params.get("UserContextData") or {}).get("IpAddress")
    return told


def _check_address(plane: Plane, params: Mapping[str, Any], address: str | None) -> None:
    """Refuse a sign-in from an address that is always blocked; it is all the risk that is rated here."""
    risks = plane.directory.risks
    risk = risks.get(params.get("ClientId", "")) or risks.get(WHOLE_POOL)
    enforced = threat_protection.mode(plane.directory.config) == "ENFORCED"
    if risk is None or not enforced or not threat_protection.is_blocked(risk.settings, address):
        return
    user = _user(plane, params)
    if user is not None:
        event = threat_protection.new_event(SIGN_IN, "Fail", now=plane.clock(), address=address, blocked=True)
        history(plane, user).add(event)
        _notify(plane, user, event, risk.settings)
    raise not_authorized(BLOCKED)


def _notify(plane: Plane, user: User, event: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
    """Ask the user by e-mail whether it was them, where the pool has words for that."""
    takeover = settings.get("AccountTakeoverRiskConfiguration") or {}
    template = (takeover.get("NotifyConfiguration") or {}).get("BlockEmail")
    destination = verified_address(user.attributes, "email")
    mails = ("auth_event", user.sub)
    if template is None or destination is None or not _has_room(plane, mails):
        return
    plane.limits.count(mails)
    token = secrets.token_urlsafe(32)
    held = history(plane, user)
    held.tokens = {**held.tokens, event["EventId"]: threat_protection.digest(token)}
    sent_at = datetime.fromtimestamp(plane.clock(), UTC)
    told = {
        "username": user.username,
        "ip-address": event["EventContextData"].get("IpAddress", ""),
        "login-time": sent_at.isoformat(timespec="seconds"),
        "event-id": event["EventId"],
        "feedback-token": token,
    }
    text: str = template.get("TextBody") or template.get("HtmlBody") or ""
    for name, value in told.items():
        text = text.replace(f"{{{name}}}", value)
    plane.outbox.put(
        Message(
            user_pool_id=plane.directory.pool_id,
            username=user.username,
            destination=destination,
            medium="EMAIL",
            purpose="auth_event_feedback",
            code=token,
            sent_at=sent_at,
            subject=template["Subject"],
            text=text,
        )
    )


def _has_room(plane: Plane, mails: tuple[str, str]) -> bool:
    # Whoever tries again and again fills nobody's inbox.
    try:
        plane.limits.guard(mails, _MAILS_AN_HOUR)
    except ServiceError:
        return False
    return True


def _write(
    plane: Plane, user: User, event: dict[str, Any], params: Mapping[str, Any], result: Mapping[str, Any]
) -> None:
    """Add an event, or bring the one up to date that the sign-in has already."""
    held, response = history(plane, user), event["EventResponse"]
    step = threat_protection.digest(_handle(params.get("Session"), params.get("ChallengeResponses")))
    known = held.find(held.steps.get(step, ""))
    if known is None:
        held.add(event)
        known = event
    answered = [*known["ChallengeResponses"], *_answered(params, succeeded=response != "Fail")]
    held.change(known["EventId"], EventResponse=response, ChallengeResponses=answered)
    if response == "InProgress":
        following = _handle(result.get("Session"), result.get("ChallengeParameters"))
        held.steps = {**held.steps, threat_protection.digest(following): known["EventId"]}


def _handle(session: str | None, members: Mapping[str, str] | None) -> str:
    """Return what two steps of a sign-in have in common."""
    members = members or {}
    return session or members.get("SECRET_BLOCK") or members.get("PASSWORD_CLAIM_SECRET_BLOCK") or ""


def _answered(params: Mapping[str, Any], *, succeeded: bool) -> list[dict[str, str]]:
    challenge = _CHALLENGES.get(params.get("ChallengeName", ""))
    if challenge is None and "PASSWORD" in (params.get("AuthParameters") or {}):
        challenge = "Password"
    if challenge is None:
        return []
    return [{"ChallengeName": challenge, "ChallengeResponse": "Success" if succeeded else "Failure"}]
