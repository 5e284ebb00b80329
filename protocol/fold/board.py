"""Where a contract stands while its entries are played: what moves read and write."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..contract import (
    ARBITER,
    AWAITING_ARBITER,
    CONTESTED,
    FUNDING,
    OWED,
    RESOLVED,
    RESPONDENT,
    WAITS,
    WORKING,
)
from ..kinds.agreement import times_of
from ..kinds.changes import WHOLE
from ..kinds.values import CLIENT, FREELANCER, other
from .progress import Away, Contract, Mark, Pinged, Progress, Proposed, Scope, Step, case_of

if TYPE_CHECKING:
    from ..envelope import Record, RecordId
    from ..kinds.agreement import Milestone
    from .witnessing import Moment, Witnesses


class Board:
    """Milestones (`parts`), versions of the terms (`scopes`), and what was noted on the way. `now` is the fold's."""

    def __init__(self, blank: Contract, witnesses: Witnesses, now: int) -> None:
        self.agreement, self.now = blank.agreement, now
        self.network = next(iter(blank.signatures.values())).header.network
        self.times = times_of(self.network)
        self.counts = witnesses.counts
        self.scopes: list[Scope] = list(blank.scopes)
        self.parts = [self.fresh(each.since, each.start) for each in blank.milestones]
        self.steps: list[Step] = []
        self.marks: list[Mark] = []
        self.changes: list[Proposed] = []
        self.pings: list[Pinged] = []
        self.absences: list[Away] = []

    def fresh(self, since: RecordId, start: Moment) -> Progress:
        """A milestone at its beginning."""
        return Progress(FUNDING if self.agreement.funded else WORKING, since, start)

    def milestone(self, part: int) -> Milestone:
        """What is agreed now about a milestone."""
        return self.scopes[-1].milestones[part]

    def effective(self, moment: Moment) -> int:
        """The time at which something counts as made, ms: what should be witnessed and is not, counts as made now."""
        return moment.ms if self.counts(moment) else max(moment.ms, self.now)

    def enter(self, part: int, state: str, since: Record, start: Moment) -> None:
        """A milestone goes on to another state; a claim that ran is over."""
        self.parts[part] = replace(self.parts[part], state=state, since=since.id, start=start, claim=None)

    def update(self, part: int, **changes: object) -> None:
        """Change fields of a milestone's `Progress`."""
        self.parts[part] = replace(self.parts[part], **changes)  # pyright: ignore[reportArgumentType]

    def next_arbiter(self, part: int, caller: str | None, since: Record, start: Moment) -> None:
        """Ask the next arbiter; after the last one, the agreement's fallback follows."""
        progress = self.parts[part]
        asked = progress.arbiter + 1
        self.update(part, arbiter=asked, caller=caller or progress.caller, ruled=False)
        if asked <= len(self.agreement.arbiters):
            self.enter(part, AWAITING_ARBITER, since, start)
        elif self.agreement.fallback == FREELANCER:
            self.award(part, WHOLE, since, start)
        elif self.agreement.fallback == CLIENT:
            self.award(part, 0, since, start)
        else:
            self.enter(part, CONTESTED, since, start)

    def award(self, part: int, award: int, since: Record, start: Moment) -> None:
        """So many thousandths of the price are owed; of nothing, the milestone is resolved."""
        self.update(part, award=award)
        self.enter(part, OWED if award else RESOLVED, since, start)

    def debtor(self, part: int) -> str | None:
        """The role that a milestone waits for."""
        wait = WAITS.get(self.parts[part].state)
        if wait is None:
            return None
        return other(self.parts[part].caller or "") if wait.debtor == RESPONDENT else wait.debtor

    def identity(self, role: str, part: int) -> bytes:
        """Who is in a role; for an arbiter the one whose turn it is."""
        if role == ARBITER:
            return case_of(self.agreement, self.parts[part]) or b""
        return self.agreement.party(role)

    def deadline(self, part: int) -> int | None:
        """When the time of the state is over, ms; None at an end, and while its beginning is not witnessed."""
        progress, debtor = self.parts[part], self.debtor(part)
        if debtor is None or not self.counts(progress.start):
            return None
        return self.extended(progress.start.ms, self._window(part), debtor)

    def extended(self, start: int, window: int, debtor: str) -> int:
        """The end of a window of a party, later by what it announced to be away in the meantime."""
        end = start + window
        for away in sorted(self.absences, key=lambda away: away.since):
            if away.role == debtor and away.since < end and away.until > start:
                end += away.until - max(away.since, start)
        return end

    def mark(self, role: str, what: str, part: int | None, because: tuple[Record | RecordId, ...], at: Moment) -> None:
        """Hold something against whoever is in a role."""
        on = self.identity(role, part or 0)
        names = tuple(record if isinstance(record, bytes) else record.id for record in because)
        self.marks.append(Mark(on, role, what, part, names, at.ms, at.witnessed))

    def _window(self, part: int) -> int:
        progress, milestone = self.parts[part], self.milestone(part)
        name = WAITS[progress.state].window
        if name == "work":
            return milestone.work + self.times.grace if progress.left is None else progress.left
        return int(getattr(milestone, name, None) or getattr(self.agreement.windows, name))
