"""What to expect of somebody: the evidence that this node holds, read by its owner's ranking, every point explained.

`engine.Engine` is the ranking that ships: read it, then `graph`, `trust`, `chains` and `score`, one step each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from freehold.protocol.contract import LAPSED, OFFERED
from freehold.protocol.evidence import Evidence
from freehold.protocol.fold import fold
from freehold.protocol.kinds.review import REVIEW

from .. import reviewing
from ..ports import Scoring
from . import conduct
from .collecting import Collector
from .opinions import NOBODY, Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from freehold.protocol.envelope import Record

    from ..desk import Desk
    from ..ports import Score, Share, Verdict, Viewpoint
    from .conduct import Conduct

CHANGES = 100
"""Moments of a history, the last ones: each is the whole market computed anew."""
CONTRACTS = 200
"""Contracts that are read for somebody's conduct, in either kind of role."""
_SECOND_MS = 1000


@dataclass(frozen=True, slots=True)
class Point:
    """One review's part in a score, with the evidence that it is."""

    share: Share
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Reputation:
    """A score seen from a place (`label`), what makes it up, and what was left out and why.

    `anywhere`: the score from nobody's place, where everybody counts alike.
    """

    subject: bytes
    score: Score
    label: str
    anywhere: Score
    points: tuple[Point, ...]
    left_out: tuple[tuple[Record, str], ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A score as it was from a time (ms) on, and the reviews of that time."""

    at: int
    because: tuple[Record, ...]
    score: Score


def tend(desk: Desk, now: int) -> bool:
    """Read and judge a little of what came, so that the next question has less to do; whether there is more. Not
    where nobody asks."""
    return (desk.me is not None or desk.collector is not None) and _collector(desk).step(desk, now)


def judging(desk: Desk, now: int) -> Iterator[None]:
    """Read and judge all that came, in steps: before an answer that must lack nothing."""
    return _collector(desk).all_steps(desk, now)


def own_place(desk: Desk) -> Place:
    """From where the owner looks: their identity, their contacts as anchors, and whom they blocked."""
    contacts = desk.stores.contacts
    return Place(desk.me, frozenset(identity for identity, _ in contacts.listed()), frozenset(contacts.blocked()))


def seen(desk: Desk, now: int, place: Place | None = None) -> Viewpoint:
    """The market from a place, by default the owner's."""
    market = _collector(desk).catch_up(desk, now)
    return market.seen_from(own_place(desk) if place is None else place, now)


def scores(desk: Desk, now: int, viewpoint: Viewpoint | None = None) -> Callable[[bytes], Score]:
    """What a list asks about its people, from the owner's place: scores alone, by the fastest way there is."""
    place = seen(desk, now) if viewpoint is None else viewpoint
    return place.score if isinstance(place, Scoring) else lambda subject: place.of(subject).score


def of(desk: Desk, subject: bytes, now: int, place: Place | None = None, as_role: str | None = None) -> Reputation:
    """The reputation of an identity as this node computes it. Never gossiped."""
    collector = _collector(desk)
    market = collector.catch_up(desk, now)
    judged = reviewing.about(desk, subject, now)
    for one in judged:
        collector.tell(desk, one.record, one.outcome)
    viewpoint = market.seen_from(own_place(desk) if place is None else place, now)
    found = viewpoint.of(subject, as_role)
    anywhere = market.seen_from(NOBODY, now).of(subject, as_role).score
    judged += _beyond_the_list(desk, judged, found, now)
    return Reputation(subject, found.score, viewpoint.label, anywhere, *_explained(judged, found))


def history(desk: Desk, subject: bytes, now: int, place: Place | None = None) -> list[Change]:
    """How a score came to be: the whole market as it was when each review about the subject was written, the last ones
    only. Reviews that do not count never changed anything and are not in it."""
    found = of(desk, subject, now, place)
    reviews = [point.evidence.record for point in found.points]
    kept = {record.id for record in reviews}
    reviews += [record for record, _ in found.left_out if record.id not in kept and _counts(desk, record, now)]
    moments = sorted({(record.header.at // _SECOND_MS) * _SECOND_MS for record in reviews})[-CHANGES:]
    market = _collector(desk).market
    where = own_place(desk) if place is None else place
    changes: list[Change] = []
    for at in moments:
        because = tuple(record for record in reviews if record.header.at // _SECOND_MS * _SECOND_MS == at)
        score = market.until(at).seen_from(where, now).of(subject).score
        changes.append(Change(at, because, score))
    return changes


def conduct_of(desk: Desk, subject: bytes, now: int) -> dict[str, Conduct]:
    """What contracts that are here show of somebody, by role; the newest contracts only."""
    records = desk.stores.records
    names = dict.fromkeys((*records.contracts_of(subject)[:CONTRACTS], *records.served_by(subject)[:CONTRACTS]))
    found = (fold(records.in_context(name), now) for name in names)
    return conduct.of((one for one in found if one is not None and one.state not in (OFFERED, LAPSED)), subject)


def _counts(desk: Desk, record: Record, now: int) -> bool:
    return isinstance(reviewing.judge(desk, record, now).outcome, Evidence)


def _beyond_the_list(desk: Desk, judged: list[reviewing.Judged], found: Verdict, now: int) -> list[reviewing.Judged]:
    """Reviews that have weight and are not among those listed: a crowd of others must not hide them from `why`."""
    here = {one.record.id[:8] for one in judged}
    records = desk.stores.records
    names = [name for share in found.shares if share.review[:8] not in here for name in _named(desk, share.review)]
    kept = [record for record in map(records.get, names) if record is not None and record.header.kind == REVIEW.name]
    return [reviewing.judge(desk, record, now) for record in kept]


def _named(desk: Desk, review: bytes) -> list[bytes]:
    return desk.stores.records.names_like("record", review[:8], 1)


def _explained(
    judged: list[reviewing.Judged], found: Verdict
) -> tuple[tuple[Point, ...], tuple[tuple[Record, str], ...]]:
    """Shares with their evidence; reviews that do not count, then those that count and have no weight."""
    here = {one.record.id[:8]: one for one in judged}
    points: list[Point] = []
    for share in found.shares:
        one = here.get(share.review[:8])
        if one is not None and isinstance(one.outcome, Evidence):
            points.append(Point(share, one.outcome))
    left_out = [(one.record, one.outcome) for one in judged if isinstance(one.outcome, str)]
    for review, reason in found.left_out:
        if review[:8] in here:
            left_out.append((here[review[:8]].record, reason))
    return tuple(points), tuple(left_out)


def _collector(desk: Desk) -> Collector:
    if desk.collector is None:
        desk.collector = Collector(desk.ranking)
    return desk.collector
