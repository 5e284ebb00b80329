"""Offers: published, found by others, closed; and every way in which that is denied."""

import dataclasses

import pytest

from freehold.node.core import catalog
from freehold.node.core.desk import Denied
from freehold.node.core.ports import OfferQuery
from freehold.protocol.envelope import place_of
from freehold.protocol.kinds.offer import FIXED, SERVICE, WANTED, Budget, Offer
from freehold.protocol.network import Quotas, network
from tests.cast import DAY_MS, NETWORK, alice, bob
from tests.node.core.market import Market, denied

LOGO = Offer(WANTED, "A logo for a bakery", "A croissant, drawn by hand.", ("Drawing",))


def place_named(record):
    return place_of(record.header) or b""


def open_titles(stall, market):
    page = catalog.search(stall.desk, OfferQuery(now=market.now))
    return [catalog.show(stall.desk, place_named(record))[1].title for record in page.records]


def test_an_offer_is_found_by_others_until_it_is_closed(market, stalls):
    at_alice, at_bob, _ = stalls
    record = market.does(at_alice, catalog.publish, LOGO, 30 * DAY_MS)
    assert record.header.till == market.now + 30 * DAY_MS
    assert open_titles(at_bob, market) == ["A logo for a bakery"]
    closed = market.does(at_alice, catalog.close, place_named(record))
    assert place_named(closed) == place_named(record)
    assert open_titles(at_bob, market) == open_titles(at_alice, market) == []
    assert catalog.show(at_bob.desk, place_named(record))[1] == dataclasses.replace(LOGO, closed=True)


def test_a_new_version_replaces_the_old_one_everywhere_and_is_open_for_as_long_as_it_says(market, stalls):
    at_alice, at_bob, _ = stalls
    place = place_named(market.does(at_alice, catalog.publish, LOGO, 30 * DAY_MS))
    better = dataclasses.replace(LOGO, title="A logo for two bakeries")
    edited = market.does(at_alice, catalog.edit, place, better, 10 * DAY_MS)
    assert (place_named(edited), edited.header.till) == (place, edited.header.at + 10 * DAY_MS)
    assert open_titles(at_bob, market) == open_titles(at_alice, market) == ["A logo for two bakeries"]


def test_what_cannot_be_edited_is_denied(market, stalls):
    at_alice, at_bob, _ = stalls
    place = place_named(market.does(at_alice, catalog.publish, LOGO, 30 * DAY_MS))
    assert denied(at_bob, market, catalog.edit, place, LOGO, DAY_MS).code == "not-yours"
    assert denied(at_alice, market, catalog.edit, bytes(32), LOGO, DAY_MS).code == "not-found"
    service = dataclasses.replace(LOGO, side=SERVICE)
    assert denied(at_alice, market, catalog.edit, place, service, DAY_MS).code == "bad-offer"
    assert denied(at_alice, market, catalog.edit, place, LOGO, 181 * DAY_MS).code == "bad-offer"
    market.does(at_alice, catalog.close, place)
    assert denied(at_alice, market, catalog.edit, place, LOGO, DAY_MS).code == "already-closed"


def test_two_offers_with_the_same_words_are_two(market, stalls):
    at_alice, at_bob, _ = stalls
    places = {place_of(market.does(at_alice, catalog.publish, LOGO, DAY_MS).header) for _ in range(3)}
    assert len(places) == 3
    assert len(open_titles(at_bob, market)) == 3


def test_closing_in_the_same_millisecond_as_publishing_still_closes(market, stalls):
    at_alice, at_bob, _ = stalls
    record = market.does(at_alice, catalog.publish, LOGO, DAY_MS)
    assert market.does(at_alice, catalog.close, place_named(record)).header.at == record.header.at + 1
    assert open_titles(at_bob, market) == []


def test_an_offer_that_has_expired_can_still_be_closed(market, stalls):
    at_alice = stalls[0]
    place = place_of(market.does(at_alice, catalog.publish, LOGO, DAY_MS).header)
    market.now += 2 * DAY_MS
    assert market.does(at_alice, catalog.close, place).header.till > market.now


@pytest.mark.parametrize(
    ("offer", "life_ms", "word"),
    [
        (dataclasses.replace(LOGO, title=" "), DAY_MS, "title"),
        (dataclasses.replace(LOGO, title="two\nlines"), DAY_MS, "title"),
        (dataclasses.replace(LOGO, side="both"), DAY_MS, "side"),
        (dataclasses.replace(LOGO, skills=("Ink", "ink")), DAY_MS, "skill"),
        (dataclasses.replace(LOGO, budget=Budget(FIXED, "EUR", 5, 4)), DAY_MS, "lower end"),
        (dataclasses.replace(LOGO, budget=Budget(FIXED, "euro", 4, 5)), DAY_MS, "euro"),
        (dataclasses.replace(LOGO, description="e\u0301"), DAY_MS, "NFC"),
        (dataclasses.replace(LOGO, description="\u8a9e" * 4_000), DAY_MS, "bytes"),
        (LOGO, 181 * DAY_MS, "180 days"),
        (LOGO, 0, "180 days"),
        (LOGO, 2**60, "integer"),
    ],
)
def test_what_other_nodes_would_refuse_is_denied_with_the_reason(market, stalls, offer, life_ms, word):
    found = denied(stalls[0], market, catalog.publish, offer, life_ms)
    assert found.code == "bad-offer"
    assert word in found.what


def test_more_open_offers_than_others_keep_are_denied_until_one_is_closed():
    quotas = Quotas(open_offers=2)
    market = Market(dataclasses.replace(network(NETWORK), quotas=quotas))
    at_alice = market.open(alice)
    records = [market.does(at_alice, catalog.publish, LOGO, DAY_MS) for _ in range(2)]
    assert denied(at_alice, market, catalog.publish, LOGO, DAY_MS).code == "quota-open-offers"
    market.does(at_alice, catalog.close, place_of(records[0].header))
    market.does(at_alice, catalog.publish, LOGO, DAY_MS)
    market.close()


def test_more_a_day_than_others_take_is_denied_until_tomorrow():
    quotas = Quotas(open_offers=100, trusted_a_day=3)
    market = Market(dataclasses.replace(network(NETWORK), quotas=quotas))
    at_alice = market.open(alice)
    for _ in range(3):
        market.does(at_alice, catalog.publish, LOGO, DAY_MS)
    assert denied(at_alice, market, catalog.publish, LOGO, DAY_MS).code == "quota-a-day"
    market.now += DAY_MS + 1
    market.does(at_alice, catalog.publish, LOGO, DAY_MS)
    market.close()


def test_closing_is_denied_for_strangers_offers_twice_and_for_what_is_no_offer(market, stalls):
    at_alice, at_bob, _ = stalls
    place = place_of(market.does(at_alice, catalog.publish, LOGO, DAY_MS).header)
    assert denied(at_bob, market, catalog.close, place).code == "not-yours"
    assert denied(at_alice, market, catalog.close, bytes(32)).code == "not-found"
    inbox = at_alice.desk.stores.records.latest(alice.id, "inbox/1", b"inbox")
    assert denied(at_alice, market, catalog.close, place_of(inbox.header)).code == "not-found"
    market.does(at_alice, catalog.close, place)
    assert denied(at_alice, market, catalog.close, place).code == "already-closed"


def test_a_node_without_a_key_publishes_nothing(market, stalls):
    at_bob = stalls[1]
    at_bob.desk.signer = None
    with pytest.raises(Denied) as caught:
        catalog.publish(at_bob.desk, LOGO, DAY_MS, market.now)
    assert caught.value.code == "no-identity"
    assert bob.id not in {record.author for record in at_bob.desk.stores.records.of_kind("offer/1", 9)}
