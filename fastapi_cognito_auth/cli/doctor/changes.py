"""The commands that mend what was found and keep the rest: an update puts back what it leaves out."""

import json
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from fastapi_cognito_auth.cli.doctor.facts import Facts, Update
from fastapi_cognito_auth.cli.doctor.verdicts import Check, Verdict, asked
from fastapi_cognito_auth.cognito.api_shapes import from_api, to_api
from fastapi_cognito_auth.cognito.merged import as_update, with_changes

OPERATIONS: Final[Mapping[Update, str]] = {
    "client": "UpdateUserPoolClient",
    "pool": "UpdateUserPool",
    "mfa": "SetUserPoolMfaConfig",
}
_COMMANDS: Final[Mapping[Update, str]] = {
    # First: an update of the pool says whether there are second factors, which need a method then.
    "mfa": "set-user-pool-mfa-config",
    "pool": "update-user-pool",
    "client": "update-user-pool-client",
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


@dataclass(frozen=True)
class Command:
    """A command of the AWS CLI, and the ids of the checks whose findings it mends."""

    mends: tuple[str, ...]
    command: str


@dataclass(frozen=True)
class Mended:
    """What would be, once everything were mended that an update mends."""

    facts: Facts
    mends: Mapping[Update, tuple[str, ...]]
    """The ids of the checks whose findings each update mends."""


def mended(facts: Facts, checks: Iterable[Check]) -> Mended:
    """Mend one finding after the other, as if each had been done before the next was looked for.

    Two updates of one resource, each made from what there is now, would undo each other.

    Args:
        facts: what was seen.
        checks: whose findings are mended.
    """
    mends: dict[Update, tuple[str, ...]] = {}
    left = list(checks)
    while True:
        for check in left:
            verdict = asked(check, facts)
            if verdict is not None and verdict.update is not None and facts.has(verdict.update):
                break
        else:
            return Mended(facts, mends)
        # Once: a check that is never content must not go on for ever.
        left.remove(check)
        facts = facts.changed(verdict.update, verdict.change)
        mends[verdict.update] = (*mends.get(verdict.update, ()), check.id)


def commands_of(
    verdicts: Iterable[tuple[str, Verdict]], after: Mended, shapes: Mapping[Update, Any]
) -> list[Command]:
    """Return the commands of the AWS CLI that mend what was found: one for each resource.

    Args:
        verdicts: what was found, by the ids of the checks.
        after: what the updates are to lead to.
        shapes: botocore's, of what each update takes.
    """
    settings = after.facts.settings
    endpoint = [] if settings.endpoint_url is None else ["--endpoint-url", settings.endpoint_url]
    place = shlex.join(["--region", settings.region, *endpoint])
    commands = [
        Command(
            after.mends[update], f"aws cognito-idp {name} {place} {_input(update, after, shapes[update])}"
        )
        for update, name in _COMMANDS.items()
        if update in after.mends
    ]
    others = [
        Command((check_id,), f"{verdict.command} {place}")
        for check_id, verdict in verdicts
        if verdict.command is not None
    ]
    return [*commands, *others]


def _input(update: Update, after: Mended, shape: Any) -> str:
    settings = after.facts.settings
    ids = {"UserPoolId": settings.user_pool_id}
    if update == "client":
        ids["ClientId"] = settings.client_id
    body = whole_update(update, after.facts.look(update), {}, shape) | ids
    return f"--cli-input-json {shlex.quote(json.dumps(body, default=str, sort_keys=True))}"
