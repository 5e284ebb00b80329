"""Numbers as people type them. A dot or a comma before cents is read in either language; what may mean two things is
asked back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from freehold.protocol.limits import MAX_INTEGER
from freehold.protocol.money import exponent

from ...core.desk import Denied

if TYPE_CHECKING:
    from .catalogues import Catalogue

_SPACES = re.compile(r"[\s'’\u00a0\u202f]+")
_GROUPED = re.compile(
    r"[0-9]{1,3}(?:([.,])[0-9]{3})(?:\1[0-9]{3})*(?:(?!\1)[.,]([0-9]{1,8}))?|([0-9]{1,16})(?:[.,]([0-9]{1,8}))?"
)
_MOST_LETTERS = 40


def minor(typed: str, unit: str, catalogue: Catalogue) -> int:
    """Minor units of an amount. Raises Denied `bad-amount`."""
    text = _SPACES.sub("", typed)
    found = _GROUPED.fullmatch(text) if len(text) <= _MOST_LETTERS else None
    if found is None:
        raise _unreadable(typed)
    one_mark = found[1] is not None and found[2] is None and len(re.findall(r"[.,]", text)) == 1
    if one_mark and found[1] != catalogue.group and exponent(unit) != 0:
        raise Denied("bad-amount", f"{typed!r} may mean two amounts", "write the cents as well, or no mark at all")
    part = (found[2] or found[4] or "").rstrip("0")
    whole_units = re.sub(r"[.,]", "", text[: -len(found[2]) - 1] if found[2] else text) if found[1] else found[3]
    places = exponent(unit)
    if len(part) > places:
        raise Denied("bad-amount", f"{typed!r}: {unit} has {places} decimal places at most", "leave the others out")
    amount = int(whole_units + part.ljust(places, "0"))
    if amount > MAX_INTEGER:
        raise Denied("bad-amount", f"{typed!r} is more than a record can hold", "write a smaller amount")
    return amount


def shown(amount: int, unit: str, catalogue: Catalogue) -> str:
    """Minor units as they would be typed."""
    places = exponent(unit)
    units, part = divmod(amount, 10**places)
    return f"{units}{catalogue.decimal}{part:0{places}d}" if places else str(units)


def whole(typed: str, otherwise: int) -> int:
    """A whole number, or `otherwise` for an empty field. Raises Denied `bad-amount`."""
    if not typed:
        return otherwise
    if not re.fullmatch(r"[0-9]{1,15}", typed):
        raise Denied("bad-amount", f"{typed[:_MOST_LETTERS]!r} is not a whole number", "write digits only")
    return int(typed)


def _unreadable(typed: str) -> Denied:
    return Denied("bad-amount", f"{typed[:_MOST_LETTERS]!r} is not an amount", "write it as 150 or 150.50")
