"""Users at identity providers, linked to users of the pool."""

from typing import Final

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from fastapi_cognito_auth.cognito.client import CognitoClient, parse
from fastapi_cognito_auth.cognito.records import PoolUser
from fastapi_cognito_auth.exceptions import InvalidParameterError, ResourceNotFoundError

_SUBJECT: Final = "Cognito_Subject"
_POOL_ITSELF: Final = "Cognito"


class _Identity(BaseModel):
    user_id: str = Field(validation_alias="userId")
    provider: str = Field(validation_alias="providerName")


_IDENTITIES: Final = TypeAdapter(list[_Identity])


class UserIdentities:
    """Links users to identity providers.

    Args:
        client: speaks to Cognito.
    """

    def __init__(self, client: CognitoClient) -> None:
        self._client = client

    async def link(
        self, username: str, provider: str, provider_user_id: str, *, attribute: str = _SUBJECT
    ) -> None:
        """Let a user sign in by an identity provider (AdminLinkProviderForUser).

        Whoever is that user at the provider is this user here from now on.

        Args:
            username: of the user in the pool.
            provider: its name in the pool.
            provider_user_id: who the user is there; nobody who has signed in by it before.
            attribute: what the provider calls that id, where it is not the subject.

        Raises:
            UserNotFoundError: there is no such user.
            InvalidParameterError: there is no such provider, or its user has signed in already.
            AliasExistsError: the identity is linked to another user.
            LimitExceededError: the user has five identities.
        """
        await self._client.call(
            "AdminLinkProviderForUser",
            DestinationUser={"ProviderName": _POOL_ITSELF, "ProviderAttributeValue": username},
            SourceUser={
                "ProviderName": provider,
                "ProviderAttributeName": attribute,
                "ProviderAttributeValue": provider_user_id,
            },
        )

    async def unlink(self, username: str, provider: str, *, provider_user_id: str | None = None) -> None:
        """Keep a user from signing in by an identity provider (AdminGetUser, AdminDisableProviderForUser).

        Args:
            username: of the user in the pool.
            provider: its name in the pool; `Cognito` for the user's own password.
            provider_user_id: which, where the user has several identities of it.

        Raises:
            UserNotFoundError: there is no such user.
            ResourceNotFoundError: the user has no such identity.
            InvalidParameterError: there are several, and none is named.
        """
        user = parse(PoolUser, await self._client.call("AdminGetUser", Username=username))
        if provider == _POOL_ITSELF:
            value = user.username
        else:
            found = {each.user_id for each in _identities(user) if each.provider == provider}
            if provider_user_id is not None:
                found &= {provider_user_id}
            if not found:
                raise ResourceNotFoundError("The user has no such identity.")
            if len(found) > 1:
                raise InvalidParameterError("The user has several identities of this provider: name one.")
            (value,) = found
        await self._client.call(
            "AdminDisableProviderForUser",
            User={
                "ProviderName": provider,
                "ProviderAttributeName": _SUBJECT,
                "ProviderAttributeValue": value,
            },
        )


def _identities(user: PoolUser) -> list[_Identity]:
    try:
        return _IDENTITIES.validate_json(user.attributes.get("identities") or "[]")
    except ValidationError:
        return []  # an attribute that somebody else has written
