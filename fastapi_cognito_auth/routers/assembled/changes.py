"""What all changes of administrators go through, whichever router they come by."""

from collections.abc import Callable, Collection

from fastapi_cognito_auth.routers.admin_changes import Changes
from fastapi_cognito_auth.routers.admin_events import log_event
from fastapi_cognito_auth.routers.admin_superiors import Superiors
from fastapi_cognito_auth.routers.assembled.parts import Parts


def changes_of(parts: Parts, superiors: Collection[str], clock: Callable[[], float]) -> Changes:
    """Make what changes go through.

    Args:
        parts: what all routers share.
        superiors: the groups whose members only their like may change.
        clock: seconds since the epoch.
    """
    return Changes(
        parts.pool.users,
        parts.ending,
        log_event,
        Superiors(superiors, parts.pool.groups),
        trusted_proxies=parts.trusted_proxies,
        clock=clock,
    )
