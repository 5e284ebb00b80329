"""Whether a record that came from outside is kept: accept, ignore (nobody's fault) or refuse (the peer's).

Cheap checks first, then the bucket, then the signature, then meaning, then room. A record counts as seen only once it
is authentic, so a forged copy never keeps the true one out.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

import msgspec

from freehold.protocol import keylog, limits, topics
from freehold.protocol.envelope import Record, Sealed, pack, reopen, split
from freehold.protocol.errors import NotAllowed, ProtocolError, Unsupported, Unverifiable

from .clocks import Clocks
from .effects import Verdict
from .forking import known_fork
from .limiter import Buckets, Limiter
from .parking import Arrival, Parking, Way
from .standing import DAY_MS, UNCOUNTED, no_room

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from freehold.protocol.envelope import RecordId
    from freehold.protocol.kind import AnyKind

    from .desk import Desk

ASIDE_MS = 7 * DAY_MS
"""After a week, what there was no room for is judged anew."""
KNOWN = "known"
"""Why a record is not kept that is here already, byte for byte: the one reason that says nothing against it."""
EXPOSED = "its body goes sealed to those it is for, never to everybody"
FAR_AHEAD_MS = 2 * 24 * 60 * 60 * 1000
"""What was asked for waits if it is dated up to this far ahead: somebody's clock is off by a day, in one direction or
the other, or by a time zone."""
REMEMBERED_REFUSALS = 65_536
"""Ids of authentic records that break a rule: they are not checked again."""
AUTHORS_COUNTED = 4_096
"""Authors whose new profiles and inboxes are counted: these take no room, but everybody passes every version on."""


_NONE: Mapping[bytes, Sealed] = {}
BATCH = limits.BATCH_RECORDS
"""Records judged together: a gossip message of them holds the event loop for about 5 ms."""


class Finding(msgspec.Struct, frozen=True, gc=False):
    """What was decided about one record, and why. `author` is set when its log is missing."""

    verdict: Verdict
    reason: str
    record: Record | None = None
    author: bytes | None = None


class Admission:
    """Judges records one by one, and keeps those that pass."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.limiter = Limiter()
        self.clocks = Clocks()
        self.parking = Parking()
        self._refused: OrderedDict[bytes, None] = OrderedDict()
        a_day = desk.network.quotas.trusted_a_day
        self._versions = Buckets[bytes](a_day * 1000 / DAY_MS, a_day, AUTHORS_COUNTED)

    def judge(self, arrival: Arrival, now: int) -> Finding:
        """One packed record; how it came decides which bounds it still has to pass."""
        try:
            sealed = split(arrival.packed)
            if sealed.id in self._refused:
                return _ignored("refused before")
            if self._desk.stores.records.has(sealed.id):
                return self._known(sealed.id, arrival.packed)
            if arrival.way is Way.GOSSIP and not self.limiter.allows_check(arrival.peer, now):
                return _ignored("too many from this peer")
            record = sealed.verified()
        except ProtocolError as error:
            return _of_error(error)
        return self._weigh(record, arrival, now)

    def judge_many(
        self, arrivals: Sequence[Arrival], now: int, genuine: Mapping[bytes, Sealed] = _NONE
    ) -> Iterator[Finding]:
        """Several of them (at most `BATCH`), each when it is asked for, as `judge` would.

        What depends on nothing else is done for all of them at once, step by step, which takes a third less time. What
        the second of two with one id is, depends on the first: it is judged alone.
        `genuine`: those of the packed records that were taken apart already, and whose signatures are good.
        """
        cases = list(_taken_apart(arrivals, genuine))
        self._examine([case for case in cases if isinstance(case, _Case)], now)
        for case in cases:
            if isinstance(case, Finding):
                yield case
            else:
                yield self._conclude(case, now) if case.examined else self.judge(case.arrival, now)

    def _examine(self, cases: Sequence[_Case], now: int) -> None:
        records = self._desk.stores.records
        known = records.known([case.sealed.id for case in cases])
        firsts: dict[RecordId, _Case] = {}
        for case in cases:
            if case.sealed.id not in known and case.sealed.id not in self._refused:
                firsts.setdefault(case.sealed.id, case)
        fresh = list(firsts.values())
        self._allow(fresh, now)
        for case in fresh:
            case.examined = True
            if case.allowed:
                case.read()
        for case in fresh:  # apart from reading: one after the other, signatures find their tables in the cache
            if case.allowed and case.error is None:
                case.verify()
        sound = [case.record for case in fresh if case.record is not None]
        records.foresee(sound)
        self._open_all(sound)

    def _allow(self, cases: Sequence[_Case], now: int) -> None:
        """Ask for the checks of all signatures that a peer brings at once."""
        unasked: dict[str, list[_Case]] = {}
        for case in cases:
            case.allowed = case.arrival.way is not Way.GOSSIP
            if not case.allowed:
                unasked.setdefault(case.arrival.peer, []).append(case)
        for peer, theirs in unasked.items():
            for case in theirs[: self.limiter.allows_checks(peer, len(theirs), now)]:
                case.allowed = True

    def _open_all(self, records: Sequence[Record]) -> None:
        """Read bodies that will be asked for; what is wrong with one is said when its turn comes."""
        registry = self._desk.registry
        for record in records:
            kind = registry.find(record.header.kind)
            if kind is not None and record.body is not None:
                try:  # noqa: SIM105  -- suppress() takes as long as the rest
                    kind.open(record)
                except ProtocolError:
                    pass

    def _conclude(self, case: _Case, now: int) -> Finding:
        """Judge what was examined. Since then, what came before it in its batch may have changed what is known."""
        if case.sealed.id in self._refused:
            return _ignored("refused before")
        if self._desk.stores.records.has(case.sealed.id):
            return self._known(case.sealed.id, case.arrival.packed)
        if not case.allowed:
            return _ignored("too many from this peer")
        if case.record is None:
            return _of_error(case.error)
        return self._weigh(case.record, case.arrival, now)

    def _weigh(self, record: Record, arrival: Arrival, now: int) -> Finding:
        header, way, topic = record.header, arrival.way, arrival.topic
        kind = self._desk.registry.find(header.kind)
        if header.network != self._desk.network.name:
            return _refused(f"made for the network {header.network}")
        if topic is not None and (topics.OTHER if kind is None else kind.topic) != topic:
            return _refused("sent on the wrong topic")
        if record.body is not None and kind is not None and kind.private:
            return _refused(EXPOSED)  # not remembered by its id, which is that of the bare header as well
        if way is Way.GOSSIP:
            self.clocks.heard(arrival.peer, header.at, now)
        if header.at > now + limits.CLOCK_AHEAD_MS:
            return self._from_the_future(record, arrival, now)
        if header.till is not None and header.till < now:
            return _ignored("expired")
        try:
            missing = self._check_key(record)
        except Unverifiable as error:
            return _refused(str(error))
        if missing:
            return self._without_log(record, arrival)
        return self._admit(record, kind, now, by_the_day=way is not Way.ASKED)

    def _admit(self, record: Record, kind: AnyKind | None, now: int, *, by_the_day: bool) -> Finding:
        try:
            if kind is not None and (reason := _check_meaning(kind, record)):
                return _ignored(reason)
        except ProtocolError as error:
            self._remember_refusal(record.id)
            self._put_aside(record, now, asked=not by_the_day)
            return _refused(str(error))
        if known_fork(self._desk, record):
            self._put_aside(record, now, asked=not by_the_day)
            return _ignored("that this key forked is known")
        if by_the_day and record.header.kind in UNCOUNTED and not self._versions.take(record.author, now):
            return _ignored("its author changes too often")
        if reason := no_room(self._desk, record, now, by_the_day=by_the_day):
            self._put_aside(record, now, asked=not by_the_day)
            return _ignored(reason)
        if not self._desk.stores.records.add(record, now, shared=True):
            return _ignored("older than what is here")
        return Finding(Verdict.ACCEPT, "", record)

    def _known(self, name: bytes, packed: bytes) -> Finding:
        """What is here already. Other bytes under its id (another signature, a body) are not known to be good."""
        kept = self._desk.stores.records.get(name)
        if kept is None:
            return _ignored("older than what is here")
        private = self._is_private(kept)
        if packed == pack(kept.without_body() if private else kept):
            return _ignored(KNOWN)
        if private and _has_body(packed):
            return _refused(EXPOSED)
        return _ignored("known, but not by these bytes")

    def _check_key(self, record: Record) -> bool:
        """Raise Unverifiable for a key that does not speak for the author; True if the log is missing."""
        if record.header.kind == keylog.INCEPTION.name:
            return False
        log = self._desk.stores.records.log(record.header.by)
        if log is None:
            return True
        keylog.state(log).check(record.header)
        return False

    def _is_private(self, record: Record) -> bool:
        kind = self._desk.registry.find(record.header.kind)
        return kind is not None and kind.private

    def _without_log(self, record: Record, arrival: Arrival) -> Finding:
        """The log is asked for only if somebody waits for it: nothing is fetched for what there is no room for."""
        self.parking.wait_for_log(record.author, record.id, arrival)
        author = record.author if self.parking.waits_for(record.author) else None
        return Finding(Verdict.IGNORE, "its author's key log is not here", author=author)

    def _from_the_future(self, record: Record, arrival: Arrival, now: int) -> Finding:
        due = record.header.at - limits.CLOCK_AHEAD_MS
        wait = self.parking.wait_for_time
        if record.header.at > now + limits.CLOCK_PARK_MS:
            if arrival.way is not Way.ASKED or record.header.at > now + FAR_AHEAD_MS:
                return _ignored("dated more than two hours ahead")
            wait = self.parking.wait_for_days
        if not wait(due, record.id, arrival):
            return _ignored("dated ahead, and waiting already or without room to wait")
        return _ignored("dated ahead: it waits")

    def _put_aside(self, record: Record, now: int, *, asked: bool) -> None:
        """What was asked for and is not kept counts as if it were, or its id would be told and asked for for ever."""
        if asked:
            self._desk.stores.ranges.put_aside(record.id, record.header, now + ASIDE_MS)

    def _remember_refusal(self, record_id: bytes) -> None:
        self._refused[record_id] = None
        if len(self._refused) > REMEMBERED_REFUSALS:
            self._refused.popitem(last=False)


class _Case(msgspec.Struct, gc=False):
    """One record of a batch while it is examined."""

    arrival: Arrival
    sealed: Sealed
    genuine: bool
    examined: bool = False
    allowed: bool = False
    record: Record | None = None
    error: ProtocolError | None = None

    def read(self) -> None:
        try:
            self.sealed.claim()
        except ProtocolError as error:
            self.error = error

    def verify(self) -> None:
        try:
            self.record = self.sealed.claim() if self.genuine else self.sealed.verified()
        except ProtocolError as error:
            self.error = error


def _check_meaning(kind: AnyKind, record: Record) -> str | None:
    """The reason to ignore it, or None. Raises ProtocolError for what breaks a rule of its kind."""
    if kind.direct:
        raise NotAllowed(f"{record.header.kind} goes to one person only, never to everybody")
    if kind.private:
        kind.place(record.header)
        return None
    if record.body is None:
        return "its body is missing"
    kind.open(record)
    return None


def _taken_apart(arrivals: Sequence[Arrival], genuine: Mapping[bytes, Sealed]) -> Iterator[_Case | Finding]:
    for arrival in arrivals:
        try:
            known = genuine.get(arrival.packed) if genuine else None
            yield _Case(arrival, split(arrival.packed) if known is None else known, genuine=known is not None)
        except ProtocolError as error:
            yield _of_error(error)


def _of_error(error: ProtocolError | None) -> Finding:
    return _ignored(str(error)) if isinstance(error, Unsupported) else _refused(str(error))


def _has_body(packed: bytes) -> bool:
    """Whether the record comes with its body, and not with some other."""
    try:
        return reopen(packed).body is not None
    except ProtocolError:
        return False


def _ignored(reason: str) -> Finding:
    return Finding(Verdict.IGNORE, reason)


def _refused(reason: str) -> Finding:
    return Finding(Verdict.REFUSE, reason)
