"""Offers looked for, with what is asked of their authors: what contracts show of them, and how many reviews they have.

What contracts show costs a fold of each, so a page reads a bounded number of records for it and then ends early; its
mark goes on after the last author that was looked at. Nothing is left out without being looked at.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from freehold.protocol.contract import (
    AT_FAULT,
    FORKED,
    LAPSED,
    LATE,
    NONCOMPLIANT_MARK,
    OFFERED,
    SILENT,
    UNDELIVERED_MARK,
    UNFUNDED_MARK,
    UNPAID_MARK,
)
from freehold.protocol.fold import fold
from freehold.protocol.kinds.offer import OFFER

from . import reputation
from .ports import OfferPage
from .reputation import conduct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from freehold.protocol.envelope import Record
    from freehold.protocol.fold.progress import Contract

    from .desk import Desk
    from .ports import OfferQuery, Score

FAULTS = {
    "silent": frozenset((SILENT,)),
    "unpaid": frozenset((UNPAID_MARK, UNFUNDED_MARK)),
    "undelivered": frozenset((UNDELIVERED_MARK,)),
    "late": frozenset((LATE,)),
    "fault": frozenset((AT_FAULT, NONCOMPLIANT_MARK, FORKED)),
}
"""What contracts may show of an author, by the words of a filter; only what others vouch for counts."""
CONTRACTS = 10
"""The newest contracts of an author that are looked at."""
AN_AUTHOR = 200
"""Records of contracts that are read for one author, beyond the newest contract."""
RECORDS = 600
"""Records of contracts that are read for one page: about 20 ms."""
PAGES = 10
"""Pages of the store that one page of results is made of at most."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What is asked of an author: contracts show none of `without` (of FAULTS) in the role that the offer gives them;
    at least so many `reviews` that count."""

    without: tuple[str, ...] = ()
    reviews: int = 0

    def __bool__(self) -> bool:
        """Whether anything is asked."""
        return bool(self.without or self.reviews)


ANYBODY = Demand()


class Authors:
    """Authors looked at for one answer, each once, until too many contracts were read."""

    def __init__(self, desk: Desk, demand: Demand, now: int) -> None:
        self._desk, self._demand, self._now = desk, demand, now
        self._unwanted = frozenset[str]().union(*(FAULTS.get(word, frozenset()) for word in demand.without))
        self._judged: dict[tuple[bytes, str], bool] = {}
        self._scores: Callable[[bytes], Score] | None = None
        self._read = 0

    @property
    def tired(self) -> bool:
        """Whether the bound is reached."""
        return self._read >= RECORDS

    def meets(self, record: Record) -> bool:
        """Whether an offer's author is as demanded."""
        key = (record.author, OFFER.open(record).author_role)
        if key not in self._judged:
            self._judged[key] = self._has_reviews(record.author) and self._is_clean(*key)
        return self._judged[key]

    def _has_reviews(self, author: bytes) -> bool:
        if not self._demand.reviews:
            return True
        if self._scores is None:
            self._scores = reputation.scores(self._desk, self._now)
        return self._scores(author).counted >= self._demand.reviews

    def _is_clean(self, author: bytes, role: str) -> bool:
        if not self._unwanted:
            return True
        shown = conduct.of(self._contracts(author), author)
        facts = shown[role].facts if role in shown else ()
        return not any(fact.counts and fact.mark.what in self._unwanted for fact in facts)

    def _contracts(self, author: bytes) -> Iterator[Contract]:
        """The newest contracts of an author, as far as they may be read."""
        records, most = self._desk.stores.records, self._read + AN_AUTHOR
        for name in records.contracts_of(author)[:CONTRACTS]:
            if self._read >= most:
                return
            kept = records.in_context(name)
            self._read += len(kept)
            found = fold(kept, self._now)
            if found is not None and found.state not in (OFFERED, LAPSED):
                yield found


def find(desk: Desk, query: OfferQuery, demand: Demand, *, blocked: bool = False) -> OfferPage:
    """A page of offers whose authors are as demanded. Those of people whom the owner blocked are left out and counted,
    unless `blocked` asks for them too; whoever asks for one author gets them."""
    everybody = blocked or query.author is not None
    unseen = frozenset[bytes]() if everybody else desk.stores.contacts.blocked().keys()
    if not demand and not unseen:
        return desk.stores.records.search(query)
    authors, kept, marks = Authors(desk, demand, query.now), list["Record"](), list["int | None"]()
    mark, hidden = query.before, 0
    for _ in range(PAGES):
        page = desk.stores.records.search(dataclasses.replace(query, before=mark, limit=query.limit - len(kept)))
        for record, mark in zip(page.records, page.marks, strict=True):
            if record.author in unseen:
                hidden += 1
            elif authors.meets(record):
                kept.append(record)
                marks.append(mark)
            if authors.tired:
                return OfferPage(tuple(kept), mark, tuple(marks), hidden)
        mark = page.next
        if mark is None or len(kept) >= query.limit:
            break
    return OfferPage(tuple(kept), mark, tuple(marks), hidden)
