"""Offers in a browser without JavaScript: found, written, signed with open eyes, edited, closed."""

import re

from tests.node.api.story import LOGO


async def test_an_offer_is_written_seen_as_it_is_signed_and_published(readers, counters):
    at_alice, at_bob, _ = readers
    form = (await at_alice.get("/offers/new")).form("/offers/new")
    preview = await at_alice.send(
        form, title="A logo", description="First line.\r\nSecond line.", low="1 200,50", high="", unit="eur",
        skills="Drawing, Ink, Drawing", question=["Where?", "", "", "", ""],
    )  # fmt: skip
    assert at_alice.status == 200
    (exact,) = re.findall(r'<pre class="signed"[^>]*>(.*?)</pre>', preview.html, re.DOTALL)
    assert "title                    A logo" in exact
    assert "120050 (1200.50 EUR)" in exact  # what is signed, and what it means
    assert "120050" in exact
    assert (await counters[0].get("/offers"))["offers"] == []
    page = await at_alice.send(preview.form("/offers/new"), "sign")
    assert at_alice.status == 200
    assert page.says("Signed and published", "A logo", "1,200.50 EUR", "Where?")
    (offer,) = (await counters[1].get("/offers"))["offers"]
    assert at_alice.path == f"/offers/{offer['offer']}"
    assert offer["description"] == "First line.\nSecond line."
    assert offer["skills"] == ["Drawing", "Ink"]
    assert not (await at_alice.get(at_alice.path)).says("Signed and published")
    assert (await at_bob.get("/offers?q=logo")).says("A logo", "1,200.50 EUR")
    assert (await at_bob.get("/offers?q=submarine")).says("No offer matches")


async def test_whoever_looks_at_what_would_be_signed_may_go_back_with_everything_typed(readers, counters):
    at_alice, _, _ = readers
    form = (await at_alice.get("/offers/new")).form("/offers/new")
    preview = await at_alice.send(form, title="A sign", low="10", high="20", side="service", question=["a", "b"])
    again = (await at_alice.send(preview.form("/offers/new"), "edit")).form("/offers/new")
    typed = dict(again.fields)
    assert (typed["title"], typed["low"], typed["high"], typed["side"]) == ("A sign", "10", "20", "service")
    assert [value for name, value in again.fields if name == "question"] == ["a", "b", "", "", ""]
    assert (await counters[0].get("/offers"))["offers"] == []


async def test_what_cannot_be_signed_is_told_and_what_was_typed_stays(readers):
    at_alice, _, _ = readers
    form = (await at_alice.get("/offers/new")).form("/offers/new")
    for typed, words in (
        ({"title": " "}, "title"),
        ({"title": "x", "low": "cheap"}, "not an amount"),
        ({"title": "x", "low": "1.500"}, "may mean two amounts"),
        ({"title": "x", "low": "20", "high": "10"}, "lower end is above"),
        ({"title": "x", "days": "soon"}, "not a whole number"),
        ({"title": "x", "languages": "english!"}, "language tag"),
    ):
        page = await at_alice.send(form, **typed)
        assert at_alice.status == 400, typed
        assert page.says(words), (typed, page.words)
        kept = dict(page.form("/offers/new").fields)
        assert {name: kept[name] for name in typed} == {name: value.strip() for name, value in typed.items()} or kept


async def test_a_hash_that_does_not_fit_signs_nothing(readers, counters):
    at_alice, _, _ = readers
    form = (await at_alice.get("/offers/new")).form("/offers/new")
    preview = (await at_alice.send(form, title="Cheap")).form("/offers/new")
    page = await at_alice.send(preview, "sign", title="Dear")
    assert at_alice.status == 409
    assert page.says("nothing was signed")
    assert dict(page.form("/offers/new").fields)["title"] == "Dear"
    assert (await counters[0].get("/offers"))["offers"] == []


async def test_an_offer_is_edited_and_closed_by_its_author_alone(readers, counters):
    at_alice, at_bob, _ = readers
    offer = (await counters[0].post("/offers", LOGO))["offer"]
    shown = await at_bob.get(f"/offers/{offer}")
    assert shown.says("Where is your studio?", "At least 30 characters")
    assert not any("/edit" in link for link in shown.links)
    form = (await at_alice.get(f"/offers/{offer}/edit")).form(f"/offers/{offer}/edit")
    assert ("low", "400.00") in form.fields
    preview = await at_alice.send(form, title="A better logo")
    assert (await at_alice.send(preview.form("/offers/"), "sign")).says("A better logo")
    assert len((await counters[1].get("/offers"))["offers"]) == 1
    closing = await at_alice.send((await at_alice.get(f"/offers/{offer}")).form(f"/offers/{offer}/close"))
    assert closing.says("Close this offer?", "closed")
    assert (await at_alice.send(closing.form("/offers/"), "sign")).says("Signed: the offer is closed")
    assert (await counters[1].get("/offers"))["offers"] == []
    await at_bob.post(f"/offers/{offer}/close", {"page_token": "of this session", "step": "sign", "expect": "0" * 64})
    assert at_bob.status == 409


async def test_a_script_gets_the_rows_only(readers, counters):
    await counters[0].post("/offers", LOGO)
    page = await readers[1].get("/offers?q=logo", hx_request="true")
    assert page.says("A logo for a bakery")
    assert "<html" not in page.html
    assert "<form" not in page.html


async def test_long_boards_come_in_pages_that_keep_the_search(readers, counters):
    for number in range(25):
        await counters[0].post("/offers", LOGO | {"title": f"Sign {number}"})
    page = await readers[1].get("/offers?q=sign&order=time")
    assert page.html.count('class="offer"') == 20
    (older,) = [link for link in page.links if "before=" in link]
    assert "q=sign" in older
    assert (await readers[1].get(older)).html.count('class="offer"') == 5


async def test_a_first_sync_is_told_of_where_offers_are_missing_yet(offices, readers):
    status = offices[0].status
    for state, said in (("first sync", True), ("whole", False)):
        sync = {"state": state, "records": 1_200, "about": 20_000}
        offices[0].status = lambda sync=sync: status() | {"sync": sync}
        page = await readers[0].get("/offers")
        assert page.says("still fetching the market: 1,200 of about 20,000 records are here") == said
        assert page.says("No offer matches")
