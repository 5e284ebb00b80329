"""The score of specs/08-reputation.md in plain Python, for the few opinions that one file holds.

A node computes the same from columns, for a whole market; a test holds the two against each other to the last bit.
Whoever checks a file needs neither a node nor its libraries, and can read here all that is done to a number.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property
from math import floor, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Levels = tuple[int, int, int, int, int]

ONE = 1 << 16
"""The weight of one review of somebody trusted in full."""
MASS = 1 << 50
WORTH = (0, 1, 3, 7, 10)
"""What each level is worth, in tenths."""
PRIOR = (6, 6, 14, 34, 40)
"""Somebody without reviews, in hundredths of one review."""
GOOD, BAD = 35, 12
"""Of 50: from here on a review is good; up to here it is bad."""
FIELDS = 5
KEEP, STEPS, HOPS = 85, 12, 3
"""Of 100 parts of trust so many are handed on, so often; chains have so many hops."""
MOST_MASS = 90
"""Of 100 parts of the mass outside the seeds, what those trusted in full hold together."""
BEST_EDGE = 400
"""The weight of a vouch's edge: that of one best review."""
COUNTERPARTY, BY_HOP = 4, (4, 1, 1)
"""For how many reviewers of one subject somebody has room on their chains."""
CRITICS = 5
"""What somebody says against more people than this weighs together what it would about so many."""
LOOKED_AT = 512
FAR = 99
UNBOUNDED = 1 << 30

STRANGER = "nobody whom that person trusts leads to its author within three steps"
NO_ROOM = "all chains from people whom that person trusts to its author are taken by other witnesses"
TOO_FAR = "so little trust reaches its author that it has no weight"
REPEATED = "there are so many reviews between these two that this one adds nothing"
CROWD = "too many people have reviewed this person: those trusted most are looked at"


@dataclass(frozen=True, slots=True)
class Opinion:
    """A review that counts: its id, who about whom, five levels, when (ms), and as what its subject was reviewed."""

    review: bytes
    by: bytes
    of: bytes
    levels: Levels
    at: int
    as_role: str

    @property
    def order(self) -> tuple[bytes, bytes, int, bytes]:
        """Reviews of one subject stand by author, then time in seconds, then id."""
        return self.of, self.by, self.at // 1000, self.review[:8]

    @property
    def worth(self) -> int:
        """Of 50."""
        return sum(WORTH[level] for level in self.levels)


@dataclass(frozen=True, slots=True)
class Share:
    """One opinion's part: what it weighs, how the mean would fall without it, trust in its author, its place among
    those of the pair (from 1), the chain that leads to its author, and, if it is critical, how many people its author
    has criticised."""

    opinion: Opinion
    weight: float
    delta: float
    trust: float
    place: int
    path: tuple[bytes, ...]
    against: int


@dataclass(frozen=True, slots=True)
class Result:
    """What to expect, from 0 to 1; every share, by time; what has no weight, with the reason."""

    lower: float
    mean: float
    upper: float
    weight: float
    shares: tuple[Share, ...]
    left_out: tuple[tuple[Opinion, str], ...]


class Reckoning:
    """Opinions and vouches (in force, as pairs of author and subject), seen from somebody's place or (None) from
    nobody's."""

    def __init__(
        self, opinions: Iterable[Opinion], vouches: Iterable[tuple[bytes, bytes]] = (), me: bytes | None = None
    ) -> None:
        self._opinions = sorted(opinions, key=lambda one: one.order)
        self._me = me
        self._edges = _edges(self._opinions, vouches)
        self._given: defaultdict[bytes, int] = defaultdict(int)
        for leaders in self._edges.values():
            for by, weight in leaders.items():
                self._given[by] += weight
        critics = {(one.by, one.of) for one in self._opinions if one.worth < GOOD}
        self._criticised = Counter(by for by, _ in critics)
        self._partners = {one.of for one in self._opinions if one.by == me and one.worth >= GOOD} - {me}

    @property
    def rooted(self) -> bool:
        """Whether trust leads anywhere from this place; else everybody counts alike."""
        return any(self._given[seed] for seed in self._seeds)

    def of(self, subject: bytes, as_role: str | None = None) -> Result:
        """What to expect of somebody, in one role or in both."""
        found, weights, places = self._weighed(subject, as_role)
        chains, crowd = self._chains(subject, found, weights)
        kept = [
            weight if not self.rooted or one.by in chains else 0 for one, weight in zip(found, weights, strict=True)
        ]
        counts = _counts(found, kept)
        mean, deviation = _posterior(counts)
        shares: list[Share] = []
        left_out: list[tuple[Opinion, str]] = []
        for one, weight, place, before in zip(found, kept, places, weights, strict=True):
            if weight:
                delta = mean - _posterior(_counts([one], [-weight], counts))[0]
                trust = self._trust(one.by) / ONE
                path, against = chains.get(one.by, ()), self._against(one)
                shares.append(Share(one, weight / ONE, delta, trust, place + 1, path, against))
            else:
                left_out.append((one, self._reason(one.by, before, crowd)))
        lower, upper = max(0.0, mean - deviation), min(1.0, mean + deviation)
        shares.sort(key=lambda share: (share.opinion.at // 1000, share.opinion.review))
        return Result(lower, mean, upper, sum(kept) / ONE, tuple(shares), tuple(left_out))

    @property
    def _seeds(self) -> list[bytes]:
        return sorted(self._partners if self._me is None else self._partners | {self._me})

    @cached_property
    def _spread(self) -> tuple[dict[bytes, int], dict[bytes, int]]:
        """Step 1: trust, of ONE, and hops."""
        seeds = self._seeds
        mass = dict.fromkeys(seeds, float(MASS // len(seeds)))
        hop, total = dict.fromkeys(seeds, 0), dict(mass)
        for step in range(1, STEPS + 1):
            shares = {
                by: float(floor(m * (KEEP / (100.0 * self._given[by])))) for by, m in mass.items() if self._given[by]
            }
            mass = {}
            for of, leaders in self._edges.items():
                came = sum(shares.get(by, 0.0) * weight for by, weight in leaders.items())
                if came:
                    mass[of] = came
                    total[of] = total.get(of, 0.0) + came
                    if step <= HOPS:
                        hop.setdefault(of, step)
        return _valued(total, seeds), hop

    def _trust(self, person: bytes) -> int:
        return self._spread[0].get(person, 0) if self.rooted else ONE

    def _hop(self, person: bytes) -> int:
        return self._spread[1].get(person, FAR)

    def _room(self, person: bytes) -> int:
        if person == self._me:
            return UNBOUNDED
        if person in self._partners:
            return COUNTERPARTY
        hop = self._hop(person)
        return BY_HOP[hop - 1] if 1 <= hop <= HOPS else 0

    def _weighed(self, subject: bytes, as_role: str | None) -> tuple[list[Opinion], list[int], list[int]]:
        """Step 2: all reviews of a pair weigh together what one would."""
        about = [one for one in self._opinions if one.of == subject]
        written: defaultdict[bytes, int] = defaultdict(int)
        places: list[int] = []
        for one in about:
            places.append(written[one.by])
            written[one.by] += 1
        rows = [row for row, one in enumerate(about) if as_role in (None, one.as_role)]
        weights: list[int] = []
        for row in rows:
            weight, against = self._trust(about[row].by) // written[about[row].by], self._against(about[row])
            weights.append(weight * CRITICS // against if against > CRITICS else weight)
        return [about[row] for row in rows], weights, [places[row] for row in rows]

    def _against(self, one: Opinion) -> int:
        """How many people the author of a critical opinion has criticised; 0 if it is a good one."""
        return self._criticised[one.by] if one.worth < GOOD else 0

    def _chains(
        self, subject: bytes, found: Sequence[Opinion], weights: Sequence[int]
    ) -> tuple[dict[bytes, tuple[bytes, ...]], frozenset[bytes]]:
        """Step 3: the chain of each reviewer who has one; those who were too many to be looked at."""
        if not self.rooted:
            return {}, frozenset()
        total: defaultdict[bytes, int] = defaultdict(int)
        for one, weight in zip(found, weights, strict=True):
            total[one.by] += weight
        order = sorted((who for who, weight in total.items() if weight), key=lambda who: (-total[who], who))
        used: defaultdict[bytes, int] = defaultdict(int, {subject: UNBOUNDED})
        chains: dict[bytes, tuple[bytes, ...]] = {}
        for reviewer in order[:LOOKED_AT]:
            path = self._free(reviewer, used)
            if path is not None:
                chains[reviewer] = path
                for person in path:
                    used[person] += 1
        return chains, frozenset(order[LOOKED_AT:])

    def _free(self, person: bytes, used: defaultdict[bytes, int]) -> tuple[bytes, ...] | None:
        hop = self._hop(person)
        if hop == FAR or used[person] >= self._room(person):
            return None
        if hop == 0:
            return (person,)
        for leader in sorted(by for by in self._edges.get(person, ()) if self._hop(by) == hop - 1):
            path = self._free(leader, used)
            if path is not None:
                return (*path, person)
        used[person] = UNBOUNDED
        return None

    def _reason(self, by: bytes, before: int, crowd: frozenset[bytes]) -> str:
        if self.rooted and self._trust(by) == 0:
            return STRANGER if self._hop(by) == FAR else TOO_FAR
        if before == 0:
            return REPEATED
        if by in crowd:
            return CROWD
        return STRANGER if self._hop(by) == FAR else NO_ROOM


def _edges(opinions: Iterable[Opinion], vouches: Iterable[tuple[bytes, bytes]]) -> dict[bytes, dict[bytes, int]]:
    """Who is trusted by whom, and how much: subject -> author -> weight."""
    pairs: defaultdict[tuple[bytes, bytes], list[int]] = defaultdict(list)
    for one in opinions:
        pairs[one.of, one.by].append(one.worth)
    found: defaultdict[bytes, dict[bytes, int]] = defaultdict(dict)
    for (of, by), worths in pairs.items():
        weight = sum((2 * worth - 50) << 3 - place for place, worth in enumerate(worths[:4]) if worth >= GOOD)
        if weight and min(worths) > BAD:
            found[of][by] = weight
    for by, of in vouches:
        found[of][by] = max(found[of].get(by, 0), BEST_EDGE)
    return dict(found)


def _valued(total: dict[bytes, float], seeds: Iterable[bytes]) -> dict[bytes, int]:
    """Full trust from kappa upwards, and in the seeds."""
    value = dict.fromkeys(seeds, ONE)
    others = {person: mass for person, mass in total.items() if person not in value}
    ordered = sorted(others.values(), reverse=True)
    limit, held, kappa = sum(ordered) * (MOST_MASS / 100), 0.0, 0.0
    for kappa in ordered:
        held += kappa
        if held >= limit:
            break
    return value | {person: min(floor(mass / kappa * ONE), ONE) for person, mass in others.items()}


def _counts(found: Iterable[Opinion], weights: Iterable[int], start: Sequence[int] | None = None) -> list[int]:
    """Step 4: prior and opinions by level."""
    counts = list(start or (part * FIELDS * ONE for part in PRIOR))
    for one, weight in zip(found, weights, strict=True):
        for level in one.levels:
            counts[level] += 100 * weight
    return counts


def _posterior(counts: Sequence[int]) -> tuple[float, float]:
    """Mean and standard deviation."""
    total = sum(counts)
    mean = sum(count * worth for count, worth in zip(counts, WORTH, strict=True)) / (10 * total)
    square = sum(count * worth * worth for count, worth in zip(counts, WORTH, strict=True)) / (100 * total)
    return mean, sqrt(max(0.0, square - mean * mean) / (total / (100 * FIELDS * ONE) + 1))
