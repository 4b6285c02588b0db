"""The command that mends one thing and keeps the rest: an update puts back what it leaves out."""

import json
import shlex
from collections.abc import Mapping
from typing import Any, Final

from fastapi_cognito_auth.cli.doctor.verdicts import Update, Verdict
from fastapi_cognito_auth.cognito.api_shapes import from_api, to_api
from fastapi_cognito_auth.cognito.merged import as_update, with_changes
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


def whole_update(
    update: Update, described: Mapping[str, Any], change: Mapping[str, Any], shape: Any
) -> dict[str, Any]:
    """Return what an update has to say so that it changes one thing alone.

    Args:
        update: which.
        described: what there is, as the service describes it.
        change: members that are to be other.
        shape: botocore's, of what the operation takes.
    """
    named = {**described, "PoolName": described.get("Name")} if update == "pool" else described
    there = from_api(shape, {name: value for name, value in named.items() if value is not None})
    wanted = with_changes(OPERATIONS[update], shape, as_update(shape, there, {}), from_api(shape, change))
    update_of_all: dict[str, Any] = to_api(OPERATIONS[update], shape, wanted)
    return update_of_all


def command_of(
    verdict: Verdict,
    settings: CognitoSettings,
    described: Mapping[Update, Mapping[str, Any] | None],
    shapes: Mapping[Update, Any],
) -> str | None:
    """Return the command of the AWS CLI that mends what a verdict is about, if one does.

    Args:
        verdict: what is wrong.
        settings: of the app.
        described: what there is.
        shapes: botocore's, of what each update takes.
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
    body = whole_update(verdict.update, there, verdict.change, shapes[verdict.update]) | ids
    written = json.dumps(body, default=str, sort_keys=True)
    return f"aws cognito-idp {_COMMANDS[verdict.update]} {place} --cli-input-json {shlex.quote(written)}"
