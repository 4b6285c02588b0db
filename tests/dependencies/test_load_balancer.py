"""An app behind an Application Load Balancer that signs users in, over HTTP."""

from collections.abc import Iterator
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI, WebSocket
from fastapi.testclient import TestClient
from starlette.testclient import WebSocketDenialResponse

from fastapi_cognito_auth import CognitoAuth, CognitoSettings, ConfigurationError, User
from tests.alb_support import (
    ARN,
    FOREIGN,
    FOREIGN_ARN,
    LOAD_BALANCER,
    Bucket,
    LoadBalancer,
    serving,
    user_info,
)
from tests.support import CLIENT_ID, NOW, POOL_ID, SIGNER, SUB, Clock, KeyServer, access_claims

DATA = "x-amzn-oidc-data"
ACCESS_TOKEN = "x-amzn-oidc-accesstoken"
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def bucket() -> Iterator[Bucket]:
    with serving(LOAD_BALANCER, FOREIGN) as server:
        yield server


def client_of(bucket: Bucket, **changes: Any) -> TestClient:
    settings = {"alb_arns": (ARN,), "alb_keys_uri": bucket.uri, **changes}
    auth = CognitoAuth(
        CognitoSettings(user_pool_id=POOL_ID, client_id=CLIENT_ID, **settings),
        fetch_keys=KeyServer(SIGNER.jwk()),
        clock=Clock(),
    )
    app = FastAPI()

    @app.get("/me")
    @app.post("/me")
    async def me(user: Annotated[User, Depends(auth.current_user)]) -> User:
        return user

    @app.get("/email")
    async def email(user: Annotated[User, Depends(auth.current_user)]) -> str:
        return str(user.claims["email"])

    @app.get("/greeting")
    async def greeting(user: Annotated[User | None, Depends(auth.optional_user)]) -> str | None:
        return user.username if user else None

    @app.get("/token")
    async def token(token: Annotated[str, Depends(auth.access_token)]) -> str:
        return token

    @app.get("/profile")
    async def profile(user: Annotated[User, Depends(auth.current_user)]) -> str:
        return (await user.profile()).username

    @app.get("/admins", dependencies=[Depends(auth.require_groups("admins"))])
    async def admins() -> bool:
        return True

    @app.get("/recent", dependencies=[Depends(auth.require_fresh(max_age=60))])
    async def recent() -> bool:
        return True

    @app.websocket("/socket")
    async def socket(websocket: WebSocket, user: Annotated[User, Depends(auth.current_user)]) -> None:
        await websocket.accept()
        await websocket.send_text(user.username)
        await websocket.close()

    return TestClient(app)


@pytest.fixture
def client(bucket: Bucket) -> TestClient:
    return client_of(bucket)


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["detail"]["code"]


def test_a_user_of_the_load_balancer_is_a_user(client: TestClient) -> None:
    answer = client.get("/me", headers={DATA: LOAD_BALANCER.sign()}).json()
    assert (answer["sub"], answer["username"], answer["client_id"]) == (SUB, "ada", CLIENT_ID)
    assert (answer["groups"], answer["scopes"], answer["auth_time"]) == ([], [], None)
    assert answer["expires_at"] == "2026-09-21T14:15:20Z"


def test_groups_and_scopes_are_those_that_the_pool_tells_and_those_that_these_groups_grant(
    bucket: Bucket,
) -> None:
    client = client_of(bucket, group_scopes={"analysts": {"reports/read"}, "admins": {"all"}})
    header = LOAD_BALANCER.sign(user_info(**{"cognito:groups": ["analysts", "staff"], "scope": "openid"}))
    answer = client.get("/me", headers={DATA: header}).json()
    assert sorted(answer["groups"]) == ["analysts", "staff"]
    assert sorted(answer["scopes"]) == ["openid", "reports/read"]


@pytest.mark.parametrize("path", ["/token", "/profile"])
def test_what_needs_an_access_token_says_that_the_header_is_none(client: TestClient, path: str) -> None:
    answer = client.get(path, headers={DATA: LOAD_BALANCER.sign()})
    assert answer.status_code == 401
    assert answer.json()["detail"]["message"] == "This needs an access token, which x-amzn-oidc-data is not."


def test_what_the_pool_tells_of_the_user_is_among_the_claims(client: TestClient) -> None:
    assert client.get("/email", headers={DATA: LOAD_BALANCER.sign()}).json() == "ada@example.com"


def test_many_requests_cost_one_fetch(bucket: Bucket, client: TestClient) -> None:
    for _ in range(5):
        assert client.get("/me", headers={DATA: LOAD_BALANCER.sign()}).status_code == 200
    assert bucket.asked == [f"/{LOAD_BALANCER.kid}"]


def test_a_header_of_another_load_balancer_is_401_and_nothing_is_fetched(
    bucket: Bucket, client: TestClient
) -> None:
    answer = client.get("/me", headers={DATA: FOREIGN.sign()})
    assert code_of(answer) == (401, "invalid_signer")
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
    assert bucket.asked == []


@pytest.mark.parametrize(
    ("header", "code"),
    [
        pytest.param(LoadBalancer(LOAD_BALANCER.kid).sign(), "invalid_signature", id="forged"),
        pytest.param(LoadBalancer(FOREIGN.kid).sign(), "invalid_signature", id="forged with a foreign kid"),
        pytest.param(LoadBalancer("../../evil").sign(), "invalid_token", id="path in kid"),
        pytest.param(LOAD_BALANCER.sign(exp=NOW - 60), "token_expired", id="expired"),
        pytest.param(LOAD_BALANCER.sign(client="other"), "invalid_client", id="another client"),
        pytest.param(
            LOAD_BALANCER.sign(user_info(iss=None), iss="https://evil.example"), "invalid_issuer", id="issuer"
        ),
        pytest.param(SIGNER.sign(access_claims()), "invalid_token", id="an access token"),
        pytest.param("nonsense", "invalid_token", id="nonsense"),
    ],
)
def test_a_bad_header_is_401_with_its_code(client: TestClient, header: str, code: str) -> None:
    assert code_of(client.get("/me", headers={DATA: header})) == (401, code)
    assert client.get("/greeting", headers={DATA: header}).status_code == 401


def test_two_headers_are_refused(client: TestClient) -> None:
    """A load balancer that passes on the client's own beside its own is set up wrongly."""
    header = (DATA, LOAD_BALANCER.sign())
    assert client.get("/me", headers=[header, header]).status_code == 401


def test_the_plain_identity_header_is_no_credential(client: TestClient) -> None:
    assert code_of(client.get("/me", headers={"x-amzn-oidc-identity": SUB})) == (401, "not_authenticated")


def test_without_declared_load_balancers_the_header_is_no_credential(bucket: Bucket) -> None:
    client = client_of(bucket, alb_arns=())
    answer = client.get("/me", headers={DATA: LOAD_BALANCER.sign()})
    assert code_of(answer) == (401, "not_authenticated")


def test_an_authorization_header_wins(bucket: Bucket, client: TestClient) -> None:
    token = SIGNER.sign(access_claims(username="grace"))
    headers = {"Authorization": f"Bearer {token}", DATA: LOAD_BALANCER.sign()}
    assert client.get("/me", headers=headers).json()["username"] == "grace"
    assert bucket.asked == []
    headers["Authorization"] = "Bearer nonsense"
    assert client.get("/me", headers=headers).status_code == 401


def test_keys_that_cannot_be_fetched_are_503(bucket: Bucket, client: TestClient) -> None:
    bucket.status = 500
    answer = client.get("/me", headers={DATA: LOAD_BALANCER.sign()})
    assert code_of(answer) == (503, "keys_unavailable")
    bucket.status = None
    assert client.get("/me", headers={DATA: LOAD_BALANCER.sign()}).status_code == 200
    bucket.status = 500
    assert client.get("/me", headers={DATA: LOAD_BALANCER.sign()}).status_code == 200


def test_the_header_gives_no_groups_and_no_sign_in_time(client: TestClient) -> None:
    headers = {DATA: LOAD_BALANCER.sign()}
    assert code_of(client.get("/admins", headers=headers)) == (403, "permission_denied")
    assert code_of(client.get("/recent", headers=headers)) == (401, "step_up_required")


def test_the_header_is_no_access_token(client: TestClient) -> None:
    answer = client.get("/token", headers={DATA: LOAD_BALANCER.sign()})
    assert code_of(answer) == (401, "not_authenticated")


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_a_page_of_another_site_cannot_use_the_session_at_the_load_balancer(
    client: TestClient, site: str
) -> None:
    """The load balancer knows the user by a cookie, and adds its headers whoever made the request."""
    headers = {DATA: LOAD_BALANCER.sign(), "Sec-Fetch-Site": site}
    assert code_of(client.post("/me", headers=headers)) == (403, "cross_site_request")
    assert client.post("/me", headers=headers | SAME_ORIGIN).status_code == 200


def test_a_websocket_of_the_load_balancer_is_for_our_own_pages(client: TestClient) -> None:
    headers = {DATA: LOAD_BALANCER.sign(), **SAME_ORIGIN}
    with client.websocket_connect("/socket", headers=headers) as socket:
        assert socket.receive_text() == "ada"
    headers["Sec-Fetch-Site"] = "cross-site"
    with (
        pytest.raises(WebSocketDenialResponse) as denied,
        client.websocket_connect("/socket", headers=headers),
    ):
        pass
    assert denied.value.status_code == 403


# The access token that the load balancer hands on.


def test_the_access_token_of_the_load_balancer_gives_groups_and_scopes(bucket: Bucket) -> None:
    client = client_of(bucket, access_token_header=ACCESS_TOKEN)
    token = SIGNER.sign(access_claims(scope="openid", **{"cognito:groups": ["admins"]}))
    headers = {ACCESS_TOKEN: token, DATA: LOAD_BALANCER.sign()}
    answer = client.get("/me", headers=headers).json()
    assert (answer["groups"], answer["scopes"]) == (["admins"], ["openid"])
    assert client.get("/admins", headers=headers).json() is True
    assert client.get("/token", headers=headers).json() == token
    assert bucket.asked == []


def test_a_bad_access_token_is_not_made_up_for_by_the_other_header(bucket: Bucket) -> None:
    client = client_of(bucket, access_token_header=ACCESS_TOKEN)
    headers = {ACCESS_TOKEN: SIGNER.sign(access_claims(exp=NOW - 60)), DATA: LOAD_BALANCER.sign()}
    assert code_of(client.get("/me", headers=headers)) == (401, "token_expired")


def test_an_opaque_access_token_of_another_provider_is_refused(bucket: Bucket) -> None:
    client = client_of(bucket, access_token_header=ACCESS_TOKEN)
    assert code_of(client.get("/me", headers={ACCESS_TOKEN: "opaque"})) == (401, "invalid_token")


def test_the_access_token_header_is_for_our_own_pages(bucket: Bucket) -> None:
    client = client_of(bucket, access_token_header=ACCESS_TOKEN)
    headers = {ACCESS_TOKEN: SIGNER.sign(access_claims()), "Sec-Fetch-Site": "cross-site"}
    assert code_of(client.post("/me", headers=headers)) == (403, "cross_site_request")


def test_without_the_setting_the_header_is_not_read(client: TestClient) -> None:
    headers = {ACCESS_TOKEN: SIGNER.sign(access_claims())}
    assert code_of(client.get("/me", headers=headers)) == (401, "not_authenticated")


@pytest.mark.parametrize(
    "arn", [FOREIGN_ARN + "x", "arn:aws:s3:::bucket", "*", "arn:aws:elasticloadbalancing:*"]
)
def test_what_is_no_load_balancer_cannot_be_declared(bucket: Bucket, arn: str) -> None:
    with pytest.raises(ConfigurationError, match="COGNITO_ALB_ARNS"):
        client_of(bucket, alb_arns=(ARN, arn), alb_keys_uri=None)


def test_a_check_that_could_not_be_asked_is_not_left_out() -> None:
    """A user whose tokens are revoked, or whom the app refuses, must not come in by the header."""
    settings: dict[str, Any] = {"user_pool_id": POOL_ID, "client_id": CLIENT_ID, "alb_arns": (ARN,)}
    with pytest.raises(ConfigurationError, match="check_claims"):
        CognitoAuth(CognitoSettings(**settings), check_claims=lambda _: True)
    with pytest.raises(ConfigurationError, match="COGNITO_REVOCATION"):
        CognitoAuth(CognitoSettings(**settings, revocation="local"))


def test_a_user_of_the_load_balancer_has_no_profile(bucket: Bucket) -> None:
    auth = CognitoAuth(
        CognitoSettings(user_pool_id=POOL_ID, client_id=CLIENT_ID, alb_arns=(ARN,), alb_keys_uri=bucket.uri),
        clock=Clock(),
    )
    app = FastAPI()

    @app.get("/")
    async def route(user: Annotated[User, Depends(auth.current_user)]) -> str | None:
        return (await user.profile()).username

    answer = TestClient(app).get("/", headers={DATA: LOAD_BALANCER.sign()})
    assert code_of(answer) == (401, "not_authenticated")
