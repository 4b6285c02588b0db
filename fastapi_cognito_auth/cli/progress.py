"""A bar on standard error for what takes long; none where nobody looks at a terminal."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn


class Bar:
    """Shows how far something has come; its state is the bar.

    Args:
        progress: draws it.
        task: which of its bars.
    """

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress = progress
        self._task = task

    def show(self, text: str, *, completed: int | None = None) -> None:
        """Say how far it has come.

        Args:
            text: in words.
            completed: of the total, where there is one.
        """
        self._progress.update(self._task, description=text, completed=completed)


@contextmanager
def bar(text: str, *, total: int | None, console: Console | None = None) -> Iterator[Bar]:
    """Show a bar while something is done.

    Args:
        text: what is done.
        total: how much there is to do; `None` if nobody knows.
        console: where; standard error unless given.
    """
    console = console or Console(stderr=True)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        yield Bar(progress, progress.add_task(text, total=total))
