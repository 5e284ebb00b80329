"""Operations on reputation: what to expect of somebody, why, since when, and of whom rather."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import trio

from freehold.protocol import text

from ..core import identities, reputation
from ..core.reputation.opinions import Place
from ..core.reputation.view import THEIRS, YOURS
from . import names
from .bodies.reviews import Comparison, Standpoint
from .callers import Scope
from .operations import AnyOperation, Call, Operation
from .opinions import levels_of
from .views import score_of

if TYPE_CHECKING:
    from ..core.ports import Score
    from ..core.reputation import Change, Point, Reputation
    from ..core.reputation.conduct import Conduct, Fact
    from .port import Json
    from .views import Views


async def show(call: Call[Standpoint]) -> Json:
    """What to expect of somebody: opinions, and apart from them what contracts show."""
    views = await _all_judged(call)
    found = _of(views, call.ref, call.given)
    return _reputation(views, found) | {"left_out": len(found.left_out)}


async def why(call: Call[Standpoint]) -> Json:
    """Every review behind the number, and those left out."""
    views = await _all_judged(call)
    found = _of(views, call.ref, call.given)
    left_out = [{"review": text.show(record.id, text.RECORD), "reason": reason} for record, reason in found.left_out]
    evidence = [_point(views, point) for point in found.points]
    return _reputation(views, found) | {"evidence": evidence, "left_out": left_out}


async def history(call: Call[Standpoint]) -> Json:
    """How the number came to be, review by review."""
    views = await _all_judged(call)
    identity = names.identity(views.desk, call.ref)
    identities.show(views.desk, identity)
    changes = reputation.history(views.desk, identity, views.now, _place(views, call.given))
    return {**views.person(identity), "changes": [_change(views, change) for change in changes]}


async def compare(call: Call[Comparison]) -> Json:
    """Two people from the same place, and whether they can be told apart."""
    views = await _all_judged(call)
    one, other = (_of(views, ref, call.given) for ref in (call.ref, call.given.other))
    apart = one.score.lower > other.score.upper or other.score.lower > one.score.upper
    first = max((one, other), key=lambda found: (found.score.order, found.subject))
    return {
        "people": [_reputation(views, found) | {"left_out": len(found.left_out)} for found in (one, other)],
        "first": text.show(first.subject, text.IDENTITY),
        "apart": apart,
    }


async def _all_judged(call: Call[Any]) -> Views:
    """A list may lack, for some seconds, what a first sync brought; who asks about somebody is told by all that is
    here. The event loop goes on in between."""
    for _ in reputation.judging(call.office.desk, call.office.now()):
        await trio.lowlevel.checkpoint()
    return call.views()


def _of(views: Views, ref: str, given: Standpoint) -> Reputation:
    identity = names.identity(views.desk, ref)
    identities.show(views.desk, identity)
    found = reputation.of(views.desk, identity, views.now, _place(views, given), given.role)
    elsewhere = given.seen_as is not None and found.label == YOURS
    return dataclasses.replace(found, label=THEIRS) if elsewhere else found


def _place(views: Views, given: Standpoint) -> Place | None:
    """Somebody else's place: what they have rated is public, whom they list as trusted is not."""
    return None if given.seen_as is None else Place(names.identity(views.desk, given.seen_as))


def _reputation(views: Views, found: Reputation) -> Json:
    ranking = views.desk.ranking
    conduct = reputation.conduct_of(views.desk, found.subject, views.now)
    return {
        **views.person(found.subject),
        **_score(found.score),
        "seen": found.label,
        "anywhere": _score(found.anywhere),
        "conduct": {role: _conduct(one) for role, one in conduct.items()},
        "ranking": ranking.name,
        "note": ranking.note,
    }


def _score(score: Score) -> Json:
    return score_of(score) | {"weight": score.weight, "witnesses": score.witnesses}


def _conduct(found: Conduct) -> Json:
    counts = {name: value for name, value in dataclasses.asdict(found).items() if name != "facts"}
    return counts | {"responsiveness": found.responsiveness, "facts": [_fact(fact) for fact in found.facts]}


def _fact(fact: Fact) -> Json:
    return {
        "what": fact.mark.what,
        "contract": text.show(fact.contract, text.CONTRACT),
        "part": None if fact.mark.part is None else fact.mark.part + 1,
        "because": [text.show(record, text.RECORD) for record in fact.mark.because],
        "at": fact.mark.at,
        "counts": fact.counts,
    }


def _point(views: Views, point: Point) -> Json:
    record, review, share = point.evidence.record, point.evidence.review, point.share
    return {
        "review": text.show(record.id, text.RECORD),
        **views.people("author", record.author),
        "contract": text.show(point.evidence.contract.id, text.CONTRACT),
        "grade": point.evidence.grade,
        "levels": levels_of(review),
        "weight": share.weight,
        "delta": share.delta,
        "trust": share.trust,
        "place": share.place,
        "against": share.against,
        "path": [views.person(person) for person in share.path],
        "text": review.text,
        "at": record.header.at,
    }


def _change(views: Views, change: Change) -> Json:
    because = [
        {"review": text.show(record.id, text.RECORD), "by": views.person(record.author)} for record in change.because
    ]
    return {"at": change.at, **_score(change.score), "because": because}


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation("GET", "/reputation/{ref}", Standpoint, show, "What to expect of somebody", Scope.READ),
    Operation("GET", "/reputation/{ref}/why", Standpoint, why, "Every review behind the number", Scope.READ),
    Operation("GET", "/reputation/{ref}/history", Standpoint, history, "How the number came to be", Scope.READ),
    Operation("GET", "/reputation/{ref}/compare", Comparison, compare, "Two people from the same place", Scope.READ),
)
