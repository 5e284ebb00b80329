"""What the API shows of proposals and contracts."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from freehold.protocol import text
from freehold.protocol.errors import ProtocolError

from ..core import dealings, intake
from .views import Views, money

if TYPE_CHECKING:
    from freehold.protocol.contract import Contract, Step
    from freehold.protocol.envelope import Record
    from freehold.protocol.kinds.agreement import Terms

    from ..core.proposing import Letter
    from .port import Json


def proposal(views: Views, letter: Letter) -> Json:
    """A proposal, as its reader or its writer sees it."""
    record, body = letter.record, letter.proposal
    place = record.header.context or b""
    received = record.author != views.desk.me
    works = zip(body.terms.parts, letter.agreement.milestones, strict=True)
    return {
        "proposal": text.show(record.id, text.RECORD),
        "direction": "received" if received else "sent",
        "offer": text.show(place, text.OFFER),
        "offer_title": views.offer_title(place),
        "author": text.show(record.author, text.IDENTITY),
        "author_name": views.name(record.author),
        "recipient": text.show(body.to, text.IDENTITY),
        "recipient_name": views.name(body.to),
        "cover": body.cover,
        "answers": body.answers,
        "parts": [{"title": part.title, "price": money(part.price), "work_ms": work.work} for part, work in works],
        "clauses": _clauses(body.terms),
        "written": record.header.at,
        "expires": record.header.till,
        "state": letter.state,
        "reason": letter.reason,
        "contract": text.show(letter.contract, text.CONTRACT),
        "folded": intake.folded(views.desk, letter) if received else None,
        "reputation": views.score(record.author),
    }


def contract(views: Views, found: Contract) -> Json:
    """A contract as its records here show it; what is private is null for strangers."""
    agreed = found.agreement
    terms = dealings.terms_of(views.desk, agreed, found.id)
    return {
        "contract": text.show(found.id, text.CONTRACT),
        "state": found.state,
        "client": text.show(agreed.client, text.IDENTITY),
        "client_name": views.name(agreed.client),
        "freelancer": text.show(agreed.freelancer, text.IDENTITY),
        "freelancer_name": views.name(agreed.freelancer),
        "offer": text.show(agreed.offer, text.OFFER),
        "offer_title": views.offer_title(agreed.offer),
        "my_role": None if views.desk.me is None else agreed.role(views.desk.me),
        "clauses": None if terms is None else _clauses(terms),
        "signed": [_signature(record) for record in sorted(found.signatures.values(), key=lambda r: r.header.at)],
        "milestones": [_milestone(views, found, terms, part) for part in range(len(found.milestones))],
        "timeline": [_step(views, found, step) for step in found.steps],
        "waiting": [{"record": text.show(name, text.RECORD), "reason": reason} for name, reason in found.waiting],
    }


def _clauses(terms: Terms) -> list[Json]:
    return [{"id": clause.id, "text": clause.text} for clause in terms.clauses]


def _signature(record: Record) -> Json:
    return {
        "party": text.show(record.author, text.IDENTITY),
        "record": text.show(record.id, text.RECORD),
        "at": record.header.at,
    }


def _milestone(views: Views, found: Contract, terms: Terms | None, part: int) -> Json:
    turn = found.debtor(part)
    return {
        "part": part + 1,
        "title": None if terms is None else terms.parts[part].title,
        "price": None if terms is None else money(terms.parts[part].price),
        "state": found.milestones[part],
        "turn": turn,
        "turn_name": None if turn is None else views.name(found.agreement.party(turn)),
    }


def _step(views: Views, found: Contract, step: Step) -> Json:
    entry = step.entry
    body = _body(views, entry)
    return {
        "record": text.show(entry.id, text.RECORD),
        "kind": entry.header.kind,
        "by": text.show(entry.author, text.IDENTITY),
        "role": found.agreement.role(entry.author),
        "part": step.part + 1,
        "at": entry.header.at,
        "state": step.state,
        "body": body,
        "body_here": body is not None,
    }


def _body(views: Views, entry: Record) -> Json | None:
    if entry.body is None:
        return None
    try:
        body = views.desk.registry[entry.header.kind].open(entry)
    except ProtocolError:
        return None  # its header counts all the same: only the parties' own nodes could check what it says
    return dataclasses.asdict(body, dict_factory=_in_json)


def _in_json(fields: list[tuple[str, Any]]) -> Json:
    return {name: value.hex() if isinstance(value, bytes) else value for name, value in fields}
