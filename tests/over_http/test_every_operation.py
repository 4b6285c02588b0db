"""Every operation of the API over the app's own endpoints: once as it should be, and once refused.

What the pool answers is held against the service's model, and what an endpoint answers against its own.
"""

import pytest

from tests.local.test_whole_api import NEVER
from tests.older import MODEL
from tests.over_http import of_account, of_admin, of_auth, of_clients, of_pool
from tests.over_http.house import House

AREAS = (
    of_pool.of_threats,
    of_auth.of_sign_up, of_auth.of_sign_in, of_auth.of_challenges, of_auth.of_set_up, of_auth.of_passwords,
    of_auth.of_refreshes, of_auth.of_other_apis, of_auth.of_feedback,
    of_account.of_profile, of_account.of_factors, of_account.of_devices, of_account.of_passkeys,
    of_account.of_sessions, of_account.of_the_end,
    of_admin.of_users, of_admin.of_factors, of_admin.of_identities, of_admin.of_devices,
    of_admin.of_sessions, of_admin.of_groups, of_admin.of_transfers, of_admin.of_auth_events,
    of_pool.of_pool, of_clients.of_clients, of_clients.of_pages, of_clients.of_terms, of_clients.of_providers,
    of_clients.of_resource_servers, of_pool.of_imports, of_clients.of_clients_by_address,
    of_pool.of_replicas, of_pool.of_recoveries, of_pool.of_the_end,
)  # fmt: skip


@pytest.fixture(scope="module")
def walked() -> House:
    house = House()
    # An import goes on between requests, in the event loop of the app.
    with house.http:
        for area in AREAS:
            area(house)
    return house


def test_every_operation_is_called_over_http(walked: House) -> None:
    assert set(MODEL.operation_names) - walked.answered - NEVER == set()


def test_every_operation_is_refused_over_http_by_the_services_own_error(walked: House) -> None:
    assert set(MODEL.operation_names) - walked.refused == set()


def test_every_endpoint_of_the_routers_is_called(walked: House) -> None:
    assert walked.endpoints - walked.called == set()


def test_what_no_router_has_is_for_fastapi_to_answer(walked: House) -> None:
    unknown = walked.http.get("/admin/users/ada/nothing")
    assert (unknown.status_code, unknown.json()) == (404, {"detail": "Not Found"})
    method = walked.http.put("/admin/users")
    assert (method.status_code, method.json()) == (405, {"detail": "Method Not Allowed"})
    assert method.headers["allow"]
