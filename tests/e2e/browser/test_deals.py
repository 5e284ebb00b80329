"""Pages of proposals, contracts, reviews and reputations: readable by everybody, by keyboard, from right to left."""

import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe

from freehold.node.api.page import catalogues
from freehold.node.api.page.paper import Paper
from tests.e2e.browser.chromium import DESKTOP, PHONE, tab
from tests.e2e.browser.deals import CLIENT, FREELANCER, client_pages, freelancer_pages
from tests.e2e.browser.test_every_page import LOOKS, RULES

pytestmark = pytest.mark.slow
EACH = ((CLIENT, client_pages), (FREELANCER, freelancer_pages))
FITS = "document.documentElement.scrollWidth - innerWidth"


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize(("look", "language"), LOOKS)
def test_nothing_to_complain_of(browser, doors, look, language, size):
    axe, told = Axe(), []
    for number, pages in EACH:
        with tab(browser, size, color_scheme=look, locale=language) as found:
            found.page.goto(doors.link(number))
            for name, path in pages(found.page, doors.address(number)).items():
                found.page.goto(doors.address(number) + path)
                if found.page.evaluate(FITS) > 0:
                    told.append((name, "too wide"))
                faults = axe.run(found.page, options=RULES).response["violations"]
                told += [(name, one["id"], one["nodes"][0]["target"]) for one in faults]
            assert found.complaints == []
    assert told == []


@pytest.fixture
def right_to_left(tmp_path, monkeypatch):
    """A language that is dropped in as a file, and written from right to left: what it does not say stays English."""
    for file in catalogues.FOLDER.glob("*.po"):
        shutil.copy(file, tmp_path)
    header = 'msgid ""\nmsgstr ""\n"X-Name: العربية\\n"\n"X-Direction: rtl\\n"\n'
    words = {"Contracts": "العقود", "Milestones": "المراحل", "Your turn.": "دورك الآن.", "Side by side": "جنبًا إلى جنب"}
    entries = [f'msgid "{one}"\nmsgstr "{other}"\n' for one, other in words.items()]
    (tmp_path / "ar.po").write_text("\n".join((header, *entries)), "utf-8")
    shared = Paper.shared()
    monkeypatch.setattr(catalogues, "FOLDER", tmp_path)
    monkeypatch.setattr(catalogues, "load", lambda _load=catalogues.load: _load(tmp_path))
    dropped = Paper()
    for name in ("languages", "_environments", "_words"):
        monkeypatch.setattr(shared, name, getattr(dropped, name))


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_from_right_to_left_nothing_is_cut_off(browser, doors, right_to_left, size):
    told = []
    for number, pages in EACH:
        with tab(browser, size, locale="ar") as found:
            found.page.goto(doors.link(number))
            for name, path in {"inbox": "/", "offers": "/offers", **pages(found.page, doors.address(number))}.items():
                found.page.goto(doors.address(number) + path)
                assert found.page.locator("html").get_attribute("dir") == "rtl"
                if found.page.evaluate(FITS) > 0:
                    told.append((name, "too wide"))
                told += [(name, one) for one in found.page.evaluate(OUTSIDE)]
            found.page.goto(doors.address(number) + "/contracts")
            assert "العقود" in found.page.locator("main").inner_text()
    assert told == []


OUTSIDE = """() => [...document.querySelectorAll("main :is(h1, h2, h3, p, a, button, input, textarea, select, code)")]
  .filter((one) => one.checkVisibility() && !one.closest(".beside-scroll, .unseen, pre"))
  .map((one) => [one, one.getBoundingClientRect()])
  .filter(([, box]) => box.width > 1 && (box.left < -1 || box.right > innerWidth + 1))
  .map(([one]) => one.outerHTML.slice(0, 80))"""
"""What stands beyond an edge of the window, though the window does not say that it scrolls."""


def test_what_is_cut_off_would_be_noticed(browser, doors):
    """A planted bug: a word that does not fit and is clipped."""
    with tab(browser, PHONE) as found:
        found.page.goto(doors.link())
        found.page.evaluate(
            "(() => { const box = document.createElement('div'), word = document.createElement('p');"
            " box.style.overflow = 'hidden'; word.style.width = '900px'; word.textContent = 'x'; box.append(word);"
            " document.querySelector('main').append(box); })()"
        )
        assert found.page.evaluate(FITS) <= 0
        assert any("900px" in one for one in found.page.evaluate(OUTSIDE))
