"""The time of an operation: one for all that it writes, and no longer than it runs."""

import itertools

import pytest

from fastapi_cognito_auth.local.moment import Moment
from tests.local.kit import Kit


def test_time_stands_still_while_an_operation_runs_and_goes_on_afterwards() -> None:
    moment = Moment(itertools.count(1.0).__next__)
    with moment.held():
        first = moment()
        with moment.held():
            assert moment() == first
        assert moment() == first
    assert moment() > first


def test_it_goes_on_after_an_operation_that_fails() -> None:
    moment = Moment(itertools.count(1.0).__next__)
    with pytest.raises(ValueError, match="no"), moment.held():
        raise ValueError("no")
    assert moment() < moment()


def test_it_goes_on_in_a_process_that_was_forked_in_the_middle() -> None:
    kit = Kit()
    kit.pool._service.moment._held = kit.clock()
    kit.clock.advance(60)
    kit.pool._service._start_anew()
    assert kit.pool._service.moment() == kit.clock()
