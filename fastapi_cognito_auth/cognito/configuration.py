"""The configuration of the pool: its settings, clients, domains, providers, and all that surrounds them."""

from typing import Any

from fastapi_cognito_auth.cognito.configuration_methods import ConfigurationMethods
from fastapi_cognito_auth.cognito.merged import (
    IDENTITY_PROVIDER,
    RESOURCE_SERVER,
    USER_POOL,
    USER_POOL_CLIENT,
    Change,
    Changeable,
    as_update,
    differences,
    with_changes,
)


class PoolConfiguration(ConfigurationMethods):
    """Configures the pool: `auth.pool.configuration`.

    Each operation of the API that does so is a method in snake case, with keyword arguments in snake
    case, and answers in snake case: `await configuration.describe_user_pool_client(client_id=…)`. The
    app's own pool and app client are meant where none is named, but for what deletes them. Arguments,
    limits and answers are described by the API; whether values fit is Cognito's to say.

    Every method raises:
        UserPoolError: the service refused, or could not be reached; `UnknownOperationError` is one,
            where boto3 is older than the operation.
        TypeError: there is no argument of that name, or one is missing.

    An update of the API puts back to its default what is left out; what begins with `change_` here
    keeps it.
    """

    async def change_user_pool(self, *, user_pool_id: str | None = None, **changes: Any) -> list[Change]:
        """Change the pool, and nothing that is not named (DescribeUserPool, UpdateUserPool).

        Structures are merged member by member, lists and maps are replaced as a whole, and `None` puts a
        member back to its default. Somebody else's change in the same moment is lost. Passkeys and
        authenticator apps are not settled here, but by `set_user_pool_mfa_config`.

        Args:
            user_pool_id: another pool than the app's own.
            changes: members of UpdateUserPool, in snake case.

        Returns:
            What is different now; without any difference nothing is sent.

        Raises:
            TypeError: UpdateUserPool has no such member.
            UserPoolError: the service refused.
        """
        return await self._change(USER_POOL, {"user_pool_id": user_pool_id}, changes)

    async def change_user_pool_client(
        self, *, client_id: str | None = None, user_pool_id: str | None = None, **changes: Any
    ) -> list[Change]:
        """Change an app client, and nothing that is not named (DescribeUserPoolClient, UpdateUserPoolClient).

        Args:
            client_id: another app client than the app's own.
            user_pool_id: another pool than the app's own.
            changes: members of UpdateUserPoolClient, in snake case, merged as by `change_user_pool`.

        Returns:
            What is different now; without any difference nothing is sent.

        Raises:
            TypeError: UpdateUserPoolClient has no such member.
            UserPoolError: the service refused.
        """
        named = {"client_id": client_id, "user_pool_id": user_pool_id}
        return await self._change(USER_POOL_CLIENT, named, changes)

    async def change_resource_server(
        self, identifier: str, *, user_pool_id: str | None = None, **changes: Any
    ) -> list[Change]:
        """Change a resource server, and nothing that is not named.

        Args:
            identifier: which.
            user_pool_id: another pool than the app's own.
            changes: members of UpdateResourceServer, in snake case: `name` and `scopes`.

        Returns:
            What is different now; without any difference nothing is sent.

        Raises:
            TypeError: UpdateResourceServer has no such member.
            UserPoolError: the service refused.
        """
        named = {"identifier": identifier, "user_pool_id": user_pool_id}
        return await self._change(RESOURCE_SERVER, named, changes)

    async def change_identity_provider(
        self, provider_name: str, *, user_pool_id: str | None = None, **changes: Any
    ) -> list[Change]:
        """Change an identity provider, and nothing that is not named.

        Its details are replaced as a whole where they are changed, secrets included.

        Args:
            provider_name: which.
            user_pool_id: another pool than the app's own.
            changes: members of UpdateIdentityProvider, in snake case, merged as by `change_user_pool`.

        Returns:
            What is different now; without any difference nothing is sent. It may hold secrets.

        Raises:
            TypeError: UpdateIdentityProvider has no such member.
            UserPoolError: the service refused.
        """
        named = {"provider_name": provider_name, "user_pool_id": user_pool_id}
        return await self._change(IDENTITY_PROVIDER, named, changes)

    async def _change(
        self, kind: Changeable, named: dict[str, str | None], changes: dict[str, Any]
    ) -> list[Change]:
        shape = (await self._client.operation_model(kind.update)).input_shape
        described = (await self._call(kind.describe, **named))[kind.member]
        current = as_update(shape, described, kind.renamed)
        wanted = with_changes(kind.update, shape, current, changes)
        changed = list(differences(current, wanted))
        if changed:
            await self._call(kind.update, **{**wanted, **named})
        return changed
