"""What the emulator is told, checked and refused in the words of the command line."""

import re
from typing import Final

import typer

from fastapi_cognito_auth.local.options import issuer as checked_issuer
from fastapi_cognito_auth.settings.regions import nearest_known

_OPTIONS: Final = {
    "user_pool_id": "--pool-id",
    "custom_attributes": "--custom-attribute",
    "explicit_auth_flows": "--auth-flow",
    "allowed_first_factors": "--first-factor",
    "mfa_methods": "--mfa-method",
    "username_attributes": "--username-attribute",
    "alias_attributes": "--alias-attribute",
    "required_attributes": "--required-attribute",
    "max_sessions_per_user": "--max-sessions",
    "groups": "--group",
    "callback_urls": "--callback-url",
    "logout_urls": "--logout-url",
    "allowed_scopes": "--allowed-scope",
    "resource_servers": "--resource-server",
    "machine_clients": "--machine",
    "identity_providers": "--identity-provider",
    **{
        name: f"--{name.replace('_', '-')}"
        for name in (
            *("client_id", "client_secret", "relying_party_id", "user_verification", "device_tracking"),
            *("auth_session_validity", "access_token_validity", "refresh_token_validity"),
            *("refresh_token_rotation", "issuer", "region", "mfa", "state"),
        )
    },
}
"""What `LocalUserPool` calls its options."""

_FIRST_WORD: Final = re.compile(r"\w+")
_NAME: Final = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")
_REGION: Final = re.compile(r"[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}")


def in_options(message: str) -> str:
    """Return what a local pool says of its options in the words of the command line."""
    # A name of one word, such as `state`, is an option where it is what the sentence is about.
    message = _FIRST_WORD.sub(lambda found: _OPTIONS.get(found[0], found[0]), message, count=1)
    return _NAME.sub(lambda found: _OPTIONS.get(found[0], found[0]), message)


def check_region(option: str, region: str | None) -> None:
    """Refuse what is no name of a Region, and warn of one that nobody knows.

    Args:
        option: what it was given by.
        region: as it was given.
    """
    if region is None:
        return
    if not _REGION.fullmatch(region):
        msg = f"{region!r} is no Region, such as eu-central-1"
        raise typer.BadParameter(msg, param_hint=option)
    if nearest := nearest_known(region):
        typer.echo(f"There is no Region {region} that is known; the nearest is {nearest}.", err=True)


def issuer(wanted: str, at_endpoint: str, host: str, pool_id: str | None) -> str | None:
    """Return what tokens are to call their issuer, as `LocalUserPool` takes it.

    Args:
        wanted: `service`, `endpoint`, or an address.
        at_endpoint: the address of this emulator, with `{pool_id}` at its end.
        host: where it listens.
        pool_id: of the pool, if it was given.

    Raises:
        ValueError: it is no address.
    """
    if wanted == "service":
        return None
    if wanted != "endpoint":
        checked_issuer(wanted.replace("{pool_id}", "us-east-1_Local"))
        if not wanted.endswith(("/{pool_id}", f"/{pool_id}")):
            # Clients look for the keys below it, and there they are below the pool's id.
            raise typer.BadParameter(
                "it ends with the pool's id, as --pool-id gives it, or with {pool_id}, which stands for that,"
                " such as http://cognito:9229/{pool_id}",
                param_hint="--issuer",
            )
        return wanted
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - nothing listens here
        message = f"{host} is no address for clients: give the one that they use, with the pool's id after it"
        raise typer.BadParameter(message, param_hint="--issuer")
    return at_endpoint
