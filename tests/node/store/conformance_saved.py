"""Saved searches find what a search would find, whatever store they are kept in."""

from __future__ import annotations

import dataclasses
import itertools
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from freehold.node.core.ports import OfferQuery, SavedSearch
from freehold.node.store import asking
from freehold.protocol.kinds.offer import FIXED, HOURLY, SERVICE, WANTED, Budget
from tests.cast import DAY_MS, START_MS, alice, bob, offer
from tests.node.store.conformance import NOW, Conformance, add

if TYPE_CHECKING:
    from freehold.node.core.ports import Stores

WORDS = (
    "logo",
    "C++",
    "c",
    "design",
    "デザイン",
    "Страница",
    "e-commerce",
    "dev",
    "developer",
    "web design",
    "node.js",
)
texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)
skills = st.lists(st.sampled_from(WORDS), max_size=3, unique_by=str.casefold).map(tuple)
languages = st.sampled_from((None, "en", "en-GB", "de"))
amounts = st.integers(0, 3_000)


@st.composite
def offers(draw: st.DrawFn) -> dict[str, Any]:
    low = draw(amounts)
    budget = Budget(
        draw(st.sampled_from((FIXED, HOURLY))), draw(st.sampled_from(("EUR", "USD"))), low, low + draw(amounts)
    )
    tag = draw(languages)
    return {
        "author": draw(st.sampled_from((alice, bob))),
        "title": draw(texts),
        "description": draw(texts),
        "skills": draw(skills),
        "side": draw(st.sampled_from((WANTED, SERVICE))),
        "budget": draw(st.sampled_from((None, budget))),
        "languages": () if tag is None else (tag,),
        "closed": draw(st.sampled_from((False, False, True))),
    }


@st.composite
def cases(draw: st.DrawFn) -> tuple[dict[str, Any], list[OfferQuery]]:
    """An offer, and queries that often come near it."""
    fields = draw(offers())
    word = draw(st.sampled_from(fields["title"].split()))
    near = word[: draw(st.integers(1, len(word)))]
    return fields, draw(st.lists(queries(near, fields["title"]), min_size=6, max_size=6))


FILTERS: dict[str, st.SearchStrategy[Any]] = {
    "skills": skills,
    "any_skills": skills,
    "side": st.sampled_from((WANTED, SERVICE)),
    "author": st.sampled_from((alice.id, bob.id)),
    "basis": st.sampled_from((FIXED, HOURLY)),
    "unit": st.sampled_from(("EUR", "USD")),
    "least": amounts,
    "most": amounts,
    "language": languages,
}


@st.composite
def queries(draw: st.DrawFn, near: str, title: str) -> OfferQuery:
    chosen = draw(st.sets(st.sampled_from(sorted(FILTERS)), max_size=2))
    left_out = (f"-{near}", f"-{near}*", *(f"{title} -{word}" for word in WORDS), f'-"{title}"')
    text = draw(st.sampled_from(("", near, f"{near}*", f"{near}*", f'"{title}"', f"«{title}*»", *left_out, *WORDS)))
    return OfferQuery(now=NOW, text=text, **{name: draw(FILTERS[name]) for name in sorted(chosen)})


def saved(query: OfferQuery, name: str = "a", since: int = START_MS, **fields: Any) -> SavedSearch:
    return SavedSearch(
        name, dataclasses.replace(query, now=0), fields.get("without", ()), fields.get("reviews", 0), since
    )


_numbers = itertools.count()


def disagreements(stores: Stores, fields: dict[str, Any], wishes: list[OfferQuery]) -> list[OfferQuery]:
    """Queries by which a new offer is found and not told of, or the other way round."""
    number = next(_numbers)
    record = offer(number=number, at=START_MS + number, **fields)
    add(stores, record)
    for one in stores.searches.listed():
        stores.searches.drop(one.name)
    for place, query in enumerate(wishes):
        stores.searches.save(saved(query, str(place)))
    fit = {int(one.name) for one in stores.searches.fitting(record)}
    alone = [dataclasses.replace(query, since=record.header.at) for query in wishes]
    found = {place for place, query in enumerate(alone) if record in stores.records.search(query).records}
    return [wishes[place] for place in fit ^ found]


class SavedConformance(Conformance):
    def test_searches_are_kept_by_name_and_dropped(self, stores: Stores) -> None:
        first = saved(OfferQuery(now=0, text="logo*", skills=("C++",), author=alice.id, least=5), "b", reviews=3)
        second = saved(OfferQuery(now=0), "a", without=("silent",))
        for one in (saved(OfferQuery(now=0), "b"), first, second):
            stores.searches.save(one)
        assert stores.searches.listed() == [second, first]
        assert (stores.searches.drop("a"), stores.searches.drop("a")) == (True, False)
        assert stores.searches.listed() == [first]

    def test_notices_are_counted_by_the_day(self, stores: Stores) -> None:
        stores.searches.save(saved(OfferQuery(now=0)))
        assert stores.searches.told("a", NOW) == 0
        for at in (NOW, NOW, NOW + DAY_MS):
            stores.searches.tell("a", at)
        assert [stores.searches.told("a", at) for at in (NOW, NOW + DAY_MS, NOW + 2 * DAY_MS)] == [0, 1, 0]

    def test_offers_from_before_and_other_records_fit_nothing(self, stores: Stores) -> None:
        stores.searches.save(saved(OfferQuery(now=0), since=START_MS + 1))
        assert stores.searches.fitting(offer()) == []
        assert stores.searches.fitting(alice.inception) == []
        assert len(stores.searches.fitting(offer(at=START_MS + 1))) == 1

    @settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(case=cases())
    def test_what_a_search_finds_is_told_and_nothing_else(
        self, stores: Stores, case: tuple[dict[str, Any], list[OfferQuery]]
    ) -> None:
        assert disagreements(stores, *case) == []

    @pytest.mark.parametrize("bug", ["beginnings must be whole words", "any one mark is enough"])
    def test_a_planted_bug_is_found(self, stores: Stores, monkeypatch: pytest.MonkeyPatch, bug: str) -> None:
        if bug == "beginnings must be whole words":
            monkeypatch.setattr(asking.Phrase, "stands_in", lambda self, text: f" {' '.join(self.words)} " in text)
        else:
            monkeypatch.setattr(
                asking.Wished,
                "fits",
                lambda self, texts, marks: not self.marks or any(one & marks for one in self.marks),
            )
        found: list[OfferQuery] = []

        @settings(max_examples=25, deadline=None, derandomize=True, database=None)
        @given(case=cases())
        def look(case: tuple[dict[str, Any], list[OfferQuery]]) -> None:
            found.extend(disagreements(stores, *case))

        look()
        assert found
