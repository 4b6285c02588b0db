"""Every operation of users that the service has is reached over HTTP."""

import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any, Final

import pytest

from tests.formats.test_passkey_json import CREDENTIAL
from tests.older import MODEL, needs
from tests.routers.kit import ADA, NEW_PASSWORD, NEWCOMER, PASSWORD, TEMPORARY, App

pytestmark = needs("ListUserSessions")

ROUTES: Final[dict[str, list[str]]] = json.loads(
    (Path(__file__).parent / "data" / "operations.json").read_text()
)
"""Which endpoints call an operation."""

DEVICE = "us-east-1_11111111-2222-3333-4444-555555555555"
CODE = {"code": "123456"}
ON = {"enabled": True}
SRP = {"USERNAME": "ada", "SRP_A": "1234"}
PROOF = {"USERNAME": "ada"}
SIMPLE: Final[list[tuple[str, str, Any]]] = [
    ("POST /auth/sign-up", "", {"username": "eve", "password": PASSWORD, "attributes": {"email": "e@x.io"}}),
    ("POST /auth/sign-up/confirm", "", {"username": "eve", **CODE}),
    ("POST /auth/sign-up/resend-code", "", {"username": "eve"}),
    ("POST /auth/sign-in", "", {"username": "ada", "password": PASSWORD}),
    ("POST /auth/initiate-auth", "", {"auth_flow": "USER_SRP_AUTH", "auth_parameters": SRP}),
    (
        "POST /auth/respond-to-auth-challenge",
        "",
        {"challenge_name": "PASSWORD_VERIFIER", "challenge_responses": PROOF},
    ),
    ("POST /auth/password/forgot", "", {"username": "ada"}),
    ("POST /auth/password/reset", "", {"username": "ada", "password": NEW_PASSWORD, **CODE}),
    ("POST /auth/refresh", "", {"refresh_token": "x"}),
    ("POST /auth/sign-out", "", {"refresh_token": "x"}),
    (
        "POST /auth/auth-events/feedback",
        "",
        {"username": "ada", "event_id": "x", "feedback_token": "x", "feedback_value": "Valid"},
    ),
    ("GET /account", "", None),
    ("PATCH /account", "", {"attributes": {"name": "Ada"}}),
    ("PUT /account/password", "", {"previous_password": PASSWORD, "proposed_password": NEW_PASSWORD}),
    ("GET /account/auth-factors", "", None),
    ("PUT /account/settings", "", {"mfa_options": [{}]}),
    ("DELETE /account/attributes/{name}", "name", None),
    ("POST /account/attributes/{name}/code", "email", None),
    ("POST /account/attributes/{name}/verify", "email", CODE),
    ("PUT /account/mfa", "", {"software_token_mfa_settings": ON}),
    ("POST /account/mfa/totp", "", None),
    ("POST /account/mfa/totp/verify", "", CODE),
    ("GET /account/passkeys", "", None),
    ("POST /account/passkeys/options", "", None),
    ("POST /account/passkeys", "", {"credential": CREDENTIAL}),
    ("DELETE /account/passkeys/{credential_id}", "AQID", None),
    ("GET /account/devices", "", None),
    ("POST /account/devices", "", {"device_key": DEVICE, "device_group_key": "-group"}),
    ("GET /account/devices/{key}", DEVICE, None),
    ("PATCH /account/devices/{key}", DEVICE, {"status": "remembered"}),
    ("DELETE /account/devices/{key}", DEVICE, None),
    ("GET /account/sessions", "", None),
    ("DELETE /account/sessions/{session_id}", "tkn" + "a" * 25, None),
    ("POST /account/sign-out-everywhere", "", None),
]


class Walk:
    """Asks endpoints, and notes which operations each calls."""

    def __init__(self, app: App, reached: dict[str, set[str]]) -> None:
        self._app = app
        self._reached = reached
        self._calls = app.calls()

    def ask(self, route: str, value: str = "", body: Any = None, token: str | None = None) -> Any:
        self._calls.clear()
        method, path = route.split()
        url = re.sub("{.*}", value, path)
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        answer = self._app.http.request(method, url, json=body, headers=headers)
        self._reached[route].update(self._calls)
        return answer.json() if answer.content else None


FLOWS = ["ALLOW_USER_SRP_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]


@pytest.fixture(scope="module")
def reached() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    app = App([ADA], explicit_auth_flows=FLOWS)
    walk = Walk(app, found)
    token = app.access_token()
    for route, value, body in SIMPLE:
        walk.ask(route, value, body, token)
    walk.ask("DELETE /account", token=app.access_token("ada", NEW_PASSWORD))

    sign_in = {"username": "newcomer", "password": TEMPORARY}
    new = {"challenge": "NEW_PASSWORD_REQUIRED", "new_password": PASSWORD}
    walk = Walk(App([NEWCOMER], auth_flow="ADMIN_USER_PASSWORD_AUTH", explicit_auth_flows=FLOWS), found)
    first = walk.ask("POST /auth/sign-in", body=sign_in)
    walk.ask("POST /auth/challenge", body={**new, "session": first["session"]})

    app = App([NEWCOMER], mfa="ON", explicit_auth_flows=FLOWS)
    walk = Walk(app, found)
    first = app.post("/sign-in", **sign_in).json()
    setup = walk.ask("POST /auth/challenge", body={**new, "session": first["session"]})
    secret = walk.ask("POST /auth/challenge/totp", body={"session": setup["session"]})
    code = app.totp(secret["secret_code"])
    walk.ask(
        "POST /auth/challenge", body={"challenge": "MFA_SETUP", "code": code, "session": secret["session"]}
    )
    return found


@pytest.mark.parametrize("operation", sorted(ROUTES))
def test_every_endpoint_that_is_named_for_an_operation_calls_it(
    operation: str, reached: dict[str, set[str]]
) -> None:
    for route in ROUTES[operation]:
        assert operation in reached[route], (route, reached[route])


def test_every_operation_that_a_user_may_call_is_named() -> None:
    """What takes an access token or no signature is a user's; botocore may know new ones."""
    users = {
        name
        for name in MODEL.operation_names
        if MODEL.operation_model(name).auth_type == "none"
        or "AccessToken" in MODEL.operation_model(name).input_shape.members
    }
    assert users <= ROUTES.keys()
