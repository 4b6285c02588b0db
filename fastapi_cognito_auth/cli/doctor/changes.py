"""The command that mends one thing and keeps the rest: an update puts back what it leaves out."""

import json
import shlex
from collections.abc import Collection, Mapping
from typing import Any, Final

from fastapi_cognito_auth.cli.doctor.verdicts import Update, Verdict
from fastapi_cognito_auth.settings.settings import CognitoSettings

OPERATIONS: Final[Mapping[Update, str]] = {
    "client": "UpdateUserPoolClient",
    "pool": "UpdateUserPool",
    "mfa": "SetUserPoolMfaConfig",
}
_COMMANDS: Final[Mapping[Update, str]] = {
    "client": "update-user-pool-client",
    "pool": "update-user-pool",
    "mfa": "set-user-pool-mfa-config",
}
_OLD_TEXTS: Final = ("SmsVerificationMessage", "EmailVerificationMessage", "EmailVerificationSubject")
"""What VerificationMessageTemplate says too; together they are refused where they differ."""


def whole_update(
    update: Update, described: Mapping[str, Any], change: Mapping[str, Any], members: Collection[str]
) -> dict[str, Any]:
    """Return what an update has to say so that it changes one thing alone.

    Args:
        update: which.
        described: what there is, as the service describes it.
        change: members that are to be other.
        members: those that the operation takes.
    """
    kept = {name: value for name, value in described.items() if name in members and value is not None}
    if update == "pool":
        if "Name" in described and "PoolName" in members:
            kept["PoolName"] = described["Name"]
        if "VerificationMessageTemplate" in kept:
            kept = {name: value for name, value in kept.items() if name not in _OLD_TEXTS}
        if (admin := kept.get("AdminCreateUserConfig")) is not None:
            # The same as TemporaryPasswordValidityDays, and refused beside it.
            kept["AdminCreateUserConfig"] = {
                name: value for name, value in admin.items() if name != "UnusedAccountValidityDays"
            }
    return {**kept, **change}


def command_of(
    verdict: Verdict,
    settings: CognitoSettings,
    described: Mapping[Update, Mapping[str, Any] | None],
    members: Mapping[Update, Collection[str]],
) -> str | None:
    """Return the command of the AWS CLI that mends what a verdict is about, if one does.

    Args:
        verdict: what is wrong.
        settings: of the app.
        described: what there is.
        members: those that each update takes.
    """
    endpoint = [] if settings.endpoint_url is None else ["--endpoint-url", settings.endpoint_url]
    place = shlex.join(["--region", settings.region, *endpoint])
    if verdict.command is not None:
        return f"{verdict.command} {place}"
    there = described.get(verdict.update) if verdict.update is not None else None
    if verdict.update is None or there is None:
        return None
    ids = {"UserPoolId": settings.user_pool_id}
    if verdict.update == "client":
        ids["ClientId"] = settings.client_id
    body = whole_update(verdict.update, there, verdict.change, members[verdict.update]) | ids
    written = json.dumps(body, default=str, sort_keys=True)
    return f"aws cognito-idp {_COMMANDS[verdict.update]} {place} --cli-input-json {shlex.quote(written)}"
