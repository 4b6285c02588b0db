"""The operations behind `auth.router`."""

from fastapi.testclient import TestClient

from tests.over_http.house import TEMPORARY, House
from tests.routers.kit import NEW_PASSWORD, PASSWORD, another, seen_from, totp


def of_sign_up(house: House) -> None:
    eve = {"username": "eve", "password": PASSWORD, "attributes": {"email": "eve@example.com"}}
    house("SignUp", "POST /auth/sign-up", eve, wrong={"username": "alice"})
    _until_too_often(house, "ResendConfirmationCode", "POST /auth/sign-up/resend-code", "eve")
    code = house.code("eve")
    house.wrong("ConfirmSignUp", "POST /auth/sign-up/confirm", {"username": "eve", "code": another(code)})
    house("ConfirmSignUp", "POST /auth/sign-up/confirm", {"username": "eve", "code": code})


def _until_too_often(house: House, operation: str, endpoint: str, username: str) -> None:
    """Whether the user exists is never told; how often a code may be asked for is."""
    house(operation, endpoint, {"username": username})
    for _ in range(20):
        if house.http.post(endpoint.removeprefix("POST "), json={"username": username}).status_code != 200:
            break
    house.wrong(operation, endpoint, {"username": username})


def of_sign_in(house: House) -> None:
    password = {"username": "alice", "password": PASSWORD}
    house("InitiateAuth", "POST /auth/sign-in", password, wrong={"password": NEW_PASSWORD})
    house("AdminInitiateAuth", "POST /by-admin/sign-in", password, wrong={"password": NEW_PASSWORD})
    house("InitiateAuth", "POST /auth/token", data=password)
    parameters = {"USERNAME": "alice", "PASSWORD": PASSWORD}
    raw = {"AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters}
    wrong = {"AuthParameters": parameters | {"PASSWORD": NEW_PASSWORD}}
    house("InitiateAuth", "POST /auth/initiate-auth", raw, wrong=wrong)
    house.visit("GET /auth/config")


def of_challenges(house: House) -> None:
    for prefix, operation, username in (
        ("auth", "RespondToAuthChallenge", "grace"),
        ("by-admin", "AdminRespondToAuthChallenge", "heidi"),
    ):
        first = house.http.post(f"/{prefix}/sign-in", json={"username": username, "password": TEMPORARY})
        answer = {
            "challenge": "NEW_PASSWORD_REQUIRED",
            "session": first.json()["session"],
            "new_password": PASSWORD,
        }
        # The second time the session is used up.
        house(operation, f"POST /{prefix}/challenge", answer, wrong={})
    raw = {"AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": {"USERNAME": "ivan", "PASSWORD": TEMPORARY}}
    challenge = house.http.post("/auth/initiate-auth", json=raw).json()
    responses = {"USERNAME": "ivan", "NEW_PASSWORD": PASSWORD}
    answer = {
        "ChallengeName": "NEW_PASSWORD_REQUIRED",
        "Session": challenge["Session"],
        "ChallengeResponses": responses,
    }
    house("RespondToAuthChallenge", "POST /auth/respond-to-auth-challenge", answer, wrong={})


def of_set_up(house: House) -> None:
    """An authenticator app is set up where the pool asks for a second factor."""
    totps = {"enabled": True}
    on = {"mfa_configuration": "ON", "software_token_mfa_configuration": totps}
    house(
        "SetUserPoolMfaConfig",
        "PUT /configuration/mfa",
        on,
        token=house.root,
        wrong={"mfa_configuration": "X"},
    )
    first = house.tokens("judy", TEMPORARY)
    answer = {
        "challenge": "NEW_PASSWORD_REQUIRED",
        "session": first["session"],
        "new_password": PASSWORD,
    }
    challenge = house("RespondToAuthChallenge", "POST /auth/challenge", answer)
    started = {"session": challenge["session"]}
    setup = house("AssociateSoftwareToken", "POST /auth/challenge/totp", started, wrong={})
    code = totp(setup["secret_code"], house.clock.now)
    answer = {"challenge": "MFA_SETUP", "session": setup["session"], "code": code}
    house.wrong("VerifySoftwareToken", "POST /auth/challenge", answer | {"code": another(code)})
    house("VerifySoftwareToken", "POST /auth/challenge", answer)
    off = {"mfa_configuration": "OPTIONAL", "software_token_mfa_configuration": totps}
    house("SetUserPoolMfaConfig", "PUT /configuration/mfa", off, token=house.root)


def of_passwords(house: House) -> None:
    _until_too_often(house, "ForgotPassword", "POST /auth/password/forgot", "dave")
    code = house.code("dave")
    reset = {"username": "dave", "code": code, "password": NEW_PASSWORD}
    house.wrong("ConfirmForgotPassword", "POST /auth/password/reset", reset | {"code": another(code)})
    house("ConfirmForgotPassword", "POST /auth/password/reset", reset)


def of_refreshes(house: House) -> None:
    tokens = house.tokens("alice")
    device = house.http.post(
        "/account/devices",
        json=tokens["new_device"],
        headers={"Authorization": f"Bearer {tokens['access_token']}"},
    ).json()["device"]
    tokens = house.tokens("alice", device=device)
    refresh = {"refresh_token": tokens["refresh_token"], "device": device}
    house(
        "GetTokensFromRefreshToken",
        "POST /auth/refresh",
        refresh,
        wrong={"refresh_token": tokens["access_token"]},
    )
    house(
        "RevokeToken",
        "POST /auth/sign-out",
        {"refresh_token": tokens["refresh_token"]},
        wrong={"refresh_token": tokens["access_token"]},
    )


def of_other_apis(house: House) -> None:
    """The app's own routes, over what gets it tokens."""
    scope = {"scope": "orders/read"}
    house("GetClientToken", "GET /machine-token", scope)
    # Whoever calls the app cannot mend what the app may not have.
    house.wrong(
        "GetClientToken", "GET /machine-token", {"scope": "orders/write"}, said=(503, "machine_scope")
    )
    house("GetDerivedToken", "GET /derived-token", scope, token=house.token("alice"))
    # It is about a token of the user, and not about a password.
    said = (401, "invalid_token")
    house.wrong("GetDerivedToken", "GET /derived-token", scope, token=house.ended, said=said)


def of_feedback(house: House) -> None:
    """Threat protection asks the user whether a sign-in was her own."""
    elsewhere = TestClient(seen_from("198.51.100.7", house.app))
    password = {"username": "alice", "password": PASSWORD}
    assert elsewhere.post("/by-admin/sign-in", json=password).status_code == 401
    events = house.admin("AdminListUserAuthEvents", "alice")["AuthEvents"]
    feedback = {
        "username": "alice",
        "event_id": events[0]["EventId"],
        "feedback_token": house.pool.outbox.latest("alice", "auth_event_feedback").code,
        "feedback_value": "Invalid",
    }
    wrong = {"feedback_token": "a.b.c"}
    house("UpdateAuthEventFeedback", "POST /auth/auth-events/feedback", feedback, wrong=wrong)
