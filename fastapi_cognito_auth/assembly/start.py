"""What happens when an app starts: mistakes are looked for, and what requests will need is fetched."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Iterable
from contextlib import asynccontextmanager
from typing import Any, Final

from starlette.applications import Starlette

from fastapi_cognito_auth.dependencies.dead_ends import refuse_dead_ends
from fastapi_cognito_auth.dependencies.forgotten import refuse_forgotten
from fastapi_cognito_auth.dependencies.locked_out import refuse_locked_out
from fastapi_cognito_auth.dependencies.principals import Principals
from fastapi_cognito_auth.dependencies.served import apps_within
from fastapi_cognito_auth.dependencies.unreachable import refuse_unreachable
from fastapi_cognito_auth.exceptions import ConfigurationError

_ANOTHERS: Final = "; the one that was added is another CognitoAuth's, and each writes its own"
_LONGEST_WAIT: Final = 0.5
"""Seconds for which the start of an app waits for other servers."""


def refuse_mistakes(
    app: Any,
    principals: Principals,
    own: Collection[Any],
    makers: Collection[Callable[..., Any]],
    middleware: Callable[..., Any],
    *,
    middleware_built: bool,
) -> None:
    """Look at the routes, the middleware and the exception handlers of an app.

    Args:
        app: anything with `routes`; what is none of FastAPI is passed over.
        principals: of the pool.
        own: endpoints by which users of the pool sign in.
        makers: make redirects to sign in, and pages for who is refused.
        middleware: makes the middleware of cookie sessions.
        middleware_built: whether it has.

    Raises:
        ConfigurationError: as `CognitoAuth.lifespan` says.
    """
    refuse_forgotten(app)
    refuse_unreachable(app)
    refuse_locked_out(app, principals, own)
    refuse_dead_ends(app, makers)
    if principals.session is not None and not middleware_built:
        # An app that is mounted in another has its own, which is made with its first request.
        apps = [each for each in apps_within(app) if isinstance(each, Starlette)]
        added = [each.cls for inner in apps for each in inner.user_middleware]
        if middleware in added:
            return
        from fastapi_cognito_auth.dependencies.session_middleware import MISSING  # noqa: PLC0415 - as the pool

        kind = getattr(middleware, "__func__", middleware)
        anothers = any(getattr(each, "__func__", None) is kind for each in added)
        raise ConfigurationError(MISSING + (_ANOTHERS if anothers else ""))


@asynccontextmanager
async def warmed_up(
    work: Iterable[Coroutine[Any, Any, None]], beside: Iterable[Coroutine[Any, Any, None]] = ()
) -> AsyncIterator[None]:
    """Do what is worth doing before the first request; what takes longer than a moment goes on beside them.

    Args:
        work: to be done at the same time.
        beside: what goes on as long as the app runs, and nobody waits for.
    """
    tasks = [asyncio.ensure_future(each) for each in work]
    try:
        done, _ = await asyncio.wait(tasks, timeout=_LONGEST_WAIT)
        for task in done:
            task.result()
        tasks += [asyncio.ensure_future(each) for each in beside]
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
