"""What must not count does not, and `why` says so: hostile reviews at a node, and floods at the engine."""

import numpy as np
import pytest

from freehold.node.core import reputation, reviewing
from freehold.node.core.effects import Verdict
from freehold.node.core.reputation import market as opinions_kept, view as views
from freehold.node.core.reputation.engine import Engine
from freehold.node.core.reputation.opinions import NOBODY, Columns, Opinion, Place, encode, flags_of
from freehold.node.core.reputation.settings import ONE
from freehold.node.core.reputation.view import STRANGERS
from freehold.protocol import canonical
from freehold.protocol.evidence import PAID
from freehold.protocol.kinds.review import REVIEW, REVIEW_COMMIT, ReviewCommit, promise
from freehold.protocol.kinds.values import FREELANCER
from tests.cast import DAY_MS, HOUR_MS, START_MS, alice, bob, carol, commit, mallory, person, raw, review, signed, story
from tests.node.core.market import NOW

BEGIN = START_MS - 8 * HOUR_MS
LATER = NOW + DAY_MS
BEST = (4, 4, 4, 4, 4)


@pytest.fixture
def at_carol(market, stalls):
    """A bystander's node, which has one good contract of alice and bob with its review, and knows mallory."""
    told, stall = story(at=BEGIN), stalls[2]
    for record in (mallory.inception, *told.contract_records, *told.commits, told.client_reviews):
        assert stall.hears(record, LATER) is Verdict.ACCEPT
    return stall


def why(stall, who=bob):
    """The score, and what was left out of it."""
    found = reputation.of(stall.desk, who.id, LATER)
    return found.score, {record.id: reason for record, reason in found.left_out}


def hears(stall, *records):
    return [stall.hears(record, LATER) for record in records]


def fields(record):
    """What a record says, field by field."""
    found = canonical.decode(record.body or b"")
    assert isinstance(found, dict)
    return found


def in_another_contract(author, subject, level=0):
    """A second contract of alice and bob that is at its end, and what somebody says of it."""
    told = story(at=BEGIN, salt=1)
    return told, review(author, subject, told.contract, BEGIN + 6 * HOUR_MS, level, "A lie.")


def test_what_hangs_from_no_contract_is_left_out(at_carol):
    before, _ = why(at_carol)
    loose = review(mallory, bob, bytes(32), level=0)
    assert hears(at_carol, commit(loose, mallory), loose) == [Verdict.ACCEPT] * 2
    after, left_out = why(at_carol)
    assert (after, left_out) == (before, {loose.id: "its contract is not known here"})


def test_what_no_party_wrote_is_left_out_even_if_it_came_before_the_contract(at_carol):
    before, _ = why(at_carol)
    told, lie = in_another_contract(mallory, bob)
    hears(at_carol, commit(lie, mallory), lie, *told.contract_records)
    after, left_out = why(at_carol)
    assert (after, left_out) == (before, {lie.id: "its author is not a party of the contract"})


def test_what_is_about_somebody_else_is_left_out(at_carol):
    before, _ = why(at_carol, carol)
    told, lie = in_another_contract(bob, carol)
    hears(at_carol, *told.contract_records, commit(lie, bob), lie)
    after, left_out = why(at_carol, carol)
    assert (after, left_out) == (before, {lie.id: "its subject is not a party of the contract"})


def test_praise_of_oneself_is_refused_and_not_kept(at_carol):
    before = why(at_carol)
    told, _ = in_another_contract(alice, bob)
    body = fields(told.client_reviews)
    praise = raw(REVIEW.name, canonical.encode(body), bob, BEGIN + 6 * HOUR_MS, context=told.contract)
    assert body["subject"] == bob.id
    hears(at_carol, *told.contract_records, commit(praise, bob))
    assert hears(at_carol, praise) == [Verdict.REFUSE]
    assert not at_carol.desk.stores.records.has(praise.id)
    assert why(at_carol) == before


def test_the_same_words_twice_and_other_words_count_once(at_carol):
    told, _ = in_another_contract(alice, bob)
    first = told.client_reviews
    again = raw(REVIEW.name, first.body or b"", alice, first.header.at + 1, context=told.contract)
    other = review(alice, bob, told.contract, first.header.at + 2, 0, "On second thought")
    hears(at_carol, *told.contract_records, *told.commits, commit(other, alice), other)
    without, _ = why(at_carol)
    hears(at_carol, first, again)
    found, left_out = why(at_carol)
    kept, twin = sorted((first, again), key=lambda record: record.id)
    assert found.counted == without.counted + 1
    assert left_out == {
        twin.id: "it is there already",
        other.id: "it is not the review that its author committed to first",
    }
    assert kept.id not in left_out


def test_what_nobody_committed_to_is_left_out(at_carol):
    before, _ = why(at_carol)
    told, lie = in_another_contract(alice, bob)
    hears(at_carol, *told.contract_records, told.freelancer_commits, lie)
    after, left_out = why(at_carol)
    assert (after, left_out) == (before, {lie.id: "its author has not committed to it"})


def test_a_crowd_of_loose_reviews_hides_no_true_one_from_why(at_carol, monkeypatch):
    monkeypatch.setattr(reviewing, "LISTED", 3)
    told, _ = in_another_contract(alice, bob)
    loose = [review(mallory, bob, bytes([number]) * 32, level=0) for number in range(5)]
    assert hears(at_carol, *loose) == [Verdict.ACCEPT] * 5
    hears(at_carol, *told.contract_records, *told.commits, told.client_reviews)
    found = reputation.of(at_carol.desk, bob.id, LATER)
    assert told.client_reviews.id in {point.evidence.record.id for point in found.points}
    assert len(found.points) == found.score.counted == 2


def test_a_grade_that_is_claimed_is_nothing_the_grade_is_what_the_records_show(at_carol):
    told, _ = in_another_contract(alice, bob)
    body = fields(told.client_reviews) | {"grade": "A"}
    packed = canonical.encode(dict(sorted(body.items())))
    claims = raw(REVIEW.name, packed, alice, BEGIN + 6 * HOUR_MS, context=told.contract)
    promised = signed(REVIEW_COMMIT, ReviewCommit(promise(packed)), alice, claims.header.at, context=told.contract)
    hears(at_carol, *told.contract_records, promised, claims)
    points = reputation.of(at_carol.desk, bob.id, LATER).points
    assert {point.evidence.record.id: point.evidence.grade for point in points}[claims.id] == PAID


def test_who_nobody_knows_is_not_heard_until_their_log_is_here(at_carol):
    before = why(at_carol)
    stranger = person("a stranger")
    told = story(client=stranger, at=BEGIN, level=0)
    by_stranger = [told.client_signs, told.acceptance, told.payment_sent, told.client_commits, told.client_reviews]
    rest = [record for record in told.contract_records if record not in by_stranger]
    assert hears(at_carol, *by_stranger) == [Verdict.IGNORE] * 5
    hears(at_carol, *rest)
    assert why(at_carol) == before
    assert not any(at_carol.desk.stores.records.has(record.id) for record in by_stranger)
    hears(at_carol, stranger.inception, *by_stranger)
    assert why(at_carol)[0].counted == before[0].counted + 1


def identity(number):
    return number.to_bytes(4, "big").rjust(32, b"\1")


ANCHOR, HONEST, LIKED, GAINS = (identity(number) for number in range(4))
FIRST_MEMBER = 4


def opinion(by, of, review, at=START_MS):
    return Opinion(review.to_bytes(8, "big") + bytes(24), by, of, BEST, at, FREELANCER, "B")


def honest_engine():
    """An anchor has praised somebody honest, who has praised somebody else."""
    engine = Engine()
    engine.add(opinion(ANCHOR, HONEST, 1))
    engine.add(opinion(HONEST, LIKED, 2))
    return engine


def ring(count, members=50):
    """So many reviews among so many invented people, every other one about the same beneficiary."""
    people = [GAINS, *(identity(FIRST_MEMBER + number) for number in range(members))]
    rows = np.arange(count)
    return Columns(
        people,
        1 + rows % members,
        np.where(rows % 2, 0, 1 + (rows + 1) % members),
        np.full(count, encode(BEST), np.uint16),
        (START_MS // 1000 + rows).astype(np.uint32),
        (rows + 3).astype(np.uint64),
        np.full(count, flags_of(FREELANCER, "A"), np.uint8),
    )


def floods(count):
    engine = honest_engine()
    from_anchor = Place(None, frozenset({ANCHOR}))
    before = [engine.seen_from(from_anchor).of(who) for who in (HONEST, LIKED)]
    engine.load(ring(count))
    view = engine.seen_from(from_anchor)
    assert [view.of(who) for who in (HONEST, LIKED)] == before
    gained = view.of(GAINS)
    assert (gained.score.counted, gained.score.weight) == (0, 0.0)
    assert gained.score.lower == view.of(identity(999_999)).score.lower
    return engine, gained


def test_a_flood_from_one_ring_moves_nobody_and_why_says_so():
    engine, gained = floods(20_000)
    assert engine.count == 20_002
    assert gained.shares == ()
    assert len(gained.left_out) + gained.unlisted == 10_000
    assert len(gained.left_out) <= STRANGERS
    assert {reason for _, reason in gained.left_out} == {"nobody you trust leads to its author within three steps"}


def test_who_writes_too_much_is_cut_off_and_it_is_counted(monkeypatch):
    monkeypatch.setattr(opinions_kept, "MOST_BY_ONE", 100)
    monkeypatch.setattr(opinions_kept, "MOST_OPINIONS", 4_000)
    engine, _ = floods(20_000)
    assert 3_900 < engine.count <= 4_000
    assert engine.dropped == {opinions_kept.BY_ONE: 15_000, opinions_kept.FULL: 5_002 - engine.count}


def test_from_nobodys_place_a_flood_counts_and_is_not_listed(monkeypatch):
    found = floods(3_000)[0].seen_from(NOBODY).of(GAINS)
    assert (len(found.shares), found.unlisted) == (STRANGERS, 500)
    monkeypatch.setattr(views, "STRANGERS", 1 << 30)
    whole = floods(3_000)[0].seen_from(NOBODY).of(GAINS)
    assert (found.score, len(whole.shares)) == (whole.score, 1_500)
    assert found.score.counted == 1_500
    same = {share.review: share for share in whole.shares}
    assert all(share.delta == same[share.review].delta for share in found.shares)


@pytest.mark.slow
def test_a_million_reviews_from_one_ring_take_little_room_and_say_nothing():
    engine, gained = floods(1_000_000)
    assert len(gained.left_out) + gained.unlisted == 500_000
    assert len(gained.left_out) <= STRANGERS
    table = engine._market.settled()
    assert table.count == 1_000_002
    assert table.nbytes <= 25 * table.count
    assert engine.seen_from(Place(None, frozenset({ANCHOR}))).trust.value.sum() == 3 * ONE
