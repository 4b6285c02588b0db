"""What goes on failing is said once a minute, with how often."""

from fastapi_cognito_auth.runtime.pace import Pace
from tests.support import Clock


def test_it_is_said_once_a_minute_and_counted_meanwhile() -> None:
    clock = Clock()
    said: list[str] = []
    pace = Pace(lambda words, *values: said.append(words % values), "%s failed; so far: %d", clock=clock)
    for name in "abc":
        pace.met(name)
    assert said == ["a failed; so far: 1"]
    clock.advance(60)
    for name in "de":
        pace.met(name)
    assert said[1:] == ["d failed; so far: 4"]
