"""What a verified contract bundle shows, as data: who agreed, what happened and who saw it, whose fault is what, which
reviews count. Pure: the same bundle at the same time gives the same verdict."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from freehold.protocol import evidence, text
from freehold.protocol.contract import ACTIVE, OFFERED
from freehold.protocol.errors import ProtocolError
from freehold.protocol.fold import fold
from freehold.protocol.fold.witnessing import Witnesses
from freehold.protocol.kind import Registry
from freehold.protocol.kinds import BUILTIN
from freehold.protocol.kinds.agreement import check_terms
from freehold.protocol.kinds.forks import FORK, halves
from freehold.protocol.kinds.review import REVIEW, REVIEW_REPLY
from freehold.protocol.kinds.timing import RECEIPT

if TYPE_CHECKING:
    from freehold.protocol.bundle import Bundle
    from freehold.protocol.envelope import Record
    from freehold.protocol.fold.progress import Contract, Mark, Step
    from freehold.protocol.kinds.agreement import Terms

    from .client import Json

_KINDS = Registry(BUILTIN)
REVIEWS = 16
"""Reviews that are weighed, each by a fold: one a party can count, and a hostile file may hold thousands."""


def verdict(bundle: Bundle, now: int) -> Json:
    """Everything that the bundle shows at `now` (ms)."""
    return _Telling(bundle, now).all()


class _Telling:
    def __init__(self, bundle: Bundle, now: int) -> None:
        found = fold(bundle.records, now)
        assert found is not None  # noqa: S101  -- `bundle.read` has found a signature
        self._bundle, self._now, self._contract = bundle, now, found
        self._names = bundle.names
        self._lines = _lines(bundle)
        self._witnesses = Witnesses(found.agreement, bundle.records)
        self._seen = _seen(bundle)
        self._terms, self._warnings = self._checked_terms()

    def all(self) -> Json:
        found, agreed = self._contract, self._contract.agreement
        return {
            "holds": True,
            "contract": text.show(found.id, text.CONTRACT),
            "network": self._bundle.network,
            "exported": self._bundle.exported,
            "at": self._now,
            "state": found.state,
            "client": self._person(agreed.client),
            "freelancer": self._person(agreed.freelancer),
            "arbiters": [self._person(who) for who in agreed.arbiters],
            "witnesses": [self._person(who) for who in agreed.witnesses],
            "quorum": agreed.quorum,
            "offer": text.show(agreed.offer, text.OFFER),
            "signed": [
                self._signature(r) for r in sorted(found.signatures.values(), key=lambda r: (r.header.at, r.id))
            ],
            "terms": self._shown_terms(),
            "amended": len(found.scopes) - 1,
            "milestones": [self._milestone(part) for part in range(len(found.milestones))],
            "steps": [self._step(step) for step in found.steps],
            "marks": [self._mark(mark) for mark in found.marks],
            "reviews": [self._review(review) for review in self._reviews()[:REVIEWS]],
            "refused": self._left_out(found.refused),
            "waiting": self._left_out(found.waiting),
            "warnings": [*self._warnings, *self._doubts()],
            "signatures": [
                {"line": placed.line, "kind": placed.record.header.kind} | self._signature(placed.record)
                for placed in self._bundle.lines
            ],
        }

    def _person(self, identity: bytes) -> Json:
        return {"identity": text.show(identity, text.IDENTITY), "name": self._names.get(identity)}

    def _signature(self, record: Record) -> Json:
        """Whose signature, with which key, when by the author's own clock, and who else had it when."""
        moment = self._witnesses.when(record)
        return {
            "by": self._person(record.author),
            "role": self._contract.agreement.role(record.author),
            "record": text.show(record.id, text.RECORD),
            "line": self._lines.get(record.id),
            "key": record.header.key.hex(),
            "at": record.header.at,
            "counts_from": moment.ms,
            "witnessed": moment.witnessed,
            "witnesses": [
                self._person(by) | {"at": at, "record": text.show(receipt, text.RECORD)}
                for by, (at, receipt) in sorted(self._seen[record.id].items())
                if by != record.author
            ],
        }

    def _step(self, step: Step) -> Json:
        entry, body = step.entry, _body(step.entry)
        return self._signature(entry) | {
            "kind": entry.header.kind,
            "part": None if step.part is None else step.part + 1,
            "state": step.state,
            "counts_from": step.at.ms,
            "derived": step.derived,
            "body": body,
            "body_here": body is not None,
        }

    def _milestone(self, part: int) -> Json:
        found, progress = self._contract, self._contract.milestones[part]
        terms = None if self._terms is None else self._terms[1].parts[part]
        turn = found.debtor(part)
        who = None if turn is None else found.identity(turn, part)
        return {
            "part": part + 1,
            "title": None if terms is None else terms.title,
            "price": None if terms is None else dataclasses.asdict(terms.price),
            "state": progress.state or found.state,
            "since": progress.start.ms,
            "ended": progress.ended,
            "award": progress.award,
            "turn": turn,
            "turn_of": None if who is None else self._person(who),
            "deadline": progress.deadline,
            "last_time": None if progress.claim is None else progress.claim.until,
        }

    def _mark(self, mark: Mark) -> Json:
        return {
            "on": self._person(mark.on),
            "role": mark.role,
            "what": mark.what,
            "part": None if mark.part is None else mark.part + 1,
            "at": mark.at,
            "witnessed": mark.witnessed,
            "because": [{"record": text.show(n, text.RECORD), "line": self._lines.get(n)} for n in mark.because],
        }

    def _reviews(self) -> list[Record]:
        found = [record for record in self._bundle.records if record.header.kind == REVIEW.name]
        return sorted(found, key=lambda record: (record.header.at, record.id))

    def _review(self, record: Record) -> Json:
        body, outcome = REVIEW.open(record), evidence.weigh(record, self._bundle.records, self._now)
        return self._signature(record) | {
            "subject": self._person(body.subject),
            "levels": body.levels,
            "text": body.text,
            "counts": not isinstance(outcome, str),
            "grade": None if isinstance(outcome, str) else outcome.grade,
            "why_not": outcome if isinstance(outcome, str) else None,
            "replies": [
                REVIEW_REPLY.open(reply).text
                for reply in self._bundle.records
                if reply.header.kind == REVIEW_REPLY.name
                and (reply.author, reply.header.slot) == (body.subject, record.id)
            ],
        }

    def _shown_terms(self) -> Json | None:
        if self._terms is None:
            return None
        record, terms = self._terms
        return {
            "record": text.show(record.id, text.RECORD),
            "line": self._lines.get(record.id),
            "sha256": self._contract.scope.terms.hex(),
            "clauses": [{"id": clause.id, "text": clause.text} for clause in terms.clauses],
        }

    def _left_out(self, entries: tuple[tuple[Any, str], ...]) -> list[Json]:
        return [
            {"record": text.show(name, text.RECORD), "line": self._lines.get(name), "reason": reason}
            for name, reason in entries
        ]

    def _checked_terms(self) -> tuple[tuple[Record, Terms] | None, list[str]]:
        scope = self._contract.scope
        found = self._bundle.terms(scope.terms)
        if found is None:
            return None, ["The terms are not in this file: only the hash that both signed is."]
        try:
            check_terms(found[1], scope.terms, scope.clauses, scope.milestones)
        except ProtocolError as error:
            return None, [f"The terms have the hash that both signed, but do not fit what is public of them: {error}."]
        return found, []

    def _doubts(self) -> list[str]:
        """What a reader should know before relying on it."""
        found, records = self._contract, self._bundle.records
        unwitnessed = sum(not self._witnesses.when(step.entry).witnessed for step in found.steps)
        bodies = sum(_body(step.entry) is None for step in found.steps if not step.derived)
        missing = {name for name in self._seen if name not in self._lines}
        missing |= {
            name for r in records for name in (*r.header.seen, r.header.prev) if name and name not in self._lines
        }
        later = sum(record.header.at > self._now for record in records)
        unweighed = max(0, len(self._reviews()) - REVIEWS)
        doubts = {
            f"{unweighed} more reviews are in this file than anybody could need; they were not weighed.": unweighed,
            f"{unwitnessed} of {len(found.steps)} steps have no time but their author's own.": unwitnessed,
            f"{bodies} of {len(found.steps)} steps are here without their content: it is with the parties.": bodies,
            f"{len(missing)} records that others name are missing from this file.": missing,
            f"{len(found.waiting)} entries do not count yet: something that they follow is missing.": found.waiting,
            f"{later} records are dated after the time at which this is judged.": later,
            "One party alone has signed: this is an offer of a contract, not a contract.": found.state == OFFERED,
            "What was signed after the export is not in this file.": found.state == ACTIVE,
            "At the time of the export it stood otherwise; what follows from silence since then follows only if nothing"
            " was signed in the meantime.": self._changed_since_export(),
        }
        return [doubt for doubt, applies in doubts.items() if applies]

    def _changed_since_export(self) -> bool:
        if self._bundle.exported >= self._now:
            return False
        before = fold(self._bundle.records, self._bundle.exported)
        return before is not None and _standing(before) != _standing(self._contract)


def _lines(bundle: Bundle) -> dict[bytes, int]:
    """Where each record stands; one that only a fork proof holds, in the line of that."""
    found: dict[bytes, int] = {}
    for placed in bundle.lines:
        if placed.record.header.kind == FORK.name:
            found |= {half.id: placed.line for half in halves(FORK.open(placed.record))}
    return found | {placed.record.id: placed.line for placed in bundle.lines}


def _standing(found: Contract) -> tuple[Any, ...]:
    return found.state, [milestone.state for milestone in found.milestones], [mark.what for mark in found.marks]


def _seen(bundle: Bundle) -> defaultdict[bytes, dict[bytes, tuple[int, bytes]]]:
    """Who vouches for having had a record: record -> witness -> (when first, by which receipt)."""
    found: defaultdict[bytes, dict[bytes, tuple[int, bytes]]] = defaultdict(dict)
    for record in bundle.records:
        if record.header.kind == RECEIPT.name:
            for name in RECEIPT.open(record).ids:
                had = (record.header.at, record.id)
                found[name][record.author] = min(had, found[name].get(record.author, had))
    return found


def _body(entry: Record) -> Json | None:
    if entry.body is None:
        return None
    return dataclasses.asdict(_KINDS[entry.header.kind].open(entry), dict_factory=_in_json)


def _in_json(fields: list[tuple[str, Any]]) -> Json:
    return {name: value.hex() if isinstance(value, bytes) else value for name, value in fields}
