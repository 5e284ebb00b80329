"""What the table promises: one debtor everywhere, silence on that debtor alone, a way out for everybody."""

from __future__ import annotations

from dataclasses import fields as fields_of, replace
from typing import Any

import pytest

from freehold.protocol import contract as c
from freehold.protocol.fold.progress import may
from freehold.protocol.kinds.agreement import Milestone, Windows
from freehold.protocol.kinds.changes import CANCELLATION
from freehold.protocol.kinds.disputes import APPEAL, DISPUTE
from freehold.protocol.kinds.entries import DELIVERY, FINISH, Delivery
from freehold.protocol.kinds.offer import HOURLY
from freehold.protocol.kinds.values import CLIENT, FREELANCER
from freehold.protocol.network import MAIN
from tests.cast import DAY_MS, Person, alice, bob, carol

from .deal import WORK, Deal, deal
from .roads import BODIES, FUNDED, PARTIES, ROADS, Walk, silence, walk_to

TABLES = {"fixed price": c.MOVES, "hourly": c.HOURLY_MOVES}
ROLES = {CLIENT, FREELANCER, c.ARBITER, c.RESPONDENT}
IN_BOTH = {who: {CLIENT, FREELANCER} if who in (c.EITHER, c.RESPONDENT) else {who} for who in (*ROLES, c.EITHER)}
PEERS = {
    "Mostro": "15 minutes",
    "Bisq": "20 days",
    "OpenBazaar": "45 days",
    "Upwork": "months",
    "Catallax, SatShoot (Nostr)": "never",
    "Rein": "never",
}
"""How long a silent client can hold a freelancer there."""


def _following(table: dict[tuple[str, str], c.Move]) -> dict[str, set[str]]:
    """Where a milestone can go from each state: by a move, by silence, by agreement, by being forgotten."""
    found: dict[str, set[str]] = {state: set() for state in {*c.WAITS, *c.ENDS}}
    for (state, _), move in table.items():
        found[state] |= set(c.targets(move))
    for state, wait in c.WAITS.items():
        found[state] |= {*c.expanded(wait.silence), c.DORMANT}
    for state in c.SETTLEABLE:
        found[state] |= {c.CANCELLED, c.OWED}
    return found


def _reached(start: set[str], following: dict[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    front = set(start)
    while front:
        reached |= front
        front = {after for state in front for after in following[state]} - reached
    return reached


def test_a_state_waits_or_is_an_end() -> None:
    assert not set(c.WAITS) & c.ENDS
    for table in TABLES.values():
        assert {state for state, _ in table} <= {*c.WAITS, *c.ENDS}
        assert {target for move in table.values() for target in c.targets(move)} <= {*c.WAITS, *c.ENDS}
    assert {*c.WAITS, *c.ENDS} >= c.SETTLEABLE
    assert c.CONTESTED_FOR_A_TIME <= c.ENDS


@pytest.mark.parametrize("state", c.WAITS)
def test_every_waiting_state_names_one_debtor_who_can_act(state: str) -> None:
    wait = c.WAITS[state]
    assert wait.debtor in ROLES
    for table in TABLES.values():
        acting = {move.who for (at, _), move in table.items() if at == state}
        assert acting & {wait.debtor, c.EITHER}, f"{wait.debtor} can do nothing"
    windows = {each.name for each in (*fields_of(Milestone), *fields_of(Windows))}
    assert wait.window in windows


@pytest.mark.parametrize("state", c.WAITS)
def test_silence_leads_on_and_always_away(state: str) -> None:
    """Silence after silence comes to an end: no circle."""
    seen: list[str] = []
    while state in c.WAITS:
        assert state not in seen
        seen.append(state)
        state = c.expanded(c.WAITS[state].silence)[-1]
    assert state in c.ENDS


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_every_state_can_be_reached(table: dict[tuple[str, str], c.Move]) -> None:
    assert _reached({c.FUNDING, c.WORKING}, _following(table)) == {*c.WAITS, *c.ENDS}


def test_every_state_is_reached_by_records() -> None:
    assert set(ROADS) == {*c.WAITS, *c.ENDS}
    for state in ROADS:
        assert walk_to(state, deal).state() == state
        assert walk_to(state, deal, witness=carol).state() == state


@pytest.mark.parametrize("state", c.WAITS)
def test_silence_marks_the_debtor_alone(state: str) -> None:
    walk = walk_to(state, deal, witness=carol)
    debtor, before = walk.debtor(), walk.deal.marks(walk.day)
    silence(walk)
    assert walk.state() in c.expanded(c.WAITS[state].silence)
    assert walk.deal.marks(walk.day) == [*before, (debtor.name, c.WAITS[state].mark)]
    assert walk.deal.at(walk.day).marks[-1].witnessed


@pytest.mark.parametrize("state", c.WAITS)
def test_nobody_needs_to_claim(state: str) -> None:
    """Where nobody claims, the milestone is forgotten at last, and nobody bears a mark for that."""
    walk = walk_to(state, deal, witness=carol)
    before = walk.deal.marks(walk.day)
    assert walk.deal.state(walk.day + 90) == c.DORMANT
    assert walk.deal.marks(walk.day + 90) == before


@pytest.mark.parametrize("fallback", [CLIENT, FREELANCER, "nobody"])
@pytest.mark.parametrize("basis", ["fixed", "hourly"])
@pytest.mark.parametrize("who", PARTIES.values(), ids=PARTIES)
def test_each_party_alone_reaches_an_end(who: Person, basis: str, fallback: str) -> None:
    """From every state, though the other party and all arbiters never sign anything again."""
    for state in c.WAITS:
        walk = _hourly(state, fallback) if basis == HOURLY else walk_to(state, deal, witness=carol, fallback=fallback)
        assert walk.state() == state
        assert _ends_alone(walk, who, depth=12), f"{who.name} cannot end a milestone that is {state}"


def _hourly(state: str, fallback: str) -> Walk:
    """The same roads with timesheets in place of deliveries."""

    def build(**fields: Any) -> Deal:
        milestones = (replace(WORK, basis=HOURLY),)
        return deal(witness=carol, milestones=milestones, fallback=fallback, **fields)

    class Hours(Walk):
        def does(self, who: Person, body: object) -> None:
            super().does(who, BODIES["timesheet/1"] if isinstance(body, Delivery) else body)

    walk = Hours(walk_to(c.FUNDING if state in FUNDED else c.WORKING, build).deal)
    for step in ROADS[state]:
        step(walk)
    return walk


def _ends_alone(walk: Walk, who: Person, depth: int) -> bool:
    """Search for entries of one party, claims included, that end the milestone."""
    found = walk.deal.at(walk.day)
    progress = found.milestones[0]
    if progress.ended:
        return True
    if depth == 0:
        return False
    tries = [body for kind, body in BODIES.items() if _allowed(walk, kind, who)]
    tries = [None] if walk.debtor() != who else tries
    for body in tries:
        copy = Walk(replace(walk.deal, records=[*walk.deal.records], heads={**walk.deal.heads}), walk.day)
        copy.claims(who) if body is None else copy.does(who, body)
        if _ends_alone(copy, who, depth - 1):
            return True
    return False


def _allowed(walk: Walk, kind: str, who: Person) -> bool:
    found = walk.deal.at(walk.day)
    progress = found.milestones[0]
    table = c.HOURLY_MOVES if found.agreement.milestones[0].basis == HOURLY else c.MOVES
    move = table.get((progress.state, kind))
    return move is not None and may(found.agreement, progress, move.who, who.id)


def test_who_moves_is_who_owes_or_who_is_let_down() -> None:
    """Beside the debtor, only these move: whoever wants out, disputes, appeals, or can go on after all."""
    for table in TABLES.values():
        for (state, kind), move in table.items():
            if state in c.WAITS and not IN_BOTH[move.who] <= IN_BOTH[c.WAITS[state].debtor]:
                assert kind in (CANCELLATION.name, DISPUTE.name, APPEAL.name, FINISH.name, DELIVERY.name), (state, kind)


def test_the_longest_that_a_silent_client_can_hold_a_freelancer() -> None:
    """From delivery to the end, the freelancer claiming whenever that is possible: by the table, and by the fold."""
    milestone = Milestone(work=7 * DAY_MS)
    states, waits = [c.DELIVERED], list[int]()
    while states[-1] in c.WAITS:
        wait = c.WAITS[states[-1]]
        waits += [getattr(milestone, wait.window) // DAY_MS, MAIN.times.cure // DAY_MS]
        states.append(wait.silence)
    print(f"\nfrom {' to '.join(states)}: {' + '.join(map(str, waits))} = {sum(waits)} days; elsewhere")
    for peer, figure in PEERS.items():
        print(f"  {peer:28}{figure}")
    assert states == [c.DELIVERED, c.PAYABLE, c.UNPAID]
    assert waits == [10, 3, 7, 3]

    walk = walk_to(c.DELIVERED, deal, witness=carol, milestones=(milestone,))
    begin = walk.day
    silence(walk)
    silence(walk)
    assert walk.state() == c.UNPAID
    assert 0 < (walk.day - begin - sum(waits)) * DAY_MS < 100
    assert walk.deal.marks(walk.day) == [(alice.name, c.SILENT), (alice.name, c.UNPAID_MARK)]


def test_three_silent_arbiters_hold_nobody_for_longer_than_they_have() -> None:
    walk = walk_to(c.AWAITING_ARBITER, deal, witness=carol, fallback=FREELANCER)
    states = [walk.state()]
    for _ in range(3):
        silence(walk)
        states.append(walk.state())
    assert states == [c.AWAITING_ARBITER] * 3 + [c.OWED]
    assert [name for name, _ in walk.deal.marks(walk.day)] == ["dave", "erin", "frank"]
    assert all(before != bob.name for before, _ in walk.deal.marks(walk.day))


def test_the_other_party_is_never_marked_for_a_silence() -> None:
    """Through every silence of every road: whoever claims is never marked by it."""
    for state, road in ROADS.items():
        walk = Walk(walk_to(c.FUNDING if state in FUNDED else c.WORKING, deal, witness=carol).deal)
        for step in road:
            before, debtor = walk.deal.marks(walk.day), None
            if step is silence:
                debtor = walk.debtor()
            step(walk)
            new = walk.deal.marks(walk.day)[len(before) :]
            assert all(debtor is not None and name == debtor.name for name, what in new if what != c.AT_FAULT)
