"""What the owner can have erased, and what not, over the API."""

from __future__ import annotations

from freehold.protocol import text
from tests.cast import alice
from tests.node.api.story import BID, LOGO


async def test_an_offer_is_erased_by_its_name_and_found_no_more(counters):
    at_alice, at_bob, _ = counters
    published = await at_alice.post("/offers", LOGO)
    gone = await at_bob.post(f"/records/{published['offer']}/erase")
    assert (gone["record"], gone["kind"], gone["scrubbed"]) == (published["record"], "offer/1", True)
    assert (gone["author"], gone["body_bytes"] > 100) == (text.show(alice.id, text.IDENTITY), True)
    assert (await at_bob.get("/offers"))["offers"] == []
    assert (await at_bob.denied("GET", f"/offers/{published['offer']}"))[1] == "not-found"
    assert (await at_bob.denied("POST", f"/records/{published['record']}/erase"))[1] == "already-erased"
    assert len((await at_alice.get("/offers"))["offers"]) == 1


async def test_what_a_running_contract_needs_stays_until_its_end(market, counters):
    at_alice, at_bob, _ = counters
    published = await at_alice.post("/offers", LOGO)
    proposed = await at_bob.post("/proposals", {"offer": published["offer"], **BID})
    contract = (await at_alice.post(f"/proposals/{proposed['proposal']}/accept"))["contract"]
    assert (await at_alice.denied("POST", f"/records/{proposed['proposal']}/erase"))[1] == "needed"
    await at_bob.post(f"/contracts/{contract}/deliver", {"note": "Here it is."})
    steps = (await at_alice.get(f"/contracts/{contract}"))["timeline"]
    delivery = steps[-1]["record"]
    assert (await at_alice.denied("POST", f"/records/{delivery}/erase"))[1] == "needed"
    for part in (1, 2):
        view = await at_alice.post(f"/contracts/{contract}/settle", {"part": part, "award": 0})
        await at_bob.post(f"/contracts/{contract}/agree", {"change": view["changes"][-1]["change"]})
    assert (await at_alice.get(f"/contracts/{contract}"))["state"] == "closed"
    await at_alice.post(f"/records/{delivery}/erase")
    await at_alice.post(f"/records/{proposed['proposal']}/erase")
    view = await at_alice.get(f"/contracts/{contract}")
    assert view["state"] == "closed"
    assert [step["record"] for step in view["timeline"]][: len(steps)] == [step["record"] for step in steps]
    assert view["clauses"] is None or view["clauses"] == []
    assert (await at_alice.denied("POST", f"/records/{view['timeline'][-1]['record']}/erase"))[1] == "needed"


async def test_names_that_lead_nowhere_are_said_to(counters):
    at_alice, _, _ = counters
    nothing = bytes(32)
    assert (await at_alice.denied("POST", f"/records/{text.show(nothing, text.RECORD)}/erase"))[1] == "not-found"
    assert (await at_alice.denied("POST", f"/records/{text.show(nothing, text.OFFER)}/erase"))[1] == "not-found"
    assert (await at_alice.denied("POST", "/records/nonsense/erase"))[1] == "bad-name"


async def test_a_backup_is_asked_for_by_a_path_and_told_of_afterwards(counters):
    at_alice = counters[0]
    assert (await at_alice.get("/backups")) == {"last": None}
    made = await at_alice.post("/backups", {"file": "/somewhere/b"})
    assert (at_alice.status, made["file"]) == (201, "/somewhere/b")
    assert (await at_alice.get("/backups"))["last"]["file"] == "/somewhere/b"
    for odd in ("relative", "", "/", "/\0", "/" + "x" * 5_000):
        assert (await at_alice.denied("POST", "/backups", {"file": odd}))[1] == "bad-request"
