"""OAuth clients that know nothing of Cognito, unchanged, at the domain of the local pool."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from fastapi_cognito_auth.local import LocalMachine, LocalUser, LocalUserPool
from tests.interop.drivers import HERE, drive, judge, names_in
from tests.interop.kit import PASSWORD, Build, hosting

DRIVER = HERE / "js" / "domain.mjs"
CALLBACK = "http://localhost:3999/callback"
LOGOUT = "http://localhost:3999/bye"
MACHINE = LocalMachine(client_id="nightly", client_secret="n" * 24, scopes=["orders/read"])
AUTHLIB = {
    "a_code_becomes_tokens",
    "a_secret_goes_by_basic_or_in_the_body",
    "a_refresh_and_its_end",
    "user_info",
    "a_machine",
    "another_scope_is_refused",
}


def pool(name: str, **options: Any) -> Build:
    ann = LocalUser("ann", password=PASSWORD, attributes={"email": "ann@example.com"})

    def build(endpoint: str) -> LocalUserPool:
        return LocalUserPool(
            users=[ann],
            user_pool_id=f"us-east-1_{name}",
            issuer=f"{endpoint}/us-east-1_{name}",
            callback_urls=[CALLBACK],
            logout_urls=[LOGOUT],
            **options,
        )

    return build


@contextmanager
def domains() -> Iterator[dict[str, Any]]:
    """Serve the domains, and yield what a client in another process has to know."""
    pools = {
        "main": pool("Main", resource_servers={"orders": ["read"]}, machine_clients=[MACHINE]),
        "secret": pool("Secret", client_secret=True),
        "rotating": pool("Rotating", refresh_token_rotation=0),
    }
    with hosting("emulator", pools) as places:
        yield {
            "places": {
                name: place.task | {"secret": place.pool.client_secret} for name, place in places.items()
            },
            "machine": {"id": MACHINE.client_id, "secret": MACHINE.client_secret},
            "callback": CALLBACK,
            "logout": LOGOUT,
            "password": PASSWORD,
        }


def test_openid_client_and_oidc_client_ts_go_through_the_flows(node: str, subtests: pytest.Subtests) -> None:
    with domains() as task:
        outcomes = drive([node, DRIVER.as_posix()], task)
    judge(outcomes, names_in(DRIVER), subtests)


def test_authlib_goes_through_the_flows(binaries: Path, subtests: pytest.Subtests) -> None:
    with domains() as task:
        outcomes = drive([str(binaries / "python"), "foreign/authlib_driver.py"], task)
    judge(outcomes, AUTHLIB, subtests)
