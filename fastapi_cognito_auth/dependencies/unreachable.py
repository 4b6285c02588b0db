"""Routers of ours that hide each other: the first under a path answers, and it may do something else.

Under one prefix, the sign-in that hands out tokens could stand where that of the cookie sessions is meant.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from fastapi_cognito_auth.dependencies.served import Served, served_by
from fastapi_cognito_auth.exceptions import ConfigurationError

_OURS: Final = "fastapi_cognito_auth."
_PARAMETER: Final = re.compile(r"\{[^}]*\}")

_ROUTER_OF: Final[Mapping[str, str]] = {
    "sign_in": "router",
    "token_form": "router",
    "raw_auth": "router",
    "refresh_tokens": "router",
    "auth_events": "router",
    "cookie_session": "session_router",
    "user_cookie_sessions": "session_router",
    "managed_login": "managed_login_router",
    "account": "account_router",
    "attributes": "account_router",
    "mfa": "account_router",
    "passkeys": "account_router",
    "devices": "account_router",
    "sessions": "account_router",
    "admin_access": "admin_router",
    "admin_auth_events": "admin_router",
    "admin_devices": "admin_router",
    "admin_export": "admin_router",
    "admin_factors": "admin_router",
    "admin_groups": "admin_router",
    "admin_identities": "admin_router",
    "admin_imports": "admin_router",
    "admin_memberships": "admin_router",
    "admin_sessions": "admin_router",
    "admin_users": "admin_router",
    "pool": "pool_router",
    "wire": "wire_router",
    "metadata": "metadata_router",
}
"""The router of each module, unless it has endpoints in several."""

_CUSTOMARY: Final[Mapping[str, str]] = {
    "router": "/auth",
    "session_router": "/session",
    "managed_login_router": "/login",
    "account_router": "/account",
    "admin_router": "/admin",
    "pool_router": "/configuration",
}
"""The prefixes that the documentation uses."""

_ANSWERS_ALIKE: Final = "well_known"
"""The module of endpoints that answer the same, whichever router has them."""


def refuse_unreachable(app: Any) -> None:
    """Look for endpoints of ours that another one of ours hides.

    What an app puts in place of an endpoint itself is its own affair.

    Args:
        app: as for `served_by`.

    Raises:
        ConfigurationError: there is one. The message names the routers, and says what to write.
    """
    first: dict[tuple[str, str, str], Served] = {}
    hidden: dict[tuple[str | None, str | None], list[str]] = {}
    for served in served_by(app):
        module = _module(served)
        if not module.startswith(_OURS) or module.endswith(_ANSWERS_ALIKE):
            continue
        for method in served.methods:
            # Parameters match by their places, whatever their names.
            place = served.host, method, _PARAMETER.sub("{}", served.path)
            before = first.setdefault(place, served)
            if before.route.endpoint is not served.route.endpoint:
                hidden.setdefault((_router(before), _router(served)), []).append(f"{method} {served.path}")
    if hidden:
        # What tells the routers apart says enough: the rest goes with them.
        told = {pair: paths for pair, paths in hidden.items() if None not in pair} or hidden
        faults = [_fault(*pair, paths) for pair, paths in told.items()]
        raise ConfigurationError("; ".join([*faults, _instead(hidden)]))


def _module(served: Served) -> str:
    return getattr(served.route.endpoint, "__module__", None) or ""


def _router(served: Served) -> str | None:
    return _ROUTER_OF.get(_module(served).rpartition(".")[2])


def _fault(before: str | None, after: str | None, paths: list[str]) -> str:
    hidden = ", ".join(dict.fromkeys(paths))
    if before is None or after is None:
        return f"{hidden} can never be reached: another router was included there before"
    if before == after:
        return f"{hidden} of auth.{after} can never be reached: that of another CognitoAuth was before"
    return f"{hidden} of auth.{after} can never be reached: auth.{before} was included there before"


def _instead(pairs: Iterable[tuple[str | None, str | None]]) -> str:
    routers = dict.fromkeys(name for pair in pairs if pair[0] != pair[1] for name in pair if name is not None)
    written = [
        f'include_router(auth.{name}, prefix="{_CUSTOMARY[name]}")' for name in routers if name in _CUSTOMARY
    ]
    return "each router needs a prefix of its own" + (f": write {' and '.join(written)}" if written else "")
