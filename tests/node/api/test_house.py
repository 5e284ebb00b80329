"""The node over the API: its peers, how it does, and records that are brought by hand."""

import base64

import pytest

from freehold.protocol import frame
from freehold.protocol.envelope import pack
from tests.cast import DAY_MS, mallory, offer, profile, raw


async def test_the_node_is_asked_and_told(counters):
    at_alice = counters[0]
    waiting = {"turns": 0, "changes": 0, "claimable": 0, "proposals": 0, "folded": 0}
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
