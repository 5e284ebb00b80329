"""Our engine, as a node uses it, on a market of the benchmark."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from freehold.node.core.reputation.engine import Engine
from freehold.node.core.reputation.opinions import NO_BAND, Columns, Place, encode, flags_of
from freehold.node.core.reputation.settings import H1, H2, Settings
from freehold.node.core.reputation.view import View
from freehold.protocol.kinds.values import CLIENT, FREELANCER
from freehold.protocol.kinds.worth import BANDS

from .baselines import Verdict
from .market import BEST, Floats, Ints, Market
from .viewpoint import Viewpoint

_LEVELS = np.array([encode((level, level, level, level, level)) for level in range(BEST + 1)], np.uint16)
_FLAGS = np.array(
    [
        [[flags_of(role, grade, band) for band in range(NO_BAND + 1)] for grade in ("C", "B", "A")]
        for role in (FREELANCER, CLIENT)
    ],
    np.uint8,
)
_DAY_S = 86_400


@dataclass(frozen=True)
class Ours:
    """A ranker with the engine's settings."""

    settings: Settings

    def __call__(self, market: Market, view: Viewpoint) -> Verdict:
        standing = self._seen(market, view).everybody(FREELANCER)
        number = _order(market.size)
        score, weight = np.empty(market.size), np.empty(market.size)
        score[number], weight[number] = standing.order, standing.weight
        return Verdict(score, weight, counts=True)

    def of(self, market: Market, view: Viewpoint, subjects: Ints) -> Floats:
        """The scores of a few."""
        seen, named = self._seen(market, view), names(market.size)
        return np.array([seen.of(named[subject], FREELANCER).score.order for subject in subjects.tolist()])

    def _seen(self, market: Market, view: Viewpoint) -> View:
        named = names(market.size)
        place = Place(named[view.owner], frozenset(named[anchor] for anchor in view.anchors.tolist()))
        return _loaded(self.settings, market).seen_from(place)


@lru_cache(maxsize=2)
def _loaded(settings: Settings, market: Market) -> Engine:
    engine = Engine(settings)
    engine.load(columns(market, names(market.size)))
    return engine


@lru_cache(maxsize=4)
def names(size: int) -> list[bytes]:
    """Identities in an order that has nothing to do with who is honest: ties are decided by id."""
    raw = np.random.default_rng(99).bytes(32 * size)
    return [raw[place : place + 32] for place in range(0, len(raw), 32)]


@lru_cache(maxsize=4)
def _order(size: int) -> Ints:
    """Our number of each identity, in the engine's order, which is that of the ids."""
    named = names(size)
    return np.array(sorted(range(size), key=named.__getitem__), np.int64)


def columns(market: Market, named: list[bytes]) -> Columns:
    """The reviews as the engine takes them, with the same level in all five fields."""
    reviews = market.reviews
    stated = np.searchsorted(BANDS, reviews.value, side="right")
    band = np.where(np.isnan(reviews.value), NO_BAND, stated)
    return Columns(
        named,
        reviews.by,
        reviews.subject,
        _LEVELS[reviews.level],
        (reviews.day * _DAY_S).astype(np.uint32),
        np.random.default_rng(98).permutation(len(reviews)).astype(np.uint64),
        _FLAGS[reviews.of, reviews.grade, band],
    )


OURS = {"ours, H1": Ours(H1), "ours, H2": Ours(H2)}
