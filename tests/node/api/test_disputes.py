"""Disputes by the whole table of contracts, over the API: an arbiter hears both and rules, or does not."""

from tests.node.api.acts import CAROL, disputed, first, refused, said, signed
from tests.node.api.story import BID


async def test_an_arbiter_takes_a_case_hears_both_and_rules(market, counters):
    at_alice, at_bob, at_carol = counters
    contract = await disputed(counters)
    view = await at_carol.get(f"/contracts/{contract}")
    assert (view["my_role"], view["my_turns"], first(view)["turn_identity"]) == ("arbiter", [1], CAROL)
    assert view["clauses"] == BID["clauses"]
    assert [one["contract"] for one in (await at_carol.get("/contracts"))["serving"]] == [contract]
    (listed,) = (await at_carol.get("/disputes"))["disputes"]
    assert (listed["contract"], listed["disputed"]) == (contract, [1])
    await refused(at_bob, contract, "take", code="not-your-turn")
    await said(at_carol, contract, "take")
    await refused(at_alice, contract, "answer", {"text": "x"}, code="not-your-turn")
    await said(at_bob, contract, "answer", {"text": "It is a croissant."})
    await said(at_bob, contract, "evidence", {"text": "A photo.", "files": [{"name": "a.jpg", "sha256": "ab" * 32}]})
    assert [words["text"] for words in (await at_carol.get(f"/contracts/{contract}"))["evidence"]][-1] == "A photo."
    ruling = {"award": 500, "fault": "nobody", "findings": [{"clause": "1", "finding": "kept"}], "reasons": "Both."}
    await refused(at_carol, contract, "rule", ruling | {"fault": "the moon"}, code="bad-entry")
    view = await said(at_carol, contract, "rule", ruling)
    assert (first(view)["state"], first(view)["award"], first(view)["ruled"]) == ("owed", 500, True)
    seen = await at_alice.get(f"/contracts/{contract}")
    assert first(seen)["due"] == {"amount": 7_500, "unit": "EUR"}
    assert seen["timeline"][-1]["words"]["text"] == "Both."
    await refused(at_bob, contract, "appeal", code="not-your-turn")
    await at_carol.post("/services", {"service": "arbiter", "about": "Fish and bread."})
    (service,) = (await at_alice.get("/services", service="arbiter"))["services"]
    assert (service["identity"], service["about"]) == (CAROL, "Fish and bread.")
    assert service["served"] == {"taken": 1, "ruled": 1, "declined": 0, "not_taken": 0, "silent": 0}


async def test_an_arbiter_who_passes_leads_to_the_fallback(counters):
    contract = await disputed(counters, fallback="freelancer")
    view = await said(counters[2], contract, "pass")
    assert (first(view)["state"], first(view)["award"]) == ("owed", 1000)
    assert [mark["what"] for mark in view["marks"]] == ["declined the case"]


async def test_denied_money_calls_the_arbiter(counters):
    at_alice, at_bob, _ = counters
    contract = await signed(counters, arbiters=[CAROL])
    await said(at_bob, contract, "deliver")
    await said(at_alice, contract, "accept")
    await said(at_alice, contract, "pay", {"rail": "SEPA"})
    view = await said(at_bob, contract, "deny", {"reason": "Nothing came."})
    assert first(view)["state"] == "awaiting arbiter"
