"""Operations that sign entries into a contract, as one table: a verb, what it takes, and the entry that it makes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from freehold.protocol.kinds import changes, disputes, entries, payments, timing
from freehold.protocol.kinds.agreement import Clause
from freehold.protocol.kinds.notes import Note
from freehold.protocol.kinds.values import Money

from ..core import amending, dealings, filing, owing
from ..core.desk import Denied
from . import contract_views, deeds, names
from .bodies.given import Signing
from .callers import Scope
from .deals import piece_of
from .operations import AnyOperation, Call, Operation
from .reading import bad_request

if TYPE_CHECKING:
    from freehold.protocol.fold.progress import Contract, Proposed

    from ..core.desk import Desk
    from .port import Json


@dataclass(frozen=True, slots=True)
class Deed:
    """An entry to be signed: its body, its milestone (from 0; None: the whole contract), and the note it names."""

    body: Any
    part: int | None
    words: Note | None = None


Maker = Callable[["Desk", "Contract", Any], Deed]


def _in_part(make: Callable[[Any], Any]) -> Maker:
    """An entry about a milestone that depends on what was given alone."""
    return lambda _desk, _found, given: Deed(make(given), given.part - 1)


def _in_contract(body: object) -> Maker:
    """An entry about the whole contract that says nothing else."""
    return lambda _desk, _found, _given: Deed(body, None)


def _revision(_desk: Desk, _found: Contract, given: deeds.GivenRevision) -> Deed:
    words = Note(given.note, files=_files(given.files)) if given.note or given.files else None
    named = None if words is None else dealings.hash_of(words)
    return Deed(entries.Revision(given.clauses, named), given.part - 1, words)


def _timesheet(desk: Desk, found: Contract, given: deeds.GivenHours) -> Deed:
    owing.check_minutes(desk, found, given.part - 1, given.minutes)
    return Deed(entries.Timesheet(given.begins, given.minutes, given.note), given.part - 1)


def _funding(_desk: Desk, found: Contract, given: deeds.GivenFunding) -> Deed:
    return Deed(payments.Funding(found.agreement.rail, given.evidence), given.part - 1)


def _payment(desk: Desk, found: Contract, given: deeds.GivenPayment) -> Deed:
    part, way = given.part - 1, (given.rail, given.reference)
    return Deed(owing.payment(desk, found, part, way, _amount(given)), part)


def _confirmation(desk: Desk, found: Contract, given: deeds.GivenConfirmation) -> Deed:
    return Deed(owing.confirmation(desk, found, given.part - 1, _amount(given)), given.part - 1)


def _amount(given: deeds.GivenPayment | deeds.GivenConfirmation | deeds.ChangedPart) -> Money | None:
    if (given.amount is None) != (given.unit is None):
        raise bad_request("an amount has a unit, such as EUR: give both or neither")
    return None if given.amount is None or given.unit is None else Money(given.amount, given.unit)


def _amendment(desk: Desk, found: Contract, given: deeds.GivenAmendment) -> Deed:
    changed = (
        amending.Changed(part.part - 1, part.title, _amount(part), part.hours, part.work_ms) for part in given.parts
    )
    clauses = tuple(Clause(clause.id, clause.text) for clause in given.clauses)
    added = tuple(piece_of(part, {}) for part in given.added)
    body, words = amending.amendment(desk, found, amending.Changes(tuple(changed), added, clauses, given.note))
    return Deed(body, None, words)


def _answer(make: Callable[[bytes], Any]) -> Maker:
    def answered(desk: Desk, found: Contract, given: deeds.GivenAnswer) -> Deed:
        change = _change(desk, found, given, mine=make is changes.Withdrawal)
        return Deed(make(change.entry.id), change.part)

    return answered


def _change(desk: Desk, found: Contract, given: deeds.GivenAnswer, *, mine: bool) -> Proposed:
    """The change that is named, or the only one that is open. Raises Denied: `not-found`, `which-change`."""
    if given.change is not None:
        wanted = names.record(desk, given.change)
        named = next((change for change in found.changes if change.entry.id == wanted), None)
        if named is None:
            raise Denied("not-found", "this contract has no such change", "see: freehold contract show")
        return named
    role = None if desk.me is None else found.agreement.role(desk.me)
    fitting = [change for change in found.changes if change.state == "open" and (change.role == role) == mine]
    if not fitting:
        raise Denied("not-found", "no change waits for that", "see: freehold contract show")
    if len(fitting) > 1:
        raise Denied("which-change", "several changes wait: say which", "name it, see: freehold contract show")
    return fitting[0]


def _claim(_desk: Desk, found: Contract, given: deeds.GivenClaim) -> Deed:
    if given.ping:
        if not found.pings:
            raise Denied("not-found", "no sign of life is owed", "ask for one: freehold contract ping")
        return Deed(timing.Claim(found.pings[0].entry.id), None)
    part = given.part - 1
    if part >= len(found.milestones):
        raise Denied("no-such-part", f"there is no milestone {given.part}", "see: freehold contract show")
    return Deed(timing.Claim(found.milestones[part].since), part)


def _ruling(_desk: Desk, _found: Contract, given: deeds.GivenRuling) -> Deed:
    words = Note(given.reasons) if given.reasons else None
    findings = tuple(disputes.Finding(found.clause, found.finding) for found in given.findings)
    named = None if words is None else dealings.hash_of(words)
    return Deed(disputes.Ruling(given.award, given.fault, findings, named), given.part - 1, words)


def _files(given: tuple[deeds.GivenFile, ...]) -> tuple[entries.Handover, ...]:
    return tuple(entries.Handover(file.name, file.where, bytes.fromhex(file.sha256)) for file in given)


def named_by(deed: Deed) -> tuple[entries.Handover, ...]:
    """The files that an entry or its note names."""
    files: tuple[entries.Handover, ...] = getattr(deed.body, "files", ())
    return files + (() if deed.words is None else deed.words.files)


TABLE: tuple[tuple[str, type[Signing], Maker, str], ...] = (
    ("deliver", deeds.GivenDelivery, _in_part(lambda given: entries.Delivery(given.note, _files(given.files))),
     "Hand over the work of a milestone"),
    ("accept", deeds.Noted, _in_part(lambda given: entries.Acceptance(given.note)), "Find the delivered work good"),
    ("revise", deeds.GivenRevision, _revision, "Ask for a change, citing clauses"),
    ("block", deeds.GivenNeed, _in_part(lambda given: entries.Blocked(given.need)), "Say what stands in the way"),
    ("unblock", deeds.Noted, _in_part(lambda given: entries.Unblocked(given.note)), "Give what was needed"),
    ("timesheet", deeds.GivenHours, _timesheet, "Report hours worked"),
    ("finish", deeds.InPart, _in_part(lambda _: entries.Finish()), "End an hourly milestone"),
    ("fund", deeds.GivenFunding, _funding, "Show that the money is there"),
    ("pay", deeds.GivenPayment, _payment, "Say that a milestone is paid"),
    ("confirm", deeds.GivenConfirmation, _confirmation, "Confirm that the money came"),
    ("deny", deeds.GivenReason, _in_part(lambda given: payments.PaymentDenied(given.reason)),
     "Say that the money did not come"),
    ("cancel", deeds.InPart, _in_part(lambda _: changes.Cancellation()), "End a milestone alone"),
    ("settle", deeds.GivenSettlement, _in_part(lambda given: changes.Settlement(given.award)),
     "Propose to end a milestone with a part of its price"),
    ("amend", deeds.GivenAmendment, _amendment, "Propose to change the terms"),
    ("agree", deeds.GivenAnswer, _answer(changes.Consent), "Agree to a change"),
    ("decline", deeds.GivenAnswer, _answer(changes.Objection), "Decline a change"),
    ("withdraw", deeds.GivenAnswer, _answer(changes.Withdrawal), "Take a change back"),
    ("claim", deeds.GivenClaim, _claim, "Say that the other side's time is over"),
    ("absence", deeds.GivenAbsence, lambda _desk, _found, given: Deed(timing.Absence(given.since, given.until), None),
     "Announce an absence"),
    ("resume", deeds.InContract, _in_contract(timing.Resume()), "Be back before an absence is over"),
    ("ping", deeds.InContract, _in_contract(timing.Ping()), "Ask the other side for a sign of life"),
    ("pong", deeds.InContract, _in_contract(timing.Pong()), "Give the sign of life"),
    ("dispute", deeds.GivenDispute, _in_part(lambda given: disputes.Dispute(given.text, given.clauses)),
     "Call the arbiter"),
    ("answer", deeds.GivenText, _in_part(lambda given: disputes.Answer(given.text)), "The other side of a dispute"),
    ("take", deeds.InPart, _in_part(lambda _: disputes.CaseTaken()), "Take a case, as its arbiter"),
    ("pass", deeds.InPart, _in_part(lambda _: disputes.CaseDeclined()), "Leave a case to the next arbiter"),
    ("rule", deeds.GivenRuling, _ruling, "Decide a case, as its arbiter"),
    ("appeal", deeds.InPart, _in_part(lambda _: disputes.Appeal()), "Ask the next arbiter, where that was agreed"),
)  # fmt: skip
"""Verb of the path, what it takes, the entry, a line."""


def _signs(make: Maker) -> Callable[[Call[Any]], Awaitable[Json]]:
    async def handler(call: Call[Any]) -> Json:
        contract_id = names.contract(call.office.desk, call.ref)

        def act(desk: Desk, now: int) -> Any:  # noqa: ANN401
            deed = make(desk, dealings.contract(desk, contract_id, now), call.given)
            filing.refer(desk, contract_id, named_by(deed))
            return dealings.act(desk, contract_id, deed.part, deed.body, now, deed.words)

        await call.do(act)
        return contract_views.named(call.views(), contract_id)

    return handler


async def evidence(call: Call[deeds.GivenEvidence]) -> Json:
    """Words and files for the other party, and for the arbiter of a dispute."""
    contract_id = names.contract(call.office.desk, call.ref)
    words = Note(call.given.text, files=_files(call.given.files))

    def act(desk: Desk, now: int) -> Any:  # noqa: ANN401
        filing.refer(desk, contract_id, words.files)
        return dealings.add_note(desk, contract_id, words, now)

    await call.do(act)
    return contract_views.named(call.views(), contract_id)


OPERATIONS: tuple[AnyOperation, ...] = (
    *(
        Operation("POST", f"/contracts/{{ref}}/{verb}", takes, _signs(make), line, Scope.SIGN)
        for verb, takes, make, line in TABLE
    ),
    Operation(
        "POST",
        "/contracts/{ref}/evidence",
        deeds.GivenEvidence,
        evidence,
        "Words and files about a contract",
        Scope.SIGN,
    ),
)
