"""InitiateAuth and AdminInitiateAuth: the first step of a sign-in, and refresh."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from fastapi_cognito_auth.local.errors import invalid_parameter
from fastapi_cognito_auth.local.operations import custom_auth, user_auth, user_migration
from fastapi_cognito_auth.local.operations.admission import (
    Request,
    check_flow,
    known_user,
    prove_password,
    require,
    start_srp,
)
from fastapi_cognito_auth.local.operations.steps import Result, after_password
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.sign_in import SignIn
from fastapi_cognito_auth.local.users import User

Flow = Callable[[Plane, Request], Result]


def _initiate(plane: Plane, params: Mapping[str, Any], flows: Mapping[str, Flow]) -> Result:
    client = plane.directory.client(params["ClientId"])
    flow = flows.get(params["AuthFlow"])
    if flow is None:
        raise invalid_parameter("Initiate Auth method not supported")
    request = Request(
        client=client,
        parameters=params.get("AuthParameters", {}),
        client_metadata=params.get("ClientMetadata") or {},
        session=params.get("Session"),
    )
    return flow(plane, request)


def _initiate_auth(plane: Plane, params: dict[str, Any]) -> Result:
    return _initiate(plane, params, _FLOWS)


def _admin_initiate_auth(plane: Plane, params: dict[str, Any]) -> Result:
    return _initiate(plane, params, _ADMIN_FLOWS)


def with_password(plane: Plane, request: Request) -> Result:
    """Go on after a plain password."""
    refusal = "USER_PASSWORD_AUTH flow not enabled for this client"
    return _check_password(plane, request, "USER_PASSWORD_AUTH", refusal)


def _with_admin_password(plane: Plane, request: Request) -> Result:
    legacy = request.client.allows("ADMIN_NO_SRP_AUTH")
    flow = "ADMIN_NO_SRP_AUTH" if legacy else "ADMIN_USER_PASSWORD_AUTH"
    return _check_password(plane, request, flow, "Auth flow not enabled for this client")


def _check_password(plane: Plane, request: Request, flow: str, refusal: str) -> Result:
    username, password = (require(request.parameters, name) for name in ("USERNAME", "PASSWORD"))
    check_flow(request, username, flow, refusal)
    _migrate(plane, request, username, password)
    user = prove_password(plane, known_user(plane, request, username), username, password)
    device_key = request.parameters.get("DEVICE_KEY")
    sign_in = SignIn(
        client=request.client,
        user=user,
        methods=frozenset({"pwd"}),
        device_key=device_key,
        at_domain=request.at_domain,
        target=request.target,
    )
    return after_password(plane, sign_in)


def _migrate(plane: Plane, request: Request, username: str, password: str) -> None:
    """Bring along a user whom the pool does not have, where a trigger does that."""
    if plane.triggers.user_migration is None or plane.directory.find(username, by_sub=False) is not None:
        return
    # The trigger is asked about as many passwords as a user of the pool may be tried with.
    plane.lockout.check(plane.count_key(None, username))
    user_migration.at_sign_in(plane, request.client, username, password, request.client_metadata)


def _with_srp(plane: Plane, request: Request) -> Result:
    username, srp_a = (require(request.parameters, name) for name in ("USERNAME", "SRP_A"))
    check_flow(request, username, "USER_SRP_AUTH", "USER_SRP_AUTH is not enabled for the client.")
    user = known_user(plane, request, username)
    challenge = start_srp(plane, request.client, user, username, srp_a)
    return {"ChallengeName": "PASSWORD_VERIFIER", "ChallengeParameters": challenge}


def _with_refresh_token(plane: Plane, request: Request) -> Result:
    client, parameters = request.client, request.parameters
    refresh_token = require(parameters, "REFRESH_TOKEN")
    if not client.allows("REFRESH_TOKEN_AUTH") or client.rotation_grace is not None:
        # With rotation only GetTokensFromRefreshToken refreshes: this answer has no room for the next token.
        raise invalid_parameter("Auth flow not enabled for this client")

    def admit(user: User) -> None:
        client.check_secret_hash(user.username, parameters.get("SECRET_HASH"), extra_is_error=False)

    result = plane.tokens.refresh(client, refresh_token, device_key=parameters.get("DEVICE_KEY"), admit=admit)
    return {"AuthenticationResult": result, "ChallengeParameters": {}}


_SHARED: Final[dict[str, Flow]] = {
    "USER_SRP_AUTH": _with_srp,
    "USER_AUTH": user_auth.start,
    "CUSTOM_AUTH": custom_auth.start,
    "REFRESH_TOKEN_AUTH": _with_refresh_token,
    "REFRESH_TOKEN": _with_refresh_token,
}
_FLOWS: Final = _SHARED | {"USER_PASSWORD_AUTH": with_password}
_ADMIN_FLOWS: Final = _SHARED | {
    "ADMIN_USER_PASSWORD_AUTH": _with_admin_password,
    "ADMIN_NO_SRP_AUTH": _with_admin_password,
}

OPERATIONS: Final = {"InitiateAuth": _initiate_auth, "AdminInitiateAuth": _admin_initiate_auth}
