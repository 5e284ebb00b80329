"""The same ways through the page with JavaScript and without, in Chromium."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.chromium import PHONE, WAIT_MS, tab

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_an_offer_is_written_signed_found_and_closed(browser, doors, scripts):
    with tab(browser, java_script_enabled=scripts) as at_alice, tab(browser, java_script_enabled=scripts) as at_bob:
        page = at_alice.page
        page.goto(doors.link(0))
        page.get_by_role("link", name="Offers", exact=True).first.click()
        page.get_by_role("link", name="Write an offer").click()
        title = f"Window lettering {'with' if scripts else 'without'}"
        page.get_by_label("Title").fill(title)
        page.get_by_label("Description").fill("Gold leaf.\nTwo windows.")
        page.get_by_label("From").fill("1200")
        page.get_by_role("button", name="Preview what you sign").click()
        assert "Gold leaf." in page.locator(".exact").first.inner_text()
        page.get_by_role("button", name="Back, change it").click()
        assert page.get_by_label("Description").input_value() == "Gold leaf.\nTwo windows."
        page.get_by_role("button", name="Preview what you sign").click()
        page.get_by_role("button", name="Sign and publish").click()
        assert "Signed and published" in page.locator(".notice").inner_text()
        at_bob.page.goto(doors.link(1, "/offers"))
        at_bob.page.get_by_role("searchbox").fill(title)
        if not scripts:
            at_bob.page.get_by_role("button", name="Search", exact=True).click()
        at_bob.page.get_by_role("link", name=title).click()
        assert "1,200 EUR" in at_bob.page.locator("main").inner_text()
        page.get_by_role("button", name="Close …").click()
        page.get_by_role("button", name="Sign and close").click()
        assert "closed" in page.locator(".head").inner_text()
        assert (at_alice.complaints, at_bob.complaints) == ([], [])


def test_results_come_while_one_types(browser, doors):
    with tab(browser) as found:
        found.page.goto(doors.link(0, "/offers"))
        before = found.page.url + "?q=translation"
        found.page.get_by_role("searchbox").press_sequentially("transl")
        expect(found.page.locator(".offer")).to_have_count(0, timeout=WAIT_MS)
        found.page.get_by_role("searchbox").press_sequentially("ation")
        expect(found.page.locator(".offer")).to_have_count(1, timeout=WAIT_MS)
        assert "Carol Okafor" in found.page.locator("#found").inner_text()
        assert found.page.url.startswith(before), "what is searched for stands in the address"
        assert found.complaints == []


def test_the_menu_of_a_phone_opens_without_a_script(browser, doors):
    with tab(browser, PHONE, java_script_enabled=False) as found:
        found.page.goto(doors.link())
        assert not found.page.get_by_role("link", name="Settings").is_visible()
        found.page.get_by_text("Menu", exact=True).click()
        found.page.get_by_role("link", name="Settings").click()
        found.page.get_by_label("Dark").check()
        found.page.get_by_label("Language of the page").select_option("de")
        found.page.get_by_role("button", name="Save", exact=True).click()
        assert found.page.locator("h1").inner_text() == "Einstellungen"
        assert found.page.locator("html").get_attribute("data-theme") == "dark"
        assert re.search(r"\d", found.page.evaluate("getComputedStyle(document.body).backgroundColor"))


def test_without_a_link_nobody_sees_anything(browser, doors):
    with tab(browser) as found:
        for path in ("/", "/offers", "/settings"):
            answer = found.page.goto(doors.address() + path)
            assert answer is not None
            assert answer.status == 401
            assert "Amélie" not in found.page.content()


def test_an_open_page_hears_of_news_in_every_tab(browser, doors):
    with tab(browser) as found:
        pages = [found.page, *(found.page.context.new_page() for _ in range(7))]
        pages[0].goto(doors.link(0, "/offers?order=time"))
        for page in pages[1:]:
            page.goto(doors.address() + "/offers?order=time")
        title = "Heard of without a reload"
        with tab(browser) as at_bob:
            at_bob.page.goto(doors.link(1, "/offers/new"))
            at_bob.page.get_by_label("Title").fill(title)
            at_bob.page.get_by_role("button", name="Preview what you sign").click()
            at_bob.page.get_by_role("button", name="Sign and publish").click()
        doors.run(lambda: doors.surfaces[0].events.announce("offer.published", {}))
        for page in (pages[0], pages[-1]):
            expect(page.get_by_role("link", name=title)).to_be_visible(timeout=WAIT_MS)
        assert doors.surfaces[0].events.listeners == 1
        assert found.complaints == []
