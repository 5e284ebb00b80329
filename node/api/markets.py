"""Operations on what is paid: percentiles of a skill, and offers beside the others of their market."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from freehold.protocol.kinds.offer import OFFER

from ..core.rates import DAYS, LEAST_AUTHORS, Rates
from .bodies.offers import MarketOf
from .callers import Scope
from .operations import AnyOperation, Call, Operation

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from freehold.protocol.envelope import Record

    from ..core.rates import Market
    from .port import Json
    from .views import Views

_SKILLS_A_PAGE = 20
"""Skills that are read anew for one page of results, about 2 ms each; offers of further skills stand without."""


async def market(call: Call[MarketOf]) -> Json:
    """What is paid for a skill: a market a side, basis and unit."""
    given, views = call.given, call.views()
    found = [
        one
        for one in Rates(views.desk, views.now).of(given.skill)
        if given.side in (None, one.side) and given.basis in (None, one.basis) and given.unit in (None, one.unit)
    ]
    shown = [_market(one) for one in found]
    return {"skill": given.skill, "markets": shown, "least_authors": LEAST_AUTHORS, "days": DAYS}


def compared(rates: Rates, record: Record, skills: Iterable[str]) -> list[Json]:
    """An offer beside those of others, by skill; too few others are said to be so (`enough`)."""
    found = rates.compare(record.author, OFFER.open(record), skills)
    return [dataclasses.asdict(one) | {"enough": one.enough} for one in found]


def beside(views: Views, records: Sequence[Record], shown: list[Json], asked: tuple[str, ...]) -> list[Json]:
    """Results with the market of one skill each: one that was asked for, else the first that the offer names."""
    rates, wanted, read = Rates(views.desk, views.now), {skill.casefold() for skill in asked}, 0
    found: list[Json] = []
    for record, view in zip(records, shown, strict=True):
        skills = OFFER.open(record).skills
        chosen = next((skill for skill in skills if skill.casefold() in wanted), skills[0] if skills else None)
        if chosen is not None and not rates.known(chosen):
            read += 1
            chosen = chosen if read <= _SKILLS_A_PAGE else None
        found.append(view | {"market": compared(rates, record, [] if chosen is None else [chosen])})
    return found


def _market(found: Market) -> Json:
    percentiles = found.percentiles
    return {
        "side": found.side,
        "basis": found.basis,
        "unit": found.unit,
        "authors": len(found.prices),
        "percentiles": None if percentiles is None else {str(percent): at for percent, at in percentiles.items()},
    }


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation("GET", "/market", MarketOf, market, "What is paid for a skill, each author once", Scope.READ),
)
