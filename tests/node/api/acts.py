"""What two parties and an arbiter do over the API, for stories by the table of contracts."""

from freehold.protocol import text
from tests.cast import MINUTE_MS, carol
from tests.node.api.story import BID, LOGO

CAROL = text.show(carol.id, text.IDENTITY)


async def signed(counters, **fields):
    """The name of a contract between alice and bob."""
    at_alice, at_bob, _ = counters
    published = await at_alice.post("/offers", LOGO)
    proposed = await at_bob.post("/proposals", {"offer": published["offer"], **BID, **fields})
    assert at_bob.status == 201, proposed
    return (await at_alice.post(f"/proposals/{proposed['proposal']}/accept"))["contract"]


async def said(counter, contract, verb, body=None):
    """An entry, which counts."""
    view = await counter.post(f"/contracts/{contract}/{verb}", body or {})
    assert counter.status == 200, view
    return view


async def refused(counter, contract, verb, body=None, *, code):
    """An entry that is denied with this code."""
    assert (await counter.denied("POST", f"/contracts/{contract}/{verb}", body or {}))[1] == code


def later(market, ms):
    """Time passes: every node vouches for what it has, and then that long."""
    for step in (MINUTE_MS, ms):
        market.now += step
        for stall in market.stalls.values():
            market.carry(stall, stall.service.tick(market.now))


def first(view):
    return view["milestones"][0]


async def disputed(counters, **fields):
    """A contract whose client has called carol, the arbiter, after a delivery."""
    at_alice, at_bob, _ = counters
    contract = await signed(counters, arbiters=[CAROL], **fields)
    await said(at_bob, contract, "deliver", {"note": "Here."})
    await said(at_alice, contract, "dispute", {"text": "It is a fish.", "clauses": ["1"]})
    return contract
