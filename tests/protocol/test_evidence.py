"""A review counts when a party of a contract that has come to its end writes it of the other party."""

from __future__ import annotations

import pytest

from freehold.protocol.evidence import Evidence, weigh
from freehold.protocol.kinds.review import REVIEW
from tests.cast import alice, bob, carol, mallory, review, story

TOLD = story()
RECORDS = TOLD.contract_records


def test_both_parties_reviews_count_and_cite_their_contract() -> None:
    for written in (TOLD.client_reviews, TOLD.freelancer_reviews):
        found = weigh(written, RECORDS)
        assert isinstance(found, Evidence)
        assert (found.record, found.review, found.contract.id) == (written, REVIEW.open(written), TOLD.contract)


def test_any_order_and_headers_alone_will_do() -> None:
    public = [*(record.without_body() for record in RECORDS[2:]), *RECORDS[:2], TOLD.client_reviews]
    assert weigh(TOLD.client_reviews, reversed(public)) == weigh(TOLD.client_reviews, public)
    assert isinstance(weigh(TOLD.client_reviews, public), Evidence)


@pytest.mark.parametrize("known", range(len(RECORDS)))
def test_before_the_end_it_does_not_count(known: int) -> None:
    reason = weigh(TOLD.client_reviews, RECORDS[:known])
    assert isinstance(reason, str)
    assert ("not at an end" if known else "not known") in reason


def test_nobody_else_has_a_say() -> None:
    assert weigh(review(mallory, bob, TOLD.contract, level=0), RECORDS) == "its author is not a party of the contract"
    assert weigh(review(alice, carol, TOLD.contract), RECORDS) == "its subject is not a party of the contract"


def test_mallory_cannot_close_a_contract_to_review_it() -> None:
    theirs = story(client=mallory, freelancer=bob, salt=3)
    lent = [*RECORDS[:2], *theirs.contract_records[2:]]
    assert weigh(TOLD.client_reviews, lent) == "its contract is active, not at an end"
