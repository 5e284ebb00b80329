"""Signing in two steps: the exact text and its hash first, and then that and nothing else."""

import hashlib

import pytest

from freehold.node.api import drafts, wording
from freehold.node.core import rehearsing
from freehold.protocol import text
from freehold.protocol.kinds.disputes import RULING, Finding, Ruling
from freehold.protocol.kinds.entries import DELIVERY, Delivery, Handover
from freehold.protocol.kinds.payments import PAYMENT_SENT, PaymentSent
from freehold.protocol.kinds.values import Money
from tests.cast import MINUTE_MS, agreement, agreement_body, alice, bob, signed
from tests.node.api.story import BID, LEVELS, LOGO, NAMES, agreed, finished
from tests.node.core.market import everything

OTHER = "00" * 32


def stall(market, counter):
    return market.stalls[counter.office.desk.me]


async def drafted(market, counter, path, body):
    """The draft of an act; nothing may be kept by it."""
    before = everything(stall(market, counter))
    draft = await counter.post(path, {**body, "draft": True})
    assert counter.status == 200, draft
    assert set(draft) == {"text", "hash"}
    assert everything(stall(market, counter)) == before
    assert draft["hash"] in draft["text"]
    return draft


def bodies(market, counter):
    """The hashes of all bodies that the counter's owner has signed and that are here."""
    records = stall(market, counter).desk.stores.records
    names = [name for _, name in records.after(0, 10_000)]
    return {records.get(name).header.body.hex() for name in names if records.get(name).author == records_owner(counter)}


def records_owner(counter):
    return counter.office.desk.me


async def test_a_draft_says_what_would_be_signed_and_signs_nothing(market, counters):
    _, at_bob, _ = counters
    _, _, contract = await agreed(counters)
    draft = await drafted(market, at_bob, f"/contracts/{contract}/deliver", {"part": 2, "note": "Here.\nAll of it."})
    body = hashlib.sha256(DELIVERY.dump(Delivery("Here.\nAll of it."))).hexdigest()
    assert draft["hash"] == body
    assert draft["text"].splitlines() == [
        "kind       delivery/1",
        f"contract   {contract}",
        "milestone  2",
        "note       Here.",
        "           | All of it.",
        "files      (none)",
        f"sha256     {body}",
    ]


async def test_what_has_the_expected_hash_is_signed_and_nothing_else(market, counters):
    _, at_bob, _ = counters
    _, _, contract = await agreed(counters)
    path, given = f"/contracts/{contract}/deliver", {"note": "Here."}
    draft = await drafted(market, at_bob, path, given)
    before = everything(stall(market, at_bob))
    for wrong in ({"note": "Here!", "expect": draft["hash"]}, {"note": "Here.", "expect": OTHER}):
        assert await at_bob.denied("POST", path, wrong) == (409, "hash-differs")
        assert everything(stall(market, at_bob)) == before
    assert await at_bob.denied("POST", path, given | {"expect": "12"}) == (400, "bad-request")
    view = await at_bob.post(path, given | {"expect": draft["hash"].upper()})
    assert at_bob.status == 200, view
    assert view["milestones"][0]["state"] == "delivered"
    assert draft["hash"] in bodies(market, at_bob)


async def test_a_hash_of_long_ago_still_fits_the_same_words(market, counters):
    """A script may know it beforehand: nothing in an entry but what is said in it."""
    _, at_bob, _ = counters
    _, _, contract = await agreed(counters)
    known = hashlib.sha256(DELIVERY.dump(Delivery("Here."))).hexdigest()
    await at_bob.post(f"/contracts/{contract}/deliver", {"note": "Here.", "expect": known})
    assert at_bob.status == 200


async def test_a_proposal_is_signed_as_it_was_drafted_salt_and_all(market, counters):
    at_alice, at_bob, _ = counters
    published = await at_alice.post("/offers", LOGO)
    given = {"offer": published["offer"], **BID}
    draft = await drafted(market, at_bob, "/proposals", given)
    assert all(word in draft["text"] for word in ("150.00 EUR", "350.00 EUR", "Two rounds of changes.", BID["cover"]))
    assert "agreement/1" in draft["text"]
    assert NAMES[alice] in draft["text"]
    cheaper = given | {"parts": [{**part, "amount": 1} for part in BID["parts"]], "expect": draft["hash"]}
    assert await at_bob.denied("POST", "/proposals", cheaper) == (409, "hash-differs")
    reworded = given | {"cover": "Nobody reads this.", "expect": draft["hash"]}
    assert await at_bob.denied("POST", "/proposals", reworded) == (409, "hash-differs")
    market.now += MINUTE_MS
    sent = await at_bob.post("/proposals", given | {"expect": draft["hash"]})
    assert at_bob.status == 201, sent
    assert text.parse(sent["contract"], text.CONTRACT).hex() == draft["hash"]
    accepting = await drafted(market, at_alice, f"/proposals/{sent['proposal']}/accept", {})
    assert accepting["hash"] == draft["hash"]  # both sign the same body
    shown = [" ".join(line.split()) for line in accepting["text"].splitlines()]
    assert {"terms.parts.2.price 350.00 EUR", "terms.clauses.1.text Two rounds of changes."} <= set(shown)
    made = await at_alice.post(f"/proposals/{sent['proposal']}/accept", {"expect": accepting["hash"]})
    assert made["state"] == "active"


async def test_a_salt_is_remembered_for_a_time_and_for_a_number_of_drafts(market, counters):
    at_alice, _, _ = counters
    contract = await finished(counters)
    given = {"contract": contract, **LEVELS}
    late = await drafted(market, at_alice, "/reviews", given | {"text": "Late."})
    market.now += drafts.KEPT_MS
    assert await at_alice.denied("POST", "/reviews", given | {"text": "Late.", "expect": late["hash"]}) == (
        409, "hash-differs",
    )  # fmt: skip
    first = await drafted(market, at_alice, "/reviews", given | {"text": "First."})
    last: dict[str, str] = {}
    for number in range(drafts.KEPT):
        last = await drafted(market, at_alice, "/reviews", given | {"text": f"{number}"})
    assert await at_alice.denied("POST", "/reviews", given | {"text": "First.", "expect": first["hash"]}) == (
        409, "hash-differs",
    )  # fmt: skip
    given |= {"text": f"{drafts.KEPT - 1}"}
    assert (await at_alice.post("/reviews", given | {"expect": last["hash"]}))["text"] == given["text"]


async def test_amendments_and_their_notes_are_one_signature(market, counters):
    at_alice, at_bob, _ = counters
    _, _, contract = await agreed(counters)
    given = {"parts": [{"part": 2, "amount": 40_000, "unit": "EUR"}], "note": "It is more than we thought."}
    draft = await drafted(market, at_bob, f"/contracts/{contract}/amend", given)
    assert all(word in draft["text"] for word in ("amendment/1", "note/1", "400.00 EUR", "more than we thought"))
    view = await at_bob.post(f"/contracts/{contract}/amend", given | {"expect": draft["hash"]})
    assert at_bob.status == 200, view
    (change,) = view["changes"]
    assert change["parts"][1]["price"] == {"amount": 40_000, "unit": "EUR"}
    assert draft["hash"] in bodies(market, at_bob)
    assert (await at_alice.get(f"/contracts/{contract}"))["changes"][0]["words"]["text"] == given["note"]


async def test_a_draft_of_what_would_be_denied_is_denied(market, counters):
    at_alice, _, at_carol = counters
    _, _, contract = await agreed(counters)
    before = everything(stall(market, at_alice))
    assert await at_alice.denied("POST", f"/contracts/{contract}/deliver", {"draft": True}) == (409, "not-your-turn")
    assert await at_carol.denied("POST", f"/contracts/{contract}/deliver", {"draft": True}) == (409, "not-yours")
    assert everything(stall(market, at_alice)) == before


async def test_an_act_that_signs_something_else_than_it_rehearsed_would_be_noticed(market, counters, monkeypatch):
    """A planted bug: the salts of a draft are not drawn again."""
    monkeypatch.setattr(drafts, "repeating", lambda desk, _random: desk)
    at_alice, at_bob, _ = counters
    published = await at_alice.post("/offers", LOGO)
    given = {"offer": published["offer"], **BID}
    draft = await at_bob.post("/proposals", given | {"draft": True})
    assert await at_bob.denied("POST", "/proposals", given | {"expect": draft["hash"]}) == (409, "hash-differs")


FILE = Handover("logo.svg", "by post", b"\xab" * 32)
RECORDS = [
    (signed(DELIVERY, Delivery("Here.", (FILE, FILE)), bob, context=b"c" * 32, part=0, seq=1, prev=b"p" * 32),
     ["files.1.name    logo.svg", "files.2.where   by post", f"files.1.sha256  {'ab' * 32}"]),
    (signed(PAYMENT_SENT, PaymentSent(Money(5, "JPY"), "cash", ""), alice, context=b"c" * 32, part=1, seq=1,
            prev=b"p" * 32),
     ["paid       5 JPY", "rail       cash", "reference  (empty)", "milestone  2"]),
    (agreement(bob, agreement_body(alice, bob, band=2)),
     ["band                  2 (15 to 30, in euros, dollars or as much of another currency)"]),
    (signed(RULING, Ruling(333, "both", (Finding("1", "kept"),), b"n" * 32), alice, context=b"c" * 32, part=0, seq=0),
     ["award               333", "fault               both", "findings.1.clause   1",
      f"note                {'6e' * 32}"]),
]  # fmt: skip


@pytest.mark.parametrize(("record", "lines"), RECORDS, ids=lambda value: getattr(value, "header", value) and "")
def test_every_field_is_told(counters, record, lines):
    shown = wording.text_of(counters[0].office.desk, [record]).splitlines()
    assert [line for line in lines if line not in shown] == []


def test_no_text_can_look_like_a_field(counters):
    note = "x\nsha256     00\n\nkind       acceptance/1"
    record = signed(DELIVERY, Delivery(note), bob, context=b"c" * 32, part=0, seq=1, prev=b"p" * 32)
    shown = wording.text_of(counters[0].office.desk, [record]).splitlines()
    assert [line for line in shown if line.startswith(("kind", "sha256"))] == [
        "kind       delivery/1", f"sha256     {record.header.body.hex()}",
    ]  # fmt: skip


def test_the_paper_of_a_rehearsal_shows_what_is_there(counters):
    desk = counters[0].office.desk

    def act(paper, now):
        assert paper.stores.records.log(alice.id) == alice.inception
        assert paper.stores.records.totals() == desk.stores.records.totals()
        return None, [now]

    assert rehearsing.rehearse(desk, act, 5).records == ()
