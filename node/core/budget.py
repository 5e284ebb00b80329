"""Who gives when the store is over its budget: whom the owner blocked, then strangers, known people and trusted ones,
and within a class whoever takes most. The owner's own records, key logs of people who are kept, and contracts of
anybody who is not a stranger are never given up. Pure: sizes in, decisions out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from freehold.protocol.keylog import INCEPTION
from freehold.protocol.kinds import ENTRY_NAMES
from freehold.protocol.kinds.agreement import AGREEMENT
from freehold.protocol.kinds.forks import FORK
from freehold.protocol.kinds.profile import INBOX, PROFILE
from freehold.protocol.kinds.review import REVIEWS
from freehold.protocol.kinds.timing import RECEIPT

from . import vouching
from .standing import Standing

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence

    from .desk import Desk
    from .ports import Taken

OF_CONTRACTS = ENTRY_NAMES | {AGREEMENT.name, FORK.name, RECEIPT.name} | {kind.name for kind in REVIEWS}
"""Given up as whole contracts or not at all."""
OF_PERSONS = frozenset({INCEPTION.name, PROFILE.name, INBOX.name})
"""Given up with the person, when nothing else of theirs is here."""
DOWN_TO = 0.95
"""A round ends so far below the budget, or every record that comes would begin another."""
CROWDED = 1.05
"""From here on nothing of strangers is taken until there is room again."""
FLOORS = {Standing.NEW: 1 / 8, Standing.KNOWN: 1 / 4, Standing.TRUSTED: 0.0}
"""What a class keeps of the budget while the next one can give: newcomers are seen however much there is."""
AT_ONCE = 2_048
"""People, or sums of theirs, that one step goes through: some milliseconds. A million records may be by 200,000."""
_PARTNERS = 1_000
_THEIR_PARTNERS = 20
_VOUCHED = 50


class Holding(msgspec.Struct, gc=False):
    """What one author takes, in bytes: what stands alone, what belongs to contracts, who it is."""

    author: bytes
    loose: int = 0
    tied: int = 0
    person: int = 0

    @property
    def bytes(self) -> int:
        """All of it."""
        return self.loose + self.tied + self.person


@dataclass(slots=True)
class Circles:
    """Whom the owner trusts and whom they know; everybody else is new."""

    trusted: set[bytes] = field(default_factory=set[bytes])
    known: set[bytes] = field(default_factory=set[bytes])
    blocked: set[bytes] = field(default_factory=set[bytes])
    """Whom the owner blocked: in no circle, and the first to give."""

    def standing(self, author: bytes) -> Standing:
        """As `standing.standing` says, and people whom somebody trusted vouches for are known."""
        if author in self.trusted:
            return Standing.TRUSTED
        return Standing.KNOWN if author in self.known else Standing.NEW


def draw(desk: Desk, now: int) -> Iterator[Circles]:
    """The circles around the owner, from the inside outwards; complete with the last that is given. Bounded steps."""
    circles, records = Circles(blocked=set(desk.stores.contacts.blocked())), desk.stores.records
    circles.trusted |= {identity for identity, _ in desk.stores.contacts.listed()}
    if desk.me is not None:
        circles.trusted |= {desk.me, *records.partners(desk.me, _PARTNERS)}
    circles.trusted -= circles.blocked
    for person in sorted(circles.trusted):
        circles.known |= set(records.partners(person, _THEIR_PARTNERS))
        circles.known |= {vouch.subject for _, vouch in vouching.by(desk, person, now)[:_VOUCHED]}
        yield circles
    circles.known -= circles.trusted | circles.blocked
    yield circles


@dataclass(slots=True)
class Weighed:
    """What is taken and what could be given, in bytes."""

    classes: dict[str, int] = field(default_factory=lambda: {"own": 0} | {standing.value: 0 for standing in Standing})
    """What the owner and each class take."""
    asked: dict[Standing, int] = field(default_factory=lambda: dict.fromkeys(Standing, 0))
    """What those of a class take who can be asked to give."""
    sizes: dict[Standing, dict[bytes, int]] = field(default_factory=lambda: {standing: {} for standing in Standing})
    """What each of them could give: strangers everything, others what belongs to no contract."""
    blocked: dict[bytes, int] = field(default_factory=dict[bytes, int])

    @property
    def total(self) -> int:
        """All of it."""
        return sum(self.classes.values())


def holdings(taken: Sequence[Taken]) -> Iterator[dict[bytes, Holding]]:
    """What each author takes; complete with the last that is given. Bounded steps, as in all that follow."""
    found: dict[bytes, Holding] = {}
    for start in range(0, len(taken), AT_ONCE):
        for row in taken[start : start + AT_ONCE]:
            holding = found.setdefault(row.author, Holding(row.author))
            if row.kind in OF_CONTRACTS:
                holding.tied += row.bytes
            elif row.kind in OF_PERSONS:
                holding.person += row.bytes
            else:
                holding.loose += row.bytes
        yield found
    yield found


def weigh(found: Mapping[bytes, Holding], circles: Circles, me: bytes | None) -> Iterator[Weighed]:
    """Who takes what, and who can be asked to give; complete with the last that is given."""
    weighed, everybody = Weighed(), iter(found.values())
    while some := list(islice(everybody, AT_ONCE)):
        for holding in some:
            author, standing = holding.author, circles.standing(holding.author)
            weighed.classes["own" if author == me else standing.value] += holding.bytes
            if author == me:
                continue
            if author in circles.blocked:
                weighed.blocked[author] = holding.bytes
                continue
            weighed.asked[standing] += holding.bytes
            weighed.sizes[standing][author] = holding.bytes if standing is Standing.NEW else holding.loose
        yield weighed
    yield weighed


def plan(weighed: Weighed, budget: int) -> Iterator[dict[bytes, int]]:
    """How many bytes each author gives up, so that what is left is well below the budget (bytes); complete with the
    last that is given."""
    gives: dict[bytes, int] = {}
    excess = weighed.total - int(budget * DOWN_TO)
    if excess > int(budget * (1 - DOWN_TO)):
        excess -= yield from _share(weighed.blocked, excess, gives)
        for standing in (Standing.NEW, Standing.KNOWN, Standing.TRUSTED):
            above = weighed.asked[standing] - int(budget * FLOORS[standing])
            excess -= yield from _share(weighed.sizes[standing], min(excess, above), gives)
        for standing in (Standing.NEW, Standing.KNOWN):  # nobody else could give more: the floors are not kept either
            if excess > 0:
                left = {author: size - gives.get(author, 0) for author, size in weighed.sizes[standing].items()}
                excess -= yield from _share(left, excess, gives)
    yield gives


def _share(sizes: Mapping[bytes, int], excess: int, gives: dict[bytes, int]) -> Generator[dict[bytes, int], None, int]:
    """Cut the largest down to one level, so that `excess` is given as far as there is so much; how much is."""
    if excess <= 0 or not sizes:
        return 0
    level, given, everybody = _level(list(sizes.values()), excess), 0, iter(sizes.items())
    yield gives
    while some := list(islice(everybody, AT_ONCE)):
        for author, size in some:
            if size > level:
                gives[author] = gives.get(author, 0) + size - level
                given += size - level
        yield gives
    return given


def _level(sizes: list[int], excess: int) -> int:
    """The height at which what stands above it is at least `excess`."""
    largest_first = np.sort(np.array(sizes, dtype=np.int64))[::-1]
    counts, following = np.arange(1, len(sizes) + 1), np.append(largest_first[1:], 0)
    above = np.cumsum(largest_first)
    enough = np.flatnonzero(above - counts * following >= excess)
    return (int(above[enough[0]]) - excess) // int(counts[enough[0]]) if len(enough) else 0


def evict(desk: Desk, author: bytes, least: int, circles: Circles) -> Iterator[int]:
    """Give up at least so many bytes of an author, as far as they can be given; the bytes of each step, which is
    bounded. First what stands alone, the oldest first; then, of strangers, contracts among strangers, and who it is.
    """
    records = desk.stores.records
    stranger = circles.standing(author) is Standing.NEW
    while least > 0 and (given := records.evict(author, OF_PERSONS, OF_CONTRACTS, least, stray=stranger)):
        least -= given
        yield given
    if not stranger:
        return
    for contract in reversed(records.contracts_of(author)):
        if least <= 0:
            return
        if all(circles.standing(record.author) is Standing.NEW for record in records.in_context(contract)):
            given = records.evict_context(contract)
            least -= given
            yield given
    if least > 0 and (given := records.evict_person(author, OF_PERSONS)):
        yield given
