"""Operations on offers."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from freehold.protocol import text
from freehold.protocol.kinds.offer import OFFER, Budget, Intake, Offer

from ..core import catalog
from ..core.finding import Demand
from ..core.glancing import Glances
from ..core.ports import OfferQuery
from ..core.rates import SKILLS, Rates
from . import markets, names
from .bodies.given import Nothing, Plain
from .bodies.offers import NewOffer, OfferList, OfferSearch
from .callers import Scope
from .operations import CREATED, AnyOperation, Call, Operation
from .reading import bad_request

if TYPE_CHECKING:
    from collections.abc import Sequence

    from freehold.protocol.envelope import Record

    from .bodies.offers import GivenBudget, GivenIntake, Wish
    from .port import Json
    from .views import Views

DAY_MS = 24 * 60 * 60 * 1000


async def publish(call: Call[NewOffer]) -> Json:
    """A new offer."""
    given = call.given
    record = await call.do(lambda desk, now: catalog.publish(desk, _offer(given), given.days * DAY_MS, now))
    return call.views().offer(record)


async def edit(call: Call[NewOffer]) -> Json:
    """A new version of an offer of the owner's."""
    given, place = call.given, names.offer(call.office.desk, call.ref)
    record = await call.do(lambda desk, now: catalog.edit(desk, place, _offer(given), given.days * DAY_MS, now))
    return call.views().offer(record)


async def newest(call: Call[OfferList]) -> Json:
    """Open offers, newest first; everybody's or the owner's."""
    views, given = call.views(), call.given
    author = call.office.desk.myself() if given.mine else None
    query = OfferQuery(now=views.now, author=author, limit=given.limit, before=given.before)
    page = catalog.search(views.desk, query, blocked=given.blocked)
    shown = [views.offer(record) for record in page.records]
    return {"offers": shown, "next": page.next, "hidden": page.hidden}


async def search(call: Call[OfferSearch]) -> Json:
    """Open offers that match."""
    views, given = call.views(), call.given
    asked = dataclasses.replace(query_of(given, views.now), since=given.since, limit=given.limit, before=given.before)
    page = catalog.search(views.desk, asked, demand_of(given), blocked=given.blocked)
    records = views.ordered(page.records, given.order, lambda record: record.author)
    shown = [views.offer(record) for record in records]
    if given.market:
        shown = markets.beside(views, records, shown, (*given.skill, *given.any_skill))
    if given.record:
        shown = _with_records(views, records, shown)
    return {"offers": shown, "next": page.next, "hidden": page.hidden, **views.order(given.order)}


async def show(call: Call[Nothing]) -> Json:
    """One offer, whoever's, open or not."""
    record, offer = catalog.show(call.office.desk, names.offer(call.office.desk, call.ref))
    views = call.views()
    market = markets.compared(Rates(views.desk, views.now), record, offer.skills[:SKILLS])
    return views.offer(record) | {"versions": [text.show(record.id, text.RECORD)], "market": market}


async def close(call: Call[Plain]) -> Json:
    """No more proposals."""
    place = names.offer(call.office.desk, call.ref)
    record = await call.do(lambda desk, now: catalog.close(desk, place, now))
    return call.views().offer(record)


def _with_records(views: Views, records: Sequence[Record], shown: list[Json]) -> list[Json]:
    """Offers with what contracts show of their authors in the role that the offer gives them."""
    glances = Glances(views.desk, (record.author for record in records), views.now)
    return [
        view | {"author_record": dataclasses.asdict(glances.of(record.author, OFFER.open(record).author_role))}
        for record, view in zip(records, shown, strict=True)
    ]


def query_of(given: Wish, now: int) -> OfferQuery:
    """The query for the store. Raises Denied `bad-request`."""
    if (given.least is not None or given.most is not None) and given.unit is None:
        raise bad_request("least and most are amounts of some unit: give the unit, such as EUR")
    return OfferQuery(
        now=now,
        text=given.q,
        skills=given.skill,
        any_skills=given.any_skill,
        side=given.side,
        basis=given.basis,
        unit=given.unit,
        least=given.least,
        most=given.most,
        language=given.language,
    )


def demand_of(given: Wish) -> Demand:
    """What is asked of the authors."""
    return Demand(given.without, given.reviews)


def _offer(given: NewOffer) -> Offer:
    return Offer(
        side=given.side,
        title=given.title,
        description=given.description,
        skills=given.skills,
        budget=_budget(given.budget),
        languages=given.languages,
        intake=_intake(given.intake),
    )


def _budget(given: GivenBudget | None) -> Budget | None:
    return None if given is None else Budget(given.basis, given.unit, given.low, given.high)


def _intake(given: GivenIntake | None) -> Intake:
    return Intake() if given is None else Intake(given.least_characters, given.questions, given.languages)


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation("POST", "/offers", NewOffer, publish, "Publish an offer", Scope.SIGN, CREATED),
    Operation("GET", "/offers", OfferList, newest, "Open offers, newest first", Scope.READ),
    Operation("GET", "/offers/search", OfferSearch, search, "Open offers that match", Scope.READ),
    Operation("GET", "/offers/{ref}", Nothing, show, "One offer", Scope.READ),
    Operation("PUT", "/offers/{ref}", NewOffer, edit, "A new version of an offer of the owner's", Scope.SIGN),
    Operation("POST", "/offers/{ref}/close", Plain, close, "Close an offer of the owner's", Scope.SIGN),
)
