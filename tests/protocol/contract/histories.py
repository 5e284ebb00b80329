"""Contracts as chance writes them: mostly what is allowed, now and then an attempt, a fork, a late receipt.

The same seed writes the same history on every machine.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

from freehold.protocol import contract as c
from freehold.protocol.envelope import Record, pack
from freehold.protocol.fold.progress import Contract, may
from freehold.protocol.kinds.agreement import Milestone
from freehold.protocol.kinds.changes import Amendment, Consent, Objection, Settlement, Withdrawal
from freehold.protocol.kinds.disputes import NOBODY
from freehold.protocol.kinds.forks import FORK, Fork
from freehold.protocol.kinds.offer import FIXED, HOURLY
from freehold.protocol.kinds.timing import Absence, Claim, Ping, Pong, Resume
from freehold.protocol.kinds.values import CLIENT, FREELANCER, other
from tests.cast import DAY_MS, START_MS, Person, agreement, alice, bob, carol, mallory, receipt, signed

from .deal import EVERYBODY, Deal, dave, deal, erin, frank, ms
from .roads import BODIES, PARTIES

ACTORS = (alice, bob, dave, erin, mallory)
LEGAL = 0.9


class History:
    """One contract, written step by step; `now` is its last day."""

    def __init__(self, seed: int) -> None:
        self.dice = Random(seed)
        self.now = 0.3
        quorum = self.dice.choice((0, 1, 1, 2))
        self.witnesses = (carol, frank)[: max(quorum, quorum and self.dice.choice((1, 2)))]
        self.told = deal(
            salt=seed,
            milestones=tuple(self._milestone() for _ in range(self.dice.choice((1, 1, 2, 3)))),
            funded=self.dice.random() < 0.3,
            arbiters=(dave.id, erin.id)[: self.dice.choice((0, 1, 2, 2))],
            fallback=self.dice.choice((CLIENT, FREELANCER, NOBODY)),
            appeal=self.dice.random() < 0.5,
            witnesses=tuple(who.id for who in self.witnesses),
            quorum=quorum,
        )
        for record in list(self.told.records):
            self._vouch(record, 0.2)

    def _milestone(self) -> Milestone:
        return Milestone(work=self.dice.choice((3, 7)) * DAY_MS, basis=self.dice.choice((FIXED, FIXED, HOURLY)))

    def step(self) -> None:
        """Something happens."""
        self.now += self.dice.choice((0.1, 0.5, 1, 3))
        chance = self.dice.random()
        if chance < LEGAL:
            self._allowed()
        elif chance < LEGAL + 0.05:
            self._attempt()
        else:
            self._fork()

    def _allowed(self) -> None:
        found = self.told.at(self.now)
        waiting = [part for part, progress in enumerate(found.milestones) if not progress.ended]
        if self.dice.random() < 0.2 or not waiting:
            return self._aside(found)
        part = self.dice.choice(waiting)
        if self.dice.random() < 0.25:
            return self._claim(found, part)
        table = c.HOURLY_MOVES if found.scope.milestones[part].basis == HOURLY else c.MOVES
        moves = [
            (who, kind)
            for (state, kind), move in table.items()
            for who in ACTORS
            if state == found.milestones[part].state and may(found.agreement, found.milestones[part], move.who, who.id)
        ]
        kept = [move for move in moves if move[1] != "cancellation/1"] or moves
        if kept:
            who, kind = self.dice.choice(kept)
            self._does(who, BODIES[kind], part)
        return None

    def _claim(self, found: Contract, part: int) -> None:
        """Time passes until the deadline, and the other side claims; sometimes nothing else happens for days."""
        progress, role = found.milestones[part], found.debtor(part) or ""
        if progress.deadline is None:
            return
        self.now = max(self.now, (progress.deadline - START_MS) / DAY_MS + 0.1)
        who = PARTIES[other(role)] if role in PARTIES else self.dice.choice((alice, bob))
        self._does(who, Claim(progress.since), part)
        self.now += self.dice.choice((0, 1, 3.5, 70))

    def _aside(self, found: Contract) -> None:
        """What has no place in the table."""
        open_changes = [change for change in found.changes if change.state == "open"]
        who = self.dice.choice((alice, bob))
        part = self.dice.randrange(len(found.milestones))
        if open_changes:
            change = self.dice.choice(open_changes)
            kind = self.dice.choice((Consent, Consent, Consent, Objection, Withdrawal))
            author = PARTIES[change.role] if kind is Withdrawal else PARTIES[other(change.role)]
            return self._does(author, kind(change.entry.id), change.part)
        role = found.agreement.role(who.id) or ""
        bodies: list[tuple[Any, int | None]] = []
        if found.milestones[part].state in c.SETTLEABLE:
            bodies.append((Settlement(self.dice.choice((0, 500))), part))
        if not any(ping.role == role for ping in found.pings):
            bodies.append((Ping(), None))
        if any(ping.role == other(role) for ping in found.pings):
            bodies.append((Pong(), None))
        if any(away.role == role and away.until > ms(self.now) for away in found.absences):
            bodies.append((Resume(), None))
        else:
            bodies.append((Absence(ms(self.now), ms(self.now + 2)), None))
        milestones = found.scope.milestones
        if not found.milestones[-1].ended:
            longer = replace(milestones[-1], work=milestones[-1].work + DAY_MS)
            bodies.append((Amendment(bytes(32), ("1", "2"), (*milestones[:-1], longer), bytes(32)), None))
            bodies.append((Amendment(bytes(32), ("1", "2"), (*milestones, milestones[0]), bytes(32)), None))
        return self._does(who, *self.dice.choice(bodies)) if bodies else None

    def _attempt(self) -> None:
        """Anybody tries anything."""
        who = self.dice.choice(ACTORS)
        body = self.dice.choice((*BODIES.values(), Claim(self.told.heads[bob.id].id), Consent(bytes(32))))
        chain = {} if who.id in self.told.heads else {"seq": 1, "prev": self.told.heads[bob.id].id}
        self._keep(self.told.signed(who, body, self.now, self.dice.choice((0, 0, 1)), **chain))

    def _fork(self) -> None:
        """Somebody signs another version of an earlier entry, or the agreement again; sometimes a proof goes round."""
        who = self.dice.choice((alice, bob, dave))
        mine = [r for r in self.told.records if r.author == who.id and r.header.seq]
        if not mine or self.dice.random() < 0.2:
            again = self.dice.choice((alice, bob))
            self._keep(agreement(again, self.told.body, ms(self.now)))
            return
        first = self.dice.choice(mine)
        place = {name: getattr(first.header, name) for name in ("seq", "prev", "seen")}
        second = self.told.signed(
            who, self.dice.choice((BODIES["delivery/1"], BODIES["acceptance/1"])), self.now, **place
        )
        self._keep(second)
        if self.dice.random() < 0.5:
            one, two = sorted((first, second), key=lambda record: record.id)
            body = Fork(pack(one.without_body()), pack(two.without_body()))
            self.told.records.append(
                signed(FORK, body, mallory, ms(self.now), context=self.told.id, slot=one.header.key)
            )

    def _does(self, who: Person, body: Any, part: int | None) -> None:
        record = self.told.signed(who, body, self.now, part, seen=self._seen(who))
        self.told.heads[who.id] = record
        self._keep(record)

    def _seen(self, who: Person) -> tuple[bytes, ...]:
        """Mostly the heads of all others; sometimes not yet."""
        heads = [head.id for author, head in sorted(self.told.heads.items()) if author != who.id]
        return tuple(heads[:4] if self.dice.random() < 0.9 else heads[:1])

    def _keep(self, record: Record) -> None:
        self.told.records.append(record)
        self._vouch(record, self.now)

    def _vouch(self, record: Record, day: float) -> None:
        """Witnesses and the other party give receipts, mostly soon."""
        others = [EVERYBODY[name] for name in (alice.id, bob.id) if name != record.author]
        for who in (*self.witnesses, *others):
            if self.dice.random() < 0.8:
                late = self.dice.choice((0, 0, 0, 0.01, 2))
                self.told.records.append(receipt(who, record, at=ms(day + late)))


def history(seed: int, steps: int = 14) -> tuple[Deal, float]:
    """The contract that a seed writes, and the day on which it is looked at."""
    written = History(seed)
    for _ in range(steps):
        written.step()
    return written.told, written.now + written.dice.choice((0, 4, 20))


def arrivals(told: Deal, dice: Random) -> list[Record]:
    """The records in a random order, some of them twice, some private bodies late."""
    again = dice.sample(told.records, len(told.records) // 4)
    headers = [record.without_body() for record in dice.sample(told.records, len(told.records) // 4)]
    found = [*told.records, *again, *headers]
    dice.shuffle(found)
    return found
