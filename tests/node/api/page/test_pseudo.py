"""Every page in a language of marks, from right to left: what stands outside of the marks was never translated."""

import re

import pytest

from freehold.node.api.page.assets import FOLDER
from tests.cast import alice, bob
from tests.node.api.page import pseudo
from tests.node.api.page.pseudo import CLOSE, OPEN, Unmarked
from tests.node.api.story import LOGO, NAMES, agreed

PATHS = (
    "/", "/offers", "/offers?q=zzz&least=x", "/offers/mine", "/offers/new", "/people", "/people/services", "/profile",
    "/messages", "/health", "/health?examine=1", "/settings", "/unlock", "/backup", "/contracts", "/disputes",
    "/proposals", "/nothing-here",
)  # fmt: skip
PHYSICAL = re.compile(
    r"(?:^|[\s;{-])(?:left|right)\b|text-align: *(?:left|right)|"
    r"(?:margin|padding|inset): *[^\s;]+ ([^\s;]+) [^\s;]+ (?!\1[\s;])[^\s;]+ *;"
)
"""What names a side of the screen where it should name the side where one begins to read."""


@pytest.mark.slow
async def test_no_text_of_a_page_stands_outside_of_the_catalogues(readers, counters, monkeypatch):
    pseudo.speak(monkeypatch)
    offer, proposal, contract = await agreed(counters)
    about = [f"/{area}/{NAMES[who]}" for who in (alice, bob) for area in ("people", "reputation")]
    acts = [f"/contracts/{contract}/{act}" for act in ("dispute", "settle", "timesheet", "absence", "change")]
    one = [f"/offers/{offer}", f"/offers/{offer}/edit", f"/proposals/{proposal}", f"/contracts/{contract}"]
    found: dict[str, list[str]] = {}
    for path in (*PATHS, *one, *about, *acts):
        readers[0].language = pseudo.TAG
        page = await readers[0].get(path)
        assert f'<html lang="{pseudo.TAG}" dir="rtl"' in page.html
        assert page.html.count(OPEN) > 20, path
        html = page.html.replace(LOGO["title"], "")
        found |= {path: texts} if (texts := Unmarked(html).found) else {}
    assert found == {}


def test_a_text_that_is_not_marked_is_noticed():
    """A planted bug in an element, in an attribute, and between marks."""
    html = (
        f'<p>{OPEN}a{OPEN}b{CLOSE}{CLOSE} forgotten <i title="too"></i></p><a>{OPEN}x<b>y</b>{CLOSE}</a><code>-h</code>'
    )
    assert Unmarked(html).found == ["forgotten", "too"]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.css")), ids=lambda path: path.stem)
def test_styles_name_no_side_of_the_screen(path):
    assert PHYSICAL.findall(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "style", ["a { margin-left: 1px; }", "a{right:0}", "a { text-align: left; }", "a { padding: 0 1px 0 2px; }"]
)
def test_a_side_of_the_screen_would_be_noticed(style):
    assert PHYSICAL.search(style)
