"""Feedback on a sign-in, over HTTP."""

from typing import Any

import pytest

from tests.routers.kit import App, code_of

FEEDBACK = {"username": "ada", "event_id": "event-1", "feedback_token": "token", "feedback_value": "Valid"}


def test_a_pool_without_threat_protection_says_so() -> None:
    answer = App().post("/auth-events/feedback", **FEEDBACK)
    assert code_of(answer) == (400, "user_pool_add_on_not_enabled")


@pytest.mark.parametrize(
    "change",
    [{"feedback_value": "Maybe"}, {"feedback_token": ""}, {"event_id": "a b"}, {"username": None}],
    ids=str,
)
def test_malformed_feedback_is_422(change: dict[str, Any]) -> None:
    answer = App().post("/auth-events/feedback", **(FEEDBACK | change))
    assert code_of(answer) == (422, "invalid_request")
