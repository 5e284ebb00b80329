"""When the store is over its budget strangers give first, and whoever takes most; nothing that matters goes."""

from __future__ import annotations

import itertools
import random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings, strategies as st
from msgspec import structs

from freehold.node.core import budget
from freehold.node.core.budget import Circles, Holding
from freehold.node.core.ports import Taken
from freehold.node.core.standing import Standing
from freehold.protocol.kinds.vouch import VOUCH, Vouch
from freehold.protocol.network import network
from tests.cast import DAY_MS, NETWORK, START_MS, alice, bob, carol, offer, person, profile, signed, story
from tests.node.core.market import desk_of
from tests.node.core.test_standing import Home

if TYPE_CHECKING:
    from collections.abc import Callable

ME = b"me"
MB = 1_000_000
LEVELS = (Standing.NEW, Standing.KNOWN, Standing.TRUSTED)


def people(*sizes: int, of: str) -> dict[bytes, Holding]:
    return {f"{of}{number}".encode(): Holding(f"{of}{number}".encode(), size) for number, size in enumerate(sizes)}


def circles_of(found: dict[bytes, Holding]) -> Circles:
    return Circles(
        {author for author in found if author.startswith(b"trusted")} | {ME},
        {author for author in found if author.startswith(b"known")},
    )


def planned(found: dict[bytes, Holding], circles: Circles, me: bytes, room: int) -> dict[bytes, int]:
    """Who gives how much, in the end."""
    *_, weighed = budget.weigh(found, circles, me)
    *_, gives = budget.plan(weighed, room)
    return gives


def left(found: dict[bytes, Holding], gives: dict[bytes, int], of: bytes) -> int:
    return sum(found[author].bytes - gives.get(author, 0) for author in found if author.startswith(of))


def test_within_the_budget_nobody_gives() -> None:
    found = people(MB, MB, of="new") | people(MB, of="trusted")
    assert planned(found, circles_of(found), ME, 3 * MB) == {}


def test_whoever_takes_most_gives_first_and_down_to_one_level() -> None:
    found = people(5 * MB, MB, 3 * MB, of="new") | people(MB, of="trusted")
    gives = planned(found, circles_of(found), ME, 6 * MB)
    assert set(gives) == {b"new0", b"new2"}
    assert found[b"new0"].bytes - gives[b"new0"] == found[b"new2"].bytes - gives[b"new2"]
    assert 5.6 * MB < left(found, gives, b"") <= 5.7 * MB


def test_a_flood_of_strangers_takes_nothing_from_those_who_are_known() -> None:
    found = people(*[MB // 10] * 1_000, of="new") | people(*[MB] * 10, of="known") | people(*[MB] * 10, of="trusted")
    gives = planned(found, circles_of(found), ME, 40 * MB)
    assert left(found, gives, b"known") == left(found, gives, b"trusted") == 10 * MB
    assert left(found, gives, b"new") <= 18 * MB


def test_newcomers_keep_a_part_however_much_the_trusted_write() -> None:
    found = people(*[MB] * 10, of="new") | people(*[MB] * 100, of="trusted")
    gives = planned(found, circles_of(found), ME, 40 * MB)
    assert left(found, gives, b"new") >= 40 * MB // 8
    assert left(found, gives, b"") <= 38 * MB


def check_plan(found: dict[bytes, Holding], room: int) -> None:
    """What must hold of every plan."""
    circles = circles_of(found)
    gives = planned(found, circles, ME, room)
    total = sum(holding.bytes for holding in found.values())
    assert ME not in gives
    assert all(0 < size <= found[author].bytes for author, size in gives.items())
    assert all(
        size <= found[author].loose for author, size in gives.items() if circles.standing(author) is not Standing.NEW
    )
    assert bool(gives) <= (total > room)
    floor = budget.FLOORS[Standing.NEW] * room
    if any(author.startswith((b"known", b"trusted")) for author in gives):
        assert left(found, gives, b"new") <= floor + len(found)
    for author, size in gives.items():
        standing = circles.standing(author)
        others = (a for a in found if circles.standing(a) is standing and a != ME and a not in gives)
        rest = found[author].bytes - size
        assert all((found[a].bytes if standing is Standing.NEW else found[a].loose) <= rest + 1 for a in others)


SIZES = st.lists(st.integers(0, 3 * MB), max_size=12)


@st.composite
def stores(draw: Callable[..., list[int]]) -> dict[bytes, Holding]:
    found = {ME: Holding(ME, draw(st.just([MB]))[0])}
    for of in ("new", "known", "trusted"):
        for author, holding in people(*draw(SIZES), of=of).items():
            found[author] = structs.replace(holding, tied=holding.loose // 3, person=500)
    return found


@given(stores(), st.integers(MB, 30 * MB))
@settings(max_examples=150, deadline=None)
def test_every_plan_is_fair(found: dict[bytes, Holding], room: int) -> None:
    check_plan(found, room)


@pytest.mark.parametrize("bug", ["trusted first", "no level"])
def test_the_check_notices_an_unfair_plan(monkeypatch: pytest.MonkeyPatch, bug: str) -> None:
    if bug == "no level":
        monkeypatch.setattr(budget, "_level", lambda _sizes, _excess: 0)
    else:
        turned = {b"new": Standing.TRUSTED, b"kno": Standing.KNOWN, b"tru": Standing.NEW, b"me": Standing.TRUSTED}
        monkeypatch.setattr(Circles, "standing", lambda _self, author: turned[author[:3]])
    dice = random.Random(3)
    noticed = 0
    for _ in range(20):
        found = people(*(dice.randrange(MB) for _ in range(8)), of="new") | people(*[MB] * 9, of="trusted")
        try:
            check_planned(found, 5 * MB)
        except AssertionError:
            noticed += 1
    assert noticed > 10


def check_planned(found: dict[bytes, Holding], room: int) -> None:
    gives = planned(found, circles_of(found), ME, room)
    strangers = left(found, gives, b"new")
    assert not any(author.startswith(b"trusted") for author in gives) or strangers <= room / 8 + 9
    rests = [found[author].bytes - size for author, size in gives.items() if author.startswith(b"new")]
    assert not rests or strangers >= room / 8 - 9


def test_however_many_there_are_every_step_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """The event loop goes on between two steps: each goes through no more people than its bound."""
    asked: list[int] = []

    class Counted(dict[bytes, Holding]):
        def values(self) -> Any:
            for holding in super().values():
                asked[-1] += 1
                yield holding

    monkeypatch.setattr(budget, "AT_ONCE", 10)
    found = Counted(people(*range(500, 700), of="new") | people(*range(50), of="known"))
    asked.append(0)
    weighed = budget.Weighed()
    for step in budget.weigh(found, circles_of(found), ME):
        asked.append(0)
        weighed = step
    assert max(asked) == 10
    steps = [dict(gives) for gives in budget.plan(weighed, 20_000)]
    added = [len(after) - len(before) for before, after in itertools.pairwise([{}, *steps])]
    assert (sum(added), max(added)) == (len(steps[-1]), 10)
    rows = [Taken(author, VOUCH.name, 1, size) for author, size in steps[-1].items()]
    heaped = [len(gathered) for gathered in budget.holdings(rows)]
    assert max(after - before for before, after in itertools.pairwise([0, *heaped])) == 10
    assert heaped[-1] == len(rows) > 100


def test_circles_are_drawn_from_the_owner_outwards() -> None:
    home = Home()
    dan, eve = person("dan"), person("eve")
    for who in (dan, eve):
        home.takes(who.inception)
    home.trusts(bob)
    home.sees_contract(bob, carol)
    home.desk.stores.records.add(
        signed(VOUCH, Vouch(dan.id, (), "Good."), bob, START_MS, slot=dan.id, till=START_MS + 90 * DAY_MS),
        START_MS,
        shared=True,
    )
    *_, circles = budget.draw(home.desk, START_MS)
    found = {who.name: circles.standing(who.id) for who in (alice, bob, carol, dan, eve)}
    trusted, known = Standing.TRUSTED, Standing.KNOWN
    assert found == {"alice": trusted, "bob": trusted, "carol": known, "dan": known, "eve": Standing.NEW}


def test_a_stranger_gives_the_oldest_first_then_contracts_among_strangers_then_who_it_is() -> None:
    desk = desk_of(alice, network(NETWORK))
    records = desk.stores.records
    told, ours = story(bob, carol), story(alice, bob, salt=5)
    for who in (bob, carol):
        records.add(who.inception, START_MS, shared=True)
        records.add(profile(who), START_MS, shared=True)
    offers = [offer(bob, number=number, title=f"Offer {number}") for number in range(5)]
    for now, record in enumerate((*offers, *told.contract_records, *ours.contract_records)):
        records.add(record, START_MS + now, shared=True)
    strangers = Circles({alice.id})
    first = next(budget.evict(desk, bob.id, 1, strangers))
    assert (first > 0, records.get(offers[0].id), records.get(offers[1].id)) == (True, None, offers[1])
    assert not records.add(offers[0], START_MS, shared=True)
    assert records.has(offers[0].id)
    list(budget.evict(desk, bob.id, 10 * MB, strangers))
    assert records.in_context(told.contract) == []
    assert {record.id for record in records.in_context(ours.contract)} == {
        record.id for record in ours.contract_records
    }
    assert records.log(bob.id) is not None
    list(budget.evict(desk, carol.id, 10 * MB, strangers))
    assert records.log(carol.id) is None
    assert [row.author for row in records.taken() if row.author not in (alice.id, bob.id)] == []
    records.welcome(bob.id)
    assert records.add(offers[0], START_MS, shared=True)


def test_people_who_are_known_keep_contracts_and_offers_of_contracts() -> None:
    desk = desk_of(alice, network(NETWORK))
    records = desk.stores.records
    told = story(bob, carol)
    needed, spare = offer(bob, number=1), offer(bob, number=2)
    for record in (bob.inception, needed, spare, *told.contract_records):
        records.add(record, START_MS, shared=True)
    list(budget.evict(desk, bob.id, 10 * MB, Circles({alice.id}, {bob.id})))
    assert records.get(spare.id) is None
    assert all(records.get(record.id) for record in (bob.inception, needed, *told.contract_records))


def test_what_strangers_say_about_contracts_that_are_not_here_is_given_up_too() -> None:
    desk = desk_of(alice, network(NETWORK))
    told = story(bob, carol)
    desk.stores.records.add(told.freelancer_reviews, START_MS, shared=True)
    list(budget.evict(desk, carol.id, 10 * MB, Circles({alice.id})))
    assert desk.stores.records.totals() == {}


def test_while_it_is_crowded_nothing_of_strangers_is_taken() -> None:
    home = Home()
    home.trusts(bob)
    home.desk.crowded = True
    dan = person("somebody new")
    assert home.takes(offer(carol)) == "there is no room for strangers just now"
    assert home.takes(dan.inception) == "there is no room for strangers just now"
    assert home.takes(offer(bob)) == ""
