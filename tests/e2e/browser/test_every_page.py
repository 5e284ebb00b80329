"""Every page in Chromium: readable by everybody, light and dark, on a desk and on a phone, nothing to complain of."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from freehold.protocol import text
from tests.cast import alice, bob
from tests.e2e.browser.chromium import DESKTOP, PHONE, tab

pytestmark = pytest.mark.slow
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PAGES = (
    "/", "/offers", "/offers?q=drawing&least=10&without=silent", "/offers?q=nothing+fits", "/offers/mine",
    "/offers/new", "/people", "/people/services", f"/people/{text.show(bob.id, text.IDENTITY)}",
    f"/people/{text.show(alice.id, text.IDENTITY)}", "/profile", "/messages", "/backup",
    "/health", "/health?examine=1", f"/reputation/{text.show(bob.id, text.IDENTITY)}", "/settings", "/unlock",
    "/nothing-here",
)  # fmt: skip


LOOKS = (("light", "en-GB"), ("dark", "en-GB"), ("light", "de-DE"), ("dark", "de-DE"))
"""Colours, and the language that the browser asks for."""


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize(("look", "language"), LOOKS)
def test_nothing_to_complain_of(browser, doors, look, language, size):
    axe = Axe()
    with tab(browser, size, color_scheme=look, locale=language) as found:
        found.page.goto(doors.link())
        found.page.goto(f"{doors.address()}/offers")
        offer = found.page.locator(".offer h2 a").first.get_attribute("href") or ""
        found.page.goto(f"{doors.address()}/contracts")
        contract = found.page.locator("main a[href^='/contracts/fhc1']").first.get_attribute("href") or ""
        for path in (*PAGES, "/contracts", offer, contract):
            found.complaints.clear()
            found.page.goto(doors.address() + path)
            assert found.complaints == [] or path == "/nothing-here", (path, found.complaints)
            assert found.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
            assert found.page.evaluate("document.documentElement.lang") == language[:2]
            told = axe.run(found.page, options=RULES).response["violations"]
            assert [(path, one["id"], one["nodes"][0]["target"]) for one in told] == []


def test_a_page_with_faults_would_be_noticed(browser, doors):
    """A planted bug: words that nobody can read, and a button without a name."""
    with tab(browser) as found:
        found.page.goto(doors.link())
        found.page.evaluate(
            "document.querySelector('main').insertAdjacentHTML('beforeend', '<button></button><img src=\"/x.png\">')"
        )
        told = Axe().run(found.page, options=RULES).response["violations"]
        assert {"button-name", "image-alt"} <= {one["id"] for one in told}
        assert found.complaints


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_right_to_left_fits_as_well(browser, doors, size):
    with tab(browser, size) as found:
        found.page.goto(doors.link())
        for path in PAGES[:9]:
            found.page.goto(doors.address() + path)
            found.page.evaluate("document.documentElement.dir = 'rtl'")
            assert found.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
            width = found.page.evaluate("document.querySelector('h1').getBoundingClientRect().right")
            assert width > size[0] / 2, path


def test_the_keyboard_alone_is_enough(browser, doors):
    with tab(browser) as found:
        page = found.page
        page.goto(doors.link(path="/offers"))
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("location.hash") == "#main"
        reached: list[str] = []
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement === document.body"):
                continue  # the browser's own bar
            name = page.evaluate("document.activeElement.name || document.activeElement.getAttribute('href') || ''")
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", name
            reached.append(name)
        assert "q" in reached
        assert any(name.startswith("/offers/fho1") for name in reached)


def test_it_prints_without_its_frame(browser, doors):
    with tab(browser) as found:
        found.page.goto(doors.link(path="/offers"))
        found.page.emulate_media(media="print")
        assert not found.page.locator(".side").is_visible()
        assert found.page.locator(".offer").first.is_visible()
