"""What every implementation of `ports.Records` must say of contracts, and of who has a part in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cast import (
    DAY_MS,
    START_MS,
    agreement,
    agreement_body,
    alice,
    bob,
    carol,
    mallory,
    note,
    offer,
    offer_place,
    person,
    raw,
    review,
    story,
)
from tests.node.store.conformance import NOW, Conformance, add

if TYPE_CHECKING:
    from freehold.node.core.ports import Stores


class ContractsConformance(Conformance):
    """Contracts, their parties and those who serve in them."""

    def test_a_contract_is_found_whole_and_in_order_of_id(self, stores: Stores) -> None:
        one, other = story(), story(salt=1)
        add(stores, *one.contract_records, *other.contract_records, one.client_reviews)
        expected = sorted((*one.contract_records, one.client_reviews), key=lambda record: record.id)
        assert stores.records.in_context(one.contract) == expected

    def test_contexts_that_begin_alike_are_kept_apart(self, stores: Stores) -> None:
        near = story().contract[:8] + bytes(24)
        add(stores, review(alice, bob, near), story().delivery)
        assert stores.records.in_context(near) == [review(alice, bob, near)]

    def test_contracts_are_listed_newest_first_for_both_parties_and_for_nobody_else(self, stores: Stores) -> None:
        one, other, foreign = story(), story(salt=1), story(carol, bob)
        add(stores, one.client_signs, other.freelancer_signs, foreign.client_signs, one.freelancer_signs)
        assert stores.records.contracts_of(alice.id) == [one.contract, other.contract]
        assert stores.records.contracts_of(bob.id) == [one.contract, foreign.contract, other.contract]
        assert stores.records.contracts_of(mallory.id) == []

    def test_a_contract_with_one_signature_is_listed_for_the_party_that_has_not_signed(self, stores: Stores) -> None:
        add(stores, story().freelancer_signs, shared=False)
        assert stores.records.contracts_of(alice.id) == [story().contract]

    def test_only_contracts_that_both_have_signed_bind(self, stores: Stores) -> None:
        one = story()
        add(stores, one.client_signs)
        assert (stores.records.bound(alice.id, bob.id), stores.records.partners(alice.id, 9)) == (False, [])
        assert stores.records.parties(one.contract) == (alice.id, bob.id)
        assert [stores.records.signed(one.contract, who.id) for who in (alice, bob)] == [True, False]
        add(stores, one.freelancer_signs)
        assert stores.records.bound(alice.id, bob.id)
        assert stores.records.bound(bob.id, alice.id)
        assert not stores.records.bound(alice.id, carol.id)
        assert stores.records.signed(one.contract, bob.id)
        assert not stores.records.signed(one.contract, carol.id)

    def test_partners_come_once_each_those_of_the_newest_signatures_first(self, stores: Stores) -> None:
        told = [story(alice, bob), story(alice, carol), story(mallory, alice), story(alice, bob, salt=1)]
        add(stores, *(signed for one in told for signed in one.contract_records[:2]))
        assert stores.records.partners(alice.id, 9) == [bob.id, mallory.id, carol.id]
        assert stores.records.partners(alice.id, 1) == [bob.id]
        assert stores.records.partners(person("nobody").id, 9) == []

    def test_who_writes_in_a_context_is_counted_by_author(self, stores: Stores) -> None:
        one = story()
        add(stores, *one.contract_records, review(carol, bob, one.contract))
        add(stores, note(bob, one.contract, "See my draft."), note(bob, one.contract, "And this."), shared=False)
        assert stores.records.counts_in(one.contract, bob.id) == {
            "agreement/1": 1, "delivery/1": 1, "payment-received/1": 1, "note/1": 2,
        }  # fmt: skip
        assert stores.records.counts_in(one.contract, carol.id) == {"review/1": 1}
        assert stores.records.counts_in(one.contract, mallory.id) == stores.records.counts_in(alice.id, bob.id) == {}
        assert stores.records.parties(offer_place()) is None

    def test_everybody_whom_an_agreement_names_has_a_part_in_the_contract(self, stores: Stores) -> None:
        body = agreement_body(arbiters=(carol.id,), witnesses=(mallory.id,), quorum=1)
        theirs, ours = agreement(bob, body), agreement(alice, body)
        assert stores.records.participants(theirs.header.body) == ()
        for signed in (theirs, ours):
            add(stores, signed)
            parties, others = (found := stores.records.participants(theirs.header.body))[:2], found[2:]
            assert (parties, set(others)) == ((alice.id, bob.id), {carol.id, mallory.id})
            assert len(others) == 2
        assert stores.records.participants(story().contract) == ()

    def test_whom_somebody_serves_is_listed_newest_first(self, stores: Stores) -> None:
        bodies = [agreement_body(salt=salt, arbiters=(carol.id,)) for salt in range(3)]
        bodies.append(agreement_body(salt=9, witnesses=(carol.id,), quorum=1))
        signed = [agreement(bob, body) for body in bodies]
        add(stores, *signed, agreement(alice, bodies[0]))
        named = [record.header.body for record in signed]
        assert stores.records.served_by(carol.id) == [named[0], named[3], named[2], named[1]]
        assert stores.records.served_by(alice.id) == []

    def test_what_is_kept_back_is_listed_until_it_is_given_to_others(self, stores: Stores) -> None:
        written = [review(alice, bob, story(salt=salt).contract) for salt in range(3)]
        add(stores, *written, review(bob, alice, story().contract), shared=False)
        add(stores, review(alice, bob, story(salt=7).contract))
        assert stores.records.kept_back(alice.id, "review/1", 9) == written
        assert stores.records.kept_back(alice.id, "review/1", 2) == written[:2]
        add(stores, written[0])
        assert stores.records.kept_back(alice.id, "review/1", 9) == written[1:]
        assert stores.records.kept_back(carol.id, "review/1", 9) == []

    def test_reviews_are_found_by_their_subject_oldest_first(self, stores: Stores) -> None:
        told = [story(salt=number) for number in range(4)]
        add(stores, *(one.client_reviews for one in told), told[0].freelancer_reviews)
        assert stores.records.reviews_of(bob.id, 3) == [one.client_reviews for one in told[:3]]
        assert stores.records.reviews_of(alice.id, 9) == [told[0].freelancer_reviews]

    def test_a_review_of_somebody_whose_id_begins_alike_is_not_ones_own(self, stores: Stores) -> None:
        body = review(alice, bob, story().contract).body or b""
        lookalike = body.replace(bob.id, bob.id[:8] + bytes(24))
        add(stores, raw("review/1", lookalike, alice, context=story().contract))
        assert stores.records.reviews_of(bob.id, 9) == []
        assert len(stores.records.reviews_of(bob.id[:8] + bytes(24), 9)) == 1

    def test_what_contracts_consist_of_is_told_of_many_who_signed_them(self, stores: Stores) -> None:
        told, other = story(), story(alice, carol, START_MS + DAY_MS, salt=1)
        add(stores, *told.contract_records, other.client_signs, agreement(mallory, agreement_body(salt=3)))
        found = stores.records.traces([alice.id, bob.id, mallory.id], 9)
        assert [(one.contract, one.role, one.at, one.signed) for one in found[alice.id]] == [
            (other.contract, "client", other.client_signs.header.at, False),
            (told.contract, "client", told.client_signs.header.at, True),
        ]
        assert found[alice.id][1].kinds == {
            (alice.id, "agreement/1"): 1, (alice.id, "acceptance/1"): 1, (alice.id, "payment-sent/1"): 1,
            (bob.id, "agreement/1"): 1, (bob.id, "delivery/1"): 1, (bob.id, "payment-received/1"): 1,
        }  # fmt: skip
        assert [one.role for one in found[bob.id]] == ["freelancer"]
        assert found[mallory.id] == []
        assert [one.contract for one in stores.records.traces([alice.id], 1)[alice.id]] == [other.contract]
        assert stores.records.traces([], 9) == {}

    def test_the_stamp_of_a_context_changes_with_what_is_in_it(self, stores: Stores) -> None:
        told = story()
        stamps = [stores.records.stamp(told.contract)]
        for record in (told.client_signs, told.freelancer_signs, told.delivery.without_body(), told.delivery):
            add(stores, record)
            stamps += [stores.records.stamp(told.contract)]
        add(stores, *story(alice, carol, salt=1).contract_records, offer())
        assert stores.records.stamp(told.contract) == stamps[-1]
        stores.records.erase(told.delivery.id, NOW, header_stays=True)
        stamps += [stores.records.stamp(told.contract)]
        assert (len(set(stamps)), stamps[-1]) == (5, stamps[3])
