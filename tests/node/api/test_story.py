"""One market over the API from the first offer to the last review, each answer held against the contract of the API."""

from tests.cast import DAY_MS, alice, bob
from tests.node.api.story import (
    BID,
    CONTRACT_VIEW,
    LOGO,
    NAMES,
    OFFER_VIEW,
    PROPOSAL_VIEW,
    SUMMARY_VIEW,
    agreed,
    finished,
)


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
    assert found == {"received": [got], "sent": [], "folds": [], "order": "reputation", "ordered": found["ordered"]}
    assert [view["proposal"] for view in (await at_bob.get("/proposals"))["sent"]] == [sent["proposal"]]
    assert await at_carol.denied("GET", f"/proposals/{sent['proposal']}") == (404, "not-found")
    other = await at_bob.post("/proposals", {"offer": sent["offer"], **BID})
    withdraw = f"/proposals/{other['proposal']}/withdraw"
    assert await at_alice.denied("POST", withdraw, {}) == (409, "not-yours")
    draft = await at_bob.post(withdraw, {"reason": "I am ill.", "draft": True})
    assert f"proposal  {other['proposal']}" in draft["text"]
    withdrawn = await at_bob.post(withdraw, {"reason": "I am ill.", "expect": draft["hash"]})
    assert (withdrawn["state"], withdrawn["reason"]) == ("withdrawn", "I am ill.")
    assert await at_alice.denied("POST", f"/proposals/{other['proposal']}/accept", {}) == (409, "not-open")
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
        "turn": "freelancer", "turn_identity": NAMES[bob], "turn_name": None, "turn_label": None,
        "deadline": started + 8 * DAY_MS,
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
