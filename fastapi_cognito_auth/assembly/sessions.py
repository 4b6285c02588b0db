"""The parts of cookie sessions, as the settings want them.

Apps without cookie sessions need not wait for these modules.
"""

from collections.abc import Callable

from fastapi_cognito_auth.cookie_sessions.box import Box
from fastapi_cognito_auth.cookie_sessions.in_cookies import CookieStore
from fastapi_cognito_auth.cookie_sessions.in_redis import RedisSessionStore
from fastapi_cognito_auth.cookie_sessions.protocol import SessionStore
from fastapi_cognito_auth.cookie_sessions.refreshing import Refresh, Revoke
from fastapi_cognito_auth.cookie_sessions.sessions import CookieSessions
from fastapi_cognito_auth.dependencies.browser_session import BrowserSession
from fastapi_cognito_auth.dependencies.cross_site import SameOrigin
from fastapi_cognito_auth.dependencies.session_cookies import LONGEST_TICKET, SessionCookies
from fastapi_cognito_auth.exceptions import ConfigurationError
from fastapi_cognito_auth.redis_connections import RedisConnections
from fastapi_cognito_auth.settings.settings import MISSING_SECRET_KEY, CognitoSettings


def session_box(settings: CognitoSettings) -> Box:
    """Return what encrypts what browsers keep.

    Raises:
        ConfigurationError: `COGNITO_SECRET_KEY` is missing.
    """
    if not settings.secret_key:
        raise ConfigurationError(MISSING_SECRET_KEY)
    return Box([key.get_secret_value() for key in settings.secret_key])


def browser_session(
    settings: CognitoSettings,
    refresh: Refresh,
    revoke: Revoke,
    clock: Callable[[], float],
) -> BrowserSession:
    """Return what keeps browsers signed in.

    Args:
        settings: say where, and for how long.
        refresh: gets new tokens.
        revoke: ends a refresh token.
        clock: seconds since the epoch.

    Raises:
        ConfigurationError: `COGNITO_SECRET_KEY` is missing, or two kinds of cookies have one name.
    """
    box = session_box(settings)
    cookies = SessionCookies(settings.session_cookie, settings.session_same_site, settings.trusted_origins)
    if settings.access_token_cookie is not None and cookies.has(settings.access_token_cookie):
        raise ConfigurationError(
            "COGNITO_ACCESS_TOKEN_COOKIE is the name of a cookie of the app's own sessions:"
            " COGNITO_SESSION_COOKIE gives those another"
        )
    store: SessionStore = CookieStore(box, most=LONGEST_TICKET)
    if settings.session_store == "redis" and settings.redis_url is not None:
        connections = RedisConnections(
            settings.redis_url.get_secret_value(),
            timeout=settings.redis_timeout,
            setting="COGNITO_SESSION_STORE=redis",
        )
        store = RedisSessionStore(connections, box, prefix=settings.redis_key_prefix, clock=clock)
    return BrowserSession(
        CookieSessions(
            store,
            refresh,
            revoke,
            max_age=settings.session_max_age,
            idle_timeout=settings.session_idle_timeout,
            clock=clock,
        ),
        cookies,
        SameOrigin(settings.trusted_origins),
        clock=clock,
        clear_site_data=settings.session_clear_site_data,
    )
