"""contract/, disputes: arbiters who act, decline and say nothing; rulings, appeals, fallbacks."""

from __future__ import annotations

from ..case import Cases
from ..deal import BODIES, Chains
from ..plain import DAY_MS, Author, Signed, alice, bob, dave, erin
from .changing import settles
from .folds import folds
from .silence import claims, delivered

_AT_FAULT = (alice, "at fault", 5)
_BOTH = tuple(sorted((_AT_FAULT, (bob, "at fault", 5)), key=lambda mark: mark[0].id))


def cases() -> Cases:
    """All of them."""
    return {**_heard(), **_ruled(), **_appealed(), **_arbiters(), **_fallbacks(), **_payments()}


def disputed(**fields: object) -> tuple[Chains, Signed]:
    """Alice disputes on day 2 what bob has delivered; dave and erin are the arbiters."""
    made, _ = delivered(**({"arbiters": [dave.id, erin.id]} | fields))
    return made, made.enters(alice, "dispute/1", at=2)


def ruled(award: int = 600, fault: str = "client", **fields: object) -> Chains:
    """Dave takes the case, bob answers, dave rules on day 5."""
    made, _ = disputed(**fields)
    made.enters(dave, "case-taken/1", at=3)
    made.enters(bob, "answer/1", at=4)
    made.enters(dave, "ruling/1", body=BODIES["ruling/1"] | {"award": award, "fault": fault}, at=5)
    return made


def _heard() -> Cases:
    called, _ = disputed()
    early = called.enters(erin, "case-taken/1", at=2.5)
    taken, _ = disputed()
    taken.enters(dave, "case-taken/1", at=3)
    own = taken.enters(alice, "answer/1", at=3.5)
    quiet, _ = disputed()
    claims(quiet, alice, quiet.enters(dave, "case-taken/1", at=3), 10.5)
    return {
        "dispute": folds(
            "the first arbiter has three days, and the second no say yet", called, 3, "awaiting arbiter: arbiter 5",
            refused=(early,),
        ),
        "case_taken": folds(
            "the party that did not call the arbiter answers", taken, 4, "awaiting answer: freelancer 10",
            refused=(own,),
        ),
        "respondent_silent": folds(
            "and is decided about without an answer", quiet, 14, "deliberating: arbiter 27.5",
            marks=((bob, "silent", 13.5),),
        ),
    }  # fmt: skip


def _ruled() -> Cases:
    paid = ruled()
    paid.enters(alice, "payment-sent/1", at=6)
    paid.enters(bob, "payment-received/1", at=7)
    owing = ruled()
    claims(owing, bob, owing.records[-1], 12.5)
    unknown, _ = disputed()
    unknown.enters(dave, "case-taken/1", at=3)
    unknown.enters(bob, "answer/1", at=4)
    finding = {"findings": [{"clause": "7", "finding": "broken"}]}
    refused = unknown.enters(dave, "ruling/1", body=BODIES["ruling/1"] | finding, at=5)
    beyond, _ = disputed()
    beyond.enters(dave, "case-taken/1", at=3)
    beyond.enters(bob, "answer/1", at=4)
    not_in_terms = {"findings": [{"clause": "7", "finding": "not-in-terms"}], "fault": "nobody"}
    beyond.enters(dave, "ruling/1", body=BODIES["ruling/1"] | not_in_terms, at=5)
    return {
        "ruling": folds(
            "who is paid is one thing, whose fault it was another", ruled(), 6, "owed: client 12", marks=(_AT_FAULT,)
        ),
        "ruling_paid": folds(
            "what was awarded, paid and confirmed", paid, 8, "resolved", state="closed", marks=(_AT_FAULT,)
        ),
        "ruling_not_complied_with": folds(
            "what was awarded is not paid", owing, 16, "noncompliant", state="closed",
            marks=(_AT_FAULT, (alice, "did not comply", 15.5)),
        ),
        "ruling_unknown_clause": folds(
            "no clause 7 can have been broken", unknown, 6, "deliberating: arbiter 18", refused=(refused,)
        ),
        "ruling_not_in_terms": folds("but it can be found missing", beyond, 6, "owed: client 12"),
    }  # fmt: skip


def _appealed() -> Cases:
    appealed = ruled(appeal=True)
    appealed.enters(bob, "appeal/1", at=6)
    unagreed = ruled()
    appeal = unagreed.enters(bob, "appeal/1", at=6)
    nothing, nothing_late = ruled(0, "both", appeal=True), ruled(0, "both", appeal=True)
    nothing.enters(bob, "appeal/1", at=19)
    after = nothing_late.enters(bob, "appeal/1", at=19 + 1 / DAY_MS)
    done = ruled(appeal=True)
    done.enters(alice, "payment-sent/1", at=6)
    done.enters(bob, "payment-received/1", at=7)
    undone = done.enters(bob, "appeal/1", at=8)
    settled, _ = delivered(arbiters=[dave.id], appeal=True)
    settles(settled, 400, 2)
    regretted = settled.enters(alice, "appeal/1", at=6)
    alone = ruled(appeal=True, arbiters=[dave.id])
    unheard = alone.enters(bob, "appeal/1", at=6)
    return {
        "appeal": folds(
            "where that was agreed, the next arbiter is asked", appealed, 7, "awaiting arbiter: arbiter 9",
            marks=(_AT_FAULT,),
        ),
        "appeal_of_nothing": folds(
            "also a ruling that awards the freelancer nothing", nothing, 20, "awaiting arbiter: arbiter 22",
            marks=_BOTH,
        ),
        "appeal_of_nothing_too_late": folds(
            "for 14 days", nothing_late, 20, "resolved", state="closed", marks=_BOTH, refused=(after,)
        ),
        "appeal_of_what_was_done": folds(
            "but not what was awarded and paid", done, 9, "resolved", state="closed", marks=(_AT_FAULT,),
            refused=(undone,),
        ),
        "appeal_of_a_settlement": folds(
            "nor what both agreed on", settled, 7, "owed: client 9.5", changes="agreed", refused=(regretted,)
        ),
        "appeal_to_nobody": folds(
            "nor to an arbiter who was never agreed", alone, 7, "owed: client 12", marks=(_AT_FAULT,),
            refused=(unheard,),
        ),
        "appeal_not_agreed": folds(
            "else a ruling stands", unagreed, 7, "owed: client 12", marks=(_AT_FAULT,), refused=(appeal,)
        ),
    }  # fmt: skip


def _arbiters() -> Cases:
    declined, _ = disputed()
    declined.enters(dave, "case-declined/1", at=3)
    silent, dispute = disputed()
    claims(silent, bob, dispute, 5.5)
    took_over, dispute = disputed()
    claims(took_over, bob, dispute, 5.5)
    late = took_over.enters(dave, "case-taken/1", at=9)
    took_over.enters(erin, "case-taken/1", at=10)
    return {
        "arbiter_declines": folds(
            "the next one is asked", declined, 4, "awaiting arbiter: arbiter 6",
            marks=((dave, "declined the case", 3),),
        ),
        "arbiter_too_late": folds(
            "whose time is over has no say; the next one takes the case", took_over, 11,
            "awaiting answer: freelancer 17", marks=((dave, "did not take the case", 8.5),), refused=(late,),
        ),
    }  # fmt: skip


def _fallbacks() -> Cases:
    def alone(fallback: str, arbiters: tuple[Author, ...] = ()) -> Chains:
        made, _ = disputed(arbiters=[each.id for each in arbiters], fallback=fallback)
        return made

    last = alone("freelancer", (dave,))
    last.enters(dave, "case-declined/1", at=3)
    return {
        "no_arbiter": folds("the parties chose that nobody decides", alone("nobody"), 3, "contested", state="closed"),
        "no_arbiter_freelancer": folds("or that the price is owed", alone("freelancer"), 3, "owed: client 9"),
        "no_arbiter_client": folds("or nothing", alone("client"), 3, "resolved", state="closed"),
        "last_arbiter_declines": folds(
            "no arbiter is left", last, 4, "owed: client 10", marks=((dave, "declined the case", 3),)
        ),
    }


def _payments() -> Cases:
    denied, _ = delivered(arbiters=[dave.id])
    denied.enters(alice, "acceptance/1", at=2)
    denied.enters(alice, "payment-sent/1", at=3)
    denied.enters(bob, "payment-denied/1", at=4)
    denied.enters(dave, "case-taken/1", at=5)
    return {
        "payment_denied": folds(
            "the freelancer says that no money came: an arbiter looks, the client answers", denied, 6,
            "awaiting answer: client 12",
        )
    }  # fmt: skip
