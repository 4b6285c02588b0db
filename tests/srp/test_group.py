"""Powers in SRP's group: right for every exponent, and out of the event loop's way."""

import sys
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastapi_cognito_auth.srp import group as srp_group
from fastapi_cognito_auth.srp.group import G, N, power, power_of_g

gmpy2 = pytest.importorskip("gmpy2")


@pytest.fixture(params=["gmpy2", "python"])
def _both(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "python":
        monkeypatch.setattr(srp_group, "accelerator", lambda: None)


both = pytest.mark.usefixtures("_both")
EDGES = [0, 1, 2, 31, 32, 2**32, 2**255, 2**256 - 1, 2**256, 2**513 - 1]


@both
@pytest.mark.parametrize("exponent", EDGES, ids=int.bit_length)
def test_a_power_of_the_generator_is_what_pow_says(exponent: int) -> None:
    assert power_of_g(exponent) == pow(G, exponent, N)


@both
@pytest.mark.parametrize("exponent", EDGES, ids=int.bit_length)
@pytest.mark.parametrize("base", [0, 1, 3, N - 1, N, 2**6143 + 1], ids=int.bit_length)
def test_a_power_of_any_base_is_what_pow_says(base: int, exponent: int) -> None:
    assert power(base, exponent) == pow(base, exponent, N)


@both
@settings(max_examples=20)
@given(base=st.integers(0, N), exponent=st.integers(0, 2**520))
def test_random_powers_are_what_pow_says(base: int, exponent: int) -> None:
    assert power(base, exponent) == pow(base, exponent, N)


@both
@settings(max_examples=20)
@given(exponent=st.integers(0, 2**257))
def test_random_powers_of_the_generator_are_what_pow_says(exponent: int) -> None:
    assert power_of_g(exponent) == pow(G, exponent, N)


@both
def test_the_result_is_a_plain_integer() -> None:
    assert [type(power(3, 5)), type(power_of_g(5))] == [int, int]


def spied(monkeypatch: pytest.MonkeyPatch, **replaced: Any) -> list[bool]:
    """Let powers be computed by gmpy2 through a door that notes whether the GIL is released."""
    released = []

    def powmod_sec(*numbers: int) -> Any:
        released.append(gmpy2.get_context().allow_release_gil)
        return gmpy2.powmod_sec(*numbers)

    door = SimpleNamespace(
        **{"context": gmpy2.context, "get_context": gmpy2.get_context, "powmod_sec": powmod_sec, **replaced}
    )
    monkeypatch.setattr(srp_group, "accelerator", lambda: door)
    return released


def test_gmpy2_releases_the_gil_while_it_computes(monkeypatch: pytest.MonkeyPatch) -> None:
    released = spied(monkeypatch)
    power(3, 5)
    assert released == [True]


def test_the_apps_own_gmpy2_context_stays_as_it_is() -> None:
    before = repr(gmpy2.get_context())
    power(3, 5)
    assert repr(gmpy2.get_context()) == before


def test_a_gmpy2_that_cannot_release_the_gil_computes_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def context(_current: Any, **options: Any) -> Any:
        raise ValueError(options)

    released = spied(monkeypatch, context=context)
    assert (power(3, 5), released) == (3**5, [False])


def test_plain_python_lets_other_threads_run_many_times(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(srp_group, "accelerator", lambda: None)
    monkeypatch.setattr(time, "sleep", pauses.append)
    power(3, 2**512 - 1)
    assert len(pauses) > 50


@pytest.mark.parametrize(
    ("compute", "steps"), [(lambda: power_of_g(2**256 - 1), 32 // 6 + 1), (lambda: power(3, 2**255), 26 + 1)]
)
def test_plain_python_pauses_after_each_few_steps(
    compute: Callable[[], int], steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(srp_group, "accelerator", lambda: None)
    power_of_g(1)  # makes its table, once
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    compute()
    assert len(pauses) == steps


def test_gmpy2_needs_no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    assert (power_of_g(5), power(3, 5)) == (32, 243)
    assert pauses == []


def test_without_the_extra_plain_python_computes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gmpy2", None)
    assert srp_group.accelerator.__wrapped__() is None
