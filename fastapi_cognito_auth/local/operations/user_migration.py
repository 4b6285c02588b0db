"""The user migration trigger: it brings a user along whom the pool does not have.

It runs for a sign-in with a plain password and for a forgotten one. A name that it does not bring
along is one that nobody has.

https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-migrate-user.html
"""

from collections.abc import Mapping
from typing import Any, Final

from fastapi_cognito_auth.local import attributes
from fastapi_cognito_auth.local.clients import Client
from fastapi_cognito_auth.local.errors import ServiceError, user_not_found
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.triggers import Caller, Event, Invocation, flag, texts, unrecognizable
from fastapi_cognito_auth.local.users import User

_MEDIA: Final = {"EMAIL": "email", "SMS": "phone_number"}


def at_sign_in(
    plane: Plane, client: Client, username: str, password: str, validation_data: Mapping[str, str]
) -> User | None:
    """Ask for a user who signs in with a password, which becomes the user's own.

    Args:
        plane: the plane.
        client: the app client.
        username: as submitted; nobody has it.
        password: as submitted. The pool's policy does not count for it.
        validation_data: the ClientMetadata of InitiateAuth.

    Returns:
        The user, or None where nobody was brought along and the app client hides that.

    Raises:
        ServiceError: nobody was brought along, or somebody who cannot be added.
    """
    request = {"password": password, "validationData": dict(validation_data)}
    response = _ask(plane, client, "UserMigration_Authentication", username, request)
    if response is None:
        return None
    status = response.get("finalUserStatus") or "RESET_REQUIRED"
    if status not in ("CONFIRMED", "RESET_REQUIRED"):
        raise unrecognizable()
    user = _add(plane, client, username, response)
    plane.passwords.set(user.sub, user.username, password)
    plane.directory.change(user, status=status)
    return user


def at_forgotten_password(plane: Plane, client: Client, username: str, caller: Caller) -> User | None:
    """Ask for a user who has forgotten the password, and has none until it is reset.

    Args:
        plane: the plane.
        client: the app client.
        username: as submitted; nobody has it.
        caller: whose request it is.

    Returns:
        The user, or None where nobody was brought along and the app client hides that.

    Raises:
        ServiceError: nobody was brought along, or somebody who cannot be added.
    """
    request = {"clientMetadata": dict(caller.metadata)}
    response = _ask(plane, client, "UserMigration_ForgotPassword", username, request)
    return None if response is None else _add(plane, client, username, response)


def _ask(plane: Plane, client: Client, source: str, username: str, request: Event) -> Event | None:
    trigger = plane.triggers.user_migration
    if trigger is None:
        return None
    invocation = Invocation(
        name="UserMigration",
        source=source,
        pool_id=plane.directory.pool_id,
        client_id=client.id,
        username=username,
    )
    empty = {
        "userAttributes": None,
        "finalUserStatus": None,
        "messageAction": None,
        "desiredDeliveryMediums": None,
        "forceAliasCreation": None,
    }
    try:
        response = invocation(trigger, request, empty)
    except ServiceError as exc:
        # It says so of a wrong password and of a name that it does not know either.
        if exc.name != "UserLambdaValidationException":
            raise
        response = {}
    if response.get("userAttributes") is not None:
        return response
    if client.hides_users:
        return None
    msg = f"Exception migrating user in app client {client.id}"
    raise user_not_found(msg)


def _add(plane: Plane, client: Client, username: str, response: Mapping[str, Any]) -> User:
    given = {
        name: value
        for name, value in texts(response["userAttributes"]).items()
        # The service has its own; a trigger may name the old one.
        if name not in {"sub", "username"}
    }
    attributes.check_values(plane.directory.schema, given, create=True)
    stored, held = plane.name_user(username, given)
    attributes.check_required(plane.directory.schema, held)
    media = [] if response.get("messageAction") == "SUPPRESS" else _media(response)
    plane.check_unique(held, None, force=flag(response, "forceAliasCreation"))
    user = plane.directory.add_user(stored, held, "RESET_REQUIRED")
    for attribute in (_MEDIA[medium] for medium in media):
        if held.get(attribute):
            plane.send(user, "user_migration", attribute, "", Caller(client_id=client.id))
    return user


def _media(response: Mapping[str, Any]) -> list[str]:
    media = response.get("desiredDeliveryMediums")
    if media is None:
        return ["SMS"]
    if not isinstance(media, list) or not all(isinstance(item, str) and item in _MEDIA for item in media):
        raise unrecognizable()
    return media
