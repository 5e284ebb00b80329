"""A review counts when a party of a contract that has come to its end writes it of the other party, and committed to it
before it could know what the other one would say."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

import pytest

from freehold.protocol.contract import LAPSED
from freehold.protocol.envelope import Record
from freehold.protocol.evidence import PAID, SIGNED, Evidence, committing_until, grade, weigh
from freehold.protocol.fold import fold
from freehold.protocol.kinds.changes import Cancellation, Consent, Settlement
from freehold.protocol.kinds.review import REVIEW
from freehold.protocol.kinds.timing import Claim
from tests.cast import DAY_MS, HOUR_MS, START_MS, alice, bob, carol, commit, mallory, receipt, review, story
from tests.protocol.contract.deal import Deal, deal, delivered, ms

TOLD = story()
RECORDS = (*TOLD.contract_records, *TOLD.commits)
NOW = START_MS + 40 * DAY_MS


def why_not(written: Record, records: Iterable[Record], now: int = NOW) -> str:
    """The reason why a review does not count."""
    found = weigh(written, records, now)
    assert isinstance(found, str)
    return found


def test_both_parties_reviews_count_and_cite_their_contract() -> None:
    for written in (TOLD.client_reviews, TOLD.freelancer_reviews):
        found = weigh(written, RECORDS, NOW)
        assert isinstance(found, Evidence)
        assert (found.record, found.review, found.contract.id) == (written, REVIEW.open(written), TOLD.contract)
        assert found.grade == PAID


def test_any_order_and_headers_alone_will_do() -> None:
    entries = [record.without_body() for record in TOLD.contract_records[2:]]
    public = [*entries, *TOLD.contract_records[:2], *TOLD.commits, TOLD.client_reviews, TOLD.freelancer_reviews]
    expected = weigh(TOLD.client_reviews, public, NOW)
    assert isinstance(expected, Evidence)
    for order in range(20):
        Random(order).shuffle(public)
        assert weigh(TOLD.client_reviews, public, NOW) == expected


@pytest.mark.parametrize("known", range(len(TOLD.contract_records)))
def test_before_the_end_it_does_not_count(known: int) -> None:
    reason = why_not(TOLD.client_reviews, [*TOLD.contract_records[:known], *TOLD.commits])
    assert ("not at an end" if known else "not known") in reason


def test_nobody_else_has_a_say() -> None:
    assert why_not(review(mallory, bob, TOLD.contract, level=0), RECORDS) == "its author is not a party of the contract"
    assert why_not(review(alice, carol, TOLD.contract), RECORDS) == "its subject is not a party of the contract"


def test_mallory_cannot_close_a_contract_to_review_it() -> None:
    theirs = story(client=mallory, freelancer=bob, salt=3)
    lent = [*RECORDS[:2], *theirs.contract_records[2:], *TOLD.commits]
    assert why_not(TOLD.client_reviews, lent) == "its contract is active, not at an end"


def test_an_offer_that_lapsed_is_not_reviewed() -> None:
    told = deal(signatures=False)
    told.signs(bob)
    written = review(alice, bob, told.id)
    assert why_not(written, [*told.records, commit(written, alice)]) == f"its contract is {LAPSED}, not at an end"


def _ended(told: Deal, day: float) -> tuple[Record, str]:
    """Bob's review of a deal that ended without a payment, and its grade."""
    assert told.at(day).state == "closed"
    written = review(bob, alice, told.id, ms(day), level=0)
    found = weigh(written, [*told.records, commit(written, bob)], ms(day))
    assert isinstance(found, Evidence)
    return found.record, found.grade


def test_deals_that_failed_can_be_reviewed() -> None:
    """Cancelled, never paid, never delivered, forgotten: whoever was let down may say so, and nobody can prevent it."""
    cancelled, unpaid, forgotten, together = deal(), delivered(), deal(), deal()
    cancelled.does(alice, Cancellation(), 1)
    for day in (11.1, 21.2):
        unpaid.does(bob, Claim(unpaid.at(day).milestones[0].since), day)
    proposed = together.does(alice, Settlement(0), 1)
    together.does(bob, Consent(proposed.id), 2)
    for told, day in ((cancelled, 2), (unpaid, 25), (forgotten, 80), (together, 3)):
        assert _ended(told, day)[1] == SIGNED


def test_without_a_commitment_it_does_not_count() -> None:
    assert why_not(TOLD.client_reviews, TOLD.contract_records) == "its author has not committed to it"
    theirs = (*TOLD.contract_records, TOLD.freelancer_commits)
    assert why_not(TOLD.client_reviews, theirs) == "its author has not committed to it"


def test_only_what_was_promised_first_counts() -> None:
    """Alice reads bob's review, and commits to a worse one."""
    angry = review(alice, bob, TOLD.contract, level=0, text="Liar.")
    records = [*RECORDS, commit(angry, alice, at=START_MS + 7 * HOUR_MS)]
    assert why_not(angry, records) == "it is not the review that its author committed to first"
    assert isinstance(weigh(TOLD.client_reviews, records, NOW), Evidence)


def test_a_commitment_that_is_dated_back_is_not_the_first_where_others_witness() -> None:
    told = deal(witness=carol)
    told.does(alice, Cancellation(), 1)
    kind, angry = review(alice, bob, told.id, ms(2)), review(alice, bob, told.id, ms(3), level=0)
    for written, day in ((kind, 2.0), (angry, 3.0)):
        promised = commit(written, alice, at=ms(2) if written is kind else ms(1.1))
        told.records += [promised, receipt(carol, promised, at=ms(day))]
    for records in (told.records, told.records[:-1]):  # whether or not carol had the second one at all
        assert isinstance(weigh(kind, records, ms(9)), Evidence)
        assert why_not(angry, records, ms(9)) == "it is not the review that its author committed to first"


def test_a_commitment_that_comes_too_late() -> None:
    contract = fold(TOLD.contract_records, NOW)
    assert contract is not None
    until = committing_until(contract)
    assert until == START_MS + 5 * HOUR_MS + 14 * DAY_MS
    in_time, late = (commit(TOLD.client_reviews, alice, at=at) for at in (until, until + 1))
    assert isinstance(weigh(TOLD.client_reviews, [*TOLD.contract_records, in_time], NOW), Evidence)
    reason = why_not(TOLD.client_reviews, [*TOLD.contract_records, late])
    assert reason == "its author committed to it when the time for that was over"


def test_the_same_review_counts_once() -> None:
    again = review(alice, bob, TOLD.contract, at=START_MS + 9 * HOUR_MS, text="Quick and kind.")
    assert again.body == TOLD.client_reviews.body
    both = [*RECORDS, TOLD.client_reviews, again]
    verdicts = [weigh(written, both, NOW) for written in (TOLD.client_reviews, again)]
    assert sorted(isinstance(verdict, Evidence) for verdict in verdicts) == [False, True]
    assert "it is there already" in verdicts


def test_the_grade_is_computed() -> None:
    whole = fold(TOLD.contract_records, NOW)
    assert whole is not None
    assert grade(whole) == PAID
    cancelled = deal()
    cancelled.does(alice, Cancellation(), 1)
    assert grade(cancelled.at(2)) == SIGNED
