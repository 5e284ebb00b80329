"""The index of what is shared: always what the records say, through rollbacks, power cuts and starts."""

from __future__ import annotations

import random
from itertools import count
from pathlib import Path

import pytest

from freehold.node.store import ranges as store_ranges, views
from freehold.node.store.sqlite import SqliteStore
from freehold.protocol.reconcile import keys as keys_module
from freehold.protocol.reconcile.domain import EVERYTHING, Domain
from freehold.protocol.reconcile.keys import OrderedKeys, id_of, key
from freehold.protocol.reconcile.sketch import PREFIX_BYTES, Sketch
from tests.cast import START_MS, alice, bob, carol, offer, profile
from tests.memory import blank, fail_power, memory_store

NOW = START_MS


def expected(store: SqliteStore) -> list[bytes]:
    rows = store._database.rows("SELECT at, id FROM record WHERE shared = 1 UNION SELECT at, id FROM aside")
    return sorted(key(at, name) for at, name in rows)


def agrees(store: SqliteStore, domain: Domain = EVERYTHING, plain: list[bytes] | None = None) -> None:
    """The index holds exactly these keys, their sum, and once all work is done their sketch."""
    plain = expected(store) if plain is None else plain
    while store.ranges.tend(NOW):
        pass
    view = store.ranges.view(domain)
    assert view is not None
    assert list(view.keys) == plain
    assert (len(view.keys), view.keys.total) == (len(plain), OrderedKeys.of(plain).total)
    made = Sketch()
    for one in plain:
        made.toggle(one[8:16])
    assert view.sketch() == made.cells


def buckets_agree(store: SqliteStore) -> None:
    """What is on the disk of buckets, read afresh, is what the records say."""
    rows = store._database.rows("SELECT low, count, total FROM bucket ORDER BY low")
    fresh = OrderedKeys([(low, number, int.from_bytes(total, "big")) for low, number, total in rows])
    plain = expected(store)
    assert (len(fresh), fresh.total) == (len(plain), OrderedKeys.of(plain).total)


@pytest.fixture(autouse=True)
def small_buckets(monkeypatch):
    monkeypatch.setattr(keys_module, "BUCKET_KEYS", 4)


def offers(how_many: int):
    return [offer(bob, title=f"No. {number}", number=number, at=START_MS + number % 7) for number in range(how_many)]


def test_whatever_comes_and_goes_the_index_is_what_the_records_say():
    rng, store, numbers = random.Random(1), memory_store(), count()
    for _ in range(150):
        match rng.choice(["new", "new", "new", "version", "aside", "later", "private", "commit", "power", "expire"]):
            case "new":
                number = next(numbers)
                store.records.add(offer(bob, number=number, at=START_MS + rng.randrange(50)), NOW, shared=True)
            case "version":
                store.records.add(offer(bob, number=1, at=START_MS + rng.randrange(100)), NOW, shared=True)
            case "aside":
                record = offer(carol, number=rng.randrange(9))
                store.ranges.put_aside(record.id, record.header, NOW + rng.randrange(10))
            case "later":  # what was put aside is taken after all
                store.records.add(offer(carol, number=rng.randrange(9)), NOW, shared=True)
            case "private":
                store.records.add(offer(alice, number=next(numbers)), NOW, shared=False)
            case "commit":
                store.commit()
                buckets_agree(store)
            case "power":
                fail_power(store)
            case _:
                store.records.expire(NOW, 2)
        assert store.ranges.view(EVERYTHING) is not None
    agrees(store)
    store.commit()
    buckets_agree(store)


@pytest.mark.parametrize("bug", ["withdrawn", "_undo", "_write_buckets"])
def test_a_mistake_in_the_upkeep_would_be_noticed(bug, monkeypatch):
    monkeypatch.setattr(store_ranges.SqliteRanges, bug, lambda *_given: None)
    with pytest.raises(AssertionError):
        test_whatever_comes_and_goes_the_index_is_what_the_records_say()


def started_again(path: Path) -> SqliteStore:
    return SqliteStore.open(blank(path / "node.db"))


def test_a_start_finds_buckets_and_sketch_as_they_were(tmp_path):
    store = started_again(tmp_path)
    for record in offers(20):
        store.records.add(record, NOW, shared=True)
    store.commit()
    agrees(store)
    store.close()
    store = started_again(tmp_path)
    assert store.ranges.sketch() is not None  # without any work
    assert all(bucket.packed is None for bucket in store.ranges.keys._buckets if bucket.count)
    store.records.add(offer(carol), NOW, shared=True)
    agrees(store)
    store.close()


def test_after_a_crash_the_sketch_is_brought_up_to_date_or_made_anew(tmp_path):
    store = started_again(tmp_path)
    for record in offers(9):
        store.records.add(record, NOW, shared=True)
    agrees(store)
    store.ranges.close()  # a snapshot is written
    store.records.add(offer(carol), NOW, shared=True)
    store.commit()
    store._database.close()
    store = started_again(tmp_path)
    assert store.ranges.sketch() is not None
    agrees(store)
    store.records.add(offer(carol, title="Another", at=START_MS + 9), NOW, shared=True)  # in the place of the first
    store.commit()
    store._database.close()
    store = started_again(tmp_path)
    assert store.ranges.sketch() is None
    agrees(store)
    store.close()


def test_buckets_that_somebody_changed_are_counted_again(tmp_path):
    store = started_again(tmp_path)
    for record in offers(20):
        store.records.add(record, NOW, shared=True)
    store.commit()
    store._database.write("UPDATE bucket SET count = count + 1 WHERE low = (SELECT max(low) FROM bucket)")
    store._database.commit()
    store._database.close()
    store = started_again(tmp_path)
    agrees(store)
    store.commit()
    buckets_agree(store)
    store.close()


def test_what_a_node_knows_it_need_not_ask_for(tmp_path):
    store = memory_store()
    kept, old = offer(bob, at=START_MS + 9), offer(bob, title="Older")
    for record in (old, kept):
        store.records.add(record, NOW, shared=True)
    refused, unknown = offer(carol), offer(alice)
    assert store.ranges.put_aside(refused.id, refused.header, NOW + 1)
    assert not store.ranges.put_aside(refused.id, refused.header, NOW + 1)
    assert not store.ranges.put_aside(kept.id, kept.header, NOW + 1)
    for record, known, found in (
        (kept, True, True),
        (old, True, False),
        (refused, True, False),
        (unknown, False, False),
    ):
        for size in (8, 16, 32):
            assert store.ranges.known(record.id[:size]) == known
            assert store.ranges.find(record.id[:size]) == ([record.id] if found else [])
    store.ranges.tend(NOW + 2)
    assert not store.ranges.known(refused.id)
    agrees(store)


def test_what_was_put_aside_of_somebody_is_reconsidered():
    store = memory_store()
    for number in range(5):
        record = offer(carol, number=number)
        store.ranges.put_aside(record.id, record.header, NOW + 1)
    assert store.ranges.reconsider(bob.id) == 0
    assert store.ranges.reconsider(carol.id) == 5
    assert len(store.ranges.keys) == 0


def test_room_for_what_is_put_aside_has_an_end(monkeypatch):
    monkeypatch.setattr(store_ranges, "ASIDE", 3)
    store = memory_store()
    for number in range(5):
        record = offer(carol, number=number)
        assert store.ranges.put_aside(record.id, record.header, NOW + 1) == (number < 3)
    agrees(store)


def test_an_erased_record_does_not_come_back_by_being_missed():
    store = memory_store()
    record = offer(bob)
    store.records.add(record, NOW, shared=True)
    before = list(store.ranges.keys)
    assert store.records.erase(record.id, NOW, header_stays=False)
    assert list(store.ranges.keys) == before
    assert store.ranges.find(record.id) == []
    assert store.ranges.known(record.id[:8])
    agrees(store)


DOMAINS = {
    "offers": Domain(kinds=frozenset({"offer/1"})),
    "bob": Domain(people=frozenset({bob.id})),
    "of late": Domain(since=START_MS + 3),
    "bob's late offers": Domain(frozenset({"offer/1"}), START_MS + 3, frozenset({bob.id})),
    "of nobody here": Domain(people=frozenset({bytes(32)})),
    "kinds that nobody has": Domain(kinds=frozenset({"org.example.x/1"})),
    "nobody": Domain(nobody=True),
}


@pytest.mark.parametrize("domain", DOMAINS.values(), ids=list(DOMAINS))
def test_a_domain_is_gathered_in_pieces_and_kept_up(domain, monkeypatch):
    monkeypatch.setattr(views, "GATHERED_AT_ONCE", 3)
    store = memory_store()
    everybody = [who.inception for who in (alice, bob, carol)] + [profile(bob), profile(carol)]
    records = [*everybody, *offers(12), *(offer(carol, number=number) for number in range(3))]
    for number, record in enumerate(records):
        store.records.add(record, NOW, shared=True)
        if number == 5:
            assert (store.ranges.view(domain) is None) != domain.nobody
            store.ranges.tend(NOW)
    refused = offer(alice)
    store.ranges.put_aside(refused.id, refused.header, NOW + 5)

    def inside():
        return sorted(key(one.header.at, one.id) for one in [*records, refused] if domain.holds(one.header))

    while store.ranges.tend(NOW):
        pass
    agrees(store, domain, inside())
    late = offer(bob, number=99, at=START_MS + 99)
    records.append(late)
    store.records.add(late, NOW, shared=True)
    agrees(store, domain, inside())
    store.records.erase(late.id, NOW, header_stays=True)
    agrees(store, domain, inside())


@pytest.mark.parametrize("at_once", [True, False])
def test_a_sketch_that_has_too_much_to_catch_up_with_is_made_anew(at_once, monkeypatch):
    monkeypatch.setattr(views, "PENDING", 20)
    upkeep, keys, plain = views.SketchUpkeep(), OrderedKeys(), Sketch()
    upkeep.begin(Sketch())
    for number in range(50):
        one = key(number, number.to_bytes(8, "big") + bytes(24))
        keys.add(one)
        plain.toggle(id_of(one)[:PREFIX_BYTES])
        if not at_once:
            upkeep.changed(one)
    if at_once:
        upkeep.changed_many(keys)
    assert len(upkeep._pending) <= 20
    assert upkeep.cells() is None
    while upkeep.work(keys):
        pass
    assert upkeep.cells() == plain.cells


def test_few_views_are_kept():
    store = memory_store()
    for number in range(20):
        store.ranges.view(Domain(since=number + 1))
    assert len(store.ranges._views) == store_ranges.VIEWS
