"""What the app still accepts of a user once Cognito does not, ended where the command can reach it."""

from collections.abc import Callable

import typer

from fastapi_cognito_auth.auth import CognitoAuth
from fastapi_cognito_auth.cli.terminal import shown
from fastapi_cognito_auth.cognito.records import PoolUser
from fastapi_cognito_auth.exceptions import CognitoAuthError, ConfigurationError

UNTIL_THEY_EXPIRE = "Access tokens that were issued before are accepted until they expire"


def say(message: str) -> None:
    """Tell it on standard error."""
    typer.echo(shown(message), err=True)


async def end_sign_ins(
    auth: CognitoAuth, user: PoolUser, *, at_cognito: bool = True, say: Callable[[str], None] = say
) -> None:
    """Put what was issued to a user on the list of revocations, and end the user's cookie sessions.

    What cannot be ended is said, and undoes nothing.

    Args:
        auth: of the app.
        user: whose.
        at_cognito: whether it has ended there, as somebody who is asked there will hear.
        say: told of what cannot be ended.
    """
    settings = auth.settings
    if user.sub is None:
        say("The user has no sub, so nothing else could be ended.")
        return
    if settings.revocation == "redis":
        try:
            await auth.revocations.revoke_user(user.sub, settings.user_pool_id)
        except CognitoAuthError as exc:
            say(f"{UNTIL_THEY_EXPIRE}: {exc.message}")
    elif settings.revocation == "probe":
        if not at_cognito:
            say(f"{UNTIL_THEY_EXPIRE}: Cognito was not told. --sign-out does.")
    else:
        # A list in the memory of the app's workers is out of reach from here.
        say(f"{UNTIL_THEY_EXPIRE}: COGNITO_REVOCATION is {settings.revocation}.")
    if settings.session_store == "redis":
        try:
            await auth.cookie_sessions.end_all(user.sub)
        except (CognitoAuthError, ConfigurationError) as exc:
            say(f"Cookie sessions could not be ended: {exc}")
