"""The OAuth2 endpoints at the pool's domain, for apps that keep the tokens themselves."""

import asyncio
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from fastapi_cognito_auth.cognito.managed_login import ManagedLogin
from fastapi_cognito_auth.cognito.models import Tokens
from fastapi_cognito_auth.exceptions import InvalidTokenError, ManagedLoginError, UserPoolUnavailableError
from tests.local.domain.kit import CALLBACK, CHALLENGE, LOGOUT, VERIFIER, Callback, DomainKit
from tests.local.kit import PASSWORD
from tests.support import SIGNER, SUB, access_claims

HOME = "https://domain.example"


class App:
    """An app that asks the domain of a local pool, and users who sign in there."""

    def __init__(self, **pool: Any) -> None:
        self.kit = DomainKit(**pool)
        self.login = ManagedLogin(
            HOME,
            client_id=self.kit.id,
            client_secret=self.kit.pool.client_secret,
            transport=httpx2.ASGITransport(app=self.kit.pool.domain_app),
        )

    def code(self) -> str:
        """Go where the app sends a browser, and return what it comes back with."""
        start = self.login.authorization_url(
            CALLBACK, state="s", code_challenge=CHALLENGE, scopes=["openid", "email"]
        )
        browser = self.kit.browser()
        answer = browser.send(browser.get(start), username="alice", password=PASSWORD)
        assert isinstance(answer, Callback)
        return answer.code

    def tokens(self) -> Tokens:
        exchange = self.login.exchange(self.code(), redirect_uri=CALLBACK, code_verifier=VERIFIER)
        return asyncio.run(exchange)


@pytest.fixture(scope="module", params=[False, True], ids=["public", "with a secret"])
def app(request: pytest.FixtureRequest) -> App:
    return App(client_secret=request.param)


def test_a_code_becomes_tokens(app: App) -> None:
    tokens = app.tokens()
    assert tokens.id_token is not None
    assert tokens.refresh_token is not None
    assert tokens.expires_in == 3600


def test_a_wrong_secret_is_logged_with_its_variable(caplog: pytest.LogCaptureFixture) -> None:
    app = App(client_secret=True)
    wrong = ManagedLogin(
        HOME,
        client_id=app.kit.id,
        client_secret="another1secret2of3the4same5length",
        transport=httpx2.ASGITransport(app=app.kit.pool.domain_app),
    )
    with pytest.raises(ManagedLoginError):
        asyncio.run(wrong.refresh("a"))
    assert caplog.messages == [
        (
            "the domain of the user pool refused: invalid_client;"
            " look at COGNITO_CLIENT_ID and COGNITO_CLIENT_SECRET"
        )
    ]


def test_a_refresh_gives_new_ones(app: App) -> None:
    tokens = app.tokens()
    fresh = asyncio.run(app.login.refresh(str(tokens.refresh_token)))
    assert fresh.access_token != tokens.access_token
    assert fresh.refresh_token is None, "the old one is still good"


def test_the_pool_tells_of_the_user(app: App) -> None:
    told = asyncio.run(app.login.user_info(app.tokens().access_token))
    assert (told["username"], told["email"]) == ("alice", "alice@example.com")


def test_what_is_revoked_is_over(app: App) -> None:
    tokens = app.tokens()
    asyncio.run(app.login.revoke(str(tokens.refresh_token)))
    with pytest.raises(ManagedLoginError) as refused:
        asyncio.run(app.login.refresh(str(tokens.refresh_token)))
    assert refused.value.error == "invalid_grant"
    with pytest.raises(InvalidTokenError):
        asyncio.run(app.login.user_info(tokens.access_token))


def test_no_other_token_is_revoked_or_refreshed(app: App) -> None:
    access_token = app.tokens().access_token
    for ask in (app.login.refresh, app.login.revoke):
        with pytest.raises(ManagedLoginError):
            asyncio.run(ask(access_token))


def test_a_browser_signs_out_at_the_pages(app: App) -> None:
    address = app.login.logout_url(LOGOUT)
    assert parse_qs(urlsplit(address).query) == {"client_id": [app.kit.id], "logout_uri": [LOGOUT]}
    assert app.kit.browser().get(address).location == LOGOUT


@pytest.mark.parametrize(
    ("status", "body"), [(500, b"{}"), (200, b"{}"), (200, b"<html>"), (200, b'{"sub": 7}'), (302, b"")]
)
def test_a_domain_that_fails_says_nothing_of_the_token(status: int, body: bytes) -> None:
    transport = httpx2.MockTransport(lambda _: httpx2.Response(status, content=body))
    login = ManagedLogin(HOME, client_id="a", transport=transport)
    with pytest.raises(UserPoolUnavailableError):
        asyncio.run(login.user_info("a token"))
    with pytest.raises(UserPoolUnavailableError):
        asyncio.run(login.refresh("a token"))


@pytest.mark.parametrize("sub", [SUB, "another"])
def test_what_a_domain_tells_of_another_user_is_not_told(sub: str) -> None:
    """OpenID Connect Core section 5.3.2: whoever answers may have mixed two users up."""
    transport = httpx2.MockTransport(lambda _: httpx2.Response(200, json={"sub": sub}))
    told = ManagedLogin(HOME, client_id="a", transport=transport).user_info(SIGNER.sign(access_claims()))
    if sub == SUB:
        assert asyncio.run(told) == {"sub": SUB}
        return
    with pytest.raises(UserPoolUnavailableError):
        asyncio.run(told)
