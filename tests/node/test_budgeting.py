"""A real store under a flood of strangers stays within its budget, and loses nothing that matters."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from freehold.node.budgeting import MEASURE_MS, BudgetKeeper
from freehold.node.core import budget
from freehold.node.ledger import Ledger
from freehold.node.store.sqlite import SqliteStore
from tests.cast import START_MS, alice, bob, carol, offer, person, profile, story
from tests.node.core.market import desk_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from freehold.protocol.envelope import Record

ROOM = 400_000
STRANGERS = [person(f"stranger {number}") for number in range(60)]
MATTERS = [
    *(who.inception for who in (alice, bob, carol)),
    profile(bob),
    *story(alice, bob).contract_records,
    *(offer(who, number=number, description="Kept. " * 99) for who in (alice, bob, carol) for number in range(9)),
]


class House:
    """alice's store; bob is her partner, carol is on her list."""

    def __init__(self, path: Path) -> None:
        self.store = SqliteStore.open(path)
        self.desk = desk_of(alice)
        self.desk.stores = self.store
        self.now = START_MS + MEASURE_MS
        self.keeper = BudgetKeeper(
            self.desk, self.store, Ledger(self.store, lambda _effect: None), ROOM, lambda: self.now
        )
        self.store.contacts.trust(carol.id, "Carol", START_MS)
        self.add(MATTERS)

    def add(self, records: list[Record]) -> None:
        for record in records:
            self.store.records.add(record, START_MS, shared=True)
        self.store.commit()

    def lost(self) -> list[Record]:
        return [record for record in MATTERS if self.store.records.get(record.id) != record]


def flood(wave: int) -> list[Record]:
    """Sixty strangers to three people, ten records each."""
    records = [who.inception for who in STRANGERS]
    for who in STRANGERS:
        records += [offer(who, number=10 * wave + number, description="Buy! " * 150) for number in range(10)]
    return records


async def live_through(house: House, waves: int) -> list[int]:
    used: list[int] = []
    for wave in range(waves):
        house.add(flood(wave))
        await house.keeper.look()
        used.append(sum(row.bytes for row in house.store.records.taken()))
    return used


@pytest.fixture
def open_house(tmp_path: Path) -> Callable[[], House]:
    return lambda: House(tmp_path / "node" / "node.db")


async def test_a_flood_of_strangers_cannot_push_out_what_matters(open_house: Callable[[], House]) -> None:
    house = open_house()
    used = await live_through(house, 3)
    assert house.lost() == []
    assert max(used) <= ROOM
    assert house.keeper.evicted > 2 * ROOM
    state = house.keeper.state()
    assert state["classes"]["trusted"] > 0
    assert not state["crowded"]
    assert abs(state["used"] - used[-1]) < ROOM // 10
    again = house.store.records.totals()
    house.add(flood(0))
    assert house.store.records.totals() == again, "what was given up came back"
    assert house.store.faults() == []
    house.store.close()


async def test_a_keeper_to_whom_all_are_strangers_is_noticed(
    open_house: Callable[[], House], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "draw", lambda _desk, _now: iter([budget.Circles()]))
    house = open_house()
    await live_through(house, 3)
    assert house.lost() != []
    house.store.close()


async def test_between_two_measurements_the_size_is_reckoned(open_house: Callable[[], House]) -> None:
    house = open_house()
    await house.keeper.look()
    before = house.keeper.used()
    house.add([offer(alice, number=number, description="Kept. " * 99) for number in range(100, 150)])
    real = sum(row.bytes for row in house.store.records.taken())
    assert before < house.keeper.used()
    assert abs(house.keeper.used() - real) < real // 4
    house.store.close()
