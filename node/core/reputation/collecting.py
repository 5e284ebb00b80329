"""From the records here to the opinions of the ranking's market, as they come: nothing is judged twice without need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from freehold.protocol import evidence
from freehold.protocol.contract import CLOSED
from freehold.protocol.errors import ProtocolError
from freehold.protocol.evidence import Evidence
from freehold.protocol.fold import fold
from freehold.protocol.kinds.review import REVIEW
from freehold.protocol.kinds.vouch import VOUCH

from .opinions import NO_BAND, Opinion, Vouch
from .taking import take_up

if TYPE_CHECKING:
    from freehold.protocol.envelope import Record
    from freehold.protocol.fold.progress import Contract

    from ..desk import Desk
    from ..ports import Market, Ranking

_BATCH = 1_000
OWN_UNSHOWN = 50
OPEN_CONTRACTS = 20_000
"""Contracts that are not at an end and have a review already, which is looked at again as time passes."""
RULES = "1"
"""Raised by whoever changes how a contract is folded, or when a review counts: verdicts by other rules are not used."""
MANY = 100
"""Contracts judged at once that are not to be judged again because the power failed."""
VOUCHES = 100_000
"""Vouches that are read at a start, the newest."""
_LONG_AGO = -(1 << 60)
AGAIN_MS = 60 * 60 * 1000
"""Time alone ends contracts, in windows of hours and days: so often those are looked at again."""


class Collector:
    """Reads the store from where it stopped, judges the reviews of every contract that changed, tells the market."""

    def __init__(self, ranking: Ranking) -> None:
        self.market: Market = ranking.market()
        self._ranking = ranking
        self._epoch, self._position = b"", 0
        self._open: dict[bytes, int] = {}

    def catch_up(self, desk: Desk, now: int) -> Market:
        """The market with all that is here by now."""
        records = desk.stores.records
        if records.epoch != self._epoch:
            self._begin(desk)
        before = self._position
        changed = self._changed(desk) | set(desk.stores.verdicts.changed())
        changed |= {contract for contract, at in self._open.items() if not at <= now < at + AGAIN_MS}
        if desk.me is not None:
            own = records.kept_back(desk.me, REVIEW.name, OWN_UNSHOWN)
            changed |= {review.header.context for review in own if review.header.context is not None}
        for contract in sorted(changed):
            self._judge(desk, contract, now)
        if self._position != before:
            desk.stores.verdicts.reached(self._position)
        if len(changed) >= MANY:
            desk.stores.commit()
        return self.market

    def _begin(self, desk: Desk) -> None:
        """Take what was found out before, if it was by today's rules, or begin anew."""
        verdicts, self._epoch = desk.stores.verdicts, desk.stores.records.epoch
        self.market, self._position = self._ranking.market(), verdicts.position(RULES)
        self._open = dict.fromkeys(verdicts.waiting(), _LONG_AGO)
        if not self._position:
            return
        for record in reversed(desk.stores.records.of_kind(VOUCH.name, VOUCHES)):
            self._vouch(record)
        take_up(self.market, verdicts.counting())

    def tell(self, desk: Desk, record: Record, outcome: Evidence | str) -> None:
        """What was found out about one review. Markets know it by the first 8 bytes of its id, which somebody could
        make the same for two of their own (2^32 tries): the one with the smallest id is told of, and no other."""
        if desk.stores.verdicts.shadowed(record.id):
            return
        if isinstance(outcome, Evidence):
            self.market.add(opinion_of(outcome))
        else:
            self.market.discard(record.id)

    def _changed(self, desk: Desk) -> set[bytes]:
        """The contracts of which records came since the last time."""
        records = desk.stores.records
        changed: set[bytes] = set()
        while rows := records.after(self._position, _BATCH):
            self._position = rows[-1][0]
            for record in records.shared([name for _, name in rows]):
                if record.header.context is not None:
                    changed.add(record.header.context)
                elif record.header.kind == VOUCH.name:
                    self._vouch(record)
        return changed

    def _vouch(self, record: Record) -> None:
        try:
            body = VOUCH.open(record)
        except ProtocolError:
            return  # a later version of the program may have written it
        if body.withdrawn:
            self.market.unvouch(record.author, body.subject)
        else:
            self.market.vouch(Vouch(record.id, record.author, body.subject, record.header.till or 0))

    def _judge(self, desk: Desk, contract: bytes, now: int) -> None:
        records = desk.stores.records.in_context(contract)
        reviews = [record for record in records if record.header.kind == REVIEW.name]
        if not reviews:
            return
        found = fold(records, now)
        if found is None or found.state != CLOSED:
            self._wait(contract, now)
        else:
            self._open.pop(contract, None)
        outcomes = [(review, _weigh(review, records, found, now)) for review in reviews]
        for review, outcome in outcomes:
            self.tell(desk, review, outcome)
        verdicts = desk.stores.verdicts
        counting = [
            opinion_of(outcome)
            for review, outcome in outcomes
            if isinstance(outcome, Evidence) and not verdicts.shadowed(review.id)
        ]
        verdicts.keep(contract, counting, waits=contract in self._open)

    def _wait(self, contract: bytes, now: int) -> None:
        """Look again later; whoever opens more contracts than fit here waits until a record of theirs comes."""
        if contract in self._open or len(self._open) < OPEN_CONTRACTS:
            self._open[contract] = now


def opinion_of(found: Evidence) -> Opinion:
    """A review that counts, as the engine reads it."""
    record, review = found.record, found.review
    agreed = found.contract.agreement
    as_role, band = agreed.role(review.subject) or "", NO_BAND if agreed.band is None else agreed.band
    return Opinion(
        record.id, record.author, review.subject, review.levels, record.header.at, as_role, found.grade, band
    )


def _weigh(review: Record, records: list[Record], contract: Contract | None, now: int) -> Evidence | str:
    if contract is None:
        return "its contract is not known here"
    try:
        return evidence.weigh(review, records, now)
    except ProtocolError as error:
        return str(error)
