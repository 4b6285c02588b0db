"""Whether the tests notice when the code of the checks changes: `make mutants`."""
