"""The domain of a local pool as managed login of the same app uses it."""

from collections.abc import Callable

import httpx2

from fastapi_cognito_auth.cognito.managed_login import ManagedLogin
from fastapi_cognito_auth.local.pool import LocalUserPool

DOMAIN_PATH = "/domain"
"""Where the pages are, under the router of managed login."""


def app_pages(pool: LocalUserPool) -> Callable[[str, str, str], ManagedLogin]:
    """Return what finds the pages by the addresses of the start, of the callback and of the app.

    It lets the app itself be sent browsers.

    Browsers see the pages under the router; the app asks without leaving the process.
    """
    transport = httpx2.ASGITransport(app=pool.domain_app)

    def pages(start: str, callback: str, app: str) -> ManagedLogin:
        pool.let_app_in(callback, app, named_by_browser=True)
        return ManagedLogin(
            f"{start}{DOMAIN_PATH}",
            client_id=pool.client_id,
            client_secret=pool.client_secret,
            back_channel="http://local",
            transport=transport,
        )

    return pages
