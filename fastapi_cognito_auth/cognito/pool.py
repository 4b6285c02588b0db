"""The user pool as one object: `auth.pool`."""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from fastapi_cognito_auth.cognito.auth_events import AuthEvents
from fastapi_cognito_auth.cognito.challenges import Challenges
from fastapi_cognito_auth.cognito.client import CognitoClient
from fastapi_cognito_auth.cognito.devices import Devices
from fastapi_cognito_auth.cognito.password import Password
from fastapi_cognito_auth.cognito.password_proof import PasswordProof
from fastapi_cognito_auth.cognito.profiles import Profiles
from fastapi_cognito_auth.cognito.refresh_tokens import RefreshTokens
from fastapi_cognito_auth.cognito.sign_in import PasswordFlow, SignIn
from fastapi_cognito_auth.cognito.sign_up import SignUp
from fastapi_cognito_auth.cognito.token_refresh import TokenRefresh
from fastapi_cognito_auth.cognito.wire import Wire
from fastapi_cognito_auth.runtime.clock import wall_clock
from fastapi_cognito_auth.sealing import Sealer

if TYPE_CHECKING:
    import httpx2

    from fastapi_cognito_auth.cognito.account import Account
    from fastapi_cognito_auth.cognito.configuration import PoolConfiguration
    from fastapi_cognito_auth.cognito.groups import Groups
    from fastapi_cognito_auth.cognito.mfa import Mfa
    from fastapi_cognito_auth.cognito.passkeys import Passkeys
    from fastapi_cognito_auth.cognito.sessions import Sessions
    from fastapi_cognito_auth.cognito.users import Users


class UserPool:
    """What the routers do, for scripts and endpoints of your own.

    Args:
        client: speaks to Cognito.
        sealer: seals the state of challenges.
        user_pool_id: the pool.
        client_id: the app client.
        auth_flow: how a password is proved by default.
        session_validity: the app client's `AuthSessionValidity` in minutes, if it is known.
        totp_issuer: the name that authenticator apps show.
        profile_max_age: seconds for which a profile is kept.
        import_transport: returns what takes the files of import jobs instead of the network.
        clock: seconds since the epoch.
    """

    def __init__(
        self,
        client: CognitoClient,
        sealer: Callable[[], Sealer],
        *,
        user_pool_id: str,
        client_id: str,
        auth_flow: PasswordFlow,
        session_validity: int | None,
        totp_issuer: str,
        profile_max_age: float,
        import_transport: "Callable[[], httpx2.AsyncBaseTransport] | None",
        clock: Callable[[], float] = wall_clock,
    ) -> None:
        self._client = client
        self._import_transport = import_transport
        self._totp_issuer = totp_issuer
        proof = PasswordProof(client, user_pool_id=user_pool_id, clock=clock)
        self.devices: Devices = Devices(client, sealer, proof)
        self.sign_up: SignUp = SignUp(client, sealer)
        self.challenges: Challenges = Challenges(
            client,
            sealer,
            proof,
            prove_device=self.devices.prove,
            open_device=self.devices.open,
            client_id=client_id,
            session_validity=session_validity,
            totp_issuer=totp_issuer,
        )
        self.sign_in: SignIn = SignIn(
            client,
            proof,
            self.challenges.proceed,
            open_device=self.devices.open,
            open_sign_up=self.sign_up.open_session,
            auth_flow=auth_flow,
        )
        self.password: Password = Password(client)
        token_refresh = TokenRefresh(client, clock=clock)
        self.refresh_tokens: RefreshTokens = RefreshTokens(client, token_refresh, self.devices.open)
        self.auth_events: AuthEvents = AuthEvents(client)
        self.profiles: Profiles = Profiles(client, max_age=profile_max_age, clock=clock)
        self.wire: Wire = Wire(client, token_refresh, user_pool_id=user_pool_id, client_id=client_id)

    # What accounts and administrators need is imported for them: most apps sign users in, and no more.

    @cached_property
    def account(self) -> "Account":
        """The account of the signed-in user."""
        from fastapi_cognito_auth.cognito.account import Account  # noqa: PLC0415

        return Account(self._client)

    @cached_property
    def mfa(self) -> "Mfa":
        """The second factors of the signed-in user."""
        from fastapi_cognito_auth.cognito.mfa import Mfa  # noqa: PLC0415

        return Mfa(self._client, totp_issuer=self._totp_issuer)

    @cached_property
    def passkeys(self) -> "Passkeys":
        """The passkeys of the signed-in user."""
        from fastapi_cognito_auth.cognito.passkeys import Passkeys  # noqa: PLC0415

        return Passkeys(self._client)

    @cached_property
    def sessions(self) -> "Sessions":
        """The logins of the signed-in user that the pool tracks."""
        from fastapi_cognito_auth.cognito.sessions import Sessions  # noqa: PLC0415

        return Sessions(self._client)

    @cached_property
    def users(self) -> "Users":
        """The users of the pool, for administrators."""
        from fastapi_cognito_auth.cognito.import_upload import ImportUpload  # noqa: PLC0415
        from fastapi_cognito_auth.cognito.users import Users  # noqa: PLC0415

        return Users(self._client, ImportUpload(transport=self._import_transport))

    @cached_property
    def groups(self) -> "Groups":
        """The groups of the pool."""
        from fastapi_cognito_auth.cognito.groups import Groups  # noqa: PLC0415

        return Groups(self._client)

    @cached_property
    def configuration(self) -> "PoolConfiguration":
        """The configuration of the pool."""
        from fastapi_cognito_auth.cognito.configuration import PoolConfiguration  # noqa: PLC0415

        return PoolConfiguration(self._client)

    async def call(self, operation: str, **params: Any) -> dict[str, Any]:
        """Call any operation of the user pools API by its name, such as `AdminAddUserToGroup`.

        Parameters and answer are those of the API. `UserPoolId`, `ClientId` and what proves the
        client's secret are filled in where the operation takes them and they are not given.

        Raises:
            UserPoolError: the service refused, or could not be reached.
            ValueError: there is no such operation.
        """
        return await self._client.call(operation, **params)
