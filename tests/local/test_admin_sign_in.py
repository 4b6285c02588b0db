"""AdminInitiateAuth and AdminRespondToAuthChallenge."""

from typing import Any

import pytest

from tests.local.kit import OTHER_PASSWORD, PASSWORD, Kit, refused
from tests.local.test_challenges import TEMPORARY

FLOWS = ("ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_AUTH")


def begin(kit: Kit, flow: str = "ADMIN_USER_PASSWORD_AUTH", **parameters: str) -> Any:
    return kit.aws.admin_initiate_auth(
        UserPoolId=kit.pool_id, ClientId=kit.id, AuthFlow=flow, AuthParameters=parameters
    )


@pytest.mark.parametrize("flow", ["ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"])
@pytest.mark.parametrize("flows", [FLOWS, ("ADMIN_NO_SRP_AUTH",)])
def test_a_server_signs_a_user_in(flow: str, flows: tuple[str, ...]) -> None:
    kit = Kit(explicit_auth_flows=flows)
    answer = begin(kit, flow, USERNAME="alice", PASSWORD=PASSWORD)
    assert "AuthenticationResult" in answer
    with refused("NotAuthorizedException", "Incorrect username or password."):
        begin(kit, flow, USERNAME="alice", PASSWORD=OTHER_PASSWORD)
    with refused("NotAuthorizedException", "Incorrect username or password."):
        begin(kit, flow, USERNAME="nobody", PASSWORD=PASSWORD)


def test_the_admin_flow_has_to_be_switched_on() -> None:
    kit = Kit()
    with refused("InvalidParameterException", "Auth flow not enabled for this client"):
        begin(kit, USERNAME="alice", PASSWORD=PASSWORD)
    with refused("InvalidParameterException", "Auth flow not enabled for this client"):
        begin(Kit(explicit_auth_flows=("USER_PASSWORD_AUTH",)), USERNAME="alice", PASSWORD=PASSWORD)


def test_the_admin_flow_does_not_switch_the_public_one_on() -> None:
    kit = Kit(explicit_auth_flows=FLOWS)
    with refused("InvalidParameterException", "USER_PASSWORD_AUTH flow not enabled for this client"):
        kit.password()
    with refused("InvalidParameterException", "Initiate Auth method not supported"):
        begin(kit, "USER_PASSWORD_AUTH", USERNAME="alice", PASSWORD=PASSWORD)


def test_refresh_and_the_choice_work_for_a_server() -> None:
    kit = Kit(explicit_auth_flows=FLOWS)
    token = begin(kit, USERNAME="alice", PASSWORD=PASSWORD)["AuthenticationResult"]["RefreshToken"]
    for flow in ("REFRESH_TOKEN_AUTH", "REFRESH_TOKEN"):
        assert "AccessToken" in begin(kit, flow, REFRESH_TOKEN=token)["AuthenticationResult"]
    assert begin(kit, "USER_AUTH", USERNAME="alice")["ChallengeName"] == "SELECT_CHALLENGE"


def test_a_server_answers_a_challenge() -> None:
    kit = Kit(users=(TEMPORARY,), explicit_auth_flows=FLOWS)
    session = begin(kit, USERNAME="tina", PASSWORD=PASSWORD)["Session"]
    answer = {
        "ClientId": kit.id,
        "ChallengeName": "NEW_PASSWORD_REQUIRED",
        "Session": session,
        "ChallengeResponses": {"USERNAME": "tina", "NEW_PASSWORD": OTHER_PASSWORD},
    }
    with refused("ResourceNotFoundException"):
        kit.aws.admin_respond_to_auth_challenge(UserPoolId="us-east-1_000000000", **answer)
    answered = kit.aws.admin_respond_to_auth_challenge(UserPoolId=kit.pool_id, **answer)
    assert "AuthenticationResult" in answered
    with refused("NotAuthorizedException"):
        kit.aws.admin_respond_to_auth_challenge(UserPoolId=kit.pool_id, **answer)


def test_another_pools_id_is_refused() -> None:
    kit = Kit(explicit_auth_flows=FLOWS)
    with refused("ResourceNotFoundException"):
        kit.aws.admin_initiate_auth(
            UserPoolId="us-east-1_000000000",
            ClientId=kit.id,
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": "alice", "PASSWORD": PASSWORD},
        )
