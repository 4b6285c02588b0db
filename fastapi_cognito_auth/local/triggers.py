"""Lambda triggers as Python callables: each takes the trigger's event and returns it, answered.

https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html
"""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from fastapi_cognito_auth.local.errors import ServiceError
from fastapi_cognito_auth.local.users import User

_LOGGER: Final = logging.getLogger("fastapi_cognito_auth.local")

Event = dict[str, Any]
Trigger = Callable[[Event], Event]


class FunctionUnreachableError(Exception):
    """Raised by what stands for a function that nothing is bound to."""


@dataclass(frozen=True, kw_only=True)
class Triggers:
    """The triggers of a pool. They run inside its lock, one at a time.

    Args:
        define_auth_challenge: decides on the next step of CUSTOM_AUTH.
        create_auth_challenge: makes a challenge of CUSTOM_AUTH.
        verify_auth_challenge_response: judges the answer.
        pre_sign_up: may confirm a user or verify an address, and refuses by raising.
        post_confirmation: learns of a confirmed sign-up and of a reset password; what it raises is
            answered, and the user stays confirmed.
        user_migration: brings along a user whom the pool does not have, at a sign-in with a plain
            password and for a forgotten one; what it raises says that it knows none.
        pre_authentication: refuses a sign-in by raising, before anything is proven.
        post_authentication: refuses one by raising, after everything is.
        custom_message: words what is sent.
        pre_token_generation: changes claims, groups and scopes; answers in the form of version 1
            (`claimsOverrideDetails`) or 2 (`claimsAndScopeOverrideDetails`).
    """

    define_auth_challenge: Trigger | None = None
    create_auth_challenge: Trigger | None = None
    verify_auth_challenge_response: Trigger | None = None
    pre_sign_up: Trigger | None = None
    post_confirmation: Trigger | None = None
    user_migration: Trigger | None = None
    pre_authentication: Trigger | None = None
    post_authentication: Trigger | None = None
    custom_message: Trigger | None = None
    pre_token_generation: Trigger | None = None


NO_CLIENT: Final = "CLIENT_ID_NOT_APPLICABLE"
"""What events name where no app client is involved."""


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Whose request leads to an event: the app client, and the ClientMetadata of the request."""

    client_id: str = NO_CLIENT
    metadata: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> "Caller":
        """Read the parameters of an operation."""
        return cls(client_id=params.get("ClientId", NO_CLIENT), metadata=params.get("ClientMetadata") or {})


@dataclass(frozen=True, kw_only=True)
class Invocation:
    """What all events of a trigger share.

    Args:
        name: the trigger, as the service's errors call it.
        source: the event's triggerSource.
        pool_id: the user pool's.
        client_id: of the app client.
        username: the event's userName.
        version: the event's.
    """

    name: str
    source: str
    pool_id: str
    client_id: str
    username: str
    version: str = "1"

    def __call__(self, trigger: Trigger, request: Event, response: Event) -> Event:
        """Run the trigger and return the response of its event.

        Raises:
            ServiceError: `UserLambdaValidationException` when it raises,
                `InvalidLambdaResponseException` when what it returns is no such event,
                `UnexpectedLambdaException` when there is nothing to run.
        """
        event = {
            "version": self.version,
            "triggerSource": self.source,
            "region": self.pool_id.partition("_")[0],
            "userPoolId": self.pool_id,
            "userName": self.username,
            "callerContext": {"awsSdkVersion": "local", "clientId": self.client_id},
            "request": request,
            "response": response,
        }
        try:
            # A trigger gets a copy, as a Lambda does: nothing of the pool can be changed through it.
            returned = trigger(json.loads(json.dumps(event)))
        except FunctionUnreachableError as exc:
            _LOGGER.warning("Nothing is bound to the function of %s: %s", self.name, exc)
            msg = f"{self.name} invocation failed due to configuration."
            raise ServiceError("UnexpectedLambdaException", msg) from None
        except Exception as exc:
            msg = f"{self.name} failed with error {exc}."
            raise ServiceError("UserLambdaValidationException", msg) from exc
        try:
            answered = json.loads(json.dumps(returned))["response"]
        except (TypeError, ValueError, KeyError, RecursionError):
            raise unrecognizable() from None
        if not isinstance(answered, dict):
            raise unrecognizable()
        return answered


def unrecognizable() -> ServiceError:
    """Refuse what a trigger returned."""
    return ServiceError("InvalidLambdaResponseException", "Unrecognizable lambda output")


def flag(response: Mapping[str, Any], name: str) -> bool:
    """Read a boolean of a response; absent is False."""
    value = response.get(name)
    if value is not None and not isinstance(value, bool):
        raise unrecognizable()
    return value is True


def texts(value: object) -> dict[str, str]:
    """Read a map of strings; absent is empty."""
    if value is None:
        return {}
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise unrecognizable()
    return value


def user_attributes(user: User | None) -> dict[str, str]:
    """Return the attributes of a user as events show them."""
    return {} if user is None else user.attributes | {"cognito:user_status": user.status}


def with_metadata(request: Event, client_metadata: Mapping[str, str]) -> Event:
    """Add clientMetadata where there is any."""
    return request | ({"clientMetadata": dict(client_metadata)} if client_metadata else {})
