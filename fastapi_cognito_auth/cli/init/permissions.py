"""What an app has to be allowed to call. What needs no AWS credentials is not here: nobody is asked for it.

A test compares this with every operation that the code names and that the API wants signed.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from fastapi_cognito_auth.cli.doctor.looking import OPERATIONS as LOOKED_AT
from fastapi_cognito_auth.cli.init.choice import Feature
from fastapi_cognito_auth.cognito.pool_operations import POOL_OPERATIONS

_OF_ADMINISTRATION: Final = frozenset(
    {
        "AdminAddUserToGroup",
        "AdminConfirmSignUp",
        "AdminCreateUser",
        "AdminDeleteSoftwareToken",
        "AdminDeleteUser",
        "AdminDeleteUserAttributes",
        "AdminDisableProviderForUser",
        "AdminDisableUser",
        "AdminEnableUser",
        "AdminForgetDevice",
        "AdminGetDevice",
        "AdminGetUser",
        "AdminGetUserAuthFactors",
        "AdminLinkProviderForUser",
        "AdminListDevices",
        "AdminListGroupsForUser",
        "AdminListUserAuthEvents",
        "AdminListUserSessions",
        "AdminRemoveUserFromGroup",
        "AdminResetUserPassword",
        "AdminRevokeUserSession",
        "AdminSetUserMFAPreference",
        "AdminSetUserPassword",
        "AdminSetUserSettings",
        "AdminUpdateAuthEventFeedback",
        "AdminUpdateDeviceStatus",
        "AdminUpdateUserAttributes",
        "AdminUserGlobalSignOut",
        "CreateGroup",
        "DeleteGroup",
        "DescribeUserPool",
        "GetGroup",
        "ListGroups",
        "ListUsers",
        "ListUsersInGroup",
        "UpdateGroup",
    }
)

_OF_PAGES: Final = frozenset({"DescribeUserPool", "DescribeUserPoolClient", "GetUserPoolMfaConfig"})
"""Those of administration call what administration does, too."""

_OF_IMPORT_JOBS: Final = frozenset(
    {
        "CreateUserImportJob",
        "DescribeUserImportJob",
        "DescribeUserPool",
        "GetCSVHeader",
        "ListUserImportJobs",
        "StartUserImportJob",
        "StopUserImportJob",
    }
)

OPERATIONS: Final[Mapping[Feature, frozenset[str]]] = {
    Feature.PAGES: _OF_PAGES,
    Feature.ADMINISTRATION: _OF_ADMINISTRATION,
    Feature.USER_IMPORT: _OF_IMPORT_JOBS,
    # Before anything else it is asked who administers the pool still.
    Feature.POOL_CONFIGURATION: frozenset(POOL_OPERATIONS) | {"AdminListGroupsForUser"},
    Feature.DOCTOR: LOOKED_AT,
}
"""What the parts of an app call that need AWS credentials; the others need none."""

WITH_THE_ADMIN_FLOW: Final = frozenset({"AdminInitiateAuth", "AdminRespondToAuthChallenge"})
"""What `COGNITO_AUTH_FLOW=ADMIN_USER_PASSWORD_AUTH` calls beside, which nothing here sets up."""

_OF_NO_POOL: Final = frozenset(
    {
        "CreateUserPool",
        "DescribeUserPoolDomain",
        "GetProvisionedLimit",
        "ListUserPools",
        "UpdateProvisionedLimit",
    }
)
"""Operations that IAM allows for all pools or for none."""


def operations_of(features: Iterable[Feature]) -> frozenset[str]:
    """Return what these features call."""
    return frozenset().union(*(OPERATIONS.get(feature, frozenset()) for feature in features))


def statements(operations: Iterable[str], pool: Any) -> list[dict[str, Any]]:
    """Return the statements of an IAM policy.

    Args:
        operations: at least one.
        pool: the ARN of the user pool, or what stands for it.
    """
    wanted = frozenset(operations)
    places = ((wanted - _OF_NO_POOL, pool), (wanted & _OF_NO_POOL, "*"))
    return [
        {"Effect": "Allow", "Action": [f"cognito-idp:{name}" for name in sorted(named)], "Resource": resource}
        for named, resource in places
        if named
    ]
