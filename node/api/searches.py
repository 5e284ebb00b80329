"""Operations on saved searches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..core import searching
from .bodies.given import Nothing
from .bodies.offers import DroppedSearch, NewSearch
from .callers import Scope
from .offers import demand_of, query_of
from .operations import CREATED, AnyOperation, Call, Operation

if TYPE_CHECKING:
    from ..core.ports import SavedSearch
    from .port import Json


async def save(call: Call[NewSearch]) -> Json:
    """Tell the owner of new offers that fit."""
    given, desk = call.given, call.office.desk
    found = await call.office.do(
        lambda now: (searching.save(desk, given.name, query_of(given, now), demand_of(given), now), [])
    )
    return _search(found)


async def drop(call: Call[DroppedSearch]) -> Json:
    """No more of a search."""
    desk, name = call.office.desk, call.given.name
    await call.office.do(lambda _: (searching.drop(desk, name), []))
    return {}


async def saved(call: Call[Nothing]) -> Json:
    """All saved searches; each is a query of GET /offers/search."""
    return {"searches": [_search(one) for one in call.office.desk.stores.searches.listed()]}


def _search(found: SavedSearch) -> Json:
    query = found.query
    asked = {
        "q": query.text,
        "skill": query.skills,
        "any_skill": query.any_skills,
        "side": query.side,
        "basis": query.basis,
        "unit": query.unit,
        "least": query.least,
        "most": query.most,
        "language": query.language,
        "without": found.without,
        "reviews": found.reviews or None,
    }
    given = {name: value for name, value in asked.items() if value not in (None, "", ())}
    return {"name": found.name, "since": found.since, "query": given}


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation("GET", "/searches", Nothing, saved, "Saved searches", Scope.READ),
    Operation(
        "POST", "/searches", NewSearch, save, "Save a search: its new offers become notices", Scope.WRITE, CREATED
    ),
    Operation("POST", "/searches/drop", DroppedSearch, drop, "Forget a saved search", Scope.WRITE),
)
