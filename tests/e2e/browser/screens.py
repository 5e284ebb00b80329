"""What the page looks like, for specs/screens/: `python -m tests.e2e.browser.screens` makes all pictures anew.

A market day that is the same in every run, at a moment that stands still, on a desk (1280 by 800) and on a phone.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from freehold.node.core.service import Service
from freehold.protocol import text
from tests.cast import bob, mallory
from tests.e2e.browser.chromium import DESKTOP, PHONE, chromium, tab
from tests.e2e.browser.deals import CLIENT, FREELANCER, client_pages, freelancer_pages
from tests.e2e.browser.doors import open_doors
from tests.e2e.browser.market_day import MarketDay
from tests.e2e.browser.png import smaller
from tests.node.api.counter import StallOffice
from tests.node.api.page.reader import whole_status
from tests.node.core.market import Stall, desk_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Browser, Page

    from tests.e2e.browser.doors import Doors

FOLDER = Path(__file__).parents[3] / "specs" / "screens"
MOST_BYTES = 60_000
NEWCOMER = -1
SIZES = {"desk": DESKTOP, "phone": PHONE}
PAGES = {
    "inbox": "/",
    "offers": "/offers",
    "offers-filtered": "/offers?side=service&skill=Drawing&most=80",
    "offer": "/offers?q=croissant",
    "offers-mine": "/offers/mine",
    "offer-write": "/offers/new",
    "contracts": "/contracts",
    "contract": "/contracts",
    "people": "/people",
    "person": f"/people/{text.show(bob.id, text.IDENTITY)}",
    "services": "/people/services",
    "profile": "/profile",
    "messages": "/messages",
    "backup": "/backup",
    "health": "/health?examine=1",
    "settings": "/settings",
    "key": "/unlock",
}
FIRST = {"offer": ".offer h2 a", "contract": "main a[href^='/contracts/fhc1']"}
"""Pages whose address is not known beforehand: the first of a list."""
DARK = ("inbox", "offers", "offer")
DARK_DEALS = ("proposals-beside", "contract", "reputation")
"""Pages that are shown in the dark as well."""


class NoWords:
    """A newcomer's words that are nobody's: a picture of real ones would be a trap."""

    def new(self, *_: object) -> dict[str, Any]:
        """The same words, over and over."""
        words = ("ocean", "bread", "paper", "window", "garden", "letter") * 4
        return {"words": words, "check": (4, 11, 19), "until": 0}


def offices_with_a_newcomer(day: MarketDay) -> Sequence[StallOffice]:
    """Those of a market day, and one of somebody who is new."""
    desk = desk_of(None)
    office = StallOffice(day.market, Stall(mallory, desk, Service(desk)))
    office.newcomer = NoWords()
    office.status = lambda: whole_status(office) | {"key": "none", "peers": 3}
    return [*day.offices, office]


def shoot(page: Page, name: str) -> None:
    """A picture of what a tab shows."""
    picture = smaller(page.screenshot())
    assert len(picture) <= MOST_BYTES, (name, len(picture))
    (FOLDER / f"{name}.png").write_bytes(picture)


def signing(page: Page, address: str) -> None:
    """As far as the page that shows what will be signed."""
    page.goto(address + "/offers/new")
    page.get_by_label("Title").fill("Gold leaf lettering for two windows")
    page.get_by_label("Description").fill("Real gold, by hand.\nThe windows face south.")
    page.get_by_label("From").fill("1200")
    page.get_by_role("button", name="Preview what you sign").click()
    page.locator(".exact").first.wait_for()


def deals(browser: Browser, doors: Doors, size: str) -> None:
    """Proposals, contracts, reviews, reputations, from both sides."""
    for number, pages in ((CLIENT, client_pages), (FREELANCER, freelancer_pages)):
        for look in ("light", "dark"):
            with tab(browser, SIZES[size], color_scheme=look) as found:
                found.page.goto(doors.link(number))
                for name, path in pages(found.page, doors.address(number)).items():
                    if look == "light" or name in DARK_DEALS:
                        found.page.goto(doors.address(number) + path)
                        shoot(found.page, f"{name}-{size}" + ("-dark" if look == "dark" else ""))


def welcome(page: Page, address: str, size: str) -> None:
    """The first run."""
    page.goto(address + "/welcome")
    shoot(page, f"welcome-{size}")
    page.get_by_label("Name", exact=True).fill("Amélie Durand")
    for label in ("Passphrase", "The same again"):
        page.get_by_label(label, exact=True).fill("correct horse battery")
    page.get_by_role("button", name="Next: your 24 words").click()
    written = page.get_by_role("button", name="I have written them down")
    written.wait_for()  # between two pages there is nothing to take a picture of
    shoot(page, f"welcome-words-{size}")
    written.click()
    page.get_by_role("button", name="Open the market").wait_for()
    shoot(page, f"welcome-check-{size}")


def main() -> None:
    """All pictures."""

    async def prepare() -> Sequence[StallOffice]:
        day = MarketDay()
        await day.happens()
        return offices_with_a_newcomer(day)

    FOLDER.mkdir(exist_ok=True)
    with chromium() as browser, open_doors(prepare) as doors:
        for size, pixels in SIZES.items():
            for look in ("light", "dark"):
                with tab(browser, pixels, color_scheme=look) as found:
                    found.page.goto(doors.link())
                    for name, path in PAGES.items() if look == "light" else [(name, PAGES[name]) for name in DARK]:
                        found.page.goto(doors.address() + path)
                        if name in FIRST:
                            found.page.locator(FIRST[name]).first.click()
                        shoot(found.page, f"{name}-{size}" + ("-dark" if look == "dark" else ""))
            deals(browser, doors, size)
            with tab(browser, pixels) as found:
                found.page.goto(doors.link())
                signing(found.page, doors.address())
                shoot(found.page, f"signing-{size}")
            with tab(browser, pixels) as found:
                found.page.goto(doors.link(NEWCOMER))
                welcome(found.page, doors.address(NEWCOMER), size)
    print(f"{len(list(FOLDER.glob('*.png')))} pictures in {FOLDER}")


if __name__ == "__main__":
    main()
