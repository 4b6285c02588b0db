"""Servers that speak the API, and less of it than AWS does."""

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from botocore.awsrequest import AWSResponse

from fastapi_cognito_auth import CognitoAuth
from fastapi_cognito_auth.cognito.client import CognitoClient
from fastapi_cognito_auth.cognito.models import Tokens
from fastapi_cognito_auth.cognito.token_refresh import TokenRefresh
from fastapi_cognito_auth.exceptions import (
    NotAuthorizedError,
    RefreshTokenReuseError,
    UnknownOperationError,
    UserPoolError,
    UserPoolUnavailableError,
)
from tests.cognito import vectors
from tests.cognito.upstream import TOKENS, Reply, Upstream, error, hang_up, reply
from tests.support import SIGNER, Clock, access_claims

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


# AWS itself

AWS = [
    None,
    "https://cognito-idp.eu-central-1.amazonaws.com",
    "https://cognito-idp.eu-central-1.amazonaws.com:443/",
    "https://COGNITO-IDP.eu-central-1.AMAZONAWS.COM.",
    "https://vpce-0a1b.cognito-idp.eu-central-1.vpce.amazonaws.com",
    "https://cognito-idp.eu-central-1.api.aws",
    "https://cognito-idp.cn-north-1.amazonaws.com.cn",
    "https://cognito-idp.eusc-de-east-1.amazonaws.eu",
]
NOT_AWS = ["http://127.0.0.1:9229", "https://amazonaws.com.example.org", "https://notamazonaws.com"]


def lacking_at(endpoint_url: str | None) -> tuple[CognitoClient, list[str]]:
    """Return a client of an address where GetTokensFromRefreshToken is unknown, and what it called."""
    called: list[str] = []

    def answer(request: Any, **_: Any) -> Any:
        operation = request.headers["X-Amz-Target"].decode().rpartition(".")[2]
        called.append(operation)
        known = operation == "InitiateAuth"
        body = json.dumps(TOKENS if known else {"__type": "UnknownOperationException"}).encode()
        return AWSResponse(request.url, 200 if known else 400, {}, Raw(body))

    client = CognitoClient(
        user_pool_id=vectors.POOL_ID,
        client_id=vectors.CLIENT_ID,
        region="eu-central-1",
        endpoint_url=endpoint_url,
        before_send=answer,
    )
    return client, called


class Raw:
    """A body, as botocore reads it."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self) -> Iterator[bytes]:
        yield self._body


@pytest.mark.parametrize("endpoint_url", AWS)
def test_aws_itself_is_never_taken_for_a_server_that_lacks_the_operation(endpoint_url: str | None) -> None:
    """Also where its address is a setting, as that of an interface endpoint is."""
    client, called = lacking_at(endpoint_url)
    with pytest.raises(UnknownOperationError):
        asyncio.run(TokenRefresh(client).call("refresh-token", client_metadata={}))
    assert called == [REFRESH]


@pytest.mark.parametrize("endpoint_url", NOT_AWS)
def test_what_only_looks_like_aws_is_another_server(endpoint_url: str) -> None:
    client, called = lacking_at(endpoint_url)
    asyncio.run(TokenRefresh(client).call("refresh-token", client_metadata={}))
    assert called == [REFRESH, "InitiateAuth"]


# What was learned does not last


class Learned(NamedTuple):
    clock: Clock
    refresh: Callable[[], Any]


@pytest.fixture
def learned(make_auth: MakeAuth, upstream: Upstream) -> Learned:
    """Return what has found out that the operation is unknown."""
    clock = Clock()
    tokens = TokenRefresh(make_auth().pool._client, clock=clock)
    upstream.plan(REFRESH, PAGE)
    upstream.plan("InitiateAuth", WITHOUT_ROTATION)

    def refresh() -> Any:
        return asyncio.run(tokens.call("refresh-token", client_metadata={}))

    refresh()
    upstream.calls.clear()
    return Learned(clock, refresh)


def test_after_minutes_the_operation_is_asked_for_again(learned: Learned, upstream: Upstream) -> None:
    """What refused without a name may have been a gateway's bad day."""
    learned.clock.now += 299
    learned.refresh()
    assert upstream.operations == ["InitiateAuth"]
    upstream.plan(REFRESH, reply(TOKENS))
    learned.clock.now += 1
    learned.refresh()
    assert upstream.operations == ["InitiateAuth", REFRESH]


def test_a_clock_that_is_set_back_keeps_nothing_for_longer(learned: Learned, upstream: Upstream) -> None:
    upstream.plan(REFRESH, reply(TOKENS))
    learned.clock.now -= 86_400
    learned.refresh()
    assert upstream.operations == [REFRESH]


REFUSALS = {
    "not enabled": error("InvalidParameterException", "Auth flow not enabled for this client"),
    "not supported": error("UnsupportedOperationException", "Refresh token rotation is enabled."),
    "unknown": error("UnknownOperationException", ""),
}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS.keys())
def test_a_server_that_does_not_take_the_older_flow_is_asked_for_the_newer_one(
    refusal: Reply, learned: Learned, upstream: Upstream
) -> None:
    upstream.plan(REFRESH, reply(TOKENS))
    upstream.plan("InitiateAuth", refusal)
    assert learned.refresh()["AuthenticationResult"] == RESULT
    learned.refresh()
    assert upstream.operations == ["InitiateAuth", REFRESH, REFRESH]


def test_after_a_fault_of_the_older_flow_nothing_is_known_any_more(
    learned: Learned, upstream: Upstream
) -> None:
    upstream.plan(REFRESH, reply(TOKENS))
    upstream.plan("InitiateAuth", PAGE)
    with pytest.raises(UserPoolUnavailableError):
        learned.refresh()
    upstream.calls.clear()
    learned.refresh()
    assert upstream.operations == [REFRESH]


def test_a_token_that_the_older_flow_refuses_is_sent_once(learned: Learned, upstream: Upstream) -> None:
    upstream.plan("InitiateAuth", error("NotAuthorizedException", "Refresh Token has been revoked"))
    with pytest.raises(NotAuthorizedError):
        learned.refresh()
    assert upstream.operations == ["InitiateAuth"]


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


@pytest.mark.parametrize("said", [0, -1, 86_401, 10**12, -(10**30)])
def test_a_lifetime_that_no_token_has_is_not_believed(
    said: int, auth: CognitoAuth, upstream: Upstream
) -> None:
    """CreateUserPoolClient: five minutes to a day. What an app reckons with must not overflow."""
    token = access_token(iat=1_790_000_000, exp=1_790_000_900)
    upstream.plan(REFRESH, answered(ExpiresIn=said, AccessToken=token))
    assert refresh(auth).expires_in == 900


@pytest.mark.parametrize("said", [1, 86_400])
def test_a_lifetime_that_a_token_may_have_is_passed_on(
    said: int, auth: CognitoAuth, upstream: Upstream
) -> None:
    upstream.plan(REFRESH, answered(ExpiresIn=said))
    assert refresh(auth).expires_in == said


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
    upstream.plan(
        REFRESH, answered(ExpiresIn=None, AccessToken=token), answered(ExpiresIn=0, AccessToken=token)
    )
    for _ in range(2):
        with pytest.raises(UserPoolUnavailableError):
            refresh(auth)
