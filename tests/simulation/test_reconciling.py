"""Many nodes that reconcile: whatever gossip loses and whoever ends in the middle, all share the same in the end."""

from __future__ import annotations

import os

import pytest

from freehold.node.core.participation import Participation
from freehold.node.core.partners import EVERY_MS, LONGEST_MS
from freehold.node.core.reconciling import Reconciling
from freehold.node.core.service import Service
from tests.simulation.world import Diverged, World

SEEDS = [int(os.environ["SEED"])] if "SEED" in os.environ else [1]
seeds = pytest.mark.parametrize("seed", [*SEEDS, *(pytest.param(s, marks=pytest.mark.slow) for s in range(100, 120))])
ROUND_S, LONG_S = EVERY_MS / 1000, LONGEST_MS / 1000
TOWN = ("alice", "bob", "carol", "dan", "erin", "frank")


def reconciles(desk) -> Service:
    return Service(desk, Participation())


def town(seed: int, mind=reconciles, names=TOWN) -> World:
    world = World(seed, names, mind)
    world.start()
    world.mingle()
    world.run(ROUND_S)
    world.check()
    return world


SETTLED_S = 0.5
"""Three hops of gossip at their slowest; by two seconds a first round has found everything for some seeds."""


@seeds
def test_what_gossip_loses_is_found(seed):
    world = town(seed)
    world.loss = 0.8
    for name in TOWN:
        world.publish(name, 8)
    world.run(SETTLED_S)
    assert world.missing()
    assert world.lost > 8 * len(TOWN)
    world.run(2 * LONG_S)
    world.check()


@seeds
def test_without_any_gossip_and_with_lines_that_break_everything_arrives(seed):
    world = town(seed)
    world.loss, world.silence = 1.0, 0.05
    for name in TOWN:
        world.publish(name, 5)
    world.run((len(TOWN) // 2 + 2) * LONG_S)
    world.silence = 0.0
    world.run(2 * LONG_S)
    world.check()


@seeds
def test_a_node_that_was_away_and_one_that_lost_its_folder_are_whole_at_once(seed):
    world = town(seed, names=TOWN[:4])
    world.stop("dan")
    for name in TOWN[:3]:
        world.publish(name, 40)
    world.run(5)
    assert world.missing() == {"dan": 120}
    world.start("dan")
    world.run(ROUND_S)
    world.check()
    world.lose_folder("carol")
    world.run(ROUND_S)
    world.check()


@seeds
def test_a_node_that_ends_again_and_again_in_the_middle_gets_everything(seed):
    world = town(seed, names=TOWN[:3])
    world.stop("carol")
    for name in TOWN[:2]:
        world.publish(name, 50)
    for pause in (0.2, 0.5, 0.9, 1.4):
        world.start("carol")
        world.run(pause)
        world.stop("carol")
    world.start("carol")
    world.run(2 * ROUND_S)
    world.check()


@seeds
def test_nodes_of_the_old_sort_among_them_are_read_by_cursors(seed):
    def mixed(desk) -> Service:
        count.append(desk)
        return Service(desk, Participation() if len(count) % 2 else None)

    count: list[object] = []
    world = town(seed, mixed)
    world.loss = 0.5
    for name in TOWN:
        world.publish(name, 5)
    world.run(len(TOWN) * LONG_S)
    world.check()


def test_the_same_seed_tells_the_same_story():
    assert _story().trace() == _story().trace()


def _story() -> World:
    world = town(5, names=TOWN[:3])
    world.loss = 0.3
    world.publish("alice", 9)
    world.run(2 * LONG_S)
    return world


def test_a_node_that_never_opens_a_conversation_would_be_noticed(monkeypatch):
    monkeypatch.setattr(Reconciling, "_begin_due", lambda *_given: [])
    with pytest.raises(Diverged):
        test_what_gossip_loses_is_found(1)
