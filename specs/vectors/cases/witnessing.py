"""contract/, witnesses: whose word makes a time, and whose does not (specs/04-contract.md)."""

from __future__ import annotations

from ..case import Cases
from ..deal import Chains, deal
from ..plain import Signed, alice, bob, carol, dave, erin, mallory
from .folds import folds
from .silence import claims


def cases() -> Cases:
    """All of them."""
    return {**_witnessed(), **_quorum()}


def _witnessed() -> Cases:
    agreed = {"witnesses": [carol.id], "quorum": 1}

    def begun(*, seen: bool = True) -> tuple[Chains, Signed]:
        made = deal(**agreed)
        made.has(carol, 0, *made.records)
        work = made.enters(bob, "delivery/1", at=1)
        if seen:
            made.has(carol, 1, work)
        return made, work

    silent, work = begun()
    silent.has(carol, 11.5, claims(silent, bob, work, 11.5))
    alone, work = begun(seen=False)
    claim = claims(alone, bob, work, 11.5)
    backdated = deal(**agreed)
    backdated.has(carol, 0, *backdated.records)
    backdated.has(carol, 10.5, claims(backdated, alice, backdated.records[1], 10.5))
    backdated.has(carol, 12, backdated.enters(bob, "delivery/1", at=9))
    strangers, work = begun(seen=False)
    strangers.has(mallory, 1, work)
    strangers.has(bob, 1, work)
    other, work = begun(seen=False)
    other.has(alice, 0.5, work)
    later, work = begun()
    later.has(alice, 3, work)
    fast, work = begun()
    early = claims(fast, bob, work, 12)
    fast.has(carol, 10.5, early)
    return {
        "witnessed_silence": folds(
            "silence that a stranger can check", silent, 15, "payable: client 21.5",
            marks=((alice, "silent", 14.5),), witnessed=True,
        ),
        "witness_has_nothing": folds(
            "where a witness was agreed, a date that only its author vouches for starts no window and ends none",
            alone, 20, "delivered: client", refused=(claim,),
        ),
        "backdated": folds(
            "by its date the delivery came in time, by the witness after the claim: late",
            backdated, 13, "delivered: client 22", marks=((bob, "late", 12),), witnessed=True,
        ),
        "receipts_of_others": folds(
            "receipts of strangers, and for one's own records, make no time", strangers, 20, "delivered: client"
        ),
        "receipt_of_the_other_party": folds(
            "it binds its author, but no earlier than the record says of itself", other, 5, "delivered: client 11"
        ),
        "witness_before_the_other_party": folds(
            "the earlier of the two makes the time", later, 5, "delivered: client 11"
        ),
        "claim_by_a_fast_clock": folds(
            "the claim is dated after the deadline, the witness had it before", fast, 13, "delivered: client 11",
            refused=(early,),
        ),
    }  # fmt: skip


def _quorum() -> Cases:
    made = deal(witnesses=[carol.id, dave.id, erin.id], quorum=2)
    for witness in (carol, dave):
        made.has(witness, 0, *made.records[:2])
    work = made.enters(bob, "delivery/1", at=1)
    for witness, at in ((carol, 1.25), (dave, 2.5), (erin, 1.75), (carol, 4)):
        made.has(witness, at, work)
    return {
        "quorum_two_of_three": folds(
            "the second of three receipts makes the time, each witness's first counting", made, 5,
            "delivered: client 11.75",
        )
    }  # fmt: skip
