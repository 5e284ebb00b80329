"""A market as it looks from a place: trust in everybody, and what to expect of anybody, every point explained."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from freehold.protocol.identity import IdentityId

from ..ports import Score, Share, Verdict
from .chains import UNBOUNDED, Chains
from .graph import CRITICAL, WORTHS, pair_places, pair_rows
from .kernels import LARGE, compiled, witnessed
from .opinions import ROLES, Place, decode
from .score import counts_in, counts_of, posterior, without
from .settings import FAR, GOOD, ONE, Settings, strength_of
from .standing import Standing, standing
from .trust import Trust, spread

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from .graph import Graph
    from .table import Table

YOURS = "from your own place"
THEIRS = "from that person's place, without their contacts, which are not public"
NOBODYS = "from nobody's place: everybody's reviews count alike, those of people who do not exist included"

BLOCKED = "you have blocked its author"
STRANGER = "nobody you trust leads to its author within three steps"
NO_ROOM = "all chains from people you trust to its author are taken by other witnesses of this person"
TOO_FAR = "so little trust reaches its author that it has no weight"
REPEATED = "there are so many reviews between these two that this one adds nothing"
CROWD = "too many people have reviewed this person: those trusted most are looked at"

SCORES = 50_000
"""Scores that are kept while the market stays as it is; some megabytes."""
STRANGERS = 1_000
"""Reviews without trust in their authors that are listed for one subject; the rest are counted."""


@dataclass(frozen=True, slots=True)
class _Rows:
    """The reviews of one subject that are looked at, and what each weighs."""

    rows: list[int]
    by: list[int]
    levels: list[int]
    place: list[int]
    before: list[int]
    weight: list[int]
    paths: dict[int, tuple[int, ...]]
    crowd: frozenset[int]
    unlisted: int


class View:
    """See the module. Made by `Engine.seen_from`."""

    def __init__(self, table: Table, graph: Graph, place: Place, settings: Settings, version: int) -> None:
        self.version, self.place, self.settings = version, place, settings
        self._table, self._graph = table, graph
        self._blocked = _numbers(table, place.blocked)
        self._anchors, self._partners, self._me = _seeds(table, place)
        self._seeds = np.array(sorted({*self._anchors, *self._partners, *self._me}), np.int64)
        self._standings: dict[str | None, Standing] = {}
        self._scores: dict[tuple[bytes, str | None], Score] = {}
        self._strengths = [strength_of(flags) for flags in range(128)] if settings.strength else None

    @cached_property
    def rooted(self) -> bool:
        """Whether trust leads anywhere from this place; else everybody counts alike, and `label` says so."""
        return bool((self._graph.given[self._seeds] > 0).any()) if len(self._seeds) else False

    @property
    def label(self) -> str:
        """Whose place this is."""
        return YOURS if self.rooted else NOBODYS

    @cached_property
    def trust(self) -> Trust:
        """Trust in everybody, in the order of `Engine.identities`."""
        if not self.rooted:
            size = len(self._table.roll)
            value = np.full(size, ONE, np.int64)
            value[list(self._blocked)] = 0
            return Trust(value, np.full(size, FAR, np.int8))
        return spread(self._graph.walk, self._seeds, self.settings, sorted(self._blocked))

    @cached_property
    def room(self) -> NDArray[np.int32]:
        """How many witnesses of one subject may rest on each person."""
        by_hop = np.zeros(FAR + 1, np.int32)
        by_hop[1:4] = self.settings.by_hop
        room = by_hop[self.trust.hop]
        room[list(self._anchors)] = self.settings.anchor
        room[list(self._partners)] = self.settings.counterparty
        room[list(self._me)] = UNBOUNDED
        return room

    def of(self, subject: bytes, as_role: str | None = None) -> Verdict:
        """See `ports.Viewpoint`."""
        number = self._table.roll.number(subject)
        found = self._weighed(number, as_role)
        counts = self._counts(number, found, as_role)
        score = self._score(number, found, counts, as_role)
        shares: list[Share] = []
        left_out: list[tuple[bytes, str]] = []
        for place, row in enumerate(found.rows):
            if found.weight[place]:
                shares.append(self._share(found, place, counts, score.mean))
            else:
                left_out.append((self._name(row), self._reason(found, place)))
        order = sorted(shares, key=lambda share: (share.at, share.review))
        return Verdict(score, tuple(order), tuple(sorted(left_out)), found.unlisted)

    def score(self, subject: bytes, as_role: str | None = None) -> Score:
        """See `ports.Scoring`. Kept as long as the market stays as it is; from the pass over everybody if there was
        one."""
        known = self._scores.get((subject, as_role))
        if known is None:
            number = self._table.roll.number(subject)
            if number is not None and as_role in self._standings:
                known = self._standings[as_role].score(number)
            else:
                found = self._weighed(number, as_role)
                known = self._score(number, found, self._counts(number, found, as_role), as_role)
            if len(self._scores) >= SCORES:
                self._scores.clear()
            self._scores[subject, as_role] = known
        return known

    def _score(self, number: int | None, found: _Rows, counts: list[int], as_role: str | None) -> Score:
        """What `of` says in numbers."""
        if number is not None and self._is_crowded(found):
            return self.everybody(as_role).score(number)
        mean, deviation = posterior(counts)
        heavy = [by for by, weight in zip(found.by, found.weight, strict=True) if weight]
        lower, upper = max(0.0, mean - deviation), min(1.0, mean + deviation)
        return Score(lower, mean, upper, len(heavy), sum(found.weight) / ONE, len(set(heavy)))

    def _is_crowded(self, found: _Rows) -> bool:
        """Whether more reviews count than are listed: from nobody's place nothing keeps a flood out."""
        return not self.rooted and found.unlisted > 0

    def _counts(self, number: int | None, found: _Rows, as_role: str | None) -> list[int]:
        if number is None or not self._is_crowded(found):
            return counts_of(found.levels, found.weight)
        rows = slice(int(self._table.starts[number]), int(self._table.starts[number + 1]))
        return counts_in(self._table.levels[rows], self._before_chains(as_role)[rows])

    def everybody(self, as_role: str | None = None) -> Standing:
        """What to expect of each known identity, as `of` says it of one."""
        if as_role not in self._standings:
            self._standings[as_role] = standing(self._table, self._all_weights(as_role))
        return self._standings[as_role]

    def _all_weights(self, as_role: str | None) -> NDArray[np.int64]:
        """What each review of the market weighs."""
        loop = compiled(witnessed) if self._table.count >= LARGE else None
        weight = self._before_chains(as_role)
        if not (self.rooted and self.settings.chains):
            return weight
        if loop is None:
            return self._chained(weight)
        table, graph, most = self._table, self._graph, self.settings.reviewers
        kept = loop((table.starts, table.by, weight), (graph.starts, graph.by), self.trust.hop, self.room, most)
        return np.where(kept, weight, 0)

    def _before_chains(self, as_role: str | None) -> NDArray[np.int64]:
        """Step 2 for everybody at once."""
        table = self._table
        first, _ = pair_places(table)
        pair = np.cumsum(first) - 1
        weight = self.trust.value[table.by] // np.bincount(pair)[pair]
        critical = np.flatnonzero(CRITICAL[table.levels])
        against = np.maximum(self._graph.criticised[table.by[critical]].astype(np.int64), self.settings.critics)
        weight[critical] = weight[critical] * self.settings.critics // against
        if self._strengths is not None:
            weight = weight * np.array(self._strengths, np.int64)[table.flags] >> 8
        if as_role is not None:
            weight[table.flags & 1 != ROLES.index(as_role)] = 0
        return weight

    def _chained(self, weight: NDArray[np.int64]) -> NDArray[np.int64]:
        """Step 3, one subject after the other."""
        table, chained = self._table, np.zeros_like(weight)
        for number in np.unique(table.subjects[weight > 0]).tolist():
            rows = slice(int(table.starts[number]), int(table.starts[number + 1]))
            people, weights = table.by[rows].tolist(), weight[rows]
            paths, _ = self._chains(number, people, weights.tolist())
            chained[rows] = np.where([who in paths for who in people], weights, 0)
        return chained

    def _weighed(self, subject: int | None, as_role: str | None) -> _Rows:
        """Steps 2 and 3: trust, shared among the reviews of a pair, where a chain leads to the reviewer."""
        table, looked_at, unlisted = self._table, *self._looked_at(subject)
        by: list[int] = table.by[looked_at].tolist()
        levels: list[int] = table.levels[looked_at].tolist()
        flags: list[int] = table.flags[looked_at].tolist()
        trust: list[int] = self.trust.value[table.by[looked_at]].tolist()
        kept: list[int] = []
        place: list[int] = []
        for row in range(len(by)):
            place.append(place[-1] + 1 if row and by[row] == by[row - 1] else 0)
            if as_role is None or ROLES[flags[row] & 1] == as_role:
                kept.append(row)
        written = Counter(by)
        if by and unlisted:  # of the last one some may be among those that are not listed
            written[by[-1]] = len(self._table.by[self._pair(subject, by[-1])])
        before = [trust[row] // written[by[row]] for row in kept]
        before = [self._shared(value, by[row], levels[row]) for value, row in zip(before, kept, strict=True)]
        if self._strengths is not None:
            before = [value * self._strengths[flags[row]] >> 8 for value, row in zip(before, kept, strict=True)]
        people = [by[row] for row in kept]
        paths, crowd = self._chains(subject, people, before)
        weight = before
        if self.rooted and self.settings.chains:
            weight = [value if who in paths else 0 for value, who in zip(before, people, strict=True)]
        rows = looked_at[kept].tolist()
        told = ([levels[row] for row in kept], [place[row] for row in kept])
        return _Rows(rows, people, *told, before, weight, paths, crowd, unlisted)

    def _pair(self, subject: int | None, by: int) -> slice:
        return slice(0) if subject is None else pair_rows(self._table, subject, by)

    def _shared(self, weight: int, by: int, code: int) -> int:
        """A critical review shares the weight of all that its author says against people."""
        against = int(self._graph.criticised[by]) if CRITICAL[code] else 0
        return weight * self.settings.critics // against if against > self.settings.critics else weight

    def _looked_at(self, subject: int | None) -> tuple[NDArray[np.int64], int]:
        """The rows about a subject, and how many more there are of people without any trust (from nobody's place, of
        anybody): a flood of theirs takes neither time nor room."""
        starts = self._table.starts
        start, end = (0, 0) if subject is None else (int(starts[subject]), int(starts[subject + 1]))
        rows = np.arange(start, end)
        if end - start <= STRANGERS:
            return rows, 0
        strange = np.ones(end - start, np.bool_)
        if self.rooted:
            strange = self.trust.value[self._table.by[start:end]] == 0
        kept = ~strange | (np.cumsum(strange) <= STRANGERS)
        return rows[kept], int((~kept).sum())

    def _chains(
        self, subject: int | None, people: list[int], weights: list[int]
    ) -> tuple[dict[int, tuple[int, ...]], frozenset[int]]:
        """The chain of each reviewer that has one, and those who were too many to be looked at."""
        if subject is None or not self.rooted or not self.settings.chains:
            return {}, frozenset()
        total: dict[int, int] = {}
        for who, weight in zip(people, weights, strict=True):
            total[who] = total.get(who, 0) + weight
        order = sorted((who for who, weight in total.items() if weight), key=lambda who: (-total[who], who))
        most = self.settings.reviewers
        return self._finder.witnesses(subject, order[:most]), frozenset(order[most:])

    @cached_property
    def _finder(self) -> Chains:
        return Chains(self._graph, self.trust.hop, self.room)

    def _share(self, found: _Rows, place: int, counts: list[int], mean: float) -> Share:
        row, code, weight = found.rows[place], found.levels[place], found.weight[place]
        by, roll = found.by[place], self._table.roll
        return Share(
            review=self._name(row),
            by=roll.identity(by),
            levels=decode(code),
            at=int(self._table.at[row]) * 1000,
            weight=weight / ONE,
            delta=mean - posterior(without(counts, code, weight))[0],
            trust=int(self.trust.value[by]) / ONE,
            place=found.place[place] + 1,
            against=int(self._graph.criticised[by]) if CRITICAL[code] else 0,
            path=tuple(IdentityId(roll.identity(person)) for person in found.paths.get(by, ())),
        )

    def _name(self, row: int) -> bytes:
        return int(self._table.key[row]).to_bytes(8, "big")

    def _reason(self, found: _Rows, place: int) -> str:
        by = found.by[place]
        if by in self._blocked:
            return BLOCKED
        if int(self.trust.value[by]) == 0:
            return STRANGER if self.trust.hop[by] == FAR else TOO_FAR
        if found.before[place] == 0:
            return REPEATED
        if by in found.crowd:
            return CROWD
        return STRANGER if self.trust.hop[by] == FAR else NO_ROOM


def _seeds(table: Table, place: Place) -> tuple[set[int], set[int], set[int]]:
    """Anchors, counterparties rated 4 or better, and me: each person in one of them, in this order of growing room."""
    blocked = _numbers(table, place.blocked)
    anchors = _numbers(table, place.anchors) - blocked
    me = None if place.me is None else table.roll.number(place.me)
    if me is None:
        return anchors, set(), set()
    good = (table.by == me) & (WORTHS[table.levels] >= GOOD)
    partners = set(table.subjects[good].tolist()) - {me} - blocked
    return anchors - partners - {me}, partners, {me}


def _numbers(table: Table, people: Iterable[bytes]) -> set[int]:
    """Those of them of whom something is known."""
    known = (table.roll.number(one) for one in people)
    return {number for number in known if number is not None}
