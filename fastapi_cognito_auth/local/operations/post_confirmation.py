"""The post confirmation trigger: it learns of a confirmed sign-up and of a reset password.

https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-post-confirmation.html
"""

from typing import Final

from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.triggers import Caller, Invocation, user_attributes, with_metadata
from fastapi_cognito_auth.local.users import User

SIGN_UP: Final = "PostConfirmation_ConfirmSignUp"
FORGOT_PASSWORD: Final = "PostConfirmation_ConfirmForgotPassword"  # noqa: S105 - the name of an event


def tell(plane: Plane, source: str, user: User, caller: Caller) -> None:
    """Run the trigger, if there is one.

    Args:
        plane: the plane.
        source: the event's triggerSource.
        user: who is confirmed, and stays so whatever the trigger does.
        caller: whose request confirmed.

    Raises:
        ServiceError: the trigger raised.
    """
    trigger = plane.triggers.post_confirmation
    if trigger is None:
        return
    invocation = Invocation(
        name="PostConfirmation",
        source=source,
        pool_id=plane.directory.pool_id,
        client_id=caller.client_id,
        username=user.username,
    )
    invocation(trigger, with_metadata({"userAttributes": user_attributes(user)}, caller.metadata), {})
