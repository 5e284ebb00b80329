"""Many real cores in one world without a network: a seeded queue of events carries their effects through virtual time.

Everything that happens follows from the seed, so a failure is replayed by it. What is not the core is as simple as it
can be and as bad as the world says: gossip gets lost, questions stay unanswered, nodes end without a warning.
"""

from __future__ import annotations

import hashlib
import heapq
import random
from collections import Counter
from itertools import combinations, count
from typing import TYPE_CHECKING, Any

from freehold.node.core.effects import Announce, Ask, Converse, Effect, Hand, Pay, Penalize, Verdict
from freehold.node.core.service import Service
from freehold.protocol import frame, requests
from freehold.protocol.envelope import pack
from freehold.protocol.requests import Deliver
from tests.cast import START_MS
from tests.node.core.market import paid
from tests.simulation.dweller import Dweller
from tests.simulation.lines import Errand, Line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from freehold.node.core.desk import Desk
    from freehold.protocol.envelope import Record

DELAY_MS = (5, 150)
ANSWER_MS = 10_000
"""A question without an answer has failed after this."""
COMMIT_MS = 20
TICK_MS = 1_000
PAYING_MS = 700
"""To find a stamp."""


class Diverged(AssertionError):
    """Nodes do not have what they should; the message says how to see it again."""


class World:
    """Dwellers and what lies between them. `loss` is the part of gossip that gets lost, `silence` that of questions."""

    def __init__(self, seed: int, names: Iterable[str], mind: Callable[[Desk], Service] = Service) -> None:
        self.seed, self.now = seed, START_MS
        self.loss = self.silence = 0.0
        self.lost = 0
        """Messages of gossip that got lost."""
        self.dwellers = {name: Dweller(name, mind) for name in names}
        self.blamed: list[tuple[str, str, str]] = []
        self.paid = Counter[str]()
        """Stamps, by who made them."""
        self._rng = random.Random(seed)
        self._links: set[frozenset[str]] = set()
        self._queue: list[tuple[int, int, Callable[..., None], tuple[Any, ...]]] = []
        self._numbers = count()
        self._trace = hashlib.sha256()
        self._promised: dict[bytes, Record] = {}

    # What a story does

    def start(self, *names: str) -> None:
        """These nodes (or all that are off) start, and meet those to whom they are linked."""
        for dweller in [self.dwellers[name] for name in names or self.dwellers]:
            if not dweller.on:
                self.note(dweller, dweller.start(self.now))
                self._tick(dweller, dweller.life)
                for other in self.neighbours(dweller):
                    self._meet(dweller, other)

    def stop(self, *names: str) -> None:
        """These nodes end here and now: what they had not committed is gone."""
        for dweller in [self.dwellers[name] for name in names]:
            others = self.neighbours(dweller)
            dweller.stop()
            for other in others:
                self.note(other, other.service.disconnected(dweller.name, self.now))

    def lose_folder(self, name: str) -> None:
        """A node ends, and starts with an empty folder and the same key."""
        self.stop(name)
        self.dwellers[name].lose_folder()
        self.start(name)

    def link(self, *pairs: tuple[str, str]) -> None:
        """Connect pairs of nodes, for as long as both are there."""
        for one, other in pairs:
            self._links.add(frozenset((one, other)))
            if self.dwellers[one].on and self.dwellers[other].on:
                self._meet(self.dwellers[one], self.dwellers[other])

    def mingle(self, degree: int = 3) -> None:
        """A ring, and random chords until every node has about `degree` links."""
        names = list(self.dwellers)
        ring = list(zip(names, names[1:] + names[:1], strict=True))
        chords = [pair for pair in combinations(names, 2) if pair not in ring and pair[::-1] not in ring]
        self.link(*ring, *self._rng.sample(chords, min(len(chords), len(names) * (degree - 2) // 2)))

    def split(self, *names: str) -> list[tuple[str, str]]:
        """Cut these nodes off from all others; the links that were cut, for `link`."""
        cut = sorted(tuple(sorted(link)) for link in self._links if len(link & set(names)) == 1)
        for one, other in cut:
            self._links.remove(frozenset((one, other)))
            for left, gone in ((one, other), (other, one)):
                if self.dwellers[left].on:
                    self.note(self.dwellers[left], self.dwellers[left].service.disconnected(gone, self.now))
        return [(one, other) for one, other in cut]

    def publish(self, name: str, offers: int = 1) -> None:
        """A node's owner publishes offers."""
        for _ in range(offers):
            self.note(self.dwellers[name], self.dwellers[name].publish(self.now))

    def propose(self, name: str, place: bytes) -> bytes:
        """A node's owner answers an offer; the proposal's id."""
        proposal, effects = self.dwellers[name].propose(place, self.now)
        self.note(self.dwellers[name], effects)
        return proposal

    def run(self, seconds: float) -> None:
        """Let time pass."""
        end = self.now + round(seconds * 1000)
        while self._queue and self._queue[0][0] <= end:
            self.now, _, act, arguments = heapq.heappop(self._queue)
            act(*arguments)
        self.now = end

    # What it comes to

    def missing(self) -> dict[str, int]:
        """By node, how many records it does not share that somebody shares; who lacks nothing is left out."""
        held = {name: dweller.shares() for name, dweller in self.dwellers.items()}
        everything = set[bytes]().union(*held.values())
        return {name: len(everything - names) for name, names in held.items() if everything - names}

    def check(self) -> None:
        """All nodes share the same records, lack nothing that was announced, and blame nobody. Raises Diverged."""
        lost = {
            name: lacking
            for name, dweller in self.dwellers.items()
            if (lacking := sum(not dweller.knows(record) for record in self._promised.values()))
        }
        if self.missing() or lost or self.blamed:
            raise Diverged(
                f"SEED={self.seed} replays this: missing {self.missing()}, lost {lost}, blamed {self.blamed[:3]}"
            )

    def trace(self) -> str:
        """A hash of everything that happened."""
        return self._trace.hexdigest()

    # How effects are carried

    def neighbours(self, dweller: Dweller) -> list[Dweller]:
        """Who is linked to a node, and there."""
        others = [other for name, other in self.dwellers.items() if frozenset((name, dweller.name)) in self._links]
        return [other for other in others if other.on and dweller.on]

    def note(self, dweller: Dweller, effects: Iterable[Effect]) -> None:
        """Effects leave a node once what they follow from is committed, as the ledger has it."""
        if dweller.waiting is None:
            dweller.waiting = []
            self._later(COMMIT_MS, self._settle, dweller, dweller.life)
        dweller.waiting += effects

    def _settle(self, dweller: Dweller, life: int) -> None:
        if dweller.life == life:
            dweller.store.commit()
            waiting, dweller.waiting = dweller.waiting, None
            for effect in waiting or ():
                self._carry(dweller, effect)

    def _carry(self, dweller: Dweller, effect: Effect) -> None:
        match effect:
            case Announce(topic, record):
                self._promised[record.id] = record
                self._gossip(dweller, topic, frame.pack_batch([pack(record)]))
            case Ask(name, request):
                peer = self.dwellers[name]
                self._request(
                    Errand(
                        dweller,
                        peer if peer in self.neighbours(dweller) else None,
                        request,
                        lambda reply: dweller.service.replied(name, request, reply, self.now),
                        lambda: dweller.service.failed(name, request, self.now),
                    )
                )
            case Hand(parcel, nodes, stamp):
                there = (other for other in self.dwellers.values() if other.on and other.address in nodes)
                self._request(
                    Errand(
                        dweller,
                        next(there, None),
                        Deliver(parcel.sealed, stamp),
                        lambda reply: dweller.service.handed(parcel, reply, self.now),
                        lambda: dweller.service.not_handed(parcel, "nobody answers", self.now),
                    )
                )
            case Pay():
                self._later(PAYING_MS, self._pay, dweller, dweller.life, effect)
            case Converse(name, number, first):
                self._converse(dweller, self.dwellers[name], number, first)
            case Penalize(peer, reason):
                self.blamed.append((dweller.name, peer, reason))
            case _:
                pass

    def _pay(self, dweller: Dweller, life: int, pay: Pay) -> None:
        if dweller.life == life:
            self.paid[dweller.name] += 1
            self.note(dweller, dweller.service.paid(pay, paid(pay), self.now))

    def _converse(self, dweller: Dweller, peer: Dweller, number: int, first: bytes) -> None:
        """A conversation, frame by frame; a part (`silence`) of them never begins, and as many frames get lost."""
        talks = dweller.service.reconciling
        if talks is None:
            return
        if peer not in self.neighbours(dweller):
            self._later(ANSWER_MS, self._end, Line(dweller, dweller.life, number), "nobody is there")
        elif peer.service.reconciling is None:
            self._later(self._delay(), self._refuse, Line(dweller, dweller.life, number))
        else:
            guest = peer.service.reconciling.spoken_to(dweller.name, self.now)
            here, there = Line(dweller, dweller.life, number), Line(peer, peer.life, guest)
            here.other, there.other = there, here
            self._later(self._delay(), self._speak, there, first)

    def _speak(self, line: Line, frame: bytes | None) -> None:
        """A frame arrives, unless somebody ended meanwhile or the line breaks: then both sides hear of it later."""
        talks, other = line.dweller.service.reconciling, line.other
        if line.ended or talks is None or other is None:
            return
        broken = frame is not None and self._rng.random() < self.silence
        if broken or not (line.alive and other.alive and other.dweller in self.neighbours(line.dweller)):
            for each in (line, other):
                self._later(ANSWER_MS, self._end, each, "the line broke")
            return
        if frame is not None and line.busy:
            line.unheard.append(frame)
            return
        said = talks.take(line.number, self.now) if frame is None else talks.heard(line.number, frame, self.now)
        self._tell("talk", line.dweller, other.dweller, str(len(frame or b"")))
        self.note(line.dweller, said.effects)
        line.busy = said.busy
        if said.busy:
            self._later(1, self._speak, line, None)
            return
        line.wait = max(line.wait, self.now) + 1
        for each in said.frames:
            other.wait = max(other.wait + 1, self.now + self._delay())
            self._later(other.wait - self.now, self._speak, other, each)
        if said.over:
            self._end(line, "")
            self._later(max(1, other.wait - self.now) + 1, self._end, other, "the other side left")
        elif line.unheard:
            self._speak(line, line.unheard.pop(0))

    def _end(self, line: Line, trouble: str) -> None:
        talks = line.dweller.service.reconciling
        if not line.ended and line.alive and talks is not None:
            self.note(line.dweller, talks.ended(line.number, trouble, self.now))
        line.ended = True

    def _refuse(self, line: Line) -> None:
        talks = line.dweller.service.reconciling
        if line.alive and talks is not None:
            self.note(line.dweller, talks.refused(line.number, self.now))

    def _gossip(self, dweller: Dweller, topic: str, data: bytes, but: Dweller | None = None) -> None:
        dweller.heard.add(data)
        for other in self.neighbours(dweller):
            if other is but:
                continue
            if self._rng.random() < self.loss:
                self.lost += 1
            else:
                self._later(self._delay(), self._hear, other, other.life, dweller, topic, data)

    def _hear(self, dweller: Dweller, life: int, sender: Dweller, topic: str, data: bytes) -> None:
        if dweller.life != life or sender not in self.neighbours(dweller) or data in dweller.heard:
            return
        judgement = dweller.service.received(data, sender.name, self.now, topic)
        self._tell("hear", dweller, sender, f"{judgement.verdict.value} {hashlib.sha256(data).hexdigest()}")
        dweller.heard.add(data)
        self.note(dweller, judgement.effects)
        if judgement.verdict is Verdict.ACCEPT:
            self._gossip(dweller, topic, data, sender)

    def _request(self, errand: Errand) -> None:
        life = errand.dweller.life
        if errand.peer is None or self._rng.random() < self.silence:
            self._later(ANSWER_MS, self._fail, errand, life)
        else:
            self._later(self._delay(), self._answer, errand, life, errand.peer, errand.peer.life)

    def _answer(self, errand: Errand, life: int, peer: Dweller, peer_life: int) -> None:
        if peer.life != peer_life:
            self._later(ANSWER_MS, self._fail, errand, life)
            return
        reply, effects = peer.service.answer(requests.write(errand.request), errand.dweller.name, self.now)
        self.note(peer, effects)
        self._later(self._delay(), self._reply, errand, life, reply)

    def _reply(self, errand: Errand, life: int, reply: bytes) -> None:
        if errand.dweller.life == life:
            self._tell("reply", errand.dweller, errand.peer, f"{type(errand.request).__name__} {len(reply)}")
            self.note(errand.dweller, errand.replied(reply))

    def _fail(self, errand: Errand, life: int) -> None:
        if errand.dweller.life == life:
            self._tell("silence", errand.dweller, errand.peer, type(errand.request).__name__)
            self.note(errand.dweller, errand.failed())

    def _tick(self, dweller: Dweller, life: int) -> None:
        if dweller.life == life:
            self.note(dweller, dweller.service.tick(self.now))
            self._later(TICK_MS, self._tick, dweller, life)

    def _meet(self, one: Dweller, other: Dweller) -> None:
        self._tell("meet", one, other, "")
        self.note(one, one.service.connected(other.name, self.now))
        self.note(other, other.service.connected(one.name, self.now))

    def _later(self, wait_ms: int, act: Callable[..., None], *arguments: Any) -> None:
        heapq.heappush(self._queue, (self.now + wait_ms, next(self._numbers), act, arguments))

    def _delay(self) -> int:
        return self._rng.randint(*DELAY_MS)

    def _tell(self, what: str, at: Dweller, of: Dweller | None, more: str) -> None:
        self._trace.update(f"{self.now} {what} {at.name} {of.name if of else '-'} {more}\n".encode())
