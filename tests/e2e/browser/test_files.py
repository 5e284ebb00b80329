"""A delivery between two real nodes in Chromium, by whoever delivers without JavaScript: signed, fetched, saved."""

from __future__ import annotations

import os
from hashlib import sha256

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.e2e.browser.chromium import WAIT_MS, tab
from tests.e2e.browser.test_every_page import RULES
from tests.e2e.dealing import struck
from tests.e2e.household import household

pytestmark = pytest.mark.slow
MIB = 1024 * 1024


@pytest.fixture
def deal():
    with household() as home:
        yield struck(home)


def way_in(resident, path):
    return resident.api.post("/session/code", {"path": path})["url"]


def delivered(page, work):
    """The freelancer first takes a file that is too long, then another."""
    page.get_by_role("link", name="Deliver").click()
    page.get_by_label("Words").fill("The first one.")
    page.locator("input[type=file]").set_input_files([work / "long.bin"])
    page.get_by_role("button", name="Preview what you sign").click()
    expect(page.locator("[role=alert]")).to_contain_text("at most 25 MiB")
    expect(page.get_by_label("Words")).to_have_value("The first one.")
    page.locator("input[type=file]").set_input_files([work / "sketch é.png"])
    page.get_by_role("button", name="Preview what you sign").click()
    for shown in ("sketch é.png", "2.1 MB", sha256((work / "sketch é.png").read_bytes()).hexdigest()):
        expect(page.locator(".named-files")).to_contain_text(shown)
    page.get_by_role("button", name="Sign it").click()
    expect(page.locator(".file")).to_contain_text("Save")


def fetched(page):
    """What the client saves."""
    page.get_by_role("button", name="Fetch").click(timeout=40_000)
    save = page.get_by_role("link", name="Save")
    expect(save).to_be_visible(timeout=2 * WAIT_MS)
    with page.expect_download() as saved:
        save.click()
    return saved.value


def faults(page):
    found = Axe().run(page, options=RULES).response["violations"]
    return [(one["id"], one["nodes"][0]["target"]) for one in found]


def test_a_file_goes_from_one_browser_to_the_other(browser, deal, tmp_path):
    (tmp_path / "sketch é.png").write_bytes(os.urandom(2 * MIB))
    with (tmp_path / "long.bin").open("wb") as file:
        file.truncate(25 * MIB + 1)
    place = f"/contracts/{deal.contract}"
    with tab(browser, java_script_enabled=False) as at_bob, tab(browser) as at_alice:
        at_alice.page.goto(way_in(deal.client, place))
        at_bob.page.goto(way_in(deal.freelancer, place))
        delivered(at_bob.page, tmp_path)
        saved = fetched(at_alice.page)
        assert saved.suggested_filename == "sketch é.png"
        assert saved.path().read_bytes() == (tmp_path / "sketch é.png").read_bytes()
        assert at_alice.complaints == []
        assert faults(at_alice.page) == []
        at_alice.page.goto(f"{at_alice.page.url.partition('/contracts')[0]}{place}/evidence")
        assert faults(at_alice.page) == []
