"""The table of contracts: who is waited for, who may move, and pictures of it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from freehold.protocol import contract
from freehold.protocol.contract import (
    ARBITER,
    AWAITING_ANSWER,
    AWAITING_ARBITER,
    AWARD_PAID,
    CANCELLED,
    CANCELLED_BY,
    CONTESTED_FOR_A_TIME,
    DELIBERATING,
    DORMANT,
    EITHER,
    ENDS,
    FUNDING,
    HOURLY_MOVES,
    MOVES,
    NEXT_ARBITER,
    NONCOMPLIANT,
    OWED,
    RESOLVED,
    SETTLEABLE,
    WAITS,
    WORKING,
    expanded,
    targets,
)
from freehold.protocol.kinds.agreement import Milestone, Windows

from .words import duration, table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from freehold.protocol.contract import Move, Wait

DISPUTED = (AWAITING_ARBITER, AWAITING_ANSWER, DELIBERATING, OWED, AWARD_PAID, NONCOMPLIANT, RESOLVED)
"""States of the second picture."""
DISPUTE = "dispute"


def waits() -> str:
    """Every state that waits: for whom, how long, for what, and what follows from silence."""
    rows = [
        (at, wait.debtor, _window(wait), _discharged(at, wait), wait.silence, wait.mark) for at, wait in WAITS.items()
    ]
    return table(("milestone is", "waits for", "window, usually", "discharged by", "silence leads to", "mark"), rows)


def moves() -> str:
    """Every entry that is possible in a state."""
    return table(("milestone is", "entry", "by the", "then it is"), _rows(MOVES))


def hourly() -> str:
    """In what an hourly milestone differs."""
    other = {key: move for key, move in HOURLY_MOVES.items() if MOVES.get(key) != move}
    gone = [
        (at, f"`{kind}`", MOVES[at, kind].who, "not possible") for at, kind in MOVES if (at, kind) not in HOURLY_MOVES
    ]
    return table(("milestone is", "entry", "by the", "then it is"), [*_rows(other), *gone])


def ends() -> str:
    """Every end: what leads to it, and what is possible afterwards."""
    rows: list[tuple[str, str, str]] = []
    for end in (name for name in _named() if name in ENDS):
        after = [f"`{kind}` by the {move.who}" for (at, kind), move in MOVES.items() if at == end]
        after = [f"{each}, within `contest`" if end in CONTESTED_FOR_A_TIME else each for each in after]
        after += ["settlement"] if end in SETTLEABLE else []
        rows.append((end, "; ".join(_ways(end)), "; ".join(after)))
    return table(("end", "comes from", "still possible"), rows)


def _ways(end: str) -> list[str]:
    """What leads to an end."""
    ways = [
        f"`{kind}` in *{at}*" for (at, kind), move in MOVES.items() if move.to != NEXT_ARBITER and end in targets(move)
    ]
    ways += [f"silence in *{at}*" for at, wait in WAITS.items() if wait.silence == end]
    ways += ["no arbiter is left"] if end in expanded(NEXT_ARBITER) else []
    if end in _ELSE:
        ways.append(_ELSE[end])
    return ways


_ELSE = {
    CANCELLED: "a settlement of 0 that both signed",
    DORMANT: "nobody has claimed anything",
}


def diagram(which: str) -> str:
    """One of two pictures: `work`, a milestone of a fixed price, or `dispute`, from the call for an arbiter on."""
    edges = _edges(which)
    begins = {FUNDING: ": where that was agreed", WORKING: ""} if which == "work" else {NEXT_ARBITER: ": dispute"}
    lines = [f"[*] --> {_node(state)}{why}" for state, why in begins.items()]
    lines += [f"{_node(at)} --> {_node(then)}: {', '.join(labels)}" for (at, then), labels in edges.items()]
    shown = {state for edge in edges for state in edge}
    lines += [f"{_node(end)} --> [*]" for end in _named() if end in shown & ENDS]
    order = [state for state in (*_named(), NEXT_ARBITER) if state in shown and state != _node(state)]
    names = [f'state "{state}" as {_node(state)}' for state in order]
    return "```mermaid\nstateDiagram-v2\n" + "".join(f"  {line}\n" for line in (*names, *lines)) + "```\n"


def _edges(which: str) -> dict[tuple[str, str], list[str]]:
    """From and to, with the labels; disputes are one box in the first picture, arbiters one in the second."""
    found: dict[tuple[str, str], list[str]] = {}
    box = DISPUTE if which == "work" else NEXT_ARBITER

    def add(at: str, label: str, then: str) -> None:
        if (at in DISPUTED) == (which == "dispute"):
            for state in (box,) if then == NEXT_ARBITER else expanded(then):
                found.setdefault((at, state), []).append(label)

    for (at, kind), move in MOVES.items():
        word = kind.partition("/")[0]
        for role, end in CANCELLED_BY.items() if not move.to else ():
            if move.who in (role, EITHER):
                add(at, f"{word} ({role})", end)
        if move.to:
            add(at, f"{word} ({move.who})", move.to)
    for at, wait in WAITS.items():
        add(at, f"silence ({wait.debtor})", wait.silence)
    if which == "dispute":
        first, *fallbacks = expanded(NEXT_ARBITER)
        found[NEXT_ARBITER, first] = ["one is left"]
        found |= {(NEXT_ARBITER, state): ["none is left"] for state in fallbacks}
    return found


def _rows(moves: Mapping[tuple[str, str], Move]) -> list[tuple[str, ...]]:
    return [(at, f"`{kind}`", move.who, move.to or " or ".join(targets(move))) for (at, kind), move in moves.items()]


def _window(wait: Wait) -> str:
    usual = {field.name: field.default for field in (*dataclasses.fields(Milestone), *dataclasses.fields(Windows))}
    default = usual[wait.window]
    return f"`{wait.window}`, " + (duration(default) if isinstance(default, int) else "as agreed, and `grace`")


def _discharged(state: str, wait: Wait) -> str:
    """The entries by which the debtor itself leads on."""
    who = {wait.debtor} if wait.debtor == ARBITER else {wait.debtor, EITHER}
    return ", ".join(f"`{kind}`" for (at, kind), move in MOVES.items() if at == state and move.who in who)


def _named() -> list[str]:
    """All states, in the order in which the table names them."""
    found = [value for name, value in vars(contract).items() if name.isupper() and isinstance(value, str)]
    return [value for value in dict.fromkeys(found) if value in ENDS or value in WAITS]


def _node(state: str) -> str:
    """A state's name in a picture, where no blank may stand."""
    return state.replace(",", "").replace(" ", "_").replace("-", "_")
