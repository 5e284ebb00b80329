"""Operations on reviews."""

from __future__ import annotations

from typing import TYPE_CHECKING

from freehold.protocol import text
from freehold.protocol.evidence import Evidence

from ..core import reviewing
from . import names
from .bodies.reviews import NewReply, NewReview, ReviewList
from .callers import Scope
from .operations import CREATED, AnyOperation, Call, Operation
from .reading import bad_request

if TYPE_CHECKING:
    from freehold.protocol.kinds.review import Review

    from ..core.reviewing import Judged
    from .port import Json
    from .views import Views


async def write(call: Call[NewReview]) -> Json:
    """Say what the other party of a contract was like."""
    given = call.given
    contract_id = names.contract(call.office.desk, given.contract)
    levels = (given.scope, given.communication, given.quality, given.time, given.again)
    record = await call.do(lambda desk, now: reviewing.write(desk, contract_id, levels, given.text, now))
    views = call.views()
    return review_of(views, reviewing.judge(views.desk, record, views.now))


async def reply(call: Call[NewReply]) -> Json:
    """The owner's one public answer to a review about them."""
    review_id = names.record(call.office.desk, call.ref)
    await call.do(lambda desk, now: reviewing.reply(desk, review_id, call.given.text, now))
    views = call.views()
    record = views.desk.stores.records.get(review_id)
    assert record is not None  # noqa: S101  -- it was just replied to
    return review_of(views, reviewing.judge(views.desk, record, views.now))


async def reviews(call: Call[ReviewList]) -> Json:
    """About somebody, or by somebody."""
    views, given = call.views(), call.given
    if given.of is not None and given.by is None:
        found = reviewing.about(views.desk, names.identity(views.desk, given.of), views.now)
    elif given.by is not None and given.of is None:
        found = reviewing.by(views.desk, names.identity(views.desk, given.by), views.now)
    else:
        raise bad_request("give either of or by, an identity")
    return {"reviews": [review_of(views, judged) for judged in found]}


def review_of(views: Views, judged: Judged) -> Json:
    """A review, and whether it counts."""
    record, review = judged.record, judged.review
    counts = isinstance(judged.outcome, Evidence)
    return {
        "review": text.show(record.id, text.RECORD),
        "contract": text.show(record.header.context or b"", text.CONTRACT),
        **views.people("author", record.author),
        **views.people("subject", review.subject),
        "levels": levels_of(review),
        "text": review.text,
        "at": record.header.at,
        "counts": counts,
        "why_not": None if counts else judged.outcome,
        "grade": judged.outcome.grade if isinstance(judged.outcome, Evidence) else None,
        "shown": not reviewing.waits(views.desk, record),
        "reply": judged.reply,
    }


def levels_of(review: Review) -> Json:
    """A review's fields."""
    return {
        "scope": review.scope,
        "communication": review.communication,
        "quality": review.quality,
        "time": review.time,
        "again": review.again,
    }


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation("POST", "/reviews", NewReview, write, "Review the other party of a contract", Scope.SIGN, CREATED),
    Operation("POST", "/reviews/{ref}/reply", NewReply, reply, "Answer a review about the owner, once", Scope.SIGN),
    Operation("GET", "/reviews", ReviewList, reviews, "Reviews about or by somebody", Scope.READ),
)
