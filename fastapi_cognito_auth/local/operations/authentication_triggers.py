"""The triggers around a sign-in: pre authentication before anything is proven, post authentication after.

https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-authentication.html
https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-post-authentication.html
"""

from collections.abc import Mapping

from fastapi_cognito_auth.local.clients import Client
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.sign_in import SignIn
from fastapi_cognito_auth.local.triggers import Invocation, user_attributes, with_metadata
from fastapi_cognito_auth.local.users import User


def before(
    plane: Plane, client: Client, user: User | None, username: str, validation_data: Mapping[str, str]
) -> None:
    """Run the pre authentication trigger, if there is one.

    Args:
        plane: the plane.
        client: the app client.
        user: who wants to sign in; None for a name that nobody has, where that is hidden.
        username: as submitted.
        validation_data: the ClientMetadata of InitiateAuth.

    Raises:
        ServiceError: the trigger raised; nothing was looked at.
    """
    trigger = plane.triggers.pre_authentication
    if trigger is None:
        return
    request = {
        "userAttributes": user_attributes(user),
        "validationData": dict(validation_data),
        "userNotFound": user is None,
    }
    invocation = Invocation(
        name="PreAuthentication",
        source="PreAuthentication_Authentication",
        pool_id=plane.directory.pool_id,
        client_id=client.id,
        username=username if user is None else user.username,
    )
    invocation(trigger, request, {})


def after(plane: Plane, sign_in: SignIn, *, new_device: bool) -> None:
    """Run the post authentication trigger, if there is one.

    Args:
        plane: the plane.
        sign_in: with everything proven that it needs.
        new_device: whether devices are tracked and this one is not known.

    Raises:
        ServiceError: the trigger raised; no tokens are issued.
    """
    trigger = plane.triggers.post_authentication
    if trigger is None:
        return
    request = {"userAttributes": user_attributes(sign_in.user), "newDeviceUsed": new_device}
    invocation = Invocation(
        name="PostAuthentication",
        source="PostAuthentication_Authentication",
        pool_id=plane.directory.pool_id,
        client_id=sign_in.client.id,
        username=sign_in.user.username,
    )
    invocation(trigger, with_metadata(request, sign_in.client_metadata), {})
