"""Where the pages of a deal are on a market day: their addresses have names of records in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from freehold.protocol import text
from tests.cast import alice, bob

if TYPE_CHECKING:
    from playwright.sync_api import Page

CLIENT, FREELANCER = 0, 1
ALICE, BOB = (text.show(who.id, text.IDENTITY) for who in (alice, bob))


def client_pages(page: Page, address: str) -> dict[str, str]:
    """Those of the client, by a short name."""
    running, done = _contracts(page, address)
    page.goto(address + "/proposals")
    beside = _leads(page, "main a[href^='/offers/'][href$='/proposals']")
    proposal = _leads(page, "main a[href^='/proposals/fhr1']")
    return {
        "proposals": "/proposals",
        "proposals-beside": beside,
        "proposal": proposal,
        "contracts": "/contracts",
        "contract": running,
        "contract-done": done,
        "act": f"{running}/revise?part=1",
        "change": f"{running}/amend",
        "dispute": f"{running}/evidence",
        "disputes": "/disputes",
        "review": f"{done}/review",
        "reputation": f"/reputation/{BOB}",
        "reputation-beside": f"/reputation/{BOB}?other={ALICE}",
    }


def freelancer_pages(page: Page, address: str) -> dict[str, str]:
    """Those that only who answers an offer has."""
    page.goto(address + "/offers?q=croissant")
    answer = _leads(page, ".offer h2 a") + "/answer"
    running, _ = _contracts(page, address)
    return {"proposal-write": answer, "contract-freelancer": running, "deliver": f"{running}/deliver?part=2"}


def _contracts(page: Page, address: str) -> tuple[str, str]:
    """One that runs, and one that is over."""
    page.goto(address + "/contracts")
    places = page.locator("main h3 a[href^='/contracts/fhc1']").all()
    found = [str(place.get_attribute("href")) for place in places]
    return found[0], found[-1]


def _leads(page: Page, selector: str) -> str:
    return str(page.locator(selector).first.get_attribute("href"))
