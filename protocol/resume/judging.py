"""What follows from a reputation bundle at a time: contracts folded, reviews weighed, the score reckoned.

Pure: the same bundle at the same time, seen from the same place, gives the same judgement everywhere.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .. import evidence
from ..errors import ProtocolError
from ..evidence import Evidence
from ..fold import fold
from ..kinds.review import REVIEW, REVIEW_REPLY, Review
from ..kinds.vouch import VOUCH
from ..steps import Steps, at_once
from .reckoning import Opinion, Reckoning

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..envelope import Record
    from ..fold.progress import Contract
    from .bundle import Bundle
    from .reckoning import Result

WEIGHED = 4
"""Reviews of one author in one contract that are weighed, each by a fold: one can count, and a hostile file may hold
thousands."""
UNWEIGHED = "its author has more reviews of this contract in the file than anybody could need: it was not weighed"
LATER = "it was written after the time at which this is judged"


@dataclass(frozen=True, slots=True)
class Weighed:
    """A review in the file, whether it counts (evidence, or the reason why not), and its subject's reply."""

    record: Record
    review: Review
    outcome: Evidence | str
    reply: Record | None

    @property
    def reply_text(self) -> str | None:
        """What the subject answered."""
        return None if self.reply is None else REVIEW_REPLY.open(self.reply).text


@dataclass(frozen=True, slots=True)
class Judgement:
    """Everything that the bundle shows at `at` (ms) of its subject.

    `contracts`: as folded, oldest first. `reviews`: those about the subject by id. `result`: the score, seen from
    `me` (None: from nobody's place; `rooted` says whether trust leads anywhere from there).
    """

    bundle: Bundle
    at: int
    me: bytes | None
    contracts: tuple[Contract, ...]
    reviews: dict[bytes, Weighed]
    rooted: bool
    result: Result

    @property
    def left_out(self) -> list[tuple[Weighed, str]]:
        """Reviews about the subject that move nothing, each with the reason: those that do not count, then those that
        count and have no weight from this place."""
        found = [(one, one.outcome) for one in self.reviews.values() if isinstance(one.outcome, str)]
        return found + [(self.reviews[opinion.review], reason) for opinion, reason in self.result.left_out]


def judge(bundle: Bundle, at: int, me: bytes | None = None, as_role: str | None = None) -> Judgement:
    """Judge a verified bundle at a time (ms), seen from somebody's place or from nobody's."""
    return at_once(judging(bundle, at, me, as_role))


def judging(bundle: Bundle, at: int, me: bytes | None = None, as_role: str | None = None) -> Steps[Judgement]:
    """`judge` in steps: a contract each."""
    contracts: list[Contract] = []
    weighed: list[Weighed] = []
    for records in bundle.contracts.values():
        found = fold(records, at)
        if found is not None:
            contracts.append(found)
        weighed += _reviews(records, at)
        yield
    opinions = [_opinion(one.outcome) for one in weighed if isinstance(one.outcome, Evidence)]
    reckoning = Reckoning(opinions, _vouches(bundle.of_kind(VOUCH.name), at), me)
    about: dict[bytes, Weighed] = {one.record.id: one for one in weighed if one.review.subject == bundle.subject}
    contracts.sort(key=lambda contract: (_begun(contract), contract.id))
    yield
    result = reckoning.of(bundle.subject, as_role)
    return Judgement(bundle, at, me, tuple(contracts), about, reckoning.rooted, result)


def _reviews(records: list[Record], at: int) -> list[Weighed]:
    reviews = sorted((r for r in records if r.header.kind == REVIEW.name), key=lambda r: (r.header.at, r.id))
    replies: dict[tuple[bytes, bytes | None], Record] = {
        (r.author, r.header.slot): r for r in records if r.header.kind == REVIEW_REPLY.name and r.header.at <= at
    }
    written = Counter[bytes]()
    found: list[Weighed] = []
    for record in reviews:
        body = REVIEW.open(record)
        written[record.author] += 1
        outcome = UNWEIGHED if written[record.author] > WEIGHED else _weigh(record, records, at)
        found.append(Weighed(record, body, outcome, replies.get((body.subject, record.id))))
    return found


def _weigh(review: Record, records: list[Record], at: int) -> Evidence | str:
    if review.header.at > at:
        return LATER
    try:
        return evidence.weigh(review, records, at)
    except ProtocolError as error:
        return str(error)


def _opinion(found: Evidence) -> Opinion:
    record, review = found.record, found.review
    as_role = found.contract.agreement.role(review.subject) or ""
    return Opinion(record.id, record.author, review.subject, review.levels, record.header.at, as_role)


def _vouches(records: Iterable[Record], at: int) -> set[tuple[bytes, bytes]]:
    """The vouches in force, of each pair the latest: author and subject."""
    latest: dict[tuple[bytes, bytes], Record] = {}
    for record in records:
        pair = (record.author, VOUCH.open(record).subject)
        known = latest.get(pair)
        if record.header.at <= at and (known is None or known.header.at <= record.header.at):
            latest[pair] = record
    return {
        pair for pair, record in latest.items() if not VOUCH.open(record).withdrawn and at <= (record.header.till or 0)
    }


def _begun(contract: Contract) -> int:
    return min(record.header.at for record in contract.signatures.values())
