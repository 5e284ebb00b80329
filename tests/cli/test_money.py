"""Money as people type it."""

import pytest
from hypothesis import given, strategies as st

from freehold.cli.errors import Trouble
from freehold.cli.money import parse_money, parse_range, show_range
from freehold.protocol.limits import MAX_INTEGER
from freehold.protocol.money import show_money


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("150 EUR", (15_000, "EUR")),
        ("150.50EUR", (15_050, "EUR")),
        ("EUR 150", (15_000, "EUR")),
        ("eur150.5", (15_050, "EUR")),
        ("  0 USD ", (0, "USD")),
        ("1500 JPY", (1_500, "JPY")),
        ("1.5 KWD", (1_500, "KWD")),
        ("1.500 EUR", (150, "EUR")),
        ("2100 SATS", (2_100, "SATS")),
    ],
)
def test_these_are_read(text, amount):
    assert parse_money(text) == amount


@pytest.mark.parametrize(
    "text",
    [
        *("", "EUR", "150", "-5 EUR", "1,500 EUR", "1.234 EUR", "0.5 JPY", "EUR 5 EUR", "5 E", "5 EUROPEANS"),
        *("1e3 EUR", "\u0661\u0665 EUR", "\uff11\uff15 EUR", "5 EUR; rm", "9" * 17 + " EUR", "9" * 16 + " EUR"),
        *(".5 EUR", "5. EUR", "nan EUR"),
    ],
)
def test_nonsense_is_refused_with_a_way_out(text):
    with pytest.raises(Trouble) as caught:
        parse_money(text)
    assert caught.value.code == "bad-amount"
    assert caught.value.hint


def test_ranges():
    assert parse_range("100-200 EUR") == (10_000, 20_000, "EUR")
    assert parse_range("USD 15.00 - 30") == (1_500, 3_000, "USD")
    assert parse_range("100 to 200 EUR") == (10_000, 20_000, "EUR")
    assert parse_range("5 EUR") == (500, 500, "EUR")
    with pytest.raises(Trouble):
        parse_range("200-100 EUR")
    with pytest.raises(Trouble):
        parse_range("-100 EUR")


UNITS = st.sampled_from(["EUR", "USD", "JPY", "KWD", "CLF", "SATS", "XNO123"])


@given(st.integers(0, MAX_INTEGER), UNITS)
def test_what_is_shown_reads_back_the_same(amount, unit):
    whole_digits = len(show_money(amount, unit).partition(".")[0].partition(" ")[0])
    assert whole_digits <= 16
    assert parse_money(show_money(amount, unit)) == (amount, unit)


@given(st.integers(0, 10**12), st.integers(0, 10**12), UNITS)
def test_a_range_that_is_shown_reads_back_the_same(one, other, unit):
    low, high = sorted((one, other))
    assert parse_range(show_range(low, high, unit)) == (low, high, unit)


@given(st.text(max_size=40))
def test_no_text_raises_anything_else(text):
    for read in (parse_money, parse_range):
        try:
            found = read(text)
        except Trouble:
            continue
        assert all(0 <= number <= MAX_INTEGER for number in found[:-1] if isinstance(number, int))
