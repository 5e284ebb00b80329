"""What stands in the cells of a job posting, as real people wrote it: title, skills, pay.

Each function returns the offer's value or raises Rejected with a reason for the person whose file it is.
"""

from __future__ import annotations

import re

from freehold.protocol.kinds.offer import FIXED, HOURLY, Budget
from freehold.protocol.limits import MAX_INTEGER

NOTHING = "N/A"
"""What the boards write where there is no budget."""
MAX_SKILLS = 20
"""As many as an offer holds."""
SHOWN_CHARACTERS = 40
"""How much of a cell a reason quotes."""

_SYMBOLS = {"$": "USD", "€": "EUR", "£": "GBP"}
_MINOR_UNITS = 100
"""Cents in a unit: the same for every currency in `_SYMBOLS`."""
_AMOUNT = re.compile(r"(?P<symbol>[$€£]) ?(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.(?P<cents>[0-9]{1,2}))?")
_CUT_OFF = re.compile(r"\+[0-9]+")
"""`+3` at the end of a skill list: the board showed three fewer than there were."""


class Rejected(Exception):
    """This row cannot become an offer; the message says why."""


def title(cell: str) -> str:
    """The title, spaces evened out."""
    if "\n" in cell.strip() or "\r" in cell.strip():
        raise Rejected("the title has a line break in it: is a closing quote missing?")
    words = " ".join(cell.split())
    if not words:
        raise Rejected("the title is empty")
    return words


def skills(cell: str) -> tuple[str, ...]:
    """Comma-separated skills in their order, each once whatever its case, without the board's `+3`."""
    found: dict[str, str] = {}
    for part in cell.split(","):
        skill = " ".join(part.split())
        if skill and not _CUT_OFF.fullmatch(skill):
            found.setdefault(skill.casefold(), skill)
    if len(found) > MAX_SKILLS:
        raise Rejected(f"it names {len(found)} skills, an offer holds {MAX_SKILLS}")
    return tuple(found.values())


def pay(terms: str, estimate: str) -> tuple[str, Budget | None]:
    """The basis (`fixed` or `hourly`) and the budget, from the columns `Hourly/Fixed` and `Budget`."""
    word, _, rates = (part.strip() for part in terms.partition(":"))
    named = "" if estimate.strip().upper() == NOTHING else estimate.strip()
    if word.casefold() == "fixed price" and not rates:
        return FIXED, _estimated(named) if named else None
    if word.casefold() != "hourly":
        raise Rejected(f"{quoted(terms)} is neither Hourly nor Fixed price")
    if named:
        raise Rejected(f"it is paid by the hour and yet names a budget, {quoted(named)}")
    return HOURLY, _hourly(rates) if rates else None


def quoted(cell: str) -> str:
    """A cell as a reason quotes it: on one line, and not all of a long one."""
    line = " ".join(cell.split())
    return f"“{line if len(line) <= SHOWN_CHARACTERS else line[: SHOWN_CHARACTERS - 1] + '…'}”"


def _estimated(cell: str) -> Budget:
    unit, amount = _money(cell.removeprefix("Est. budget:").strip())
    return Budget(FIXED, unit, amount, amount)


def _hourly(cell: str) -> Budget:
    first, dash, second = (part.strip() for part in cell.partition("-"))
    unit, low = _money(first)
    other_unit, high = _money(second) if dash else (unit, low)
    if unit != other_unit:
        raise Rejected(f"the hourly rate {quoted(cell)} mixes two currencies")
    if low > high:
        raise Rejected(f"the hourly rate {quoted(cell)} runs backwards")
    return Budget(HOURLY, unit, low, high)


def _money(cell: str) -> tuple[str, int]:
    match = _AMOUNT.fullmatch(cell)
    if match is None:
        raise Rejected(f"{quoted(cell)} is not an amount such as $1,500.00 (with $, € or £)")
    whole, cents = match["whole"].replace(",", ""), (match["cents"] or "").ljust(2, "0")
    # Compared by length first: int() of a megabyte of digits takes minutes, and Python refuses 4,300 of them.
    if len(whole) > len(str(MAX_INTEGER)) or int(whole) * _MINOR_UNITS + int(cents) > MAX_INTEGER:
        raise Rejected(f"{quoted(cell)} is more money than there is")
    return _SYMBOLS[match["symbol"]], int(whole) * _MINOR_UNITS + int(cents)
