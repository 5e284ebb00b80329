"""What was found out about reviews is kept: a start takes it up, and judges again whatever is not what it was."""

import random

import numpy as np
import pytest

from freehold.node.core import reputation
from freehold.node.core.effects import Verdict
from freehold.node.core.ports import Counting
from freehold.node.core.reputation import collecting
from freehold.node.core.reputation.opinions import CODES, NOBODY, Opinion, decode, encode, flags_of
from freehold.node.core.reputation.taking import take_up
from freehold.node.policies.ranking import AVERAGES, PERSONAL, STRICT
from freehold.protocol.fold import fold
from freehold.protocol.kinds.agreement import AGREEMENT
from freehold.protocol.kinds.vouch import VOUCH, Vouch
from tests.cast import DAY_MS, HOUR_MS, START_MS, alice, bob, person, review, signed, story
from tests.node.core.market import NOW

LATER = NOW + DAY_MS


@pytest.fixture
def desk(market, stalls):
    """A bystander's desk, with one finished contract of alice and bob and a review of it, judged and committed."""
    told, stall = story(at=START_MS - 8 * HOUR_MS), stalls[2]
    for record in (*told.contract_records, *told.commits, told.client_reviews):
        assert stall.hears(record, LATER) is Verdict.ACCEPT
    assert counted(stall.desk) == 1
    stall.desk.stores.commit()
    return stall.desk


def counted(desk):
    return reputation.seen(desk, LATER).of(bob.id).score.counted


def restarted(desk, monkeypatch, *, folds):
    """Somebody asks the first question after a start; whether contracts were folded for it."""
    folded = []

    def noted(records, now):
        folded.append(now)
        return fold(records, now)

    desk.collector = None
    monkeypatch.setattr(collecting, "fold", noted)
    score = reputation.seen(desk, LATER).of(bob.id).score
    monkeypatch.setattr(collecting, "fold", fold)
    assert bool(folded) == folds
    return score


def change(desk, sql, *values):
    desk.stores._database.write(sql, values)
    desk.stores.commit()


def test_a_start_folds_no_contract_that_was_judged_before(desk, monkeypatch):
    before = reputation.seen(desk, LATER).of(bob.id).score
    assert restarted(desk, monkeypatch, folds=False) == before


def test_what_other_rules_found_out_is_not_believed(desk, monkeypatch):
    before = reputation.seen(desk, LATER).of(bob.id).score
    change(desk, "UPDATE verdict SET levels = 0")  # a stale row: the worst levels
    assert restarted(desk, monkeypatch, folds=False).mean < before.mean / 2, "rows are what a start reads"
    change(desk, "UPDATE judged SET rules = 'of old'")
    assert restarted(desk, monkeypatch, folds=True) == before
    change(desk, "UPDATE verdict SET levels = 0")
    monkeypatch.setattr(collecting, "RULES", "of tomorrow")
    assert restarted(desk, monkeypatch, folds=True) == before


def test_what_was_found_out_under_another_epoch_is_not_believed(desk, monkeypatch):
    change(desk, "UPDATE judged SET epoch = ?", bytes(16))
    assert restarted(desk, monkeypatch, folds=True).counted == 1


def test_a_contract_of_which_a_record_was_changed_or_taken_away_is_judged_again(desk, monkeypatch):
    (agreement, *_) = (record for record in desk.stores.records.of_kind(AGREEMENT.name, 9))
    change(desk, "DELETE FROM record WHERE id = ?", agreement.id)
    assert restarted(desk, monkeypatch, folds=True).counted == 0


def test_a_review_that_is_gone_counts_no_more(desk, monkeypatch):
    change(desk, "DELETE FROM record WHERE number IN (SELECT number FROM verdict)")
    assert restarted(desk, monkeypatch, folds=False).counted == 0


def test_records_that_came_after_the_last_question_are_judged(desk, stalls, monkeypatch):
    told = story(at=START_MS - 8 * HOUR_MS, salt=3)
    for record in (*told.contract_records, *told.commits, told.client_reviews):
        stalls[2].hears(record, LATER)
    assert restarted(desk, monkeypatch, folds=True).counted == 2
    assert restarted(desk, monkeypatch, folds=False).counted == 2


def test_what_was_found_out_and_lost_to_a_full_disk_is_found_out_again_by_the_next_start(market, stalls, monkeypatch):
    desk = stalls[2].desk
    for salt in (0, 3):
        told = story(at=START_MS - 8 * HOUR_MS, salt=salt)
        for record in (*told.contract_records, *told.commits, told.client_reviews):
            stalls[2].hears(record, LATER)
        desk.stores.commit()
        assert counted(desk) == (2 if salt else 1)
        if not salt:
            desk.stores._database.roll_back()  # what a write does that finds no room
    desk.stores.commit()
    assert restarted(desk, monkeypatch, folds=True).counted == 2
    desk.stores.commit()
    assert restarted(desk, monkeypatch, folds=False).counted == 2


@pytest.mark.parametrize("stopped", [False, True])
def test_what_a_first_sync_brought_is_judged_in_parts(market, stalls, monkeypatch, stopped):
    """A question waits for a few steps of the work, idle moments do the rest, and a stop in the midst loses nothing."""
    for name, bound in (("_BATCH", 4), ("JUDGED_AT_ONCE", 1), ("STEPS", 5)):
        monkeypatch.setattr(collecting, name, bound)
    desk, folded, contracts = stalls[2].desk, [], 6
    for salt in range(contracts):
        told = story(at=START_MS - 8 * HOUR_MS, salt=salt)
        for record in (*told.contract_records, *told.commits, told.client_reviews):
            assert stalls[2].hears(record, LATER) is Verdict.ACCEPT

    def noted(records, now):
        folded[-1] += 1
        return fold(records, now)

    monkeypatch.setattr(collecting, "fold", noted)
    folded.append(0)
    assert counted(desk) < contracts
    more = True
    while more:
        if stopped and len(folded) == 20:
            desk.collector = None
        folded.append(0)
        more = reputation.tend(desk, LATER)
    assert max(folded) == 1
    assert sum(folded) >= contracts
    folded.append(0)
    assert counted(desk) == contracts
    assert folded[-1] == 0
    desk.collector = None
    assert counted(desk) == contracts
    assert folded[-1] == 0, "the store knows it"


def test_vouches_of_before_a_start_are_read_in_parts_and_none_is_left_out(desk, stalls, monkeypatch):
    monkeypatch.setattr(collecting, "VOUCHES_AT_ONCE", 2)
    monkeypatch.setattr(collecting, "STEPS", 1)
    friends = [person(f"friend {number}") for number in range(5)]
    for friend in friends:
        vouch = signed(VOUCH, Vouch(friend.id), alice, START_MS, slot=friend.id, till=START_MS + 90 * DAY_MS)
        assert stalls[2].hears(vouch, LATER) is Verdict.ACCEPT
    assert counted(desk) == 1
    told: list[list[bytes]] = []
    engine = type(PERSONAL.market())
    monkeypatch.setattr(engine, "vouch", lambda _, vouch: told[-1].append(vouch.of))
    desk.collector = None
    told.append([])
    reputation.seen(desk, LATER)
    for _ in range(3):
        told.append([])
        reputation.tend(desk, LATER)
    assert told == [[friend.id for friend in friends[:2]], [friend.id for friend in friends[2:4]], [friends[4].id], []]
    desk.collector, told[:] = None, [[]]
    for _ in reputation.judging(desk, LATER):
        pass
    assert told == [[friend.id for friend in friends]], "whoever asks about somebody is told by all"


def test_a_contract_that_is_not_at_its_end_is_judged_again_after_a_start(market, stalls, monkeypatch):
    told, desk = story(at=START_MS - 8 * HOUR_MS), stalls[2].desk
    loose = review(alice, bob, told.contract, START_MS - HOUR_MS, 4, "Early.")
    for record in (*told.contract_records[:4], loose):
        stalls[2].hears(record, LATER)
    assert counted(desk) == 0
    assert restarted(desk, monkeypatch, folds=True).counted == 0


@pytest.mark.parametrize("ranking", [PERSONAL, STRICT, AVERAGES], ids=lambda one: one.name)
def test_every_market_takes_up_what_it_was_told_one_by_one(ranking):
    dice = random.Random(4)
    people = [person(str(number)).id for number in range(9)]
    told = [
        Opinion(dice.randbytes(8), by, of, decode(dice.randrange(CODES)), 9_000, band=number % 10)
        for number in range(200)
        for by, of in [dice.sample(people, 2)]
    ]
    numbers = {bytes(identity): 7 + 3 * place for place, identity in enumerate(people)}
    rows = [
        (numbers[one.by], numbers[one.of], encode(one.levels), one.at // 1000,
         int.from_bytes(one.review, "big", signed=True), flags_of(one.as_role, one.grade, one.band))
        for one in told
    ]  # fmt: skip
    by_one, at_once = ranking.market(), ranking.market()
    for one in told:
        by_one.add(one)
    take_up(at_once, Counting({number: identity for identity, number in numbers.items()}, rows))
    for identity in people:
        assert at_once.seen_from(NOBODY, 0).of(identity) == by_one.seen_from(NOBODY, 0).of(identity)
    assert np.ptp([at_once.seen_from(NOBODY, 0).of(identity).score.mean for identity in people]) > 0
