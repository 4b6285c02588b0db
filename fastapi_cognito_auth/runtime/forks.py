"""Starting anew in a forked child what has connections, threads, locks or tasks.

A child has the memory of its parent and none of its threads. A connection in it is the parent's as
well, so that the one may read what was answered to the other; a lock may be held by a thread that
is not there; a task belongs to an event loop that does not run.
"""

import os
import weakref
from collections.abc import Callable
from typing import Any, Final

_starts: Final[set["weakref.WeakMethod[Callable[[], None]]"]] = set()
_of_the_parent: Final[list[Any]] = []


def in_each_child(start: Callable[[], None]) -> None:
    """Call a method first thing in every child that this process forks.

    Args:
        start: a bound method that replaces what a child must not share. Its object is not kept alive.
    """
    _starts.add(weakref.WeakMethod(start, _starts.discard))


def in_each_process(start: Callable[[], None]) -> None:
    """Call a method now, and in every child as `in_each_child` does.

    Args:
        start: a bound method that sets what each process must have of its own.
    """
    start()
    in_each_child(start)


def leave_to_the_parent(*things: object) -> None:
    """Keep what the parent goes on using, and never touch it in this child.

    Collecting it would close it, take it out of an event loop's selector that both share, or wait
    for a lock that nobody opens.
    """
    _of_the_parent.extend(things)


def _start_anew() -> None:
    for method in _starts.copy():
        start = method()
        if start is not None:
            start()


if hasattr(os, "register_at_fork"):  # pragma: no branch - Windows does not fork
    os.register_at_fork(after_in_child=_start_anew)
