"""Values as a reader's language writes them: money, times, spans, scores. Filters of the templates."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from freehold.protocol.codes import MEANINGS
from freehold.protocol.money import exponent

from . import amounts, terms
from .retelling import Retelling

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import tzinfo

    from ..port import Json
    from .catalogues import Catalogue

HOUR_MS = 60 * 60 * 1000
DAY_MS = 24 * HOUR_MS
_SHORT_LETTERS = 8
_SOON_MS = 2 * DAY_MS
"""A deadline this near is marked."""
ZONE: tzinfo | None = None
"""The reader's time zone is this machine's: the browser runs beside the node. Tests set another."""


_MB = 1_000_000


class Words:
    """How one language says things."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._c = catalogue
        self.retold = Retelling(catalogue)

    def filters(self) -> dict[str, Callable[..., Any]]:
        """What templates write as `value | name`."""
        return {
            "money": self.money,
            "budget": self.budget,
            "number": self.number,
            "date": self.date,
            "filesize": self.filesize,
            "moment": self.moment,
            "month": self.month,
            "iso": iso,
            "span": self.span,
            "from_now": self.from_now,
            "duration": self.duration,
            "short": short,
            "term": self.term,
            "initials": initials,
            "percent": percent,
            "urgency": urgency,
            "grouped": grouped,
            "tint": tint,
            "queried": queried,
            "pairs": pairs,
            "asked": self.asked,
            "termed": self.termed,
            "retold": self.retold,
            "meaning": self.meaning,
        }

    def globals(self) -> dict[str, Any]:
        """What templates call."""
        return {"DAY_MS": DAY_MS}

    def term(self, word: str) -> str:
        """A word of the protocol (a state, a role) in the reader's language."""
        return self._c.gettext(terms.TERMS.get(word, word))

    def termed(self, terms_: Iterable[str]) -> list[tuple[str, str, str]]:
        """Words of the protocol as choices."""
        return [(word, self.term(word), "") for word in terms_]

    def meaning(self, code: str) -> str:
        """What the code of an error means; empty for one that nobody explains."""
        return self._c.gettext(MEANINGS[code]) if code in MEANINGS else ""

    def number(self, value: int) -> str:
        """A whole number, grouped."""
        return f"{value:,}".replace(",", self._c.group)

    def filesize(self, count: int) -> str:
        """Bytes in kB, rounded up; from a million on in MB."""
        if count < _MB:
            return f"{self.number(-(-count // 1_000))} kB"
        tenths = -(-count * 10 // _MB)
        return f"{self.number(tenths // 10)}{self._c.decimal}{tenths % 10} MB"

    def money(self, value: Json | None) -> str:
        """{"amount", "unit"} in words; empty for None."""
        return "" if value is None else f"{self._amount(value['amount'], value['unit'])} {value['unit']}"

    def budget(self, value: Json | None) -> str:
        """An offer's budget, without what it is for."""
        if value is None:
            return self._c.gettext("price open")
        low, high = (self._amount(value[end], value["unit"], whole=True) for end in ("low", "high"))
        amount = low if low == high else f"{low}\N{EN DASH}{high}"
        return f"{amount} {value['unit']}"

    def _amount(self, amount: int, unit: str, *, whole: bool = False) -> str:
        places = exponent(unit)
        units, part = divmod(amount, 10**places)
        if places == 0 or (whole and part == 0):
            return self.number(units)
        return f"{self.number(units)}{self._c.decimal}{part:0{places}d}"

    def asked(self, query: Json) -> Json:
        """A saved search as the filters of the board have it."""
        found = {name: value for name, value in query.items() if name not in ("least", "most", "skill", "any_skill")}
        for end in ("least", "most"):
            if end in query:
                found[end] = amounts.shown(query[end], query["unit"], self._c)
        every, some = query.get("skill", ()), query.get("any_skill", ())
        return found | {"skill": ", ".join([*every, *some]), "any": "1" if some and not every else ""}

    def date(self, at_ms: int | None) -> str:
        """A day."""
        at = local(at_ms)
        if at is None:
            return "" if at_ms is None else self._c.gettext("in a year beyond the calendar")
        month = self._c.gettext(terms.MONTHS[at.month - 1])
        return self._c.gettext("%(month)s %(day)s, %(year)s") % {"day": at.day, "month": month, "year": at.year}

    def month(self, at_ms: int | None) -> str:
        """A month and its year."""
        at = local(at_ms)
        return self.date(at_ms) if at is None else f"{self._c.gettext(terms.MONTHS[at.month - 1])} {at.year}"

    def moment(self, at_ms: int | None) -> str:
        """A day and a time."""
        at = local(at_ms)
        return self.date(at_ms) if at is None else f"{self.date(at_ms)}, {at:%H:%M}"

    def span(self, ms: int) -> str:
        """A span in its largest whole unit, rounded down, a minute at least: what is left is not told too long."""
        ngettext = self._c.ngettext
        if ms >= 2 * DAY_MS:
            count = ms // DAY_MS
            return ngettext("%(n)s day", "%(n)s days", count) % {"n": count}
        if ms >= HOUR_MS:
            count = ms // HOUR_MS
            return ngettext("%(n)s hour", "%(n)s hours", count) % {"n": count}
        count = max(1, ms // 60_000)
        return ngettext("%(n)s minute", "%(n)s minutes", count) % {"n": count}

    def from_now(self, at_ms: int, now_ms: int) -> str:
        """How far a time is from now."""
        if at_ms >= now_ms:
            return self._c.gettext("in %(span)s") % {"span": self.span(at_ms - now_ms)}
        return self._c.gettext("%(span)s ago") % {"span": self.span(now_ms - at_ms)}

    def duration(self, ms: int) -> str:
        """A length of time that was agreed: whole days, else as a span."""
        days, rest = divmod(ms, DAY_MS)
        return (
            self.span(ms)
            if rest or not days
            else self._c.ngettext("%(n)s day long", "%(n)s days long", days) % {"n": days}
        )


def local(at_ms: int | None) -> datetime | None:
    """A time in the reader's zone; None for none, or for one beyond the calendar."""
    try:
        return None if at_ms is None else datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(ZONE)
    except (ValueError, OverflowError, OSError):
        return None


def iso(at_ms: int | None) -> str:
    """A time as <time datetime> wants it."""
    at = local(at_ms)
    return "" if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def short(name: str) -> str:
    """The beginning of a name, as the command shows it."""
    head, mark, tail = name.rpartition("1") if name.count("1") == 1 else name.partition("1")
    return f"{head}{mark}{tail[:_SHORT_LETTERS]}"


def initials(name: str | None) -> str:
    """Up to two letters for a picture of somebody."""
    letters = [word[0] for word in re.findall(r"\w+", name or "")]
    return "".join(letters[:1] + letters[-1:] if len(letters) > 1 else letters).upper() or "?"


def percent(share: float) -> int:
    """0 to 100."""
    return round(100 * share)


def urgency(at_ms: int | None, now_ms: int) -> str:
    """`over`, `soon` or `calm`: how a deadline is shown."""
    if at_ms is None:
        return "calm"
    return "over" if at_ms < now_ms else "soon" if at_ms - now_ms < _SOON_MS else "calm"


def tint(letters: str) -> int:
    """One of eight colours for a face, by the name of the identity: the same on every node."""
    return sum(map(ord, letters)) % 8


def queried(values: dict[str, Any]) -> str:
    """Values as the query of an address; empty ones are left out."""
    return urlencode({name: value for name, value in values.items() if value not in ("", None, [], ())}, doseq=True)


def pairs(words: Iterable[str]) -> list[tuple[str, str]]:
    """Words as options whose values are themselves."""
    return [(word, word) for word in words]


def grouped(hexadecimal: str) -> str:
    """A hash in groups of four, which eyes can compare."""
    return " ".join(re.findall("....?", hexadecimal))
