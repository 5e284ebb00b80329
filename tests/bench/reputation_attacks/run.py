"""One seed: an honest market, every attack on it, every ranker's answer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import numpy as np

from . import people, quality, sybils
from .baselines import Ranker, Verdict, captured
from .market import Floats, Market, made, unstated
from .sybils import ACTIVE, ANCHOR, COUNTERPARTY, HOP_ONE, Attack
from .viewpoint import Viewpoint, chosen

CLEAN = "no attack"


class Maker(Protocol):
    """One form of an attack on a market, seen from somewhere, with a seed."""

    def __call__(self, market: Market, view: Viewpoint, seed: int) -> Attack: ...


@dataclass(frozen=True)
class Figure:
    """One measurement: what was done, what was measured, of which ranker."""

    attack: str
    measure: str
    ranker: str
    value: float


NDCG, TAU, INTRUDERS, CAPTURED = "NDCG@100", "Kendall tau", "sybils in the top 100", "captured per edge"
PER_EDGE, BEFORE, PERCENTILE = "weight on one per edge", "percentile before", "percentile"

IN_BARS = ((ACTIVE, 10), (ACTIVE, 50), (ACTIVE, 100), (HOP_ONE, 10), (HOP_ONE, 50), (ANCHOR, 10))
BEYOND = ((ANCHOR, 50), (COUNTERPARTY, 10), (COUNTERPARTY, 50))


def named(edges: int, victims: str) -> str:
    return f"tree, {edges} edges on {victims}"


def repeated(victims: str) -> str:
    return f"tree, 50 edges on {victims}, five times"


def _forms(victims: str, edges: int, fans: tuple[int, ...] = sybils.FAN_OUTS, times: int = 1) -> tuple[Maker, ...]:
    return tuple(partial(sybils.tree, fan_out=fan, edges=edges, victims=victims, times=times) for fan in fans)


RING, AMPLIFIED = "ring, 100 edges", "amplified, {} edges"
SYBILS: dict[str, tuple[Maker, ...]] = {
    RING: (sybils.ring,),
    **{AMPLIFIED.format(edges): (partial(sybils.amplified, edges=edges),) for edges in (10, 100, 1000)},
    **{named(edges, victims): _forms(victims, edges) for victims, edges in (*IN_BARS, *BEYOND)},
    **{repeated(victims): _forms(victims, 50, (1, 8), times=5) for victims in (HOP_ONE, ANCHOR)},
    **{f"rogue anchors: {count}": (partial(sybils.rogue, anchors=count),) for count in (1, 5)},
}
"""Where an attack has several forms, the form that is worst for a ranker counts, for each measure."""


def figures(
    seed: int, size: int, rankers: Mapping[str, Ranker], only: Collection[str] | None = None
) -> Iterator[Figure]:
    """Everything measured with one seed; of attacks by sybils, `only` these."""
    market = made(size, seed)
    view = chosen(market, seed)
    clean = {name: ranker(market, view) for name, ranker in rankers.items()}
    for name, verdict in clean.items():
        yield Figure(CLEAN, NDCG, name, quality.ndcg(verdict.score, market))
        yield Figure(CLEAN, TAU, name, quality.tau(verdict.score, market))
    for title, makers in SYBILS.items():
        if only is not None and title not in only:
            continue
        yield from _by_sybils(title, (maker(market, view, seed) for maker in makers), view, rankers)
    for name, ranker in rankers.items():
        scores = partial(_score, ranker, view)
        for attack, measure, value in _by_people(market, seed, scores, clean[name].score):
            yield Figure(attack, measure, name, value)


def _by_sybils(
    title: str, attacks: Iterable[Attack], view: Viewpoint, rankers: Mapping[str, Ranker]
) -> Iterator[Figure]:
    worst: dict[tuple[str, str], float] = {}
    for attack in attacks:
        for name, ranker in rankers.items():
            for measure, value in _harm(attack, ranker(attack.market, view)).items():
                pick = min if measure == NDCG else max
                worst[measure, name] = pick(value, worst.get((measure, name), value))
    for (measure, name), value in worst.items():
        yield Figure(title, measure, name, value)


def _harm(attack: Attack, verdict: Verdict) -> dict[str, float]:
    market = attack.market
    found = {
        NDCG: quality.ndcg(verdict.score, market),
        INTRUDERS: quality.intruders(verdict.score, market),
        CAPTURED: captured(verdict, market.attacker, attack.edges, market.honest),
    }
    if verdict.counts and attack.per_gain is not None:
        found[PER_EDGE] = float((verdict.held[attack.gains] / np.maximum(attack.per_gain, 1)).max())
    return found


def _score(ranker: Ranker, view: Viewpoint, market: Market) -> Floats:
    return ranker(market, view).score


def _by_people(
    market: Market, seed: int, score: Callable[[Market], Floats], clean: Floats
) -> Iterator[tuple[str, str, float]]:
    """Where victims and beneficiaries of people with a history stand, and those who are met with silence."""
    attacked, victims = people.slander(market, seed)
    yield "slander", BEFORE, quality.percentile(clean, victims, market)
    yield "slander", PERCENTILE, quality.percentile(score(attacked), victims, market)
    yield "slander, no values stated", BEFORE, quality.percentile(score(unstated(market)), victims, market)
    yield "slander, no values stated", PERCENTILE, quality.percentile(score(unstated(attacked)), victims, market)
    before, after, pairs = people.self_dealing(market, seed)
    yield "self-dealing", BEFORE, quality.percentile(score(before), pairs, market)
    yield "self-dealing", PERCENTILE, quality.percentile(score(after), pairs, market)
    for reviews in (0, 1, 3):
        told = people.whitewash(market, seed, reviews)
        found = score(told.market)
        yield f"whitewashed, {reviews} reviews", BEFORE, quality.percentile(found, told.old, market)
        yield f"whitewashed, {reviews} reviews", PERCENTILE, quality.percentile(found, told.fresh, market)
        yield f"good newcomer, {reviews} reviews", PERCENTILE, quality.percentile(found, told.newcomers, market)
    attacked, members = people.real_ring(market, seed)
    yield "ring of real people", BEFORE, quality.percentile(clean, members, market)
    yield "ring of real people", PERCENTILE, quality.percentile(score(attacked), members, market)
    for counted in people.SILENCE:
        told, quiet = people.silence(market, seed, counted)
        found = score(told)
        yield f"silence {counted}", TAU, quality.tau(found, market)
        yield f"silence {counted}", PERCENTILE, quality.percentile(found, quiet, market)
    yield "retaliation, reviews seen as they come", TAU, quality.tau(score(people.sequential(market, seed)), market)
