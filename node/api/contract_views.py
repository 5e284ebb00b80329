"""What the API shows of contracts. What is private is null for strangers; times are ms, names are in text form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from freehold.protocol import text
from freehold.protocol.contract import ARBITER, LAPSED, OFFERED
from freehold.protocol.fold.witnessing import Witnesses

from ..core import dealings, inbox, owing
from ..core.desk import Denied
from . import scope_views, timeline_views, turn_views
from .views import Views, money

if TYPE_CHECKING:
    from freehold.protocol.envelope import Record
    from freehold.protocol.fold.progress import Contract
    from freehold.protocol.kinds.agreement import Agreement, Terms

    from .port import Json

WITNESS = "witness"


def named(views: Views, contract_id: bytes) -> Json:
    """The contract of that name in full. Raises Denied `not-found`."""
    return contract(views, dealings.contract(views.desk, contract_id, views.now))


def summary(views: Views, found: Contract) -> Json:
    """A contract in a list: what it is, where it stands, whose turn it is."""
    agreed, terms = found.agreement, dealings.terms_of(views.desk, found)
    return {
        "contract": text.show(found.id, text.CONTRACT),
        "now": views.now,
        "state": found.state,
        **views.people("client", agreed.client),
        **views.people("freelancer", agreed.freelancer),
        "offer": text.show(agreed.offer, text.OFFER),
        "offer_title": views.offer_title(agreed.offer),
        "my_role": _role(agreed, views.desk.me),
        "my_turns": [part + 1 for part in inbox.turns(views.desk, found)],
        "my_changes": [text.show(name, text.RECORD) for name in inbox.open_changes(views.desk, found)],
        "my_claims": [part + 1 for part in inbox.claimable(views.desk, found, views.now)],
        "offered_until": _offered_until(views, found),
        "milestones": [_milestone(views, found, terms, part) for part in range(len(found.milestones))],
    }


def contract(views: Views, found: Contract) -> Json:
    """A contract in full, as its records here show it."""
    agreed, terms = found.agreement, dealings.terms_of(views.desk, found)
    return {
        **summary(views, found),
        "arbiters": [views.person(identity) for identity in agreed.arbiters],
        "witnesses": [views.person(identity) for identity in agreed.witnesses],
        "quorum": agreed.quorum,
        "revisions": agreed.revisions,
        "appeal": agreed.appeal,
        "fallback": agreed.fallback,
        "band": scope_views.band(agreed),
        "funded": agreed.funded,
        "rail": agreed.rail,
        "clauses": None if terms is None else scope_views.clauses(terms),
        "signed": [_signature(record) for record in sorted(found.signatures.values(), key=lambda r: r.header.at)],
        "timeline": timeline_views.timeline(views, found),
        "marks": [timeline_views.mark(views, found, one) for one in found.marks],
        "changes": [scope_views.change(views, found, one) for one in found.changes],
        "scopes": scope_views.scopes(views, found),
        "pings": [turn_views.ping(views, found, one) for one in found.pings],
        "absences": [{"role": away.role, "since": away.since, "until": away.until} for away in found.absences],
        "evidence": timeline_views.evidence(views, found),
        "refused": [_entry(name, reason) for name, reason in found.refused],
        "waiting": [_entry(name, reason) for name, reason in found.waiting],
    }


def _role(agreed: Agreement, me: bytes | None) -> str | None:
    """The owner's: that of a party, else arbiter or witness."""
    if me is None:
        return None
    return agreed.role(me) or (ARBITER if me in agreed.arbiters else WITNESS if me in agreed.witnesses else None)


def _offered_until(views: Views, found: Contract) -> int | None:
    """Until when the second signature is in time; None when both are there."""
    agreed = found.agreement
    signed = found.signatures.get(agreed.party(agreed.proposer))
    if found.state not in (OFFERED, LAPSED) or signed is None:
        return None
    witnesses = Witnesses(agreed, views.desk.stores.records.in_context(found.id))
    return witnesses.when(signed).ms + agreed.windows.offered


def _signature(record: Record) -> Json:
    return {
        "party": text.show(record.author, text.IDENTITY),
        "record": text.show(record.id, text.RECORD),
        "at": record.header.at,
    }


def _entry(name: bytes, reason: str) -> Json:
    return {"record": text.show(name, text.RECORD), "reason": reason}


def _milestone(views: Views, found: Contract, terms: Terms | None, part: int) -> Json:
    progress, agreed = found.milestones[part], found.scope.milestones[part]
    piece = None if terms is None or part >= len(terms.parts) else terms.parts[part]
    return {
        "part": part + 1,
        "title": None if piece is None else piece.title,
        "price": None if piece is None else money(piece.price),
        "basis": agreed.basis,
        "hours": None if piece is None else piece.hours,
        "work_ms": agreed.work,
        "review_ms": agreed.review,
        "payment_ms": agreed.payment,
        "confirm_ms": agreed.confirm,
        "state": progress.state or found.state,
        "since": text.show(progress.since, text.RECORD),
        "start": progress.start.ms,
        "start_witnessed": progress.start.witnessed,
        "revisions_left": max(0, found.agreement.revisions - progress.revisions),
        "award": progress.award,
        "ruled": progress.ruled,
        "due": _due(views, found, part),
        **turn_views.turn(views, found, part),
    }


def _due(views: Views, found: Contract, part: int) -> Json | None:
    """What the client owes in this milestone, as far as it can be said here."""
    try:
        return money(owing.due(views.desk, found, part))
    except Denied:
        return None
