"""What the browser tells its owner while nobody looks: news only, and only if it was allowed by a click."""

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.chromium import WAIT_MS, tab

pytestmark = pytest.mark.slow
WATCHED = """
window.told = []; window.asked = 0;
const Real = window.Notification;
window.Notification = class extends Real {
  constructor(title, options) { super(title, options); window.told.push([title, options.body, Real.permission]); }
  static requestPermission() { window.asked += 1; return Real.requestPermission(); }
};
"""
ASKABLE = """
window.asked = 0;
window.Notification = class {
  static permission = "default";
  static requestPermission() {
    window.asked += 1; window.active = navigator.userActivation.isActive;
    window.Notification.permission = ANSWER; return Promise.resolve(ANSWER);
  }
};
"""
HIDDEN = "Object.defineProperty(document, 'hidden', { get: () => true, configurable: true })"
HEARD = """count => {
  const heard = [], ear = new BroadcastChannel("freehold");
  window.all = new Promise((done) => {
    ear.onmessage = ({ data }) => {
      if (String(data).includes(".") && heard.push(data) === count) { ear.close(); done(true); }
    };
  });
}"""
NOTICE = ("notice.turn", {"notice": 1, "about": "fhc1x", "text": "milestone 1 is delivered: it is your turn"})


@pytest.mark.parametrize(
    ("answer", "says"),
    [("granted", "This browser tells you of news."), ("denied", "Your browser refuses notifications from this page.")],
)
def test_permission_is_asked_for_by_a_click_alone(browser, doors, answer, says):
    with tab(browser) as found:
        page = found.page
        page.add_init_script(ASKABLE.replace("ANSWER", f"'{answer}'"))
        for path in ("/", "/offers", "/contracts", "/health"):
            page.goto(doors.link(path=path))
            page.keyboard.press("Tab")
            assert page.evaluate("window.asked") == 0, path
        page.goto(doors.address() + "/settings")
        button = page.get_by_role("button", name="Tell me in this browser")
        expect(button).to_be_visible(timeout=WAIT_MS)
        assert page.evaluate("window.asked") == 0
        button.click()
        expect(page.locator("[data-notify-state]")).to_have_text(says, timeout=WAIT_MS)
        expect(button).to_be_hidden()
        assert page.evaluate("[window.asked, window.active]") == [1, True]
        assert found.complaints == []


def announced(doors, page, *events):
    """These were announced, and the page has heard them: it passes them on to other tabs when it does."""
    page.evaluate(HEARD, len(events))
    for topic, data in events:
        doors.run(lambda topic=topic, data=data: doors.surfaces[0].events.announce(topic, data))
    assert page.evaluate("window.all")


def test_news_is_shown_while_the_page_is_hidden(browser, doors):
    with tab(browser) as found:
        page = found.page
        page.context.grant_permissions(["notifications"], origin=doors.address())
        page.add_init_script(WATCHED)
        with page.expect_response(lambda reply: "/events" in reply.url):
            page.goto(doors.link())
        announced(doors, page, NOTICE)
        assert page.evaluate("window.told") == []  # somebody looks: the page itself shows it
        page.evaluate(HIDDEN)
        announced(doors, page, ("key.met", {}), ("offer.published", {}), ("peer.joined", {}), ("contract.delivery", {}))
        assert page.evaluate("window.told") == []  # what strangers do, and one's own acts, are no news
        announced(doors, page, NOTICE)
        assert page.evaluate("window.told") == [["Freehold", "Something new happened.", "granted"]]
        announced(doors, page, ("proposal.received", {}))  # folded, or there would be a notice as well
        assert len(page.evaluate("window.told")) == 1
        announced(doors, page, ("notice.proposal", {}))
        assert len(page.evaluate("window.told")) == 2
        assert page.evaluate("window.asked") == 0
        assert found.complaints == []


def test_a_german_is_told_in_german_and_one_of_two_tabs_speaks(browser, doors):
    with tab(browser, locale="de-DE") as found:
        context = found.page.context
        context.grant_permissions(["notifications"], origin=doors.address())
        context.add_init_script(WATCHED)
        context.add_init_script(HIDDEN)
        with found.page.expect_response(lambda reply: "/events" in reply.url):
            found.page.goto(doors.link())
        second = context.new_page()
        second.goto(doors.address() + "/")
        announced(doors, found.page, NOTICE)
        told = [page.evaluate("window.told") for page in (found.page, second)]
        assert sorted(map(len, told)) == [0, 1]
        assert max(told)[0][1] == "Es gibt etwas Neues."


def test_without_permission_nothing_is_shown(browser, doors):
    """And a planted bug is noticed: a page that shows it all the same would be told of here."""
    with tab(browser) as found:
        page = found.page
        page.add_init_script(WATCHED)
        with page.expect_response(lambda reply: "/events" in reply.url):
            page.goto(doors.link())
        page.evaluate(HIDDEN)
        announced(doors, page, NOTICE)
        assert page.evaluate("window.told") == []
        page.evaluate("new Notification('Freehold', { body: 'planted' })")
        assert len(page.evaluate("window.told")) == 1
