"""boto3, unchanged, against the emulator and against an app."""

from collections.abc import Iterator
from typing import Any

import boto3
import httpx2
import jwt
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.interop.kit import KINDS, PASSWORD, TEMPORARY, Place, serving

OIDC = {
    "client_id": "1",
    "client_secret": "2",
    "authorize_scopes": "openid",
    "oidc_issuer": "https://id.example",
    "attributes_request_method": "GET",
}


@pytest.fixture(scope="module", params=KINDS)
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    with serving(request.param, []) as found:
        yield found


@pytest.fixture
def cognito(place: Place) -> Iterator[Any]:
    client = boto3.client(
        "cognito-idp",
        endpoint_url=place.endpoint,
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
        config=Config(retries={"total_max_attempts": 1}, proxies={}),
    )
    yield client
    client.close()


def sign_in(cognito: Any, place: Place, username: str, password: str = PASSWORD) -> Any:
    return cognito.initiate_auth(
        ClientId=place.pool.client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": username, "PASSWORD": password},
    )


def test_a_user_signs_up_and_in_and_is_deleted(cognito: Any, place: Place) -> None:
    name = "boris"
    app = {"ClientId": place.pool.client_id, "Username": name}
    cognito.sign_up(
        **app, Password=PASSWORD, UserAttributes=[{"Name": "email", "Value": "boris@example.com"}]
    )
    cognito.confirm_sign_up(**app, ConfirmationCode=place.pool.outbox.latest(name).code)
    access = sign_in(cognito, place, name)["AuthenticationResult"]["AccessToken"]
    assert cognito.get_user(AccessToken=access)["Username"] == name
    cognito.delete_user(AccessToken=access)
    with pytest.raises(cognito.exceptions.NotAuthorizedException, match="Incorrect username or password"):
        sign_in(cognito, place, name)


def test_a_challenge_is_answered(cognito: Any, place: Place) -> None:
    challenge = sign_in(cognito, place, "newcomer", TEMPORARY)
    assert challenge["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    answer = cognito.respond_to_auth_challenge(
        ClientId=place.pool.client_id,
        ChallengeName="NEW_PASSWORD_REQUIRED",
        Session=challenge["Session"],
        ChallengeResponses={"USERNAME": "newcomer", "NEW_PASSWORD": PASSWORD},
    )
    assert answer["AuthenticationResult"]["TokenType"] == "Bearer"


def test_tokens_are_refreshed_and_revoked(cognito: Any, place: Place) -> None:
    result = sign_in(cognito, place, "rob")["AuthenticationResult"]
    app = {"ClientId": place.pool.client_id}
    refresh = {"RefreshToken": result["RefreshToken"], **app}
    refresh["DeviceKey"] = result["NewDeviceMetadata"]["DeviceKey"]
    assert cognito.get_tokens_from_refresh_token(**refresh)["AuthenticationResult"]["AccessToken"]
    cognito.revoke_token(Token=result["RefreshToken"], **app)
    with pytest.raises(cognito.exceptions.NotAuthorizedException, match="revoked"):
        cognito.get_tokens_from_refresh_token(**refresh)


def test_moments_come_as_moments(cognito: Any, place: Place) -> None:
    result = sign_in(cognito, place, "mia")["AuthenticationResult"]
    key = result["NewDeviceMetadata"]["DeviceKey"]
    verifier = {"PasswordVerifier": "AQAB", "Salt": "AQAB"}
    cognito.confirm_device(
        AccessToken=result["AccessToken"], DeviceKey=key, DeviceSecretVerifierConfig=verifier
    )
    device = cognito.get_device(AccessToken=result["AccessToken"], DeviceKey=key)["Device"]
    assert device["DeviceCreateDate"].tzinfo is not None


def test_only_the_emulator_runs_what_needs_credentials(cognito: Any, place: Place) -> None:
    if place.endpoint.endswith("/cognito/"):
        with pytest.raises(ClientError) as caught:
            cognito.admin_get_user(UserPoolId=place.pool.user_pool_id, Username="ann")
        assert caught.value.response["Error"]["Code"] == "UnknownOperationException"
    else:
        answer = cognito.admin_get_user(UserPoolId=place.pool.user_pool_id, Username="ann")
        assert answer["UserStatus"] == "CONFIRMED"


@pytest.mark.parametrize("place", ["emulator"], indirect=True)
def test_a_pool_of_ones_own_signs_its_users_and_machines_in(place: Place, cognito: Any) -> None:
    pool = {"UserPoolId": cognito.create_user_pool(PoolName="mine")["UserPool"]["Id"]}
    web = cognito.create_user_pool_client(
        **pool, ClientName="web", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    )["UserPoolClient"]
    cognito.create_user_pool_domain(**pool, Domain="by-boto3")
    scopes = [{"ScopeName": "read", "ScopeDescription": "Reads"}]
    cognito.create_resource_server(**pool, Identifier="orders", Name="Orders", Scopes=scopes)
    cognito.create_identity_provider(
        **pool, ProviderName="Corporate", ProviderType="OIDC", ProviderDetails=OIDC
    )
    machine = cognito.create_user_pool_client(
        **pool,
        ClientName="nightly",
        GenerateSecret=True,
        AllowedOAuthFlows=["client_credentials"],
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthScopes=["orders/read"],
    )["UserPoolClient"]
    cognito.create_group(**pool, GroupName="staff")
    cognito.admin_create_user(**pool, Username="dora", MessageAction="SUPPRESS")
    cognito.admin_set_user_password(**pool, Username="dora", Password=PASSWORD, Permanent=True)
    cognito.admin_add_user_to_group(**pool, Username="dora", GroupName="staff")
    token = cognito.initiate_auth(
        ClientId=web["ClientId"],
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "dora", "PASSWORD": PASSWORD},
    )["AuthenticationResult"]["AccessToken"]
    base = f"{place.endpoint}{pool['UserPoolId']}"
    with httpx2.Client(trust_env=False) as http:
        keys = jwt.PyJWKSet.from_dict(http.get(f"{base}/.well-known/jwks.json").json())
        issued = http.post(
            f"{base}/oauth2/token",
            data={"grant_type": "client_credentials", "scope": "orders/read"},
            auth=(machine["ClientId"], machine["ClientSecret"]),
        ).json()
    claims = [
        jwt.decode(one, keys[jwt.get_unverified_header(one)["kid"]], ["RS256"], options={"verify_aud": False})
        for one in (token, issued["access_token"])
    ]
    assert claims[0]["cognito:groups"] == ["staff"]
    assert claims[1]["scope"] == "orders/read"
    assert {one["iss"].rpartition("/")[2] for one in claims} == {pool["UserPoolId"]}
