"""Users in every state, and all questions that anybody may ask about a name."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any, Final, Literal

from httpx2 import Response

from fastapi_cognito_auth.local import LocalUser
from fastapi_cognito_auth.srp.handshake import SRPClient
from tests.local.authenticator import Authenticator
from tests.routers.kit import PASSWORD, TEMPORARY, App
from tests.routers.test_account_mfa import enrol

AWS_JSON: Final = "application/x-amz-json-1.1"
AWS_TARGET: Final = "AWSCognitoIdentityProviderService."

Kind = Literal["ENABLED", "LEGACY"]

WRONG: Final = "Wrong-horse-1!"
NOBODY: Final = "somebody"
STATES: Final = (
    "usualone",
    "unsigned",
    "tempword",
    "resetted",
    "switched",
    "unheared",
    "passkeys",
    "totpuser",
)
"""Users in every state, under names as long as nobody's: confirmed, unconfirmed, with a temporary
password, to be reset, disabled, without an address, with a passkey, with an authenticator app."""

SRP_A: Final = SRPClient("Ab12Cd34E").srp_a


def email(name: str) -> dict[str, str]:
    return {"email": f"{name}@example.com"}


@cache
def app_of(kind: Kind) -> App:
    """Build a pool with a user in each state."""
    permanent = ("usualone", "resetted", "switched", "passkeys", "totpuser")
    app = App(
        [
            *(LocalUser(name, password=PASSWORD, attributes=email(name)) for name in permanent),
            LocalUser("tempword", temporary_password=TEMPORARY, attributes=email("tempword")),
            LocalUser("unheared", password=PASSWORD),
        ],
        prevent_user_existence_errors=kind == "ENABLED",
        allowed_first_factors=["PASSWORD", "EMAIL_OTP", "WEB_AUTHN"],
        relying_party_id="example.com",
    )
    app.app.include_router(app.auth.wire_router, prefix="/cognito")
    app.post("/sign-up", username="unsigned", password=PASSWORD, attributes=email("unsigned"))
    for operation, name in (("AdminDisableUser", "switched"), ("AdminResetUserPassword", "resetted")):
        app.pool.call(operation, {"UserPoolId": app.pool.user_pool_id, "Username": name})
    token = app.access_token("passkeys")
    options = app.account("POST", "/passkeys/options", token).json()["credential_creation_options"]
    credential = Authenticator(origin="https://example.com").create(options)
    assert app.account("POST", "/passkeys", token, credential=credential).status_code == 201
    enrol(app, app.access_token("totpuser"))
    return app


def post(path: str, **body: Any) -> Callable[[App, str], Response]:
    """Ask an endpoint; the name goes where `{name}` is."""

    def ask(app: App, name: str) -> Response:
        return app.post(path, **json.loads(json.dumps(body).replace("{name}", name)))

    return ask


def wire(operation: str, **body: Any) -> Callable[[App, str], Response]:
    """Ask the wire endpoint."""

    def ask(app: App, name: str) -> Response:
        filled = json.dumps({"ClientId": app.pool.client_id, **body}).replace("{name}", name)
        headers = {"Content-Type": AWS_JSON, "X-Amz-Target": f"{AWS_TARGET}{operation}"}
        return app.http.post("/cognito/", content=filled, headers=headers)

    return ask


def form(app: App, name: str) -> Response:
    return app.http.post("/auth/token", data={"username": name, "password": WRONG})


BY_PASSWORD = {"USERNAME": "{name}", "PASSWORD": WRONG}
BY_SRP = {"USERNAME": "{name}", "SRP_A": SRP_A}
NO_SESSION = "x" * 40
QUESTIONS: Final[dict[str, Callable[[App, str], Response]]] = {
    "/sign-in": post("/sign-in", username="{name}", password=WRONG),
    "/sign-in in clear": post("/sign-in", username="{name}", password=WRONG, auth_flow="USER_PASSWORD_AUTH"),
    "/sign-in by choice": post("/sign-in", username="{name}", auth_flow="USER_AUTH"),
    "/sign-in by choice with a password": post(
        "/sign-in", username="{name}", password=WRONG, auth_flow="USER_AUTH", preferred_challenge="PASSWORD"
    ),
    "/sign-in by choice with SRP": post(
        "/sign-in",
        username="{name}",
        password=WRONG,
        auth_flow="USER_AUTH",
        preferred_challenge="PASSWORD_SRP",
    ),
    "/sign-in by choice with a code": post(
        "/sign-in", username="{name}", auth_flow="USER_AUTH", preferred_challenge="EMAIL_OTP"
    ),
    "/sign-in by choice with a passkey": post(
        "/sign-in", username="{name}", auth_flow="USER_AUTH", preferred_challenge="WEB_AUTHN"
    ),
    "/sign-in with a level": post(
        "/sign-in",
        username="{name}",
        auth_flow="USER_AUTH",
        target_acr_values=["urn:cognito:loa:4"],
    ),
    "/sign-in by triggers": post("/sign-in", username="{name}", auth_flow="CUSTOM_AUTH"),
    "/token": form,
    "/initiate-auth": post("/initiate-auth", AuthFlow="USER_PASSWORD_AUTH", AuthParameters=BY_PASSWORD),
    "/initiate-auth with SRP": post("/initiate-auth", AuthFlow="USER_SRP_AUTH", AuthParameters=BY_SRP),
    "/initiate-auth by choice": post(
        "/initiate-auth", AuthFlow="USER_AUTH", AuthParameters={"USERNAME": "{name}"}
    ),
    "/respond-to-auth-challenge": post(
        "/respond-to-auth-challenge",
        ChallengeName="SMS_MFA",
        Session=NO_SESSION,
        ChallengeResponses={"USERNAME": "{name}", "SMS_MFA_CODE": "123456"},
    ),
    "/sign-up/confirm": post("/sign-up/confirm", username="{name}", code="000000"),
    "/sign-up/resend-code": post("/sign-up/resend-code", username="{name}"),
    "/password/reset before a code": post(
        "/password/reset", username="{name}", code="000000", password=WRONG
    ),
    "/password/forgot": post("/password/forgot", username="{name}"),
    "/password/reset": post("/password/reset", username="{name}", code="000000", password=WRONG),
    "/auth-events/feedback": post(
        "/auth-events/feedback",
        username="{name}",
        event_id="e",
        feedback_token="t",
        feedback_value="Valid",
    ),
    "InitiateAuth": wire("InitiateAuth", AuthFlow="USER_PASSWORD_AUTH", AuthParameters=BY_PASSWORD),
    "InitiateAuth with SRP": wire("InitiateAuth", AuthFlow="USER_SRP_AUTH", AuthParameters=BY_SRP),
    "InitiateAuth by choice": wire(
        "InitiateAuth", AuthFlow="USER_AUTH", AuthParameters={"USERNAME": "{name}"}
    ),
    "RespondToAuthChallenge": wire(
        "RespondToAuthChallenge",
        ChallengeName="SMS_MFA",
        Session=NO_SESSION,
        ChallengeResponses={"USERNAME": "{name}", "SMS_MFA_CODE": "123456"},
    ),
    "ConfirmSignUp": wire("ConfirmSignUp", Username="{name}", ConfirmationCode="000000"),
    "ConfirmSignUp with a session": wire(
        "ConfirmSignUp", Username="{name}", ConfirmationCode="000000", Session=NO_SESSION
    ),
    "ResendConfirmationCode": wire("ResendConfirmationCode", Username="{name}"),
    "ForgotPassword": wire("ForgotPassword", Username="{name}"),
    "ConfirmForgotPassword": wire(
        "ConfirmForgotPassword", Username="{name}", ConfirmationCode="000000", Password=WRONG
    ),
    "UpdateAuthEventFeedback": wire(
        "UpdateAuthEventFeedback",
        UserPoolId="us-east-1_x",
        Username="{name}",
        EventId="e",
        FeedbackToken="t",
        FeedbackValue="Valid",
    ),
    "/sign-up": post("/sign-up", username="{name}", password=WRONG, attributes={"email": "x@example.org"}),
    "SignUp": wire("SignUp", Username="{name}", Password=WRONG),
}
