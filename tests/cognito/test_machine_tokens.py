"""Tokens for the app itself: at the domain and by the API, and all that may be answered instead."""

import asyncio
import gzip
import json
import logging
import socket
import traceback
from base64 import b64encode
from typing import Annotated, Any
from urllib.parse import urlsplit

import httpx2
import pytest
from fastapi import Depends, FastAPI, Security
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

from fastapi_cognito_auth import (
    CognitoAuth,
    CognitoAuthError,
    CognitoSettings,
    ConfigurationError,
    Machine,
    User,
)
from fastapi_cognito_auth.cognito.client import CognitoClient
from fastapi_cognito_auth.cognito.domain_client import DomainClient
from fastapi_cognito_auth.cognito.machine_tokens import at_domain
from fastapi_cognito_auth.exceptions import (
    InvalidIssuerError,
    KeysUnavailableError,
    MachineClientError,
    MachineScopeError,
    MachineTokenError,
    TooManyRequestsError,
    UserPoolUnavailableError,
)
from fastapi_cognito_auth.local import LocalMachine, LocalUserPool
from fastapi_cognito_auth.local.emulator import emulator
from tests.cognito.upstream import Reply, Upstream, break_off, error, hang_up, reply, silence
from tests.interop.kit import running
from tests.local.kit import signing_keys
from tests.older import needs
from tests.support import (
    CLIENT_ID,
    NOW,
    OTHER_SIGNER,
    POOL_ID,
    SIGNER,
    Clock,
    KeyServer,
    access_claims,
    id_claims,
)

TOKEN = "/oauth2/token"
MACHINE_ID = "2example23456789abcdefghij"
SECRET = "hushhushhushhushhushhush"
MACHINE: dict[str, Any] = {
    "sub": MACHINE_ID,
    "client_id": MACHINE_ID,
    "username": None,
    "origin_jti": None,
    "scope": "orders/read orders/write",
}


def signed(**changes: Any) -> str:
    return SIGNER.sign(access_claims(**{**MACHINE, **changes}))


def issued(token: str | None = None, **more: Any) -> Reply:
    return reply({"access_token": token or signed(), "expires_in": 3600, "token_type": "Bearer", **more})


def refusal(name: object, status: int = 400) -> Reply:
    return reply({"error": name}, status)


def make(
    upstream: Upstream,
    *,
    domain: str | None = "the upstream",
    keys: KeyServer | None = None,
    clock: Clock | None = None,
    **settings: Any,
) -> CognitoAuth:
    given: dict[str, Any] = {
        "user_pool_id": POOL_ID,
        "client_id": CLIENT_ID,
        "machine_client_id": MACHINE_ID,
        "machine_client_secret": SECRET,
        "endpoint_url": upstream.url,
        "domain": upstream.url if domain == "the upstream" else domain,
        "max_attempts": 1,
    }
    return CognitoAuth(
        CognitoSettings(**(given | settings)),
        fetch_keys=keys or KeyServer(SIGNER.jwk()),
        clock=clock or Clock(),
    )


def get(auth: CognitoAuth, **asked: Any) -> str:
    return asyncio.run(auth.machine_tokens.get(**asked))


# At the domain


def test_the_domain_is_asked_as_the_machine_by_basic(upstream: Upstream) -> None:
    upstream.plan(TOKEN, issued())
    assert get(make(upstream), scopes=["orders/write", "orders/read"]) == signed()
    (call,) = upstream.calls
    assert call.params == {"grant_type": "client_credentials", "scope": "orders/read orders/write"}
    assert call.headers["authorization"] == "Basic " + b64encode(f"{MACHINE_ID}:{SECRET}".encode()).decode()


def test_without_scopes_the_pool_decides(upstream: Upstream) -> None:
    upstream.plan(TOKEN, issued())
    get(make(upstream))
    assert upstream.only(TOKEN) == {"grant_type": "client_credentials"}


def test_the_apps_own_client_is_the_machine_where_none_is_named(upstream: Upstream) -> None:
    upstream.plan(TOKEN, issued(signed(sub=CLIENT_ID, client_id=CLIENT_ID)))
    own = make(upstream, client_secret=SECRET, machine_client_id=None, machine_client_secret=None)
    get(own)
    assert upstream.calls[0].headers["authorization"] == (
        "Basic " + b64encode(f"{CLIENT_ID}:{SECRET}".encode()).decode()
    )


def test_a_token_is_asked_for_once_for_each_set_of_scopes_and_each_resource(upstream: Upstream) -> None:
    upstream.plan(TOKEN, issued())
    auth = make(upstream)

    async def ask() -> None:
        tokens = auth.machine_tokens
        for scopes in (["orders/read"], ["orders/write", "orders/read"], ["orders/read", "orders/write"], []):
            await asyncio.gather(*(tokens.get(scopes=scopes) for _ in range(20)))

    asyncio.run(ask())
    asyncio.run(ask())
    assert len(upstream.calls) == 3


def test_a_resource_is_the_audience_of_the_token(upstream: Upstream) -> None:
    upstream.plan(TOKEN, issued(signed(aud="https://orders.example")))
    auth = make(upstream)
    assert get(auth, resource="https://orders.example")
    assert upstream.only(TOKEN)["resource"] == "https://orders.example"


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (refusal("invalid_client"), MachineClientError, "machine_client"),
        (refusal("unauthorized_client"), MachineClientError, "machine_client"),
        (refusal("invalid_client", 401), MachineClientError, "machine_client"),
        (refusal("invalid_scope"), MachineScopeError, "machine_scope"),
        (refusal("invalid_grant"), MachineTokenError, "machine_token"),
        (refusal("something\nnew"), MachineTokenError, "machine_token"),
    ],
)
def test_a_refusal_is_the_apps_to_mend(
    upstream: Upstream, answer: Reply, kind: type[CognitoAuthError], code: str
) -> None:
    """A caller of the app could do nothing about it, and is not told of it."""
    upstream.plan(TOKEN, answer)
    with pytest.raises(MachineTokenError) as refused:
        get(make(upstream), scopes=["orders/read"])
    assert type(refused.value) is kind
    assert (refused.value.status_code, refused.value.code) == (503, code)
    assert refused.value.detail["message"] == MachineTokenError.message
    assert refused.value.headers is None


def test_a_scope_that_the_pool_does_not_know_is_in_the_log(
    upstream: Upstream, caplog: pytest.LogCaptureFixture
) -> None:
    upstream.plan(TOKEN, refusal("invalid_scope"))
    with pytest.raises(MachineScopeError):
        get(make(upstream), scopes=["orders/write", "orders/read"])
    [said] = [message for message in caplog.messages if "invalid_scope" in message]
    assert said.endswith("invalid_scope; the scopes that were asked for: orders/read orders/write")


PAGE = reply(b"<!doctype html><title>Sign in</title>", 200, {"Content-Type": "text/html"})


@pytest.mark.parametrize(
    "answer",
    [
        hang_up,
        silence,
        break_off,
        PAGE,
        reply(b"<html>", 502),
        reply(b"", 200),
        reply([]),
        reply(b"[" * 100_000),
        reply(b'{"access_token": "a", "access_token": "b"}'),
        reply(b'{"access_token": "' + b"a" * 300_000 + b'"}'),
        # A few KB of it are some MB.
        reply(gzip.compress(b'{"error": "invalid_client"}'), 400, {"Content-Encoding": "gzip"}),
        reply({}, 500),
        refusal("slow_down", 429),
        refusal(7),
        refusal(None, 302),
        issued(token_type="DPoP"),
        issued(token_type=None),
        reply({"token_type": "Bearer", "expires_in": 3600}),
        reply({"access_token": ["a"], "token_type": "Bearer"}),
    ],
)
def test_a_domain_that_is_down_slow_or_talks_nonsense_is_a_503(upstream: Upstream, answer: Reply) -> None:
    upstream.plan(TOKEN, answer)
    with pytest.raises(UserPoolUnavailableError) as refused:
        get(make(upstream, read_timeout=0.3))
    assert refused.value.headers == {"Retry-After": "5"}


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_takes_the_secret_nowhere(upstream: Upstream, status: int) -> None:
    upstream.plan(TOKEN, reply({}, status, {"Location": f"{upstream.url}/oauth2/elsewhere"}))
    with pytest.raises(UserPoolUnavailableError):
        get(make(upstream))
    assert upstream.operations == [TOKEN]


def test_a_domain_that_does_not_exist_is_a_503(upstream: Upstream) -> None:
    with pytest.raises(UserPoolUnavailableError):
        get(make(upstream, domain="http://127.0.0.1:1"))


def test_a_proxy_that_cannot_be_used_is_named(
    upstream: Upstream, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1")
    with pytest.raises(UserPoolUnavailableError):
        get(make(upstream))
    assert "ALL_PROXY names a SOCKS proxy, which needs the package socksio" in caplog.text


def test_a_failure_is_not_kept(upstream: Upstream) -> None:
    upstream.plan(TOKEN, PAGE, issued())
    auth = make(upstream)
    with pytest.raises(UserPoolUnavailableError):
        get(auth)
    assert get(auth) == signed()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
ANSWERS = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("access_token", "token_type", "expires_in", "error"), JSON)
)


@settings(deadline=None)
@given(
    body=st.binary() | st.builds(lambda value: json.dumps(value).encode(), JSON | ANSWERS),
    status=st.integers(200, 599),
)
def test_whatever_a_domain_answers_is_a_token_or_an_error_of_ours(body: bytes, status: int) -> None:
    transport = httpx2.MockTransport(lambda _: httpx2.Response(status, content=body))
    client = DomainClient("https://a.example", client_id="a", client_secret="b", transport=transport)

    async def ask() -> str:
        return await at_domain(client)(frozenset(), None)

    try:
        assert isinstance(asyncio.run(ask()), str)
    except CognitoAuthError as exc:
        assert exc.status_code == 503  # noqa: PT017 - either is right


# What a domain may say that is not true


@pytest.mark.parametrize(
    "token",
    [
        pytest.param("nonsense", id="no token"),
        pytest.param(
            signed(iss="https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Evil"), id="issuer"
        ),
        pytest.param(signed(client_id="3other", sub="3other"), id="another machine"),
        pytest.param(SIGNER.sign(access_claims(client_id=MACHINE_ID)), id="a user's"),
        pytest.param(signed(username=MACHINE_ID), id="a user's with the machine's name"),
        pytest.param(SIGNER.sign(id_claims(aud=MACHINE_ID)), id="an ID token"),
        pytest.param(OTHER_SIGNER.sign(access_claims(**MACHINE)), id="an unknown key"),
        pytest.param(signed(exp=NOW - 60), id="over"),
        pytest.param(signed(exp=NOW + 10 * 365 * 86_400), id="almost endless"),
        pytest.param(signed(exp=None), id="endless"),
        pytest.param(signed(aud="https://elsewhere.example"), id="for another resource"),
    ],
)
def test_a_token_that_is_not_what_was_asked_for_is_not_used(upstream: Upstream, token: str) -> None:
    upstream.plan(TOKEN, issued(token))
    with pytest.raises(MachineTokenError) as refused:
        get(make(upstream))
    assert refused.value.code == "machine_token"


def test_why_a_token_is_not_good_is_the_cause(upstream: Upstream) -> None:
    upstream.plan(TOKEN, issued(signed(iss="https://evil.example")))
    with pytest.raises(MachineTokenError) as refused:
        get(make(upstream))
    assert isinstance(refused.value.__cause__, InvalidIssuerError)
    assert refused.value.__cause__.found == "https://evil.example"


@pytest.mark.parametrize(
    "aud", [None, "https://elsewhere.example", ["https://orders.example", "https://all.example"]]
)
def test_a_token_that_is_good_elsewhere_too_is_not_used(upstream: Upstream, aud: Any) -> None:
    upstream.plan(TOKEN, issued(signed(aud=aud)))
    with pytest.raises(MachineTokenError):
        get(make(upstream), resource="https://orders.example")


@pytest.mark.parametrize("scope", ["orders/read", "", None, "orders/writer orders/read"])
def test_a_token_with_fewer_scopes_than_were_asked_for_is_not_used(
    upstream: Upstream, scope: str | None
) -> None:
    """Cognito leaves out scopes that nobody defines, and says nothing."""
    upstream.plan(TOKEN, issued(signed(scope=scope)))
    with pytest.raises(MachineScopeError) as refused:
        get(make(upstream), scopes=["orders/read", "orders/write"])
    assert refused.value.wanted == {"orders/read", "orders/write"}


@pytest.mark.parametrize("expires_in", [-1, 0, 10**12, "3600", None, True])
def test_the_end_is_the_tokens_own_whatever_the_answer_says(upstream: Upstream, expires_in: Any) -> None:
    upstream.plan(TOKEN, issued(signed(exp=NOW + 300), expires_in=expires_in), issued(signed(exp=NOW + 3600)))
    clock = Clock()
    auth = make(upstream, clock=clock)
    assert get(auth) == get(auth) == signed(exp=NOW + 300)
    clock.advance(300)
    assert get(auth) == signed(exp=NOW + 3600)
    assert len(upstream.calls) == 2


def test_without_the_keys_nobody_knows(upstream: Upstream) -> None:
    upstream.plan(TOKEN, issued())
    keys = KeyServer()
    keys.down = True
    with pytest.raises(KeysUnavailableError):
        get(make(upstream, keys=keys))


# By the API


def result(token: str | None = None, **more: Any) -> Reply:
    answer = {"AccessToken": token or signed(), "ExpiresIn": 3600, "TokenType": "Bearer", **more}
    return reply({"ClientAuthenticationResult": answer})


@needs("GetClientToken")
def test_without_a_domain_the_api_is_asked(upstream: Upstream) -> None:
    upstream.plan("GetClientToken", result())
    auth = make(upstream, domain=None)
    assert get(auth, scopes=["orders/write", "orders/read"]) == get(
        auth, scopes={"orders/read", "orders/write"}
    )
    assert upstream.only("GetClientToken") == {
        "ClientId": MACHINE_ID,
        "Secret": SECRET,
        "Scopes": ["orders/read", "orders/write"],
    }


@needs("GetClientToken")
def test_the_secret_proves_the_machine_and_no_credentials_of_aws_are_asked_for(
    upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nope")
    upstream.plan("GetClientToken", result())
    get(make(upstream, domain=None))
    assert "authorization" not in upstream.calls[0].headers


@needs("GetClientToken")
@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (error("NotAuthorizedException"), MachineClientError),
        (error("ResourceNotFoundException"), MachineClientError),
        (error("OperationNotEnabledException"), MachineClientError),
        (error("InvalidParameterException"), MachineScopeError),
        (error("ForbiddenException"), MachineTokenError),
        (error("SomethingNewException"), MachineTokenError),
        (error("TooManyRequestsException"), TooManyRequestsError),
        (error("InternalErrorException", status=500), UserPoolUnavailableError),
        (result(TokenType="DPoP"), UserPoolUnavailableError),
        (reply({}), UserPoolUnavailableError),
        (PAGE, UserPoolUnavailableError),
        (result(signed(iss="https://evil.example")), MachineTokenError),
        (result(signed(scope="orders/write")), MachineScopeError),
    ],
)
def test_the_api_refuses_in_the_same_words(
    upstream: Upstream, answer: Reply, kind: type[CognitoAuthError]
) -> None:
    upstream.plan("GetClientToken", answer)
    with pytest.raises(CognitoAuthError) as refused:
        get(make(upstream, domain=None), scopes=["orders/read"])
    assert isinstance(refused.value, kind)
    assert refused.value.status_code != 401


@needs("GetClientToken")
def test_the_api_knows_no_resources(upstream: Upstream) -> None:
    with pytest.raises(ConfigurationError, match="COGNITO_DOMAIN is missing"):
        get(make(upstream, domain=None), resource="https://orders.example")


@needs("GetClientToken")
def test_a_call_of_any_operation_gets_the_secret_where_it_is_wanted(upstream: Upstream) -> None:
    upstream.plan("GetClientToken", result())
    client = CognitoClient(
        user_pool_id=POOL_ID,
        client_id=CLIENT_ID,
        client_secret=SECRET,
        region="eu-central-1",
        endpoint_url=upstream.url,
    )
    asyncio.run(client.call("GetClientToken"))
    assert upstream.only("GetClientToken") == {"ClientId": CLIENT_ID, "Secret": SECRET}


# What is asked for


@pytest.mark.parametrize(
    "asked",
    [
        {"scopes": "orders/read"},
        {"scopes": ["orders/read orders/write"]},
        {"scopes": [""]},
        {"scopes": ["\ud800"]},
        {"scopes": ['a"b']},
        {"resource": ""},
        {"resource": "a b"},
        {"resource": "\ud800"},
    ],
    ids=repr,
)
def test_what_is_no_scope_or_no_resource_is_refused(upstream: Upstream, asked: dict[str, Any]) -> None:
    tokens = make(upstream).machine_tokens
    with pytest.raises(ValueError, match=r"^(scopes are|a scope is|a resource is)"):
        asyncio.run(tokens.get(**asked))
    with pytest.raises(ValueError, match=r"^(scopes are|a scope is|a resource is)"):
        tokens.httpx_auth(**asked)


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"machine_client_id": MACHINE_ID}, "COGNITO_MACHINE_CLIENT_SECRET is missing"),
        ({"machine_client_id": "a b", "machine_client_secret": SECRET}, "COGNITO_MACHINE_CLIENT_ID is wrong"),
        ({"machine_client_secret": SECRET}, "COGNITO_MACHINE_CLIENT_ID is missing"),
        ({"machine_client_id": MACHINE_ID, "machine_client_secret": f"{SECRET}\n"}, "a line end around it"),
    ],
)
def test_a_machine_has_an_id_and_a_secret(given: dict[str, Any], missing: str) -> None:
    with pytest.raises(ConfigurationError, match=missing) as refused:
        CognitoSettings(user_pool_id=POOL_ID, client_id=CLIENT_ID, **given)
    assert SECRET not in str(refused.value)


def test_without_a_secret_there_is_no_machine() -> None:
    auth = CognitoAuth(CognitoSettings(user_pool_id=POOL_ID, client_id=CLIENT_ID))
    with pytest.raises(ConfigurationError, match="COGNITO_MACHINE_CLIENT_SECRET are missing"):
        _ = auth.machine_tokens
    with pytest.raises(ConfigurationError, match=r"write LocalUserPool\(machine_clients="):
        _ = CognitoAuth.local(client_secret=True).machine_tokens


@pytest.mark.parametrize("domain", ["the upstream", pytest.param(None, marks=needs("GetClientToken"))])
@pytest.mark.parametrize("answer", ["good", "bad", "html"])
def test_no_secret_and_no_token_is_in_a_log_a_repr_or_an_error(
    upstream: Upstream, caplog: pytest.LogCaptureFixture, domain: str | None, answer: str
) -> None:
    token = signed() if answer == "good" else signed(iss="https://evil.example")
    for path, right in ((TOKEN, issued(token)), ("GetClientToken", result(token))):
        upstream.plan(path, PAGE if answer == "html" else right)
    auth, said = make(upstream, domain=domain), ""
    with caplog.at_level(logging.DEBUG):
        try:
            get(auth, scopes=["orders/read"])
        except CognitoAuthError as exc:
            said = "".join(traceback.format_exception(exc)) + repr(exc.__dict__)
    shown = caplog.text + said + repr([auth.machine_tokens, vars(auth.machine_tokens), auth.settings])
    basic = b64encode(f"{MACHINE_ID}:{SECRET}".encode()).decode()
    assert [secret for secret in (SECRET, basic, token, token.split(".")[1]) if secret in shown] == []


# With a local pool


class App:
    """An API behind a guard, and the machine that calls it, of one local pool."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.pool = LocalUserPool(
            resource_servers={"orders": ["read", "write"]},
            machine_clients=[LocalMachine(scopes=["orders/read"])],
            clock=self.clock,
        )
        self.pool._plane.tokens.keys = signing_keys()
        machine = str(self.pool.machine_clients[0].client_id)
        self.auth = CognitoAuth.local(self.pool, settings={"accepted_client_ids": [machine]})
        self.app = FastAPI()
        self.seen: list[str] = []

        @self.app.get("/orders", dependencies=[Security(self.auth.current_principal, scopes=["orders/read"])])
        async def orders(who: Annotated[User | Machine, Depends(self.auth.current_principal)]) -> str:
            return who.client_id

        @self.app.get("/write", dependencies=[Security(self.auth.current_principal, scopes=["orders/write"])])
        async def write() -> None: ...

    async def ask(self, path: str, **asked: Any) -> httpx2.Response:
        auth, transport = self.auth.machine_tokens.httpx_auth(**asked), httpx2.ASGITransport(app=self.app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://orders", auth=auth) as client:
            response = await client.get(path)
            self.seen.append(response.request.headers["Authorization"])
            return response


@pytest.fixture(scope="module")
def app() -> App:
    return App()


def test_a_machine_calls_an_api_that_its_scopes_open(app: App) -> None:
    answer = asyncio.run(app.ask("/orders", scopes=["orders/read"]))
    assert answer.json() == app.pool.machine_clients[0].client_id
    assert asyncio.run(app.ask("/write", scopes=["orders/read"])).status_code == 403


def test_a_local_pool_refuses_scopes_that_a_machine_may_not_have(app: App) -> None:
    with pytest.raises(MachineTokenError):
        asyncio.run(app.auth.machine_tokens.get(scopes=["orders/write"]))
    with pytest.raises(MachineScopeError):
        asyncio.run(app.auth.machine_tokens.get(scopes=["orders/read", "nobody/knows"]))


def test_event_loops_that_come_and_go_use_one_token(app: App) -> None:
    app.seen.clear()
    for _ in range(3):
        asyncio.run(app.ask("/orders"))
    assert len({*app.seen}) == 1


@pytest.mark.parametrize("at_domain", [True, pytest.param(False, marks=needs("GetClientToken"))])
def test_both_ways_lead_to_a_pool_at_an_address(app: App, at_domain: bool) -> None:
    machine = app.pool.machine_clients[0]
    with socket.create_server(("127.0.0.1", 0)) as listening, running(emulator(app.pool), listening):
        endpoint = f"http://127.0.0.1:{listening.getsockname()[1]}"
        settings = CognitoSettings(
            user_pool_id=app.pool.user_pool_id,
            client_id=app.pool.client_id,
            machine_client_id=machine.client_id,
            machine_client_secret=machine.client_secret,
            endpoint_url=endpoint,
            domain=endpoint if at_domain else None,
        )
        auth = CognitoAuth(settings, clock=app.clock)
        token = get(auth, scopes=["orders/read"])
    answer = TestClient(app.app).get("/orders", headers={"Authorization": f"Bearer {token}"})
    assert answer.json() == machine.client_id


def test_a_token_that_the_api_refuses_is_replaced_once() -> None:
    """As when keys were withdrawn: what is kept was signed with one that nobody knows any more."""
    app = App()
    assert asyncio.run(app.ask("/orders")).status_code == 200
    known = next(iter(app.auth.machine_tokens._tokens._tokens))
    kept = app.auth.machine_tokens._tokens._tokens[known]
    forged = kept.token[:-8] + ("A" * 8 if not kept.token.endswith("A" * 8) else "B" * 8)
    app.auth.machine_tokens._tokens._tokens[known] = type(kept)(
        forged, kept.renewed_from, kept.good_until, None
    )
    assert asyncio.run(app.ask("/orders")).status_code == 200
    assert app.seen[0] != app.seen[1] != f"Bearer {forged}"


def test_a_route_that_cannot_have_a_token_is_a_503_without_words_for_strangers(upstream: Upstream) -> None:
    upstream.plan(TOKEN, refusal("invalid_client"))
    auth, api = make(upstream), FastAPI()

    @api.get("/")
    async def root() -> str:
        return await auth.machine_tokens.get()

    answer = TestClient(api).get("/")
    assert (answer.status_code, answer.json()["detail"]["code"]) == (503, "machine_client")
    assert urlsplit(upstream.url).netloc not in answer.text
    assert MACHINE_ID not in answer.text
