"""Proposals in two browsers without JavaScript: written, read side by side, folded with the reason, decided."""

import pytest

from freehold.node import config, settings
from freehold.protocol import text
from tests.cast import bob
from tests.node.api.story import BID, LOGO

BOB = text.show(bob.id, text.IDENTITY)
COVER = (
    "I have drawn the signs of forty bakeries in ink, and I can show you a first sketch of your croissant by Friday."
)


@pytest.fixture
async def offer(counters):
    return (await counters[0].post("/offers", LOGO))["offer"]


async def write(reader, offer, **typed):
    form = (await reader.get(f"/offers/{offer}/answer")).form(f"/offers/{offer}/answer")
    fields = {"cover": COVER, "answer-1": "In Lund.", "title-1": "Sketch", "amount-1": "150", "work-1": "5"} | typed
    return await reader.send(form, **fields)


async def test_a_proposal_is_written_sent_and_becomes_a_contract(readers, offer):
    at_alice, at_bob, _ = readers
    assert (await at_bob.get(f"/offers/{offer}")).says("Write a proposal")
    preview = await write(at_bob, offer, **{"title-2": "Drawing", "amount-2": "350.50", "clause-1": "Two rounds."})
    assert preview.says("Send this proposal?", "Exactly this will be signed", "Two rounds.", COVER)
    page = await at_bob.send(preview.form(f"/offers/{offer}/answer"), "sign")
    assert page.says("on its way", "Your proposal to", "Together", "500.50 EUR", "Two rounds.")
    assert (await at_alice.get("/")).says("Read the proposal")
    page = await at_alice.get("/proposals")
    one = next(link for link in page.links if link.startswith("/proposals/"))
    page = await at_alice.get(one)
    assert page.says("Proposal of", COVER, "In Lund.", "takes up", "No arbiter is named")
    preview = await at_alice.send(page.form(f"{one}/accept"))
    assert preview.says("Accept this proposal?", "Exactly this will be signed")
    page = await at_alice.send(preview.form(f"{one}/accept"), "sign")
    assert page.says("Milestones", "1. Sketch", "2. Drawing", "active")
    assert (await at_alice.get(one)).says("accepted", "To the contract")


async def test_a_proposal_is_declined_with_a_reason(readers, counters, offer):
    at_alice, at_bob, _ = readers
    sent = await counters[1].post("/proposals", {"offer": offer, **BID})
    here = f"/proposals/{sent['proposal']}"
    page = await at_alice.get(here)
    preview = await at_alice.send(page.form(f"{here}/decline"), reason="Another one <b>suits</b> better.")
    assert preview.says("Decline this proposal?")
    page = await at_alice.send(preview.form(f"{here}/decline"), "sign")
    assert page.says("declined")
    page = await at_bob.get(here)
    assert page.says("declined", "Another one <b>suits</b> better.")
    assert "<b>suits</b>" not in page.html


async def test_a_proposal_is_withdrawn(readers, counters, offer):
    at_alice, at_bob, _ = readers
    sent = await counters[1].post("/proposals", {"offer": offer, **BID})
    here = f"/proposals/{sent['proposal']}"
    page = await at_bob.get(here)
    assert page.says("Your signature is in it")
    preview = await at_bob.send(page.form(f"{here}/withdraw"), reason="I am ill.")
    assert preview.says("Withdraw your proposal?", sent["proposal"])
    page = await at_bob.send(preview.form(f"{here}/withdraw"), "sign")
    assert page.says("taken back", "I am ill.")
    assert not page.says("Withdraw it")
    page = await at_alice.get(here)
    assert page.says("taken back", "I am ill.")
    assert not page.says("Accept …")


async def test_side_by_side_with_copies_and_short_ones_folded_and_never_gone(readers, counters, offer):
    at_alice = readers[0]
    first = await counters[1].post("/proposals", {"offer": offer, **BID, "cover": COVER})
    copy = await counters[2].post("/proposals", {"offer": offer, **BID, "cover": f"Hello! {COVER}"})
    page = await at_alice.get(f"/offers/{offer}/proposals")
    assert page.says("Side by side", "1 is folded, by your own rules", "nearly the same words came from somebody else")
    assert page.says("500.00 EUR") or page.says("150.00 EUR", "350.00 EUR")
    assert f"/proposals/{copy['proposal']}" in page.links
    assert f"/proposals/{first['proposal']}" in page.links
    page = await at_alice.get(f"/proposals/{copy['proposal']}")
    assert page.says("Folded by your own rules", "Accept …")
    assert f"/proposals/{first['proposal']}" in page.links


@pytest.fixture
def settled(offices, tmp_path):
    """alice's office with settings that are kept."""
    office, path = offices[0], tmp_path / "config.toml"

    def configure(changes):
        settings.change(path, changes)
        settings.take_up(office.desk, config.load(path))
        return office.settings()

    office.settings = lambda: {"config": settings.shown(path), "restart": []}
    office.configure = configure
    return path


async def test_the_reader_changes_the_rules_on_the_page_where_they_are_felt(readers, counters, offer, settled):
    at_alice = readers[0]
    await counters[1].post("/proposals", {"offer": offer, **BID, "cover": COVER})
    await counters[2].post("/proposals", {"offer": offer, **BID, "cover": f"Hello! {COVER}"})
    page = await at_alice.get(f"/offers/{offer}/proposals")
    assert page.says("Language", "en by its words", "Stamp", "none", "Near copies 1")
    form = page.form("/settings/folding")
    page = await at_alice.send(form, fold_languages="de, fr-CA", fold_stamp="", fold_short="")
    assert page.says("Settings saved", "2 are folded, by your own rules", "In languages that are not yours 2")
    assert config.load(settled).fold_languages == ("de", "fr-CA")
    page = await at_alice.send(page.form("/settings/folding"), fold_languages="", fold_stamp="20")
    assert page.says("By strangers, without the stamp that you want 2", "you want one of 20 bits")
    page = await at_alice.send(page.form("/settings/folding"), fold_stamp="99")
    assert page.says("99 is not a number of bits from 0 to 26")
    page = await at_alice.send(page.form("/settings/folding"), fold_stamp="", fold_copies="")
    assert (await at_alice.get("/settings")).says("Which proposals are folded", "Stamp that strangers have to pay")
    page = await at_alice.get(f"/offers/{offer}/proposals")
    assert not page.says("folded, by your own rules")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"title-1": "", "amount-1": ""}, "at least one milestone"), ({"amount-1": "one"}, "is not an amount"),
        ({"amount-1": ""}, "lacks its title or its price"), ({"arbiters": "nobody"}, "nobody"),
        ({"days": "a week"}, "not a whole number"), ({"cover": ""}, ""),
    ],
)  # fmt: skip
async def test_what_is_missing_is_told_and_what_was_typed_stays(readers, offer, typed, said):
    page = await write(readers[1], offer, **typed)
    if typed != {"cover": ""}:
        assert 400 <= readers[1].status < 500
        assert said in page.words
        assert dict(page.form(f"/offers/{offer}/answer").fields)["answer-1"] == "In Lund."


async def test_a_stranger_sees_nothing_of_it(readers, counters, offer):
    sent = await counters[1].post("/proposals", {"offer": offer, **BID})
    at_carol = readers[2]
    await at_carol.get(f"/proposals/{sent['proposal']}")
    assert at_carol.status == 404
    assert not (await at_carol.get("/proposals")).says("forty bakeries")
