"""Users whom an identity provider vouches for: added at their first sign-in, brought up to date at each."""

import json
from collections.abc import Mapping
from typing import Final

from fastapi_cognito_auth.local import attributes, identities
from fastapi_cognito_auth.local.clients import Client
from fastapi_cognito_auth.local.errors import ServiceError
from fastapi_cognito_auth.local.operations import authentication_triggers, post_confirmation, pre_sign_up
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.providers import ProviderRecord
from fastapi_cognito_auth.local.sign_in import SignIn
from fastapi_cognito_auth.local.triggers import Caller
from fastapi_cognito_auth.local.users import User

EXTERNAL: Final = "EXTERNAL_PROVIDER"
"""UserStatus."""


def sign_in(plane: Plane, client: Client, provider: str, claims: Mapping[str, str]) -> SignIn:
    """Sign in whom a provider names.

    Args:
        plane: the plane.
        client: the app client.
        provider: its name.
        claims: what it says of the user; `sub` is its own id of them.

    Raises:
        ServiceError: the pool cannot have such a user, a trigger refuses, or they are disabled.
    """
    kept = plane.directory.providers.get(provider)
    if kept is None:
        raise ServiceError("ResourceNotFoundException", f"Identity provider {provider} does not exist.")
    held = _mapped(plane, kept.mapping, claims)
    user = _known(plane, provider, claims["sub"])
    if user is None:
        user = _add(plane, client, kept, claims["sub"], held)
    else:
        _update(plane, user, held)
    if not user.enabled:
        raise ServiceError("NotAuthorizedException", "User is disabled.")
    proven = SignIn(client=client, user=user, methods=frozenset({"fed"}), at_domain=True)
    authentication_triggers.after(plane, proven, new_device=False)
    return proven


def _mapped(plane: Plane, mapping: Mapping[str, str], claims: Mapping[str, str]) -> dict[str, str]:
    """Return the attributes that the AttributeMapping makes of claims; nothing else is believed."""
    held = {
        name: claims[claim] for name, claim in mapping.items() if name != "username" and claims.get(claim)
    }
    attributes.check_values(plane.directory.schema, held, create=True)
    attributes.check_required(plane.directory.schema, held)
    return held


def _username(plane: Plane, provider: str, user_id: str) -> str:
    # A pool that ignores case has them in lower case.
    return plane.directory.fold(f"{provider}_{user_id}")


def _known(plane: Plane, provider: str, user_id: str) -> User | None:
    user = plane.directory.find(_username(plane, provider, user_id), by_sub=False)
    if user is None:
        return None
    known = json.loads(user.attributes.get(identities.ATTRIBUTE, "[]"))
    # CONFIRMED is who was given a password by AdminSetUserPassword; `identities` nobody else can write.
    if user.status not in {EXTERNAL, "CONFIRMED"} or not any(
        (identity["providerName"], identity["userId"]) == (provider, user_id) for identity in known
    ):
        # Somebody else has a name of that form: a user of the pool, or one of a provider named likewise.
        raise ServiceError("UsernameExistsException", "User already exists")
    return user


def _add(plane: Plane, client: Client, provider: ProviderRecord, user_id: str, held: dict[str, str]) -> User:
    directory, username = plane.directory, _username(plane, provider.name, user_id)
    params = {"Username": username, "ClientId": client.id}
    verdict = pre_sign_up.ask(plane, "PreSignUp_ExternalProvider", held, params)
    held |= {name: "true" for name in verdict.verifies if held.get(name.removesuffix("_verified"))}
    for name in attributes.VERIFIED:
        if held.get(name.removesuffix("_verified")):
            held.setdefault(name, "false")
    held[identities.ATTRIBUTE] = identities.attribute(
        user_id=user_id, name=provider.name, kind=provider.kind, now=plane.clock()
    )
    user = directory.add_user(username, held, EXTERNAL)
    group = f"{directory.pool_id}_{provider.name}"
    directory.ensure_group(group)
    directory.join(user, group)
    post_confirmation.tell(plane, post_confirmation.SIGN_UP, user, Caller(client_id=client.id))
    return user


def _update(plane: Plane, user: User, held: Mapping[str, str]) -> None:
    """Take over what the provider says now; an immutable attribute is a refusal, whatever its value."""
    attributes.check_values(plane.directory.schema, held, create=False)
    known = user.attributes
    plane.update_attributes(user, {name: value for name, value in held.items() if known.get(name) != value})
