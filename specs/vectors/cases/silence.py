"""contract/, time: claims and cures, witnesses, what stops a clock (specs/04-contract.md)."""

from __future__ import annotations

from ..case import Cases
from ..deal import Chains, day, deal
from ..plain import DAY_MS, Author, Signed, alice, bob
from .folds import folds, obligation

_MS = 1 / DAY_MS


def cases() -> Cases:
    """All of them."""
    return {**_claims(), **_ends(), **_clocks(), **_presence()}


def delivered(**fields: object) -> tuple[Chains, Signed]:
    """A contract in which bob has delivered on the first day."""
    made = deal(**fields)
    return made, made.enters(bob, "delivery/1", at=1)


def claims(made: Chains, who: Author, of: Signed, at: float) -> Signed:
    """A claim on a day."""
    return made.enters(who, "claim/1", body=obligation(of), at=at)


def _claims() -> Cases:
    quiet, _ = delivered()
    early, work = delivered()
    on_time = claims(early, bob, work, 11)
    silent, work = delivered()
    claims(silent, bob, work, 11.5)
    late, work = delivered()
    claims(late, bob, work, 11.5)
    late.enters(alice, "acceptance/1", at=14.5)
    rebutted, work = delivered()
    claimed = claims(rebutted, bob, work, 11.5)
    rebutted.enters(alice, "acceptance/1", at=10)
    twice, work = delivered()
    claims(twice, bob, work, 11.5)
    again = claims(twice, bob, work, 13)
    over = deal()
    ended = over.enters(alice, "cancellation/1", at=1)
    claims(over, bob, ended, 19)
    over.enters(bob, "claim/1", 1, obligation(ended), at=19)
    moved, _ = delivered()
    claims(moved, bob, moved.enters(alice, "acceptance/1", at=2), 9.5)
    moved.enters(bob, "dispute/1", at=10)
    wrong, work = delivered()
    by_debtor = claims(wrong, alice, work, 11.5)
    of_another = claims(wrong, bob, wrong.records[0], 11.5)
    return {
        "silence_unclaimed": folds("time alone changes nothing: nobody has claimed", quiet, 20, "delivered: client 11"),
        "claim_too_early": folds(
            "the deadline itself is in time", early, 12, "delivered: client 11", refused=(on_time,)
        ),
        "claim_running": folds(
            "a claim gives 72 hours, to the last millisecond", silent, 14.5, "delivered: client 11 14.5"
        ),
        "silence_after_delivery": folds(
            "then the delivery counts as accepted, and the client bears the mark",
            silent, 14.5 + _MS, "payable: client 21.5", marks=((alice, "silent", 14.5),),
        ),
        "claim_cured": folds(
            "who performs in these hours is late, and nothing else",
            late, 20, "payable: client 21.5", marks=((alice, "late", 14.5),),
        ),
        "claim_twice": folds(
            "a second claim gives no more time, and takes none", twice, 14, "delivered: client 11 14.5",
            refused=(again,),
        ),
        "claim_of_nothing": folds(
            "at an end nobody owes anything, nor in a milestone that is not there", over, 20,
            "cancelled by the client", state="closed", refused=tuple(over.records[-2:]),
        ),
        "claim_rebutted": folds(
            "the acceptance was made before the claim, and only came after it",
            rebutted, 20, "payable: client 17", refused=(claimed,),
        ),
        "claim_running_and_the_other_moves": folds(
            "who claims, and then disputes, is not late", moved, 20, "contested", state="closed"
        ),
        "claim_by_the_wrong_party": folds(
            "a debtor claims nothing, and a claim names what the milestone waits for",
            wrong, 20, "delivered: client 11", refused=(by_debtor, of_another),
        ),
    }  # fmt: skip


def _ends() -> Cases:
    idle = deal()
    claims(idle, alice, idle.records[1], 10.5)
    disputed = deal()
    claims(disputed, alice, disputed.records[1], 10.5)
    disputed.enters(bob, "dispute/1", at=27.5)
    too_late = deal()
    claims(too_late, alice, too_late.records[1], 10.5)
    contest = too_late.enters(bob, "dispute/1", at=27.5 + _MS)
    worst, work = delivered()
    claim = claims(worst, bob, work, 11.25)
    claims(worst, bob, claim, 21.5)
    paying, work = delivered()
    claim = claims(paying, bob, work, 11.25)
    claims(paying, bob, claim, 21.5)
    paying.enters(alice, "payment-sent/1", at=30)
    unheard, _ = delivered()
    unheard.enters(alice, "acceptance/1", at=2)
    claims(unheard, alice, unheard.enters(alice, "payment-sent/1", at=3), 8.5)
    silent = (alice, "silent", 14.25)
    return {
        "undelivered": folds(
            "no delivery in 10 days and 3", idle, 14, "undelivered", state="closed",
            marks=((bob, "did not deliver", 13.5),),
        ),
        "undelivered_disputed": folds(
            "for 14 days the freelancer may dispute that; here nobody was agreed to decide",
            disputed, 28, "contested", state="closed", marks=((bob, "did not deliver", 13.5),),
        ),
        "undelivered_disputed_too_late": folds(
            "and no longer", too_late, 28, "undelivered", state="closed",
            marks=((bob, "did not deliver", 13.5),), refused=(contest,),
        ),
        "unpaid": folds(
            "a client who never says a word", worst, 25, "unpaid", state="closed",
            marks=(silent, (alice, "did not pay", 24.5)),
        ),
        "unpaid_paid_after_all": folds(
            "who pays after that is late: the other mark is gone", paying, 31, "paid: freelancer 35",
            marks=(silent, (alice, "late", 30)),
        ),
        "unconfirmed": folds(
            "a payment that the freelancer never confirms", unheard, 12, "settled, unconfirmed", state="closed",
            marks=((bob, "silent", 11.5),),
        ),
    }  # fmt: skip


def _clocks() -> Cases:
    blocked = deal()
    blocked.enters(bob, "blocked/1", at=2)
    on = deal()
    on.enters(bob, "blocked/1", at=2)
    on.enters(alice, "unblocked/1", at=4)
    abandoned = deal()
    claims(abandoned, bob, abandoned.enters(bob, "blocked/1", at=2), 7.5)
    away = deal()
    away.enters(bob, "absence/1", body={"since": day(2), "until": day(6)}, at=1)
    back = deal()
    back.enters(bob, "absence/1", body={"since": day(2), "until": day(6)}, at=1)
    back.enters(bob, "resume/1", at=4)
    long = deal()
    absence = long.enters(bob, "absence/1", body={"since": day(2), "until": day(16) + 1}, at=1)
    return {
        "blocked": folds("the client has five days to give what is needed", blocked, 3, "blocked: client 7"),
        "unblocked": folds("the freelancer has what was left of the time: 8 days", on, 5, "working: freelancer 12"),
        "abandoned": folds(
            "the client never gave it", abandoned, 11, "abandoned", state="closed", marks=((alice, "silent", 10.5),)
        ),
        "absence": folds("an announced absence stops one's own clock", away, 3, "working: freelancer 14"),
        "absence_resumed": folds("until one is back", back, 5, "working: freelancer 12"),
        "absence_too_long": folds(
            "14 days in a contract, and no more", long, 3, "working: freelancer 10", refused=(absence,)
        ),
        "not_dormant_yet": folds("60 days after the deadline", deal(), 70, "working: freelancer 10"),
        "dormant": folds("nobody has claimed: it ends, and nobody bears a mark", deal(), 70 + _MS, "dormant",
                         state="closed"),
    }  # fmt: skip


def _presence() -> Cases:
    def asked() -> tuple[Chains, Signed]:
        made = deal()
        return made, made.enters(alice, "ping/1", at=1)

    silent, ping = asked()
    silent.enters(alice, "claim/1", ..., obligation(ping), at=6.5)
    answered, ping = asked()
    answered.enters(bob, "delivery/1", at=2)
    claim = answered.enters(alice, "claim/1", ..., obligation(ping), at=6.5)
    early, ping = asked()
    on_time = early.enters(alice, "claim/1", ..., obligation(ping), at=6)
    early.enters(alice, "claim/1", ..., obligation(ping), at=6.5)
    again = early.enters(alice, "claim/1", ..., obligation(ping), at=7)
    by_debtor = early.enters(bob, "claim/1", ..., obligation(ping), at=6.25)
    unasked = deal()
    pong = unasked.enters(bob, "pong/1", at=1)
    return {
        "ping_unanswered": folds(
            "a sign of life that was asked for, claimed, and never given", silent, 10, "working: freelancer 10",
            marks=((bob, "silent!", 9.5),),
        ),
        "ping_claim_running": folds(
            "72 hours to show one", silent, 9.5, "working: freelancer 10"
        ),
        "ping_claims_refused": folds(
            "not by the one who owes it, not before its time, and only once", early, 9, "working: freelancer 10",
            refused=(by_debtor, on_time, again),
        ),
        "ping_answered": folds(
            "any entry is a sign of life", answered, 10, "delivered: client 12", refused=(claim,)
        ),
        "pong_unasked": folds("nobody asked for it", unasked, 2, "working: freelancer 10", refused=(pong,)),
    }  # fmt: skip
