"""Vouches: an edge of trust that its author can take back, and that never speaks of work."""

import pytest

from freehold.node.core import reputation, vouching
from freehold.protocol.errors import NotAllowed
from freehold.protocol.kinds.vouch import MAX_VOUCH_MS, VOUCH, Vouch
from tests.cast import DAY_MS, START_MS, alice, bob, carol, mallory, person, signed, story
from tests.node.core.market import denied

YEAR_MS = 365 * DAY_MS


def seen_by(stall, subject, market):
    return reputation.of(stall.desk, subject.id, market.now)


def hears_a_deal(stall, client, freelancer, market):
    told = story(client, freelancer)
    for record in (client.inception, freelancer.inception, *told.contract_records, *told.commits):
        stall.judges(record, market.now + DAY_MS)
    for record in (told.client_reviews, told.freelancer_reviews):
        stall.judges(record, market.now + DAY_MS)


def test_trust_goes_along_a_vouch_until_it_is_withdrawn(market, stalls):
    at_alice, at_bob, _ = stalls
    market.does(at_bob, lambda desk, now: vouching.vouch(desk, carol.id, ("logo",), "Good.", YEAR_MS, now))
    market.now += DAY_MS
    hears_a_deal(at_alice, carol, mallory, market)
    at_alice.desk.stores.contacts.trust(bob.id, "Bob", market.now)
    found = seen_by(at_alice, mallory, market)
    assert [point.share.path for point in found.points] == [(bob.id, carol.id)]
    assert [body.subject for _, body in vouching.by(at_alice.desk, bob.id, market.now)] == [carol.id]
    market.does(at_bob, vouching.withdraw, carol.id)
    assert vouching.by(at_alice.desk, bob.id, market.now) == []
    assert "nobody's place" in seen_by(at_alice, mallory, market).label


def test_a_vouch_is_over_at_its_end_and_is_given_anew(market, stalls):
    _, at_bob, _ = stalls
    give = lambda desk, now: vouching.vouch(desk, carol.id, (), "", DAY_MS, now)  # noqa: E731
    market.does(at_bob, give)
    market.now += DAY_MS + 1
    assert vouching.by(at_bob.desk, bob.id, market.now) == []
    assert denied(at_bob, market, lambda desk, now: vouching.withdraw(desk, carol.id, now)).code == "not-found"
    market.does(at_bob, give)
    assert len(vouching.by(at_bob.desk, bob.id, market.now)) == 1


@pytest.mark.parametrize("skills", [("",), ("logo", "logo")])
def test_what_cannot_be_signed_is_denied(market, stalls, skills):
    caught = denied(stalls[1], market, lambda desk, now: vouching.vouch(desk, carol.id, skills, "", DAY_MS, now))
    assert caught.code == "bad-vouch"
    assert denied(stalls[1], market, lambda desk, now: vouching.vouch(desk, bob.id, (), "", 1, now)).code == "bad-vouch"


@pytest.mark.parametrize(
    ("subject", "slot", "life_ms", "reason"),
    [
        (bob.id, bob.id, YEAR_MS, None),
        (bob.id, carol.id, YEAR_MS, "slot"),
        (alice.id, alice.id, YEAR_MS, "themselves"),
        (bob.id, bob.id, MAX_VOUCH_MS + 1, "two years"),
        (bob.id, bob.id, 0, "two years"),
        (bob.id, bob.id, None, "two years"),
    ],
)
def test_the_rules_of_the_kind(subject, slot, life_ms, reason):
    till = None if life_ms is None else START_MS + life_ms
    if reason is None:
        record = signed(VOUCH, Vouch(subject), alice, slot=slot, till=till)
        assert VOUCH.open(record) == Vouch(subject)
        return
    with pytest.raises(NotAllowed, match=reason):
        VOUCH.open(signed(VOUCH, Vouch(subject), alice, slot=slot, till=till))


def test_a_crowd_of_vouches_makes_no_trust_of_its_own(market, stalls):
    at_alice = stalls[0]
    crowd = [person(f"sybil {number}") for number in range(5)]
    for one in crowd:
        at_alice.hears(one.inception)
        at_alice.hears(signed(VOUCH, Vouch(mallory.id), one, market.now, slot=mallory.id, till=market.now + YEAR_MS))
    at_alice.desk.stores.contacts.trust(bob.id, "Bob", market.now)
    market.does(stalls[1], lambda desk, now: vouching.vouch(desk, carol.id, (), "", YEAR_MS, now))
    market.now += DAY_MS
    hears_a_deal(at_alice, mallory, person("dave"), market)
    found = seen_by(at_alice, person("dave"), market)
    assert (found.score.counted, [reason for _, reason in found.left_out]) == (
        0,
        ["nobody you trust leads to its author within three steps"],
    )
