"""Identities of users: linked by an administrator to users who are there, and taken away from them.

https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminLinkProviderForUser.html
"""

from collections.abc import Mapping
from typing import Any, Final

from fastapi_cognito_auth.local import identities
from fastapi_cognito_auth.local.errors import ServiceError, invalid_parameter, not_found, user_not_found
from fastapi_cognito_auth.local.operations.steps import Result
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.providers import ProviderRecord
from fastapi_cognito_auth.local.users import User

MOST: Final = 5
"""Identities that are linked to a user."""
SUBJECT: Final = "Cognito_Subject"
"""The ProviderAttributeName that stands for the provider's own id of somebody."""
_POOL: Final = "Cognito"
"""The ProviderName of the pool's own users."""
_LINKED: Final = "The identity is linked to a user already"


def provider_of(plane: Plane, name: str) -> ProviderRecord:
    """Return an identity provider.

    Raises:
        ServiceError: the pool has none of that name.
    """
    provider = plane.directory.providers.get(name)
    if provider is None:
        msg = f"Identity provider {name} does not exist."
        raise not_found(msg)
    return provider


def _by_identifier(plane: Plane, params: dict[str, Any]) -> Result:
    name = plane.directory.provider_of(params["IdpIdentifier"])
    if name is None:
        msg = f"Identity provider {params['IdpIdentifier']} does not exist."
        raise not_found(msg)
    return {"IdentityProvider": provider_of(plane, name).describe(plane.directory.pool_id)}


def _member(named: Mapping[str, str], path: str, member: str) -> str:
    value = named.get(member)
    if not value:
        msg = f"{path}.{member} is required"
        raise invalid_parameter(msg)
    return value


def _link(plane: Plane, params: dict[str, Any]) -> Result:
    source, directory = params["SourceUser"], plane.directory
    name, attribute, value = (
        _member(source, "sourceUser", f"Provider{part}")
        for part in ("Name", "AttributeName", "AttributeValue")
    )
    if name == _POOL:
        raise invalid_parameter("SourceUser must be a user of an identity provider")
    provider = provider_of(plane, name)
    _check_attribute(provider, attribute)
    user = _destination(plane, params["DestinationUser"])
    if attribute == SUBJECT:
        _check_unknown(plane, name, value)
    elif directory.awaiting(name, attribute, value) is not None:
        raise ServiceError("AliasExistsException", _LINKED)
    held = identities.of(user.attributes)
    if sum(not known["primary"] for known in held) + len(user.awaited) >= MOST:
        msg = f"A user can have {MOST} linked identities"
        raise ServiceError("LimitExceededException", msg)
    if attribute == SUBJECT:
        known = identities.identity(
            user_id=value, name=name, kind=provider.kind, primary=False, now=plane.clock()
        )
        directory.change(user, {identities.ATTRIBUTE: identities.attribute([*held, known])})
    else:
        user.awaited = (*user.awaited, (name, attribute, value))
        directory.change(user)
    return {}


def _check_attribute(provider: ProviderRecord, attribute: str) -> None:
    """Refuse an attribute by which the provider's users are not known here."""
    if attribute == SUBJECT:
        return
    if provider.kind in identities.SOCIAL:
        msg = f"ProviderAttributeName of {provider.kind} must be {SUBJECT}"
        raise invalid_parameter(msg)
    if attribute not in provider.mapping:
        msg = f"Attribute {attribute} is not mapped by the identity provider {provider.name}"
        raise invalid_parameter(msg)


def _check_unknown(plane: Plane, provider: str, user_id: str) -> None:
    user = plane.directory.by_identity(provider, user_id)
    if user is None:
        return
    if any(
        known["primary"] and (known["providerName"], known["userId"]) == (provider, user_id)
        for known in identities.of(user.attributes)
    ):
        msg = (
            "Merging is not currently supported, provide a SourceUser that has not been signed up "
            "in order to link"
        )
        raise invalid_parameter(msg)
    raise ServiceError("AliasExistsException", _LINKED)


def _destination(plane: Plane, named: Mapping[str, str]) -> User:
    name = _member(named, "destinationUser", "ProviderName")
    value = _member(named, "destinationUser", "ProviderAttributeValue")
    user = _own(plane, value) if name == _POOL else plane.directory.by_identity(name, value)
    if user is None:
        raise user_not_found()
    return user


def _own(plane: Plane, username: str) -> User | None:
    """Return a user of the pool by the Username alone: an alias can be another's tomorrow."""
    user = plane.directory.find(username)
    same = user is not None and plane.directory.fold(user.username) == plane.directory.fold(username)
    return user if same and user is not None and user.status != "EXTERNAL_PROVIDER" else None


def _disable(plane: Plane, params: dict[str, Any]) -> Result:
    name, attribute, value = (
        _member(params["User"], "user", f"Provider{part}")
        for part in ("Name", "AttributeName", "AttributeValue")
    )
    if name == _POOL:
        if attribute != SUBJECT:
            msg = f"ProviderAttributeName of a user of the pool must be {SUBJECT}"
            raise invalid_parameter(msg)
        _disable_password(plane, value)
    elif attribute == SUBJECT:
        _unlink(plane, name, value)
    else:
        _check_attribute(provider_of(plane, name), attribute)
        _stop_waiting(plane, (name, attribute, value))
    return {}


def _disable_password(plane: Plane, username: str) -> None:
    """Let a user sign in by identity providers alone, until an administrator sets a password."""
    user = _own(plane, username)
    if user is None:
        raise user_not_found()
    plane.passwords.forget(user.sub)
    plane.sessions.drop(user.sub)
    plane.codes.discard(("reset", user.sub))
    plane.directory.change(user, status="EXTERNAL_PROVIDER")


def _unlink(plane: Plane, provider: str, user_id: str) -> None:
    user = plane.directory.by_identity(provider, user_id)
    if user is None:
        raise user_not_found()
    kept = [
        known
        for known in identities.of(user.attributes)
        if (known["providerName"], known["userId"]) != (provider, user_id)
    ]
    plane.directory.change(user, {identities.ATTRIBUTE: identities.attribute(kept)})


def _stop_waiting(plane: Plane, link: tuple[str, str, str]) -> None:
    user = plane.directory.awaiting(*link)
    if user is None:
        raise user_not_found()
    user.awaited = tuple(known for known in user.awaited if known != link)
    plane.directory.change(user)


OPERATIONS: Final = {
    "AdminLinkProviderForUser": _link,
    "AdminDisableProviderForUser": _disable,
    "GetIdentityProviderByIdentifier": _by_identifier,
}
