"""What is paid: percentiles that one author cannot move, of one side, unit and basis."""

import dataclasses

import pytest

from freehold.node.core import rates
from freehold.node.core.rates import LEAST_AUTHORS, Prices, Rates
from freehold.protocol.kinds.offer import FIXED, HOURLY, OFFER, SERVICE, WANTED, Budget
from tests.cast import DAY_MS, START_MS, offer, person
from tests.node.core.market import desk_of

NOW = START_MS + DAY_MS


@pytest.fixture
def desk():
    return desk_of(None)


def paying(name, low, number=1, *, high=None, unit="EUR", basis=HOURLY, **fields):
    budget = Budget(basis, unit, low, high or low)
    fields.setdefault("skills", ("Python",))
    return offer(person(name), number=number, budget=budget, **fields)


def market_of(desk, records, now=NOW, skill="python"):
    for record in records:
        desk.stores.records.add(record, NOW, shared=True)
    return {(one.side, one.basis, one.unit): one for one in Rates(desk, now).of(skill)}


def prices(desk, records, now=NOW):
    return market_of(desk, records, now)[WANTED, HOURLY, "EUR"].prices


TEN = [paying(f"author {number}", 1_000 * number) for number in range(1, 11)]


def test_percentiles_are_prices_that_somebody_named(desk):
    found = market_of(desk, TEN)[WANTED, HOURLY, "EUR"]
    assert found.percentiles == {10: 1_000, 25: 3_000, 50: 5_000, 75: 8_000, 90: 9_000}


def test_too_few_authors_say_nothing(desk):
    found = market_of(desk, TEN[: LEAST_AUTHORS - 1])[WANTED, HOURLY, "EUR"]
    assert (len(found.prices), found.percentiles) == (LEAST_AUTHORS - 1, None)


def test_sides_units_and_bases_are_never_mixed(desk):
    others = [
        paying("a", 1, unit="USD"), paying("b", 2, basis=FIXED), paying("c", 3, side=SERVICE),
        offer(person("d"), budget=None, skills=("Python",)), paying("e", 4, skills=("Python 2",)),
    ]  # fmt: skip
    found = market_of(desk, [*TEN, *others])
    assert len(found[WANTED, HOURLY, "EUR"].prices) == 10
    assert {key: one.prices for key, one in found.items() if len(one.prices) == 1} == {
        (WANTED, HOURLY, "USD"): (1,), (WANTED, FIXED, "EUR"): (2,), (SERVICE, HOURLY, "EUR"): (3,),
    }  # fmt: skip


def test_offers_that_are_closed_or_over_count_for_a_while(desk):
    closed = paying("author 1", 1_000, closed=True)
    assert prices(desk, [closed]) == (1_000,)
    assert market_of(desk, [], START_MS + (rates.DAYS + 1) * DAY_MS) == {}
    open_long = paying("author 2", 2_000, life_ms=170 * DAY_MS)
    assert prices(desk, [open_long], START_MS + (rates.DAYS + 1) * DAY_MS) == (2_000,)


FLOOD = [paying("flooder", 100_000, number) for number in range(40)]


def one_authors_flood_moves_little(desk):
    calm = market_of(desk, TEN)[WANTED, HOURLY, "EUR"].percentiles or {}
    flooded = market_of(desk, FLOOD)[WANTED, HOURLY, "EUR"]
    assert len(flooded.prices) == len(TEN) + 1
    assert (flooded.percentiles or {})[50] <= calm[50] + 1_000


def test_a_flood_of_one_author_counts_once(desk):
    one_authors_flood_moves_little(desk)


def test_counting_offers_instead_of_authors_would_be_noticed(desk, monkeypatch):
    def each(found, at):
        return Prices([dataclasses.replace(one, author=bytes([number])) for number, one in enumerate(found)], at)

    monkeypatch.setattr(rates, "Prices", each)
    with pytest.raises(AssertionError):
        one_authors_flood_moves_little(desk)


def test_a_large_market_is_read_once_a_minute_and_a_small_one_for_every_answer(desk, monkeypatch):
    monkeypatch.setattr(rates, "LARGE", len(TEN))
    assert len(prices(desk, TEN[:9])) == 9
    assert prices(desk, TEN) == (*range(1_000, 11_000, 1_000),)
    assert len(prices(desk, [paying("author 11", 50)])) == 10
    assert len(prices(desk, [], NOW + rates.KEPT_MS)) == 11


def test_prices_of_few_skills_are_kept(desk, monkeypatch):
    monkeypatch.setattr(rates, "LARGE", 1)
    monkeypatch.setattr(rates, "MARKETS", 2)
    for skill in ("Ink", "Oil", "Tar"):
        market_of(desk, [paying("a", 1, number=ord(skill[0]), skills=(skill,))], skill=skill)
    assert list(desk.prices) == ["oil", "tar"]


def test_an_offer_is_compared_with_those_of_others(desk):
    market_of(desk, [*TEN, *FLOOD])
    own = paying("author 1", 2_000, 2, high=5_000)
    desk.stores.records.add(own, NOW, shared=True)
    (found,) = Rates(desk, NOW).compare(own.author, OFFER.open(own), ["python"])
    assert (found.others, found.less, found.more, found.median, found.enough) == (10, 2, 8, 6_000, True)
    (unknown,) = Rates(desk, NOW).compare(own.author, OFFER.open(own), ["Cobol"])
    assert (unknown.others, unknown.enough) == (0, False)
    unpriced = OFFER.open(offer(budget=None))
    assert Rates(desk, NOW).compare(own.author, unpriced, ["python"]) == []


def test_what_an_author_named_before_is_left_out_of_the_comparison_wherever_it_stands(desk):
    market_of(desk, TEN)
    for place in (1, 5, 10):
        author = person(f"author {place}")
        for own in (500, 1_000 * place, 20_000):
            (found,) = Rates(desk, NOW).compare(
                author.id, OFFER.open(offer(author, budget=Budget(HOURLY, "EUR", own, own))), ["Python"]
            )
            others = [1_000 * number for number in range(1, 11) if number != place]
            assert (found.less, found.more) == (sum(o < own for o in others), sum(o > own for o in others))
            assert found.median == others[4]
