"""Reviews: committed to first, shown when both have or when the time is over, written once, answered once."""

import pytest

from freehold.node.core import reputation, reviewing
from freehold.node.core.effects import Verdict
from freehold.protocol import evidence
from freehold.protocol.evidence import Evidence
from freehold.protocol.kinds.entries import Acceptance
from tests.cast import DAY_MS, HOUR_MS, START_MS, alice, bob, carol, commit, mallory, review, story
from tests.node.core.market import NOW, denied
from tests.node.core.tale import DRAFTS, RECEIVED, SENT, by_hand

GOOD, BAD = (4, 4, 4, 4, 4), (0, 1, 0, 1, 0)


@pytest.fixture
def tale(market, stalls):
    """A contract of alice and bob that went well."""
    found = by_hand(market, at=market.now)
    for who, body in ((bob, DRAFTS), (alice, Acceptance()), (alice, SENT), (bob, RECEIVED)):
        found.does(who, body)
    found.passes(0)
    assert found.seen_by(carol).state == "closed"
    return found


def writes(tale, who, levels=GOOD, text=""):
    return tale.market.does(tale.at(who), reviewing.write, tale.id, levels, text)


def texts(tale, who, subject=bob):
    """The reviews about somebody that count at a node."""
    found = reviewing.about(tale.at(who).desk, subject.id, tale.market.now)
    return [judged.review.text for judged in found if isinstance(judged.outcome, Evidence)]


def has(tale, who, record):
    return tale.at(who).desk.stores.records.has(record.id)


def test_a_review_is_committed_to_first_and_shown_when_both_have_committed(tale):
    first = writes(tale, alice, BAD, "Slow.")
    assert reviewing.waits(tale.at(alice).desk, first)
    assert [has(tale, who, first) for who in (alice, bob, carol)] == [True, False, False]
    assert len(evidence.commits(tale.at(carol).desk.stores.records.in_context(tale.id), alice.id)) == 1
    writes(tale, bob, text="Paid at once.")
    assert not reviewing.waits(tale.at(alice).desk, first)
    for who in (alice, bob, carol):
        assert (texts(tale, who), texts(tale, who, alice)) == (["Slow."], ["Paid at once."])
        assert reputation.of(tale.at(who).desk, bob.id, tale.market.now).score.counted == 1
    (by_bob,) = reviewing.by(tale.at(carol).desk, bob.id, tale.market.now)
    assert by_bob.review.subject == alice.id


@pytest.mark.parametrize("restarting", [False, True])
def test_who_says_nothing_keeps_no_review_back_beyond_its_time(tale, restarting):
    kept_back = writes(tale, alice, BAD, "Slow.")
    end = evidence.committing_until(tale.seen_by(alice))
    tale.market.passes(end - tale.market.now)
    if restarting:
        tale.at(alice).restarts()
    tale.market.passes()
    assert not has(tale, carol, kept_back)
    tale.market.passes(1)
    assert texts(tale, carol) == ["Slow."]


def test_a_review_waits_through_the_end_of_the_process_for_the_other_side(tale):
    writes(tale, alice, text="Kind.")
    tale.at(alice).restarts()
    tale.at(alice).away = True
    writes(tale, bob)
    assert texts(tale, carol) == []
    tale.market.returns(tale.at(alice))
    assert texts(tale, carol) == ["Kind."]


def test_a_review_that_waits_is_shown_however_many_others_were(tale, monkeypatch):
    writes(tale, alice, text="Kind.")
    monkeypatch.setattr(reviewing, "UNSHOWN_LOOKED_AT", 2)
    for salt in range(5):
        shown = review(alice, bob, story(salt=salt).contract)
        tale.at(alice).desk.stores.records.add(shown, tale.market.now, shared=True)
    writes(tale, bob)
    assert texts(tale, carol) == ["Kind."]


def test_a_review_is_written_once_and_in_time(tale):
    writes(tale, alice)
    assert denied(tale.at(alice), tale.market, reviewing.write, tale.id, BAD, "").code == "reviewed-already"
    tale.passes(15)
    assert denied(tale.at(bob), tale.market, reviewing.write, tale.id, BAD, "").code == "too-late"


def test_the_subject_replies_once_and_everybody_reads_it(tale):
    of_bob = writes(tale, alice, BAD, "Slow.")
    writes(tale, bob)
    answer = (tale.market, reviewing.reply, of_bob.id, "The brief came late.")
    for who in (alice, carol):
        assert denied(tale.at(who), *answer).code == "not-yours"
    assert denied(tale.at(bob), tale.market, reviewing.reply, bytes(32), "No.").code == "not-found"
    assert denied(tale.at(bob), tale.market, reviewing.reply, of_bob.id, "x" * 2_001).code == "bad-reply"
    tale.market.does(tale.at(bob), *answer[1:])
    for who in (alice, bob, carol):
        (judged,) = reviewing.about(tale.at(who).desk, bob.id, tale.market.now)
        assert judged.reply == "The brief came late."
    assert denied(tale.at(bob), *answer).code == "replied-already"


def test_reviews_come_at_the_end_and_from_the_parties(tale, market):
    assert denied(tale.at(carol), market, reviewing.write, tale.id, GOOD, "").code == "not-yours"
    assert denied(tale.at(alice), market, reviewing.write, bytes(32), GOOD, "").code == "not-found"
    unfinished = by_hand(market, salt=1)
    for who, body in ((bob, DRAFTS), (alice, Acceptance()), (alice, SENT)):
        assert denied(tale.at(alice), market, reviewing.write, unfinished.id, GOOD, "").code == "not-finished"
        unfinished.does(who, body)


@pytest.mark.parametrize(
    ("levels", "text"), [((5, 4, 4, 4, 4), ""), ((-1, 4, 4, 4, 4), ""), (GOOD, "x" * 2_001), (GOOD, "\x1b[2J")]
)
def test_what_others_would_refuse_is_denied(tale, levels, text):
    assert denied(tale.at(alice), tale.market, reviewing.write, tale.id, levels, text).code == "bad-review"


def test_reviews_that_hang_from_nothing_are_left_out_with_the_reason(tale, market):
    at_carol = tale.at(carol)
    at_carol.hears(mallory.inception)
    writes(tale, alice)
    writes(tale, bob)
    open_one = story(salt=2, at=START_MS - 8 * HOUR_MS)
    for record in open_one.contract_records[:-1]:
        at_carol.hears(record)
    late, silent = (story(salt=salt, at=START_MS - 8 * HOUR_MS) for salt in (3, 4))
    changed = review(alice, bob, silent.contract, level=0, text="On second thought")
    false = {
        "not known": review(mallory, bob, bytes(32), level=0),
        "active": review(alice, bob, open_one.contract, level=0),
        "author is not a party": review(mallory, bob, late.contract, level=0),
        "subject is not a party": review(bob, carol, tale.id, level=0),
        "has not committed": review(bob, alice, silent.contract, level=0),
        "committed to first": changed,
    }
    committed = (silent.client_commits, commit(changed, alice, NOW - HOUR_MS))
    for record in (*false.values(), *late.contract_records, *silent.contract_records, *committed):
        at_carol.hears(record, NOW + HOUR_MS)
    left_out = dict[bytes, str]()
    for who in (alice, bob, carol):
        found = reputation.of(at_carol.desk, who.id, market.now + HOUR_MS)
        left_out |= {record.id: reason for record, reason in found.left_out}
    assert {record.id: word in left_out[record.id] for word, record in false.items()} == dict.fromkeys(left_out, True)
    assert texts(tale, carol) == [""]


def test_what_strangers_say_of_a_contract_that_is_known_is_not_kept(tale):
    at_carol = tale.at(carol)
    at_carol.hears(mallory.inception)
    slander = review(mallory, bob, tale.id, level=0)
    for record in (commit(slander, mallory), slander):
        assert at_carol.hears(record, NOW + DAY_MS) is Verdict.IGNORE
        assert not at_carol.desk.stores.records.has(record.id)
