"""/oauth2/token: codes, PKCE, client authentication, refresh."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapi_cognito_auth.local import Triggers
from tests.local.domain.kit import (
    CALLBACK,
    CHALLENGE,
    OTHER_CALLBACK,
    VERIFIER,
    DomainKit,
    at_hash,
    basic,
)
from tests.local.kit import PASSWORD, claims, refused


@pytest.fixture(scope="module")
def kit() -> DomainKit:
    return DomainKit()


def refusal(answer: Any, error: str, status: int = 400) -> None:
    assert (answer.status_code, answer.json()) == (status, {"error": error})
    assert answer.headers["cache-control"] == "no-store"


def test_a_code_becomes_tokens_of_the_grant(kit: DomainKit) -> None:
    tokens = kit.domain_tokens()
    assert set(tokens) == {"id_token", "access_token", "refresh_token", "expires_in", "token_type"}
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 3600)
    access = claims(kit.pool, tokens["access_token"], clock=kit.clock)
    identity = claims(kit.pool, tokens["id_token"], audience=kit.id, clock=kit.clock)
    assert access["client_id"] == kit.id
    assert (access["username"], access["version"], access["token_use"]) == ("alice", 2, "access")
    assert identity["nonce"] == "n-0S6_WzA2Mj"
    assert identity["at_hash"] == at_hash(tokens["access_token"])
    assert identity["auth_time"] == access["auth_time"] == int(kit.clock.now)
    assert identity["amr"] == ["pwd"]
    assert "nonce" not in access
    assert "aud" not in access


def test_scopes_are_listed_in_the_order_of_a_java_hash_set(kit: DomainKit) -> None:
    tokens = kit.domain_tokens(scope="profile email openid")
    assert claims(kit.pool, tokens["access_token"], clock=kit.clock)["scope"] == "openid profile email"
    tokens = kit.domain_tokens(scope=None)
    scope = claims(kit.pool, tokens["access_token"], clock=kit.clock)["scope"]
    assert scope == "aws.cognito.signin.user.admin phone openid profile email"


@pytest.mark.parametrize(
    ("scope", "shown"),
    [
        ("openid", {"email", "email_verified", "name", "phone_number", "phone_number_verified"}),
        ("openid profile", {"email", "email_verified", "name", "phone_number", "phone_number_verified"}),
        ("openid email", {"email", "email_verified"}),
        ("openid phone", {"phone_number", "phone_number_verified"}),
    ],
)
def test_an_id_token_shows_what_the_scopes_let_through(scope: str, shown: set[str]) -> None:
    kit = DomainKit()
    attributes = {"name": "Alice", "phone_number": "+15550001111", "phone_number_verified": "true"}
    kit.admin(
        "AdminUpdateUserAttributes",
        UserAttributes=[{"Name": name, "Value": value} for name, value in attributes.items()],
    )
    identity = claims(kit.pool, kit.domain_tokens(scope=scope)["id_token"], audience=kit.id, clock=kit.clock)
    every = {"email", "email_verified", "name", "phone_number", "phone_number_verified"}
    assert every & identity.keys() == shown
    assert identity["cognito:username"] == "alice"


def test_without_openid_there_is_no_id_token_neither_now_nor_later(kit: DomainKit) -> None:
    tokens = kit.domain_tokens(scope="email")
    assert set(tokens) == {"access_token", "refresh_token", "expires_in", "token_type"}
    assert "id_token" not in kit.refresh(tokens["refresh_token"]).json()


def test_a_resource_is_the_audience_of_the_access_token(kit: DomainKit) -> None:
    tokens = kit.domain_tokens(resource="https://api.example/")
    access = claims(kit.pool, tokens["access_token"], audience="https://api.example/", clock=kit.clock)
    assert access["aud"] == "https://api.example/"


def test_a_code_is_good_once_and_coming_again_it_ends_what_was_made_from_it(kit: DomainKit) -> None:
    code = kit.sign_in().code
    tokens = kit.redeem(code).json()
    refusal(kit.redeem(code), "invalid_grant")
    refusal(kit.refresh(tokens["refresh_token"]), "invalid_grant")
    assert kit.user_info(tokens["access_token"]).status_code == 401


def test_a_code_is_good_for_five_minutes() -> None:
    kit = DomainKit()
    first, second = kit.sign_in().code, kit.sign_in().code
    kit.clock.advance(299)
    assert kit.redeem(first).status_code == 200
    kit.clock.advance(1)
    refusal(kit.redeem(second), "invalid_grant")


@pytest.mark.parametrize(
    "wrong",
    [
        {"code_verifier": "x" * 43},
        {"code_verifier": VERIFIER[:-1]},
        {"code_verifier": CHALLENGE},
        {"code_verifier": "ä" * 43},
        {"redirect_uri": OTHER_CALLBACK},
        {"redirect_uri": f"{CALLBACK}/"},
    ],
    ids=str,
)
def test_a_wrong_verifier_or_callback_costs_the_code(kit: DomainKit, wrong: dict[str, str]) -> None:
    code = kit.sign_in().code
    refusal(kit.redeem(code, **wrong), "invalid_grant")
    refusal(kit.redeem(code), "invalid_grant")


@pytest.mark.parametrize("name", ["code", "redirect_uri", "code_verifier", "client_id", "grant_type"])
def test_a_missing_parameter_is_an_invalid_request_and_costs_nothing(kit: DomainKit, name: str) -> None:
    code = kit.sign_in().code
    refusal(kit.redeem(code, **{name: None}), "invalid_request")
    assert kit.redeem(code).status_code == 200


def test_a_verifier_for_a_code_without_a_challenge_is_refused(kit: DomainKit) -> None:
    """An attacker who took the challenge out of the request must not profit."""
    code = kit.sign_in(code_challenge=None, code_challenge_method=None).code
    refusal(kit.redeem(code), "invalid_grant")
    code = kit.sign_in(code_challenge=None, code_challenge_method=None).code
    assert kit.redeem(code, code_verifier=None).status_code == 200


def test_a_code_of_another_client_is_refused_and_stays_good(kit: DomainKit) -> None:
    other = kit.pool.call(
        "CreateUserPoolClient",
        {
            "UserPoolId": kit.pool_id,
            "ClientName": "other",
            "AllowedOAuthFlowsUserPoolClient": True,
            "AllowedOAuthFlows": ["code"],
            "AllowedOAuthScopes": ["openid"],
            "CallbackURLs": [CALLBACK],
        },
    )["UserPoolClient"]["ClientId"]
    code = kit.sign_in().code
    refusal(kit.redeem(code, client_id=other), "invalid_grant")
    assert kit.redeem(code).status_code == 200


def test_a_code_of_a_user_who_was_disabled_is_refused_before_any_token_is_made() -> None:
    asked = []

    def note(event: dict[str, Any]) -> dict[str, Any]:
        asked.append(event["userName"])
        return event

    kit = DomainKit(triggers=Triggers(pre_token_generation=note))
    code = kit.sign_in().code
    kit.admin("AdminDisableUser")
    refusal(kit.redeem(code), "invalid_grant")
    assert asked == []


def test_a_grant_that_does_not_exist_is_unsupported(kit: DomainKit) -> None:
    for grant in ("password", "urn:ietf:params:oauth:grant-type:token-exchange", "x"):
        refusal(kit.redeem("x", grant_type=grant), "unsupported_grant_type")


def test_a_parameter_that_comes_twice_is_an_invalid_request(kit: DomainKit) -> None:
    body = f"grant_type=authorization_code&client_id={kit.id}&client_id={kit.id}&code=x&redirect_uri=x"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    refusal(kit.http.post("/oauth2/token", content=body, headers=headers), "invalid_request")


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data; boundary=x", ""])
def test_only_forms_are_read(kit: DomainKit, kind: str) -> None:
    answer = kit.http.post("/oauth2/token", content="grant_type=x", headers={"Content-Type": kind})
    refusal(answer, "invalid_request")


def test_a_body_that_is_too_long_is_refused(kit: DomainKit) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    body = b"grant_type=authorization_code&code=" + b"x" * 70_000
    for path in ("/oauth2/token", "/oauth2/revoke"):
        refusal(kit.http.post(path, content=body, headers=headers), "invalid_request")


_KIT = DomainKit(users=())


@given(body=st.binary(max_size=300), authorization=st.text(st.characters(codec="ascii"), max_size=40))
def test_no_body_makes_it_fail(body: bytes, authorization: str) -> None:
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Authorization": "Basic " + "".join(char for char in authorization if char.isprintable()),
    }
    for path in ("/oauth2/token", "/oauth2/revoke"):
        assert _KIT.http.post(path, content=body, headers=headers).status_code in {400, 401}


# Client authentication


@pytest.fixture(scope="module")
def confidential() -> DomainKit:
    return DomainKit(client_secret="s3cret+OfTheClient1234567")


def test_a_client_with_a_secret_proves_it_by_basic_or_in_the_body(confidential: DomainKit) -> None:
    kit, secret = confidential, str(confidential.pool.client_secret)
    assert kit.redeem(kit.sign_in().code, auth=(kit.id, secret), client_id=None).status_code == 200
    assert kit.redeem(kit.sign_in().code, auth=(kit.id, secret)).status_code == 200
    assert kit.redeem(kit.sign_in().code, client_secret=secret).status_code == 200


def test_a_failed_client_authentication_does_not_cost_the_code(confidential: DomainKit) -> None:
    kit, secret = confidential, str(confidential.pool.client_secret)
    code = kit.sign_in().code
    refusal(kit.redeem(code), "invalid_client")
    refusal(kit.redeem(code, client_secret="wrong"), "invalid_client")
    refusal(kit.redeem(code, auth=(kit.id, "wrong")), "invalid_client")
    refusal(kit.redeem(code, auth=(kit.id, "")), "invalid_client")
    assert kit.redeem(code, client_secret=secret).status_code == 200


def test_a_client_authenticates_in_one_way_only(confidential: DomainKit) -> None:
    kit, secret = confidential, str(confidential.pool.client_secret)
    code = kit.sign_in().code
    refusal(kit.redeem(code, auth=(kit.id, secret), client_secret=secret), "invalid_request")
    refusal(kit.redeem(code, auth=(kit.id, secret), client_id="another"), "invalid_request")


@pytest.mark.parametrize("header", ["Basic", "Basic !", "Basic YQ==", "Bearer YTpi", "Basic /w=="])
def test_a_header_that_is_no_basic_authentication_is_an_invalid_client(kit: DomainKit, header: str) -> None:
    data = {"grant_type": "authorization_code", "code": "x", "redirect_uri": CALLBACK}
    answer = kit.http.post("/oauth2/token", data=data, headers={"Authorization": header})
    refusal(answer, "invalid_client")


def test_a_public_client_has_no_secret_to_prove(kit: DomainKit) -> None:
    refusal(kit.redeem("x", client_secret="guess"), "invalid_client")
    refusal(kit.redeem("x", auth=(kit.id, "guess")), "invalid_client")
    refusal(kit.redeem("x", client_id="nobody"), "invalid_client")


# Refresh


def test_a_refresh_keeps_scopes_and_the_time_of_the_sign_in() -> None:
    kit = DomainKit()
    tokens = kit.domain_tokens(scope="openid email")
    kit.clock.advance(600)
    answer = kit.refresh(tokens["refresh_token"])
    assert set(answer.json()) == {"id_token", "access_token", "expires_in", "token_type"}
    before = claims(kit.pool, tokens["access_token"], clock=kit.clock)
    after = claims(kit.pool, answer.json()["access_token"], clock=kit.clock)
    for name in ("scope", "auth_time", "origin_jti", "sub"):
        assert after[name] == before[name]
    assert after["jti"] != before["jti"]
    identity = claims(kit.pool, answer.json()["id_token"], audience=kit.id, clock=kit.clock)
    assert identity["at_hash"] == at_hash(answer.json()["access_token"])
    assert "nonce" not in identity


def test_a_refresh_cannot_widen_the_scopes(kit: DomainKit) -> None:
    tokens = kit.domain_tokens(scope="openid email")
    refusal(kit.refresh(tokens["refresh_token"], scope="openid profile"), "invalid_scope")
    assert kit.refresh(tokens["refresh_token"], scope="openid").status_code == 200
    refusal(kit.refresh("unknown", scope="openid"), "invalid_grant")


def test_refresh_tokens_of_the_api_and_of_the_domain_work_at_both(kit: DomainKit) -> None:
    of_api = kit.tokens()["RefreshToken"]
    answer = kit.refresh(of_api).json()
    scope = claims(kit.pool, answer["access_token"], clock=kit.clock)["scope"]
    assert scope == "aws.cognito.signin.user.admin"
    of_domain = kit.domain_tokens(scope="openid email")["refresh_token"]
    result = kit.aws.get_tokens_from_refresh_token(ClientId=kit.id, RefreshToken=of_domain)
    access = result["AuthenticationResult"]["AccessToken"]
    assert claims(kit.pool, access, clock=kit.clock)["scope"] == "openid email"


def test_an_access_token_without_the_scope_of_own_operations_is_refused_at_the_api(kit: DomainKit) -> None:
    with refused("NotAuthorizedException", "Access Token does not have required scopes"):
        kit.aws.get_user(AccessToken=kit.domain_tokens(scope="openid email")["access_token"])
    everything = kit.domain_tokens()["access_token"]
    assert kit.aws.get_user(AccessToken=everything)["Username"] == "alice"


def test_rotation_hands_out_another_refresh_token_and_ends_the_old_one() -> None:
    kit = DomainKit(refresh_token_rotation=0)
    first = kit.domain_tokens()["refresh_token"]
    second = kit.refresh(first).json()["refresh_token"]
    refusal(kit.refresh(first), "invalid_grant")
    refusal(kit.refresh(second), "invalid_grant")


@pytest.mark.parametrize("end", ["AdminUserGlobalSignOut", "AdminDisableUser", "AdminDeleteUser"])
def test_a_refresh_token_ends_with_what_ends_the_sign_in(end: str) -> None:
    kit = DomainKit()
    token = kit.domain_tokens()["refresh_token"]
    kit.admin(end)
    refusal(kit.refresh(token), "invalid_grant")


def test_the_pre_token_trigger_learns_that_the_domain_asks() -> None:
    sources = []

    def note(event: dict[str, Any]) -> dict[str, Any]:
        sources.append((event["triggerSource"], sorted(event["request"]["scopes"])))
        return event

    kit = DomainKit(triggers=Triggers(pre_token_generation=note))
    kit.domain_tokens(scope="openid email")
    assert sources == [("TokenGeneration_HostedAuth", ["email", "openid"])]


def test_a_trigger_that_refuses_is_an_invalid_grant() -> None:
    def refuse(event: dict[str, Any]) -> dict[str, Any]:
        raise ValueError("no")

    kit = DomainKit(triggers=Triggers(pre_token_generation=refuse))
    refusal(kit.redeem(kit.sign_in().code), "invalid_grant")


def test_pages_of_every_origin_may_read_the_answers(kit: DomainKit) -> None:
    for path in ("/oauth2/token", "/oauth2/revoke", "/oauth2/userInfo"):
        asked = kit.http.options(path, headers={"Origin": "https://app.example"})
        assert asked.headers["access-control-allow-origin"] == "*"
        assert "authorization" in asked.headers["access-control-allow-headers"]
    assert kit.redeem("x").headers["access-control-allow-origin"] == "*"


# The implicit grant, where an app client has it


def test_the_implicit_grant_answers_in_the_fragment_without_a_refresh_token() -> None:
    kit = DomainKit()
    kit.pool.call(
        "UpdateUserPoolClient",
        {
            "UserPoolId": kit.pool_id,
            "ClientId": kit.id,
            "AllowedOAuthFlowsUserPoolClient": True,
            "AllowedOAuthFlows": ["implicit"],
            "AllowedOAuthScopes": ["openid"],
            "CallbackURLs": [CALLBACK],
            "SupportedIdentityProviders": ["COGNITO"],
        },
    )
    callback = kit.sign_in(response_type="token", code_challenge=None, code_challenge_method=None)
    assert callback.query == {}
    assert set(callback.fragment) == {"id_token", "access_token", "expires_in", "token_type", "state"}
    assert claims(kit.pool, callback.fragment["access_token"], clock=kit.clock)["scope"] == "openid"
    assert (
        kit.http.get("/oauth2/authorize", params=kit.asks())
        .headers["location"]
        .startswith(f"{CALLBACK}?error=unauthorized_client")
    )


def test_basic_credentials_are_compared_as_they_are(confidential: DomainKit) -> None:
    kit = confidential
    quoted = str(kit.pool.client_secret).replace("+", "%2B")
    data = {"grant_type": "refresh_token", "refresh_token": "x"}
    answer = kit.http.post("/oauth2/token", data=data, headers=basic(kit.id, quoted))
    refusal(answer, "invalid_client")


def test_tokens_of_the_api_have_no_at_hash(kit: DomainKit) -> None:
    identity = claims(kit.pool, kit.tokens("alice", PASSWORD)["IdToken"], audience=kit.id, clock=kit.clock)
    assert "at_hash" not in identity
