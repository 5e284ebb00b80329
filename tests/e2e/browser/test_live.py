"""Open pages hear of news, and nothing happens under somebody's hands: focus, typed words and open details stay."""

import pytest
from playwright.sync_api import expect

from freehold.node.api import events
from tests.e2e.browser.chromium import WAIT_MS, tab
from tests.e2e.browser.deals import CLIENT

pytestmark = pytest.mark.slow
ALIKE = """for (const one of document.querySelectorAll('[data-live], nav .nav'))
    one.append(document.createElement('hr'))"""
"""What is shown differs from what the node has now, so that a renewal shows."""
BEFORE = """document.querySelector('[data-live]').insertAdjacentHTML(
    'afterbegin', '<details><summary>What was here, and is no more</summary></details>')"""


def tell(doors, topic, number=CLIENT):
    doors.run(lambda: doors.surfaces[number].events.announce(topic, {"offer": "fho1", "mine": False}))


def renewed(page):
    expect(page.locator("[data-live] > hr")).to_have_count(0, timeout=WAIT_MS)


def test_news_take_neither_the_focus_nor_what_is_open(browser, doors):
    with tab(browser) as found:
        page = found.page
        page.goto(doors.link(CLIENT))
        page.locator("details.silence summary").first.click()
        page.evaluate(BEFORE)
        page.locator("nav .nav a[href='/people']").last.focus()
        page.evaluate(ALIKE)
        tell(doors, "contract.delivery")
        renewed(page)
        assert page.evaluate("document.activeElement.getAttribute('href')") == "/people"
        assert page.locator("details.silence").first.get_attribute("open") is not None
        link = page.locator("[data-live] a").first
        link.focus()
        page.evaluate(ALIKE)
        tell(doors, "contract.delivery")
        expect(page.locator("nav .nav > hr")).to_have_count(0, timeout=WAIT_MS)
        assert page.evaluate("document.activeElement.matches('[data-live] a')")
        assert found.complaints == []


def test_news_keep_what_was_searched_for(browser, doors):
    with tab(browser) as found:
        page = found.page
        page.goto(doors.link(CLIENT))
        page.goto(doors.address(CLIENT) + "/offers")
        every = page.locator(".offer").count()
        page.get_by_label("Search offers").press_sequentially("croissant")
        expect(page.locator(".offer")).to_have_count(1, timeout=WAIT_MS)
        assert every > 1
        page.evaluate("document.querySelector('#found').append(document.createElement('hr'))")
        tell(doors, "offer.published")
        renewed(page)
        assert page.locator(".offer").count() == 1
        assert page.evaluate("document.activeElement.value") == "croissant"
        page.reload()
        assert page.get_by_label("Search offers").input_value() == "croissant"
        assert page.locator(".offer").count() == 1


def test_what_a_search_finds_late_takes_no_focus(browser, doors):
    """Somebody quick is on a link already when the answer comes, and presses Enter."""
    with tab(browser) as found:
        page, held = found.page, []
        page.goto(doors.link(CLIENT))
        page.goto(doors.address(CLIENT) + "/offers")
        page.route("**/offers?q=*", lambda route: held.append(route))  # noqa: PLW0108  -- playwright marks functions
        with page.expect_request("**/offers?q=*"):
            page.get_by_label("Search offers").focus()
            page.keyboard.insert_text("croissant")
        link = page.locator(".offer", has_text="croissant").locator("h2 a")
        where = link.get_attribute("href")
        link.focus()
        for one in held:
            one.continue_()
        expect(page.locator(".offer")).to_have_count(1, timeout=WAIT_MS)
        assert page.evaluate("document.activeElement.getAttribute('href')") == where
        with page.expect_navigation(url=f"**{where}", timeout=WAIT_MS):
            page.keyboard.press("Enter")
        assert found.complaints == []


def test_who_leaves_the_search_finds_what_is_there_and_asks_nothing_again(browser, doors):
    """Pressing a link leaves the field first: a list renewed then would take the link from under the mouse."""
    with tab(browser) as found:
        page, asked = found.page, []
        page.goto(doors.link(CLIENT))
        page.goto(doors.address(CLIENT) + "/offers")
        page.get_by_label("Search offers").focus()
        page.keyboard.insert_text("croissant")
        expect(page.locator(".offer")).to_have_count(1, timeout=WAIT_MS)
        page.on("request", lambda request: asked.append(request.url.removeprefix(doors.address(CLIENT))))
        page.keyboard.press("Tab")
        page.evaluate("fetch('/offers')")
        assert asked == ["/offers"]


def test_a_tab_that_is_one_too_many_works_says_that_it_is_not_live_and_is_later(browser, doors, monkeypatch):
    monkeypatch.setattr("freehold.node.api.event_stream.LISTENERS", 0)
    with tab(browser) as found:
        page = found.page
        page.add_init_script(
            "const wait = setTimeout; window.setTimeout = (act, ms) => wait(act, ms === 30000 ? 300 : ms)"
        )
        page.goto(doors.link(CLIENT))
        expect(page.locator("#stale")).to_be_visible(timeout=WAIT_MS)
        page.goto(doors.address(CLIENT) + "/offers")
        expect(page.locator(".offer").first).to_be_visible(timeout=WAIT_MS)
        expect(page.locator("#stale")).to_be_visible(timeout=WAIT_MS)
        second = page.context.new_page()
        second.goto(doors.address(CLIENT) + "/people")
        expect(second.locator("#stale")).to_be_visible(timeout=WAIT_MS)
        monkeypatch.setattr("freehold.node.api.event_stream.LISTENERS", events.LISTENERS)
        expect(page.locator("#stale")).to_be_hidden(timeout=WAIT_MS)
        expect(second.locator("#stale")).to_be_hidden(timeout=WAIT_MS)
        page.evaluate("document.querySelector('#found').append(document.createElement('hr'))")
        tell(doors, "offer.published")
        renewed(page)
