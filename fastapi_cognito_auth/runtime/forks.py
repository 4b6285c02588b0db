"""Starting anew in a forked child what has connections, threads, locks or tasks.

A child has the memory of its parent and none of its threads. A connection in it is the parent's as
well, so that the one may read what was answered to the other; a lock may be held by a thread that
is not there; a task belongs to an event loop that does not run.
"""

import os
import weakref
from collections.abc import Callable
from typing import Any, Final

_starts: Final[dict[tuple[int, Any], "weakref.ref[Any]"]] = {}
_of_the_parent: Final[list[Any]] = []


def in_each_child(start: Callable[[], None]) -> None:
    """Call a method first thing in every child that this process forks.

    Args:
        start: a bound method that replaces what a child must not share. Its object is not kept alive.
    """
    owner, function = start.__self__, start.__func__  # type: ignore[attr-defined]
    key = (id(owner), function)

    # By a default, since at the end of a process nothing else may be left of this module.
    def forget(_: object, starts: dict[tuple[int, Any], Any] = _starts) -> None:
        starts.pop(key, None)

    _starts[key] = weakref.ref(owner, forget)


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
    # Any other copy is made of tuples, and making those may collect an object, which leaves the list then.
    for (_, function), owner in _starts.copy().items():
        found = owner()
        if found is not None:
            function(found)


if hasattr(os, "register_at_fork"):  # pragma: no branch - Windows does not fork
    os.register_at_fork(after_in_child=_start_anew)
