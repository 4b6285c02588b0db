"""The states of the pages of somebody's own account."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi_cognito_auth.cli.gallery.getting_in import BY_CHOICE, NEW_PASSWORD, USERS, another, give_passkey
from fastapi_cognito_auth.cli.gallery.state import Group
from fastapi_cognito_auth.cli.gallery.walk import PASSWORD, Walk
from fastapi_cognito_auth.local import LocalUser
from fastapi_cognito_auth.local.errors import ServiceError

_ALL: Final[Mapping[str, Any]] = {
    **BY_CHOICE,
    "users": USERS,
    "mfa": "OPTIONAL",
    "allowed_first_factors": ["PASSWORD", "WEB_AUTHN"],
    "mfa_methods": ["SOFTWARE_TOKEN_MFA", "EMAIL_OTP"],
}
_HOSTILE: Final = LocalUser(
    "ada",
    password=PASSWORD,
    attributes={
        "email": "ada@example.com",
        "name": "<script>alert(1)</script>\N{RIGHT-TO-LEFT OVERRIDE}txet denrut",
        "nickname": "W" * 256,
        "website": "https://example.com/" + "path/" * 200,
    },
)
_BARE: Final = LocalUser("ada", password=PASSWORD, attributes={"email": "ada@example.com"})
_CAROL: Final = LocalUser("carol", attributes={"email": "carol@example.com"})
"""Without a password."""

_LATER: Final = 3500
"""Seconds after which a sign-in is not recent any more, and still counts."""

my_account = Group("My account", _ALL)


async def _at(walk: Walk, path: str) -> None:
    await walk.sign_in()
    await walk.open(path)


@my_account.state()
async def account(walk: Walk) -> None:
    """All of it."""
    await give_passkey(walk)
    await _at(walk, "me")


@my_account.state(
    users=[_BARE],
    mfa="OFF",
    explicit_auth_flows=["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    allowed_first_factors=["PASSWORD"],
    relying_party_id=None,
)
async def account_bare(walk: Walk) -> None:
    """Of a pool that knows passwords alone."""
    await _at(walk, "me")


@my_account.state(users=[_HOSTILE])
async def account_hostile(walk: Walk) -> None:
    """What somebody wrote into it is text."""
    await _at(walk, "me")


@my_account.state()
async def account_sign_in(walk: Walk) -> None:
    """Nobody is signed in, or not any more."""
    await walk.open("me")


@my_account.state()
async def no_access(walk: Walk) -> None:
    """A page of the app itself is for others."""
    await _at(walk, "of-the-app")


@my_account.state()
async def attributes(walk: Walk) -> None:
    """Details are changed."""
    await _at(walk, "me/attributes")


@my_account.state()
async def attributes_refused(walk: Walk) -> None:
    """A detail that the pool does not take."""
    await attributes(walk)
    await walk.send(**{"attribute.name": "W" * 2049})


@my_account.state()
async def attributes_changed(walk: Walk) -> None:
    """Details are saved."""
    await attributes(walk)
    await walk.send(**{"attribute.name": "Ada Lovelace"})


@my_account.state()
async def change_email(walk: Walk) -> None:
    """The e-mail address is changed."""
    await _at(walk, "me/attributes/email")


@my_account.state()
async def add_phone_number_refused(walk: Walk) -> None:
    """A phone number that is none."""
    await _at(walk, "me/attributes/phone_number")
    await walk.send(**{"attribute.phone_number": "0151"})


@my_account.state()
async def verify_email(walk: Walk) -> None:
    """The code that proves an address."""
    await change_email(walk)
    await walk.send(**{"attribute.email": "countess@example.com"})


@my_account.state()
async def verify_email_wrong(walk: Walk) -> None:
    """That code is wrong."""
    await verify_email(walk)
    await walk.send(code=another(walk.code()))


@my_account.state()
async def verify_email_again(walk: Walk) -> None:
    """Another code was sent."""
    await verify_email(walk)
    await walk.send("resend")


@my_account.state()
async def change_password(walk: Walk) -> None:
    """The password is changed."""
    await _at(walk, "me/password")


@my_account.state()
async def change_password_refused(walk: Walk) -> None:
    """The present password is wrong."""
    await change_password(walk)
    await walk.send(previous_password="Wrong-horse-1!", new_password=NEW_PASSWORD)  # noqa: S106 - refused


@my_account.state()
async def change_password_weak(walk: Walk) -> None:
    """The new password does not meet the rules."""
    await change_password(walk)
    await walk.send(previous_password=PASSWORD, new_password="short")  # noqa: S106 - refused


@my_account.state()
async def add_authenticator(walk: Walk) -> None:
    """An authenticator app is set up."""
    await _at(walk, "me")
    await walk.send(to="me/authenticator")


@my_account.state()
async def add_authenticator_wrong(walk: Walk) -> None:
    """Its first code is wrong."""
    await add_authenticator(walk)
    await walk.send(code=another(walk.totp(walk.page.codes[0])))


@my_account.state()
async def authenticator_added(walk: Walk) -> None:
    """It counts from now on."""
    await add_authenticator(walk)
    await walk.send(code=walk.totp(walk.page.codes[0]))


@my_account.state()
async def make_passkey(walk: Walk) -> None:
    """A passkey is made."""
    await _at(walk, "me/passkeys/add")


@my_account.state()
async def delete_passkey(walk: Walk) -> None:
    """The question before a passkey is deleted."""
    await give_passkey(walk)
    await _at(walk, "me")
    await walk.follow("/delete")


@my_account.state()
async def once_more_for_a_passkey(walk: Walk) -> None:
    """What is sensitive asks who it is once more."""
    await _at(walk, "me")
    walk.place.clock.advance(_LATER)
    await walk.open("me/passkeys/add")


@my_account.state()
async def delete_account(walk: Walk) -> None:
    """The question before the account is deleted."""
    await _at(walk, "me/delete")


@my_account.state()
async def delete_account_unsure(walk: Walk) -> None:
    """The name was not written."""
    await delete_account(walk)
    await walk.send(confirm="a")


@my_account.state()
async def account_deleted(walk: Walk) -> None:
    """The account is deleted."""
    await delete_account(walk)
    await walk.send(confirm="ada")


@my_account.state()
async def account_out_of_reach(walk: Walk) -> None:
    """The pool cannot be reached: there is a way to try again."""
    await _at(walk, "me")
    walk.place.pool.fault = ServiceError("InternalErrorException", "Out of order")
    await walk.open("me")


@my_account.state()
async def signed_out_elsewhere(walk: Walk) -> None:
    """The pool has signed somebody out."""
    await _at(walk, "me")
    walk.place.pool.call(
        "AdminUserGlobalSignOut", {"UserPoolId": walk.place.pool.user_pool_id, "Username": "ada"}
    )
    await walk.open("me")


@my_account.state(users=[_CAROL], allowed_first_factors=["PASSWORD", "EMAIL_OTP", "WEB_AUTHN"])
async def first_password(walk: Walk) -> None:
    """Who has no password chooses one."""
    await walk.open("sign-in")
    await walk.send(username="carol")
    await walk.send(code=walk.code("carol"))
    await walk.open("me/password")
