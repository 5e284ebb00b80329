"""Hostile texts in real Chromium: nothing runs, nobody else is asked for anything, the browser has no complaint."""

from functools import partial

import pytest

from freehold.node.api.page.paper import Paper
from freehold.node.pay.manual import MANUAL
from tests.cast import alice, bob, carol
from tests.e2e.browser.chromium import tab
from tests.e2e.browser.doors import open_doors
from tests.node.api.counter import Counter, StallOffice
from tests.node.api.page.reader import whole_status
from tests.node.api.page.villain import Villain, places
from tests.node.core.market import Market
from tests.payloads import HANDLERS, LINKS, MARKUP, SCRIPT, STYLES, WRITABLE

pytestmark = pytest.mark.slow
AT_ONCE = 17
ACTIVE = (*SCRIPT, *HANDLERS, *STYLES, *LINKS, *MARKUP)
"""What a browser would do something with, if it were let."""
OWNERS = ("alice", "bob", "carol")
STRANGE = "document.querySelectorAll('main :is(img, iframe, object, embed, style, base, h4, video, marquee)').length"


def meddled(texts):
    """Doors to a market whose every text was written by a villain, and what is there."""
    made = {}

    async def prepare():
        market = Market()
        offices = [StallOffice(market, market.open(who)) for who in (alice, bob, carol)]
        for office in offices:
            office.desk.rails = {MANUAL.name: MANUAL}
            office.status = lambda office=office: whole_status(office)
        made.update(await Villain(texts).meddles([Counter(office) for office in offices]))
        return offices

    return open_doors(prepare), made


def heard_on_every_page(browser, texts, owners=OWNERS):
    """What a browser does on every page, which it should not."""
    opened, made = meddled(texts)
    told = []
    with opened as doors:
        for who in owners:
            _look(browser, doors, made, who, told)
    return told


def _hear(told, dialog):
    told.append(f"it says {dialog.message}")
    dialog.dismiss()


def _look(browser, doors, made, who, told):
    number = OWNERS.index(who)
    with tab(browser) as found:
        page = found.page
        page.on("dialog", partial(_hear, told))
        page.on("request", lambda asked: _note(told, asked.url, doors))
        page.goto(doors.link(number))
        known = [one.get_attribute("href") or "" for one in page.locator(".side .nav a").all()]
        for path in places(made, who, known):
            page.goto(doors.address(number) + path)
            if page.evaluate(STRANGE):
                told.append(f"strange elements on {path.partition('fh')[0]}")
        told += found.complaints


def _note(told, url, doors):
    if not any(url.startswith(doors.address(number)) for number in range(len(OWNERS))):
        told.append(f"it asks {url}")


@pytest.mark.parametrize("first", range(0, len(ACTIVE), AT_ONCE))
def test_nothing_runs_and_nobody_else_is_asked(browser, first):
    texts = [one for one in WRITABLE if one in ACTIVE][first : first + AT_ONCE]
    assert heard_on_every_page(browser, texts) == []


def test_a_page_that_would_not_escape_is_noticed(browser, monkeypatch):
    """A planted bug: no escaping. The page's own rules (CSP) still hold, so nothing runs; the browser complains."""
    careless = Paper()
    careless.environment("en").autoescape = False
    monkeypatch.setattr(Paper.shared(), "write", careless.write)
    told = heard_on_every_page(browser, [HANDLERS[0], MARKUP[15]], ("carol",))
    assert any("strange elements" in one for one in told)
    assert any("Content Security Policy" in one or "Content-Security-Policy" in one for one in told)
    assert not [one for one in told if one.startswith("it says")]
