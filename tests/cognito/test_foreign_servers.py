"""Servers that speak the API, and less of it than AWS does."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from fastapi_cognito_auth import CognitoAuth
from fastapi_cognito_auth.cognito.models import Tokens
from fastapi_cognito_auth.exceptions import (
    NotAuthorizedError,
    RefreshTokenReuseError,
    UnknownOperationError,
    UserPoolError,
    UserPoolUnavailableError,
)
from tests.cognito.upstream import TOKENS, Reply, Upstream, error, hang_up, reply
from tests.support import SIGNER, access_claims

MakeAuth = Callable[..., CognitoAuth]

REFRESH = "GetTokensFromRefreshToken"
RESULT: dict[str, Any] = TOKENS["AuthenticationResult"]
WITHOUT_ROTATION = reply(
    {"AuthenticationResult": {name: value for name, value in RESULT.items() if name != "RefreshToken"}}
)
PAGE = reply(b"<!doctype html><title>500 Internal Server Error</title>", 500, {"Content-Type": "text/html"})

LACKING = {
    "by the name of the API": error("UnknownOperationException", ""),
    "as cognito-local": reply({"__type": "CognitoLocal#Unsupported", "message": "unsupported feature"}, 500),
    "as moto": PAGE,
    "as no address": reply(b"Not Found", 404),
    "as not implemented": reply(b"", 501),
}


@pytest.fixture
def auth(make_auth: MakeAuth, upstream: Upstream) -> CognitoAuth:
    """Build one that has learned nothing yet."""
    settings = make_auth().settings
    return CognitoAuth(settings)


def refresh(auth: CognitoAuth, token: str = "refresh-token") -> Tokens:
    return asyncio.run(auth.pool.refresh_tokens.refresh(token))


@pytest.mark.parametrize("lacking", LACKING.values(), ids=LACKING.keys())
def test_where_the_operation_is_unknown_the_older_flow_refreshes(
    lacking: Reply, auth: CognitoAuth, upstream: Upstream
) -> None:
    upstream.plan(REFRESH, lacking)
    upstream.plan("InitiateAuth", WITHOUT_ROTATION)
    tokens = refresh(auth)
    assert (tokens.access_token, tokens.refresh_token) == (RESULT["AccessToken"], None)
    sent = upstream.only("InitiateAuth")
    assert sent["AuthFlow"] == "REFRESH_TOKEN_AUTH"
    assert sent["AuthParameters"] == {"REFRESH_TOKEN": "refresh-token"}


@pytest.mark.parametrize("lacking", LACKING.values(), ids=LACKING.keys())
def test_that_it_is_unknown_is_remembered(lacking: Reply, auth: CognitoAuth, upstream: Upstream) -> None:
    upstream.plan(REFRESH, lacking)
    upstream.plan("InitiateAuth", WITHOUT_ROTATION)
    refresh(auth)
    upstream.calls.clear()
    refresh(auth)
    assert upstream.operations == ["InitiateAuth"]


@pytest.mark.parametrize("lacking", [PAGE, LACKING["as no address"]], ids=["500", "404"])
def test_the_token_is_sent_once_to_what_may_have_taken_it(
    lacking: Reply, auth: CognitoAuth, upstream: Upstream
) -> None:
    """A server that knows the operation says so when it is asked about a token that is none."""
    upstream.plan(REFRESH, lacking, error("NotAuthorizedException", "Invalid Refresh Token."))
    with pytest.raises(UserPoolUnavailableError):
        refresh(auth)
    assert [call.params["RefreshToken"] for call in upstream.calls] == ["refresh-token", "none"]


FAULTS = {
    "reused": (error("RefreshTokenReuseException"), RefreshTokenReuseError),
    "revoked": (error("NotAuthorizedException"), NotAuthorizedError),
    "a fault with a name": (error("InternalErrorException", status=500), UserPoolUnavailableError),
    "a gateway": (reply(b"<html>Bad Gateway</html>", 502), UserPoolUnavailableError),
    "no answer": (hang_up, UserPoolUnavailableError),
    "forbidden": (reply(b"<html>Forbidden</html>", 403), UserPoolUnavailableError),
}


@pytest.mark.parametrize(("fault", "raised"), FAULTS.values(), ids=FAULTS.keys())
def test_no_other_error_leads_to_the_older_flow(
    fault: Reply, raised: type[UserPoolError], auth: CognitoAuth, upstream: Upstream
) -> None:
    """With rotation the service refuses the older flow, and that would end a good session."""
    upstream.plan(REFRESH, fault)
    with pytest.raises(raised):
        refresh(auth)
    assert upstream.operations == [REFRESH]


def test_a_refusal_of_the_older_flow_is_not_remembered(auth: CognitoAuth, upstream: Upstream) -> None:
    upstream.plan(REFRESH, LACKING["by the name of the API"], reply(TOKENS))
    upstream.plan("InitiateAuth", error("NotAuthorizedException", "Refresh Token has been revoked"))
    with pytest.raises(NotAuthorizedError):
        refresh(auth)
    assert refresh(auth).refresh_token == "refresh-token"


def test_a_client_with_a_secret_is_not_told_that_its_token_is_bad(
    make_auth: MakeAuth, upstream: Upstream
) -> None:
    """The older flow may want a secret hash, which takes a name that nobody has said."""
    auth = CognitoAuth(make_auth(secret=True).settings)
    upstream.plan(REFRESH, LACKING["by the name of the API"])
    upstream.plan("InitiateAuth", error("NotAuthorizedException", "SECRET_HASH was not received"))
    with pytest.raises(UnknownOperationError):
        refresh(auth)
    upstream.plan("InitiateAuth", WITHOUT_ROTATION)
    assert refresh(auth).access_token == RESULT["AccessToken"]


def test_at_aws_itself_a_refusal_without_a_name_is_an_outage(
    auth: CognitoAuth, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(auth.pool._client), "foreign", property(lambda _: False))
    upstream.plan(REFRESH, PAGE)
    with pytest.raises(UserPoolUnavailableError):
        refresh(auth)
    assert upstream.operations == [REFRESH]


# Answers without a lifetime


def answered(**changes: Any) -> Reply:
    result = {name: value for name, value in {**RESULT, **changes}.items() if value is not None}
    return reply({**TOKENS, "AuthenticationResult": result})


def access_token(**changes: Any) -> str:
    return SIGNER.sign(access_claims(**changes))


def test_the_access_token_says_how_long_it_lives_where_the_answer_does_not(
    auth: CognitoAuth, upstream: Upstream
) -> None:
    token = access_token(iat=1_790_000_000, exp=1_790_000_900)
    upstream.plan("InitiateAuth", answered(ExpiresIn=None, AccessToken=token))
    signed_in = asyncio.run(auth.pool.sign_in.with_password("ada", "x", auth_flow="USER_PASSWORD_AUTH"))
    assert isinstance(signed_in, Tokens)
    assert signed_in.expires_in == 900


def test_what_the_answer_says_counts_first(auth: CognitoAuth, upstream: Upstream) -> None:
    upstream.plan(REFRESH, answered(ExpiresIn=60, AccessToken=access_token()))
    assert refresh(auth).expires_in == 60


TOKENS_WITHOUT = {
    "opaque": "opaque",
    "two segments": "e30.e30",
    "no claims": "e30.e30.e30",
    "no exp": access_token(exp=None),
    "no iat": access_token(iat=None),
    "exp before iat": access_token(iat=1_790_000_000, exp=1_789_999_999),
    "exp at iat": access_token(iat=1_790_000_000, exp=1_790_000_000),
    "longer than any": access_token(iat=1_790_000_000, exp=1_790_000_000 + 10**6),
    "exp as text": access_token(exp="1790000900"),
    "exp as a flag": access_token(iat=0, exp=True),
    "exp as a fraction": access_token(exp=1_790_000_900.5),
}


@pytest.mark.parametrize("token", TOKENS_WITHOUT.values(), ids=TOKENS_WITHOUT.keys())
def test_where_neither_says_it_the_answer_is_unfit(token: str, auth: CognitoAuth, upstream: Upstream) -> None:
    upstream.plan(REFRESH, answered(ExpiresIn=None, AccessToken=token))
    with pytest.raises(UserPoolUnavailableError):
        refresh(auth)
