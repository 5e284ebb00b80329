"""Attacks by people with a history: slanderers, self-dealers, whitewashers, rings of real people; and silence."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .market import DAYS, OF_CLIENT, OF_FREELANCER, Floats, Ints, Market, Reviews, levels, written

GOOD, BAD = 0.8, 0.2
SILENCE = {"ignored": 0.0, "a quarter counted as failure": 0.25, "counted as failure": 1.0}
"""How silence is read, and which part of silent contracts then counts as the lowest review."""


@dataclass(frozen=True)
class Whitewash:
    """Bad freelancers under their old name and under a fresh one; good newcomers with as many reviews as the fresh."""

    market: Market
    old: Ints
    fresh: Ints
    newcomers: Ints


def slander(market: Market, seed: int, *, cell: int = 50, targets: int = 100, edges: int = 20) -> tuple[Market, Ints]:
    """A cell signs one cheap real contract with each good freelancer it wants gone, and gives the lowest review."""
    dice = np.random.default_rng((seed, 6))
    wrote = _reviewed(market)
    good = np.flatnonzero(market.freelancer & (market.quality > GOOD) & (wrote >= 5))
    victims = dice.choice(good, min(targets, len(good)), replace=False)
    honest = market.reviews.by
    market, members = _joined(market, cell, 0.0)
    attack = written(np.repeat(members, len(victims)), np.tile(victims, cell), 0, value=5.0, day=DAYS - 3.0)
    attack += written(np.repeat(members, 5), dice.choice(members, 5 * cell))
    attack += written(dice.choice(honest, edges), dice.choice(members, edges), value=250.0, of=OF_CLIENT)
    return market.reviewed(attack), victims


def self_dealing(market: Market, seed: int, *, contracts: int = 50, edges: int = 5) -> tuple[Market, Market, Ints]:
    """Fifty bad freelancers, each with an invented client: before and after they make contracts with themselves."""
    dice = np.random.default_rng((seed, 7))
    clients = market.reviews.by
    workers = np.flatnonzero(market.freelancer)
    market, bad = _joined(market, 50, BAD, attacker=False)
    market, own = _joined(market, 50, 0.0, freelancer=False)
    market = market.reviewed(_history(dice, clients, bad, 4, BAD))
    fake = written(np.repeat(own, contracts), np.repeat(bad, contracts), value=100_000.0)
    fake += written(np.repeat(bad, contracts), np.repeat(own, contracts), value=100_000.0, of=OF_CLIENT)
    fake += written(dice.choice(workers, 50 * edges), np.repeat(own, edges), value=30.0, day=DAYS - 20.0, of=OF_CLIENT)
    return market, market.reviewed(fake), bad


def whitewash(market: Market, seed: int, reviews: int) -> Whitewash:
    """Two hundred bad freelancers with twelve reviews each begin again; everybody fresh has so many reviews."""
    dice = np.random.default_rng((seed, 8))
    clients = market.reviews.by
    market, old = _joined(market, 200, BAD, attacker=False)
    market, fresh = _joined(market, 200, BAD, attacker=False)
    market, newcomers = _joined(market, 200, 0.75, attacker=False)
    told = _history(dice, clients, old, 12, BAD) + _history(dice, clients, fresh, reviews, BAD)
    told += _history(dice, clients, newcomers, reviews, 0.75)
    return Whitewash(market.reviewed(told), old, fresh, newcomers)


def real_ring(market: Market, seed: int, *, members: int = 30, each: int = 20) -> tuple[Market, Ints]:
    """Mediocre freelancers with an honest history buy each other contracts and praise."""
    dice = np.random.default_rng((seed, 9))
    wrote = _reviewed(market)
    pool = np.flatnonzero(market.freelancer & (market.quality < 0.5) & (wrote >= 3) & (wrote < 30))
    joined = dice.choice(pool, min(members, len(pool)), replace=False)
    return market.reviewed(
        written(np.repeat(joined, each), dice.choice(joined, each * len(joined)), value=2_000.0)
    ), joined


def silence(market: Market, seed: int, counted: str) -> tuple[Market, Ints]:
    """Good freelancers whose clients are mostly silent, with silence read in one of three ways."""
    dice = np.random.default_rng((seed, 10))
    told = market.contracts
    made = np.bincount(told.freelancer, minlength=market.size)
    wrote = np.bincount(told.freelancer[told.client_wrote], minlength=market.size)
    quiet = np.flatnonzero(market.freelancer & (market.quality > 0.7) & (made >= 5) & (wrote < 0.5 * made))
    failed = ~told.client_wrote & (dice.random(len(told.client)) < SILENCE[counted])
    return market.reviewed(written(told.client[failed], told.freelancer[failed], 0, day=told.day[failed])), quiet


def sequential(market: Market, seed: int, *, afraid: float = 0.5, avenging: float = 0.5) -> Market:
    """The same contracts, reviews seen as they come. The freelancer writes first half of the time.

    Assumptions, not measurements: half of the clients who would have given 2 or less and write first, or write to
    somebody who praised them, give one level more or say nothing for fear of an answer; half of the freelancers who
    were rated 2 or less first avenge themselves, and half of the clients do.
    """
    dice = np.random.default_rng((seed, 11))
    told = market.contracts
    work = levels(told.work + market.bias[told.client])
    manners = levels(told.manners + market.bias[told.freelancer])
    count = len(work)
    client_first = dice.random(count) < 0.5
    fears = (work <= 2) & (dice.random(count) < afraid)
    hushed = fears & (dice.random(count) < 0.5)
    avenged = client_first & (work <= 2) & ~fears & (dice.random(count) < avenging)
    strikes = ~client_first & (manners <= 2) & told.freelancer_wrote & (dice.random(count) < avenging)
    said = np.where(strikes, 0, np.where(fears, work + 1, work))
    answer = np.where(avenged, 0, manners)
    wrote = told.client_wrote & ~hushed
    kept = replace(market, reviews=market.reviews.where(np.zeros(0, dtype=np.int64)))
    rows = written(
        told.client[wrote], told.freelancer[wrote], said[wrote], value=told.value[wrote], day=told.day[wrote]
    ) + written(
        told.freelancer[told.freelancer_wrote],
        told.client[told.freelancer_wrote],
        answer[told.freelancer_wrote],
        value=told.value[told.freelancer_wrote],
        day=told.day[told.freelancer_wrote],
        of=OF_CLIENT,
    )
    grade = np.concatenate([told.grade[wrote], told.grade[told.freelancer_wrote]])
    return kept.reviewed(replace(rows, grade=grade))


def _joined(
    market: Market, count: int, quality: float, *, attacker: bool = True, freelancer: bool = True
) -> tuple[Market, Ints]:
    grown = market.joined(count, quality, attacker=attacker, freelancer=freelancer)
    return grown, np.arange(market.size, grown.size)


def _reviewed(market: Market) -> Ints:
    """How many reviews everybody has as a freelancer."""
    return np.bincount(market.reviews.subject[market.reviews.of == OF_FREELANCER], minlength=market.size)


def _history(dice: np.random.Generator, clients: Ints, ids: Ints, each: int, quality: float) -> Reviews:
    """Honest reviews by people who write much."""
    count = len(ids) * each
    work: Floats = quality + dice.normal(0, 0.13, count)
    return written(dice.choice(clients, count), np.repeat(ids, each), levels(work), value=250.0, day=DAYS - 60.0)
