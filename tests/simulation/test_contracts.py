"""Every node shows the same contract, whatever gossip loses, whatever the clocks say, and whoever forks."""

from __future__ import annotations

import os
import random

import pytest

from freehold.protocol import contract as c
from freehold.protocol.kinds.agreement import Milestone
from freehold.protocol.kinds.changes import Consent, Settlement
from freehold.protocol.kinds.entries import Acceptance, Blocked, Delivery, Revision, Unblocked
from freehold.protocol.kinds.timing import Claim
from tests.cast import DAY_MS, HOUR_MS, alice, bob, carol, entry
from tests.node.core.tale import DRAFTS, RECEIVED, SENT
from tests.simulation import world as worlds
from tests.simulation.contracts import ROUND_S, TOWN, Deal

SEEDS = [int(os.environ["SEED"])] if "SEED" in os.environ else [1, 2]
seeds = pytest.mark.parametrize("seed", [*SEEDS, *(pytest.param(s, marks=pytest.mark.slow) for s in range(100, 130))])


@seeds
def test_with_three_in_ten_messages_lost_two_rounds_bring_the_same_contract_everywhere(seed):
    deal = Deal(seed)
    deal.world.loss = 0.3
    deal.world.run(2 * ROUND_S)
    deal.both_sign(parts=2)
    for who, body in (
        (bob, Blocked("The name, please.")),
        (alice, Unblocked("Crumb.")),
        (bob, DRAFTS),
        (alice, Revision(("1",))),
        (bob, DRAFTS),
        (alice, Acceptance()),
        (alice, SENT),
        (bob, RECEIVED),
    ):
        deal.does(who, body)
    deal.does(alice, Settlement(0), part=1)
    proposal = deal.at("alice").heads[alice.id].id
    deal.does(bob, Consent(proposal), part=1)
    deal.world.run(2)
    deal.world.run(2 * ROUND_S)
    found = deal.check()
    assert [milestone.state for milestone in found.milestones] == [c.SETTLED, c.CANCELLED]
    assert all(step.at.witnessed for step in found.steps)
    assert (found.marks, found.refused, found.waiting) == ((), (), ())


@seeds
def test_clocks_that_are_a_day_off_change_neither_the_outcome_nor_who_bears_the_mark(seed, monkeypatch):
    monkeypatch.setattr(worlds, "TICK_MS", 2 * HOUR_MS)
    rng = random.Random(seed)
    clocks = {name: rng.choice((-DAY_MS, DAY_MS)) for name in rng.sample(TOWN, round(0.3 * len(TOWN)))}
    deal = Deal(seed, clocks)
    days(deal, 3)
    deal.both_sign(milestones=(Milestone(14 * DAY_MS),))
    days(deal, 3)
    deal.does(bob, DRAFTS)
    for _ in range(120):  # the client is silent; the freelancer claims as soon as his node lets him
        days(deal, 0.5)
        deal.tries(bob, Claim(deal.at("bob").milestones[0].since))
        if deal.at("bob").milestones[0].state == c.UNPAID:
            break
    days(deal, 5)
    found = deal.check()
    assert found.milestones[0].state == c.UNPAID, clocks
    assert [(mark.on, mark.what) for mark in found.marks] == [(alice.id, c.SILENT), (alice.id, c.UNPAID_MARK)]


def days(deal, count):
    deal.world.run(count * DAY_MS / 1000)


@seeds
def test_a_fork_attempt_is_exposed_at_every_node(seed):
    deal = Deal(seed)
    deal.world.loss = 0.3
    deal.world.run(2 * ROUND_S)
    deal.both_sign()
    deal.does(bob, DRAFTS)
    deal.world.run(2 * ROUND_S)
    signature = deal.at("dan").signatures[bob.id]
    second = entry(bob, Delivery("Something else."), signature, at=deal.world.now)
    deal.announces("dan", [second.without_body()])  # bob shows it to one node only, which is none of the contract's
    deal.world.run(3 * ROUND_S)
    found = deal.check()
    assert [(mark.on, mark.what) for mark in found.marks] == [(bob.id, c.FORKED)]
    assert [step.state for step in found.steps] == [c.DELIVERED]
    proven = [dweller.store.records.totals().get("fork/1", 0) for dweller in deal.world.dwellers.values()]
    assert min(proven) == max(proven) == 1
    assert carol.id in {author for author, _ in witnessed(deal)}


def witnessed(deal):
    records = deal.world.dwellers["dan"].store.records.in_context(deal.id)
    return [(record.author, record.id) for record in records if record.header.kind == "receipt/1"]


def test_the_checker_finds_a_node_that_lacks_an_entry():
    deal = Deal(1)
    deal.world.run(2 * ROUND_S)
    deal.both_sign()
    deal.world.run(2 * ROUND_S)
    deal.check()
    deal.world.split("erin")
    deal.does(bob, DRAFTS)
    deal.world.run(2 * ROUND_S)
    with pytest.raises(AssertionError, match="SEED=1: erin shows"):
        deal.check()
