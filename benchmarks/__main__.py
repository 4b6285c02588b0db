"""`python -m benchmarks`: run all parts or some, and print Markdown."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from benchmarks import (
    bodies,
    cold_start,
    enumeration,
    http_throughput,
    imports,
    keys,
    local_pool,
    memory,
    pages,
    refusals,
    responsiveness,
    revocation,
    sessions,
    sign_ins,
    srp_handshake,
    verification,
)
from benchmarks.environments import set_up
from benchmarks.plan import Plan
from benchmarks.report import Section, machine, summary, write_into

PARTS: Final[Mapping[str, Callable[[Plan], Section]]] = {
    "verification": verification.measure,
    "http": http_throughput.measure,
    "refusals": refusals.measure,
    "revocation": revocation.measure,
    "sessions": sessions.measure,
    "srp": srp_handshake.measure,
    "sign-ins": sign_ins.measure,
    "imports": imports.measure,
    "cold-start": cold_start.measure,
    "keys": keys.measure,
    "responsiveness": responsiveness.measure,
    "memory": memory.measure,
    "bodies": bodies.measure,
    "local-pool": local_pool.measure,
    "enumeration": enumeration.measure,
    "pages": pages.measure,
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=f"some of {', '.join(PARTS)}; all by default"
    )
    parser.add_argument("--quick", action="store_true", help="few rounds, to see that it works")
    parser.add_argument("--without-rivals", action="store_true", help="only this package, and floors")
    parser.add_argument("--tokens", type=int, default=100_000, help="distinct tokens for the memory")
    parser.add_argument("--into", type=Path, metavar="PAGE", help="write a run of all parts into this page")
    given = parser.parse_args(arguments)
    if unknown := set(given.parts) - PARTS.keys():
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    if given.into and given.parts:
        parser.error("--into shows a whole run; leave the parts out")
    rivals = None if given.without_rivals else set_up()
    plan = Plan(quick=given.quick, rivals=rivals, tokens=given.tokens)
    printed = [machine() if rivals is None else f"{machine()}\nOthers: {rivals.versions}."]
    print(printed[0], flush=True)
    sections = []
    for name in given.parts or PARTS:
        sections.append(PARTS[name](plan))
        printed.append(str(sections[-1]))
        print(f"\n{printed[-1]}", flush=True)
    bars = f"### Bars\n\n{summary(sections)}"
    print(f"\n{bars}")
    if given.into:
        write_into(given.into, "\n\n".join([printed[0], bars, *printed[1:]]))


if __name__ == "__main__":
    main()
