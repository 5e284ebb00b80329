"""Every page in a language of marks, from right to left: what stands outside of the marks was never translated."""

import re

import pytest

from freehold.node.api.page.acts import ACTS
from freehold.node.api.page.assets import FOLDER
from freehold.node.api.page.routing import _PAGES
from tests.cast import DAY_MS, alice, bob
from tests.node.api.page import pseudo
from tests.node.api.page.pseudo import CLOSE, OPEN, Unmarked
from tests.node.api.story import BID, LEVELS, LOGO, NAMES, agreed, finished

PATHS = (
    "/", "/offers", "/offers?q=zzz&least=x", "/offers/mine", "/offers/new", "/people", "/people/find?ref=fh1zzz",
    "/people/services", "/people/blocked", "/profile", "/messages", "/health", "/health?examine=1", "/health/examined",
    "/settings", "/unlock", "/backup", "/contracts", "/disputes", "/proposals", "/reputation", "/reputation/of?ref=x",
    "/nothing-here", "/welcome", "/welcome/back",
)  # fmt: skip
DOWNLOADS = {"/backup/contracts.csv", "/backup/contracts/{ref}"}
PHYSICAL = re.compile(
    r"(?:^|[\s;{-])(?:left|right)\b|text-align: *(?:left|right)|"
    r"(?:margin|padding|inset): *[^\s;]+ ([^\s;]+) [^\s;]+ (?!\1[\s;])[^\s;]+ *;"
)
"""What names a side of the screen where it should name the side where one begins to read."""


async def _about(counters, market):
    """Addresses of what people made, by who may see them: somebody's turn, an end, reviews, proposals side by side."""
    at_alice, at_bob, at_carol = counters
    done = await finished(counters)
    for who in (at_alice, at_bob):
        await who.post("/reviews", {"contract": done, **LEVELS, "text": "Good."})
    offer, proposal, contract = await agreed(counters)
    for who, cover in ((at_bob, "Short."), (at_carol, BID["cover"])):
        await who.post("/proposals", {**BID, "offer": offer, "cover": cover})
    await at_alice.post("/contacts", {"identity": NAMES[bob], "label": "of the guild"})
    await at_bob.post(f"/contracts/{contract}/amend", {"clauses": [{"id": "2", "text": "More."}], "note": "Why not."})
    market.passes(20 * DAY_MS)
    reviews = (await at_alice.get("/reviews", of=NAMES[alice]))["reviews"]
    people = [f"/{area}/{NAMES[who]}" for who in (alice, bob) for area in ("people", "reputation")]
    return [
        *people, f"/reputation/{NAMES[bob]}?other={NAMES[alice]}", f"/offers/{offer}", f"/offers/{offer}/edit",
        f"/offers/{offer}/proposals", f"/offers/{offer}/answer", f"/proposals/{proposal}", f"/contracts/{contract}",
        f"/contracts/{done}", f"/contracts/{done}/review", f"/contracts/{contract}/amend",
        *(f"/contracts/{contract}/{verb}?part=1" for verb in ACTS),
        *(f"/reviews/{one['review']}/reply" for one in reviews),
    ]  # fmt: skip


def _unmarked(page):
    assert f'<html lang="{pseudo.TAG}" dir="rtl"' in page.html or "<html" not in page.html  # a part, for a script
    assert OPEN in page.html
    html = page.html
    for words in (LOGO["title"], BID["cover"], *(part["title"] for part in BID["parts"])):
        html = html.replace(words, "")
    return Unmarked(html).found


@pytest.mark.slow
async def test_no_text_of_a_page_stands_outside_of_the_catalogues(readers, counters, market, monkeypatch):
    pseudo.speak(monkeypatch)
    paths = [*PATHS, *await _about(counters, market)]
    found: dict[str, list[str]] = {}
    for reader in readers[:2]:
        reader.language = pseudo.TAG
        for path in paths:
            found |= {path: texts} if (texts := _unmarked(await reader.get(path))) else {}
        preview = await reader.send((await reader.get("/offers/new")).form("/offers/new"), title="x", low="1,500")
        found |= {"mistake": texts} if (texts := _unmarked(preview)) else {}
        preview = await reader.send((await reader.get("/offers/new")).form("/offers/new"), title="x")
        assert 'name="expect"' in preview.html
        found |= {"preview": texts} if (texts := _unmarked(preview)) else {}
    assert found == {}
    visited = [path.partition("?")[0] for path in paths]
    shown = {path for path, acts in _PAGES if "GET" in acts} - DOWNLOADS
    patterns = {path: re.compile(re.sub(r"\{\w+\}", "[^/]+", path)) for path in shown}
    assert {path for path, pattern in patterns.items() if not any(map(pattern.fullmatch, visited))} == set()


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
