"""contract/, forks: two entries for one place, and which of them stands (specs/04-contract.md)."""

from __future__ import annotations

from ..case import Cases
from ..deal import BODIES, Chains, deal
from ..plain import Signed, alice, bob, carol, mallory, record
from .folds import folds

_FORKED = (bob, "forked", 1)


def cases() -> Cases:
    """All of them."""
    return {**_acknowledged(), **_witnessed(), **_proven(), **_signatures()}


def forked(**fields: object) -> tuple[Chains, Signed, Signed]:
    """Bob signs two deliveries for one place on day 1, and then goes on after the first."""
    made = deal(**fields)
    before = dict(made.heads)
    other = made.enters(bob, "delivery/1", body=BODIES["delivery/1"] | {"note": "Another."}, at=1)
    made.heads = before
    return made, made.enters(bob, "delivery/1", at=1), other


def proof(made: Chains, one: Signed, other: Signed) -> Signed:
    """Mallory shows both headers."""
    first, second = sorted((one, other), key=lambda each: each.id)
    body = {"one": first.public.packed, "other": second.public.packed}
    return record(mallory, "fork/1", body, in_=made.contract, slot=bob.public())


def _acknowledged() -> Cases:
    unsettled, *both = forked()
    seen, one, other = forked()
    seen.enters(alice, "acceptance/1", at=2, seen=[one.id])
    at_once, *pair = forked()
    named = at_once.enters(alice, "acceptance/1", at=2, seen=[each.id for each in pair])
    twice, first, second = forked()
    twice.enters(alice, "acceptance/1", at=2, seen=[first.id])
    twice.enters(alice, "payment-sent/1", at=3, seen=[second.id])
    twice.enters(bob, "payment-received/1", at=4)
    return {
        "fork_open": folds(
            "two entries for one place, none acknowledged: the chain ends before them",
            unsettled, 2, "working: freelancer 10", marks=(_FORKED,), waiting=(*both,),
        ),
        "fork_acknowledged": folds(
            "the entry that the other party acknowledged stands", seen, 3, "payable: client 9",
            marks=(_FORKED,), waiting=(other,),
        ),
        "fork_acknowledged_at_once": folds(
            "both in one entry: nobody can tell which stands", at_once, 3, "working: freelancer 10",
            marks=(_FORKED,), waiting=(*pair,), refused=(named,),
        ),
        "fork_acknowledged_twice": folds(
            "the one that was acknowledged first", twice, 5, "settled", state="closed",
            marks=(_FORKED,), waiting=(second,),
        ),
    }  # fmt: skip


def _witnessed() -> Cases:
    made, one, other = forked(witnesses=[carol.id], quorum=1)
    made.has(carol, 0, *made.records[:2])
    made.has(carol, 1.5, one)
    made.has(carol, 1.75, other)
    return {
        "fork_witnessed": folds(
            "with no acknowledgment, the one that the witnesses had first", made, 2, "delivered: client 11.5",
            marks=(_FORKED,), waiting=(other,),
        )
    }  # fmt: skip


def _proven() -> Cases:
    made, one, other = forked()
    made.records.remove(other)
    made.enters(alice, "acceptance/1", at=2, seen=[one.id])
    made.records.append(proof(made, one, other))
    return {
        "fork_proven": folds(
            "a proof holds the entry that was kept back", made, 3, "payable: client 9",
            marks=(_FORKED,), waiting=(other,),
        )
    }  # fmt: skip


def _signatures() -> Cases:
    made = deal()
    first = made.heads[bob.id]
    made.signs(bob, 1)
    made.heads[bob.id] = first
    made.enters(bob, "delivery/1", at=2)
    older = Chains()
    named = older.signs(bob, -0.25)
    older.signs(alice, 0, seen=[named.id])
    older.signs(bob, -20)
    again = Chains()
    for author, at in ((bob, 0), (alice, 0), (bob, 1)):
        again.signs(author, at)
    again.enters(bob, "delivery/1", at=2)
    return {
        "signed_again_backdated": folds(
            "the signature that the other party named counts, not one with an older date",
            older,
            3,
            "working: freelancer 10",
        ),
        "signed_twice": folds("a second signature moves nothing, and is no fork", made, 3, "delivered: client 12"),
        "signed_twice_hung_from_the_second": folds("a chain may hang from either", again, 3, "delivered: client 12"),
    }
