"""The checker finds what is planted: each of these minds loses records in a way that looks well for a long time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from freehold.node.core.catchup import EVERY_MS, CatchUps
from freehold.node.core.service import Service
from freehold.protocol.requests import CatchUp, Page
from tests.simulation.world import Diverged, World

if TYPE_CHECKING:
    from freehold.node.core.desk import Desk
    from freehold.node.core.effects import Effect

ROUND_S = EVERY_MS / 1000
SEEDS = range(1, 3)


class Sound(CatchUps):
    """Nothing is planted: the story itself must not be what the checker finds."""


class Skipping(CatchUps):
    """Planted: of each conversation's second page nothing is fetched."""

    def _page(self, peer: str, request: CatchUp, page: Page, now: int) -> list[Effect]:
        reading = self._reading.get(peer)
        if reading is not None and reading.pages == 1:
            page = Page(page.epoch, (), page.next, more=False)
        return super()._page(peer, request, page, now)


class Hasty(CatchUps):
    """Planted: the cursor moves when a page is read, before its records are kept."""

    def _page(self, peer: str, request: CatchUp, page: Page, now: int) -> list[Effect]:
        self._desk.stores.cursors.set(peer, page.epoch, page.next)
        return super()._page(peer, request, page, now)


class Trusting(CatchUps):
    """Planted: a cursor is used under whatever epoch, so that a partner's new count is read from an old place."""

    def _page(self, peer: str, request: CatchUp, page: Page, now: int) -> list[Effect]:
        if page.epoch != request.epoch and request.after:
            page = Page(page.epoch, (), max(page.next, request.after), more=False)
        return super()._page(peer, request, page, now)


def mind_with(catchups: type[CatchUps]):
    def mind(desk: Desk) -> Service:
        service = Service(desk)
        service._catchups = catchups(desk, service._take_asked)
        return service

    return mind


def absence(seed: int, catchups: type[CatchUps]) -> World:
    """carol hears of all only from bob; she is away during a burst, and half of what she asks is not answered."""
    world = World(seed, ("alice", "bob", "carol"), mind_with(catchups))
    world.start()
    world.link(("alice", "bob"), ("bob", "carol"))
    world.run(2 * ROUND_S)
    world.stop("carol")
    world.publish("alice", 300)
    world.run(3 * ROUND_S)
    world.silence = 0.5
    world.start("carol")
    world.run(8 * ROUND_S)
    world.silence = 0.0
    world.run(2 * ROUND_S)
    return world


def lost_folder(seed: int, catchups: type[CatchUps]) -> World:
    """bob begins anew with an empty folder, and what he publishes then reaches nobody by gossip."""
    world = World(seed, ("alice", "bob"), mind_with(catchups))
    world.start()
    world.link(("alice", "bob"))
    world.publish("bob", 20)
    world.run(2 * ROUND_S)
    world.loss = 1.0
    world.lose_folder("bob")
    world.publish("bob", 3)
    world.run(3 * ROUND_S)
    return world


def found(world: World) -> str:
    """What the checker says in the end."""
    try:
        world.check()
    except Diverged as diverged:
        return str(diverged)
    return ""


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("story", [absence, lost_folder])
def test_nothing_is_found_when_nothing_is_planted(story, seed):
    assert found(story(seed, Sound)) == ""


@pytest.mark.parametrize(("story", "planted"), [(absence, Skipping), (absence, Hasty), (lost_folder, Trusting)])
def test_a_planted_loss_is_found_and_its_seed_named(story, planted):
    says = [found(story(seed, planted)) for seed in SEEDS]
    assert any(says)
    assert all(text.startswith(f"SEED={seed} ") for seed, text in zip(SEEDS, says, strict=True) if text)
