"""What strangers write is shown as they wrote it, and does nothing else: two hundred texts, on every page."""

import unicodedata

import pytest

from freehold.node.api.page.paper import Paper
from freehold.node.pay.manual import MANUAL
from tests.cast import alice, bob, carol
from tests.node.api.counter import Counter, StallOffice
from tests.node.api.page.reader import Reader, whole_status
from tests.node.api.page.villain import Frame, Villain, harm, places
from tests.node.core.market import Market
from tests.payloads import CONTROLS, HANDLERS, INVISIBLE, TEMPLATES, UNPAIRED, WRITABLE

AT_ONCE = 17
"""Texts of one market: as many as fit into the field for which the wire allows least."""
CHUNKS = [WRITABLE[first : first + AT_ONCE] for first in range(0, len(WRITABLE), AT_ONCE)]
MIXED = (HANDLERS[9], INVISIBLE[2], TEMPLATES[0], TEMPLATES[1], *WRITABLE[10::19])
_CALM = {}
OWNERS = ("alice", "bob", "carol")
CALM = [f"a quiet text, the {number}" for number in range(AT_ONCE)]


async def visited(texts, owners):
    """Every page of a market whose texts are these, by whose it is and what it is."""
    market = Market()
    offices = [StallOffice(market, market.open(who)) for who in (alice, bob, carol)]
    for office in offices:
        office.desk.rails = {MANUAL.name: MANUAL}
        office.status = lambda office=office: whole_status(office)
    made = await Villain(texts).meddles([Counter(office) for office in offices])
    found = {}
    for name in owners:
        reader = Reader(offices[OWNERS.index(name)])
        for number, path in enumerate(places(made, name, (await reader.get("/")).links)):
            page = await reader.get(path)
            assert reader.status in (200, 404, 409), (path, page.words)
            found[name, number, path.split("?")[0].rpartition("/")[2][:12]] = Frame(page.html)
    market.close()
    return found


async def in_calm(size, owners):
    """The same pages with harmless texts, so many of them; looked at once."""
    if (size, owners) not in _CALM:
        pages = await visited(CALM[:size], owners)
        _CALM[size, owners] = {place[:2]: page for place, page in pages.items()}
    return _CALM[size, owners]


async def assert_harmless(texts, owners=OWNERS):
    assert len(texts) <= AT_ONCE
    by_place = await in_calm(len(texts), owners)
    shown = await visited(texts, owners)
    told = [(place, what) for place, page in shown.items() for what in harm(page, by_place[place[:2]])]
    assert not told, "\n".join(map(str, told))
    words = "".join(page.words for page in shown.values())
    assert [one for one in texts if unicodedata.normalize("NFC", one) not in words] == []


async def test_texts_of_every_sort_on_every_page():
    await assert_harmless(MIXED, ("alice",))


@pytest.mark.slow
@pytest.mark.parametrize("texts", CHUNKS, ids=lambda texts: repr(texts[0])[:20])
async def test_two_hundred_texts_on_every_page(texts):
    await assert_harmless(texts)


@pytest.mark.parametrize("text", [*CONTROLS, *UNPAIRED], ids=ascii)
async def test_what_steers_a_terminal_is_refused_where_it_is_typed(readers, text):
    at_alice = readers[0]
    form = (await at_alice.get("/offers/new")).form("/offers/new")
    typed = [("title", f"x{text}y".encode("utf-8", "surrogatepass"))]
    fields = [(name, value) for name, value in form.fields if name != "title"]
    page = await at_alice.post(form.action, [*fields, *typed])
    assert at_alice.status == 400 or "Exactly this" in page.words
    assert not any(steers in page.words for steers in (*"\x00\x07\x08\x1b\x7f\x9b\x9d", "\ud800"))
    if at_alice.status == 400:
        assert page.says("That did not work") or page.form("/offers/new")


async def test_a_page_that_would_not_escape_is_noticed(monkeypatch):
    """A planted bug: no escaping."""
    careless = Paper()
    careless.environment("en").autoescape = False
    monkeypatch.setattr(Paper.shared(), "write", careless.write)
    with pytest.raises(AssertionError, match="it has <img"):
        await assert_harmless((HANDLERS[0],), ("bob",))


async def test_a_page_that_would_isolate_nothing_is_noticed(monkeypatch):
    """A planted bug: a name that turns the line it stands in."""
    paper = Paper.shared()
    write = paper.write
    monkeypatch.setattr(paper, "write", lambda *told: write(*told).replace("<bdi>", "<b>").replace("</bdi>", "</b>"))
    with pytest.raises(AssertionError, match="it turns what stands around it"):
        await assert_harmless((INVISIBLE[0],), ("bob",))
