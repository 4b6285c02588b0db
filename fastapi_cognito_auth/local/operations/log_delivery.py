"""Where a pool's logs go: kept and shown; nothing is sent from here."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi_cognito_auth.local import feature_plans
from fastapi_cognito_auth.local.errors import invalid_parameter
from fastapi_cognito_auth.local.operations.steps import Result
from fastapi_cognito_auth.local.plane import Plane

_CLOUDWATCH: Final = "CloudWatchLogsConfiguration"
_DESTINATIONS: Final = frozenset({_CLOUDWATCH, "FirehoseConfiguration", "S3Configuration"})
_LEVELS: Final = {"userNotification": "ERROR", "userAuthEvents": "INFO"}
"""The LogLevel of each EventSource."""


def _set(plane: Plane, params: dict[str, Any]) -> Result:
    configurations: list[Mapping[str, Any]] = params["LogConfigurations"]
    sources = [each["EventSource"] for each in configurations]
    if len({*sources}) < len(sources):
        raise invalid_parameter("LogConfigurations names an EventSource twice")
    for each in configurations:
        _check(plane, each)
    plane.directory.pool.log_configurations = tuple(configurations)
    return _get(plane, params)


def _check(plane: Plane, configuration: Mapping[str, Any]) -> None:
    source = configuration["EventSource"]
    if source == "userAuthEvents":
        feature_plans.check(plane.directory.config, "PLUS", "The export of user activity logs")
    if configuration["LogLevel"] != _LEVELS[source]:
        msg = f"The LogLevel of {source} is {_LEVELS[source]}"
        raise invalid_parameter(msg)
    given = _DESTINATIONS & configuration.keys()
    if len(given) != 1:
        raise invalid_parameter("A log configuration has one destination")
    if source == "userNotification" and _CLOUDWATCH not in given:
        msg = f"userNotification goes to a {_CLOUDWATCH}"
        raise invalid_parameter(msg)


def _get(plane: Plane, _: dict[str, Any]) -> Result:
    configurations = [dict(each) for each in plane.directory.pool.log_configurations]
    shown = {"UserPoolId": plane.directory.pool_id, "LogConfigurations": configurations}
    return {"LogDeliveryConfiguration": shown}


OPERATIONS: Final = {"SetLogDeliveryConfiguration": _set, "GetLogDeliveryConfiguration": _get}
