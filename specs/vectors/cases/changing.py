"""contract/, scope: revisions by clause, amendments, settlements, cancellations (specs/04-contract.md)."""

from __future__ import annotations

from typing import Any

from ..case import Cases
from ..deal import MILESTONE, Chains, deal
from ..plain import DAY_MS, Signed, alice, bob
from .folds import NEW_TERMS, folds, new_terms, proposed
from .silence import delivered

_LONGER = MILESTONE | {"work": 14 * DAY_MS}


def cases() -> Cases:
    """All of them."""
    return {**_revisions(), **_amendments(), **_refused_amendments(), **_settlements(), **_cancellations()}


def _revisions() -> Cases:
    asked, _ = delivered()
    asked.enters(alice, "revision/1", at=2)
    copies, _ = delivered()
    copies.records.append(copies.enters(alice, "revision/1", at=2).public)
    beyond, _ = delivered()
    creep = beyond.enters(alice, "revision/1", body={"clauses": ["1", "7"]}, at=2)
    bodiless, _ = delivered()
    hidden = bodiless.enters(alice, "revision/1", at=2)
    bodiless.records[-1] = hidden.public
    many, _ = delivered()
    for number in (2, 4):
        many.enters(alice, "revision/1", at=number)
        many.enters(bob, "delivery/1", at=number + 1)
    third = many.enters(alice, "revision/1", at=6)
    return {
        "revision": folds("the client cites a clause of the terms", asked, 3, "revision: freelancer 9"),
        "revision_body_in_one_copy": folds(
            "of two copies of a record the one with a body is taken", copies, 3, "revision: freelancer 9"
        ),
        "revision_unknown_clause": folds(
            "what was never agreed cannot be asked for", beyond, 3, "delivered: client 11", refused=(creep,)
        ),
        "revision_body_missing": folds(
            "without its body nobody can tell what it cites", bodiless, 3, "delivered: client 11", refused=(hidden,)
        ),
        "revisions_used_up": folds("two were agreed", many, 7, "delivered: client 15", refused=(third,)),
    }


def _amendments() -> Cases:
    def amended(answer: str = "", at: float = 2, *milestones: dict[str, Any]) -> Chains:
        made = deal()
        change = made.enters(alice, "amendment/1", body=new_terms(*(milestones or (_LONGER,))), at=1)
        if answer:
            body = {"of": change.id} if answer == "withdrawal/1" else proposed(change)
            made.enters(alice if answer == "withdrawal/1" else bob, answer, ..., body, at=at)
        return made

    cited = amended("consent/1")
    cited.enters(bob, "delivery/1", at=3)
    cited.enters(alice, "revision/1", body={"clauses": ["3"]}, at=4)
    late = amended("consent/1", 6.5)
    back = amended("withdrawal/1")
    proposal = next(each for each in back.records if each.kind == "amendment/1")
    regretted = back.enters(bob, "consent/1", ..., proposed(proposal), at=3)
    alone = deal()
    change = alone.enters(alice, "amendment/1", body=new_terms(_LONGER), at=1)
    own = alone.enters(alice, "consent/1", ..., proposed(change), at=2)
    return {
        "amendment": folds(
            "with both signatures the new windows run", amended("consent/1"), 3, "working: freelancer 17",
            changes="agreed", terms=NEW_TERMS,
        ),
        "amendment_cited": folds(
            "and the new clauses can be cited", cited, 5, "revision: freelancer 11", changes="agreed", terms=NEW_TERMS
        ),
        "amendment_adds_a_milestone": folds(
            "whose time begins with the consent", amended("consent/1", 2, MILESTONE, MILESTONE), 3,
            "working: freelancer 10", "working: freelancer 12", changes="agreed", terms=NEW_TERMS,
        ),
        "amendment_open": folds("until then nothing changes", amended(), 6, "working: freelancer 10", changes="open"),
        "amendment_unanswered": folds("silence is a no", amended(), 6.5, "working: freelancer 10", changes="declined"),
        "amendment_consent_too_late": folds(
            "after five days it cannot become a yes", late, 7, "working: freelancer 10",
            changes="declined", refused=(late.records[-1],),
        ),
        "amendment_signed_by_one": folds(
            "nobody consents to the own proposal", alone, 3, "working: freelancer 10", changes="open", refused=(own,)
        ),
        "amendment_withdrawn": folds(
            "what is taken back is over, whatever is said to it", back, 4, "working: freelancer 10",
            changes="withdrawn", refused=(regretted,),
        ),
    }  # fmt: skip


def _refused_amendments() -> Cases:
    fewer = deal(2)
    taken = fewer.enters(alice, "amendment/1", body=new_terms(MILESTONE), at=1)
    hourly = deal()
    basis = hourly.enters(alice, "amendment/1", body=new_terms(MILESTONE | {"basis": "hourly"}), at=1)
    ended = deal(2)
    ended.enters(bob, "cancellation/1", 1, at=1)
    changed = ended.enters(alice, "amendment/1", body=new_terms(MILESTONE, _LONGER), at=2)
    return {
        "amendment_takes_a_milestone": folds(
            "cancel it instead", fewer, 2, "working: freelancer 10", "working: freelancer 10", refused=(taken,)
        ),
        "amendment_changes_the_basis": folds(
            "fixed stays fixed", hourly, 2, "working: freelancer 10", refused=(basis,)
        ),
        "amendment_of_an_ended_milestone": folds(
            "what is over stays as it was", ended, 3, "working: freelancer 10", "cancelled by the freelancer",
            refused=(changed,),
        ),
    }  # fmt: skip


def settles(made: Chains, award: int, at: float, *, consent: bool = True) -> Signed:
    """Bob proposes an award, and alice consents half a day later."""
    offer = made.enters(bob, "settlement/1", body={"award": award}, at=at)
    return made.enters(alice, "consent/1", body=proposed(offer), at=at + 0.5) if consent else offer


def _settlements() -> Cases:
    nothing = deal()
    settles(nothing, 0, 1)
    part, _ = delivered()
    settles(part, 400, 2)
    paid, _ = delivered()
    settles(paid, 400, 2)
    paid.enters(alice, "payment-sent/1", at=3)
    paid.enters(bob, "payment-received/1", at=4)
    over = deal()
    over.enters(bob, "delivery/1", at=1)
    over.enters(alice, "acceptance/1", at=2)
    over.enters(alice, "payment-sent/1", at=3)
    over.enters(bob, "payment-received/1", at=4)
    late = settles(over, 0, 5, consent=False)
    overtaken, _ = delivered()
    offer = settles(overtaken, 400, 1.5, consent=False)
    overtaken.enters(alice, "acceptance/1", at=2)
    overtaken.enters(alice, "payment-sent/1", at=3)
    overtaken.enters(bob, "payment-received/1", at=4)
    consent = overtaken.enters(alice, "consent/1", body=proposed(offer), at=5)
    strange = deal()
    strange.enters(bob, "settlement/1", 1, at=1)
    strange.enters(alice, "consent/1", at=1)
    return {
        "cancelled_by_both": folds(
            "a settlement for nothing", nothing, 2, "cancelled by both", state="closed", changes="agreed"
        ),
        "settlement": folds("a part of the price is owed", part, 3, "owed: client 9.5", changes="agreed"),
        "settlement_overtaken": folds(
            "what is settled meanwhile is no more to be agreed on", overtaken, 7, "settled", state="closed",
            changes="declined", refused=(consent,),
        ),
        "changes_of_nothing": folds(
            "no second milestone to settle, and no such proposal to agree to", strange, 6, "working: freelancer 10",
            refused=tuple(strange.records[-2:]),
        ),
        "settlement_of_what_is_settled": folds("nothing is left to settle", over, 6, "settled", state="closed",
                                               refused=(late,)),
    }  # fmt: skip


def _cancellations() -> Cases:
    given_up, _ = delivered()
    given_up.enters(alice, "revision/1", at=2)
    by_client = given_up.enters(alice, "cancellation/1", at=3)
    given_up.enters(bob, "cancellation/1", at=4)
    keeping, _ = delivered()
    refused = keeping.enters(alice, "cancellation/1", at=2)
    return {
        "cancelled_by_freelancer": folds(
            "in revision the freelancer may give up; the client has the work, and may not", given_up, 5,
            "cancelled by the freelancer", state="closed", refused=(by_client,),
        ),
        "cancellation_after_delivery": folds(
            "who has the work does not walk away", keeping, 3, "delivered: client 11", refused=(refused,)
        ),
    }  # fmt: skip
