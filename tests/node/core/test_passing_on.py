"""A node that starts publishes its inbox before it has neighbours; those it meets first pass it on."""

from freehold.node.core import direct
from freehold.node.core.effects import Announce, Ask, Hand
from freehold.protocol import requests
from tests.cast import MINUTE_MS, alice, carol
from tests.node.core.market import Market, store_names


def caught_up(reader, source, market):
    """What the reader announces while it reads all that the source has."""
    waiting = reader.service.connected("the source", market.now)
    announced = []
    while waiting:
        effect = waiting.pop(0)
        if isinstance(effect, Ask):
            reply, _ = source.service.answer(requests.write(effect.request), "the reader", market.now)
            waiting += reader.service.replied(effect.peer, effect.request, reply, market.now)
        elif isinstance(effect, Announce):
            announced.append(effect.record)
    return announced


def two(market):
    at_alice = market.open(alice)
    market.stalls.clear()  # nobody has heard of alice
    at_carol = market.open(carol)
    market.stalls[alice.id] = at_alice
    return at_alice, at_carol


def test_what_has_just_been_published_is_passed_on_by_those_who_catch_up():
    market = Market()
    at_alice, at_carol = two(market)
    announced = caught_up(at_carol, at_alice, market)
    assert "inbox/1" in {record.header.kind for record in announced}
    assert {record.id for record in announced} <= {name for _, name in store_names(at_alice)}
    assert caught_up(at_carol, at_alice, market) == []
    market.close()


def test_what_is_older_has_gone_round_and_is_not_told_again():
    market = Market()
    at_alice, at_carol = two(market)
    market.now += 3 * MINUTE_MS
    assert caught_up(at_carol, at_alice, market) == []
    assert at_carol.desk.stores.records.latest(alice.id, "inbox/1", b"inbox") is not None
    market.close()


def test_a_parcel_whose_handing_over_was_lost_is_handed_over_again():
    market = Market()
    at_alice, at_carol = market.open(alice), market.open(carol)
    direct.post(at_alice.desk, carol.inception, carol.id, market.now)
    (first,) = (effect for effect in at_alice.service.parcels(market.now) if isinstance(effect, Hand))
    assert at_alice.service.parcels(market.now + MINUTE_MS) == []
    (again,) = at_alice.service.parcels(market.now + 2 * MINUTE_MS)
    assert isinstance(again, Hand)
    assert (again.parcel.record, again.nodes) == (first.parcel.record, first.nodes)
    assert at_carol.notices == []
    market.close()
