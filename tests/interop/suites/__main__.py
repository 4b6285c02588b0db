"""Runs a whole suite, and says what is not as its list has it.

.venv/bin/python -m tests.interop.suites ministack
"""

import sys

from tests.interop.suites import cognito_local, ministack, moto, sources
from tests.interop.suites.runs import judge

SUITES = {
    "moto": lambda: moto.everything(sources.source("moto")),
    "ministack": lambda: ministack.everything(sources.source("ministack")),
    "cognito-local": cognito_local.everything,
}

if __name__ == "__main__":
    for name in sys.argv[1:] or SUITES:
        judge(SUITES[name](), name)
