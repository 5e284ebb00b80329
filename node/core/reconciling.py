"""Reconciling with other nodes: with whom and when, and what a conversation brings (specs/10-reconciliation.md).

A partner that lies, stalls or breaks off costs one conversation's bounds; it is counted, asked again later and later,
and the node says so. Who does not speak the protocol is read by cursors, as of old.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from freehold.protocol.envelope import pack
from freehold.protocol.errors import ProtocolError, Unsupported
from freehold.protocol.keylog import INCEPTION
from freehold.protocol.reconcile import messages
from freehold.protocol.reconcile.conversation import Conversation, speak_first
from freehold.protocol.reconcile.domain import EVERYTHING, Domain, domain_in
from freehold.protocol.reconcile.side import Step

from .admission import BATCH
from .clocks import over
from .effects import Converse, Effect, Kept, Penalize
from .lending import Lending
from .partners import LATER_MS, LONGEST_MS, Outcome, Partner, Partners, plan
from .talk import Talk

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from freehold.protocol.envelope import Record, RecordId, Sealed
    from freehold.protocol.reconcile.keys import OrderedKeys

    from .desk import Desk
    from .participation import Participation
    from .ports import View

GUESTS = 4
"""Conversations that others have opened, at a time; one of each."""
GATHER_MS = 60_000
GATHERED = 3
"""Pieces of the network that others may have this node gather in a minute: each is a walk through all records, and
the store keeps four."""
_NONCE_BYTES = 8


@dataclass(frozen=True, slots=True)
class Said:
    """What to send in a conversation, whether it ends with that, and what follows for others. `busy`: something came
    that is taken first (`Reconciling.take`, again and again), a little in each turn of the event loop; all of it is
    `coming`, for whoever checks signatures before."""

    frames: tuple[bytes, ...] = ()
    over: bool = False
    busy: bool = False
    coming: tuple[bytes, ...] = ()
    effects: tuple[Effect, ...] = ()


class Reconciling:
    """Both sides of every conversation. `take` judges and keeps records; `old` reads a peer by cursors."""

    def __init__(
        self,
        desk: Desk,
        participation: Participation,
        take: Callable[[Sequence[bytes], str, int, Mapping[bytes, Sealed] | None], list[Effect]],
        old: Callable[[str, int], list[Effect]],
    ) -> None:
        self._desk, self._participation, self._take_in, self._read_old = desk, participation, take, old
        self._partners = Partners()
        self._talks: dict[int, Talk] = {}
        self._number = 0
        self._lending = Lending()
        self._gathered: dict[Domain, int] = {}
        self._counts: Counter[str] = Counter()
        self._about = 0
        self._had: tuple[int, int] | None = None
        self._whole = False
        self._trouble = ""

    def connected(self, peer: str, now: int) -> list[Effect]:
        """A peer is there."""
        self._partners.joined(peer, now)
        return self._begin_due(now)

    def disconnected(self, peer: str) -> None:
        """A peer is gone; its conversations are ended by whoever carries them."""
        self._partners.left(peer)

    def tick(self, now: int) -> list[Effect]:
        """Open conversations that are due."""
        for number in [number for number, talk in self._talks.items() if talk.is_lost(now)]:
            del self._talks[number]
        self._look_what_came(now)
        return self._begin_due(now)

    def spoken_to(self, peer: str, now: int) -> int:
        """A peer opens a conversation; its number here."""
        return self._new(Talk(peer, now))

    def heard(self, number: int, frame: bytes, now: int) -> Said:
        """The next frame of a conversation."""
        talk = self._talks.get(number)
        if talk is None:
            return Said(over=True)
        try:
            talk.hears(self._step(talk, frame, now))
        except Unsupported as error:
            return self._break_off(talk, f"it speaks in a way that is not known here: {error}")
        except ProtocolError as error:
            return self._break_off(talk, str(error), Penalize(talk.peer, f"in reconciling: {error}"))
        if talk.step.take:
            return Said(busy=True, coming=tuple(talk.step.take))
        return Said(tuple(talk.step.say), talk.step.over)

    def take(self, number: int, now: int, most: int = BATCH, genuine: Mapping[bytes, Sealed] | None = None) -> Said:
        """Judge the next of what the last frame brought. `genuine` as in `Admission.judge_many`."""
        talk = self._talks.get(number)
        if talk is None:
            return Said(over=True)
        records, talk.step.take = talk.step.take[:most], talk.step.take[most:]
        effects = tuple(self._take_in(records, talk.peer, now, genuine))
        talk.kept += sum(type(effect) is Kept for effect in effects)
        if talk.step.take:
            return Said(busy=True, effects=effects)
        if talk.comes_late and talk.conversation is not None and self._is_brought_by_another(talk):
            talk.second_hand = True
            talk.conversation.enough(talk.step)
        return Said(tuple(talk.step.say), talk.step.over, effects=effects)

    def ended(self, number: int, trouble: str, now: int) -> list[Effect]:
        """A conversation is over; `trouble` says why, if it broke off."""
        talk = self._talks.pop(number, None)
        if talk is None:
            return []
        tally = None if talk.conversation is None else talk.conversation.tally
        outcome = tally.outcome if tally is not None else ""
        if trouble and not outcome:
            self._note_trouble(talk.peer, trouble)
        if tally is not None:
            self._lending.spend(talk.peer, tally.bytes_out, now)
            self._counts.update(
                {"records taken": tally.taken, "records given": tally.given, "bytes in": tally.bytes_in}
            )
            self._counts.update({"bytes out": tally.bytes_out, f"ended: {outcome or 'broken off'}": 1})
            self._counts.update({"by sketch": tally.sketched and not tally.ranged, "by ranges": tally.ranged})
            if outcome in ("same", "done"):
                self._whole = True
            self._about = tally.theirs or self._about
        partner = self._partners.get(talk.peer)
        if partner is None:
            return []
        if talk.second_hand:
            partner.put_off = now + LATER_MS
        if not talk.nonce:
            return []
        return self._after(talk, partner, outcome, now)

    def refused(self, number: int, now: int) -> list[Effect]:
        """The peer does not speak the protocol."""
        talk = self._talks.pop(number, None)
        partner = None if talk is None else self._partners.get(talk.peer)
        if talk is None or partner is None:
            return []
        partner.old = True
        self._counts["partners read by cursors"] += 1
        return self._read_old(talk.peer, now)

    def talks_with(self, peer: str) -> bool:
        """Whether a conversation with a peer is going on."""
        return any(talk.peer == peer and talk.conversation is not None for talk in self._talks.values())

    def status(self, now: int) -> dict[str, Any]:
        """How it stands, for the owner: what this node takes part in, and how far it is."""
        view = self._desk.stores.ranges.view(self._participation.domain(now))
        here = 0 if view is None else len(view.keys)
        busy = [talk.conversation for talk in self._talks.values() if talk.conversation is not None]
        about = max([self._about, here, *(talk.tally.theirs for talk in busy)])
        state = "whole" if self._whole else ("first sync" if busy or self._about else "waiting for partners")
        return {
            "state": "talking" if busy and self._whole else state,
            "records": here,
            "about": about,
            "partners": len(self._partners),
            "talks": len(busy),
            "kinds": sorted(self._participation.kinds),
            "days": self._participation.days,
            "people": len(self._participation.people),
            "trouble": self._trouble,
        }

    def statistics(self) -> dict[str, int]:
        """What was counted since the start."""
        return {f"sync: {name}": count for name, count in sorted(self._counts.items())}

    # Opening

    def _look_what_came(self, now: int) -> None:
        view = self._desk.stores.ranges.view(self._participation.domain(now))
        if view is None:
            return
        before, self._had = self._had, (len(view.keys), view.keys.total)
        if before is not None and self._had != before:
            self._partners.stirred(self._had[0] - before[0], now)

    def _begin_due(self, now: int) -> list[Effect]:
        effects: list[Effect] = []
        running = {talk.peer for talk in self._talks.values() if talk.nonce}
        for peer in self._partners.due(now, running, {talk.peer for talk in self._talks.values() if talk.goes_on}):
            partner = self._partners.get(peer)
            effects += [] if partner is None else self._begin(peer, partner, now)
        return effects

    def _begin(self, peer: str, partner: Partner, now: int) -> list[Effect]:
        domain = self._participation.domain(now).shared_with(partner.common or EVERYTHING)
        partner.next_at = now + partner.wait
        view = self._desk.stores.ranges.view(domain)
        if domain.nobody:
            partner.next_at = now + LONGEST_MS
            return []
        if view is None:
            partner.next_at = now
            return []
        talk = Talk(peer, now, self._desk.random_bytes(_NONCE_BYTES))
        talk.conversation = Conversation(_Side(self._desk, view), domain, opener=True)
        return [Converse(peer, self._new(talk), talk.conversation.opening(talk.nonce))]

    def _after(self, talk: Talk, partner: Partner, outcome: str, now: int) -> list[Effect]:
        given = 0 if talk.conversation is None else talk.conversation.tally.given
        lends = self._lending.allows(talk.peer, now)
        plan(partner, Outcome(outcome, talk.kept, given, now - talk.began, talk.second_hand), now, lends=lends)
        if talk.conversation is not None and talk.conversation.narrow is not None:
            told = self._told(talk.conversation.narrow)
            if told is not None and partner.common is None:
                partner.next_at = now  # once: who says something else each time has to wait like others
            partner.common = told
        return self._begin_due(now)

    def _is_brought_by_another(self, talk: Talk) -> bool:
        """Whether another conversation is ahead in bringing the same. The one that is furthest never is told to end."""
        return not talk.second_hand and any(
            other.goes_on and not other.second_hand and other.kept > talk.kept
            for other in self._talks.values()
            if other is not talk
        )

    def _told(self, narrow: messages.Narrow) -> Domain | None:
        try:
            return domain_in(narrow)
        except ProtocolError:
            return None

    # Being spoken to

    def _step(self, talk: Talk, frame: bytes, now: int) -> Step:
        if talk.conversation is not None:
            return talk.conversation.heard(frame)
        message = speak_first(frame)
        domain, mine = domain_in(message), self._participation.domain(now)
        if not domain.within(mine):
            return Step([messages.write(messages.Narrow(*mine.told()))], over=True)
        view = self._view_for_guest(domain, now) if self._has_time(talk, message, now) else None
        if view is None:
            return Step([messages.write(messages.Later())], over=True)
        talk.conversation = Conversation(_Side(self._desk, view), domain, opener=False)
        return talk.conversation.opened(message)

    def _has_time(self, talk: Talk, message: messages.Open, now: int) -> bool:
        """Of two nodes that speak to each other at once, the one with the larger nonce is heard; if nothing comes of
        that, the other one as well."""
        for other in self._talks.values():
            if other is talk or other.peer != talk.peer or other.conversation is None or not other.goes_on:
                continue
            heard = not other.nonce or other.conversation.tally.frames_in
            if heard or (other.nonce >= message.nonce and now <= other.began + LATER_MS):
                return False
        partner = self._partners.get(talk.peer)
        if partner is not None and now < partner.put_off <= now + LATER_MS:
            return False
        return self._lending.allows(talk.peer, now) and self._has_place(now)

    def _has_place(self, now: int) -> bool:
        """For another guest; the slowest gives way."""
        guests = {number: talk for number, talk in self._talks.items() if not talk.nonce and talk.conversation}
        if len(guests) < GUESTS:
            return True
        slow = [number for number, talk in guests.items() if talk.is_slow(now)]
        if not slow:
            return False
        self.ended(min(slow, key=lambda number: guests[number].moved), "it moved little, and gave way to another", now)
        return True

    def _view_for_guest(self, domain: Domain, now: int) -> View | None:
        if not domain.everything:
            self._gathered = {one: at for one, at in self._gathered.items() if not over(at, GATHER_MS, now)}
            if domain not in self._gathered and len(self._gathered) >= GATHERED:
                return None
            self._gathered.setdefault(domain, now)
        return self._desk.stores.ranges.view(domain)

    def _new(self, talk: Talk) -> int:
        self._number += 1
        self._talks[self._number] = talk
        return self._number

    def _break_off(self, talk: Talk, reason: str, *effects: Effect) -> Said:
        self._note_trouble(talk.peer, reason)
        return Said(over=True, effects=effects)

    def _note_trouble(self, peer: str, reason: str) -> None:
        self._counts["troubles"] += 1
        self._trouble = f"{peer}: {reason}"[:200]


class _Side:
    """This node's side of a conversation: see `conversation.Side`."""

    def __init__(self, desk: Desk, view: View) -> None:
        self._desk, self._view = desk, view

    @property
    def keys(self) -> OrderedKeys:
        return self._view.keys

    def sketch(self) -> list[int] | None:
        return self._view.sketch()

    def known(self, names: Sequence[bytes]) -> set[bytes]:
        return self._desk.stores.ranges.known_among(names)

    def find(self, names: Sequence[bytes]) -> dict[bytes, list[RecordId]]:
        return self._desk.stores.ranges.find_each(names)

    def packed(self, ids: Sequence[bytes]) -> list[tuple[bytes, bytes]]:
        found = self._desk.stores.records.shared(ids)
        found.sort(key=lambda record: record.header.kind != INCEPTION.name)  # what they sign is judged by them
        return [(record.id, pack(self._public(record))) for record in found]

    def _public(self, record: Record) -> Record:
        registry, kind = self._desk.registry, record.header.kind
        return record.without_body() if kind in registry and registry[kind].private else record
