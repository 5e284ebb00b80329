"""What every implementation of `ports.Stores` must do; a test class per implementation inherits these.

`open_stores(folder)` opens the stores that live in a folder; a second call on the same folder finds what was committed.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

import pytest

from freehold.protocol.envelope import pack
from freehold.protocol.kinds.offer import OFFER
from tests.cast import (
    DAY_MS,
    HOUR_MS,
    START_MS,
    agreement,
    agreement_body,
    alice,
    bob,
    carol,
    inbox,
    mallory,
    note,
    offer,
    offer_place,
    person,
    profile,
    proposal,
    raw,
    slot,
    story,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from freehold.node.core.ports import Stores
    from freehold.protocol.envelope import Record

NOW = START_MS + DAY_MS


class Conformance(ABC):
    """How the stores under test come into being."""

    @abstractmethod
    def open_stores(self, folder: Path) -> Stores:
        """Open the stores of a folder."""

    @abstractmethod
    def close_stores(self, stores: Stores) -> None:
        """Let go of them, as a process does that ends."""

    @pytest.fixture
    def stores(self, tmp_path: Path) -> Iterable[Stores]:
        stores = self.open_stores(tmp_path)
        yield stores
        self.close_stores(stores)

    def reopened(self, stores: Stores, folder: Path) -> Stores:
        self.close_stores(stores)
        return self.open_stores(folder)


def add(stores: Stores, *records: Record, shared: bool = True, now: int = NOW) -> list[bool]:
    return [stores.records.add(record, now, shared=shared) for record in records]


class RecordsConformance(Conformance):
    """Keeping, finding and counting records."""

    def test_a_record_comes_back_byte_for_byte(self, stores: Stores) -> None:
        kept = [alice.inception, profile(bob), offer(), *story().contract_records, proposal()]
        assert add(stores, *kept) == [True] * len(kept)
        assert [pack(record) for record in kept if stores.records.get(record.id) != record] == []

    def test_fields_and_kinds_nobody_knows_are_kept_as_they_came(self, stores: Stores) -> None:
        strange = raw("org.example.poem/1", b"\x81\xa5lines\x93\x01\x02\x03", alice)
        add(stores, strange)
        assert stores.records.get(strange.id) == strange
        assert stores.records.of_kind("org.example.poem/1", 5) == [strange]

    def test_many_at_once_end_as_one_by_one_would(self, stores: Stores) -> None:
        first, later = offer(), offer(title="Later", at=START_MS + 1)
        delivery = story().delivery
        batch = [later, first, later, delivery.without_body(), delivery, note(bob, bytes(32), "A note")]
        assert stores.records.add_many(batch, NOW, shared=True) == [True, False, False, True, True, True]
        assert stores.records.fills(offer_place()) == later
        assert stores.records.get(delivery.id) == delivery
        assert stores.records.add_many([], NOW, shared=True) == []

    def test_what_came_with_the_last_batch_is_known_to_the_next(self, stores: Stores) -> None:
        first, later = offer(), offer(title="Later", at=START_MS + 1)
        assert stores.records.add_many([alice.inception, later], NOW, shared=True) == [True, True]
        assert stores.records.known([first.id, later.id]) == {later.id}
        assert stores.records.add_many([later, first], NOW, shared=True) == [False, False]
        assert stores.records.fills(offer_place()) == later

    def test_several_hundred_at_once_are_all_there(self, stores: Stores) -> None:
        many = [offer(number=number, title=f"Number {number}") for number in range(150)]
        assert all(stores.records.add_many(many, NOW, shared=True))
        assert stores.records.shared([record.id for record in many]) == many
        assert [record for _, record in stores.records.written(alice.id, 0, 200)] == many

    def test_what_somebody_wrote_is_read_page_by_page_whatever_its_kind(self, stores: Stores) -> None:
        kept = [alice.inception, profile(bob), offer(), note(alice, bytes(32), "A note"), profile(alice)]
        add(stores, *kept[:3])
        add(stores, *kept[3:], shared=False)
        pages, after = [], 0
        while page := stores.records.written(alice.id, after, 2):
            after = page[-1][0]
            pages.append([record for _, record in page])
        assert pages == [[kept[0], kept[2]], [kept[3], kept[4]]]
        assert stores.records.written(bytes(32), 0, 2) == []

    def test_names_are_looked_up_together_as_they_are_one_by_one(self, stores: Stores) -> None:
        here, kept_back, newer, old = offer(), offer(bob), offer(number=2, at=START_MS + 5), offer(number=2)
        gone, refused = offer(number=3), offer(number=4)
        add(stores, here, old, newer, gone)
        add(stores, kept_back, shared=False)
        assert stores.records.erase(gone.id, NOW, header_stays=False)
        assert stores.ranges.put_aside(refused.id, refused.header, NOW + 9)
        every = [here, kept_back, newer, old, gone, refused, offer(number=5)]
        for size in (8, 16):
            names = [record.id[:size] for record in every]
            found = {name for name in names if stores.ranges.known(name)}
            assert stores.ranges.known_among(names) == found == set(names[:-1])
        names = [record.id[:8] for record in every]
        one_by_one = {name: ids for name in names if (ids := stores.ranges.find(name))}
        assert stores.ranges.find_each([*names, names[0]]) == one_by_one
        assert set(one_by_one) == {here.id[:8], newer.id[:8]}
        assert (stores.ranges.find_each([]), stores.ranges.known_among([])) == ({}, set())

    def test_a_known_record_changes_nothing(self, stores: Stores) -> None:
        assert add(stores, offer(), offer()) == [True, False]
        assert stores.records.totals() == {"offer/1": 1}

    def test_an_unknown_id_is_not_there(self, stores: Stores) -> None:
        assert not stores.records.has(offer().id)
        assert stores.records.get(offer().id) is None

    def test_what_was_not_committed_is_gone_and_what_was_is_there(self, stores: Stores, tmp_path: Path) -> None:
        add(stores, alice.inception)
        stores.commit()
        add(stores, bob.inception)
        again = self.reopened(stores, tmp_path)
        assert [again.records.has(who.inception.id) for who in (alice, bob)] == [True, False]
        self.close_stores(again)

    def test_the_epoch_is_made_once(self, stores: Stores, tmp_path: Path) -> None:
        epoch = stores.records.epoch
        again = self.reopened(stores, tmp_path)
        assert len(epoch) == 16
        assert again.records.epoch == epoch
        other = self.open_stores(tmp_path / "other")
        assert other.records.epoch != epoch
        self.close_stores(again)
        self.close_stores(other)

    def test_a_header_gets_its_body_when_that_arrives(self, stores: Stores) -> None:
        delivery = story().delivery
        assert add(stores, delivery.without_body(), delivery, delivery) == [True, True, False]
        assert stores.records.get(delivery.id) == delivery
        assert stores.records.totals() == {"delivery/1": 1}

    def test_a_header_never_takes_a_body_away(self, stores: Stores) -> None:
        delivery = story().delivery
        assert add(stores, delivery, delivery.without_body()) == [True, False]
        assert stores.records.get(delivery.id) == delivery

    def test_unshared_records_are_found_here_and_given_to_nobody(self, stores: Stores) -> None:
        add(stores, proposal(), shared=False)
        assert stores.records.get(proposal().id) == proposal()
        assert stores.records.shared([proposal().id]) == []
        assert stores.records.after(0, 10) == []

    def test_an_unshared_record_that_becomes_public_arrives_anew_for_others(self, stores: Stores) -> None:
        told = story()
        add(stores, told.delivery, shared=False)
        add(stores, told.freelancer_signs)
        ((position, first),) = stores.records.after(0, 10)
        assert first == told.freelancer_signs.id
        assert add(stores, told.delivery.without_body()) == [True]
        assert [name for _, name in stores.records.after(position, 10)] == [told.delivery.id]
        assert stores.records.shared([told.delivery.id]) == [told.delivery]

    def test_a_shared_record_stays_shared(self, stores: Stores) -> None:
        add(stores, offer())
        assert add(stores, offer(), shared=False) == [False]
        assert stores.records.shared([offer().id]) == [offer()]

    def test_shared_records_come_in_the_order_asked_for_once_each(self, stores: Stores) -> None:
        here = [offer(number=number) for number in range(5)]
        add(stores, *here)
        asked = [here[3].id, bob.inception.id, here[0].id, here[3].id]
        assert stores.records.shared(asked) == [here[3], here[0]]
        assert stores.records.shared([]) == []

    def test_positions_page_through_everything_in_order_of_arrival(self, stores: Stores) -> None:
        written = [offer(number=number) for number in range(7)]
        add(stores, *written)
        seen: list[bytes] = []
        position = 0
        while page := stores.records.after(position, 3):
            assert [at for at, _ in page] == sorted(at for at, _ in page)
            seen += [name for _, name in page]
            position = page[-1][0]
        assert seen == [record.id for record in written]

    def test_news_are_what_belongs_to_contracts_or_is_of_a_kind(self, stores: Stores) -> None:
        told = story()
        add(stores, alice.inception, offer(), told.delivery, offer(number=2), profile(bob))
        add(stores, proposal(), shared=False)
        position, looked, found = stores.records.news(0, 3, "profile/1")
        assert (looked, found) == (3, [alice.inception, told.delivery])
        last, looked, found = stores.records.news(position, 3, "profile/1")
        assert (looked, found) == (2, [profile(bob)])
        assert stores.records.news(last, 3, "profile/1") == (last, 0, [])
        assert stores.records.news(0, 10, "vouch/1")[2] == [alice.inception, told.delivery]

    def test_a_position_is_never_given_twice(self, stores: Stores, tmp_path: Path) -> None:
        add(stores, offer())
        ((first, _),) = stores.records.after(0, 10)
        add(stores, offer(at=START_MS + 1))
        ((second, _),) = stores.records.after(first, 10)
        assert stores.records.expire(START_MS + 31 * DAY_MS, 10) == 1
        stores.commit()
        again = self.reopened(stores, tmp_path)
        add(again, offer(number=2))
        ((third, _),) = again.records.after(second, 10)
        assert first < second < third
        self.close_stores(again)

    def test_a_position_that_was_told_survives_the_end_of_the_process(self, stores: Stores, tmp_path: Path) -> None:
        add(stores, alice.inception)
        told = stores.records.after(0, 10)
        again = self.reopened(stores, tmp_path)
        assert again.records.after(0, 10) == told
        self.close_stores(again)

    def test_bodies_that_break_their_kinds_rules_are_kept_but_mean_nothing(self, stores: Stores) -> None:
        till = START_MS + DAY_MS
        garbage = [
            raw("offer/1", b"\xc1", alice, slot=slot(1), till=till),
            raw("agreement/1", OFFER.name.encode(), alice, context=story().contract, seq=0),
            raw("review/1", b"\x80", alice, context=story().contract, slot=story().contract),
        ]
        assert add(stores, *garbage) == [True] * 3
        assert stores.records.get(garbage[0].id) == garbage[0]
        assert stores.records.open_offers(alice.id, NOW) == 0
        assert stores.records.contracts_of(alice.id) == []
        assert add(stores, offer(at=START_MS + 1)) == [True]
        assert stores.records.open_offers(alice.id, NOW) == 1

    def test_the_newest_of_an_author_and_of_a_kind_come_first(self, stores: Stores) -> None:
        mine = [offer(number=number) for number in range(4)]
        add(stores, mine[2])
        add(stores, *mine[:2], offer(bob), now=NOW + 1)
        assert stores.records.by_author(alice.id, "offer/1", 2) == [mine[1], mine[0]]
        assert stores.records.of_kind("offer/1", 2) == [offer(bob), mine[1]]
        assert stores.records.by_author(carol.id, "offer/1", 2) == []
        assert stores.records.of_kind("nothing/1", 2) == []

    def test_those_of_a_kind_are_read_in_order_of_arrival_some_at_a_time(self, stores: Stores) -> None:
        offers = [offer(who, number=number) for number in range(3) for who in (alice, bob)]
        add(
            stores,
            *(
                one
                for pair in zip(offers, (note(bob, bytes(32), str(n)) for n in range(6)), strict=True)
                for one in pair
            ),
        )
        found: list[Record] = []
        after, steps = 0, 0
        while some := stores.records.all_of_kind("offer/1", after, 4):
            found += [record for _, record in some]
            after, steps = some[-1][0], steps + 1
        assert (found, steps) == (offers, 2)
        assert stores.records.all_of_kind("nothing/1", 0, 4) == []

    def test_an_identity_has_one_log_and_it_is_the_first(self, stores: Stores) -> None:
        later = raw("inception/1", mallory.inception.body or b"", mallory, START_MS + 5, context=mallory.id, seq=0)
        assert add(stores, mallory.inception, later, later) == [True, False, False]
        assert stores.records.log(mallory.id) == mallory.inception
        assert stores.records.has(later.id)
        assert stores.records.log(alice.id) is None

    def test_quotas_count_what_others_get_but_not_logs_profiles_and_inboxes(self, stores: Stores) -> None:
        add(stores, alice.inception, profile(alice), inbox(alice), offer(number=1), offer(number=2), now=NOW)
        add(stores, proposal(alice, bob), shared=False)
        add(stores, offer(number=3), now=NOW + HOUR_MS)
        assert stores.records.count(alice.id) == 3
        assert stores.records.count_since(alice.id, NOW) == 3
        assert stores.records.count_since(alice.id, NOW + HOUR_MS) == 1
        assert stores.records.count_since(alice.id, NOW + HOUR_MS + 1) == 0
        assert stores.records.count(carol.id) == 0

    def test_versions_that_were_replaced_still_count_for_their_day(self, stores: Stores) -> None:
        add(stores, *(offer(at=START_MS + number) for number in range(5)))
        assert stores.records.count(alice.id) == 1
        assert stores.records.count_since(alice.id, NOW) == 5

    def test_open_offers_are_neither_closed_nor_expired(self, stores: Stores) -> None:
        add(stores, offer(number=1), offer(number=2, life_ms=HOUR_MS), offer(number=3, closed=True), offer(bob))
        assert stores.records.open_offers(alice.id, START_MS + HOUR_MS) == 2
        assert stores.records.open_offers(alice.id, START_MS + HOUR_MS + 1) == 1
        assert stores.records.open_offers(carol.id, NOW) == 0

    def test_identities_are_found_by_how_they_begin_if_they_wrote_something(self, stores: Stores) -> None:
        people = sorted((person(f"someone {number}") for number in range(300)), key=lambda who: who.id)
        add(stores, *(who.inception for who in people))
        start = people[0].id[:1]
        expected = [who.id for who in people if who.id.startswith(start)]
        assert stores.records.identities_like(start, 300) == expected
        assert stores.records.identities_like(start, 1) == expected[:1]
        assert stores.records.identities_like(people[7].id, 5) == [people[7].id]
        assert stores.records.identities_like(b"", 3) == [who.id for who in people[:3]]
        assert stores.records.identities_like(people[7].id + b"x", 5) == []

    def test_records_places_and_contracts_are_found_by_the_beginning_of_their_names(self, stores: Stores) -> None:
        told, offers = story(), [offer(number=number) for number in range(1, 6)]
        add(stores, *offers, *told.contract_records, profile(alice))
        like = stores.records.names_like
        for number, record in enumerate(offers, 1):
            assert like("record", record.id[:5], 3) == [record.id]
            assert like("place", offer_place(number=number)[:5], 3) == [offer_place(number=number)]
            assert like("place", record.id[:5], 3) == like("contract", record.id[:5], 3) == []
        assert like("contract", told.contract[:5], 3) == like("contract", told.contract, 3) == [told.contract]
        assert like("contract", told.contract[:31] + bytes([told.contract[31] ^ 1]), 3) == []

    def test_a_contract_is_one_name_however_often_it_was_signed_and_is_none_before(self, stores: Stores) -> None:
        told = story()
        add(stores, told.delivery, *(agreement(bob, agreement_body(), START_MS + number) for number in range(9)))
        assert stores.records.names_like("contract", told.contract[:5], 1) == [told.contract]
        other = story(salt=1)
        add(stores, other.delivery)
        assert stores.records.names_like("contract", other.contract, 1) == []
