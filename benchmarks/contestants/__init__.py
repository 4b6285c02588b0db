"""What runs in a process of its own, for ours in the project's environment, for others in theirs.

Nothing of the project may be imported here at the top but `benchmarks.worker` and
`benchmarks.material`, which need the standard library alone: others do without our dependencies.
"""
