"""The benchmarks run and report; what they measure is not judged here."""

import os
import re
import sys
from collections.abc import Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import pytest

from benchmarks import __main__ as command
from benchmarks.report import BEGIN, END, Bar, Table, write_into
from benchmarks.rounds import Sample, interleave, percentile
from benchmarks.worker import WorkerError, python_worker
from tests.browser.kit import executable
from tests.older import needs_loop_factories

NEEDS_CHROMIUM = pytest.mark.skipif(
    find_spec("playwright") is None or (executable() is None and "CI" not in os.environ),
    reason="there is no Chromium to measure in, or what leads it",
)
LOADED = {"cold-start", "http", "refusals", "responsiveness", "revocation", "sessions"}
"""The parts that send requests to a server of their own."""


def _marks(part: str) -> list[pytest.MarkDecorator]:
    return [needs_loop_factories] * (part in LOADED) + [NEEDS_CHROMIUM] * (part == "pages")


@pytest.mark.parametrize(
    "part",
    [pytest.param(part, marks=_marks(part)) for part in command.PARTS],
)
def test_every_part_runs_without_other_libraries_and_prints_tables(
    part: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command.main([part, "--quick", "--without-rivals"])
    printed = capsys.readouterr().out
    assert re.search(r"^### \w.*$", printed, re.MULTILINE)
    ours = re.search(r"^\| .*\d.* \|$", printed, re.MULTILINE)
    assert ours is not None
    assert "nan" not in printed


def test_contestants_take_turns_and_the_first_round_does_not_count() -> None:
    turns: list[tuple[str, int]] = []

    def turn(name: str, number: int) -> Sample:
        turns.append((name, number))
        return Sample(wall=number * 2.0, cpu=number * 1.0)

    found = interleave({name: partial(turn, name) for name in "AB"}, 2)
    assert turns == [("A", 0), ("B", 0), ("A", 1), ("B", 1), ("A", 2), ("B", 2)]
    assert (found["A"].wall, found["A"].cpu) == (3.0, 1.5)


def test_a_ratio_is_the_median_of_the_ratios_of_each_round() -> None:
    def turn(times: Iterator[float], _number: int) -> Sample:
        took = next(times)
        return Sample(took, took)

    fast = iter([0.0, 1.0, 10.0, 1.0])
    slow = iter([0.0, 2.0, 20.0, 9.0])
    found = interleave({"f": partial(turn, fast), "s": partial(turn, slow)}, 3)
    assert (found["s"].cpu_ratio(found["f"]), found["s"].rate(found["f"])) == (2.0, 0.5)


def test_a_process_that_never_started_is_said_to_have_ended() -> None:
    with python_worker(sys.executable, "no_such_module") as worker:
        for _ in range(2):
            with pytest.raises(WorkerError, match="no_such_module"):
                worker.ask(count=1)


def test_a_percentile_is_one_of_the_values() -> None:
    assert [percentile([3.0, 1.0, 2.0], share) for share in (0, 0.5, 1)] == [1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    ("bar", "verdict"),
    [
        (Bar("", 0.1, "<=", 0.2), "met by 50%"),
        (Bar("", 0.3, "<=", 0.2), "missed by 50%"),
        (Bar("", 0.9, ">=", 0.6), "met by 50%"),
        (Bar("", 0.3, ">=", 0.6), "missed by 50%"),
        (Bar("", 1, "<=", 1), "met"),
        (Bar("", 1, "<", 1), "missed"),
        (Bar.of("", [0.3, 0.1, 0.2], "<=", 0.4), "met by 50%"),
    ],
)
def test_a_bar_says_by_how_much_it_is_met_or_missed(bar: Bar, verdict: str) -> None:
    assert bar.row()[-1] == verdict


def test_a_bar_shows_the_lowest_and_the_highest_round() -> None:
    assert Bar.of("", [0.3, 0.1, 0.2], "<=", 0.4).row()[-2] == "0.1 to 0.3"


def test_a_table_is_written_as_markdown() -> None:
    assert str(Table(["a", "b"], [["x", "1"]])) == "| a | b |\n| --- | ---: |\n| x | 1 |"


def test_a_run_replaces_the_one_that_the_page_shows(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n\n{BEGIN}\n\nold\n\n{END}\n\nafter\n")
    write_into(page, "new \\1")
    assert page.read_text() == f"before\n\n{BEGIN}\n\nnew \\1\n\n{END}\n\nafter\n"


def test_a_page_without_a_place_for_the_run_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("words\n")
    with pytest.raises(ValueError, match="no place"):
        write_into(page, "new")
    assert page.read_text() == "words\n"


@pytest.mark.parametrize("arguments", [["no-such-part"], ["keys", "--into", "page.md"]])
def test_a_wrong_command_line_is_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(arguments)
