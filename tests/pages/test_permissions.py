"""What the pages may call: the policies that `init` prints, and what is said where one is missing."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from fastapi_cognito_auth.cli.init.choice import Feature
from fastapi_cognito_auth.cli.init.permissions import OPERATIONS
from fastapi_cognito_auth.dependencies.served import served_by
from fastapi_cognito_auth.exceptions import AccessDeniedError, UserPoolError, UserPoolUnavailableError
from fastapi_cognito_auth.local import LocalUserPool
from fastapi_cognito_auth.local.errors import ServiceError
from fastapi_cognito_auth.pages.offer import Offers
from tests.older import MODEL
from tests.pages.admin_kit import Office
from tests.pages.kit import HOME, App
from tests.pages.my_kit import Mine
from tests.pages.test_admin_access import CHANGING, POSTED, READING

ASKED = ("DescribeUserPool", "DescribeUserPoolClient", "GetUserPoolMfaConfig")
LEFT = (
    "the pages offer passwords and sign-up with an e-mail address,"
    " and my account no second factors and no other addresses"
)
POLICY = (
    "python -m fastapi_cognito_auth init --format iam-policy --feature pages --user-pool-arn ARN"
    " prints the policy that they need"
)


@contextmanager
def signed_calls(pool: LocalUserPool) -> Iterator[set[str]]:
    """Note which operations that need AWS credentials the pool is asked for meanwhile."""
    noted: set[str] = set()
    call = pool.call

    def noting(operation: str, params: dict[str, Any]) -> dict[str, Any]:
        if MODEL.operation_model(operation).auth_type != "none":
            noted.add(operation)
        return call(operation, params)

    pool.call = noting  # type: ignore[method-assign]
    try:
        yield noted
    finally:
        pool.call = call  # type: ignore[method-assign]


def test_the_policy_for_pages_is_what_those_for_everybody_really_call() -> None:
    app = Mine()
    with signed_calls(app.pool) as called:
        app = Mine(beside=app)
        paths = {served.path for served in served_by(app.auth._pages[0])}
        for path in sorted(each for each in paths if not each.startswith(("/admin", "/assets"))):
            app.open(f"/account{path}")
        for path in ("/sign-up", "/forgot-password", "/me/attributes", "/me/password", "/me/sign-out"):
            app.http.post(f"/account{path}", data={"username": "ada"}, headers={"Origin": HOME})
        app.open("/account/me/delete")
        app.http.post("/account/me/delete", data={"name": "ada"}, headers={"Origin": HOME})
    assert called == OPERATIONS[Feature.PAGES]


def test_the_pages_of_administration_call_what_both_policies_allow_and_no_more() -> None:
    office = Office("")
    with signed_calls(office.pool) as called:
        office.enter()
        for path in [*READING, *CHANGING, "/account/admin/export"]:
            office.open(path)
        for path in POSTED:
            office.http.post(path, data={"action": "join", "group": "editors"}, headers={"Origin": HOME})
    assert called >= OPERATIONS[Feature.PAGES]
    assert called <= OPERATIONS[Feature.PAGES] | OPERATIONS[Feature.ADMINISTRATION]
    assert {"AdminDisableUser", "AdminAddUserToGroup", "ListUsers"} <= called


def refusing(app: App, refused: str, error: Exception) -> None:
    """Let an operation fail from now on."""
    call = app.pool.call

    def failing(operation: str, params: dict[str, Any]) -> dict[str, Any]:
        if operation == refused:
            raise error
        return call(operation, params)

    app.pool.call = failing  # type: ignore[method-assign]


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what the log says of the pages."""
    return [message for message in caplog.messages if "the pages" in message]


@pytest.mark.parametrize("operation", ASKED)
def test_what_the_credentials_do_not_allow_is_named_with_what_follows_and_how_to_allow_it(
    operation: str, caplog: pytest.LogCaptureFixture
) -> None:
    app = App()
    refusing(app, operation, ServiceError("AccessDeniedException", "no"))
    with caplog.at_level(logging.WARNING, "fastapi_cognito_auth"):
        app.open("/account/sign-in")
    assert told(caplog) == [f"the app's AWS credentials do not allow {operation}, so {LEFT}: {POLICY}"]


def test_without_credentials_the_log_names_all_that_they_are_wanted_for(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = App()
    refusing(app, "DescribeUserPool", ServiceError("UnrecognizedClientException", "no"))
    with caplog.at_level(logging.WARNING, "fastapi_cognito_auth"):
        app.open("/account/sign-in")
    wanted = f"without AWS credentials for {', '.join(ASKED)} there are no pages of administration"
    assert told(caplog) == [f"{wanted}, and {LEFT}: {POLICY}"]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (UserPoolUnavailableError(), "the pool does not tell what it offers, so {}: GetUserPoolMfaConfig: "),
        (AccessDeniedError(), "the app's AWS credentials do not allow GetUserPoolMfaConfig, so {}: python "),
    ],
)
def test_what_was_known_stays_whatever_fails_afterwards(
    error: UserPoolError, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    works = True
    now = 0.0

    async def call(operation: str, **_: Any) -> dict[str, Any]:
        if operation == "GetUserPoolMfaConfig" and not works:
            raise error
        return {"UserPool": {}, "UserPoolClient": {"ExplicitAuthFlows": ["ALLOW_USER_AUTH"]}}

    offers = Offers(
        call, user_pool_id="pool", client_id="client", auth_flow="USER_SRP_AUTH", clock=lambda: now
    )
    assert asyncio.run(offers.current()).by_choice
    works, now = False, 301.0
    with caplog.at_level(logging.WARNING, "fastapi_cognito_auth"):
        assert asyncio.run(offers.current()).by_choice
    (message,) = caplog.messages
    assert message.startswith(said.format("the pages go by what they knew before"))
