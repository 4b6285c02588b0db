"""Tables and bars as Markdown."""

import os
import platform
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Literal, NamedTuple, Self

BEGIN = "<!-- The last run; `make bench` writes from here ... -->"
END = "<!-- ... to here. -->"

_NAMED = ("fastapi", "starlette", "uvicorn", "pydantic", "pyjwt", "cryptography", "gmpy2", "boto3")


class Bar(NamedTuple):
    """What is asked of a measured number."""

    what: str
    measured: float
    side: Literal["<=", ">=", "<"]
    limit: float
    rounds: Sequence[float] = ()
    """What each round came to."""

    @classmethod
    def of(cls, what: str, rounds: Sequence[float], side: Literal["<=", ">=", "<"], limit: float) -> Self:
        """Return what is asked of the median of the rounds."""
        return cls(what, median(rounds), side, limit, rounds)

    @property
    def met(self) -> bool:
        """Whether the number is on the right side."""
        if self.side == ">=":
            return self.measured >= self.limit
        return self.measured < self.limit if self.side == "<" else self.measured <= self.limit

    def row(self) -> list[str]:
        """Return the cells of this bar's line."""
        share = abs(self.measured / self.limit - 1) if self.limit else self.measured
        verdict = ("met" if self.met else "missed") + (f" by {share:.0%}" if share else "")
        spread = f"{min(self.rounds):.3g} to {max(self.rounds):.3g}" if self.rounds else ""
        return [self.what, f"{self.side} {self.limit:.3g}", f"{self.measured:.3g}", spread, verdict]


class Table(NamedTuple):
    """A table; the first column is text, the others are numbers."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]

    def __str__(self) -> str:
        rule = ["---", *(["---:"] * (len(self.head) - 1))]
        return "\n".join("| " + " | ".join(line) + " |" for line in (self.head, rule, *self.rows))


class Section(NamedTuple):
    """What one part found; `text` has one sentence a line."""

    title: str
    text: str
    tables: Sequence[Table]
    bars: Sequence[Bar] = ()

    def __str__(self) -> str:
        return "\n\n".join([f"### {self.title}", self.text, *map(str, self.tables)])


def machine() -> str:
    """Describe what this run ran on, without naming the machine."""
    versions = ", ".join(f"{name} {version(name)}" for name in _NAMED)
    cores, system = os.cpu_count(), platform.system()
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{datetime.now(UTC):%Y-%m-%d}: {cores} cores, {system}, {python}; {versions}."


def summary(sections: Iterable[Section]) -> str:
    """Return the table of all bars, met or missed."""
    rows = [bar.row() for section in sections for bar in section.bars]
    return str(Table(["bar", "limit", "measured", "lowest to highest round", "verdict"], rows))


def write_into(page: Path, text: str) -> None:
    """Replace the last run that a page shows.

    Raises:
        ValueError: the page has no place for it.
    """
    before = page.read_text()
    pattern = re.compile(f"(?<={re.escape(BEGIN)}\n).*(?={re.escape(END)})", re.DOTALL)
    if not pattern.search(before):
        msg = f"{page} has no place for the last run"
        raise ValueError(msg)
    page.write_text(pattern.sub(lambda _: f"\n{text}\n\n", before))
