"""Who gives when the store is over its budget: whom the owner blocked, then strangers, known people and trusted ones,
and within a class whoever takes most. The owner's own records, key logs of people who are kept, and contracts of
anybody who is not a stranger are never given up. Pure: sizes in, decisions out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

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
    from collections.abc import Iterable, Iterator, Mapping

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
_PARTNERS = 1_000
_THEIR_PARTNERS = 20
_VOUCHED = 50


@dataclass(slots=True)
class Holding:
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


def holdings(taken: Iterable[Taken]) -> dict[bytes, Holding]:
    """What each author takes."""
    found: dict[bytes, Holding] = {}
    for row in taken:
        holding = found.setdefault(row.author, Holding(row.author))
        if row.kind in OF_CONTRACTS:
            holding.tied += row.bytes
        elif row.kind in OF_PERSONS:
            holding.person += row.bytes
        else:
            holding.loose += row.bytes
    return found


def by_class(found: Mapping[bytes, Holding], circles: Circles, me: bytes | None) -> dict[str, int]:
    """Bytes that the owner and each class take."""
    sums = {"own": 0} | {standing.value: 0 for standing in Standing}
    for author, holding in found.items():
        sums["own" if author == me else circles.standing(author).value] += holding.bytes
    return sums


def plan(found: Mapping[bytes, Holding], circles: Circles, me: bytes | None, budget: int) -> dict[bytes, int]:
    """How many bytes each author gives up, so that what is left is well below the budget (bytes)."""
    excess = sum(holding.bytes for holding in found.values()) - int(budget * DOWN_TO)
    if excess <= int(budget * (1 - DOWN_TO)):
        return {}
    gives: dict[bytes, int] = {}
    blocked = {author: found[author].bytes for author in circles.blocked & found.keys() - {me}}
    excess -= _share(blocked, excess, gives)
    classes = {standing: _sizes(found, circles, me, standing) for standing in Standing}
    for standing in (Standing.NEW, Standing.KNOWN, Standing.TRUSTED):
        sizes = classes[standing]
        above = sum(found[author].bytes for author in sizes) - int(budget * FLOORS[standing])
        excess -= _share(sizes, min(excess, above), gives)
    for standing in (Standing.NEW, Standing.KNOWN):  # nobody else could give any more: the floors are not kept either
        left = {author: size - gives.get(author, 0) for author, size in classes[standing].items()}
        excess -= _share(left, excess, gives)
    return gives


def _sizes(found: Mapping[bytes, Holding], circles: Circles, me: bytes | None, standing: Standing) -> dict[bytes, int]:
    """What each author of a class could give: strangers everything, others what belongs to no contract."""
    asked = (holding for holding in found.values() if holding.author not in circles.blocked)
    of_class = (holding for holding in asked if circles.standing(holding.author) is standing)
    strangers = standing is Standing.NEW
    sizes = {holding.author: holding.bytes if strangers else holding.loose for holding in of_class}
    sizes.pop(me or b"", None)
    return sizes


def _share(sizes: Mapping[bytes, int], excess: int, gives: dict[bytes, int]) -> int:
    """Cut the largest down to one level, so that `excess` is given as far as there is so much; how much is."""
    if excess <= 0 or not sizes:
        return 0
    level, given = _level(sorted(sizes.values(), reverse=True), excess), 0
    for author, size in sizes.items():
        if size > level:
            gives[author] = gives.get(author, 0) + size - level
            given += size - level
    return given


def _level(largest_first: list[int], excess: int) -> int:
    """The height at which what stands above it is at least `excess`."""
    above = 0
    for count, size in enumerate(largest_first, start=1):
        above += size
        following = largest_first[count] if count < len(largest_first) else 0
        if above - count * following >= excess:
            return (above - excess) // count
    return 0


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
