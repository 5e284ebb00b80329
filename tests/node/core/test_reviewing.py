"""Reviews: when they may be written, which of them count, and what is left out."""

import pytest

from freehold.node.core import dealings, reputation, reviewing
from freehold.node.core.effects import Verdict
from freehold.protocol.evidence import Evidence
from tests.cast import HOUR_MS, START_MS, alice, bob, carol, mallory, review, story
from tests.node.core.market import NOW, denied

GOOD, BAD = (4, 4, 4, 4, 4), (0, 1, 0, 1, 0)


@pytest.fixture
def told(market, stalls):
    """A closed contract of alice and bob, without its reviews."""
    found = story(at=START_MS - 8 * HOUR_MS)
    for stall in stalls:
        for record in found.contract_records:
            stall.hears(record)
    assert dealings.contract(stalls[0].desk, found.contract).state == "closed"
    return found


def test_both_parties_say_what_the_other_was_like(market, stalls, told):
    market.does(stalls[0], reviewing.write, told.contract, GOOD, "Quick and kind.")
    market.does(stalls[1], reviewing.write, told.contract, (4, 3, 4, 4, 4), "")
    for stall in stalls:
        (of_bob,) = reviewing.about(stall.desk, bob.id)
        assert (of_bob.review.text, of_bob.review.levels) == ("Quick and kind.", GOOD)
        assert isinstance(of_bob.outcome, Evidence)
        (by_bob,) = reviewing.by(stall.desk, bob.id)
        assert by_bob.review.subject == alice.id


def test_a_later_review_replaces_the_earlier_everywhere_even_in_the_same_millisecond(market, stalls, told):
    first = market.does(stalls[0], reviewing.write, told.contract, BAD, "Slow.")
    second = market.does(stalls[0], reviewing.write, told.contract, GOOD, "I was wrong.")
    assert second.header.at == first.header.at + 1
    for stall in stalls:
        assert [judged.review.text for judged in reviewing.about(stall.desk, bob.id)] == ["I was wrong."]
        assert reputation.of(stall.desk, bob.id).score.counted == 1


def test_reviews_come_at_the_end_and_from_the_parties(market, stalls, told):
    at_alice, _, at_carol = stalls
    assert denied(at_carol, market, reviewing.write, told.contract, GOOD, "").code == "not-yours"
    assert denied(at_alice, market, reviewing.write, bytes(32), GOOD, "").code == "not-found"
    unfinished = story(salt=1, at=START_MS - 8 * HOUR_MS)
    for number, record in enumerate(unfinished.contract_records[:-1]):
        at_alice.hears(record)
        if number:  # both signatures are there
            found = denied(at_alice, market, reviewing.write, unfinished.contract, GOOD, "")
            assert found.code == "not-finished"


@pytest.mark.parametrize(
    ("levels", "text"), [((5, 4, 4, 4, 4), ""), ((-1, 4, 4, 4, 4), ""), (GOOD, "x" * 2_001), (GOOD, "\x1b[2J")]
)
def test_what_others_would_refuse_is_denied(market, stalls, told, levels, text):
    assert denied(stalls[0], market, reviewing.write, told.contract, levels, text).code == "bad-review"


def test_reviews_that_hang_from_nothing_are_left_out_with_the_reason(market, stalls, told):
    at_carol = stalls[2]
    at_carol.hears(mallory.inception)
    open_one = story(salt=2, at=START_MS - 8 * HOUR_MS)
    for record in open_one.contract_records[:-1]:
        at_carol.hears(record)
    late = story(salt=3, at=START_MS - 8 * HOUR_MS)
    false = {
        "not known": review(mallory, bob, bytes(32), level=0),
        "active": review(alice, bob, open_one.contract, level=0),
        "author is not a party": review(mallory, bob, late.contract, level=0),
        "subject is not a party": review(bob, carol, told.contract, level=0),
    }
    for record in (*false.values(), *late.contract_records, told.client_reviews):
        at_carol.hears(record, NOW + HOUR_MS)
    left_out = list(reputation.of(at_carol.desk, bob.id).left_out)
    left_out += reputation.of(at_carol.desk, carol.id).left_out
    assert {record.id for record, _ in left_out} == {record.id for record in false.values()}
    for word, record in false.items():
        assert word in next(reason for found, reason in left_out if found.id == record.id)
    assert reputation.of(at_carol.desk, bob.id).score.counted == 1


def test_what_strangers_say_of_a_contract_that_is_known_is_not_kept(stalls, told):
    at_carol = stalls[2]
    at_carol.hears(mallory.inception)
    slander = review(mallory, bob, told.contract, level=0)
    assert at_carol.hears(slander, NOW + HOUR_MS) is Verdict.IGNORE
    assert not at_carol.desk.stores.records.has(slander.id)
