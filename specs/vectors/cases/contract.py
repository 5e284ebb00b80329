"""contract/: the records of one contract, in any order, and the state that they show (specs/04-contract.md)."""

from __future__ import annotations

from ..case import OK, Case, Cases
from ..deal import BODIES, Chains
from ..plain import Author, Signed, alice, bob, carol

STRAIGHT = tuple(zip((bob, alice, alice, bob), BODIES, strict=True))
"""Who enters what in a contract that goes well."""


def cases() -> Cases:
    """All of them."""
    return {**_straight(), **_held_up(), **_forks()}


def straight(steps: int = len(STRAIGHT), *, private: bool = False) -> list[Signed]:
    """Both signatures and the first entries of a contract that goes well."""
    chains = Chains()
    made = [chains.signs(bob), chains.signs(alice)]
    for author, kind in STRAIGHT[:steps]:
        entry = chains.enters(author, kind, seen=[made[-1].id])
        made.append(entry.public if private else entry)
    return made


def _case(
    about: str, records: list[Signed], milestones: str, debtors: str, waiting: list[Signed] | None = None
) -> Case:
    """`milestones`: the state of each; `debtors`: whose turn it is in each, - for nobody. Who does not wait counts."""
    held = [record.id for record in waiting or ()]
    states = milestones.split()
    signers = {record.author for record in records if record.kind == "agreement/1"}
    state = "offered" if len(signers) == 1 else "closed" if set(states) == {"settled"} else "active"
    gives = {
        "contract": Chains(len(states)).contract,
        "state": state,
        "milestones": states,
        "debtors": [None if role == "-" else role for role in debtors.split()],
        "counted": sorted(r.id for r in records if r.kind != "agreement/1" and r.id not in held),
        "waiting": sorted(held),
    }
    return Case(about, "fold", {"records": [record.packed for record in records]}, OK, gives)


def _straight() -> Cases:
    two = Chains(2)
    work = [two.signs(alice), two.signs(bob), two.enters(bob, "delivery/1", 1), two.enters(alice, "acceptance/1", 1)]
    return {
        "nothing_signed": Case(
            "entries without an agreement show nothing",
            "fold",
            {"records": [straight()[2].packed]},
            OK,
            {"contract": None},
        ),
        "signed_by_one": _case(
            "an offer waits for the other signature, and so does what was entered too early",
            [straight()[0], straight()[2]],
            "working",
            "client",
            [straight()[2]],
        ),
        "paid": _case("the freelancer confirms", straight(3), "paid", "freelancer"),
        "settled": _case("every entry of a contract that goes well", straight(), "settled", "-"),
        "settled_bodies_private": _case(
            "strangers see the same state in the headers alone", straight(private=True), "settled", "-"
        ),
        "two_milestones": _case("milestones do not touch each other", work, "working payable", "freelancer client"),
    }


def _held_up() -> Cases:
    def after(author: Author, kind: str, part: int = 0) -> tuple[list[Signed], Signed]:
        chains = Chains()
        signed = [chains.signs(bob), chains.signs(alice)]
        entry = chains.enters(author, kind, part)
        return [*signed, entry], entry

    early, accepted = after(alice, "acceptance/1")
    theirs, delivered = after(alice, "delivery/1")
    strange, stranger = after(carol, "delivery/1")
    beyond, second = after(bob, "delivery/1", 1)
    whole = straight()
    return {
        "acceptance_before_delivery": _case(
            "it waits until it is possible", early, "working", "freelancer", [accepted]
        ),
        "delivery_by_client": _case("each move is up to one role", theirs, "working", "freelancer", [delivered]),
        "entry_of_a_stranger": _case("only the parties act", strange, "working", "freelancer", [stranger]),
        "milestone_beyond": _case("there is no second milestone", beyond, "working", "freelancer", [second]),
        "gap": _case(
            "the client's chain lacks its first entry", whole[:3] + whole[4:5], "delivered", "client", [whole[4]]
        ),
    }


def _forks() -> Cases:
    chains = Chains()
    signed = [chains.signs(bob), chains.signs(alice)]
    fork = dict(chains.heads)
    one = chains.enters(bob, "delivery/1")
    confirmed = chains.enters(bob, "payment-received/1")
    chains.heads[bob.id] = fork[bob.id]
    other = chains.enters(bob, "delivery/1", body=BODIES["delivery/1"] | {"note": "Another."})
    before = dict(chains.heads)
    both = chains.enters(alice, "acceptance/1", seen=[one.id, other.id])
    chains.heads = before
    seen = chains.enters(alice, "acceptance/1", seen=[one.id])
    late = chains.enters(alice, "payment-sent/1", seen=[other.id])
    again = Chains()
    twice = [again.signs(alice), again.signs(bob), again.signs(bob, at=1), again.enters(bob, "delivery/1")]
    return {
        "fork_open": _case(
            "two entries at one place, none acknowledged: the chain ends before them",
            [*signed, one, other],
            "working",
            "freelancer",
            [one, other],
        ),
        "fork_acknowledged": _case(
            "the entry that the other party acknowledged stands",
            [*signed, one, other, seen],
            "payable",
            "client",
            [other],
        ),
        "fork_acknowledged_at_once": _case(
            "both in one entry: nobody can tell which stands",
            [*signed, one, other, both],
            "working",
            "freelancer",
            [one, other, both],
        ),
        "fork_acknowledged_twice": _case(
            "the one that was acknowledged first",
            [*signed, one, other, confirmed, seen, late],
            "settled",
            "-",
            [other],
        ),
        "signed_twice": _case(
            "a second signature of one party says nothing new; a chain may hang from it", twice, "delivered", "client"
        ),
    }
