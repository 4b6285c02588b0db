"""What an app client has where CreateUserPoolClient and UpdateUserPoolClient leave something out.

https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html
"""

from collections.abc import Mapping
from typing import Any, Final

_DEFAULTS: Final[dict[str, Any]] = {
    "RefreshTokenValidity": 30,
    "AllowedOAuthFlowsUserPoolClient": False,
    "EnableTokenRevocation": True,
    "EnablePropagateAdditionalUserContextData": False,
    "AuthSessionValidity": 3,
}


def with_defaults(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a configuration in which nothing is left out that the service fills in."""
    # Zero days would end a sign-in at once; the service takes it for nothing said.
    said = {name: value for name, value in given.items() if (name, value) != ("RefreshTokenValidity", 0)}
    return {**_DEFAULTS, **said}
