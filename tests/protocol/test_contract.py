"""The same records give the same contract, in whatever order they come; only the one whose turn it is moves it on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, strategies as st

from freehold.protocol import contract
from freehold.protocol.contract import ACTIVE, CLOSED, DELIVERED, OFFERED, PAYABLE, SETTLED, WORKING, Contract
from freehold.protocol.envelope import Record
from freehold.protocol.kinds.agreement import AGREEMENT
from freehold.protocol.kinds.entries import ACCEPTANCE, DELIVERY, Acceptance, Delivery, PaymentSent
from freehold.protocol.kinds.values import CLIENT, FREELANCER, Money
from tests.cast import HOUR_MS, START_MS, agreement, agreement_body, alice, bob, carol, entry, mallory, review, story
from tests.protocol.planted import Bug

TOLD = story()
OTHER = story(salt=1)
PAID = Money(10_000, "EUR")
_AGAIN = agreement(bob, agreement_body(), START_MS + 9 * HOUR_MS)
_SECOND = entry(bob, Delivery("No, this."), TOLD.freelancer_signs, at=START_MS + 3 * HOUR_MS)
_FORKED = entry(alice, Acceptance("Hm."), TOLD.client_signs, at=START_MS + 4 * HOUR_MS, seen=(_SECOND.id,))
POOL = [
    *TOLD.contract_records,
    *(record.without_body() for record in TOLD.contract_records[2:]),
    *(TOLD.client_reviews, _AGAIN, _SECOND, _FORKED),
    entry(mallory, Delivery("Mine!"), TOLD.freelancer_signs),
    entry(alice, PaymentSent(PAID, "sepa"), TOLD.client_signs),
    entry(bob, Delivery("Next."), TOLD.delivery),
]
"""A contract's records, copies without bodies, second thoughts and strangers' attempts."""
SETS = st.lists(st.booleans(), min_size=len(POOL), max_size=len(POOL)).map(
    lambda arrived: [record for record, here in zip(POOL, arrived, strict=True) if here]
)
ORDERS = st.randoms(use_true_random=False)


def fold(*records: Record) -> Contract:
    """The contract that these records show."""
    found = contract.fold(records)
    assert found is not None
    return found


def any_order_gives_the_same(records: list[Record], luck: Any) -> None:
    """Another order, some of them twice: the same contract, to the last field."""
    again = [*records, *luck.sample(records, len(records) // 2)]
    luck.shuffle(again)
    assert contract.fold(again) == contract.fold(records)


@given(SETS, ORDERS)
def test_any_order_gives_the_same(records: list[Record], luck: Any) -> None:
    any_order_gives_the_same(records, luck)


def _first_seen_wins(forked: list[Record], _acknowledged: dict[bytes, int]) -> Record | None:
    return forked[0] if forked else None


def _as_they_come(records: Iterable[Record]) -> dict[bytes, list[Record]]:
    found: dict[bytes, list[Record]] = {}
    for record in records:
        if record.header.kind == AGREEMENT.name:
            found.setdefault(record.author, []).append(record)
    return found


@pytest.mark.parametrize(
    "bug",
    [
        Bug(contract, "_standing", _first_seen_wins),
        Bug(contract, "_signed", _as_they_come),
        Bug(contract, "_has_body", lambda record: True),
    ],
    ids=str,
)
def test_an_order_that_matters_would_be_noticed(bug: Bug) -> None:
    bug.must_be_caught(any_order_gives_the_same, SETS, ORDERS, examples=3_000)


def test_the_straight_path() -> None:
    states = [fold(*TOLD.contract_records[:count]) for count in range(1, 7)]

    assert [found.state for found in states] == [OFFERED, *[ACTIVE] * 4, CLOSED]
    assert [found.milestones[0] for found in states[1:]] == [WORKING, DELIVERED, PAYABLE, "paid", SETTLED]
    assert [found.debtor(0) for found in states] == [CLIENT, FREELANCER, CLIENT, CLIENT, FREELANCER, None]
    done = states[-1]
    assert [step.entry for step in done.steps] == list(TOLD.contract_records[2:])
    assert done.heads == {alice.id: TOLD.payment_sent, bob.id: TOLD.payment_received}
    assert (done.id, done.waiting) == (TOLD.contract, ())


def test_headers_are_enough() -> None:
    public = [*TOLD.contract_records[:2], *(record.without_body() for record in TOLD.contract_records[2:])]
    assert fold(*public).state == CLOSED


def test_without_an_agreement_there_is_no_contract() -> None:
    assert contract.fold([]) is None
    assert contract.fold([TOLD.delivery, TOLD.client_reviews]) is None
    assert contract.fold([TOLD.client_signs.without_body()]) is None


def test_one_signature_moves_nothing() -> None:
    found = fold(TOLD.freelancer_signs, TOLD.delivery)
    assert (found.state, found.milestones, found.steps) == (OFFERED, (WORKING,), ())
    assert found.debtor(0) == CLIENT
    assert found.allows(DELIVERY.name, 0, bob.id)


@pytest.mark.parametrize(
    ("kind", "part", "author", "why"),
    [
        (DELIVERY.name, 0, alice, "up to the freelancer"),
        (ACCEPTANCE.name, 0, alice, "not possible while"),
        (DELIVERY.name, 0, carol, "only the parties"),
        (DELIVERY.name, 1, bob, "no milestone 2"),
    ],
)
def test_a_move_that_is_not_ones_own(kind: str, part: int, author: Any, why: str) -> None:
    found = fold(TOLD.client_signs, TOLD.freelancer_signs)
    assert found.allows(DELIVERY.name, 0, bob.id) is None
    assert why in (found.allows(kind, part, author.id) or "")


def test_a_move_out_of_turn_waits_with_a_reason() -> None:
    delivers = entry(alice, Delivery("I did it myself."), TOLD.client_signs)
    early = entry(bob, Delivery("For later."), TOLD.freelancer_signs, part=1)
    for strange, why in (
        (delivers, "up to the freelancer"),
        (early, "no milestone 2"),
        (TOLD.acceptance, "not possible"),
    ):
        found = fold(TOLD.client_signs, TOLD.freelancer_signs, strange)
        assert found.milestones == (WORKING,)
        ((name, reason),) = found.waiting
        assert name == strange.id
        assert why in reason


def test_a_stranger_moves_nothing() -> None:
    hers = entry(mallory, Delivery("Mine!"), TOLD.freelancer_signs)
    found = fold(TOLD.client_signs, TOLD.freelancer_signs, hers)
    assert found.steps == ()
    assert found.waiting == ((hers.id, "only the parties of a contract act in it"),)


def test_an_entry_of_another_contract_moves_nothing() -> None:
    """Mallory hands bob's old delivery to a node as if it belonged here."""
    found = fold(TOLD.client_signs, TOLD.freelancer_signs, OTHER.delivery)
    assert found.steps == ()
    assert found.milestones == (WORKING,)


def test_a_gap_is_waited_for() -> None:
    found = fold(*(record for record in TOLD.contract_records if record is not TOLD.acceptance))
    assert found.milestones == (DELIVERED,)
    assert {name for name, _ in found.waiting} == {TOLD.payment_sent.id, TOLD.payment_received.id}


def test_of_two_versions_the_answered_one_stands() -> None:
    both = [TOLD.client_signs, TOLD.freelancer_signs, TOLD.delivery, _SECOND]
    answered = entry(alice, Acceptance("Lovely."), TOLD.client_signs, seen=(TOLD.delivery.id,))

    assert fold(*both).milestones == (WORKING,)
    assert fold(*both, answered).milestones == (PAYABLE,)
    assert fold(*both, answered).steps[0].entry == TOLD.delivery


def test_signing_twice_changes_nothing() -> None:
    once, twice = fold(*TOLD.contract_records), fold(*TOLD.contract_records, _AGAIN)
    assert (twice.state, twice.steps, twice.milestones) == (once.state, once.steps, once.milestones)


def test_milestones_do_not_touch_each_other() -> None:
    body = agreement_body(parts=2)
    ours, his = agreement(alice, body), agreement(bob, body)
    second = entry(bob, Delivery("The second first."), his, part=1)
    found = fold(ours, his, second)
    assert found.milestones == (WORKING, DELIVERED)
    assert (found.debtor(0), found.debtor(1)) == (FREELANCER, CLIENT)


def test_every_state_waits_for_one_party_at_most() -> None:
    for state in {state for state, _ in contract.MOVES}:
        roles = {role for (at, _), (role, _) in contract.MOVES.items() if at == state}
        assert roles == {contract.DEBTOR[state]}


def test_a_review_moves_nothing() -> None:
    praise = review(alice, bob, TOLD.contract)
    before = fold(TOLD.client_signs, TOLD.freelancer_signs)
    assert replace(fold(TOLD.client_signs, TOLD.freelancer_signs, praise)) == before
