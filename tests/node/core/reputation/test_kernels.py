"""The loops for whole markets, run as plain Python: the same numbers as person by person, to the last bit."""

from dataclasses import replace

import numpy as np
import pytest

from freehold.node.core.reputation import view
from freehold.node.core.reputation.engine import Engine
from freehold.node.core.reputation.opinions import Place
from freehold.node.core.reputation.settings import H1, H2
from tests.bench.reputation_attacks import people, sybils
from tests.bench.reputation_attacks.market import made
from tests.bench.reputation_attacks.ours import columns, names
from tests.bench.reputation_attacks.viewpoint import chosen

COLUMNS = ("lower", "mean", "upper", "order", "weight", "counted", "witnesses")


def attacked(seed):
    """An honest market with chains that are fought for: invented people, and slander."""
    market = made(150, seed)
    place = chosen(market, seed, anchors=3)
    market = sybils.tree(market, place, seed, edges=9, victims=sybils.ANCHOR, fan_out=4).market
    market, _ = people.slander(market, seed, cell=12, targets=10, edges=6)
    named = names(market.size)
    return columns(market, named), Place(named[place.owner], frozenset(named[one] for one in place.anchors.tolist()))


def seen(columns_of_it, place, settings):
    engine = Engine(settings)
    engine.load(columns_of_it)
    return engine.seen_from(place)


def whole(monkeypatch, told, place, settings, role):
    """Everybody's scores by the loops, uncompiled."""
    monkeypatch.setattr(view, "LARGE", 0)
    monkeypatch.setattr(view, "compiled", lambda loop: loop)
    found = seen(told, place, settings).everybody(role)
    monkeypatch.undo()
    return found


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("settings", [H1, H2], ids=["H1", "H2"])
def test_the_loops_say_of_everybody_what_is_said_of_each(monkeypatch, seed, settings):
    told, place = attacked(seed)
    role = (None, "freelancer", "client")[seed]
    slowly = seen(told, place, settings)
    loops, one_by_one = whole(monkeypatch, told, place, settings, role), slowly.everybody(role)
    for name in COLUMNS:
        assert np.array_equal(getattr(loops, name), getattr(one_by_one, name)), name
    assert one_by_one.witnesses.max() > 3
    for number in np.random.default_rng(seed).choice(len(one_by_one.mean), 40):
        score = slowly.of(sorted(told.identities)[number], role).score
        assert tuple(getattr(score, name) for name in COLUMNS) == tuple(
            getattr(one_by_one, name)[number] for name in COLUMNS
        )


def test_a_loop_with_another_bound_would_be_noticed(monkeypatch):
    """A planted bug: room for one more."""
    told, place = attacked(0)
    wrong = whole(monkeypatch, told, place, replace(H1, by_hop=(4, 2, 1)), None)
    assert not np.array_equal(wrong.weight, seen(told, place, H1).everybody().weight)


def test_what_one_person_says_against_many_weighs_what_it_would_against_a_few():
    market = made(400, 5)
    place = chosen(market, 5, anchors=5)
    after, victims = people.slander(market, 5, cell=30, targets=60, edges=15)
    named = names(after.size)
    where = Place(named[place.owner], frozenset(named[one] for one in place.anchors.tolist()))
    said = {}
    for critics in (H1.critics, 1_000):
        found = seen(columns(after, named), where, replace(H1, critics=critics))
        shares = [share for who in victims.tolist() for share in found.of(named[who]).shares]
        said[critics] = sum(share.weight for share in shares if share.against > H1.critics)
    assert 0 < said[H1.critics] < said[1_000] / 4
