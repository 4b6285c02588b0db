"""An app with pages on a local pool of its own, for one state of one page."""

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import Depends, FastAPI, Request
from starlette.responses import RedirectResponse, Response

from fastapi_cognito_auth import CognitoAuth
from fastapi_cognito_auth.local import LocalUserPool, ServiceError
from fastapi_cognito_auth.pages import Look
from fastapi_cognito_auth.settings import CognitoSettings, LocalSettings


class Clock:
    """A clock that can be put forward.

    Args:
        start: seconds since the epoch, as they are without that.
    """

    def __init__(self, start: Callable[[], float]) -> None:
        self._start = start
        self._ahead = 0.0

    def __call__(self) -> float:
        """Return seconds since the epoch."""
        return self._start() + self._ahead

    def advance(self, seconds: float) -> None:
        """Put it forward."""
        self._ahead += seconds


class Pool(LocalUserPool):
    """A local pool that can be out of order."""

    fault: ServiceError | None = None
    """What every operation answers instead, if anything."""

    def call(self, operation: str, params: dict[str, Any]) -> dict[str, Any]:
        """Carry an operation out."""
        if self.fault is not None:
            raise self.fault
        return super().call(operation, params)


class Place:
    """An app with pages on a local pool of its own.

    Args:
        look: of the pages.
        options: of the pool.
        now: seconds since the epoch.
    """

    def __init__(self, look: Look, options: Mapping[str, Any], now: Callable[[], float]) -> None:
        self.clock: Clock = Clock(now)
        self.pool: Pool = Pool(clock=self.clock, **options)
        settings = _as_they_come()
        if not any("admins" in user.groups for user in options.get("users", ())):
            # There is nobody who would see it, and half of all endpoints are of administration.
            settings["admin_groups"] = ()
        self.auth: CognitoAuth = CognitoAuth.local(self.pool, clock=self.clock, settings=settings)
        self.app: FastAPI = FastAPI(title="The shop")
        self.app.add_middleware(self.auth.session_middleware)
        self.app.include_router(self.auth.pages(look), prefix="/account")
        self.app.add_exception_handler(403, self.auth.refusal_page())
        if options.get("identity_providers"):
            self.app.include_router(self.auth.managed_login_router, prefix="/login")

        staff = Depends(self.auth.require_groups("staff"))

        @self.app.get("/account/of-the-app", include_in_schema=False, dependencies=[staff])
        async def office() -> None:
            """Be a page of the app itself, which nobody here may see."""

        @self.app.get("/", include_in_schema=False)
        async def home(request: Request) -> Response:
            """Lead from where a sign-in ends to the page that says whose it was."""
            return RedirectResponse(f"{request.scope.get('root_path', '')}/account/sign-in", 303)


def _as_they_come() -> LocalSettings:
    """Return the settings as they are where nobody has chosen any.

    The environment may be that of an app in use: its list of revocations, the origins that it trusts and
    the groups of its administrators are none of the gallery's.
    """
    fields = CognitoSettings.model_fields
    settings: Any = {
        name: fields[name].get_default(call_default_factory=True) for name in LocalSettings.__annotations__
    }
    chosen: LocalSettings = settings
    return chosen
