"""Pools that CreateUserPool makes: each is a real one, with users, keys and tokens of its own."""

import asyncio
from typing import Any

import jwt
import pytest
from fastapi.testclient import TestClient

from fastapi_cognito_auth import CognitoAuth
from fastapi_cognito_auth.local import LocalUserPool
from fastapi_cognito_auth.local.emulator import emulator
from tests.local.kit import OTHER_PASSWORD, PASSWORD, Kit, refused

FLOWS = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]


class Second:
    """A pool beside the first, with a user `alice` of its own."""

    def __init__(self, kit: Kit) -> None:
        self.aws = kit.aws
        self.id: str = kit.aws.create_user_pool(PoolName="second")["UserPool"]["Id"]
        made = kit.aws.create_user_pool_client(UserPoolId=self.id, ClientName="web", ExplicitAuthFlows=FLOWS)
        self.client_id: str = made["UserPoolClient"]["ClientId"]
        self.aws.admin_create_user(UserPoolId=self.id, Username="alice", MessageAction="SUPPRESS")
        self.aws.admin_set_user_password(
            UserPoolId=self.id, Username="alice", Password=OTHER_PASSWORD, Permanent=True
        )

    def sign_in(self, password: str = OTHER_PASSWORD) -> Any:
        return self.aws.initiate_auth(
            ClientId=self.client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": "alice", "PASSWORD": password},
        )

    def tokens(self) -> Any:
        return self.sign_in()["AuthenticationResult"]


@pytest.fixture(scope="module")
def kit() -> Kit:
    return Kit()


@pytest.fixture(scope="module")
def second(kit: Kit) -> Second:
    return Second(kit)


def claims_of(token: str) -> dict[str, Any]:
    return jwt.decode(token, options={"verify_signature": False})


def test_somebody_signs_in_at_a_pool_that_was_created(second: Second) -> None:
    claims = claims_of(second.tokens()["AccessToken"])
    assert claims["iss"] == f"https://cognito-idp.us-east-1.amazonaws.com/{second.id}"
    assert claims["client_id"] == second.client_id


def test_a_password_of_one_pool_is_none_of_another(second: Second) -> None:
    with refused("NotAuthorizedException"):
        second.sign_in(PASSWORD)


def test_an_access_token_reaches_the_user_of_its_own_pool(kit: Kit, second: Second) -> None:
    first = kit.aws.get_user(AccessToken=kit.tokens()["AccessToken"])
    other = kit.aws.get_user(AccessToken=second.tokens()["AccessToken"])
    assert first["Username"] == other["Username"] == "alice"
    assert first["UserAttributes"][0] != other["UserAttributes"][0]


def test_a_token_that_names_another_pool_is_refused(kit: Kit, second: Second) -> None:
    """What a token says of its issuer decides who looks at it, and nothing else."""
    header, _, signature = kit.tokens()["AccessToken"].split(".")
    _, payload, _ = second.tokens()["AccessToken"].split(".")
    with refused("NotAuthorizedException"):
        kit.aws.get_user(AccessToken=f"{header}.{payload}.{signature}")


def test_a_refresh_token_is_none_of_another_pools_client(kit: Kit, second: Second) -> None:
    parameters = {"REFRESH_TOKEN": second.tokens()["RefreshToken"]}
    with refused("NotAuthorizedException"):
        kit.aws.initiate_auth(ClientId=kit.id, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters=parameters)


def test_a_client_is_of_its_pool_alone(kit: Kit, second: Second) -> None:
    with refused("ResourceNotFoundException", f"User pool client {second.client_id} does not exist."):
        kit.aws.describe_user_pool_client(UserPoolId=kit.pool_id, ClientId=second.client_id)


def test_a_challenge_goes_on_in_its_own_pool(kit: Kit, second: Second) -> None:
    """The session is all that AssociateSoftwareToken names a pool by."""
    kit.aws.set_user_pool_mfa_config(
        UserPoolId=second.id,
        MfaConfiguration="ON",
        SoftwareTokenMfaConfiguration={"Enabled": True},
    )
    session = second.sign_in()["Session"]
    assert len(kit.aws.associate_software_token(Session=session)["SecretCode"]) == 52
    kit.aws.set_user_pool_mfa_config(UserPoolId=second.id, MfaConfiguration="OFF")


def test_the_keys_of_pools_are_different_and_served_under_their_ids() -> None:
    kit = Kit(fresh_keys=True)
    second = Second(kit)
    served = TestClient(emulator(kit.pool), base_url="http://localhost")
    first, other = (
        {key["kid"] for key in served.get(f"/{pool_id}/.well-known/jwks.json").json()["keys"]}
        for pool_id in (kit.pool_id, second.id)
    )
    assert not first & other
    assert jwt.get_unverified_header(second.tokens()["AccessToken"])["kid"] in other


def test_a_pool_that_is_not_there_has_no_keys(kit: Kit) -> None:
    served = TestClient(emulator(kit.pool), base_url="http://localhost")
    assert served.get("/us-east-1_nowhere/.well-known/jwks.json").status_code == 404
    assert served.get("/us-east-1_nowhere/.well-known/openid-configuration").status_code == 404
    assert served.get("/us-east-1_nowhere/login").status_code == 404


def test_a_second_pool_has_its_domain_under_its_id(kit: Kit, second: Second) -> None:
    served = TestClient(emulator(kit.pool), base_url="http://localhost")
    found = served.get(f"/{second.id}/.well-known/openid-configuration").json()
    assert found["authorization_endpoint"] == f"http://localhost/{second.id}/oauth2/authorize"
    refusal = served.get(f"/{second.id}/login?client_id=nobody&response_type=code")
    assert refusal.status_code == 400


def test_further_pools_call_themselves_as_the_first_does() -> None:
    pool = LocalUserPool(user_pool_id="eu-central-1_First", issuer="http://localhost:9229/eu-central-1_First")
    made = pool.call("CreateUserPool", {"PoolName": "second"})["UserPool"]["Id"]
    plane = pool._service.pools.get(made)
    assert plane.directory.pool.issuer == f"http://localhost:9229/{made}"


def test_an_issuer_can_leave_the_place_of_the_pools_id_open() -> None:
    pool = LocalUserPool(user_pool_id="eu-central-1_First", issuer="http://localhost:9229/{pool_id}")
    made = pool.call("CreateUserPool", {"PoolName": "second"})["UserPool"]["Id"]
    assert pool.issuer == "http://localhost:9229/eu-central-1_First"
    assert pool.issuer_of(made) == f"http://localhost:9229/{made}"


def test_a_deleted_pool_takes_its_users_and_clients_along() -> None:
    kit = Kit()
    second = Second(kit)
    token = second.tokens()["AccessToken"]
    kit.aws.delete_user_pool(UserPoolId=second.id)
    with refused("ResourceNotFoundException", f"User pool client {second.client_id} does not exist."):
        second.sign_in()
    with refused("NotAuthorizedException", "Invalid Access Token"):
        kit.aws.get_user(AccessToken=token)
    assert "AuthenticationResult" in kit.password()


def test_where_every_pool_is_gone_nothing_is_known_and_nothing_fails() -> None:
    kit = Kit()
    token = kit.tokens()["AccessToken"]
    kit.aws.delete_user_pool(UserPoolId=kit.pool_id)
    with refused("NotAuthorizedException", "Invalid Access Token"):
        kit.aws.get_user(AccessToken=token)
    with refused("NotAuthorizedException", "Invalid session for the user."):
        kit.aws.associate_software_token(Session="x" * 20)
    served = TestClient(emulator(kit.pool), base_url="http://localhost")
    assert served.get("/login").status_code == 404
    assert served.post("/oauth2/token", data={"grant_type": "refresh_token"}).status_code == 404
    assert served.get("/oauth2/userInfo").status_code == 404


def test_what_a_pool_sends_says_which_pool_it_is(kit: Kit, second: Second) -> None:
    kit.aws.admin_create_user(
        UserPoolId=second.id,
        Username="tina",
        UserAttributes=[{"Name": "email", "Value": "tina@example.com"}],
    )
    assert kit.pool.outbox.latest("tina").user_pool_id == second.id


def test_a_domain_without_a_certificate_is_described_to_the_app() -> None:
    """Its CustomDomainConfig is empty, as the service's is, and lacks what a certificate would need."""
    auth = CognitoAuth.local()
    asyncio.run(auth.pool.call("CreateUserPoolDomain", Domain="my-app"))
    answer = asyncio.run(auth.pool.call("DescribeUserPoolDomain", Domain="my-app"))
    assert answer["DomainDescription"]["CustomDomainConfig"] == {}
