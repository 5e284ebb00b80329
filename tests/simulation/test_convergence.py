"""Whatever gossip loses, whoever is away, however often nodes end: in the end all share the same records."""

from __future__ import annotations

import os
import random

import pytest

from freehold.node.core.catchup import EVERY_MS
from tests.cast import person
from tests.simulation.world import World

ROUND_S = EVERY_MS / 1000
TOWN = ("alice", "bob", "carol", "dan", "erin", "frank", "grace", "heidi", "ivan", "judy")
SEEDS = [int(os.environ["SEED"])] if "SEED" in os.environ else [1]
MORE_SEEDS = [pytest.param(seed, marks=pytest.mark.slow) for seed in (2, *range(100, 140))]
seeds = pytest.mark.parametrize("seed", [*SEEDS, *MORE_SEEDS])
one_seed = pytest.mark.parametrize("seed", [*SEEDS[:1], *MORE_SEEDS])
"""Another one: `SEED=7 python -m pytest tests/simulation`."""


def town(seed: int, names: tuple[str, ...] = TOWN) -> World:
    """Everybody is there, linked to about three others, and has heard of everybody."""
    world = World(seed, names)
    world.start()
    world.mingle()
    world.run(ROUND_S)
    world.check()
    return world


@seeds
def test_without_loss_gossip_alone_brings_everything_at_once(seed):
    world = town(seed)
    for name in TOWN:
        world.publish(name, 5)
    world.run(2)
    world.check()


@seeds
def test_what_gossip_loses_arrives_within_two_rounds_of_catching_up(seed):
    world = town(seed)
    world.loss = 0.3
    for name in TOWN:
        world.publish(name, 10)
    world.run(2)
    assert world.missing()
    world.run(2 * ROUND_S)
    world.check()


@seeds
def test_without_any_gossip_everything_travels_a_hop_a_round(seed):
    world = town(seed)
    world.loss = 1.0
    for name in TOWN:
        world.publish(name, 3)
    world.run(2)
    assert world.missing()
    world.run((len(TOWN) // 2 + 1) * ROUND_S)  # nobody is further than half the ring
    world.check()


@one_seed
def test_a_node_that_was_away_during_a_burst_ends_up_with_everything(seed):
    world = town(seed, TOWN[:4])
    world.stop("dan")
    for name in TOWN[:3]:
        world.publish(name, 334)
    world.run(ROUND_S)
    assert world.missing() == {"dan": 1002}
    world.start("dan")
    world.run(ROUND_S)
    world.check()


@seeds
def test_a_node_that_ends_again_and_again_while_it_catches_up_ends_up_with_everything(seed):
    world = town(seed, TOWN[:3])
    world.stop("carol")
    world.publish("alice", 600)
    world.run(ROUND_S)
    rng = random.Random(seed)
    for _ in range(12):
        world.start("carol")
        world.run(rng.uniform(0.05, 0.6))
        world.stop("carol")
    world.start("carol")
    world.run(2 * ROUND_S)
    world.check()


@seeds
def test_a_split_heals(seed):
    world = town(seed)
    cut = world.split(*TOWN[:4])
    for name in TOWN:
        world.publish(name, 5)
    world.run(3 * ROUND_S)
    assert world.missing() == {name: 30 if name in TOWN[:4] else 20 for name in TOWN}
    world.link(*cut)
    world.run(2 * ROUND_S)
    world.check()


@seeds
def test_a_proposal_arrives_through_silence_and_absence_and_nowhere_else(seed):
    world = town(seed, TOWN[:4])
    world.publish("alice")
    world.run(ROUND_S)
    world.silence = 0.5
    world.stop("alice")
    proposal = world.propose("bob", world.dwellers["alice"].offers()[0])
    world.run(ROUND_S)
    world.stop("bob")
    world.start()
    world.run(40 * ROUND_S)
    outbox = world.dwellers["bob"].store.outbox
    assert outbox.get(proposal, person("alice").id)
    assert outbox.due(2**53 - 1, 9) == []
    having = [name for name, dweller in world.dwellers.items() if dweller.store.records.has(proposal)]
    assert having == ["alice", "bob"]
    world.check()


def trouble(seed: int, blows: int = 20) -> World:
    """Minutes in which gossip gets lost, one question in five stays unanswered, and every node ends now and then."""
    world, rng = town(seed, TOWN[:6]), random.Random(seed)
    world.loss, world.silence = 0.4, 0.2
    for _ in range(blows):
        there = [name for name, dweller in world.dwellers.items() if dweller.on]
        world.publish(rng.choice(there), rng.randint(1, 8))
        if rng.random() < 0.3 and len(there) > 3:
            world.stop(rng.choice(there))
        if rng.random() < 0.3:
            world.start()
        world.run(rng.uniform(0.01, 20))
    world.start()
    world.silence = 0.0
    world.run(4 * ROUND_S)
    return world


@seeds
def test_after_minutes_of_trouble_nothing_that_was_announced_is_lost(seed):
    trouble(seed).check()


def test_the_same_seed_gives_the_same_trace():
    assert trouble(5, 8).trace() == trouble(5, 8).trace() != trouble(6, 8).trace()
