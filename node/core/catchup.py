"""How a node gets what gossip lost: it reads other nodes' counts of records, and asks for what it does not have.

A lying partner costs bounded work: a page must go forward, a round is at most MAX_PAGES pages, only records that were
asked for are taken, and every one of them is judged like any other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from freehold.protocol import limits
from freehold.protocol.envelope import claimed_id, pack, reopen
from freehold.protocol.errors import ProtocolError
from freehold.protocol.keylog import INCEPTION
from freehold.protocol.requests import PAGE_IDS, CatchUp, Declined, Fetch, Logs, Page, Records, read_reply

from .clocks import over
from .effects import Ask, Effect, Penalize

if TYPE_CHECKING:
    from collections.abc import Callable

    from freehold.protocol.envelope import Record
    from freehold.protocol.requests import Reply, Request

    from .desk import Desk

EVERY_MS = 30_000
PARTNERS = 3
MAX_PAGES = 4_096
"""A million records a round; the next round goes on where this one stopped."""
STALE_MS = 60_000
"""A conversation without an answer for this long is over."""
_PACKED_OVERHEAD = 8


@dataclass(slots=True)
class _Reading:
    """Where a conversation with one peer stands."""

    at: int
    asked: Request
    """What the peer's next answer must be to; one to anything else is late, and steers nothing."""
    pages: int = 0
    page: Page | None = None
    missing: list[bytes] = field(default_factory=list[bytes])


class CatchUps:
    """Both sides of catching up."""

    def __init__(self, desk: Desk, take: Callable[[bytes, str, int], list[Effect]]) -> None:
        self._desk, self._take = desk, take
        self._peers: dict[str, int] = {}
        self._reading: dict[str, _Reading] = {}

    def connected(self, peer: str, now: int) -> list[Effect]:
        """A peer is there: read what it has."""
        self._peers[peer] = now
        return self._begin(peer, now)

    def disconnected(self, peer: str) -> None:
        """A peer is gone, and the conversation with it."""
        self._peers.pop(peer, None)
        self._reading.pop(peer, None)

    def connections(self) -> list[str]:
        """Peers that are there."""
        return list(self._peers)

    def tick(self, now: int) -> list[Effect]:
        """Begin a round with the three peers that were read longest ago."""
        for peer in [p for p, reading in self._reading.items() if abs(now - reading.at) > STALE_MS]:
            del self._reading[peer]
        waiting = [p for p, last in self._peers.items() if over(last, EVERY_MS, now) and p not in self._reading]
        effects: list[Effect] = []
        for peer in sorted(waiting, key=lambda p: self._peers[p])[:PARTNERS]:
            effects += self._begin(peer, now)
        return effects

    def replied(self, peer: str, request: Request, data: bytes, now: int) -> list[Effect]:
        """The answer to something that was asked here."""
        try:
            reply = read_reply(data)
        except ProtocolError as error:
            self.failed(peer, request)
            return [Penalize(peer, f"unreadable reply: {error}")]
        match request, reply:
            case CatchUp(), Page():
                return self._page(peer, request, reply, now)
            case Fetch(), Records():
                return self._records(peer, request, reply, now)
            case Logs(), Records():
                return self._logs(peer, request, reply, now)
            case _, Declined():
                self.failed(peer, request)
                return []
            case _:
                self.failed(peer, request)
                return [Penalize(peer, "the reply does not fit the request")]

    def failed(self, peer: str, request: Request) -> None:
        """No answer came."""
        if self._steered_by(peer, request) is not None:
            del self._reading[peer]

    def answer(self, request: Request) -> Reply:
        """What this node tells another one."""
        match request:
            case CatchUp():
                return self._my_page(request)
            case Fetch(ids):
                return self._pack(self._desk.stores.records.shared(ids))
            case Logs(of):
                found = (self._desk.stores.records.log(identity) for identity in of)
                return self._pack([record for record in found if record is not None])
            case _:
                return Declined("this node does not do that", again=False)

    def _begin(self, peer: str, now: int) -> list[Effect]:
        self._peers[peer] = now
        request = CatchUp(*self._desk.stores.cursors.get(peer))
        self._reading[peer] = _Reading(now, request)
        return [Ask(peer, request)]

    def _steered_by(self, peer: str, request: Request) -> _Reading | None:
        """The conversation that an answer to this request carries on."""
        reading = self._reading.get(peer)
        return reading if reading is not None and reading.asked == request else None

    def _page(self, peer: str, request: CatchUp, page: Page, now: int) -> list[Effect]:
        reading = self._steered_by(peer, request)
        if reading is None:
            return []
        start = request.after if page.epoch == request.epoch else 0
        if page.next < start or (page.more and (page.next == start or not page.ids)):
            del self._reading[peer]
            return [Penalize(peer, "its catch-up pages do not go forward")]
        reading.at, reading.page, reading.pages = now, page, reading.pages + 1
        reading.missing = [name for name in page.ids if not self._desk.stores.records.has(name)]
        return self._go_on(peer, reading)

    def _records(self, peer: str, request: Fetch, reply: Records, now: int) -> list[Effect]:
        asked = set(request.ids)
        effects: list[Effect] = []
        got: set[bytes] = set()
        for packed in reply.records:
            try:
                name = claimed_id(packed)
            except ProtocolError:
                name = None
            if name is None or name not in asked:
                self._reading.pop(peer, None)
                return [*effects, Penalize(peer, "it sent a record that was not asked for")]
            got.add(name)
            effects += self._take(packed, peer, now)
        reading = self._steered_by(peer, request)
        if reading is None:
            return effects
        reading.at = now
        reading.missing = [name for name in reading.missing if name not in got] if got else []
        return effects + self._go_on(peer, reading)

    def _logs(self, peer: str, request: Logs, reply: Records, now: int) -> list[Effect]:
        effects: list[Effect] = []
        for packed in reply.records:
            if not _is_log(packed, request.of):
                return [*effects, Penalize(peer, "it sent a record that was not asked for")]
            effects += self._take(packed, peer, now)
        return effects

    def _go_on(self, peer: str, reading: _Reading) -> list[Effect]:
        if reading.missing:
            return self._ask(peer, reading, Fetch(tuple(reading.missing[:PAGE_IDS])))
        page = reading.page
        if page is None:
            return []
        self._desk.stores.cursors.set(peer, page.epoch, page.next)
        if page.more and reading.pages < MAX_PAGES:
            return self._ask(peer, reading, CatchUp(page.epoch, page.next))
        self._reading.pop(peer, None)
        return []

    def _ask(self, peer: str, reading: _Reading, request: Request) -> list[Effect]:
        reading.asked = request
        return [Ask(peer, request)]

    def _my_page(self, request: CatchUp) -> Page:
        records = self._desk.stores.records
        start = request.after if request.epoch == records.epoch else 0
        found = records.after(start, PAGE_IDS + 1)
        more = len(found) > PAGE_IDS
        found = found[:PAGE_IDS]
        return Page(records.epoch, tuple(name for _, name in found), found[-1][0] if found else start, more)

    def _pack(self, records: list[Record]) -> Records:
        out: list[bytes] = []
        room = limits.REPLY_BYTES - 1024
        for record in records:
            packed = pack(self._public(record))
            room -= len(packed) + _PACKED_OVERHEAD
            if room < 0:
                break
            out.append(packed)
        return Records(tuple(out))

    def _public(self, record: Record) -> Record:
        registry = self._desk.registry
        private = record.header.kind in registry and registry[record.header.kind].private
        return record.without_body() if private else record


def _is_log(packed: bytes, of: tuple[bytes, ...]) -> bool:
    """Whether this claims to be one of the key logs that were asked for; whoever takes it verifies it."""
    try:
        header = reopen(packed).header
    except ProtocolError:
        return False
    return header.kind == INCEPTION.name and header.by in of
