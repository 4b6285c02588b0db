"""Events of administration, whatever becomes of a change."""

import asyncio
from typing import Any

import pytest
from fastapi import Request

from fastapi_cognito_auth import CognitoAuth, User
from fastapi_cognito_auth.revocation.ending import Ending
from fastapi_cognito_auth.routers.admin_changes import Changes
from fastapi_cognito_auth.routers.admin_events import AdminEvent
from fastapi_cognito_auth.routers.admin_superiors import Superiors
from tests.support import NOW, Clock, in_a_loop

ROOT = User(sub="1", username="root", client_id="c", expires_at=NOW)
REQUEST = Request({"type": "http", "client": ("192.0.2.7", 1), "headers": []})


def changes(record: Any) -> Changes:
    pool = CognitoAuth.local().pool
    superiors = Superiors((), pool.groups)
    return Changes(pool.users, Ending(None), record, superiors, trusted_proxies=0, clock=Clock())


@pytest.mark.parametrize("error", [asyncio.CancelledError(), ZeroDivisionError("secret")])
@in_a_loop
async def test_a_change_that_was_cut_short_is_told_and_goes_on_failing(error: BaseException) -> None:
    told: list[AdminEvent] = []
    with pytest.raises(type(error)):
        async with changes(told.append).recorded(REQUEST, ROOT, "disable_user", user="ada"):
            raise error
    assert told == [
        AdminEvent(
            action="disable_user",
            outcome=type(error).__name__,
            actor_sub="1",
            actor_username="root",
            address="192.0.2.7",
            user="ada",
        )
    ]
