"""Money as people write it, to and from minor units: "150 EUR", "150.50EUR", "EUR 150"."""

from __future__ import annotations

import re

import click

from freehold.protocol.limits import MAX_INTEGER
from freehold.protocol.money import exponent, show_money

from .errors import Trouble

_NUMBER = r"[0-9]{1,16}(?:\.[0-9]{1,8})?"
_UNIT = r"[A-Za-z][A-Za-z0-9]{2,7}"
_LETTERS = r"[A-Za-z]{3,8}"
"""A unit before the number ends where the number begins: it has no digits."""
_AMOUNT = re.compile(rf"(?P<before>{_LETTERS})?\s*(?P<number>{_NUMBER})\s*(?P<after>{_UNIT})?")
_RANGE = re.compile(
    rf"(?P<before>{_LETTERS})?\s*(?P<low>{_NUMBER})\s*(?:-|to)\s*(?P<high>{_NUMBER})\s*(?P<after>{_UNIT})?"
)


def parse_money(text: str) -> tuple[int, str]:
    """(minor units, unit) of an amount. Raises Trouble with what is wrong."""
    found = _AMOUNT.fullmatch(text.strip())
    if found is None:
        raise _unreadable(text)
    unit = _unit(text, found["before"], found["after"])
    return _minor(text, found["number"], unit), unit


def parse_range(text: str) -> tuple[int, int, str]:
    """(low, high, unit) of "100-200 EUR", or of one amount, which is both ends. Raises Trouble."""
    found = _RANGE.fullmatch(text.strip())
    if found is None:
        amount, unit = parse_money(text)
        return amount, amount, unit
    unit = _unit(text, found["before"], found["after"])
    low, high = _minor(text, found["low"], unit), _minor(text, found["high"], unit)
    if low > high:
        raise Trouble("bad-amount", f"{text!r}: the lower end is above the upper end", "write it as 100-200 EUR")
    return low, high, unit


def show_range(low: int, high: int, unit: str) -> str:
    """E.g. 100.00-200.00 EUR, or one amount when both ends are the same."""
    if low == high:
        return show_money(low, unit)
    return f"{show_money(low, unit).rpartition(' ')[0]}-{show_money(high, unit)}"


def _unit(text: str, before: str | None, after: str | None) -> str:
    if (before is None) == (after is None):
        raise _unreadable(text)
    return (before or after or "").upper()


def _minor(text: str, number: str, unit: str) -> int:
    whole, _, part = number.partition(".")
    places = exponent(unit)
    if len(part.rstrip("0")) > places:
        raise Trouble("bad-amount", f"{text!r}: {unit} has {places} decimal places at most", "leave the others out")
    amount = int(whole + part.rstrip("0").ljust(places, "0"))
    if amount > MAX_INTEGER:
        raise Trouble("bad-amount", f"{text!r} is more than a record can hold", "write a smaller amount")
    return amount


def _unreadable(text: str) -> Trouble:
    return Trouble(
        "bad-amount",
        f"{text!r} is not an amount of money with its currency",
        "write it as 150 EUR, 150.50 EUR or EUR 150: a point before the cents, nothing between thousands",
    )


class MoneyOption(click.ParamType[tuple[int, str]]):
    """A Click type: an amount, as (minor units, unit)."""

    name = "amount"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, str]:
        """Read the text. Fails as a usage error."""
        try:
            return parse_money(str(value))
        except Trouble as trouble:
            self.fail(f"{trouble.what}; {trouble.hint}", param, ctx)


MONEY = MoneyOption()
