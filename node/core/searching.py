"""Saved searches: a new offer is compared with each of them, and what fits is told, so many a day and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from freehold.protocol.envelope import place_of
from freehold.protocol.kinds.offer import OFFER

from .desk import Denied
from .effects import Notify
from .finding import Authors, Demand
from .ports import Notice, SavedSearch

if TYPE_CHECKING:
    from freehold.protocol.envelope import Record

    from .desk import Desk
    from .effects import Effect
    from .ports import OfferQuery

TOPIC = "offer"
A_DAY = 20
"""Notices of one search a day: more than anybody answers, and a flood of offers is told once."""
MOST = 50
"""Searches that are kept: every new offer is compared with all of them."""
NAME_CHARACTERS = 60
_SHOWN_CHARACTERS = 120


def save(desk: Desk, name: str, query: OfferQuery, demand: Demand, now: int) -> SavedSearch:
    """Keep a search under a name, in place of an earlier one. Raises Denied: `bad-search-name`, `too-many-searches`."""
    name = name.strip()
    if not name or len(name) > NAME_CHARACTERS or not name.isprintable():
        raise Denied("bad-search-name", f"{name[:80]!r} is no name for a search", "take a word or two in one line")
    searches = desk.stores.searches
    if len(kept := searches.listed()) >= MOST and name not in {one.name for one in kept}:
        raise Denied("too-many-searches", f"{MOST} searches are saved already", "drop one: freehold offer unsave NAME")
    search = SavedSearch(name, query, demand.without, demand.reviews, now)
    searches.save(search)
    return search


def drop(desk: Desk, name: str) -> None:
    """Forget a search. Raises Denied `not-found`."""
    if not desk.stores.searches.drop(name.strip()):
        raise Denied("not-found", f"no search is saved as {name[:80]!r}", "see them: freehold offer searches")


def noted(desk: Desk, record: Record, now: int) -> list[Effect]:
    """A record was newly kept: what the owner is told if it is an offer that was searched for."""
    fitting = desk.stores.searches.fitting(record)  # first, because it is nothing for most
    if not fitting or record.author == desk.me or record.author in desk.stores.contacts.blocked():
        return []
    return [effect for search in fitting for effect in _tell(desk, search, record, now)]


def _tell(desk: Desk, search: SavedSearch, record: Record, now: int) -> list[Effect]:
    demand, searches = Demand(search.without, search.reviews), desk.stores.searches
    told = searches.told(search.name, now)
    if told > A_DAY or (demand and not Authors(desk, demand, now).meets(record)):
        return []
    place = place_of(record.header) or b""
    text = f"{search.name}: {OFFER.open(record).title[:_SHOWN_CHARACTERS]}"
    if told == A_DAY:
        text = f"{search.name}: more than {A_DAY} offers today, the others are not told one by one"
    notice = Notice(0, now, TOPIC, place, text)
    if not desk.stores.notices.note(notice, f"search {search.name} {place.hex()}"):
        return []  # an edited offer is no new one
    searches.tell(search.name, now)
    return [Notify(TOPIC, place)]
