"""What replaces what, in every implementation of `ports.Stores`: a test class per implementation inherits this."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from freehold.protocol.envelope import place_of
from freehold.protocol.kinds.profile import INBOX_SLOT, PROFILE_SLOT
from tests.cast import (
    DAY_MS,
    START_MS,
    agreement_body,
    alice,
    bob,
    inbox,
    offer,
    offer_place,
    profile,
    proposal,
    raw,
    slot,
    story,
)
from tests.node.store.conformance import Conformance, add

if TYPE_CHECKING:
    from pathlib import Path

    from freehold.node.core.ports import Stores


class PlacesConformance(Conformance):
    """What replaces what, and what is dropped when it has expired."""

    def test_the_later_version_fills_the_place_whatever_order_they_arrive_in(self, stores: Stores) -> None:
        versions = [offer(title=f"Version {number}", at=START_MS + number) for number in (2, 1, 4, 3)]
        assert add(stores, *versions) == [True, False, True, False]
        assert stores.records.fills(offer_place()) == versions[2]
        assert stores.records.latest(alice.id, "offer/1", slot(1)) == versions[2]
        assert stores.records.totals() == {"offer/1": 1}
        assert [stores.records.get(record.id) is not None for record in versions] == [False, False, True, False]

    def test_of_two_versions_with_one_time_the_smaller_id_stays(self, stores: Stores) -> None:
        smaller, larger = sorted((offer(title="One"), offer(title="Two")), key=lambda record: record.id)
        assert add(stores, larger, smaller, larger) == [True, True, False]
        assert stores.records.fills(offer_place()) == smaller

    def test_replaced_versions_are_not_wanted_again(self, stores: Stores, tmp_path: Path) -> None:
        old, new, late = (offer(title=title, at=START_MS + at) for title, at in (("a", 1), ("b", 2), ("c", 0)))
        add(stores, old, new, late)
        stores.commit()
        again = self.reopened(stores, tmp_path)
        assert all(again.records.has(record.id) for record in (old, new, late))
        assert again.records.get(old.id) is None
        assert add(again, old, late) == [False, False]
        assert again.records.shared([old.id, new.id]) == [new]
        self.close_stores(again)

    def test_places_differ_by_author_kind_and_slot(self, stores: Stores) -> None:
        same_slot = raw("note/1", b"\x80", alice, slot=slot(1))
        kept = [offer(), offer(bob), offer(number=2), same_slot, profile(alice), inbox(alice)]
        assert add(stores, *kept) == [True] * 6
        assert [stores.records.fills(place_of(record.header) or b"") for record in kept] == kept
        assert stores.records.latest(alice.id, "profile/1", PROFILE_SLOT) == profile(alice)
        assert stores.records.latest(alice.id, "inbox/1", INBOX_SLOT) == inbox(alice)
        assert stores.records.fills(bytes(32)) is None

    def test_a_place_whose_name_begins_alike_is_empty(self, stores: Stores) -> None:
        add(stores, offer())
        assert stores.records.fills(offer_place()[:8] + bytes(24)) is None

    def test_a_review_that_breaks_its_kinds_rules_is_not_listed(self, stores: Stores) -> None:
        body = story().client_reviews.body or b""
        context, in_slot = story().contract, {"slot": bytes(32)}  # which a careless author gives it
        versions = [raw("review/1", body, alice, START_MS + number, context=context, **in_slot) for number in (0, 1)]
        assert add(stores, *versions) == [True, True]
        assert stores.records.reviews_of(bob.id, 9) == []
        assert stores.records.totals() == {"review/1": 1}

    def test_expired_records_are_dropped_and_lasting_ones_stay(self, stores: Stores) -> None:
        told = story()
        add(stores, alice.inception, profile(alice), inbox(alice), offer(number=5), *told.contract_records)
        add(stores, proposal(), shared=False)
        assert stores.records.expire(START_MS + 7 * DAY_MS, 10) == 0
        assert stores.records.expire(START_MS + 365 * DAY_MS, 10) == 2
        left = stores.records.totals()
        assert "inbox/1" not in left
        assert "offer/1" not in left
        assert (left["profile/1"], left["inception/1"], left["agreement/1"], left["proposal/1"]) == (1, 1, 2, 1)
        assert stores.records.latest(alice.id, "inbox/1", INBOX_SLOT) is None

    def test_expiry_drops_no_more_than_it_was_told(self, stores: Stores) -> None:
        add(stores, *(offer(number=number) for number in range(5)))
        later = START_MS + 31 * DAY_MS
        assert [stores.records.expire(later, 2) for _ in range(4)] == [2, 2, 1, 0]

    def test_an_offer_that_a_contract_names_outlives_its_expiry(self, stores: Stores) -> None:
        assert agreement_body().offer == offer_place()
        add(stores, offer(), offer(number=2), story().client_signs)
        assert stores.records.expire(START_MS + 365 * DAY_MS, 10) == 1
        assert stores.records.fills(offer_place()) == offer()

    @pytest.mark.parametrize("late", [False, True])
    def test_a_closed_offer_does_not_reopen_when_the_closing_version_expires_first(
        self, stores: Stores, late: bool
    ) -> None:
        opened = offer(life_ms=100 * DAY_MS)
        closed = offer(at=START_MS + 1, life_ms=DAY_MS, closed=True)
        add(stores, *((closed, opened) if late else (opened, closed)))
        assert stores.records.expire(START_MS + 50 * DAY_MS, 10) == 0
        assert add(stores, opened) == [False]
        assert stores.records.fills(offer_place()) == closed
        assert stores.records.expire(START_MS + 101 * DAY_MS, 10) == 1
