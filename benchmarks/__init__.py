"""Measures the package beside others: `make bench`, or `python -m benchmarks`.

Every module of a part says what it measures and why that is fair. Contestants take turns in one
run, each in a process of its own, so that what the machine does besides falls on all of them.
"""
