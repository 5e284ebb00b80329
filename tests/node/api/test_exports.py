"""Everything of the owner's, taken along: whole, in forms that others read, and harmless whoever wrote in it."""

import base64
import csv
import html
import io
import json
import re
from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest
from hypothesis import given, strategies as st

from freehold.node.api import export_page, export_tables, export_tree
from freehold.node.api.belongings import PARTS
from freehold.node.files.shelf import Shelf
from freehold.protocol import bundle
from freehold.protocol.envelope import unpack
from freehold.protocol.resume import bundle as reputations
from tests.node.api.story import BID, LEVELS, LOGO, finished

EVIL = '=HYPERLINK("http://x","y") </td><script>alert(1)</script><img src=x onerror=alert(1)>\u202e end'


async def taken(counter, part, form):
    found = await counter.get(f"/export/{part}", format=form)
    status, headers, data = counter.last
    assert (status, headers["content-type"]) == (200, "application/octet-stream")
    assert headers["content-disposition"] == f'attachment; filename="freehold-{part}.{form}"'
    assert found == data
    return data.decode()


@pytest.fixture
async def story(counters):
    """A finished contract, an offer and letters full of hostile words."""
    contract = await finished(counters)
    at_alice, at_bob, _ = counters
    for one in counters[:2]:
        await one.post("/reviews", {"contract": contract, **LEVELS, "text": f"{EVIL} of a review"})
    evil = await at_alice.post("/offers", {**LOGO, "title": "Wanted: =1+1", "description": EVIL, "intake": None})
    await at_bob.post("/proposals", {**BID, "offer": evil["offer"], "cover": EVIL, "answers": []})
    await at_alice.post(f"/offers/{evil['offer']}/close")
    assert at_bob.status == 201
    return contract


async def test_the_json_is_whole_and_its_bundles_and_records_hold(counters, story):
    found = json.loads(await taken(counters[0], "all", "json"))
    assert (found["format"], found["complete"]) == ("freehold-export/1", True)
    assert set(PARTS["all"]) <= set(found)
    [contract] = found["contracts"]
    assert contract["contract"] == story
    assert len(bundle.read(contract["bundle"].encode()).records) > 10
    assert reputations.read(found["reputation"][0]["bundle"].encode()).subject is not None
    assert sorted(offer["closed"] for offer in found["offers"]) == [False, True]
    assert {letter["direction"] for letter in found["proposals"]} == {"received"}
    assert len(found["reviews"]) == 2
    opened = [unpack(base64.b64decode(row["raw"])) for row in found["records"] + found["offers"] + found["proposals"]]
    assert {record.header.kind for record in opened} >= {"inception/1", "offer/1", "agreement/1", "review/1"}
    assert [p["direction"] for p in json.loads(await taken(counters[1], "all", "json"))["proposals"]] == ["sent"] * 2


@pytest.mark.parametrize("part", ["contracts", "offers", "reputation"])
async def test_a_part_is_a_table_in_which_nothing_is_a_formula(counters, story, part):
    rows = list(csv.reader(io.StringIO((await taken(counters[0], part, "csv")).removeprefix("\ufeff"))))
    assert tuple(rows[0]) == export_tables.TABLES[part][0]
    assert len(rows) == 3
    assert {len(row) for row in rows} == {len(rows[0])}
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    assert any("HYPERLINK" in cell for row in rows for cell in row) == (part != "contracts")
    if part == "contracts":
        assert [row[8:10] for row in rows[1:]] == [["150.00", "EUR"], ["350.00", "EUR"]]


class Seen(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.attributes = set(), set()
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


async def test_the_page_has_no_script_loads_nothing_and_shows_hostile_words_as_words(counters, story):
    page = await taken(counters[0], "all", "html")
    seen = Seen(page)
    assert not seen.tags & {"script", "img", "link", "iframe", "form", "a", "object", "base"}
    assert not {name for name in seen.attributes if name.startswith("on") or name in {"src", "href", "style"}}
    assert "default-src 'none'" in page
    assert "&lt;script&gt;alert(1)" in page
    assert "\u202e" not in page
    assert story in page
    assert page.endswith("</html>\n")
    assert all(f"<h2>{title}</h2>" in page for title in ("Contracts", "Proposals", "Offers", "Reputation", "Reviews"))


async def test_what_cannot_be_asked_for_is_said(counters):
    for part, form in (("everything", "json"), ("all", "csv"), ("all", "pdf")):
        assert await counters[0].denied("GET", f"/export/{part}", format=form) == (400, "bad-request")


async def test_whoever_has_nothing_takes_an_empty_but_whole_file(counters):
    found = json.loads(await taken(counters[2], "all", "json"))
    assert (found["contracts"], found["offers"], found["complete"]) == ([], [], True)
    assert "None." in await taken(counters[2], "all", "html")


def test_rows_are_asked_for_only_as_the_file_goes_out():
    asked = []
    rows = (None if number == 1 else asked.append(number) or {"n": number} for number in (0, 1, 2, 3))
    pieces = export_tree.write({"format": "x"}, [("things", rows)])
    assert asked == []
    text = "".join(piece for piece in [next(pieces), next(pieces), next(pieces)])
    assert asked == [0]
    assert json.loads(text + "".join(pieces)) == {
        "format": "x", "things": [{"n": 0}, {"n": 2}, {"n": 3}], "complete": True,
    }  # fmt: skip


@given(st.text(max_size=30), st.sampled_from(["", " ", "\t", "\n", "\u200b", "\xa0", "\ufeff"]))
def test_no_cell_is_a_formula(words, before):
    for start in "=+-@\uff1d\uff0b\uff0d\uff20\u2795":
        shown = export_tables.harmless(before + start + words)
        assert shown.startswith("'") or start == "\u2795"
        assert not re.match(r"[\s=+\-@]", shown)
    assert export_tables.harmless(words) in (words, "'" + words)


@given(st.text(max_size=60))
def test_no_words_make_markup(words):
    shown = export_page.clean(words)
    assert not set("<>\"'") & set(shown)
    assert "\u202e" not in shown


@pytest.mark.parametrize("cell", ["Ana", "150.00", "2026-01-02 03:04:05", "fh1qqq", "", "Ünal (x=1)"])
def test_ordinary_cells_stay_as_they_are(cell):
    assert export_tables.harmless(cell) == cell


async def test_files_of_contracts_are_listed_under_harmless_names(counters, story, tmp_path):
    counters[0].office.desk.files = Shelf(tmp_path / "files", 1_000, counters[0].office.now)
    query = urlencode({"name": f"{EVIL}.png", "contract": story}).encode()
    kept = await counters[0].ask("POST", "/files", b"12345", query, "application/octet-stream")
    assert json.loads(await taken(counters[0], "all", "json"))["files"] == [kept]
    assert kept["contracts"] == [story]
    page = await taken(counters[0], "all", "html")
    assert "script_" in kept["name"]
    assert f"{html.escape(kept['name'])}, 5 bytes" in page
