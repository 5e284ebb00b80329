"""What the owner is told of contracts, each thing once; and how little work that is with many contracts."""

import pytest

from freehold.node.core import reminding
from freehold.node.core.effects import Notify
from freehold.node.core.reminding import Reminding
from freehold.protocol.kinds.agreement import Milestone
from freehold.protocol.kinds.changes import Settlement
from freehold.protocol.kinds.disputes import BOTH, CaseTaken, Dispute, Ruling
from freehold.protocol.kinds.timing import Absence, Claim, Ping
from tests.cast import DAY_MS, HOUR_MS, MINUTE_MS, agreement, agreement_body, alice, bob, carol, mallory
from tests.node.core.market import desk_of
from tests.node.core.tale import DRAFTS, by_hand, dave, erin

DELIVERED, WORKING = "milestone 1 is delivered", "milestone 1 is working"


@pytest.fixture
def tale(market, stalls):
    found = by_hand(market, at=market.now)
    market.passes(2_000)
    return found


def test_whose_turn_it_is_is_told_to_them_alone_and_once(tale):
    assert tale.told(bob) == [f"{WORKING}: it is your turn"]
    assert tale.told(alice) == tale.told(carol) == []
    tale.does(bob, DRAFTS)
    for _ in range(3):
        tale.market.passes(MINUTE_MS)
        tale.at(alice).restarts()
    assert tale.told(alice) == [f"{DELIVERED}: it is your turn"]
    assert tale.at(alice).notices.count("turn") == 1


def test_half_and_nine_tenths_of_a_deadline_are_told_when_they_have_come(tale):
    tale.does(bob, DRAFTS)
    tale.market.passes(2_000)  # vouched for: from here the ten days run
    days = [0.0, 4.99, 5.01, 8.99, 9.01, 9.99]
    counts = []
    for before, day in zip([0.0, *days], days, strict=False):
        tale.market.passes(round((day - before) * DAY_MS))
        counts.append(len(tale.told(alice, "deadline")))
        tale.at(alice).restarts()
    assert counts == [0, 0, 1, 1, 2, 2]
    assert tale.told(alice, "deadline") == [
        f"{DELIVERED}: half of the time is over",
        f"{DELIVERED}: nine tenths of the time are over",
    ]
    assert tale.told(bob, "claimable") == []
    tale.passes(1)
    assert tale.told(bob, "claimable") == [f"{DELIVERED}: the time of the client is over, you may claim"]


def test_a_claim_its_half_its_nine_tenths_and_the_mark_are_told(tale):
    delivery = tale.does(bob, DRAFTS)
    tale.passes(10.1)
    tale.does(bob, Claim(delivery.id))
    counts = []
    for hours in (1, 34, 2, 27, 2, 10):
        tale.market.passes(hours * HOUR_MS)
        counts.append([len(tale.told(alice, topic)) for topic in ("claim", "contest", "mark")])
        tale.at(alice).restarts()
    assert counts == [[1, 0, 0], [1, 0, 0], [1, 1, 0], [1, 1, 0], [1, 2, 0], [1, 2, 1]]
    assert tale.told(alice, "mark") == ["a mark on you: silent"]
    assert tale.told(bob, "mark") == ["a mark on the client: silent"]
    assert tale.told(alice, "turn")[-1] == "milestone 1 is payable: it is your turn"
    assert tale.told(bob, "claim") == tale.told(bob, "contest") == tale.told(carol) == []


def test_an_announced_absence_moves_what_is_told_of_a_deadline(tale):
    tale.does(bob, Absence(tale.market.now, tale.market.now + 10 * DAY_MS), None)
    tale.passes(9)  # of 7 + 3 + 10
    assert tale.told(bob, "deadline") == []
    tale.passes(1.1)
    assert len(tale.told(bob, "deadline")) == 1


def test_a_proposed_change_and_a_question_after_a_sign_of_life_are_told_to_the_other_side(tale):
    tale.does(alice, Settlement(500))
    ping = tale.does(alice, Ping(), None)
    tale.market.passes(2_000)
    assert tale.told(bob, "change") == ["the other side proposes a change"]
    assert tale.told(bob, "ping") == ["the other side asks for a sign of life"]
    tale.passes(5.1)
    tale.does(alice, Claim(ping.id), None)
    tale.passes(3.1)
    assert tale.told(bob, "claim") == ["the other side asks for a sign of life, and claims it"]
    assert tale.told(bob, "mark") == ["a mark on you: silent"]
    assert tale.told(alice, "change") == tale.told(alice, "ping") == []


def test_every_milestone_is_told_of_by_itself(market, stalls):
    tale = by_hand(market, at=market.now, parts=3, milestones=(Milestone(7 * DAY_MS),) * 3)
    tale.passes(5.1)
    assert tale.told(bob, "turn") == [f"milestone {part} is working: it is your turn" for part in (1, 2, 3)]
    assert len(tale.told(bob, "deadline")) == 3


def test_an_arbiter_is_told_of_its_turn_and_each_party_of_the_fault_of_both(market, stalls):
    market.open(dave)
    market.open(erin)
    tale = by_hand(market, at=market.now, arbiters=(dave.id, erin.id))
    tale.does(bob, DRAFTS)
    tale.does(alice, Dispute("No."))
    market.passes(2_000)
    assert tale.told(dave) == ["milestone 1 is awaiting arbiter: it is your turn"]
    assert tale.told(erin) == []
    tale.does(dave, CaseTaken())
    tale.passes(7.1)
    tale.does(alice, Claim(tale.done[-1].id))
    tale.passes(3.1)
    tale.does(dave, Ruling(500, BOTH))
    market.passes(2_000)
    assert tale.told(dave, "mark") == tale.told(erin) == []
    assert tale.told(bob, "mark") == [
        "a mark on you: silent", "a mark on the client: at fault", "a mark on you: at fault",
    ]  # fmt: skip


def test_nothing_is_told_of_strangers_contracts_nor_of_one_that_the_owner_has_not_signed(market, stalls):
    at_carol = stalls[2]
    market.open(mallory)
    tale = by_hand(market, at=market.now)
    claimed = agreement(mallory, agreement_body(mallory, carol))
    market.carry(at_carol, at_carol.judges(claimed, market.now).effects)
    tale.passes(5.1)
    assert at_carol.desk.stores.notices.after(0, 9) == []


def contracts(desk, count):
    """So many contracts of alice and bob, signed at once."""
    names = []
    for salt in range(count):
        body = agreement_body(alice, bob, salt=salt)
        for who in (alice, bob):
            desk.stores.records.add(agreement(who, body), 0, shared=True)
        names.append(agreement(bob, body).header.body)
    return names


def test_a_tick_with_five_hundred_contracts_looks_at_a_few(monkeypatch):
    desk = desk_of(bob)
    names = contracts(desk, reminding.LISTED)
    looks = []
    monkeypatch.setattr(reminding, "fold", lambda records, now: looks.append(records[0].header.context))
    found = Reminding(desk)
    a_tick = []
    for second in range(70):
        looks.clear()
        found.due(second)
        a_tick.append(len(looks))
    assert max(a_tick) == reminding.A_TICK
    assert sum(a_tick) == len(names)
    assert a_tick[-1] == 0


def test_contracts_of_strangers_are_not_even_looked_at(monkeypatch):
    desk = desk_of(carol)
    (name,) = contracts(desk, 1)
    monkeypatch.setattr(reminding, "fold", lambda *_: pytest.fail("it was folded"))
    found = Reminding(desk)
    found.touched(name)
    assert found.due(0) == []


def test_busy_contracts_do_not_keep_the_others_from_their_turn(monkeypatch):
    desk = desk_of(bob)
    names = contracts(desk, 4 * reminding.A_TICK)
    looked = set()
    monkeypatch.setattr(reminding, "fold", lambda records, now: looked.add(records[0].header.context))
    found = Reminding(desk)
    for second in range(4):
        for name in names[: 2 * reminding.A_TICK]:
            found.touched(name)
        found.due(second)
    assert looked == set(names)


def test_what_is_told_is_an_effect_and_a_notice_that_outlives_the_process():
    desk = desk_of(bob)
    (name,) = contracts(desk, 1)
    assert Reminding(desk).due(1_750_000_000_000) == [Notify("turn", name)]
    assert Reminding(desk).due(1_750_000_000_000) == []
    assert [notice.about for notice in desk.stores.notices.latest(9)] == [name]
