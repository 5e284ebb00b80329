"""A stranger's node finds out what is asked, pays by itself and gets through; who is known pays nothing."""

from __future__ import annotations

import os

import pytest

from freehold.node.core import proposing
from freehold.node.core.postage import Postage
from tests.cast import bob, carol
from tests.simulation.world import World

SEEDS = [int(os.environ["SEED"])] if "SEED" in os.environ else [1, 2]
ASKED = 9


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("told", [True, False], ids=["by the inbox", "by the answer"])
def test_strangers_pay_by_themselves_and_get_through(seed, told):
    world = World(seed, ("alice", "bob", "carol"))
    at_alice, at_bob, at_carol = world.dwellers.values()
    at_alice.desk.postage = Postage(ask=ASKED if told else 0)
    at_alice.store.contacts.trust(carol.id, "carol", world.now)
    world.start()
    world.mingle()
    world.publish("alice")
    world.run(40)
    at_alice.desk.postage = Postage(ask=ASKED)
    for dweller in (at_bob, at_carol):
        world.note(dweller, dweller.propose(at_alice.offers()[0], world.now)[1])
    world.silence = 0.3
    world.run(600)
    received = {letter.record.author: letter.record.id for letter in proposing.received(at_alice.desk, world.now)}
    assert set(received) == {bob.id, carol.id}, f"SEED={seed}"
    stamps = at_alice.store.stamps.of(received.values())
    assert stamps[received[bob.id]] >= ASKED
    assert world.paid["bob"] == 1
    assert world.paid["carol"] == (1 if told else 0), "who reads of it in the inbox does not know to be known"
    states = {letter.state for dweller in (at_bob, at_carol) for letter in proposing.sent(dweller.desk, world.now)}
    assert states == {proposing.DELIVERED}
