"""Runs a whole suite, and says what is not as its list has it.

.venv/bin/python -m tests.interop.suites ministack
"""

import sys

from tests.interop.suites import ministack, moto, sources
from tests.interop.suites.runs import judge

SUITES = {"moto": moto.everything, "ministack": ministack.everything}

if __name__ == "__main__":
    for name in sys.argv[1:] or SUITES:
        judge(SUITES[name](sources.source(name)), name)
