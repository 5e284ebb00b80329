"""evidence/: a review and the records of its contract, and whether it counts (specs/kinds/review.md)."""

from __future__ import annotations

from ..case import OK, Case, Cases
from ..deal import Chains, review
from ..plain import Author, Signed, alice, bob, carol
from .contract import straight


def cases() -> Cases:
    """All of them."""
    whole = straight()
    return {
        "counts": _case("both signed, the contract is at its end", whole, counts=True),
        "contract_unknown": _case("its contract is not here", []),
        "contract_signed_by_one": _case("the other party never agreed", whole[:1]),
        "contract_not_settled": _case("the payment is not confirmed", whole[:-1]),
        "author_is_no_party": _case("carol had no part in it", whole, carol, bob.id),
        "subject_is_no_party": _case("it is about somebody else", whole, alice, carol.id),
    }


def _case(
    about: str, records: list[Signed], author: Author = alice, subject: bytes = bob.id, *, counts: bool = False
) -> Case:
    made = review(author, subject, Chains().contract)
    given = {"review": made.packed, "records": [record.packed for record in records]}
    return Case(about, "weigh", given, OK, {"counts": counts})
