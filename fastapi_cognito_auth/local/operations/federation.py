"""Users whom an identity provider vouches for: added at their first sign-in, brought up to date at each."""

from collections.abc import Mapping
from typing import Final

from fastapi_cognito_auth.local import attributes, identities
from fastapi_cognito_auth.local.clients import Client
from fastapi_cognito_auth.local.delivery import REACHABLE
from fastapi_cognito_auth.local.errors import ServiceError, invalid_parameter, not_authorized
from fastapi_cognito_auth.local.operations import authentication_triggers, post_confirmation, pre_sign_up
from fastapi_cognito_auth.local.operations.linked_identities import provider_of
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.providers import ProviderRecord
from fastapi_cognito_auth.local.sign_in import SignIn
from fastapi_cognito_auth.local.triggers import Caller
from fastapi_cognito_auth.local.users import User

EXTERNAL: Final = "EXTERNAL_PROVIDER"
"""UserStatus."""


def sign_in(plane: Plane, client: Client, provider: str, claims: Mapping[str, str]) -> SignIn:
    """Sign in whom a provider names: the user whom it knows by this id, else one whom that makes.

    Args:
        plane: the plane.
        client: the app client.
        provider: its name.
        claims: what it says of the user; `sub` is its own id of them.

    Raises:
        ServiceError: the pool cannot have such a user, a trigger refuses, or they are disabled.
    """
    kept = provider_of(plane, provider)
    held = _mapped(plane, kept.mapping, claims)
    user = plane.directory.by_identity(provider, claims["sub"])
    if user is not None:
        _come_again(plane, user, held)
    else:
        user = _claim(plane, kept, claims["sub"], held) or _add(plane, client, kept, claims["sub"], held)
    if not user.enabled:
        raise not_authorized("User is disabled.")
    proven = SignIn(client=client, user=user, methods=frozenset({"fed"}), at_domain=True)
    authentication_triggers.after(plane, proven, new_device=False)
    return proven


def _mapped(plane: Plane, mapping: Mapping[str, str], claims: Mapping[str, str]) -> dict[str, str]:
    """Return the attributes that the AttributeMapping makes of claims; nothing else is believed."""
    held = {
        name: claims[claim] for name, claim in mapping.items() if name != "username" and claims.get(claim)
    }
    attributes.check_values(plane.directory.schema, held, create=True)
    return held


def _claim(plane: Plane, provider: ProviderRecord, user_id: str, held: Mapping[str, str]) -> User | None:
    """Give an identity that comes for the first time to the user who awaits it by an attribute."""
    found = (
        (name, value, plane.directory.awaiting(provider.name, name, value)) for name, value in held.items()
    )
    name, value, user = next((link for link in found if link[2] is not None), ("", "", None))
    if user is None:
        return None
    plane.directory.check_writable()
    _check_free(plane, provider.name, user_id)
    _come_again(plane, user, held)
    user.awaited = tuple(link for link in user.awaited if link != (provider.name, name, value))
    known = identities.identity(
        user_id=user_id, name=provider.name, kind=provider.kind, primary=False, now=plane.clock()
    )
    value = identities.attribute([*identities.of(user.attributes), known])
    plane.directory.change(user, {identities.ATTRIBUTE: value})
    return user


def _check_free(plane: Plane, provider: str, user_id: str) -> str:
    # A pool that ignores case has them in lower case.
    username = plane.directory.fold(f"{provider}_{user_id}")
    if plane.directory.find(username, by_sub=False) is not None:
        # Somebody else has a name of that form: a user of the pool, or one of a provider named likewise.
        raise ServiceError("UsernameExistsException", "User already exists")
    return username


def _add(plane: Plane, client: Client, provider: ProviderRecord, user_id: str, held: dict[str, str]) -> User:
    directory, username = plane.directory, _check_free(plane, provider.name, user_id)
    attributes.check_required(directory.schema, held)
    params = {"Username": username, "ClientId": client.id}
    verdict = pre_sign_up.ask(plane, "PreSignUp_ExternalProvider", held, params)
    if directory.by_identity(provider.name, user_id) is not None:
        # The trigger has linked them to somebody: they come as that user from the next time on.
        msg = f"Already found an entry for username {username}"
        raise invalid_parameter(msg)
    held |= {name: "true" for name in verdict.verifies if held.get(name.removesuffix("_verified"))}
    for name in attributes.VERIFIED:
        if held.get(name.removesuffix("_verified")):
            held.setdefault(name, "false")
    known = identities.identity(
        user_id=user_id, name=provider.name, kind=provider.kind, primary=True, now=plane.clock()
    )
    held[identities.ATTRIBUTE] = identities.attribute([known])
    user = directory.add_user(username, held, EXTERNAL)
    group = f"{directory.pool_id}_{provider.name}"
    directory.ensure_group(group)
    directory.join(user, group)
    post_confirmation.tell(plane, post_confirmation.SIGN_UP, user, Caller(client_id=client.id))
    return user


def _come_again(plane: Plane, user: User, held: Mapping[str, str]) -> None:
    """Take over what the provider says now; an immutable attribute is a refusal, whatever its value."""
    if not user.enabled:
        raise not_authorized("User is disabled.")
    if user.status == "UNCONFIRMED":
        # Anybody may have signed up by that name; who it belongs to was never proven.
        raise ServiceError("UserNotConfirmedException", "User is not confirmed.")
    schema, known = plane.directory.schema, user.attributes
    attributes.check_values(schema, held, create=False)
    changes = {name: value for name, value in held.items() if known.get(name) != value}
    # A new address is as verified as the provider says, whatever the old one was.
    changes |= {
        f"{name}_verified": held.get(f"{name}_verified", "false") for name in REACHABLE if name in changes
    }
    if user.status == EXTERNAL:
        attributes.check_required(schema, held)
    else:
        # They sign in with their attributes too, and an alias is taken from nobody by what a provider says.
        plane.check_unique(changes, user)
    if changes:
        plane.update_attributes(user, changes)
