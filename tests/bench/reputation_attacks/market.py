"""A synthetic market: identities with a true quality that nobody sees, and what they wrote about each other.

Its shape is that of real freelance markets as far as it is known: few people do most of the business, four in five
contracts are made within a field of work, one in four with somebody known; ratings crowd at the top (mean about 4.4 of
5), and the dissatisfied write less often. Quality does not change in time. The same seed gives the same market.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

DAYS = 1095
SIGNED, RECEIPT, ESCROW = 0, 1, 2
"""How strong a contract is as evidence: signatures alone, a payment both signed, money that everybody can verify."""
OF_FREELANCER, OF_CLIENT = 0, 1
BEST = 4

_PER_IDENTITY = 10.0
_WRITTEN_PER_CONTRACT = 1.37
_FIELD_SIZE = 500


@dataclass(frozen=True)
class Reviews:
    """Columns, one row a review. Levels are 0 to 4; `of` says whether the subject was freelancer or client in it. A
    value that the contract does not state is not a number."""

    by: Ints
    subject: Ints
    level: Ints
    value: Floats
    day: Floats
    grade: Ints
    of: Ints

    def __len__(self) -> int:
        return len(self.by)

    def __add__(self, other: Reviews) -> Reviews:
        return Reviews(
            np.append(self.by, other.by),
            np.append(self.subject, other.subject),
            np.append(self.level, other.level),
            np.append(self.value, other.value),
            np.append(self.day, other.day),
            np.append(self.grade, other.grade),
            np.append(self.of, other.of),
        )

    def where(self, chosen: Bools | Ints) -> Reviews:
        """The rows of a mask or of indexes."""
        return Reviews(
            self.by[chosen],
            self.subject[chosen],
            self.level[chosen],
            self.value[chosen],
            self.day[chosen],
            self.grade[chosen],
            self.of[chosen],
        )


@dataclass(frozen=True)
class Contracts:
    """Every honest contract, reviewed or not. `work` is how good the work was in truth."""

    client: Ints
    freelancer: Ints
    day: Floats
    value: Floats
    grade: Ints
    work: Floats
    manners: Floats
    client_wrote: Bools
    freelancer_wrote: Bools


@dataclass(frozen=True, eq=False)
class Market:
    """Who is there (`quality` as a freelancer; an attacker's is 0), and all reviews. The first `honest` are honest."""

    honest: int
    quality: Floats
    freelancer: Bools
    attacker: Bools
    reviews: Reviews
    contracts: Contracts
    bias: Floats

    @property
    def size(self) -> int:
        return len(self.quality)

    def joined(self, count: int, quality: float, *, attacker: bool = True, freelancer: bool = True) -> Market:
        """With so many newcomers, whose numbers are the last ones."""
        return replace(
            self,
            quality=np.append(self.quality, np.full(count, quality)),
            freelancer=np.append(self.freelancer, np.full(count, freelancer)),
            attacker=np.append(self.attacker, np.full(count, attacker)),
        )

    def reviewed(self, more: Reviews) -> Market:
        """With more reviews."""
        return replace(self, reviews=self.reviews + more)


def unstated(market: Market) -> Market:
    """The same market, where contracts do not say what they are worth."""
    values = np.full(len(market.reviews), np.nan)
    return replace(market, reviews=replace(market.reviews, value=values))


def written(
    by: Ints,
    subject: Ints,
    level: Ints | int = BEST,
    *,
    value: Floats | float = 5_000.0,
    day: Floats | float = DAYS - 5.0,
    grade: int = ESCROW,
    of: int = OF_FREELANCER,
) -> Reviews:
    """Reviews of one sort. Nobody reviews themselves: no contract allows it."""
    count, other = len(by), by != subject
    ones = np.ones(count)
    everything = Reviews(
        by.astype(np.int64),
        subject.astype(np.int64),
        (ones * level).astype(np.int64),
        ones * value,
        ones * day,
        np.full(count, grade, dtype=np.int64),
        np.full(count, of, dtype=np.int64),
    )
    return everything.where(other)


def levels(work: Floats) -> Ints:
    """What is said about work of some quality: ratings crowd at the top."""
    return np.clip(np.rint(4 * np.sqrt(np.clip(work, 0, 1))), 0, BEST).astype(np.int64)


def made(size: int, seed: int) -> Market:
    """An honest market."""
    dice = np.random.default_rng(seed)
    role = dice.choice(3, size=size, p=(0.55, 0.35, 0.10))
    freelancer, client = role != 1, role != 0
    quality = np.where(freelancer, dice.beta(6, 2.5, size), 0.0)
    manners = dice.beta(8, 2, size)
    bias = dice.normal(0, 0.08, size)
    ours, theirs = _matched(dice, freelancer, client, quality)
    contracts = _contracts(dice, ours, theirs, quality, manners)
    attacker = np.zeros(size, dtype=np.bool_)
    return Market(size, quality, freelancer, attacker, _said(contracts, bias), contracts, bias)


def _matched(dice: np.random.Generator, freelancer: Bools, client: Bools, quality: Floats) -> tuple[Ints, Ints]:
    """Client and freelancer of every contract."""
    size = len(quality)
    count = int(size * _PER_IDENTITY / _WRITTEN_PER_CONTRACT)
    fields = max(8, size // _FIELD_SIZE)
    share = 1 / np.arange(1, fields + 1) ** 0.7
    field = dice.choice(fields, size=size, p=share / share.sum())
    supply = np.where(freelancer, _activity(dice, size) * (0.4 + quality) ** 2, 0)
    demand = np.where(client, _activity(dice, size), 0)
    clients = np.sort(_drawn(dice, demand, count))
    freelancers = _drawn(dice, supply, count)
    near = dice.random(count) < 0.8
    for number in range(fields):
        local = np.flatnonzero(near & (field[clients] == number))
        inside = np.where(field == number, supply, 0)
        if len(local) and inside.any():
            freelancers[local] = _drawn(dice, inside, len(local))
    again = (dice.random(count) < 0.25) & (clients == np.roll(clients, 1))
    again[0] = False
    first = np.maximum.accumulate(np.where(again, 0, np.arange(count)))
    freelancers = freelancers[first]
    valid = clients != freelancers
    return clients[valid], freelancers[valid]


def _activity(dice: np.random.Generator, size: int) -> Floats:
    return np.minimum((1 - dice.random(size)) ** (-1 / 1.35), 400.0)


def _drawn(dice: np.random.Generator, weights: Floats, count: int) -> Ints:
    """Numbers drawn in proportion to their weights."""
    total = np.cumsum(weights)
    return np.searchsorted(total, dice.random(count) * total[-1], side="right").astype(np.int64)


def _contracts(
    dice: np.random.Generator, client: Ints, freelancer: Ints, quality: Floats, manners: Floats
) -> Contracts:
    count = len(client)
    value = np.exp(dice.normal(np.log(250), 1.3, count))
    luck = dice.random(count) + 0.12 * np.log(value / 250)
    work = quality[freelancer] + dice.normal(0, 0.13, count)
    return Contracts(
        client,
        freelancer,
        DAYS * np.sqrt(dice.random(count)),
        value,
        np.digitize(luck, (0.2, 0.6)).astype(np.int64),
        work,
        manners[client] + dice.normal(0, 0.10, count),
        dice.random(count) < np.where(work < 0.5, 0.45, 0.70),
        dice.random(count) < 0.75,
    )


def _said(told: Contracts, bias: Floats) -> Reviews:
    """What both sides wrote, unseen by each other."""
    of_work = _column(told, levels(told.work + bias[told.client]), OF_FREELANCER).where(told.client_wrote)
    of_manners = _column(told, levels(told.manners + bias[told.freelancer]), OF_CLIENT).where(told.freelancer_wrote)
    return of_work + of_manners


def _column(told: Contracts, level: Ints, of: int) -> Reviews:
    by, subject = (told.client, told.freelancer) if of == OF_FREELANCER else (told.freelancer, told.client)
    side = np.full(len(by), of, dtype=np.int64)
    return Reviews(by, subject, level, told.value, told.day, told.grade, side)
