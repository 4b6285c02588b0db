"""What OpenAPI tells of our endpoints: to people in Swagger, and to whoever generates a client."""

from collections.abc import Iterator
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends, FastAPI
from fastapi.testclient import TestClient

from fastapi_cognito_auth import CognitoAuth, IdUser, Machine, User
from fastapi_cognito_auth.local import LocalUser, LocalUserPool
from tests.local.kit import signing_keys
from tests.older import needs_described_dataclasses

GRACE = LocalUser(
    "grace", password="Correct-horse-1!", attributes={"email": "grace@example.com"}, groups=["admins"]
)
PREFIXES = {
    "router": "/auth",
    "account_router": "/account",
    "admin_router": "/admin",
    "local_router": "/local",
    "wire_router": "/wire",
}


def local_auth() -> CognitoAuth:
    pool = LocalUserPool(users=[GRACE])
    # Making RSA keys takes longer than all the rest of a test.
    pool._plane.tokens.keys = signing_keys()
    return CognitoAuth.local(pool, settings={"resource": ("https://api.example.com/orders",)})


@pytest.fixture(scope="module")
def auth() -> CognitoAuth:
    return local_auth()


@pytest.fixture(scope="module")
def app(auth: CognitoAuth) -> FastAPI:
    app = FastAPI()
    for name, prefix in PREFIXES.items():
        app.include_router(getattr(auth, name), prefix=prefix)
    app.include_router(auth.metadata_router)

    @app.get("/me", operation_id="me", summary="Me", tags=["own"])
    async def me(user: Annotated[User | Machine, Depends(auth.current_principal)]) -> User | Machine:
        return user

    @app.get("/who", operation_id="who", summary="Who", tags=["own"])
    async def who(user: Annotated[IdUser, Depends(auth.id_user)]) -> IdUser:
        return user

    return app


@pytest.fixture(scope="module")
def openapi(app: FastAPI) -> dict[str, Any]:
    return app.openapi()


def parts(document: Any) -> Iterator[dict[str, Any]]:
    """Yield each object of a document, at any depth."""
    if isinstance(document, dict):
        yield document
    inner = (
        document.values() if isinstance(document, dict) else document if isinstance(document, list) else ()
    )
    for value in inner:
        yield from parts(value)


def operations(openapi: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield method, path and description of each operation."""
    for path, methods in openapi["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def ids(app: FastAPI) -> list[str]:
    return [operation["operationId"] for _, _, operation in operations(app.openapi())]


@needs_described_dataclasses
def test_every_member_of_every_body_and_answer_is_described(openapi: dict[str, Any]) -> None:
    bare = {
        f"{name}.{member}"
        for name, model in openapi["components"]["schemas"].items()
        for member, schema in model.get("properties", {}).items()
        if not schema.get("description")
    }
    assert bare == set()


def test_every_parameter_is_described(openapi: dict[str, Any]) -> None:
    bare = {
        f"{method} {path} {parameter['name']}"
        for method, path, operation in operations(openapi)
        for parameter in operation.get("parameters", [])
        if not parameter.get("description")
    }
    assert bare == set()


def test_operations_are_called_by_the_names_of_their_endpoints(app: FastAPI) -> None:
    assert ids(app) == [
        "sign_up",
        "confirm_sign_up",
        "resend_sign_up_code",
        "sign_in",
        "sign_in_by_form",
        "answer_challenge",
        "set_up_totp",
        "initiate_auth",
        "respond_to_auth_challenge",
        "forgot_password",
        "reset_password",
        "refresh",
        "sign_out",
        "give_feedback",
        "get_config",
        "get_account",
        "delete_account",
        "update_attributes",
        "change_password",
        "sign_out_everywhere",
        "list_auth_factors",
        "get_freshness",
        "set_settings",
        "delete_attribute",
        "send_attribute_code",
        "verify_attribute",
        "set_mfa_preference",
        "add_totp",
        "verify_totp",
        "list_passkeys",
        "add_passkey",
        "get_passkey_options",
        "delete_passkey",
        "list_devices",
        "register_device",
        "get_device",
        "set_device_status",
        "forget_device",
        "list_sessions",
        "end_session",
        "list_users",
        "create_user",
        "get_user",
        "delete_user",
        "update_user_attributes",
        "delete_user_attributes",
        "resend_invitation",
        "confirm_user",
        "disable_user",
        "enable_user",
        "reset_user_password",
        "set_user_password",
        "sign_out_user",
        "get_user_auth_factors",
        "set_user_mfa",
        "delete_user_totp",
        "set_user_settings",
        "link_user",
        "unlink_user",
        "list_user_devices",
        "get_user_device",
        "set_user_device_status",
        "forget_user_device",
        "list_user_sessions",
        "end_user_session",
        "list_user_auth_events",
        "give_user_event_feedback",
        "list_group_users",
        "list_user_groups",
        "add_user_to_group",
        "remove_user_from_group",
        "list_groups",
        "create_group",
        "get_group",
        "update_group",
        "delete_group",
        "export_users",
        "import_users",
        "list_user_imports",
        "get_user_import",
        "stop_user_import",
        "read_outbox",
        "wire_call_operation",
        "get_resource_metadata",
        "get_resource_metadata_of_host",
        "me",
        "who",
    ]


def test_summaries_are_words_and_each_is_there_once(openapi: dict[str, Any]) -> None:
    found = [operation["summary"] for _, _, operation in operations(openapi)]
    assert len(set(found)) == len(found)
    assert {"Confirm sign up", "Set MFA preference", "Add TOTP"} <= set(found)


def test_every_refusal_is_described_by_a_shared_component(openapi: dict[str, Any]) -> None:
    inline = {
        f"{method} {path} {status}"
        for method, path, operation in operations(openapi)
        for status, answer in operation["responses"].items()
        for schema in [answer.get("content", {}).get("application/json", {}).get("schema", {"$ref": ""})]
        if status >= "400" and set(schema) != {"$ref"}
    }
    assert inline == set()


def references(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from references(item)
    elif isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"].rpartition("/")[2]
        for item in node.values():
            yield from references(item)


def test_every_reference_leads_somewhere(openapi: dict[str, Any]) -> None:
    assert set(references(openapi)) <= openapi["components"]["schemas"].keys()


def test_what_is_named_stands_in_no_wrapper(openapi: dict[str, Any]) -> None:
    """Generators take a wrapped model with a default, as older pydantics write it, for a fault."""
    wrapped = [part for part in parts(openapi) if len(part.get("allOf", ())) == 1]
    assert wrapped == []


def test_a_member_of_one_value_is_a_constant_alone(openapi: dict[str, Any]) -> None:
    """An enumeration beside it, as older pydantics write one, becomes a class of its own in a client."""
    assert [part for part in parts(openapi) if "const" in part and "enum" in part] == []


def test_a_body_that_may_be_left_out_has_no_default(openapi: dict[str, Any]) -> None:
    """FastAPI 0.119 to 0.123 stop over one with a pydantic that wraps it."""
    bodies = [operation.get("requestBody", {}) for _, _, operation in operations(openapi)]
    optional = [body for body in bodies if body and not body.get("required")]
    schemas = [content["schema"] for body in optional for content in body["content"].values()]
    assert schemas
    assert [schema for schema in schemas if "default" in schema] == []


def test_the_document_is_not_larger_than_it_must_be(app: FastAPI) -> None:
    assert len(TestClient(app).get("/openapi.json").content) < 355_000


def bodies(openapi: dict[str, Any]) -> Iterator[tuple[str, str, str, Any]]:
    """Yield what "Try it out" has filled in: method, path, content type, and body."""
    for method, path, operation in operations(openapi):
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            if "examples" in content:
                examples = [example["value"] for example in content["examples"].values()]
            elif "example" in content:
                examples = [content["example"]]
            else:
                name = next(references(content["schema"]))
                examples = openapi["components"]["schemas"][name]["examples"][:1]
            for example in examples:
                yield method, path, kind, example


def test_every_body_has_an_example(openapi: dict[str, Any]) -> None:
    wanted = {(m, path) for m, path, operation in operations(openapi) if "requestBody" in operation}
    assert {(method, path) for method, path, _, _ in bodies(openapi)} == wanted


@pytest.fixture(scope="module")
def tried(openapi: dict[str, Any]) -> dict[tuple[str, str], set[int]]:
    """Send every example, each to an app that nobody has used before, as a signed-in user."""
    auth = local_auth()
    app = FastAPI()
    for name, prefix in PREFIXES.items():
        app.include_router(getattr(auth, name), prefix=prefix)
    client = TestClient(app)
    signed_in = client.post(
        "/auth/sign-in", json={"username": "grace", "password": "Correct-horse-1!"}
    ).json()
    headers = {
        "Authorization": f"Bearer {signed_in['access_token']}",
        "X-Amz-Target": "AWSCognitoIdentityProviderService.GetUser",
    }
    found: dict[tuple[str, str], set[int]] = {}
    for method, path, kind, body in bodies(openapi):
        sent = {"content": body} if isinstance(body, str) else {"data" if "form" in kind else "json": body}
        there = path.format(
            name="email",
            key="eu-central-1_5c1a6b5e-8e1b-4e55-bb0c-7f3f1a0d2c11",
            username="somebody",
            group="editors",
            event_id="1",
        )
        parameters = openapi["paths"][path][method].get("parameters", [])
        # What cannot be left out is a choice between two, and there is no example of it.
        choices = {one["name"]: "false" for one in parameters if one["in"] == "query" and one["required"]}
        answer = client.request(
            method, there, headers={**headers, "Content-Type": kind}, params=choices, **sent
        )
        found.setdefault((method, path), set()).add(answer.status_code)
    return found


def test_no_example_is_refused_for_its_form(tried: dict[tuple[str, str], set[int]]) -> None:
    assert {where for where, statuses in tried.items() if 422 in statuses} == set()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("post", "/auth/sign-up"),
        ("post", "/auth/sign-up/resend-code"),
        ("post", "/auth/sign-in"),
        ("post", "/auth/token"),
        ("post", "/auth/initiate-auth"),
        ("post", "/auth/password/forgot"),
        ("patch", "/account"),
        ("put", "/account/password"),
        ("put", "/account/settings"),
        ("post", "/account/attributes/{name}/code"),
        ("put", "/account/mfa"),
    ],
)
def test_what_needs_nothing_from_before_succeeds_as_it_is_filled_in(
    tried: dict[tuple[str, str], set[int]], method: str, path: str
) -> None:
    assert max(tried[method, path]) < 300


def test_the_same_router_twice_is_no_reason_to_warn(auth: CognitoAuth) -> None:
    app = FastAPI()
    for prefix in ("/v1/auth", "/v2/auth"):
        app.include_router(auth.router, prefix=prefix)
    found = ids(app)  # a warning of FastAPI would be an error here
    assert {"v1_sign_in", "v2_sign_in"} <= set(found)
    assert len(set(found)) == len(found)


def test_prefixes_that_lead_to_one_name_are_told_apart(auth: CognitoAuth) -> None:
    app = FastAPI()
    for prefix in ("", "/auth", "/a/b", "/a_b"):
        app.include_router(auth.router, prefix=prefix)
    found = ids(app)
    assert "sign_in" in found
    assert len(set(found)) == len(found)


def test_two_pools_in_one_app_have_operations_of_their_own(auth: CognitoAuth) -> None:
    app = FastAPI()
    app.include_router(local_auth().router, prefix="/staff/auth")
    app.include_router(auth.router, prefix="/auth")
    assert {"staff_sign_in", "sign_in"} <= set(ids(app))


def test_the_name_does_not_depend_on_routers_in_between(auth: CognitoAuth) -> None:
    between = APIRouter(prefix="/api")
    between.include_router(auth.router, prefix="/auth")
    app = FastAPI()
    app.include_router(between, prefix="/v1")
    assert "v1_api_sign_in" in ids(app)


def test_an_apps_own_way_to_name_operations_counts(auth: CognitoAuth) -> None:
    app = FastAPI(generate_unique_id_function=lambda route: f"{route.tags[0]}-{route.name}")
    app.include_router(auth.router, prefix="/auth")
    assert "auth-sign_in" in ids(app)


def test_each_operation_has_one_tag(openapi: dict[str, Any]) -> None:
    tags = {tuple(operation["tags"]) for _, _, operation in operations(openapi)}
    assert tags == {("auth",), ("account",), ("admin",), ("local",), ("wire",), ("metadata",), ("own",)}
