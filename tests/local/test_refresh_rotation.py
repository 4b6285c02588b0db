"""Refresh token rotation: each refresh gives a new token, and an old one that comes back ends them all."""

from typing import Any

import pytest

from fastapi_cognito_auth.local import LocalUserPool
from tests.local.kit import Kit, refused
from tests.older import needs


def refresh(kit: Kit, token: str, **more: str) -> Any:
    return kit.aws.get_tokens_from_refresh_token(ClientId=kit.id, RefreshToken=token, **more)[
        "AuthenticationResult"
    ]


def test_each_refresh_replaces_the_token() -> None:
    kit = Kit(refresh_token_rotation=0)
    first = kit.tokens()["RefreshToken"]
    second = refresh(kit, first)["RefreshToken"]
    third = refresh(kit, second)["RefreshToken"]
    assert len({first, second, third}) == 3
    assert refresh(kit, third)["AccessToken"]


def test_without_rotation_no_refresh_token_is_given() -> None:
    kit = Kit()
    token = kit.tokens()["RefreshToken"]
    assert "RefreshToken" not in refresh(kit, token)
    assert "RefreshToken" not in refresh(kit, token)


def test_a_token_that_comes_back_ends_the_whole_sign_in_and_no_other() -> None:
    kit = Kit(refresh_token_rotation=0)
    first, other = kit.tokens(), kit.tokens()
    second = refresh(kit, first["RefreshToken"])
    with refused("RefreshTokenReuseException"):
        refresh(kit, first["RefreshToken"])
    for token in (first["RefreshToken"], second["RefreshToken"]):
        with refused("NotAuthorizedException", "Refresh Token has been revoked"):
            refresh(kit, token)
    for result in (first, second):
        with refused("NotAuthorizedException", "Access Token has been revoked"):
            kit.aws.get_user(AccessToken=result["AccessToken"])
    assert refresh(kit, other["RefreshToken"])["AccessToken"]


def test_within_the_grace_a_retry_works_and_after_it_ends_the_sign_in() -> None:
    kit = Kit(refresh_token_rotation=60)
    first = kit.tokens()["RefreshToken"]
    second = refresh(kit, first)["RefreshToken"]
    kit.clock.advance(30)
    retried = refresh(kit, first)["RefreshToken"]
    kit.clock.advance(29)
    assert refresh(kit, first)["RefreshToken"] not in {first, second, retried}
    kit.clock.advance(1)
    with refused("RefreshTokenReuseException"):
        refresh(kit, first)
    for token in (second, retried):
        with refused("NotAuthorizedException", "Refresh Token has been revoked"):
            refresh(kit, token)


def test_a_rotated_token_lives_only_as_long_as_the_first_would() -> None:
    kit = Kit(refresh_token_rotation=0, refresh_token_validity=3600)
    token = kit.tokens()["RefreshToken"]
    kit.clock.advance(3599)
    token = refresh(kit, token)["RefreshToken"]
    kit.clock.advance(1)
    with refused("NotAuthorizedException", "Refresh Token has expired"):
        refresh(kit, token)


def test_a_caller_without_the_secret_or_the_client_rotates_nothing() -> None:
    kit = Kit(refresh_token_rotation=0, client_secret=True)
    token = kit.tokens()["RefreshToken"]
    assert kit.pool.client_secret is not None
    for more in ({}, {"ClientSecret": "x" * 51}):
        with refused("NotAuthorizedException"):
            refresh(kit, token, **more)
    other = kit.aws.create_user_pool_client(UserPoolId=kit.pool_id, ClientName="other")["UserPoolClient"]
    with refused("NotAuthorizedException", "Refresh Token has different Client"):
        kit.aws.get_tokens_from_refresh_token(ClientId=other["ClientId"], RefreshToken=token)
    assert refresh(kit, token, ClientSecret=kit.pool.client_secret)["RefreshToken"]


@pytest.mark.parametrize("flow", ["REFRESH_TOKEN_AUTH", "REFRESH_TOKEN"])
@pytest.mark.parametrize("flows", [["ALLOW_USER_PASSWORD_AUTH"], []])
def test_the_older_refresh_is_refused_with_rotation(flow: str, flows: list[str]) -> None:
    kit = Kit(refresh_token_rotation=0)
    token = kit.tokens()["RefreshToken"]
    kit.aws.update_user_pool_client(
        UserPoolId=kit.pool_id,
        ClientId=kit.id,
        ExplicitAuthFlows=flows,
        RefreshTokenRotation={"Feature": "ENABLED", "RetryGracePeriodSeconds": 0},
    )
    with refused("InvalidParameterException", "Auth flow not enabled for this client"):
        kit.aws.initiate_auth(ClientId=kit.id, AuthFlow=flow, AuthParameters={"REFRESH_TOKEN": token})
    assert refresh(kit, token)["RefreshToken"]


def test_switching_rotation_off_does_not_bring_a_replaced_token_back() -> None:
    kit = Kit(refresh_token_rotation=60)
    first = kit.tokens()["RefreshToken"]
    refresh(kit, first)
    kit.aws.update_user_pool_client(
        UserPoolId=kit.pool_id, ClientId=kit.id, RefreshTokenRotation={"Feature": "DISABLED"}
    )
    with refused("RefreshTokenReuseException"):
        refresh(kit, first)


@needs("RevokeToken", "RevokeAssociatedSessions")
@pytest.mark.parametrize("associated", ["NONE", "LINKED"])
def test_revoking_any_token_of_the_family_ends_it(associated: str) -> None:
    kit = Kit(refresh_token_rotation=0)
    first = kit.tokens()["RefreshToken"]
    second = refresh(kit, first)["RefreshToken"]
    kit.aws.revoke_token(ClientId=kit.id, Token=first, RevokeAssociatedSessions=associated)
    with refused("NotAuthorizedException", "Refresh Token has been revoked"):
        refresh(kit, second)


@pytest.mark.parametrize("grace", [-1, 61])
def test_the_grace_is_a_minute_at_most(grace: int) -> None:
    with pytest.raises(ValueError, match="refresh_token_rotation is 0 to 60 seconds"):
        LocalUserPool(refresh_token_rotation=grace)
