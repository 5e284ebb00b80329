"""Limits, quotas, topics, and the times of networks."""

from __future__ import annotations

import ast
import dataclasses
import inspect
from typing import TYPE_CHECKING, Any

from freehold.protocol import limits, network, topics
from freehold.protocol.errors import NotAllowed
from freehold.protocol.kinds.agreement import Milestone, Windows, check_windows
from freehold.protocol.shapes import number

from .words import Complaint, duration, table

if TYPE_CHECKING:
    from collections.abc import Callable

_MAIN, _TEST = network.MAIN, network.network(network.TEST_PREFIX + "x")
_BRIEF = network.network(network.BRIEF_PREFIX + "x")
_YEAR_MS = 365 * 24 * 60 * 60 * 1000


def of_the_wire() -> str:
    """The names, values and reasons of limits.py, in their order there."""
    rows: list[tuple[str, str, str]] = []
    for name, reason in _reasons(ast.parse(inspect.getsource(limits)).body, "protocol/limits.py").items():
        unit = " ms" if name.endswith("_MS") else ""
        rows.append((f"`{name}`", number(getattr(limits, name)) + unit, reason))
    return table(("limit", "value", "reason"), rows)


def quotas() -> str:
    """What a node keeps of one author."""
    rows = [
        (f"`{field.name}`", number(getattr(_MAIN.quotas, field.name)), number(getattr(_TEST.quotas, field.name)))
        for field in dataclasses.fields(network.Quotas)
    ]
    return table(("quota", "main network", "test networks"), rows)


def of_topics() -> str:
    """Topics and their names on the wire."""
    return table(("topic", "wire name"), [(t, f"`{w}`") for t, w in topics.wire_names(network.MAIN_NAME).items()])


def times() -> str:
    """What each sort of network rules about time, with the reasons."""
    (body,) = (node.body for node in ast.parse(inspect.getsource(network.Times)).body if isinstance(node, ast.ClassDef))
    rows = [
        (f"`{name}`", *(duration(getattr(each.times, name)) for each in (_MAIN, _TEST, _BRIEF)), reason)
        for name, reason in _reasons(body, "protocol/network.py").items()
    ]
    return table(("time", "main network", "`test-…`", "`test-brief-…`", "what it is"), rows)


def windows() -> str:
    """Windows of an agreement: the usual ones, and the bounds that the main network's rules keep, found by asking."""

    def of_milestone(name: str, value: int) -> None:
        check_windows((dataclasses.replace(Milestone(_YEAR_MS), **{name: value}),), None, network.MAIN_NAME)

    def of_contract(name: str, value: int) -> None:
        check_windows((), Windows(**{name: value}), network.MAIN_NAME)

    rows: list[tuple[str, ...]] = []
    for cls, where, ask in ((Milestone, "milestone", of_milestone), (Windows, "contract", of_contract)):
        for field in dataclasses.fields(cls):
            if field.name != "basis":
                usual = "" if field.default is dataclasses.MISSING else duration(field.default)
                rows.append((f"`{field.name}`", where, usual, *_bounds(field.name, ask)))
    return table(("window", "of each", "usually", "at least", "at most"), rows)


def _bounds(name: str, ask: Callable[[str, int], None]) -> tuple[str, str]:
    """The least and the largest value that are allowed: what a rule can name, and the values beside it."""
    edges = {1, _YEAR_MS, *(getattr(_MAIN.times, field.name) for field in dataclasses.fields(network.Times))}
    allowed = [edge for edge in sorted(edges) if _passes(ask, name, edge)]
    least, most = allowed[0], allowed[-1]
    if (least > 1 and _passes(ask, name, least - 1)) or (most < _YEAR_MS and _passes(ask, name, most + 1)):
        raise Complaint(f"the bounds of the window {name} are none of the network's times")
    return duration(least), duration(most)


def _passes(ask: Callable[[str, int], None], name: str, value: int) -> bool:
    try:
        ask(name, value)
    except NotAllowed:
        return False
    return True


def _reasons(body: list[Any], where: str) -> dict[str, str]:
    """The names that are assigned, each with the text below it."""
    found: dict[str, str] = {}
    for node, after in zip(body, [*body[1:], None], strict=True):
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if not isinstance(target, ast.Name):
            continue
        if not (isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)):
            raise Complaint(f"{where} gives no reason for {target.id}")
        found[target.id] = " ".join(str(after.value.value).split())
    return found
