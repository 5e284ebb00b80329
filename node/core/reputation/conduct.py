"""Conduct: what contracts show that somebody did or did not do, in each role. Facts with their records, no opinion.

Silence counts here and nowhere else: it says how responsive somebody is, not how good their work is. What hangs on one
side's word about times (no witness, no receipt of the other side) is shown, and has no weight. A milestone in dispute
says nothing yet.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median_low
from typing import TYPE_CHECKING

from freehold.protocol.contract import ARBITER, AWAITING_ARBITER, FUNDING, LATE, RESPONDENT, WAITS, WORKING
from freehold.protocol.kinds.disputes import CASE_TAKEN, RULING
from freehold.protocol.kinds.values import CLIENT, FREELANCER, other

if TYPE_CHECKING:
    from collections.abc import Iterable

    from freehold.protocol.fold.progress import Contract, Mark, Step
    from freehold.protocol.fold.witnessing import Moment

ROLES = (FREELANCER, CLIENT, ARBITER)


@dataclass(frozen=True, slots=True)
class Fact:
    """A mark in a contract. `counts`: its times are vouched for by others than the one who gains by it."""

    contract: bytes
    mark: Mark

    @property
    def counts(self) -> bool:
        """Whether it has weight; it is shown in any case."""
        return self.mark.witnessed


@dataclass(frozen=True, slots=True)
class Conduct:
    """What somebody did in a role, in contracts with so many `partners`.

    Of the moves that were up to them: `answered`, in time or late, and `unanswered` until it was claimed and settled
    without them. `usual_ms`: the median time of an answer, where others vouch for its beginning and end; the time that
    was agreed for the work itself is no answer. `taken`, `ruled`: cases of an arbiter.
    """

    contracts: int = 0
    partners: int = 0
    facts: tuple[Fact, ...] = ()
    answered: int = 0
    late: int = 0
    unanswered: int = 0
    usual_ms: int | None = None
    slowest_ms: int | None = None
    taken: int = 0
    ruled: int = 0

    @property
    def responsiveness(self) -> float | None:
        """The part of what was up to them that they did; None if nothing was."""
        owed = self.answered + self.unanswered
        return self.answered / owed if owed else None


@dataclass(frozen=True, slots=True)
class _Wait:
    """What a milestone waits for: since when, and who called the arbiter. `since` is None at its beginning."""

    state: str
    since: Moment | None = None
    caller: str | None = None

    @property
    def debtor(self) -> str | None:
        """The role whose move it is."""
        wait = WAITS.get(self.state)
        if wait is None or wait.debtor != RESPONDENT:
            return None if wait is None else wait.debtor
        return None if self.caller is None else other(self.caller)

    def then(self, step: Step, author: str | None) -> _Wait:
        """What it waits for after a step."""
        called = step.state == AWAITING_ARBITER and author is not None and not step.derived
        return _Wait(step.state, step.at, author if called else self.caller)


@dataclass(slots=True)
class _Tally:
    contracts: int = 0
    partners: set[bytes] = field(default_factory=set[bytes])
    answered: int = 0
    facts: list[Fact] = field(default_factory=list[Fact])
    times: list[int] = field(default_factory=list[int])
    unanswered: int = 0
    taken: int = 0
    ruled: int = 0

    def total(self) -> Conduct:
        facts = sorted(self.facts, key=lambda fact: (fact.mark.at, fact.contract, fact.mark.what, fact.mark.because))
        return Conduct(
            contracts=self.contracts,
            facts=tuple(facts),
            partners=len(self.partners),
            answered=self.answered,
            late=sum(fact.mark.what == LATE and fact.counts for fact in facts),
            unanswered=self.unanswered,
            usual_ms=median_low(self.times) if self.times else None,
            slowest_ms=max(self.times, default=None),
            taken=self.taken,
            ruled=self.ruled,
        )


def of(contracts: Iterable[Contract], subject: bytes) -> dict[str, Conduct]:
    """Somebody's conduct by role, from contracts that both parties signed. The order of contracts changes nothing."""
    tallies = {role: _Tally() for role in ROLES}
    for contract in contracts:
        role = contract.agreement.role(subject) or (ARBITER if subject in contract.agreement.arbiters else None)
        if role is None:
            continue
        tally = tallies[role]
        tally.contracts += 1
        tally.partners |= {contract.agreement.client, contract.agreement.freelancer} - {subject}
        tally.facts += [Fact(contract.id, mark) for mark in contract.marks if mark.on == subject]
        _answers(contract, role, subject, tally)
    return {role: tally.total() for role, tally in tallies.items() if tally.contracts}


def _answers(contract: Contract, role: str, subject: bytes, tally: _Tally) -> None:
    """What was up to somebody, and how long they took, from the record that made it so to the one that answered."""
    waits = [_Wait(FUNDING if contract.agreement.funded else WORKING) for _ in contract.milestones]
    for step in contract.steps:
        if step.part is None or step.part >= len(waits):
            continue
        wait = waits[step.part]
        if wait.state == step.state:
            continue
        if role == ARBITER and step.entry.author == subject and not step.derived:
            tally.taken += step.entry.header.kind == CASE_TAKEN.name
            tally.ruled += step.entry.header.kind == RULING.name
        if wait.debtor == role:
            _count(contract, wait, step, subject, tally)
        waits[step.part] = wait.then(step, contract.agreement.role(step.entry.author))


def _count(contract: Contract, wait: _Wait, step: Step, subject: bytes, tally: _Tally) -> None:
    if step.derived:
        tally.unanswered += step.at.witnessed and _is_on(contract, step, subject)
    elif step.entry.author == subject:
        tally.answered += 1
        if wait.state != WORKING and wait.since is not None and wait.since.witnessed and step.at.witnessed:
            tally.times.append(max(0, step.at.ms - wait.since.ms))


def _is_on(contract: Contract, step: Step, subject: bytes) -> bool:
    """Whether the silence that a claim settled was this person's (among arbiters, one is asked after the other)."""
    return any(mark.on == subject and step.entry.id in mark.because for mark in contract.marks)
