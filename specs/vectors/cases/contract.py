"""contract/: the records of one contract, in any order, and the state that they show (specs/04-contract.md)."""

from __future__ import annotations

from ..case import OK, Case, Cases
from ..deal import BODIES, Chains, day, deal
from ..plain import DAY_MS, alice, bob, carol, record, sha256
from . import changing, disputing, forking, silence, witnessing
from .folds import folds

_MS = 1 / DAY_MS
STRAIGHT = (
    (bob, "delivery/1"),
    (alice, "acceptance/1"),
    (alice, "payment-sent/1"),
    (bob, "payment-received/1"),
)
"""Who enters what in a contract that goes well, one entry a day."""


def cases() -> Cases:
    """All of them."""
    return {
        **_signing(),
        **_straight(),
        **_hourly(),
        **_held_up(),
        **silence.cases(),
        **witnessing.cases(),
        **changing.cases(),
        **disputing.cases(),
        **forking.cases(),
    }


def straight(steps: int = len(STRAIGHT), *, private: bool = False) -> Chains:
    """Both signatures and the first entries of a contract that goes well."""
    made, last = deal(), None
    for number, (author, kind) in enumerate(STRAIGHT[:steps]):
        seen = {} if last is None else {"seen": [last.id]}
        last = made.enters(author, kind, at=number + 1, **seen)
    if private:
        made.records = [each.public if each.kind in BODIES else each for each in made.records]
    return made


def _signing() -> Cases:
    entries = [each.packed for each in straight(1).records[2:]]
    early = Chains()
    early.signs(bob)
    waits = early.enters(bob, "delivery/1", at=1)
    late = Chains()
    late.signs(bob)
    late.signs(alice, 7 + _MS)
    too_late = late.enters(bob, "delivery/1", at=8)
    last = Chains()
    last.signs(bob)
    last.signs(alice, 7)
    funded = deal(funded=True)
    shown = deal(funded=True)
    shown.enters(alice, "funding/1", at=2)
    return {
        "nothing_signed": Case(
            "entries without an agreement show nothing", "fold", {"records": entries, "now": 0}, OK, {"contract": None}
        ),
        "signed_by_one": folds(
            "an agreement waits for the other signature, and so does what was entered too early",
            early, 7, state="offered", waiting=(waits,),
        ),
        "lapsed": folds("who proposed is bound for seven days here", early, 7 + _MS, state="lapsed", waiting=(waits,)),
        "signed_too_late": folds(
            "a second signature after that makes no contract", late, 9, state="lapsed", waiting=(too_late,)
        ),
        "signed_in_time": folds(
            "work begins with the second signature: 7 days and 3 of grace", last, 8, "working: freelancer 17"
        ),
        "funding_awaited": folds("first the client shows the money", funded, 1, "awaiting funding: client 7"),
        "funded": folds("then work begins", shown, 3, "working: freelancer 12"),
    }  # fmt: skip


def _straight() -> Cases:
    two = deal(2)
    two.enters(bob, "delivery/1", 1, at=1)
    two.enters(alice, "acceptance/1", 1, at=2)
    return {
        "settled": folds("every entry of a contract that goes well", straight(), 5, "settled", state="closed"),
        "settled_bodies_private": folds(
            "strangers see the same in the headers alone", straight(private=True), 5, "settled", state="closed"
        ),
        "two_milestones": folds(
            "milestones do not touch each other", two, 3, "working: freelancer 10", "payable: client 9"
        ),
    }


def _hourly() -> Cases:
    milestones = [{"work": 7 * DAY_MS, "review": 3 * DAY_MS, "payment": 3 * DAY_MS, "confirm": 3 * DAY_MS}]
    hourly = {"milestones": [{**milestones[0], "basis": "hourly"}]}

    def week(*, then: str = "", at: float = 11) -> Chains:
        made = deal(**hourly)
        made.enters(bob, "timesheet/1", at=7)
        made.enters(alice, "acceptance/1", at=8)
        made.enters(alice, "payment-sent/1", at=9)
        made.enters(bob, "payment-received/1", at=10)
        if then:
            made.enters(bob, then, at=at)
        return made

    anew = deal(**hourly)
    anew.enters(bob, "blocked/1", at=1)
    anew.enters(alice, "unblocked/1", at=2)
    for first in (3, 10):
        anew.enters(bob, "timesheet/1", at=first)
        for number in (1, 3):
            anew.enters(alice, "revision/1", at=first + number)
            anew.enters(bob, "timesheet/1", at=first + number + 1)
        anew.enters(alice, "acceptance/1", at=first + 4.5)
        anew.enters(alice, "payment-sent/1", at=first + 5)
        anew.enters(bob, "payment-received/1", at=first + 6)
    delivers = deal(**hourly)
    refused = delivers.enters(bob, "delivery/1", at=1)
    return {
        "hourly_week": folds("after a week's payment the work goes on", week(), 10.5, "working: freelancer 20"),
        "hourly_next_week": folds(
            "the next timesheet waits for the client", week(then="timesheet/1"), 12, "delivered: client 14"
        ),
        "hourly_finished": folds(
            "either party ends it between two timesheets", week(then="finish/1"), 12, "settled", state="closed"
        ),
        "hourly_anew": folds(
            "each week has its own revisions, and the whole of its time", anew, 20, "working: freelancer 26"
        ),
        "hourly_delivery": folds(
            "timesheets instead of deliveries", delivers, 2, "working: freelancer 10", refused=(refused,)
        ),
    }


def _held_up() -> Cases:
    early = deal()
    refused = early.enters(alice, "acceptance/1", at=1)
    delivered = early.enters(bob, "delivery/1", at=2)
    early.enters(alice, "acceptance/1", at=3, seen=[delivered.id])
    theirs = deal()
    delivery = theirs.enters(alice, "delivery/1", at=1)
    strange = deal()
    stranger = strange.enters(carol, "delivery/1", at=1)
    beyond = deal()
    second = beyond.enters(bob, "delivery/1", 1, at=1)
    gap = straight(3)
    del gap.records[3]
    unseen = straight(1)
    names = unseen.enters(alice, "acceptance/1", at=2, seen=[sha256(b"nothing that is here")])
    return {
        "chain_goes_on": folds(
            "what comes too early never counts, and its author's next entry may", early, 4, "payable: client 10",
            refused=(refused,),
        ),
        "delivery_by_client": folds(
            "each move is up to one role", theirs, 2, "working: freelancer 10", refused=(delivery,)
        ),
        "entry_of_a_stranger": folds(
            "only parties and arbiters act", strange, 2, "working: freelancer 10", refused=(stranger,)
        ),
        "milestone_beyond": folds(
            "there is no second milestone", beyond, 2, "working: freelancer 10", refused=(second,)
        ),
        "gap": folds(
            "the client's chain lacks its first entry", gap, 5, "delivered: client 11", waiting=(gap.records[3],)
        ),
        "seen_missing": folds(
            "an entry waits for a record that it names", unseen, 3, "delivered: client 11", waiting=(names,)
        ),
        **_passed_over(),
        **_order(),
    }  # fmt: skip


def _passed_over() -> Cases:
    here, there = straight(1), Chains(fields={"revisions": 1})
    for author in (bob, alice):
        there.signs(author)
    elsewhere = (there.enters(bob, "delivery/1", at=1), there.enters(alice, "acceptance/1", at=2))
    seq, prev = here.heads[alice.id]
    place = {"in_": here.contract, "part": 0, "seq": seq + 1, "prev": prev}
    network = record(alice, "acceptance/1", BODIES["acceptance/1"], net="test-another", at=day(2), **place)
    return {
        "from_another_contract": folds(
            "entries of another contract, or of another network, are passed over", here, 3, "delivered: client 11",
            passed_over=(*elsewhere, network),
        ),
    }  # fmt: skip


def _order() -> Cases:
    slow = deal()
    delivered = slow.enters(bob, "delivery/1", at=2)
    slow.enters(alice, "acceptance/1", at=1, seen=[delivered.id])
    back = deal()
    back.enters(bob, "ping/1", at=3)
    back.enters(bob, "delivery/1", at=1)
    both = deal()
    both.enters(bob, "delivery/1", at=1)
    cancelled = both.enters(alice, "cancellation/1", at=1)
    first = deal()
    first.enters(alice, "cancellation/1", at=1)
    too_late = first.enters(bob, "delivery/1", at=1 + _MS)
    return {
        "causes_before_times": folds(
            "an acceptance counts as made no earlier than what it names, whatever its author's clock says",
            slow, 3, "payable: client 9",
        ),
        "own_dates_ascend": folds(
            "nor earlier than its author's entry before it", back, 4, "delivered: client 13"
        ),
        "performance_before_cancellation": folds(
            "of two entries of one time, what performs comes first", both, 2, "delivered: client 11",
            refused=(cancelled,),
        ),
        "cancelled_by_client": folds(
            "before a delivery either party may end a milestone", first, 2, "cancelled by the client",
            state="closed", refused=(too_late,),
        ),
    }  # fmt: skip
