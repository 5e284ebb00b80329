"""An export as CSV for spreadsheets, which run whatever begins like a formula: no cell does."""

from __future__ import annotations

import csv
import io
import unicodedata
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from freehold.protocol.money import show_money

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from .port import Json

_FORMULA = "=+-@|"
_MARK = "\ufeff"
"""Without it, spreadsheets take UTF-8 for something else."""
Row = tuple[object, ...]


def write(part: str, sections: Iterable[tuple[str, Iterator[Json | None]]]) -> Iterator[str]:
    """The text in pieces, one thing's rows each."""
    columns, wanted, rows_of = TABLES[part]
    yield _MARK + _line(columns)
    for name, rows in sections:
        if name == wanted:
            for found in rows:
                yield "".join(map(_line, () if found is None else rows_of(found)))


def harmless(cell: object) -> str:
    """A cell's text, which no spreadsheet takes for a formula: the first character that shows is what they go by."""
    shown = "" if cell is None else str(cell)
    first = next((c for c in unicodedata.normalize("NFKC", shown) if unicodedata.category(c)[0] not in "CZ"), "")
    steers = shown[:1] != "" and unicodedata.category(shown[0])[0] in "CZ"
    return "'" + shown if steers or (first and first in _FORMULA) else shown


def _line(cells: Iterable[object]) -> str:
    file = io.StringIO()
    csv.writer(file).writerow([harmless(cell) for cell in cells])
    return file.getvalue()


def _contracts(one: Json) -> Iterator[Row]:
    for part in one["milestones"]:
        yield (
            one["contract"], one["state"], one["my_role"], _who(one, "client"), _who(one, "freelancer"),
            one["offer_title"], part["part"], part["title"], *_amount(part["price"]), part["state"],
            moment(part["start"]), moment(part["deadline"]), part["turn"],
        )  # fmt: skip


def _offers(one: Json) -> Iterator[Row]:
    budget: Json = one["budget"] or {"low": None, "high": None, "unit": "", "basis": ""}
    ends = [_plain(budget[end], budget["unit"]) for end in ("low", "high")]
    yield (
        one["offer"], one["side"], one["title"], " ".join(one["skills"]), *ends, budget["unit"], budget["basis"],
        "yes" if one["closed"] else "no", moment(one["published"]), moment(one["expires"]), one["description"],
    )  # fmt: skip


def _reviews(one: Json) -> Iterator[Row]:
    levels = one["levels"]
    yield (
        one["review"], one["contract"], _who(one, "author"), _who(one, "subject"), moment(one["at"]),
        *(levels[name] for name in ("scope", "communication", "quality", "time", "again")),
        "yes" if one["counts"] else "no", one["text"], one["reply"],
    )  # fmt: skip


def _who(one: Json, role: str) -> str:
    return str(one[f"{role}_name"] or one[role])


def _amount(price: Json | None) -> tuple[str, str]:
    return ("", "") if price is None else (_plain(price["amount"], price["unit"]), str(price["unit"]))


def _plain(amount: int | None, unit: str) -> str:
    return "" if amount is None else show_money(amount, unit).partition(" ")[0]


def moment(at_ms: int | None) -> str:
    """A time in UTC as spreadsheets read it; empty for none or for one beyond the calendar."""
    try:
        return "" if at_ms is None else datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
    except (ValueError, OverflowError, OSError):
        return ""


TABLES: dict[str, tuple[tuple[str, ...], str, Callable[[Json], Iterator[Row]]]] = {
    "contracts": (
        ("contract", "state", "my role", "client", "freelancer", "offer", "milestone", "title", "price", "unit",
         "milestone state", "started (UTC)", "deadline (UTC)", "turn"),
        "contracts", _contracts,
    ),
    "offers": (
        ("offer", "side", "title", "skills", "low", "high", "unit", "for", "closed", "published (UTC)",
         "expires (UTC)", "description"),
        "offers", _offers,
    ),
    "reputation": (
        ("review", "contract", "by", "about", "written (UTC)", "scope", "communication", "quality", "on time",
         "again", "counts", "text", "reply"),
        "reviews", _reviews,
    ),
}  # fmt: skip
"""What can be a table: its columns, the section that it is of, and the rows of one thing in it."""
