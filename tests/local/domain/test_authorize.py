"""/oauth2/authorize: what an app may ask, and how it learns of a mistake."""

import re
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapi_cognito_auth.local import LocalUserPool
from tests.local.domain.kit import CALLBACK, HOST, LOGOUT, OTHER_CALLBACK, Callback, DomainKit, Page
from tests.older import needs

NO_LEVEL = "None of the requested ACR values is valid for the user pool"
NO_PROVIDER = "The app client has no such identity provider; it has: COGNITO"


@pytest.fixture(scope="module")
def kit() -> DomainKit:
    return DomainKit()


def test_a_browser_without_a_session_is_sent_to_the_login_page_with_the_same_query(kit: DomainKit) -> None:
    answer = kit.http.get("/oauth2/authorize", params=kit.asks())
    assert answer.status_code == 302
    assert answer.headers["location"] == "../login?" + str(answer.request.url.query, "ascii")


def test_a_user_who_signs_in_comes_back_with_a_code_and_the_state(kit: DomainKit) -> None:
    callback = kit.sign_in()
    assert callback.address == CALLBACK
    assert set(callback.query) == {"code", "state"}
    assert callback.query["state"] == "s t&ä"


@pytest.mark.parametrize("path", ["/oauth2/authorize", "/login"])
def test_a_developer_reads_which_callback_came_and_which_are_registered(kit: DomainKit, path: str) -> None:
    answer = kit.http.get(path, params=kit.asks(redirect_uri=f"{CALLBACK}/<b>"))
    assert answer.status_code == 400
    assert f"{CALLBACK}/&lt;b&gt; is none that is registered; registered: {CALLBACK}" in answer.text


def test_a_developer_reads_which_sign_out_address_came_and_which_are_registered(kit: DomainKit) -> None:
    answer = kit.http.get("/logout", params={"client_id": kit.id, "logout_uri": f"{LOGOUT}x"})
    assert answer.status_code == 400
    assert f"{LOGOUT}x is none that is registered; registered: {LOGOUT}" in answer.text


def test_an_address_that_is_none_of_the_apps_makes_no_page_large(kit: DomainKit) -> None:
    answer = kit.http.get("/login", params=kit.asks(redirect_uri=CALLBACK + "x" * 9000))
    assert "x" * 100 in answer.text
    assert "x" * 200 not in answer.text


def test_a_callback_keeps_its_own_query(kit: DomainKit) -> None:
    callback = kit.sign_in(redirect_uri=OTHER_CALLBACK)
    assert callback.location.startswith(f"{OTHER_CALLBACK}&code=")


@pytest.mark.parametrize(
    "wrong",
    [
        {"redirect_uri": None},
        {"redirect_uri": f"{CALLBACK}/"},
        {"redirect_uri": f"{CALLBACK}?x=1"},
        {"redirect_uri": CALLBACK.upper()},
        {"redirect_uri": "https://app.example/callback#x"},
        {"redirect_uri": "https://evil.example/callback"},
        {"redirect_uri": "javascript:alert(1)"},
        {"client_id": None},
        {"client_id": "nobody"},
        {"client_id": "<script>alert(1)</script>"},
        {"client_id": ["a", "b"]},
        {"redirect_uri": [CALLBACK, CALLBACK]},
        {"redirect_uri": [CALLBACK, "https://evil.example/"]},
    ],
    ids=str,
)
def test_nothing_goes_to_a_callback_that_is_not_proven(kit: DomainKit, wrong: dict[str, Any]) -> None:
    for path in (
        "/oauth2/authorize",
        "/login",
        "/signup",
        "/forgotPassword",
        "/confirm",
        "/identity-provider",
    ):
        answer = kit.http.get(path, params=kit.asks(**wrong))
        assert answer.status_code == 400
        assert "location" not in answer.headers
        assert re.search(r'="[^"]*(evil|javascript)', answer.text) is None, "nothing leads there"
        assert "<script" not in answer.text


@pytest.mark.parametrize(
    ("wrong", "error", "description"),
    [
        ({"response_type": None}, "invalid_request", None),
        ({"response_type": "code token"}, "invalid_request", None),
        ({"response_type": "token"}, "unauthorized_client", None),
        ({"scope": "openid orders/read"}, "invalid_request", "invalid_scope"),
        ({"code_challenge_method": "plain"}, "invalid_request", None),
        ({"code_challenge_method": None}, "invalid_request", None),
        ({"code_challenge": None}, "invalid_request", None),
        ({"code_challenge": "short"}, "invalid_request", None),
        ({"code_challenge": "+" * 43}, "invalid_request", None),
        ({"prompt": "perhaps"}, "invalid_request", None),
        ({"prompt": "none login"}, "invalid_request", None),
        ({"prompt": "none"}, "login_required", None),
        ({"max_age": "-1"}, "invalid_request", None),
        ({"max_age": "²"}, "invalid_request", None),
        ({"acr_values": "gold"}, "invalid_request", NO_LEVEL),
        ({"identity_provider": "Google"}, "invalid_request", NO_PROVIDER),
        ({"idp_identifier": "example.com"}, "invalid_request", NO_PROVIDER),
        ({"resource": "orders"}, "invalid_request", None),
        ({"resource": "https://api.example/#x"}, "invalid_request", None),
        ({"scope": ["openid", "openid"]}, "invalid_request", None),
        ({"nonce": ["a", "b"]}, "invalid_request", None),
    ],
    ids=str,
)
def test_a_proven_callback_learns_what_is_wrong(
    kit: DomainKit, wrong: dict[str, Any], error: str, description: str | None
) -> None:
    answer = kit.http.get("/oauth2/authorize", params=kit.asks(**wrong))
    assert answer.status_code == 302
    callback = Callback(answer.headers["location"])
    told = {"error": error, "state": "s t&ä"}
    assert callback.address == CALLBACK
    assert callback.query == told | ({"error_description": description} if description else {})


def test_a_state_that_came_twice_is_not_echoed(kit: DomainKit) -> None:
    answer = kit.http.get("/oauth2/authorize", params=kit.asks(state=["a", "b"]))
    assert Callback(answer.headers["location"]).query == {"error": "invalid_request"}


def test_an_app_client_without_a_callback_has_no_grant() -> None:
    kit = DomainKit(callback_urls=[])
    assert kit.http.get("/oauth2/authorize", params=kit.asks()).status_code == 400


def test_a_browser_with_a_session_goes_straight_to_the_callback(kit: DomainKit) -> None:
    browser = kit.browser()
    first = kit.sign_in(browser)
    again = browser.authorize(**kit.asks(prompt="none"))
    assert again.address == CALLBACK
    assert again.code != first.code


def test_a_session_is_good_for_an_hour() -> None:
    kit = DomainKit()
    browser = kit.browser()
    kit.sign_in(browser)
    kit.clock.advance(3599)
    assert isinstance(browser.authorize(**kit.asks()), Callback)
    kit.clock.advance(1)
    assert isinstance(browser.authorize(**kit.asks()), Page)


@needs("SetUserPoolClientSessionConfiguration")
def test_what_the_session_configuration_says_counts() -> None:
    kit = DomainKit(max_sessions_per_user=5)
    browser = kit.browser()
    kit.sign_in(browser)
    kit.pool.call(
        "SetUserPoolClientSessionConfiguration",
        {"UserPoolId": kit.pool_id, "ClientId": kit.id, "SSOSession": {"MaxValidityMinutes": 0}},
    )
    assert isinstance(browser.authorize(**kit.asks()), Page)


@pytest.mark.parametrize(
    "asked",
    [
        {"prompt": "login"},
        {"prompt": "select_account"},
        {"max_age": "9"},
        {"acr_values": "urn:cognito:loa:4"},
    ],
    ids=str,
)
def test_a_session_is_not_enough_for_an_app_that_asks_for_more(asked: dict[str, str]) -> None:
    kit = DomainKit()
    browser = kit.browser()
    kit.sign_in(browser)
    kit.clock.advance(10)
    assert isinstance(browser.authorize(**kit.asks(**asked)), Page)


def test_without_a_prompt_a_session_that_is_not_enough_is_an_error() -> None:
    kit = DomainKit()
    browser = kit.browser()
    kit.sign_in(browser)
    kit.clock.advance(10)
    assert browser.authorize(**kit.asks(prompt="none", max_age="9")).query["error"] == "login_required"


@pytest.mark.parametrize("end", ["AdminDisableUser", "AdminDeleteUser", "AdminResetUserPassword"])
def test_a_session_ends_with_its_user(end: str) -> None:
    kit = DomainKit()
    browser = kit.browser()
    kit.sign_in(browser)
    kit.admin(end)
    assert isinstance(browser.authorize(**kit.asks()), Page)


def test_a_sign_in_makes_a_new_session_whatever_cookie_was_there(kit: DomainKit) -> None:
    browser = kit.browser()
    browser.http.cookies.set("cognito", "planted", domain="domain.example", path="/")
    kit.sign_in(browser)
    assert "planted" not in {cookie.value for cookie in browser.http.cookies.jar}
    planted = kit.browser()
    planted.http.cookies.set("cognito", "planted", domain="domain.example", path="/")
    assert isinstance(planted.authorize(**kit.asks()), Page)


@pytest.mark.parametrize("mounted_by", ["app", "router"])
def test_the_domain_works_under_a_path_and_its_cookies_stay_there(mounted_by: str) -> None:
    kit = DomainKit(base="/pools/local", mounted_by=mounted_by)
    browser = kit.browser()
    assert kit.sign_in(browser).address == CALLBACK
    assert {cookie.path for cookie in browser.http.cookies.jar} == {"/pools/local/"}
    assert kit.domain_tokens()["access_token"]
    assert isinstance(browser.authorize(**kit.asks()), Callback)


def test_cookies_are_for_the_domain_and_no_script() -> None:
    kit = DomainKit()
    browser = kit.browser()
    kit.sign_in(browser)
    found = {cookie.name: cookie for cookie in browser.http.cookies.jar}
    assert set(found) == {"cognito", "XSRF-TOKEN"}
    for cookie in found.values():
        assert cookie.secure
        assert cookie.has_nonstandard_attr("HttpOnly")
        assert cookie.get_nonstandard_attr("SameSite") == "lax"


@pytest.mark.parametrize("host", ["http://localhost:8000", HOST])
def test_cookies_are_secure_over_https(kit: DomainKit, host: str) -> None:
    answer = kit.http.get(f"{host}/login", params=kit.asks())
    assert ("Secure" in answer.headers["set-cookie"]) is host.startswith("https")


@given(query=st.binary(max_size=200))
def test_no_query_makes_it_fail(query: bytes) -> None:
    for path in ("/oauth2/authorize", "/login", "/logout", "/confirmUser", "/signup"):
        assert _KIT.http.get(f"{path}?" + quote_from_bytes(query, safe="&=+")).status_code in {302, 400}


@pytest.mark.parametrize("query", ["client_id=%ff", "client_id=%00", "&".join(f"a{n}=1" for n in range(101))])
def test_a_query_that_cannot_be_read_is_refused(kit: DomainKit, query: str) -> None:
    for path in ("/oauth2/authorize", "/login", "/logout", "/confirmUser"):
        assert kit.http.get(f"{path}?{query}").status_code == 400


def test_the_default_callback_stands_for_one_that_is_left_out() -> None:
    kit = DomainKit()
    kit.pool.call(
        "UpdateUserPoolClient",
        {
            "UserPoolId": kit.pool_id,
            "ClientId": kit.id,
            "AllowedOAuthFlowsUserPoolClient": True,
            "AllowedOAuthFlows": ["code"],
            "AllowedOAuthScopes": ["openid"],
            "CallbackURLs": [CALLBACK],
            "DefaultRedirectURI": CALLBACK,
            "SupportedIdentityProviders": ["COGNITO"],
        },
    )
    assert kit.sign_in(redirect_uri=None).address == CALLBACK


@given(
    names=st.lists(
        st.sampled_from(
            ["scope", "prompt", "max_age", "resource", "acr_values", "identity_provider", "nonce"]
        ),
        unique=True,
    ),
    value=st.text(max_size=60),
)
def test_no_value_makes_it_fail(names: list[str], value: str) -> None:
    answer = _KIT.http.get("/oauth2/authorize", params=_KIT.asks(**dict.fromkeys(names, value)))
    assert answer.status_code in {302, 400}


_KIT = DomainKit(users=())


@pytest.mark.parametrize(
    "options",
    [
        {"callback_urls": "https://app.example/"},
        {"callback_urls": ["http://app.example/"]},
        {"callback_urls": ["https://app.example/#x"]},
        {"callback_urls": ["/callback"]},
        {"callback_urls": ["https://"]},
        {"callback_urls": ["https://[::1/"]},
        {"callback_urls": ["javascript://x/%0aalert(1)"]},
        {"callback_urls": ["data:text/html,x"]},
        {"logout_urls": ["http://app.example/bye"]},
        {"callback_urls": [CALLBACK], "allowed_scopes": []},
        {"allowed_scopes": "openid"},
        {"allowed_scopes": ["open id"]},
        {"resource_servers": {"orders": "read"}},
        {"resource_servers": {"or ders": ["read"]}},
        {"resource_servers": {"orders": ["a/b"]}},
        {"machine_clients": ["machine"]},
        {"identity_providers": "Google"},
        {"identity_providers": ["COGNITO"]},
        {"identity_providers": ["My_Provider"]},
        {"identity_providers": ["Google", "Google"]},
    ],
    ids=str,
)
def test_a_mistyped_option_of_the_domain_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        LocalUserPool(**options)


@pytest.mark.parametrize(
    "address", ["http://localhost:8000/x", "http://127.0.0.1/x", "http://[::1]:3000/", "myapp://callback"]
)
def test_a_callback_may_be_on_this_machine_or_an_app(address: str) -> None:
    kit = DomainKit(callback_urls=[address])
    assert kit.sign_in(redirect_uri=address).location.startswith(f"{address}?code=")
