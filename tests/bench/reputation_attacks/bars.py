"""The bars that the design set before the engine was written, and its open goals."""

from __future__ import annotations

from collections.abc import Iterator

from .report import Bar, Figures
from .run import (
    AMPLIFIED,
    BEFORE,
    CLEAN,
    IN_BARS,
    INTRUDERS,
    NDCG,
    PER_EDGE,
    PERCENTILE,
    RING,
    named,
    repeated,
)
from .sybils import ACTIVE, ANCHOR, COUNTERPARTY, HOP_ONE

WITHSTOOD = (RING, AMPLIFIED.format(100), *(named(edges, victims) for victims, edges in IN_BARS))
"""Attacks that must show nothing at all."""
ASKED = frozenset(
    {
        *WITHSTOOD,
        AMPLIFIED.format(1000),
        *(named(50, victims) for victims in (ANCHOR, COUNTERPARTY)),
        *(repeated(victims) for victims in (HOP_ONE, ANCHOR)),
    }
)
"""Attacks by sybils that a bar or a goal is about."""
PEOPLE = ((ACTIVE, 50, 1), (HOP_ONE, 50, 1), (ANCHOR, 50, 2), (COUNTERPARTY, 50, 4))


def bars(figures: Figures, ranker: str) -> Iterator[Bar]:
    """Every bar, for one ranker."""
    clean = figures.of(CLEAN, NDCG, ranker)
    yield Bar(
        "clean NDCG@100 less that of the Bayesian mean",
        _less(clean, figures.of(CLEAN, NDCG, "Bayesian mean")),
        -0.02,
        at_most=False,
    )
    for attack in WITHSTOOD:
        yield Bar(f"{attack}: sybils in the top 100", figures.of(attack, INTRUDERS, ranker), 0, digits=0)
        yield Bar(f"{attack}: NDCG@100 lost", _less(clean, figures.of(attack, NDCG, ranker)), 0.01)
    for victims, edges, limit in PEOPLE:
        yield Bar(
            f"fake weight per edge on {victims}", figures.of(named(edges, victims), PER_EDGE, ranker), limit, digits=2
        )
    for victims, limit in ((HOP_ONE, 1), (ANCHOR, 2)):
        values = figures.of(repeated(victims), PER_EDGE, ranker)
        yield Bar(f"fake weight per edge on {victims}, praised five times", values, limit, digits=2)
    yield Bar("self-dealing pair, percentile", figures.of("self-dealing", PERCENTILE, ranker), 10, digits=0)
    for reviews, limit in ((1, 45), (3, 65)):
        values = figures.of(f"good newcomer, {reviews} reviews", PERCENTILE, ranker)
        yield Bar(f"good newcomer with {reviews} reviews, percentile", values, limit, at_most=False, digits=0)
    yield from _goals(figures, ranker)


def _goals(figures: Figures, ranker: str) -> Iterator[Bar]:
    for attack, limit in ((AMPLIFIED.format(1000), 5), (named(50, ANCHOR), 3)):
        yield Bar(f"{attack}: sybils in the top 100", figures.of(attack, INTRUDERS, ranker), limit, digits=0, goal=True)
    for attack, limit, at_most in (
        ("slander", -30, False),
        ("slander, no values stated", -30, False),
        ("ring of real people", 20, True),
    ):
        moved = _less(figures.of(attack, PERCENTILE, ranker), figures.of(attack, BEFORE, ranker))
        yield Bar(f"{attack}: percentiles moved", moved, limit, at_most=at_most, digits=0, goal=True)


def _less(values: list[float], others: list[float]) -> list[float]:
    return [value - other for value, other in zip(values, others, strict=True)]
