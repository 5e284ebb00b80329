"""A batch ends exactly as its records would one by one, in any order and with every kind of flaw among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import Phase, given, settings, strategies as st
from msgspec import structs

from freehold.node.core.parking import Arrival, Way
from freehold.node.core.service import Service
from freehold.node.store.foresight import Foresight
from freehold.node.store.tallies import Tallies
from freehold.protocol import topics
from freehold.protocol.canonical import encode
from freehold.protocol.envelope import Draft, pack, seal
from freehold.protocol.kinds.offer import OFFER
from tests.cast import DAY_MS, MINUTE_MS, NETWORK, START_MS, alice, bob, carol, mallory, offer, profile, raw, story
from tests.node.core.market import desk_of

if TYPE_CHECKING:
    from freehold.node.core.effects import Effect
    from freehold.node.store.sqlite import SqliteStore

NOW = START_MS + MINUTE_MS
_TOLD = story()
_ODD = raw("org.example.poem/1", b"\x81\xa5lines\x93\x01\x02\x03", bob)
_BROKEN = Draft(OFFER.name, START_MS, b"\xa0", slot=bytes(16), till=NOW + DAY_MS)
_SUITE = encode([2, offer(number=8).header_bytes, bytes(64), None])
FLAWS = {
    "no record": b"\xc1",
    "another suite": _SUITE,
    "no signature": encode([1, offer(number=8).header_bytes, b"short", offer(number=8).body]),
    "a forged signature": pack(structs.replace(offer(number=8), signature=bytes(64))),
    "another body": encode([1, offer(number=8).header_bytes, offer(number=8).signature, b"another"]),
    "not a header": encode([1, b"\x80", bytes(64), None]),
    "against its kind": pack(seal(_BROKEN, NETWORK, alice.key)),
    "another network": pack(seal(Draft(OFFER.name, START_MS, b"", slot=bytes(16)), "test-elsewhere", alice.key)),
    "expired": pack(offer(number=9, life_ms=1)),
    "ahead": pack(offer(number=10, at=NOW + 20 * MINUTE_MS)),
    "far ahead": pack(offer(number=11, at=NOW + 9 * DAY_MS)),
    "a private body": pack(_TOLD.delivery),
}
GOOD = [
    alice.inception,
    bob.inception,
    mallory.inception,
    offer(),
    offer(title="Later", at=START_MS + 1),
    offer(title="Latest", at=START_MS + 2),
    offer(closed=True, at=START_MS + 3),
    *(offer(mallory, number=number) for number in range(4)),
    profile(alice),
    profile(alice, at=START_MS + 1, about="More"),
    *_TOLD.contract_records,
    _ODD,
    offer(carol),
]
_GOOD = [pack(record.without_body() if record.header.kind == "delivery/1" else record) for record in GOOD]
PACKED = [*_GOOD, *FLAWS.values()]
PLANS = st.lists(
    st.tuples(st.lists(st.integers(0, len(PACKED) - 1), min_size=1, max_size=16), st.sampled_from(list(Way))),
    min_size=1,
    max_size=4,
)
Plan = list[tuple[list[int], Way]]


class Node:
    """A mind over an empty store, as a stranger's node has it."""

    def __init__(self) -> None:
        self.desk = desk_of(bob)
        self.service = Service(self.desk)
        self.effects: list[Effect] = []

    def judge(self, packed: list[bytes], way: Way, *, alone: bool = False) -> list[tuple[str, str]]:
        arrivals = [Arrival(one, "a peer", NOW, way, topics.OFFERS if way is Way.GOSSIP else None) for one in packed]
        if alone:
            mind = self.service
            found = (mind._admission.judge(arrival, NOW) for arrival in arrivals)
            findings = [mind._noted(one, "a peer", NOW, self.effects) for one in found]
        else:
            findings = self.service._judge_many(arrivals, NOW, self.effects)
        return [(finding.verdict.value, finding.reason) for finding in findings]

    def state(self) -> list[Any]:
        """Everything that is kept, and what is counted of everybody."""
        store: SqliteStore = self.desk.stores  # pyright: ignore[reportAssignmentType]
        records = store.records
        people = (alice, bob, carol, mallory)
        counts = [
            (records.count(who.id), records.count_since(who.id, NOW), records.open_offers(who.id, START_MS))
            for who in people
        ]
        tables = ("record", "replaced", "offer", "agreement", "participant", "review", "author", "kind")
        rows = [store._database.rows(f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables]
        words = store._database.rows("SELECT rowid FROM offer_text WHERE offer_text MATCH 'logo' ORDER BY 1")
        words += store._database.rows("SELECT word FROM word ORDER BY 1")
        logs = [records.log(who.id) for who in people]
        assert counts == self.counts()
        return [counts, rows, words, logs, store.ranges.keys.total, records.totals(), self.service.statistics()]

    def counts(self) -> list[tuple[int, ...]]:
        """What is kept of everybody, counted anew from the tables."""
        query = """SELECT count(record.number), coalesce(sum(arrived >= ?2), 0)
          + (SELECT count(*) FROM replaced WHERE author = a.number AND counted = 1 AND arrived >= ?2),
          (SELECT count(*) FROM offer WHERE author = a.number AND closed = 0 AND till >= ?3)
          FROM author AS a LEFT JOIN record ON record.author = a.number AND counted = 1 WHERE a.id = ?1"""
        found: list[tuple[int, ...]] = []
        for who in (alice, bob, carol, mallory):
            rows = self.desk.stores._database.rows(query, (who.id, NOW, START_MS))  # pyright: ignore
            found.append((rows[0][0] if rows else 0, rows[0][1] or 0, rows[0][2] or 0))
        return found


def follow(plan: Plan) -> None:
    together, alone = Node(), Node()
    for numbers, way in plan:
        packed = [PACKED[number] for number in numbers]
        assert together.judge(packed, way) == alone.judge(packed, way, alone=True)
        together.desk.stores.commit()
    assert together.effects == alone.effects
    assert together.state() == alone.state()


@settings(max_examples=25, deadline=None)
@given(PLANS)
def test_a_batch_ends_as_one_by_one(plan: Plan) -> None:
    follow(plan)


def test_a_batch_with_every_kind_of_flaw_keeps_what_is_good() -> None:
    follow([(list(range(len(PACKED))), Way.ASKED), (list(reversed(range(len(PACKED)))), Way.GOSSIP)])
    node = Node()
    found = dict(zip(FLAWS, node.judge([pack(alice.inception), *FLAWS.values()], Way.ASKED)[1:], strict=True))
    assert {verdict for verdict, _ in found.values()} == {"refuse", "ignore"}
    assert len({reason for _, reason in found.values()}) >= len(FLAWS) - 2
    assert node.desk.stores.records.totals() == {"inception/1": 1}


@pytest.mark.parametrize(
    ("where", "name", "planted"),
    [
        (Foresight, "taken", lambda _self, _record_id, _place: None),
        (Tallies, "put", lambda _self, _author, _arrived: None),
        (Tallies, "forget", lambda _self, _author: None),
    ],
)
def test_a_planted_bug_is_found(monkeypatch: pytest.MonkeyPatch, where: Any, name: str, planted: Any) -> None:
    monkeypatch.setattr(where, name, planted)

    @settings(max_examples=200, deadline=None, database=None, derandomize=True, phases=[Phase.generate])
    @given(PLANS)
    def search(plan: Plan) -> None:
        follow(plan)

    with pytest.raises(AssertionError):
        search()
