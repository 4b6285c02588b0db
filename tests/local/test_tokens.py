"""Tokens: their claims, refresh, revocation, and what a token-authorised operation refuses."""

import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest

from fastapi_cognito_auth.local import LocalUser
from tests.local.kit import ALICE, OTHER_PASSWORD, PASSWORD, Kit, claims, refused


@pytest.fixture
def kit() -> Kit:
    return Kit()


def refresh(kit: Kit, token: str, flow: str = "REFRESH_TOKEN_AUTH", **extra: str) -> Any:
    return kit.aws.initiate_auth(
        ClientId=kit.id, AuthFlow=flow, AuthParameters={"REFRESH_TOKEN": token} | extra
    )["AuthenticationResult"]


def other_client(kit: Kit, **config: Any) -> str:
    client = kit.aws.create_user_pool_client(UserPoolId=kit.pool_id, ClientName="other", **config)
    client_id: str = client["UserPoolClient"]["ClientId"]
    return client_id


def test_access_and_id_tokens_have_the_services_claims() -> None:
    kit = Kit(
        users=(
            LocalUser("alice", password=PASSWORD, groups=("b", "a"), attributes={"email": "a@example.com"}),
        )
    )
    kit.aws.update_group(UserPoolId=kit.pool_id, GroupName="b", Precedence=1, RoleArn="arn:aws:iam::1:role/b")
    result = kit.tokens()
    access = claims(kit.pool, result["AccessToken"], clock=kit.clock)
    identity = claims(kit.pool, result["IdToken"], audience=kit.id, clock=kit.clock)
    shared = {
        "sub",
        "iss",
        "event_id",
        "auth_time",
        "iat",
        "exp",
        "jti",
        "origin_jti",
        "acr",
        "amr",
        "cognito:groups",
        "token_use",
    }
    assert set(access) == shared | {"client_id", "scope", "username", "version"}
    assert set(identity) == shared | {
        "aud", "cognito:username", "email", "email_verified", "cognito:roles", "cognito:preferred_role",
    }  # fmt: skip
    assert (access["client_id"], access["scope"], access["version"]) == (
        kit.id,
        "aws.cognito.signin.user.admin",
        2,
    )
    assert access["exp"] - access["iat"] == result["ExpiresIn"] == 3600
    assert access["cognito:groups"] == ["b", "a"]
    assert identity["email_verified"] is True
    assert identity["cognito:preferred_role"] == "arn:aws:iam::1:role/b"
    assert access["origin_jti"] == identity["origin_jti"]
    assert access["jti"] != identity["jti"]


def test_two_roles_of_equal_precedence_leave_none_preferred() -> None:
    kit = Kit(users=(LocalUser("alice", password=PASSWORD, groups=("a", "b")),))
    for name in ("a", "b"):
        kit.aws.update_group(UserPoolId=kit.pool_id, GroupName=name, RoleArn=f"arn:aws:iam::1:role/{name}")
    identity = claims(kit.pool, kit.tokens()["IdToken"], audience=kit.id, clock=kit.clock)
    assert len(identity["cognito:roles"]) == 2
    assert "cognito:preferred_role" not in identity


def test_each_token_kind_has_its_own_key() -> None:
    kit = Kit(fresh_keys=True)
    result = kit.tokens()
    kids = [jwt.get_unverified_header(result[name])["kid"] for name in ("AccessToken", "IdToken")]
    keys = kit.pool.jwks()["keys"]
    assert kids[0] != kids[1]
    assert {key["kid"] for key in keys} == set(kids)
    assert all(kid.endswith("=") for kid in kids)
    assert all(
        (key["alg"], key["use"], key["kty"], key["e"]) == ("RS256", "sig", "RSA", "AQAB") for key in keys
    )


def test_only_readable_attributes_show() -> None:
    kit = Kit()
    kit.id = other_client(kit, ReadAttributes=["name"], ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"])
    result = kit.tokens()
    assert "email" not in claims(kit.pool, result["IdToken"], audience=kit.id, clock=kit.clock)
    shown = kit.aws.get_user(AccessToken=result["AccessToken"])["UserAttributes"]
    assert [pair["Name"] for pair in shown] == ["sub"]


def test_only_writable_attributes_are_taken() -> None:
    kit = Kit()
    kit.id = other_client(kit, WriteAttributes=["name"])
    with refused("NotAuthorizedException", "A client attempted to write unauthorized attribute"):
        kit.aws.sign_up(
            ClientId=kit.id,
            Username="carol",
            Password=PASSWORD,
            UserAttributes=[{"Name": "email", "Value": "c@x.org"}],
        )


# Refresh


@pytest.mark.parametrize("flow", ["REFRESH_TOKEN_AUTH", "REFRESH_TOKEN"])
def test_refresh_shows_what_is_true_now_and_keeps_the_time_of_sign_in(kit: Kit, flow: str) -> None:
    first = kit.tokens()
    assert len(first["RefreshToken"].split(".")) == 5
    kit.clock.advance(600)
    kit.aws.create_group(UserPoolId=kit.pool_id, GroupName="late")
    kit.admin("AdminAddUserToGroup", GroupName="late")
    second = refresh(kit, first["RefreshToken"], flow)
    assert "RefreshToken" not in second
    old, new = (claims(kit.pool, result["AccessToken"], clock=kit.clock) for result in (first, second))
    assert new["cognito:groups"] == ["late"]
    assert (new["auth_time"], new["origin_jti"]) == (old["auth_time"], old["origin_jti"])
    assert (new["iat"], new["jti"] == old["jti"]) == (old["iat"] + 600, False)


def test_get_tokens_from_refresh_token_demands_the_clients_secret() -> None:
    kit = Kit(client_secret=True)
    token = kit.tokens()["RefreshToken"]
    for secret in ({}, {"ClientSecret": "x" * 24}):
        with refused("NotAuthorizedException"):
            kit.aws.get_tokens_from_refresh_token(ClientId=kit.id, RefreshToken=token, **secret)
    answer = kit.aws.get_tokens_from_refresh_token(
        ClientId=kit.id, RefreshToken=token, ClientSecret=kit.pool.client_secret
    )
    assert "AccessToken" in answer["AuthenticationResult"]


def test_the_hash_of_a_refresh_covers_the_username() -> None:
    kit = Kit(client_secret=True)
    token = kit.tokens()["RefreshToken"]
    assert "AccessToken" in refresh(kit, token, SECRET_HASH=kit.hash_of("alice"))
    with refused("NotAuthorizedException", f"Unable to verify secret hash for client {kit.id}"):
        refresh(kit, token, SECRET_HASH=kit.hash_of("bob"))
    with refused("NotAuthorizedException"):
        refresh(kit, token)
    with refused("NotAuthorizedException", "Invalid Refresh Token"):
        refresh(kit, "x.y.z", SECRET_HASH=kit.hash_of("bob"))


def test_a_refresh_token_is_refused_for_each_reason(kit: Kit) -> None:
    token, bobs = kit.tokens()["RefreshToken"], kit.tokens("bob", OTHER_PASSWORD)["RefreshToken"]
    with refused("InvalidParameterException", "Missing required parameter REFRESH_TOKEN"):
        refresh(kit, "")
    with refused("NotAuthorizedException", "Invalid Refresh Token"):
        refresh(kit, token[:-1])
    own, kit.id = kit.id, other_client(kit)
    with refused("NotAuthorizedException", "Refresh Token has different Client"):
        refresh(kit, token)
    kit.id = own
    kit.clock.advance(30 * 86400)
    with refused("NotAuthorizedException", "Refresh Token has expired"):
        refresh(kit, token)
    kit.admin("AdminDisableUser")
    with refused("NotAuthorizedException", "User is disabled."):
        refresh(kit, token)
    kit.admin("AdminEnableUser")
    with refused("NotAuthorizedException", "Refresh Token has been revoked"):
        refresh(kit, token)
    kit.admin("AdminDeleteUser", "bob")
    with refused("NotAuthorizedException", "The user has been deleted for the associated refresh token"):
        refresh(kit, bobs)


def test_refresh_can_be_off_for_a_client() -> None:
    kit = Kit(explicit_auth_flows=("ALLOW_USER_PASSWORD_AUTH",))
    with refused("InvalidParameterException", "Auth flow not enabled for this client"):
        refresh(kit, kit.tokens()["RefreshToken"])


# Revocation


def test_revoke_ends_one_sign_in_and_no_other(kit: Kit) -> None:
    first, second = kit.tokens(), kit.tokens()
    for _ in range(2):
        kit.aws.revoke_token(ClientId=kit.id, Token=first["RefreshToken"])
    kit.aws.revoke_token(ClientId=kit.id, Token="never.was.one.of.ours")
    with refused("NotAuthorizedException", "Refresh Token has been revoked"):
        refresh(kit, first["RefreshToken"])
    with refused("NotAuthorizedException", "Access Token has been revoked"):
        kit.aws.get_user(AccessToken=first["AccessToken"])
    assert kit.aws.get_user(AccessToken=second["AccessToken"])["Username"] == "alice"


def test_revoke_refuses_a_jwt_another_client_and_a_wrong_secret(kit: Kit) -> None:
    result = kit.tokens()
    with refused("UnsupportedTokenTypeException"):
        kit.aws.revoke_token(ClientId=kit.id, Token=result["AccessToken"])
    with refused("UnauthorizedException"):
        kit.aws.revoke_token(ClientId=other_client(kit), Token=result["RefreshToken"])
    with refused("UnauthorizedException"):
        kit.aws.revoke_token(ClientId=other_client(kit, GenerateSecret=True), Token=result["RefreshToken"])
    with refused("UnauthorizedException"):
        kit.aws.revoke_token(ClientId=kit.id, ClientSecret="x" * 24, Token=result["RefreshToken"])
    assert "AccessToken" in refresh(kit, result["RefreshToken"])


def test_a_client_without_revocation_says_so(kit: Kit) -> None:
    kit.id = other_client(kit, EnableTokenRevocation=False, ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"])
    result = kit.tokens()
    assert "origin_jti" not in claims(kit.pool, result["AccessToken"], clock=kit.clock)
    with refused("UnsupportedOperationException"):
        kit.aws.revoke_token(ClientId=kit.id, Token=result["RefreshToken"])


def test_global_sign_out_ends_every_sign_in(kit: Kit) -> None:
    first, second = kit.tokens(), kit.tokens()
    bob = kit.tokens("bob", OTHER_PASSWORD)
    kit.aws.global_sign_out(AccessToken=first["AccessToken"])
    for result in (first, second):
        with refused("NotAuthorizedException", "Access Token has been revoked"):
            kit.aws.global_sign_out(AccessToken=result["AccessToken"])
        with refused("NotAuthorizedException", "Refresh Token has been revoked"):
            refresh(kit, result["RefreshToken"])
    assert kit.aws.get_user(AccessToken=bob["AccessToken"])["Username"] == "bob"


def test_a_password_change_does_not_revoke_and_a_reset_does(kit: Kit) -> None:
    result = kit.tokens()
    kit.admin("AdminSetUserPassword", Password=OTHER_PASSWORD, Permanent=True)
    assert "AccessToken" in refresh(kit, result["RefreshToken"])
    kit.admin("AdminResetUserPassword")
    with refused("NotAuthorizedException", "Refresh Token has been revoked"):
        refresh(kit, result["RefreshToken"])


def test_admin_sign_out_ends_every_sign_in(kit: Kit) -> None:
    token = kit.tokens()["RefreshToken"]
    kit.admin("AdminUserGlobalSignOut")
    with refused("NotAuthorizedException", "Refresh Token has been revoked"):
        refresh(kit, token)


# Access tokens


def forge(kit: Kit, key: str, **changes: Any) -> str:
    """Sign changed claims of a real access token with one of the pool's own keys."""
    payload = json.loads(jwt.PyJWS().decode(kit.tokens()["AccessToken"], options={"verify_signature": False}))
    signing = getattr(kit.pool._plane.tokens.keys, key)
    return jwt.PyJWS().encode(
        json.dumps(payload | changes).encode(),
        signing.private,
        "RS256",
        headers={"kid": signing.kid, "typ": None},
    )


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda kit: "nonsense", "Invalid Access Token"),
        (lambda kit: kit.tokens()["IdToken"], "Invalid Access Token"),
        (lambda kit: kit.tokens()["RefreshToken"], "Invalid Access Token"),
        (lambda kit: Kit().tokens()["AccessToken"], "Invalid Access Token"),
        (lambda kit: jwt.PyJWS().encode(b"[]", "k" * 32, "HS256"), "Invalid Access Token"),
        (
            lambda kit: kit.tokens()["AccessToken"][:-8] + "AAAAAAAA",
            "Could not verify signature for Access Token",
        ),
        (lambda kit: forge(kit, "id"), "Could not verify signature for Access Token"),
        (
            lambda kit: jwt.encode({"token_use": "access", "iss": kit.pool.issuer}, "k" * 32, "HS256"),
            "Could not verify signature for Access Token",
        ),
        (
            lambda kit: jwt.encode({"token_use": "access", "iss": kit.pool.issuer}, "", "none"),
            "Could not verify signature for Access Token",
        ),
        (lambda kit: forge(kit, "access", exp=1), "Access Token has expired"),
        (lambda kit: forge(kit, "access", event_id="x"), "Access Token has been revoked"),
        (lambda kit: forge(kit, "access", scope="openid"), "Access Token does not have required scopes"),
    ],
)
def test_a_bad_access_token_is_refused(kit: Kit, make: Callable[[Kit], str], text: str) -> None:
    token = make(kit)
    for call in (kit.aws.get_user, kit.aws.global_sign_out, kit.aws.associate_software_token):
        with refused("NotAuthorizedException", text):
            call(AccessToken=token)


def test_an_access_token_dies_with_its_time_and_its_user() -> None:
    kit = Kit(users=(ALICE,), access_token_validity=300)
    token = kit.tokens()["AccessToken"]
    kit.clock.advance(299)
    assert kit.aws.get_user(AccessToken=token)["Username"] == "alice"
    kit.clock.advance(1)
    with refused("NotAuthorizedException", "Access Token has expired"):
        kit.aws.get_user(AccessToken=token)
    token = kit.tokens()["AccessToken"]
    kit.admin("AdminDisableUser")
    with refused("NotAuthorizedException", "User is disabled."):
        kit.aws.get_user(AccessToken=token)
    kit.admin("AdminDeleteUser")
    with refused("UserNotFoundException", "User does not exist."):
        kit.aws.get_user(AccessToken=token)
