"""Stories by the whole table of contracts, over the API: each verb, who may say it, and what everybody then sees."""

import pytest

from freehold.cli.contracts import disputes, listing, show_contract
from freehold.cli.scope import show_scope
from freehold.node.api.entries import TABLE
from tests.cast import DAY_MS, HOUR_MS, MINUTE_MS, alice, bob
from tests.node.api.acts import CAROL, disputed, first, later, refused, said, signed
from tests.node.api.story import BID, LOGO, NAMES


async def test_a_revision_cites_clauses_and_its_words_are_for_the_parties(market, counters):
    at_alice, at_bob, at_carol = counters
    contract = await signed(counters)
    await said(at_bob, contract, "deliver", {"note": "Here."})
    await refused(at_alice, contract, "revise", {"clauses": ["9"], "note": "More!"}, code="not-your-turn")
    await refused(at_alice, contract, "revise", {"clauses": []}, code="bad-entry")
    view = await said(at_alice, contract, "revise", {"clauses": ["1"], "note": "Bluer, please."})
    assert (first(view)["state"], first(view)["revisions_left"], first(view)["turn"]) == ("revision", 1, "freelancer")
    step = (await at_bob.get(f"/contracts/{contract}"))["timeline"][-1]
    assert (step["kind"], step["body"]["clauses"], step["words"]["text"]) == ("revision/1", ["1"], "Bluer, please.")
    stranger = (await at_carol.get(f"/contracts/{contract}"))["timeline"][-1]
    assert (stranger["body"]["clauses"], stranger["words"]) == (["1"], None)


async def test_what_stands_in_the_way_stops_the_freelancers_clock(market, counters):
    at_alice, at_bob, _ = counters
    contract = await signed(counters)
    view = await said(at_bob, contract, "block", {"need": "The old sign."})
    assert (first(view)["state"], first(view)["turn"], first(view)["silence"]["leads_to"]) == (
        "blocked", "client", "abandoned",
    )  # fmt: skip
    market.now += DAY_MS
    view = await said(at_alice, contract, "unblock", {"note": "In the post."})
    assert first(view)["state"] == "working"
    assert first(view)["deadline"] == market.now + 8 * DAY_MS


async def test_hours_are_reported_and_what_is_due_is_counted_from_our_own_terms(market, counters):
    at_alice, at_bob, _ = counters
    part = {"title": "Support", "amount": 6_000, "unit": "EUR", "days": 7, "hourly": True, "hours": 10}
    contract = await signed(counters, parts=[part])
    begins = market.now
    market.now += 7 * DAY_MS
    await refused(at_bob, contract, "deliver", {}, code="not-your-turn")
    await refused(at_bob, contract, "timesheet", {"begins": begins, "minutes": 601}, code="too-many-hours")
    view = await said(at_bob, contract, "timesheet", {"begins": begins, "minutes": 455, "note": "Mails."})
    assert (first(view)["basis"], first(view)["due"]) == ("hourly", {"amount": 45_500, "unit": "EUR"})
    await said(at_alice, contract, "accept")
    view = await said(at_alice, contract, "pay", {"rail": "SEPA"})
    assert view["timeline"][-1]["body"]["paid"] == {"amount": 45_500, "unit": "EUR"}
    assert view["timeline"][-1]["says"] == "455.00 EUR by SEPA"
    view = await said(at_bob, contract, "confirm")
    assert first(view)["state"] == "working"
    view = await said(at_bob, contract, "finish")
    assert view["state"] == "closed"


async def test_another_amount_than_is_due_is_confirmed_on_purpose_only(market, counters):
    at_alice, at_bob, _ = counters
    contract = await signed(counters)
    await said(at_bob, contract, "deliver")
    await said(at_alice, contract, "accept")
    await said(at_alice, contract, "pay", {"rail": "SEPA", "amount": 14_000, "unit": "EUR"})
    problem = await at_bob.post(f"/contracts/{contract}/confirm", {})
    assert (at_bob.status, problem["code"]) == (409, "amount-differs")
    assert problem["detail"] == "the payer states 140.00 EUR, and 150.00 EUR is due"
    assert "--amount" in problem["hint"]
    await refused(at_bob, contract, "confirm", {"amount": 14_000}, code="bad-request")
    view = await said(at_bob, contract, "confirm", {"amount": 14_000, "unit": "EUR"})
    assert first(view)["state"] == "settled"


async def test_an_unknown_way_to_pay_is_told(counters):
    at_alice, at_bob, _ = counters
    contract = await signed(counters)
    await said(at_bob, contract, "deliver")
    await said(at_alice, contract, "accept")
    at_alice.office.desk.rails = {}
    await refused(at_alice, contract, "pay", {"rail": "SEPA"}, code="no-such-rail")


async def test_a_settlement_needs_both_and_what_is_due_follows_it(market, counters):
    at_alice, at_bob, _ = counters
    contract = await signed(counters)
    view = await said(at_alice, contract, "settle", {"award": 333})
    (change,) = view["changes"]
    assert (change["what"], change["award"], change["by"], change["state"]) == ("settlement", 333, "client", "open")
    assert view["my_changes"] == []
    assert (await at_bob.get("/status"))["waiting"]["changes"] == 1
    await refused(at_alice, contract, "agree", code="not-found")
    await refused(at_alice, contract, "agree", {"change": change["change"]}, code="not-your-turn")
    view = await said(at_bob, contract, "agree")
    assert (first(view)["state"], first(view)["due"]) == ("owed", {"amount": 4_995, "unit": "EUR"})
    await said(at_alice, contract, "pay", {"rail": "cash"})
    view = await said(at_bob, contract, "confirm")
    assert (first(view)["state"], view["marks"]) == ("resolved", [])


async def test_terms_change_when_both_sign_and_every_version_is_shown(market, counters):
    at_alice, at_bob, at_carol = counters
    contract = await signed(counters)
    given = {
        "parts": [{"part": 2, "work_ms": 20 * DAY_MS, "title": "The drawing"}],
        "added": [{"title": "A print", "amount": 5_000, "unit": "EUR", "days": 3}],
        "clauses": [{"id": "1", "text": "Three rounds of changes."}, {"id": "2", "text": "One print on wood."}],
        "note": "A print as well.",
    }
    await refused(at_bob, contract, "amend", {}, code="nothing-changed")
    await refused(at_bob, contract, "amend", {"parts": [{"part": 3, "title": "x"}]}, code="no-such-part")
    await said(at_bob, contract, "amend", given)
    await said(at_alice, contract, "decline")
    await said(at_bob, contract, "amend", given)
    await said(at_bob, contract, "withdraw")
    await said(at_bob, contract, "amend", given)
    view = await said(at_alice, contract, "agree")
    assert [change["state"] for change in view["changes"]] == ["declined", "withdrawn", "agreed"]
    assert [scope["version"] for scope in view["scopes"]] == [1, 2]
    assert view["scopes"][0]["clauses"] == BID["clauses"]
    assert view["clauses"] == view["scopes"][1]["clauses"] == given["clauses"]
    assert [part["title"] for part in view["milestones"]] == ["Sketch", "The drawing", "A print"]
    assert view["milestones"][1]["work_ms"] == 20 * DAY_MS
    assert view["milestones"][2]["state"] == "working"
    stranger = await at_carol.get(f"/contracts/{contract}")
    assert [scope["clauses"] for scope in stranger["scopes"]] == [None, None]
    assert len(stranger["milestones"]) == 3
    for word in ("print", "Sketch", "rounds"):
        assert word.encode() not in at_carol.last[2]


async def test_one_alone_cancels_while_nothing_delivered_waits(counters):
    at_alice, at_bob, _ = counters
    contract = await signed(counters)
    view = await said(at_alice, contract, "cancel")
    assert first(view)["state"] == "cancelled by the client"
    await said(at_bob, contract, "deliver", {"part": 2})
    await refused(at_alice, contract, "cancel", {"part": 2}, code="not-your-turn")


async def test_silence_is_claimed_cured_and_else_falls_on_the_silent_side(market, counters):
    at_alice, at_bob, at_carol = counters
    contract = await signed(counters)
    await said(at_bob, contract, "deliver")
    await refused(at_bob, contract, "claim", code="not-your-turn")
    silence = first(await at_bob.get(f"/contracts/{contract}"))["silence"]
    assert (silence["leads_to"], silence["mark"], silence["claim_by"]) == ("payable", "silent", "freelancer")
    later(market, 10 * DAY_MS + 1)
    waiting = (await at_bob.get("/status"))["waiting"]
    assert (waiting["claimable"], (await at_alice.get("/status"))["waiting"]["turns"]) == (1, 1)
    view = await said(at_bob, contract, "claim")
    claim = first(view)["claim"]
    assert (claim["by"], claim["until"]) == ("freelancer", claim["at"] + 3 * DAY_MS)
    later(market, 3 * DAY_MS + 1)
    view = await at_carol.get(f"/contracts/{contract}")
    assert first(view)["state"] == "payable"
    (mark,) = view["marks"]
    assert (mark["on"], mark["role"], mark["what"], mark["part"]) == (NAMES[alice], "client", "silent", 1)
    assert (view["timeline"][-1]["derived"], view["timeline"][-1]["state"]) == (True, "payable")
    await refused(at_bob, contract, "claim", {"part": 3}, code="no-such-part")


async def test_absences_stop_clocks_and_signs_of_life_are_owed(market, counters):
    at_alice, at_bob, _ = counters
    contract = await signed(counters)
    before = first(await at_bob.get(f"/contracts/{contract}"))["deadline"]
    away = {"since": market.now, "until": market.now + 2 * DAY_MS}
    view = await said(at_bob, contract, "absence", away)
    assert (view["absences"], first(view)["deadline"]) == ([{"role": "freelancer", **away}], before + 2 * DAY_MS)
    market.now += HOUR_MS
    view = await said(at_bob, contract, "resume")
    assert first(view)["deadline"] == before + HOUR_MS
    await refused(at_bob, contract, "resume", code="not-your-turn")
    await refused(at_alice, contract, "claim", {"ping": True}, code="not-found")
    view = await said(at_alice, contract, "ping")
    assert [(ping["by"], ping["turn"]) for ping in view["pings"]] == [("client", "freelancer")]
    view = await said(at_bob, contract, "pong")
    assert view["pings"] == []
    market.now += 8 * DAY_MS
    await said(at_alice, contract, "ping")
    market.now += 5 * DAY_MS + MINUTE_MS
    view = await said(at_alice, contract, "claim", {"ping": True})
    assert view["pings"][0]["claim"]["by"] == "client"


async def test_what_is_agreed_besides_work_and_price(counters):
    at_alice, at_bob, _ = counters
    published = await at_alice.post("/offers", LOGO)
    given = {
        "offer": published["offer"], **BID, "arbiters": [CAROL], "revisions": 0, "fallback": "client",
        "windows": {"review": 4 * DAY_MS, "answer": 2 * DAY_MS},
    }  # fmt: skip
    sent = await at_bob.post("/proposals", given)
    assert at_bob.status == 201, sent
    assert (sent["arbiters"], sent["revisions"], sent["fallback"]) == (
        [{"identity": CAROL, "name": None, "label": None}],
        0,
        "client",
    )
    assert sent["windows"]["answer"] == 2 * DAY_MS
    made = await at_alice.post(f"/proposals/{sent['proposal']}/accept")
    assert [part["review_ms"] for part in made["milestones"]] == [4 * DAY_MS] * 2
    for wrong in (
        {"windows": {"lunch": 5}},
        {"arbiters": [CAROL] * 4},
        {"parts": [{"title": "x", "amount": 1, "unit": "EUR", "days": 5, "work_ms": 5}]},
        {"parts": [{"title": "x", "amount": 1, "unit": "EUR"}]},
    ):
        assert await at_bob.denied("POST", "/proposals", given | wrong) == (400, "bad-request")
    for wrong in ({"arbiters": [NAMES[alice]]}, {"witnesses": [CAROL]}, {"fallback": "the state"}):
        assert await at_bob.denied("POST", "/proposals", given | wrong) == (400, "bad-proposal")


async def test_witnesses_make_times_only_when_enough_of_them_have_seen(market, counters):
    at_alice, at_bob, at_carol = counters
    contract = await signed(counters, witnesses=[CAROL])
    view = await at_bob.get(f"/contracts/{contract}")
    assert (view["quorum"], view["witnesses"]) == (1, [{"identity": CAROL, "name": None, "label": None}])
    assert first(view)["deadline"] is None
    at_carol.office.desk.witness = True
    later(market, MINUTE_MS)
    assert first(await at_bob.get(f"/contracts/{contract}"))["deadline"] is not None
    assert first(await at_bob.get(f"/contracts/{contract}"))["start_witnessed"] is True
    await at_bob.get("/status")
    assert (await at_carol.get(f"/contracts/{contract}"))["my_role"] == "witness"
    assert at_alice.status


async def test_the_owner_is_told_and_can_read_it_again(market, counters):
    at_alice, at_bob, _ = counters
    contract = await signed(counters)
    await said(at_bob, contract, "deliver")
    stall = market.stalls[alice.id]
    market.carry(stall, stall.service.tick(market.now))
    page = await at_alice.get("/notices")
    assert [notice["topic"] for notice in page["notices"]] == ["proposal", "turn"]
    assert (page["notices"][-1]["about"], page["next"]) == (contract, page["notices"][-1]["number"])
    assert (await at_alice.get("/notices", after=0))["notices"] == page["notices"]
    assert await at_alice.get("/notices", after=page["next"]) == {"notices": [], "next": page["next"]}


async def test_no_verb_is_open_to_a_stranger(counters):
    """Whatever a bystander says in a contract is denied."""
    at_carol = counters[2]
    contract = await signed(counters)
    bodies = {
        "revise": {"clauses": ["1"]}, "block": {"need": "x"}, "timesheet": {"begins": 1, "minutes": 1},
        "pay": {"rail": "x", "amount": 1, "unit": "EUR"}, "confirm": {"amount": 1, "unit": "EUR"},
        "settle": {"award": 1}, "absence": {"since": 1, "until": 2**52}, "dispute": {"text": "x"},
        "answer": {"text": "x"}, "rule": {"award": 1, "fault": "both"}, "evidence": {"text": "x"},
        "amend": {"note": "x"}, "agree": {}, "decline": {}, "withdraw": {},
    }  # fmt: skip
    for verb in [row[0] for row in TABLE] + ["evidence"]:
        status, code = await at_carol.denied("POST", f"/contracts/{contract}/{verb}", bodies.get(verb, {}))
        assert (verb, code) in {(verb, "not-yours"), ("amend", "no-terms"), ("agree", "not-found"),
                                ("decline", "not-found"), ("withdraw", "not-found")}  # fmt: skip
        assert status in (404, 409)
    assert bob.id


@pytest.mark.parametrize(
    ("minutes", "cents"), [(1, 2), (2, 3), (20, 33), (40, 67), (60, 100), (599, 998), (600, 1_000)]
)
async def test_hours_are_rounded_to_the_nearest_minor_unit(market, counters, minutes, cents):
    at_alice, at_bob, _ = counters
    part = {"title": "Support", "amount": 100, "unit": "EUR", "days": 7, "hourly": True, "hours": 10}
    contract = await signed(counters, parts=[part])
    await said(at_bob, contract, "timesheet", {"begins": market.now, "minutes": minutes})
    assert first(await at_alice.get(f"/contracts/{contract}"))["due"] == {"amount": cents, "unit": "EUR"}


async def test_the_command_reads_what_the_api_says(counters, capsys):
    at_alice, at_bob, at_carol = counters
    contract = await disputed(counters)
    await said(at_bob, contract, "amend", {"parts": [{"part": 2, "work_ms": 20 * DAY_MS}], "note": "It is more."})
    await said(at_carol, contract, "take")
    await said(at_bob, contract, "answer", {"text": "A croissant."})
    findings = [{"clause": "1", "finding": "not-in-terms"}]
    await said(at_carol, contract, "rule", {"award": 500, "fault": "client", "findings": findings, "reasons": "Why."})
    view = await at_alice.get(f"/contracts/{contract}")
    show_contract(view)
    show_scope(view)
    listing(await at_alice.get("/contracts"))
    disputes(await at_carol.get("/disputes"))
    shown = " ".join(capsys.readouterr().out.split())
    for words in (
        "1. Sketch, 150.00 EUR: owed; due 75.00 EUR; turn: (client) until",
        "the award stays unpaid",
        "the freelancer wants to amend the terms",
        "ruled (milestone 1, now owed): 50 % of the price, fault: client, clause 1 not-in-terms, Why.",
        "at fault:",
        "milestone 2: Drawing, 350.00 EUR, within 10 days -> Drawing, 350.00 EUR, within 20 days",
        "It is a fish. 1 BEYOND the clauses: the arbiter found 1 not in the terms",
        "It is more. BEYOND the clauses, asked as an amendment: open",
        "a change is proposed to you",
    ):
        assert words in shown, words
