"""What two people write to each other: agreements and their terms, entries of a contract, proposals."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from msgspec import structs

from freehold.protocol import limits
from freehold.protocol.envelope import Draft, Record, pack, seal
from freehold.protocol.errors import Malformed, NotAllowed, ProtocolError, Unverifiable
from freehold.protocol.identity import SecretKey
from freehold.protocol.kinds.agreement import AGREEMENT, Agreement, Milestone, Terms, check_terms, terms_hash
from freehold.protocol.kinds.entries import DELIVERY, Delivery
from freehold.protocol.kinds.entry import in_milestone
from freehold.protocol.kinds.payments import PAYMENT_RECEIVED, PAYMENT_SENT, PaymentReceived, PaymentSent
from freehold.protocol.kinds.proposal import ACKNOWLEDGMENT, DECLINE, PROPOSAL, Acknowledgment, Decline, agreement_in
from freehold.protocol.kinds.values import CLIENT, FREELANCER, Money
from tests.cast import (
    NETWORK,
    START_MS,
    agreement,
    agreement_body,
    alice,
    bob,
    carol,
    entry,
    mallory,
    offer,
    offer_place,
    proposal,
    signed,
    story,
    terms,
)

BODY = agreement_body()


def test_an_agreement_names_two_parties_and_their_roles() -> None:
    for who, role in ((alice, CLIENT), (bob, FREELANCER), (carol, None)):
        assert BODY.role(who.id) == role
        if role:
            assert AGREEMENT.open(agreement(who, BODY)) == BODY
            assert BODY.party(role) == who.id


def test_only_a_party_signs() -> None:
    with pytest.raises(NotAllowed, match="by one of its parties"):
        AGREEMENT.open(agreement(mallory, BODY))
    with pytest.raises(NotAllowed, match="with themselves"):
        AGREEMENT.open(agreement(alice, replace(BODY, freelancer=alice.id)))


@pytest.mark.parametrize(
    "header",
    [
        {},
        {"context": bytes(32), "seq": 0},
        {"seq": None},
        {"seq": 1, "prev": bytes(32)},
        {"slot": b"x"},
        {"till": START_MS},
    ],
)
def test_an_agreement_opens_a_chain_in_itself_for_ever(header: dict[str, Any]) -> None:
    fields: dict[str, Any] = {"context": agreement(alice, BODY).header.body, "seq": 0} | header if header else {}
    with pytest.raises(NotAllowed):
        AGREEMENT.open(signed(AGREEMENT, BODY, alice, **fields))


@pytest.mark.parametrize(
    "changes",
    [
        {"milestones": ()},
        {"milestones": (Milestone(1),) * (limits.MILESTONES + 1)},
        {"milestones": (Milestone(0),)},
        {"milestones": (Milestone(1, review=366 * 24 * 60 * 60 * 1000),)},
        {"terms": bytes(31)},
        {"client": b""},
    ],
)
def test_an_agreement_keeps_its_bounds(changes: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        AGREEMENT.dump(replace(BODY, **changes))


def test_terms_are_those_that_were_signed() -> None:
    def check(of: Terms, body: Agreement) -> None:
        check_terms(of, body.terms, body.clauses, body.milestones)

    check(terms(), BODY)
    clause = terms().clauses[0]
    free = replace(terms().parts[0], price=Money(0, "free"))
    for wrong, why in (
        (replace(terms(), salt=bytes(16)), "not the terms"),
        (replace(terms(), clauses=(replace(clause, text="Four drafts."),)), "not the terms"),
    ):
        with pytest.raises(NotAllowed, match=why):
            check(wrong, BODY)
    for odd, why in (
        (terms(parts=2), "different milestones"),
        (replace(terms(), clauses=(clause, clause)), "different clauses"),
        (replace(terms(), parts=(free,)), "currency 'free'"),
    ):
        with pytest.raises(NotAllowed, match=why):
            check(odd, replace(BODY, terms=terms_hash(odd)))


TOLD = story()


@pytest.mark.parametrize(
    "header",
    [
        {"context": None, "seq": None, "prev": None},
        {"part": None},
        {"part": limits.MILESTONES},
        {"seq": 0, "prev": None},
        {"seq": None, "prev": None},
        {"slot": b"x"},
        {"till": START_MS + 1},
    ],
)
def test_an_entry_has_its_place_for_ever(header: dict[str, Any]) -> None:
    in_milestone(TOLD.delivery.header)
    strange = entry(bob, Delivery("Here it is."), TOLD.freelancer_signs, **header)
    for judge in (in_milestone, lambda header: DELIVERY.open(strange)):
        with pytest.raises(NotAllowed):
            judge(strange.header)


def test_a_payment_is_in_a_currency() -> None:
    for kind, body in (
        (PAYMENT_SENT, PaymentSent(Money(1, "euro"), "sepa")),
        (PAYMENT_RECEIVED, PaymentReceived(Money(1, "euro"))),
    ):
        with pytest.raises(NotAllowed, match="'euro'"):
            kind.open(entry(alice, body, TOLD.client_signs))


def test_a_proposal_brings_a_signed_agreement() -> None:
    sent = proposal(bob, to=alice)
    body = PROPOSAL.open(sent)
    record, inside = agreement_in(body, bob.id)
    assert (record.author, inside.client, inside.offer) == (bob.id, alice.id, offer_place(alice))


def propose(inside: Record, **changes: Any) -> Record:
    """Bob's proposal with another agreement in it, or with other fields."""
    header = {"context": offer_place(alice), "till": START_MS + 1} | changes.pop("header", {})
    body = replace(PROPOSAL.open(proposal(bob, to=alice)), agreement=pack(inside), **changes)
    return signed(PROPOSAL, body, bob, **header)


HIS = agreement(bob, BODY)


def _elsewhere() -> Record:
    data = AGREEMENT.dump(BODY)
    return seal(Draft(AGREEMENT.name, START_MS, data, context=HIS.header.body, seq=0), "test-elsewhere", bob.key)


def _with_another_key() -> Record:
    data, stolen = AGREEMENT.dump(BODY), SecretKey(bob.id, mallory.key.seed)
    return seal(Draft(AGREEMENT.name, START_MS, data, context=HIS.header.body, seq=0), NETWORK, stolen)


@pytest.mark.parametrize(
    ("strange", "why"),
    [
        (lambda: propose(agreement(alice, BODY)), "signed by somebody else"),
        (lambda: propose(agreement(bob, agreement_body(carol, bob))), "not between"),
        (lambda: propose(HIS, to=carol.id), "not between"),
        (lambda: propose(HIS, terms=terms(salt=1)), "not the terms"),
        (lambda: propose(HIS, header={"context": offer_place(alice, 2)}), "another offer"),
        (lambda: propose(HIS, header={"context": None}), "names its offer"),
        (lambda: propose(HIS, header={"till": None}), "expiry"),
        (lambda: propose(HIS, header={"till": START_MS}), "expiry"),
        (lambda: propose(_elsewhere()), "another network"),
        (lambda: propose(_with_another_key()), "another key"),
    ],
)
def test_a_proposal_is_of_one_piece(strange: Any, why: str) -> None:
    with pytest.raises(NotAllowed, match=why):
        PROPOSAL.open(strange())


def test_what_is_no_agreement_is_not_taken_for_one() -> None:
    assert PROPOSAL.open(propose(HIS))
    with pytest.raises(ProtocolError):
        PROPOSAL.open(propose(offer(bob)))
    forged = structs.replace(HIS, signature=bytes(64))
    with pytest.raises(Unverifiable):
        PROPOSAL.open(propose(forged))


def test_a_decline_names_the_proposal_and_goes_to_somebody_else() -> None:
    assert DECLINE.open(signed(DECLINE, Decline(bob.id, bytes(32), "Too late, sorry."), alice, context=bytes(32)))
    with pytest.raises(NotAllowed, match="names the proposal"):
        DECLINE.open(signed(DECLINE, Decline(bob.id, bytes(32)), alice))
    with pytest.raises(NotAllowed, match="somebody else"):
        DECLINE.open(signed(DECLINE, Decline(alice.id, bytes(32)), alice, context=bytes(32)))


def test_an_acknowledgment_names_what_it_acknowledges() -> None:
    assert ACKNOWLEDGMENT.open(signed(ACKNOWLEDGMENT, Acknowledgment(bob.id, (HIS.id,)), alice)).ids == (HIS.id,)
    for ids in ((), (HIS.id,) * 65, (b"short",)):
        with pytest.raises(Malformed):
            signed(ACKNOWLEDGMENT, Acknowledgment(bob.id, ids), alice)


def test_a_body_is_an_agreement_or_it_is_not() -> None:
    assert isinstance(AGREEMENT.open(HIS), Agreement)
    with pytest.raises(Malformed, match="not here"):
        AGREEMENT.open(HIS.without_body())
