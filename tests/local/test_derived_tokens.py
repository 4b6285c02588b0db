"""GetDerivedToken: a user's token with less, for another API, and for who acts for the user."""

from typing import Any

import pytest

from fastapi_cognito_auth.local import ServiceError
from tests.local.domain.exchange_kit import EXCHANGES, FLOWS, ExchangeKit
from tests.local.kit import OTHER_PASSWORD
from tests.older import needs

pytestmark = needs("GetDerivedToken")


@pytest.fixture(scope="module")
def kit() -> ExchangeKit:
    return ExchangeKit()


def test_an_exchange_gives_the_users_token_with_less(kit: ExchangeKit) -> None:
    token = kit.user_token()
    answer = kit.exchange(token, Scopes=["orders/read"])
    assert (answer["IssuedTokenType"], answer["TokenType"]) == ("ACCESS_TOKEN", "Bearer")
    assert answer["Scopes"] == ["orders/read"]
    before, after = kit.claims(token), kit.claims(answer)
    changed = {name for name in before | after if before.get(name) != after.get(name)}
    assert changed == {"scope", "jti"}
    assert (after["scope"], after["username"]) == ("orders/read", "alice")
    assert answer["ExpiresIn"] == 3600


def test_who_acts_is_named(kit: ExchangeKit) -> None:
    assert kit.claims(kit.delegate(kit.user_token()))["act"] == {"sub": "assistant"}


def test_who_acted_before_stays_named(kit: ExchangeKit) -> None:
    first = kit.delegate(kit.user_token())["IssuedToken"]
    assert kit.claims(kit.delegate(first))["act"] == {"sub": "assistant", "act": {"sub": "assistant"}}
    assert kit.claims(kit.exchange(first))["act"] == {"sub": "assistant"}


def test_a_user_may_act_for_another(kit: ExchangeKit) -> None:
    bob = kit.tokens("bob", OTHER_PASSWORD)["AccessToken"]
    acting = kit.claims(kit.delegate(kit.user_token(), ActorToken=bob))["act"]
    assert acting == {"sub": kit.claims(bob)["sub"]}


@pytest.mark.parametrize("asked", [{"Audiences": ["mail"]}, {"Resources": ["orders"]}], ids=str)
def test_a_token_is_for_whom_it_was_asked_for(kit: ExchangeKit, asked: dict[str, list[str]]) -> None:
    (audience,) = next(iter(asked.values()))
    answer = kit.exchange(kit.user_token(), **asked)
    assert kit.claims(answer, audience=audience)["aud"] == audience


def test_the_scopes_are_those_that_were_asked_for_that_the_token_has_and_the_client_may_have(
    kit: ExchangeKit,
) -> None:
    token = kit.user_token("openid orders/read")
    assert kit.exchange(token, Scopes=["orders/read", "orders/write", "x"])["Scopes"] == ["orders/read"]
    assert {*kit.exchange(token)["Scopes"]} == {"openid", "orders/read"}
    other = ExchangeKit()
    token = other.user_token()
    other.aws.update_user_pool_client(
        UserPoolId=other.pool_id,
        ClientId=other.id,
        ExplicitAuthFlows=[*FLOWS, EXCHANGES[0]],
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthFlows=["code"],
        AllowedOAuthScopes=["orders/write"],
        CallbackURLs=["https://app.example/callback"],
    )
    assert other.exchange(token)["Scopes"] == ["orders/write"]


def test_it_ends_no_later_than_the_token_that_it_is_drawn_from() -> None:
    kit = ExchangeKit()
    token = kit.user_token()
    kit.clock.advance(3000)
    answer = kit.exchange(token)
    assert answer["ExpiresIn"] == 600
    assert kit.claims(answer)["exp"] == kit.claims(token)["exp"]


def test_it_is_revoked_with_the_sign_in_that_it_is_drawn_from(kit: ExchangeKit) -> None:
    scope = "openid aws.cognito.signin.user.admin"
    tokens = kit.domain_tokens(scope=scope)
    derived = kit.exchange(tokens["access_token"])["IssuedToken"]
    assert kit.user_info(derived).status_code == 200
    kit.aws.revoke_token(Token=tokens["refresh_token"], ClientId=kit.id)
    assert kit.user_info(derived).status_code == 401
    with pytest.raises(ServiceError, match="Access Token has been revoked"):
        kit.exchange(tokens["access_token"])


def forged(token: str) -> str:
    head, payload, _ = token.split(".")
    return f"{head}.{payload}.{'A' * 342}"


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"ClientId": "nobody"}, "ResourceNotFoundException"),
        ({"ClientSecret": "w" * 24}, "NotAuthorizedException"),
        ({"SubjectToken": "nonsense"}, "NotAuthorizedException"),
        ({"SubjectToken": "machine"}, "NotAuthorizedException"),
        ({"SubjectToken": "id"}, "NotAuthorizedException"),
        ({"SubjectToken": "forged"}, "NotAuthorizedException"),
        ({"ActorToken": "nonsense"}, "NotAuthorizedException"),
        ({"ActorToken": "forged"}, "NotAuthorizedException"),
        ({"ActorToken": "id"}, "NotAuthorizedException"),
        ({"ActorTokenType": None}, "InvalidParameterException"),
        ({"ActorToken": None}, "InvalidParameterException"),
        ({"Audiences": ["mail"], "Resources": ["orders"]}, "InvalidParameterException"),
        ({"Audiences": ["mail", "orders"]}, "InvalidParameterException"),
        ({"Resources": ["nobody"]}, "ResourceNotFoundException"),
        ({"Scopes": ["orders/delete"]}, "InvalidParameterException"),
        ({"SubjectTokenType": "SAML2"}, "UnknownOperationException"),
        ({"SubjectTokenType": "ID_TOKEN"}, "UnknownOperationException"),
        ({"ActorTokenType": "ID_TOKEN"}, "UnknownOperationException"),
        ({"RequestedTokenType": "ID_TOKEN"}, "UnknownOperationException"),
        ({"SubjectTokenProviderName": "Google"}, "UnknownOperationException"),
    ],
    ids=str,
)
def test_what_may_not_be_exchanged_is_refused(kit: ExchangeKit, wrong: dict[str, Any], name: str) -> None:
    tokens = kit.domain_tokens(scope="openid orders/read")
    others = {
        "machine": kit.machine_token(),
        "id": tokens["id_token"],
        "forged": forged(tokens["access_token"]),
    }
    wrong = {
        key: others.get(value, value) if isinstance(value, str) else value for key, value in wrong.items()
    }
    with pytest.raises(ServiceError) as refusal:
        kit.delegate(
            tokens["access_token"] if "SubjectToken" not in wrong else wrong["SubjectToken"], **wrong
        )
    assert refusal.value.name == name


def test_a_token_that_has_ended_is_not_exchanged() -> None:
    kit = ExchangeKit()
    token, acting = kit.user_token(), kit.machine_token()
    kit.clock.advance(3600)
    with pytest.raises(ServiceError, match="Access Token has expired"):
        kit.exchange(token)
    with pytest.raises(ServiceError, match="Access Token has expired"):
        kit.delegate(kit.user_token(), ActorToken=acting)


def test_a_token_of_another_pool_is_not_exchanged(kit: ExchangeKit) -> None:
    with pytest.raises(ServiceError, match="Invalid Access Token"):
        kit.exchange(ExchangeKit().user_token())


@pytest.mark.parametrize("allowed", [(), EXCHANGES[:1], EXCHANGES[1:]], ids=str)
def test_each_kind_of_exchange_has_to_be_allowed(allowed: list[str]) -> None:
    kit = ExchangeKit(explicit_auth_flows=[*FLOWS, *allowed])
    token = kit.user_token()
    for ask, flow in ((kit.exchange, EXCHANGES[0]), (kit.delegate, EXCHANGES[1])):
        if flow in allowed:
            ask(token)
        else:
            with pytest.raises(ServiceError) as refusal:
                ask(token)
            assert refusal.value.name == "OperationNotEnabledException"


def test_a_client_with_a_secret_has_to_prove_it() -> None:
    kit = ExchangeKit(client_secret=True)
    code = kit.sign_in(scope="openid orders/read").code
    token = kit.redeem(code, auth=(kit.id, str(kit.pool.client_secret))).json()["access_token"]
    with pytest.raises(ServiceError, match="Invalid client secret"):
        kit.exchange(token)
    assert kit.exchange(token, ClientSecret=kit.pool.client_secret)["TokenType"] == "Bearer"
