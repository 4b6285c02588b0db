"""Pages on a slow phone: what comes over the line, and when one can begin to type.

Fair: Chromium, slowed down as Lighthouse slows it for phones when it measures for real ("Slow 4G":
562.5 ms for each request, 1,475 kbit/s down, 675 kbit/s up, a processor four times as slow), with an
empty cache, and then once more with what that visit left in it. Nothing is compressed on the way. Bytes
are what came over the line, headers included; a page is interactive when its script has run and no
task of more than 50 ms is left.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any, Final, NamedTuple

from benchmarks.plan import Plan
from benchmarks.report import Bar, Section, Table

LATENCY: Final = 562.5
"""Milliseconds."""

DOWN: Final = 1474.56
UP: Final = 675.0
"""Kilobits a second."""

SLOWER: Final = 4
MOST: Final = 40_000
"""Bytes of the bodies of a first page, all included."""

_WATCH: Final = """
window.longest = 0;
new PerformanceObserver(list => {
  for (const {startTime, duration} of list.getEntries()) {
    window.longest = Math.max(window.longest, startTime + duration);
  }
}).observe({type: "longtask", buffered: true});
"""
_TIMES: Final = """() => {
  const paint = performance.getEntriesByName("first-contentful-paint")[0].startTime;
  const {domContentLoadedEventEnd: ready} = performance.getEntriesByType("navigation")[0];
  return [paint, Math.max(paint, ready, window.longest)];
}"""


class _Visit(NamedTuple):
    """What one visit came to."""

    requests: int
    bodies: int
    received: int
    painted: float
    interactive: float


def measure(plan: Plan) -> Section:
    """Run this part."""
    rounds = plan.amount(7, 1)
    subjects = (
        ("sign in", "sign-in"),
        ("sign up", "sign-up"),
        ("sign in by a passkey", "passkey"),
        ("my account", "account"),
    )
    found: dict[str, list[_Visit]] = {}
    with _phone() as (browser, address):
        for _ in range(rounds):
            for label, state in subjects[: plan.amount(len(subjects), 1)]:
                first, again = _visits(browser, address, state)
                found.setdefault(f"{label}, first visit", []).append(first)
                found.setdefault(f"{label}, once more", []).append(again)
    rows = [
        [label, *(f"{median(column):,.0f}" for column in zip(*visits, strict=True))]
        for label, visits in found.items()
    ]
    head = ["page", "requests", "bytes of bodies", "bytes in all", "first paint, ms", "interactive, ms"]
    text = (
        f"Medians of {rounds} rounds in Chromium, with a processor {SLOWER} times as slow and a line of"
        f" {LATENCY} ms, {DOWN:,.0f} kbit/s down and {UP:.0f} kbit/s up.\n"
        "Forms can be filled in and sent from the first paint on, without the script."
    )
    bodies = [visit.bodies for visit in found["sign in, first visit"]]
    bar = Bar.of("pages: bytes of the first page, all included", bodies, "<", MOST)
    return Section("Pages on a slow phone", text, [Table(head, rows)], [bar])


@contextmanager
def _phone() -> Iterator[tuple[Any, str]]:
    from fastapi_cognito_auth.cli.gallery.served import Gallery
    from fastapi_cognito_auth.cli.gallery.states import GROUPS
    from fastapi_cognito_auth.pages import Look
    from tests.browser.kit import chromium, serving

    with chromium() as browser, serving(Gallery(GROUPS, Look(), time.time).app()) as address:
        yield browser, address


def _visits(browser: Any, address: str, state: str) -> tuple[_Visit, _Visit]:
    context = browser.new_context(viewport={"width": 360, "height": 640}, is_mobile=True)
    # On the way to the state, which is no part of what is measured.
    reached = context.request.get(f"{address}/states/{state}").url
    page = context.new_page()
    page.add_init_script(_WATCH)
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": LATENCY,
            "downloadThroughput": DOWN * 1000 / 8,
            "uploadThroughput": UP * 1000 / 8,
        },
    )
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    first, again = _visit(page, devtools, reached), _visit(page, devtools, reached)
    context.close()
    return first, again


def _visit(page: Any, devtools: Any, address: str) -> _Visit:
    from_cache: set[str] = set()
    bodies: dict[str, int] = {}
    received: dict[str, float] = {}

    def count(event: Any) -> None:
        bodies[event["requestId"]] = bodies.get(event["requestId"], 0) + event["dataLength"]

    def finish(event: Any) -> None:
        received[event["requestId"]] = event["encodedDataLength"]

    def skip(event: Any) -> None:
        from_cache.add(event["requestId"])

    listeners = {
        "Network.dataReceived": count,
        "Network.loadingFinished": finish,
        "Network.requestServedFromCache": skip,
    }
    for name, listener in listeners.items():
        devtools.on(name, listener)
    page.goto(address, wait_until="networkidle")
    painted, interactive = page.evaluate(_TIMES)
    for name, listener in listeners.items():
        devtools.remove_listener(name, listener)
    # What the cache has is finished as well, with nothing received.
    over_the_line = {request for request, size in received.items() if size} - from_cache
    return _Visit(
        len(over_the_line),
        # Of what was asked for and had not changed, the body is the cache's.
        sum(bodies[request] for request in over_the_line if 0 < bodies.get(request, 0) <= received[request]),
        int(sum(received[request] for request in over_the_line)),
        painted,
        interactive,
    )
