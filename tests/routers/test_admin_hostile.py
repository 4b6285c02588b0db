"""Whatever is sent to administration has an answer, and no answer is a fault of ours."""

import re
from typing import Any
from urllib.parse import quote, unquote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapi_cognito_auth.dependencies.served import served_by
from tests.routers.admin_kit import ADA, BOB, CHANGING, OTHER_ADMIN, READING, AdminApp
from tests.routers.kit import PASSWORD
from tests.routers.test_admin_paths import served

TEXT = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["ada", "bob", "editors", "admins", "nobody", "..", ".", "%2F", "a/b", "\0", "\ud7ff", "x" * 200]
    ),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
MEMBERS = (
    *("username", "attributes", "groups", "temporary_password", "invite", "media", "force_alias"),
    *("client_metadata", "validation_data", "password", "permanent", "mfa_options", "provider"),
    *("provider_user_id", "attribute", "status", "feedback_value", "name", "description", "precedence"),
    *("role_arn", "software_token_mfa_settings", "email_mfa_settings"),
)
VALUES = st.one_of(TEXT, st.sampled_from(["1", "60", "true", "false", "csv", "json-lines", "email"]))
ENDPOINTS = st.sampled_from([*((method, path) for method, path, _ in CHANGING), *READING])


@pytest.fixture(scope="module")
def app() -> AdminApp:
    # Two administrators, so that the one who asks is never the last.
    return AdminApp([OTHER_ADMIN, ADA, BOB], settings={"max_attempts": 1})


@pytest.fixture(scope="module")
def token(app: AdminApp) -> str:
    return app.token("admin2", PASSWORD)


def parameters_of(app: AdminApp, method: str, path: str) -> list[str]:
    """Return what the endpoint takes from the query; of anything else it says at once that it does not."""
    (found,) = [
        served.route.dependant.query_params
        for served in served_by(app.app)
        if method in served.methods
        and re.fullmatch(re.sub(r"\{[^}]*\}", "[^/]+", served.path), f"/admin{path.partition('?')[0]}")
    ]
    return [field.alias for field in found]


@given(endpoint=ENDPOINTS, first=TEXT, second=TEXT, data=st.data())
def test_nothing_that_is_sent_is_a_fault_of_ours(
    app: AdminApp, token: str, endpoint: tuple[str, str], first: str, second: str, data: Any
) -> None:
    method, path = endpoint
    taken = st.sampled_from([*parameters_of(app, method, path), "confirm"])
    query = data.draw(st.dictionaries(taken, VALUES, max_size=3))
    parts = path.partition("?")[0].split("/")
    names = iter((first, second))
    for at in range(2, len(parts), 2):
        parts[at] = quote(next(names, "x"), safe="", errors="surrogatepass")
    keys = st.sampled_from(MEMBERS)
    body = data.draw(st.one_of(st.none(), JSON, st.dictionaries(keys, JSON, max_size=4)))
    raw_path = "/".join(["/admin", *parts[1:]])
    status = served(
        app,
        token,
        method,
        unquote(raw_path),
        raw_path.encode(),
        urlencode(query, errors="surrogatepass").encode(),
        body,
    )
    assert status < 500 or status in {501, 503}
