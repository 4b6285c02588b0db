"""Point-in-time recovery: users' data as it was, of which the pool keeps what changes.

https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_InitiatePointInTimeRecovery.html
"""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from fastapi_cognito_auth.local import feature_plans, past
from fastapi_cognito_auth.local.errors import ServiceError, invalid_parameter, not_found
from fastapi_cognito_auth.local.operations.steps import Result
from fastapi_cognito_auth.local.paging import page
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.pools import Pools
from fastapi_cognito_auth.local.recoveries import GENERATED, Recovery

_DAY: Final = 86_400
_LATEST: Final = 15 * 60
_DAYS: Final = {"ESSENTIALS": 1, "PLUS": 14}
_PAGE: Final = 60
_EXPIRED: Final = "PREVIEW_EXPIRED"


def _check_plan(plane: Plane) -> None:
    feature_plans.check(plane.directory.config, "ESSENTIALS", "Point-in-time recovery")


def _seconds(given: float | str) -> float:
    try:
        if not isinstance(given, str):
            return datetime.fromtimestamp(given, UTC).timestamp()
        moment = datetime.fromisoformat(given)
        return moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()
    except (ValueError, OverflowError, OSError):
        raise invalid_parameter("RestoreTimestamp is no moment") from None


def _initiate(pools: Pools, params: dict[str, Any]) -> Result:
    plane = pools.get(params["UserPoolId"])
    _check_plan(plane)
    now, restore_at = plane.clock(), _seconds(params["RestoreTimestamp"])
    _check_moment(plane, restore_at, now)
    _check_number(pools, plane, now)
    recovery = Recovery(
        id=str(uuid.uuid4()),
        restore_at=restore_at,
        trigger_at=now,
        preview=past.preview(plane, plane.history.before(restore_at)),
    )
    plane.directory.recoveries[recovery.id] = recovery
    return _answer(recovery)


def _check_moment(plane: Plane, restore_at: float, now: float) -> None:
    days = _DAYS[plane.directory.config.get("UserPoolTier", "ESSENTIALS")]
    if restore_at > now - _LATEST:
        raise invalid_parameter("RestoreTimestamp must be at least 15 minutes in the past")
    if restore_at < now - days * _DAY:
        msg = f"RestoreTimestamp must be within the recovery period of {days} days"
        raise invalid_parameter(msg)
    if restore_at < plane.history.since:
        raise invalid_parameter("RestoreTimestamp is earlier than the creation of the user pool")


def _check_number(pools: Pools, plane: Plane, now: float) -> None:
    of_all = [known for each in pools for known in each.directory.recoveries.values()]
    of_this = [*plane.directory.recoveries.values()]
    if any(known.is_active(now) for known in of_this):
        msg = "The user pool has an active point-in-time recovery"
        raise ServiceError("ConcurrentModificationException", msg)

    def since(known: list[Recovery], days: int) -> int:
        return sum(each.trigger_at > now - days * _DAY for each in known)

    limits = (
        sum(known.is_active(now) for known in of_all) < 5,
        since(of_this, 1) < 3,
        since(of_all, 1) < 10,
        since(of_this, 30) < 10,
        all(known.completed_at is None or known.completed_at <= now - _DAY for known in of_this),
    )
    if not all(limits):
        raise ServiceError("LimitExceededException", "Too many point-in-time recoveries")


def _answer(recovery: Recovery) -> Result:
    return {"Restoration": recovery.describe()}


def _refreshed(plane: Plane, recovery: Recovery) -> Recovery:
    """Return a recovery as it is now: nobody has applied it for a day."""
    if recovery.status == GENERATED and not recovery.is_active(plane.clock()):
        recovery.status = _EXPIRED
    return recovery


def _own(plane: Plane, params: Mapping[str, Any]) -> Recovery:
    _check_plan(plane)
    recovery = plane.directory.recoveries.get(params["RestoreId"])
    if recovery is None:
        raise not_found("Point-in-time recovery does not exist.")
    return _refreshed(plane, recovery)


def _active(plane: Plane, params: Mapping[str, Any]) -> Recovery:
    recovery = _own(plane, params)
    if recovery.status != GENERATED:
        msg = f"The status of the point-in-time recovery is {recovery.status}"
        raise invalid_parameter(msg)
    return recovery


def _start(plane: Plane, params: dict[str, Any]) -> Result:
    recovery = _active(plane, params)
    recovery.status, recovery.completed_at = "RESTORE_COMPLETED", plane.clock()
    past.put_back(plane, plane.history.before(recovery.restore_at))
    return _answer(recovery)


def _cancel(plane: Plane, params: dict[str, Any]) -> Result:
    recovery = _active(plane, params)
    recovery.status = "PREVIEW_CANCELLED"
    return _answer(recovery)


def _describe(plane: Plane, params: dict[str, Any]) -> Result:
    return _answer(_own(plane, params))


def _list(plane: Plane, params: dict[str, Any]) -> Result:
    _check_plan(plane)
    shown, following = page(
        [*plane.directory.recoveries.values()][::-1],
        of="recoveries",
        limit=params.get("MaxResults") or _PAGE,
        token=params.get("NextToken"),
    )
    listed = [_refreshed(plane, recovery).summary() for recovery in shown]
    return {"Restorations": listed} | ({"NextToken": following} if following else {})


OPERATIONS: Final = {
    "StartPointInTimeRecovery": _start,
    "CancelPointInTimeRecovery": _cancel,
    "DescribePointInTimeRecovery": _describe,
    "ListPointInTimeRecoveries": _list,
}
OF_ALL_POOLS: Final = {"InitiatePointInTimeRecovery": _initiate}

PAUSED: Final = frozenset(
    {
        "AdminAddUserToGroup", "AdminConfirmSignUp", "AdminCreateUser", "AdminDeleteSoftwareToken",
        "AdminDeleteUser", "AdminDeleteUserAttributes", "AdminDisableProviderForUser", "AdminDisableUser",
        "AdminEnableUser", "AdminLinkProviderForUser", "AdminRemoveUserFromGroup", "AdminResetUserPassword",
        "AdminSetUserMFAPreference", "AdminSetUserPassword", "AdminSetUserSettings",
        "AdminUpdateUserAttributes", "AssociateSoftwareToken", "ChangePassword",
        "CompleteWebAuthnRegistration", "ConfirmForgotPassword", "ConfirmSignUp", "CreateGroup",
        "CreateUserImportJob", "DeleteGroup", "DeleteUser", "DeleteUserAttributes",
        "DeleteWebAuthnCredential", "SetUserMFAPreference", "SetUserSettings", "SignUp",
        "StartUserImportJob", "UpdateGroup", "UpdateUserAttributes", "VerifySoftwareToken",
        "VerifyUserAttribute",
    }
)  # fmt: skip
"""Operations that write users' data, which has to stay as a preview shows it."""
