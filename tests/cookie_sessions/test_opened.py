"""Sessions that were opened a moment ago."""

import pytest

from fastapi_cognito_auth.cookie_sessions.box import Box, BrokenBoxError, ForeignBoxError
from fastapi_cognito_auth.cookie_sessions.opened import OpenedSessions
from tests.cookie_sessions.test_contract import PLACE, SESSION
from tests.support import SECRET_KEY


def test_a_session_is_opened_once() -> None:
    box = Box([SECRET_KEY])
    closed = box.close(SESSION.dump(), PLACE)
    opened = OpenedSessions(box)
    assert opened.open(closed, PLACE, closed).session == SESSION
    # Another text with the same letters, as each request has its own.
    assert opened.open("".join([*closed]), PLACE, closed) is opened.open(closed, PLACE, closed)


def test_what_was_opened_for_one_place_opens_for_no_other() -> None:
    box = Box([SECRET_KEY])
    closed = box.close(SESSION.dump(), PLACE)
    opened = OpenedSessions(box)
    opened.open(closed, PLACE, closed)
    with pytest.raises(BrokenBoxError):
        opened.open(closed, "session", closed)


def test_what_does_not_open_is_tried_each_time_and_fills_nothing() -> None:
    opened = OpenedSessions(Box([SECRET_KEY]))
    forged = Box(["another key of another app, long enough"]).close(SESSION.dump(), PLACE)
    for _ in range(3):
        with pytest.raises(ForeignBoxError):
            opened.open(forged, PLACE, forged)
    assert opened._recent._newer == {}


def test_a_changed_letter_is_not_taken_for_what_was_opened() -> None:
    box = Box([SECRET_KEY])
    closed = box.close(SESSION.dump(), PLACE)
    opened = OpenedSessions(box)
    opened.open(closed, PLACE, closed)
    with pytest.raises(BrokenBoxError):
        opened.open(closed[:-8] + ("A" if closed[-8] != "A" else "B") + closed[-7:], PLACE, closed)
