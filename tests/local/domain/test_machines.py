"""Client credentials: tokens for machines, with the scopes of resource servers."""

from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient

from fastapi_cognito_auth import CognitoAuth, Machine, User
from fastapi_cognito_auth.local import LocalMachine, LocalUserPool, ServiceError
from tests.local.domain.kit import DomainKit, basic
from tests.local.kit import claims, refused
from tests.older import needs


@pytest.fixture(scope="module")
def kit() -> DomainKit:
    return DomainKit(
        resource_servers={"orders": ["read", "write"], "https://api.example": ["all"]},
        machine_clients=[
            LocalMachine(scopes=["orders/read", "https://api.example/all"]),
            LocalMachine(client_id="nightly", client_secret="n" * 24, scopes=["orders/write"]),
        ],
    )


def ask(kit: DomainKit, machine: LocalMachine, **more: str) -> Any:
    data = {"grant_type": "client_credentials"} | more
    headers = basic(machine.client_id, machine.client_secret)
    return kit.http.post("/oauth2/token", data=data, headers=headers)


def test_a_machine_gets_an_access_token_and_nothing_else(kit: DomainKit) -> None:
    machine = kit.pool.machine_clients[0]
    answer = ask(kit, machine, scope="orders/read").json()
    assert set(answer) == {"access_token", "expires_in", "token_type"}
    token = claims(kit.pool, answer["access_token"], clock=kit.clock)
    assert set(token) == {
        "sub", "token_use", "scope", "auth_time", "iss", "exp", "iat", "version", "jti", "client_id",
    }  # fmt: skip
    assert token["sub"] == token["client_id"] == machine.client_id
    assert (token["scope"], token["token_use"], token["version"]) == ("orders/read", "access", 2)


def test_an_app_takes_the_token_for_a_machines(kit: DomainKit) -> None:
    machine = kit.pool.machine_clients[0]
    token = ask(kit, machine).json()["access_token"]
    auth = CognitoAuth.local(kit.pool, settings={"accepted_client_ids": [str(machine.client_id)]})
    app = FastAPI()

    @app.get("/who")
    async def who(principal: Annotated[User | Machine, Depends(auth.current_principal)]) -> list[str]:
        return [type(principal).__name__, *sorted(principal.scopes)]

    answer = TestClient(app).get("/who", headers={"Authorization": f"Bearer {token}"})
    assert answer.json() == ["Machine", "https://api.example/all", "orders/read"]


def test_ids_and_secrets_can_be_given_and_a_secret_is_in_no_repr(kit: DomainKit) -> None:
    machine = kit.pool.machine_clients[1]
    assert (machine.client_id, machine.client_secret) == ("nightly", "n" * 24)
    assert "nnnn" not in repr(machine)
    data = {"grant_type": "client_credentials", "client_id": "nightly", "client_secret": "n" * 24}
    assert kit.http.post("/oauth2/token", data=data).status_code == 200


@pytest.mark.parametrize(
    ("scope", "granted"),
    [
        (None, {"orders/read", "https://api.example/all"}),
        ("orders/read", {"orders/read"}),
        ("orders/read nothing/here", {"orders/read"}),
        ("orders/read openid", {"orders/read"}),
    ],
)
def test_scopes_are_those_of_the_machine(kit: DomainKit, scope: str | None, granted: set[str]) -> None:
    more = {} if scope is None else {"scope": scope}
    token = ask(kit, kit.pool.machine_clients[0], **more).json()["access_token"]
    assert {*claims(kit.pool, token, clock=kit.clock)["scope"].split()} == granted


@pytest.mark.parametrize(
    ("scope", "error"),
    [
        ("orders/write", "invalid_grant"),
        ("orders/read orders/write", "invalid_grant"),
        ("nothing/here", "invalid_scope"),
        ("openid", "invalid_scope"),
        ("email", "invalid_scope"),
        ("aws.cognito.signin.user.admin", "invalid_scope"),
        ("   ", "invalid_scope"),
    ],
)
def test_what_a_machine_may_not_have_is_refused(kit: DomainKit, scope: str, error: str) -> None:
    answer = ask(kit, kit.pool.machine_clients[0], scope=scope)
    assert (answer.status_code, answer.json()) == (400, {"error": error})


def test_an_app_client_of_users_is_no_machine(kit: DomainKit) -> None:
    data = {"grant_type": "client_credentials", "client_id": kit.id, "scope": "orders/read"}
    assert kit.http.post("/oauth2/token", data=data).json() == {"error": "invalid_grant"}
    assert kit.http.post("/oauth2/token", data=data | {"scope": "x"}).json() == {"error": "invalid_scope"}


def test_a_machine_is_no_app_client_of_users(kit: DomainKit) -> None:
    machine = kit.pool.machine_clients[0]
    for grant in (
        {"grant_type": "refresh_token", "refresh_token": "x"},
        {"grant_type": "authorization_code"},
    ):
        assert ask(kit, machine, **grant).json() == {"error": "unauthorized_client"}


def test_a_wrong_secret_gets_nothing(kit: DomainKit) -> None:
    machine = kit.pool.machine_clients[0]
    answer = ask(kit, LocalMachine(client_id=machine.client_id, client_secret="wrong"))
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_client"})


def test_a_resource_is_the_audience(kit: DomainKit) -> None:
    answer = ask(kit, kit.pool.machine_clients[0], resource="https://api.example/").json()
    assert claims(kit.pool, answer["access_token"], audience="https://api.example/", clock=kit.clock)
    answer = ask(kit, kit.pool.machine_clients[0], resource="nonsense")
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_request"})


def test_a_machines_token_is_no_users(kit: DomainKit) -> None:
    token = ask(kit, kit.pool.machine_clients[0]).json()["access_token"]
    assert kit.user_info(token).status_code == 401
    with refused("NotAuthorizedException"):
        kit.aws.get_user(AccessToken=token)


def test_users_may_have_scopes_of_resource_servers_too() -> None:
    kit = DomainKit(resource_servers={"orders": ["read"]}, allowed_scopes=["openid", "orders/read"])
    token = kit.domain_tokens(scope="openid orders/read")["access_token"]
    scope = claims(kit.pool, token, clock=kit.clock)["scope"]
    assert {*scope.split()} == {"openid", "orders/read"}


def test_the_directory_shows_the_servers_and_the_clients(kit: DomainKit) -> None:
    servers = kit.aws.list_resource_servers(UserPoolId=kit.pool_id, MaxResults=50)["ResourceServers"]
    assert {server["Identifier"] for server in servers} == {"orders", "https://api.example"}
    shown = kit.aws.describe_user_pool_client(UserPoolId=kit.pool_id, ClientId="nightly")["UserPoolClient"]
    assert shown["AllowedOAuthFlows"] == ["client_credentials"]


# Without a domain


@needs("GetClientToken")
def test_a_machine_gets_its_token_by_the_api_too(kit: DomainKit) -> None:
    machine = kit.pool.machine_clients[0]
    asked = {"ClientId": machine.client_id, "Secret": machine.client_secret}
    for scopes, granted in (
        ({"Scopes": ["orders/read"]}, {"orders/read"}),
        ({}, {"orders/read", "https://api.example/all"}),
    ):
        result = kit.pool.call("GetClientToken", asked | scopes)["ClientAuthenticationResult"]
        token = claims(kit.pool, result["AccessToken"], clock=kit.clock)
        assert (token["sub"], result["TokenType"]) == (machine.client_id, "Bearer")
        assert {*token["scope"].split()} == granted


@needs("GetClientToken")
@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"Secret": "w" * 24}, "NotAuthorizedException"),
        ({"ClientId": "nobody"}, "ResourceNotFoundException"),
        ({"Scopes": ["orders/write"]}, "InvalidParameterException"),
        ({"Scopes": ["orders/read", "openid"]}, "InvalidParameterException"),
    ],
    ids=str,
)
def test_the_api_refuses_what_a_machine_may_not_have(
    kit: DomainKit, wrong: dict[str, Any], name: str
) -> None:
    machine = kit.pool.machine_clients[0]
    asked = {"ClientId": machine.client_id, "Secret": machine.client_secret} | wrong
    with pytest.raises(ServiceError) as refusal:
        kit.pool.call("GetClientToken", asked)
    assert refusal.value.name == name


@needs("GetClientToken")
def test_an_app_client_of_users_has_no_token_of_its_own() -> None:
    kit = DomainKit(client_secret=True, resource_servers={"orders": ["read"]}, allowed_scopes=["orders/read"])
    asked = {"ClientId": kit.id, "Secret": kit.pool.client_secret}
    with pytest.raises(ServiceError) as refusal:
        kit.pool.call("GetClientToken", asked)
    assert refusal.value.name == "OperationNotEnabledException"


def test_a_machine_has_an_id_and_a_secret_of_its_own_from_the_start() -> None:
    machine, another = LocalMachine(), LocalMachine()
    assert (len(machine.client_id), len(machine.client_secret)) == (26, 51)
    assert machine.client_secret not in repr(machine)
    assert {machine.client_id, machine.client_secret}.isdisjoint({another.client_id, another.client_secret})
    assert LocalUserPool(machine_clients=[machine]).machine_clients == (machine,)


@pytest.mark.parametrize(
    "options",
    [
        {"machine_clients": [LocalMachine(scopes=["orders/read"])]},
        {"machine_clients": [LocalMachine(scopes=["openid"])]},
        {"machine_clients": [LocalMachine(scopes="orders/read")]},
        {"machine_clients": [LocalMachine(client_id="a b")]},
        {"machine_clients": [LocalMachine(client_secret="short")]},
        {"allowed_scopes": ["orders/read"]},
    ],
    ids=["a scope of nobody", "a scope of users", "a text", "a name", "a secret", "a scope for all"],
)
def test_a_scope_that_nobody_defines_or_a_bad_name_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        LocalUserPool(**options)
