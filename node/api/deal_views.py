"""What the API shows of proposals."""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import TYPE_CHECKING

from freehold.protocol import text

from ..core import proposing, triaging
from ..core.identities import profile_of
from . import scope_views

if TYPE_CHECKING:
    from collections.abc import Iterable

    from freehold.protocol.identity import IdentityId

    from ..core.ports import Remark
    from ..core.proposing import Letter
    from ..core.triaging import Looked
    from .port import Json
    from .views import Views


def proposal(views: Views, letter: Letter, looked: Looked | None = None) -> Json:
    """A proposal, as its reader or its writer sees it."""
    record, body = letter.record, letter.proposal
    place = record.header.context or b""
    received = record.author != views.desk.me
    if received and looked is None:
        looked = triaging.look(views.desk, _beside(views, letter))[record.id]
    agreed = letter.agreement
    return {
        "proposal": text.show(record.id, text.RECORD),
        "direction": "received" if received else "sent",
        "offer": text.show(place, text.OFFER),
        "offer_title": views.offer_title(place),
        **views.people("author", record.author),
        **views.people("recipient", body.to),
        "cover": body.cover,
        "answers": body.answers,
        "parts": scope_views.parts(body.terms, agreed.milestones),
        "clauses": scope_views.clauses(body.terms),
        "arbiters": [views.person(identity) for identity in agreed.arbiters],
        "witnesses": [views.person(identity) for identity in agreed.witnesses],
        "quorum": agreed.quorum,
        "appeal": agreed.appeal,
        "fallback": agreed.fallback,
        "band": scope_views.band(agreed),
        "revisions": agreed.revisions,
        "windows": dataclasses.asdict(agreed.windows),
        "written": record.header.at,
        "expires": record.header.till,
        "state": letter.state,
        "reason": letter.reason,
        "contract": text.show(letter.contract, text.CONTRACT),
        "folded": None if looked is None else looked.folded,
        "rule": None if looked is None else looked.rule,
        "stamp": None if looked is None else looked.stamp,
        "language": None if looked is None else looked.language,
        "languages": _languages(views, record.author) if received else [],
        "remarks": [] if looked is None else [_remark(remark) for remark in looked.remarks],
        "reputation": views.score(record.author),
    }


def folds(looked: Iterable[Looked]) -> list[Json]:
    """How many proposals are folded by which rule, most first."""
    counts = Counter(one.rule for one in looked if one.rule is not None)
    return [{"rule": rule, "count": count} for rule, count in counts.most_common()]


def _languages(views: Views, author: IdentityId) -> list[str]:
    """Those that an author says to work in."""
    profile = profile_of(views.desk, author)
    return [] if profile is None else list(profile.languages)


def _beside(views: Views, letter: Letter) -> list[Letter]:
    """A received proposal among the others: only beside them can it be seen that it is a copy."""
    others = proposing.received(views.desk, views.now)
    return others if any(one.record.id == letter.record.id for one in others) else [letter, *others]


def _remark(remark: Remark) -> Json:
    other = None if remark.other is None else text.show(remark.other, text.RECORD)
    return {"what": remark.what, "words": remark.words, "fold": remark.fold, "other": other}
