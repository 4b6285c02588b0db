"""The plan for the CDK, as a stack of its first-level constructs: one for each resource of CloudFormation."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from fastapi_cognito_auth.cli.init.names import camel, snake
from fastapi_cognito_auth.cli.init.plan import Plan, Ref, Resource

_KINDS: Final = {
    "RecoveryMechanisms": "RecoveryOption",
    "Schema": "SchemaAttribute",
    "Scopes": "ResourceServerScopeType",
}
"""What the members of a list are called, and what is not called like its property."""

_AS_IT_IS: Final = "PolicyDocument"
"""A property that is JSON of another service, whose names stay."""


def cdk_typescript(plan: Plan) -> str:
    """Return the module with the stack."""
    lines = [
        f'import {{ CfnOutput, RemovalPolicy, Stack, {_modules(plan, "{0} as {1}")} }} from "aws-cdk-lib";',
        'import type { StackProps } from "aws-cdk-lib";',
        'import type { Construct } from "constructs";',
        "",
        "export class UserPoolStack extends Stack {",
        "  constructor(scope: Construct, id: string, props?: StackProps) {",
        "    super(scope, id, props);",
    ]
    for name, resource in plan.resources.items():
        variable = camel(name)
        head = f"    const {variable} = new {_construct(resource)}(this, {json.dumps(name)}, "
        lines += ["", head + _typescript(resource.properties, "    ") + ");"]
        lines += [f"    {variable}.node.addDependency({camel(needed)});" for needed in resource.needs]
        if resource.kept:
            lines.append(f"    {variable}.applyRemovalPolicy(RemovalPolicy.RETAIN);")
    lines.append("")
    for name, ref in plan.outputs.items():
        lines.append(
            f"    new CfnOutput(this, {json.dumps(f'{name}Output')}, {{ value: {_typescript(ref, '')} }});"
        )
    return "\n".join((*lines, "  }", "}"))


def _modules(plan: Plan, written: str) -> str:
    names = dict.fromkeys(resource.service.lower() for resource in plan.resources.values())
    return ", ".join(written.format(f"aws_{name}", name) for name in names)


def _construct(resource: Resource) -> str:
    return f"{resource.service.lower()}.Cfn{resource.type}"


def _typescript(value: Any, indent: str, *, as_it_is: bool = False) -> str:
    if isinstance(value, Ref):
        return f"{camel(value.resource)}.{'ref' if value.attribute is None else 'attr' + value.attribute}"
    inner = f"{indent}  "
    if isinstance(value, dict):
        members = (
            f"{inner}{name if as_it_is else camel(name)}:"
            f" {_typescript(each, inner, as_it_is=as_it_is or name == _AS_IT_IS)},"
            for name, each in value.items()
        )
        return "\n".join(("{", *members, f"{indent}}}"))
    if isinstance(value, list) and any(isinstance(each, dict) for each in value):
        members = (f"{inner}{_typescript(each, inner, as_it_is=as_it_is)}," for each in value)
        return "\n".join(("[", *members, f"{indent}]"))
    if isinstance(value, list):
        return f"[{', '.join(json.dumps(each) for each in value)}]"
    return json.dumps(value)


def cdk_python(plan: Plan) -> str:
    """Return the module with the stack."""
    lines = [
        "from typing import Any",
        "",
        "from aws_cdk import CfnOutput, RemovalPolicy, Stack",
        f"from aws_cdk import {_modules(plan, '{0} as {1}')}",
        "from constructs import Construct",
        "",
        "",
        "class UserPoolStack(Stack):",
        "    def __init__(self, scope: Construct, construct_id: str, **kwargs: Any) -> None:",
        "        super().__init__(scope, construct_id, **kwargs)",
    ]
    for name, resource in plan.resources.items():
        variable, construct = snake(name), _construct(resource)
        lines += ["", f"        {variable} = {construct}(", "            self,", f"            {name!r},"]
        lines += _arguments(resource.properties, construct, " " * 12)
        lines.append("        )")
        lines += [f"        {variable}.node.add_dependency({snake(needed)})" for needed in resource.needs]
        if resource.kept:
            lines.append(f"        {variable}.apply_removal_policy(RemovalPolicy.RETAIN)")
    lines.append("")
    for name, ref in plan.outputs.items():
        lines.append(f"        CfnOutput(self, {f'{name}Output'!r}, value={_python(name, ref, '', '')})")
    return "\n".join(lines)


def _arguments(properties: Mapping[str, Any], construct: str, indent: str) -> Iterator[str]:
    for name, value in properties.items():
        yield f"{indent}{snake(name)}={_python(name, value, construct, indent)},"


def _python(name: str, value: Any, construct: str, indent: str) -> str:
    if isinstance(value, Ref):
        attribute = "ref" if value.attribute is None else f"attr_{snake(value.attribute)}"
        return f"{snake(value.resource)}.{attribute}"
    if name == _AS_IT_IS:
        return _plain(value)
    if isinstance(value, dict):
        head = f"{construct}.{_KINDS.get(name, name)}Property("
        return "\n".join((head, *_arguments(value, construct, f"{indent}    "), f"{indent})"))
    if isinstance(value, list) and any(isinstance(each, dict) for each in value):
        inner = f"{indent}    "
        members = (f"{inner}{_python(name, each, construct, inner)}," for each in value)
        return "\n".join(("[", *members, f"{indent}]"))
    return repr(value)


def _plain(value: Any) -> str:
    if isinstance(value, Ref):
        return _python("", value, "", "")
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name!r}: {_plain(inner)}' for name, inner in value.items())}}}"
    return f"[{', '.join(map(_plain, value))}]" if isinstance(value, list) else repr(value)
