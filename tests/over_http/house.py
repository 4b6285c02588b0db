"""One app with all routers on one local pool, and the people who ask it."""

from typing import Annotated, Any, Final

from fastapi import Depends, FastAPI

from fastapi_cognito_auth import CognitoAuth
from fastapi_cognito_auth.assembly.machines import machine_tokens
from fastapi_cognito_auth.local import LocalMachine, LocalUser, Triggers
from fastapi_cognito_auth.settings.keywords import LocalSettings
from tests.local.kit import signing_keys
from tests.over_http.walk import RecordedPool, Walk
from tests.routers.kit import PASSWORD
from tests.support import Clock

TEMPORARY: Final = "Temporary-1!"
NO_SESSION: Final = "tkn" + "a" * 25
"""The id of no session, where boto3 is older than sessions."""
ORIGIN: Final = "https://app.example.com"
_NAMES: Final = ("alice", "bob", "carol", "dave")
_NEWCOMERS: Final = ("grace", "heidi", "ivan", "judy")


class House(Walk):
    """The app, who asks it, and where its pool's messages go."""

    def __init__(self) -> None:
        self.clock = Clock()
        users = [LocalUser(name, password=PASSWORD, attributes=_email(name)) for name in _NAMES]
        newcomers = [
            LocalUser(name, temporary_password=TEMPORARY, attributes=_email(name)) for name in _NEWCOMERS
        ]
        root = LocalUser("root", password=PASSWORD, groups=("admins", "owners"))
        pool = RecordedPool(
            users=[*users, *newcomers, root],
            clock=self.clock,
            callback_urls=[f"{ORIGIN}/login/callback"],
            identity_providers=["Google"],
            allowed_scopes=["openid", "aws.cognito.signin.user.admin", "orders/read"],
            relying_party_id="example.com",
            device_tracking="OPT_IN",
            max_sessions_per_user=20,
            resource_servers={"orders": ["read"]},
            machine_clients=[LocalMachine(client_id="nightly", scopes=["orders/read"])],
            explicit_auth_flows=[
                "ALLOW_USER_PASSWORD_AUTH",
                "ALLOW_ADMIN_USER_PASSWORD_AUTH",
                "ALLOW_REFRESH_TOKEN_AUTH",
                "ALLOW_TOKEN_EXCHANGE_IMPERSONATION",
                "ALLOW_TOKEN_EXCHANGE_DELEGATION",
            ],
            triggers=Triggers(pre_token_generation=_with_scopes),
        )
        # Making RSA keys takes longer than all the rest.
        pool._plane.tokens.keys = signing_keys()
        settings: LocalSettings = {
            "pool_admin_groups": ("owners",),
            "accepted_client_ids": ("nightly",),
        }
        self.auth = CognitoAuth.local(
            pool, auth_flow="USER_PASSWORD_AUTH", settings=settings, clock=self.clock
        )
        super().__init__(self._app_of(pool), pool)
        self.root: str = self.tokens("root")["access_token"]
        """The token of who administers everything."""

        self.ended: str = self.tokens("carol")["access_token"]
        """A token that the pool has revoked, of which the app knows nothing."""

        self.admin("AdminUserGlobalSignOut", "carol")

    def _app_of(self, pool: RecordedPool) -> FastAPI:
        app, auth = FastAPI(), self.auth
        app.include_router(auth.router, prefix="/auth")
        app.include_router(auth.account_router, prefix="/account")
        app.include_router(auth.admin_router, prefix="/admin")
        app.include_router(auth.pool_router, prefix="/configuration")
        # The same pool, for an app that sends passwords with its AWS credentials.
        by_admin = CognitoAuth.local(
            pool,
            auth_flow="ADMIN_USER_PASSWORD_AUTH",
            settings={"forward_client_address": True},
            clock=self.clock,
        )
        app.include_router(by_admin.routers.sign_in, prefix="/by-admin")
        app.include_router(by_admin.routers.challenges, prefix="/by-admin")
        # A pool without a domain is asked by the API.
        machine = machine_tokens(auth.settings, auth._pools[0], auth._call, self.clock, None)

        @app.get("/machine-token")
        async def machine_token(scope: str) -> int:
            return len(await machine.get(scopes=[scope]))

        @app.get("/derived-token")
        async def derived_token(token: Annotated[str, Depends(auth.access_token)], scope: str) -> int:
            return len(await auth.derived_tokens.get(token, scopes=[scope]))

        return app

    @property
    def endpoints(self) -> set[str]:
        """Those of the routers; who sends passwords with AWS credentials has them once more."""
        return {each for each in super().endpoints if "/by-admin/" not in each}

    def tokens(self, username: str, password: str = PASSWORD, **more: Any) -> dict[str, Any]:
        body = {"username": username, "password": password, **more}
        answer = self.http.post("/auth/sign-in", json=body)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def token(self, username: str) -> str:
        token: str = self.tokens(username)["access_token"]
        return token

    def code(self, username: str) -> str:
        return self.pool.outbox.latest(username).code

    def admin(self, operation: str, username: str, **more: Any) -> dict[str, Any]:
        """Do something at the pool, beside the app."""
        named = {"UserPoolId": self.pool.user_pool_id, "Username": username}
        return self.pool.call(operation, named | more)


def _email(name: str) -> dict[str, str]:
    return {"email": f"{name}@example.com"}


def _with_scopes(event: dict[str, Any]) -> dict[str, Any]:
    """Give users a scope of another API, as a trigger does for who signs in by the API."""
    given = {"accessTokenGeneration": {"scopesToAdd": ["orders/read"]}}
    return event | {"response": {"claimsAndScopeOverrideDetails": given}}
