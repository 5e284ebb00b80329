"""One node's mind: what comes in, what follows. It holds no rules of its own, only who is asked in which order."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from freehold.protocol import requests
from freehold.protocol.errors import ProtocolError, Unsupported
from freehold.protocol.frame import unpack_batch
from freehold.protocol.keylog import INCEPTION
from freehold.protocol.kinds import ENTRY_NAMES
from freehold.protocol.kinds.offer import OFFER
from freehold.protocol.kinds.profile import INBOX
from freehold.protocol.kinds.proposal import PROPOSAL
from freehold.protocol.kinds.review import REVIEW_COMMIT
from freehold.protocol.requests import Deliver, File

from . import reputation, searching
from .admission import BATCH, KNOWN, Admission, Finding
from .arriving import Arriving
from .catchup import CatchUps
from .direct import Direct
from .effects import Announce, Effect, Judgement, Kept, Meet, Notify, Penalize, Verdict
from .filing import HandingOut
from .forking import Forks
from .missing_logs import MissingLogs
from .parking import Arrival, Released, Way
from .reconciling import Reconciling
from .reminding import Reminding
from .reviewing import show_due
from .tidying import Tidying
from .witnessing import Witnessing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from freehold.protocol.envelope import Record, Sealed
    from freehold.protocol.requests import Request
    from freehold.protocol.stamp import Stamp

    from .desk import Desk
    from .effects import Pay
    from .participation import Participation
    from .ports import Parcel

REASONS_COUNTED = 256
"""Reasons quote what peers send, so their number must not be the peers' choice."""
FRESH_MS = 120_000
"""A record this young that comes by catch-up was gossiped before its author had neighbours, perhaps: it is passed on,
so that a node that has just started is not unreachable for others until their next round."""
_ACCEPTED = Verdict.ACCEPT.value
OWNER = "dev"
"""Stands for a peer where the owner's own bulk records are parked."""


class Service:
    """See node/core/effects.py for what it answers with."""

    def __init__(self, desk: Desk, participation: Participation | None = None) -> None:
        """With a `participation` nodes are reconciled with, and read by cursors only where they do not speak that."""
        self.desk = desk
        self._admission = Admission(desk)
        self._catchups = CatchUps(desk, self._take_asked)
        self.reconciling = None
        if participation is not None:
            self.reconciling = Reconciling(desk, participation, self._take_many, self._catchups.connected)
        self._there: dict[str, None] = {}
        self._direct = Direct(desk)
        self._witnessing, self._reminding = Witnessing(desk), Reminding(desk)
        self._arriving, self._tidying = Arriving(desk), Tidying(desk, self._admission.parking)
        self._handing_out = HandingOut(desk)
        self._counts: Counter[str] = Counter()
        self._logs = MissingLogs(self._admission.parking)
        self._released, self._forks = Released(), Forks(desk)

    def received(self, data: bytes, peer: str, now: int, topic: str | None) -> Judgement:
        """One gossip message: a batch of records.

        It goes on as it is only if everything in it was found good here, or the next node would blame this one for what
        is not. Else what is good goes on by itself, so that the rest does not hold it up.
        """
        try:
            batch = unpack_batch(data)
        except ProtocolError as error:
            self._count("refuse: not a batch")
            return Judgement(Verdict.REFUSE, str(error), (Penalize(peer, str(error)),))
        effects: list[Effect] = []
        findings = self._judge_many([Arrival(packed, peer, now, Way.GOSSIP, topic) for packed in batch], now, effects)
        good = [finding.record for finding in findings if finding.record is not None]
        if good and all(finding.record is not None or finding.reason == KNOWN for finding in findings):
            return Judgement(Verdict.ACCEPT, "", tuple(effects))
        effects += self._announce(good)
        refused = next((finding for finding in findings if finding.verdict is Verdict.REFUSE), None)
        if refused:
            return Judgement(Verdict.REFUSE, refused.reason, (*effects, Penalize(peer, refused.reason)))
        reason = next(finding.reason for finding in findings if finding.record is None)
        return Judgement(Verdict.IGNORE, reason, tuple(effects))

    def ingest(self, packed: Sequence[bytes], now: int) -> tuple[list[Finding], list[Effect]]:
        """A few records that the owner brings, judged as gossip is but at any speed, and passed on like gossip."""
        effects: list[Effect] = []
        findings = self._judge_many([Arrival(one, OWNER, now, Way.AGAIN) for one in packed], now, effects)
        good = [finding.record for finding in findings if finding.record is not None]
        return findings, [*self._announce(good), *effects]

    def ingest_many(
        self, packed: Sequence[bytes], now: int, genuine: Mapping[bytes, Sealed] | None = None
    ) -> list[Finding]:
        """A part of a bulk of records that the owner brings, of any number. What follows from them stays here, or it
        would flood the neighbours: other nodes find these records by catch-up. `genuine` as in `Admission.judge_many`.
        """
        return self._judge_many([Arrival(one, OWNER, now, Way.AGAIN) for one in packed], now, [], genuine)

    def received_many(
        self, packed: Sequence[bytes], peer: str, now: int, genuine: Mapping[bytes, Sealed] | None = None
    ) -> tuple[list[Finding], list[Effect]]:
        """Records that this node asked a peer for, by their ids and in bulk: a finding for each, in order.

        The day's quota and the peer's bucket do not bound what was asked for. What is refused is held against the peer.
        `genuine` as in `Admission.judge_many`. Whoever brings more than `BATCH` lets the event loop breathe in between.
        """
        effects: list[Effect] = []
        findings = self._judge_many([Arrival(one, peer, now, Way.ASKED) for one in packed], now, effects, genuine)
        for finding in findings:
            if finding.record is None or finding.record.header.at > now - FRESH_MS:
                effects += self._after_asking(finding, peer, now)
        return findings, effects

    def answer(self, data: bytes, peer: str, now: int) -> tuple[bytes, list[Effect]]:
        """A request from a peer. Whatever the bytes, there is a reply."""
        try:
            request = requests.read_request(data)
        except Unsupported as error:
            return requests.write(requests.Declined(str(error)[:300], again=False)), []
        except ProtocolError as error:
            return requests.write(requests.Declined("unreadable", again=False)), [Penalize(peer, str(error))]
        if isinstance(request, Deliver):
            if not self._admission.limiter.allows_check(peer, now):
                return requests.write(requests.Declined("too many from this peer", again=True)), []
            reply, effects = self._direct.receive(request, now)
            for effect in effects:
                if isinstance(effect, Notify) and (record := self.desk.stores.records.get(effect.about)) is not None:
                    effects = [*effects]
                    self._follow(record, now, effects)
            return requests.write(reply), effects
        if isinstance(request, File):
            return requests.write(self._handing_out.answer(request, peer, now)), []
        return requests.write(self._catchups.answer(request)), []

    def replied(self, peer: str, request: Request, reply_data: bytes, now: int) -> list[Effect]:
        """A peer answered an `Ask`."""
        effects = self._catchups.replied(peer, request, reply_data, now)
        self._judge_released(now, effects)
        return effects

    def failed(self, peer: str, request: Request, now: int) -> list[Effect]:
        """A peer did not answer an `Ask`."""
        del now
        self._catchups.failed(peer, request)
        return []

    def connected(self, peer: str, now: int) -> list[Effect]:
        """A connection to a peer is up."""
        self._there[peer] = None
        partners = self._catchups if self.reconciling is None else self.reconciling
        return partners.connected(peer, now) + self._direct.due(now)

    def disconnected(self, peer: str, now: int) -> list[Effect]:
        """The last connection to a peer is gone."""
        self._admission.clocks.gone(peer)
        del now
        self._there.pop(peer, None)
        self._catchups.disconnected(peer)
        if self.reconciling is not None:
            self.reconciling.disconnected(peer)
        return []

    def handed(self, parcel: Parcel, reply_data: bytes, now: int) -> list[Effect]:
        """A recipient's node answered a `Hand`."""
        return self._direct.handed(parcel, reply_data, now)

    def not_handed(self, parcel: Parcel, reason: str, now: int) -> list[Effect]:
        """No node of the recipient could be reached."""
        return self._direct.not_handed(parcel, reason, now)

    def paid(self, pay: Pay, stamp: Stamp | None, now: int) -> list[Effect]:
        """A `Pay` is done; None: no stamp was found."""
        return self._direct.paid(pay, stamp, now)

    def parcels(self, now: int) -> list[Effect]:
        """Parcels that can be handed over now: asked after the owner's acts, so that nobody waits for the next tick."""
        return self._direct.due(now)

    def acted(self, effects: list[Effect], now: int) -> list[Effect]:
        """The owner acted, and `effects` follow: what else does."""
        for effect in effects:
            if isinstance(effect, Announce):
                self._witnessing.noted(effect.record, now)
                self._reminding.touched(effect.record.header.context)
        return self.parcels(now)

    def unlocked(self, now: int) -> list[Effect]:
        """The owner's key signs from now on: what waited for it is done."""
        self._witnessing.search_again()
        self._reminding.search_again()
        return self._announce(self._forks.unlocked(now))

    @property
    def unsigned(self) -> int:
        """Records handed over while the key was locked, and not signed for yet."""
        return self._direct.unsigned

    def set_nodes(self, addresses: tuple[str, ...], now: int) -> list[Effect]:
        """Our own reachable multiaddrs are these."""
        return self._announce(self._direct.settle_in(addresses, now))

    def tick(self, now: int) -> list[Effect]:
        """Time passes: about once a second."""
        effects = self._catchups.tick(now)
        if self.reconciling is not None:
            effects += self.reconciling.tick(now)
        effects += self._direct.due(now)
        effects += self._announce(self._direct.settle_in((), now))
        for arrival in self._admission.parking.due(now):
            effects += self._again(arrival, now)
        self._judge_released(now, effects)
        effects += self._logs.due(list(self._there), now)
        effects += self._announce(self._witnessing.due(now)) + show_due(self.desk, now) + self._reminding.due(now)
        self._tidying.ticked(now)
        return effects

    def tended(self, now: int) -> bool:
        """A few milliseconds of work that can wait; whether there is more of it."""
        return self.desk.stores.ranges.tend(now) or reputation.tend(self.desk, now)

    def ahead_ms(self, now: int) -> int | None:
        """How far the clocks of connected peers are ahead of ours, by what they gossip; None if that is not known."""
        return self._admission.clocks.ahead_ms(now)

    def reached_until(self) -> int | None:
        """Until when others can write to the owner if the key stays locked; None if they cannot now."""
        return self._direct.reached_until()

    def statistics(self) -> dict[str, int]:
        """Verdicts by reason, and what waits."""
        talks = {} if self.reconciling is None else self.reconciling.statistics()
        waiting = {
            "parked": len(self._admission.parking) + len(self._released),
            "bytes of files handed out": self._handing_out.handed,
        }
        return {**self._counts, **talks, **waiting}

    def _judge_many(
        self,
        arrivals: Sequence[Arrival],
        now: int,
        effects: list[Effect],
        genuine: Mapping[bytes, Sealed] | None = None,
    ) -> list[Finding]:
        """Judge each, in turn: what follows from one is there when the next is judged."""
        findings: list[Finding] = []
        for start in range(0, len(arrivals), BATCH):
            batch = arrivals[start : start + BATCH]
            for arrival, finding in zip(batch, self._admission.judge_many(batch, now, genuine or {}), strict=True):
                findings.append(self._noted(finding, arrival.peer, now, effects))
        self._judge_released(now, effects)
        return findings

    def _judge_released(self, now: int, effects: list[Effect]) -> None:
        """The end of one turn: what of it is left goes to those whose log came in an earlier one."""
        for arrival in self._released.at_end_of_turn():
            effects += self._again(arrival, now)

    def _noted(self, finding: Finding, peer: str, now: int, effects: list[Effect]) -> Finding:
        """What a finding brings about."""
        if finding.record is not None:
            self._counts[_ACCEPTED] += 1
            self._follow(finding.record, now, effects)
            return finding
        verdict = finding.verdict.value
        self._count(f"{verdict}: {finding.reason}" if finding.reason else verdict)
        if finding.author is not None and self._may_ask_log(peer):
            effects += self._logs.ask(finding.author, peer, now)
        return finding

    def _count(self, what: str) -> None:
        known = what in self._counts or len(self._counts) < REASONS_COUNTED
        self._counts[what if known else "other reasons"] += 1

    def _follow(self, record: Record, now: int, effects: list[Effect]) -> None:
        """What a newly kept record brings about."""
        effects.append(Kept(record))
        kind, context = record.header.kind, record.header.context
        if context is not None:
            self._witnessing.noted(record, now)
            self._reminding.touched(context)
        if kind == OFFER.name:
            effects += searching.noted(self.desk, record, now)
        elif kind == INCEPTION.name:
            for arrival in self._released.in_this_turn(self._admission.parking.release(record.author)):
                effects += self._again(arrival, now)
        elif kind == PROPOSAL.name:
            self._arriving.noted(record, now)
        elif kind == INBOX.name:
            effects += [Meet(node) for node in INBOX.open(record).nodes]
        elif kind in ENTRY_NAMES:
            effects += self._announce(self._forks.noted(record, now))
        elif kind == REVIEW_COMMIT.name:
            effects += show_due(self.desk, now)

    def _again(self, parked: Arrival, now: int) -> list[Effect]:
        """Judge what was parked; if it is accepted now, gossip goes on from here."""
        effects: list[Effect] = []
        finding = self._noted(self._admission.judge(parked.again, now), parked.peer, now, effects)
        if finding.verdict is Verdict.ACCEPT and finding.record is not None:
            effects += self._announce([finding.record])
        return effects

    def _may_ask_log(self, peer: str) -> bool:
        """Not of a peer that is bringing records right now: the log comes among them, probably; else `tick` asks."""
        talking = self.reconciling is not None and self.reconciling.talks_with(peer)
        return peer in self._there and not talking

    def _take_many(
        self, packed: Sequence[bytes], peer: str, now: int, genuine: Mapping[bytes, Sealed] | None
    ) -> list[Effect]:
        return self.received_many(packed, peer, now, genuine)[1]

    def _take_asked(self, packed: bytes, peer: str, now: int) -> list[Effect]:
        effects: list[Effect] = []
        finding = self._noted(self._admission.judge(Arrival(packed, peer, now, Way.ASKED), now), peer, now, effects)
        return effects + self._after_asking(finding, peer, now)

    def _after_asking(self, finding: Finding, peer: str, now: int) -> list[Effect]:
        if finding.verdict is Verdict.REFUSE:
            return [Penalize(peer, finding.reason)]
        if finding.record is not None and finding.record.header.at > now - FRESH_MS:
            return self._announce([finding.record])
        return []

    def _announce(self, records: list[Record]) -> list[Effect]:
        return [Announce(self.desk.registry.topic(record.header.kind), record) for record in records]
