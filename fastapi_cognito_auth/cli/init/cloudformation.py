"""The plan as a CloudFormation template, in JSON."""

import json
from typing import Any

from fastapi_cognito_auth.cli.init.plan import Plan, Ref


def cloudformation(plan: Plan) -> str:
    """Return the template."""
    resources: dict[str, Any] = {}
    for name, resource in plan.resources.items():
        described: dict[str, Any] = {
            "Type": f"AWS::{resource.service}::{resource.type}",
            "Properties": _written(resource.properties),
        }
        if resource.needs:
            described["DependsOn"] = list(resource.needs)
        if resource.kept:
            described |= {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
        resources[name] = described
    outputs = {name: {"Value": _written(value)} for name, value in plan.outputs.items()}
    template = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources, "Outputs": outputs}
    return json.dumps(template, indent=2)


def _written(value: Any) -> Any:
    if isinstance(value, Ref):
        if value.attribute is None:
            return {"Ref": value.resource}
        return {"Fn::GetAtt": [value.resource, value.attribute]}
    if isinstance(value, dict):
        return {name: _written(inner) for name, inner in value.items()}
    return [_written(inner) for inner in value] if isinstance(value, list) else value
