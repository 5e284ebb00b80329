"""A whole deal without a mouse: from an offer to both reviews with Tab, Enter, Space and letters, and always seen."""

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.chromium import WAIT_MS, tab
from tests.e2e.browser.deals import CLIENT, FREELANCER

pytestmark = pytest.mark.slow
MOST_TABS = 90
"""A page on which one has to press Tab more often than this to get somewhere cannot be used by keyboard."""
AT = """(() => {
  const at = document.activeElement, look = getComputedStyle(at), box = at.getBoundingClientRect();
  const seen = at.closest("label") ?? at, around = getComputedStyle(seen);
  const words = at.getAttribute("aria-label") ?? at.labels?.[0]?.innerText ?? at.innerText ?? "";
  return [words.trim(), look.outlineStyle !== "none" || around.outlineStyle !== "none",
          box.bottom > 0 && box.top < innerHeight, at.localName];
})()"""
"""What has the focus: its words, whether it is marked, whether it is in sight, what it is."""
LEVELS = ("Scope", "Communication", "Quality", "Time", "Again")


class Hands:
    """Somebody at a keyboard, in front of one page."""

    def __init__(self, page, address):
        self.page, self.address = page, address

    def goes_to(self, words, tag=None):
        """Press Tab until the focus is on what begins with these words; it must be marked and in sight."""
        passed = []
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            found, marked, in_sight, what = self.page.evaluate(AT)
            passed.append(found.splitlines()[0] if found else "")
            if found.startswith(words) and tag in (None, what):
                assert marked, (words, "has the focus, and nothing shows it")
                assert in_sight, (words, "has the focus out of sight")
                return
        raise AssertionError(f"{MOST_TABS} times Tab does not lead to {words}: {passed}")

    def presses(self, words, key="Enter", tag=None):
        """Go there and press a key; links and buttons lead to another page."""
        self.goes_to(words, tag)
        with self.page.expect_navigation(timeout=WAIT_MS):
            self.page.keyboard.press(key)

    def types(self, label, text):
        """Into a field."""
        self.goes_to(label)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def sees(self, words):
        """A heading or a notice of the page that comes."""
        expect(self.page.locator("main").get_by_text(words).first).to_be_visible(timeout=WAIT_MS)

    def signs(self, first, last):
        """From a filled form past what is signed to the signature."""
        self.presses(first, tag="button")
        self.sees("Exactly this will be signed")
        self.presses(last, tag="button")
        expect(self.page.locator(".notice.good")).to_be_visible(timeout=WAIT_MS)

    def walks_to(self, place):
        """By the skip link's way back: the main menu."""
        self.presses(place, tag="a")


@pytest.fixture
def people(browser, doors):
    """The client and the freelancer, each before their inbox."""
    with tab(browser) as client, tab(browser) as freelancer:
        found = []
        for number, one in ((CLIENT, client), (FREELANCER, freelancer)):
            one.page.goto(doors.link(number))
            found.append(Hands(one.page, doors.address(number)))
        yield found
        assert (client.complaints, freelancer.complaints) == ([], [])


TITLE = "Seven enamel signs"


def agree(client, freelancer):
    """From an offer to a contract."""
    client.walks_to("Offers")
    client.presses("Write an offer", tag="a")
    client.types("Title", TITLE)
    client.types("Description", "White on blue, as in the old station.")
    client.types("From", "700")
    client.signs("Preview what you sign", "Sign and publish")

    freelancer.walks_to("Offers")
    freelancer.types("Search offers", "enamel")
    expect(freelancer.page.locator(".offer")).to_have_count(1, timeout=WAIT_MS)
    freelancer.presses(TITLE, tag="a")
    freelancer.presses("Write a proposal", tag="a")
    freelancer.types("In your words", "I have the old moulds of that station, and the blue.")
    freelancer.types("1. Title", "Seven signs")
    freelancer.types("Price", "700")
    freelancer.signs("Preview what you sign", "Sign")

    client.walks_to("Proposals")
    client.presses(TITLE, tag="a")
    client.presses("Read it", tag="a")
    client.signs("Accept", "Sign")


def work(client, freelancer):
    """From a contract to its end."""
    for who, deed, button in (
        (freelancer, "Deliver", "Sign"),
        (client, "Accept the work", "Sign"),
        (client, "I have paid", "Sign"),
        (freelancer, "The money is here", "Sign"),
    ):
        who.walks_to("Contracts")
        who.presses(TITLE, tag="a")
        who.presses(deed, tag="a")
        if deed == "I have paid":
            who.types("How you paid", "SEPA")
        who.signs("Preview what you sign", button)


def review(who):
    """What it was like."""
    who.walks_to("Contracts")
    who.presses(TITLE, tag="a")
    who.presses("Write a review", tag="a")
    for level in LEVELS:
        who.goes_to(level)
        who.page.keyboard.press("4")
    who.signs("Preview what you sign", "Sign")


def test_a_deal_by_keyboard_alone(people):
    client, freelancer = people
    agree(client, freelancer)
    work(client, freelancer)
    review(client)
    review(freelancer)


def test_the_first_tab_leads_past_the_menu(browser, doors):
    with tab(browser) as found:
        found.page.goto(doors.link(CLIENT))
        hands = Hands(found.page, doors.address(CLIENT))
        hands.presses("Skip to the content", tag="a")
        found.page.keyboard.press("Tab")
        assert found.page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_a_focus_that_nothing_shows_would_be_noticed(browser, doors):
    """A planted bug."""
    with tab(browser) as found:
        found.page.goto(doors.link(CLIENT))
        found.page.evaluate("document.querySelectorAll('nav .nav a').forEach(one => one.style.outline = 'none')")
        with pytest.raises(AssertionError, match="nothing shows it"):
            Hands(found.page, "").goes_to("Inbox", "a")
