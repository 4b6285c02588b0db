"""InitiateAuth: the first step of a sign-in, and refresh."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi_cognito_auth.local.clients import Client
from fastapi_cognito_auth.local.directory import User
from fastapi_cognito_auth.local.errors import (
    invalid_parameter,
    missing_parameter,
    not_authorized,
    user_not_found,
)
from fastapi_cognito_auth.local.operations.steps import Result, after_password, check_may_sign_in
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.sign_in import SignIn


def require(parameters: Mapping[str, str], name: str) -> str:
    """Return a parameter, or refuse without it."""
    value = parameters.get(name)
    if not value:
        raise missing_parameter(name)
    return value


def _initiate_auth(plane: Plane, params: dict[str, Any]) -> Result:
    client = plane.directory.client(params["ClientId"])
    flow = _FLOWS.get(params["AuthFlow"])
    if flow is None:
        raise invalid_parameter("Initiate Auth method not supported")
    return flow(plane, client, params.get("AuthParameters", {}))


def _admit(client: Client, parameters: Mapping[str, str], username: str, flow: str, refusal: str) -> None:
    client.check_secret_hash(username, parameters.get("SECRET_HASH"))
    if not client.allows(flow):
        raise invalid_parameter(refusal)


def _known_user(plane: Plane, client: Client, username: str) -> User | None:
    """Return the user, or None where the client hides that there is none."""
    user = plane.directory.find(username, by_sub=False)
    if user is None and not client.hides_users:
        raise user_not_found()
    if user is not None:
        check_may_sign_in(user)
    return user


def _with_password(plane: Plane, client: Client, parameters: Mapping[str, str]) -> Result:
    username, password = require(parameters, "USERNAME"), require(parameters, "PASSWORD")
    _admit(
        client,
        parameters,
        username,
        "USER_PASSWORD_AUTH",
        "USER_PASSWORD_AUTH flow not enabled for this client",
    )
    user = _known_user(plane, client, username)
    key = lockout_key(user, username)
    plane.lockout.check(key)
    sub, identity = (user.sub, user.username) if user is not None else ("", username)
    if not plane.passwords.verify(sub, identity, password) or user is None:
        plane.lockout.fail(key)
        raise not_authorized()
    return after_password(plane, SignIn(client=client, user=user, methods=frozenset({"pwd"})))


def lockout_key(user: User | None, username: str) -> str:
    """Return what failures count for: a user, or a name that nobody has."""
    return f"nobody:{username}" if user is None else user.sub


def _with_srp(plane: Plane, client: Client, parameters: Mapping[str, str]) -> Result:
    username, srp_a = require(parameters, "USERNAME"), require(parameters, "SRP_A")
    _admit(client, parameters, username, "USER_SRP_AUTH", "USER_SRP_AUTH is not enabled for the client.")
    user = _known_user(plane, client, username)
    identity = plane.decoy_identity(username) if user is None else user.username
    verifier = plane.passwords.get(user.sub) if user is not None else None
    challenge = plane.handshakes.start(
        client,
        srp_a,
        sub=None if verifier is None or user is None else user.sub,
        key=lockout_key(user, username),
        identity=identity,
        verifier=verifier or plane.passwords.decoy(username),
    )
    return {"ChallengeName": "PASSWORD_VERIFIER", "ChallengeParameters": challenge}


def _with_refresh_token(plane: Plane, client: Client, parameters: Mapping[str, str]) -> Result:
    refresh_token = require(parameters, "REFRESH_TOKEN")
    if not client.allows("REFRESH_TOKEN_AUTH"):
        raise invalid_parameter("Auth flow not enabled for this client")
    user, result = plane.tokens.refresh(client, refresh_token)
    client.check_secret_hash(user.username, parameters.get("SECRET_HASH"), extra_is_error=False)
    return {"AuthenticationResult": result, "ChallengeParameters": {}}


_FLOWS: Final = {
    "USER_PASSWORD_AUTH": _with_password,
    "USER_SRP_AUTH": _with_srp,
    "REFRESH_TOKEN_AUTH": _with_refresh_token,
    "REFRESH_TOKEN": _with_refresh_token,
}

OPERATIONS: Final = {"InitiateAuth": _initiate_auth}
