"""Tokens on behalf of users: what is asked for, what is given out, and all that may be answered instead."""

import asyncio
import logging
import traceback
from typing import Annotated, Any

import httpx2
import pytest
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient

from fastapi_cognito_auth import CognitoAuth, CognitoAuthError, CognitoSettings, ConfigurationError, User
from fastapi_cognito_auth.exceptions import (
    InvalidIssuerError,
    InvalidTokenError,
    InvalidTokenUseError,
    MachineClientError,
    MachineScopeError,
    MachineTokenError,
    PermissionDeniedError,
    TokenExpiredError,
    TokenRevokedError,
    TooManyRequestsError,
    UnknownOperationError,
    UserLambdaValidationError,
    UserPoolUnavailableError,
)
from tests.cognito.upstream import Reply, Upstream, error, hang_up, reply
from tests.local.domain.exchange_kit import ExchangeKit
from tests.older import needs
from tests.support import (
    CLIENT_ID,
    ISSUER,
    NOW,
    OTHER_SIGNER,
    POOL_ID,
    SIGNER,
    Clock,
    KeyServer,
    access_claims,
    id_claims,
)

pytestmark = needs("GetDerivedToken")

DERIVED = "GetDerivedToken"
MACHINE_ID = "2example23456789abcdefghij"
SECRET = "hushhushhushhushhushhush"
MACHINE_TOKEN = SIGNER.sign(
    access_claims(sub=MACHINE_ID, client_id=MACHINE_ID, username=None, scope="assist/all")
)
USER_TOKEN = SIGNER.sign(access_claims(scope="openid orders/read orders/write"))


def derived(**changes: Any) -> str:
    given = {"scope": "orders/read", "act": {"sub": MACHINE_ID}, **changes}
    return SIGNER.sign(access_claims(**given))


def exchanged(token: str | None = None, **more: Any) -> Reply:
    answer = {
        "IssuedToken": token or derived(),
        "IssuedTokenType": "ACCESS_TOKEN",
        "TokenType": "Bearer",
        "ExpiresIn": 3600,
        "Scopes": ["orders/read"],
    }
    return reply(answer | more)


def make(upstream: Upstream, *, clock: Clock | None = None, **settings: Any) -> CognitoAuth:
    given: dict[str, Any] = {
        "user_pool_id": POOL_ID,
        "client_id": CLIENT_ID,
        "client_secret": SECRET,
        "machine_client_id": MACHINE_ID,
        "machine_client_secret": SECRET[::-1],
        "endpoint_url": upstream.url,
        "domain": upstream.url,
        "max_attempts": 1,
    }
    upstream.plan("/oauth2/token", reply({"access_token": MACHINE_TOKEN, "token_type": "Bearer"}))
    return CognitoAuth(
        CognitoSettings(**(given | settings)), fetch_keys=KeyServer(SIGNER.jwk()), clock=clock or Clock()
    )


def get(auth: CognitoAuth, token: str = USER_TOKEN, **asked: Any) -> str:
    return asyncio.run(auth.derived_tokens.get(token, **({"scopes": ["orders/read"]} | asked)))


def test_the_pool_is_asked_by_the_app_client_with_the_machine_as_the_actor(upstream: Upstream) -> None:
    upstream.plan(DERIVED, exchanged())
    assert get(make(upstream)) == derived()
    assert upstream.only(DERIVED) == {
        "ClientId": CLIENT_ID,
        "ClientSecret": SECRET,
        "SubjectToken": USER_TOKEN,
        "SubjectTokenType": "ACCESS_TOKEN",
        "ActorToken": MACHINE_TOKEN,
        "ActorTokenType": "ACCESS_TOKEN",
        "RequestedTokenType": "ACCESS_TOKEN",
        "Scopes": ["orders/read"],
    }


def test_the_secret_proves_the_client_and_no_credentials_of_aws_are_asked_for(
    upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nope")
    upstream.plan(DERIVED, exchanged())
    get(make(upstream))
    assert "authorization" not in upstream.calls[-1].headers


def test_impersonation_names_no_actor(upstream: Upstream) -> None:
    upstream.plan(DERIVED, exchanged(derived(act=None)))
    get(make(upstream, machine_client_id=None, machine_client_secret=None), impersonate=True)
    (call,) = upstream.calls
    assert not {"ActorToken", "ActorTokenType"} & call.params.keys()


@pytest.mark.parametrize(("name", "member"), [("audience", "Audiences"), ("resource", "Resources")])
def test_a_token_is_asked_for_one_service(upstream: Upstream, name: str, member: str) -> None:
    upstream.plan(DERIVED, exchanged(derived(aud="orders")))
    get(make(upstream), **{name: "orders"})
    assert upstream.only(DERIVED)[member] == ["orders"]


def test_a_token_is_kept_for_each_user_and_each_purpose(upstream: Upstream) -> None:
    upstream.plan(
        DERIVED,
        exchanged(),
        exchanged(derived(scope="orders/read orders/write")),
        exchanged(derived(sub="eve", username="eve")),
    )
    auth = make(upstream)
    eve = SIGNER.sign(access_claims(sub="eve", username="eve", scope="orders/read"))
    tokens = [
        get(auth),
        get(auth),
        get(auth, scopes={"orders/write", "orders/read"}),
        get(auth, eve),
        get(auth, eve),
    ]
    assert len({*tokens}) == 3
    assert upstream.operations.count(DERIVED) == 3


def test_those_who_ask_at_once_share_one_exchange(upstream: Upstream) -> None:
    upstream.plan(DERIVED, exchanged())
    auth = make(upstream)

    async def ask() -> set[str]:
        tokens = auth.derived_tokens
        return {*await asyncio.gather(*(tokens.get(USER_TOKEN, scopes=["orders/read"]) for _ in range(50)))}

    assert asyncio.run(ask()) == {derived()}
    assert upstream.operations.count(DERIVED) == 1


def test_after_a_401_there_is_one_more_exchange(upstream: Upstream) -> None:
    upstream.plan(DERIVED, exchanged(), exchanged(derived(jti="another")))
    auth, seen = make(upstream), []

    def orders(request: httpx2.Request) -> httpx2.Response:
        seen.append(request.headers["Authorization"].removeprefix("Bearer "))
        return httpx2.Response(401 if seen[-1] == derived() else 200)

    async def ask() -> int:
        on_behalf = auth.derived_tokens.httpx_auth(USER_TOKEN, scopes=["orders/read"])
        async with httpx2.AsyncClient(auth=on_behalf, transport=httpx2.MockTransport(orders)) as client:
            return (await client.get("https://orders.example/")).status_code

    assert [asyncio.run(ask()), asyncio.run(ask())] == [200, 200]
    assert seen == [derived(), derived(jti="another"), derived(jti="another")]


# Whose token it is


@pytest.mark.parametrize(
    ("token", "kind"),
    [
        ("nonsense", InvalidTokenError),
        (MACHINE_TOKEN, InvalidTokenUseError),
        (SIGNER.sign(id_claims()), InvalidTokenUseError),
        (OTHER_SIGNER.sign(access_claims()), CognitoAuthError),
        (SIGNER.sign(access_claims(exp=NOW - 60)), TokenExpiredError),
        (SIGNER.sign(access_claims(iss="https://evil.example")), InvalidIssuerError),
    ],
)
def test_a_token_that_is_no_good_token_of_a_user_is_not_exchanged(
    upstream: Upstream, token: str, kind: type[CognitoAuthError]
) -> None:
    auth = make(upstream, accepted_client_ids=[MACHINE_ID])
    with pytest.raises(kind) as refused:
        get(auth, token)
    assert refused.value.status_code == 401
    assert upstream.calls == []


def test_a_token_of_a_trusted_pool_is_not_sent_to_the_apps_own(upstream: Upstream) -> None:
    keys = '{"keys": [' + str(SIGNER.jwk()).replace("'", '"') + "]}"
    staff = {
        "user_pool_id": "eu-west-1_Staff1",
        "client_ids": ["staff"],
        "key_set": keys,
        "scopes": ["orders/read"],
    }
    issuer = ISSUER.replace("eu-central-1", "eu-west-1").replace(POOL_ID.partition("_")[2], "Staff1")
    token = SIGNER.sign(access_claims(iss=issuer, client_id="staff", scope="orders/read"))
    auth = make(upstream, trusted_pools=[staff])
    assert asyncio.run(auth.verifier.access_token(token)).iss == issuer
    with pytest.raises(InvalidIssuerError):
        get(auth, token)
    assert upstream.calls == []


def test_a_scope_that_the_user_lacks_is_the_users_to_get(upstream: Upstream) -> None:
    with pytest.raises(PermissionDeniedError) as refused:
        get(make(upstream), scopes=["orders/delete"])
    assert refused.value.headers == {
        "WWW-Authenticate": 'Bearer error="insufficient_scope", scope="orders/delete"'
    }
    assert upstream.calls == []


def test_what_was_drawn_from_a_token_is_not_given_out_once_that_is_over_or_revoked(
    upstream: Upstream,
) -> None:
    upstream.plan(DERIVED, exchanged())
    clock = Clock()
    auth = make(upstream, clock=clock, revocation="local")
    assert get(auth) == derived()

    async def revoke() -> None:
        await auth.revocations.revoke_sign_in(await auth.verifier.access_token(USER_TOKEN))

    asyncio.run(revoke())
    with pytest.raises(TokenRevokedError):
        get(auth)
    clock.advance(3700)
    with pytest.raises(TokenExpiredError):
        get(auth)


# What a pool may answer


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (exchanged(derived(sub="eve")), MachineTokenError),
        (exchanged(derived(username="eve")), MachineTokenError),
        (exchanged(derived(act=None)), MachineTokenError),
        (exchanged(derived(act={"sub": "eve"})), MachineTokenError),
        (exchanged(derived(act={"sub": "eve", "act": {"sub": MACHINE_ID}})), MachineTokenError),
        (exchanged(derived(client_id="other")), MachineTokenError),
        (exchanged(derived(iss="https://evil.example")), MachineTokenError),
        (exchanged(derived(exp=NOW - 60)), MachineTokenError),
        (exchanged(derived(aud="elsewhere")), MachineTokenError),
        (exchanged(SIGNER.sign(id_claims())), MachineTokenError),
        (exchanged(MACHINE_TOKEN), MachineTokenError),
        (exchanged(OTHER_SIGNER.sign(access_claims())), MachineTokenError),
        (exchanged("nonsense"), MachineTokenError),
        (exchanged(derived(scope="openid")), MachineScopeError),
        (exchanged(derived(scope="orders/read aws.cognito.signin.user.admin")), MachineScopeError),
        (exchanged(TokenType="N_A"), UserPoolUnavailableError),
        (exchanged(IssuedTokenType="ID_TOKEN"), UserPoolUnavailableError),
        (reply({}), UserPoolUnavailableError),
        (hang_up, UserPoolUnavailableError),
        (reply(b"<html>", 200), UserPoolUnavailableError),
        (error("InternalErrorException", status=500), UserPoolUnavailableError),
        (error("TooManyRequestsException"), TooManyRequestsError),
        (error("OperationNotEnabledException"), MachineClientError),
        (error("ResourceNotFoundException"), MachineClientError),
        (error("InvalidParameterException"), MachineScopeError),
        (error("ForbiddenException"), MachineTokenError),
        (error("UserLambdaValidationException"), UserLambdaValidationError),
        (error("UnknownOperationException"), UnknownOperationError),
    ],
)
def test_a_token_that_is_not_what_was_asked_for_is_not_used(
    upstream: Upstream, answer: Reply, kind: type[CognitoAuthError]
) -> None:
    upstream.plan(DERIVED, answer)
    with pytest.raises(CognitoAuthError) as refused:
        get(make(upstream))
    assert isinstance(refused.value, kind)
    assert refused.value.status_code != 401


@pytest.mark.parametrize("act", [{"sub": "eve"}, {"sub": MACHINE_ID}])
def test_an_impersonation_that_names_an_actor_is_none(upstream: Upstream, act: dict[str, str]) -> None:
    upstream.plan(DERIVED, exchanged(derived(act=act)))
    with pytest.raises(MachineTokenError):
        get(make(upstream), impersonate=True)


@pytest.mark.parametrize("aud", [None, "elsewhere", ["orders", "elsewhere"]])
def test_a_token_that_is_good_elsewhere_too_is_not_used(upstream: Upstream, aud: Any) -> None:
    upstream.plan(DERIVED, exchanged(derived(aud=aud)))
    with pytest.raises(MachineTokenError):
        get(make(upstream), audience="orders")


@pytest.mark.parametrize("name", ["NotAuthorizedException", "UserNotFoundException"])
def test_a_user_whom_the_pool_does_not_know_any_more_signs_in_again(upstream: Upstream, name: str) -> None:
    upstream.plan(DERIVED, error(name))
    with pytest.raises(InvalidTokenError) as refused:
        get(make(upstream))
    assert (refused.value.status_code, refused.value.code) == (401, "invalid_token")


@pytest.mark.parametrize(
    "asked",
    [
        {"scopes": []},
        {"scopes": "orders/read"},
        {"scopes": ["a b"]},
        {"audience": "a b"},
        {"resource": ""},
        {"audience": "orders", "resource": "orders"},
    ],
    ids=str,
)
def test_what_cannot_be_asked_for_is_refused(upstream: Upstream, asked: dict[str, Any]) -> None:
    auth = make(upstream)
    with pytest.raises(ValueError, match=r"^(a scope|scopes|a resource) (is|are) "):
        get(auth, **asked)
    with pytest.raises(ValueError, match=r"^(a scope|scopes|a resource) (is|are) "):
        auth.derived_tokens.httpx_auth(USER_TOKEN, **({"scopes": ["orders/read"]} | asked))


def test_without_a_machine_nobody_acts(upstream: Upstream) -> None:
    auth = make(upstream, client_secret=None, machine_client_id=None, machine_client_secret=None)
    with pytest.raises(ConfigurationError, match="COGNITO_MACHINE_CLIENT_ID"):
        get(auth)


def test_a_machine_that_gets_no_token_cannot_act(upstream: Upstream) -> None:
    auth = make(upstream)
    upstream.plan("/oauth2/token", reply({"error": "invalid_client"}, 400))
    with pytest.raises(MachineClientError):
        get(auth)
    assert DERIVED not in upstream.operations


@pytest.mark.parametrize("answer", [exchanged(), exchanged(derived(sub="eve")), hang_up])
def test_no_secret_and_no_token_is_in_a_log_a_repr_or_an_error(
    upstream: Upstream, caplog: pytest.LogCaptureFixture, answer: Reply
) -> None:
    upstream.plan(DERIVED, answer)
    auth, said = make(upstream), ""
    with caplog.at_level(logging.DEBUG):
        try:
            get(auth)
        except CognitoAuthError as exc:
            said = "".join(traceback.format_exception(exc)) + repr(exc.__dict__)
    shown = caplog.text + said + repr([auth.derived_tokens, vars(auth.derived_tokens)])
    secrets = [SECRET, SECRET[::-1], USER_TOKEN, MACHINE_TOKEN, derived(), derived(sub="eve")]
    assert [secret for secret in secrets if secret in shown] == []


# With a local pool


class App:
    """An API that calls another one for its users, both of one local pool."""

    def __init__(self) -> None:
        self.kit = ExchangeKit()
        self.auth = CognitoAuth.local(self.kit.pool, clock=self.kit.clock)
        self.orders, self.app = FastAPI(), FastAPI()
        auth = self.auth

        @self.orders.get("/orders")
        async def orders(
            user: Annotated[User, Depends(auth.require_scopes("orders/read"))],
        ) -> list[str | None]:
            return [user.username, user.actor.sub if user.actor else None, *sorted(user.scopes)]

        @self.orders.delete("/orders", dependencies=[Depends(auth.require_no_actor())])
        async def delete() -> None: ...

        @self.app.api_route("/mine", methods=["GET", "DELETE"])
        async def mine(
            token: Annotated[str, Depends(auth.access_token)], method: str = "GET", impersonate: bool = False
        ) -> Any:
            on_behalf = auth.derived_tokens.httpx_auth(token, scopes=["orders/read"], impersonate=impersonate)
            transport = httpx2.ASGITransport(app=self.orders)
            async with httpx2.AsyncClient(
                auth=on_behalf, transport=transport, base_url="http://orders"
            ) as client:
                response = await client.request(method, "/orders")
            return [response.status_code, response.json()]

    def ask(self, token: str, **query: Any) -> Any:
        return TestClient(self.app).get("/mine", params=query, headers={"Authorization": f"Bearer {token}"})


@pytest.fixture(scope="module")
def app() -> App:
    return App()


def test_an_api_is_called_on_behalf_of_a_user_and_knows_who_acts(app: App) -> None:
    token = app.kit.user_token()
    assert app.ask(token).json() == [200, ["alice", "assistant", "orders/read"]]
    assert app.ask(token, method="DELETE").json()[0] == 403


def test_an_impersonation_looks_like_the_user(app: App) -> None:
    token = app.kit.user_token()
    assert app.ask(token, impersonate=True).json() == [200, ["alice", None, "orders/read"]]


def test_a_user_who_has_no_such_scope_is_refused(app: App) -> None:
    answer = app.ask(app.kit.user_token("openid orders/write"))
    assert (answer.status_code, answer.json()["detail"]["code"]) == (403, "permission_denied")


def test_a_user_who_has_signed_out_is_not_acted_for(app: App) -> None:
    tokens = app.kit.domain_tokens(scope="openid orders/read")
    app.kit.aws.revoke_token(Token=tokens["refresh_token"], ClientId=app.kit.id)
    answer = app.ask(tokens["access_token"])
    assert (answer.status_code, answer.json()["detail"]["code"]) == (401, "invalid_token")


def test_an_app_client_without_the_flow_exchanges_nothing() -> None:
    kit = ExchangeKit(explicit_auth_flows=["ALLOW_USER_PASSWORD_AUTH"])
    auth = CognitoAuth.local(kit.pool, clock=kit.clock)
    token = kit.user_token()
    with pytest.raises(MachineClientError):
        get(auth, token)


def test_tokens_of_another_kind_are_beyond_a_local_pool(app: App) -> None:
    """It says so with 501, in its own words."""
    with pytest.raises(UnknownOperationError, match="is not supported by the local user pool") as refused:
        asyncio.run(
            app.auth.pool.call(
                DERIVED,
                SubjectToken=app.kit.user_token(),
                SubjectTokenType="ID_TOKEN",
                RequestedTokenType="ID_TOKEN",
            )
        )
    assert refused.value.status_code == 501
