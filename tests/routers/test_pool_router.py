"""The configuration of the pool over HTTP: who may, what the pool is asked for, and what is shown."""

import base64
import logging
import re
import time
from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import given, settings
from hypothesis import strategies as st

from fastapi_cognito_auth import CognitoAuth, CognitoSettings, ConfigurationError
from fastapi_cognito_auth.dependencies.served import served_by
from fastapi_cognito_auth.formats.aws_json import ServiceError
from fastapi_cognito_auth.routers.pool_answers import as_json
from fastapi_cognito_auth.routers.pool_models import example_of
from fastapi_cognito_auth.routers.pool_routes import POOL_ROUTES, PoolRoute
from tests.older import MODEL, needs, needs_openapi_of_scopes
from tests.routers.admin_kit import GUARD
from tests.routers.kit import code_of
from tests.routers.pool_kit import ROUTES, PoolApp, name_of
from tests.routers.test_admin_guard import changed
from tests.routers.test_openapi import bodies, operations, parts, references

CHANGING = [route for route in ROUTES if not route.reads]
READING = [route for route in ROUTES if route.reads]
LISTS = {
    route.path for route in READING if route.operation.startswith("List") and route.path != "/replicas"
} - {"/tags"}
SECRET = "s3cr3t" * 5


@pytest.fixture(scope="module")
def shared() -> PoolApp:
    """For what is refused, and for what changes nothing that another test looks at."""
    return PoolApp()


@pytest.fixture(scope="module")
def owner(shared: PoolApp) -> str:
    return shared.token("owner")


@pytest.fixture(scope="module")
def bad_tokens(shared: PoolApp) -> dict[str, tuple[str | None, tuple[int, str]]]:
    tokens = shared.tokens("owner")
    access: str = tokens["access_token"]
    revoked = shared.token("owner2")
    shared.call("AdminUserGlobalSignOut", Username="owner2")
    issuer = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Other"
    return {
        "nobody": (None, (401, "not_authenticated")),
        "an ordinary user": (shared.token("ada"), (403, "permission_denied")),
        "an administrator of users": (shared.token("root"), (403, "permission_denied")),
        "an ID token": (tokens["id_token"], (401, "invalid_token_use")),
        "a refresh token": (tokens["refresh_token"], (401, "invalid_token")),
        "a machine": (changed(shared, access, username=None), (401, "invalid_token_use")),
        "an actor": (changed(shared, access, act={"sub": "agent"}), (403, "permission_denied")),
        "narrowed": (changed(shared, access, scope="orders/read"), (403, "permission_denied")),
        "another pool": (changed(shared, access, iss=issuer), (401, "invalid_issuer")),
        "expired": (changed(shared, access, exp=int(shared.clock.now) - 60), (401, "token_expired")),
        "revoked": (revoked, (401, "token_revoked")),
    }


@pytest.mark.parametrize("route", ROUTES, ids=name_of)
def test_who_is_none_of_the_group_is_refused_before_the_pool_is_asked(
    shared: PoolApp, bad_tokens: dict[str, tuple[str | None, tuple[int, str]]], route: PoolRoute
) -> None:
    with shared.calls() as calls:
        found = {who: code_of(shared.sample(token, route)) for who, (token, _) in bad_tokens.items()}
    assert found == {who: refusal for who, (_, refusal) in bad_tokens.items()}
    assert {operation for operation, _ in calls} <= {"GetUser"}


@pytest.fixture(scope="module")
def closed() -> PoolApp:
    return PoolApp(settings={"pool_admin_groups": ()})


@pytest.mark.parametrize("route", ROUTES, ids=name_of)
def test_without_a_group_nobody_configures_the_pool_whoever_asks(closed: PoolApp, route: PoolRoute) -> None:
    tokens = [None, closed.token("owner"), closed.token("root"), "no token"]
    with closed.calls() as calls:
        assert {code_of(closed.sample(token, route)) for token in tokens} == {(403, "permission_denied")}
    assert calls == []


class StaleApp(PoolApp):
    def __init__(self) -> None:
        super().__init__()
        tokens = self.tokens("owner")
        self.clock.advance(901)
        again = self.http.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
        self.stale: str = again.json()["access_token"]


@pytest.fixture(scope="module")
def stale() -> StaleApp:
    return StaleApp()


@pytest.mark.parametrize("route", CHANGING, ids=name_of)
def test_a_stale_sign_in_changes_nothing(stale: StaleApp, route: PoolRoute) -> None:
    with stale.calls() as calls:
        answer = stale.sample(stale.stale, route)
    assert code_of(answer) == (401, "step_up_required")
    assert calls == []


def test_a_stale_sign_in_may_look(stale: StaleApp) -> None:
    assert stale.configure(stale.stale, "GET", "/pool").status_code == 200


@pytest.mark.parametrize(
    "route", [route for route in ROUTES if route.operation != "DeleteUserPool"], ids=name_of
)
def test_an_endpoint_asks_for_its_operation_and_for_the_app_s_own_pool(
    shared: PoolApp, owner: str, route: PoolRoute
) -> None:
    with shared.calls() as calls:
        answer = shared.sample(owner, route)
    assert answer.status_code in {200, 201, 204, 400, 404, 409, 501}, answer.text
    asked = [(operation, params) for operation, params in calls if operation not in GUARD]
    # A change looks first, and tags are those of an ARN: nothing is changed of what is not there.
    first = {"PATCH": route.operation.replace("Update", "Describe")} if route.merges else {}
    assert first.get(route.method, route.operation) in {operation for operation, _ in asked}
    pools = {params["UserPoolId"] for _, params in asked if "UserPoolId" in params}
    assert pools <= {shared.pool.user_pool_id}


@pytest.mark.parametrize(
    "route", [route for route in READING if route.operation.startswith("List") and "{" not in route.path]
)
def test_a_list_needs_no_query(shared: PoolApp, owner: str, route: PoolRoute) -> None:
    assert shared.configure(owner, "GET", route.path).status_code in {200, 501}


def test_the_pool_is_deleted_by_who_names_it_once_more() -> None:
    app = PoolApp()
    token = app.token("owner")
    with app.calls() as calls:
        assert code_of(app.configure(token, "DELETE", "/pool")) == (422, "invalid_request")
        wrong = app.configure(token, "DELETE", "/pool?confirm=us-east-1_Another")
    assert code_of(wrong) == (422, "invalid_request")
    assert {operation for operation, _ in calls} == GUARD
    assert app.configure(token, "DELETE", f"/pool?confirm={app.pool.user_pool_id}").status_code == 204
    assert app.call("ListUserPools", MaxResults=60)["UserPools"] == []


@pytest.mark.parametrize(
    "route", [route for route in CHANGING if route.method == "DELETE" and "{" in route.path], ids=name_of
)
def test_what_is_deleted_is_named_once_more(shared: PoolApp, owner: str, route: PoolRoute) -> None:
    path = "/".join("0" * 26 if part.startswith("{") else part for part in route.path.split("/"))
    with shared.calls() as calls:
        found = {code_of(shared.configure(owner, "DELETE", f"{path}{query}")) for query in ("", "?confirm=1")}
    assert found == {(422, "invalid_request")}
    assert {operation for operation, _ in calls} <= GUARD


def test_the_domain_of_another_pool_is_none_of_this_one(shared: PoolApp, owner: str) -> None:
    another = shared.pool.call("CreateUserPool", {"PoolName": "another"})["UserPool"]["Id"]
    shared.pool.call("CreateUserPoolDomain", {"Domain": "of-another", "UserPoolId": another})
    found = [
        code_of(shared.configure(owner, "GET", "/domains/of-another")),
        code_of(shared.configure(owner, "DELETE", "/domains/of-another?confirm=of-another")),
    ]
    assert {status for status, _ in found} <= {400, 404}
    assert found[0] == (404, "resource_not_found")
    shared.configure(owner, "DELETE", "/domains/my-app?confirm=my-app")
    assert shared.configure(owner, "POST", "/domains", {"domain": "of-this-one"}).status_code == 201
    mine = shared.configure(owner, "GET", "/domains/of-this-one").json()["domain_description"]
    assert mine["user_pool_id"] == shared.pool.user_pool_id


def broken(value: Any) -> Any:
    """Return something of the same form that no pool takes."""
    match value:
        case bool():
            return value
        case int():
            return 2**31 - 1
        case str() if value.endswith("Z"):
            return "2999-01-01T00:00:00Z"
        case str():
            return "x" * 20_000
        case list():
            return [broken(each) for each in value]
        case dict():
            return {name: broken(each) for name, each in value.items()}
        case _:
            raise AssertionError(value)


WRONG = [
    route
    for route in ROUTES
    if (not route.reads or "{" in route.path or route.path in LISTS)
    # Another test deletes the pool, and all text is CSS.
    and (route.operation, route.path)
    not in {("DeleteUserPool", "/pool"), ("SetUICustomization", "/ui-customization")}
]


@pytest.mark.parametrize("route", WRONG, ids=name_of)
def test_what_no_pool_takes_is_refused_by_the_service(shared: PoolApp, owner: str, route: PoolRoute) -> None:
    path, body = shared.request(route, in_path="x" * 200)
    taken = MODEL.operation_model(route.operation).input_shape.members
    if route.method == "GET" and "MaxResults" in taken:
        path += "?max_results=1000000"
    if route.path == "/tags":
        path = path.replace("=team", f"={broken('')}")
    answer = shared.configure(owner, route.method, path, broken(body) if body else body)
    assert answer.status_code in {400, 404, 501}, answer.text
    assert code_of(answer)[1] != "invalid_request"


@pytest.mark.parametrize("path", ["/pool", "/mfa", "/clients/{client}", "/resource-servers/x"])
def test_an_empty_body_puts_nothing_back_to_its_default(shared: PoolApp, owner: str, path: str) -> None:
    with shared.calls() as calls:
        answer = shared.configure(owner, "PUT", path.format(client=shared.pool.client_id), {})
    assert code_of(answer) == (422, "invalid_request")
    assert not [operation for operation, _ in calls if operation.startswith(("Update", "Set"))]


def test_the_pool_is_confirmed_by_its_id(shared: PoolApp, owner: str) -> None:
    answer = shared.configure(owner, "DELETE", "/pool?confirm=local")
    (fault,) = answer.json()["detail"]["errors"]
    assert fault["message"] == "It has to be the id of the pool."


def test_a_client_lives_from_its_creation_to_its_deletion(shared: PoolApp, owner: str) -> None:
    made = shared.configure(owner, "POST", "/clients", {"client_name": "web"})
    assert made.status_code == 201
    client = made.json()["user_pool_client"]
    path = f"/clients/{client['client_id']}"
    listed = shared.configure(owner, "GET", "/clients?max_results=60").json()["user_pool_clients"]
    assert client["client_id"] in {each["client_id"] for each in listed}
    assert shared.configure(owner, "GET", path).json()["user_pool_client"]["client_name"] == "web"
    assert shared.configure(owner, "DELETE", f"{path}?confirm={client['client_id']}").status_code == 204
    assert code_of(shared.configure(owner, "GET", path)) == (404, "resource_not_found")


def test_put_puts_back_what_is_left_out_and_patch_keeps_it(shared: PoolApp, owner: str) -> None:
    policy = {"policies": {"password_policy": {"minimum_length": 20}}}
    answer = shared.configure(owner, "PATCH", "/pool", policy)
    assert answer.json() == {"changed": ["policies.password_policy.minimum_length"]}

    def length() -> int:
        pool = shared.configure(owner, "GET", "/pool").json()["user_pool"]
        found: int = pool["policies"]["password_policy"]["minimum_length"]
        return found

    assert shared.configure(owner, "PATCH", "/pool", {"deletion_protection": "ACTIVE"}).status_code == 200
    assert length() == 20
    assert shared.configure(owner, "PUT", "/pool", {"deletion_protection": "INACTIVE"}).status_code == 204
    assert length() != 20


def test_null_puts_a_member_back_to_its_default(shared: PoolApp, owner: str) -> None:
    path = f"/clients/{shared.pool.client_id}"
    shared.configure(owner, "PATCH", path, {"callback_urls": ["https://app.example.com/back"]})
    answer = shared.configure(owner, "PATCH", path, {"callback_urls": None})
    assert answer.json() == {"changed": ["callback_urls"]}
    assert "callback_urls" not in shared.configure(owner, "GET", path).json()["user_pool_client"]


@pytest.mark.parametrize("identifier", ["https://orders.example.com/v1", "urn:a?b#c", "/"])
def test_an_identifier_is_quoted_as_a_whole_whatever_is_in_it(
    shared: PoolApp, owner: str, identifier: str
) -> None:
    made = shared.configure(owner, "POST", "/resource-servers", {"identifier": identifier, "name": "Orders"})
    assert made.status_code == 201, made.text
    quoted = "".join(f"%{byte:02X}" for byte in identifier.encode())
    found = shared.configure(owner, "GET", f"/resource-servers/{quoted}")
    assert found.json()["resource_server"]["identifier"] == identifier
    deleted = shared.configure(owner, "DELETE", f"/resource-servers/{quoted}?confirm={quoted}")
    assert deleted.status_code == 204


def test_the_secret_of_a_client_is_shown_once(
    shared: PoolApp, owner: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    made = shared.configure(owner, "POST", "/clients", {"client_name": "web", "generate_secret": True})
    client = made.json()["user_pool_client"]
    path = f"/clients/{client['client_id']}"
    again = [
        shared.configure(owner, "GET", path),
        shared.configure(owner, "GET", "/clients"),
        shared.configure(owner, "PATCH", path, {"client_name": "site"}),
        shared.configure(owner, "PUT", path, {"client_name": "web"}),
        shared.configure(owner, "GET", f"{path}/secrets"),
    ]
    assert [answer.status_code for answer in again[:4]] == [200] * 4
    assert client["client_secret"]
    assert not [answer.text for answer in again if client["client_secret"] in answer.text]
    assert client["client_secret"] not in caplog.text


@needs("AddUserPoolClientSecret")
def test_a_second_secret_is_shown_once_and_can_be_taken_away(shared: PoolApp, owner: str) -> None:
    body = {"client_name": "web", "generate_secret": True}
    client = shared.configure(owner, "POST", "/clients", body).json()["user_pool_client"]
    path = f"/clients/{client['client_id']}/secrets"
    added = shared.configure(owner, "POST", path)
    assert added.status_code == 201, added.text
    second = added.json()["client_secret_descriptor"]
    listed = shared.configure(owner, "GET", path)
    assert second["client_secret_id"] in {
        each["client_secret_id"] for each in listed.json()["client_secrets"]
    }
    assert second["client_secret_value"] not in listed.text
    secret_id = second["client_secret_id"]
    gone = shared.configure(owner, "DELETE", f"{path}/{secret_id}?confirm={secret_id}")
    assert gone.status_code == 204
    assert secret_id not in shared.configure(owner, "GET", path).text


def test_tags_are_those_of_the_app_s_own_pool(shared: PoolApp, owner: str) -> None:
    assert shared.configure(owner, "PATCH", "/tags", {"tags": {"Team": "a", "cost": "b"}}).status_code == 204
    assert shared.configure(owner, "DELETE", "/tags?tag_keys=cost").status_code == 204
    assert shared.configure(owner, "GET", "/tags").json()["tags"]["Team"] == "a"
    pool = shared.configure(owner, "GET", "/pool").json()["user_pool"]
    assert pool["user_pool_tags"]["Team"] == "a"
    assert "cost" not in pool["user_pool_tags"]


def test_the_secrets_of_an_identity_provider_are_never_shown(
    shared: PoolApp, owner: str, caplog: pytest.LogCaptureFixture
) -> None:
    shared.configure(owner, "DELETE", "/identity-providers/Google?confirm=Google")
    caplog.set_level(logging.DEBUG)
    details = {"client_id": "1", "client_secret": SECRET, "authorize_scopes": "openid"}
    provider = {"provider_name": "Google", "provider_type": "Google", "provider_details": details}
    path = "/identity-providers/Google"
    answers = [
        shared.configure(owner, "POST", "/identity-providers", provider),
        shared.configure(owner, "GET", path),
        shared.configure(owner, "PUT", path, {"provider_details": details}),
        shared.configure(owner, "PATCH", path, {"attribute_mapping": {"email": "email"}}),
        shared.configure(owner, "PATCH", path, {"provider_details": {**details, "client_id": "2"}}),
        shared.configure(owner, "GET", "/identity-providers"),
    ]
    assert [answer.status_code for answer in answers] == [201, 200, 200, 200, 200, 200]
    assert not [answer.text for answer in answers if SECRET in answer.text]
    assert answers[1].json()["identity_provider"]["provider_details"]["client_id"] == "1"
    assert SECRET not in caplog.text
    kept = shared.call("DescribeIdentityProvider", ProviderName="Google")["IdentityProvider"]
    assert kept["ProviderDetails"]["client_secret"] == SECRET


def test_a_detail_that_nobody_has_heard_of_is_taken_for_a_secret() -> None:
    answer = {"identity_provider": {"provider_details": {"client_id": "1", "pass_phrase": SECRET}}}
    shown = as_json("DescribeIdentityProvider", answer)
    assert shown == {"identity_provider": {"provider_details": {"client_id": "1"}}}


def test_a_secret_that_was_added_is_shown_once() -> None:
    descriptor = {"client_secret_id": "1", "client_secret_value": SECRET}
    added = {"client_secret_descriptor": descriptor}
    assert as_json("AddUserPoolClientSecret", added) == added
    listed = as_json("ListUserPoolClientSecrets", {"client_secrets": [descriptor]})
    assert listed == {"client_secrets": [{"client_secret_id": "1"}]}


def test_a_tag_that_is_called_like_a_secret_is_none() -> None:
    answer = {"user_pool": {"user_pool_tags": {"client_secret": "no", "provider_details": "no"}}}
    assert as_json("DescribeUserPool", answer) == answer


def test_a_body_that_does_not_fit_is_refused_without_its_values(shared: PoolApp, owner: str) -> None:
    body = {"client_name": "web", "client_secret": [SECRET], "secret": SECRET}
    answer = shared.configure(owner, "POST", "/clients", body)
    assert code_of(answer) == (422, "invalid_request")
    assert [fault["loc"] for fault in answer.json()["detail"]["errors"]] == [
        ["body", "client_secret"],
        ["body", "secret"],
    ]
    assert SECRET not in answer.text


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/mfa", {"mfa_configuration": "SOMETIMES"}),
        ("POST", "/clients", {"client_name": "?" * 200}),
        ("POST", "/clients", {"client_name": ""}),
        ("PATCH", "/pool", {"policies": {"password_policy": {"minimum_length": 5}}}),
    ],
)
def test_a_value_that_does_not_fit_is_refused_by_the_service(
    shared: PoolApp, owner: str, method: str, path: str, body: Any
) -> None:
    assert code_of(shared.configure(owner, method, path, body)) == (400, "invalid_parameter")


@needs("SetLogDeliveryConfiguration")
def test_what_the_local_pool_does_not_have_is_refused_as_such(shared: PoolApp, owner: str) -> None:
    call = shared.pool.call

    def lacking(operation: str, params: dict[str, Any]) -> dict[str, Any]:
        if operation == "GetLogDeliveryConfiguration":
            raise ServiceError("UnknownOperationException", "It is not supported here")
        return call(operation, params)

    shared.pool.call = lacking  # type: ignore[method-assign]
    try:
        answer = shared.configure(owner, "GET", "/log-delivery")
    finally:
        shared.pool.call = call  # type: ignore[method-assign]
    assert code_of(answer) == (501, "unknown_operation")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("InvalidSmsRoleTrustRelationshipException", "invalid_sms_role_trust_relationship"),
        ("InvalidSmsRoleAccessPolicyException", "invalid_sms_role_access_policy"),
        ("InvalidEmailRoleAccessPolicyException", "invalid_email_role_access_policy"),
        ("CodeDeliveryFailureException", "code_delivery_failure"),
    ],
)
def test_who_sets_what_the_pool_sends_by_is_told_what_is_wrong_with_it(
    shared: PoolApp, owner: str, name: str, code: str
) -> None:
    call, words = shared.pool.call, "Role does not have a trust relationship allowing Cognito to assume it"

    def refusing(operation: str, params: dict[str, Any]) -> dict[str, Any]:
        if operation in {"SetRiskConfiguration", "UpdateUserPool"}:
            raise ServiceError(name, words)
        return call(operation, params)

    shared.pool.call = refusing  # type: ignore[method-assign]
    try:
        answers = [
            shared.configure(owner, "PUT", "/risk", {}),
            shared.configure(owner, "PUT", "/pool", {"user_pool_tags": {"team": "sms"}}),
            shared.configure(owner, "PATCH", "/pool", {"user_pool_tags": {"team": "sms"}}),
        ]
    finally:
        shared.pool.call = call  # type: ignore[method-assign]
    assert [code_of(answer) for answer in answers] == [(400, code)] * 3
    assert {answer.json()["detail"]["message"] for answer in answers} == {words}


def test_what_the_app_s_credentials_may_not_do_is_no_reason_to_sign_in_again(
    shared: PoolApp, owner: str
) -> None:
    call = shared.pool.call

    def refusing(operation: str, params: dict[str, Any]) -> dict[str, Any]:
        if operation in {"DescribeUserPool", "SetUserPoolMfaConfig"}:
            raise ServiceError("NotAuthorizedException", "Access denied")
        return call(operation, params)

    shared.pool.call = refusing  # type: ignore[method-assign]
    try:
        found = [
            code_of(shared.configure(owner, "GET", "/pool")),
            code_of(shared.configure(owner, "PUT", "/mfa", {"mfa_configuration": "OFF"})),
        ]
    finally:
        shared.pool.call = call  # type: ignore[method-assign]
    assert found == [(503, "access_denied")] * 2


def test_an_image_goes_as_base64_and_nothing_else_does(shared: PoolApp, owner: str) -> None:
    image = b"\x89PNG\x00\xff"
    with shared.calls() as calls:
        shared.configure(
            owner, "PUT", "/ui-customization", {"image_file": base64.b64encode(image).decode(), "css": "a{}"}
        )
        refused = [
            code_of(shared.configure(owner, "PUT", "/ui-customization", {"image_file": value}))
            for value in ("not base64!", "YQ", 5, ["YQ=="])
        ]
    sent = [params for operation, params in calls if operation == "SetUICustomization"]
    assert [base64.b64decode(params["ImageFile"]) for params in sent] == [image]
    assert "ClientId" not in sent[0]
    assert refused == [(422, "invalid_request")] * 4


def test_a_change_is_one_record_and_no_value_is_in_it(
    shared: PoolApp, owner: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "fastapi_cognito_auth.admin")
    path = f"/clients/{shared.pool.client_id}"
    shared.configure(owner, "GET", path)
    shared.configure(owner, "PATCH", path, {"callback_urls": ["https://app.example.com/back"]})
    records = [record for record in caplog.records if record.name == "fastapi_cognito_auth.admin"]
    assert [(record.action, record.outcome, record.names) for record in records] == [  # type: ignore[attr-defined]
        ("change_user_pool_client", "ok", (shared.pool.client_id, "callback_urls"))
    ]
    assert "app.example.com" not in caplog.text


def test_the_administration_of_users_configures_no_pool(shared: PoolApp) -> None:
    of_users = {served.path for served in served_by(shared.auth.admin_router)}
    assert of_users
    assert not of_users & {route.path for route in POOL_ROUTES}


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
of_a_client = st.sampled_from(
    ["client_name", "callback_urls", "token_validity_units", "access_token_validity", "generate_secret"]
)


@given(st.dictionaries(of_a_client, anything, max_size=4) | anything)
@settings(max_examples=60)
def test_no_body_is_a_fault_of_the_app(shared: PoolApp, owner: str, body: Any) -> None:
    assert shared.configure(owner, "POST", "/clients", body).status_code in {201, 400, 422}


@pytest.fixture(scope="module")
def openapi(shared: PoolApp) -> dict[str, Any]:
    app = FastAPI()
    app.include_router(shared.auth.pool_router, prefix="/configuration")
    return app.openapi()


def test_the_endpoints_are_those_of_the_table(openapi: dict[str, Any]) -> None:
    found = {(method.upper(), path) for method, path, _ in operations(openapi)}
    assert found == {(route.method, f"/configuration{route.path}") for route in ROUTES}


def test_every_operation_has_an_id_of_its_own_and_one_tag(openapi: dict[str, Any]) -> None:
    found = [operation for _, _, operation in operations(openapi)]
    assert {operation["operationId"] for operation in found} == {route.name for route in ROUTES}
    assert len({operation["summary"] for operation in found}) == len(found) == len(ROUTES)
    assert {tuple(operation["tags"]) for operation in found} == {("pool",)}


def test_everything_is_described_and_every_reference_leads_somewhere(openapi: dict[str, Any]) -> None:
    schemas = openapi["components"]["schemas"]
    assert set(references(openapi)) <= schemas.keys()
    assert not [
        f"{name}.{member}"
        for name, model in schemas.items()
        for member, schema in model.get("properties", {}).items()
        if not schema.get("description") and not name.startswith("Cognito")
    ]
    assert not [
        (path, parameter["name"])
        for _, path, operation in operations(openapi)
        for parameter in operation.get("parameters", [])
        if not parameter.get("description")
    ]


def test_limits_and_choices_are_told(openapi: dict[str, Any]) -> None:
    schemas = openapi["components"]["schemas"]
    assert schemas["SetUserPoolMfaConfigRequest"]["properties"]["mfa_configuration"]["enum"] == [
        "OFF",
        "ON",
        "OPTIONAL",
    ]
    length = schemas["PasswordPolicyType"]["properties"]["minimum_length"]
    assert (length["minimum"], length["maximum"]) == (6, 99)
    name = schemas["CreateUserPoolClientRequest"]["properties"]["client_name"]
    assert (name["maxLength"], name["pattern"]) == (128, r"^(?:[\w\s+=,.@-]+)$")
    assert "client_name" in schemas["CreateUserPoolClientRequest"]["required"]
    assert "required" not in schemas["UserPoolClientChange"]
    assert "<" not in schemas["UserPoolType"]["properties"]["lambda_config"]["description"]


def test_an_example_of_an_image_is_base64() -> None:
    shape = MODEL.operation_model("SetUICustomization").input_shape
    assert base64.b64decode(example_of(shape, ["image_file"])["image_file"])


def test_patterns_are_such_that_every_tool_can_read(openapi: dict[str, Any]) -> None:
    found = {part["pattern"] for part in parts(openapi) if isinstance(part.get("pattern"), str)}
    assert len(found) > 15
    for pattern in found:
        re.compile(pattern)
        # JavaScript's escapes in the mode that JSON schemas want, beside those of its syntax.
        assert not re.search(r"\\[^wWdDsSbBnrtx^$\\.*+?()\[\]{}|/-]", pattern), pattern


def test_no_default_is_beyond_its_own_limits(openapi: dict[str, Any]) -> None:
    beyond = [
        part
        for part in parts(openapi)
        if isinstance(part.get("default"), int)
        and not part.get("minimum", 0) <= part["default"] <= part.get("maximum", part["default"])
    ]
    assert beyond == []


def test_every_body_has_an_example_that_is_taken_by_its_form(
    shared: PoolApp, owner: str, openapi: dict[str, Any]
) -> None:
    found: dict[tuple[str, str], int] = {}
    for method, path, _, example in bodies(openapi):
        there = path.removeprefix("/configuration")
        there = "/".join("example" if part.startswith("{") else part for part in there.split("/"))
        found[method, path] = shared.configure(owner, method.upper(), there, example).status_code
    wanted = {(m, path) for m, path, operation in operations(openapi) if "requestBody" in operation}
    assert found.keys() == wanted
    assert {where: status for where, status in found.items() if status in {401, 403, 422, 500, 503}} == {}


@needs_openapi_of_scopes
def test_every_endpoint_asks_for_a_token_in_openapi(openapi: dict[str, Any]) -> None:
    for _, path, operation in operations(openapi):
        ways = {name for way in operation["security"] for name in way}
        assert "CognitoAuth" in ways, path


def test_building_the_router_is_quick_enough_for_an_app_that_starts() -> None:
    auth = CognitoAuth.local(settings={"pool_admin_groups": ["owners"]})
    _ = auth.pool, auth.router
    began = time.process_time()
    FastAPI().include_router(auth.pool_router, prefix="/configuration")
    assert time.process_time() - began < 5


def test_no_group_is_guessed_from_those_of_other_administrators(shared: PoolApp) -> None:
    for group in ("Owners", "OWNERS", "owners2"):
        shared.call("CreateGroup", GroupName=group)
        shared.call("AdminAddUserToGroup", GroupName=group, Username="ada")
    assert code_of(shared.configure(shared.token("ada"), "GET", "/pool")) == (403, "permission_denied")


def test_what_boto3_refuses_is_told_by_name(shared: PoolApp, owner: str) -> None:
    body = {"job_name": "people", "cloudwatch_logs_role_arn": "role"}
    answer = shared.configure(owner, "POST", "/import-jobs", body)
    assert code_of(answer) == (400, "invalid_parameter")
    assert answer.json()["detail"]["message"] == (
        "1 validation error detected: Value at 'cloudWatchLogsRoleArn' failed to satisfy constraint:"
        " Member must have length greater than or equal to 20"
    )


@needs("InitiatePointInTimeRecovery")
@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_moment_that_is_none_in_utc_is_refused(shared: PoolApp, owner: str, moment: str) -> None:
    answer = shared.configure(owner, "POST", "/recoveries", {"restore_timestamp": moment})
    assert code_of(answer) == (422, "invalid_request")
    assert moment not in answer.text


# Lists that go on.


@pytest.fixture(scope="module")
def listed(shared: PoolApp, owner: str) -> str:
    """What gets the second page of the clients, when each page has one."""
    for number in range(2):
        shared.configure(owner, "POST", "/clients", {"client_name": f"listed{number}"})
    token: str = shared.configure(owner, "GET", "/clients?max_results=1").json()["next_token"]
    return token


def test_a_list_goes_on_where_it_ended(shared: PoolApp, owner: str, listed: str) -> None:
    first = shared.configure(owner, "GET", "/clients?max_results=1").json()["user_pool_clients"]
    second = shared.configure(owner, "GET", f"/clients?max_results=1&next_token={listed}")
    assert second.status_code == 200
    assert second.json()["user_pool_clients"] not in ([], first)


def test_what_cognito_wrote_to_go_on_is_not_shown(shared: PoolApp, owner: str, listed: str) -> None:
    client = {"UserPoolId": shared.pool.user_pool_id, "MaxResults": 1}
    own = shared.pool.call("ListUserPoolClients", client)["NextToken"]
    assert own not in listed
    assert code_of(shared.configure(owner, "GET", f"/clients?next_token={own}")) == (400, "invalid_page")


@pytest.mark.parametrize(
    "path", ["/pools?max_results=1", "/resource-servers?", "/identity-providers?", "/import-jobs?"]
)
def test_what_goes_on_with_a_list_goes_on_with_no_other(
    shared: PoolApp, owner: str, listed: str, path: str
) -> None:
    name = "pagination_token" if path.startswith("/import-jobs") else "next_token"
    with shared.calls() as calls:
        answer = shared.configure(owner, "GET", f"{path}&{name}={listed}")
    assert code_of(answer) == (400, "invalid_page")
    assert {operation for operation, _ in calls} <= GUARD


@needs("ListUserPoolClientSecrets")
def test_what_goes_on_with_the_list_of_one_client_goes_on_with_no_other(shared: PoolApp) -> None:
    sealed = shared.auth._sealer.hide("admin.page", {"of": ["ListUserPoolClientSecrets", "a"], "token": "x"})
    token = shared.token("owner")
    for client in ("b", shared.pool.client_id):
        answer = shared.configure(token, "GET", f"/clients/{client}/secrets?next_token={sealed}")
        assert code_of(answer) == (400, "invalid_page")


def test_without_a_key_to_seal_with_there_is_no_router_of_the_pool() -> None:
    settings = CognitoSettings(user_pool_id="us-east-1_Example12", client_id="1example", secret_key=())
    with pytest.raises(ConfigurationError, match="COGNITO_SECRET_KEY"):
        _ = CognitoAuth(settings).pool_router


def test_an_app_client_that_is_gone_is_no_resource_that_a_user_looks_for() -> None:
    app = PoolApp()
    owner, ada, client = app.token("owner"), app.token("ada"), app.pool.client_id
    assert app.configure(owner, "DELETE", f"/clients/{client}?confirm={client}").status_code == 204
    told = (503, "invalid_user_pool_configuration")
    answer = app.http.get("/account", headers={"Authorization": f"Bearer {ada}"})
    assert code_of(answer) == told
    assert code_of(app.configure(owner, "POST", "/clients", {"client_name": "web"})) == told
