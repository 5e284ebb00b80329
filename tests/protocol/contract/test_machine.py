"""The fold beside an independent model: whatever people do, both say the same; planted bugs are noticed."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings, strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from freehold.protocol import fold as folding
from freehold.protocol.envelope import Record, RecordId
from freehold.protocol.fold import claims, fold, moves
from freehold.protocol.fold.board import Board
from freehold.protocol.fold.chains import Judge, gathered
from freehold.protocol.fold.progress import Claim as Running
from freehold.protocol.fold.witnessing import Moment, Witnesses
from freehold.protocol.kinds.changes import Consent, Settlement
from freehold.protocol.kinds.disputes import FREELANCERS, Ruling
from freehold.protocol.kinds.timing import Claim
from freehold.protocol.kinds.values import CLIENT, FREELANCER, ROLES, other
from tests.cast import DAY_MS, MINUTE_MS, START_MS, alice, bob, carol, mallory, receipt

from .deal import dave, deal, erin
from .model import STEPS, Model
from .roads import BODIES

PEOPLE = {CLIENT: alice, FREELANCER: bob, "1": dave, "2": erin}
NAMES: dict[bytes, str] = {person.id: role for role, person in PEOPLE.items()}
_OF_A_CASE = [BODIES[f"{kind}/1"] for kind in ("case-taken", "case-declined", "ruling")]
KINDS = sorted({kind for steps in STEPS.values() for kind in steps})
ANYBODY = st.sampled_from([*PEOPLE, "mallory"])
LUCK = st.integers(0, 1_000_000)
CLOCKS = st.sampled_from([0, 0, -DAY_MS, DAY_MS])
"""By how much the author's clock is off."""


class Milestone(RuleBasedStateMachine):
    """One witnessed contract with one milestone. Nine of ten entries are legal."""

    @initialize(
        funded=st.booleans(),
        fallback=st.sampled_from([CLIENT, FREELANCER, "nobody"]),
        appeal=st.booleans(),
        revisions=st.integers(0, 2),
    )
    def both_sign(self, funded: bool, fallback: str, appeal: bool, revisions: int) -> None:
        self.told = deal(
            witness=carol,
            funded=funded,
            fallback=fallback,
            appeal=appeal,
            revisions=revisions,
            arbiters=(dave.id, erin.id),
        )
        self.model = Model(START_MS, funded, 2, fallback, appeal, revisions)
        self.now, self.refused, self.forked = START_MS, set[bytes](), set[str]()
        self.luck = 0

    @rule(pick=LUCK, clock=CLOCKS)
    def legal(self, pick: int, clock: int) -> None:
        """Somebody does what may be done now."""
        self.model.pass_time(self.now)
        able = [(who, kind) for who in PEOPLE for kind in KINDS if self.model.may(who, kind)]
        able = [move for move in able if move[1] != "cancellation" or pick % 7 == 0] or able
        if able:
            self._enters(*able[pick % len(able)], clock)

    @rule(pick=LUCK, clock=CLOCKS)
    def also_legal(self, pick: int, clock: int) -> None:
        self.legal(pick, clock)

    @rule(pick=LUCK, hours=st.integers(0, 90))
    def legal_after_a_while(self, pick: int, hours: int) -> None:
        self.now += hours * 60 * MINUTE_MS
        self.legal(pick, 0)

    @rule(who=ANYBODY, kind=st.sampled_from(KINDS), clock=CLOCKS)
    def attempt(self, who: str, kind: str, clock: int) -> None:
        """Anybody tries anything; an arbiter's chain begins with a case."""
        if who not in ("1", "2") or PEOPLE[who].id in self.told.heads or BODIES[f"{kind}/1"] in _OF_A_CASE:
            self._enters(who, kind, clock)

    @rule(late=st.sampled_from([1, MINUTE_MS, DAY_MS]), wrong=st.integers(0, 9))
    def claim(self, late: int, wrong: int) -> None:
        """The deadline passes, and whoever waits claims; or the debtor does, or somebody a little too early."""
        self.model.pass_time(self.now)
        if self.model.deadline is None:
            return
        self.now = max(self.now, self.model.deadline + (late if wrong != 1 else -1) - MINUTE_MS)
        creditor = CLIENT if self.model.debtor == FREELANCER else FREELANCER
        self._claims(self.model.debtor or "" if wrong == 0 and self.model.debtor in ROLES else creditor)

    @rule(hours=st.sampled_from([71, 73]), pick=LUCK)
    def claim_and_answer(self, hours: int, pick: int) -> None:
        """What is claimed is done in the last hour, or an hour too late."""
        self.claim(1, 9)
        self.now += hours * 60 * MINUTE_MS
        self.legal(pick, 0)

    @rule(who=st.sampled_from([CLIENT, FREELANCER]))
    def hasty_claim(self, who: str) -> None:
        """A claim at any time."""
        self._claims(who)

    @rule(hours=st.sampled_from([1, 24, 71, 73, 24 * 80]))
    def time_passes(self, hours: int) -> None:
        self.now += hours * 60 * MINUTE_MS

    @rule(award=st.sampled_from([0, 300]), who=st.sampled_from([CLIENT, FREELANCER]), rare=st.integers(0, 3))
    def settle(self, award: int, who: str, rare: int) -> None:
        """One proposes, the other consents."""
        self.model.pass_time(self.now + 2 * MINUTE_MS)
        if rare or self.model.state not in STEPS:
            return
        proposed = self._keeps(who, Settlement(award))
        self._keeps(other(who), Consent(proposed.id))
        if not self.model.settle(award, self.now):
            self.refused |= {record.id for record in self.told.records[-4::2]}

    @precondition(lambda self: bool(self.refused) or len(self.told.records) > 4)
    @rule(who=st.sampled_from([CLIENT, FREELANCER]), kind=st.sampled_from(KINDS))
    def fork(self, who: str, kind: str) -> None:
        """A party signs another version of its last entry, dated back; the witness has it later than the first."""
        last = self.told.heads[PEOPLE[who].id]
        if not last.header.seq:
            return
        place = {name: getattr(last.header, name) for name in ("seq", "prev", "seen")}
        second = self.told.signed(PEOPLE[who], BODIES[f"{kind}/1"], self._day() - 9, **place)
        self.now += MINUTE_MS
        self.told.records += [second, receipt(carol, second, at=self.now)]
        self.forked.add(who)

    @invariant()
    def both_say_the_same(self) -> None:
        """Whatever the order of arrival."""
        if not hasattr(self, "model"):
            return
        expected = deepcopy(self.model)
        expected.pass_time(self.now)
        records = [*self.told.records]
        Random(len(records)).shuffle(records)
        found = fold(records, self.now)
        assert found is not None
        progress = found.milestones[0]
        assert progress.state == expected.state
        assert progress.deadline == expected.deadline
        assert (progress.claim is not None) == (expected.claimed is not None)
        assert progress.state != "owed" or progress.award == expected.award
        marks = [*expected.marks, *((who, "forked") for who in self.forked)]
        assert sorted((NAMES[mark.on], mark.what) for mark in found.marks) == sorted(marks)
        assert {name for name, _ in found.refused} == self.refused

    def _enters(self, who: str, kind: str, clock: int) -> None:
        body = BODIES[f"{kind}/1"] if kind != "ruling" else Ruling(600 if self.luck % 3 else 0, FREELANCERS)
        self.luck += 1
        record = self._keeps(who, body, clock)
        award = body.award if isinstance(body, Ruling) else 0
        if not self.model.enter(who, kind, self.now, award):
            self.refused.add(record.id)

    def _claims(self, who: str) -> None:
        self.model.pass_time(self.now + MINUTE_MS)
        since = fold(self.told.records, self.now + MINUTE_MS)
        assert since is not None
        record = self._keeps(who, Claim(since.milestones[0].since))
        if not self.model.claim(who, self.now):
            self.refused.add(record.id)

    def _keeps(self, who: str, body: Any, clock: int = 0) -> Record:
        """A minute later somebody signs, and the witness has it at once."""
        self.now += MINUTE_MS
        person = PEOPLE.get(who, mallory)
        chain: dict[str, Any] = {"seq": 1, "prev": bytes(32)} if person is mallory else {}
        record = self.told.signed(person, body, self._day() + clock / DAY_MS, **chain)
        self.told.records += [record, receipt(carol, record, at=self.now)]
        if not chain:
            self.told.heads[person.id] = record
        return record

    def _day(self) -> float:
        return (self.now - START_MS) / DAY_MS


def run(examples: int) -> None:
    """Play so many contracts."""
    run_state_machine_as_test(
        Milestone,
        settings=settings(
            max_examples=examples,
            stateful_step_count=25,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
            report_multiple_bugs=False,
        ),
    )


def test_the_fold_and_the_model_say_the_same() -> None:
    run(60)


@pytest.mark.slow
def test_the_fold_and_the_model_say_the_same_for_long() -> None:
    run(1_000)


def _anybody(*_given: object) -> bool:
    return True


_mark, _when, _enter, _play = Board.mark, Witnesses.when, Board.enter, folding.play


def _marks_the_creditor(board: Board, role: str, what: str, *more: Any) -> None:
    _mark(board, other(role) if role in ROLES and what not in ("late", "at fault") else role, what, *more)


def _refused_and_yet(board: Board, entry: Record, moment: Moment) -> str | None:
    reason = _play(board, entry, moment)
    if reason is not None and entry.header.part == 0:
        board.update(0, start=moment)
    return reason


def _as_they_come(records: list[Record]) -> dict[RecordId, Record]:
    found = gathered(records)
    return {record.id: found[record.id] for record in records} | found


def _goes_on_claiming(board: Board, part: int, state: str, since: Record, start: Moment) -> None:
    claim = board.parts[part].claim
    _enter(board, part, state, since, start)
    board.update(part, claim=claim)


def _at_once(_board: Board, entry: Record, moment: Moment) -> Running:
    return Running(entry, moment, moment.ms)


def _never_late(board: Board, role: str, what: str, *more: Any) -> None:
    if what != "late":
        _mark(board, role, what, *more)


Patches = list[tuple[object, str, Callable[..., Any]]]
BUGS: dict[str, Patches] = {
    "the role is not checked": [(moves, "may", _anybody)],
    "silence marks the creditor": [(Board, "mark", _marks_the_creditor)],
    "what was refused restarts the clock": [(folding, "play", _refused_and_yet)],
    "the version that came first stands": [
        (folding, "gathered", _as_they_come),
        (Judge, "standing", lambda _judge, _author, forked: forked[0]),
    ],
    "a claim is taken too early": [(claims, "_too_early", lambda _deadline, running, _moment: running and "again")],
    "a cure is ignored": [(Board, "enter", _goes_on_claiming)],
    "there is no time for a cure": [(claims, "_running", _at_once)],
    "being late leaves no mark": [(Board, "mark", _never_late)],
    "authors are believed": [(Witnesses, "when", lambda _witnesses, record: Moment(record.header.at, witnessed=True))],
    "revisions and appeals have no end": [(moves, "_unfit", lambda *_given: None)],
}


@pytest.mark.parametrize("bug", BUGS)
def test_a_bug_would_be_noticed(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for where, name, broken in BUGS[bug]:
        monkeypatch.setattr(where, name, broken)
    with pytest.raises(AssertionError):
        run(300)
