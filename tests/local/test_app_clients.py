"""App clients are held against each other's settings and the pool's, as the API does it."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastapi_cognito_auth.local import ServiceError
from fastapi_cognito_auth.local.clients import Client
from tests.local.kit import Kit, refused
from tests.older import needs

CALLBACK = "https://app.example/callback"
CODE = {
    "AllowedOAuthFlowsUserPoolClient": True,
    "AllowedOAuthFlows": ["code"],
    "AllowedOAuthScopes": ["openid"],
    "CallbackURLs": [CALLBACK],
}
MACHINE = {
    "GenerateSecret": True,
    "AllowedOAuthFlowsUserPoolClient": True,
    "AllowedOAuthFlows": ["client_credentials"],
    "AllowedOAuthScopes": ["orders/read"],
}


@pytest.fixture(scope="module")
def kit() -> Kit:
    return Kit(
        users=(),
        resource_servers={"orders": ["read"]},
        identity_providers=["Google"],
        custom_attributes={"tenant": "String"},
    )


def make(kit: Kit, **config: Any) -> Any:
    return kit.aws.create_user_pool_client(UserPoolId=kit.pool_id, ClientName="web", **config)[
        "UserPoolClient"
    ]


@needs("GetClientToken")
def test_an_app_client_for_tokens_of_machines_has_no_other_flow(kit: Kit) -> None:
    flows = ["ALLOW_CLIENT_TOKEN_AUTH"]
    made = make(kit, **MACHINE, ExplicitAuthFlows=flows)
    answer = kit.aws.get_client_token(ClientId=made["ClientId"], Secret=made["ClientSecret"])
    assert answer["ClientAuthenticationResult"]["AccessToken"]
    with refused("InvalidParameterException"):
        make(kit, **MACHINE, ExplicitAuthFlows=[*flows, "ALLOW_USER_SRP_AUTH"])


def update(kit: Kit, client_id: str, **config: Any) -> Any:
    return kit.aws.update_user_pool_client(UserPoolId=kit.pool_id, ClientId=client_id, **config)[
        "UserPoolClient"
    ]


NO_GRANT = (
    "AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth flows."
)
REFUSED: list[tuple[dict[str, Any], str, str]] = [
    (
        {"AllowedOAuthFlowsUserPoolClient": True},
        "InvalidParameterException",
        NO_GRANT,
    ),
    (
        CODE | {"CallbackURLs": []},
        "InvalidParameterException",
        "CallbackUrls can not be empty when code flow or implicit flow is selected",
    ),
    (
        CODE | {"AllowedOAuthScopes": ["orders/write"]},
        "ScopeDoesNotExistException",
        "Invalid scope requested: orders/write",
    ),
    (
        MACHINE | {"GenerateSecret": False},
        "InvalidOAuthFlowException",
        "client_credentials flow can not be selected if client does not have a client secret.",
    ),
    (
        MACHINE | {"AllowedOAuthFlows": ["client_credentials", "code"]},
        "InvalidOAuthFlowException",
        "client_credentials flow can not be selected along with code flow or implicit flow.",
    ),
    (
        MACHINE | {"AllowedOAuthScopes": ["openid"]},
        "InvalidOAuthFlowException",
        "openid is not supported with client_credentials flow",
    ),
    (
        CODE | {"CallbackURLs": ["http://app.example/callback"]},
        "InvalidParameterException",
        "http://app.example/callback cannot use the HTTP protocol.",
    ),
    (
        {"LogoutURLs": ["http://app.example/"]},
        "InvalidParameterException",
        "http://app.example/ cannot use the HTTP protocol.",
    ),
    (
        CODE | {"CallbackURLs": [f"{CALLBACK}#x"]},
        "InvalidParameterException",
        f"{CALLBACK}#x cannot contain a fragment.",
    ),
    (
        CODE | {"DefaultRedirectURI": "https://app.example/other"},
        "InvalidParameterException",
        "The default redirect URI https://app.example/other is not in the callback URIs list.",
    ),
    (
        {"SupportedIdentityProviders": ["COGNITO", "Facebook"]},
        "InvalidParameterException",
        "The provider Facebook does not exist for User Pool POOL.",
    ),
    (
        {"ReadAttributes": ["custom:none"]},
        "InvalidParameterException",
        "Invalid read attributes specified while creating a client",
    ),
    (
        {"WriteAttributes": ["email_verified"]},
        "InvalidParameterException",
        "Invalid write attributes specified while creating a client",
    ),
    (
        {"ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "USER_PASSWORD_AUTH"]},
        "InvalidParameterException",
        "Auth flow name with prefix 'ALLOW' cannot be used with legacy auth flow names.",
    ),
    (
        {
            "ExplicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH"],
            "RefreshTokenRotation": {"Feature": "ENABLED", "RetryGracePeriodSeconds": 0},
        },
        "InvalidParameterException",
        "ALLOW_REFRESH_TOKEN_AUTH cannot be used with refresh token rotation.",
    ),
    (
        {"EnablePropagateAdditionalUserContextData": True},
        "InvalidParameterException",
        "EnablePropagateAdditionalUserContextData can only be set for a client that has a client secret.",
    ),
]


@pytest.mark.parametrize(("config", "name", "message"), REFUSED, ids=[refusal[2] for refusal in REFUSED])
def test_settings_that_no_client_can_have_are_refused(
    kit: Kit, config: dict[str, Any], name: str, message: str
) -> None:
    with refused(name, message.replace("POOL", kit.pool_id)):
        make(kit, **config)


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "/callback", "https://", "https://[x"]
)
def test_a_browser_is_sent_to_addresses_alone(kit: Kit, address: str) -> None:
    with refused("InvalidParameterException", f"{address} is not a valid redirect URI."):
        make(kit, **CODE | {"CallbackURLs": [address]})


@pytest.mark.parametrize(
    "address",
    ["http://localhost:8000/x", "http://127.0.0.1", "http://[::1]:3000/", "myapp://callback", CALLBACK],
)
def test_an_app_may_be_on_this_machine_or_have_a_scheme_of_its_own(kit: Kit, address: str) -> None:
    assert make(kit, **CODE | {"CallbackURLs": [address]})["CallbackURLs"] == [address]


@pytest.mark.parametrize(
    "validity",
    [
        {"AccessTokenValidity": 4, "TokenValidityUnits": {"AccessToken": "minutes"}},
        {"AccessTokenValidity": 25},
        {"IdTokenValidity": 2, "TokenValidityUnits": {"IdToken": "days"}},
        {"RefreshTokenValidity": 59, "TokenValidityUnits": {"RefreshToken": "minutes"}},
        {"RefreshTokenValidity": 3651},
        {"TokenValidityUnits": {"AccessToken": "minutes"}},
    ],
    ids=str,
)
def test_tokens_are_good_for_five_minutes_to_a_day(kit: Kit, validity: dict[str, Any]) -> None:
    with refused("InvalidParameterException", "Invalid range for token validity."):
        make(kit, **validity)


def test_a_token_ends_no_later_than_what_refreshes_it(kit: Kit) -> None:
    with refused(
        "InvalidParameterException",
        "Access and Id Token expiration times must be less than or equal to refresh token expiration times.",
    ):
        make(
            kit,
            AccessTokenValidity=2,
            RefreshTokenValidity=60,
            TokenValidityUnits={"RefreshToken": "minutes"},
        )


def test_no_days_of_refreshing_are_thirty(kit: Kit) -> None:
    assert make(kit, RefreshTokenValidity=0)["RefreshTokenValidity"] == 30


def test_an_update_puts_back_what_it_leaves_out(kit: Kit) -> None:
    made = make(kit, **CODE, AuthSessionValidity=15, PreventUserExistenceErrors="ENABLED")
    kit.clock.advance(60)
    changed = update(kit, made["ClientId"])
    fresh = make(kit)
    apart = {"ClientId", "CreationDate"}
    assert {name: value for name, value in changed.items() if name not in apart} == {
        name: value for name, value in fresh.items() if name not in apart
    }


def test_an_update_is_checked_as_a_creation_is(kit: Kit) -> None:
    made = make(kit)
    with refused("ScopeDoesNotExistException"):
        update(kit, made["ClientId"], **CODE | {"AllowedOAuthScopes": ["nothing"]})
    with refused("InvalidOAuthFlowException"):
        update(kit, made["ClientId"], **{name: MACHINE[name] for name in MACHINE if name != "GenerateSecret"})
    machine = make(kit, **MACHINE)
    kept = {name: MACHINE[name] for name in MACHINE if name != "GenerateSecret"}
    assert update(kit, machine["ClientId"], **kept)["AllowedOAuthScopes"] == ["orders/read"]


def test_what_is_described_can_be_written_back(kit: Kit) -> None:
    described = kit.aws.describe_user_pool_client(UserPoolId=kit.pool_id, ClientId=kit.id)["UserPoolClient"]
    known = kit.aws.meta.service_model.operation_model("UpdateUserPoolClient").input_shape.members
    written = kit.aws.update_user_pool_client(
        **{name: value for name, value in described.items() if name in known}
    )["UserPoolClient"]
    written["LastModifiedDate"] = described["LastModifiedDate"]
    assert written == described


@needs("CreateUserPoolClient", "ClientSecret")
def test_a_secret_is_given_or_drawn(kit: Kit) -> None:
    secret = "s3cret+OfTheAppClient_1234"
    with refused(
        "InvalidParameterException", "Cannot generate a client secret when a ClientSecret is given."
    ):
        make(kit, ClientSecret=secret, GenerateSecret=True)
    assert make(kit, ClientSecret=secret)["ClientSecret"] == secret


@needs("CreateUserPoolClient", "PublishSecretsInAWSSecretsManager")
def test_a_secret_is_published_nowhere(kit: Kit) -> None:
    with refused("InvalidParameterException"):
        make(kit, GenerateSecret=True, PublishSecretsInAWSSecretsManager=True)


def test_a_pool_of_the_lite_plan_has_no_choice_of_factors_and_no_rotation() -> None:
    kit = Kit(users=())
    kit.aws.update_user_pool(UserPoolId=kit.pool_id, UserPoolTier="LITE")
    with refused("FeatureUnavailableInTierException"):
        make(kit, ExplicitAuthFlows=["ALLOW_USER_AUTH"])
    with refused("FeatureUnavailableInTierException"):
        make(kit, RefreshTokenRotation={"Feature": "ENABLED"})


UNITS = st.sampled_from(["seconds", "minutes", "hours", "days"])
CONFIGS = st.fixed_dictionaries(
    {},
    optional={
        "GenerateSecret": st.booleans(),
        "AllowedOAuthFlowsUserPoolClient": st.booleans(),
        "AllowedOAuthFlows": st.lists(
            st.sampled_from(["code", "implicit", "client_credentials"]), max_size=3
        ),
        "AllowedOAuthScopes": st.lists(st.sampled_from(["openid", "orders/read", "x"]), max_size=2),
        "CallbackURLs": st.lists(
            st.sampled_from([CALLBACK, "http://a", "x:"]) | st.text(min_size=1), max_size=2
        ),
        "DefaultRedirectURI": st.sampled_from([CALLBACK, "x:"]),
        "AccessTokenValidity": st.integers(1, 86_400),
        "IdTokenValidity": st.integers(1, 86_400),
        "RefreshTokenValidity": st.integers(0, 315_360_000),
        "TokenValidityUnits": st.fixed_dictionaries(
            {}, optional={"AccessToken": UNITS, "IdToken": UNITS, "RefreshToken": UNITS}
        ),
        "RefreshTokenRotation": st.fixed_dictionaries({"Feature": st.sampled_from(["ENABLED", "DISABLED"])}),
        "ExplicitAuthFlows": st.lists(
            st.sampled_from(["ALLOW_USER_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ADMIN_NO_SRP_AUTH"]), max_size=2
        ),
    },
)


@settings(max_examples=200)
@given(config=CONFIGS)
def test_whatever_is_accepted_is_a_client_that_the_service_has(kit: Kit, config: dict[str, Any]) -> None:
    try:
        made = kit.pool.call("CreateUserPoolClient", {"UserPoolId": kit.pool_id, "ClientName": "x", **config})
    except ServiceError:
        return
    records = kit.pool._plane.directory.clients
    client = Client.of(records.pop(made["UserPoolClient"]["ClientId"]))
    assert 300 <= client.access_seconds <= 86_400
    assert client.access_seconds <= client.refresh_seconds <= 315_360_000
    assert len(client.oauth.flows) == 1 or "client_credentials" not in client.oauth.flows
    assert client.secrets or "client_credentials" not in client.oauth.flows
    assert {*client.oauth.scopes} <= {"openid", "orders/read"}
    assert all(":" in url and not url.startswith("http://") for url in client.oauth.callback_urls)
    assert client.rotation_grace is None or "ALLOW_REFRESH_TOKEN_AUTH" not in client.flows
