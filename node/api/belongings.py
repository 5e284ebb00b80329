"""Everything of the owner's, section by section, row by row: a row is a small step, and the node goes on between.

None among the rows is a step that made none yet.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from freehold.protocol import text
from freehold.protocol.envelope import pack
from freehold.protocol.kinds.proposal import PROPOSAL

from ..core import bundling, catalog, dealings, exporting, proposing, reputation, reviewing
from ..core.desk import Denied
from ..core.ports import OfferQuery
from ..core.triaging import Looked
from . import contract_views, deal_views, opinions
from .files import view_of
from .views import Views

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from freehold.protocol.envelope import Record
    from freehold.protocol.fold.progress import Contract

    from .port import Json

_OFFERS = 20
_RECORDS = 100
"""Rows that are read together: some hundred kilobytes at most."""
_NOTICES = 500
_UNFOLDED = Looked(None, ())


def contracts(views: Views) -> Iterator[Json]:
    """Contracts that the owner signed, then those in which the owner serves, each whole and with its bundle."""
    me, records = views.desk.myself(), views.desk.stores.records
    signed = [name for name in records.contracts_of(me) if records.signed(name, me)]
    for name in dict.fromkeys((*signed, *records.served_by(me))):
        found = dealings.contract(views.desk, name, views.now)
        yield contract_views.contract(views, found) | _bundle(views, found)


def offers(views: Views) -> Iterator[Json]:
    """The owner's offers, open or not, each with its record."""
    query = OfferQuery(now=views.now, author=views.desk.myself(), open_only=False, limit=_OFFERS)
    while True:
        page = catalog.search(views.desk, query)
        yield from (views.offer(record) | {"raw": raw(record)} for record in page.records)
        if page.next is None:
            return
        query = OfferQuery(now=views.now, author=query.author, open_only=False, limit=_OFFERS, before=page.next)


def proposals(views: Views) -> Iterator[Json]:
    """The newest proposals to the owner and by the owner, each with its record."""
    records, me = views.desk.stores.records, views.desk.myself()
    received = [record for record in records.of_kind(PROPOSAL.name, proposing.LISTED) if record.author != me]
    for record in (*received, *records.by_author(me, PROPOSAL.name, proposing.LISTED)):
        letter = proposing.letter_of(views.desk, record, views.now)
        yield deal_views.proposal(views, letter, _UNFOLDED) | {"raw": raw(record)}


def reviews(views: Views) -> Iterator[Json]:
    """Reviews about the owner, then by the owner."""
    me = views.desk.myself()
    for judged in (*reviewing.about(views.desk, me, views.now), *reviewing.by(views.desk, me, views.now)):
        yield opinions.review_of(views, judged)


def standing(views: Views) -> Iterator[Json | None]:
    """One row: what to expect of the owner, and the bundle by which others reckon it themselves."""
    me = views.desk.myself()
    for _ in reputation.judging(views.desk, views.now):
        yield None
    found = reputation.of(views.desk, me, views.now)
    bundle: Json
    try:
        made = yield from exporting.exporting(views.desk, me, views.now)
        bundle = {"bundle": made.text, "contracts": made.contracts, "left_out": made.left_out, "no_bundle": None}
    except Denied as denied:
        bundle = {"bundle": None, "contracts": 0, "left_out": 0, "no_bundle": denied.what}
    yield {**views.identity(me), "score": views.score(me), "seen": found.label, **bundle}


def contacts(views: Views) -> Iterator[Json]:
    """Whom the owner trusts, and what they call them."""
    listed = views.desk.stores.contacts.listed()
    yield from (views.person(identity) | {"label": label or None} for identity, label in listed)


def notices(views: Views) -> Iterator[Json]:
    """What the owner was told."""
    after = 0
    while found := views.desk.stores.notices.after(after, _NOTICES):
        after = found[-1].number
        for notice in found:
            yield {"at": notice.at, "topic": notice.topic, "about": notice.about.hex(), "text": notice.text}


def records(views: Views) -> Iterator[Json]:
    """Every record that the owner signed and that is still here, as it is."""
    me, after = views.desk.myself(), 0
    while found := views.desk.stores.records.written(me, after, _RECORDS):
        after = found[-1][0]
        for _, record in found:
            yield {
                "record": text.show(record.id, text.RECORD),
                "kind": record.header.kind,
                "at": record.header.at,
                "raw": raw(record),
            }


def raw(record: Record) -> str:
    """A record's bytes in base64: what its signature stands under, and the signature."""
    return base64.b64encode(pack(record)).decode("ascii")


def _bundle(views: Views, found: Contract) -> Json:
    try:
        made = bundling.export(views.desk, found.id, views.now).decode("ascii")
    except Denied as denied:
        return {"bundle": None, "no_bundle": denied.what}
    return {"bundle": made, "no_bundle": None}


def files(views: Views) -> Iterator[Json]:
    """Files of contracts that are kept here; their content is saved by their SHA-256."""
    yield from map(view_of, views.desk.files.listed())


SECTIONS: dict[str, Callable[[Views], Iterator[Json | None]]] = {
    "contracts": contracts,
    "proposals": proposals,
    "offers": offers,
    "reputation": standing,
    "reviews": reviews,
    "contacts": contacts,
    "notices": notices,
    "files": files,
    "records": records,
}
PARTS: dict[str, tuple[str, ...]] = {
    "all": tuple(SECTIONS),
    "contracts": ("contracts",),
    "offers": ("offers",),
    "reputation": ("reputation", "reviews"),
}
"""What may be asked for, and the sections of each."""
