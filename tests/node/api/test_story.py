"""One market over the API from the first offer to the last review, each answer held against the contract of the API."""

import base64
from typing import Any

import pytest

from freehold.protocol import frame, text
from freehold.protocol.envelope import pack
from tests.cast import DAY_MS, alice, bob, mallory, offer, profile, raw, review

LOGO = {
    "side": "wanted",
    "title": "A logo for a bakery",
    "description": "A croissant, drawn by hand.",
    "skills": ["Drawing", "Ink"],
    "budget": {"basis": "fixed", "unit": "EUR", "low": 40_000, "high": 60_000},
    "languages": ["en"],
    "intake": {"least_characters": 30, "questions": ["Where is your studio?"]},
}
BID: dict[str, Any] = {
    "cover": "I drew the signs of forty bakeries.",
    "parts": [
        {"title": "Sketch", "amount": 15_000, "unit": "EUR", "days": 5},
        {"title": "Drawing", "amount": 35_000, "unit": "EUR", "days": 10},
    ],
    "clauses": [{"id": "1", "text": "Two rounds of changes."}],
    "answers": ["In Lund."],
}
LEVELS = {"scope": 4, "communication": 3, "quality": 4, "time": 4, "again": 4}
OFFER_VIEW = {
    "offer", "record", "author", "author_name", "side", "title", "description", "skills", "budget", "languages",
    "intake", "closed", "expires", "published", "reputation",
}  # fmt: skip
PROPOSAL_VIEW = {
    "proposal", "direction", "offer", "offer_title", "author", "author_name", "recipient", "recipient_name", "cover",
    "answers", "parts", "clauses", "written", "expires", "state", "reason", "contract", "folded", "reputation",
    "remarks", "arbiters", "witnesses", "quorum", "appeal", "fallback", "revisions", "windows", "band",
}  # fmt: skip
SUMMARY_VIEW = {
    "contract", "now", "state", "client", "client_name", "freelancer", "freelancer_name", "offer", "offer_title",
    "my_role", "my_turns", "my_changes", "my_claims", "offered_until", "milestones",
}  # fmt: skip
CONTRACT_VIEW = SUMMARY_VIEW | {
    "arbiters", "witnesses", "quorum", "revisions", "appeal", "fallback", "band", "funded", "rail", "clauses", "signed",
    "timeline", "marks", "changes", "scopes", "pings", "absences", "evidence", "refused", "waiting",
}  # fmt: skip
REVIEW_VIEW = {
    "review", "contract", "author", "author_name", "subject", "subject_name", "levels", "text", "at", "counts",
    "why_not", "grade", "shown", "reply",
}  # fmt: skip
SCORE_VIEW = {
    "identity", "name", "mean", "lower", "upper", "counted", "weight", "witnesses", "left_out", "ranking", "note",
    "seen", "anywhere", "conduct",
}  # fmt: skip
NAMES = {who: text.show(who.id, text.IDENTITY) for who in (alice, bob)}


async def agreed(counters):
    """(offer, proposal, contract) names, after the contract was made."""
    at_alice, at_bob, _ = counters
    published = await at_alice.post("/offers", LOGO)
    proposed = await at_bob.post("/proposals", {"offer": published["offer"], **BID})
    accepted = await at_alice.post(f"/proposals/{proposed['proposal']}/accept")
    assert at_alice.status == 200, accepted
    return published["offer"], proposed["proposal"], accepted["contract"]


async def finished(counters):
    """The name of a contract whose two milestones are settled."""
    at_alice, at_bob, _ = counters
    _, _, contract = await agreed(counters)
    for part in (1, 2):
        for who, verb, body in (
            (at_bob, "deliver", {"note": "Here."}),
            (at_alice, "accept", {}),
            (at_alice, "pay", {"rail": "SEPA"}),
            (at_bob, "confirm", {}),
        ):
            view = await who.post(f"/contracts/{contract}/{verb}", {"part": part, **body})
            assert who.status == 200, view
    return contract


async def test_an_offer_is_published_listed_found_shown_and_closed(market, counters):
    at_alice, at_bob, _ = counters
    made = await at_alice.post("/offers", LOGO)
    assert at_alice.status == 201
    assert set(made) == OFFER_VIEW
    assert made["author"] == NAMES[alice]
    assert made["expires"] == made["published"] + 30 * DAY_MS
    assert {key: made[key] for key in ("title", "skills", "budget", "closed")} == {
        "title": LOGO["title"], "skills": LOGO["skills"], "budget": LOGO["budget"], "closed": False,
    }  # fmt: skip
    assert made["intake"] == {"least_characters": 30, "questions": ["Where is your studio?"], "languages": []}
    assert set(made["reputation"]) == {"mean", "lower", "upper", "counted"}
    for path, query in (
        ("/offers", {}),
        ("/offers/search", {"q": "bakery"}),
        ("/offers/search", {"skill": ["ink", "Drawing"]}),
        ("/offers/search", {"least": 60_000, "unit": "EUR", "side": "wanted", "basis": "fixed", "language": "en"}),
    ):
        found = await at_bob.get(path, **query)
        assert (found["offers"], found["next"]) == ([made], None)
    for query in ({"q": "submarine"}, {"skill": ["ink", "Welding"]}, {"least": 60_001, "unit": "EUR"}):
        assert (await at_bob.get("/offers/search", **query))["offers"] == []
    assert (await at_alice.get("/offers", mine=1))["offers"] == [made]
    assert (await at_bob.get("/offers", mine=1))["offers"] == []
    assert (await at_bob.get(f"/offers/{made['offer'][:12]}")) == made | {
        "versions": [made["record"]],
        "market": [
            {"skill": skill, "others": 0, "less": 0, "more": 0, "median": None, "enough": False}
            for skill in ("Drawing", "Ink")
        ],
    }
    assert (await at_alice.post(f"/offers/{made['offer']}/close"))["closed"] is True
    assert (await at_bob.get("/offers"))["offers"] == []
    assert (await at_bob.get(f"/offers/{made['offer']}"))["closed"] is True


async def test_long_lists_come_in_pages(counters):
    at_alice, at_bob, _ = counters
    made = [(await at_alice.post("/offers", LOGO | {"title": f"Sign {number}"}))["offer"] for number in range(5)]
    pages = [await at_bob.get("/offers", limit=2)]
    while pages[-1]["next"] is not None:
        pages.append(await at_bob.get("/offers", limit=2, before=pages[-1]["next"]))
    assert [view["offer"] for page in pages for view in page["offers"]] == made[::-1]
    assert [len(page["offers"]) for page in pages] == [2, 2, 1]


async def test_a_proposal_goes_from_hand_to_hand(counters):
    at_alice, at_bob, at_carol = counters
    published = await at_alice.post("/offers", LOGO)
    sent = await at_bob.post("/proposals", {"offer": published["offer"], **BID})
    assert at_bob.status == 201
    assert set(sent) == PROPOSAL_VIEW
    assert (sent["direction"], sent["state"], sent["folded"]) == ("sent", "delivered", None)
    got = await at_alice.get(f"/proposals/{sent['proposal']}")
    assert (got["direction"], got["state"], got["folded"]) == ("received", "open", None)
    assert got["parts"][1] == {
        "title": "Drawing", "price": {"amount": 35_000, "unit": "EUR"}, "hours": None, "basis": "fixed",
        "work_ms": 10 * DAY_MS,
    }  # fmt: skip
    assert (got["author"], got["recipient"], got["offer_title"]) == (NAMES[bob], NAMES[alice], LOGO["title"])
    assert (got["cover"], got["answers"], got["clauses"]) == (BID["cover"], BID["answers"], BID["clauses"])
    assert got["expires"] == got["written"] + 7 * DAY_MS
    found = await at_alice.get("/proposals")
    assert found == {"received": [got], "sent": [], "order": "reputation", "ordered": found["ordered"]}
    assert [view["proposal"] for view in (await at_bob.get("/proposals"))["sent"]] == [sent["proposal"]]
    assert await at_carol.denied("GET", f"/proposals/{sent['proposal']}") == (404, "not-found")
    declined = await at_alice.post(f"/proposals/{sent['proposal']}/decline", {"reason": "Too dear."})
    assert (declined["state"], declined["reason"]) == ("declined", "Too dear.")
    assert (await at_bob.get(f"/proposals/{sent['proposal']}"))["reason"] == "Too dear."
    assert await at_alice.denied("POST", f"/proposals/{sent['proposal']}/accept") == (409, "not-open")


async def test_what_misses_the_owners_rules_is_folded_for_the_owner_alone(counters):
    at_alice, at_bob, _ = counters
    published = await at_alice.post("/offers", LOGO)
    sent = await at_bob.post("/proposals", {"offer": published["offer"], **BID, "cover": "Hi!"})
    assert sent["folded"] is None
    assert "30" in (await at_alice.get(f"/proposals/{sent['proposal']}"))["folded"]


async def test_a_contract_shows_who_signed_whose_turn_it_is_and_what_was_done(counters):
    at_alice, at_bob, at_carol = counters
    offered, _, contract = await agreed(counters)
    view = await at_bob.get(f"/contracts/{contract}")
    assert set(view) == CONTRACT_VIEW
    assert (view["state"], view["my_role"], view["offer"]) == ("active", "freelancer", offered)
    assert {signed["party"] for signed in view["signed"]} == set(NAMES.values())
    started = view["signed"][-1]["at"]
    assert view["milestones"][0] == {
        "part": 1, "title": "Sketch", "price": {"amount": 15_000, "unit": "EUR"}, "basis": "fixed", "hours": None,
        "work_ms": 5 * DAY_MS, "review_ms": 10 * DAY_MS, "payment_ms": 7 * DAY_MS, "confirm_ms": 5 * DAY_MS,
        "state": "working", "since": view["signed"][-1]["record"], "start": started, "start_witnessed": False,
        "revisions_left": 2, "award": 1000, "ruled": False, "due": {"amount": 15_000, "unit": "EUR"},
        "turn": "freelancer", "turn_identity": NAMES[bob], "turn_name": None, "deadline": started + 8 * DAY_MS,
        "claim": None,
        "silence": {
            "leads_to": "undelivered", "mark": "did not deliver", "claim_by": "client", "cure_ms": 3 * DAY_MS,
            "dormant": started + 68 * DAY_MS,
        },
    }  # fmt: skip
    files = [{"name": "logo.svg", "where": "by post", "sha256": "AB" * 32}]
    await at_bob.post(f"/contracts/{contract}/deliver", {"part": 1, "note": "Here.", "files": files})
    await at_alice.post(f"/contracts/{contract}/accept", {"part": 1, "note": "Good."})
    await at_alice.post(f"/contracts/{contract}/pay", {"part": 1, "rail": "SEPA", "reference": "RF18"})
    view = await at_bob.post(f"/contracts/{contract}/confirm", {"part": 1, "amount": 14_000, "unit": "EUR"})
    assert at_bob.status == 200, view
    bodies = [step["body"] for step in view["timeline"]]
    assert bodies == [
        {"note": "Here.", "files": [{"name": "logo.svg", "where": "by post", "sha256": "ab" * 32}]},
        {"note": "Good."},
        {"paid": {"amount": 15_000, "unit": "EUR"}, "rail": "SEPA", "reference": "RF18"},
        {"received": {"amount": 14_000, "unit": "EUR"}},
    ]
    assert [step["state"] for step in view["timeline"]] == ["delivered", "payable", "paid", "settled"]
    assert [step["role"] for step in view["timeline"]] == ["freelancer", "client", "client", "freelancer"]
    assert [part["turn"] for part in view["milestones"]] == [None, "freelancer"]
    full = await at_alice.get(f"/contracts/{contract}")
    assert (await at_alice.get("/contracts"))["contracts"] == [{key: full[key] for key in SUMMARY_VIEW}]
    assert (await at_carol.get("/contracts"))["contracts"] == []


async def test_a_stranger_sees_that_a_contract_exists_and_nothing_private_of_it(counters):
    contract = await finished(counters)
    view = await counters[2].get(f"/contracts/{contract}")
    assert (view["state"], view["my_role"], view["clauses"]) == ("closed", None, None)
    assert all((part["title"], part["price"]) == (None, None) for part in view["milestones"])
    assert len(view["timeline"]) == 8
    assert all((step["body"], step["body_here"]) == (None, False) for step in view["timeline"])
    for word in ("Here.", "SEPA", "Sketch", "15000"):
        assert word.encode() not in counters[2].last[2]


async def test_acts_out_of_turn_by_strangers_and_in_no_milestone_are_denied(counters):
    at_alice, at_bob, at_carol = counters
    _, _, contract = await agreed(counters)
    assert await at_alice.denied("POST", f"/contracts/{contract}/deliver", {}) == (409, "not-your-turn")
    assert await at_alice.denied("POST", f"/contracts/{contract}/pay", {"rail": "x"}) == (409, "not-your-turn")
    assert await at_carol.denied("POST", f"/contracts/{contract}/deliver", {}) == (409, "not-yours")
    assert await at_bob.denied("POST", f"/contracts/{contract}/deliver", {"part": 3}) == (404, "no-such-part")
    assert await at_bob.denied("POST", f"/contracts/{contract}/confirm", {"part": 3}) == (404, "no-such-part")
    assert await at_carol.denied("POST", f"/contracts/{contract}/confirm", {}) == (409, "no-terms")
    assert await at_bob.denied("POST", f"/contracts/{contract}/confirm", {"amount": 1}) == (400, "bad-request")


async def test_reviews_make_a_reputation_that_is_explained(counters):
    at_alice, at_bob, at_carol = counters
    contract = await finished(counters)
    written = await at_alice.post("/reviews", {"contract": contract, **LEVELS, "text": "Quick and kind."})
    assert at_alice.status == 201
    assert set(written) == REVIEW_VIEW
    assert (written["counts"], written["why_not"], written["levels"]) == (True, None, LEVELS)
    assert (written["shown"], written["grade"], written["reply"]) == (False, "B", None)
    assert await at_carol.get("/reviews", of=NAMES[bob]) == {"reviews": []}
    await at_bob.post("/reviews", {"contract": contract, **LEVELS, "text": "Paid at once."})
    written |= {"shown": True}
    assert await at_carol.get("/reviews", of=NAMES[bob]) == {"reviews": [written]}
    assert await at_carol.get("/reviews", by=NAMES[alice][:14]) == {"reviews": [written]}
    score = await at_carol.get(f"/reputation/{NAMES[bob]}")
    assert set(score) == SCORE_VIEW
    assert (score["counted"], score["left_out"], score["ranking"]) == (1, 0, "personal")
    assert 0 < score["lower"] < score["mean"] < score["upper"] <= 1
    assert "alike" in score["seen"]
    assert {name: score[name] for name in score["anywhere"]} == score["anywhere"]
    assert (score["conduct"]["freelancer"]["contracts"], score["conduct"]["freelancer"]["facts"]) == (1, [])
    why = await at_carol.get(f"/reputation/{NAMES[bob]}/why")
    (share,) = why["evidence"]
    assert (share["review"], share["author"], share["contract"]) == (written["review"], NAMES[alice], contract)
    assert share["delta"] > 0
    assert (share["weight"], share["trust"], share["place"], share["path"], share["grade"]) == (1, 1, 1, [], "B")
    assert why | {"left_out": 0} == score | {"evidence": [share]}


async def test_the_subject_of_a_review_answers_it_once(counters):
    at_alice, at_bob, at_carol = counters
    contract = await finished(counters)
    written = await at_alice.post("/reviews", {"contract": contract, **LEVELS, "text": "Quick and kind."})
    await at_bob.post("/reviews", {"contract": contract, **LEVELS, "text": "Paid at once."})
    written |= {"shown": True}
    replied = await at_bob.post(f"/reviews/{written['review']}/reply", {"text": "You too."})
    assert replied == written | {"reply": "You too."}
    assert await at_carol.get("/reviews", of=NAMES[bob]) == {"reviews": [replied]}
    again = {"text": "And more."}
    assert await at_bob.denied("POST", f"/reviews/{written['review']}/reply", again) == (409, "replied-already")
    assert await at_alice.denied("POST", f"/reviews/{written['review']}/reply", again) == (409, "not-yours")
    assert await at_carol.denied("GET", "/reviews") == (400, "bad-request")
    assert await at_carol.denied("GET", "/reviews", of=NAMES[bob], by=NAMES[bob]) == (400, "bad-request")


async def test_a_review_that_does_not_count_says_why(market, counters):
    at_carol = counters[2]
    stall = market.stalls[at_carol.office.desk.me]
    stall.hears(mallory.inception)
    stall.hears(review(mallory, bob, bytes(32), level=0, text="A crook!"))
    (view,) = (await at_carol.get("/reviews", of=NAMES[bob]))["reviews"]
    assert (view["counts"], view["why_not"]) == (False, "its contract is not known here")
    why = await at_carol.get(f"/reputation/{NAMES[bob]}/why")
    assert why["left_out"] == [{"review": view["review"], "reason": view["why_not"]}]


async def test_a_review_before_the_end_waits(counters):
    _, _, contract = await agreed(counters)
    assert await counters[0].denied("POST", "/reviews", {"contract": contract, **LEVELS}) == (409, "not-finished")


async def test_the_owner_has_a_profile_that_others_see(counters):
    at_alice, at_bob, _ = counters
    before = await at_alice.get("/identity")
    assert (before["name"], before["identity"]) == (None, NAMES[alice])
    body = {"name": "Alice Weber", "about": "Bread.\nAnd butter.", "roles": ["client"], "languages": ["de", "en"]}
    after = await at_alice.put("/identity", body)
    assert {key: after[key] for key in body} == body
    assert await at_bob.get(f"/identities/{NAMES[alice][:11]}") == after
    assert (after["key"], after["inception"]) == (alice.key.key.hex(), text.show(alice.inception.id, text.RECORD))
    assert await at_alice.denied("PUT", "/identity", {"name": ""}) == (400, "bad-profile")
    assert await at_alice.denied("PUT", "/identity", {"name": "A", "roles": ["king"]}) == (400, "bad-profile")


async def test_text_that_a_keyboard_composed_otherwise_is_the_same_text(counters):
    made = await counters[0].post("/offers", LOGO | {"title": "Cafe\u0301", "skills": ["Tra\u0308ume"]})
    assert (made["title"], made["skills"]) == ("Caf\u00e9", ["Tr\u00e4ume"])


async def test_contacts_are_trusted(counters):
    at_alice = counters[0]
    assert await at_alice.post("/contacts", {"identity": NAMES[bob], "label": "Bob"}) == {}
    assert at_alice.office.desk.stores.contacts.trusted(bob.id)
    unknown = text.show(bytes(32), text.IDENTITY)
    assert await at_alice.denied("POST", "/contacts", {"identity": unknown}) == (404, "not-found")
    (listed,) = (await at_alice.get("/contacts"))["contacts"]
    assert (listed["identity"], listed["label"]) == (NAMES[bob], "Bob")
    assert await at_alice.post(f"/contacts/{NAMES[bob]}/remove", {}) == {}
    assert await at_alice.get("/contacts") == {"contacts": []}
    assert await at_alice.denied("POST", f"/contacts/{NAMES[bob]}/remove", {}) == (404, "not-found")


async def test_a_relay_without_a_key_shows_and_signs_nothing(counters):
    at_carol = counters[2]
    at_carol.office.desk.signer = None
    for method, path, body in (
        ("GET", "/identity", None),
        ("PUT", "/identity", {"name": "Carol"}),
        ("POST", "/offers", LOGO),
    ):
        assert await at_carol.denied(method, path, body) == (409, "no-identity")
    assert await at_carol.denied("GET", "/offers", mine=1) == (409, "no-identity")
    assert await at_carol.get("/contracts") == {"contracts": [], "serving": []}
    assert await at_carol.get("/disputes") == {"disputes": []}
    assert await at_carol.get("/proposals", order="time") == {
        "received": [],
        "sent": [],
        "order": "time",
        "ordered": "as they come, newest first",
    }


async def test_the_node_is_asked_and_told(counters):
    at_alice = counters[0]
    waiting = {"turns": 0, "changes": 0, "claimable": 0, "proposals": 0}
    told = await at_alice.get("/status")
    assert told.pop("page")["address"] is None
    assert told == {"network": "test-market", "waiting": waiting}
    assert await at_alice.post("/node/ban", {"peer": "12D3", "hours": 2}) == {}
    assert (await at_alice.get("/node/peers"))["banned"] == [{"peer": "12D3", "until": 2}]
    await at_alice.post("/node/unban", {"peer": "12D3"})
    assert (await at_alice.get("/node/peers"))["banned"] == []
    assert await at_alice.post("/node/connect", {"address": "/ip4/127.0.0.1/tcp/1"}) == {"peer": "12D3"}
    assert await at_alice.denied("POST", "/node/connect", {"address": "nowhere"}) == (502, "unreachable")
    assert "core" in await at_alice.get("/node/statistics")
    assert await at_alice.post("/shutdown") == {}
    assert (at_alice.status, at_alice.office.stopped) == (202, 1)


def batch(*records):
    return base64.b64encode(frame.pack_batch([pack(record) for record in records])).decode()


async def test_records_brought_by_hand_are_judged_as_gossip_is_and_a_few_are_passed_on(market, counters):
    at_carol = counters[2]
    wrong = raw("offer/1", b"\x80", mallory, slot=b"x" * 16, till=market.now + DAY_MS)
    first = batch(mallory.inception, profile(mallory), offer(mallory), wrong)
    answer = await at_carol.post("/dev/ingest", {"batches": [first, batch(offer(mallory))]})
    assert {name: answer[name] for name in ("accepted", "ignored", "refused")} == {
        "accepted": 3, "ignored": 1, "refused": 1,
    }  # fmt: skip
    assert answer["reasons"]["known"] == 1
    assert len(answer["reasons"]) == 2
    assert [view["author_name"] for view in (await at_carol.get("/offers"))["offers"]] == ["Mallory"]
    assert [view["author_name"] for view in (await counters[1].get("/offers"))["offers"]] == ["Mallory"]
    names = {name for _, name in market.stalls[at_carol.office.desk.me].desk.stores.records.after(0, 999)}
    assert offer(mallory).id in names


async def test_more_bulk_records_at_once_than_any_peer_may_bring_are_taken_and_told_to_nobody(counters):
    records = [offer(mallory, number=number) for number in range(1_200)]
    first = [batch(mallory.inception)]
    batches = first + [batch(*records[start : start + 60]) for start in range(0, 1_200, 60)]
    answer = await counters[2].post("/dev/ingest", {"batches": batches})
    assert answer == {"accepted": 1_201, "ignored": 0, "refused": 0, "reasons": {}}
    assert (await counters[1].get("/offers"))["offers"] == []


@pytest.mark.parametrize("batches", [["%"], ["AAAA"], [base64.b64encode(b"\x90").decode()]])
async def test_what_is_no_batch_is_told(counters, batches):
    assert await counters[2].denied("POST", "/dev/ingest", {"batches": batches}) == (400, "bad-request")
