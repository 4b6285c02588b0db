"""What is said of a name that the user pools API does not have."""

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Any


def nearest(name: str, known: Collection[str]) -> str:
    """Return a question after the name that was probably meant; nothing if none is like it.

    The names of boto3's methods are like those of the operations, too.
    """
    plain = {each.lower(): each for each in known}
    found = get_close_matches(name.replace("_", "").lower(), plain, n=1, cutoff=0.75)
    return f"; did you mean {plain[found[0]]}?" if found else ""


def names_at_fault(operation: str, shape: Any, params: Mapping[str, Any]) -> TypeError | None:
    """Return what is wrong with the names of an operation's parameters, if anything is.

    Args:
        operation: its name.
        shape: botocore's description of what it takes.
        params: what it was given; no value comes into the words.
    """
    faults = "; ".join(_faults(operation, shape, params))
    return TypeError(faults) if faults else None


def _faults(operation: str, shape: Any, params: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted(params.keys() - shape.members.keys()):
        yield f"{operation} has no parameter {name!r}{nearest(name, shape.members)}"
    # What is filled in for whoever calls is never missing here.
    missing = set(shape.required_members) - params.keys() - {"UserPoolId", "ClientId"}
    for name in sorted(missing):
        yield f"{operation} needs {name}"
