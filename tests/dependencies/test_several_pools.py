"""Tokens of several pools and app clients, and the app's own word on them."""

import asyncio
import json
import logging
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient

from fastapi_cognito_auth import (
    CognitoAuth,
    CognitoSettings,
    ConfigurationError,
    IdUser,
    Machine,
    TrustedPool,
    User,
)
from fastapi_cognito_auth import exceptions as errors
from fastapi_cognito_auth.tokens.claims import AccessTokenClaims, IdTokenClaims
from tests.support import (
    CLIENT_ID,
    ISSUER,
    OTHER_SIGNER,
    POOL_ID,
    SECRET_KEY,
    SIGNER,
    UPDATED_ISSUER,
    Clock,
    KeyServer,
    access_claims,
    id_claims,
    verifier,
)

STAFF_ID = "eu-west-1_Staff1234"
STAFF_ISSUER = f"https://cognito-idp.eu-west-1.amazonaws.com/{STAFF_ID}"
STAFF_CLIENT = "9example23456789abcdefghij"
OTHER_CLIENT = "2example23456789abcdefghij"
API = "https://api.example.com/orders"


def staff(**changes: Any) -> TrustedPool:
    key_set = json.dumps({"keys": [OTHER_SIGNER.jwk()]})
    return TrustedPool(user_pool_id=STAFF_ID, client_ids={STAFF_CLIENT}, key_set=key_set, **changes)


def make_auth(server: KeyServer | None = None, **settings: Any) -> CognitoAuth:
    hooks = {name: settings.pop(name) for name in ("accept_client", "check_claims") if name in settings}
    return CognitoAuth(
        CognitoSettings(user_pool_id=POOL_ID, client_id=CLIENT_ID, secret_key=SECRET_KEY, **settings),
        fetch_keys=server or KeyServer(SIGNER.jwk()),
        clock=Clock(),
        **hooks,
    )


def staff_token(**changes: Any) -> str:
    claims = {"iss": STAFF_ISSUER, "client_id": STAFF_CLIENT, "cognito:groups": ["admins"], **changes}
    return OTHER_SIGNER.sign(access_claims(**claims))


def verify(auth: CognitoAuth, token: str) -> AccessTokenClaims:
    return asyncio.run(auth.verifier.access_token(token))


def test_a_trusted_pools_token_is_accepted() -> None:
    assert verify(make_auth(trusted_pools=[staff()]), staff_token()).iss == STAFF_ISSUER


def test_a_pool_that_is_not_declared_is_refused() -> None:
    with pytest.raises(errors.InvalidIssuerError):
        verify(make_auth(), staff_token())


def test_one_pools_key_signs_no_token_of_another() -> None:
    auth = make_auth(trusted_pools=[staff()])
    with pytest.raises(errors.InvalidSignatureError):
        verify(auth, SIGNER.sign(access_claims(iss=STAFF_ISSUER, client_id=STAFF_CLIENT), kid="key-2"))
    with pytest.raises(errors.InvalidSignatureError):
        verify(auth, OTHER_SIGNER.sign(access_claims()))


def test_one_pools_app_client_is_none_of_another() -> None:
    auth = make_auth(trusted_pools=[staff()])
    with pytest.raises(errors.InvalidClientError):
        verify(auth, staff_token(client_id=CLIENT_ID))
    with pytest.raises(errors.InvalidClientError):
        verify(auth, SIGNER.sign(access_claims(client_id=STAFF_CLIENT)))


def groups_of(auth: CognitoAuth) -> TestClient:
    app = FastAPI()

    @app.get("/")
    async def route(user: Annotated[User, Depends(auth.current_user)]) -> list[str]:
        return sorted(user.groups)

    @app.get("/admins", dependencies=[Depends(auth.require_groups("admins"))])
    async def admins() -> None: ...

    app.include_router(auth.account_router, prefix="/account")
    return TestClient(app)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_an_admin_of_a_trusted_pool_is_no_admin_of_the_app() -> None:
    client = groups_of(make_auth(trusted_pools=[staff()]))
    assert client.get("/", headers=bearer(staff_token())).json() == [f"{STAFF_ID}/admins"]
    assert client.get("/admins", headers=bearer(staff_token())).status_code == 403


def test_groups_of_both_pools_are_one_if_the_app_says_so() -> None:
    client = groups_of(make_auth(trusted_pools=[staff(group_prefix="")]))
    assert client.get("/admins", headers=bearer(staff_token())).status_code == 200


def test_a_group_of_a_trusted_pool_grants_the_scopes_of_its_full_name_alone() -> None:
    auth = make_auth(
        trusted_pools=[staff()], group_scopes={"admins": {"all"}, f"{STAFF_ID}/admins": {"some"}}
    )
    app = FastAPI()

    @app.get("/")
    async def route(user: Annotated[User, Depends(auth.current_user)]) -> list[str]:
        return sorted(user.scopes)

    scopes = TestClient(app).get("/", headers=bearer(staff_token(scope=None))).json()
    assert scopes == ["some"]


def test_the_refusal_of_another_pools_user_says_which_pool_it_wants(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "fastapi_cognito_auth"):
        client = groups_of(make_auth(trusted_pools=[staff()]))
        client.get("/account/freshness", headers=bearer(staff_token()))
    [record] = caplog.records
    wanted = ", ".join(sorted([ISSUER, UPDATED_ISSUER]))
    assert (record.claim, record.found, record.wanted) == ("iss", STAFF_ISSUER, wanted)  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", ["/account", "/account/freshness"])
def test_the_account_is_for_the_apps_own_pool(path: str) -> None:
    client = groups_of(make_auth(trusted_pools=[staff()]))
    answer = client.get(path, headers=bearer(staff_token()))
    assert (answer.status_code, answer.json()["detail"]["code"]) == (401, "invalid_issuer")


def test_a_user_of_a_trusted_pool_has_no_profile_here() -> None:
    auth = make_auth(trusted_pools=[staff()])
    app = FastAPI()

    @app.get("/")
    async def route(user: Annotated[User, Depends(auth.current_user)]) -> bool:
        with pytest.raises(RuntimeError, match="own pool"):
            await user.profile()
        return True

    assert TestClient(app).get("/", headers=bearer(staff_token())).json() is True


def test_a_trusted_pool_is_warmed_up_too() -> None:
    auth = make_auth(trusted_pools=[staff()])

    async def test() -> None:
        async with auth.lifespan():
            assert auth._pools[1].keys.known("key-2") is not None

    asyncio.run(test())


def test_a_pool_whose_keys_are_down_does_not_hinder_the_start(caplog: pytest.LogCaptureFixture) -> None:
    server = KeyServer(SIGNER.jwk())
    server.down = True
    auth = make_auth(server, trusted_pools=[staff()])

    async def test() -> None:
        async with auth.lifespan():
            pass

    with caplog.at_level(logging.WARNING, "fastapi_cognito_auth"):
        asyncio.run(test())
    assert POOL_ID in caplog.text


def test_two_pools_with_one_issuer_are_a_mistake() -> None:
    with pytest.raises(ConfigurationError, match="two user pools have the issuer"):
        make_auth(trusted_pools=[staff(issuer={ISSUER})])


@pytest.mark.parametrize(
    "wrong",
    [
        {"user_pool_id": STAFF_ID},
        {"user_pool_id": STAFF_ID, "client_ids": []},
        {"user_pool_id": "Staff", "client_ids": [STAFF_CLIENT]},
        {"user_pool_id": STAFF_ID, "client_ids": [STAFF_CLIENT], "client": "x"},
        {"user_pool_id": STAFF_ID, "client_ids": [STAFF_CLIENT], "key_set": "{}", "key_set_file": "x"},
    ],
)
def test_a_trusted_pool_that_is_not_fully_declared_is_a_mistake(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="COGNITO_TRUSTED_POOLS"):
        make_auth(trusted_pools=[wrong])


def test_a_broken_key_set_of_a_trusted_pool_is_reported_by_its_variable() -> None:
    with pytest.raises(ConfigurationError, match=r"^COGNITO_TRUSTED_POOLS is wrong: the answer is not a"):
        make_auth(trusted_pools=[staff().model_copy(update={"key_set": "{}"})])


def test_trusted_pools_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        "COGNITO_TRUSTED_POOLS", json.dumps([{"user_pool_id": STAFF_ID, "client_ids": [STAFF_CLIENT]}])
    )
    (pool,) = make_auth().settings.trusted_pools
    assert pool.issuers == {
        STAFF_ISSUER,
        f"https://issuer-cognito-idp.eu-west-1.amazonaws.com/{STAFF_ID}",
    }
    assert pool.key_set_uri == f"{STAFF_ISSUER}/.well-known/jwks.json"


@pytest.mark.parametrize(
    ("user_pool_id", "issuer"),
    [
        ("cn-north-1_Ab1", "https://cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_Ab1"),
        ("eusc-de-east-1_Ab1", "https://cognito-idp.eusc-de-east-1.amazonaws.eu/eusc-de-east-1_Ab1"),
        ("us-gov-west-1_Ab1", "https://cognito-idp.us-gov-west-1.amazonaws.com/us-gov-west-1_Ab1"),
    ],
)
def test_issuers_follow_the_partition(user_pool_id: str, issuer: str) -> None:
    pool = TrustedPool(user_pool_id=user_pool_id, client_ids={STAFF_CLIENT})
    assert issuer in pool.issuers
    assert pool.key_set_uri.startswith(issuer)


def test_a_replica_keeps_the_issuer_of_the_primary_region() -> None:
    settings = CognitoSettings(user_pool_id=POOL_ID, client_id=CLIENT_ID, replica_region="eu-west-1")
    assert settings.issuers == {ISSUER, UPDATED_ISSUER}
    assert settings.region == "eu-west-1"
    assert settings.key_set_uri == (
        f"https://issuer-cognito-idp.eu-west-1.amazonaws.com/{POOL_ID}/.well-known/jwks.json"
    )


def test_more_app_clients_are_accepted_if_they_are_listed() -> None:
    auth = make_auth(accepted_client_ids=[OTHER_CLIENT])
    assert verify(auth, SIGNER.sign(access_claims(client_id=OTHER_CLIENT))).client_id == OTHER_CLIENT
    assert verify(auth, SIGNER.sign(access_claims())).client_id == CLIENT_ID
    with pytest.raises(errors.InvalidClientError):
        verify(auth, SIGNER.sign(access_claims(client_id="another")))


def test_the_hook_decides_about_clients_that_are_not_listed() -> None:
    def accept_client(claims: AccessTokenClaims | IdTokenClaims) -> bool:
        return isinstance(claims, AccessTokenClaims) and "orders/read" in claims.scope.split()

    auth = make_auth(accept_client=accept_client)
    assert verify(auth, SIGNER.sign(access_claims(client_id="dynamic", scope="orders/read"))).sub
    with pytest.raises(errors.InvalidClientError):
        verify(auth, SIGNER.sign(access_claims(client_id="dynamic", scope="orders/write")))
    with pytest.raises(errors.InvalidClientError):
        asyncio.run(auth.verifier.id_token(SIGNER.sign(id_claims(aud="dynamic"))))


def test_the_hook_is_not_asked_about_clients_of_trusted_pools() -> None:
    """Their administrators could register a client for anything."""
    auth = make_auth(accept_client=lambda _: True, trusted_pools=[staff()])
    with pytest.raises(errors.InvalidClientError):
        verify(auth, staff_token(client_id="dynamic"))


def scopes_of(auth: CognitoAuth, token: str) -> list[str]:
    app = FastAPI()

    @app.get("/")
    async def route(who: Annotated[User | Machine, Depends(auth.current_principal)]) -> list[str]:
        return sorted(who.scopes)

    scopes: list[str] = TestClient(app).get("/", headers=bearer(token)).json()
    return scopes


@pytest.mark.parametrize("machine", [False, True])
def test_scopes_of_a_trusted_pool_count_only_if_they_are_declared(machine: bool) -> None:
    who = {"sub": STAFF_CLIENT, "username": None} if machine else {}
    token = staff_token(scope="orders/read orders/write", **who)
    assert scopes_of(make_auth(trusted_pools=[staff()]), token) == []
    declared = make_auth(trusted_pools=[staff(scopes={"orders/read", "x"})])
    assert scopes_of(declared, token) == ["orders/read"]


def test_groups_of_a_trusted_pool_have_its_name_in_an_id_token_too() -> None:
    auth = make_auth(trusted_pools=[staff()])
    app = FastAPI()

    @app.get("/")
    async def route(user: Annotated[IdUser, Depends(auth.id_user)]) -> list[str]:
        return sorted(user.groups)

    claims = id_claims(iss=STAFF_ISSUER, aud=STAFF_CLIENT, **{"cognito:groups": ["admins"]})
    groups = TestClient(app).get("/", headers=bearer(OTHER_SIGNER.sign(claims))).json()
    assert groups == [f"{STAFF_ID}/admins"]


def test_the_hook_is_not_asked_about_what_is_not_signed() -> None:
    asked: list[Any] = []
    auth = make_auth(accept_client=asked.append)
    with pytest.raises(errors.InvalidSignatureError):
        verify(auth, OTHER_SIGNER.sign(access_claims(client_id="dynamic"), kid="key-1"))
    assert asked == []


@pytest.mark.parametrize("answer", [None, 1, "yes", [True]])
def test_anything_but_true_refuses(answer: Any) -> None:
    with pytest.raises(errors.InvalidClientError):
        verify(make_auth(accept_client=lambda _: answer), SIGNER.sign(access_claims(client_id="dynamic")))
    with pytest.raises(errors.InvalidTokenError):
        verify(make_auth(check_claims=lambda _: answer), SIGNER.sign(access_claims()))


def test_a_check_of_the_app_sees_every_claim() -> None:
    auth = make_auth(check_claims=lambda claims: claims.extra()["tenant"] == "acme")
    assert verify(auth, SIGNER.sign(access_claims(tenant="acme"))).sub
    with pytest.raises(errors.InvalidTokenError):
        verify(auth, SIGNER.sign(access_claims(tenant="evil")))


def test_a_check_that_fails_refuses_and_is_logged_without_the_token(caplog: pytest.LogCaptureFixture) -> None:
    auth = make_auth(check_claims=lambda claims: claims.extra()["tenant"] == "acme")
    token = SIGNER.sign(access_claims())
    with pytest.raises(errors.InvalidTokenError) as refused:
        verify(auth, token)
    assert refused.value.status_code == 401
    assert "KeyError" in caplog.text
    assert token.rpartition(".")[2] not in caplog.text


@pytest.mark.parametrize(
    "error", [errors.NotAuthenticatedError(), errors.PermissionDeniedError(), errors.CognitoAuthError()]
)
def test_a_check_cannot_make_a_bad_token_pass_for_none(error: errors.CognitoAuthError) -> None:
    """`optional_user` would take `NotAuthenticatedError` for an anonymous request."""

    def check_claims(claims: Any) -> bool:
        raise error

    auth = make_auth(check_claims=check_claims)
    app = FastAPI()

    @app.get("/")
    async def route(user: Annotated[User | None, Depends(auth.optional_user)]) -> bool:
        return user is None

    answer = TestClient(app).get("/", headers=bearer(SIGNER.sign(access_claims())))
    assert (answer.status_code, answer.json()["detail"]["code"]) == (401, "invalid_token")


def test_words_of_a_check_break_no_header() -> None:
    def check_claims(claims: Any) -> bool:
        raise errors.InvalidTokenError('Not "yours", €: \r\nSet-Cookie: a=b')

    auth = make_auth(check_claims=check_claims)
    app = FastAPI()

    @app.get("/", dependencies=[Depends(auth.current_user)])
    async def route() -> None: ...

    answer = TestClient(app).get("/", headers=bearer(SIGNER.sign(access_claims())))
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == (
        'Bearer error="invalid_token", error_description="Not ?yours?, ?: ??Set-Cookie: a=b"'
    )


def test_a_check_that_must_be_awaited_is_a_mistake() -> None:
    async def check(claims: Any) -> bool:
        return True

    class Check:
        async def __call__(self, claims: Any) -> bool:
            return True

    for wrong in (check, Check()):
        with pytest.raises(ConfigurationError, match="accept_client"):
            make_auth(accept_client=wrong)
        with pytest.raises(ConfigurationError, match="check_claims"):
            make_auth(check_claims=wrong)


def test_a_check_may_say_in_its_own_words_why() -> None:
    def check_claims(claims: Any) -> bool:
        raise errors.InvalidTokenError("Not your tenant.")

    with pytest.raises(errors.InvalidTokenError, match="Not your tenant"):
        verify(make_auth(check_claims=check_claims), SIGNER.sign(access_claims()))


@pytest.mark.parametrize("aud", [API, [API], ["https://other.example.com", API], CLIENT_ID])
def test_a_token_bound_to_this_api_is_accepted(aud: Any) -> None:
    """RFC 8707."""
    claims = verify(make_auth(resource=[API]), SIGNER.sign(access_claims(aud=aud)))
    assert claims.model_dump(mode="json")["aud"] == aud


@pytest.mark.parametrize("aud", ["https://other.example.com", [], ["https://other.example.com"], f"{API}/x"])
@pytest.mark.parametrize("resource", [[], [API]])
def test_a_token_bound_to_another_resource_is_refused(aud: Any, resource: list[str]) -> None:
    """RFC 7519 section 4.1.3."""
    auth = make_auth(resource=resource, accept_client=lambda _: True)
    with pytest.raises(errors.InvalidAudienceError):
        verify(auth, SIGNER.sign(access_claims(aud=aud)))


def test_a_token_bound_to_another_client_is_refused_though_that_client_is_accepted() -> None:
    auth = make_auth(accepted_client_ids=[OTHER_CLIENT])
    with pytest.raises(errors.InvalidAudienceError):
        verify(auth, SIGNER.sign(access_claims(aud=OTHER_CLIENT)))


def test_a_token_that_is_bound_to_nothing_is_accepted_by_its_client() -> None:
    assert verify(make_auth(resource=[API]), SIGNER.sign(access_claims())).aud is None


@pytest.mark.parametrize(
    "resource", ["orders", "https://api.example.com#x", "https://api.example.com/x y", "/orders", ""]
)
def test_a_resource_is_an_absolute_uri(resource: str) -> None:
    """RFC 8707 section 2."""
    with pytest.raises(ConfigurationError, match="COGNITO_RESOURCE"):
        make_auth(resource=[resource])


def test_the_verifier_alone_takes_several_pools() -> None:
    assert asyncio.run(verifier().access_token(SIGNER.sign(access_claims()))).username == "ada"


def test_each_pool_has_a_key_set_to_watch() -> None:
    auth = make_auth(trusted_pools=[staff()])
    assert list(auth.key_sets) == [POOL_ID, STAFF_ID]
    assert auth.key_sets[POOL_ID] is auth.keys


def test_the_environment_adds_no_pool_to_a_local_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        "COGNITO_TRUSTED_POOLS", json.dumps([{"user_pool_id": STAFF_ID, "client_ids": [STAFF_CLIENT]}])
    )
    monkeypatch.setenv("COGNITO_ACCEPTED_CLIENT_IDS", OTHER_CLIENT)
    auth = CognitoAuth.local()
    assert (auth.settings.trusted_pools, auth.settings.accepted_client_ids) == ((), ())


def test_a_local_pool_takes_more_settings_by_name() -> None:
    auth = CognitoAuth.local(settings={"trusted_pools": [staff()], "clock_skew": 0})
    assert list(auth.key_sets) == [auth.local_pool.user_pool_id, STAFF_ID]
    assert auth.settings.clock_skew == 0


def test_a_local_pool_decides_about_itself() -> None:
    with pytest.raises(ConfigurationError, match="client_id"):
        CognitoAuth.local(settings={"client_id": OTHER_CLIENT})  # type: ignore[arg-type]


def test_the_access_token_of_a_trusted_pool_is_handed_to_nobody() -> None:
    """The app's own pool could do nothing with it, and must not be shown it."""
    auth = make_auth(trusted_pools=[staff()])
    app = FastAPI()

    @app.get("/")
    async def route(token: Annotated[str, Depends(auth.access_token)]) -> str:
        return token

    client = TestClient(app)
    answer = client.get("/", headers=bearer(staff_token()))
    assert (answer.status_code, answer.json()["detail"]["code"]) == (401, "invalid_issuer")
    own = SIGNER.sign(access_claims())
    assert client.get("/", headers=bearer(own)).json() == own


def test_a_mistake_in_a_trusted_pool_is_told_where_it_is() -> None:
    with pytest.raises(ConfigurationError, match="wrong: 0: client_ids: Field required"):
        make_auth(trusted_pools=[{"user_pool_id": STAFF_ID}])


def test_what_should_be_json_and_is_not_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COGNITO_TRUSTED_POOLS", STAFF_ID)
    with pytest.raises(ConfigurationError, match="COGNITO_TRUSTED_POOLS is wrong: it is not JSON"):
        make_auth()


def test_a_misspelt_variable_is_warned_of_without_its_value(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("COGNITO_REVOKATION", "a value")
    make_auth()
    assert "COGNITO_REVOKATION in the environment is no setting" in caplog.text
    assert "a value" not in caplog.text


def test_the_account_serves_the_apps_own_users_beside_trusted_pools() -> None:
    client = groups_of(make_auth(trusted_pools=[staff()]))
    answer = client.get("/account/freshness", headers=bearer(SIGNER.sign(access_claims())))
    assert answer.json()["fresh"] is True
