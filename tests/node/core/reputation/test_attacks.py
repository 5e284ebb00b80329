"""What liars gain, in small markets: what must hold for every seed. For figures see tests/bench/reputation_attacks."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from freehold.node.core.reputation.settings import H1, H2
from tests.bench.reputation_attacks import people, quality, sybils
from tests.bench.reputation_attacks.market import OF_CLIENT, made, written
from tests.bench.reputation_attacks.ours import Ours
from tests.bench.reputation_attacks.sybils import ANCHOR, COUNTERPARTY, HOP_ONE
from tests.bench.reputation_attacks.viewpoint import chosen

SIZE = 400
LARGER = 1_000
"""With fewer, the first hundred are half of all freelancers."""
SEEDS = (1, 2)
ROOM = {HOP_ONE: 1, ANCHOR: 2, COUNTERPARTY: 4}
"""Witnesses of one person that an attack edge can buy, by who was deceived."""
EDGES = {HOP_ONE: 5, ANCHOR: 3, COUNTERPARTY: 3}
SETTINGS = pytest.mark.parametrize("settings", [H1, H2], ids=["H1", "H2"])


@cache
def honest(seed, size=SIZE):
    market = made(size, seed)
    return market, chosen(market, seed, anchors=5)


def seen(market, view, settings=H1):
    return Ours(settings)(market, view)


def bought_by(attack, settings, view):
    """The fake weight on the best-served beneficiary for each of the attack edges that serve them."""
    held = seen(attack.market, view, settings).held[attack.gains]
    return (held / np.maximum(attack.per_gain, 1)).max()


def tree(seed, victims, **form):
    market, view = honest(seed)
    return sybils.tree(market, view, seed, edges=EDGES[victims], victims=victims, **form), view


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("victims", [HOP_ONE, ANCHOR, COUNTERPARTY])
@pytest.mark.parametrize("fan_out", [0, 8])
def test_an_attack_edge_buys_no_more_than_the_room_of_whoever_was_deceived(seed, victims, fan_out):
    attack, view = tree(seed, victims, fan_out=fan_out)
    assert bought_by(attack, H1, view) <= ROOM[victims]


@pytest.mark.parametrize("victims", [HOP_ONE, ANCHOR, COUNTERPARTY])
@pytest.mark.parametrize("fan_out", [0, 8])
def test_praise_that_is_repeated_buys_no_more(victims, fan_out):
    attack, view = tree(1, victims, fan_out=fan_out, times=6)
    assert bought_by(attack, H1, view) <= ROOM[victims]


def test_the_bound_is_missed_where_nobody_needs_a_chain():
    """A planted bug: trust alone."""
    attack, view = tree(1, ANCHOR, fan_out=8)
    assert bought_by(attack, replace(H1, chains=False), view) > ROOM[ANCHOR]


@SETTINGS
@pytest.mark.parametrize("attack", [sybils.ring, sybils.amplified])
def test_ten_times_as_many_invented_people_change_nothing_that_anybody_sees(attack, settings):
    market, view = honest(1, LARGER)
    attacked = attack(market, view, 1, edges=3).market
    before, after = seen(market, view, settings).score, seen(attacked, view, settings).score
    assert quality.intruders(after, attacked) == 0
    assert quality.ndcg(after, attacked) == pytest.approx(quality.ndcg(before, market), abs=0.01)


def test_without_an_attack_edge_invented_people_have_no_weight_at_all():
    market, view = honest(1)
    attacked = sybils.ring(market, view, 1, edges=0).market
    found = seen(attacked, view)
    assert found.held[attacked.attacker].sum() == 0
    assert (found.score[:SIZE] == seen(market, view).score).all()


def test_more_invented_people_behind_the_same_edges_gain_nothing():
    market, view = honest(1)
    ring = sybils.amplified(market, view, 1, edges=3)
    bigger = ring.market.joined(2_000, 0.0)
    more = np.arange(ring.market.size, bigger.size)
    bigger = bigger.reviewed(written(more, np.resize(ring.gains, len(more))))
    assert seen(bigger, view).held[ring.gains].sum() == seen(ring.market, view).held[ring.gains].sum()


@SETTINGS
def test_contracts_with_oneself_do_not_lead_out_of_the_lowest_tenth(settings):
    market, view = honest(1)
    before, after, pairs = people.self_dealing(market, 1)
    assert quality.percentile(seen(before, view, settings).score, pairs, market) < 5
    assert quality.percentile(seen(after, view, settings).score, pairs, market) <= 10


@SETTINGS
def test_slanderers_whom_nobody_has_praised_have_no_voice(settings):
    market, view = honest(1)
    attacked, victims = people.slander(market, 1, edges=0)
    before, after = seen(market, view, settings).score, seen(attacked, view, settings).score
    assert (after[victims] == before[victims]).all()


@SETTINGS
def test_a_fresh_name_is_worth_less_than_honest_beginnings(settings):
    market, view = honest(1)
    told = people.whitewash(market, 1, 3)
    score = seen(told.market, view, settings).score
    old, fresh, newcomers = (quality.percentile(score, ids, market) for ids in (told.old, told.fresh, told.newcomers))
    assert max(old, fresh) < 10
    assert newcomers > 35


def test_an_anchor_who_lies_lends_two_witnesses_and_no_more():
    market, view = honest(1)
    liar = int(view.anchors[0])
    attacked = market.joined(200, 0.0)
    crowd = np.arange(SIZE, attacked.size)
    gains, helpers = crowd[:1], crowd[1:]
    praise = written(np.full(len(helpers), liar), helpers, of=OF_CLIENT)
    attacked = attacked.reviewed(praise + written(helpers, np.repeat(gains, len(helpers))))
    assert 0 < seen(attacked, view).held[gains[0]] <= ROOM[ANCHOR]


def test_silence_says_nothing_about_quality():
    """Contracts without a review are not evidence: the market of those who wrote is all that the engine is told."""
    market, view = honest(1)
    told, quiet = people.silence(market, 1, "ignored")
    assert len(told.reviews) == len(market.reviews)
    punished, _ = people.silence(market, 1, "counted as failure")
    ignored = quality.percentile(seen(told, view).score, quiet, market)
    assert quality.percentile(seen(punished, view).score, quiet, market) < ignored - 20
