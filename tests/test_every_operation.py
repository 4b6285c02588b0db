"""Every operation of the API has a home in Python and over HTTP."""

import json
from pathlib import Path
from typing import Final

import pytest

from fastapi_cognito_auth.cli.init.choice import Feature
from fastapi_cognito_auth.cli.init.permissions import OPERATIONS
from fastapi_cognito_auth.cognito.configuration import PoolConfiguration
from fastapi_cognito_auth.cognito.pool_operations import POOL_METHODS, POOL_OPERATIONS
from fastapi_cognito_auth.routers.pool_routes import POOL_ROUTES, PoolRoute
from tests.older import MODEL, needs

_OF_USERS: Final = json.loads((Path(__file__).parent / "data" / "operations.json").read_text())
HOMES: Final = {
    "auth.router and auth.account_router": frozenset(_OF_USERS),
    "auth.admin_router": OPERATIONS[Feature.ADMINISTRATION],
    "auth.pool_router": frozenset(route.operation for route in POOL_ROUTES),
    "auth.machine_tokens and auth.derived_tokens": frozenset({"GetClientToken", "GetDerivedToken"}),
}


def test_no_operation_that_botocore_knows_is_without_a_home() -> None:
    """A newer botocore may know more: each is to be put into a table."""
    assert set(MODEL.operation_names) - frozenset().union(*HOMES.values()) == set()


@needs("GetDerivedToken")
def test_no_home_is_for_an_operation_that_does_not_exist() -> None:
    assert frozenset().union(*HOMES.values()) - set(MODEL.operation_names) == set()


def test_no_operation_has_two_homes() -> None:
    # The administration of users looks at the pool's schema, and shows no more of it.
    beside = {"DescribeUserPool"}
    homes = [operations - beside for operations in HOMES.values()]
    assert sum(map(len, homes)) == len(frozenset().union(*homes))


def test_what_configures_the_pool_has_an_endpoint_and_a_method() -> None:
    assert HOMES["auth.pool_router"] == set(POOL_OPERATIONS) == set(POOL_METHODS.values())


def test_no_two_endpoints_of_the_pool_have_one_place_or_one_name() -> None:
    assert len({(route.method, route.path) for route in POOL_ROUTES}) == len(POOL_ROUTES)
    assert len({route.name for route in POOL_ROUTES}) == len(POOL_ROUTES)


@pytest.mark.parametrize("route", [route for route in POOL_ROUTES if route.merges])
def test_what_keeps_the_rest_has_a_method_too(route: PoolRoute) -> None:
    assert hasattr(PoolConfiguration, route.name)
