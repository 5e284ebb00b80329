"""evidence/: a review and the records of its contract, and whether it counts (specs/kinds/review.md)."""

from __future__ import annotations

from typing import Any

from ..case import OK, Case, Cases
from ..deal import Chains, commitment, day, deal, review, review_body
from ..plain import Author, Signed, alice, bob, carol, record
from .contract import straight

_LATER = review_body(bob.id, text="On second thoughts.")


def cases() -> Cases:
    """All of them."""
    return {**_contract(), **_promise()}


def _case(  # noqa: PLR0913  -- each names something that a vector expects
    about: str,
    made: Chains,
    grade: str | None = None,
    *,
    commits: list[Signed] | None = None,
    author: Author = alice,
    subject: bytes = bob.id,
    body: dict[str, Any] | None = None,
    now: float = 60,
) -> Case:
    """The author's review, promised on day 6, with the records; `grade` if it counts."""
    fields = review_body(subject) if body is None else body
    written = record(author, "review/1", fields, in_=made.contract, at=day(6))
    promised = [commitment(author, fields, made.contract, at=day(6))] if commits is None else commits
    records = [each.packed for each in (*made.records, *promised)]
    given = {"review": written.packed, "records": records, "now": day(now)}
    return Case(about, "weigh", given, OK, {"counts": grade is not None, "grade": grade})


def _contract() -> Cases:
    one, nothing = Chains(), Chains()
    one.signs(bob)
    idle = deal()
    idle.enters(alice, "cancellation/1", at=1)
    return {
        "counts": _case("both signed, the contract is at its end, paid and confirmed", straight(), "B"),
        "counts_bodies_private": _case("anybody can tell, without the bodies", straight(private=True), "B"),
        "counts_cancelled": _case("a deal that failed is reviewed too, on weaker evidence", idle, "C"),
        "counts_dormant": _case("and one that was forgotten", deal(), "C", now=80),
        "contract_unknown": _case("its contract is not here", nothing),
        "contract_lapsed": _case("the other party never agreed", one),
        "contract_not_closed": _case("the payment is not confirmed", straight(3), now=7),
        "author_is_no_party": _case("carol had no part in it", straight(), author=carol),
        "subject_is_no_party": _case("it is about somebody else", straight(), subject=carol.id),
    }


def _promise() -> Cases:
    made, usual = straight(), review_body(bob.id)
    in_time = commitment(alice, usual, made.contract, at=day(18))
    late = commitment(alice, usual, made.contract, at=day(18) + 1)
    first = commitment(alice, usual, made.contract, at=day(5))
    second = commitment(alice, _LATER, made.contract, at=day(6))
    strange = commitment(bob, usual, made.contract, at=day(5))
    witnessed = straight()
    vouched = commitment(alice, usual, made.contract, at=day(19))
    witnessed.has(bob, 17, vouched)
    twin = straight()
    earlier = [review(alice, bob.id, made.contract, at=day(6) + number) for number in range(64)]
    written = record(alice, "review/1", usual, in_=made.contract, at=day(6))
    twin.records.append(next(each for each in earlier if each.id < written.id))
    return {
        "committed_in_time": _case("14 days after the end, to the last millisecond", made, "B", commits=[in_time]),
        "committed_too_late": _case("and no later", made, commits=[late]),
        "not_committed": _case("nobody can tell whether it answers another review", made, commits=[]),
        "committed_by_another": _case("each for oneself", made, commits=[strange]),
        "other_than_promised": _case("what was promised first stands", made, body=_LATER, commits=[first, second]),
        "commit_dated_ahead_of_its_receipt": _case(
            "a receipt is believed no earlier than the record says of itself", witnessed, commits=[vouched]
        ),
        "there_already": _case("the same review once more", twin),
    }
