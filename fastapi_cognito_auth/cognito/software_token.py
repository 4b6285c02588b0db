"""The first code of an authenticator app (VerifySoftwareToken, RFC 6238)."""

from typing import Any

from fastapi_cognito_auth.cognito.client import CognitoClient
from fastapi_cognito_auth.exceptions import (
    CodeMismatchError,
    EnableSoftwareTokenMFAError,
    UserPoolUnavailableError,
)


async def verify_first_code(
    client: CognitoClient, code: str, device_name: str | None, **whose: str
) -> dict[str, Any]:
    """Register an authenticator app, and return the answer.

    Args:
        client: speaks to Cognito.
        code: what the app shows now.
        device_name: shown when its code is asked for.
        whose: `AccessToken` or `Session`.

    Raises:
        CodeMismatchError: the code is wrong.
        UserPoolError: Cognito refused otherwise, or the answer is not of the API's shape.
    """
    if len(code) != 6 or not (code.isascii() and code.isdecimal()):
        # Cognito would answer with a regular expression.
        raise CodeMismatchError
    name = {} if device_name is None else {"FriendlyDeviceName": device_name}
    try:
        answer = await client.call("VerifySoftwareToken", UserCode=code, **whose, **name)
    except EnableSoftwareTokenMFAError as exc:
        # Cognito has a word of its own for a wrong code here, and people mistype it as any other.
        raise CodeMismatchError from exc
    match answer.get("Status"):
        case "SUCCESS":
            return answer
        case "ERROR":
            raise CodeMismatchError
    raise UserPoolUnavailableError
