"""What time it is, where nobody gives another clock."""

import time


def wall_clock() -> float:
    """Return seconds since the epoch.

    `time.time` is looked up at each call, so what stands in for it in a test counts from then on.
    """
    return time.time()
