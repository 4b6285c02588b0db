"""LambdaConfig: which functions a pool calls, and the Python callables that stand for them here.

https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_LambdaConfigType.html
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, NoReturn

from fastapi_cognito_auth.local.errors import invalid_parameter
from fastapi_cognito_auth.local.triggers import Event, FunctionUnreachableError, Trigger, Triggers

Functions = Mapping[str, Trigger]
"""Callables by the ARN of the function that each of them stands for."""

_PRE_TOKEN: Final = "PreTokenGeneration"  # noqa: S105 - a name
_PRE_TOKEN_CONFIG: Final = "PreTokenGenerationConfig"  # noqa: S105 - a name
_TRIGGERS: Final = {
    "PreSignUp": "pre_sign_up",
    "CustomMessage": "custom_message",
    "PostConfirmation": "post_confirmation",
    "PreAuthentication": "pre_authentication",
    "PostAuthentication": "post_authentication",
    "DefineAuthChallenge": "define_auth_challenge",
    "CreateAuthChallenge": "create_auth_challenge",
    "VerifyAuthChallengeResponse": "verify_auth_challenge_response",
    "UserMigration": "user_migration",
    _PRE_TOKEN: "pre_token_generation",
}
_NEVER_CALLED: Final = ("CustomSMSSender", "CustomEmailSender", "InboundFederation")

Config = Mapping[str, Any]


def check(config: Config) -> None:
    """Refuse functions that no local pool would call, and two for one occasion.

    Args:
        config: LambdaConfig.

    Raises:
        ServiceError: there are some.
    """
    for name in _NEVER_CALLED:
        if name in config:
            msg = f"The local user pool does not call {name} functions."
            raise invalid_parameter(msg)
    versioned = config.get(_PRE_TOKEN_CONFIG)
    if versioned is not None and config.get(_PRE_TOKEN, versioned["LambdaArn"]) != versioned["LambdaArn"]:
        msg = f"{_PRE_TOKEN} and {_PRE_TOKEN_CONFIG} must name the same function."
        raise invalid_parameter(msg)


@dataclass(frozen=True, kw_only=True)
class Calls:
    """What a pool can call.

    Args:
        own: the triggers that it was made with.
        functions: what stands for functions.
    """

    own: Triggers
    functions: Functions

    def triggers(self, config: Config) -> Triggers:
        """Return what is called under a LambdaConfig: the functions that it names, and for the rest `own`."""
        named = {
            trigger: self._standing_for(arn)
            for name, trigger in _TRIGGERS.items()
            if (arn := _arn(config, name)) is not None
        }
        return replace(self.own, **named) if named else self.own

    def pre_token(self, config: Config) -> tuple[Trigger | None, str | None]:
        """Return the pre token trigger, and the version of its event where LambdaConfig says one."""
        arn = _arn(config, _PRE_TOKEN)
        if arn is None:
            return self.own.pre_token_generation, None
        versioned: Config = config.get(_PRE_TOKEN_CONFIG) or {"LambdaVersion": "V1_0"}
        return self._standing_for(arn), str(versioned["LambdaVersion"])[1:2]

    def _standing_for(self, arn: str) -> Trigger:
        return self.functions.get(arn) or _unreachable(arn)


def _arn(config: Config, name: str) -> str | None:
    if name == _PRE_TOKEN and _PRE_TOKEN_CONFIG in config:
        return str(config[_PRE_TOKEN_CONFIG]["LambdaArn"])
    return config.get(name)


def _unreachable(arn: str) -> Callable[[Event], Event]:
    def call(_: Event) -> NoReturn:
        raise FunctionUnreachableError(arn)

    return call
