"""LambdaConfig: functions that it names are called where a callable stands for them, and missed elsewhere."""

import logging
from typing import Any

import jwt
import pytest

from fastapi_cognito_auth.local import LocalUserPool, ServiceError, Triggers
from tests.local.kit import PASSWORD, Kit, refused

ARN = "arn:aws:lambda:us-east-1:123456789012:function:"
BOUND, MISSING = f"{ARN}bound", f"{ARN}missing"


class Function:
    """Remembers the events of a function, and answers them."""

    def __init__(self, **response: Any) -> None:
        self.events: list[dict[str, Any]] = []
        self.response = response

    def __call__(self, event: dict[str, Any]) -> dict[str, Any]:
        self.events.append(event)
        return event | {"response": self.response}


def kit_of(function: Function | None = None, own: Triggers | None = None, **config: Any) -> Kit:
    kit = Kit(functions={} if function is None else {BOUND: function}, triggers=own)
    configure(kit, **config)
    return kit


def configured(config: dict[str, str]) -> Kit:
    kit = Kit()
    configure(kit, **config)
    return kit


def configure(kit: Kit, **config: Any) -> None:
    kit.aws.update_user_pool(UserPoolId=kit.pool_id, LambdaConfig=config)


def sign_up(kit: Kit) -> Any:
    return kit.aws.sign_up(ClientId=kit.id, Username="nina", Password=PASSWORD)


def test_a_function_that_the_pool_names_is_called() -> None:
    function = Function(autoConfirmUser=True)
    kit = kit_of(function, PreSignUp=BOUND)
    assert sign_up(kit)["UserConfirmed"]
    assert [event["triggerSource"] for event in function.events] == ["PreSignUp_SignUp"]


def test_a_function_that_nothing_stands_for_is_missed(caplog: pytest.LogCaptureFixture) -> None:
    kit = kit_of(PreSignUp=MISSING)
    with (
        caplog.at_level(logging.WARNING, "fastapi_cognito_auth.local"),
        refused("UnexpectedLambdaException", "PreSignUp invocation failed due to configuration."),
    ):
        sign_up(kit)
    assert MISSING in caplog.text
    with refused("UserNotFoundException"):
        kit.aws.admin_get_user(UserPoolId=kit.pool_id, Username="nina")


@pytest.mark.parametrize(
    "name",
    ["PreAuthentication", "PostAuthentication", "PreTokenGeneration"],
)
def test_nobody_signs_in_past_a_function_that_is_missed(name: str) -> None:
    with refused("UnexpectedLambdaException", f"{name} invocation failed due to configuration."):
        configured({name: MISSING}).password()


def test_nobody_is_brought_along_by_a_function_that_is_missed() -> None:
    kit = kit_of(UserMigration=MISSING)
    with refused("UnexpectedLambdaException"):
        kit.password("nobody")
    assert "AuthenticationResult" in kit.password()


def test_the_function_comes_before_the_pools_own_trigger_and_in_its_place_alone() -> None:
    own, other, function = Function(), Function(), Function()
    kit = kit_of(function, Triggers(pre_authentication=own, post_authentication=other))
    kit.password()
    configure(kit, PreAuthentication=BOUND)
    kit.password()
    assert [len(called.events) for called in (own, other, function)] == [1, 2, 1]


def test_another_pool_calls_what_its_own_configuration_names() -> None:
    function = Function()
    kit = Kit(functions={BOUND: function})
    made = kit.aws.create_user_pool(PoolName="second", LambdaConfig={"PreSignUp": BOUND})["UserPool"]
    kit.aws.admin_create_user(UserPoolId=made["Id"], Username="nina")
    assert [event["userPoolId"] for event in function.events] == [made["Id"]]


@pytest.mark.parametrize(
    ("version", "event_version", "scopes"), [("V1_0", "1", False), ("V2_0", "2", True), ("V3_0", "3", True)]
)
def test_the_pre_token_function_gets_the_event_of_its_version(
    version: str, event_version: str, *, scopes: bool
) -> None:
    function = Function()
    kit_of(function, PreTokenGenerationConfig={"LambdaArn": BOUND, "LambdaVersion": version}).tokens()
    (event,) = function.events
    assert event["version"] == event_version
    assert ("scopes" in event["request"]) is scopes


@pytest.mark.parametrize(
    "config",
    [
        {"PreTokenGeneration": BOUND},
        {"PreTokenGenerationConfig": {"LambdaArn": BOUND, "LambdaVersion": "V1_0"}},
    ],
)
def test_the_first_version_changes_no_access_token(config: dict[str, Any]) -> None:
    added = {"claimsToAddOrOverride": {"tenant": "acme"}}
    function = Function(
        claimsOverrideDetails=added,
        claimsAndScopeOverrideDetails={"accessTokenGeneration": added | {"scopesToAdd": ["orders/read"]}},
    )
    tokens = kit_of(function, **config).tokens()
    access, identity = (
        jwt.decode(tokens[name], options={"verify_signature": False}) for name in ("AccessToken", "IdToken")
    )
    assert "tenant" not in access
    assert "orders/read" not in access["scope"]
    assert identity["tenant"] == "acme"


@pytest.mark.parametrize(
    "config",
    [
        {"CustomEmailSender": {"LambdaArn": BOUND, "LambdaVersion": "V1_0"}},
        {"CustomSMSSender": {"LambdaArn": BOUND, "LambdaVersion": "V1_0"}},
        {
            "PreTokenGeneration": BOUND,
            "PreTokenGenerationConfig": {"LambdaArn": MISSING, "LambdaVersion": "V2_0"},
        },
    ],
    ids=str,
)
def test_functions_that_would_not_be_called_are_refused(config: dict[str, Any]) -> None:
    kit = Kit(users=())
    with refused("InvalidParameterException"):
        configure(kit, **config)
    with refused("InvalidParameterException"):
        kit.aws.create_user_pool(PoolName="x", LambdaConfig=config)


@pytest.mark.parametrize(
    "functions",
    [{"bound": Function()}, {BOUND: "http://localhost"}, [BOUND]],
    ids=["a name", "an address", "a list"],
)
def test_only_a_callable_stands_for_an_arn(functions: Any) -> None:
    with pytest.raises(ValueError, match="functions are ARNs and callables"):
        LocalUserPool(functions=functions)


def test_a_function_that_raises_refuses_as_a_trigger_does() -> None:
    def refuse(_: dict[str, Any]) -> dict[str, Any]:
        raise ValueError("not today")

    kit = Kit(functions={BOUND: refuse})
    configure(kit, PreAuthentication=BOUND)
    with pytest.raises(ServiceError, match="PreAuthentication failed with error not today"):
        kit.pool.call(
            "InitiateAuth",
            {
                "ClientId": kit.id,
                "AuthFlow": "USER_PASSWORD_AUTH",
                "AuthParameters": {"USERNAME": "alice", "PASSWORD": PASSWORD},
            },
        )
