"""Any sequence of adds, commits, failures and reopenings ends as a few lines of Python say it must."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import Phase, given, settings, strategies as st

from freehold.node.store import placing, shelf
from freehold.node.store.sqlite import SqliteStore
from freehold.protocol.envelope import Record, RecordId, place_of
from tests.cast import START_MS, Person, alice, bob, offer, story
from tests.memory import blank

_TOLD = story()
VERSIONS = [
    offer(who, title=f"Version {title}", number=number, at=START_MS + at)
    for who in (alice, bob)
    for number in range(2)
    for title, at in enumerate((0, 1, 1, 2))
]
ENTRIES = [_TOLD.delivery, _TOLD.delivery.without_body(), _TOLD.acceptance.without_body(), _TOLD.acceptance]
RECORDS = [*VERSIONS, *ENTRIES]
COMMIT, REOPEN = "commit", "reopen"
Step = str | tuple[int, bool]
STEPS = st.lists(
    st.one_of(st.tuples(st.integers(0, len(RECORDS) - 1), st.booleans()), st.sampled_from([COMMIT, COMMIT, REOPEN])),
    max_size=30,
)


@dataclass
class Model:
    """What must be kept: records by place (or by id), whether they are shared, and what was replaced."""

    kept: dict[bytes, tuple[Record, bool]] = field(default_factory=dict[bytes, tuple[Record, bool]])
    replaced: frozenset[bytes] = frozenset()

    def copy(self) -> Model:
        return Model(dict(self.kept), self.replaced)

    def add(self, record: Record, *, shared: bool) -> bool:
        name = place_of(record.header) or record.id
        there = self.kept.get(name)
        if record.id in self.replaced:
            return False
        if there is None:
            self.kept[name] = (record, shared)
            return True
        if there[0].id == record.id:
            better = (record if there[0].body is None else there[0], shared or there[1])
            self.kept[name] = better
            return better != there
        newer = (record.header.at, there[0].id) > (there[0].header.at, record.id)
        self.replaced |= {there[0].id if newer else record.id}
        if newer:
            self.kept[name] = (record, shared)
        return newer


def agree(store: SqliteStore, model: Model) -> None:
    """The store shows what the model holds, by every way of asking."""
    kept = {record.id: record for record, _ in model.kept.values()}
    given_away = {record.id for record, shared in model.kept.values() if shared}
    for record in RECORDS:
        assert store.records.get(record.id) == kept.get(record.id)
        assert store.records.has(record.id) == (record.id in kept or record.id in model.replaced)
    assert {name for _, name in store.records.after(0, 100)} == given_away
    assert {record.id for record in store.records.shared([record.id for record in RECORDS])} == given_away
    for who in (alice, bob):
        assert store.records.count(who.id) == sum(kept[name].author == who.id for name in given_away)
        assert store.records.open_offers(who.id, START_MS) == len(offers_of(kept, who))
    assert sum(store.records.totals().values()) == len(kept)
    assert {record.id for record in store.records.in_context(_TOLD.contract)} == {
        record.id for record in kept.values() if record.header.context
    }


def offers_of(kept: Mapping[RecordId, Record], who: Person) -> list[Record]:
    return [record for record in kept.values() if record.author == who.id and record.header.kind == "offer/1"]


def follow(steps: list[Step]) -> None:
    """Take the steps on both sides; everything that a step returns must agree as well."""
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore.open(blank(Path(folder) / "node.db"))
        model, committed = Model(), Model()
        for step in steps:
            if step == REOPEN:
                store.close()
                store, model = SqliteStore.open(Path(folder) / "node.db"), committed.copy()
            elif step == COMMIT:
                store.commit()
                committed = model.copy()
            elif not isinstance(step, str):
                record, shared = RECORDS[step[0]], step[1]
                assert store.records.add(record, START_MS, shared=shared) == model.add(record, shared=shared)
        agree(store, model)
        assert store.faults() == []
        store.close()


@settings(max_examples=120, deadline=None)
@given(STEPS)
def test_the_store_ends_as_the_model_says(steps: list[Step]) -> None:
    follow(steps)


@pytest.mark.parametrize(
    ("where", "name", "planted"),
    [
        pytest.param(
            placing,
            "supersedes",
            lambda record, standing: record.header.at > standing.header.at,
            marks=pytest.mark.slow,
        ),
        (placing, "supersedes", lambda record, standing: record.header.at >= standing.header.at),
        (shelf, "_counted", lambda record, shared: True),
    ],
)
def test_the_model_catches_a_planted_bug(
    monkeypatch: pytest.MonkeyPatch, where: ModuleType, name: str, planted: object
) -> None:
    monkeypatch.setattr(where, name, planted)

    @settings(max_examples=600, deadline=None, database=None, derandomize=True, phases=[Phase.generate])
    @given(STEPS)
    def search(steps: list[Step]) -> None:
        follow(steps)

    with pytest.raises(AssertionError):
        search()
