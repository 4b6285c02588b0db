"""The states of the pages by which people get in."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi_cognito_auth.cli.gallery.passkey import add_passkey
from fastapi_cognito_auth.cli.gallery.state import Group
from fastapi_cognito_auth.cli.gallery.walk import PASSWORD, Walk
from fastapi_cognito_auth.cognito.models import Tokens
from fastapi_cognito_auth.local import LocalUser, ServiceError, Triggers

TEMPORARY: Final = "Temporary-1!"
NEW_PASSWORD: Final = "Battery-staple-2?"  # noqa: S105 - as PASSWORD
_WRONG_PASSWORD: Final = "Wrong-horse-1!"  # noqa: S105 - as PASSWORD
_LONG: Final = 16 * 60
"""Seconds, after which every attempt is over."""

ADA: Final = LocalUser(
    "ada",
    password=PASSWORD,
    attributes={"email": "ada@example.com", "given_name": "Ada", "family_name": "Lovelace"},
)
WITH_PHONE: Final = LocalUser(
    "ada",
    password=PASSWORD,
    attributes={
        **ADA.attributes,
        "phone_number": "+4915112345678",
        "phone_number_verified": "true",
    },
)
NEWCOMER: Final = LocalUser(
    "newcomer", temporary_password=TEMPORARY, attributes={"email": "newcomer@example.com"}
)
USERS: Final = (ADA, NEWCOMER)
BY_PASSWORD: Final[Mapping[str, Any]] = {
    "users": USERS,
    "explicit_auth_flows": ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
}
BY_CHOICE: Final[Mapping[str, Any]] = {
    "users": USERS,
    "mfa": "OFF",
    "allowed_first_factors": ["PASSWORD", "EMAIL_OTP", "WEB_AUTHN"],
    "relying_party_id": "localhost",
}

signing_in = Group("Signing in", BY_CHOICE)


@signing_in.state()
async def sign_in(walk: Walk) -> None:
    """The name, where people choose how to sign in."""
    await walk.open("sign-in")


@signing_in.state(explicit_auth_flows=["ALLOW_REFRESH_TOKEN_AUTH"])
async def sign_in_not_set_up(walk: Walk) -> None:
    """The app client allows no way to sign in."""
    await walk.open("sign-in")


@signing_in.state()
async def sign_in_without_a_name(walk: Walk) -> None:
    """No name was given."""
    await walk.open("sign-in")
    await walk.send()


@signing_in.state(**BY_PASSWORD)
async def sign_in_by_password(walk: Walk) -> None:
    """Name and password, where there is nothing else."""
    await walk.open("sign-in")


@signing_in.state(**BY_PASSWORD)
async def sign_in_refused(walk: Walk) -> None:
    """The name or the password is wrong."""
    await walk.open("sign-in")
    await walk.send(username="ada", password=_WRONG_PASSWORD)


@signing_in.state(identity_providers=["Google", "SignInWithApple", "OurCompany"])
async def sign_in_with_providers(walk: Walk) -> None:
    """With identity providers."""
    await walk.open("sign-in")


@signing_in.state(username_attributes=["email"], users=())
async def sign_in_by_email(walk: Walk) -> None:
    """The e-mail address is the name."""
    await walk.open("sign-in")


@signing_in.state()
async def signed_out(walk: Walk) -> None:
    """After signing out."""
    await walk.sign_in()
    await walk.open("sign-out")
    await walk.send()


@signing_in.state()
async def who_was_here(walk: Walk) -> None:
    """Somebody has signed in here before."""
    await walk.sign_in()
    walk.forget("cognito-session")
    await walk.open("sign-in")


@signing_in.state(**BY_PASSWORD)
async def who_was_here_by_password(walk: Walk) -> None:
    """Somebody has signed in here before, by name and password."""
    await who_was_here(walk)


@signing_in.state(**BY_PASSWORD)
async def sign_in_once_more(walk: Walk) -> None:
    """Who is signed in confirms it for something sensitive."""
    await walk.sign_in()
    await walk.open("sign-in", max_age="300")


@signing_in.state()
async def already_signed_in(walk: Walk) -> None:
    """Somebody is signed in already."""
    await walk.sign_in()
    await walk.open("sign-in")


@signing_in.state()
async def sign_out(walk: Walk) -> None:
    """The question before signing out."""
    await walk.sign_in()
    await walk.open("sign-out")


@signing_in.state(**BY_PASSWORD)
async def pool_out_of_reach(walk: Walk) -> None:
    """The pool is out of reach, and what was typed is kept."""
    await walk.open("sign-in")
    walk.place.pool.fault = ServiceError("InternalErrorException", "Out of order")
    await walk.send(username="ada", password=PASSWORD)


@signing_in.state(**BY_PASSWORD)
async def pool_throttled(walk: Walk) -> None:
    """The pool has too much to do."""
    await walk.open("sign-in")
    walk.place.pool.fault = ServiceError("TooManyRequestsException", "Too many requests")
    await walk.send(username="ada", password=PASSWORD)


@signing_in.state(users=[LocalUser("a" * 128, password=PASSWORD, attributes={"email": "a@example.com"})])
async def a_very_long_name(walk: Walk) -> None:
    """The longest name that there can be."""
    await walk.sign_in("a" * 128)
    await walk.open("sign-in")


@signing_in.state()
async def form_of_another_site(walk: Walk) -> None:
    """A form of another site was sent."""
    await walk.open("sign-in")
    await walk.from_elsewhere(username="ada")


challenges = Group("What is asked after the name", BY_CHOICE)


@challenges.state()
async def password(walk: Walk) -> None:
    """The password, and other ways."""
    await walk.open("sign-in")
    await walk.to_password()


@challenges.state()
async def password_missing(walk: Walk) -> None:
    """No password was given."""
    await walk.open("sign-in")
    await walk.to_password()
    await walk.send()


@challenges.state()
async def password_wrong(walk: Walk) -> None:
    """The password is wrong, which leads back to the name."""
    await walk.open("sign-in")
    await walk.to_password()
    await walk.send(password=_WRONG_PASSWORD)


@challenges.state(
    users=[
        LocalUser(
            "ada",
            attributes={
                "email": "ada@example.com",
                "phone_number": "+4915112345678",
                "phone_number_verified": "true",
            },
        )
    ],
    allowed_first_factors=["PASSWORD", "EMAIL_OTP", "SMS_OTP"],
)
async def ways(walk: Walk) -> None:
    """Several ways in, and no password."""
    await walk.open("sign-in")
    await walk.to_password()


@challenges.state()
async def email_code(walk: Walk) -> None:
    """A code by e-mail in place of a password."""
    await walk.open("sign-in")
    await walk.to_password()
    await walk.send("EMAIL_OTP")


@challenges.state()
async def email_code_wrong(walk: Walk) -> None:
    """A code by e-mail that is wrong."""
    await email_code(walk)
    await walk.send(code=another(walk.code()))


@challenges.state()
async def email_code_missing(walk: Walk) -> None:
    """What was typed is no code."""
    await email_code(walk)
    await walk.send(code="12 ab")


@challenges.state(users=[WITH_PHONE], allowed_first_factors=["PASSWORD", "SMS_OTP"])
async def text_code(walk: Walk) -> None:
    """A code by text message in place of a password."""
    await walk.open("sign-in")
    await walk.to_password()
    await walk.send("SMS_OTP")


@challenges.state()
async def passkey(walk: Walk) -> None:
    """A passkey."""
    await give_passkey(walk)
    await walk.open("sign-in")
    await walk.to_password()
    await walk.send("WEB_AUTHN")


async def give_passkey(walk: Walk) -> None:
    """Let ada have a passkey."""
    signed_in = await walk.place.auth.pool.sign_in.with_password("ada", PASSWORD)
    if isinstance(signed_in, Tokens):
        await add_passkey(walk.place.auth, signed_in.access_token, walk.origin)


async def with_authenticator(walk: Walk, username: str = "ada", password: str = PASSWORD) -> str:
    """Have somebody set an authenticator up, sign out, and return its secret."""
    await walk.sign_in(username, password)
    if walk.here.context.get("kind") == "MFA_SETUP":
        await walk.send(answer="SOFTWARE_TOKEN_MFA")
    [secret] = walk.page.codes
    await walk.send(code=walk.totp(secret))
    walk.forget()
    walk.place.clock.advance(60)
    return secret


_BY_AUTHENTICATOR: Final[Mapping[str, Any]] = {
    **BY_PASSWORD,
    "mfa": "ON",
    "mfa_methods": ["SOFTWARE_TOKEN_MFA"],
}


@challenges.state(**_BY_AUTHENTICATOR)
async def authenticator_code(walk: Walk) -> None:
    """The code of an authenticator app as a second factor."""
    await with_authenticator(walk)
    await walk.sign_in()


@challenges.state(**_BY_AUTHENTICATOR)
async def authenticator_code_wrong(walk: Walk) -> None:
    """The code of the authenticator app is wrong."""
    await authenticator_code(walk)
    await walk.send(code="000000")


_BY_MESSAGE: Final[Mapping[str, Any]] = {
    **BY_PASSWORD,
    "users": [WITH_PHONE],
    "mfa": "OPTIONAL",
    "mfa_methods": ["SMS_MFA", "EMAIL_OTP"],
}


def switch_on(walk: Walk, *factors: str) -> None:
    """Have ada asked for second factors."""
    pool = walk.place.pool
    settings = {factor: {"Enabled": True, "PreferredMfa": False} for factor in factors}
    pool.call(
        "AdminSetUserMFAPreference",
        {"UserPoolId": pool.user_pool_id, "Username": "ada", **settings},
    )


@challenges.state(**_BY_MESSAGE)
async def text_message_code(walk: Walk) -> None:
    """A code by text message as a second factor."""
    switch_on(walk, "SMSMfaSettings")
    await walk.sign_in()


@challenges.state(**_BY_MESSAGE)
async def email_second_factor(walk: Walk) -> None:
    """A code by e-mail as a second factor."""
    switch_on(walk, "EmailMfaSettings")
    await walk.sign_in()


@challenges.state(**_BY_MESSAGE)
async def choice_of_second_factor(walk: Walk) -> None:
    """Which second factor."""
    switch_on(walk, "SMSMfaSettings", "EmailMfaSettings")
    await walk.sign_in()


@challenges.state(**_BY_MESSAGE, device_tracking="OPT_IN", challenge_required_on_new_device=True)
async def remember_device(walk: Walk) -> None:
    """Whether the pool shall know this browser again."""
    await email_second_factor(walk)
    await walk.send(code=walk.code())


@challenges.state(**_BY_AUTHENTICATOR)
async def authenticator_set_up(walk: Walk) -> None:
    """An authenticator app is set up."""
    await walk.sign_in()


@challenges.state(**_BY_AUTHENTICATOR)
async def authenticator_set_up_wrong(walk: Walk) -> None:
    """The first code of the authenticator app is wrong."""
    await walk.sign_in()
    await walk.send(code="000000")


@challenges.state(**BY_PASSWORD, mfa="ON", mfa_methods=["SOFTWARE_TOKEN_MFA", "EMAIL_OTP"])
async def second_factor_set_up(walk: Walk) -> None:
    """Which second factor is set up."""
    await walk.sign_in()


@challenges.state(**BY_PASSWORD, mfa="ON", mfa_methods=["SOFTWARE_TOKEN_MFA", "EMAIL_OTP"])
async def email_set_up(walk: Walk) -> None:
    """Codes by e-mail are set up."""
    await walk.sign_in()
    await walk.send(answer="EMAIL_OTP")


@challenges.state(**BY_PASSWORD)
async def new_password(walk: Walk) -> None:
    """A temporary password is replaced."""
    await walk.sign_in("newcomer", TEMPORARY)


@challenges.state(**BY_PASSWORD)
async def new_password_weak(walk: Walk) -> None:
    """The new password does not meet the rules."""
    await new_password(walk)
    await walk.send(new_password="short")  # noqa: S106 - refused


def _ask(event: dict[str, Any]) -> dict[str, Any]:
    event["response"] = {
        "challengeName": "CUSTOM_CHALLENGE",
        "issueTokens": False,
        "failAuthentication": False,
    }
    return event


def _question(event: dict[str, Any]) -> dict[str, Any]:
    event["response"] = {
        "publicChallengeParameters": {"question": "What is the magic word?"},
        "privateChallengeParameters": {"answer": "please"},
    }
    return event


def _judge(event: dict[str, Any]) -> dict[str, Any]:
    event["response"] = {"answerCorrect": False}
    return event


@challenges.state(
    **{**BY_PASSWORD, "explicit_auth_flows": ["ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]},
    triggers=Triggers(
        define_auth_challenge=_ask, create_auth_challenge=_question, verify_auth_challenge_response=_judge
    ),
)
async def custom_question(walk: Walk) -> None:
    """A question of the pool's own triggers."""
    await walk.open("sign-in")
    await walk.to_password()


@challenges.state()
async def over(walk: Walk) -> None:
    """It took too long."""
    await walk.open("sign-in")
    await walk.to_password()
    walk.place.clock.advance(_LONG)
    await walk.send(password=PASSWORD)


@challenges.state()
async def no_cookies(walk: Walk) -> None:
    """The browser keeps no cookies."""
    await walk.open("sign-in")
    await walk.to_password()
    step = walk.here.path.partition("/account/")[2].partition("?")[0]
    walk.forget()
    await walk.open(step)


def another(code: str) -> str:
    """Return a code that is not this one."""
    return f"{(int(code) + 1) % 10 ** len(code):0{len(code)}}"
