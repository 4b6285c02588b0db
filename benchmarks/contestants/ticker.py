"""Writes the time to stdout every millisecond, so that who reads it knows how late it does."""

import os
import struct
import time

INTERVAL = 0.001

if __name__ == "__main__":
    try:
        while True:
            # Of the machine, and so the same for all of its processes.
            os.write(1, struct.pack("d", time.monotonic()))
            time.sleep(INTERVAL)
    except BrokenPipeError:
        pass
