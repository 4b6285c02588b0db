"""The user pools API for clients that speak it themselves, with the app's secret and its limits.

What only the app may know is added; what a client sends in its place is dropped. Refusals keep
the service's names and words.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from fastapi_cognito_auth.cognito.client import CognitoClient
from fastapi_cognito_auth.cognito.token_refresh import TokenRefresh
from fastapi_cognito_auth.exceptions import (
    CodeMismatchError,
    ExpiredCodeError,
    InvalidParameterError,
    NotAuthorizedError,
    UserNotFoundError,
    UserPoolError,
)
from fastapi_cognito_auth.formats import aws_json
from fastapi_cognito_auth.formats.aws_json import ServiceError

OPERATIONS: Final = frozenset({
    "AssociateSoftwareToken", "ChangePassword", "CompleteWebAuthnRegistration", "ConfirmDevice",
    "ConfirmForgotPassword", "ConfirmSignUp", "DeleteUser", "DeleteUserAttributes",
    "DeleteWebAuthnCredential", "ForgetDevice", "ForgotPassword", "GetDevice",
    "GetTokensFromRefreshToken", "GetUser", "GetUserAttributeVerificationCode", "GetUserAuthFactors",
    "GlobalSignOut", "InitiateAuth", "ListDevices", "ListUserSessions", "ListWebAuthnCredentials",
    "ResendConfirmationCode", "RespondToAuthChallenge", "RevokeToken", "RevokeUserSession",
    "SetUserMFAPreference", "SetUserSettings", "SignUp", "StartWebAuthnRegistration",
    "UpdateAuthEventFeedback", "UpdateDeviceStatus", "UpdateUserAttributes", "VerifySoftwareToken",
    "VerifyUserAttribute",
})  # fmt: skip
"""Every operation that takes no AWS credentials. All others would run with the app's own."""

_ONLY_THE_APPS: Final = ("SecretHash", "ClientSecret")
_MAPS: Final = ("AuthParameters", "ChallengeResponses")
_REFRESH: Final = frozenset({"REFRESH_TOKEN_AUTH", "REFRESH_TOKEN"})
_SIGN_IN: Final = frozenset({"InitiateAuth", "RespondToAuthChallenge"})
_SENDS_A_CODE: Final = frozenset({"ForgotPassword", "ResendConfirmationCode"})
_TAKES_A_CODE: Final[dict[str, tuple[type[UserPoolError], ...]]] = {
    "ConfirmSignUp": (UserNotFoundError, NotAuthorizedError),
    "ConfirmForgotPassword": (UserNotFoundError, NotAuthorizedError, ExpiredCodeError),
}
"""What reads as a wrong code, since it would tell that the name is taken, or is not."""


class Wire:
    """Answers requests of the API.

    Args:
        client: speaks to Cognito.
        token_refresh: makes the call for new tokens.
        user_pool_id: the only pool that a request may name.
        client_id: the only app client that a request may name.
    """

    def __init__(
        self, client: CognitoClient, token_refresh: TokenRefresh, *, user_pool_id: str, client_id: str
    ) -> None:
        self._client = client
        self._token_refresh = token_refresh
        self._user_pool_id = user_pool_id
        self._client_id = client_id

    async def call(self, operation: str, params: Any, *, ip_address: str | None = None) -> dict[str, Any]:
        """Run an operation for a client of the app.

        Args:
            operation: its name in the API.
            params: the parsed body.
            ip_address: where the request came from, if Cognito is to be told.

        Raises:
            ServiceError: the refusal, of the service or of the app.
        """
        if operation not in OPERATIONS:
            raise ServiceError(
                "UnknownOperationException", "This endpoint has only operations that need no AWS credentials"
            )
        try:
            shape = await self._client.input_shape(operation)
        except UserPoolError as exc:
            raise ServiceError(exc.cognito_name, exc.message) from exc
        request = _without_secrets(aws_json.read(shape, params))
        _check_sizes(shape, request)
        self._check_names(request)
        if ip_address is not None and "UserContextData" in shape.members:
            request["UserContextData"] = {**request.get("UserContextData", {}), "IpAddress": ip_address}
        try:
            if self._client.confidential and operation == "InitiateAuth" and request["AuthFlow"] in _REFRESH:
                return await self._refresh(request)
            answer = await self._client.call(operation, **request)
        except UserPoolError as exc:
            _refuse(operation, exc)
            answer = {}
        return _code_requested(request["Username"]) if operation in _SENDS_A_CODE else answer

    def _check_names(self, request: Mapping[str, Any]) -> None:
        client_id, pool_id = request.get("ClientId"), request.get("UserPoolId")
        if client_id not in {None, self._client_id}:
            raise _does_not_exist("User pool client", client_id)
        if pool_id not in {None, self._user_pool_id}:
            raise _does_not_exist("User pool", pool_id)

    async def _refresh(self, request: Mapping[str, Any]) -> dict[str, Any]:
        # A secret hash covers the name of the token's owner, which a refresh does not say. This
        # operation takes the secret itself, and its answer has the same members.
        values = request.get("AuthParameters", {})
        if not values.get("REFRESH_TOKEN"):
            raise ServiceError("InvalidParameterException", "Missing required parameter REFRESH_TOKEN")
        answer = await self._token_refresh.call(
            values["REFRESH_TOKEN"],
            device_key=values.get("DEVICE_KEY") or None,
            client_metadata=request.get("ClientMetadata", {}),
        )
        return {"ChallengeParameters": {}, **answer}


def _does_not_exist(what: str, name: str) -> ServiceError:
    return ServiceError("ResourceNotFoundException", f"{what} {name} does not exist.")


def _check_sizes(shape: Any, request: Mapping[str, Any]) -> None:
    """Word what botocore would refuse to send as the service does; the service judges the rest."""
    problems = [*_missing(shape, request, ""), *_too_short(shape, request, "")]
    for name in ("ClientId", "UserPoolId"):
        # These are repeated when they are unknown.
        value = request.get(name, "")
        limit = shape.members[name].metadata["max"] if value else 0
        if len(value) > limit:
            constraint = f"have length less than or equal to {limit}"
            problems.append(aws_json.problem(aws_json.member_path("", name), constraint))
    if problems:
        raise aws_json.refusal(problems)


def _missing(shape: Any, value: Any, path: str) -> Iterable[str]:
    for member, inner, name in _parts(shape, value, path):
        yield from _missing(member, inner, name)
    if shape.type_name == "structure":
        for name in shape.required_members:
            if name not in value:
                yield aws_json.problem(aws_json.member_path(path, name), "not be null", shown=" null")


def _too_short(shape: Any, value: Any, path: str) -> Iterable[str]:
    for member, inner, name in _parts(shape, value, path):
        yield from _too_short(member, inner, name)
    least = shape.metadata.get("min", 0)
    if isinstance(value, str | list) and len(value) < least:
        yield aws_json.problem(path, f"have length greater than or equal to {least}")
    elif isinstance(value, int) and value < least:
        yield aws_json.problem(path, f"have value greater than or equal to {least}")


def _parts(shape: Any, value: Any, path: str) -> Iterable[tuple[Any, Any, str]]:
    match shape.type_name:
        case "structure" if shape.members:
            for name, inner in value.items():
                yield shape.members[name], inner, aws_json.member_path(path, name)
        case "map":
            for inner in value.values():
                yield shape.value, inner, f"{path}.member"
        case "list":
            for index, inner in enumerate(value, 1):
                yield shape.member, inner, f"{path}.{index}.member"


def _without_secrets(request: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in request.items() if name not in _ONLY_THE_APPS}
    for name in _MAPS:
        if name in kept:
            kept[name] = {key: value for key, value in kept[name].items() if key != "SECRET_HASH"}
    if "UserContextData" in kept:
        # Cognito believes this of whoever knows the secret; a client could name any address.
        kept["UserContextData"] = {
            key: value for key, value in kept["UserContextData"].items() if key != "IpAddress"
        }
    return kept


def _code_requested(username: str) -> dict[str, Any]:
    """Say of everybody that a code is on its way, and of nobody where to.

    Clients count on the details, so they are there. A destination, even one that is made up, would
    be a mark: of those who exist, or of those who do not.
    """
    by_phone = username.startswith("+")
    return {
        "CodeDeliveryDetails": {
            "Destination": "***",
            "DeliveryMedium": "SMS" if by_phone else "EMAIL",
            "AttributeName": "phone_number" if by_phone else "email",
        }
    }


def _refuse(operation: str, error: UserPoolError) -> None:
    """Tell nobody whether a user exists, also where the app client's own setting would.

    Raises:
        ServiceError: the refusal, where there is one to tell.
    """
    unknown = isinstance(error, UserNotFoundError)
    if operation in _SENDS_A_CODE and (
        unknown or isinstance(error, InvalidParameterError | NotAuthorizedError)
    ):
        return
    if unknown and operation in _SIGN_IN:
        raise ServiceError("NotAuthorizedException", NotAuthorizedError.message) from error
    if isinstance(error, _TAKES_A_CODE.get(operation, ())):
        mismatch = CodeMismatchError()
        raise ServiceError(mismatch.cognito_name, mismatch.message) from error
    raise ServiceError(error.cognito_name, error.message) from error
