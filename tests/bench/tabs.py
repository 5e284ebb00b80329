"""Real tabs: how long an event takes to show in all of 20 open pages, and what a tab does that is one too many.

    python -m tests.bench.tabs [--events 20]

Chromium's tabs read the newest offers of a node in this process, behind its real door. First all of them belong to one
browser, which listens once for all; then each is a browser of its own, so the node holds 20 streams. A page waits 0.3 s
for further news before it reads itself anew, and that is part of the time. Beside it, the same page 20 times without
any browser: what the node's share is. Every tab is on top here; of real ones, those that nobody sees wait until they
are looked at.
"""

from __future__ import annotations

import argparse
import http.client
import statistics
import sys
import time
from typing import TYPE_CHECKING, Any

from freehold.node.api.events import LISTENERS
from freehold.node.core import catalog
from freehold.protocol.kinds.offer import WANTED, Offer
from tests.e2e.browser.chromium import chromium
from tests.e2e.browser.doors import open_doors
from tests.e2e.browser.market_day import MarketDay

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Browser, BrowserContext, Page

    from tests.e2e.browser.doors import Doors
    from tests.node.api.counter import StallOffice

TABS = 20
PAGE = "/offers?order=time"
SHOWN_MS = 60_000
WATCH = """title => new Promise(done => {
  const seen = () => [...document.querySelectorAll('.offer h2')].some(one => one.textContent.trim() === title);
  if (seen()) return done(Date.now());
  const watcher = new MutationObserver(() => { if (seen()) { watcher.disconnect(); done(Date.now()); } });
  watcher.observe(document.body, {childList: true, subtree: true});
})"""
"""When (ms) a title stands in the list."""


def publish(doors: Doors, title: str) -> None:
    """An offer of the page's owner: kept, then told, as the daemon does it."""
    office, surface = doors.offices[0], doors.surfaces[0]

    def act() -> None:
        record, _ = catalog.publish(office.desk, Offer(WANTED, title), 30 * 24 * 3_600_000, office.now())
        office.desk.stores.commit()
        surface.events.announce("offer.published", {"offer": record.id.hex(), "mine": True})

    doors.run(act)


def shows_in_all(doors: Doors, pages: Sequence[Page], count: int) -> list[float]:
    """Milliseconds until each tab shows each of so many events."""
    found: list[float] = []
    for number in range(count):
        title = f"Event {time.monotonic_ns()} {number}"
        for page in pages:
            page.evaluate(f"title => {{ window.shown = ({WATCH})(title) }}", title)
        begun = time.time() * 1000
        publish(doors, title)
        found += [float(page.evaluate("() => window.shown")) - begun for page in pages]
    return found


def told(name: str, times: list[float]) -> None:
    """A line of figures."""
    times = sorted(times)
    p50, p99 = statistics.median(times), times[min(len(times) - 1, int(len(times) * 0.99))]
    print(f"{name:44} p50 {p50:7.0f} ms   p99 {p99:7.0f} ms   last {times[-1]:7.0f} ms", flush=True)


def opened(doors: Doors, context: BrowserContext, tabs: int) -> list[Page]:
    """So many tabs of one browser, all on the newest offers."""
    pages = [context.new_page() for _ in range(tabs)]
    pages[0].goto(doors.link(0))
    for page in pages:
        page.set_default_timeout(SHOWN_MS)
        page.goto(doors.address() + PAGE)
    return pages


def without_a_browser(doors: Doors, context: BrowserContext) -> float:
    """Milliseconds for the page 20 times, one after the other."""
    cookie = "; ".join(f"{one['name']}={one['value']}" for one in context.cookies())  # pyright: ignore[reportTypedDictNotRequiredAccess]
    connection = http.client.HTTPConnection(doors.address().removeprefix("http://"), timeout=60)
    begun = time.perf_counter()
    for _ in range(TABS):
        connection.request("GET", PAGE, headers={"Cookie": cookie})
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status
    return (time.perf_counter() - begun) * 1000


def one_too_many(doors: Doors, browser: Browser) -> None:
    """What stands in a tab when all streams are taken."""
    held = doors.surfaces[0].events
    taken = LISTENERS - held.listeners

    def take(more: int) -> None:
        held.listeners += more

    doors.run(lambda: take(taken))
    context = browser.new_context()
    (page,) = opened(doors, context, 1)
    page.locator("#stale").wait_for(state="visible")
    print(f"with {LISTENERS} streams taken: {page.locator('.offer').count()} offers shown, and it says:", end=" ")
    print(page.locator("#stale").inner_text().strip())
    doors.run(lambda: take(-taken))
    begun = time.monotonic()
    page.locator("#stale").wait_for(state="hidden", timeout=SHOWN_MS)
    print(f"live again {time.monotonic() - begun:.0f} s after one was free")
    context.close()


async def prepare() -> Sequence[StallOffice]:
    """A day at the market."""
    day = MarketDay()
    await day.happens()
    return day.offices


def main(arguments: Sequence[str]) -> None:
    """All of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=20)
    count: int = parser.parse_args(arguments).events
    with open_doors(prepare) as doors, chromium() as browser:
        contexts: list[Any] = [browser.new_context()]
        pages = opened(doors, contexts[0], TABS)
        told(f"an event in all {TABS} tabs of one browser", shows_in_all(doors, pages, count))
        print(f"  streams at the node: {doors.surfaces[0].events.listeners}")
        print(f"  the page {TABS} times without a browser: {without_a_browser(doors, contexts[0]):.0f} ms")
        contexts[0].close()
        contexts = [browser.new_context() for _ in range(TABS)]
        pages = [page for context in contexts for page in opened(doors, context, 1)]
        told(f"an event in {TABS} browsers of one tab", shows_in_all(doors, pages, count))
        print(f"  streams at the node: {doors.surfaces[0].events.listeners}")
        for context in contexts:
            context.close()
        one_too_many(doors, browser)


if __name__ == "__main__":
    main(sys.argv[1:])
