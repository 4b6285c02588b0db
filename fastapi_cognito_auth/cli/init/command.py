"""`fastapi-cognito-auth init`: prints what to create. It asks nobody, and creates nothing."""

import json
import re
from enum import StrEnum
from typing import Annotated, Final

import typer

from fastapi_cognito_auth.cli.init.cdk import cdk_python, cdk_typescript
from fastapi_cognito_auth.cli.init.choice import Choice, Feature
from fastapi_cognito_auth.cli.init.cloudformation import cloudformation
from fastapi_cognito_auth.cli.init.environment import environment_file
from fastapi_cognito_auth.cli.init.permissions import OPERATIONS, operations_of, statements
from fastapi_cognito_auth.cli.init.plan import planned
from fastapi_cognito_auth.cli.init.terraform import terraform
from fastapi_cognito_auth.cli.terminal import fail

_ARN: Final = re.compile(r"arn:[a-z-]+:cognito-idp:([a-z0-9-]+):[0-9]{12}:userpool/\1_[0-9A-Za-z]+")


class Format(StrEnum):
    """What is printed."""

    TERRAFORM = "terraform"
    CLOUDFORMATION = "cloudformation"
    CDK_TYPESCRIPT = "cdk-typescript"
    CDK_PYTHON = "cdk-python"
    ENV = "env"
    IAM_POLICY = "iam-policy"


_INFRASTRUCTURE: Final = {
    Format.TERRAFORM: terraform,
    Format.CLOUDFORMATION: cloudformation,
    Format.CDK_TYPESCRIPT: cdk_typescript,
    Format.CDK_PYTHON: cdk_python,
}


def init(
    *,
    form: Annotated[Format, typer.Option("--format", help="What to print.")] = Format.TERRAFORM,
    name: Annotated[str, typer.Option(help="Of the pool, and of its domain.")] = "my-app",
    feature: Annotated[
        list[Feature] | None, typer.Option(help="May be repeated; sign-up and mfa unless given.")
    ] = None,
    app_url: Annotated[
        str, typer.Option(metavar="URL", help="Where browsers reach the app.")
    ] = "http://localhost:8000",
    group: Annotated[list[str] | None, typer.Option(metavar="NAME", help="A group; may be repeated.")] = None,
    scope: Annotated[
        list[str] | None,
        typer.Option(metavar="SERVER/NAME", help="A scope of the API, such as orders/read; may be repeated."),
    ] = None,
    user_pool_arn: Annotated[
        str | None, typer.Option(metavar="ARN", help="Of the pool, for iam-policy.")
    ] = None,
) -> None:
    """Print what to create on AWS for an app: pool, app client, domain, groups and permissions."""
    if user_pool_arn is not None and form is not Format.IAM_POLICY:
        fail("--user-pool-arn is for --format iam-policy")
    try:
        choice = Choice.checked(name, feature or (), app_url=app_url, groups=group or (), scopes=scope or ())
    except ValueError as exc:
        message = str(exc)
    else:
        typer.echo(_printed(form, choice, user_pool_arn))
        return
    fail(message)


def _printed(form: Format, choice: Choice, arn: str | None) -> str:
    if form is Format.ENV:
        return environment_file(choice)
    if form is not Format.IAM_POLICY:
        return _INFRASTRUCTURE[form](planned(choice))
    operations = operations_of(choice.features)
    if not operations:
        calling = ", ".join(f"--feature {feature}" for feature in OPERATIONS)
        fail(f"these features call nothing that needs AWS credentials, so there is no policy; see {calling}")
    if arn is None or not _ARN.fullmatch(arn):
        fail(
            "a policy is for one pool: --user-pool-arn"
            " arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_AbCdEfGhI"
        )
    return json.dumps({"Version": "2012-10-17", "Statement": statements(operations, arn)}, indent=2)
