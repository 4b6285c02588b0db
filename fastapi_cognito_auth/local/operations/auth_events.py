"""What threat protection has kept of a user, and what the user or an administrator says of it."""

import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from fastapi_cognito_auth.local.errors import not_authorized, not_found
from fastapi_cognito_auth.local.operations.admin_users import user_of
from fastapi_cognito_auth.local.operations.steps import Result
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.threat_protection import check_add_on, digest

_MOST: Final = 60
_INVALID: Final = "Invalid feedback token"


def _token(event: Mapping[str, Any]) -> str:
    moment = datetime.fromtimestamp(event["CreationDate"], UTC).isoformat(timespec="milliseconds")
    return f"{event['EventId']}#{moment.removesuffix('+00:00')}Z"


def _list(plane: Plane, params: dict[str, Any]) -> Result:
    """Return the newest first; a token that is not known begins anew."""
    check_add_on(plane.directory.config)
    held = plane.directory.auth_histories.get(user_of(plane, params).sub)
    events = () if held is None else held.events
    after = params.get("NextToken", "").partition("#")[0]
    start = next((place for place, event in enumerate(events, 1) if event["EventId"] == after), 0)
    end = start + (params.get("MaxResults") or _MOST)
    following = {"NextToken": _token(events[end - 1])} if end < len(events) else {}
    return {"AuthEvents": [dict(event) for event in events[start:end]], **following}


def _feedback(plane: Plane, value: str, provider: str) -> dict[str, Any]:
    return {"FeedbackValue": value, "Provider": provider, "FeedbackDate": plane.clock()}


def _admin_feedback(plane: Plane, params: dict[str, Any]) -> Result:
    check_add_on(plane.directory.config)
    held = plane.directory.auth_histories.get(user_of(plane, params).sub)
    if held is None or held.find(params["EventId"]) is None:
        raise not_found("Event does not exist.")
    held.change(params["EventId"], EventFeedback=_feedback(plane, params["FeedbackValue"], "Admin"))
    return {}


def _user_feedback(plane: Plane, params: dict[str, Any]) -> Result:
    """Take what a user says, once, with the token of the message that asked."""
    check_add_on(plane.directory.config)
    # No answer may show who exists.
    user = plane.directory.find(params["Username"])
    held = None if user is None else plane.directory.auth_histories.get(user.sub)
    event_id, given = params["EventId"], digest(params["FeedbackToken"])
    known = "" if held is None else held.tokens.get(event_id, "")
    if not hmac.compare_digest(known, given) or held is None:
        raise not_authorized(_INVALID)
    held.tokens = {event: token for event, token in held.tokens.items() if event != event_id}
    held.change(event_id, EventFeedback=_feedback(plane, params["FeedbackValue"], "User"))
    return {}


OPERATIONS: Final = {
    "AdminListUserAuthEvents": _list,
    "AdminUpdateAuthEventFeedback": _admin_feedback,
    "UpdateAuthEventFeedback": _user_feedback,
}
