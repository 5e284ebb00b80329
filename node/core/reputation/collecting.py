"""From the records here to the opinions of the ranking's market, as they come: nothing is judged twice without need."""

from __future__ import annotations

from itertools import islice
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
    from collections.abc import Iterator

    from freehold.protocol.envelope import Record
    from freehold.protocol.fold.progress import Contract

    from ..desk import Desk
    from ..ports import Market, Ranking

_BATCH = 1_000
"""Records of one step of reading: 10 ms if all belong to contracts, one if none does."""
JUDGED_AT_ONCE = 16
"""Contracts of one step of judging."""
STEPS = 8
"""Steps that a list waits for. A first sync brings more, which is judged in idle moments; until then its order lacks
that."""
OWN_UNSHOWN = 50
OPEN_CONTRACTS = 20_000
"""Contracts that are not at an end and have a review already, which is looked at again as time passes."""
RULES = "1"
"""Raised by whoever changes how a contract is folded, or when a review counts: verdicts by other rules are not used."""
MANY = 100
"""Contracts judged at once that are not to be judged again because the power failed."""
VOUCHES_AT_ONCE = 500
"""Vouches of one step of reading at a start: 6 ms."""
_LONG_AGO = -(1 << 60)
AGAIN_MS = 60 * 60 * 1000
"""Time alone ends contracts, in windows of hours and days: so often those are looked at again."""


class Collector:
    """Reads the store from where it stopped, judges the reviews of every contract that changed, tells the market."""

    def __init__(self, ranking: Ranking) -> None:
        self.market: Market = ranking.market()
        self._ranking = ranking
        self._epoch, self._position = b"", 0
        self._vouches: int | None = None
        """Up to where the vouches of before the start are read; None: they all are."""
        self._open: dict[bytes, int] = {}
        self._to_judge: dict[bytes, None] = {}
        """Contracts of which something came; `_told` is up to where the store knows that none is left."""
        self._told = self._judged = 0

    def catch_up(self, desk: Desk, now: int) -> Market:
        """The market with what is here by now, as far as `STEPS` lead."""
        for _ in islice(self.all_steps(desk, now), STEPS):
            pass
        return self.market

    def all_steps(self, desk: Desk, now: int) -> Iterator[None]:
        """Everything that is here by now, and what time has changed; bounded steps."""
        if desk.stores.records.epoch != self._epoch:
            self._begin(desk)
        self._to_judge |= dict.fromkeys(desk.stores.verdicts.changed())
        self._to_judge |= {contract: None for contract, at in self._open.items() if not at <= now < at + AGAIN_MS}
        if desk.me is not None:
            own = desk.stores.records.kept_back(desk.me, REVIEW.name, OWN_UNSHOWN)
            contracts = (review.header.context for review in own)
            self._to_judge |= {contract: None for contract in contracts if contract is not None}
        while self.step(desk, now):
            yield

    def step(self, desk: Desk, now: int) -> bool:
        """Read or judge a few; whether there is more to do."""
        if desk.stores.records.epoch != self._epoch:
            self._begin(desk)
        if self._read_vouches(desk) or self._read(desk):
            return True
        for contract in list(islice(self._to_judge, JUDGED_AT_ONCE)):
            del self._to_judge[contract]
            self._judge(desk, contract, now)
            self._judged += 1
        if self._to_judge:
            return True
        if self._told != self._position:
            desk.stores.verdicts.reached(self._position)
            self._told = self._position
        if self._judged >= MANY:
            desk.stores.commit(passing=True)
        self._judged = 0
        return False

    def _begin(self, desk: Desk) -> None:
        """Take what was found out before, if it was by today's rules, or begin anew."""
        verdicts, self._epoch = desk.stores.verdicts, desk.stores.records.epoch
        self.market, self._position = self._ranking.market(), verdicts.position(RULES)
        self._to_judge, self._told, self._vouches = {}, self._position, None
        self._open = dict.fromkeys(verdicts.waiting(), _LONG_AGO)
        if not self._position:
            return
        take_up(self.market, verdicts.counting())
        self._vouches = 0

    def tell(self, desk: Desk, record: Record, outcome: Evidence | str) -> None:
        """What was found out about one review. Markets know it by the first 8 bytes of its id, which somebody could
        make the same for two of their own (2^32 tries): the one with the smallest id is told of, and no other."""
        if desk.stores.verdicts.shadowed(record.id):
            return
        if isinstance(outcome, Evidence):
            self.market.add(opinion_of(outcome))
        else:
            self.market.discard(record.id)

    def _read(self, desk: Desk) -> bool:
        """What came since the last time, the next of it; whether there is more."""
        self._position, looked, records = desk.stores.records.news(self._position, _BATCH, VOUCH.name)
        for record in records:
            if record.header.context is not None:
                self._to_judge[record.header.context] = None
            elif record.header.kind == VOUCH.name:
                self._vouch(record)
        return looked == _BATCH

    def _read_vouches(self, desk: Desk) -> bool:
        """The next of the vouches from before the start; whether there may be more."""
        if self._vouches is None:
            return False
        found = desk.stores.records.all_of_kind(VOUCH.name, self._vouches, VOUCHES_AT_ONCE)
        for _, record in found:
            self._vouch(record)
        self._vouches = found[-1][0] if len(found) == VOUCHES_AT_ONCE else None
        return self._vouches is not None

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
