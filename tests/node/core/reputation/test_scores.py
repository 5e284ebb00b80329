"""What lists ask, scores without their reasons: to the last bit what is said with them, and never of yesterday."""

import pytest

from freehold.node.core import reputation
from freehold.node.core.ports import Scoring
from freehold.node.core.reputation import view as views
from freehold.node.core.reputation.engine import Engine
from freehold.node.core.reputation.opinions import NOBODY, Opinion
from freehold.node.core.reputation.settings import H1, H2
from freehold.node.core.reputation.view import View
from freehold.node.policies.ranking import AVERAGES
from tests.cast import alice
from tests.node.core.market import NOW, desk_of
from tests.node.core.reputation.test_kernels import attacked, seen

ROLES = (None, "client", "freelancer")
STRANGER = bytes(32)


def alike(told, place, settings, people, *, passed=False):
    """Whether scores of people are those that come with reasons."""
    quick, slow = seen(told, place, settings), seen(told, place, settings)
    for role in ROLES if passed else ():
        quick.everybody(role)
    asked = [(who, role) for who in people for role in ROLES]
    twice = [[quick.score(*one) for one in asked] for _ in range(2)]
    return twice == [[slow.of(*one).score for one in asked]] * 2


@pytest.mark.parametrize("settings", [H1, H2], ids=["H1", "H2"])
@pytest.mark.parametrize("passed", [False, True], ids=["one by one", "after everybody"])
@pytest.mark.parametrize("rooted", [True, False], ids=["from a place", "from nobody's"])
def test_a_score_is_the_one_that_comes_with_reasons(monkeypatch, settings, passed, rooted):
    monkeypatch.setattr(views, "STRANGERS", 8)  # so that many people have more reviews than are listed
    told, place = attacked(1)
    people = [*sorted(told.identities)[::3], STRANGER]
    assert alike(told, place if rooted else NOBODY, settings, people, passed=passed)


def test_scores_of_somebody_else_would_be_noticed(monkeypatch):
    """A planted bug: what is kept is found by its role alone."""
    told, place = attacked(1)
    real = View.score
    kept = {}
    monkeypatch.setattr(View, "score", lambda self, who, role=None: kept.setdefault(role, real(self, who, role)))
    assert not alike(told, place, H1, sorted(told.identities)[:9])


def test_what_was_kept_goes_with_the_market():
    told, place = attacked(2)
    engine = Engine()
    engine.load(told)
    someone, other = sorted(told.identities)[:2]
    before = engine.seen_from(NOBODY).score(someone)
    assert engine.seen_from(NOBODY)._scores
    engine.add(Opinion(bytes(32), other, someone, (0, 0, 0, 0, 0), 1_000))
    after = engine.seen_from(NOBODY).score(someone)
    assert (after.counted, after.mean < before.mean) == (before.counted + 1, True)
    engine.discard(bytes(32))
    assert engine.seen_from(NOBODY).score(someone) == before
    assert engine.seen_from(place).score(someone) == engine.seen_from(place).of(someone).score


def test_scores_that_are_kept_have_a_bound(monkeypatch):
    monkeypatch.setattr(views, "SCORES", 5)
    told, place = attacked(0)
    found = seen(told, place, H1)
    for who in sorted(told.identities):
        found.score(who)
    assert len(found._scores) <= 5


def test_a_ranking_that_knows_no_shorter_way_is_asked_the_long_one():
    desk = desk_of(alice)
    desk.ranking = AVERAGES
    viewpoint = reputation.seen(desk, NOW)
    assert not isinstance(viewpoint, Scoring)
    assert reputation.scores(desk, NOW)(alice.id) == viewpoint.of(alice.id).score
