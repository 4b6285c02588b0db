"""An app that pages of one's own speak to by the client, and tabs with such a page."""

from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from fastapi_cognito_auth import CognitoAuth, User
from fastapi_cognito_auth.local import LocalUser, LocalUserPool
from tests.interop.riddle import RIDDLE
from tests.local.kit import signing_keys
from tests.routers.kit import PASSWORD, TEMPORARY, totp
from tests.support import Clock

NEWCOMERS = ("newcomer", "new-react", "new-vue", "program")
CLIENT = "/pages/assets/fastapi-cognito-auth.js"


def person(name: str, **more: str) -> LocalUser:
    phone = {"phone_number": "+15550109934", "phone_number_verified": "true"}
    return LocalUser(name, password=PASSWORD, attributes={"email": f"{name}@example.com", **phone, **more})


def newcomer(name: str) -> LocalUser:
    return LocalUser(name, temporary_password=TEMPORARY, attributes={"email": f"{name}@example.com"})


class Served:
    """An app with two pools: at `/auth` users choose how to sign in, `/mfa` asks for a second factor."""

    def __init__(self) -> None:
        self.clock = Clock()
        choice: Any = {
            "allowed_first_factors": ["PASSWORD", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"],
            "relying_party_id": "localhost",
            "mfa": "OFF",
            "triggers": RIDDLE,
        }
        self.pool = self._pool([person("ada"), person("grace"), *map(newcomer, NEWCOMERS)], **choice)
        second: Any = {"mfa": "ON", "mfa_methods": ["SOFTWARE_TOKEN_MFA", "SMS_MFA", "EMAIL_OTP"]}
        self.mfa_pool = self._pool([person("phil"), person("mary"), newcomer("newcomer")], **second)
        self.auth = CognitoAuth.local(self.pool, clock=self.clock)
        mfa = CognitoAuth.local(self.mfa_pool, clock=self.clock)
        app = FastAPI(title="The shop")
        app.add_middleware(self.auth.session_middleware)
        app.include_router(self.auth.router, prefix="/auth")
        app.include_router(self.auth.session_router, prefix="/session")
        app.include_router(self.auth.account_router, prefix="/account")
        app.include_router(self.auth.pages_router, prefix="/pages")
        app.include_router(mfa.router, prefix="/mfa")
        self._add_routes(app)
        self.app: ASGIApp = app
        self.requests: list[tuple[str, str]] = []
        """The method and the path of each."""

    def _pool(self, users: Iterable[LocalUser], **options: Any) -> LocalUserPool:
        pool = LocalUserPool(users=users, clock=self.clock, **options)
        pool._plane.tokens.keys = signing_keys()
        return pool

    def _add_routes(self, app: FastAPI) -> None:
        Current = Annotated[User, Depends(self.auth.current_user)]  # noqa: N806

        @app.get("/blank")
        async def blank() -> HTMLResponse:
            return HTMLResponse("<title>A page</title><link rel=icon href=data:,><main id=app></main>")

        @app.get("/me")
        async def me(user: Current) -> str:
            return user.username

        @app.post("/orders")
        async def order(user: Current, request: Request) -> str:
            return f"{user.username}: {(await request.body()).decode()}"

        @app.get("/orders")
        async def orders(user: Current) -> str:
            return f"the orders of {user.username}"

        @app.delete("/orders", dependencies=[Depends(self.auth.require_fresh(max_age=60))])
        async def delete_orders() -> str:
            return "the orders are gone"

        @app.post("/transfer", dependencies=[Depends(self.auth.require_fresh(max_age=60))])
        async def transfer(user: Current) -> str:
            return user.username

        @app.get("/leave")
        async def leave(to: str) -> RedirectResponse:
            return RedirectResponse(to, 307)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            self.requests.append((scope["method"], scope["path"]))
        await self.app(scope, receive, send)

    def count(self, path: str) -> int:
        return sum(asked == path for _, asked in self.requests)

    def code(self, username: str, pool: LocalUserPool | None = None) -> str:
        return (pool or self.pool).outbox.latest(username).code

    def totp(self, secret: str) -> str:
        return totp(secret, self.clock.now)


class Elsewhere:
    """Another origin, which would like to have a token, and says to browsers that it may."""

    def __init__(self) -> None:
        app = FastAPI()
        self.heard: list[dict[str, str]] = []

        @app.get("/take")
        async def take(request: Request) -> str:
            self.heard.append(dict(request.headers))
            return "thanks"

        app.add_middleware(
            CORSMiddleware,
            allow_origin_regex=".*",
            allow_headers=["Authorization"],
            allow_credentials=True,
        )
        self.app = app


class Tab:
    """A page that imports the client from where the pages serve it."""

    def __init__(self, page: Any, address: str) -> None:
        self.page = page
        self.address = address
        page.goto(f"{address}/blank")

    def run(self, script: str, **given: Any) -> Any:
        """Run a script that knows the client by the names of its exports, and what is given by its name."""
        return self.page.evaluate(
            f"""async (given) => {{
              const {{ SessionClient, BearerClient, AuthError, createPasskey, usePasskey, CHALLENGES }} =
                await import("{CLIENT}");
              const {{ {", ".join(given)} }} = given;
              const refused = (promise) => promise.then(
                () => "it was not refused",
                (error) => ({{ name: error.name, code: error.code, status: error.status }}),
              );
              {script}
            }}""",
            given,
        )
