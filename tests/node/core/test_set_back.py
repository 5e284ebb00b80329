"""The system's clock is set back by hours, as it is on a machine that starts with the wrong time: nothing waits for
the time that it had before to come again."""

from __future__ import annotations

from freehold.node.core import catchup
from freehold.node.core.clocks import over
from freehold.node.core.effects import Ask, Converse
from freehold.node.core.lending import AT_ONCE, Lending
from freehold.node.core.missing_logs import ASKED_AGAIN_MS, MissingLogs
from freehold.node.core.parking import PATIENCE_MS, Arrival, Parking, Way
from freehold.node.core.partners import LONGEST_MS, PARTNERS
from freehold.node.core.service import Service
from freehold.node.core.talk import UNHEARD_MS
from freehold.protocol.requests import CatchUp
from tests.cast import HOUR_MS, alice, bob
from tests.node.core.market import desk_of
from tests.node.core.street import NOW, Street, ids, keeps, offers, two

BACK_MS = HOUR_MS - 10_000  # to when the first record was written


def test_a_wait_is_over_after_its_time_and_when_it_began_too_far_ahead() -> None:
    assert [over(NOW, 10, NOW + by) for by in (-11, -10, -9, 0, 9, 10, 11)] == [True, True, *[False] * 3, True, True]


def test_partners_are_spoken_with_again() -> None:
    street = Street()
    alices, bobs = two(street)
    street.passes()
    street.now -= BACK_MS
    keeps(bobs, *offers(bob, 3))
    for _ in range(LONGEST_MS // 1000 + 1):
        street.passes()
    assert ids(alices) == ids(bobs)
    assert len(ids(alices)) == 5


def test_conversations_that_nobody_ended_give_their_places_back() -> None:
    street = Street()
    alices = street.open(alice)
    for number in range(PARTNERS):
        alices.service.connected(f"lost {number}", NOW)
    now = NOW - BACK_MS
    alices.service.connected("here", now)
    assert [effect.peer for effect in alices.service.tick(now) if isinstance(effect, Converse)][:1] == ["here"]


def test_a_conversation_of_the_old_clock_goes_on_if_the_clock_was_set_back_a_little() -> None:
    street = Street()
    alices = street.open(alice)
    alices.service.connected("bob", NOW)
    assert alices.service.tick(NOW - UNHEARD_MS + 1) == []


def test_those_read_by_cursors_are_read_again() -> None:
    service = Service(desk_of(alice))
    for name in ("reads", "was read"):
        service.connected(name, NOW)
    service.failed("was read", CatchUp(bytes(16), 0), NOW)
    effects = service.tick(NOW - BACK_MS)
    assert {effect.peer for effect in effects if isinstance(effect, Ask)} == {"reads", "was read"}
    assert service.tick(NOW - BACK_MS + catchup.EVERY_MS - 1) == []


def test_logs_are_asked_for_again() -> None:
    logs = MissingLogs(Parking())
    assert logs.ask(bob.id, "peer", NOW)
    assert not logs.ask(bob.id, "peer", NOW - ASKED_AGAIN_MS + 1)
    assert logs.ask(bob.id, "peer", NOW - BACK_MS)


def test_what_was_lent_is_paid_back() -> None:
    lending = Lending()
    lending.spend("peer", AT_ONCE + 1, NOW)
    assert not lending.allows("peer", NOW)
    assert lending.allows("peer", NOW - BACK_MS)


def test_what_was_parked_is_forgotten() -> None:
    parking = Parking()
    parking.wait_for_log(bob.id, bytes(32), Arrival(b"", "peer", NOW, Way.GOSSIP))
    parking.tidy(NOW - PATIENCE_MS - 1)
    assert len(parking) == 0
