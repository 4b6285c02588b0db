"""The plan as Terraform, for the AWS provider from version 6.25 on."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from fastapi_cognito_auth.cli.init.names import snake
from fastapi_cognito_auth.cli.init.plan import Plan, Ref, Resource

_TYPES: Final = {
    "UserPool": "aws_cognito_user_pool",
    "UserPoolClient": "aws_cognito_user_pool_client",
    "UserPoolDomain": "aws_cognito_user_pool_domain",
    "ManagedLoginBranding": "aws_cognito_managed_login_branding",
    "UserPoolResourceServer": "aws_cognito_resource_server",
    "UserPoolGroup": "aws_cognito_user_group",
    "ManagedPolicy": "aws_iam_policy",
}
_RENAMED: Final = {
    **dict.fromkeys(("UserPoolName", "ClientName", "GroupName"), "name"),
    "CallbackURLs": "callback_urls",
    "LogoutURLs": "logout_urls",
    "AllowedOAuthFlows": "allowed_oauth_flows",
    "AllowedOAuthFlowsUserPoolClient": "allowed_oauth_flows_user_pool_client",
    "AllowedOAuthScopes": "allowed_oauth_scopes",
    "RecoveryMechanisms": "recovery_mechanism",
    "Scopes": "scope",
}


_PROVIDER: Final = """terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.25"
    }
  }
}"""
_LONG: Final = 6  # items of a list on one line


class _Expression(str):
    """Written as it is, and not as a text."""

    __slots__ = ()


def terraform(plan: Plan) -> str:
    """Return the configuration."""
    types = {name: _TYPES[resource.type] for name, resource in plan.resources.items()}
    parts = [_PROVIDER]
    parts += [
        _block(f'resource "{types[name]}" "{snake(name)}"', _body(resource, types), "")
        for name, resource in plan.resources.items()
    ]
    parts += [
        _block(f'output "{snake(name)}"', {"value": _reference(ref, types)}, "")
        for name, ref in plan.outputs.items()
    ]
    for name, resource in plan.resources.items():
        if resource.properties.get("GenerateSecret"):
            secret = _Expression(f"{types[name]}.{snake(name)}.client_secret")
            parts.append(_block(f'output "{snake(name)}_secret"', {"value": secret, "sensitive": True}, ""))
    return "\n\n".join(parts)


def _body(resource: Resource, types: Mapping[str, str]) -> dict[str, Any]:
    properties = dict(resource.properties)
    body: dict[str, Any] = {}
    # What Terraform has as blocks of their own.
    for name, policy in properties.pop("Policies", {}).items():
        body[snake(name)] = _members(policy, types)
    if "SOFTWARE_TOKEN_MFA" in properties.pop("EnabledMfas", ()):
        body["software_token_mfa_configuration"] = {"enabled": True}
    if (party := properties.pop("WebAuthnRelyingPartyID", None)) is not None:
        verification = properties.pop("WebAuthnUserVerification")
        body["web_authn_configuration"] = {"relying_party_id": party, "user_verification": verification}
    if (document := properties.pop("PolicyDocument", None)) is not None:
        body["policy"] = _Expression(f"jsonencode({_value(_referred(document, types))})")
    body = _members(properties, types) | body
    if resource.needs:
        body["depends_on"] = [_Expression(f"{types[name]}.{snake(name)}") for name in resource.needs]
    if resource.kept:
        body["lifecycle"] = {"prevent_destroy": True}
    return body


def _members(properties: Mapping[str, Any], types: Mapping[str, str]) -> dict[str, Any]:
    body: dict[str, Any] = {}
    for name, value in properties.items():
        written = _RENAMED.get(name, snake(name))
        if isinstance(value, dict):
            body[written] = _members(value, types)
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            body[written] = [_members(inner, types) for inner in value]
        else:
            body[written] = _referred(value, types)
    return body


def _referred(value: Any, types: Mapping[str, str]) -> Any:
    if isinstance(value, Ref):
        return _reference(value, types)
    if isinstance(value, dict):
        return {name: _referred(inner, types) for name, inner in value.items()}
    return [_referred(inner, types) for inner in value] if isinstance(value, list) else value


def _reference(ref: Ref, types: Mapping[str, str]) -> _Expression:
    return _Expression(f"{types[ref.resource]}.{snake(ref.resource)}.{(ref.attribute or 'id').lower()}")


def _block(head: str, body: Mapping[str, Any], indent: str) -> str:
    return "\n".join((f"{indent}{head} {{", *_lines(body, f"{indent}  "), f"{indent}}}"))


def _lines(body: Mapping[str, Any], indent: str) -> Iterator[str]:
    for name, value in body.items():
        if isinstance(value, dict):
            yield _block(name, value, indent)
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for inner in value:
                yield _block(name, inner, indent)
        else:
            yield f"{indent}{name} = {_value(value, indent)}"


def _value(value: Any, indent: str = "  ") -> str:
    if isinstance(value, _Expression):
        return value
    inner = f"{indent}  "
    if isinstance(value, list):
        items = [_value(each, inner) for each in value]
        if len(items) <= _LONG and not any("\n" in item for item in items):
            return f"[{', '.join(items)}]"
        return "\n".join(("[", *(f"{inner}{item}," for item in items), f"{indent}]"))
    if isinstance(value, dict):
        members = (f"{inner}{name} = {_value(each, inner)}" for name, each in value.items())
        return "\n".join(("{", *members, f"{indent}}}"))
    # In a text of Terraform `${` and `%{` begin a template.
    return json.dumps(value).replace("${", "$${").replace("%{", "%%{")
