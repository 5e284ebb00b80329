"""Opinions in columns: however they come, few or many, told twice or taken back, the same table lies there."""

import random

import numpy as np
import pytest

from freehold.node.core.reputation import market as markets
from freehold.node.core.reputation.engine import Engine
from freehold.node.core.reputation.graph import graph_of
from freehold.node.core.reputation.opinions import Opinion, Place, decode, encode, flags_of
from freehold.node.core.reputation.settings import GRADE_PARTS, H1, LEAST_PART, strength_of
from freehold.node.core.reputation.table import columns_of, joined
from freehold.node.core.reputation.trust import Walk, numpy_sums, scipy_sums, spread
from freehold.protocol.kinds.values import CLIENT, FREELANCER
from freehold.protocol.kinds.worth import TOP, band_of


def who(number):
    return number.to_bytes(32, "big")


def some(dice, count, people=40):
    for _ in range(count):
        by, of = dice.sample(range(people), 2)
        role, grade = dice.choice((CLIENT, FREELANCER)), dice.choice("ABC")
        levels = tuple(dice.randrange(5) for _ in range(5))
        yield Opinion(dice.randbytes(32), who(by), who(of), levels, dice.randrange(20) * 1000, role, grade)


def rows(engine):
    table = engine._market.settled()
    return [bytes(one) for one in table.roll.ids], [
        getattr(table, name).tolist() for name in ("starts", "by", "levels", "at", "key", "flags")
    ]


def test_levels_are_one_number_and_come_back():
    assert [encode(decode(code)) for code in range(5**5)] == list(range(5**5))


@pytest.mark.parametrize("few_of", [1, 10**9], ids=["one by one", "all anew"])
def test_few_or_many_at_a_time_give_the_same_table(monkeypatch, few_of):
    monkeypatch.setattr(markets, "FEW_OF", few_of)
    dice = random.Random(5)
    told = list(some(dice, 300))
    whole, slowly = Engine(), Engine()
    whole.load(columns_of(told))
    for number, one in enumerate(dice.sample(told, len(told))):
        slowly.add(one)
        if number % 7 == 0:
            slowly.seen_from(Place(who(1)))
    assert rows(whole) == rows(slowly)
    for one in told[:100]:
        whole.discard(one.review)
        slowly.discard(one.review)
    fewer = Engine()
    fewer.load(columns_of(told[100:]))
    assert rows(whole)[1] == rows(slowly)[1]
    assert [*map(sorted, rows(whole)[1][2:])] == [*map(sorted, rows(fewer)[1][2:])]


def test_what_is_told_again_changes_nothing_and_what_is_not_there_cannot_be_taken_back():
    told = list(some(random.Random(3), 20))
    engine = Engine()
    engine.load(columns_of(told))
    before = engine.seen_from(Place(who(1)))
    for one in told:
        engine.add(one)
    engine.discard(bytes(32))
    assert engine.seen_from(Place(who(1))) is before
    other = Opinion(told[0].review, told[0].by, told[0].of, (0, 0, 0, 0, 0), told[0].at, told[0].as_role, told[0].grade)
    engine.add(other)
    assert engine.seen_from(Place(who(1))) is not before
    assert engine.count == 20


def test_a_ring_fills_neither_the_memory_nor_the_table_in_silence(monkeypatch):
    monkeypatch.setattr(markets, "MOST_BY_ONE", 10)
    monkeypatch.setattr(markets, "MOST_OPINIONS", 50)
    engine = Engine()
    ring = [
        Opinion(number.to_bytes(32, "little"), who(1), who(2), (4, 4, 4, 4, 4), number * 1000)
        for number in range(1, 31)
    ]
    engine.load(columns_of(ring))
    assert (engine.count, engine.dropped) == (10, {markets.BY_ONE: 20})
    kept = engine._market.settled().at.tolist()
    assert kept == list(range(1, 11)), "the first ones are kept, so that a flood cannot push out what was there"
    engine.load(columns_of(list(some(random.Random(4), 60, people=200))))
    assert 40 < engine.count <= 50
    assert engine.dropped[markets.FULL] == 70 - engine.count


def test_a_flood_with_early_dates_pushes_out_nothing_but_itself(monkeypatch):
    monkeypatch.setattr(markets, "MOST_OPINIONS", 60)
    quiet = [
        Opinion(bytes([1, number]) + bytes(30), who(number), who(99), (4, 4, 4, 4, 4), 9_000_000 + number)
        for number in range(10)
    ]
    flood = [
        Opinion(bytes([2, number, part]) + bytes(29), who(200 + number), who(100 + part), (4, 4, 4, 4, 4), part)
        for number in range(5)
        for part in range(30)
    ]
    for order in (quiet + flood, flood + quiet):
        engine = Engine()
        engine.load(columns_of(order))
        table = engine._market.settled()
        assert int((table.at >= 9_000).sum()) == len(quiet)
        assert engine.count == 10 + 5 * 10
    monkeypatch.setattr(markets, "MOST_OPINIONS", 4)
    engine = Engine()
    engine.load(columns_of(flood + quiet))
    assert engine.count == 4


def test_people_are_numbered_by_their_ids_whoever_came_first():
    told = list(some(random.Random(8), 30))
    one, other = Engine(), Engine()
    for opinion in told:
        one.add(opinion)
    for opinion in reversed(told):
        other.add(opinion)
        assert other.count
    assert [bytes(name) for name in one.identities] == sorted({two for o in told for two in (o.by, o.of)})
    assert np.array_equal(one.identities, other.identities)


def test_a_table_keeps_to_few_bytes_a_review():
    told = list(some(random.Random(9), 2_000, people=50))
    table = joined(Engine()._market.settled(), columns_of(told))
    assert table.nbytes / table.count < 20


def test_a_flag_byte_holds_role_grade_and_band():
    strengths = [strength_of(flags_of(FREELANCER, grade, TOP)) for grade in "CBA"]
    assert strengths == list(GRADE_PARTS)
    bands = [strength_of(flags_of(CLIENT, "A", band_of(value))) for value in (0, 10, 40, 100, 250, 10_000)]
    assert bands == sorted(bands)
    assert (bands[0], bands[-1]) == (LEAST_PART, 256)


def test_a_value_that_is_not_stated_counts_as_the_least():
    assert strength_of(flags_of(CLIENT, "A")) == strength_of(flags_of(CLIENT, "A", 0)) == LEAST_PART


def test_scipy_and_numpy_hand_on_the_same_to_the_last_bit():
    pytest.importorskip("scipy")
    engine = Engine()
    engine.load(columns_of(list(some(random.Random(12), 3_000, people=200))))
    graph = engine._market.edges(0)
    seeds = np.array([3, 50, 120], np.int64)
    with_scipy, with_numpy = (spread(Walk(graph, sums), seeds, H1) for sums in (scipy_sums, numpy_sums))
    assert np.array_equal(with_scipy.value, with_numpy.value)
    assert np.array_equal(with_scipy.hop, with_numpy.hop)
    assert np.count_nonzero((with_numpy.value > 0) & (with_numpy.hop > 0)) > 0


@pytest.mark.parametrize("seed", range(3))
def test_edges_that_change_one_by_one_are_those_of_the_whole_market(monkeypatch, seed):
    monkeypatch.setattr(markets, "FEW_OF", 1)
    dice = random.Random(seed)
    engine = Engine()
    engine.load(columns_of(list(some(dice, 150, people=12))))
    engine._market.edges(0)
    sizes = set()
    for _ in range(40):
        for one in some(dice, 3, people=12):
            engine.add(one)
        found = engine._market.edges(0)
        monkeypatch.setattr(markets, "graph_of", forbidden)
        whole = graph_of(engine._market.settled())
        for name in ("starts", "by", "weight", "given", "criticised"):
            assert np.array_equal(getattr(found, name), getattr(whole, name)), name
        sizes.add(len(whole.by))
    assert len(sizes) > 3, "edges came and went"


def forbidden(*_):
    raise AssertionError("all edges were made anew")
