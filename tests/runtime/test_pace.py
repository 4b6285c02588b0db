"""What goes on failing is said once a minute, with how often."""

from fastapi_cognito_auth.runtime.pace import Pace
from tests.support import Clock


def test_it_is_said_once_a_minute_and_counted_meanwhile() -> None:
    clock = Clock()
    pace = Pace(clock=clock)
    assert [pace.times() for _ in range(3)] == [1, None, None]
    clock.advance(60)
    assert [pace.times() for _ in range(2)] == [4, None]
