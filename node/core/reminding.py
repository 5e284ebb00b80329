"""What the owner is told of contracts: whose turn it is, at 50 % and 90 % of a deadline, at a claim, in a contest.

Each contract is looked at when something came for it, and when its next time has come; never all of them at once. An
arbiter who is called by time alone is handed the file then.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from freehold.protocol.contract import WAITS
from freehold.protocol.fold import fold
from freehold.protocol.kinds.agreement import AGREEMENT

from .dealings import hand_file
from .effects import Notify
from .ports import Notice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from freehold.protocol.fold.progress import Contract, Progress

    from .desk import Desk
    from .effects import Effect

A_TICK = 8
"""Contracts looked at in one tick: folding them holds the event loop for a few ms."""
AT_LEAST_EVERY_MS = 6 * 60 * 60 * 1000
LISTED = 500
_SHARES = ((0.5, "half of the time is over"), (0.9, "nine tenths of the time are over"))


@dataclass(frozen=True, slots=True)
class _Reminder:
    """Something to be told at `at` (ms), once: `cause` names it."""

    at: int
    topic: str
    cause: str
    text: str


class Reminding:
    """When each contract of the owner's is looked at next."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._next: dict[bytes, int] = {}
        self._searched = False

    def search_again(self) -> None:
        """The key was locked, and is not any more: what had to be signed meanwhile is signed now."""
        self._searched = False

    def touched(self, contract: bytes | None) -> None:
        """Something came for a contract (or for something else: then nothing happens)."""
        if contract is not None and (contract in self._next or self._is_mine(contract)):
            self._next[contract] = 0

    def due(self, now: int) -> list[Effect]:
        """What to tell the owner now."""
        if self._desk.me is None:
            return []
        if not self._searched:
            self._searched = True
            self._next |= dict.fromkeys(self._contracts(), 0)
        ready = [name for name, at in self._next.items() if at <= now][:A_TICK]
        return [effect for name in ready for effect in self._look(name, now)]

    def _look(self, name: bytes, now: int) -> list[Effect]:
        found = fold(self._desk.stores.records.in_context(name), now)
        reminders = [] if found is None else list(_reminders(found, self._desk.me or b""))
        outcomes = [] if found is None else _outcomes(found)
        later = [at for at in (*outcomes, *(reminder.at for reminder in reminders)) if at > now]
        del self._next[name]  # to the end of the row: what is busy does not keep the others from their turn
        self._next[name] = min([now + AT_LEAST_EVERY_MS, *later])
        told = [] if found is None else hand_file(self._desk, found, now)
        for reminder in reminders:
            notice = Notice(0, now, reminder.topic, name, reminder.text)
            if reminder.at <= now and self._desk.stores.notices.note(notice, f"{name.hex()} {reminder.cause}"):
                told.append(Notify(reminder.topic, name))
        return told

    def _is_mine(self, contract: bytes) -> bool:
        return self._desk.me is not None and self._desk.me in self._desk.stores.records.participants(contract)

    def _contracts(self) -> list[bytes]:
        desk = self._desk
        own = desk.stores.records.by_author(desk.me or b"", AGREEMENT.name, LISTED)
        return [record.header.body for record in own] + desk.stores.records.served_by(desk.me or b"")[:LISTED]


def _outcomes(found: Contract) -> list[int]:
    """When something follows from time alone, ms."""
    claims = [*(progress.claim for progress in found.milestones), *(ping.claim for ping in found.pings)]
    return [claim.until + 1 for claim in claims if claim is not None and claim.until is not None]


def _reminders(found: Contract, me: bytes) -> Iterator[_Reminder]:
    if found.lapsed or len(found.signatures) < 2:  # noqa: PLR2004  -- both parties
        return
    role = found.agreement.role(me)
    for part, progress in enumerate(found.milestones):
        yield from _of_milestone(found, part, progress, me)
    for change in found.changes:
        if change.state == "open" and role is not None and change.role != role:
            yield _Reminder(0, "change", f"change {change.entry.id.hex()}", "the other side proposes a change")
    for ping in found.pings:
        if role is not None and ping.role != role:
            text = (
                "the other side asks for a sign of life, and claims it"
                if ping.claim
                else "the other side asks for a sign of life"
            )
            cause = f"ping {ping.entry.id.hex()}" + (" claim" if ping.claim else "")
            yield _Reminder(0, "claim" if ping.claim else "ping", cause, text)
    for mark in found.marks:
        if mark.on == me or role is not None:
            text = f"a mark on you: {mark.what}" if mark.on == me else f"a mark on the {mark.role}: {mark.what}"
            cause = f"mark {mark.what} {mark.role} {mark.because[-1].hex()}"
            yield _Reminder(0, "mark", cause, text)


def _of_milestone(found: Contract, part: int, progress: Progress, me: bytes) -> Iterator[_Reminder]:
    if progress.state not in WAITS:
        return
    debtor = found.debtor(part)
    mine = debtor is not None and found.identity(debtor, part) == me
    name, place = f"{part} {progress.since.hex()}", f"milestone {part + 1} is {progress.state}"
    claim = progress.claim
    if mine:
        yield _Reminder(0, "turn", f"turn {name}", f"{place}: it is your turn")
        if claim is None and progress.deadline is not None:
            yield from _shares("deadline", name, place, progress.start.ms, progress.deadline)
        if claim is not None:
            yield _Reminder(0, "claim", f"claim {claim.entry.id.hex()}", f"{place}: the other side claims its time")
            if claim.until is not None:
                yield from _shares("contest", claim.entry.id.hex(), f"{place} and claimed", claim.at.ms, claim.until)
    elif claim is None and progress.deadline is not None and found.agreement.role(me) is not None:
        text = f"{place}: the time of the {debtor} is over, you may claim"
        yield _Reminder(progress.deadline + 1, "claimable", f"claimable {name}", text)


def _shares(topic: str, name: str, place: str, start: int, end: int) -> Iterator[_Reminder]:
    for share, words in _SHARES:
        yield _Reminder(start + int((end - start) * share), topic, f"{topic} {share} {name}", f"{place}: {words}")
