"""Configuration and lists, held against moto's, which other people wrote: request by request."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from moto import mock_aws
from moto.backends import get_backend
from moto.core.models import botocore_stubber

from fastapi_cognito_auth.local import LocalUserPool
from tests.local.kit import boto, session
from tests.local.moto_kit import Difference, Known, Side, Step, compared
from tests.local.moto_requests import MADE, RARE, SEQUENCES
from tests.older import needs

EXAMPLES = 50
Clients = tuple[Any, Any]
"""Of the local pool, and of moto."""


@pytest.fixture(scope="module")
def clients() -> Iterator[Clients]:
    with two_sides() as sides:
        yield sides


@contextmanager
def two_sides() -> Iterator[Clients]:
    """Return a client of the local pool, and one of moto."""
    # A session that is older than moto has clients that moto does not listen to.
    session.cache_clear()
    here = boto(LocalUserPool())
    # moto listens to every client there is.
    here.meta.events.unregister("before-send", botocore_stubber)
    # Reading the key of a pool takes longer than all the rest, and nothing is signed here.
    with mock_aws(), patch("moto.cognitoidp.models.jwk.RSAKey.import_key"):
        yield here, session().client("cognito-idp")


def empty(here: Any) -> None:
    """Leave no pool on either side."""
    get_backend("cognito-idp").reset()
    for pool in here.list_user_pools(MaxResults=60)["UserPools"]:
        domain = here.describe_user_pool(UserPoolId=pool["Id"])["UserPool"].get("Domain")
        if domain:
            here.delete_user_pool_domain(Domain=domain, UserPoolId=pool["Id"])
        here.delete_user_pool(UserPoolId=pool["Id"])


def unknown(known: Known, clients: Clients, steps: list[Step]) -> tuple[Step, list[Difference]] | None:
    """Return the first request that is answered differently for a reason that nobody gave.

    Where one side took what the other refused, the two have not the same state any more.
    """
    empty(clients[0])
    here, there = map(Side, clients)
    for step in steps:
        found = [*compared(step, here.outcome(step), there.outcome(step))]
        strange = [one for one in found if one not in known]
        if strange:
            return step, strange
        if any(one.taken_once for one in found):
            break
    return None


# The differences are those of the newest model: an older one holds some requests against other rules.
@needs("CancelPointInTimeRecovery")
def test_answers_differ_from_motos_for_known_reasons_alone(clients: Clients) -> None:
    known = Known()

    @settings(
        derandomize=True,
        max_examples=EXAMPLES,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(SEQUENCES)
    def go(steps: list[Step]) -> None:
        assert unknown(known, clients, steps) is None

    for steps in RARE:
        assert unknown(known, clients, [MADE, *steps]) is None
    go()
    assert known.seen == known.reasons
