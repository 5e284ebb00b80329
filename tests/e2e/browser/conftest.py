"""One browser and one market day for all tests of a process."""

import pytest
from playwright.sync_api import sync_playwright

from tests.e2e.browser.chromium import launched
from tests.e2e.browser.doors import open_doors
from tests.e2e.browser.market_day import MarketDay


@pytest.fixture(scope="session")
def playing():
    """Playwright runs a loop of its own in the thread, so there is one for all browsers of a process."""
    with sync_playwright() as found:
        yield found


@pytest.fixture(scope="session")
def browser(playing):
    with launched(playing) as found:
        yield found


@pytest.fixture(scope="module")
def doors():
    """Those of alice, bob, carol, ... after a day at the market."""

    async def prepare():
        day = MarketDay()
        await day.happens()
        return day.offices

    with open_doors(prepare) as found:
        yield found
