"""The system's clock is years ahead for a while, as on a machine that has just started: nothing that is still good is
thrown away for good by what it said."""

from __future__ import annotations

import pytest

from freehold.node.core.clocks import EVENLY_MS, LEAP_MS, Steady
from freehold.node.core.service import Service
from freehold.node.core.tidying import TIDY_MS
from tests.cast import DAY_MS, START_MS, alice, bob, offer, proposal
from tests.node.core.market import desk_of

YEARS_MS = 10 * 365 * DAY_MS
PREKEY = b"p" * 32


def passes(service: Service, start: int, duration: int) -> int:
    """Ticks, not as many as there are."""
    for now in range(start, start + duration, LEAP_MS // 2):
        service.tick(now)
    return start + duration


def goods(service: Service) -> tuple[bool, bool, bool]:
    """An offer, a letter, and the key of letters that are under way."""
    stores = service.desk.stores
    letter, own = proposal(bob, alice, offer(alice)), offer(alice)
    return (
        stores.records.get(own.id) is not None,
        stores.records.get(letter.id) is not None,
        stores.prekeys.private(PREKEY) is not None,
    )


@pytest.fixture
def service() -> Service:
    service = Service(desk_of(alice))
    stores = service.desk.stores
    for record in (alice.inception, bob.inception, offer(alice)):
        stores.records.add(record, START_MS, shared=True)
    stores.records.add(proposal(bob, alice, offer(alice)), START_MS, shared=False)
    stores.prekeys.add(PREKEY, b"private", START_MS + DAY_MS)
    stores.commit()
    return service


@pytest.mark.parametrize("before_ms", [0, 2 * EVENLY_MS])
def test_what_is_good_outlives_a_clock_that_was_wrong_for_a_minute(service: Service, before_ms: int) -> None:
    passes(service, START_MS, before_ms)
    for wrong in (START_MS + YEARS_MS, START_MS - YEARS_MS, START_MS + 9 * YEARS_MS):
        passes(service, wrong, 2 * TIDY_MS)
        passes(service, START_MS + before_ms, 2 * EVENLY_MS)
        assert goods(service) == (True, True, True)


def test_what_has_expired_goes_by_a_clock_that_goes_evenly(service: Service) -> None:
    passes(service, START_MS + YEARS_MS, EVENLY_MS + 2 * TIDY_MS)
    assert goods(service) == (False, False, False)


def test_a_clock_is_trusted_when_it_has_gone_evenly_for_a_while() -> None:
    steady, held = Steady(), []
    for now in (0, *range(START_MS, START_MS + EVENLY_MS + 1, LEAP_MS), START_MS, START_MS + 2 * DAY_MS):
        steady.ticked(now)
        held.append(steady.holds())
    assert held == [False] * 11 + [True, False, False]
