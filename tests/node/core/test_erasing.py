"""What was for the owner alone is forgotten in time, unless a contract came of it."""

from freehold.node.core import proposing
from freehold.node.core.erasing import FORGET_MS, Forgetting
from tests.cast import DAY_MS, HOUR_MS, alice, carol, offer, proposal
from tests.node.core.test_proposing import proposed, published


def test_a_proposal_of_which_nothing_came_is_erased_a_season_after_its_end(market, stalls):
    at_alice = stalls[0]
    records = at_alice.desk.stores.records
    for number in range(3):
        records.add(proposal(carol, alice, offer(alice, number=number), salt=number), market.now, shared=False)
    kept = records.of_kind("proposal/1", 9)
    forgetting = Forgetting(at_alice.desk)
    end = max(record.header.till for record in kept)
    assert forgetting.due(end + FORGET_MS) == 0
    assert forgetting.due(end + FORGET_MS + HOUR_MS - 1) == 0
    assert forgetting.due(end + FORGET_MS + HOUR_MS) == 3
    assert records.of_kind("proposal/1", 9) == []
    assert [records.add(record, market.now, shared=False) for record in kept] == [False] * 3


def test_what_a_contract_came_of_is_kept(market, stalls):
    at_alice, at_bob, at_carol = stalls
    place = published(market, at_alice)
    letters = [proposed(market, stall, place).id for stall in (at_bob, at_carol)]
    market.does(at_alice, proposing.accept, letters[0])
    for stall in stalls:
        before = stall.desk.stores.records.totals().get("proposal/1", 0)
        erased = Forgetting(stall.desk).due(market.now + 365 * DAY_MS)
        assert (before, erased) == {at_alice.person: (2, 1), at_bob.person: (1, 0), at_carol.person: (1, 1)}[
            stall.person
        ]
    assert at_alice.desk.stores.records.get(letters[0]) is not None
