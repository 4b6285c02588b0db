"""What threat protection is told to do about risks: kept, and of it what needs no rating is done."""

import ipaddress
from collections.abc import Mapping
from typing import Any, Final

from fastapi_cognito_auth.local.errors import invalid_parameter
from fastapi_cognito_auth.local.operations.steps import Result
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.threat_protection import WHOLE_POOL, RiskRecord, check_add_on

_APART: Final = frozenset({"UserPoolId", "ClientId"})


def _set(plane: Plane, params: dict[str, Any]) -> Result:
    """Keep a configuration; without any the defaults are back, or those of the pool for an app client."""
    check_add_on(plane.directory.config)
    key = _key(plane, params)
    settings = {name: value for name, value in params.items() if name not in _APART}
    _check_takeover(settings.get("AccountTakeoverRiskConfiguration") or {})
    _check_ranges(settings.get("RiskExceptionConfiguration") or {})
    now = plane.clock()
    if settings:
        plane.directory.risks[key] = RiskRecord(settings=settings, modified_at=now)
    else:
        plane.directory.risks.pop(key, None)
    return _answer(plane, params, settings, now)


def _get(plane: Plane, params: dict[str, Any]) -> Result:
    check_add_on(plane.directory.config)
    record = plane.directory.risks.get(_key(plane, params))
    if record is None:
        return _answer(plane, params, {}, None)
    return _answer(plane, params, record.settings, record.modified_at)


def _key(plane: Plane, params: Mapping[str, Any]) -> str:
    client_id: str = params.get("ClientId", WHOLE_POOL)
    return WHOLE_POOL if client_id == WHOLE_POOL else plane.directory.client_record(client_id).id


def _answer(
    plane: Plane, params: Mapping[str, Any], settings: Mapping[str, Any], modified_at: float | None
) -> Result:
    named = {name: value for name, value in params.items() if name == "ClientId"}
    dated = {} if modified_at is None else {"LastModifiedDate": modified_at}
    return {"RiskConfiguration": {"UserPoolId": plane.directory.pool_id, **named, **settings, **dated}}


def _check_takeover(takeover: Mapping[str, Any]) -> None:
    actions: Mapping[str, Any] = takeover.get("Actions") or {}
    if any(action["Notify"] for action in actions.values()) and "NotifyConfiguration" not in takeover:
        raise invalid_parameter("NotifyConfiguration is required where an action notifies")
    notify: Mapping[str, Any] = takeover.get("NotifyConfiguration") or {}
    for name in ("BlockEmail", "NoActionEmail", "MfaEmail"):
        template = notify.get(name)
        if template is not None and not {"HtmlBody", "TextBody"} & template.keys():
            msg = f"{name} needs an HtmlBody or a TextBody"
            raise invalid_parameter(msg)


def _check_ranges(exceptions: Mapping[str, Any]) -> None:
    for name in ("BlockedIPRangeList", "SkippedIPRangeList"):
        for block in exceptions.get(name) or ():
            try:
                ipaddress.ip_network(block, strict=False)
            except ValueError:
                msg = f"{name} holds what is no range of addresses in CIDR notation"
                raise invalid_parameter(msg) from None


OPERATIONS: Final = {"SetRiskConfiguration": _set, "DescribeRiskConfiguration": _get}
