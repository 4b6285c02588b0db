"""`users confirm`, `resend`, `reset-password`, `reset-mfa`, `sign-out`: who cannot get in, or should not."""

import typer

from fastapi_cognito_auth.auth import CognitoAuth
from fastapi_cognito_auth.cli.administering import Username, Yes, administer, ask
from fastapi_cognito_auth.cli.terminal import shown
from fastapi_cognito_auth.cli.users.ending import end_sign_ins
from fastapi_cognito_auth.cli.users.finding import finding, named
from fastapi_cognito_auth.cognito.records import PoolUser


def confirm(username: Username) -> None:
    """Confirm who has signed up and got no code. It verifies no address."""

    async def work(auth: CognitoAuth) -> PoolUser:
        user = await auth.pool.users.get(username)
        await auth.pool.users.confirm(user.username)
        return user

    typer.echo(f"Confirmed {shown(administer(work).username)}")


def resend(username: Username) -> None:
    """Send a new temporary password to who was invited and has not signed in yet."""

    async def work(auth: CognitoAuth) -> PoolUser:
        user = await auth.pool.users.get(username)
        await auth.pool.users.resend_invitation(user.username)
        return user

    typer.echo(f"Invited {shown(administer(work).username)} again")


def reset_password(username: Username, *, yes: Yes = False) -> None:
    """Make a user choose a new password by a code, which is sent, and end all sign-ins."""
    user = administer(finding(username))
    ask(f"Reset the password of {named(user)}, and send a code?", yes=yes)

    async def work(auth: CognitoAuth) -> None:
        await auth.pool.users.reset_password(user.username)
        await _end_everything(auth, user)

    administer(work)
    typer.echo(f"Reset the password of {shown(user.username)}")


def reset_mfa(username: Username, *, yes: Yes = False) -> None:
    """Take the authenticator app away from a user who has lost it, and end all sign-ins.

    A pool that asks everybody for a second factor lets the user set up a new one at the next sign-in.
    """
    user = administer(finding(username))
    ask(f"Let {named(user)} sign in without the authenticator app?", yes=yes)

    async def work(auth: CognitoAuth) -> None:
        await auth.pool.users.mfa.delete_totp(user.username)
        await _end_everything(auth, user)

    administer(work)
    typer.echo(f"Took the authenticator app of {shown(user.username)} away")


def sign_out(username: Username) -> None:
    """Sign a user out everywhere, and end all sign-ins."""

    async def work(auth: CognitoAuth) -> PoolUser:
        user = await auth.pool.users.get(username)
        await _end_everything(auth, user)
        return user

    typer.echo(f"Signed {shown(administer(work).username)} out")


async def _end_everything(auth: CognitoAuth, user: PoolUser) -> None:
    try:
        # Cognito leaves refresh tokens valid, and nobody would be rid of who has stolen one.
        await auth.pool.users.sign_out(user.username)
    finally:
        await end_sign_ins(auth, user)
