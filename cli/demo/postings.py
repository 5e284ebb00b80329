"""What the clients publish in the demo's busy hour: rows of a file, or a few of our own."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from freehold.protocol.kinds.offer import FIXED, WANTED, Budget, Offer

if TYPE_CHECKING:
    from pathlib import Path

FROM_FILE = 300
"""A few hundred: enough to see that search and catch-up work on real text, few enough for half a minute."""
_WORKS = (
    ("Translate", "Translation", 12_000),
    ("Illustrate", "Illustration", 45_000),
    ("Proofread", "Proofreading", 8_000),
    ("Typeset", "Typesetting", 20_000),
    ("Narrate", "Voice Over", 30_000),
    ("Index", "Indexing", 9_000),
)
_BOOKS = (
    *("a cookery book", "a walking guide", "a children's story", "a town chronicle", "a book of riddles"),
    *("a gardener's calendar", "a grammar", "a biography", "a songbook", "a field guide"),
)


def from_file(path: Path) -> tuple[Offer, ...]:
    """The first rows of a CSV file that are offers. Raises Trouble if it is no such file."""
    from ..commands.importing import rows_of  # noqa: PLC0415  -- only with --offers
    from ..postings import Posting  # noqa: PLC0415

    rows = (row for row in rows_of(path) if isinstance(row, Posting))
    return tuple(row.offer for row, _ in zip(rows, range(FROM_FILE), strict=False))


def our_own() -> tuple[Offer, ...]:
    """Sixty small jobs of a publisher."""
    return tuple(
        Offer(
            side=WANTED,
            title=f"{verb} {book}",
            description=f"{skill} wanted for {book}. The manuscript is ready.",
            skills=(skill,),
            budget=Budget(FIXED, "EUR", price, price * 3 // 2),
            languages=("en",),
        )
        for (verb, skill, price), book in product(_WORKS, _BOOKS)
    )
