"""The states of the pages by which people sign up, and get a new password."""

from typing import Any, Final

from fastapi_cognito_auth.cli.gallery.getting_in import ADA, BY_CHOICE, NEW_PASSWORD, another
from fastapi_cognito_auth.cli.gallery.state import Group
from fastapi_cognito_auth.cli.gallery.walk import PASSWORD, Walk
from fastapi_cognito_auth.local import ServiceError

_GRACE: Final[dict[str, Any]] = {"username": "grace", "attribute.email": "grace@example.com"}

signing_up = Group("Signing up", {**BY_CHOICE, "allowed_first_factors": ["PASSWORD"]})


@signing_up.state(required_attributes=["email", "given_name", "family_name", "birthdate"])
async def sign_up(walk: Walk) -> None:
    """An account is asked for."""
    await walk.open("sign-up")


@signing_up.state()
async def sign_up_refused(walk: Walk) -> None:
    """Something is missing."""
    await walk.open("sign-up")
    await walk.send()


@signing_up.state()
async def sign_up_weak(walk: Walk) -> None:
    """The password does not meet the rules."""
    await walk.open("sign-up")
    await walk.send(**_GRACE, password="short")  # noqa: S106 - refused


@signing_up.state()
async def sign_up_taken(walk: Walk) -> None:
    """The name is taken."""
    await walk.open("sign-up")
    await walk.send(**{**_GRACE, "username": "ada"}, password=PASSWORD)


@signing_up.state(username_attributes=["email"], users=(), allowed_first_factors=["PASSWORD", "EMAIL_OTP"])
async def sign_up_by_email(walk: Walk) -> None:
    """The e-mail address is the name, and a password may be left out."""
    await walk.open("sign-up")


@signing_up.state()
async def confirm(walk: Walk) -> None:
    """The code of a sign-up."""
    await walk.open("sign-up")
    await walk.send(**_GRACE, password=PASSWORD)


@signing_up.state()
async def confirm_wrong(walk: Walk) -> None:
    """The code is wrong."""
    await confirm(walk)
    await walk.send(code=another(walk.code("grace")))


@signing_up.state()
async def confirm_again(walk: Walk) -> None:
    """Another code was sent."""
    await confirm(walk)
    await walk.send("resend")


@signing_up.state(explicit_auth_flows=["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])
async def confirm_late(walk: Walk) -> None:
    """Who signs in has not been confirmed yet."""
    await confirm(walk)
    await walk.open("sign-in")
    await walk.send(username="grace", password=PASSWORD)


@signing_up.state(explicit_auth_flows=["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])
async def confirmed(walk: Walk) -> None:
    """The account is there."""
    await confirm(walk)
    await walk.send(code=walk.code("grace"))


@signing_up.state()
async def sign_up_closed(walk: Walk) -> None:
    """Only administrators create accounts."""
    pool = walk.place.pool
    pool.call(
        "UpdateUserPool",
        {
            "UserPoolId": pool.user_pool_id,
            "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": True},
        },
    )
    await walk.open("sign-up")


recovery = Group("A forgotten password", {**BY_CHOICE, "users": [ADA]})


@recovery.state()
async def forgot_password(walk: Walk) -> None:
    """Whose password it is."""
    await walk.open("forgot-password")


@recovery.state()
async def forgot_password_without_a_name(walk: Walk) -> None:
    """No name was given."""
    await walk.open("forgot-password")
    await walk.send()


@recovery.state()
async def forgot_password_too_often(walk: Walk) -> None:
    """Too many codes were asked for."""
    await walk.open("forgot-password")
    walk.place.pool.fault = ServiceError("LimitExceededException", "Attempt limit exceeded")
    await walk.send(username="ada")


@recovery.state()
async def reset_password(walk: Walk) -> None:
    """The code, and a new password."""
    await walk.open("forgot-password", login_hint="ada")
    await walk.send()


@recovery.state()
async def reset_password_wrong(walk: Walk) -> None:
    """The code is wrong."""
    await reset_password(walk)
    await walk.send(code=another(walk.code()), new_password=NEW_PASSWORD)


@recovery.state()
async def reset_password_weak(walk: Walk) -> None:
    """The new password does not meet the rules."""
    await reset_password(walk)
    await walk.send(code=walk.code(), new_password="short")  # noqa: S106 - refused


@recovery.state()
async def reset_password_again(walk: Walk) -> None:
    """Another code was sent."""
    await reset_password(walk)
    await walk.send("resend")


@recovery.state(explicit_auth_flows=["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])
async def reset_password_demanded(walk: Walk) -> None:
    """An administrator wants another password."""
    pool = walk.place.pool
    pool.call("AdminResetUserPassword", {"UserPoolId": pool.user_pool_id, "Username": "ada"})
    await walk.open("sign-in")
    await walk.send(username="ada", password=PASSWORD)


@recovery.state()
async def password_was_reset(walk: Walk) -> None:
    """The new password counts."""
    await reset_password(walk)
    await walk.send(code=walk.code(), new_password=NEW_PASSWORD)
