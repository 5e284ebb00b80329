"""Partners for reconciliation that mean harm cost bounded work, and the node goes on reconciling with an honest one."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
import trio

from freehold.node.core import lending, partners as planning, reconciling
from freehold.node.core.service import Service
from freehold.node.net import talks
from freehold.protocol.envelope import pack
from freehold.protocol.reconcile import blocks, side
from freehold.protocol.reconcile.messages import FRAME_BYTES, Ask
from tests.cast import START_MS, alice, bob, offer
from tests.hostile import partners
from tests.hostile.household import Clock, House, living
from tests.hostile.mallory import mallory
from tests.node.net.neighbours import PATIENCE_S
from tests.protocol.planted import nothing

if TYPE_CHECKING:
    from collections.abc import Callable

HERE, THERE = 60, 40
"""Records of the node, and of the honest partner."""
ROUNDS, ASKS, AT_ONCE = 3, 5_000, 20_000


@dataclass(frozen=True)
class Case:
    """A partner, what must be true of the node afterwards, and the node without its bound, of which it is not."""

    partner: type[partners.Partner]
    holds: Callable[[House, partners.Partner], bool]
    weaker: tuple[Any, str, Any]
    bounds: list[tuple[Any, str, Any]] = field(default_factory=list[Any])
    """Made small, so that few messages reach them."""
    strikes: int = 0
    daily: bool = False
    """Part of the default suite."""

    def __str__(self) -> str:
        return self.partner.__name__


def frames(house: House, partner: partners.Partner) -> int:
    """Most of those that were taken in one conversation."""
    return max(tally.frames_in for tally in house.tallies(partner.name))


def sent(house: House, partner: partners.Partner) -> int:
    return sum(tally.bytes_out for tally in house.tallies(partner.name))


def talking(house: House, partner: partners.Partner) -> bool:
    return any(talk.peer == partner.name for talk in house.reconciling._talks.values())


def asked(partner: partners.Partner) -> int:
    return sum(len(message.names) // 8 for message in partner.heard if isinstance(message, Ask))


def at_once(partner: Any, outcome: Any, now: int, **_: Any) -> None:
    """No waiting, whatever a conversation came to."""
    partner.next_at = now


class Forgetful(planning.Partner):
    """Does not remember what a partner takes part in."""

    common = property(lambda self: None, nothing)  # type: ignore[assignment]


CASES = [
    Case(
        partners.ClaimsWhatItNeverGives,
        lambda house, partner: partner.opened == 1 and asked(partner) <= 3_000,
        (reconciling, "plan", at_once),
        daily=True,
    ),
    Case(
        partners.GivesSomethingElse,
        lambda house, partner: partner.name in house.book.banned,
        (Service, "_after_asking", lambda *_: []),
        strikes=20,
    ),
    Case(
        partners.AlwaysHasMore,
        lambda house, partner: partner.opened == 1,
        (planning, "WORTH", 0),
        daily=True,
    ),
    Case(
        partners.SaysSomethingElseEachTime,
        lambda house, partner: partner.opened <= 2,
        (planning, "Partner", Forgetful),
    ),
    Case(
        partners.NeverConverges,
        lambda house, partner: frames(house, partner) <= ROUNDS + 3,
        (side, "ROUNDS", 1 << 30),
        [(side, "ROUNDS", ROUNDS)],
        strikes=1,
    ),
    Case(
        partners.SpansThatOverlap,
        lambda house, partner: frames(house, partner) == 1,
        (reconciling.Reconciling, "_break_off", lambda *_: reconciling.Said(over=True)),
        strikes=12,
        daily=True,
    ),
    Case(
        partners.NeverReads,
        lambda house, partner: given(house, partner) <= HERE // 2,
        (side, "WINDOW", 1_000),
        [(blocks, "_AIM_BYTES", 4 * 1024)],
    ),
    Case(
        partners.TellsOfMillions,
        lambda house, partner: frames(house, partner) <= ROUNDS + 2 and sent(house, partner) <= ROUNDS * FRAME_BYTES,
        (side, "ROUNDS", 1 << 30),
        [(side, "ROUNDS", ROUNDS)],
        strikes=1,
    ),
    Case(
        partners.AsksForMillions,
        lambda house, partner: frames(house, partner) <= ASKS // 2_048 + 1,
        (side, "ASKS", 1 << 30),
        [(side, "ASKS", ASKS)],
        strikes=1,
    ),
    Case(
        partners.DiesInTheMiddle,
        lambda house, partner: not talking(house, partner),
        (reconciling.Reconciling, "ended", lambda *_: []),
    ),
    Case(
        partners.OpensMany,
        lambda house, partner: house.border.most_talks[partner.name] <= 3,
        (talks, "A_PEER", 1_000),
    ),
    Case(
        partners.BeginsAnewForEver,
        lambda house, partner: sent(house, partner) < 3 * AT_ONCE,
        (lending, "AT_ONCE", 1 << 40),
        [(lending, "AT_ONCE", AT_ONCE)],
    ),
]


def given(house: House, partner: partners.Partner) -> int:
    return sum(tally.given for tally in house.tallies(partner.name))


async def meets(case: Case, patch: pytest.MonkeyPatch) -> None:
    """The node meets the partner, then an honest one, and must have all that this one has."""
    clock = Clock()
    house, honest = House(alice, clock), House(bob, clock)
    house.keeps([offer(alice, number=number, at=START_MS + number) for number in range(HERE)], clock())
    honest.keeps([offer(bob, number=number, at=START_MS + number) for number in range(THERE)], clock())
    made: list[partners.Partner] = []

    def prepare(who: Any) -> None:
        made.append(case.partner(who, known=pack(alice.inception)))
        made[0].waits()

    async with living(patch, clock, house, honest):
        async with mallory(house.address, prepare) as who:
            (partner,) = made
            await house.until(lambda: partner.name in house.network._connections or partner.name in house.book.banned)
            with trio.fail_after(PATIENCE_S), suppress(*partners.LEFT):
                await partner.attack()
            await honest.network.connect(house.address)
            await house.until(lambda: honest.ids() <= house.ids())
            await who.until_noticed()
            if case.partner.answers is not partners.Partner.answers:
                await house.until(lambda: bool(partner.opened) and (partner.opened > 5 or not talking(house, partner)))
            assert case.holds(house, partner)
            assert house.counted("strikes") >= case.strikes
            assert house.counted("strikes") == 0 or case.strikes
        assert (house.border.mistakes, honest.border.mistakes, house.counted("restarts")) == (0, 0, 0)
    assert len(honest.ids()) == THERE + HERE + 2


SLOW = pytest.mark.slow
CASES_BY_COST = [pytest.param(case, id=str(case), marks=[] if case.daily else SLOW) for case in CASES]


@pytest.mark.parametrize("case", CASES_BY_COST)
async def test_a_partner_that_means_harm_costs_bounded_work(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    for bound in case.bounds:
        monkeypatch.setattr(*bound)
    await meets(case, monkeypatch)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=str)
async def test_a_node_without_that_bound_would_be_noticed(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    for bound in (*case.bounds, case.weaker):
        monkeypatch.setattr(*bound)
    with pytest.raises(BaseExceptionGroup) as caught:
        await meets(case, monkeypatch)
    assert caught.group_contains(AssertionError)
