"""What a reputation bundle shows: which reviews count, what each moves, and from whose place."""

import pytest

from freehold.protocol.resume import bundle, judging
from freehold.protocol.resume.judging import judge
from tests.cast import DAY_MS, alice, bob, carol, mallory, receipt, review
from tests.protocol.resume.career import (
    AGAIN,
    EXPORTED,
    FIRST,
    GOOD,
    NOW,
    RECORDS,
    SECOND,
    STORIES,
    THIRD,
    dave,
    made,
    vouched,
)


def judged(*records, at=NOW, me=None, role=None):
    return judge(bundle.read(made(*records)) if records else bundle.read(GOOD), at, me, role)


def counted(found):
    return [share.opinion.review for share in found.result.shares]


def test_every_review_of_a_finished_contract_counts_from_nobodys_place():
    found = judged()
    assert counted(found) == [told.client_reviews.id for told in STORIES]
    assert found.left_out == []
    assert [share.weight for share in found.result.shares] == [0.5, 1, 1, 0.5]
    assert {contract.state for contract in found.contracts} == {"closed"}
    assert not found.rooted
    assert found.result.lower < found.result.mean < found.result.upper
    assert found.reviews[THIRD.client_reviews.id].reply_text == "I was ill, and said so."
    assert {getattr(one.outcome, "grade", None) for one in found.reviews.values()} == {"B"}


def test_what_each_review_moves_adds_up_to_the_weight():
    result = judged().result
    assert sum(share.weight for share in result.shares) == pytest.approx(result.weight)
    low = next(share for share in result.shares if share.opinion.by == dave.id)
    assert low.delta < 0 < min(share.delta for share in result.shares if share.opinion.by == alice.id)


def test_from_a_clients_place_only_those_count_whom_they_have_reason_to_trust():
    found = judged(me=alice.id)
    assert found.rooted
    assert {share.opinion.by for share in found.result.shares} == {alice.id, carol.id}
    assert [one.record.id for one, _ in found.left_out] == [THIRD.client_reviews.id]
    assert next(s.path for s in found.result.shares if s.opinion.by == carol.id) == (alice.id, carol.id)
    withdrawn = vouched(alice, carol, withdrawn=True)
    kept = [record for record in RECORDS if record.header.kind != "vouch/1"]
    assert {s.opinion.by for s in judged(*kept, withdrawn, me=alice.id).result.shares} == {alice.id}


def test_a_stranger_has_no_place_in_the_file():
    assert not judged(me=mallory.id).rooted


def test_in_another_role_there_is_nothing():
    assert counted(judged(role="client")) == []
    assert len(counted(judged(role="freelancer"))) == 4


@pytest.mark.parametrize("gone", ["client_commits", "acceptance", "client_signs"])
def test_without_what_it_hangs_from_a_review_is_left_out_with_the_reason(gone):
    kept = [record for record in RECORDS if record.id != getattr(SECOND, gone).id]
    found = judged(*kept)
    assert SECOND.client_reviews.id not in counted(found)
    reasons = {one.record.id: reason for one, reason in found.left_out}
    assert reasons[SECOND.client_reviews.id]


def test_before_it_was_written_a_review_is_not_there():
    found = judged(at=AGAIN.client_reviews.header.at - 1)
    assert counted(found) == [told.client_reviews.id for told in STORIES[:3]]
    assert [reason for _, reason in found.left_out] == [judging.LATER]
    assert judged(at=THIRD.client_reviews.header.at).reviews[THIRD.client_reviews.id].reply is None


def test_a_crowd_of_reviews_in_one_contract_is_not_weighed():
    more = [review(alice, bob, FIRST.contract, EXPORTED + number, 4, f"No. {number}") for number in range(20)]
    found = judged(*RECORDS, *more, at=EXPORTED + DAY_MS)
    assert counted(found) == counted(judged())
    assert sum(reason == judging.UNWEIGHED for _, reason in found.left_out) == 21 - judging.WEIGHED


def test_receipts_give_times_and_change_no_score():
    found = judged(*RECORDS, receipt(alice, FIRST.delivery.without_body(), at=FIRST.delivery.header.at + 1))
    assert found.result == judged().result
