"""Redirects to sign in that lead nowhere, and exception handlers that nobody has made."""

import logging
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from types import MethodType
from typing import Any, Final

from starlette.applications import Starlette
from starlette.routing import Match

from fastapi_cognito_auth.dependencies.served import apps_within, served_by
from fastapi_cognito_auth.dependencies.sign_in_redirect import SignInRedirect
from fastapi_cognito_auth.exceptions import ConfigurationError

logger: logging.Logger = logging.getLogger("fastapi_cognito_auth")

NOT_CALLED: Final[Mapping[str, str]] = {
    "sign_in_redirect": (
        "sign_in_redirect is called with the path of the page where one signs in:"
        ' app.add_exception_handler(401, auth.sign_in_redirect("/login"))'
    ),
    "refusal_page": "refusal_page is called: app.add_exception_handler(403, auth.refusal_page())",
}
"""What to say of an exception handler that is the method which makes it, by its name."""


_MISTYPED: Final = 0.8
"""How alike two paths are of which one may be meant by the other, as `difflib` has it."""


def refuse_dead_ends(app: Any, makers: Collection[Callable[..., Any]]) -> None:
    """Look at the exception handlers of an app, and of those that are mounted in it.

    A page that does not exist is a warning in the log: what stands before the app may serve it.

    Args:
        app: anything with `routes`; what has no exception handlers is passed over.
        makers: the methods that make redirects and pages.

    Raises:
        ConfigurationError: one stands for what it makes.
    """
    made_by = [getattr(maker, "__func__", maker) for maker in makers]
    apps = [each for each in apps_within(app) if isinstance(each, Starlette)]
    for handler in [handler for each in apps for handler in each.exception_handlers.values()]:
        # By their types: what an app has put there may be anything.
        if type(handler) is MethodType and handler.__func__ in made_by:
            raise ConfigurationError(NOT_CALLED[handler.__name__])
        # Browsers go by the paths of the outermost.
        if issubclass(type(handler), SignInRedirect) and not _answers(apps[0], handler.path):
            logger.warning(
                "sign_in_redirect sends browsers to %s, and no route of the app answers there: %s",
                handler.path or "/",
                _instead(apps[0], handler.path),
            )


def _answers(app: Starlette, path: str) -> bool:
    # Routes that lack a slash, or have one too many, send browsers on.
    return any(_may_answer(route, each) for route in app.routes for each in (path, f"{path}/"))


def _instead(app: Starlette, path: str) -> str:
    """Return what to write, by the pages that there are."""
    from difflib import get_close_matches  # noqa: PLC0415 - for mistakes alone

    pages = [each.path for each in served_by(app) if "GET" in each.methods and "{" not in each.path]
    meant = [page for page in pages if page == f"{path.removesuffix('/')}/sign-in"]
    for page in (*meant, *get_close_matches(path, pages, n=1, cutoff=_MISTYPED)):
        return f'write sign_in_redirect("{page}")'
    # Nobody else's router has a page of that name.
    router = "pages_router" if path.endswith("/sign-in") else "managed_login_router"
    prefix = path.removesuffix("/sign-in")
    where = f', prefix="{prefix}"' if prefix else ""
    return f"write app.include_router(auth.{router}{where}), or have a page there"


def _may_answer(route: Any, path: str) -> bool:
    scope = {"type": "http", "method": "GET", "path": path, "root_path": "", "headers": []}
    with suppress(Exception):  # of an app's own kind of route, which may want more of a request
        # Which host there will be, nobody knows yet.
        return hasattr(route, "host") or bool(route.matches(scope)[0] is Match.FULL)
    return True
